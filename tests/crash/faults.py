"""A disk that fails in a cycle, or whose power goes: what the service says meanwhile, and what is left afterwards.

A fault must cost nothing but time: the service says it, ends with a line or goes on, and when the disk is well again
nothing is lost, and nothing is told twice, because no process died between a server's yes and our record of it.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from checks import as_it_ended, when_quiet
from matrix import Result
from stage import Point
from world import Life, World

ALWAYS = 10**9  # operations: as long as the process lives
ENDED_WITH_A_LINE = (0, 3, 4)


def operations(world: World) -> list[str]:
    """Every write, sync, truncation and deletion of a cycle, in order."""
    folder = world.fresh()
    life = world.cycle(folder, disk={"mode": "count"})
    assert life.disk is not None and not life.problems, life
    world.throw_away(folder)
    return list(life.disk["operations"])


def fail_at(world: World, mode: str, at: int | Point, lasting: int = 1, *, mutant: str | None = None) -> Result:
    """A cycle whose disk fails ("full" or "io") at one operation and the next ones, or from a statement on; then others without a fault."""
    folder = world.fresh()
    number, statement = (at, None) if isinstance(at, int) else (0, (at.name, at.nth))
    life = world.cycle(folder, disk={"mode": mode, "at": number, "lasting": lasting}, fault_from=statement, mutant=mutant)
    world.evidence.breaches += _unsaid(life, world.log(folder))
    if life.status != 0:  # it ended, and could not write down what it was told last: a doubt like that of a kill
        as_it_ended(world.evidence, folder, world.stage.accepted)
    world.recover(folder, mutant=mutant)
    return judged(world, folder, f"{mode} at {at} for {lasting}", reached=bool(life.disk and life.disk["failed"]))


def die_at(world: World, at: int) -> Result:
    """A cycle killed in the middle of what SQLite does to the disk."""
    folder = world.fresh()
    life = world.cycle(folder, disk={"mode": "kill", "at": at})
    world.recover(folder)
    return judged(world, folder, f"killed at operation {at}", reached=life.killed)


def power_goes_at(world: World, at: int, torn: int | None) -> Result:
    """A cycle in which the power goes: what was not synced is gone, or partly there. What was committed must be."""
    folder = world.fresh()
    what = f"power at {at}, {'nothing' if torn is None else 'part'} of the unsynced kept"
    life = world.cycle(folder, disk={"mode": "power", "at": at, "torn": torn}, acknowledged=True)
    if life.killed and (lost := _lost_rows(folder)):
        world.evidence.breach(f"acknowledged, and gone: {lost}")
    world.recover(folder)
    return judged(world, folder, what, reached=life.killed)


def _unsaid(life: Life, log: str) -> list[str]:
    """Faults that nobody was told of, and deaths without a word."""
    found = []
    if life.status not in ENDED_WITH_A_LINE:
        found.append(f"the service died uncaught ({life.status}): {log[-600:]}")
    if life.problems and "ERROR" not in log and not life.refused:
        found.append(f"the disk failed ({life.problems[0]}) and nobody was told")
    return found


def judged(world: World, folder: Path, what: str, *, reached: bool = True) -> Result:
    """Everything checked, now that all is quiet."""
    evidence = world.evidence
    when_quiet(evidence, folder, world.stage.accepted)
    if not evidence.breaches:
        world.throw_away(folder)
    repeats = sum(evidence.repeats.values())
    return Result(
        1, evidence.kills, evidence.lost, repeats, sum(evidence.in_doubt.values()), int(not reached), {what: repeats} if repeats else {},
        [f"{what}: {breach}" for breach in dict.fromkeys(evidence.breaches)],
    )  # fmt: skip


def _lost_rows(folder: Path) -> str:
    """What the file of the newest acknowledged commit holds, and the file after the cut does not; rows of the next commit may be there."""
    before, after = folder / "acknowledged.db", folder / "after.db"
    if not before.exists():
        return ""
    for suffix in ("", "-journal"):
        source = folder / f"watcher.db{suffix}"
        if source.exists():
            shutil.copy(source, f"{after}{suffix}")
    with closing(sqlite3.connect(after)) as cut, closing(sqlite3.connect(before)) as acknowledged:
        if list(cut.iterdump()) == list(acknowledged.iterdump()):
            return ""
        # The commit under way may have reached the disk: then nothing that only grows has shrunk.
        tables = [
            row[0] for row in acknowledged.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        ]
        for table in ("entries", "revisions", "articles", "changes", "told", "digests", "outbox", "attempts", "polls", "audiences"):
            if table in tables:
                have, had = (one.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for one in (cut, acknowledged))
                if have < had:
                    return f"{had - have} rows of {table}"
        states = "SELECT count(*) FROM outbox WHERE state = 'sent'"
        have, had = (one.execute(states).fetchone()[0] for one in (cut, acknowledged))
        return f"{had - have} messages are no longer marked as sent" if have < had else ""
