"""Digests as they were made: numbered per audience, once per local date."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlite_utils import Database

from watcher.store import insert, select, select_one
from watcher.store.telling import Audience
from watcher.store.values import known_time, required_time


@dataclass(frozen=True, slots=True)
class Made:
    """One digest in the archive, as it was sent."""

    id: int
    audience: str
    number: int
    local_date: date
    period_start: datetime
    period_end: datetime
    subject: str
    text: str
    html: str
    at: datetime


def last(database: Database, of: Audience) -> Made | None:
    """The newest digest of an audience, None before the first."""
    return _made(select_one(database, f"{_SELECT} WHERE digests.audience = ? ORDER BY digests.number DESC LIMIT 1", (of.id,)))


def last_date(database: Database, of: Audience) -> date | None:
    """The newest local date that a digest of this audience stands for."""
    row = select(database, "SELECT max(local_date) AS day FROM digest_dates WHERE audience = ?", (of.id,))[0]
    return date.fromisoformat(row["day"]) if row["day"] else None


def add(
    database: Database,
    of: Audience,
    *,
    number: int,
    local_date: date,
    dates: Iterable[date],
    period: tuple[datetime, datetime],
    rendered: tuple[str, str, str],
    now: datetime,
) -> int:
    """Store a digest and the local dates it stands for; gives its id. A date taken already raises sqlite3.IntegrityError."""
    subject, text, html = rendered
    identity = insert(
        database,
        """
        INSERT INTO digests (audience, number, local_date, period_start, period_end, subject, text, html, at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        (
            of.id, number, local_date.isoformat(), required_time(period[0]), required_time(period[1]), subject, text, html, required_time(now),
        ),
    )  # fmt: skip
    database.conn.executemany(
        "INSERT INTO digest_dates (audience, local_date, digest) VALUES (?, ?, ?)", [(of.id, day.isoformat(), identity) for day in dates]
    )
    return identity


def skip(database: Database, of: Audience, dates: Iterable[date]) -> None:
    """These local dates are settled without a digest: there was nothing to tell."""
    database.conn.executemany(
        "INSERT INTO digest_dates (audience, local_date, digest) VALUES (?, ?, NULL)", [(of.id, day.isoformat()) for day in dates]
    )


def listing(database: Database, audience: str, newest: int = 20) -> list[Made]:
    """Digests of one audience, newest first."""
    rows = select(database, f"{_SELECT} WHERE audiences.name = ? ORDER BY digests.number DESC LIMIT ?", (audience, newest))
    return [made for row in rows if (made := _made(row))]


def made_since(database: Database, of: Audience, since: datetime) -> int:
    """How many an audience got since a moment (an alert's limit a day)."""
    row = select(database, "SELECT count(*) AS n FROM digests WHERE audience = ? AND at >= ?", (of.id, required_time(since)))[0]
    return int(row["n"])


_SELECT = """
    SELECT digests.id, audiences.name AS audience, number, local_date, period_start, period_end, subject, text, html, at
    FROM digests JOIN audiences ON audiences.id = digests.audience
"""


def _made(row: object) -> Made | None:
    if row is None:
        return None
    values = dict(row)  # type: ignore[call-overload]  # sqlite3.Row is a mapping that typeshed does not know as one
    return Made(
        **{
            **values,
            "local_date": date.fromisoformat(values["local_date"]),
            "period_start": known_time(values["period_start"]),
            "period_end": known_time(values["period_end"]),
            "at": known_time(values["at"]),
        }
    )
