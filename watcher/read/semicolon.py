"""Clause, next clause -> Candidates: what goes on behind a semicolon, where a list of people is written as one long sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from watcher.model import STAGE_RANK, Qualifier, Stage, Status
from watcher.read.clauses import OUT, step_of
from watcher.read.leads import named_in
from watcher.read.roles import Candidate
from watcher.read.scene import Scene

ENDS = (";", "；")  # behind it a sentence goes on

Carried = tuple[Stage, Status, str | None]  # the step and people that the next clause may go on with


def gone_further(candidate: Candidate, before: Sequence[Candidate]) -> Candidate:
    """A figure behind a semicolon whose people are some of those before it: "212 arrested; 38 deported"."""
    claim = candidate.claim
    if claim.stage not in OUT or claim.status is not Status.DONE or claim.nationality or claim.foreigners:
        return candidate
    rank = STAGE_RANK[Stage.DEPORTED]
    whole = [each.claim for each in before if each.claim.stage not in (None, Stage.RAID) and not each.part]
    if not any(STAGE_RANK[one.stage] < rank and (claim.count or 0) < (one.count or 0) for one in whole if one.stage):
        return candidate
    return replace(candidate, further=True, part=False)


def going_on(candidate: Candidate, stage: Stage, status: Status, people: str | None) -> Candidate:
    """A figure behind a semicolon is of the step and people before it, where its own clause names none: "hundreds fled; 308 came"."""
    claim = candidate.claim
    if claim.stage is not None or (claim.nationality and people and people not in claim.nationality):
        return candidate
    named = claim.nationality or (None if claim.foreigners or people is None else (people,))
    return replace(candidate, claim=replace(claim, stage=stage, status=status, nationality=named))


def carried(scene: Scene, found: Sequence[Candidate]) -> Carried | None:
    """The step and people that a clause behind a semicolon may go on with; none where this clause has told how many it befell."""
    if any(each.claim.qualifier is Qualifier.EXACT for each in found):
        return None
    stage, status = step_of(scene, scene.end)
    return None if stage is None or stage is Stage.RAID else (stage, status, named_in(scene))
