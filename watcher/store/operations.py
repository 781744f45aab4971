"""What the service remembers about itself: settings of the instance, heartbeats, the sender's lease, the operator's log."""

from __future__ import annotations

import secrets
import sqlite3
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
class Lease:
    """Who may do what only one may, until when; `token` rises whenever it changes hands."""

    holder: str
    until: datetime
    token: int


@dataclass(frozen=True, slots=True)
class Fault:
    """One line of the operator's log. `told_at` is when its text, as it is now, was told last; `first_told` when any text of it was."""

    subject: str
    text: str
    mend: str
    urgent: bool
    since: datetime
    changed: datetime
    told_at: datetime | None
    first_told: datetime | None = None
    closed: datetime | None = None


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


def take_lease(
    database: Database, name: str, holder: str, now: datetime, length: timedelta = SENDER_LEASE, *, token: int | None = None
) -> int:
    """Take or renew a lease; gives its token, 0 while another holder's has not ended.

    The token rises whenever the lease changes hands. Who names the `token` it was given only renews: 0 says that another
    took the lease meanwhile, as after a pause, even one of the same name.
    """
    renewed, taken = "leases.token = :token AND leases.holder = :holder", "leases.holder = :holder OR leases.until < :now"
    mine = taken if token is None else renewed
    rows = select(
        database,
        f"""
        INSERT INTO leases (name, holder, until, token) SELECT :name, :holder, :until, 1 WHERE :token IS NULL OR EXISTS (SELECT 1 FROM leases WHERE name = :name)
        ON CONFLICT (name) DO UPDATE SET token = token + (holder <> :holder), holder = :holder, until = :until WHERE {mine}
        RETURNING token
        """,
        {"name": name, "holder": holder, "until": required_time(now + length), "now": required_time(now), "token": token},
    )
    return int(rows[0]["token"]) if rows else 0


def take_lease_anew(database: Database, name: str, holder: str, now: datetime, length: timedelta = SENDER_LEASE) -> int:
    """Take a lease as a process that begins: the token rises, so that one of the same name that was only paused has lost it."""
    if not take_lease(database, name, holder, now, length):
        return 0
    execute(database, "UPDATE leases SET token = token + 1 WHERE name = ?", (name,))
    return int(select(database, "SELECT token FROM leases WHERE name = ?", (name,))[0]["token"])


def lease(database: Database, name: str) -> Lease | None:
    """Who has a lease now, None where nobody ever had it or it was given back."""
    row = select_one(database, "SELECT holder, until, token FROM leases WHERE name = ? AND holder <> ''", (name,))
    return Lease(row["holder"], known_time(row["until"]), row["token"]) if row else None


def give_back(database: Database, name: str, holder: str) -> None:
    """End a lease early. Its row stays, so that the token never falls."""
    execute(database, "UPDATE leases SET holder = '', until = '' WHERE name = ? AND holder = ?", (name, holder))


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
            first_told = CASE WHEN closed IS NULL THEN first_told ELSE NULL END,
            changed = CASE WHEN closed IS NULL AND text = :text THEN changed ELSE :at END,
            text = :text, mend = :mend, urgent = :urgent, closed = NULL
        WHERE closed IS NOT NULL OR text <> :text OR mend <> :mend OR urgent <> :urgent
        """,
        {"subject": subject, "text": text, "mend": mend, "urgent": urgent, "at": at},
    )


def mended(database: Database, subject: str, now: datetime) -> None:
    """Close a line: the fault is gone."""
    execute(database, "UPDATE operator_log SET closed = ? WHERE subject = ? AND closed IS NULL", (required_time(now), subject))


def faults(database: Database) -> list[Fault]:
    """Open lines, urgent first, then oldest first."""
    return [_fault(row) for row in select(database, f"{_FAULTS} WHERE closed IS NULL ORDER BY urgent DESC, since, id")]


def recovered(database: Database) -> list[Fault]:
    """Closed lines that the operator was told of when they were open, and not yet that they are closed; oldest first."""
    return [_fault(row) for row in select(database, f"{_FAULTS} WHERE closed IS NOT NULL AND first_told IS NOT NULL ORDER BY closed, id")]


def told(database: Database, subjects: list[str], now: datetime) -> None:
    """The operator was told of these lines, as they are now: open or closed."""
    database.conn.executemany(
        """
        UPDATE operator_log SET told_at = :now, first_told = CASE WHEN closed IS NULL THEN coalesce(first_told, :now) ELSE NULL END
        WHERE subject = :subject
        """,
        [{"now": required_time(now), "subject": one} for one in subjects],
    )


_FAULTS = "SELECT subject, text, mend, urgent, since, changed, told_at, first_told, closed FROM operator_log"


def _fault(row: sqlite3.Row) -> Fault:
    return Fault(
        row["subject"], row["text"], row["mend"], bool(row["urgent"]), known_time(row["since"]), known_time(row["changed"]),
        from_time(row["told_at"]), from_time(row["first_told"]), from_time(row["closed"]),
    )  # fmt: skip
