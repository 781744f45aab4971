"""The gaps loop: an open gap -> the feed's older pages, else its search -> the archive, marked as found late.

What a gap held is live, so that it is told once, and late, so that it is told as that. Its event is fresh if it was so when it would have been
found: an outage makes no news too old to tell (`story.found_late`). What else an older page shows fills the archive and tells nobody.

A page is stored in transactions of its own; a kill between two costs nothing, because the walk begins again and what is known is passed over.
A gap counts as refilled only where its far end was seen: an item known from before it, or older than it. Everything else is said.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from watcher import store
from watcher.backfill.older_pages import MOST_PAGES
from watcher.backfill.searches import MOST, for_gap, window_of
from watcher.errors import FetchError, ParseError, WatcherError
from watcher.model import Entry, Feed, FeedKind
from watcher.pipeline.check import Watch
from watcher.pipeline.gap_sorting import searched, sort_page
from watcher.pipeline.older import Manners, Walk, passes, read_page
from watcher.pipeline.take_in import TakenIn, judge_entry, take_in_found
from watcher.pipeline.tools import Tools
from watcher.store import Database, feeds, gaps, operations

AT_ONCE = 50  # gaps in one turn
SIDE_BY_SIDE = 8  # gaps asked for at a time; those at one host take turns
BATCH = 50  # entries in one transaction: 0.01 s of plain news, under half a second where every one is a report of its own story
WAITS = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4), timedelta(hours=12))
TRIES = len(WAITS) + 1

Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class GapsReport:
    """What one turn did: the gaps as they stand after it, and what they held."""

    refilled: tuple[gaps.Gap, ...] = ()
    unfilled: tuple[gaps.Gap, ...] = ()
    later: tuple[gaps.Gap, ...] = ()  # to be tried again
    taken: TakenIn = field(default_factory=TakenIn)


@dataclass(eq=False)
class _Asking:
    """What one turn works with."""

    tools: Tools
    manners: Manners
    pages: int
    on_page: Progress | None


@dataclass(eq=False)
class _Tried:
    """What one try came to so far. `problem` is "" where the gap is whole."""

    taken: TakenIn = field(default_factory=TakenIn)
    problem: str = ""
    asked: int = 0


async def refill_gaps(
    tools: Tools,
    *,
    wanted: Sequence[gaps.Gap] | None = None,
    pages: int = MOST_PAGES,
    manners: Manners | None = None,
    on_page: Progress | None = None,
) -> GapsReport:
    """Ask for what the gaps that are due held (or those of `wanted`), at most `pages` older pages a feed. A failure of one stops no other."""
    started = tools.clock()
    await tools.writer.change(operations.beat, "gaps", started=started)
    due = list(wanted) if wanted is not None else await tools.writer.run(gaps.due, started, AT_ONCE)
    asking = _Asking(tools, manners or Manners(), pages, on_page)
    places = asyncio.Semaphore(SIDE_BY_SIDE)

    async def one(gap: gaps.Gap) -> tuple[gaps.Gap, TakenIn] | None:
        async with places:
            return await _refill(asking, gap)

    done = [one for one in await asyncio.gather(*(one(gap) for gap in due)) if one is not None]
    await tools.writer.change(operations.beat, "gaps", started=started, finished=tools.clock())
    taken = TakenIn()
    for _, what in done:
        taken = taken.plus(what)
    by_state = {state: tuple(gap for gap, _ in done if gap.state == state) for state in (gaps.REFILLED, gaps.UNFILLED, gaps.OPEN)}
    return GapsReport(by_state[gaps.REFILLED], by_state[gaps.UNFILLED], by_state[gaps.OPEN], taken)


async def _refill(asking: _Asking, gap: gaps.Gap) -> tuple[gaps.Gap, TakenIn] | None:
    """One try of one gap, to its outcome; None where its feed is gone."""
    tools = asking.tools
    feed = await tools.writer.run(feeds.by_id, gap.feed)
    if feed is None:
        return None
    tried = _Tried()
    try:
        await _by_older_pages(asking, gap, feed, tried)
    except FetchError as error:
        if passes(error) and gap.state == gaps.OPEN and gap.tries + 1 < TRIES:
            wait = max(error.retry_after or timedelta(0), WAITS[min(gap.tries, len(WAITS) - 1)])
            await tools.writer.change(gaps.try_again, gap.id, at=tools.clock() + wait, problem=error.problem)
            return await _as_it_stands(tools, gap), tried.taken
        tried.problem = error.problem
    except ParseError as error:
        tried.problem = str(error)
    if tried.problem and feed.kind is not FeedKind.SEARCH:
        await _by_fallback_search(asking, gap, feed, tried)
    state = gaps.UNFILLED if tried.problem else gaps.REFILLED
    await tools.writer.change(gaps.settle, gap.id, state=state, problem=tried.problem or None, now=tools.clock(), until=gap.until)
    return await _as_it_stands(tools, gap), tried.taken


async def _by_older_pages(asking: _Asking, gap: gaps.Gap, feed: Feed, tried: _Tried) -> None:
    """Walk back until the gap's far end; of a search, ask the same search for the gap's days. Raises FetchError and ParseError."""
    address = feed.in_use or feed.url
    if window_of(address) is not None:
        await _by_search(asking, gap, feed, address, tried)
        if feed.kind is not FeedKind.SEARCH:
            tried.problem = tried.problem or "only a search could be asked for it, which finds not everything"
        return
    walk = Walk(asking.tools, feed, asking.manners, asking.pages)
    async for read in walk.pages():
        known = await asking.tools.writer.run(gaps.sighted, feed.id, [entry.key for entry in read.entries])
        late, covered = sort_page(gap.since, gap.until, read.entries, known)
        await _store(asking, gap, feed, read.entries, late, gaps.OLDER_PAGES, tried)
        if covered:
            return
    tried.problem = walk.end


async def _by_fallback_search(asking: _Asking, gap: gaps.Gap, feed: Feed, tried: _Tried) -> None:
    """Ask the search that stands in for the feed, where it has one. The gap stays unfilled: a search never gives all that a feed would have."""
    address = next((url for url in feed.fallbacks if window_of(url) is not None), None)
    if address is None or address == feed.in_use:
        return
    problem, before = tried.problem, tried.taken.new_entries
    tried.problem = ""
    try:
        await _by_search(asking, gap, feed, address, tried)
        said = f"a search was asked instead and gave {tried.taken.new_entries - before} more" + (
            f"; {tried.problem}" if tried.problem else ""
        )
    except (FetchError, ParseError) as error:
        said = f"a search was asked instead and failed: {_words(error)}"
    tried.problem = f"{problem}; {said}"


async def _by_search(asking: _Asking, gap: gaps.Gap, feed: Feed, address: str, tried: _Tried) -> None:
    """Ask a search for the days of the gap. Raises FetchError and ParseError."""
    window = window_of(address) or timedelta(days=1)
    full = 0
    for url in for_gap(address, gap.since, gap.until, asking.pages):
        entries = (await read_page(asking.tools, feed, url, asking.manners, search=True)).entries
        full += len(entries) >= MOST
        known = await asking.tools.writer.run(gaps.sighted, feed.id, [entry.key for entry in entries])
        await _store(asking, gap, feed, entries, searched(gap.since, gap.until, entries, known), gaps.SEARCH, tried)
    if gap.until - gap.since > asking.pages * max(window, timedelta(days=1)):
        tried.problem = f"the search was asked for the newest {asking.pages * max(window.days, 1)} days only"
    elif full:
        tried.problem = f"{full} of the search's answers were full ({MOST} results): more may have been there"


async def _store(
    asking: _Asking, gap: gaps.Gap, feed: Feed, entries: Sequence[Entry], late: dict[str, datetime], way: str, tried: _Tried
) -> None:
    """Store one page, batch by batch; the page is counted with its first."""
    tools = asking.tools
    for start in range(0, max(len(entries), 1), BATCH):
        batch = entries[start : start + BATCH]
        taken = await tools.writer.run(_take_in, gap.id, feed, batch, late, way, start == 0, tools.rules.watch, tools.clock())
        tried.taken = tried.taken.plus(taken)
    tried.asked += 1
    if asking.on_page:
        asking.on_page(feed.title, tried.asked)


def _take_in(
    database: Database,
    gap: int,
    feed: Feed,
    batch: Sequence[Entry],
    late: dict[str, datetime],
    way: str,
    page: bool,
    watch: Watch,
    now: datetime,
) -> TakenIn:
    """Judge what is not known, then in one transaction: its entries, verdicts, stories, changes, leads, last how far the gap was asked for."""
    known = gaps.sighted(database, feed.id, [entry.key for entry in batch])
    open_ones = [entry for entry in batch if entry.key not in known or (entry.key in late and not known[entry.key].live)]
    judged = [judge_entry(entry, watch) for entry in open_ones]
    with store.transaction(database):
        found = sum(entry.key in late for entry in open_ones)
        taken = take_in_found(database, feed, judged, late, watch, now) if judged else TakenIn()
        gaps.asked(database, gap, way=way, pages=int(page), found=found)
    return taken


async def _as_it_stands(tools: Tools, gap: gaps.Gap) -> gaps.Gap:
    return await tools.writer.run(gaps.by_id, gap.id) or gap


def _words(error: WatcherError) -> str:
    return error.problem if isinstance(error, FetchError) else str(error)
