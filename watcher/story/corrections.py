"""A person's word on a story -> what it does to figures, and to reports that come later. Pure.

A confirmed or edited figure stands whatever later reports say; what they say otherwise is shown beside it. A dismissal covers
the articles it named and copies of them; who says something else of such people brings news. What is in force is not decided here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from watcher.errors import UsageError
from watcher.model import Facts, PeopleRow, Qualifier, Report, Stage, Status, StoryFile
from watcher.story.figures import Figure, figures, step
from watcher.story.groups import Group
from watcher.story.headline import how_many
from watcher.story.rows import said

MOST_PEOPLE = 200_000  # in one row: above every estimate of all people held in the compounds of Cambodia (UN 2023: 100,000)
EARLIEST = date(2000, 1, 1)  # an event before is a slip of the pen
_SHARE, _PEOPLE = 0.10, 5  # what makes another figure of dismissed people news; as `min_figure_change` is shipped


@dataclass(frozen=True, slots=True)
class Edit:
    """What a person typed of one row; None leaves it as it is. `nationality` empty: none is named. `row` counts from 1, 0 adds one."""

    count: int | None = None
    count_max: int | None = None
    qualifier: Qualifier | None = None
    stage: Stage | None = None
    status: Status | None = None
    nationality: tuple[str, ...] | None = None
    date: date | None = None
    places: tuple[str, ...] | None = None
    row: int | None = None

    @property
    def of_a_row(self) -> bool:
        """Whether anything of a row is said, and not only places."""
        said_of_row = (self.count, self.count_max, self.qualifier, self.stage, self.status, self.nationality, self.date)
        return any(value is not None for value in said_of_row)


def with_own_figures(decided: Sequence[PeopleRow], story: StoryFile, reports: Sequence[Report]) -> tuple[PeopleRow, ...]:
    """Return the rows of a story, a person's own in place of those decided from claims. What sources say otherwise stays with it."""
    if not story.confirmed and not story.replaced:
        return tuple(decided)
    every = figures(reports)
    kept = [row for row in decided if not any(_same_people(row, own) for own in (*story.confirmed, *story.replaced))]
    own = [replace(row, figures=_otherwise(row, story.confirmed, every)) for row in story.confirmed]
    return tuple(sorted([*kept, *own], key=lambda row: step(row.stage)))


def checked(last: Sequence[PeopleRow], story: StoryFile) -> str | None:
    """Return who checked what the story says now: "Dara, 10 Nov"; None where a later step, or part of it, was checked by nobody."""
    own = [row for row in story.confirmed if row.checked_by] if any(row.checked_by for row in story.confirmed) else story.confirmed
    if story.checked_by is None or not all(any(_same_figure(row, one) for one in own) for row in last):
        return None
    return next((row.checked_by for row in reversed(last) if row.checked_by), story.checked_by)


def covered(mine: Sequence[Group], theirs: Sequence[Group]) -> bool:
    """Return whether a report says nothing of dismissed people that its story did not say: nationality, stage or materially other count."""
    return all(any(_within(one, other) for other in theirs) for one in mine) and _nations(mine) <= _nations(theirs)


def edited(facts: Facts, edit: Edit, *, label: str, today: date) -> tuple[PeopleRow | None, PeopleRow]:
    """Return the row that an edit is about (None: a new one) and what it says then. Raises UsageError for what cannot be."""
    _check(edit, today)
    old = _row_meant(facts.people, edit)
    if old is None and edit.stage is None:
        raise UsageError("a new figure needs its stage too: --stage deported")
    base = old or PeopleRow(edit.stage or Stage.ARRESTED, Status.DONE, None, None, None, Qualifier.EXACT, facts.date)
    low = base.count if edit.count is None else edit.count
    high = edit.count_max if edit.count_max is not None else low if edit.count is not None else base.count_max
    if low is None and high is not None:
        raise UsageError("--count-max stands beside --count; give both")
    if low is not None and high is not None and high < low:
        raise UsageError(f"the highest count ({high:,}) is below the lowest ({low:,})")
    new = PeopleRow(
        stage=edit.stage or base.stage,
        status=edit.status or base.status,
        nationality=base.nationality if edit.nationality is None else edit.nationality or None,
        count=low,
        count_max=high,
        qualifier=edit.qualifier or (Qualifier.EXACT if edit.count is not None else base.qualifier),
        date=edit.date or base.date,
        checked_by=label,
    )
    if new.status is Status.DONE and new.date is not None and edit.date is not None and new.date > today:
        raise UsageError(f"{new.date}: has not come yet; what is only announced is said with --status announced")
    if old is not None and _same_figure(new, old) and (new.qualifier, new.date, new.status) == (old.qualifier, old.date, old.status):
        raise UsageError(f"it says so already: {row_words(old)}; to mark it as checked: watcher stories confirm")
    return old, new


def held_beside(facts: Facts, old: PeopleRow | None, new: PeopleRow) -> tuple[PeopleRow, ...]:
    """Return the rows of the same step and people that an edit must hold as they are: other flights of theirs."""
    edited_rows = [row for row in (old, new) if row is not None]
    beside = [row for row in facts.people if row is not old and any(_same_people(row, one) for one in edited_rows)]
    return tuple(replace(row, figures=()) for row in beside)


def row_words(row: PeopleRow) -> str:
    """Return a row as a person reads it: "25 Japanese deported, 2023-11-08"."""
    announced = "to be " if row.status is Status.ANNOUNCED else ""
    return f"{how_many([row], 'people (no nationality)')} {announced}{row.stage}" + (f", {row.date}" if row.date else "")


def _check(edit: Edit, today: date) -> None:
    for name, count in (("--count", edit.count), ("--count-max", edit.count_max)):
        if count is not None and not 1 <= count <= MOST_PEOPLE:
            raise UsageError(f"{name} {count:,}: is no number of people; give one from 1 to {MOST_PEOPLE:,}")
    if edit.date is not None and not EARLIEST <= edit.date <= today.replace(year=today.year + 1, day=min(today.day, 28)):
        raise UsageError(f"--date {edit.date}: is no day of such an event; write it as 2023-11-08")


def _row_meant(rows: Sequence[PeopleRow], edit: Edit) -> PeopleRow | None:
    """The row a person means: by its number, else the one of that stage and nationality, else the only one; None: a new one."""
    if edit.row is not None:
        if not 0 <= edit.row <= len(rows):
            raise UsageError(f"there is no row {edit.row}; {_choose(rows)}")
        return rows[edit.row - 1] if edit.row else None
    named = [
        row
        for row in rows
        if (edit.stage is None or row.stage is edit.stage)
        and (edit.nationality is None or set(row.nationality or ()) == set(edit.nationality))
    ]
    if len(named) == 1 or len(rows) < 2:
        return next(iter(named or rows), None)
    raise UsageError(f"which figure? {_choose(rows)}")


def _choose(rows: Sequence[PeopleRow]) -> str:
    listed = "; ".join(f"--row {number} ({row_words(row)})" for number, row in enumerate(rows, start=1))
    return f"{listed}; --row new adds one" if listed else "the story has none yet; --row new adds one"


def _otherwise(row: PeopleRow, own: Sequence[PeopleRow], every: Sequence[Figure]) -> tuple[tuple[str, str], ...]:
    """What each source says last of these people, where it is not the person's figure."""
    alone = sum(_same_people(row, other) for other in own) == 1
    of_step = [
        figure for figure in every if step(figure.stage) == step(row.stage) and figure.status is row.status and figure.low is not None
    ]
    mine = set(row.nationality or ())
    latest = {
        figure.report.source: figure
        for figure in of_step
        if set(figure.nationality) == mine or (alone and (not mine or not figure.nationality))
    }
    low, high = row.count, row.count_max if row.count_max is not None else row.count
    return tuple(said(figure) for figure in latest.values() if not _allows(figure, low, high))


def _allows(figure: Figure, low: int | None, high: int | None) -> bool:
    if low is None or high is None or figure.low is None or figure.high is None:
        return False
    match figure.qualifier:
        case Qualifier.AT_LEAST:
            return low >= figure.low
        case Qualifier.AT_MOST:
            return high <= figure.high
        case Qualifier.ABOUT:
            return not _material(figure.low, low)
        case _:
            return low <= figure.low and figure.high <= high


def _same_people(row: PeopleRow, own: PeopleRow) -> bool:
    mine = set(row.nationality or ())
    return step(row.stage) == step(own.stage) and (not mine or not own.nationality or bool(mine & set(own.nationality)))


def _same_figure(one: PeopleRow, other: PeopleRow) -> bool:
    return (one.stage, one.nationality, one.count, one.count_max) == (other.stage, other.nationality, other.count, other.count_max)


def _within(one: Group, other: Group) -> bool:
    """Whether one group says no more than the other: the same step, nobody else, hardly another number."""
    if one.person or other.person:
        return one.person == other.person
    same_step = one.stage is None or (other.stage is not None and step(one.stage) == step(other.stage))
    counts = one.low is None or (other.low is not None and not _apart(one, other))
    return same_step and counts and one.nationality <= other.nationality


def _apart(one: Group, other: Group) -> bool:
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return False
    if one.low <= other.high and other.low <= one.high:
        return False
    return _material(other.high, one.low) if one.low > other.high else _material(other.low, one.high)


def _material(before: int, after: int) -> bool:
    return abs(after - before) >= _PEOPLE and abs(after - before) >= _SHARE * before


def _nations(groups: Sequence[Group]) -> frozenset[str]:
    return frozenset(code for group in groups for code in group.nationality)
