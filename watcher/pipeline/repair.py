"""A source that is not read -> addresses at which it could be read, each tried: what `watcher feeds repair` offers.

Nothing is decided and nothing is changed here; a person looks at the items of each address and says yes. An address counts
only when it answered as a feed just now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from watcher import store
from watcher.collect import collect, discover
from watcher.errors import FetchError
from watcher.model import Entry, Feed, Fetched
from watcher.pipeline.probe import fresh
from watcher.pipeline.tools import Tools, politeness
from watcher.store import Database, entries, feeds

OWN, MOVED, NAMED, FALLBACK = "its own address", "where it moved to", "named by its site", "its fallback"  # how an address was found
MOST_TRIED = 6  # addresses of one source; a site may name a feed for each of its sections


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address that answered as a feed. `known` of its items are in the archive already, whichever source brought them."""

    url: str
    how: str
    items: tuple[Entry, ...]
    known: int

    @property
    def is_the_same(self) -> bool:
        """Whether it is surely the same source: the site itself sent us there, or it shows what we know of it."""
        return self.how in (OWN, MOVED) or self.known > 0


@dataclass(frozen=True, slots=True)
class Search:
    """What was tried for one source: addresses that answer as a feed, the surest first, and what the others answered."""

    feed: Feed
    found: tuple[Candidate, ...]
    tried: tuple[tuple[str, str], ...]  # (address, problem)

    @property
    def reads_again(self) -> bool:
        """Whether its own address answers; then there is nothing to mend."""
        return any(one.how == OWN for one in self.found)


async def look_for(tools: Tools, feed: Feed, moved_to: str | None) -> Search:
    """Try a source's own address, then where it moved to, what its site names as its feeds, and its fallbacks.

    Stops at its own address when that answers. Never raises FetchError: what an address answered is in `tried`.
    """
    found: list[Candidate] = []
    tried: list[tuple[str, str]] = []
    own, fetched = await _ask(tools, feed, feed.url, OWN)
    if own and not fetched.moved_to:
        return Search(feed, (own,), ())
    if own and fetched.moved_to:  # it is read, by way of a redirect that its owner will take down some day
        return Search(feed, (replace(own, url=fetched.moved_to, how=MOVED),), ())
    tried.append((feed.url, fetched.problem or "no feed"))
    for url, how in await _addresses(tools, feed, moved_to, tried):
        one, fetched = await _ask(tools, feed, url, how)
        if one:
            found.append(one)
        else:
            tried.append((url, fetched.problem or "no feed"))
    return Search(feed, tuple(sorted(found, key=lambda one: (not one.is_the_same, -one.known))), tuple(tried))


def wanted(database: Database, names: Sequence[str]) -> list[tuple[Feed, str | None]]:
    """The sources of these titles or addresses, or all that are not read now; each with the address it moved to."""
    called = {name.casefold() for name in names}
    chosen = [
        one
        for one in feeds.health(database)
        if one.enabled and ({one.title.casefold(), one.url.casefold()} & called if called else one.failures > 0 or one.moved_to)
    ]
    return [(feed, one.moved_to) for one in chosen if (feed := feeds.by_id(database, one.id))]


def ask_soon(database: Database, feed: Feed) -> None:
    """Poll a source with the next turn, instead of at the end of a long wait after failures."""
    with store.transaction(database):
        feeds.poll_soon(database, feed.id)


async def _addresses(tools: Tools, feed: Feed, moved_to: str | None, tried: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Other addresses worth a try, each once, with how it was found."""
    addresses = {moved_to: MOVED} if moved_to else {}
    for page in dict.fromkeys(_home(url) for url in (moved_to, feed.url) if url):
        try:
            named = await discover(page, tools.client, allow_private=feed.allow_private)
        except FetchError as error:
            tried.append((page, error.problem))
            continue
        for one in named:
            addresses.setdefault(one.url, NAMED)
    for url in feed.fallbacks:
        addresses.setdefault(url, FALLBACK)
    addresses.pop(feed.url, None)
    return list(addresses.items())[:MOST_TRIED]


async def _ask(tools: Tools, feed: Feed, url: str, how: str) -> tuple[Candidate | None, Fetched]:
    """Poll one address as this source, without anything that earlier polls left."""
    asked = replace(fresh(feed), url=url, auto=False, fallbacks=())
    fetched = await collect(asked, tools.client, tools.parsers, tools.clock(), politeness(tools.rules.watch.config.settings), 0.5)
    if fetched.outcome == "failed" or not fetched.entries:
        return None, fetched
    known = await tools.writer.run(_known, fetched.entries)
    return Candidate(url, how, tuple(sorted(fetched.entries, key=_newest_first)), known), fetched


def _known(database: Database, items: Sequence[Entry]) -> int:
    return sum(entries.find_article(database, one.canonical_url) is not None for one in items if one.canonical_url)


def _newest_first(entry: Entry) -> float:
    return -entry.published.timestamp() if isinstance(entry.published, datetime) else 0.0


def _home(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"
