"""Claims and the leading sentences -> Claims: what an article says of its people where it does not count them.

"Cambodia deports 31 Malaysians", says the title; the text says from which town, and on which day. Such words are
taken only from the title and the first sentences, only where these speak of now, of Cambodia and of no other
nationality. A step is added where a sentence names the people again: "They were flown home on Tuesday."
Claims that look back, parts and tallies are left as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from watcher.model import STAGE_RANK, Claim, Role, Span, Stage, Status
from watcher.read.dates import Found
from watcher.read.scene import Scene, origin, steps

RECENT = timedelta(days=30)  # a day named in a leading sentence that is older belongs to what happened before
RECENT_MONTH = timedelta(days=38)  # the same from the first of a named month: its last day and a week


@dataclass(frozen=True, slots=True)
class Lead:
    """What a leading sentence says besides figures. `current` is False where it looks back or tells of another country."""

    field: str
    span: Span
    sentence: str
    stages: tuple[Stage, ...]  # done, in the order said
    pending: bool
    places: tuple[str, ...]
    day: date | None
    nationality: frozenset[str]
    named: str | None  # the one nationality of people in it; "Chinese police" are no people of ours
    counted: bool  # a figure of people stands in it
    again: bool
    current: bool


def lead_of(scene: Scene, span: Span, source: str, published: date | None, *, counted: bool) -> Lead:
    """Return what a sentence says that may hold for the people of the whole article. `source` is the unfolded field."""
    kinds: dict[str, list[str]] = {}
    for mark in scene.marks.within(scene.start, scene.end, "place", "demonym", "past", "since", "again"):
        kinds.setdefault(mark.kind, []).append(str(mark.value))
    taken, pending = steps(scene)
    days = [found.day for found in scene.dates if found.day and found.precision == "day" and not _is_ahead(found.day, published)]
    old = [found for found in scene.dates if _is_old(found, published)]
    return Lead(
        field=scene.field,
        span=span,
        sentence=source[span.start : span.end],
        stages=tuple(Stage(str(mark.value)) for mark in taken),
        pending=bool(pending),
        places=tuple(dict.fromkeys(place for place in kinds.get("place", ()) if place != "Cambodia")),
        day=days[0] if len(set(days)) == 1 else None,
        nationality=frozenset(kinds.get("demonym", ())),
        named=_named(scene),
        counted=counted,
        again="again" in kinds,
        current="past" not in kinds and "since" not in kinds and not old and origin(scene) == "KH",
    )


def completed(claims: Sequence[Claim], leads: Sequence[Lead]) -> tuple[Claim, ...]:
    """Return the claims, each main one with the place and day its article gives, and the step it names without a figure."""
    mains = [claim for claim in claims if claim.role is Role.MAIN]
    if not mains:
        return tuple(claims)
    claims = _with_nationality(claims, mains, leads)
    mains = [claim for claim in claims if claim.role is Role.MAIN]
    further = _further(mains, leads)
    every = [*claims, *further]
    mains += further
    return tuple(_completed(claim, mains, leads) if claim.role is Role.MAIN else claim for claim in every)


def _named(scene: Scene) -> str | None:
    marks = list(scene.marks.within(scene.start, scene.end, "demonym", "not_people"))
    owned = {mark for mark, other in pairwise(marks) if other.kind == "not_people" and other.start - mark.end <= 2}
    codes = {str(mark.value) for mark in marks if mark.kind == "demonym" and mark.value != "KH" and mark not in owned}
    return codes.pop() if len(codes) == 1 else None


def _with_nationality(claims: Sequence[Claim], mains: Sequence[Claim], leads: Sequence[Lead]) -> list[Claim]:
    """Where no main claim names a nationality and the headline names one, and the lead no other, it is theirs."""
    title = next((lead.named for lead in leads if lead.field == "title" and lead.current), None)
    others = {code for lead in leads for code in lead.nationality} - {title, "KH"}
    if title is None or others or any(claim.nationality or claim.foreigners for claim in mains):
        return list(claims)
    return [replace(claim, nationality=(title,)) if claim.role is Role.MAIN else claim for claim in claims]


def _is_old(found: Found, published: date | None) -> bool:
    if found.day is None or published is None:
        return False
    if found.precision == "year":
        return found.day.year < published.year
    return published - found.day > (RECENT if found.precision == "day" else RECENT_MONTH)


def _is_ahead(day: date, published: date | None) -> bool:
    return published is not None and day - published > timedelta(days=1)  # in UTC; elsewhere the day may have begun


def _completed(claim: Claim, mains: Sequence[Claim], leads: Sequence[Lead]) -> Claim:
    about = [lead for lead in leads if lead.current and _may_be_of(lead, claim)]
    if not claim.places:
        claim = replace(claim, places=_first(lead.places for lead in about) or ())
    if claim.date is None or claim.date_precision == "month":
        day = _day(claim, mains, about)
        # A month that is named is narrowed to a day in it, never moved.
        if day and (claim.date is None or (day.year, day.month) == (claim.date.year, claim.date.month)):
            claim = replace(claim, date=day, date_precision="day")
    return claim


def _may_be_of(lead: Lead, claim: Claim) -> bool:
    """Whether a sentence may speak of a claim's people: it names nobody else."""
    foreign = lead.nationality - {"KH"}  # "Cambodian police" say nothing of who was deported
    return not foreign or not claim.nationality or bool(foreign & set(claim.nationality))


def _day(claim: Claim, mains: Sequence[Claim], about: Sequence[Lead]) -> date | None:
    """The day of the same step in the article; a lead that names a day and no step, or the dateline, is the news itself."""
    rank = _rank(claim.stage)
    if rank is None:
        return None
    known = [other.date for other in mains if other.date_precision == "day" and _rank(other.stage) == rank and _alike(other, claim)]
    if known:
        return known[0]
    furthest = max((_rank(other.stage) or 0 for other in mains), default=0)
    # "48 of 68 arrested in May were deported on Tuesday": the one day of a sentence is that of its furthest step.
    same = [lead.day for lead in about if lead.day and max((STAGE_RANK[stage] for stage in lead.stages), default=None) == rank]
    unsaid = [lead.day for lead in about if lead.day and not lead.stages] if rank == furthest else []
    return next(iter([*same, *unsaid]), None)


def _alike(one: Claim, other: Claim) -> bool:
    return not one.nationality or not other.nationality or bool(set(one.nationality) & set(other.nationality))


def _further(mains: Sequence[Claim], leads: Sequence[Lead]) -> list[Claim]:
    """The step that the text reports of the people it has counted, where it does not count them again."""
    first = mains[0]
    if any(claim.nationality != first.nationality for claim in mains):
        return []  # "they" could be either
    reached = max(_rank(claim.stage) or 0 for claim in mains)
    for lead in leads:
        ranks = [rank for stage in lead.stages if (rank := _rank(stage)) is not None]
        if not (lead.again and lead.current and ranks and not lead.pending and not lead.counted and lead.field == "text"):
            continue
        if max(ranks) != STAGE_RANK[Stage.DEPORTED] or max(ranks) <= reached or not _may_be_of(lead, first):
            continue
        stage = next(stage for stage in lead.stages if _rank(stage) == max(ranks))
        return [_moved_on(first, stage, lead)]
    return []


def _moved_on(claim: Claim, stage: Stage, lead: Lead) -> Claim:
    span = lead.span
    return replace(
        claim,
        stage=stage,
        status=Status.DONE,
        to=(claim.nationality or ()) if stage is Stage.REPATRIATED else (),
        places=lead.places or claim.places,
        date=lead.day,
        date_precision="day" if lead.day else None,
        sentence=lead.sentence,
        field=span.field,
        start=span.start,
        end=span.end,
    )


def _first(groups: Iterable[tuple[str, ...]]) -> tuple[str, ...] | None:
    return next((group for group in groups if group), None)


def _rank(stage: Stage | None) -> int | None:
    return None if stage is None else STAGE_RANK[stage]
