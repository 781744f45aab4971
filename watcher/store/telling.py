"""Changes, audiences and what each was told: the memory behind "told once"."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlite_utils import Database

from watcher.model import Change, ChangeKind, Decision, Facts
from watcher.store import execute, insert, select, select_one
from watcher.store.values import from_facts, from_time, known_facts, known_time, required_time, to_facts, to_time

LONGEST_DAY = timedelta(hours=26)  # a local date when clocks go back, with a margin
# A story's own number and those that were merged into it.
_ANY_NUMBER = "(story = :story OR story IN (SELECT alias FROM story_aliases WHERE story_aliases.story = :story))"


@dataclass(frozen=True, slots=True)
class Audience:
    """A digest or an alert as the database knows it. `decided`: changes up to this id are settled for it.

    `schedule` is when it comes, in words, as last seen, and `schedule_since` since when; None before the first look.
    """

    id: int
    name: str
    created: datetime
    decided: int
    schedule: str | None = None
    schedule_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class LastTold:
    """What an audience was told last of a story, under which number, and when; it is the next "before"."""

    facts: Facts
    at: datetime
    kind: ChangeKind
    story: int = 0


def add_changes(database: Database, changes: Sequence[Change], now: datetime) -> None:
    """Write down what happened to stories."""
    database.conn.executemany(
        "INSERT INTO changes (story, kind, before, after, reason, live, at, correction, late) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                one.story,
                one.kind.value,
                to_facts(one.before),
                to_facts(one.after),
                one.reason,
                one.live,
                required_time(now),
                one.correction,
                to_time(one.late),
            )
            for one in changes
        ],
    )


def find_audience(database: Database, name: str, was: str | None = None) -> Audience | None:
    """The audience of this name, or of the name it had before; None before its creation."""
    sql = "SELECT id, name, created, decided, schedule, schedule_since FROM audiences WHERE name = ?"
    found = select_one(database, sql, (name,)) or (select_one(database, sql, (was,)) if was else None)
    if found is None:
        return None
    return Audience(
        found["id"], found["name"], known_time(found["created"]), found["decided"], found["schedule"], from_time(found["schedule_since"])
    )


def audience(database: Database, name: str, now: datetime, was: str | None = None) -> Audience:
    """The audience of this name, made where it is new. It starts now: changes before are settled as before its time.

    `was` is the name it had before: then it is the same audience, with its numbers and all it was told.
    """
    found = find_audience(database, name, was)
    if found and found.name != name:
        execute(database, "UPDATE audiences SET name = ? WHERE id = ?", (name, found.id))
        return replace(found, name=name)
    if found:
        return found
    newest = select(database, "SELECT coalesce(max(id), 0) AS id FROM changes")[0]["id"]
    identity = insert(database, "INSERT INTO audiences (name, created, decided) VALUES (?, ?, ?)", (name, required_time(now), newest))
    return Audience(identity, name, now, newest)


def began(database: Database, of: Audience, now: datetime) -> None:
    """An audience that a clock made that ran ahead begins now."""
    execute(database, "UPDATE audiences SET created = ?, schedule_since = NULL WHERE id = ?", (required_time(now), of.id))


def scheduled(database: Database, of: Audience, schedule: str, since: datetime) -> None:
    """An audience comes at other times from now on."""
    execute(database, "UPDATE audiences SET schedule = ?, schedule_since = ? WHERE id = ?", (schedule, required_time(since), of.id))


def undecided(database: Database, of: Audience) -> list[Change]:
    """Changes not yet decided for an audience, oldest first. Of any time: what a clock that ran ahead wrote down is news all the same."""
    rows = select(
        database,
        """
        SELECT changes.id, changes.story, kind, before, after, reason, live, at, correction, late FROM changes
        WHERE changes.id > ?
          AND NOT EXISTS (SELECT 1 FROM told WHERE told.change = changes.id AND told.audience = ?)
        ORDER BY changes.id
        """,
        (of.decided, of.id),
    )
    return [_change(row) for row in rows]


def last_told(database: Database, of: Audience, story: int) -> LastTold | None:
    """What an audience was told last of a story, under any id it had; None when it was never told of it."""
    known = told_under(database, of, story)
    return known[0] if known else None


def told_under(database: Database, of: Audience, story: int) -> list[LastTold]:
    """What an audience was told last under each number that a story had, the newest first."""
    rows = select(
        database,
        f"""
        SELECT facts, at, kind, story FROM told WHERE audience = :audience AND told = 1 AND {_ANY_NUMBER}
        ORDER BY change DESC
        """,
        {"audience": of.id, "story": story},
    )
    newest: dict[int, LastTold] = {}
    for row in rows:
        newest.setdefault(row["story"], LastTold(known_facts(row["facts"]), known_time(row["at"]), ChangeKind(row["kind"]), row["story"]))
    return list(newest.values())


def decide(
    database: Database,
    of: Audience,
    change: Change,
    decision: Decision,
    *,
    facts: Facts | None,
    digest: int | None,
    now: datetime,
    story: int | None = None,
) -> None:
    """Settle one change for one audience: told in a digest, or not told for a reason.

    It stands under the number that the reader saw: that which the story has now, not the one it had when the change happened.
    """
    database.conn.execute(
        """
        INSERT INTO told (change, audience, story, told, kind, reason, facts, digest, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        (
            change.id, of.id, change.story if story is None else story, decision.tell, decision.kind.value, decision.reason,
            to_facts(facts) if decision.tell else None, digest, required_time(now),
        ),
    )  # fmt: skip


def close_decided(database: Database, of: Audience) -> None:
    """Move an audience's mark up to its first open change, so that years of decided ones are not looked at again."""
    execute(
        database,
        """
        UPDATE audiences SET decided = coalesce(
            (SELECT min(changes.id) - 1 FROM changes WHERE changes.id > audiences.decided
             AND NOT EXISTS (SELECT 1 FROM told WHERE told.change = changes.id AND told.audience = audiences.id)),
            (SELECT max(id) FROM changes), decided)
        WHERE id = ?
        """,
        (of.id,),
    )


def told_today(database: Database, of: Audience, since: datetime) -> dict[int, frozenset[ChangeKind]]:
    """Which stories an audience was told of on the day that began at `since`, by their number of now, and as what."""
    rows = select(
        database,
        """
        SELECT coalesce(story_aliases.story, told.story) AS story, kind FROM told LEFT JOIN story_aliases ON alias = told.story
        WHERE audience = ? AND told = 1 AND told.at >= ? AND told.at < ?
        """,
        (of.id, required_time(since), required_time(since + LONGEST_DAY)),
    )
    found: dict[int, frozenset[ChangeKind]] = {}
    for row in rows:
        found[row["story"]] = found.get(row["story"], frozenset()) | {ChangeKind(row["kind"])}
    return found


def history(database: Database, story: int) -> list[dict[str, object]]:
    """What was told of a story to whom, when, and what was not told and why; oldest first. Under every number it had."""
    rows = select(
        database,
        f"""
        SELECT told.at, audiences.name AS audience, told.told, told.kind, told.reason, told.digest
        FROM told JOIN audiences ON audiences.id = told.audience WHERE {_ANY_NUMBER} ORDER BY told.at, told.change
        """,
        {"story": story},
    )
    return [dict(row) for row in rows]


def changes_of(database: Database, story: int) -> list[Change]:
    """Everything that happened to a story, oldest first; to those that were merged into it as well."""
    rows = select(
        database,
        f"SELECT id, story, kind, before, after, reason, live, at, correction, late FROM changes WHERE {_ANY_NUMBER} ORDER BY id",
        {"story": story},
    )
    return [_change(row) for row in rows]


def _change(row: sqlite3.Row) -> Change:
    return Change(
        story=row["story"], kind=ChangeKind(row["kind"]), before=from_facts(row["before"]), after=known_facts(row["after"]),
        reason=row["reason"], live=bool(row["live"]), at=from_time(row["at"]), id=row["id"], correction=row["correction"],
        late=from_time(row["late"]),
    )  # fmt: skip
