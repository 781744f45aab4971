"""A poll -> the gap it shows, and which of its items an outage held back. Written in the poll's own transaction.

Only noticed here; asking for what was missed is `pipeline.gaps`. What `overlap` means is the poll's: items of this answer that the one
before had too. A first poll shows no gap: what came before it was never ours to read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from watcher.backfill.searches import window_of
from watcher.model import Entry, Feed, FeedKind, Fetched
from watcher.store import Database, entries, gaps

LATE_AFTER = timedelta(days=1)  # found so long after its publication, an item would have stood in an earlier mail
SLACK = timedelta(days=1)  # dates without a time or with a wrong zone are off by up to 14 hours; a date alone by up to 24
REACHES_BACK = 2  # items from before the last good poll that show that nothing rolled out of the feed; one may be pinned to its top
LONG_AFTER = 3  # intervals without a good poll, after which a poll came late and not only seldom
SHORTEST_OUTAGE = timedelta(hours=1)
GAPS_A_DAY = (
    4  # of one feed that are asked for; a feed whose items change wholesale at every poll would be asked for its whole past each time
)
_TOO_MANY = f"more than {GAPS_A_DAY} gaps in a day: its items change too fast, or their ids do; older pages are not asked for each"


def gap_in(database: Database, feed: Feed, fetched: Fetched, overlap: int | None) -> None:
    """Write down the gap that this poll shows, if it shows one. Inside the poll's transaction."""
    if feed.last_ok is None or fetched.outcome != "changed" or not _is_gap(feed, fetched, overlap, feed.last_ok):
        return
    too_many = gaps.found_since(database, feed.id, fetched.at - timedelta(days=1)) >= GAPS_A_DAY
    gaps.notice(
        database, feed.id, since=feed.last_ok, until=fetched.at, why=_why(feed, fetched.at, feed.last_ok), asked_for=not too_many,
        problem=_TOO_MANY if too_many else None,
    )  # fmt: skip


def held_back(feed: Feed, at: datetime, saved: Sequence[entries.Saved]) -> dict[str, datetime]:
    """New live items of a poll that would have been found over a day ago, had the feed been read meanwhile: by key, when.

    The publication printed is believed only within the time in which the feed was not read.
    """
    since = feed.last_ok
    if since is None or at - since <= LATE_AFTER:
        return {}
    found = {one.judged.entry.key: one.judged.entry.published for one in saved if one.live and one.new_entry}
    return {key: published for key, published in found.items() if published is not None and since <= published < at - LATE_AFTER}


def _is_gap(feed: Feed, fetched: Fetched, overlap: int | None, last_ok: datetime) -> bool:
    if feed.kind is FeedKind.SEARCH:
        window = window_of(fetched.answered_url or feed.in_use or feed.url)
        return (
            window is not None and fetched.at - last_ok > window
        )  # what it shows in common says nothing: a search may find nothing for weeks
    return overlap == 0 and not _reaches_back(fetched.entries, last_ok)


def _reaches_back(shown: Sequence[Entry], last_ok: datetime) -> bool:
    """Whether items from before the last good poll still stand in the feed, under new ids."""
    return sum(one.published is not None and one.published < last_ok - SLACK for one in shown) >= REACHES_BACK


def _why(feed: Feed, at: datetime, last_ok: datetime) -> str:
    if feed.failures:
        return gaps.FAILURE
    return gaps.OUTAGE if at - last_ok > max(LONG_AFTER * feed.interval, SHORTEST_OUTAGE) else gaps.NO_OVERLAP
