"""How commands open what they need: the rules, the database for reading, the tools of the loops."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from watcher.cli.options import Paths, paths_of
from watcher.cli.show import note
from watcher.config.values import did_you_mean
from watcher.errors import UsageError
from watcher.pipeline import housekeeping
from watcher.pipeline.rules_file import RulesFile
from watcher.pipeline.tools import Tools, open_tools
from watcher.store import Database, holding, open_reader, operations, refuse_to_replace

HELD_SAID = "watcher.held_said"  # in the context's meta: this command has said it


def open_rules(context: click.Context, *, warn: bool = False) -> RulesFile:
    """The rules as they stand on disk, checked. Raises ExceptionGroup of ConfigError, each with its line.

    `warn` prints what deserves a look: for commands that are about the rules, noise for all others.
    """
    rules = RulesFile.load(paths_of(context).rules)
    if warn:
        for warning in rules.watch.config.warnings:
            note(warning)
    return rules


def open_rules_or_last_good(paths: Paths) -> RulesFile:
    """The rules for `run`: the file, or what passed last on this database. Only a first start refuses."""
    last_good = None
    if paths.database.exists():
        last_good = operations.recall(open_reader(paths.database), housekeeping.GOOD_RULES)
    return RulesFile.load(paths.rules, last_good=last_good)


def open_archive(context: click.Context) -> Database:
    """The database, for reading only."""
    database = open_reader(existing(paths_of(context).database, say=False))
    say_if_held(context, database)
    return database


def existing(database: Path, *, say: bool = True) -> Path:
    """The path, where a file is there. Raises UsageError with what to do where none is, StoreError where only its backups are.

    `say` says that everything is held, where it is; who opens the database to read says so by itself.
    """
    if not database.exists() or (database.is_file() and database.stat().st_size == 0):
        refuse_to_replace(database)
        raise UsageError(
            f"{database}: there is no database yet; `watcher run` or `watcher poll` makes it. One elsewhere is named with --db"
        )
    if say and (context := click.get_current_context(silent=True)) is not None:
        with closing(open_reader(database).conn) as connection:
            say_if_held(context, Database(connection))
    return database


def say_if_held(context: click.Context, database: Database) -> None:
    """Say once a command, on stderr, that nothing is sent until a person decides."""
    since = holding.held_since(database)
    if since is None or context.find_root().meta.get(HELD_SAID):
        return
    said_already(context)
    note(
        f"HELD since {since:%Y-%m-%d %H:%M} UTC ({holding.reason(database)}): nothing is sent. "
        "To send what waits: watcher outbox release --all. To drop it: watcher outbox discard --all"
    )


def said_already(context: click.Context) -> None:
    """This command has said by itself that everything is held."""
    context.find_root().meta[HELD_SAID] = True


def nothing_called(what: str, name: str, known: Iterable[str], otherwise: str) -> UsageError:
    """The error for a name that stands nowhere, with the nearest one that does."""
    return UsageError(f"there is no {what} {name!r}; {did_you_mean(name, list(known), otherwise=otherwise)}")


@asynccontextmanager
async def opened_tools(context: click.Context, rules: RulesFile) -> AsyncIterator[Tools]:
    """Tools on the database of this command, with the feeds as configured."""
    async with open_tools(rules, paths_of(context).database) as tools:
        await tools.writer.run(housekeeping.apply, rules, tools.clock())
        await tools.writer.run(lambda database: say_if_held(context, database))
        yield tools


def zone_of(rules: RulesFile) -> ZoneInfo:
    """The operator's time zone."""
    return ZoneInfo(rules.watch.config.settings.time_zone)
