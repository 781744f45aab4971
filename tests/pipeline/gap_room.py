"""A newsroom of loopback sites with the loops of a service on one database, and outages of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from corridor import ENVIRONMENT, RULES, Clock, column, reopened
from gap_site import News, Site, deported, noises

from watcher.pipeline import housekeeping
from watcher.pipeline.poll import poll
from watcher.pipeline.rules_file import RulesFile
from watcher.pipeline.tools import Tools, open_tools
from watcher.store import gaps

DAY = timedelta(days=1)


class Newsroom:
    """One site, its feed in the rules, and the loops of a service on one database."""

    def __init__(self, folder: Path, site: Site, clock: Clock, more: str = "", beside: Sequence[Site] = ()) -> None:
        self.tools: Tools | None = None
        self.open = AsyncExitStack()
        self.site, self.beside, self.clock, self.path = site, beside, clock, folder / "watcher.db"
        head = RULES.split("[[feeds]]")[0]
        rest = RULES[RULES.index("[[rules]]") :]
        others = "".join(
            f'[[feeds]]\nurl = "{one.feed}"\ntitle = "Beside {number}"\nlanguage = "en"\nallow_private = true\n\n'
            for number, one in enumerate(beside, start=1)
        )
        feed = f'[[feeds]]\nurl = "{site.feed}"\ntitle = "Courier"\nlanguage = "en"\nallow_private = true\n{more}\n\n'
        file = folder / "rules.toml"
        file.write_text(head + feed + others + rest, encoding="utf-8")
        self.rules = RulesFile.load(file, environment=ENVIRONMENT)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Tools]:
        """A service that was started, with the rules as they are now; its parse children live on until `stop`, for they cost a second."""
        if self.tools is None:
            self.tools = await self.open.enter_async_context(open_tools(self.rules, self.path, clock=self.clock))
        await self.tools.writer.run(housekeeping.start, self.rules, self.clock())
        yield replace(self.tools, rules=self.rules)

    async def stop(self) -> None:
        """End the service and everything it has open."""
        self.tools = None
        await self.open.aclose()

    async def polled(self) -> None:
        async with self.running() as tools:
            report = await poll(tools, everything=True)
            assert not report.failed, report.failed[0][1].problem

    async def read_before_the_outage(self) -> None:
        """A first poll and one more, so that the feed's news are live from here on."""
        await self.polled()
        for one in (self.site, *self.beside):
            one.add(*noises("before", 1, self.clock()))
        self.clock.forward(hours=1)
        await self.polled()

    def gap(self) -> gaps.Gap:
        with reopened(self.path) as database:
            (found,) = [gaps.by_id(database, number) for number in column(database, "SELECT id FROM gaps")]  # type: ignore[arg-type]
        assert found is not None
        return found


def outage(room: Newsroom, *held: News, days: float = 4, news: int = 14, name: str = "during") -> None:
    """The service is off for days; the site goes on, and what it printed rolls out of its feed."""
    room.clock.forward(days=days)
    room.site.add(*held)
    for one in (room.site, *room.beside):
        one.add(*noises(name, news, room.clock() - timedelta(hours=1), timedelta(days=days) / (news + 4)))


def held(room: Newsroom, count: int = 25, people: str = "Japanese", days: float = 0.4, name: str = "held") -> News:
    """A story that the outage which begins now will hold."""
    return deported(name, count, people, room.clock() + timedelta(days=days))
