"""How commands open what they need: the rules, the database for reading, the tools of the loops."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from zoneinfo import ZoneInfo

import click

from watcher.cli.options import Paths, paths_of
from watcher.cli.show import note
from watcher.pipeline import housekeeping
from watcher.pipeline.rules_file import RulesFile
from watcher.pipeline.tools import Tools, open_tools
from watcher.store import Database, open_reader, operations


def open_rules(context: click.Context, *, warn: bool = True) -> RulesFile:
    """The rules as they stand on disk, checked. Raises ExceptionGroup of ConfigError, each with its line."""
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
    return open_reader(paths_of(context).database)


@asynccontextmanager
async def opened_tools(context: click.Context, rules: RulesFile) -> AsyncIterator[Tools]:
    """Tools on the database of this command, with the feeds as configured."""
    async with open_tools(rules, paths_of(context).database) as tools:
        await tools.writer.run(housekeeping.apply, rules, tools.clock())
        yield tools


def zone_of(rules: RulesFile) -> ZoneInfo:
    """The operator's time zone."""
    return ZoneInfo(rules.watch.config.settings.time_zone)
