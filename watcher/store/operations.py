"""What the service remembers about itself: settings of the instance, heartbeats, the sender's lease, the operator's log."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from watcher.store import execute, select, select_one
from watcher.store.values import from_time, known_time, required_time, to_time

SENDER_LEASE = timedelta(minutes=2)
BEAT_EVERY = timedelta(seconds=30)  # `status` calls a loop stuck after minutes


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """When a loop last began and ended, and what stopped it, if anything did."""

    loop: str
    started: datetime | None
    finished: datetime | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class Fault:
    """One open line of the operator's log."""

    subject: str
    text: str
    mend: str
    urgent: bool
    since: datetime
    changed: datetime
    told_at: datetime | None


def recall(database: Database, name: str) -> str | None:
    """A remembered value."""
    row = select_one(database, "SELECT value FROM meta WHERE name = ?", (name,))
    return row["value"] if row else None


def remember(database: Database, name: str, value: str | None) -> None:
    """Remember a value; None forgets it."""
    if value is None:
        execute(database, "DELETE FROM meta WHERE name = ?", (name,))
        return
    execute(database, "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value))


def instance_key(database: Database) -> bytes:
    """The random key that message ids are derived from; made once a database. It identifies, it does not authenticate."""
    found = recall(database, "instance_key")
    if found is None:
        found = secrets.token_hex(32)
        remember(database, "instance_key", found)
    return bytes.fromhex(found)


def beat(
    database: Database, loop: str, *, started: datetime | None = None, finished: datetime | None = None, problem: str | None = None
) -> None:
    """A loop began or ended a turn.

    A good turn is written down only when the last one written is BEAT_EVERY old: a quiet service must not wear out its disk.
    """
    moment = finished or started
    execute(
        database,
        """
        INSERT INTO heartbeats (loop, started, finished, problem) VALUES (:loop, :started, :finished, :problem)
        ON CONFLICT (loop) DO UPDATE SET started = coalesce(:started, started), finished = coalesce(:finished, finished), problem = :problem
        WHERE problem IS NOT :problem OR :loop = 'service' OR finished IS NULL OR finished < :old OR finished > :finished
        """,
        {
            "loop": loop, "started": to_time(started), "finished": to_time(finished), "problem": problem,
            "old": to_time(moment - BEAT_EVERY) if moment else None,
        },
    )  # fmt: skip


def heartbeats(database: Database) -> dict[str, Heartbeat]:
    """Every loop's heartbeat."""
    rows = select(database, "SELECT loop, started, finished, problem FROM heartbeats")
    return {row["loop"]: Heartbeat(row["loop"], from_time(row["started"]), from_time(row["finished"]), row["problem"]) for row in rows}


def take_lease(database: Database, name: str, holder: str, now: datetime, length: timedelta = SENDER_LEASE) -> bool:
    """Take or renew a lease; False while another holder's has not ended."""
    taken = execute(
        database,
        """
        INSERT INTO leases (name, holder, until) VALUES (:name, :holder, :until)
        ON CONFLICT (name) DO UPDATE SET holder = :holder, until = :until WHERE leases.holder = :holder OR leases.until < :now
        """,
        {"name": name, "holder": holder, "until": required_time(now + length), "now": required_time(now)},
    )
    return taken == 1


def give_back(database: Database, name: str, holder: str) -> None:
    """End a lease early."""
    execute(database, "DELETE FROM leases WHERE name = ? AND holder = ?", (name, holder))


def fault(database: Database, subject: str, text: str, mend: str, now: datetime, *, urgent: bool = False) -> None:
    """Open a line for the operator, or change the one that is open; the same text again changes nothing."""
    at = required_time(now)
    execute(
        database,
        """
        INSERT INTO operator_log (subject, text, mend, urgent, since, changed) VALUES (:subject, :text, :mend, :urgent, :at, :at)
        ON CONFLICT (subject) DO UPDATE SET
            since = CASE WHEN closed IS NULL THEN since ELSE :at END,
            told_at = CASE WHEN closed IS NULL AND text = :text THEN told_at ELSE NULL END,
            changed = CASE WHEN closed IS NULL AND text = :text THEN changed ELSE :at END,
            text = :text, mend = :mend, urgent = :urgent, closed = NULL
        """,
        {"subject": subject, "text": text, "mend": mend, "urgent": urgent, "at": at},
    )


def mended(database: Database, subject: str, now: datetime) -> None:
    """Close a line: the fault is gone."""
    execute(database, "UPDATE operator_log SET closed = ? WHERE subject = ? AND closed IS NULL", (required_time(now), subject))


def faults(database: Database) -> list[Fault]:
    """Open lines, urgent first, then oldest first."""
    rows = select(
        database,
        "SELECT subject, text, mend, urgent, since, changed, told_at FROM operator_log WHERE closed IS NULL ORDER BY urgent DESC, since, id",
    )
    return [
        Fault(
            row["subject"], row["text"], row["mend"], bool(row["urgent"]), known_time(row["since"]), known_time(row["changed"]),
            from_time(row["told_at"]),
        )
        for row in rows
    ]  # fmt: skip


def told(database: Database, subjects: list[str], now: datetime) -> None:
    """The operator was told of these lines."""
    database.conn.executemany("UPDATE operator_log SET told_at = ? WHERE subject = ?", [(required_time(now), one) for one in subjects])
