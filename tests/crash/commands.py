"""What people call beside the service, as functions of the folder and the tools: each may be called again after a crash."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from counting import connect
from script import MATCH, NEW_MATCH, PAST_LINES

from watcher.errors import UsageError
from watcher.pipeline import outbox_asked
from watcher.pipeline.backfill import backfill_file
from watcher.pipeline.outbox_asked import Asked
from watcher.pipeline.tools import Tools
from watcher.store import Database
from watcher.store.backup import back_up
from watcher.store.writer import Writer

Command = Callable[[Path, Tools], Awaitable[None]]


async def edit_rules(folder: Path, tools: Tools) -> None:
    """An editor saves the rules with an arrest in them."""
    rules = folder / "rules.toml"
    text = rules.read_text(encoding="utf-8")
    if MATCH in text:
        new = rules.with_suffix(".new")
        new.write_text(text.replace(MATCH, NEW_MATCH), encoding="utf-8")
        new.replace(rules)


async def backfill(folder: Path, tools: Tools) -> None:
    """`watcher backfill FILE`, with a writer of its own as another process has."""

    def run() -> None:
        writer = Writer(folder / "watcher.db", create=False)
        try:
            report = backfill_file(writer, PAST_LINES.splitlines(), tools.rules.watch, now=tools.clock(), on_bad_line=_bad)
            assert report.bad == 0
        finally:
            writer.close()

    await asyncio.to_thread(run)


async def backup(folder: Path, tools: Tools) -> None:
    """`watcher backup FILE`."""
    now = tools.clock()
    await asyncio.to_thread(back_up, folder / "watcher.db", folder / f"backup-{now:%d-%H%M%S%f}.db", now)


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Another program is in the middle of a change."""
    with closing(connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def _bad(problem: str) -> None:
    raise AssertionError(problem)


async def release(folder: Path, tools: Tools) -> None:
    """`watcher outbox release --all`, where something is held."""

    def everything(database: Database) -> None:
        meant = outbox_asked.meant(database, tools.rules.watch.config, Asked(everything=True), "release")
        outbox_asked.release(database, meant, "the operator", tools.clock())

    with suppress(UsageError):  # nothing is
        await tools.writer.run(everything)


async def say_the_time(folder: Path, tools: Tools) -> None:
    """Write down what the clock shows, for servers that publish by it."""
    (folder / "now").write_text(tools.clock().isoformat())


async def wait_for_the_end(folder: Path, tools: Tools) -> None:
    """Say that everything is done, and do nothing until the kill comes."""
    (folder / "done").touch()
    await asyncio.sleep(600)


COMMANDS: dict[str, Command] = {
    "edit_rules": edit_rules,
    "backfill": backfill,
    "backup": backup,
    "release": release,
    "say_the_time": say_the_time,
    "wait_for_the_end": wait_for_the_end,
}
