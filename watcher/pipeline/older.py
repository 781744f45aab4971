"""A feed -> its older pages, asked and read one after the other. Nothing is stored here, and what a page is worth is not decided.

One request at a time to a host, with a pause between two: older pages come from no cache and cost a site more than its feed does.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from watcher.backfill.older_pages import MOST_PAGES, OlderPage, Trail, fetch_page
from watcher.collect.jobs import FeedJob
from watcher.errors import FetchError, ParseError
from watcher.model import Entry, Feed, FeedKind
from watcher.pipeline.leads import PASSING
from watcher.pipeline.tools import Tools
from watcher.urls import host_of

PAUSE = 2.0  # seconds between two requests to one host; a feed in one's own network (`allow_private`) is asked without


@dataclass(frozen=True, slots=True)
class ReadPage:
    """One page with the entries that it holds, in its order."""

    page: OlderPage
    entries: tuple[Entry, ...]


@dataclass(eq=False)
class Manners:
    """Whose turn it is at which host, for all walks of one run. A host that says "not now" is not asked again in it."""

    pause: float = PAUSE
    own_pause: float = 0.0  # of hosts in one's own network
    _turns: dict[str, asyncio.Lock] = field(default_factory=dict)
    _last: dict[str, float] = field(default_factory=dict)
    _closed: set[str] = field(default_factory=set)

    @asynccontextmanager
    async def turn(self, url: str, *, own: bool = False) -> AsyncIterator[None]:
        """Wait for the turn at the host of `url`. Raises FetchError where it said "not now" before."""
        host, clock, pause = host_of(url), asyncio.get_running_loop().time, self.own_pause if own else self.pause
        async with self._turns.setdefault(host, asyncio.Lock()):
            if host in self._closed:
                raise FetchError(url, "its server asked us to wait", kind="status", status=429)
            await asyncio.sleep(max(0.0, self._last[host] + pause - clock()) if host in self._last else 0)
            try:
                yield
            except FetchError as error:
                if error.status in (429, 503):
                    self._closed.add(host)
                raise
            finally:
                self._last[host] = clock()


class Walk:
    """The older pages of one feed: `async for read in walk.pages()`. `end` says why there is no further one; `stop` ends it."""

    def __init__(self, tools: Tools, feed: Feed, manners: Manners, most: int = MOST_PAGES) -> None:
        self._tools, self._feed, self._manners, self._most = tools, feed, manners, most
        self._trail: Trail | None = None

    @property
    def end(self) -> str:
        """Why there is no further page, in words; "" while there may be one."""
        return self._trail.end if self._trail else ""

    def stop(self, why: str) -> None:
        """Ask for no further page."""
        if self._trail:
            self._trail.stop(why)

    async def pages(self) -> AsyncIterator[ReadPage]:
        """Every older page. The feed's first page is asked too, for its links only: what it shows is the poll's.

        Raises FetchError for what may pass by itself, and FetchError or ParseError where the feed itself cannot be read.
        """
        first = await read_page(self._tools, self._feed, self._feed.in_use or self._feed.url, self._manners)
        trail = self._trail = Trail(first.page, _keys(first), self._most)
        while address := trail.next_address():
            try:
                read = await read_page(self._tools, self._feed, address, self._manners)
            except FetchError as error:
                if passes(error):
                    raise
                trail.broke(error)
                return
            except ParseError as error:
                trail.stop(f"an older page is no feed: {error}")
                return
            if not trail.came(read.page, _keys(read)):
                return
            yield read


async def read_page(tools: Tools, feed: Feed, url: str, manners: Manners, *, search: bool = False) -> ReadPage:
    """Ask for one page of `feed` and read it as the feed itself is read. Raises FetchError or ParseError."""
    async with manners.turn(url, own=feed.allow_private):
        page = await fetch_page(url, tools.client, allow_private=feed.allow_private)
    job = FeedJob(
        url=page.url,
        now=tools.clock().isoformat(),
        charset=page.charset,
        search=search or feed.kind is FeedKind.SEARCH,
        title=feed.title,
        language=feed.language,
        time_zone=feed.time_zone,
    )
    parsed = await tools.parsers.parse(page.body, job, state_media=feed.state_media, official=feed.official)
    return ReadPage(page, parsed.entries)


def passes(error: FetchError) -> bool:
    """Whether a failure may pass by itself."""
    return error.kind in ("dns", "connect", "timeout", "protocol") or error.status in PASSING


def _keys(read: ReadPage) -> list[str]:
    return [entry.key for entry in read.entries]
