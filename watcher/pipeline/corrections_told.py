"""A correction -> what it means to those who were told before: to be told with the next mail, or settled without a word.

Runs inside the transaction of a correction. What is open here is decided by digests and alerts like any other change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from watcher.errors import AlreadyToldError, UsageError
from watcher.model import Change, Facts, StoryFile
from watcher.store import Database, corrections, stories, told_before
from watcher.store.corrections import Correction, Decided
from watcher.store.told_before import ToldTo


@dataclass(frozen=True, slots=True)
class Done:
    """What a correction came to. `told` are those who were told what is corrected; `tell` None: there was nobody to ask about."""

    correction: Correction
    story: int
    before: Facts
    after: Facts
    other: int | None = None
    other_after: Facts | None = None
    told: tuple[ToldTo, ...] = ()
    tell: bool | None = None
    undone: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """A change of a correction as it was written down."""

    id: int
    change: Change


def open_story(database: Database, number: int) -> StoryFile:
    """The open story that a number leads to. Raises UsageError where there is none, or a person dismissed it."""
    found = stories.load(database, number)
    if found is None or found.id is None or found.facts is None:
        raise UsageError(f"there is no story #{number}; `watcher stories` lists them")
    if found.dismissed:
        by = next((one for one in reversed(corrections.of_story(database, found.id)) if one.kind == "dismiss" and not one.undone_at), None)
        who = f" by {by.by} on {by.at:%Y-%m-%d} ({by.name}: {by.why})" if by else ""
        raise UsageError(f"#{found.id}: was dismissed already{who}; to take that back: watcher stories undo {found.id}")
    return found


def known_facts(found: StoryFile) -> tuple[int, Facts]:
    """A stored story's number and facts."""
    assert found.id is not None and found.facts is not None, "a stored story has both"
    return found.id, found.facts


def told_of(database: Database, story: int) -> tuple[ToldTo, ...]:
    """Who was told of a story and takes it for true."""
    return tuple(one for one in told_before.told_to(database, corrections.every_id(database, story)) if one.knows is not None)


def answered(subject: str, told: Sequence[ToldTo], decided: Decided) -> bool | None:
    """Whether those who were told are told now; None where nobody was told. Raises AlreadyToldError without an answer."""
    if not told:
        return None
    if decided.tell is None:
        raise AlreadyToldError(subject, [(one.audience.name, one.number, one.last.at) for one in told])
    return decided.tell


def write(database: Database, change: Change, now: datetime) -> Written:
    """Write one change of a person down."""
    dated = replace(change, at=now)
    return Written(told_before.add_change(database, dated, now), dated)


def stay_quiet(database: Database, told: Sequence[ToldTo], written: Sequence[Written], decided: Decided, now: datetime) -> None:
    """Tell these audiences nothing of these changes, now or later: what they say counts as known to them."""
    for to in told:
        for one in written:
            reason = f"{decided.by} asked to tell nobody: {decided.why}"
            told_before.settle(database, to.audience, one.id, one.change.story, one.change.kind, reason, one.change.after, now)


def settle(database: Database, told: Sequence[ToldTo], written: Sequence[Written], reason: str, now: datetime) -> None:
    """Decide that these audiences need not hear of these changes; what they were told last stays what they know."""
    for to in told:
        for one in written:
            told_before.settle(database, to.audience, one.id, one.change.story, one.change.kind, reason, None, now)


def call_off(database: Database, told: Sequence[ToldTo], correction: Correction, now: datetime) -> None:
    """What of a correction still waits for these audiences is not told any more: it was taken back."""
    for to in told:
        for change, story in told_before.open_changes(database, to.audience, correction.id):
            kind = to.last.kind
            told_before.settle(database, to.audience, change, story, kind, "taken back before this audience was told", None, now)


def otherwise(told: Facts | None, now: Facts) -> bool:
    """Whether an audience was told something else of these people than what stands now."""
    return told is None or _said(told) != _said(now)


def _said(facts: Facts) -> tuple[object, ...]:
    people = tuple(replace(row, figures=(), checked_by=None) for row in facts.people)
    return people, facts.date, facts.places
