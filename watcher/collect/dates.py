"""A date as a feed prints it -> UTC, or nothing where it cannot be told.

Dates order and describe; they never decide what is new. feedparser reads `ICT` as UTC (seven hours off), a Buddhist year as it stands and
returns years that `datetime` refuses; so the printed text is read here, for the forms that news sites of our region use.
"""

from __future__ import annotations

import calendar
import re
import time
import unicodedata
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate
from zoneinfo import ZoneInfo

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # before it there is no feed, only a wrong clock
AHEAD = timedelta(hours=48)  # feeds print times a little ahead; more is a mistake
_BUDDHIST = 543  # years; Thai, Lao and Khmer sites
_LONGEST = 80  # characters; a date is shorter
# Hours from UTC of the names that feeds print. The American ones of RFC 822 are here too; Indian IST and British BST win over their namesakes.
_ZONES = {
    "Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "WET": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "ICT": 7, "WIB": 7, "WITA": 8, "WIT": 9, "MMT": 6.5, "SGT": 8, "MYT": 8, "PHT": 8, "HKT": 8, "AWST": 8, "KST": 9, "JST": 9, "IST": 5.5,
    "NPT": 5.75, "PKT": 5, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "BST": 1, "CET": 1, "WAT": 1, "CEST": 2, "EET": 2, "CAT": 2,
    "SAST": 2, "EEST": 3, "EAT": 3, "MSK": 3,
}  # fmt: skip
_PARTS = re.compile(r"(.*?\d:\d\d(?::\d\d)?)(?:[.,]\d+)?\s*([AaPp]\.?[Mm]\.?)?\s*(.*)", re.DOTALL)
_OFFSET = re.compile(r"(?:GMT|UTC)?\s*([+-])(\d{1,2}):?(\d{2})?(?:\s*\(.*\))?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_YEAR_LAST = re.compile(r"(?:\D{0,12}\s)?(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:,?\s+(?:-\s+)?(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_HAN = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일](?:\D*(\d{1,2}):(\d{2})(?::(\d{2}))?)?")


def published(printed: str, guess: time.struct_time | None, zone: str | None, now: datetime) -> datetime | None:
    """Return the moment that `printed` names, in UTC.

    `guess` is feedparser's reading in UTC, taken for other languages' forms only. `zone` is the IANA zone of dates without one (None:
    UTC). Outside 2000 to 48 hours after `now` there is no date.
    """
    home = _home(zone)
    moment = _read(_plain_digits(printed.strip()[:_LONGEST]), home)
    if moment is None and guess is not None and ":" in printed:
        moment = _from_guess(guess)
    if moment is None:
        return None
    return moment if EARLIEST < moment <= now + AHEAD else None  # a year of 0000 comes out as exactly 2000


def _read(text: str, home: tzinfo) -> datetime | None:
    parts = _PARTS.fullmatch(text)
    stamp, half, zone = (parts[1], (parts[2] or "").lower(), parts[3]) if parts is not None else (text, "", "")
    fields = _fields(stamp)
    if fields is None:
        return None
    year, month, day, hour, minute, second = fields
    if half.startswith("p") and hour < 12:
        hour += 12
    elif half.startswith("a") and hour == 12:
        hour = 0
    try:
        local = datetime(year - _BUDDHIST if year >= 2400 else year, month, day, hour, minute, min(second, 59), tzinfo=_zone(zone) or home)
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _fields(stamp: str) -> tuple[int, int, int, int, int, int] | None:
    for form, order in ((_ISO, (0, 1, 2)), (_HAN, (0, 1, 2)), (_YEAR_LAST, (2, 1, 0))):
        found = form.fullmatch(stamp.strip())
        if found is not None:
            numbers = [int(group or 0) for group in found.groups()]
            year, month, day = (numbers[place] for place in order)
            if month > 12 >= day:  # 11/22/2026: an American wrote it
                month, day = day, month
            return year, month, day, numbers[3], numbers[4], numbers[5]
    mail = parsedate(stamp if ":" in stamp else f"{stamp} 00:00")
    return None if mail is None else (mail[0], mail[1], mail[2], mail[3], mail[4], mail[5])


def _zone(text: str) -> tzinfo | None:
    text = text.strip()
    offset = _OFFSET.fullmatch(text)
    if offset is not None:
        span = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        return timezone(-span if offset[1] == "-" else span) if span < timedelta(hours=24) else None
    hours = _ZONES.get(text.upper())
    return None if hours is None else timezone(timedelta(hours=hours))


def _home(zone: str | None) -> tzinfo:
    try:
        return ZoneInfo(zone) if zone else UTC
    except (KeyError, ValueError, OSError):  # a wrong zone is config's to report; a date is no reason to lose a feed
        return UTC


def _from_guess(guess: time.struct_time) -> datetime | None:
    try:
        return datetime.fromtimestamp(calendar.timegm(guess), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _plain_digits(text: str) -> str:
    """Return the text with the digits of all scripts as 0 to 9."""
    return text if text.isascii() else "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)
