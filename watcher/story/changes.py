"""Facts before and after -> Change; Changes and what an audience was told -> Decision.

`between` says what happened to a story, whoever reads it; every movement of the facts is written down, so that the story as
it stood on any day can be read back. `for_audience` says whether one audience hears of it: it compares with what THIS
audience was told last, so that small moves add up and nobody hears the same twice. Both are pure; every answer, the "no"
too, has its reason. Who was told what is stored elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from watcher.model import Change, ChangeKind, Decision, Facts, PeopleRow, Qualifier, Stage, Status
from watcher.story.figures import step
from watcher.story.headline import how_many
from watcher.story.rows import announced, furthest

_HELD_BACK = "held back: only a first poll, a new feed, a backfill or a rule change brought it"
FRESH_FOR = timedelta(days=7)  # an event older than this is not told as new; the setting `fresh_for`
_COVERAGE = "one more article; no new step, no figure that moved by enough"


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
    """Return what happened to a story: new, a step further, a figure that moved materially, what sources took back; else coverage.

    Coverage is every other movement of the facts, and every further article. Nothing only where neither happened. `live` is False
    for what a first poll, a new feed, a backfill or a rule change brought. What people correct and merge is made elsewhere.
    """
    if before is None:
        kind, reason = ChangeKind.NEW, "first report of these people"
    elif (moved := _moved(before, after, min_change)) is not None:
        kind, reason = moved
    elif new_article or _said(before) != _said(after):
        differs = _differs(before, after)
        said = _COVERAGE if new_article else "an article was read again; nothing that is worth a message"
        kind, reason = ChangeKind.COVERAGE, f"{said} ({differs})" if differs else said
    else:
        return ()
    return (Change(story=story, kind=kind, before=before, after=after, reason=reason, live=live, at=at),)


def merged(before: Facts | None, after: Facts, *, away: int, into: int, why: str, live: bool = True, at: datetime | None = None) -> Change:
    """Return that story `away` is now `into`: a change under the number that goes, told to whoever was told of both.

    `before` is what the story that goes said; `why` is what shows them to be one.
    """
    return Change(away, ChangeKind.MERGED, before, after, f"#{away} is now #{into}: {why}", live=live, at=at)


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
    told_as: ChangeKind | None = None,
    told_under: Collection[int] | None = None,
) -> Decision:
    """Return whether an audience is told of a story now, as what, and why.

    `told` is what it was told last (None: never), and `told_as` as what; `told_under` are the numbers under which it was told of
    these people (None: not known, then a merge is told to all who were told). `kinds` are the story's changes since then, oldest
    first, coverage included, or since the audience was created. `event_day` is the local day of the event (`now_facts.date`, else the
    story's time). A figure held back for the day waits: its changes stay untold, so ask again the next day.
    """
    happened = {change.kind for change in kinds}
    if dismissed or _withdrawn_last(kinds):
        return _withdrawn(told, kinds, told_as)
    if told is None:
        return _never_told(kinds, event_day, now, fresh_for)
    moved = _moved(told, now_facts, min_change)
    by_person = any(change.correction is not None for change in kinds if change.kind is ChangeKind.CORRECTION)
    differs = by_person or told_as is ChangeKind.WITHDRAWN or _reads(told) != _reads(now_facts)
    corrected = ChangeKind.CORRECTION in happened and differs
    if joined := _of_both(kinds, told_under):
        reasons = [*(change.reason for change in joined), *([_why_corrected(now_facts, kinds, moved)] if corrected else [])]
        return Decision(True, ChangeKind.MERGED, "; ".join(reasons), before=told)
    if corrected:
        return Decision(True, ChangeKind.CORRECTION, _why_corrected(now_facts, kinds, moved), before=told)
    if moved is None:
        back = ChangeKind.CORRECTION in happened
        reason = "already told; what was corrected since stands again" if back else "already told; since then more coverage only"
        return Decision(False, ChangeKind.COVERAGE, reason, before=told)
    return _update(told, *moved, live=any(change.live for change in kinds), figure_told_today=figure_told_today)


def _update(told: Facts, kind: ChangeKind, reason: str, *, live: bool, figure_told_today: bool) -> Decision:
    if not live:
        return Decision(False, kind, f"{reason}; {_HELD_BACK}", before=told)
    if kind is ChangeKind.FIGURE and figure_told_today:
        return Decision(False, kind, f"{reason}; held back: one figure update of a story a day", before=told, wait=True)
    return Decision(True, kind, reason, before=told)


def _withdrawn_last(kinds: Sequence[Change]) -> bool:
    """Whether the last word of a person is that the story is wrong; who takes that back corrects it."""
    words = [change.kind for change in kinds if change.kind in (ChangeKind.WITHDRAWN, ChangeKind.CORRECTION)]
    return bool(words) and words[-1] is ChangeKind.WITHDRAWN


def _withdrawn(told: Facts | None, kinds: Sequence[Change], told_as: ChangeKind | None) -> Decision:
    asked = [change.reason for change in kinds if change.kind is ChangeKind.WITHDRAWN]
    if told is None:
        return Decision(False, ChangeKind.WITHDRAWN, "dismissed by a person before this audience was told")
    if told_as is ChangeKind.WITHDRAWN:
        return Decision(False, ChangeKind.WITHDRAWN, "already told that it was dismissed by a person", before=told)
    if not asked:
        return Decision(False, ChangeKind.WITHDRAWN, "dismissed by a person, who did not ask to tell those who were told", before=told)
    return Decision(True, ChangeKind.WITHDRAWN, asked[-1] or "dismissed by a person after this audience was told", before=told)


def _why_corrected(now_facts: Facts, kinds: Sequence[Change], moved: tuple[ChangeKind, str] | None) -> str:
    """A correction is told with its reason, however small; what moved after it is said as well."""
    last = [change for change in kinds if change.kind is ChangeKind.CORRECTION][-1]
    then, now = furthest(last.after.people), furthest(now_facts.people)
    again = moved[1] if moved else _words(now) if now else "no people"
    return f"{last.reason}; since then: {again}" if (then and _words(then)) != (now and _words(now)) else last.reason


def _of_both(kinds: Sequence[Change], told_under: Collection[int] | None) -> list[Change]:
    """The merges of stories that this audience was told of as two; who knows only one of the numbers counts nobody twice."""
    joined = [change for change in kinds if change.kind is ChangeKind.MERGED]
    if told_under is None:
        return joined
    away = {change.story for change in joined}
    stays = set(told_under) - away
    known = [change for change in joined if change.story in told_under]
    return known if len(known) > 1 or (known and stays) else []


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
        return (ChangeKind.CORRECTION, "taken back: no source says it any more") if was else None
    said = f"{_words(became)}; before: {_words(was)}" if was else _words(became)
    if not was or _progress(became) > _progress(was):
        return ChangeKind.STAGE, said
    if _progress(became) < _progress(was):
        return ChangeKind.CORRECTION, "the step was taken back"
    if _others(was, became):
        return ChangeKind.CORRECTION, "the sources now name another nationality"
    if before.total is not None and after.total is None:
        return ChangeKind.CORRECTION, "no source gives a number any more"
    if _material((before.total, before.total_max), (after.total, after.total_max), min_change):
        fell = _fell(before, after, was, became)
        return (ChangeKind.CORRECTION, "the sources now give a lower figure") if fell else (ChangeKind.FIGURE, said)
    if coming := _newly_announced(before, after):
        return ChangeKind.STAGE, f"announced: {_words(coming)}; so far: {_words(became)}"
    return None


def _progress(rows: Sequence[PeopleRow]) -> tuple[bool, int]:
    """How far people are: what is only announced is behind everything that is done."""
    return any(row.status is Status.DONE for row in rows), step(rows[0].stage)


def _others(was: Sequence[PeopleRow], became: Sequence[PeopleRow]) -> bool:
    """Whether the people are of other nationalities than those told; one more or one less is no other people."""
    named = [{code for row in rows for code in row.nationality or ()} for rows in (was, became)]
    return bool(named[0] and named[1]) and not named[0] & named[1]


def _material(before: tuple[int | None, int | None], after: tuple[int | None, int | None], min_change: tuple[float, int]) -> bool:
    """Whether either end of a figure moved by both the share and the number of people; a first figure always counts."""
    share, people = min_change
    if before[0] is None or after[0] is None:
        return before[0] is None and after[0] is not None
    ends = zip((before[0], before[1] or before[0]), (after[0], after[1] or after[0]), strict=True)
    return any(abs(new - old) >= people and abs(new - old) >= share * old for old, new in ends)


def _fell(before: Facts, after: Facts, was: Sequence[PeopleRow], became: Sequence[PeopleRow]) -> bool:
    """Whether counted people became fewer. Who has left does not come back: then the first number was wrong. Only cells empty again."""
    counted = all(row.qualifier is Qualifier.EXACT and row.status is Status.DONE for row in (*was, *became))
    held = any(row.stage is Stage.DETAINED for row in (*was, *became))
    highest = after.total_max if after.total_max is not None else after.total
    return counted and not held and before.total is not None and highest is not None and highest < before.total


def _newly_announced(before: Facts, after: Facts) -> tuple[PeopleRow, ...]:
    """What is announced beyond all that is done, and was not announced before: people are to leave, and there is still time."""
    coming, known = announced(after.people), announced(before.people)
    return coming if coming and (not known or step(coming[0].stage) > step(known[0].stage)) else ()


def _reads(facts: Facts) -> tuple[object, ...]:
    """What a reader was told, as far as a correction can change it."""
    return facts.people, facts.date, facts.origin, facts.to, facts.places, facts.called, facts.checked_by, facts.headline


def _said(facts: Facts) -> Facts:
    """The facts without what sources do not say: which rules found them, by the names they have today."""
    return replace(facts, rules=())


def _differs(before: Facts, after: Facts) -> str:
    """What moved, in words: the ledger's own line for a movement that nobody was told of."""
    was, became = furthest(before.people), furthest(after.people)
    people = (_words(was) if was else "no people", _words(became) if became else "no people")
    parts = [f"{people[0]} → {people[1]}" if people[0] != people[1] else "people" if before.people != after.people else ""]
    fields = ("date", "sources", "confidence", "places", "origin", "to", "called", "copies")
    parts += [name.replace("origin", "from") for name in fields if getattr(before, name) != getattr(after, name)]
    if not any(parts) and _said(before) != _said(after):
        parts.append("headline")
    return "moved: " + ", ".join(part for part in parts if part) if any(parts) else ""


def _words(rows: Sequence[PeopleRow]) -> str:
    announced = "to be " if rows[0].status is Status.ANNOUNCED else ""
    return f"{how_many(rows)} {announced}{rows[0].stage}"
