"""Facts before and after -> Change; Changes and what an audience was told -> Decision.

`between` says what happened to a story, whoever reads it. `for_audience` says whether one audience hears of it: it
compares with what THIS audience was told last, so that small moves add up and nobody hears the same twice. Both are
pure; every answer, the "no" too, has its reason. Who was told what is stored elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from watcher.model import Change, ChangeKind, Decision, Facts, PeopleRow, Status
from watcher.story.figures import step
from watcher.story.headline import how_many
from watcher.story.rows import furthest

_HELD_BACK = "held back: only a first poll, a new feed, a backfill or a rule change brought it"
FRESH_FOR = timedelta(days=7)  # an event older than this is not told as new; the setting `fresh_for`


class MinChange(NamedTuple):
    """What makes a figure worth a second message: it must move by both, the share and the number of people."""

    share: float = 0.10
    people: int = 5


def between(
    before: Facts | None,
    after: Facts,
    *,
    story: int,
    live: bool,
    new_article: bool,
    min_change: tuple[float, int] = MinChange(),
    at: datetime | None = None,
) -> tuple[Change, ...]:
    """Return what happened to a story: new, a step further or a figure that moved materially; else coverage, or nothing.

    `live` is False for what a first poll, a new feed, a backfill or a rule change brought. Corrections, merges and withdrawals are
    made elsewhere, by people or by joining; only a step that later reports take back is found here as a correction.
    """
    if before is None:
        kind, reason = ChangeKind.NEW, "first report of these people"
    elif (moved := _moved(before, after, min_change)) is not None:
        kind, reason = moved
    elif new_article:
        kind, reason = ChangeKind.COVERAGE, "one more article; no new step, no figure that moved by enough"
    else:
        return ()
    return (Change(story=story, kind=kind, before=before, after=after, reason=reason, live=live, at=at),)


def for_audience(
    told: Facts | None,
    now_facts: Facts,
    kinds: Sequence[Change],
    *,
    event_day: date,
    now: datetime,
    fresh_for: timedelta = FRESH_FOR,
    figure_told_today: bool = False,
    min_change: tuple[float, int] = MinChange(),
    dismissed: bool = False,
) -> Decision:
    """Return whether an audience is told of a story now, as what, and why.

    `told` is what it was told last (None: never), `kinds` are the story's changes since then, coverage included, or
    since the audience was created. `event_day` is the local day of the event (`now_facts.date`, else the story's
    time). A figure held back for the day waits: its changes stay untold, so ask again the next day.
    """
    happened = {change.kind for change in kinds}
    if ChangeKind.WITHDRAWN in happened or dismissed:
        return _withdrawn(told, happened)
    if told is None:
        return _never_told(kinds, event_day, now, fresh_for)
    for kind in (ChangeKind.CORRECTION, ChangeKind.MERGED):
        if kind in happened:
            reason = next(change.reason for change in kinds if change.kind is kind)
            return Decision(True, kind, reason, before=told)
    moved = _moved(told, now_facts, min_change)
    if moved is None:
        return Decision(False, ChangeKind.COVERAGE, "already told; since then more coverage only", before=told)
    kind, reason = moved
    if not any(change.live for change in kinds):
        return Decision(False, kind, f"{reason}; {_HELD_BACK}", before=told)
    if kind is ChangeKind.FIGURE and figure_told_today:
        return Decision(False, kind, f"{reason}; held back: one figure update of a story a day", before=told, wait=True)
    return Decision(True, kind, reason, before=told)


def _withdrawn(told: Facts | None, happened: set[ChangeKind]) -> Decision:
    if told is None:
        return Decision(False, ChangeKind.WITHDRAWN, "dismissed by a person before this audience was told")
    if ChangeKind.WITHDRAWN not in happened:
        return Decision(False, ChangeKind.WITHDRAWN, "dismissed by a person, who did not ask to tell those who were told", before=told)
    return Decision(True, ChangeKind.WITHDRAWN, "dismissed by a person after this audience was told", before=told)


def _never_told(kinds: Sequence[Change], event_day: date, now: datetime, fresh_for: timedelta) -> Decision:
    if not any(change.live for change in kinds):
        return Decision(False, ChangeKind.NEW, _HELD_BACK)
    age = now.date() - event_day
    if age > fresh_for:
        return Decision(False, ChangeKind.NEW, f"held back as old: it happened on {event_day}, more than {fresh_for.days} days ago")
    return Decision(True, ChangeKind.NEW, "this audience was never told, a live article brings it, and the event is fresh")


def _moved(before: Facts, after: Facts, min_change: tuple[float, int]) -> tuple[ChangeKind, str] | None:
    """The most important difference between two states of a story, None where there is none worth a message."""
    was, became = furthest(before.people), furthest(after.people)
    if not became:
        return None
    said = f"{_words(became)}; before: {_words(was)}" if was else _words(became)
    if not was or _progress(became) > _progress(was):
        return ChangeKind.STAGE, said
    if _progress(became) < _progress(was):
        return ChangeKind.CORRECTION, f"the step was taken back: {said}"
    if _material((before.total, before.total_max), (after.total, after.total_max), min_change):
        return ChangeKind.FIGURE, said
    return None


def _progress(rows: Sequence[PeopleRow]) -> tuple[bool, int]:
    """How far people are: what is only announced is behind everything that is done."""
    return any(row.status is Status.DONE for row in rows), step(rows[0].stage)


def _material(before: tuple[int | None, int | None], after: tuple[int | None, int | None], min_change: tuple[float, int]) -> bool:
    """Whether either end of a figure moved by both the share and the number of people; a first figure always counts."""
    share, people = min_change
    if before[0] is None or after[0] is None:
        return before[0] is None and after[0] is not None
    ends = zip((before[0], before[1] or before[0]), (after[0], after[1] or after[0]), strict=True)
    return any(abs(new - old) >= people and abs(new - old) >= share * old for old, new in ends)


def _words(rows: Sequence[PeopleRow]) -> str:
    announced = "to be " if rows[0].status is Status.ANNOUNCED else ""
    return f"{how_many(rows)} {announced}{rows[0].stage}"
