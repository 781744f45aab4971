"""A disk that is full or breaks, a power cut, a lock that is held: nothing lost, nothing told twice, and it is said. Small; `make crash` does all."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from datetime import timedelta

import disk
import faults
import pytest
from faults import ALWAYS
from mutants import FORGETFUL
from script import APART, BEGIN, Step
from stage import Point
from world import World
from worlds import Worlds

SEED = 20_231_109
SETTLING = Point("before UPDATE attempts", 2)  # an answer is being written down
ONCE, LASTING, CUTS, DEATHS = 6, 3, 4, 2  # cycles of each kind


@pytest.fixture(scope="module")
def operations(worlds: Worlds) -> list[str]:
    """What SQLite does to the disk in a cycle."""
    if why := disk.available():
        pytest.skip(f"faults of the disk were not tried: {why}")
    world = worlds.free.get()
    try:
        return faults.operations(world)
    finally:
        worlds.free.put(world)


def moments(operations: list[str], many: int, kind: str = "") -> list[int]:
    """So many operations, spread over the cycle; those of a kind only."""
    fitting = [at for at, one in enumerate(operations, start=1) if one.startswith(kind)]
    return sorted(random.Random(f"{SEED}{kind}").sample(fitting, many))


def test_a_write_that_fails_once_costs_nothing_but_time(worlds: Worlds, operations: list[str]) -> None:
    """One bad sector, or a disk that was full for a moment: no process died, so there is no doubt, and not one repeat."""
    modes = ("full", "io")
    result = worlds.all_of(lambda world, at: faults.fail_at(world, modes[at % 2], at), moments(operations, ONCE))
    assert not result.breaches, "\n".join(result.breaches)
    assert (result.lost, result.repeats) == (0, 0)


@pytest.mark.parametrize("lasting", [25, ALWAYS])
def test_a_disk_that_stays_full_stops_the_sending_and_is_said(worlds: Worlds, operations: list[str], lasting: int) -> None:
    """What was sent and cannot be written down must not be sent again, and nothing else may be sent meanwhile."""
    result = worlds.all_of(lambda world, at: faults.fail_at(world, "full", at, lasting), moments(operations, LASTING, "write watcher.db"))
    assert not result.breaches, "\n".join(result.breaches)
    assert result.lost == 0
    assert result.repeats <= result.in_doubt, "only where the process had to end before it could write"


def test_an_answer_that_cannot_be_written_down_is_kept_and_nothing_is_sent_meanwhile(world: World, operations: list[str]) -> None:
    """The one fault of a disk that could repeat mails: full just between the server's yes and our record of it."""
    assert operations
    for lasting in (1, 40):
        result = faults.fail_at(world, "full", SETTLING, lasting)
        assert not result.breaches, "\n".join(result.breaches)
        assert (result.lost, result.repeats, result.not_reached) == (0, 0, 0)
    ended = faults.fail_at(world, "full", SETTLING, ALWAYS)
    assert not ended.breaches, "\n".join(ended.breaches)
    assert (ended.lost, ended.not_reached) == (0, 0)
    assert 1 <= ended.repeats <= ended.in_doubt, "the process ended, and with it what it alone knew: one repeat each, with the same id"
    wrong = faults.fail_at(world, "full", SETTLING, 40, mutant=FORGETFUL)
    assert any("was sent 2 times with 0 kills in doubt" in breach for breach in wrong.breaches), "a service that forgets it is found"


def test_an_answer_still_unwritten_when_the_service_is_stopped_is_written_then(world: World, operations: list[str]) -> None:
    """Who finds the disk full frees some space and restarts the service: that must not repeat what had just been sent."""
    assert operations
    folder = world.fresh()
    world.stage.arm(None)
    steps = [(timedelta(), [Step(0, loop=name) for name in ("poll", "leads", "compose", "deliver")])]
    life = world.play(folder, BEGIN, steps, disk={"mode": "full", "at": 0, "lasting": 1}, fault_from=(SETTLING.name, SETTLING.nth))
    assert life.status == 0 and life.disk and life.disk["failed"] == 1, (life, world.log(folder))
    world.recover(folder)
    result = faults.judged(world, folder, "stopped with an answer unwritten")
    assert not result.breaches, "\n".join(result.breaches)
    assert (result.lost, result.repeats) == (0, 0)


def test_a_disk_that_fails_is_not_called_a_lock(world: World, operations: list[str]) -> None:
    """An operator who is told of a lock looks for another program, and the disk goes on filling up."""
    assert operations
    folder = world.fresh()
    in_the_middle = [at for at, one in enumerate(operations, start=1) if one == "delete watcher.db-journal"][20]
    world.cycle(folder, disk={"mode": "io", "at": in_the_middle, "lasting": ALWAYS})
    log = world.log(folder)
    assert "disk I/O error" in log
    assert "locked" not in log
    world.throw_away(folder)


def test_killed_in_the_middle_of_a_write_the_journal_undoes_it(worlds: Worlds, operations: list[str]) -> None:
    """A statement is many writes to the disk, and a process can die between any two."""
    result = worlds.all_of(faults.die_at, moments(operations, DEATHS, "write watcher.db"))
    assert not result.breaches, "\n".join(result.breaches)


@pytest.mark.parametrize("torn", [None, 3])
def test_a_power_cut_takes_nothing_that_was_committed(worlds: Worlds, operations: list[str], torn: int | None) -> None:
    """What a disk had not written is gone, or half there; what we had told the world as done is not."""
    result = worlds.all_of(lambda world, at: faults.power_goes_at(world, at, torn), moments(operations, CUTS, "sync"))
    assert not result.breaches, "\n".join(result.breaches)
    assert result.kills == CUTS


def test_a_database_locked_by_another_program_is_said_and_costs_one_turn(world: World) -> None:
    """Somebody looks at the file with another program, in the middle of a change, and goes to lunch."""
    folder = world.fresh()
    with closing(sqlite3.connect(folder / "watcher.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        life = world.cycle(folder, lock_wait=0.05)  # in place of half a minute
        assert life.status == 4, "a service that cannot begin to write ends with a line"
        assert "locked" in life.refused
        other.execute("ROLLBACK")
    life = world.cycle(folder, begin=BEGIN + APART, lock_held=["compose", "deliver"], lock_wait=0.05)
    log = world.log(folder)
    assert life.status == 0 and "compose: the database is locked by another writer" in log, log
    world.recover(folder, begin=BEGIN + 2 * APART)
    result = faults.judged(world, folder, "locked")
    assert not result.breaches, "\n".join(result.breaches)
    assert (result.lost, result.repeats) == (0, 0)
