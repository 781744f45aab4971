"""A correction -> taken back: the story is as it would be without it; one transaction. The correction stays listed, as undone.

Only who was told of it, or was told a figure that stood because of it, is asked about; what still waited is called off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from watcher import store, story
from watcher.errors import UsageError
from watcher.model import Change, ChangeKind, Facts
from watcher.pipeline.corrections_told import (
    Done,
    Written,
    answered,
    call_off,
    known_facts,
    open_story,
    otherwise,
    settle,
    stay_quiet,
    write,
)
from watcher.pipeline.take_in import refresh
from watcher.store import Database, corrections, merging, stories, told_before
from watcher.store.corrections import Correction, Decided, Kind
from watcher.store.merging import Merge
from watcher.store.told_before import ToldTo

_NOT_TOLD = "this audience was not told what is taken back"


def undo(database: Database, decided: Decided, now: datetime, *, correction: int | None = None, number: int | None = None) -> Done:
    """Take back one correction, or the newest one of story `number` that is in force. Raises UsageError where there is none."""
    with store.transaction(database):
        one = _meant(database, correction, number)
        undone = {
            Kind.DISMISS: _undo_dismiss, Kind.CONFIRM: _undo_figures, Kind.EDIT: _undo_figures, Kind.MERGE: _undo_merge, Kind.SPLIT: _undo_split,
        }[one.kind]  # fmt: skip
        return undone(database, one, decided, now)


def _undo_dismiss(database: Database, one: Correction, decided: Decided, now: datetime) -> Done:
    known = stories.load(database, one.story)
    assert known is not None, "a dismissed story is never merged away"
    identity, before = known_facts(known)
    told = _told(database, identity)
    call_off(database, told, one, now)
    stories.set_state(database, identity, "open", now)
    after = refresh(database, identity, now)
    wrongly = [to for to in told if told_before.heard(database, to.audience, one.id)]
    tell = _take_back(database, one, wrongly, decided, now)
    change = Change(identity, ChangeKind.CORRECTION, before, after, decided.why, live=_live(database, identity), correction=one.id)
    _settle(database, told, wrongly, [write(database, change, now)], tell, decided, now)
    return Done(_stored(database, one), identity, before, after, told=tuple(wrongly), tell=tell, undone=True)


def _undo_figures(database: Database, one: Correction, decided: Decided, now: datetime) -> Done:
    """Figures are again what claims, and a person's other words, say."""
    identity, before = known_facts(open_story(database, one.story))
    told = _told(database, identity)
    call_off(database, told, one, now)
    corrections.undo(database, one.id, decided, now, told=False)
    after = refresh(database, identity, now)
    moved = otherwise(before, after)
    wrongly = [to for to in told if moved and otherwise(to.knows, after)]
    tell = _take_back(database, one, wrongly, decided, now)
    kind = ChangeKind.CORRECTION if moved else ChangeKind.COVERAGE
    change = Change(identity, kind, before, after, decided.why, live=moved and _live(database, identity), correction=one.id)
    _settle(database, told, wrongly, [write(database, change, now)], tell, decided, now)
    notes = () if moved else ("The figures stay as they are: sources, or another correction, say the same.",)
    return Done(_stored(database, one), identity, before, after, told=tuple(wrongly), tell=tell, undone=True, notes=notes)


def _undo_merge(database: Database, one: Correction, decided: Decided, now: datetime) -> Done:
    """The id that went is a story again, with the articles that came with it and those since that are its own."""
    made = merging.of_correction(database, one.id)
    home = open_story(database, one.story)
    identity, before = known_facts(home)
    here = {report.article for report in home.reports}
    if made is None or not (made.gave - made.had) & here:
        raise UsageError(f"{one.name}: nothing of #{one.other} stands in #{identity} any more; there is nothing to take apart")
    if not here - made.gave:
        raise UsageError(f"{one.name}: nothing but the articles of #{one.other} is left in #{identity}; there is nothing to take apart")
    call_off(database, _told(database, identity), one, now)
    corrections.undo(database, one.id, decided, now, told=False)
    merging.take_apart(database, made, identity, (), now)
    later = here - made.gave - made.had
    merging.move(database, _of_the_other(database, identity, made, later), identity, made.alias)
    after, other_after = refresh(database, identity, now), refresh(database, made.alias, now)
    live = _live(database, identity, made.alias)
    reason = f"#{made.alias} is a case of its own again: {decided.why}"
    stays = Change(identity, ChangeKind.CORRECTION, before, after, reason, live=live, correction=one.id)
    again = Change(
        made.alias, ChangeKind.CORRECTION, before, other_after, f"It is no part of #{identity}: {decided.why}", live, correction=one.id
    )
    told, other_told = _told(database, identity), _told(database, made.alias)
    wrongly = [to for to in told if _knows_wrongly(database, to, one, after)]
    other_wrongly = [to for to in other_told if otherwise(to.knows, other_after)]
    tell = _take_back(database, one, [*wrongly, *other_wrongly], decided, now)
    _settle(database, told, wrongly, [write(database, stays, now)], tell, decided, now)
    reopened = write(database, again, now)
    _settle(database, other_told, other_wrongly, [reopened], tell, decided, now)
    if not tell:
        knew_both = [to for to in wrongly if to.audience.id not in {other.audience.id for other in other_told}]
        stay_quiet(database, knew_both, [reopened], decided, now)
    asked = _once([*wrongly, *other_wrongly])
    return Done(
        _stored(database, one), identity, before, after, other=made.alias, other_after=other_after, told=asked, tell=tell, undone=True,
        notes=_to_check_again(before, after),
    )  # fmt: skip


def _undo_split(database: Database, one: Correction, decided: Decided, now: datetime) -> Done:
    """The two halves are one story again; the lower id survives."""
    assert one.other is not None, "a split names the story it made"
    first, second = open_story(database, one.story), open_story(database, one.other)
    if first.id == second.id:
        raise UsageError(f"{one.name}: #{one.story} and #{one.other} are one story already, #{first.id}")
    (into, before), (away, gone) = sorted((known_facts(first), known_facts(second)), key=lambda known: known[0])
    told = _once([*_told(database, into), *_told(database, away)])
    call_off(database, told, one, now)
    corrections.undo(database, one.id, decided, now, told=False)
    numbers = corrections.every_id(database, away)
    merging.merge(database, into, away, now, correction=one.id)
    after = refresh(database, into, now)
    told = tuple(_told(database, into))
    wrongly = [to for to in told if _knows_wrongly(database, to, one, after)]
    tell = _take_back(database, one, wrongly, decided, now)
    happened = [story.merged(gone, after, away=number, into=into, why=decided.why, live=False) for number in numbers]
    happened += story.between(before, after, story=into, live=_live(database, into), new_article=True)
    written = [write(database, replace(change, correction=one.id), now) for change in happened]
    _settle(database, told, wrongly, written, tell, decided, now)
    notes = _to_check_again(before, after)
    return Done(_stored(database, one), into, before, after, other=away, told=tuple(wrongly), tell=tell, undone=True, notes=notes)


def _meant(database: Database, correction: int | None, number: int | None) -> Correction:
    if correction is not None:
        found = corrections.load(database, correction)
        if found is None:
            raise UsageError(f"there is no correction c{correction}; `watcher stories show ID` lists those of a story")
        if found.undone_at is not None:
            raise UsageError(f"{found.name}: was undone already by {found.undone_by} on {found.undone_at:%Y-%m-%d}: {found.undone_why}")
        return found
    assert number is not None, "either a correction or a story is named"
    known = stories.load(database, number)
    if known is None or known.id is None:
        raise UsageError(f"there is no story #{number}; `watcher stories` lists them")
    every = corrections.of_story(database, known.id)
    in_force = [one for one in every if one.undone_at is None]
    if not in_force:
        undone = f"; {every[-1].name} was undone already by {every[-1].undone_by}" if every else ""
        raise UsageError(f"#{number}: no correction of it is in force{undone}")
    return in_force[-1]


def _of_the_other(database: Database, identity: int, made: Merge, later: set[int]) -> list[int]:
    """Of the articles that came after a merge those that fit better to the story that is one of its own again."""
    both = stories.load_many(database, [identity, made.alias])
    reports = [report for found in both for report in found.reports if report.article in later]
    bare = [replace(found, reports=tuple(one for one in found.reports if one.article not in later)) for found in both]
    return [report.article for report in reports if story.join(report, bare).story == made.alias]


def _take_back(database: Database, one: Correction, wrongly: Sequence[ToldTo], decided: Decided, now: datetime) -> bool | None:
    """Mark the correction as undone, once it is said whether those who were told are told. Raises AlreadyToldError where it is not."""
    tell = answered(f"{one.name} of #{one.story}", wrongly, decided)
    corrections.undo(database, one.id, decided, now, told=bool(wrongly))
    return tell


def _settle(
    database: Database, told: Sequence[ToldTo], wrongly: Sequence[ToldTo], written: Sequence[Written], tell: bool | None, decided: Decided,
    now: datetime,
) -> None:  # fmt: skip
    """Who was told nothing wrong need not hear of it; the others hear of it only where the person says so."""
    settle(database, [to for to in told if to not in wrongly], written, _NOT_TOLD, now)
    if not tell:
        stay_quiet(database, wrongly, written, decided, now)


def _to_check_again(before: Facts, after: Facts) -> tuple[str, ...]:
    if not before.checked_by or before.checked_by == after.checked_by:
        return ()
    return (f"The figures that {before.checked_by} checked were of people put together otherwise; they are to be checked again.",)


def _knows_wrongly(database: Database, to: ToldTo, one: Correction, after: Facts) -> bool:
    return told_before.heard(database, to.audience, one.id) or otherwise(to.knows, after)


def _told(database: Database, story: int) -> list[ToldTo]:
    return told_before.told_to(database, corrections.every_id(database, story))


def _live(database: Database, *stories_: int) -> bool:
    return told_before.was_live(database, [number for one in stories_ for number in corrections.every_id(database, one)])


def _once(told: Sequence[ToldTo]) -> tuple[ToldTo, ...]:
    return tuple({to.audience.id: to for to in told}.values())


def _stored(database: Database, one: Correction) -> Correction:
    found = corrections.load(database, one.id)
    assert found is not None, "a correction is never deleted"
    return found
