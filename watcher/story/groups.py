"""Report -> Groups: the people that an article is about, as joining compares them.

A Group is one main claim with what its article says elsewhere filled in: the nationality a headline leaves out,
the day from the publication. Nothing is compared or decided here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from watcher.model import STAGE_RANK, Claim, Qualifier, Report, Role, Stage, Status

# What a stage is to the people: still in the country's hands, out of it, or judged. Within a phase the words of
# different outlets for one thing vary (detained, arrested; deported, repatriated), over phases the same people move on.
CUSTODY, OUT, JUDGED = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Group:
    """People of one claim. `nationality` is empty where none is named; `low` is None where no number is printed.

    `day` is the claim's own date where `dated`, else the article's time. `recalled` is True for the earlier step
    of people whose later step the article is about: "376 arrested" where 74 of them are now deported.
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

    @property
    def phase(self) -> int | None:
        """CUSTODY, OUT or JUDGED; None without a stage. Who is only to be sent home is still held."""
        return _reached(self.stage, announced=self.announced)


def phase(stage: Stage | None) -> int | None:
    """Return the phase a stage belongs to."""
    if stage is None:
        return None
    rank = STAGE_RANK[stage]
    return CUSTODY if rank < STAGE_RANK[Stage.DEPORTED] else OUT if rank == STAGE_RANK[Stage.DEPORTED] else JUDGED


def groups(report: Report) -> tuple[Group, ...]:
    """The groups that a report is about: its main claims; where it only gives totals so far, those."""
    mains = [claim for claim in report.claims if claim.role is Role.MAIN]
    if not mains:
        mains = [] if any(c.role is Role.PART for c in report.claims) else [c for c in report.claims if c.role is Role.TALLY]
    named = _nationalities(mains) or _nationalities(claim for claim in report.claims if claim.role is Role.PART)
    furthest = max((_phase_of(claim) or CUSTODY for claim in mains), default=CUSTODY)
    return tuple(_group(claim, report, named, furthest) for claim in mains)


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


def _group(claim: Claim, report: Report, named: frozenset[str], furthest: int) -> Group:
    dated = claim.date is not None and claim.date_precision in (None, "day") and _believable(claim.date)
    # "Foreigners" is a statement of its own: the parts named beside it are not all of them.
    nationality = frozenset(claim.nationality) if claim.nationality else frozenset() if claim.foreigners else named
    return Group(
        nationality=nationality,
        low=claim.count,
        high=claim.count_max if claim.count_max is not None else claim.count,
        qualifier=claim.qualifier,
        stage=claim.stage,
        day=claim.date if dated and claim.date else _day_within(claim, reported_day(report)),
        dated=dated,
        places=frozenset(claim.places),
        origin=claim.origin,
        person=claim.person,
        recalled=(_phase_of(claim) or CUSTODY) < furthest,
        announced=claim.status is Status.ANNOUNCED,
    )


def _phase_of(claim: Claim) -> int | None:
    return _reached(claim.stage, announced=claim.status is Status.ANNOUNCED)


def _reached(stage: Stage | None, *, announced: bool) -> int | None:
    reached = phase(stage)
    return CUSTODY if announced and reached == OUT else reached


def _day_within(claim: Claim, published: date) -> date:
    """The day to reckon with where a claim gives a month or year: the publication if it lies within, else the start."""
    given = claim.date
    if (
        given is None
        or not _believable(given)
        or (given.year == published.year and (claim.date_precision == "year" or given.month == published.month))
    ):
        return published
    return given


def _believable(day: date) -> bool:
    return 1970 <= day.year <= 2200


def _nationalities(claims: Iterable[Claim]) -> frozenset[str]:
    return frozenset(code for claim in claims for code in claim.nationality or ())
