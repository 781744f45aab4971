"""Standing stories -> the ledger: people per stage, by month, year, nationality or place, each of them counted once.

Only what is reported as done counts, and only what a story says of its own people: totals given by officials and looks back are
never rows of people. A figure that sources give differently stays a range, and ranges add up at both ends. Where a text names
several nationalities (or places) without a figure for each, its people stand under None: "several or not said".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from watcher.fold import folded
from watcher.model import Confidence, Coverage, LinkKind, MonthRead, PeopleRow, Qualifier, Stage, Standing, Status
from watcher.story.figures import step

BY = ("month", "year", "nationality", "place")  # what rows may be made of
_TIMES = ("month", "year")
LEAST_SHARE = 0.5  # of what is read today, in outlets and in languages; below it a month is incomplete


@dataclass(frozen=True, slots=True)
class Asked:
    """Which people the ledger is asked for; None asks for all. It chooses among those counted and never changes what is counted."""

    nationality: str | None = None  # people of whom this is one nationality, or the only one
    stage: Stage | None = None
    since: date | None = None
    until: date | None = None
    place: str | None = None
    confidence: Confidence | None = None
    checked: bool | None = None
    stories: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """Some people of a story at one stage, as the ledger counts them; their day and their place, where it is one."""

    story: int
    row: PeopleRow
    day: date | None
    place: str | None


@dataclass(frozen=True, slots=True)
class Cell:
    """People at one stage, lowest and highest; None where no group has a figure. `without` groups come on top of it."""

    low: int | None
    high: int | None
    at_least: bool = False  # a source says "at least", so there may be more
    without: int = 0


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of a row's month or year. `incomplete` is None where nothing was read lately that it could be compared with."""

    outlets: int
    languages: int
    incomplete: bool | None
    unfinished: bool  # it is not over


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One row: its keys in the order asked for, what is known at each stage, the stories behind it."""

    keys: tuple[str | None, ...]
    cells: Mapping[Stage, Cell]
    stories: tuple[int, ...]
    read: Read | None = None


def counted(stories: Iterable[Standing]) -> tuple[Counted, ...]:
    """Return everybody who is counted, nobody twice: of a story that is part of another, only stages which that other does not count."""
    every = {story.id: story for story in stories}
    found = []
    for story in every.values():
        wholes = [every[other].facts.people for other in _wholes(story.id, every)]
        within = {step(row.stage) for people in wholes for row in people if _is_done(row) and _figure(row) is not None}
        place = story.facts.places[0] if len(story.facts.places) == 1 else None
        own = [row for row in story.facts.people if _is_done(row) and step(row.stage) not in within]
        found += [Counted(story.id, row, row.date or story.facts.date, place) for row in own]
    return tuple(found)


def chosen(stories: Sequence[Standing], asked: Asked) -> tuple[Counted, ...]:
    """Return those of the people counted that are asked for. `stories` must be all that are open: a whole counts its parts' people."""
    people = [one for one in counted(stories) if _is_asked(one, asked)]
    if asked.place is not None or asked.confidence or asked.checked is not None or asked.stories is not None:
        wanted = {story.id for story in stories if _story_is_asked(story, asked)}
        people = [one for one in people if one.story in wanted]
    return tuple(people)


def ledger(people: Sequence[Counted], by: Sequence[str], coverage: Coverage) -> tuple[LedgerRow, ...]:
    """Return the rows of the ledger: latest first, then those with most people, "several or not said" last. `by` holds names of BY."""
    groups: dict[tuple[str | None, ...], list[Counted]] = {}
    for one in people:
        groups.setdefault(tuple(_key(one, name) for name in by), []).append(one)
    rows = [
        LedgerRow(keys, _cells(group), tuple(sorted({one.story for one in group})), _read(keys, by, coverage))
        for keys, group in groups.items()
    ]
    sizes = _sizes(groups)
    return tuple(sorted(rows, key=lambda row: _order(row.keys, by, sizes)))


def read_of_month(coverage: Coverage, month: str) -> Read:
    """Return what was read of a month ("2023-11"), and whether that is less than half of what is read today."""
    return _compared(
        coverage.months.get(month, MonthRead(frozenset(), frozenset())), coverage, unfinished=month >= f"{coverage.until:%Y-%m}"
    )


def ledger_json(row: LedgerRow, by: Sequence[str]) -> dict[str, Any]:
    """Return a row as plain values. An empty cell is null, never 0."""
    fields: dict[str, Any] = dict(zip(by, row.keys, strict=True))
    fields["people"] = {stage.value: _cell_json(row.cells.get(stage)) for stage in Stage}
    fields["stories"] = list(row.stories)
    if row.read is not None:
        fields |= {"outlets_read": row.read.outlets, "languages_read": row.read.languages, "incomplete": row.read.incomplete}
    return fields


def _wholes(story: int, every: Mapping[int, Standing]) -> Iterator[int]:
    """The stories that a story is part of, and those that they are part of. Of two that are said to be part of each other the lower is the whole."""
    above, seen = [story], {story}
    while above:
        for other, kind in every[above.pop()].links:
            if kind is LinkKind.PART_OF and other in every and other not in seen:
                seen.add(other)
                above.append(other)
                if other < story or not _reaches(other, story, every):
                    yield other


def _reaches(story: int, goal: int, every: Mapping[int, Standing]) -> bool:
    above, seen = [story], {story}
    while above:
        further = {other for other, kind in every[above.pop()].links if kind is LinkKind.PART_OF and other in every} - seen
        seen |= further
        above += further
    return goal in seen


def _is_done(row: PeopleRow) -> bool:
    return row.status is Status.DONE


def _figure(row: PeopleRow) -> tuple[int, int] | None:
    """The lowest and highest figure of a row."""
    low = row.count if row.count is not None else row.count_max
    return None if low is None else (low, row.count_max if row.count_max is not None else low)


def _is_asked(one: Counted, asked: Asked) -> bool:
    if asked.nationality is not None and asked.nationality not in (one.row.nationality or ()):
        return False
    if asked.stage is not None and one.row.stage is not asked.stage:
        return False
    if asked.since is None and asked.until is None:
        return True
    return one.day is not None and (asked.since is None or asked.since <= one.day) and (asked.until is None or one.day <= asked.until)


def _story_is_asked(story: Standing, asked: Asked) -> bool:
    facts = story.facts
    return (
        (asked.stories is None or story.id in asked.stories)
        and (asked.place is None or any(folded(asked.place) in folded(place) for place in facts.places))
        and (asked.confidence is None or facts.confidence is asked.confidence)
        and (asked.checked is None or (facts.checked_by is not None) == asked.checked)
    )


def _key(one: Counted, name: str) -> str | None:
    if name == "nationality":
        return one.row.nationality[0] if one.row.nationality and len(one.row.nationality) == 1 else None
    if name == "place":
        return one.place
    return None if one.day is None else one.day.isoformat()[: 4 if name == "year" else 7]


def _cells(group: Iterable[Counted]) -> dict[Stage, Cell]:
    rows: dict[Stage, list[PeopleRow]] = {}
    for one in group:
        rows.setdefault(one.row.stage, []).append(one.row)
    return {stage: _cell(rows[stage]) for stage in Stage if stage in rows}


def _cell(rows: Sequence[PeopleRow]) -> Cell:
    figures = [figure for row in rows if (figure := _figure(row)) is not None]
    return Cell(
        low=sum(low for low, _ in figures) if figures else None,
        high=sum(high for _, high in figures) if figures else None,
        at_least=any(row.qualifier is Qualifier.AT_LEAST for row in rows if _figure(row) is not None),
        without=len(rows) - len(figures),
    )


def _sizes(groups: Mapping[tuple[str | None, ...], Sequence[Counted]]) -> dict[tuple[str | None, ...], int]:
    """How many people stand behind each beginning of keys, all stages together: what rows are put in order by."""
    sizes: dict[tuple[str | None, ...], int] = {}
    for keys, group in groups.items():
        people = sum(figure[1] for one in group if (figure := _figure(one.row)))
        for end in range(1, len(keys) + 1):
            sizes[keys[:end]] = sizes.get(keys[:end], 0) + people
    return sizes


def _order(keys: tuple[str | None, ...], by: Sequence[str], sizes: Mapping[tuple[str | None, ...], int]) -> tuple[Any, ...]:
    """Latest first; else most people first among rows whose keys before are the same; what is not known last."""
    order: list[Any] = []
    for at, (key, name) in enumerate(zip(keys, by, strict=True)):
        latest_first = [-ord(one) for one in key or ""] if name in _TIMES else []
        order.append((key is None, latest_first, -sizes[keys[: at + 1]], key or ""))
    return tuple(order)


def _read(keys: tuple[str | None, ...], by: Sequence[str], coverage: Coverage) -> Read | None:
    """What was read of a row's month, else of its year; None where the row is of neither, or its day is not known."""
    times = dict(zip(by, keys, strict=True))
    if "month" in times:
        return read_of_month(coverage, times["month"]) if times["month"] else None
    return _read_of_year(coverage, times["year"]) if times.get("year") else None


def _read_of_year(coverage: Coverage, year: str | None) -> Read:
    """A year is as incomplete as its worst month; months to come are not asked."""
    months = [month for number in range(1, 13) if (month := f"{year}-{number:02}") <= f"{coverage.until:%Y-%m}"]
    read = [coverage.months[month] for month in months if month in coverage.months]
    outlets = frozenset(outlet for one in read for outlet in one.outlets)
    languages = frozenset(language for one in read for language in one.languages)
    worst = [read_of_month(coverage, month).incomplete for month in months]
    return Read(len(outlets), len(languages), None if None in worst else any(worst), unfinished=f"{year}" >= f"{coverage.until:%Y}")


def _compared(read: MonthRead, coverage: Coverage, *, unfinished: bool) -> Read:
    lately = coverage.lately
    less = len(read.outlets) < LEAST_SHARE * len(lately.outlets) or len(read.languages) < LEAST_SHARE * len(lately.languages)
    return Read(len(read.outlets), len(read.languages), less if lately.outlets else None, unfinished)


def _cell_json(cell: Cell | None) -> dict[str, Any] | None:
    if cell is None:
        return None
    return {"count": cell.low, "count_max": cell.high, "at_least": cell.at_least, "groups_without_figure": cell.without}
