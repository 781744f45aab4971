"""Leading sentences -> Candidate: one who ran a ring, whom no figure counts and whom no list names.

"Cambodia extradites scam kingpin to China" is news of one. A claim of one is made of it, without a name: names are kept only of those
whom the operator lists (`persons`). It is made where the headline or the two sentences below it tell it, of scams, and count no group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from watcher.fold import folded
from watcher.model import STAGE_RANK, Language, Qualifier, Stage
from watcher.read.mark import Mark
from watcher.read.numbers import Number
from watcher.read.roles import Candidate
from watcher.read.scene import Scene, direction, steps
from watcher.read.setting import HERE

OPENING = 3  # sentences, the headline among them, of which one must tell it
LEFT = STAGE_RANK[Stage.DEPORTED]
_SCAM = ("scam", "compound", "scam_sign")


def single(scene: Scene) -> Number | None:
    """Return a figure of one where a sentence says that one who ran a ring was sent out, sentenced or caught; its place is that of the word for him."""
    taken, pending = steps(scene)
    if pending or not any(sends_out(scene, mark) for mark in taken):  # "may be sentenced, then will be deported" is told of no one yet
        return None
    word = next(scene.marks.within(scene.start, scene.end, "organiser"), None)
    return Number(1, word.start, word.end, False, Qualifier.EXACT) if word is not None else None


def with_one(candidates: Sequence[Candidate], ones: Sequence[Candidate], opening: str, language: Language) -> list[Candidate]:
    """Return the candidates, with those of one before them where he is the news: the opening tells of scams and counts no group."""
    sentenced = any(one.claim.stage is Stage.SENTENCED for one in ones)
    ones = [replace(one, claim=replace(one.claim, origin="KH")) for one in ones if _was_here(one, candidates)]
    told = [each for each in candidates if each.claim.stage is not None and not (each.past or each.since or each.elsewhere or each.part)]
    together = [each for each in told if each.claim.stage is Stage.SENTENCED and each.claim.qualifier is Qualifier.EXACT]
    if together and sentenced:
        return [*candidates, *(replace(one, part=True) for one in ones)]  # of twelve who were sentenced he is one
    title = any(one.claim.field == "title" for one in ones)
    groups = [each for each in told if each.claim.field == "title" or (not title and each.claim.qualifier is Qualifier.EXACT)]
    if not ones or groups or not any(word in opening for word in _scams(language)):
        return list(candidates)
    return [*ones, *candidates]


def sends_out(scene: Scene, mark: Mark) -> bool:
    """Whether a step may make one person news: he was sent out or sentenced, or arrested where the sentence plays in Cambodia."""
    if mark.kind != "stage" or mark.value in (Stage.RAID, Stage.RESCUED):
        return False
    return STAGE_RANK[Stage(str(mark.value))] >= LEFT or scene.setting == HERE


def wanted_by(scene: Scene, step: Stage) -> tuple[str, ...] | None:
    """Return the country to which one is extradited, as his own, where the sentence names it and names no people at all.

    A state extradites a ringleader to the one that claims him; where he is another's citizen, reports say so: "Taiwanese kingpin
    extradited to China". A deportation says nothing of the kind.
    """
    if step is not Stage.EXTRADITED or any(mark.value != HERE for mark in scene.marks.within(scene.start, scene.end, "demonym")):
        return None
    _, to = direction(scene, (), step)
    return to if len(to) == 1 and to != (HERE,) else None


def _was_here(one: Candidate, candidates: Sequence[Candidate]) -> bool:
    """Whether who was sentenced was in Cambodia: its court did it, or the article tells of people sent out from there."""
    if one.claim.origin == "KH" or one.claim.stage is not Stage.SENTENCED:
        return True
    return any(each.claim.origin == "KH" and each.claim.stage is not None and STAGE_RANK[each.claim.stage] == LEFT for each in candidates)


@lru_cache(maxsize=64)
def _scams(language: Language) -> tuple[str, ...]:
    return tuple(folded(term.rstrip("*")).strip() for concept in _SCAM for term in language.concepts.get(concept, ()))
