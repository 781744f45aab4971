"""A poll of which nearly all is new, of a source that was read before -> marked, so that no alert speaks of what it alone reports.

Its ids were all made anew, or somebody fills it. The digest tells what is new in it; what the source showed before under other ids
is no news at all, and tells nobody again. A source that is like that at every poll is simply so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from watcher.model import Feed, Fetched
from watcher.store import Database, entries, flood, operations

SHARE, LEAST = 0.8, 20  # of a poll's items that are new, and how many at least
USUAL, LOOKED_AT = 2, 20  # polls like that among the newest, from which on it is how the source is


def shown_before(
    database: Database, feed: Feed, fetched: Fetched, fresh: Sequence[entries.Judged], already: Mapping[str, entries.Known]
) -> frozenset[str]:
    """Keys of entries that the feed showed before under another id: the same text at the same address, or in a bulk poll the same text."""
    if feed.first_ok is None:
        return frozenset()
    new = [one for one in fresh if one.entry.key not in already]
    known = flood.known_texts(database, feed.id, [entries.text_hash(one.entry) for one in new])
    bulk = _is_bulk(len(new), _items(fetched))
    return frozenset(
        one.entry.key
        for one in new
        if (addresses := known.get(entries.text_hash(one.entry))) is not None and (bulk or one.entry.canonical_url in addresses)
    )


def note(database: Database, feed: Feed, fetched: Fetched, new: Sequence[str]) -> None:
    """After a poll was stored: mark its new entries (keys) where nearly all was new, and tell the operator.

    The line closes with the next poll of that source that brings something and is like others.
    """
    if feed.first_ok is None:
        return
    subject, items = f"bulk:{feed.id}", _items(fetched)
    if not _is_bulk(len(new), items):
        if new:
            operations.mended(database, subject, fetched.at)
        return
    if flood.often_all_new(database, feed.id, SHARE, LEAST, LOOKED_AT) >= USUAL:
        return
    flood.mark_bulk(database, feed.id, new)
    text = f"{feed.title}: {len(new)} of {items} items were new at once. No alert speaks of what it alone reports in them; the digest does."
    operations.fault(database, subject, text, "watcher feeds health", fetched.at)


def _is_bulk(new: int, items: int) -> bool:
    return new >= LEAST and new > SHARE * items


def _items(fetched: Fetched) -> int:
    return max(len(fetched.entries), len(fetched.items) // 8)  # eight bytes an item
