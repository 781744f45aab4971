"""Candidates -> Claims: which figure is the article's own, which are parts of it, and which look back.

The headline's exact figure leads; where it is round, the exact one below that fits it does. A figure in a sentence anchored in the past
("in April", "last year", "since 2012") is background or a running total, unless it is the article's own figure again. Sentences and
words are read in `claims`; here only figures, dates and nationalities are compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from watcher.model import STAGE_RANK, Claim, Qualifier, Role, Stage
from watcher.read.dates import Found

OLD = timedelta(days=30)  # an event named by its day that is older than this is not this article's news
OLD_MONTH = timedelta(days=38)  # from the first of a named month: its last day and a week, so that "in July" is past by mid-August
CLOSE = 0.15  # a rounded figure and an exact one this far apart are the same people
_VAGUE = 3.0  # "dozens" may be 99
_LOOSE = 0.6  # "more than 150" may stand for more than it says, up to this share


@dataclass(frozen=True, slots=True)
class Candidate:
    """A claim before its role is known, and what its sentence says about time."""

    claim: Claim
    part: bool
    past: bool
    since: bool
    dated: tuple[Found, ...]
    bare: bool = False  # no word for people stands beside the figure: "as thousands flee"
    further: bool = False  # some of a group that went further than all of it: the 48 of "48 of 68 were deported"
    elsewhere: bool = False  # its sentence plays in another country
    whole: bool = False  # the 68 of "48 of 68 South Koreans": the group before some of it went on


def assign(candidates: Sequence[Candidate], published: date | None) -> tuple[Claim, ...]:
    """Return the claims with their roles; the same figure said twice is one claim with all that was said of it."""
    main = _main(candidates, published)
    claims: list[Claim] = []
    for candidate in candidates:
        claim = candidate.claim
        if candidate.whole and (main is None or not _is_earlier(claim, main)):
            continue
        if main is not None:
            claim = _with_role(candidate, main, published)
        else:
            claim = replace(claim, role=_looking_back(candidate, published) or (Role.PART if candidate.part else Role.BACKGROUND))
        if claim.stage is not None or claim.role is Role.MAIN or claim.role is Role.PART:
            claims.append(claim)
    return tuple(_merged(claims))


def _main(candidates: Sequence[Candidate], published: date | None) -> Claim | None:
    """The article's own figure: the title's, else the first that is no part and does not look back."""
    free = [each for each in candidates if not each.part and not each.whole and each.claim.origin in ("KH", None) and not each.elsewhere]
    fresh = [each for each in free if _looking_back(each, published) is None]
    staged = [each.claim for each in fresh if each.claim.stage is not None]
    loose = [each.claim for each in fresh if each.bare and each.claim.qualifier is not Qualifier.EXACT]
    staged = [claim for claim in staged if claim not in loose] or staged
    claims = [claim for claim in staged if claim.field == "title"] or staged
    if not claims:
        return None
    first = next((claim for claim in claims if claim.qualifier is Qualifier.EXACT), claims[0])
    if first.qualifier is not Qualifier.EXACT:
        exact = [each.claim for each in fresh if each.claim.qualifier is Qualifier.EXACT and _same_people(each.claim, first)]
        first = replace(exact[0], stage=exact[0].stage or first.stage) if exact else first
    named = next((each.claim for each in fresh if each.claim.nationality and _same_people(each.claim, first)), None)
    if first.nationality is None and named is not None:
        first = replace(first, nationality=named.nationality, foreigners=False, to=first.to or named.to)
    return first


def _same_people(one: Claim, other: Claim) -> bool:
    """Whether two figures may be the same group: no other nationality, and equal, or close where one is round."""
    if one.nationality and other.nationality and not set(one.nationality) & set(other.nationality):
        return False
    low, high = sorted((one.count or 0, other.count or 0))
    if low == high:
        return True
    round_one = one if one.qualifier is not Qualifier.EXACT else other
    if round_one.qualifier is Qualifier.EXACT:
        return False
    if round_one.qualifier is Qualifier.AT_LEAST:
        spelt = not any(map(str.isdigit, round_one.printed))
        return round_one.count == low and high <= low * (1 + (_VAGUE if spelt else _LOOSE))
    return high - low <= CLOSE * high


def _with_role(candidate: Candidate, main: Claim, published: date | None) -> Claim:
    claim = candidate.claim
    if not candidate.part and _same_people(claim, main):
        stage = claim.stage or main.stage
        nationality = claim.nationality or main.nationality
        return replace(claim, role=Role.MAIN, stage=stage, nationality=nationality, foreigners=claim.foreigners and not nationality)
    if candidate.part:
        return replace(claim, role=Role.PART)
    back = _looking_back(candidate, published)
    if candidate.further and back is None and _is_earlier(main, claim):
        return replace(claim, role=Role.MAIN, nationality=claim.nationality or main.nationality)
    if candidate.whole:
        return replace(claim, role=Role.MAIN, nationality=claim.nationality or main.nationality)
    if candidate.elsewhere or claim.origin not in ("KH", None):
        return replace(claim, role=Role.BACKGROUND)
    if back is not None:
        return replace(claim, role=back)
    return replace(claim, role=_beside(claim, main))


def _is_earlier(one: Claim, other: Claim) -> bool:
    """Whether one claim may be of the people of another before some of them went on: an earlier step, no other nationality."""
    if one.nationality and other.nationality and not set(one.nationality) & set(other.nationality):
        return False
    earlier, later = _rank(one.stage), _rank(other.stage)
    return earlier is not None and later is not None and earlier < later


def _beside(claim: Claim, main: Claim) -> Role:
    """The role of another figure of today: of other people, of a part of ours, or a total."""
    if claim.nationality and main.nationality and not set(claim.nationality) & set(main.nationality):
        return Role.BACKGROUND if claim.stage is None else Role.MAIN  # "over 2,000 Indonesians asked for help" reached no step
    if (claim.count or 0) < (main.count or 0):
        return Role.PART
    return Role.TALLY if _rank(claim.stage) == _rank(main.stage) else Role.BACKGROUND


def _looking_back(candidate: Candidate, published: date | None) -> Role | None:
    if candidate.since:
        return Role.TALLY
    days = [found for found in candidate.dated if found.precision == "day"]
    # "On Tuesday sent home 68 who were found last month": the day of the news outweighs the word for the past.
    if candidate.past and not (published and any(found.day and published - found.day <= OLD for found in days)):
        return Role.BACKGROUND
    if published is None:
        return Role.BACKGROUND if candidate.dated and not days else None
    if days:
        return Role.BACKGROUND if all(found.day and published - found.day > OLD for found in days) else None
    old = [found for found in candidate.dated if found.day and published - found.day > OLD_MONTH and found.precision != "year"]
    if not old:
        old = [found for found in candidate.dated if found.day and found.precision == "year" and found.day.year < published.year]
    return Role.BACKGROUND if old else None


def _rank(stage: Stage | None) -> int | None:
    return None if stage is None else STAGE_RANK[stage]


def _merged(claims: Sequence[Claim]) -> list[Claim]:
    """One claim for each figure, people, stage and role; a rounded main figure gives way to the exact one beside it."""
    exact = {claim.stage and STAGE_RANK[claim.stage] for claim in claims if claim.role is Role.MAIN and claim.qualifier is Qualifier.EXACT}
    found: dict[tuple[object, ...], Claim] = {}
    for claim in claims:
        rounded = claim.role is Role.MAIN and claim.qualifier is not Qualifier.EXACT
        if rounded and exact and any(_same_people(claim, other) for other in claims if other.role is Role.MAIN and other is not claim):
            continue
        key = (claim.role, claim.count, claim.nationality, _rank(claim.stage))
        known = found.get(key)
        found[key] = claim if known is None else _more_of(known, claim)
    return list(found.values())


def _more_of(known: Claim, again: Claim) -> Claim:
    """What a repetition adds to the first mention: a date, a place, a destination, what people are called."""
    return replace(
        known,
        date=known.date or again.date,
        date_precision=known.date_precision or again.date_precision,
        places=known.places or again.places,
        to=known.to or again.to,
        # Who leaves came from where another sentence says they were; an arrest is not moved by a later word of a country.
        origin=known.origin or (again.origin if _rank(known.stage) == STAGE_RANK[Stage.DEPORTED] else None),
        called=known.called if known.word else again.called,
        word=known.word or again.word,
    )
