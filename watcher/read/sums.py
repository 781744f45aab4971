"""Candidates -> Candidates: a total and its parts by nationality, told apart by adding up.

"91 foreigners were detained: 33 Malaysians, 28 Indonesians, 17 Thais and 13 Vietnamese" is one group of 91, whichever of its parts a
headline picks. Which figure leads an article is in `roles`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from watcher.model import STAGE_RANK, Claim, Qualifier
from watcher.read.roles import Candidate

REACH = 600  # characters of a text in which a total and its parts stand


def gathered(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates; a total that is the sum of figures of single nationalities has all of these, and they are its parts."""
    for total in candidates:
        if _is_total(total):
            parts = _parts(total, _beside(total, candidates))
            if len(parts) > 1:
                return _with_parts(candidates, total, parts)
    return list(candidates)


def _is_total(each: Candidate) -> bool:
    claim = each.claim
    return (
        claim.qualifier is Qualifier.EXACT
        and claim.stage is not None
        and (not claim.nationality or claim.field == "text")
        and not (each.part or each.past or each.since or each.elsewhere or each.whole)
    )


def _beside(total: Candidate, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """Those among which the parts of a total may be: of one with a nationality, only those before it in its sentence.

    In 13名台灣籍嫌犯,連同25名中國籍嫌犯共38人 the words for the last part stand right before the total, and are not its own.
    """
    if not total.claim.nationality:
        return candidates
    row = [each for each in candidates if (each.claim.field, each.claim.start) == (total.claim.field, total.claim.start)]
    row = [each for each in row if each.at < total.at]
    return row if row and max(row, key=lambda each: each.at).claim.nationality == total.claim.nationality else []


def _parts(total: Candidate, candidates: Sequence[Candidate]) -> list[Claim]:
    """The first figure of each nationality behind a total, or in its sentence, as far as they add up to it; none where they do not."""
    found: dict[str, Claim] = {}
    for claim in (each.claim for each in candidates if not (each.past or each.since or each.elsewhere)):
        first = total.claim.start if total.claim.field == "text" else 0
        near = claim.field == "text" and first <= claim.start <= first + REACH
        if near and claim.nationality and len(claim.nationality) == 1 and _fits(claim, total.claim):
            found.setdefault(claim.nationality[0], claim)
            if sum(each.count or 0 for each in found.values()) == total.claim.count:
                return list(found.values())
    return []


def _fits(part: Claim, total: Claim) -> bool:
    ranks = [None if stage is None else STAGE_RANK[stage] for stage in (part.stage, total.stage)]
    return part.qualifier is Qualifier.EXACT and (part.count or 0) < (total.count or 0) and ranks[0] in (None, ranks[1])


def _with_parts(candidates: Sequence[Candidate], total: Candidate, parts: Sequence[Claim]) -> list[Candidate]:
    codes = tuple(code for part in parts for code in part.nationality or ())
    figures = {(part.count, part.nationality) for part in parts}

    def placed(each: Candidate) -> Candidate:
        claim = each.claim
        if claim.count == total.claim.count and (not claim.nationality or each is total):
            return replace(each, claim=replace(claim, nationality=codes, foreigners=False))
        is_part = (claim.count, claim.nationality) in figures and not (each.past or each.since)
        return replace(each, part=True) if is_part else each

    return [placed(each) for each in candidates]
