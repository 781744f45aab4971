"""What happened: groups of people with their steps, drawn from a seed. Nobody has written about it yet.

The kinds of events and how often each comes are taken from the coverage of 2009 to 2026 as people describe it: single
flights, raids, raids with a later flight of all or of some, daily batches, queues at an embassy that grow, corrected
figures, wholes with parts, and the same figure again months later.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from generated.tongues import NATIONS, PLACES

START = date(2022, 3, 1)
EVENTS_A_MONTH = 13  # counted people only; the busiest years have more, the quiet ones far fewer
SHARES = (30, 14, 10, 12, 6, 8, 6, 6, 5, 3)  # of NATIONS: most are Chinese, and collide most
KINDS = {
    "out": 30, "held": 20, "held_out": 17, "held_some_out": 8, "held_judged": 4, "wave": 5, "queue": 4, "corrected": 5, "sum": 5, "twin": 4,
}  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One thing that happened to people on a day: held, out (of the country), queue (freed, asking to go home) or judged."""

    what: str
    day: date
    number: int
    nations: tuple[str, ...]
    place: str
    whole: int | None = None  # how many were held, where only some of them went
    held_since: date | None = None
    parts: tuple[tuple[int, str], ...] = ()  # of a whole: how many of which nationality
    corrected: int | None = None  # the figure that outlets give from the next day on


@dataclass(frozen=True)
class Event:
    """One group of people. All articles on any of its steps are of one story."""

    name: str
    steps: tuple[Step, ...]
    wave: str | None = None  # the wave that it is a daily batch of


@dataclass
class World:
    """A stretch of months in which things happen."""

    seed: int
    months: int
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def events(self) -> list[Event]:
        """Every event, in the order of its first day. Some months are three times as busy as others."""
        found: list[Event] = []
        for month in range(self.months):
            busy = 3 if self.chance.random() < 0.15 else 1
            for _ in range(self.chance.randint(EVENTS_A_MONTH // 2, EVENTS_A_MONTH) * busy):
                day = START + timedelta(days=month * 30 + self.chance.randrange(30))
                found += self._make(len(found), day)
        return sorted(found, key=lambda event: (event.steps[0].day, event.name))

    def _make(self, number: int, day: date) -> Iterator[Event]:
        kind = self.chance.choices(list(KINDS), list(KINDS.values()))[0]
        nation = self.chance.choices(NATIONS, SHARES)[0]
        what = {"held": "held", "held_out": "held", "held_some_out": "held", "held_judged": "held", "queue": "queue"}.get(kind, "out")
        first = Step(what, day, self._number(), (nation,), self.chance.choice(PLACES))
        name = f"{number}-{kind}-{nation}-{day:%Y%m%d}"
        match kind:
            case "held_out" | "held_some_out" | "held_judged":
                yield Event(name, (first, self._later(kind, first)))
            case "wave":
                yield from self._wave(name, first)
            case "queue":
                yield Event(name, tuple(self._queue(first)))
            case "corrected":
                yield Event(name, (replace(first, corrected=max(2, round(first.number / self.chance.uniform(1.08, 1.3)))),))
            case "sum":
                yield Event(name, (self._sum(first),))
            case "twin":
                later = first.day + timedelta(days=self.chance.randint(75, 200))
                yield Event(f"{name}-first", (first,))
                yield Event(f"{name}-second", (replace(first, day=later, place=self.chance.choice(PLACES)),))
            case _:
                yield Event(name, (first,))

    def _number(self) -> int:
        return min(1_800, max(3, round(math.exp(self.chance.gauss(3.5, 1.1)))))

    def _later(self, kind: str, held: Step) -> Step:
        """What became of people who were held: all or some of them sent home weeks later, or judged."""
        day = held.day + timedelta(days=self.chance.randint(5, 60))
        if kind == "held_judged":
            return replace(held, what="judged", day=day + timedelta(days=40), held_since=held.day)
        if kind == "held_out" or held.number < 8:
            return replace(held, what="out", day=day, held_since=held.day)
        some = max(2, round(held.number * self.chance.uniform(0.15, 0.8)))
        return replace(held, what="out", day=day, number=some, whole=held.number, held_since=held.day)

    def _wave(self, name: str, first: Step) -> Iterator[Event]:
        """Flights on days that follow each other, each with people of its own."""
        usual = self.chance.randint(60, 250)
        day = first.day
        for batch in range(self.chance.randint(3, 6)):
            day += timedelta(days=self.chance.choice((1, 1, 2)))
            yield Event(f"{name}-{batch}", (replace(first, day=day, number=round(usual * self.chance.uniform(0.75, 1.3))),), wave=name)

    def _queue(self, first: Step) -> Iterator[Step]:
        """A count that grows from day to day."""
        number, day = self.chance.randint(90, 400), first.day
        for _ in range(self.chance.randint(4, 7)):
            yield replace(first, day=day, number=number, place="Phnom Penh")
            number, day = round(number * self.chance.uniform(1.05, 1.9)), day + timedelta(days=self.chance.randint(1, 3))

    def _sum(self, first: Step) -> Step:
        others = [nation for nation in NATIONS if nation != first.nations[0]]
        second = self.chance.choice(others)
        numbers = [max(6, self._number()), max(5, self._number())]
        return replace(
            first, number=sum(numbers), nations=(first.nations[0], second), parts=((numbers[0], first.nations[0]), (numbers[1], second))
        )
