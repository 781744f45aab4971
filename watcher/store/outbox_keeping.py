"""The outbox by rule: what is open and how it fared, and the changes that no person asks for by a command.

After the death of a sender, for a channel that came back, for an alert that its channel does not take. What follows from
what is decided in `pipeline`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from watcher.store import execute, select
from watcher.store.values import from_time, known_time, required_time


@dataclass(frozen=True, slots=True)
class Open:
    """One message that is not settled for good. `unanswered`: tries in a row since an answer, or since a person said go on, without one."""

    id: int
    key: str
    kind: str
    channel: str
    recipient: str
    state: str
    held_for: str | None
    digest: int | None
    created: datetime
    due_at: datetime | None
    unanswered: int
    outcome: str | None  # of the newest try; "" where no answer was written, None before the first
    answer: str | None
    instead_of: int | None

    @property
    def in_doubt(self) -> bool:
        """Whether it may have arrived: it is sent again only under its own name."""
        return self.outcome in ("", "ambiguous")


def open_messages(database: Database, now: datetime, *, dead_for: timedelta) -> list[Open]:
    """Messages that wait, are being sent or are held, and those given up within `dead_for`; oldest first."""
    rows = select(
        database,
        f"""
        {_OPEN} INDEXED BY outbox_due WHERE state IN ('pending', 'sending') AND kind <> 'test'
        UNION ALL {_OPEN} INDEXED BY outbox_held WHERE state = 'held' AND kind <> 'test'
        UNION ALL {_OPEN} INDEXED BY outbox_dead WHERE state = 'dead' AND settled >= :since AND kind <> 'test'
        ORDER BY id
        """,
        {"since": required_time(now - dead_for)},
    )
    return [
        Open(
            row["id"], row["key"], row["kind"], row["channel"], row["recipient"], row["state"], row["held_for"], row["digest"],
            known_time(row["created"]), from_time(row["due_at"]), row["unanswered"], row["outcome"], row["answer"],
            row["instead_of"],
        )
        for row in rows
    ]  # fmt: skip


def recover(database: Database, holder: str, sure: Collection[str], doubt: timedelta, now: datetime) -> int:
    """Take back what a dead sender of this name left in `sending`; gives how many.

    The next try is at once on channels of `sure`, whose receivers know a repeat; on others after `doubt`: the server may
    still be at work. A late worker's answer changes nothing: its lease is gone.
    """
    rows = select(
        database,
        "SELECT id, channel FROM outbox INDEXED BY outbox_due WHERE state IN ('pending', 'sending') AND state = 'sending' AND substr(lease, 1, ?) = ?",
        (len(holder) + 1, f"{holder}/"),
    )
    for row in rows:
        at = now if row["channel"] in sure else now + doubt
        execute(
            database,
            "UPDATE outbox SET state = 'pending', due_at = ?, lease = NULL, lease_until = NULL WHERE id = ?",
            (required_time(at), row["id"]),
        )
    return len(rows)


def hold_left(database: Database, identity: int, why: str) -> int:
    """Hold a message that two dead senders left in `sending`, or that waits after that."""
    return execute(
        database,
        """
        UPDATE outbox SET state = 'held', held_for = 'crashed', due_at = NULL, lease = NULL, lease_until = NULL, answer = ?
        WHERE id = ? AND state IN ('pending', 'sending')
        """,
        (why, identity),
    )


def covered(database: Database, summaries: Sequence[int]) -> list[int]:
    """Messages that these summaries tell, oldest first; not the summaries that they replaced."""
    marks = ",".join("?" * len(summaries))
    return [
        row["id"]
        for row in select(
            database, f"SELECT id FROM outbox WHERE covered_by IN ({marks}) AND kind <> 'summary' ORDER BY id", list(summaries)
        )
    ]


def payloads(database: Database, ids: Sequence[int]) -> list[tuple[int, bytes, datetime]]:
    """(message, frozen bytes, when it was made), oldest first."""
    marks = ",".join("?" * len(ids))
    rows = select(database, f"SELECT id, payload, created FROM outbox WHERE id IN ({marks}) ORDER BY id", list(ids))
    return [(row["id"], row["payload"], known_time(row["created"])) for row in rows]


def cover(database: Database, ids: Sequence[int], key: str, now: datetime) -> None:
    """Settle messages as told by the summary of this key. A summary among them is emptied: the new one tells all that it told."""
    for one in ids:
        execute(
            database,
            """
            UPDATE outbox SET state = 'covered', covered_by = (SELECT id FROM outbox WHERE key = :key), due_at = NULL, held_for = NULL,
                   settled = :now
            WHERE id = :id AND state IN ('pending', 'covered')
            """,
            {"key": key, "now": required_time(now), "id": one},
        )
        execute(database, "UPDATE outbox SET payload = x'', bare = x'' WHERE id = ? AND kind = 'summary' AND state = 'covered'", (one,))


def told_instead(database: Database, ids: Collection[int]) -> set[int]:
    """Those of these messages that a fallback tells already."""
    marks = ",".join("?" * len(ids))
    return {row["instead_of"] for row in select(database, f"SELECT instead_of FROM outbox WHERE instead_of IN ({marks})", list(ids))}


def states_of(database: Database, digest: int) -> list[tuple[str, str, str]]:
    """(channel, recipient, state) of every message of one digest or alert."""
    rows = select(database, "SELECT channel, recipient, state FROM outbox WHERE digest = ?", (digest,))
    return [(row["channel"], row["recipient"], row["state"]) for row in rows]


def digest_names(database: Database, ids: Collection[int]) -> dict[int, tuple[str, int]]:
    """(name, number) of digests and alerts, by id."""
    marks = ",".join("?" * len(ids))
    rows = select(
        database,
        f"SELECT digests.id, name, number FROM digests JOIN audiences ON audiences.id = audience WHERE digests.id IN ({marks})",
        list(ids),
    )
    return {row["id"]: (str(row["name"]).partition(":")[2], row["number"]) for row in rows}


_OPEN = """
    SELECT id, key, kind, channel, recipient, state, held_for, digest, created, due_at, answer, instead_of,
           (SELECT count(*) FROM attempts WHERE attempts.message = outbox.id AND attempts.id >
                coalesce((SELECT max(id) FROM attempts WHERE attempts.message = outbox.id AND outcome IS NOT NULL), 0)) AS unanswered,
           (SELECT coalesce(outcome, '') FROM attempts
            WHERE attempts.message = outbox.id AND lease <> '' ORDER BY attempts.id DESC LIMIT 1) AS outcome
    FROM outbox
"""
