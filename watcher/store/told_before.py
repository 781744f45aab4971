"""Who was told of a story before a person corrects it, and what becomes of the correction for each of them.

`telling` is the memory that digests and alerts write; here a correction reads it, and settles what nobody is to be told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from watcher.model import Change, ChangeKind, Facts
from watcher.store import execute, insert, select, select_one
from watcher.store.telling import Audience, LastTold
from watcher.store.values import from_facts, known_facts, known_time, required_time, to_facts


@dataclass(frozen=True, slots=True)
class ToldTo:
    """One audience that was told of a story: what it was told last, in which of its messages, and under which numbers."""

    audience: Audience
    last: LastTold
    number: int | None  # of the digest or alert: "mail no. 3"
    digest: int | None
    numbers: frozenset[int]

    @property
    def knows(self) -> Facts | None:
        """What it takes for true; None where it was told that the story is wrong."""
        return None if self.last.kind is ChangeKind.WITHDRAWN else self.last.facts


def told_to(database: Database, numbers: Sequence[int]) -> list[ToldTo]:
    """The audiences that were told of a story under any of its numbers, in the order of their creation."""
    marks = ",".join("?" * len(numbers))
    rows = select(
        database,
        f"""
        SELECT audiences.id, audiences.name, audiences.created, audiences.decided, told.story, told.facts, told.at, told.kind, told.digest,
               digests.number
        FROM told JOIN audiences ON audiences.id = told.audience LEFT JOIN digests ON digests.id = told.digest
        WHERE told.told = 1 AND told.story IN ({marks}) ORDER BY audiences.id, told.at, told.change
        """,
        list(numbers),
    )
    found: dict[int, ToldTo] = {}
    for row in rows:
        of = Audience(row["id"], row["name"], known_time(row["created"]), row["decided"])
        last = LastTold(known_facts(row["facts"]), known_time(row["at"]), ChangeKind(row["kind"]), row["story"])
        before = found[of.id].numbers if of.id in found else frozenset()
        found[of.id] = ToldTo(of, last, row["number"], row["digest"], before | {row["story"]})
    return list(found.values())


def accepted(database: Database, of: Audience, numbers: Sequence[int]) -> Facts | None:
    """What a person let an audience go on without being told: the state from which its next news is measured. None: what it was told last."""
    marks = ",".join("?" * len(numbers))
    row = select_one(
        database,
        f"SELECT told, facts FROM told WHERE audience = ? AND facts IS NOT NULL AND story IN ({marks}) ORDER BY at DESC, change DESC LIMIT 1",
        [of.id, *numbers],
    )
    return from_facts(row["facts"]) if row and not row["told"] else None


def heard(database: Database, of: Audience, correction: int) -> bool:
    """Whether an audience was told of a correction itself."""
    row = select_one(
        database,
        """
        SELECT 1 FROM told JOIN changes ON changes.id = told.change JOIN corrections ON corrections.id = changes.correction
        WHERE told.audience = ? AND told.told = 1 AND changes.correction = ? AND told.at >= corrections.at LIMIT 1
        """,
        (of.id, correction),
    )
    return row is not None


def was_live(database: Database, numbers: Sequence[int]) -> bool:
    """Whether a live article ever brought the story; one that only a backfill knew is news to nobody."""
    marks = ",".join("?" * len(numbers))
    return select_one(database, f"SELECT 1 FROM changes WHERE live = 1 AND story IN ({marks}) LIMIT 1", list(numbers)) is not None


def add_change(database: Database, change: Change, now: datetime) -> int:
    """Write one change of a person down; gives its id."""
    return insert(
        database,
        "INSERT INTO changes (story, kind, before, after, reason, live, at, correction) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            change.story, change.kind.value, to_facts(change.before), to_facts(change.after), change.reason, change.live, required_time(now),
            change.correction,
        ),
    )  # fmt: skip


def open_changes(database: Database, of: Audience, correction: int) -> list[tuple[int, int]]:
    """Changes (id, story) of a correction that were not yet decided for an audience."""
    rows = select(
        database,
        """
        SELECT id, story FROM changes WHERE correction = ? AND id > ?
          AND NOT EXISTS (SELECT 1 FROM told WHERE told.change = changes.id AND told.audience = ?)
        """,
        (correction, of.decided, of.id),
    )
    return [(row["id"], row["story"]) for row in rows]


def settle(
    database: Database, of: Audience, change: int, story: int, kind: ChangeKind, reason: str, facts: Facts | None, now: datetime
) -> None:
    """Decide that an audience is not told of a change. `facts`: what it is taken to know from now on; None leaves what it was told last."""
    execute(
        database,
        "INSERT INTO told (change, audience, story, told, kind, reason, facts, digest, at) VALUES (?, ?, ?, 0, ?, ?, ?, NULL, ?)",
        (change, of.id, story, kind.value, reason, to_facts(facts), required_time(now)),
    )


def inherit(database: Database, to: ToldTo, change: int, story: int, reason: str) -> None:
    """A story that was part of another one counts as told to who was told of the whole, then and in that message."""
    execute(
        database,
        "INSERT INTO told (change, audience, story, told, kind, reason, facts, digest, at) VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?)",
        (
            change, to.audience.id, story, to.last.kind.value, reason, to_facts(to.last.facts), to.digest, required_time(to.last.at),
        ),
    )  # fmt: skip
