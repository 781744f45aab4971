"""Report -> the keys by which the database finds candidate stories; StoryFile -> the keys it is found by.

How the caller uses them: a story is stored with the rows `index_keys(story)`, refreshed after each join in the same
transaction. For a new report the candidates are the stories that have any of the keys of `wanted(report)`, by an index
lookup on equal keys (`WHERE key IN (...)`), never by a scan. Time is inside the keys (a day or month), so how many
stories there are changes nothing. `wanted` says of its keys which are precise, which are shared by many stories of a
busy month (the nearest in time are enough), and which are of words. Nothing is decided here: a candidate is only worth comparing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from watcher.model import Claim, Report, StoryFile
from watcher.story.compare import (
    MOVED_CLOSE_DAYS,
    MOVED_DAYS,
    MOVED_DAYS_OF,
    PART_DAYS,
    PERSON_DAYS,
    RECALLED_DAYS,
    ROUNDED_DAYS,
    SAME_STEP_DAYS_UNDATED,
)
from watcher.story.counts import VAGUE
from watcher.story.groups import CUSTODY, JUDGED, OUT, Group, groups, mentions, reported_day
from watcher.story.packed import FORM
from watcher.story.pairs import CROWD, CROWD_DAYS, FEW, TRANSIT, WAVE_DAYS
from watcher.story.text import text_keys, title_keys

TITLE_DAYS = 3  # near-equal headlines join within these days
SIZE_STEP = math.log(1.5)  # one class of size; neighbours are searched too, so figures up to a half apart are found
UNNAMED_DAYS = 30  # from arrest to deportation of people whose nationality is not said
UNCOUNTED_DAYS = 10  # the longest reach of rules that need no figure


class Wanted(NamedTuple):
    """Keys to look for, by how many stories may have one, and the day by which the nearest of them are told.

    `sure` keys are of few stories: an address, a person, a part of a whole, a mention, a crowd. `figures` have a nationality and
    its exact count, `sizes` a count near it, `coarse` keys, nearest first, only a nationality with a day or town; of `words` one alone says little.
    """

    sure: frozenset[str]
    figures: frozenset[str]
    sizes: frozenset[str]
    coarse: tuple[str, ...]
    words: frozenset[str]
    near: date
    form: int = FORM


def index_keys(of: Report | StoryFile) -> frozenset[str]:
    """Return the keys under which a report or story is to be found by later reports."""
    reports = of.reports if isinstance(of, StoryFile) else (of,)
    return frozenset(key for report in reports for key in _index(report))


def search_keys(report: Report) -> frozenset[str]:
    """Return the keys of every story that `cluster.join` could join this report to, link it with, or that waits for it."""
    found = wanted(report)
    return found.sure.union(found.figures, found.sizes, found.coarse, found.words)


def mention_keys(report: Report) -> frozenset[str]:
    """Return the keys under which a report waits that only looks back at events no story tells of yet."""
    return frozenset(f"mention:{key}" for claim in mentions(report) for key in _event_keys(claim))


def waiting_keys(report: Report) -> frozenset[str]:
    """Return the keys under which reports wait that look back at what this one tells."""
    return frozenset(key for group in groups(report) if not group.hinted for key in _waiting(group))


def wanted(report: Report) -> Wanted:
    """Return the same keys, as the database is asked for them."""
    mine = groups(report)
    sure = waiting_keys(report).union(_address(report), _looked_back_at(report), *map(_sure, mine))
    figures, sizes = (frozenset().union(*map(keys, mine)) for keys in (_figures, _near_sizes))
    coarse = tuple(dict.fromkeys(key for group in mine for key in _coarse(group)))
    day = min((group.day for group in mine if not group.recalled), default=reported_day(report))
    return Wanted(sure, figures, sizes, coarse, frozenset(_words(report)), day)


def window(report: Report) -> tuple[date, date]:
    """Return the first and last day (of a story's own day) between which candidates of this report lie."""
    days = [group.day for group in groups(report)] + [claim.date for claim in mentions(report) if claim.date]
    days.append(reported_day(report))
    reach = PERSON_DAYS if any(group.person for group in groups(report)) else MOVED_DAYS + 31
    # Stories that look back at this one are younger, by up to the two years that articles usually look back.
    return min(days) - timedelta(days=max(reach, 366)), max(days) + timedelta(days=max(reach, 731))


def _index(report: Report) -> Iterator[str]:
    yield from _address(report)
    yield from (f"text:{key}" for key in text_keys(report.text))
    yield from (f"title:{_week(reported_day(report))}:{key}" for key in title_keys(report.title))
    for group in groups(report):
        yield from _index_group(group)
    yield from mention_keys(report)


def _index_group(group: Group) -> Iterator[str]:
    if group.person:
        yield f"person:{group.person.casefold()}"
    nationalities = sorted(group.nationality) or ["?"]
    step, days = group.phase, _own_days(group)
    for count in _counts(group):
        yield f"count:{count}:{_month(group.day)}"
        for nationality, day in product(nationalities, days):
            yield f"people:{nationality}:{count}:{_month(day)}"
    for number, nations in group.inside:
        yield from (f"part:{nation}:{number}:{_month(group.day)}" for nation in sorted(nations) or ["?"])
    for nationality in nationalities:
        yield f"day:{nationality}:{step}:{group.day}"
        if group.low is None:
            yield f"uncounted:{nationality}:{_week(group.day)}"
        else:
            yield from (f"near:{nationality}:{size}:{step}:{group.day}" for size in _said_of(group))
            yield f"size:{nationality}:{_size(group.low)}:{_month(group.day)}:{step}"
        if group.gathering:
            yield f"crowd:{nationality}:{group.day}"
        yield from (f"at:{nationality}:{place}:{step}:{_month(group.day)}" for place in sorted(group.places - TRANSIT))
    if not group.nationality:
        yield from (f"place:{place}:{group.day}" for place in sorted(group.places - TRANSIT))


def _sure(group: Group) -> Iterator[str]:
    """The keys of stories of this person, this crowd, this part of a whole, or without a figure in the same days."""
    if group.person:
        yield f"person:{group.person.casefold()}"
    near = _months(group.day, WAVE_DAYS)
    for count, month in product(_counts(group), near):
        yield from (f"part:{nationality}:{count}:{month}" for nationality in (*sorted(group.nationality), "?"))
    for number, nations in group.inside:
        for nation, month in product(sorted(nations), near):
            yield from (f"people:{nation}:{number}:{month}", f"part:{nation}:{number}:{month}")
    for nationality in sorted(group.nationality):
        yield from (f"uncounted:{nationality}:{week}" for week in _weeks(group.day, UNCOUNTED_DAYS))
        if group.gathering:
            yield from (f"crowd:{nationality}:{day}" for day in _days(group.day, CROWD_DAYS))
    if not group.nationality:
        yield from (f"place:{place}:{day}" for place in sorted(group.places - TRANSIT) for day in _days(group.day, ROUNDED_DAYS))


def _figures(group: Group) -> Iterator[str]:
    """The keys of stories with this very figure."""
    for count in _counts(group):
        for nationality in sorted(group.nationality):
            yield from (f"people:{nationality}:{count}:{month}" for month in _months_of_step(group, count))
        if count >= FEW:
            unnamed = "people:?:{}:{}" if group.nationality else "count:{}:{}"
            yield from (unnamed.format(count, month) for month in _months(group.day, UNNAMED_DAYS))


def _near_sizes(group: Group) -> Iterator[str]:
    """The keys of stories with a figure near this one within days: rounded, corrected, or grown."""
    if group.low is None or group.recalled:
        return
    days = _days(group.day, ROUNDED_DAYS)
    for nationality, size, day in product(sorted(group.nationality), _sizes_near(group), days):
        yield f"near:{nationality}:{size}:{group.phase}:{day}"


def _waiting(group: Group) -> Iterator[str]:
    """The keys of stories that look back at these people, and came before them."""
    for count, nationality in product(_counts(group), sorted(group.nationality)):
        yield from (f"mention:{nationality}:{count}:{when}" for when in {*_months(group.day, 31), f"{group.day.year}"})


def _coarse(group: Group) -> Iterator[str]:
    """The keys that many stories of a busy month have in common."""
    other_steps = [step for step in (CUSTODY, OUT, JUDGED) if step != group.phase]
    held = _months(group.day, MOVED_CLOSE_DAYS if group.phase != CUSTODY else PART_DAYS)
    for nationality in sorted(group.nationality):
        reach = UNCOUNTED_DAYS if group.low is None else WAVE_DAYS
        yield from (f"day:{nationality}:{group.phase}:{day}" for day in _days(group.day, reach))
        if group.low is None:
            yield from (f"day:{nationality}:{step}:{day}" for step in other_steps for day in _days(group.day, reach))
        places = sorted(group.places - TRANSIT)
        yield from (f"at:{nationality}:{place}:{step}:{month}" for place, step, month in product(places, other_steps, held))
        if group.low and group.low >= CROWD / 2:  # over months only large figures are near enough to be of one group
            yield from _sizes([nationality], group.low, _months(group.day, MOVED_CLOSE_DAYS), other_steps)


def _looked_back_at(report: Report) -> Iterator[str]:
    """The keys of the older stories that a report mentions."""
    for claim in mentions(report):
        assert claim.date is not None and claim.nationality is not None
        months = _months(claim.date, 31) if claim.date_precision != "year" else [f"{claim.date.year}-{n:02d}" for n in range(1, 13)]
        yield from (f"people:{nationality}:{claim.count}:{month}" for nationality, month in product(claim.nationality, months))
        if claim.qualifier != "exact":
            yield from _sizes(claim.nationality, claim.count or 0, months, [CUSTODY, OUT, JUDGED])


def _address(report: Report) -> Iterator[str]:
    if report.canonical_url:
        yield f"url:{report.canonical_url}"


def _words(report: Report) -> Iterator[str]:
    yield from (f"text:{key}" for key in text_keys(report.text))
    keys = title_keys(report.title)
    yield from (f"title:{week}:{key}" for week in _weeks(reported_day(report), TITLE_DAYS) for key in keys)


def _event_keys(claim: Claim) -> Iterator[str]:
    assert claim.date is not None
    when = f"{claim.date.year}" if claim.date_precision == "year" else _month(claim.date)
    yield from (f"{nationality}:{claim.count}:{when}" for nationality in claim.nationality or ())


def _sizes(nationalities: Iterable[str], count: int, months: Sequence[str], steps: Sequence[int]) -> Iterator[str]:
    if count:
        sizes = (_size(count) - 1, _size(count), _size(count) + 1)
        for nationality, size, month, step in product(nationalities, sizes, months, steps):
            yield f"size:{nationality}:{size}:{month}:{step}"


def _months_of_step(group: Group, count: int) -> tuple[str, ...]:
    """The months in which an equal figure can be of the same people: before a departure the arrest, after an arrest what followed."""
    moved = MOVED_DAYS if group.places - TRANSIT else next(days for number, days in MOVED_DAYS_OF if count >= number)
    if group.recalled:
        return _months(group.day, max(RECALLED_DAYS, group.reach))
    return _months(group.day, max(moved, RECALLED_DAYS) + group.reach)


def _own_days(group: Group) -> list[date]:
    """The days under whose months a figure is filed: all that a month or year given for a day may mean."""
    return [group.day - timedelta(days=group.reach), group.day, group.day + timedelta(days=group.reach)] if group.reach else [group.day]


def _said_of(group: Group) -> range:
    """The classes of size that a figure may stand for: "hundreds" is said of several."""
    low = _size(group.low or 1)
    return range(low, (_size(int((group.low or 1) * VAGUE)) if group.vague else low) + 1)


def _sizes_near(group: Group) -> list[int]:
    own = _said_of(group)
    return list(range(own.start - 1, own.stop + 1))


def _counts(group: Group) -> list[int]:
    """Both ends of a figure; a range between them is found by its size."""
    return sorted({count for count in (group.low, group.high) if count})


def _size(count: int) -> int:
    return int(math.log(count) / SIZE_STEP)


def _month(day: date) -> str:
    return f"{day.year}-{day.month:02d}"


@lru_cache(maxsize=8_192)  # the reports of a poll are of the same few days
def _months(day: date, around: int) -> tuple[str, ...]:
    """The months that lie within so many days of a day."""
    first, last = day - timedelta(days=around), day + timedelta(days=around)
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return tuple(f"{number // 12}-{number % 12 + 1:02d}" for number in numbers)


@lru_cache(maxsize=8_192)
def _days(day: date, around: int) -> tuple[str, ...]:
    """The days that lie so near to a day, the nearest first, as keys have them."""
    number = day.toordinal()
    offsets = sorted(range(-around, around + 1), key=abs)
    return tuple(date.fromordinal(number + offset).isoformat() for offset in offsets)


@lru_cache(maxsize=8_192)
def _weeks(day: date, around: int) -> frozenset[str]:
    """The weeks that lie within so many days of a day."""
    return frozenset(_week(day + timedelta(days=offset)) for offset in (*range(-around, around, 7), around))


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-{week:02d}"


assert RECALLED_DAYS <= MOVED_DAYS and SAME_STEP_DAYS_UNDATED <= RECALLED_DAYS  # the months searched above cover every rule
