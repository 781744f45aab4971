"""The address of one article -> an Entry with its text, fetched as the leads loop does it. Nothing is stored.

For a person who asks about an article that no feed brought. The guard of `net`, its limits and robots.txt hold here too.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from watcher.collect import Parsers, RobotsCache, read_article
from watcher.config import Settings
from watcher.errors import FetchError
from watcher.model import Entry, Page, Vocabulary
from watcher.net import Client
from watcher.pipeline.outlet import Outlet
from watcher.pipeline.tools import user_agent
from watcher.urls import canonical_url, host_of, join_url


@dataclass(frozen=True, eq=False)
class Fetching:
    """What it takes to fetch one page."""

    client: Client
    parsers: Parsers
    robots: RobotsCache


@asynccontextmanager
async def open_fetching(settings: Settings) -> AsyncIterator[Fetching]:
    """What fetches, without a database; closed whatever happens."""
    async with Client(user_agent(settings)) as client:
        parsers = Parsers(count=1)
        try:
            yield Fetching(client, parsers, RobotsCache())
        finally:
            await parsers.close()


async def fetch_article(url: str, tools: Fetching, now: datetime, *, allow_private: bool = False) -> Page:
    """The article at `url`. Raises FetchError or ParseError where it cannot be read."""
    try:
        return await read_article(url, tools.client, tools.parsers, tools.robots, now, allow_private=allow_private)
    except FetchError as error:
        if error.kind == "robots" and error.retry_after is not None:
            # A person wants to know what is wrong with the address itself: no such name, refused, not answering.
            await tools.client.get(join_url(url, "/robots.txt"), allow_private=allow_private)
        raise


def entry_of_page(url: str, page: Page, outlet: Outlet | None = None) -> Entry:
    """A fetched page as an entry of its outlet. A short address or a search's link that led to another host is the outlet's own."""
    address = url if host_of(page.final_url) == host_of(url) else page.final_url
    return of_outlet(replace(_bare(address), title=page.title, text=page.text, language=page.language, published=page.published), outlet)


def entry_of_text(url: str, title: str, text: str, outlet: Outlet | None = None) -> Entry:
    """What a person copied from a page that cannot be read from here."""
    return of_outlet(replace(_bare(url), title=title, text=text), outlet)


def of_outlet(entry: Entry, outlet: Outlet | None) -> Entry:
    """The outlet's name, language and standing, where its feed is configured."""
    if outlet is None:
        return entry
    feed = outlet.feed
    return replace(
        entry,
        source=feed.title or entry.source,
        language=entry.language or feed.language,
        state_media=feed.state_media,
        official=feed.official,
    )


def unlocked(vocabulary: Vocabulary) -> Vocabulary:
    """The same vocabulary with its gate open: sentences and claims are looked for in any text, whatever the rules ask."""
    return replace(vocabulary, gate=(*vocabulary.gate, ()))


def _bare(url: str) -> Entry:
    canonical = canonical_url(url)
    return Entry(key=canonical, url=url, canonical_url=canonical, title="", source=host_of(url), text_from="page")
