"""Door for the clock: `watcher run`. APScheduler jobs call the loops; it holds no state and decides nothing.

What is due comes from the database at every turn, so a missed or doubled tick changes nothing. On SIGTERM the loops
finish their step and no new one begins; what takes longer than STOP_WITHIN is cut off, and its lease brings it back.
"""

from __future__ import annotations

import asyncio
import logging
import os
import platform
import signal
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from filelock import FileLock, Timeout

from watcher.errors import BusyError, StoreError, WatcherError
from watcher.pipeline import backups, guard, housekeeping
from watcher.pipeline.compose import compose
from watcher.pipeline.deliver import deliver, settle_first, take_over
from watcher.pipeline.gaps import refill_gaps
from watcher.pipeline.leads import follow_leads
from watcher.pipeline.poll import poll
from watcher.pipeline.rejudge import Work, judge_again
from watcher.pipeline.rules_file import RulesFile
from watcher.pipeline.self_test import self_test
from watcher.pipeline.tools import Tools, open_tools, utc_now
from watcher.pipeline.trail import about
from watcher.pipeline.watchdog import Watchdog
from watcher.store import operations, outbox

TICKS = {
    "poll": 15.0,
    "leads": 15.0,
    "gaps": 15.0,
    "compose": 15.0,
    "deliver": 5.0,
    "rejudge": 15.0,
    "self-test": 15.0,
    "watchdog": 60.0,
    "backup": 60.0,
    "guard": 15.0,
    "housekeeping": 3600.0,
}  # seconds between looks at what is due
# Turns of one loop at a time: of these two a slow server holds up a turn for minutes, and the next must not wait for it.
TURNS = {"poll": 8, "deliver": 32}
STOP_WITHIN = 6.0  # seconds for a message on its way; the promise is ten, and closing what is open takes its share
CUT_AT_ONCE = frozenset({"poll", "leads", "gaps", "rejudge"})  # asking again costs nothing; what is being stored is finished by the writer

log = logging.getLogger(__name__)
Turn = Callable[[], Awaitable[object]]


def only_one(database: Path) -> FileLock:
    """Hold the lock of a database for the life of this process. Raises BusyError when another `run` has it."""
    lock = FileLock(f"{database}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise BusyError(f"{database}: another `watcher run` works on this database; stop it first, or name another with --db") from None
    return lock


async def serve(
    rules: RulesFile,
    database: Path,
    *,
    clock: Callable[[], datetime] = utc_now,
    speed: float = 1.0,
    ready: Callable[[], None] | None = None,
    me: str | None = None,
    sender_lease: timedelta = operations.SENDER_LEASE,
    message_lease: timedelta = outbox.LEASE,
) -> None:
    """Run every loop until SIGTERM or SIGINT. `speed` divides the seconds between ticks; `me` is who sends, this machine where none is named.

    Raises BusyError when another service has the database or takes it over, StoreError when its file is moved away.
    """
    me, stopping = me or holder(alone=True), asyncio.Event()
    for received in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(received, stopping.set)
    async with open_tools(rules, database, clock=clock) as tools:
        guarded = await guard.begin(tools, me, sender=sender_lease, message=message_lease)  # first: another may have it
        await tools.writer.run(housekeeping.start, rules, clock())
        await take_over(tools, holder=me)
        ended: list[WatcherError] = []
        turns = _turns(tools, stopping, guarded, me) | {"guard": lambda: _guard(tools, guarded, stopping, ended)}
        running: set[asyncio.Task[None]] = set()
        scheduler = _scheduler(turns, tools, stopping, running, speed)
        scheduler.start()
        log.info("watcher runs on %s with %s", database, rules.path)
        if ready:
            ready()
        await stopping.wait()
        log.info("stopping: the loops finish their step")
        scheduler.pause()
        await _finish(running)
        scheduler.shutdown(wait=False)
        if ended:  # the database is another's, or gone: nothing is written to it
            raise ended[0]
        await settle_first(tools)  # an answer that the disk would not take: the last moment at which it is known
        await tools.writer.run(housekeeping.stop, me, clock())


def _scheduler(
    turns: dict[str, Turn], tools: Tools, stopping: asyncio.Event, running: set[asyncio.Task[None]], speed: float
) -> AsyncIOScheduler:
    """The clock with a job a loop; each rings at once, and then at its ticks."""
    scheduler = AsyncIOScheduler(timezone="UTC")
    for name, turn in turns.items():
        scheduler.add_job(
            _tracked,
            "interval",
            (name, turn, tools, stopping, running),
            seconds=TICKS[name] / speed,
            id=name,
            max_instances=TURNS.get(name, 1),
            coalesce=True,
            misfire_grace_time=None,  # the default of one second drops late turns with a log line only
            next_run_time=tools.clock(),
        )
    scheduler.add_listener(_log_failure, EVENT_JOB_ERROR)
    return scheduler


async def _guard(tools: Tools, guarded: guard.Guard, stopping: asyncio.Event, ended: list[WatcherError]) -> None:
    """Look whether this service may go on, and end it where it may not."""
    try:
        await guarded.look(tools)
    except (BusyError, StoreError) as error:
        ended.append(error)
        stopping.set()


def holder(*, alone: bool = False) -> str:
    """Who has the sender's lease: this process, on this host.

    `alone` is for the holder of the database's lock, of whom there is one a host: after a crash the next one goes on
    with the lease at once, instead of waiting for the end of its own predecessor's.
    """
    return f"{platform.node()}:{'run' if alone else os.getpid()}"


def _turns(tools: Tools, stopping: asyncio.Event, guarded: guard.Guard, me: str) -> dict[str, Turn]:
    async def one_poll() -> None:
        await housekeeping.reread_rules(tools)
        await poll(tools)

    return {
        "poll": one_poll,
        "leads": lambda: follow_leads(tools),
        "gaps": lambda: refill_gaps(tools),
        "compose": lambda: compose(tools),
        "deliver": lambda: deliver(tools, holder=me, stopping=stopping, terms=guarded.terms),
        "self-test": lambda: self_test(tools),
        "watchdog": Watchdog(tools).turn,
        "rejudge": lambda: judge_again(Work(tools.writer, lambda: tools.rules.watch, tools.clock, me, stopping.is_set)),
        "backup": lambda: backups.back_up_nightly(tools, stopping.is_set),
        "housekeeping": lambda: housekeeping.tidy(tools),
    }


async def _tracked(name: str, turn: Turn, tools: Tools, stopping: asyncio.Event, running: set[asyncio.Task[None]]) -> None:
    """One turn of one loop; its failure is logged and seen in `status`, and the next turn comes all the same."""
    if stopping.is_set():
        return
    with about(loop=name):  # the task takes it along
        task = asyncio.create_task(_guarded(name, turn, tools), name=name)
    running.add(task)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        if not task.cancelled():
            raise
        log.info("%s: cut off; what it had not stored comes again after the next start", name)
    finally:
        running.discard(task)


async def _guarded(name: str, turn: Turn, tools: Tools) -> None:
    try:
        await turn()
    except WatcherError as error:
        log.error("%s: %s", name, error)
        await tools.writer.run(housekeeping.loop_failed, name, str(error), tools.clock())
    except Exception as error:  # a bug in one loop must not stop the others; it is shown, with its trace
        log.exception("%s: unexpected", name)
        await tools.writer.run(housekeeping.loop_failed, name, f"{type(error).__name__}: {error}", tools.clock())


async def _finish(running: set[asyncio.Task[None]]) -> None:
    """Let running turns end; cut off what takes too long."""
    for task in running:
        if task.get_name() in CUT_AT_ONCE:
            task.cancel()
    if not running:
        return
    _, late = await asyncio.wait(set(running), timeout=STOP_WITHIN)
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)


def _log_failure(event: JobExecutionEvent) -> None:
    log.error("%s: the scheduler reports %s", event.job_id, event.exception)
