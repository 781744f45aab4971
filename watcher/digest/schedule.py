"""When a digest or an alert is due: pure calendar arithmetic over an IANA zone.

A digest belongs to a local date, not to an instant, so that clock changes, restarts and outages can neither double
nor skip it. What was already made comes from the database; nothing here remembers.

An edited schedule holds from the moment it is seen: no date is owed that the old one did not have, so that a weekly digest that becomes
a daily one is not "late" for the days between. A date of today that the old schedule still had ahead, and the new one has behind, is made
at once. Where the zone changes, dates of the old zone stay settled: nobody gets two mails of one date.

Alerts gather first coverage, keep quiet hours and a day's limit. What a person takes back or corrects waits for nothing but the quiet
hours: who used a wrong figure must hear of it, but need not be woken.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LATE_AFTER = timedelta(hours=1)  # a mail that comes later than this after its time is late, and says so
OVER_LIMIT = "over the limit of a day; in the next digest"
CLOSING = time(20, 0)  # local time of the line that says how much is over a day's limit, where there are no quiet hours
CLOSING_BEFORE_QUIET = timedelta(hours=1)

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When a digest comes: every day, on a weekday or on the first of the month, at a local time in a zone."""

    every: str
    at: time
    zone: ZoneInfo

    def __str__(self) -> str:
        return f"{self.every} {self.at:%H:%M} {self.zone.key}"

    @classmethod
    def parse(cls, text: str) -> Rhythm:
        """Read back what `str` wrote. Raises ValueError or KeyError for anything else."""
        every, at, zone = text.split(" ", 2)
        return cls(every, time.fromisoformat(at), ZoneInfo(zone))


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment of a local time on a local date, in UTC.

    In an autumn fold the first occurrence; a time that a spring gap leaves out becomes the first moment after the gap.
    """
    first = datetime.combine(day, at, tzinfo=zone)
    moment = first.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == first.replace(tzinfo=None):
        return moment
    return _end_of_gap(moment, zone)


def belongs(day: date, every: str) -> bool:
    """Whether a local date has a digest: every day, on a weekday's name, or on the first of the month."""
    if every == "day":
        return True
    if every == "month":
        return day.day == 1
    return WEEKDAYS[day.weekday()] == every


def due_dates(*, every: str, at: time, zone: ZoneInfo, last: date | None, created: datetime, now: datetime) -> list[date]:
    """Local dates whose digest time has come and that no digest stands for yet, oldest first.

    `last` is the newest date already covered. Only times after `created` count, from which on this schedule holds: an
    audience made at 10:00 gets its first 07:00 digest tomorrow. A date that a zone skipped has none.
    """
    first = created.astimezone(zone).date()
    start = max(first, last + timedelta(days=1)) if last else first
    found = []
    for day in _days(start, now.astimezone(zone).date()):
        moment = instant(day, at, zone)
        exists = moment.astimezone(zone).date() == day
        if belongs(day, every) and exists and created < moment <= now:
            found.append(day)
    return found


def owed_at_edit(old: Rhythm, new: Rhythm, *, last: date | None, created: datetime, now: datetime) -> list[date]:
    """Dates to be made at once when a schedule is edited: what the old one had due, else today's where only the new time is past."""
    owed = due_dates(every=old.every, at=old.at, zone=old.zone, last=last, created=created, now=now)
    if owed:
        return owed
    today = now.astimezone(new.zone).date()
    open_still = last is None or last < today
    was_ahead = belongs(today, old.every) and instant(today, old.at, old.zone) > now
    is_behind = belongs(today, new.every) and instant(today, new.at, new.zone) <= now
    return [today] if open_still and was_ahead and is_behind else []


def late_dates(dates: list[date], *, at: time, zone: ZoneInfo, now: datetime) -> list[date]:
    """Those of some dates whose time is over by more than LATE_AFTER: their readers waited for a mail."""
    return [day for day in dates if now - instant(day, at, zone) > LATE_AFTER]


def next_due(*, every: str, at: time, zone: ZoneInfo, last: date | None, now: datetime, since: datetime | None = None) -> datetime:
    """When the next digest is due, from now; a missed one counts as due at its own time. `since`: from when on this schedule holds."""
    day = last + timedelta(days=1) if last else now.astimezone(zone).date()
    for _ in range(400):
        moment = instant(day, at, zone)
        if belongs(day, every) and (last is not None or moment > now) and (since is None or moment > since):
            return moment
        day += timedelta(days=1)
    raise AssertionError(f"no date within 400 days is {every}")


def alert_due(
    *,
    first_change: datetime,
    wait: timedelta,
    quiet: tuple[time, time] | None,
    zone: ZoneInfo,
    sent_today: int,
    max_per_day: int,
    now: datetime,
    correction: bool = False,
) -> tuple[bool, str]:
    """Whether what waits for an alert goes out now, and why (not).

    It waits to gather first coverage, is held in quiet hours, and stays for the next digest over the day's limit. A
    `correction` keeps quiet hours only. What was found later than now, by a clock that ran ahead, has waited enough.
    """
    if not correction and timedelta(0) <= now - first_change < wait:
        return False, "waits for first coverage"
    if quiet and in_quiet_hours(now.astimezone(zone).time(), quiet):
        return False, f"held until {quiet[1]:%H:%M}"
    if sent_today >= max_per_day and not correction:
        return False, OVER_LIMIT
    return True, "due"


def held_over_night(*, first_change: datetime, wait: timedelta, quiet: tuple[time, time] | None, zone: ZoneInfo) -> bool:
    """Whether quiet hours held what was found at `first_change`: then its message says so."""
    return quiet is not None and in_quiet_hours((first_change + wait).astimezone(zone).time(), quiet)


def closing_time(now: datetime, quiet: tuple[time, time] | None, zone: ZoneInfo) -> bool:
    """Whether the day is so far gone that one line says what is over its limit: an hour before quiet hours that begin in the afternoon, else 20:00."""
    start = CLOSING
    if quiet and quiet[0] > time(12, 0):
        start = (datetime.combine(date(2000, 1, 1), quiet[0]) - CLOSING_BEFORE_QUIET).time()
    local = now.astimezone(zone).time()
    return local >= start and not (quiet and in_quiet_hours(local, quiet))


def in_quiet_hours(local: time, quiet: tuple[time, time]) -> bool:
    """Whether a local time lies in [from, to); "20:00-07:00" goes over midnight."""
    start, end = quiet
    return start <= local < end if start <= end else local >= start or local < end


def start_of_day(now: datetime, zone: ZoneInfo) -> datetime:
    """The first moment of the local date, in UTC."""
    return instant(now.astimezone(zone).date(), time(0, 0), zone)


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)


def _end_of_gap(inside: datetime, zone: ZoneInfo) -> datetime:
    """The first moment after the clock change before `inside`, by halving; zones change by whole seconds."""
    low, high = inside - timedelta(days=1, hours=2), inside
    wanted = high.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == wanted:
            high = middle
        else:
            low = middle
    return high.replace(microsecond=0)
