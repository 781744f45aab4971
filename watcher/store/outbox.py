"""The outbox: one row a message, recipient and channel; claimed by lease, settled by whoever holds the lease.

States: pending (waits for its time), sending (leased), sent, dead (given up; stays), held (waits for a person or a rule),
discarded (a person dropped it), covered (a summary tells it). A worker that dies leaves its messages due again when the
lease ends, so nothing has to notice the death. What a person does is `outbox_hands`, what the rules do `outbox_keeping`.
"""

from __future__ import annotations

import re
import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlite_utils import Database

from watcher.model import Message, MessageKind
from watcher.store import execute, holding, select, select_one
from watcher.store.values import CLOCK_RAN_AHEAD, from_time, known_time, required_time, to_time

_ADDRESS = re.compile(r"<?[^\s<>]*@[^\s<>]*>?|\w+://\S+")  # of a person or a server
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
    held_for: str | None = None  # approval, restore, channel, crashed, person
    covered_by: int | None = None
    instead_of: int | None = None
    outcome: str | None = None  # of the newest try: sent, again, ambiguous, never; "" without an answer; None before the first


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


@dataclass(frozen=True, slots=True)
class Undelivered:
    """What did not get through, for a mail's account: what it is, on which channel, since when, why. No address is in it."""

    what: str
    channel: str
    since: datetime
    why: str
    messages: int = 1  # recipients and parts of it that are open


def add(
    database: Database,
    messages: Sequence[Message],
    *,
    digest: int | None,
    now: datetime,
    held: bool = False,
    instead_of: int | None = None,
) -> int:
    """Queue messages; a key that is there already is left alone. Gives how many are new.

    `held`: they wait for a person's approval. After a restore everything waits until a person releases it.
    """
    held_for = "approval" if held else "restore" if messages and holding.held_since(database) else None
    before = database.conn.total_changes
    database.conn.executemany(
        """
        INSERT INTO outbox (key, kind, digest, channel, recipient, payload, bare, message_id, state, held_for, due_at, created, instead_of)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING
        """,
        [
            (
                one.key, one.kind.value, digest, one.channel, one.recipient, one.payload, one.bare, one.message_id,
                "held" if held_for else "pending", held_for, None if held_for else required_time(now), required_time(now), instead_of,
            )
            for one in messages
        ],
    )  # fmt: skip
    return database.conn.total_changes - before


def any_due(database: Database, now: datetime, channel: str) -> bool:
    """Whether a message of a channel waits for its turn now."""
    sql = "SELECT 1 FROM outbox WHERE state IN ('pending', 'sending') AND (due_at <= ? OR due_at > ?) AND channel = ? LIMIT 1"
    return bool(select(database, sql, (required_time(now), required_time(now + CLOCK_RAN_AHEAD), channel)))


def claim(
    database: Database, now: datetime, channels: Sequence[str], *, limit: int = 20, holder: str = "", lease: timedelta = LEASE
) -> list[Message]:
    """Take up to `limit` due messages of these channels, oldest first, and hide them for the length of `lease`.

    Counts the try before it is made, and writes the attempt down, so that a crash leaves a trace. The lease begins with
    `holder`, so that a successor who knows that holder to be dead need not wait for its end.
    """
    if not channels:
        return []
    marks = ",".join("?" * len(channels))
    token = f"{holder}/{secrets.token_hex(8)}"
    rows = select(
        database,
        f"""
        UPDATE outbox SET state = 'sending', attempt = attempt + 1, lease = ?, lease_until = ?, due_at = ?
        WHERE id IN (SELECT id FROM outbox WHERE state IN ('pending', 'sending') AND (due_at <= ? OR due_at > ?) AND channel IN ({marks}) ORDER BY kind <> 'summary', id LIMIT ?)
        RETURNING id, key, kind, channel, recipient, payload, bare, message_id, attempt, lease, use_bare, created
        """,
        [
            token, required_time(now + lease), required_time(now + lease), required_time(now), required_time(now + CLOCK_RAN_AHEAD), *channels,
            limit,
        ],
    )  # fmt: skip
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


def broken(database: Database, message: Message, *, answer: str, now: datetime) -> bool:
    """The program itself broke on it, more than once: it waits for a person, and holds up nothing else."""
    settled = _settle(database, message, "held", None, "never", None, answer, now)
    if settled:
        execute(database, "UPDATE outbox SET held_for = 'crashed' WHERE id = ?", (message.id,))
    return settled


def pause(database: Database, channel: str, until: datetime, now: datetime) -> None:
    """A channel's fault: its messages wait, without a try counted for each."""
    execute(
        database,
        "UPDATE outbox SET due_at = max(due_at, ?) WHERE channel = ? AND state = 'pending' AND due_at IS NOT NULL",
        (required_time(until), channel),
    )


def retry(database: Database, *, now: datetime, channel: str | None = None, ids: Sequence[int] = (), by: str | None = None) -> int:
    """Make waiting and dead messages due now, by channel or id; by id those too that a person dropped. Gives how many.

    What is held is not retried but released: a digest that waits for approval must not go because its channel was mended.
    """
    where, values = ("channel = ?", [channel]) if channel else (f"id IN ({','.join('?' * len(ids))})", list(ids))
    states = "('pending', 'dead')" if channel else "('pending', 'dead', 'discarded')"
    at = required_time(now)
    if by:
        execute(
            database,
            f"INSERT INTO attempts (message, lease, at, outcome, answer) SELECT id, '', ?, 'retried', ? FROM outbox WHERE state IN {states} AND {where}",
            [at, by, *values],
        )
    return execute(
        database, f"UPDATE outbox SET state = 'pending', due_at = ?, settled = NULL WHERE state IN {states} AND {where}", [at, *values]
    )


def listing(database: Database, *, state: str | None = None, newest: int = 50) -> list[Row]:
    """Messages, newest first; those of self-tests stand in no list."""
    where = "kind <> 'test' AND (:state IS NULL OR state = :state)"
    rows = select(database, f"{_ROW} WHERE {where} ORDER BY id DESC LIMIT :newest", {"state": state, "newest": newest})
    return [_row(row) for row in rows]


def row(database: Database, identity: int) -> Row | None:
    """One message as lists show it."""
    found = select_one(database, f"{_ROW} WHERE id = ?", (identity,))
    return _row(found) if found else None


def channels(database: Database) -> dict[str, ChannelState]:
    """How each channel fares that ever had a message."""
    rows = select(
        database,
        """
        SELECT channel, max(CASE WHEN state = 'sent' THEN settled END) AS last_sent, sum(state IN ('pending', 'sending')) AS pending,
               sum(state = 'dead') AS dead, sum(state = 'held') AS held
        FROM outbox WHERE kind <> 'test' GROUP BY channel
        """,
    )
    failures = {
        row["channel"]: row
        for row in select(
            database,
            """
            SELECT outbox.channel, max(attempts.at) AS at, attempts.answer FROM attempts JOIN outbox ON outbox.id = attempts.message
            WHERE attempts.outcome IN ('again', 'ambiguous', 'never') AND outbox.kind <> 'test' GROUP BY outbox.channel
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
    """Messages that did not get through: given up, stuck, or waiting for over an hour."""
    return sum(one.messages for one in undelivered_list(database, now))


def undelivered_list(database: Database, now: datetime, *, given_up_since: datetime | None = None) -> list[Undelivered]:
    """What did not get through: given up, stuck, or waiting for over an hour; oldest first.

    What was given up before `given_up_since` is left out, so that a mail names it once. Tests of a channel never count.
    """
    rows = select(
        database,
        """
        SELECT outbox.kind, outbox.digest, outbox.channel, outbox.state, outbox.answer, min(outbox.created) AS since, count(*) AS messages,
               digests.number, digests.local_date, audiences.name
        FROM outbox LEFT JOIN digests ON digests.id = outbox.digest LEFT JOIN audiences ON audiences.id = digests.audience
        WHERE outbox.kind <> 'test' AND (
            (outbox.state = 'dead' AND (:given_up_since IS NULL OR outbox.settled >= :given_up_since))
            OR (outbox.state = 'held' AND outbox.held_for = 'crashed')
            OR (outbox.state IN ('pending', 'sending') AND outbox.created < :late))
        GROUP BY outbox.digest, outbox.kind, outbox.channel, outbox.state, outbox.answer ORDER BY since, outbox.id
        """,
        {"late": to_time(now - timedelta(hours=1)), "given_up_since": to_time(given_up_since)},
    )
    found: dict[tuple[object, ...], Undelivered] = {}
    for row in rows:  # each recipient's answer names another address; without it they are one
        one = Undelivered(_what(row), row["channel"], known_time(row["since"]), _why(row["state"], row["answer"]), row["messages"])
        key = (row["digest"], one.what, one.channel, one.why)
        found[key] = replace(found[key], messages=found[key].messages + one.messages) if key in found else one
    return list(found.values())


def _what(row: sqlite3.Row) -> str:
    """A message in words: `digest daily no. 143 of 2023-11-09`."""
    if row["name"]:
        return f"{row['name'].replace(':', ' ')} no. {row['number']} of {row['local_date']}"
    kind = str(row["kind"])
    return {"operator": "message to the operator", "summary": "summary of what waited"}.get(kind, kind)


def _why(state: str, answer: str | None) -> str:
    """Why it is not there, without an address: servers like to repeat whom they refuse."""
    reason = _ADDRESS.sub("(address)", answer or "the channel did not take it yet")
    return {"dead": f"given up: {reason}", "held": f"the program failed on it: {reason}"}.get(state, reason)


def waiting(database: Database) -> tuple[int, datetime | None]:
    """(messages not yet sent, when the next is due)."""
    row = select(database, "SELECT count(*) AS n, min(due_at) AS due FROM outbox WHERE state IN ('pending', 'sending') AND kind <> 'test'")[
        0
    ]
    return int(row["n"]), from_time(row["due"])


def oldest_due(database: Database, now: datetime) -> datetime | None:
    """Since when the longest waiting due message has been due: a stuck sender shows here."""
    return from_time(
        select(
            database, "SELECT min(due_at) AS due FROM outbox WHERE state = 'pending' AND kind <> 'test' AND due_at <= ?", (to_time(now),)
        )[0]["due"]
    )


_ROW = """
    SELECT id, kind, channel, recipient, state, attempt, due_at, answer, created, settled, digest, held_for, covered_by, instead_of,
           (SELECT coalesce(outcome, '') FROM attempts
            WHERE attempts.message = outbox.id AND lease <> '' ORDER BY attempts.id DESC LIMIT 1) AS outcome
    FROM outbox
"""


def _row(row: sqlite3.Row) -> Row:
    return Row(
        row["id"], row["kind"], row["channel"], row["recipient"], row["state"], row["attempt"], from_time(row["due_at"]), row["answer"],
        known_time(row["created"]), from_time(row["settled"]), row["digest"], row["held_for"], row["covered_by"],
        row["instead_of"], row["outcome"],
    )  # fmt: skip


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
