"""Claims and the leading sentences -> Claims: whose people they are, where the sentence of the figure does not say it.

Said elsewhere is a nationality by the headline or the lead where these name one and no other, by a list of countries beside a
figure of foreigners ("93 foreigners, from China, Viet Nam and Bangladesh"), and by words for coming home ("back in Taiwan").
Where the article says nothing of it, nothing is said here. What a sentence says is in `leads`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from watcher.model import STAGE_RANK, Claim, Role, Stage
from watcher.read.leads import HERE, Lead


def with_nationality(claims: Sequence[Claim], leads: Sequence[Lead]) -> list[Claim]:
    """Return the claims; where no main one names a nationality, all main ones have that of the article, if it says one."""
    mains = [claim for claim in claims if claim.role is Role.MAIN]
    if any(claim.nationality for claim in mains):
        return list(claims)
    codes = _listed(mains, leads) if any(claim.foreigners for claim in mains) else _of_article(mains, leads)
    if not codes:
        return list(claims)
    return [replace(claim, nationality=codes, foreigners=False) if claim.role is Role.MAIN else claim for claim in claims]


def _listed(mains: Sequence[Claim], leads: Sequence[Lead]) -> tuple[str, ...]:
    """The list in the sentence of a figure of foreigners, else the first one in, or behind, a sentence that counts people."""
    places = {(claim.field, claim.start) for claim in mains}
    beside = next((lead.listed for lead in leads if lead.listed and (lead.field, lead.span.start) in places), ())
    return beside or next((lead.listed for before, lead in pairwise((None, *leads)) if lead and lead.listed and _counts(before, lead)), ())


def _counts(before: Lead | None, lead: Lead) -> bool:
    return lead.recent and (lead.counted or (before is not None and before.counted))


def _of_article(mains: Sequence[Claim], leads: Sequence[Lead]) -> tuple[str, ...]:
    """The one nationality of headline or lead; where these name nobody, the country to which people are said to have come home, or gone."""
    everyone = {code for lead in leads for code in lead.nationality} - {HERE}
    current = [lead for lead in leads if lead.current]
    title = next((lead.named for lead in current if lead.field == "title" and lead.named), None)
    if title is not None and everyone <= {title}:
        return (title,)
    left = any(claim.stage is not None and STAGE_RANK[claim.stage] >= STAGE_RANK[Stage.DEPORTED] for claim in mains)
    home = {code for lead in leads if lead.recent for code in lead.arrivals} if left else set()
    # Taiwanese are deported to China; who is brought home, or asked for by a court, most often belongs there.
    to = {code for claim in mains if claim.stage in (Stage.REPATRIATED, Stage.EXTRADITED) for code in claim.to}
    if everyone:
        said = any(lead.named in everyone for lead in current) or home == everyone
        if len(everyone) == 1 and said:
            return tuple(everyone)
        return (title,) if title is not None and _is_alone(title, mains, leads) else ()
    return tuple(home | to) if len(home | to) == 1 else ()


def _is_alone(title: str, mains: Sequence[Claim], leads: Sequence[Lead]) -> bool:
    """Whether headline and the sentences of the figures name nobody but one people; others below are not of the figure."""
    places = {(claim.field, claim.start) for claim in mains}
    beside = [lead.nationality - {HERE} for lead in leads if lead.field == "title" or (lead.field, lead.span.start) in places]
    others = [lead for lead in leads if lead.named not in (None, title) or len(lead.nationality - {HERE}) > 1]
    return not others and all(codes <= {title} for codes in beside)
