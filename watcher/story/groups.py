"""Report -> Groups: the people that an article is about, as joining compares them.

A Group is one main claim with what its article says elsewhere filled in: the nationality a headline leaves out,
the day from the publication. Nothing is compared or decided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache

from watcher.model import STAGE_RANK, Claim, Qualifier, Report, Role, Stage, Status

# What a stage is to the people: still in the country's hands, out of it, or judged. Within a phase the words of
# different outlets for one thing vary (detained, arrested; deported, repatriated), over phases the same people move on.
CUSTODY, OUT, JUDGED = 0, 1, 2
DOZENS = 20  # the smallest figure that a word in the plural stands for
ROUNDED = 1.5  # "more than 100" over a text with 149; beyond it the headline is of other people
HALF_MONTH, HALF_YEAR = 15, 183  # days from the middle of a month or year to its ends


@dataclass(frozen=True, slots=True)
class Group:
    """People of one claim. `nationality` is empty where none is named; `low` is None where no number is printed.

    `day` is the claim's own date where `dated`, else the article's time; where only a month or year is given, its middle, and
    `reach` says how many days to either side it may mean. `recalled` is True for the earlier step of people whose later
    step the article is about: "376 arrested" where 74 of them are now deported; `hinted` where the article says that
    only in passing ("376 had been arrested in July"). `gathering` people are still being counted: freed, asking to be sent home,
    a named people's total so far. `inside` are the exact parts that the article gives of these people. `vague` is
    a figure in words that only bound it: "hundreds", "dozens". `phase` is CUSTODY, OUT or JUDGED, None without a stage; who is
    only to be sent home is still held.
    """

    nationality: frozenset[str]
    low: int | None
    high: int | None
    qualifier: Qualifier
    stage: Stage | None
    day: date
    dated: bool
    places: frozenset[str]
    origin: str | None
    person: str | None
    recalled: bool = False
    announced: bool = False
    hinted: bool = False
    gathering: bool = False
    reach: int = 0
    inside: tuple[tuple[int, frozenset[str]], ...] = ()
    vague: bool = False
    phase: int | None = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "phase", _reached(self.stage, announced=self.announced))

    @property
    def exact(self) -> bool:
        """Whether this is a number as counted, not as rounded."""
        return self.low is not None and self.low == self.high and self.qualifier is Qualifier.EXACT


def phase(stage: Stage | None) -> int | None:
    """Return the phase a stage belongs to."""
    if stage is None:
        return None
    rank = STAGE_RANK[stage]
    return CUSTODY if rank < STAGE_RANK[Stage.DEPORTED] else OUT if rank == STAGE_RANK[Stage.DEPORTED] else JUDGED


def groups(report: Report) -> tuple[Group, ...]:
    """The groups that a report is about: its main claims; where it only gives totals so far, those.

    A rounded headline over an exact text ("over 100", 121) is one statement: the exact one.
    """
    return _groups(report.claims, reported_day(report))


def mentions(report: Report) -> tuple[Claim, ...]:
    """The older events a report looks back at, as far as they could be found again: nationality, figure and date are given."""
    return tuple(c for c in report.claims if c.role is Role.BACKGROUND and c.nationality and c.count and c.date and _believable(c.date))


def looks_back_only(report: Report) -> bool:
    """Whether all that a report says of people is about older events; such an article opens no story."""
    return bool(report.claims) and all(claim.role is Role.BACKGROUND for claim in report.claims)


def event_day(report: Report) -> date:
    """The day of what a report is about: the date of its furthest main claim, else its publication, else first sight."""
    known = [group for group in groups(report) if group.dated]
    furthest = max(known, key=lambda group: -1 if group.stage is None else STAGE_RANK[group.stage], default=None)
    return furthest.day if furthest else reported_day(report)


def reported_day(report: Report) -> date:
    """The day of publication, else of first sight; a feed's impossible year never gets as far as arithmetic on it."""
    day = report.time.date()
    return day if _believable(day) else report.first_seen.date()


@lru_cache(maxsize=8_192)  # joining compares one report with many others again and again; some 3 KB each
def _groups(claims: tuple[Claim, ...], day: date) -> tuple[Group, ...]:
    mains = [claim for claim in claims if claim.role is Role.MAIN]
    parts = [claim for claim in claims if claim.role is Role.PART]
    is_main = bool(mains)
    if not mains:
        mains = [] if parts else [claim for claim in claims if claim.role is Role.TALLY]
    named = _nationalities(mains) or _nationalities(parts)
    furthest = max((_phase_of(claim) or CUSTODY for claim in mains), default=CUSTODY)
    inside = tuple((part.count, frozenset(part.nationality or ())) for part in parts if part.count and part.qualifier is Qualifier.EXACT)
    own = [_with_parts(_group(claim, day, named, furthest), inside) for claim in _about(mains)]
    freed = {group.low for group in own if group.stage is Stage.RESCUED}
    own = [replace(group, gathering=True) if _gathering(group, freed, counted_so_far=not is_main) else group for group in own]
    own = list(dict.fromkeys(group for group in own if not any(_says_more(other, group) for other in own)))
    return (*own, *_hinted(claims, day, own))


def _about(mains: Sequence[Claim]) -> list[Claim]:
    """The claims on the people that an article is about: those of its headline, else its first, and what is not of other nations.

    "More than 30 Malaysians rescued ... over 2,000 Indonesians sought help this week" is a report on the Malaysians.
    """
    ordered = sorted(mains, key=lambda claim: (claim.field != "title", claim.start))
    leading = [claim for claim in ordered if claim.field == "title" and claim.nationality] or [c for c in ordered if c.nationality][:1]
    named = _nationalities(leading)
    whole = max((claim.count or 0 for claim in mains), default=0)
    others = [claim for claim in ordered if claim.nationality and not named & set(claim.nationality)]
    adds_up = sum(claim.count or 0 for claim in mains if claim.count != whole) == whole
    return list(mains) if adds_up else [claim for claim in mains if claim not in others]


def _gathering(group: Group, freed: set[int | None], *, counted_so_far: bool) -> bool:
    """Whether people are still being counted. Who is freed is often said to go home in the same breath, with the same figure."""
    return group.announced or (group.low is not None and group.low in freed) or (counted_so_far and bool(group.nationality))


def _with_parts(group: Group, inside: tuple[tuple[int, frozenset[str]], ...]) -> Group:
    """A group with the parts that fit into it; where they add up to it, it is of all their nationalities."""
    fitting = tuple(part for part in inside if group.low and part[0] < group.low)
    if not fitting:
        return group
    if all(nations for _, nations in fitting) and sum(number for number, _ in fitting) == group.low:
        group = replace(group, nationality=group.nationality.union(*(nations for _, nations in fitting)))
    return replace(group, inside=fitting)


def _says_more(other: Group, group: Group) -> bool:
    """Whether `other` is the exact figure for what `group` rounds, in the same article."""
    if group.exact or not other.exact or group.person or group.phase != other.phase or group.low is None or other.low is None:
        return False
    if group.nationality and other.nationality and not group.nationality & other.nationality:
        return False
    return max(group.low, other.low) <= ROUNDED * min(group.low, other.low)


def _hinted(claims: Sequence[Claim], published: date, own: Sequence[Group]) -> Iterator[Group]:
    """Earlier steps of the same people that are told as something past: more of them were held, some are now out."""
    gone = [group for group in own if group.phase != CUSTODY and group.low and not group.person]
    for claim in claims:
        if claim.role is not Role.BACKGROUND or not claim.count or not claim.nationality or phase(claim.stage) != CUSTODY:
            continue
        whose = [group for group in gone if group.nationality & set(claim.nationality) and (group.high or 0) <= claim.count]
        if whose and claim.origin in (None, "KH"):
            group = replace(_group(claim, published, frozenset(), OUT), recalled=True, hinted=True)
            if claim.date is not None and not group.dated and _believable(claim.date):
                day, reach = _middle(claim, claim.date)
                group = replace(group, day=day, reach=reach)
            yield group


def _group(claim: Claim, published: date, named: frozenset[str], furthest: int) -> Group:
    dated = claim.date is not None and claim.date_precision in (None, "day") and _believable(claim.date)
    # "Foreigners" is a statement of its own: the parts named beside it are not all of them.
    nationality = frozenset(claim.nationality) if claim.nationality else frozenset() if claim.foreigners else named
    day, reach = (claim.date, 0) if dated and claim.date else _about_day(claim, published)
    return Group(
        nationality=nationality,
        low=claim.count,
        high=claim.count_max if claim.count_max is not None else claim.count,
        qualifier=claim.qualifier,
        stage=claim.stage,
        day=day,
        reach=reach,
        dated=dated,
        places=frozenset(claim.places),
        origin=claim.origin,
        person=claim.person,
        recalled=(_phase_of(claim) or CUSTODY) < furthest,
        announced=claim.status is Status.ANNOUNCED,
        vague=claim.qualifier is Qualifier.AT_LEAST and (claim.count or 0) >= DOZENS and not any(one.isdigit() for one in claim.printed),
    )


def _phase_of(claim: Claim) -> int | None:
    return _reached(claim.stage, announced=claim.status is Status.ANNOUNCED)


def _reached(stage: Stage | None, *, announced: bool) -> int | None:
    reached = phase(stage)
    return CUSTODY if announced and reached == OUT else reached


def _about_day(claim: Claim, published: date) -> tuple[date, int]:
    """The day to reckon with where a claim gives a month or year: the publication if it lies within, else the middle; and its reach."""
    given = claim.date
    if (
        given is None
        or not _believable(given)
        or (given.year == published.year and (claim.date_precision == "year" or given.month == published.month))
    ):
        return published, 0
    return _middle(claim, given)


def _middle(claim: Claim, given: date) -> tuple[date, int]:
    """The middle of a month or year, and how many days lie to either side."""
    if claim.date_precision == "year":
        return date(given.year, 1, 1) + timedelta(days=HALF_YEAR), HALF_YEAR
    return date(given.year, given.month, 1) + timedelta(days=HALF_MONTH), HALF_MONTH


def _believable(day: date) -> bool:
    return 1970 <= day.year <= 2200


def _nationalities(claims: Iterable[Claim]) -> frozenset[str]:
    return frozenset(code for claim in claims for code in claim.nationality or ())
