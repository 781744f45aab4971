"""Self-tests: which local dates were tested, what passed, what broke, and the made-up rows that testing leaves.

What is tested and when is not here (`pipeline/self_test.py`). The made-up report's story is never stored: `taken_back`
undoes it inside the transaction that made it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from sqlite_utils import Database

from watcher.store import execute, select, select_one
from watcher.store.values import from_list, from_time, known_time, required_time, to_list

KEEP = 400  # dates; a year of self-tests, with a margin


@dataclass(frozen=True, slots=True)
class SelfTest:
    """How the self-test of one local date stands: passed, failed (and begun again later), or on its way."""

    day: date
    attempt: int
    began: datetime
    messages: tuple[str, ...]
    passed: datetime | None
    failed: datetime | None
    stage: str | None
    words: str | None

    @property
    def broken(self) -> bool:
        """Whether the newest attempt failed."""
        return self.passed is None and self.failed is not None and self.failed >= self.began


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """One message of a self-test in the outbox."""

    state: str
    answer: str | None
    settled: datetime | None


def last_passed(database: Database) -> datetime | None:
    """When a self-test passed last; None: none ever did."""
    row = select_one(database, "SELECT max(passed) AS at FROM self_tests")
    return from_time(row["at"]) if row else None


def last_failure(database: Database) -> tuple[datetime, str] | None:
    """When a self-test failed last, with the stage that broke and how; None: none ever did. It may have passed since."""
    row = select_one(database, "SELECT failed, stage, words FROM self_tests WHERE failed IS NOT NULL ORDER BY failed DESC LIMIT 1")
    return (known_time(row["failed"]), f"{row['stage']}: {row['words']}") if row else None


def of_day(database: Database, day: date) -> SelfTest | None:
    """The self-test of a local date; None: not begun."""
    row = select_one(
        database, "SELECT attempt, began, messages, passed, failed, stage, words FROM self_tests WHERE local_date = ?", (day.isoformat(),)
    )
    if row is None:
        return None
    return SelfTest(
        day, row["attempt"], known_time(row["began"]), from_list(row["messages"]), from_time(row["passed"]), from_time(row["failed"]),
        row["stage"], row["words"],
    )  # fmt: skip


def begin(database: Database, day: date, now: datetime) -> int:
    """An attempt for a local date begins; gives its number, from 1. The oldest dates are forgotten."""
    execute(
        database,
        """
        INSERT INTO self_tests (local_date, attempt, began) VALUES (:day, 1, :now)
        ON CONFLICT (local_date) DO UPDATE SET attempt = attempt + 1, began = :now, messages = '[]'
        """,
        {"day": day.isoformat(), "now": required_time(now)},
    )
    oldest = "SELECT local_date FROM self_tests ORDER BY local_date DESC LIMIT 1 OFFSET ?"
    execute(database, f"DELETE FROM self_tests WHERE local_date <= ({oldest})", (KEEP,))
    row = select_one(database, "SELECT attempt FROM self_tests WHERE local_date = ?", (day.isoformat(),))
    return int(row["attempt"]) if row else 1


def waits_for(database: Database, day: date, messages: Sequence[str]) -> None:
    """The attempt has put its messages into the outbox, under these keys."""
    execute(database, "UPDATE self_tests SET messages = ? WHERE local_date = ?", (to_list(messages), day.isoformat()))


def on_their_way(database: Database, messages: Sequence[str]) -> list[OnItsWay]:
    """How these messages stand in the outbox; fewer than asked for where some are gone."""
    rows = select(
        database,
        "SELECT state, answer, settled FROM outbox WHERE key IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(list(messages)),),
    )
    return [OnItsWay(row["state"], row["answer"], from_time(row["settled"])) for row in rows]


def record(database: Database, day: date, now: datetime, problem: tuple[str, str] | None = None) -> None:
    """What the attempt came to: passed, or `problem` (the stage that broke, and how)."""
    if problem is None:
        execute(database, "UPDATE self_tests SET passed = coalesce(passed, ?) WHERE local_date = ?", (required_time(now), day.isoformat()))
        return
    execute(
        database,
        "UPDATE self_tests SET failed = ?, stage = ?, words = ? WHERE local_date = ?",
        (required_time(now), *problem, day.isoformat()),
    )


@contextmanager
def taken_back(database: Database) -> Iterator[None]:
    """Whatever is written inside is undone at the end, and the caller's transaction goes on."""
    execute(database, "SAVEPOINT self_test")
    try:
        yield
    finally:
        if database.conn.in_transaction:  # a full disk has already rolled all of it back
            execute(database, "ROLLBACK TO self_test")
            execute(database, "RELEASE self_test")


def drop_text(database: Database, revision: int) -> None:
    """Drop the text of a made-up report once it was read back: lists and counts of stored texts never see it. Title and verdict stay."""
    execute(database, "UPDATE revisions SET text = NULL WHERE id = ?", (revision,))


def forget(database: Database, before: datetime) -> int:
    """Delete the made-up reports and messages of self-tests from before a moment; gives how many reports."""
    at = required_time(before)
    mine = (
        "SELECT revisions.id FROM revisions JOIN feeds ON feeds.id = revisions.feed WHERE feeds.kind = 'canary' AND revisions.read_at < ?"
    )
    old = [row["id"] for row in select(database, mine, (at,))]
    revisions = json.dumps(old)
    those = "(SELECT value FROM json_each(?))"
    articles = json.dumps(
        [row["article"] for row in select(database, f"SELECT DISTINCT article FROM revisions WHERE id IN {those}", (revisions,))]
    )
    for table in ("claims", "verdicts", "entries"):
        execute(database, f"DELETE FROM {table} WHERE revision IN {those}", (revisions,))
    execute(database, f"DELETE FROM revisions WHERE id IN {those}", (revisions,))
    execute(
        database,
        f"DELETE FROM articles WHERE id IN {those} AND NOT EXISTS (SELECT 1 FROM revisions WHERE revisions.article = articles.id)",
        (articles,),
    )
    sent = "SELECT id FROM outbox WHERE kind = 'test' AND created < ?"
    execute(database, f"DELETE FROM attempts WHERE message IN ({sent})", (at,))
    execute(database, "DELETE FROM outbox WHERE kind = 'test' AND created < ?", (at,))
    return len(old)
