"""A person's word -> the archive: dismiss, confirm, edit, merge and split stories; each is one transaction.

Stored on articles and figures, so that it is applied before any score and outlives every later run. Who was told before is
told only where the person says so. Taking something back is `corrections_undo`; nothing is printed or asked here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from watcher import store, story
from watcher.errors import UsageError
from watcher.model import ArticleRole, Change, ChangeKind, Facts, Report, StoryFile
from watcher.pipeline.corrections_told import (
    Done,
    Written,
    answered,
    known_facts,
    open_story,
    otherwise,
    settle,
    stay_quiet,
    told_of,
    write,
)
from watcher.pipeline.take_in import refresh
from watcher.store import Database, corrections, merging, stories, told_before
from watcher.store.corrections import Correction, Decided, Figures, Kind
from watcher.story.corrections import Edit, edited, held_beside


def dismiss(database: Database, number: int, decided: Decided, now: datetime) -> Done:
    """Say that a story is none of ours: it leaves lists, totals and digests, with its articles and copies of them."""
    with store.transaction(database):
        found = open_story(database, number)
        identity, facts = known_facts(found)
        told = told_of(database, identity)
        tell = answered(f"#{identity}", told, decided)
        articles = [report.article for report in found.reports]
        correction = corrections.add(database, Kind.DISMISS, identity, decided, now, articles=articles, told=bool(told))
        stories.set_state(database, identity, "dismissed", now)
        change = Change(identity, ChangeKind.WITHDRAWN, facts, facts, decided.why, live=False, correction=correction)
        written = write(database, change, now)
        if not tell:
            stay_quiet(database, told, [written], decided, now)
        return Done(_stored(database, correction), identity, facts, facts, told=told, tell=tell)


def confirm(database: Database, number: int, decided: Decided, now: datetime, zone: ZoneInfo) -> Done:
    """Say that a person checked the figures: they are frozen, and later reports stand beside them. Tells nobody."""
    with store.transaction(database):
        found = open_story(database, number)
        identity, facts = known_facts(found)
        label = label_of(decided.by, now, zone)
        if facts.checked_by == label:
            raise UsageError(f"#{identity}: was checked by {label} already, and says the same since")
        rows = tuple(replace(row, figures=(), checked_by=label) for row in facts.people)
        figures = Figures(rows, label)
        correction = corrections.add(database, Kind.CONFIRM, identity, decided, now, figures=figures)
        after = refresh(database, identity, now)
        reason = f"figures checked by {decided.by}: {decided.why}"
        write(database, Change(identity, ChangeKind.COVERAGE, facts, after, reason, live=False, correction=correction), now)
        return Done(_stored(database, correction), identity, facts, after)


def edit(database: Database, number: int, edit: Edit, decided: Decided, now: datetime, zone: ZoneInfo) -> Done:
    """Set a figure of a story, its stage, people, day, or the story's places. It stands whatever later reports say."""
    with store.transaction(database):
        found = open_story(database, number)
        identity, facts = known_facts(found)
        told = told_of(database, identity)
        figures = _edited_figures(facts, edit, label_of(decided.by, now, zone), now.astimezone(zone))
        correction = corrections.add(database, Kind.EDIT, identity, decided, now, figures=figures, told=bool(told))
        after = refresh(database, identity, now)
        wrongly = tuple(one for one in told if otherwise(one.knows, after))
        tell = answered(f"#{identity}", wrongly, decided)
        live = told_before.was_live(database, corrections.every_id(database, identity))
        written = write(database, Change(identity, ChangeKind.CORRECTION, facts, after, decided.why, live=live, correction=correction), now)
        if not tell:
            stay_quiet(database, wrongly, [written], decided, now)
        settle(database, [one for one in told if one not in wrongly], [written], "this audience was told this figure", now)
        return Done(_stored(database, correction), identity, facts, after, told=wrongly, tell=tell)


def merge(database: Database, number: int, with_number: int, decided: Decided, now: datetime) -> Done:
    """Say that two stories are of the same people. The lower id survives, the other leads to it for ever."""
    with store.transaction(database):
        one, two = open_story(database, number), open_story(database, with_number)
        if one.id == two.id:
            same = number == with_number
            raise UsageError(
                f"#{number}: cannot be merged with itself"
                if same
                else f"#{number} and #{with_number} are one already: both lead to #{one.id}"
            )
        (into, before), (away, gone) = sorted((known_facts(one), known_facts(two)), key=lambda known: known[0])
        kept, given = (one, two) if one.id == into else (two, one)
        told = _either(database, into, away)
        tell = answered(f"#{into} and #{away}", told, decided)
        correction = corrections.add(
            database, Kind.MERGE, into, decided, now, other=away, articles=_articles(given), kept=_articles(kept), told=bool(told)
        )
        live = told_before.was_live(database, [into, away])
        numbers = corrections.every_id(database, away)
        merging.merge(database, into, away, now, correction=correction)
        after = refresh(database, into, now)
        happened = [story.merged(gone, after, away=number, into=into, why=decided.why, live=False) for number in numbers]
        happened += story.between(before, after, story=into, live=live, new_article=True)
        written = [write(database, replace(change, correction=correction), now) for change in happened]
        if not tell:
            stay_quiet(database, told, written, decided, now)
        return Done(_stored(database, correction), into, before, after, other=away, told=told, tell=tell)


def split(database: Database, number: int, articles: Sequence[int], decided: Decided, now: datetime) -> Done:
    """Say that some articles of a story are of other people. The half with the oldest report keeps the id; no later report joins the two."""
    with store.transaction(database):
        found = open_story(database, number)
        identity, before = known_facts(found)
        kept, moved = _halves(found, frozenset(articles))
        told = told_of(database, identity)
        tell = answered(f"#{identity}", told, decided)
        live = told_before.was_live(database, corrections.every_id(database, identity))
        alone = StoryFile(id=None, reports=moved)
        other = stories.create(database, story.decide(alone), first_seen=min(report.first_seen for report in moved), now=now)
        merging.move(
            database, [one.article for one in moved], identity, other, by=decided.by, reason=f"split from #{identity} by {decided.by}"
        )
        correction = corrections.add(
            database, Kind.SPLIT, identity, decided, now, other=other, articles=[one.article for one in moved],
            kept=[one.article for one in kept], told=bool(told),
        )  # fmt: skip
        after, other_after = refresh(database, identity, now), refresh(database, other, now)
        stays = Change(identity, ChangeKind.CORRECTION, before, after, decided.why, live=live, correction=correction)
        opens = Change(other, ChangeKind.NEW, None, other_after, f"split from #{identity}: {decided.why}", live=live, correction=correction)
        apart = replace(stays, story=other, before=before, after=other_after, reason=f"We told it as part of #{identity}: {decided.why}")
        written = [write(database, stays, now), write(database, opens, now), write(database, apart, now)]
        _tell_split(database, told, written, tell, decided, now)
        notes = (
            (f"The figures that {found.checked_by} checked were of the whole; they are to be checked again.",) if found.checked_by else ()
        )
        return Done(
            _stored(database, correction), identity, before, after, other=other, other_after=other_after, told=told, tell=tell, notes=notes
        )


def label_of(by: str, now: datetime, zone: ZoneInfo) -> str:
    """Who checked and when, as a reader sees it: "Dara, 10 Nov"."""
    local = now.astimezone(zone)
    return f"{by}, {local.day} {local:%b}"


def _tell_split(
    database: Database, told: Sequence[told_before.ToldTo], written: Sequence[Written], tell: bool | None, decided: Decided, now: datetime
) -> None:
    """Who was told of the whole was told of both halves; only what is wrong about it is news."""
    stays, opens, apart = written
    for one in told:
        told_before.inherit(database, one, opens.id, opens.change.story, f"told as part of #{stays.change.story}")
    if not tell:
        stay_quiet(database, told, [stays, apart], decided, now)


def _edited_figures(facts: Facts, edit: Edit, label: str, local: datetime) -> Figures:
    if not edit.of_a_row:
        if edit.places is None:
            raise UsageError("nothing to change was named: --count, --stage, --nationality, --date or --place")
        if edit.places == facts.places:
            raise UsageError(f"it says so already: {', '.join(facts.places)}")
        return Figures((), label, places=edit.places)
    old, new = edited(facts, edit, label=label, today=local.date())
    beside = held_beside(facts, old, new)
    return Figures((new, *beside), label, (old,) if old else (), edit.places)


def _halves(found: StoryFile, named: frozenset[int]) -> tuple[list[Report], tuple[Report, ...]]:
    """(what keeps the id, what goes): the half with the oldest report keeps it. Raises UsageError where there are no two halves."""
    strange = sorted(named - {report.article for report in found.reports})
    if strange:
        listed = ", ".join(f"a{article}" for article in strange)
        theirs = ", ".join(f"a{report.article}" for report in found.reports)
        raise UsageError(f"{listed}: not in #{found.id}, which has {theirs}")
    parts = [[one for one in found.reports if (one.article in named) is side] for side in (True, False)]
    if not parts[0]:
        raise UsageError("no article was named: --articles a31,a35")
    told = [[one for one in part if one.role is not ArticleRole.BACKGROUND] for part in parts]
    if not told[1]:
        raise UsageError(
            f"#{found.id}: has no other report; name only the articles of the other people. All of it: watcher stories dismiss"
        )
    if not told[0]:
        raise UsageError("an article that only looks back cannot be a story of its own; name a report as well")
    oldest = [min((one.time, one.article) for one in part) for part in told]
    kept, moved = (parts[0], parts[1]) if oldest[0] < oldest[1] else (parts[1], parts[0])
    return kept, tuple(moved)


def _either(database: Database, *numbers: int) -> tuple[told_before.ToldTo, ...]:
    """Who was told of any of these stories."""
    every = [one for number in numbers for one in corrections.every_id(database, number)]
    return tuple(one for one in told_before.told_to(database, every) if one.knows is not None)


def _articles(found: StoryFile) -> list[int]:
    return [report.article for report in found.reports]


def _stored(database: Database, correction: int) -> Correction:
    found = corrections.load(database, correction)
    assert found is not None, "the correction was just written"
    return found
