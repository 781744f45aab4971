"""The outbox in a person's hands: which messages a command means, held, released and dropped, with who did it and when.

Whether that may be done is not decided here. `outbox` queues, claims and settles.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlite_utils import Database

from watcher.store import execute, select, select_one
from watcher.store.outbox import Row, row
from watcher.store.values import known_time, required_time


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try, or what a person did: when, and what came of it. `outcome` None: under way, or the program ended before the answer."""

    at: datetime
    outcome: str | None
    code: int | None
    answer: str | None


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says and was made of: its frozen bytes, its tries, which digest it is and which stories that told."""

    key: str
    message_id: str
    payload: bytes
    plainer: bool  # whether its plainer form is what is sent now
    attempts: tuple[Attempt, ...]
    digest_name: str | None = None
    digest_number: int | None = None
    digest_date: date | None = None
    stories: tuple[int, ...] = ()
    covers: tuple[int, ...] = ()  # messages that this summary tells


def find(
    database: Database,
    states: Collection[str],
    *,
    ids: Sequence[int] = (),
    channel: str | None = None,
    digest: str | None = None,
    held_for: str | None = None,
) -> list[Row]:
    """Messages in one of these states, oldest first; of these ids, a channel, a digest's or alert's name, where given."""
    where, values = [f"state IN ({','.join('?' * len(states))})"], list[object](states)
    if ids:
        where.append(f"id IN ({','.join('?' * len(ids))})")
        values += ids
    else:
        where.append("kind <> 'test'")  # a self-test's messages stand in no list
    if channel is not None:
        where.append("channel = ?")
        values.append(channel)
    if digest is not None:
        where.append("digest IN (SELECT digests.id FROM digests JOIN audiences ON audiences.id = audience WHERE audiences.name IN (?, ?))")
        values += [f"digest:{digest}", f"alert:{digest}"]
    if held_for is not None:
        where.append("held_for = ?")
        values.append(held_for)
    found = select(database, f"SELECT id FROM outbox WHERE {' AND '.join(where)} ORDER BY id", values)
    return [one for each in found if (one := row(database, each["id"]))]


def hold(database: Database, ids: Sequence[int], reason: str, now: datetime, by: str | None = None) -> int:
    """Keep waiting messages back, for a reason of `Row.held_for`; gives how many."""
    return _each(database, ids, ("pending",), "state = 'held', held_for = ?, due_at = NULL", (reason,), ("held", by, now))


def release(database: Database, ids: Sequence[int], now: datetime, by: str | None = None) -> int:
    """Let held messages go now; gives how many."""
    change = "state = 'pending', held_for = NULL, due_at = ?, settled = NULL"
    return _each(database, ids, ("held",), change, (required_time(now),), ("released", by, now))


def discard(database: Database, ids: Sequence[int], now: datetime, by: str) -> int:
    """Drop messages that were not sent; row, payload and tries stay. Gives how many."""
    change = "state = 'discarded', held_for = NULL, due_at = NULL, settled = ?"
    return _each(database, ids, ("pending", "held", "dead"), change, (required_time(now),), ("discarded", by, now))


def content(database: Database, identity: int) -> Content | None:
    """All that is known of one message."""
    found = select_one(
        database,
        """
        SELECT key, message_id, payload, bare, use_bare, digest, digests.number, digests.local_date, audiences.name
        FROM outbox LEFT JOIN digests ON digests.id = outbox.digest LEFT JOIN audiences ON audiences.id = digests.audience WHERE outbox.id = ?
        """,
        (identity,),
    )
    if found is None:
        return None
    covers = tuple(one["id"] for one in select(database, "SELECT id FROM outbox WHERE covered_by = ? ORDER BY id", (identity,)))
    plainer = bool(found["use_bare"] and found["bare"])
    return Content(
        key=found["key"],
        message_id=found["message_id"],
        payload=found["bare"] if plainer else found["payload"],
        plainer=plainer,
        attempts=_attempts(database, identity),
        digest_name=found["name"],
        digest_number=found["number"],
        digest_date=date.fromisoformat(found["local_date"]) if found["local_date"] else None,
        stories=_stories(database, [identity, *covers]),
        covers=covers,
    )


def summary_of(database: Database) -> dict[str, tuple[int, datetime]]:
    """What waits for a person, by why: how many, and since when the oldest."""
    rows = select(
        database,
        "SELECT held_for, count(*) AS n, min(created) AS since FROM outbox WHERE state = 'held' AND kind <> 'test' GROUP BY held_for",
    )
    return {row["held_for"]: (row["n"], known_time(row["since"])) for row in rows}


def _attempts(database: Database, identity: int) -> tuple[Attempt, ...]:
    rows = select(database, "SELECT at, outcome, code, answer FROM attempts WHERE message = ? ORDER BY id", (identity,))
    return tuple(Attempt(known_time(row["at"]), row["outcome"], row["code"], row["answer"]) for row in rows)


def _stories(database: Database, messages: Sequence[int]) -> tuple[int, ...]:
    marks = ",".join("?" * len(messages))
    rows = select(
        database,
        f"""
        SELECT DISTINCT told.story FROM told JOIN outbox ON outbox.digest = told.digest
        WHERE told.told = 1 AND outbox.id IN ({marks}) ORDER BY told.story
        """,
        list(messages),
    )
    return tuple(row["story"] for row in rows)


def _each(
    database: Database,
    ids: Sequence[int],
    states: Sequence[str],
    change: str,
    values: Sequence[object],
    written: tuple[str, str | None, datetime],
) -> int:
    """Change messages one by one, only where they are still in such a state: a sender may have been faster.

    `written`: what was done, by whom (None: by a rule, of which no line is kept) and when.
    """
    done, by, now = written
    marks = ",".join("?" * len(states))
    changed = 0
    for one in ids:
        if execute(database, f"UPDATE outbox SET {change} WHERE id = ? AND state IN ({marks})", [*values, one, *states]):
            changed += 1
            if by:
                sql = "INSERT INTO attempts (message, lease, at, outcome, answer) VALUES (?, '', ?, ?, ?)"
                execute(database, sql, (one, required_time(now), done, by))
    return changed
