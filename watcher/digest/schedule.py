"""When a digest or an alert is due: pure calendar arithmetic over an IANA zone.

A digest belongs to a local date, not to an instant, so that clock changes, restarts and outages can neither double
nor skip it. What was already made comes from the database; nothing here remembers.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


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

    `last` is the newest date already covered. Without one, the first date is the first whose time comes after
    `created`: an audience made at 10:00 gets its first 07:00 digest tomorrow. A date that a zone skipped has none.
    """
    start = last + timedelta(days=1) if last else created.astimezone(zone).date()
    found = []
    for day in _days(start, now.astimezone(zone).date()):
        moment = instant(day, at, zone)
        exists = moment.astimezone(zone).date() == day
        if belongs(day, every) and exists and moment <= now and (last is not None or moment > created):
            found.append(day)
    return found


def next_due(*, every: str, at: time, zone: ZoneInfo, last: date | None, now: datetime) -> datetime:
    """When the next digest is due, from now; a missed one counts as due at its own time."""
    day = last + timedelta(days=1) if last else now.astimezone(zone).date()
    for _ in range(400):
        moment = instant(day, at, zone)
        if belongs(day, every) and (last is not None or moment > now):
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
) -> tuple[bool, str]:
    """Whether what waits for an alert goes out now, and why (not).

    It waits to gather first coverage, is held in quiet hours, and stays for the next digest over the day's limit.
    """
    if now - first_change < wait:
        return False, "waits for first coverage"
    if quiet and in_quiet_hours(now.astimezone(zone).time(), quiet):
        return False, f"held until {quiet[1]:%H:%M}"
    if sent_today >= max_per_day:
        return False, "over the limit of a day; in the next digest"
    return True, "due"


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
