"""SIGKILL at points of a cycle and at random times: nothing lost, nothing told twice but in the one doubt. Small; `make crash` does all."""

from __future__ import annotations

import random

import matrix
import pytest
from matrix import Result
from stage import Point
from world import World
from worlds import Worlds

SEED = 20_231_109
# One of each phase in which a server can be left, and what is near the doubt on each channel.
PHASES = (
    *(f"feed: {phase}" for phase in ("asked, no answer", "half the body sent", "answered")),
    "article: half the body sent",
    *(f"mail: {phase}" for phase in ("connected", "after MAIL", "after RCPT", "within DATA", "dot read, not taken")),
    *(f"mail: {phase}" for phase in ("taken, no answer", "250 said", "250 said, link held", "QUIT read")),
    *(f"slack: {phase}" for phase in ("body read, not taken", "taken, no answer", "answered, link held")),
    *(f"hook: {phase}" for phase in ("half the body read", "taken, no answer", "half an answer sent", "answered, link held")),
)
STATEMENTS = 12  # kills at a statement that writes, of every kind of table first
COMMITS = 8
RANDOM = 8  # lives, each killed up to three times


@pytest.fixture(scope="module")
def counted(worlds: Worlds) -> tuple[list[Point], float]:
    """Every point of a cycle, and its seconds; this run itself is without a kill, and everything is checked in it."""
    world = worlds.free.get()
    try:
        return matrix.points(world)
    finally:
        worlds.free.put(world)


def assert_promise(result: Result) -> None:
    """Lost nothing; repeats are only of messages in doubt at a kill, at most one each, which the checks have counted one by one."""
    assert not result.breaches, "\n".join(result.breaches)
    assert result.lost == 0
    assert result.repeats <= result.in_doubt


def test_killed_while_a_server_talks_nothing_is_lost_and_nothing_told_twice(worlds: Worlds) -> None:
    """Servers die when they are busiest: while a mail or a feed is on its way."""
    result = worlds.all_of(matrix.kill_at, [Point(phase) for phase in PHASES])
    assert_promise(result)
    assert result.kills == len(PHASES)
    assert result.repeats, "a kill in the acceptance window repeats one message: without any, the window was never met"


def test_killed_at_a_statement_nothing_is_half_done(worlds: Worlds, counted: tuple[list[Point], float]) -> None:
    """Many tables that are written to have their statement here; the rest is in `make crash`."""
    statements = [one for one in counted[0] if ":" not in one.name and not one.name.endswith(("BEGIN", "COMMIT"))]
    result = worlds.all_of(matrix.kill_at, matrix.sample(statements, random.Random(SEED), STATEMENTS))
    assert_promise(result)
    assert result.kills > STATEMENTS * 0.8, "the points of a cycle are the same each time"


def test_killed_at_a_commit_it_is_whole_or_not_at_all(worlds: Worlds, counted: tuple[list[Point], float]) -> None:
    """Half a digest would be a day of which staff know the one half."""
    commits = [one for one in counted[0] if one.name.endswith("COMMIT")]
    result = worlds.all_of(matrix.kill_at, commits[3 :: len(commits) // COMMITS])
    assert_promise(result)
    assert result.kills >= COMMITS * 0.8


@pytest.mark.parametrize(("same_process", "lives"), [(True, RANDOM), (False, 2)], ids=["feeds read here", "with parse children"])
def test_killed_at_any_moment_again_and_again_nothing_is_lost(
    worlds: Worlds, counted: tuple[list[Point], float], same_process: bool, lives: int
) -> None:
    """A machine short of memory kills at no point that anybody thought of; in service, feeds are read in processes of their own."""

    def run(world: World, seed: int) -> Result:
        return matrix.kill_at_random(world, counted[1], random.Random(seed), same_process=same_process)

    result = worlds.all_of(run, range(SEED, SEED + lives))
    assert_promise(result)
    assert result.kills >= lives / 2
