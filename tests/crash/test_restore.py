"""A restore that is killed, at any line: the old database or the new one, never none; and a restored one sends nothing by itself."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import matrix
import pytest
from script import APART, BEGIN, ROUND, Step
from stage import Point
from world import World
from worlds import Worlds

SEED = 20_231_109
KILLS = 6
MODULE = "store/restore.py"
CAUGHT = [(timedelta(), [*(Step(0, loop=name) for name in ("poll", "leads", "compose")), Step(5, command="backup")])]
SENT = [(timedelta(), [Step(0, loop="deliver")])]


def prepared(world: World) -> tuple[Path, Path]:
    """A folder whose messages were all sent after its backup was made: the backup holds them as waiting."""
    folder = world.fresh()
    world.stage.arm(None)
    assert world.play(folder, BEGIN, CAUGHT).status == 0
    assert world.play(folder, BEGIN + APART, SENT).status == 0
    assert len(world.stage.accepted) > 5, world.log(folder)
    return folder, next(folder.glob("backup-*.db"))


@pytest.fixture(scope="module")
def lines(worlds: Worlds) -> Iterator[list[Point]]:
    """Every line that a restore runs, and every statement."""
    world = worlds.free.get()
    folder, backup = prepared(world)
    life = world.play(folder, BEGIN + 2 * APART, [], restore=str(backup), lines=[MODULE])
    worlds.free.put(world)
    assert life.status == 0, life
    yield life.points


def held(folder: Path) -> bool:
    with closing(sqlite3.connect(folder / "watcher.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        return bool(database.execute("SELECT count(*) FROM meta WHERE name = 'holding.since'").fetchone()[0])


def holding_back(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "watcher.db")) as database:
        return int(database.execute("SELECT count(*) FROM outbox WHERE state = 'held'").fetchone()[0])


def killed_at(world: World, point: Point) -> matrix.Result:
    """Killed at a point, looked at, restored again, and run: nothing that waits in the backup may go out."""
    folder, backup = prepared(world)
    before = len(world.stage.accepted)
    life = world.play(folder, BEGIN + 2 * APART, [], restore=str(backup), lines=[MODULE], point=(point.name, point.nth))
    result = matrix.Result(1, int(life.killed), not_reached=int(not life.killed))
    new = held(folder)  # whole, whichever of the two it is
    world.play(folder, BEGIN + 3 * APART, [(timedelta(), ROUND)])
    if not new and len(world.stage.accepted) < before:
        result.breaches.append(f"{point}: the old database forgot what it had sent")
    repeated = len(world.stage.accepted) - len({one.identity for one in world.stage.accepted})
    again = world.play(folder, BEGIN + 4 * APART, [], restore=str(backup))
    if again.status != 0 or not held(folder):
        result.breaches.append(f"{point}: it could not be restored again ({again.refused})")
    now = len(world.stage.accepted)
    waiting = world.play(folder, BEGIN + 5 * APART, [(timedelta(), ROUND), (APART, ROUND)])
    if waiting.status != 0 or not holding_back(folder):
        result.breaches.append(f"{point}: a held service must run and hold something back ({waiting.status}, {waiting.refused})")
    if repeated or len(world.stage.accepted) != now:
        result.breaches.append(f"{point}: {repeated} repeats, {len(world.stage.accepted) - now} messages sent while held")
    return result


def test_a_killed_restore_leaves_a_whole_database_and_can_be_called_again(worlds: Worlds, lines: list[Point]) -> None:
    """Who restores is in trouble already; a second trouble must not leave them with nothing."""
    points = matrix.sample(lines, random.Random(SEED), len(lines))
    chosen = [one for one in points if one.name.startswith("line restore")][: KILLS // 2] + points[: KILLS // 2]
    result = worlds.all_of(killed_at, chosen)
    assert not result.breaches, "\n".join(result.breaches)
    assert result.kills >= KILLS * 0.8
