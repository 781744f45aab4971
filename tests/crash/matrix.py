"""Kills of a cycle: at every point that a first run counts, or at random times; and what came of them.

A point is a statement that writes, a commit, or a phase that a server reached: before and after each in the child, at
each in the servers. After a kill the service starts again until all is quiet, and everything is checked.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from checks import when_quiet
from script import APART, BEGIN
from stage import Point
from world import World

AGAIN = 3  # kills of one life after the other at most, before it is let be


@dataclass
class Result:
    """What runs of one kind came to. `where`: for each repeat the point that was killed at."""

    runs: int = 0
    kills: int = 0
    lost: int = 0
    repeats: int = 0
    in_doubt: int = 0
    not_reached: int = 0
    where: dict[str, int] = field(default_factory=dict)
    breaches: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.runs} runs, {self.kills} kills, lost {self.lost}, repeats {self.repeats} (with {self.in_doubt} messages in doubt at a kill), "
            f"breaches {len(self.breaches)}, points not reached {self.not_reached}"
        )

    def plus(self, other: Result) -> Result:
        where = {name: self.where.get(name, 0) + other.where.get(name, 0) for name in {*self.where, *other.where}}
        return Result(
            self.runs + other.runs, self.kills + other.kills, self.lost + other.lost, self.repeats + other.repeats,
            self.in_doubt + other.in_doubt, self.not_reached + other.not_reached, where, self.breaches + other.breaches,
        )  # fmt: skip


def points(world: World) -> tuple[list[Point], float]:
    """Every point of a cycle, those of the child first, and how many seconds it takes. The run itself must be without a breach."""
    folder = world.fresh()
    life = world.cycle(folder)
    assert life.status == 0 and not life.problems, (life, world.log(folder))
    assert "ERROR" not in world.log(folder), world.log(folder)
    found = [*life.points, *world.stage.phases]
    finished = _finish(world, folder, "no kill")
    assert not finished.breaches and not finished.repeats, finished.breaches
    return found, life.seconds


def kill_at(world: World, point: Point, *, mutant: str | None = None) -> Result:
    """One cycle, killed at a point."""
    folder = world.fresh()
    life = world.cycle(folder, point=point, mutant=mutant)
    result = _finish(world, folder, str(point), mutant=mutant)
    result.not_reached = int(not life.killed)
    return result


def kill_at_random(world: World, seconds: float, dice: random.Random, *, same_process: bool = True) -> Result:
    """One cycle, killed at any moment of it; what starts again is killed again, up to AGAIN times."""
    folder, moments = world.fresh(), []
    for number in range(dice.randint(1, AGAIN)):
        after = dice.uniform(0, seconds if number == 0 else seconds / 2)  # what is left takes less
        life = world.cycle(folder, begin=BEGIN + number * APART, kill_after=after, same_process=same_process)
        moments.append(f"{after:.3f} s" if life.killed else "ended")
    return _finish(world, folder, "random: " + ", ".join(moments), lives=len(moments))


def sample(found: Sequence[Point], dice: random.Random, many: int) -> list[Point]:
    """So many points, every kind of them before any a second time."""
    mixed = list(found)
    dice.shuffle(mixed)
    first: dict[str, Point] = {}
    for point in mixed:
        first.setdefault(point.name, point)
    rest = [point for point in mixed if point not in set(first.values())]
    return [*first.values(), *rest][:many]


def all_of(results: Iterable[Result]) -> Result:
    total = Result()
    for one in results:
        total = total.plus(one)
    return total


def _finish(world: World, folder: Path, what: str, *, mutant: str | None = None, lives: int = 1) -> Result:
    """Start again until all is quiet, and judge."""
    world.recover(folder, begin=BEGIN + lives * APART, mutant=mutant)
    evidence = world.evidence
    when_quiet(evidence, folder, world.stage.accepted)
    if not evidence.breaches:
        world.throw_away(folder)
    repeats = sum(evidence.repeats.values())
    return Result(
        1, evidence.kills, evidence.lost, repeats, sum(evidence.in_doubt.values()), 0, {what: repeats} if repeats else {},
        [f"{what}: {breach}" for breach in dict.fromkeys(evidence.breaches)],
    )  # fmt: skip
