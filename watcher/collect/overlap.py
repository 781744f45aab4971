"""What a poll brought, and what the feed showed before -> how many items two polls share; 0: items between them may have been missed.

A pure function of values. Items whose bytes were there before are counted by `items`; here is what that cannot tell: items that are known
under another id or address (a site that was re-keyed, a fallback), items that were edited, and an item pinned to the top, which is in
every poll and proves nothing. When to ask again is decided in `cadence`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from watcher.collect.items import FINGERPRINT
from watcher.model import Entry, Feed, FeedKind, Fetched

LONG_AGO = 3  # intervals
WINDOW = 50  # entries that are looked at where the length of the feed is not known
LONG_TITLE = 16  # characters; shorter titles ("Weather", "Editorial") come again
TITLES = 2  # titles that must come again
PINNED = 3  # items at most that a site keeps in their places


@dataclass(frozen=True, slots=True)
class Shown:
    """What a feed showed last, newest first: the keys, canonical URLs and titles of its newest entries."""

    keys: frozenset[str] = field(default_factory=frozenset)
    urls: frozenset[str] = field(default_factory=frozenset)
    titles: frozenset[str] = field(default_factory=frozenset)

    def shared(self, entries: Sequence[Entry]) -> int:
        """How many of these entries are among them, by whatever they can be known by. A single title proves nothing: columns repeat theirs."""
        by_name = [entry for entry in entries if entry.key in self.keys or (entry.canonical_url and entry.canonical_url in self.urls)]
        named = {entry.key for entry in by_name}
        by_title = [
            entry for entry in entries if entry.key not in named and len(entry.title) >= LONG_TITLE and _title(entry.title) in self.titles
        ]
        return len(by_name) + (len(by_title) if len(by_title) >= TITLES else 0)


def shown(rows: Iterable[tuple[str, str, str]]) -> Shown:
    """Make it from (key, canonical URL, title) of entries."""
    rows = list(rows)
    return Shown(
        frozenset(key for key, _, _ in rows), frozenset(url for _, url, _ in rows if url), frozenset(_title(title) for *_, title in rows)
    )


def needs_archive(feed: Feed, fetched: Fetched) -> bool:
    """Whether the bytes alone may not say what overlaps, so that the archive must be asked what the feed showed: most of it looks new."""
    if fetched.outcome != "changed" or feed.first_ok is None or not fetched.entries:
        return False
    return _moving(feed, fetched) == 0 or len(fetched.entries) > fetched.known


def reach(feed: Feed) -> int:
    """Return how many of the newest entries are what a feed showed last: its window twice, for items that were edited stand among them."""
    return 2 * (len(feed.items) // FINGERPRINT) or WINDOW


def overlap(feed: Feed, fetched: Fetched, before: Shown) -> int | None:
    """Return how many items this poll and the one before share, None where they cannot be compared.

    `feed` is as it was before the poll. Not comparable: a first poll, a search (it lists by its own mind), a feed that showed nothing
    before, and an address that answers in the stead of another and shows no item of it, unless what it shows begins later than the old
    one was read last: then something is open between them, and it is 0.
    """
    if fetched.outcome != "changed" or feed.first_ok is None or not (feed.items or before.keys):
        return None
    common = _moving(feed, fetched) + before.shared(fetched.entries)
    if common or not fetched.entries:
        return common
    if feed.kind is FeedKind.SEARCH:
        return None
    same_address = fetched.answered_url in (None, feed.in_use or feed.url)
    return 0 if same_address or _begins_later(feed, fetched) else None


def _begins_later(feed: Feed, fetched: Fetched) -> bool:
    """Whether what another address shows begins after the old one was read last; without dates, whether that is long ago."""
    if feed.last_ok is None:
        return False
    dates = [entry.published for entry in fetched.entries if entry.published is not None]
    if dates:
        return min(dates) > feed.last_ok
    return fetched.at - feed.last_ok > LONG_AGO * feed.interval


def _moving(feed: Feed, fetched: Fetched) -> int:
    """Return how many items of the body before are in this one, without those that are pinned.

    When new items come, the others move on. A few that stand where they stood, while nothing else is left, are pinned there.
    """
    if not fetched.known or not fetched.entries:
        return fetched.known
    before, now = _prints(feed.items), _prints(fetched.items)
    places = {one: place for place, one in enumerate(before)}
    kept = [(places[one], place) for place, one in enumerate(now) if one in places]
    if not kept:
        return fetched.known  # told by other means than by bytes
    if len(kept) <= PINNED and len(now) > 2 * len(kept) and len(before) > len(kept) and all(old == new for old, new in kept):
        return 0
    return len(kept)


def _prints(fingerprints: bytes) -> list[bytes]:
    return [fingerprints[i : i + FINGERPRINT] for i in range(0, len(fingerprints), FINGERPRINT)]


def _title(text: str) -> str:
    return " ".join(text.casefold().split())
