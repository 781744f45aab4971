"""Claims and the leading sentences -> Claims: what an article says of its people where it does not count them.

"Cambodia deports 31 Malaysians", says the title; the text says from which town, and on which day. Such words are
taken only from the title and the first sentences, only where these speak of now, of Cambodia and of no other
nationality. A step is added where a sentence names the people again: "They were flown home on Tuesday."
Claims that look back, parts and tallies are left as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from watcher.model import STAGE_RANK, Claim, Role, Stage, Status
from watcher.read.leads import Lead
from watcher.read.nationality import with_nationality


def completed(claims: Sequence[Claim], leads: Sequence[Lead]) -> tuple[Claim, ...]:
    """Return the claims, each main one with the place and day its article gives, and the step it names without a figure."""
    mains = [claim for claim in claims if claim.role is Role.MAIN]
    if not mains:
        return tuple(claims)
    claims = with_nationality(claims, leads)
    mains = [claim for claim in claims if claim.role is Role.MAIN]
    further = _further(mains, leads)
    every = [*claims, *further]
    mains += further
    every = [_dated_ahead(_named_as_done(claim, mains), leads) for claim in every]
    return tuple(_completed(claim, mains, leads) if claim.role is Role.MAIN else claim for claim in every)


def _named_as_done(claim: Claim, mains: Sequence[Claim]) -> Claim:
    """What is announced of people beside what was done to them, with the nationality that the article gives these."""
    if claim.status is not Status.ANNOUNCED or claim.role is not Role.PART or claim.nationality or claim.foreigners:
        return claim
    same = next((other for other in mains if other.count == claim.count and other.nationality), None)
    return replace(claim, nationality=same.nationality) if same else claim


def _dated_ahead(claim: Claim, leads: Sequence[Lead]) -> Claim:
    """What is announced, with the day that another sentence gives it: "They will be flown home on Friday"."""
    if claim.status is not Status.ANNOUNCED or claim.date is not None or claim.role not in (Role.MAIN, Role.PART):
        return claim
    about = [lead for lead in leads if lead.recent and (lead.current or lead.again) and _may_be_of(lead, claim)]
    day = next((lead.coming for lead in about if lead.coming), None)
    return replace(claim, date=day, date_precision="day", reported=None) if day else claim


def _completed(claim: Claim, mains: Sequence[Claim], leads: Sequence[Lead]) -> Claim:
    about = [lead for lead in leads if lead.current and _may_be_of(lead, claim)]
    if not claim.places:
        claim = replace(claim, places=_first(lead.places for lead in about) or ())
    if claim.status is Status.DONE and (claim.date is None or claim.date_precision == "month"):
        day = _day(claim, mains, about)
        # A month that is named is narrowed to a day in it, never moved.
        if day and (claim.date is None or (day.year, day.month) == (claim.date.year, claim.date.month)):
            claim = replace(claim, date=day, date_precision="day", reported=None)
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
    same = [day for lead in about for of_rank, day in lead.days if of_rank == rank]
    unsaid = [lead.day for lead in about if lead.day and not lead.stages and not lead.coming] if rank == furthest else []
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
        of_them = lead.again and lead.field == "text"
        # "Taiwanese come home", says the title, and below it "31 Taiwanese had been held".
        by_name = lead.field == "title" and first.nationality == (lead.named,)
        if not ((of_them or by_name) and lead.current and ranks and not lead.pending and not lead.counted):
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
        reported=None if lead.day else claim.reported,
        sentence=lead.sentence,
        field=span.field,
        start=span.start,
        end=span.end,
    )


def _first(groups: Iterable[tuple[str, ...]]) -> tuple[str, ...] | None:
    return next((group for group in groups if group), None)


def _rank(stage: Stage | None) -> int | None:
    return None if stage is None else STAGE_RANK[stage]
