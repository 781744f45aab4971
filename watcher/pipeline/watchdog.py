"""All is well, or what is not -> one signal to an outside watchdog: the dead-man ping.

In the way of Healthchecks (healthchecks.io and its kin): `/start` when the service begins, the plain address every 15 minutes
while all is well, `/fail` with the reasons where something is known to be broken. A server that dies says nothing, and that
is what the watchdog rings for. "All is well" is asked of the eight stages that a story passes, each by what it left behind:

    fetch      half of the sources are read, all told and among those asked within the last hour
    parse      the same, as a source that cannot be read does not count; and the self-test
    match      the rules in force recognise their own examples (asked before each ping); and the self-test
    store      this turn's own write was accepted, and there is room on the disk
    compose    the loop's last turn ended well, not long ago; the self-test's story and message were made
    outbox     nothing is held back as after a restore; the self-test's message could be queued
    delivery   no channel has taken nothing for half an hour; the self-test's message arrived
    clock      every loop ended a turn lately; and this turn itself comes by the same clock

Rules in force that are not those of the file (an edit was wrong) do not stop the ping: the last good ones judge, and the
operator hears of it by mail. What is shown to a person is in `state`.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from watcher import store
from watcher.config import Config
from watcher.errors import FetchError, WatcherError
from watcher.net import Limits
from watcher.pipeline import self_test
from watcher.pipeline.tools import Tools
from watcher.pipeline.words import without_addresses
from watcher.store import Database, deliveries, feeds, holding, operations
from watcher.store.values import from_time, to_time

PERIOD = timedelta(minutes=15)  # between pings while all is well; tell the watchdog a grace of 30
EARLY = timedelta(seconds=30)  # a turn that comes so much before its time is the one: turns are a minute apart
# A loop is stuck when no turn of it ended for this long although the service has run that long. A poll turn can take the
# longest: 100 slow hosts at 30 s each, eight at a time; a delivery can wait ten minutes after the final dot.
STUCK_AFTER = {
    "poll": timedelta(minutes=20),
    "leads": timedelta(minutes=20),
    "compose": timedelta(minutes=5),
    "deliver": timedelta(minutes=20),
}
_STAGE = {"poll": "fetch", "leads": "fetch", "compose": "compose", "deliver": "delivery"}  # that fails where a loop's turn does
SELF_TEST_GRACE = timedelta(minutes=30)  # after it is due; a slow channel may take 15
UNDELIVERED = timedelta(minutes=30)
READ_SHARE = 0.5  # of the enabled sources
LATELY, LATELY_AT_LEAST = timedelta(hours=1), 5  # sources asked within an hour show a broken network long before all are asked
FREE = 32 << 20  # bytes; below it a large transaction fails
STORE_ANSWERS = 45.0  # seconds; longer than a writer waits for another
ANSWERS = Limits(wire=64 << 10, body=64 << 10, seconds=15.0)
MOST_WORDS = 2_000  # characters of reasons
LAST_OK, LAST_LOOK = "watchdog_ok", "watchdog_looked"  # names in the table `meta`
FAULT = "watchdog"  # subject of the operator's line
TOLD_AFTER = 3  # pings in a row that were not taken

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wellness:
    """How the eight stages are. `broken`: known not to work. `waits`: too early to tell, so neither well nor broken."""

    broken: tuple[str, ...] = ()
    waits: tuple[str, ...] = ()

    @property
    def well(self) -> bool:
        """Whether a ping may go out."""
        return not self.broken and not self.waits


class Watchdog:
    """What one process remembers between its turns: what it signalled last, and what looked broken a turn ago."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._started = False
        self._signalled: tuple[str, datetime] | None = None  # what was taken last, and when
        self._before: frozenset[str] = frozenset()  # what was broken at the turn before
        self._look: asyncio.Future[Wellness] | None = None
        self._refused = 0

    async def turn(self) -> None:
        """Look, and signal what is to be signalled. Nothing without an address, and nothing is written then."""
        settings = self._tools.rules.watch.config.settings
        if not settings.dead_man:
            return
        if not self._started:
            self._started = await self._signal("start", "")
        found = await self._looked()
        if found.well and self._is_time("ok", self._tools.clock()):
            lost = await asyncio.to_thread(self_test.rule_that_lost_its_example, self._tools.rules.watch)
            found = Wellness((f"match: the rule {lost!r} no longer matches its own example",)) if lost else found
        lasting = [one for one in found.broken if one in self._before]  # one bad turn of a loop is no news
        self._before = frozenset(found.broken)
        now = self._tools.clock()
        if found.well and self._is_time("ok", now):
            if await self._signal("ok", ""):
                await self._tools.writer.change(operations.remember, LAST_OK, to_time(now))
        elif lasting and self._is_time("fail", now):
            log.error("not well: %s", "; ".join(lasting))
            await self._signal("fail", "\n".join(lasting))

    def _is_time(self, signal: str, now: datetime) -> bool:
        """Whether this signal is to go out: another than the last one at once, the same one every PERIOD."""
        if self._signalled is None or self._signalled[0] != signal:
            return True
        return abs(now - self._signalled[1]) >= PERIOD - EARLY

    async def _looked(self) -> Wellness:
        """Ask the store, which must take a write; one that does not answer is broken, and is not asked twice at a time."""
        if self._look is None:
            tools = self._tools
            self._look = asyncio.ensure_future(tools.writer.run(_look, tools.rules.watch.config, tools.writer.path, tools.clock()))
        done, _ = await asyncio.wait({self._look}, timeout=STORE_ANSWERS)
        if not done:
            return Wellness(("store: it does not answer",))
        look, self._look = self._look, None
        try:
            return look.result()
        except WatcherError:
            return Wellness(("store: it takes no write",))
        except store.DatabaseError as error:
            return Wellness((f"store: {error}",))

    async def _signal(self, signal: str, words: str) -> bool:
        """Send one signal; gives whether the watchdog took it. Its address is a secret and stands in no line of the log."""
        settings = self._tools.rules.watch.config.settings
        try:
            answer = await self._tools.client.post(
                signal_address(settings.dead_man, signal),
                words[:MOST_WORDS].encode(),
                headers={"content-type": "text/plain; charset=utf-8"},
                limits=ANSWERS,
                allow_private=settings.dead_man_private,
            )
            problem = "" if answer.status < 300 else f"it answered {answer.status}"
        except FetchError as error:
            problem = without_addresses(error.problem)
        if not problem:
            self._signalled = (signal, self._tools.clock())
        else:
            log.warning("the outside watchdog did not take our signal: %s", problem)
        await self._tell_operator(problem)
        return not problem

    async def _tell_operator(self, problem: str) -> None:
        was, self._refused = self._refused, self._refused + 1 if problem else 0
        if (self._refused != TOLD_AFTER) if problem else (was < TOLD_AFTER):
            return
        await self._tools.writer.run(_note, problem, self._tools.clock())


def signal_address(address: str, signal: str) -> str:
    """The address of a signal: `/start` and `/fail` are put behind the path, the plain one means "ok"."""
    if signal == "ok":
        return address
    parts = urlsplit(address)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{signal}"))


def wellness(database: Database, config: Config, now: datetime) -> Wellness:
    """How the stages are, by what stands in the database. Reads only."""
    beats = operations.heartbeats(database)
    began = running_since(beats)
    if began is None:
        return Wellness(("clock: the service does not run",))
    broken, waits = _loops(beats, began, now)
    found = _sources(feeds.health(database), now), _self_test(database, config, now)
    for one in found:
        broken += one.broken
        waits += one.waits
    held = holding.held_since(database)
    if held:
        broken.append("outbox: everything is held back until a person releases it")
    for channel, since in deliveries.silent_channels(database, now - UNDELIVERED):
        broken.append(f"delivery: {channel} has taken nothing since {since:%d %b %H:%M} UTC")
    return Wellness(tuple(broken), tuple(waits))


def running_since(beats: dict[str, operations.Heartbeat]) -> datetime | None:
    """Since when the service runs; None where it ended on purpose or never began."""
    service = beats.get("service")
    return service.started if service and (service.finished is None or (service.started and service.finished < service.started)) else None


def last_ok(database: Database) -> datetime | None:
    """When the watchdog took the last "all is well"."""
    return from_time(operations.recall(database, LAST_OK))


def _look(database: Database, config: Config, path: Path, now: datetime) -> Wellness:
    """Prove that the store takes a write and has room, then ask it."""
    with store.transaction(database):
        operations.remember(database, LAST_LOOK, to_time(now))
    found = wellness(database, config, now)
    if shutil.disk_usage(path.resolve().parent).free < FREE:
        return Wellness((*found.broken, f"store: less than {FREE >> 20} MB are free on its disk"), found.waits)
    return found


def _loops(beats: dict[str, operations.Heartbeat], began: datetime, now: datetime) -> tuple[list[str], list[str]]:
    """What the loops have to say: (broken, waits). One that has not ended a turn since the start is waited for, whatever it failed on before."""
    broken, waits = [], []
    for loop, patience in STUCK_AFTER.items():
        beat = beats.get(loop)
        ended = beat.finished if beat and beat.finished and beat.finished >= began else None
        if ended is None and now - began <= patience:
            waits.append(f"clock: {loop} has not ended a turn yet")
        elif ended is None or now - ended > patience:
            broken.append(f"clock: {loop} has not ended a turn for {int(patience.total_seconds() // 60)} min")
        elif beat and beat.problem:
            broken.append(f"{_STAGE[loop]}: the last turn of {loop} failed")  # not how: a ping leaves this machine
    return broken, waits


def _sources(known: Sequence[feeds.FeedHealth], now: datetime) -> Wellness:
    enabled = [feed for feed in known if feed.enabled]
    asked = [feed for feed in enabled if feed.last_attempt]
    if not enabled:
        return Wellness(("fetch: no source is configured",))
    if not asked:
        return Wellness(waits=("fetch: no source was asked yet",))
    lately = [feed for feed in asked if feed.last_attempt and now - feed.last_attempt <= LATELY]
    for some, words in ((asked, ""), (lately if len(lately) >= LATELY_AT_LEAST else [], " of those asked within the last hour")):
        read = sum(is_read(feed) for feed in some)
        if read < READ_SHARE * len(some):
            return Wellness((f"fetch or parse: {read} of {len(some)} sources are read{words}",))
    return Wellness()


def is_read(feed: feeds.FeedHealth) -> bool:
    """A source counts as read when its newest poll was."""
    return feed.last_ok is not None and feed.failures == 0


def _self_test(database: Database, config: Config, now: datetime) -> Wellness:
    stands = self_test.standing(database, config, now)
    test = stands.test
    if test and test.passed:
        return Wellness()
    if test and test.broken:
        return Wellness((f"{test.stage}: the self-test failed: {test.words}",))
    began = running_since(operations.heartbeats(database)) or stands.due
    if now - max(stands.due, began) > SELF_TEST_GRACE:
        return Wellness(("clock: the self-test that is due has not passed",))
    return Wellness(waits=("the self-test has not passed yet",))


def _note(database: Database, problem: str, now: datetime) -> None:
    with store.transaction(database):
        if problem:
            text = f"The outside watchdog does not take our sign of life: {problem}. Look at dead_man in rules.toml and .env"
            operations.fault(database, FAULT, text, "watcher check", now)
        else:
            operations.mended(database, FAULT, now)
