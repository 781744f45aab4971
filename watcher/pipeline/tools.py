"""What the loops work with: the writer, the client, the parsers, the clock, and the rules in force.

Made once a process by a door (`cli`, `service`, `demo`), handed to every loop, closed by whoever made it.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from watcher import __version__
from watcher.collect import Parsers, Politeness, RobotsCache
from watcher.config import Settings
from watcher.net import Client
from watcher.pipeline.rules_file import RulesFile
from watcher.store import Database
from watcher.store.writer import Writer

PARSERS = 2  # children; one a core of the smallest machine this runs on


@dataclass(frozen=True, eq=False)
class Tools:
    """Everything with a side effect that a loop may use."""

    writer: Writer
    client: Client
    parsers: Parsers
    robots: RobotsCache
    rules: RulesFile
    clock: Callable[[], datetime]
    jitter: Callable[[], float] = field(default=random.random)
    asking: set[int] = field(default_factory=set)  # feeds that a turn of the poll loop asks now: the next turn leaves them alone
    sending: set[str] = field(default_factory=set)  # channels on which a turn of the deliver loop sends now
    unsettled: list[Callable[[Database], object]] = field(default_factory=list)  # answers of receivers that could not be written down yet


def utc_now() -> datetime:
    """The clock of a real process."""
    return datetime.now(UTC)


def politeness(settings: Settings) -> Politeness:
    """How often feeds may be asked, as the room that asks takes it."""
    said = settings.politeness
    return Politeness(floor=said.floor, start=said.start, ceiling=said.ceiling, longest=said.back_off)


def user_agent(settings: Settings) -> str:
    """Who asks, and how to reach the people behind it: feed owners want both."""
    return f"watcher/{__version__} (+{settings.contact})" if settings.contact else f"watcher/{__version__}"


@asynccontextmanager
async def open_tools(
    rules: RulesFile, database: Path, *, clock: Callable[[], datetime] = utc_now, create: bool = True
) -> AsyncIterator[Tools]:
    """Open all tools, and close them whatever happens."""
    settings = rules.watch.config.settings
    writer = Writer(database, create=create)
    try:
        limits = settings.politeness
        async with Client(user_agent(settings), per_host=limits.per_host, concurrency=limits.concurrency) as client:
            parsers = Parsers(count=PARSERS)
            try:
                yield Tools(writer, client, parsers, RobotsCache(), rules, clock)
            finally:
                await parsers.close()
    finally:
        writer.close()
