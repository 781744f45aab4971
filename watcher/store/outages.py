"""Times in which the service did not run, as its own loop found them when it was back."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from watcher.store import execute, insert, select
from watcher.store.values import known_time, required_time


def add(database: Database, started: datetime, ended: datetime) -> None:
    """Write down that nothing ran from the last turn before to the first turn after; a turn that was cut off there is not counted."""
    execute(database, "DELETE FROM outages WHERE started = ?", (required_time(started),))
    insert(database, "INSERT INTO outages (started, ended) VALUES (?, ?)", (required_time(started), required_time(ended)))


def between(database: Database, since: datetime, now: datetime) -> list[tuple[datetime, datetime]]:
    """Outages that ended after a moment, oldest first, from when until when. One that ended later than now was a clock that ran ahead."""
    rows = select(
        database,
        "SELECT started, ended FROM outages WHERE ended > ? AND ended <= ? ORDER BY id",
        (required_time(since), required_time(now)),
    )
    return [(known_time(row["started"]), known_time(row["ended"])) for row in rows]
