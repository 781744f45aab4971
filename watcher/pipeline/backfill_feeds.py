"""Feeds -> the archive: the older pages of feeds, asked for by a person. Stored and judged like a backfill; nobody is told.

Safe to repeat and to kill: a batch is stored whole or not at all, and what a feed showed before is passed over. What a gap held is not this
module's: where a gap is open, `pipeline.gaps` brings to light what was stored here meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from watcher.backfill.older_pages import MOST_PAGES
from watcher.backfill.searches import for_gap, window_of
from watcher.errors import FetchError, ParseError
from watcher.model import ChangeKind, Entry, Feed
from watcher.pipeline.check import Watch
from watcher.pipeline.gaps import BATCH, SIDE_BY_SIDE
from watcher.pipeline.older import Manners, Walk, read_page
from watcher.pipeline.take_in import TakenIn, judge_entry, take_in_past
from watcher.pipeline.tools import Tools
from watcher.store import Database, feeds, gaps

Progress = Callable[[str, int], None]


@dataclass(eq=False)
class Backfilled:
    """What asking one feed came to. `end`: why no further page was asked; `problem`: why it could not be read, None where it was."""

    feed: Feed
    pages: int = 0
    end: str = ""
    problem: str | None = None
    taken: TakenIn = field(default_factory=TakenIn)

    @property
    def new_stories(self) -> int:
        """Stories that nobody had."""
        return sum(change.kind is ChangeKind.NEW for change in self.taken.changes)


async def backfill_feeds(
    tools: Tools,
    *,
    names: Sequence[str] = (),
    pages: int = MOST_PAGES,
    since: datetime | None = None,
    manners: Manners | None = None,
    on_page: Progress | None = None,
) -> list[Backfilled]:
    """Ask the feeds of these titles or addresses (all that are read, where none is named) for `pages` older pages each, back to `since`.

    A search has no pages: one whose address shows that it can be asked for days is asked for those since `since`. A failure of one feed
    stops no other.
    """
    now = tools.clock()
    asked = await tools.writer.run(feeds.due, now, everything=True, names=names)
    places, courtesy = asyncio.Semaphore(SIDE_BY_SIDE), manners or Manners()

    async def one(feed: Feed) -> Backfilled:
        done = Backfilled(feed)
        async with places:
            try:
                await _one_feed(tools, done, courtesy, pages, since, on_page)
            except (FetchError, ParseError) as error:
                done.problem = error.problem if isinstance(error, FetchError) else str(error)
        return done

    return list(await asyncio.gather(*(one(feed) for feed in asked)))


async def _one_feed(tools: Tools, done: Backfilled, manners: Manners, pages: int, since: datetime | None, on_page: Progress | None) -> None:
    feed = done.feed
    address = feed.in_use or feed.url
    if window_of(address) is not None:
        if since is None:
            done.end = "a search has no older pages; --since asks it for days of the past"
            return
        for url in for_gap(address, since, tools.clock(), pages):
            read = await read_page(tools, feed, url, manners, search=True)
            await _store(tools, done, read.entries, since, on_page)
        done.end = f"asked back to the day wanted, or for the newest {pages} stretches of time"
        return
    walk = Walk(tools, feed, manners, pages)
    async for read in walk.pages():
        await _store(tools, done, read.entries, since, on_page)
        if since is not None and read.entries and _is_older(read.entries[-1], since):
            walk.stop(f"it reaches back to {since:%Y-%m-%d}")
            break
    done.end = walk.end


async def _store(tools: Tools, done: Backfilled, entries: Sequence[Entry], since: datetime | None, on_page: Progress | None) -> None:
    """Store one page, batch by batch; what is dated before `since` is left out."""
    wanted = [entry for entry in entries if since is None or not _is_older(entry, since)]
    for start in range(0, len(wanted), BATCH):
        part = wanted[start : start + BATCH]
        done.taken = done.taken.plus(await tools.writer.run(_take_in, done.feed.id, part, tools.rules.watch, tools.clock()))
    done.pages += 1
    if on_page:
        on_page(done.feed.title, done.pages)


def _take_in(database: Database, feed: int, entries: Sequence[Entry], watch: Watch, now: datetime) -> TakenIn:
    """Judge what the feed did not show before, and store it as the past. What it showed before stays as it showed it last."""
    known = gaps.sighted(database, feed, [entry.key for entry in entries])
    judged = [judge_entry(entry, watch) for entry in entries if entry.key not in known]
    return take_in_past(database, feed, judged, watch, now) if judged else TakenIn()


def _is_older(entry: Entry, since: datetime) -> bool:
    return entry.published is not None and entry.published < since
