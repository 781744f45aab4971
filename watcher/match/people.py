"""Claims of a Reading -> the people that `has_people` asks for, and where they stand.

People are there where a figure is said of a nationality or of foreigners ("31 Malaysians", "dozens of foreigners"), or where a person of
the operator's list is named with a step. Only what the article itself reports counts: claims that look back, running totals and claims
of people who leave another country do not, because an article with nothing else in it has no news of people to tell. Announced steps
count: "31 Malaysians are to be deported" names people too. How claims are made is for `read`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from watcher.model import Claim, Evidence, Role, Span

_OF_THE_ARTICLE = (Role.MAIN, Role.PART)
_OURS = ("KH", None)  # the country people leave, where one is known


def people_in(claims: Iterable[Claim], stages: Collection[str] = ()) -> list[Claim]:
    """Return the claims that name people; with `stages`, those of people in Cambodia to whom one of these happened."""
    every = list(claims)
    if not stages:
        return [claim for claim in every if names_people(claim)]
    # A part of people who were not in Cambodia was not there either, whatever its own sentence names.
    mains = [claim for claim in every if claim.role is Role.MAIN]
    away = bool(mains) and not any(claim.origin == "KH" for claim in mains)
    return [claim for claim in every if happened_here(claim, stages) and not (away and claim.role is Role.PART)]


def happened_here(claim: Claim, stages: Collection[str]) -> bool:
    """Whether a claim of the article's own is of people who were in Cambodia and no Cambodians, at one of these stages."""
    return (
        claim.role in _OF_THE_ARTICLE
        and claim.stage is not None
        and claim.stage.value in stages
        and claim.origin == "KH"
        and claim.nationality != ("KH",)
    )


def names_people(claim: Claim) -> bool:
    """Whether a claim is of people whom the article tells about, by nationality, as foreigners or by name."""
    if claim.role not in _OF_THE_ARTICLE or claim.origin not in _OURS:
        return False
    said = bool(claim.nationality) or claim.foreigners
    return claim.person is not None or (claim.count is not None and said)


def claim_evidence(claim: Claim) -> Evidence:
    """Return where a claim stands in the original: its figure or name; the sentence where that was taken from elsewhere."""
    at = claim.sentence.find(claim.printed) if claim.printed else -1
    if at < 0:
        return Evidence(None, "has_people", Span(claim.field, claim.start, claim.end))
    start = claim.start + at
    return Evidence(None, "has_people", Span(claim.field, start, start + len(claim.printed)))
