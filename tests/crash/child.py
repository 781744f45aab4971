"""The launcher: a process that has imported and opened nothing yet but the code, and forks itself for every run.

A run is the real service on a real database: `serve` as `watcher run` calls it, and commands beside it. The clock is
given; a scheduler that plays a script stands where APScheduler does; SQLite counts (`counting`); feeds are parsed in the
same process where the plan says so (a new interpreter for each run would take longer than the run); and a mutant or a
fault of the disk may be put in. It forks before there is any thread. Plans come as JSON lines on stdin; pids and exit
statuses go to stdout.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import sqlite3
import sys
import time
import traceback
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import commands
import disk
import lines
import mutants
from counting import Count
from script import OTHER_LOOPS, Step
from stage import Point

import watcher.collect.extract
import watcher.collect.parse
import watcher.pipeline.poll
import watcher.pipeline.tools as tools_module
from watcher import service
from watcher.collect.jobs import ArticleJob, FeedJob, ParsedArticle, ParsedFeed, parsed_article, parsed_feed
from watcher.collect.workers import _answered
from watcher.errors import StoreError, WatcherError
from watcher.pipeline.rules_file import RulesFile
from watcher.pipeline.tools import Tools
from watcher.store.restore import restore

PLAYED = ("poll", "leads", "compose", "deliver", "rejudge")  # loops that a script names
log = logging.getLogger("crash")


@dataclass
class Clock:
    """Stands where the script puts it, and moves on by a millisecond a look, so that no two moments are the same."""

    now: datetime

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


class SameProcessParsers:
    """What the parse children do, done here: the same readers, the same JSON between."""

    def __init__(self, count: int = 2, **_: Any) -> None:
        self.pids: list[int] = []

    async def parse(self, body: bytes, job: FeedJob, *, state_media: bool = False, official: bool = False) -> ParsedFeed:
        result = json.loads(json.dumps(watcher.collect.parse.read_feed(body, job)))
        return parsed_feed(_answered(result), state_media=state_media, official=official, time_zone=job.time_zone)

    async def article(self, body: bytes, job: ArticleJob) -> ParsedArticle:
        return parsed_article(_answered(json.loads(json.dumps(watcher.collect.extract.read_page(body, job)))))

    async def close(self) -> None: ...


def main() -> None:
    """Fork for every plan, and say how the child ended."""
    say({"ready": True})
    for line in sys.stdin:
        plan = json.loads(line)
        if plan.get("warm"):
            warm_up(plan)
            continue
        assert threads() == 1, "a fork copies one thread only, and what the others hold for ever"
        pid = os.fork()
        if pid == 0:
            play_and_exit(plan)
        say({"started": pid})
        _, status = os.waitpid(pid, 0)
        say({"ended": os.waitstatus_to_exitcode(status)})


def threads() -> int:
    return sum(1 for _ in Path("/proc/self/task").iterdir())


def warm_up(plan: dict[str, Any]) -> None:
    """Play a plan in this very process, so that every child has read its rules and templates; its threads end with it."""
    tools_module.Parsers, before = SameProcessParsers, tools_module.Parsers  # type: ignore[assignment,misc]
    say({"started": os.getpid()})
    asyncio.run(Run(plan).live())
    tools_module.Parsers = before  # type: ignore[misc]
    until = time.monotonic() + 30
    while threads() > 1 and time.monotonic() < until:
        time.sleep(0.01)
    gc.collect()
    gc.freeze()
    say({"ended": 0})


def say(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def play_and_exit(plan: dict[str, Any]) -> None:
    """Play a plan, write down what came of it, and end without tidying up."""
    folder = Path(plan["folder"])
    output = os.open(folder / "run.log", os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    os.dup2(output, 1)
    os.dup2(output, 2)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(name)s %(message)s", force=True)
    counter = Count(*(Point(*plan[name]) if plan.get(name) else None for name in ("point", "fault_from")))
    counter.lock_wait = plan.get("lock_wait")
    sqlite3.connect = counter.connect  # type: ignore[assignment]
    fault = disk.install(plan["disk"]) if plan.get("disk") else None
    if fault is not None:
        counter.begin_fault = fault.begin_now
    if plan.get("acknowledged"):
        counter.on_commit = lambda connection: disk.copy_aside(connection, folder)
    if plan.get("same_process", True):
        tools_module.Parsers = SameProcessParsers  # type: ignore[assignment,misc]
    if plan.get("mutant"):
        mutants.MUTANTS[plan["mutant"]]()
    status, refused = 0, ""
    try:
        if plan.get("lines"):
            lines.watch(*plan["lines"], counter)
        if plan.get("restore"):
            restore(Path(plan["restore"]), folder / "watcher.db", datetime.fromisoformat(plan["begin"]), holder=service.holder(alone=True))
        else:
            asyncio.run(Run(plan).live())
    except (WatcherError, sqlite3.Error) as error:  # what the door says to a person, with an exit status
        refused, status = f"{type(error).__name__}: {error}", 3 if isinstance(error, StoreError) else 4
        log.error("the service ends: %s", error)
    except BaseException:
        traceback.print_exc()
        status = 1
    told = {
        "points": [(one.name, one.nth) for one in counter.points], "problems": counter.problems, "refused": refused,
        "disk": fault.as_json() if fault else None,
    }  # fmt: skip
    (folder / "told.json").write_text(json.dumps(told))
    os._exit(status)


class Run:
    """One life of the service: `serve` as `watcher run` calls it, with a scheduler that plays steps instead of waiting for their time."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.folder, self.begin = Path(plan["folder"]), datetime.fromisoformat(plan["begin"])
        self.environment: dict[str, str] = plan["environment"]
        self.database, self.clock = self.folder / "watcher.db", Clock(self.begin)
        if "batch_wait" in plan:
            watcher.pipeline.poll.BATCH_WAIT = plan["batch_wait"]
        self.lock_held: list[str] = plan.get("lock_held", [])  # loops whose first turn meets a lock of another program
        # Each a list of steps that begin so many seconds after the start.
        self.rounds = [(timedelta(seconds=after), [Step(**step) for step in steps]) for after, steps in plan["rounds"]]

    async def live(self) -> None:
        lock = service.only_one(self.database)
        try:
            rules = RulesFile.load(self.folder / "rules.toml", environment=self.environment)
            service.AsyncIOScheduler = lambda **_: Scheduler(self)  # type: ignore[assignment,misc]
            await service.serve(rules, self.database, clock=self.clock)
        finally:
            lock.release()


class Scheduler:
    """APScheduler's place: it knows the loops, and rings for each where the script says so, one after the other."""

    def __init__(self, run: Run) -> None:
        self.run, self.loops = run, dict[str, tuple[Callable[..., Awaitable[None]], tuple[Any, ...]]]()
        self.listener: Callable[[Any], None] = lambda event: None

    def add_job(self, function: Callable[..., Awaitable[None]], trigger: str, args: tuple[Any, ...], *, id: str, **_: Any) -> None:
        self.loops[id] = (function, args)

    def add_listener(self, listener: Callable[[Any], None], _: int) -> None:
        self.listener = listener

    def start(self) -> None:
        self.playing = asyncio.create_task(self.play())

    def pause(self) -> None: ...

    def shutdown(self, *, wait: bool) -> None: ...

    async def play(self) -> None:
        tools, stopping = next(iter(self.loops.values()))[1][2:4]
        try:
            for after, steps in self.run.rounds:
                for step in steps:
                    self.run.clock.now = max(self.run.clock.now, self.run.begin + after + timedelta(minutes=step.minute))
                    await self.step(step, tools)
        finally:
            stopping.set()

    async def step(self, step: Step, tools: Tools) -> None:
        """A step that fails is reported, and the next one comes all the same: as with APScheduler, and in a shell."""
        loops = [name for name in self.loops if name not in PLAYED] if step.loop == OTHER_LOOPS else [step.loop] if step.loop else []
        for name in loops:
            function, arguments = self.loops[name]
            try:
                with commands.locked(self.run.database) if name in self.run.lock_held else nullcontext():
                    await function(*arguments)
            except Exception as error:
                self.listener(SimpleNamespace(job_id=name, exception=error))
        if step.command:
            try:
                await commands.COMMANDS[step.command](self.run.folder, tools)
            except Exception as error:
                log.error("%s: the command ends: %s: %s", step.command, type(error).__name__, error)


if __name__ == "__main__":
    main()
