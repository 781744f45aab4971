"""Folded text -> Dates: the days, months and years that a text names, resolved against its publication.

Patterns come from the language's file ({y} {m} {d} {month}, and {yy} {roc} {reiwa} for years as Thailand, Taiwan and Japan write them);
weekdays, "yesterday" and "last month" are marks. Years of the Buddhist era are turned into ours. Of several days in a row ("between 16
and 20 January", 9日和10日) the last is taken: until then the people were counted. Without a publication date only what names its year
is resolved. Which date is whose is not decided here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from watcher.fold import folded, is_boundary
from watcher.model import Language
from watcher.read.mark import Mark

BUDDHIST_ERA = 543  # years; Thai and Lao texts print 2568 for 2025
ROC_ERA = 1911  # years; Taiwan prints 114 for 2025
REIWA_ERA = 2018  # years; Japan prints 7 for 2025
_NUMBERS_FIRST = ("{y", "{yy", "{roc", "{m", "{n", "{d")
_NEW_YEAR_OF_ERA = "元"  # Japan's word for the first year of an era
COMING = timedelta(days=14)  # how far ahead the day of what is announced may lie, where no year is printed
_FUTURE = timedelta(days=7)  # a date without a year that lies further ahead is last year's
_AHEAD = 1  # years; a printed year further ahead is of another calendar, such as Nepal's 2082
_SHORT_YEAR = 3  # years from the publication; two digits that would lie further are no year
_UNSURE = 6  # days; a weekday so far back may as well be tomorrow's, in a paper printed for tomorrow
_NEXT_TO = 6  # characters between a date and a day that is of the same month: 1月16日から20日
_NUMBER = re.compile(r"\d+")
_DIGITS, _MONTH = "digits", "month"  # what a pattern begins with
_FOR_DAYS = re.compile(r"[间内来后目累余]|ぶり|以|간|째|동안|\s?만에|\s?이내|\s?전\b")  # folded; behind a number of days
_DAYS_LONG = ("连续", "连续第", "近", "过去", "为期", "第", "历时", "约", "最近")  # folded; before one
_RANGE = r"(?P<range>\d{1,2}\s?[-–—~〜～]\s?)?"  # the first day of "16-20 January"


class Found(NamedTuple):
    """One date expression; `day` is None where nothing tells it.

    `precision` is day, month or year, and "week" for a week that lies in two months. `running` is said of a time that has not
    ended: "this month". `word` is True for a weekday and the like, which a printed date beside it outweighs.
    """

    start: int
    end: int
    day: date | None
    precision: str
    running: bool = False
    word: bool = False
    several: bool = False  # the last of several days in a row
    coming: date | None = None  # the day that is meant where it lies ahead: the next Monday, the 25th of this month


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One way to write a date, with what must stand in a text for it."""

    expression: re.Pattern[str]
    month: bool
    digits: bool
    begins: str | None  # _DIGITS, _MONTH or a word of its own

    def matches(self, text: str, places: Mapping[str, Sequence[int]]) -> Iterator[re.Match[str]]:
        """Give the matches in a text, none overlapping another; `places` are where its numbers and months begin."""
        if self.begins is None:
            yield from self.expression.finditer(text)
            return
        end = 0
        for at in places[self.begins]:
            if at >= end and (match := self.expression.match(text, at)) is not None:
                end = match.end()
                yield match


def dates(text: str, language: Language, published: date | None) -> list[Found]:
    """Return the dates that patterns find in a folded text, in order, none overlapping another."""
    patterns, months, any_month = _patterns(language)
    # Looked for once: most sentences name neither, and patterns that begin with one are tried only where one stands.
    places = {_DIGITS: [match.start() for match in _NUMBER.finditer(text)], _MONTH: _starts(any_month, text)}
    found: list[tuple[Found, dict[str, str]]] = []
    for pattern in patterns:
        if (pattern.month and not places[_MONTH]) or (pattern.digits and not places[_DIGITS]):
            continue
        for match in pattern.matches(text, places):
            start, end = match.span()
            overlaps = any(start < other.end and other.start < end for other, _ in found)
            if not overlaps and _begins(text, start, language) and _ends(text, end, language):
                named = match.groupdict()
                resolved = None if _lasts(text, match) else _resolve(named, months, published)
                if resolved:
                    several = bool(named.get("first") or named.get("range"))
                    found.append((Found(start, end, *resolved, several=several, coming=_coming(named, months, published)), named))
    return _in_their_month(sorted(found, key=lambda each: each[0].start)) if found else []


def of_marks(marks: Sequence[Mark], published: date | None) -> list[Found]:
    """Return weekdays as the latest such day not after publication, "yesterday" and its like, and weeks, months and years from now."""
    of_kind = {"weekday": _weekday, "day": _day, "week": _week, "month": _month, "year": _year}
    found = []
    for mark in marks:
        from_now = int(str(mark.value))
        day, precision = of_kind[mark.kind](from_now, published) if published is not None else (None, "day")
        running = mark.kind in ("week", "month") and from_now == 0
        coming = published + timedelta(days=(from_now - published.weekday()) % 7) if published and mark.kind == "weekday" else None
        found.append(Found(mark.start, mark.end, day, precision, running=running, word=True, coming=coming))
    return found


def joined(found: Iterable[Found], linked: Sequence[tuple[int, int]]) -> list[Found]:
    """Return the dates with days in a row as one; `linked` are the gaps, by their ends, that only hold words such as "and" or "to".

    A printed date outweighs a weekday that stands beside it, "Tuesday (8 November)"; of two alike the later one counts.
    """
    gaps = set(linked)
    rows: list[Found] = []
    for each in sorted(found, key=lambda one: one.start):
        before = rows[-1] if rows else None
        if before is None or (before.end, each.start) not in gaps or not before.precision == each.precision == "day":
            rows.append(each)
            continue
        kept = max((before, each), key=lambda one: (one.day is not None, not one.word, one.day or date.min))
        several = before.word == each.word and before.day != each.day
        rows[-1] = kept._replace(start=before.start, end=each.end, several=several or before.several or each.several)
    return rows


def _starts(pattern: re.Pattern[str], text: str) -> list[int]:
    """Where a pattern can begin, overlapping ones too."""
    found, match = [], pattern.search(text)
    while match is not None:
        found.append(match.start())
        match = pattern.search(text, match.start() + 1)
    return found


def _lasts(text: str, match: re.Match[str]) -> bool:
    """Whether a bare 3日 or 3일 counts days and is none: 3日間, 连续4日, 15일 만에. The same sign means both in these languages only."""
    named = {name for name, value in match.groupdict().items() if value}
    if named - {"d", "range", "first"}:
        return False
    return _FOR_DAYS.match(text, match.end()) is not None or text.endswith(_DAYS_LONG, 0, match.start())


def _begins(text: str, start: int, language: Language) -> bool:
    """Whether a date may begin here; Arabic glues "and" to it: و20 يناير."""
    return is_boundary(text, start) or text.endswith(language.glued, 0, start)


def _ends(text: str, end: int, language: Language) -> bool:
    """Whether a date may end here; Korean and Bengali glue a particle to it (7일에), Indonesian "3 mar" may be 3 markas."""
    return is_boundary(text, end) or (language.prefix and not text[end].isascii())


def _weekday(number: int, published: date) -> tuple[date | None, str]:
    back = (published.weekday() - number) % 7
    return (None if back >= _UNSURE else published - timedelta(days=back)), "day"


def _day(from_now: int, published: date) -> tuple[date | None, str]:
    return published + timedelta(days=from_now), "day"


def _week(from_now: int, published: date) -> tuple[date | None, str]:
    """A week as the month in which it lies."""
    first = published + timedelta(weeks=from_now, days=-published.weekday())
    last = first + timedelta(days=6) if from_now else published
    return (first.replace(day=1), "month") if (first.year, first.month) == (last.year, last.month) else (None, "week")


def _month(from_now: int, published: date) -> tuple[date | None, str]:
    months = published.year * 12 + published.month - 1 + from_now
    return date(months // 12, months % 12 + 1, 1), "month"


def _year(from_now: int, published: date) -> tuple[date | None, str]:
    return date(published.year + from_now, 1, 1), "year"


@lru_cache(maxsize=64)
def _patterns(language: Language) -> tuple[tuple[_Pattern, ...], dict[str, int], re.Pattern[str]]:
    months = {folded(word): number for word, number in language.months.items()}
    words = "|".join(sorted(map(re.escape, months), key=len, reverse=True)) or r"(?!)"
    parts = {
        "{y}": r"(?P<y>(?:19|20|25)\d\d)(?!\d)",
        "{yy}": r"(?P<yy>\d\d)(?![.,:]?\d)",
        "{roc}": r"(?P<roc>1\d\d)(?!\d)",
        "{reiwa}": rf"(?P<reiwa>[1-9]\d?|{_NEW_YEAR_OF_ERA})(?!\d)",
        "{m}": r"(?P<m>1[0-2]|0?[1-9])(?!\d)",
        "{n}": r"(?P<first>3[01]|[12]\d|0?[1-9])(?!\d)",
        "{d}": rf"{_RANGE}(?P<d>3[01]|[12]\d|0?[1-9])(?![.,]?\d)",
        "{month}": rf"(?P<month>{words})\.?",
    }
    made = []
    for written in language.dates:
        pattern = re.escape(folded(written)).replace(r"\ ", r"\s?" if not language.spaces else r"\s")
        for name, part in parts.items():
            pattern = pattern.replace(re.escape(name), part)
        expression = re.compile(rf"(?<!\d){pattern}")
        month = "month" in expression.groupindex
        first = written.partition("}")[0]
        begins = _MONTH if first == "{month" else _DIGITS if first in _NUMBERS_FIRST else None
        made.append(_Pattern(expression, month, len(expression.groupindex) > month, begins))
    return tuple(made), months, re.compile(words)


def _resolve(named: dict[str, str], months: dict[str, int], published: date | None) -> tuple[date | None, str] | None:
    """The date that the named parts mean and its precision; None where they are no date at all."""
    year = _year_of(named, published)
    month = months[named["month"].rstrip(".")] if named.get("month") else int(named["m"]) if named.get("m") else None
    day = int(named["d"]) if named.get("d") else None
    precision = "day" if day else "month" if month else "year"
    if year is None and (published is None or not (month or day)):
        return (None, precision) if month or day else None
    if year and published and year > published.year + _AHEAD:
        return None
    if named.get("yy") and (year is None or published is None or abs(year - published.year) > _SHORT_YEAR):
        return None
    try:
        return _latest(year, month, day, published), precision
    except ValueError:
        return None


def _coming(named: dict[str, str], months: dict[str, int], published: date | None) -> date | None:
    """The next such day, where no year is printed and it is not further ahead than what is announced in the news."""
    if published is None or not named.get("d") or _year_of(named, published) is not None:
        return None
    month = months[named["month"].rstrip(".")] if named.get("month") else int(named["m"]) if named.get("m") else None
    days = (published + timedelta(days=ahead) for ahead in range(COMING.days + 1))
    return next((day for day in days if day.day == int(named["d"]) and month in (None, day.month)), None)


def _year_of(named: dict[str, str], published: date | None) -> int | None:
    """The year of our era that is printed in any of the ways."""
    if named.get("roc"):
        return int(named["roc"]) + ROC_ERA
    if named.get("reiwa"):
        return (1 if named["reiwa"] == _NEW_YEAR_OF_ERA else int(named["reiwa"])) + REIWA_ERA
    if named.get("yy"):
        years = [2500 - BUDDHIST_ERA + int(named["yy"]), 2000 + int(named["yy"])]
        return min(years, key=lambda year: abs(year - published.year)) if published else None
    year = int(named["y"]) if named.get("y") else None
    return year - BUDDHIST_ERA if year and year > 2400 else year


def _latest(year: int | None, month: int | None, day: int | None, published: date | None) -> date:
    """The latest such day that is not in the future of the publication. Raises ValueError for 31 April."""
    if year is not None or published is None:
        return date(year or 1, month or 1, day or 1)
    if month is not None:
        found = date(published.year, month, day or 1)
        return found if found <= published + _FUTURE else date(published.year - 1, month, day or 1)
    return _day_before(published + timedelta(days=1), day or 1)


def _day_before(latest: date, day: int) -> date:
    """The latest such day of a month that is not after `latest`; the month before may be too short for it."""
    first = latest.replace(day=1)
    found = first + timedelta(days=day - 1)
    if found.month == first.month and found <= latest:
        return found
    return (first - timedelta(days=1)).replace(day=day)


def _in_their_month(found: Sequence[tuple[Found, dict[str, str]]]) -> list[Found]:
    """Give a bare day right behind a full date that date's month: 1月16日から20日."""
    made: list[Found] = []
    for each, named in found:
        before = made[-1] if made else None
        bare = each.day is not None and each.precision == "day" and not (named.get("month") or named.get("m"))
        near = before is not None and before.precision == "day" and each.start - before.end <= _NEXT_TO
        moved = _in_month_of(before.day, int(named["d"])) if bare and near and before is not None and before.day else None
        made.append(each._replace(day=moved) if moved else each)
    return made


def _in_month_of(before: date, day: int) -> date | None:
    """That day of the same month, if the month has it and it is not before the other."""
    moved = before.replace(day=1) + timedelta(days=day - 1)
    return moved if moved.month == before.month and moved >= before else None
