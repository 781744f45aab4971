"""Moments and dates -> plain English words, as the reader's own calendar has them.

Month and day names are written here because the system's locale must not change a mail.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Days:
    """The reader's calendar: an IANA zone, and which day is today there."""

    zone: str
    today: date

    @classmethod
    def at(cls, now: datetime, zone: str) -> Days:
        """Return the calendar in `zone` on the day that `now` is there."""
        return cls(zone, now.astimezone(ZoneInfo(zone)).date())

    @property
    def city(self) -> str:
        """The zone's name as a person says it: "Phnom Penh"."""
        return self.zone.rsplit("/", 1)[-1].replace("_", " ")

    def local(self, moment: datetime) -> datetime:
        """Return the moment on the reader's clock."""
        return moment.astimezone(ZoneInfo(self.zone))

    def full(self, day: date) -> str:
        """Return "Wed 8 Nov 2023"."""
        return f"{WEEKDAYS[day.weekday()]} {day.day} {_month(day)} {day.year}"

    def short(self, day: date) -> str:
        """Return "8 Nov", with the year where it is not this one."""
        return f"{day.day} {_month(day)}" + ("" if day.year == self.today.year else f" {day.year}")

    def precise(self, day: date, precision: str | None) -> str:
        """Return the date no more exactly than the source gave it: a day, a month or a year."""
        if precision == "year":
            return str(day.year)
        return month_year(day) if precision == "month" else self.full(day)

    def since(self, moment: datetime) -> str:
        """Return "since today", "since 6 Nov"."""
        day = self.local(moment).date()
        return "since today" if day == self.today else f"since {self.short(day)}"

    def when(self, moment: datetime) -> str:
        """Return "07:00" for today, "yesterday 07:00", else "6 Nov 07:00"."""
        local = self.local(moment)
        clock = f"{local:%H:%M}"
        if local.date() == self.today:
            return clock
        return f"yesterday {clock}" if local.date() == self.today - timedelta(days=1) else f"{self.short(local.date())} {clock}"

    def span(self, start: datetime, end: datetime) -> str:
        """Return "03:10 to 06:40", with the day where one of the two is not today."""
        first, last = self.local(start), self.local(end)
        if first.date() == last.date():
            day = "" if first.date() == self.today else f"{self.short(first.date())} "
            return f"{day}{first:%H:%M} to {last:%H:%M}"
        return f"{self.short(first.date())} {first:%H:%M} to {self.short(last.date())} {last:%H:%M}"

    def dates(self, days: Sequence[date], joint: str = " to ") -> str:
        """Return one or several dates as short as they can be said: "5-9 Nov", "2 to 9 Aug", "30 Nov to 2 Dec"."""
        if not days:
            return ""
        first, last = min(days), max(days)
        if first == last:
            return self.short(first)
        if (first.year, first.month) == (last.year, last.month):
            return f"{first.day}{joint}{self.short(last)}"
        start = f"{first.day} {_month(first)}" if first.year == last.year else self.short(first)
        return f"{start} to {self.short(last)}"


UTC_TODAY_UNKNOWN = Days("UTC", date.max)  # for a caller without a calendar: dates are UTC and carry their year


def month_year(day: date) -> str:
    """Return "Apr 2023"."""
    return f"{_month(day)} {day.year}"


def later(clock: str, by: timedelta) -> str:
    """Return the wall clock time `by` after `clock`: "07:00" and an hour give "08:00"."""
    moment = datetime.combine(date(2000, 1, 1), datetime.strptime(clock, "%H:%M").replace(tzinfo=UTC).time(), UTC)
    return f"{moment + by:%H:%M}"


def runs(days: Sequence[date]) -> list[list[date]]:
    """Split days into runs without a gap, in order."""
    found: list[list[date]] = []
    for day in sorted(set(days)):
        if found and day - found[-1][-1] == timedelta(days=1):
            found[-1].append(day)
        else:
            found.append([day])
    return found


def _month(day: date) -> str:
    return MONTHS[day.month - 1][:3]
