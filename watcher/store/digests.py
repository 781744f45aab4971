"""Digests as they were made: numbered per audience, once per local date.

A local date is settled for good, but by a clock that can be believed. One that was settled more than AHEAD later than the clock now
says was settled by a clock that ran ahead: it does not count, and the next date that is settled in earnest forgets it. So a clock that
says next year for an hour costs one needless mail and not a year without mails; one that says last year settles nothing, as all its
dates are settled, and loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlite_utils import Database

from watcher.store import execute, insert, select, select_one
from watcher.store.telling import Audience
from watcher.store.values import known_time, required_time, to_time

LATE_DELIVERY = timedelta(hours=1)  # a message that waits for longer did not arrive in its time
AHEAD = timedelta(days=2)  # a clock that is set a day forward and back again must not make a date's digest twice


@dataclass(frozen=True, slots=True)
class Seen:
    """How far a digest looked: the highest verdict, settled lead and poll in the store when it was made."""

    verdict: int
    lead: int
    poll: int


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
    seen: Seen | None = None  # None: made by an older version


def last(database: Database, of: Audience) -> Made | None:
    """The newest digest of an audience, None before the first."""
    return _made(select_one(database, f"{_SELECT} WHERE digests.audience = ? ORDER BY digests.number DESC LIMIT 1", (of.id,)))


def last_date(database: Database, of: Audience, now: datetime | None = None) -> date | None:
    """The newest local date that a digest of this audience stands for; by `now`, of those that a clock settled that can be believed."""
    row = select(
        database,
        "SELECT max(local_date) AS day FROM digest_dates WHERE audience = :audience AND (made_at IS NULL OR :ahead IS NULL OR made_at <= :ahead)",
        {"audience": of.id, "ahead": to_time(now + AHEAD) if now else None},
    )[0]
    return date.fromisoformat(row["day"]) if row["day"] else None


def seen_now(database: Database) -> Seen:
    """How far a digest that is made now looks."""
    row = select(
        database,
        """
        SELECT (SELECT coalesce(max(id), 0) FROM verdicts) AS verdict, (SELECT coalesce(max(settled_order), 0) FROM leads) AS lead,
               (SELECT coalesce(max(id), 0) FROM polls) AS poll
        """,
    )[0]
    return Seen(row["verdict"], row["lead"], row["poll"])


def looked_until(database: Database, of: Audience, now: datetime) -> datetime:
    """From when on an account must look: the end of the last digest's period, or earlier where that leaves something out.

    Earlier where a poll was stored after that digest with an earlier time: it was under way, or the clock went back. And where that digest
    was made by a clock that ran ahead, the end of the last one that was not.
    """
    made = select(
        database,
        "SELECT period_end, newest_poll FROM digests WHERE audience = ? AND period_end <= ? ORDER BY number DESC LIMIT 1",
        (of.id, required_time(now)),
    )
    if not made:
        return min(of.created, now)
    end = known_time(made[0]["period_end"])
    polled = select(database, "SELECT min(at) AS at FROM polls WHERE id > ?", (made[0]["newest_poll"],))[0]["at"]
    return min(end, known_time(polled)) if polled else end


def undelivered(database: Database, of: Audience, now: datetime, since: datetime) -> list[int]:
    """Numbers of this audience's digests that did not reach somebody: given up since, or waiting for over an hour."""
    rows = select(
        database,
        """
        SELECT DISTINCT digests.number FROM outbox JOIN digests ON digests.id = outbox.digest
        WHERE digests.audience = :audience AND ((outbox.state = 'dead' AND outbox.settled > :since)
            OR (outbox.state IN ('pending', 'sending') AND outbox.created < :late))
        ORDER BY digests.number
        """,
        {"audience": of.id, "since": to_time(since), "late": to_time(now - LATE_DELIVERY)},
    )
    return [row["number"] for row in rows]


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
    seen = seen_now(database)
    identity = insert(
        database,
        """
        INSERT INTO digests (audience, number, local_date, period_start, period_end, subject, text, html, at, newest_verdict, newest_lead, newest_poll)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        (
            of.id, number, local_date.isoformat(), required_time(period[0]), required_time(period[1]), subject, text, html, required_time(now),
            seen.verdict, seen.lead, seen.poll,
        ),
    )  # fmt: skip
    _settle_dates(database, of, dates, identity, now)
    return identity


def skip(database: Database, of: Audience, dates: Iterable[date], now: datetime) -> None:
    """These local dates are settled without a digest: there was nothing to tell."""
    _settle_dates(database, of, dates, None, now)


def listing(database: Database, audience: str, newest: int = 20) -> list[Made]:
    """Digests of one audience, newest first."""
    rows = select(database, f"{_SELECT} WHERE audiences.name = ? ORDER BY digests.number DESC LIMIT ?", (audience, newest))
    return [made for row in rows if (made := _made(row))]


def made_since(database: Database, of: Audience, since: datetime) -> int:
    """How many an audience got since a moment (an alert's limit a day). What a clock that ran ahead made is of another day."""
    row = select(
        database,
        "SELECT count(*) AS n FROM digests WHERE audience = ? AND at >= ? AND at < ?",
        (of.id, required_time(since), required_time(since + AHEAD)),
    )[0]
    return int(row["n"])


def _settle_dates(database: Database, of: Audience, dates: Iterable[date], digest: int | None, now: datetime) -> None:
    days = [day.isoformat() for day in dates]
    if not days:
        return
    execute(database, "DELETE FROM digest_dates WHERE audience = ? AND made_at > ?", (of.id, required_time(now + AHEAD)))
    database.conn.executemany(
        "INSERT INTO digest_dates (audience, local_date, digest, made_at) VALUES (?, ?, ?, ?)",
        [(of.id, day, digest, required_time(now)) for day in days],
    )


_SELECT = """
    SELECT digests.id, audiences.name AS audience, number, local_date, period_start, period_end, subject, text, html, at,
           newest_verdict, newest_lead, newest_poll
    FROM digests JOIN audiences ON audiences.id = digests.audience
"""


def _made(row: object) -> Made | None:
    if row is None:
        return None
    values = dict(row)  # type: ignore[call-overload]  # sqlite3.Row is a mapping that typeshed does not know as one
    verdict, lead, poll = (values.pop(name) for name in ("newest_verdict", "newest_lead", "newest_poll"))
    return Made(
        **{
            **values,
            "local_date": date.fromisoformat(values["local_date"]),
            "period_start": known_time(values["period_start"]),
            "period_end": known_time(values["period_end"]),
            "at": known_time(values["at"]),
            "seen": Seen(verdict, lead, poll) if verdict is not None else None,
        }
    )
