"""What one audience is told: its open changes, decided story by story, and written down.

Reads and writes; decides nothing itself: `story` says whether a change is told, as what, and why (not).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from watcher import story
from watcher.config import Config, Where
from watcher.digest.schedule import start_of_day
from watcher.model import Change, ChangeKind, Decision, Facts, StoryFile, Told
from watcher.store import Database, corrections, stories, telling, told_before

_WORDS = frozenset({ChangeKind.WITHDRAWN, ChangeKind.CORRECTION, ChangeKind.MERGED})  # what a person takes back
_STEPS = frozenset({ChangeKind.NEW, ChangeKind.STAGE, ChangeKind.FIGURE})  # what may be found late; a correction is one whenever it comes
_FIGURES = frozenset({ChangeKind.FIGURE, ChangeKind.CORRECTION})  # what a story's figure is told as; once a day is enough


@dataclass(frozen=True, slots=True)
class Settled:
    """One story's untold changes with what was decided of them for an audience."""

    story: StoryFile
    changes: tuple[Change, ...]
    decision: Decision
    told: Told
    late: datetime | None = None  # when it would have been found, had no outage or gap held it

    @property
    def by_person(self) -> bool:
        """Whether a person corrects what this audience was told: that goes to it whatever it asked for."""
        kind = self.decision.kind
        return self.told.before is not None and any(
            one.correction is not None and one.kind is kind for one in self.changes if kind in _WORDS
        )


def settle_changes(database: Database, of: telling.Audience, config: Config, where: Where, now: datetime, zone: ZoneInfo) -> list[Settled]:
    """Decide every untold change for an audience, story by story. Writes nothing. What an outage or a gap held is told as found late."""
    by_story: dict[int, list[Change]] = {}
    for change in telling.undecided(database, of):
        by_story.setdefault(stories.resolve(database, change.story), []).append(change)
    today = telling.told_today(database, of, start_of_day(now, zone))
    settled = []
    for identity, changes in by_story.items():
        found = stories.load(database, identity)
        if found is None or found.facts is None:
            continue
        known = telling.told_under(database, of, identity)
        figure_told_today = not _FIGURES.isdisjoint(today.get(identity, ()))
        taken = told_before.accepted(database, of, corrections.every_id(database, identity)) if known else None
        late = story.found_late(changes)
        decision = _decide(found, known, taken, changes, config, where, late or now, zone, figure_told_today=figure_told_today)
        late = late if decision.kind in _STEPS else None
        told = replace(_told(found, decision, known), late=late is not None)
        settled.append(Settled(found, tuple(changes), decision, told, late))
    return settled


def _decide(
    found: StoryFile,
    known: Sequence[telling.LastTold],
    taken: Facts | None,
    changes: Sequence[Change],
    config: Config,
    where: Where,
    now: datetime,
    zone: ZoneInfo,
    *,
    figure_told_today: bool,
) -> Decision:
    assert found.facts is not None
    before = known[0] if known else None
    # Who was told hears of it when it turns out to be of other people than asked for.
    if before is None and not story.concerns(
        found, nationality=where.nationality, stage=where.stage, language=where.language, rule=where.rule
    ):
        return Decision(False, ChangeKind.COVERAGE, "not what this audience asked for (`where`)")
    limits = config.settings.min_figure_change
    day = found.facts.date or min(one.time for one in found.reports).astimezone(zone).date()
    return story.for_audience(
        (taken or before.facts) if before else None, found.facts, changes, event_day=day, now=now, fresh_for=config.settings.fresh_for,
        figure_told_today=figure_told_today, min_change=(limits.percent / 100, limits.people), dismissed=found.dismissed,
        told_as=before.kind if before else None, told_under=[one.story for one in known],
    )  # fmt: skip


def _told(found: StoryFile, decision: Decision, known: Sequence[telling.LastTold]) -> Told:
    """The story as it is told, with what was said of it before, under each number it was told under."""
    before = known[0] if known else None
    return Told(
        found, decision.kind, decision.reason, before.facts if before else None, before.at if before else None,
        before_kind=before.kind if before else None, before_as=before.story if before else None, said=tuple((one.story, one.facts, one.at) for one in known),
    )  # fmt: skip


def mark(
    database: Database,
    of: telling.Audience,
    settled: Sequence[Settled],
    digest: int | None,
    now: datetime,
    *,
    not_asked_for: bool = False,
) -> None:
    """Write down what was decided, so that it is not decided again. What only waits stays open.

    `not_asked_for`: what would be told is of a kind that this audience does not want to hear of.
    """
    for one in settled:
        decision = one.decision
        if decision.wait:
            continue
        if not_asked_for and decision.tell:
            decision = Decision(False, decision.kind, f"{decision.kind.value} is not in `on` of this alert", decision.before)
        for change in one.changes:
            telling.decide(database, of, change, decision, facts=one.story.facts, digest=digest, now=now, story=one.story.id)
    telling.close_decided(database, of)


def linked(database: Database, told: Sequence[Told]) -> tuple[StoryFile, ...]:
    """Stories that told ones link to, for the one line about each."""
    shown = {one.story.id for one in told}
    wanted = sorted({other for one in told for other, _ in one.story.links} - shown)
    return tuple(stories.load_many(database, wanted))


def stories_json(told: Sequence[Told]) -> Mapping[int, Mapping[str, Any]]:
    """The told stories as webhooks carry them, by id."""
    return {one.story.id: story.story_json(one.story) for one in told if one.story.id is not None}
