"""The outbox: one row a message, recipient and channel; claimed by lease, settled by whoever holds the lease.

States a person can read: pending (waits for its time), sending (leased), sent, dead (given up; stays), held (waits for
a person). A worker that dies leaves its messages due again when the lease ends, so nothing has to notice the death.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from watcher.model import Message, MessageKind
from watcher.store import execute, select
from watcher.store.values import from_time, known_time, required_time, to_time

LEASE = timedelta(minutes=20)  # longer than the longest send of any channel (15 min, deliver.LONGEST_SEND), or two would send at once


@dataclass(frozen=True, slots=True)
class Row:
    """A message as lists show it; never its payload."""

    id: int
    kind: str
    channel: str
    recipient: str
    state: str
    attempt: int
    due_at: datetime | None
    answer: str | None
    created: datetime
    settled: datetime | None
    digest: int | None


@dataclass(frozen=True, slots=True)
class ChannelState:
    """How a channel fares: last accepted, last failed, how many wait, are dead or held."""

    channel: str
    last_sent: datetime | None
    last_failed: datetime | None
    last_problem: str | None
    pending: int
    dead: int
    held: int


def add(database: Database, messages: Sequence[Message], *, digest: int | None, now: datetime, held: bool = False) -> int:
    """Queue messages; a key that is there already is left alone. Gives how many are new."""
    before = database.conn.total_changes
    database.conn.executemany(
        """
        INSERT INTO outbox (key, kind, digest, channel, recipient, payload, bare, message_id, state, due_at, created)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING
        """,
        [
            (
                one.key, one.kind.value, digest, one.channel, one.recipient, one.payload, one.bare, one.message_id,
                "held" if held else "pending", None if held else required_time(now), required_time(now),
            )
            for one in messages
        ],
    )  # fmt: skip
    return database.conn.total_changes - before


def any_due(database: Database, now: datetime, channel: str) -> bool:
    """Whether a message of a channel waits for its turn now."""
    sql = "SELECT 1 FROM outbox WHERE state IN ('pending', 'sending') AND due_at <= ? AND channel = ? LIMIT 1"
    return bool(select(database, sql, (required_time(now), channel)))


def claim(database: Database, now: datetime, channels: Sequence[str], *, limit: int = 20) -> list[Message]:
    """Take up to `limit` due messages of these channels, oldest first, and hide them for LEASE.

    Counts the try before it is made, and writes the attempt down, so that a crash leaves a trace.
    """
    if not channels:
        return []
    marks = ",".join("?" * len(channels))
    token = secrets.token_hex(8)
    rows = select(
        database,
        f"""
        UPDATE outbox SET state = 'sending', attempt = attempt + 1, lease = ?, lease_until = ?, due_at = ?
        WHERE id IN (SELECT id FROM outbox WHERE state IN ('pending', 'sending') AND due_at <= ? AND channel IN ({marks}) ORDER BY due_at, id LIMIT ?)
        RETURNING id, key, kind, channel, recipient, payload, bare, message_id, attempt, lease, use_bare, created
        """,
        [token, required_time(now + LEASE), required_time(now + LEASE), required_time(now), *channels, limit],
    )
    database.conn.executemany(
        "INSERT INTO attempts (message, lease, at) VALUES (?, ?, ?)", [(row["id"], token, required_time(now)) for row in rows]
    )
    return [_message(row) for row in sorted(rows, key=lambda row: int(row["id"]))]


def sent(database: Database, message: Message, *, code: int | None, answer: str, now: datetime) -> bool:
    """A channel accepted it. False when the lease was lost: someone else settles it."""
    return _settle(database, message, "sent", None, "sent", code, answer, now)


def again(
    database: Database,
    message: Message,
    *,
    at: datetime,
    code: int | None,
    answer: str,
    now: datetime,
    ambiguous: bool,
    bare: bool,
    counted: bool = True,
) -> bool:
    """It will be tried again at `at`; with the plainer form where that may help.

    A try that is not `counted` failed by the channel's fault: the message does not age by it.
    """
    if bare:
        execute(database, "UPDATE outbox SET use_bare = 1 WHERE id = ? AND lease = ?", (message.id, message.lease))
    if not counted:
        execute(database, "UPDATE outbox SET attempt = attempt - 1 WHERE id = ? AND lease = ?", (message.id, message.lease))
    return _settle(database, message, "pending", at, "ambiguous" if ambiguous else "again", code, answer, now)


def dead(database: Database, message: Message, *, code: int | None, answer: str, now: datetime) -> bool:
    """No more tries. The row and its payload stay."""
    return _settle(database, message, "dead", None, "never", code, answer, now)


def pause(database: Database, channel: str, until: datetime, now: datetime) -> None:
    """A channel's fault: its messages wait, without a try counted for each."""
    execute(
        database,
        "UPDATE outbox SET due_at = max(due_at, ?) WHERE channel = ? AND state = 'pending' AND due_at IS NOT NULL",
        (required_time(until), channel),
    )


def retry(database: Database, *, now: datetime, channel: str | None = None, ids: Sequence[int] = ()) -> int:
    """Make dead, held and waiting messages due now, by channel or id; gives how many."""
    where, values = ("channel = ?", [channel]) if channel else (f"id IN ({','.join('?' * len(ids))})", list(ids))
    return execute(
        database,
        f"UPDATE outbox SET state = 'pending', due_at = ?, settled = NULL WHERE state IN ('pending', 'dead', 'held') AND {where}",
        [required_time(now), *values],
    )


def listing(database: Database, *, state: str | None = None, newest: int = 50) -> list[Row]:
    """Messages, newest first."""
    rows = select(
        database,
        """
        SELECT id, kind, channel, recipient, state, attempt, due_at, answer, created, settled, digest FROM outbox
        WHERE :state IS NULL OR state = :state ORDER BY id DESC LIMIT :newest
        """,
        {"state": state, "newest": newest},
    )
    return [
        Row(
            row["id"], row["kind"], row["channel"], row["recipient"], row["state"], row["attempt"], from_time(row["due_at"]), row["answer"],
            known_time(row["created"]), from_time(row["settled"]), row["digest"],
        )
        for row in rows
    ]  # fmt: skip


def channels(database: Database) -> dict[str, ChannelState]:
    """How each channel fares that ever had a message."""
    rows = select(
        database,
        """
        SELECT channel, max(CASE WHEN state = 'sent' THEN settled END) AS last_sent, sum(state IN ('pending', 'sending')) AS pending,
               sum(state = 'dead') AS dead, sum(state = 'held') AS held
        FROM outbox GROUP BY channel
        """,
    )
    failures = {
        row["channel"]: row
        for row in select(
            database,
            """
            SELECT outbox.channel, max(attempts.at) AS at, attempts.answer FROM attempts JOIN outbox ON outbox.id = attempts.message
            WHERE attempts.outcome IN ('again', 'ambiguous', 'never') GROUP BY outbox.channel
            """,
        )
    }
    return {
        row["channel"]: ChannelState(
            row["channel"], from_time(row["last_sent"]), from_time(failures[row["channel"]]["at"]) if row["channel"] in failures else None,
            failures[row["channel"]]["answer"] if row["channel"] in failures else None, row["pending"], row["dead"], row["held"],
        )
        for row in rows
    }  # fmt: skip


def undelivered(database: Database, now: datetime) -> int:
    """Messages given up, or waiting for over an hour."""
    row = select(
        database,
        "SELECT count(*) AS n FROM outbox WHERE state = 'dead' OR (state IN ('pending', 'sending') AND created < ?)",
        (to_time(now - timedelta(hours=1)),),
    )[0]
    return int(row["n"])


def waiting(database: Database) -> tuple[int, datetime | None]:
    """(messages not yet sent, when the next is due)."""
    row = select(database, "SELECT count(*) AS n, min(due_at) AS due FROM outbox WHERE state IN ('pending', 'sending')")[0]
    return int(row["n"]), from_time(row["due"])


def oldest_due(database: Database, now: datetime) -> datetime | None:
    """Since when the longest waiting due message has been due: a stuck sender shows here."""
    return from_time(
        select(database, "SELECT min(due_at) AS due FROM outbox WHERE state = 'pending' AND due_at <= ?", (to_time(now),))[0]["due"]
    )


def _settle(
    database: Database, message: Message, state: str, due: datetime | None, outcome: str, code: int | None, answer: str, now: datetime
) -> bool:
    """Only the holder of the lease settles; a late worker's answer is kept as an attempt and changes nothing else."""
    held = execute(
        database,
        """
        UPDATE outbox SET state = ?, due_at = ?, answer = ?, settled = ?, lease = NULL, lease_until = NULL
        WHERE id = ? AND state = 'sending' AND lease = ?
        """,
        (state, to_time(due), answer, None if due else required_time(now), message.id, message.lease),
    )
    execute(
        database,
        "UPDATE attempts SET outcome = ?, code = ?, answer = ? WHERE message = ? AND lease = ? AND outcome IS NULL",
        (outcome, code, answer, message.id, message.lease),
    )
    return held == 1


def _message(row: sqlite3.Row) -> Message:
    return Message(
        id=row["id"], key=row["key"], kind=MessageKind(row["kind"]), channel=row["channel"], recipient=row["recipient"],
        payload=row["bare"] if row["use_bare"] and row["bare"] else row["payload"], bare=row["bare"], message_id=row["message_id"],
        attempt=row["attempt"], lease=row["lease"], created=from_time(row["created"]),
    )  # fmt: skip
