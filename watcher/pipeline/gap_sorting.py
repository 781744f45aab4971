"""An older page and a gap -> which of its items the gap held, and whether its far end was reached. Pure.

Dates in feeds decide nothing about newness elsewhere; here they are believed only within the time in which the feed was not read, and beside
what is known: an item seen before the gap marks its end whatever its date says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from watcher.model import Entry
from watcher.pipeline.gap_notice import SLACK
from watcher.store.gaps import Sighted


def sort_page(since: datetime, until: datetime, shown: Sequence[Entry], known: Mapping[str, Sighted]) -> tuple[dict[str, datetime], bool]:
    """Return which items of a page (newest first) the gap held, with when they would have been found, and whether it reaches behind the gap.

    It does where two items in a row, or the last one, are from before the gap and nothing dated in it follows: one alone may be
    pinned. Items without a date belong to the gap as far as they stand before that place.
    """
    edge = _edge(since, shown, known)
    late = {
        entry.key: _clamped(entry.published, since, until)
        for place, entry in enumerate(shown)
        if not _seen_before(entry, since, known)
        and (entry.published >= since - SLACK if entry.published is not None else edge is None or place < edge)
    }
    return late, edge is not None


def searched(since: datetime, until: datetime, shown: Sequence[Entry], known: Mapping[str, Sighted]) -> dict[str, datetime]:
    """The same for a search that was asked for the gap's days; it asks for a day more at both ends, and an undated result was found for them."""
    return {
        entry.key: _clamped(entry.published, since, until)
        for entry in shown
        if not _seen_before(entry, since, known) and (entry.published is None or since - SLACK <= entry.published <= until + SLACK)
    }


def _edge(since: datetime, shown: Sequence[Entry], known: Mapping[str, Sighted]) -> int | None:
    """Where on the page the time before the gap begins."""
    old = [_seen_before(entry, since, known) or (entry.published is not None and entry.published < since - SLACK) for entry in shown]
    for place, is_old in enumerate(old):
        pair = is_old and (place + 1 == len(old) or old[place + 1])
        if pair and not any(_in_gap(entry, since) and not old[place + 1 + further] for further, entry in enumerate(shown[place + 1 :])):
            return place
    return None


def _seen_before(entry: Entry, since: datetime, known: Mapping[str, Sighted]) -> bool:
    found = known.get(entry.key)
    return found is not None and found.first_seen <= since


def _in_gap(entry: Entry, since: datetime) -> bool:
    return entry.published is not None and entry.published > since


def _clamped(published: datetime | None, since: datetime, until: datetime) -> datetime:
    """When an item would have been found; without a date as early as can be, so that nothing is too old to tell only because nobody knows."""
    return min(max(published or since, since), until)
