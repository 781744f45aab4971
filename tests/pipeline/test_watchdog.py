"""The dead-man ping: it goes out while all is well, and each of the eight stages, broken in turn, stops it.

The loops are those of the service, turned by the service's own hands, minute by minute on a clock that is set; feeds, parse
children, database, mail and watchdog are real.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import signal
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from corridor import Clock, Reply, Web, break_writes
from sqlite_utils import Database

from watcher import service, store
from watcher.errors import WatcherError
from watcher.match import compile as compile_rules
from watcher.pipeline import canary, guard, housekeeping
from watcher.pipeline.rules_file import RulesFile
from watcher.pipeline.tools import Tools, open_tools
from watcher.pipeline.watchdog import PERIOD, signal_address
from watcher.store import holding, open_store, operations

FEEDS = 6
STEP = 3  # minutes between turns; the loops' own patience is 5 and more
SECRET = "0b7e3c55-f0de-4b0e-9bb2-secret-uuid"

RULES = """
[watcher]
time_zone = "Asia/Phnom_Penh"
dead_man = "{watchdog}/{secret}"
dead_man_private = true
[watcher.politeness]
start = "15m"
floor = "15m"
ceiling = "15m"
{feeds}
[[rules]]
name = "scam-deportation"
match = "@cambodia AND @scam AND @deported"
[[rules.examples]]
text = "Cambodia deported 40 foreigners who worked in an online scam."
match = true
[[channels]]
name = "staff"
{channel}
[[digests]]
name = "daily"
at = "07:10"
channels = ["staff"]
"""
FEED = """
[[feeds]]
url = "{url}"
title = "Feed {number}"
language = "en"
allow_private = true
"""
FOLDER = 'kind = "folder"\nfolder = "{folder}"'
MAIL = 'kind = "email"\nserver = "smtp://127.0.0.1:9"\ntls = "none"\nallow_private = true\nfrom = "w@ngo.test"\nto = ["staff@ngo.test"]'


@dataclass
class Running:
    """A service whose loops are turned by hand."""

    tools: Tools
    clock: Clock
    web: Web
    database: Database
    turns: dict[str, service.Turn]
    stopped: set[str] = field(default_factory=set)

    async def minutes(self, count: int) -> None:
        for _ in range(0, count, STEP):
            self.clock.forward(minutes=STEP)
            self.publish()
            for name, turn in self.turns.items():
                if name not in self.stopped:
                    with contextlib.suppress(sqlite3.Error, WatcherError):  # the scheduler logs it and goes on
                        await service._guarded(name, turn, self.tools)

    def publish(self) -> None:
        """Every feed has news each minute, so that every poll has to be parsed."""
        at = f"{self.clock.now:%a, %d %b %Y %H:%M:%S} GMT"
        item = f"<item><guid>{self.clock.now:%H%M}</guid><title>Hotels expect guests</title><pubDate>{at}</pubDate></item>"
        body = f'<rss version="2.0"><channel><title>Feed</title>{item}</channel></rss>'.encode()
        for number in range(FEEDS):
            reply = Reply(200, body, {"Content-Type": "application/rss+xml"})
            if self.web.replies.get(f"/feed{number}", [reply])[0].status == 200:
                self.web.replies[f"/feed{number}"] = [reply]

    @property
    def pings(self) -> int:
        return self.web.asked.count(f"/{SECRET}")

    @property
    def alarms(self) -> list[str]:
        return [body.decode() for path, body in zip(self.web.asked, self.web.bodies, strict=True) if path == f"/{SECRET}/fail"]


@asynccontextmanager
async def running(tmp_path: Path, web: Web, now: datetime, channel: str = FOLDER) -> AsyncIterator[Running]:
    """A service that is well: it runs since 06:45, has polled, and its self-test passed."""
    for signal_ in ("", "/start", "/fail"):
        web.replies[f"/{SECRET}{signal_}"] = [Reply(200, b"OK")]
    feeds = "".join(FEED.format(url=f"{web.base}/feed{number}", number=number) for number in range(FEEDS))
    text = RULES.format(watchdog=web.base, secret=SECRET, feeds=feeds, channel=channel.format(folder=tmp_path / "out"))
    (tmp_path / "rules.toml").write_text(text)
    rules = RulesFile.load(tmp_path / "rules.toml", environment={})
    clock = Clock(now - timedelta(minutes=15))
    database = open_store(tmp_path / "watcher.db")
    async with open_tools(rules, tmp_path / "watcher.db", clock=clock) as tools:
        tools.writer.now(lambda writer: writer.execute("PRAGMA synchronous = OFF"))  # an hour of turns without waiting for the disk
        await tools.writer.run(housekeeping.start, rules, clock())
        guarded = await guard.begin(tools, "test", sender=timedelta(hours=3))
        turns = service._turns(dataclasses.replace(tools, jitter=lambda: 0.0), asyncio.Event(), guarded, "test")
        turns = {name: turn for name, turn in turns.items() if name not in ("housekeeping", "backup")}  # not of the pipe
        try:
            yield Running(tools, clock, web, database, turns)
        finally:
            database.conn.close()


async def test_while_all_is_well_it_hears_start_and_then_an_ok_each_quarter_of_an_hour(tmp_path: Path, web: Web, now: datetime):
    """The positive control: whatever stops the ping below, here it goes out."""
    async with running(tmp_path, web, now) as one:
        await one.minutes(60)
        assert next(path for path in web.asked if SECRET in path) == f"/{SECRET}/start"
        assert one.pings in (4, 5)
        assert one.alarms == []
        assert operations.recall(one.database, "watchdog_ok") is not None


Break = Callable[[Running, pytest.MonkeyPatch], None]


def fetch(one: Running, _: pytest.MonkeyPatch) -> None:
    """Every source refuses, as when the machine has lost its network."""
    for number in range(FEEDS):
        one.web.replies[f"/feed{number}"] = [Reply(503)]


def parse(one: Running, patch: pytest.MonkeyPatch) -> None:
    """Parse children die at once: a library that cannot be loaded after an upgrade."""
    patch.setenv("PYTHONHOME", "/nowhere")
    for child in one.tools.parsers.pids:
        os.kill(child, signal.SIGKILL)


def match(one: Running, _: pytest.MonkeyPatch) -> None:
    """What judges is not what was checked: rules in force that hold nothing."""
    watch = one.tools.rules.watch
    empty, _vocabulary = compile_rules((canary.RULE,), (), watch.spoken.languages)
    one.tools.rules.watch = dataclasses.replace(watch, rules=dataclasses.replace(empty, examples=watch.rules.examples))


def store_read_only(one: Running, _: pytest.MonkeyPatch) -> None:
    """The disk was mounted again for reading only, or is full: nothing can be written."""
    one.tools.writer.now(lambda database: database.execute("PRAGMA query_only = ON"))


def store_locked(one: Running, _: pytest.MonkeyPatch) -> None:
    """Another program has the database open and does not let go."""
    one.tools.writer.now(lambda database: database.execute("PRAGMA busy_timeout = 20"))  # instead of 30 s
    one.database.execute("BEGIN IMMEDIATE")


def compose(one: Running, _: pytest.MonkeyPatch) -> None:
    """The digest that is due at 07:10 cannot be made."""
    break_writes(one.database, "INSERT ON digests")


def outbox(one: Running, _: pytest.MonkeyPatch) -> None:
    """A restore holds everything back, and nobody knows."""
    with store.transaction(one.database):
        holding.hold(one.database, "restored from the backup of 8 Nov", one.clock.now)


def clock_loop(one: Running, _: pytest.MonkeyPatch) -> None:
    """One loop hangs while the others go on."""
    one.stopped.add("compose")


BREAKS: dict[str, Break] = {
    "fetch": fetch, "parse": parse, "match": match, "store (read-only)": store_read_only, "store (locked)": store_locked, "compose": compose,
    "outbox": outbox, "clock": clock_loop,
}  # fmt: skip


@pytest.mark.parametrize("stage", BREAKS)
async def test_a_broken_stage_stops_the_ping(stage: str, tmp_path: Path, web: Web, now: datetime, monkeypatch: pytest.MonkeyPatch):
    """A pipe that is broken anywhere brings silence that looks like a quiet day; the alarm outside must ring."""
    async with running(tmp_path, web, now) as one:
        await one.minutes(21)
        assert one.pings >= 1
        BREAKS[stage](one, monkeypatch)
        await one.minutes(15)  # the sources are asked every 15 minutes here
        before = one.pings
        await one.minutes(30)
        assert one.pings == before
        assert one.alarms, "and it says so at once, without waiting for the grace"
        assert stage.partition(" ")[0] in one.alarms[-1]


async def test_a_mail_server_that_takes_nothing_stops_the_ping(tmp_path: Path, web: Web, now: datetime):
    """Delivery is the eighth stage: what lies in the outbox for half an hour has reached nobody."""
    async with running(tmp_path, web, now, channel=MAIL) as one:
        await one.minutes(21)
        assert one.pings >= 1
        await one.minutes(42)  # the digest is due at 07:10 and nobody listens there
        before = one.pings
        await one.minutes(21)
        assert one.pings == before
        assert "delivery: staff has taken nothing" in one.alarms[-1]
        assert "ngo.test" not in "".join(one.alarms)


async def test_what_is_mended_is_heard_at_once(tmp_path: Path, web: Web, now: datetime):
    """An alarm that goes on ringing after the repair is switched off, and the next one is not heard."""
    async with running(tmp_path, web, now) as one:
        await one.minutes(21)
        outbox(one, pytest.MonkeyPatch())
        await one.minutes(6)
        assert one.alarms
        with store.transaction(one.database):
            holding.release(one.database, one.clock.now)
        before = one.pings
        await one.minutes(3)
        assert one.pings == before + 1


async def test_one_failed_turn_is_no_alarm(tmp_path: Path, web: Web, now: datetime):
    """A loop that failed once and went on has not lost anything."""
    async with running(tmp_path, web, now) as one:
        await one.minutes(21)
        await one.tools.writer.run(housekeeping.loop_failed, "leads", "the database is locked", one.clock.now)
        one.stopped.add("leads")
        await one.minutes(3)
        one.stopped.clear()
        await one.minutes(6)
        assert one.alarms == []


async def test_a_watchdog_that_takes_nothing_becomes_a_line_for_the_operator_without_its_secret(
    tmp_path: Path, web: Web, now: datetime, caplog: pytest.LogCaptureFixture
):
    """A check that was deleted over there would otherwise guard nothing, in silence; its address is a password."""
    async with running(tmp_path, web, now) as one:
        for path in ("", "/start", "/fail"):
            web.replies[f"/{SECRET}{path}"] = [Reply(404)]
        await one.minutes(12)
        (line,) = [fault for fault in operations.faults(one.database) if fault.subject == "watchdog"]
        assert "404" in line.text
        assert SECRET not in caplog.text + line.text
        for path in ("", "/start", "/fail"):
            web.replies[f"/{SECRET}{path}"] = [Reply(200)]
        await one.minutes(3)
        assert not [fault for fault in operations.faults(one.database) if fault.subject == "watchdog"]


@pytest.mark.parametrize(
    "signal_, wanted",
    [
        ("ok", "https://hc.test/ping/u?create=1"),
        ("start", "https://hc.test/ping/u/start?create=1"),
        ("fail", "https://hc.test/ping/u/fail?create=1"),
    ],
)
def test_signals_are_put_behind_the_path(signal_: str, wanted: str):
    """A query must stay behind, or every signal means "ok"."""
    assert signal_address("https://hc.test/ping/u?create=1", signal_) == wanted


def test_the_period_is_the_one_that_the_docs_name():
    """Who sets the watchdog up over there enters this number."""
    assert PERIOD.total_seconds() / 60 == 15
