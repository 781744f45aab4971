"""The poll loop: due feeds -> the archive.

Feeds are fetched and parsed beside each other, stored in batches by the one writer: unchanged ones together, changed
ones whole. One feed's failure is recorded and stops no other; turns may overlap, and a turn leaves out what an earlier one
still asks, so that a feed that hangs never holds up those that come due meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from watcher.collect import collect
from watcher.errors import StoreError
from watcher.model import Change, Feed, Fetched
from watcher.pipeline.take_in import TakenIn, take_in
from watcher.pipeline.tools import Tools, politeness
from watcher.pipeline.trail import about
from watcher.store import feeds, operations

BATCH_FEEDS = 50  # answers in one transaction at most
BATCH_ENTRIES = 1500  # so that a transaction stays under half a second also when every feed is new
BATCH_WAIT = 0.5  # seconds that an answer waits for company; a slow feed never holds up the others

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PollReport:
    """What one turn of the loop did, for the line that a person reads."""

    polled: int
    changed: int
    unchanged: int
    failed: tuple[tuple[Feed, Fetched], ...]
    taken: TakenIn
    seconds: float

    @property
    def changes(self) -> tuple[Change, ...]:
        """What happened to stories."""
        return self.taken.changes


async def poll(tools: Tools, *, everything: bool = False, names: Sequence[str] = ()) -> PollReport:
    """Poll the feeds that are due (all of them with `everything`, or those named), and store what they bring."""
    started = tools.clock()
    await tools.writer.change(operations.beat, "poll", started=started)
    found = await tools.writer.run(feeds.due, started, everything=everything or bool(names), names=names)
    due = [feed for feed in found if feed.id not in tools.asking]
    tools.asking.update(feed.id for feed in due)
    try:
        return await _poll_all(tools, due, started)
    finally:
        tools.asking.difference_update(feed.id for feed in due)


async def _poll_all(tools: Tools, due: Sequence[Feed], started: datetime) -> PollReport:
    """Ask these feeds beside each other, and store what they bring."""
    answers: asyncio.Queue[tuple[Feed, Fetched]] = asyncio.Queue(maxsize=BATCH_FEEDS)
    fetching = asyncio.create_task(_fetch_all(tools, due, answers))
    try:
        report = await _store_all(tools, len(due), answers, fetching)
    except BaseException:
        fetching.cancel()
        raise
    finished = tools.clock()
    await tools.writer.change(operations.beat, "poll", started=started, finished=finished)
    return PollReport(
        polled=len(due),
        changed=report.changed,
        unchanged=report.unchanged,
        failed=tuple(report.failed),
        taken=report.taken,
        seconds=(finished - started).total_seconds(),
    )


@dataclass(slots=True)
class _Tally:
    changed: int = 0
    unchanged: int = 0
    failed: list[tuple[Feed, Fetched]] = field(default_factory=list)
    taken: TakenIn = field(default_factory=TakenIn)

    def count(self, batch: Sequence[tuple[Feed, Fetched]], taken: TakenIn) -> None:
        for feed, fetched in batch:
            if fetched.outcome == "failed":
                self.failed.append((feed, fetched))
            elif fetched.outcome == "changed":
                self.changed += 1
            else:
                self.unchanged += 1
        self.taken = self.taken.plus(taken)


async def _fetch_all(tools: Tools, due: Sequence[Feed], answers: asyncio.Queue[tuple[Feed, Fetched]]) -> None:
    """Fetch every feed, at most `concurrency` at a time; bodies wait nowhere but in these tasks."""
    settings = tools.rules.watch.config.settings
    manners = politeness(settings)
    places = asyncio.Semaphore(settings.politeness.concurrency)

    async def one(feed: Feed) -> None:
        started = tools.clock()
        with about(feed=feed.id, feed_title=feed.title):
            try:
                fetched = await collect(feed, tools.client, tools.parsers, started, manners, tools.jitter())
            except Exception as error:  # a bug that one feed brings out: it is shown with its trace, and costs that feed only
                log.exception("%s: unexpected", feed.title)
                fetched = _broken(tools, feed, started, error)
            if fetched.outcome == "failed":
                log.info("%s: not read: %s", feed.title, fetched.problem)
        await answers.put((feed, fetched))
        places.release()

    async with asyncio.TaskGroup() as group:
        for feed in due:
            await places.acquire()
            group.create_task(one(feed))


async def _store_all(tools: Tools, expected: int, answers: asyncio.Queue[tuple[Feed, Fetched]], fetching: asyncio.Task[None]) -> _Tally:
    """Store answers in batches until every feed has answered."""
    tally = _Tally()
    stored = 0
    while stored < expected:
        batch = await _next_batch(answers, fetching, expected - stored)
        kept, taken = await _store(tools, batch)
        tools.asking.difference_update(feed.id for feed, _ in batch)
        tally.count(kept, taken)
        stored += len(batch)
    await fetching
    return tally


async def _store(tools: Tools, batch: Sequence[tuple[Feed, Fetched]]) -> tuple[Sequence[tuple[Feed, Fetched]], TakenIn]:
    """Store a batch in one transaction; where that fails, each feed alone, so that one feed's items cost that feed only.

    Gives also how each feed is to be counted. Nothing is lost: a feed that could not be stored keeps its old validators.
    """
    try:
        return batch, await tools.writer.run(take_in, batch, tools.rules.watch)
    except StoreError:
        raise
    except Exception:
        log.exception("a batch of %d feeds could not be stored; now each alone", len(batch))
    kept: list[tuple[Feed, Fetched]] = []
    total = TakenIn()
    for feed, fetched in batch:
        try:
            taken, outcome = await tools.writer.run(take_in, [(feed, fetched)], tools.rules.watch), fetched
        except Exception as error:
            outcome = _broken(tools, feed, fetched.at, error)
            taken = await tools.writer.run(take_in, [(feed, outcome)], tools.rules.watch)  # raises where it is the database that fails
        kept.append((feed, outcome))
        total = total.plus(taken)
    return kept, total


def _broken(tools: Tools, feed: Feed, at: datetime, error: Exception) -> Fetched:
    """A poll that failed by our own fault; the feed is asked again after the usual first wait."""
    problem = f"a fault of this program ({type(error).__name__}: {error})"[:300]
    wait = max(tools.rules.watch.config.settings.politeness.start, feed.interval)
    return Fetched(feed.id, at, "failed", next_poll=at + wait, interval=feed.interval, problem=problem)


async def _next_batch(
    answers: asyncio.Queue[tuple[Feed, Fetched]], fetching: asyncio.Task[None], expected: int
) -> list[tuple[Feed, Fetched]]:
    """The next answers: the first that comes, and what comes with it within BATCH_WAIT, up to the limits of a batch."""
    batch = [await _next_answer(answers, fetching)]
    loop = asyncio.get_running_loop()
    until = loop.time() + BATCH_WAIT
    while len(batch) < min(BATCH_FEEDS, expected) and sum(len(fetched.entries) for _, fetched in batch) < BATCH_ENTRIES:
        try:
            async with asyncio.timeout_at(until):
                batch.append(await answers.get())
        except TimeoutError:
            break
    return batch


async def _next_answer(answers: asyncio.Queue[tuple[Feed, Fetched]], fetching: asyncio.Task[None]) -> tuple[Feed, Fetched]:
    """Wait for an answer; if fetching itself broke, raise what broke it instead of waiting for ever."""
    waiting = asyncio.ensure_future(answers.get())
    await asyncio.wait({waiting, fetching}, return_when=asyncio.FIRST_COMPLETED)
    if not waiting.done() and fetching.done() and fetching.exception() is not None:
        waiting.cancel()
        fetching.result()
    return await waiting
