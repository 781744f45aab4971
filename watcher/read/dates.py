"""Folded text -> Dates: the days, months and years that a text names, resolved against its publication.

Patterns come from the language's file ({y} {m} {d} {month}); weekdays and "yesterday" are marks. Years of the
Buddhist era are turned into ours. Without a publication date only what names its year is resolved.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from watcher.fold import folded, is_boundary
from watcher.model import Language
from watcher.read.marks import Mark

BUDDHIST_ERA = 543  # years; Thai and Lao texts print 2568 for 2025
_FUTURE = timedelta(days=7)  # a date without a year that lies further ahead is last year's


@dataclass(frozen=True, slots=True)
class Found:
    """One date expression; `day` is None where nothing tells the year. `precision` is day, month or year."""

    start: int
    end: int
    day: date | None
    precision: str


def dates(text: str, language: Language, published: date | None) -> list[Found]:
    """Return the dates that patterns find in a folded text, in order, none overlapping another."""
    patterns, months, any_month = _patterns(language)
    with_month = any_month.search(text) is not None  # looked for once: most sentences name none
    found: list[Found] = []
    for pattern in patterns:
        if "month" in pattern.groupindex and not with_month:
            continue
        for match in pattern.finditer(text):
            start, end = match.span()
            overlaps = any(start < other.end and other.start < end for other in found)
            if not overlaps and is_boundary(text, start) and _ends(text, end, language):
                resolved = _resolve(match.groupdict(), months, published)
                if resolved:
                    found.append(Found(start, end, *resolved))
    return sorted(found, key=lambda each: each.start)


def _ends(text: str, end: int, language: Language) -> bool:
    """Whether a date may end here; Korean and Bengali glue a particle to it (7일에), Indonesian "3 mar" may be 3 markas."""
    return is_boundary(text, end) or (language.prefix and not text[end].isascii())


def of_marks(marks: Sequence[Mark], published: date | None) -> list[Found]:
    """Return weekdays as the latest such day not after publication, and "yesterday" and its like."""
    found = []
    for mark in marks:
        back = int(str(mark.value))
        day = published
        if published is not None:
            day = (
                published - timedelta(days=(published.weekday() - back) % 7) if mark.kind == "weekday" else published + timedelta(days=back)
            )
        found.append(Found(mark.start, mark.end, day, "day"))
    return found


@lru_cache(maxsize=64)
def _patterns(language: Language) -> tuple[tuple[re.Pattern[str], ...], dict[str, int], re.Pattern[str]]:
    months = {folded(word): number for word, number in language.months.items()}
    words = "|".join(sorted(map(re.escape, months), key=len, reverse=True)) or r"(?!)"
    parts = {
        "{y}": r"(?P<y>(?:19|20|25)\d\d)(?!\d)",
        "{m}": r"(?P<m>1[0-2]|0?[1-9])(?!\d)",
        "{d}": r"(?P<d>3[01]|[12]\d|0?[1-9])(?![.,]?\d)",
        "{month}": rf"(?P<month>{words})\.?",
    }
    made = []
    for written in language.dates:
        pattern = re.escape(folded(written)).replace(r"\ ", r"\s?" if not language.spaces else r"\s")
        for name, part in parts.items():
            pattern = pattern.replace(re.escape(name), part)
        made.append(re.compile(rf"(?<!\d){pattern}"))
    return tuple(made), months, re.compile(words)


def _resolve(named: dict[str, str], months: dict[str, int], published: date | None) -> tuple[date | None, str] | None:
    """The date that the named parts mean and its precision; None where they are no date at all."""
    year = int(named["y"]) if named.get("y") else None
    if year and year > 2400:
        year -= BUDDHIST_ERA
    month = months[named["month"].rstrip(".")] if named.get("month") else int(named["m"]) if named.get("m") else None
    day = int(named["d"]) if named.get("d") else None
    precision = "day" if day else "month" if month else "year"
    if year is None and published is None:
        return None, precision
    try:
        return _latest(year, month, day, published), precision
    except ValueError:
        return None


def _latest(year: int | None, month: int | None, day: int | None, published: date | None) -> date:
    """The latest such day that is not in the future of the publication. Raises ValueError for 31 April."""
    if year is not None or published is None:
        return date(year or 1, month or 1, day or 1)
    if month is not None:
        found = date(published.year, month, day or 1)
        return found if found <= published + _FUTURE else date(published.year - 1, month, day or 1)
    found = published.replace(day=day or 1)
    if found > published + timedelta(days=1):
        found = (published.replace(day=1) - timedelta(days=1)).replace(day=day or 1)
    return found
