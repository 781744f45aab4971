"""Report -> the keys by which the database finds candidate stories; StoryFile -> the keys it is found by.

How the caller uses them: a story is stored with the rows `index_keys(story)`, refreshed after each join in the same
transaction. For a new report the candidates are the stories that have any of `search_keys(report)`, by an index
lookup on equal keys (`WHERE key IN (...)`), never by a scan. Time is inside the keys (a day, week or month), so no
other filter is needed; `window(report)` bounds the days of all stories that could matter, for a caller that also
wants to restrict by date or partition. Nothing is decided here: a candidate is only worth comparing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import product

from watcher.model import Claim, Report, StoryFile
from watcher.story.compare import MOVED_DAYS, PART_DAYS, PERSON_DAYS, RECALLED_DAYS, SAME_STEP_DAYS_UNDATED, TRANSIT, WAVE_DAYS
from watcher.story.groups import CUSTODY, JUDGED, OUT, Group, groups, mentions, reported_day
from watcher.story.text import text_keys, title_keys

TITLE_DAYS = 3  # near-equal headlines join within these days
SIZE_STEP = math.log(1.5)  # one class of size; neighbours are searched too, so figures up to a half apart are found


def index_keys(of: Report | StoryFile) -> frozenset[str]:
    """Return the keys under which a report or story is to be found by later reports."""
    reports = of.reports if isinstance(of, StoryFile) else (of,)
    return frozenset(key for report in reports for key in _index(report))


def search_keys(report: Report) -> frozenset[str]:
    """Return the keys of every story that `cluster.join` could join this report to, link it with, or that waits for it."""
    return frozenset(_search(report))


def window(report: Report) -> tuple[date, date]:
    """Return the first and last day (of a story's own day) between which candidates of this report lie."""
    days = [group.day for group in groups(report)] + [claim.date for claim in mentions(report) if claim.date]
    days.append(reported_day(report))
    reach = PERSON_DAYS if any(group.person for group in groups(report)) else MOVED_DAYS + 31
    # Stories that look back at this one are younger, by up to the two years that articles usually look back.
    return min(days) - timedelta(days=max(reach, 366)), max(days) + timedelta(days=max(reach, 731))


def _index(report: Report) -> Iterator[str]:
    yield from _same_words(report, [reported_day(report)])
    for group in groups(report):
        yield from _index_group(group)
    for claim in mentions(report):
        yield from (f"mention:{key}" for key in _event_keys(claim))


def _index_group(group: Group) -> Iterator[str]:
    if group.person:
        yield f"person:{group.person.casefold()}"
    nationalities = sorted(group.nationality) or ["?"]
    for count in _counts(group):
        yield f"count:{count}:{_month(group.day)}"
        for nationality in nationalities:
            yield f"people:{nationality}:{count}:{_month(group.day)}"
    for nationality in nationalities:
        yield f"day:{nationality}:{group.day}"
        if group.low:
            yield f"size:{nationality}:{_size(group.low)}:{_month(group.day)}:{group.phase}"
        if group.phase == CUSTODY:
            yield from (f"held:{nationality}:{place}:{_month(group.day)}" for place in sorted(group.places - TRANSIT))
    if not group.nationality:
        yield from (f"place:{place}:{group.day}" for place in sorted(group.places - TRANSIT))


def _search(report: Report) -> Iterator[str]:
    published = reported_day(report)
    yield from _same_words(report, _days(published, TITLE_DAYS))
    for group in groups(report):
        yield from _search_group(group)
        for count in _counts(group):
            for nationality in group.nationality:
                near = [f"{month:%Y-%m}" for month in _months(group.day, 1)]
                yield from (f"mention:{nationality}:{count}:{when}" for when in {*near, f"{group.day.year}"})
    for claim in mentions(report):
        assert claim.date is not None and claim.nationality is not None
        months = _months(claim.date, 1) if claim.date_precision != "year" else [date(claim.date.year, n, 1) for n in range(1, 13)]
        for month in months:
            yield from (f"people:{nationality}:{claim.count}:{_month(month)}" for nationality in claim.nationality)
            if claim.qualifier != "exact":
                yield from _sizes(claim.nationality, claim.count or 0, [month], [CUSTODY, OUT, JUDGED])


def _search_group(group: Group) -> Iterator[str]:
    if group.person:
        yield f"person:{group.person.casefold()}"
    nationalities = sorted(group.nationality)
    near = _months(group.day, 1)
    for count in _counts(group):
        for nationality in nationalities:
            yield from (f"people:{nationality}:{count}:{_month(month)}" for month in _months(group.day, 5))
        unnamed = "count:{}:{}" if not nationalities else "people:?:{}:{}"
        yield from (unnamed.format(count, _month(month)) for month in near)
    if group.low:
        # Close figures of the same step lie within days and are found by day; over months only another step's are one story.
        yield from _sizes(nationalities, group.low, _months(group.day, 2), [step for step in (CUSTODY, OUT, JUDGED) if step != group.phase])
    for nationality in nationalities:
        # The largest reach of rules that need no figure: batches of one wave, people without a number.
        yield from (f"day:{nationality}:{day}" for day in _days(group.day, max(WAVE_DAYS, 10)))
        if group.phase == OUT:
            held_since = _months(group.day - timedelta(days=PART_DAYS), 1)
            yield from (f"held:{nationality}:{place}:{_month(month)}" for place in group.places - TRANSIT for month in held_since)
    if not nationalities:
        yield from (f"place:{place}:{day}" for place in group.places - TRANSIT for day in _days(group.day, 2))


def _same_words(report: Report, days: list[date]) -> Iterator[str]:
    if report.canonical_url:
        yield f"url:{report.canonical_url}"
    yield from (f"text:{key}" for key in text_keys(report.text))
    weeks = {f"{day.isocalendar().year}-{day.isocalendar().week:02d}" for day in days}
    yield from (f"title:{week}:{key}" for week in weeks for key in title_keys(report.title))


def _event_keys(claim: Claim) -> Iterator[str]:
    assert claim.date is not None
    when = f"{claim.date.year}" if claim.date_precision == "year" else _month(claim.date)
    yield from (f"{nationality}:{claim.count}:{when}" for nationality in claim.nationality or ())


def _sizes(nationalities: Iterable[str], count: int, months: Sequence[date], steps: Sequence[int]) -> Iterator[str]:
    if count:
        sizes = (_size(count) - 1, _size(count), _size(count) + 1)
        for nationality, size, month, step in product(nationalities, sizes, months, steps):
            yield f"size:{nationality}:{size}:{_month(month)}:{step}"


def _counts(group: Group) -> list[int]:
    """Both ends of a figure; a range between them is found by its size."""
    return sorted({count for count in (group.low, group.high) if count})


def _size(count: int) -> int:
    return int(math.log(count) / SIZE_STEP)


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


def _months(day: date, around: int) -> list[date]:
    """The first days of the month of `day` and of `around` months before and after it."""
    start = day.year * 12 + day.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(start - around, start + around + 1)]


def _days(day: date, around: int) -> list[date]:
    return [day + timedelta(days=offset) for offset in range(-around, around + 1)]


assert RECALLED_DAYS <= MOVED_DAYS and SAME_STEP_DAYS_UNDATED <= 31  # the months searched above cover every rule
