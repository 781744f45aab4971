"""Candidates and leading sentences -> Candidates: the step of a headline for the figure that the text counts without one.

"Freed from a scam compound, they land in Dhaka", says the title, and the text "The 32 Bangladeshis had been locked in for months". Where
a sentence of the opening gives any figure a step of its own, that is the news and nothing is changed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from watcher.model import STAGE_RANK, Qualifier, Stage, Status
from watcher.read.leads import Lead
from watcher.read.roles import Candidate

FEWEST = 2  # people; one is told by name or by what he was
FAR = 300  # characters from a figure to "another 146" that goes on with it


def headed(candidates: Sequence[Candidate], leads: Sequence[Lead]) -> list[Candidate]:
    """Return the candidates, the first group that the opening counts without a step with that of the headline."""
    title = next((lead for lead in leads if lead.field == "title"), None)
    step = _step(title) if title is not None else None
    opening = {(lead.field, lead.span.start) for lead in leads}
    free = [each for each in candidates if _is_free(each) and (each.claim.field, each.claim.start) in opening]
    if title is None or step is None or any(each.claim.stage is not None for each in free):
        return list(candidates)
    first = next((each for each in free if _is_group(each, title)), None)
    if first is None:
        return list(candidates)
    more = [each for each in free if each.more and 0 <= each.at - first.at <= FAR and each.claim.field == first.claim.field]
    led = [id(first), *map(id, more)]
    return [
        replace(each, claim=replace(each.claim, stage=step, status=Status.DONE), bare=False) if id(each) in led else each
        for each in candidates
    ]


def _step(title: Lead) -> Stage | None:
    """The furthest step that a headline reports as done, of people it does not count."""
    if title.counted or title.pending or not title.recent or not title.stages:
        return None
    furthest = max(title.stages, key=lambda stage: STAGE_RANK[stage])
    return None if furthest is Stage.RAID else furthest


def _is_free(each: Candidate) -> bool:
    return (
        not (each.part or each.past or each.since or each.elsewhere or each.whole)
        and each.claim.origin in ("KH", None)
        and each.claim.qualifier is Qualifier.EXACT
    )


def _is_group(each: Candidate, title: Lead) -> bool:
    claim = each.claim
    others = bool(title.named and claim.nationality and title.named not in claim.nationality)
    return not each.bare and (claim.count or 0) >= FEWEST and not others and (claim.origin == "KH" or title.current)
