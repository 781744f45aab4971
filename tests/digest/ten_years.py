"""Ten years of mornings in a second or two: the real tables, the real calendar, clocks that step, restarts, outages.

In full, every zone through the whole way of a mail (about ten minutes): `python tests/digest/ten_years.py --whole`; only the dates of
every zone (some seconds): `python tests/digest/ten_years.py`.
"""

from __future__ import annotations

import random
import sys
import time as stopwatch
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from watcher import store
from watcher.config import DigestConfig
from watcher.pipeline.due import dates_due, note_absence, note_schedule
from watcher.store import digests, open_store, operations, select, telling

ZONES = ("Asia/Phnom_Penh", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia", "Australia/Lord_Howe")
START, YEARS = datetime(2009, 6, 1, 12, 0, tzinfo=UTC), 10
MISSING = {"Pacific/Apia": {date(2011, 12, 30)}}  # Samoa went over the date line that night
STEPS = (timedelta(hours=1), timedelta(hours=-1), timedelta(days=1), timedelta(days=-1))
Make = Callable[[Database, DigestConfig, datetime], list[date]]  # gives the dates of the digest it made, if any


@dataclass
class Years:
    """What happened in a simulated stretch of time."""

    zone: str
    digests: int = 0
    dates: list[date] = field(default_factory=list)  # each time a digest was made for a local date
    turns: int = 0
    steps: int = 0
    outages: int = 0
    restarts: int = 0
    first: date = date.min
    last: date = date.min

    @property
    def missing(self) -> list[date]:
        """Local dates without a digest."""
        have, day, found = set(self.dates), self.first, []
        while day <= self.last:
            if day not in have and day not in MISSING.get(self.zone, ()):
                found.append(day)
            day += timedelta(days=1)
        return found

    @property
    def twice(self) -> list[date]:
        """Local dates with more than one."""
        return [day for day, count in Counter(self.dates).items() if count > 1]


def make_row(database: Database, wanted: DigestConfig, now: datetime) -> list[date]:
    """What `pipeline.digests` does around a digest's words: which dates are due, and the rows that settle them."""
    with store.transaction(database):
        note_absence(database, now)
        of = telling.audience(database, f"digest:{wanted.name}", now)
        dates = dates_due(database, of, wanted, now)
        note_schedule(database, of, wanted, now)
        if dates:
            last = digests.last(database, of)
            digests.add(
                database, of, number=last.number + 1 if last else 1, local_date=dates[-1], dates=dates, period=(now, now),
                rendered=("", "", ""), now=now,
            )  # fmt: skip
        operations.beat(database, "compose", started=now, finished=now)
    return dates


def live_through(
    folder: Path,
    zone: str,
    at: time,
    *,
    seed: int,
    start: datetime = START,
    length: timedelta = timedelta(days=365 * YEARS),
    make: Make = make_row,
    prepare: Callable[[Database, datetime], None] | None = None,
) -> Years:
    """Live through a stretch of time with troubles at random moments; gives what was made."""
    chance, wanted, years = random.Random(seed), DigestConfig(name="daily", channels=("staff",), at=at, time_zone=zone), Years(zone)
    path = folder / f"{zone.replace('/', '-')}.db"
    database = _open(path)
    if prepare:
        prepare(database, start)
    real, skew, wrong_until = start, timedelta(0), start
    while real < start + length:
        made = make(database, wanted, real + skew)
        years.dates += made
        years.digests += bool(made)
        years.turns += 1
        luck = chance.random()
        if skew and real >= wrong_until:
            skew = timedelta(0)  # somebody set the clock right
        elif not skew and luck < 0.01:
            skew, wrong_until = chance.choice(STEPS), real + timedelta(hours=chance.uniform(0.2, 60))
            years.steps += 1
        elif luck < 0.012:
            real += timedelta(days=7)
            years.outages += 1
        elif luck < 0.016:
            database.conn.close()
            database = _open(path)
            years.restarts += 1
        real += timedelta(hours=chance.choice((0.1, 1, 3, 6, 9)))
    years.dates += make(database, wanted, real)  # the clock is right at the end
    local = ZoneInfo(zone)
    began = select(database, "SELECT created FROM audiences")[0]["created"]
    years.first = datetime.fromisoformat(began).astimezone(local).date() + timedelta(days=1)
    years.last = real.astimezone(local).date() - timedelta(days=1)
    database.conn.close()
    return years


def _open(path: Path) -> Database:
    database = open_store(path)
    for pragma in ("synchronous = OFF", "journal_mode = MEMORY", "locking_mode = EXCLUSIVE"):  # the disk is not what is tested here
        database.conn.execute(f"PRAGMA {pragma}")
    return database


def main(whole: bool) -> int:
    """Print what ten years were like in each zone; 1 where a date has not exactly one digest."""
    wrong = 0
    for number, zone in enumerate(ZONES):
        began = stopwatch.monotonic()
        with TemporaryDirectory() as folder:
            extra = {}
            if whole:
                from whole_mails import make_mail, prepare

                extra = {"make": make_mail(Path(folder)), "prepare": prepare(Path(folder))}
            years = live_through(Path(folder), zone, time(2, 30) if number % 2 else time(7, 0), seed=number, **extra)
        wrong += len(years.missing) + len(years.twice)
        print(
            f"{zone}: {len(years.dates)} dates, {years.digests} digests, {len(years.missing)} missing, {len(years.twice)} twice; {years.turns} turns, "
            f"{years.steps} clock steps, {years.outages} outages of 7 days, {years.restarts} restarts; {stopwatch.monotonic() - began:.1f} s"
        )
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main("--whole" in sys.argv))
