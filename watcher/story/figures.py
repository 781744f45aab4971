"""Claims of a story's reports -> Figures: what each source says of how many people reached which step.

One Figure a report, step and group of people, parts already inside their whole. Which figure the story shows is
decided in `rows`; nothing is decided over two sources here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from watcher.model import STAGE_RANK, ArticleRole, Claim, Qualifier, Report, Role, Stage, Status

PARTS_REACH = 0.10  # exact parts this near a rounded whole ("nearly 400": 225 and 151) are the whole

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Figure:
    """What one report says of one group at one step. `nationality` is sorted, empty where none is named."""

    report: Report
    stage: Stage
    status: Status
    nationality: tuple[str, ...]
    low: int | None
    high: int | None
    qualifier: Qualifier
    printed: str
    date: date | None
    to: tuple[str, ...] = ()

    @property
    def exact(self) -> bool:
        """Whether this is a number as counted, not as rounded."""
        return self.low is not None and self.qualifier is Qualifier.EXACT


def step(stage: Stage) -> int:
    """The rows of a story: stages that outlets use for one another are one step (arrested and detained; the ways out)."""
    return STAGE_RANK[Stage.ARRESTED] if stage is Stage.DETAINED else STAGE_RANK[stage]


def figures(reports: Iterable[Report]) -> list[Figure]:
    """Return every report's figures, oldest report first; background and tallies are no figures of a story."""
    told = sorted((report for report in reports if report.role is not ArticleRole.BACKGROUND), key=lambda one: (one.time, one.article))
    return [figure for report in told for figure in _of_report(report)]


def parts(reports: Iterable[Report]) -> list[Figure]:
    """Return what reports say of parts of the people: "13 of them women", "225 in the capital"."""
    claims = ((report, claim) for report in reports for claim in report.claims if claim.role is Role.PART and claim.count)
    return [_figure(report, claim, ()) for report, claim in claims]


def overlapping(items: Sequence[_T], related: Callable[[_T, _T], bool]) -> list[list[_T]]:
    """Split items into groups so that related ones are together, first come first."""
    groups: list[list[_T]] = []
    for item in items:
        touched = [group for group in groups if any(related(item, other) for other in group)]
        groups = [group for group in groups if group not in touched]
        groups.append([other for group in touched for other in group] + [item])
    return groups


def same_nations(one: Figure, other: Figure) -> bool:
    """Whether two figures may be of the same people: a nationality in common, or one that names none."""
    return not one.nationality or not other.nationality or bool(set(one.nationality) & set(other.nationality))


def whole(figures_: Sequence[Figure]) -> Figure:
    """Return one figure for all the people of several groups that have nobody in common."""
    counted = [figure for figure in figures_ if figure.low is not None]
    first = figures_[0]
    if len(figures_) == 1 or not counted:
        return first
    nations = tuple(sorted({code for figure in figures_ for code in figure.nationality}))
    exact = all(figure.exact for figure in figures_)
    return replace(
        first,
        nationality=nations,
        low=sum(figure.low or 0 for figure in counted),
        high=sum(figure.high or 0 for figure in counted),
        qualifier=Qualifier.EXACT if exact else Qualifier.ABOUT,
        printed=" + ".join(figure.printed or str(figure.low) for figure in counted),
        to=tuple(dict.fromkeys(code for figure in figures_ for code in figure.to)),
    )


def _of_report(report: Report) -> list[Figure]:
    mains = [claim for claim in report.claims if claim.role is Role.MAIN and claim.stage]
    mains += _coming(report.claims, mains)
    named = tuple(sorted({code for claim in mains for code in claim.nationality or ()})) or _named_parts(report)
    found: list[Figure] = []
    # The order of an article is its own ranking: headline first, then the text from the top.
    ordered = sorted(mains, key=lambda claim: (claim.field != "title", claim.start))
    for key in dict.fromkeys((step(claim.stage), claim.status) for claim in ordered if claim.stage):
        same_step = [_figure(report, claim, named) for claim in ordered if claim.stage and (step(claim.stage), claim.status) == key]
        for group in overlapping(same_step, same_nations):
            found += _one_or_batches(group, [part for part in parts([report]) if step(part.stage) == key[0]])
    return found


def _coming(claims: Sequence[Claim], mains: Sequence[Claim]) -> list[Claim]:
    """What is announced of the people of a report, or of some of them, beyond all that was done: "27 rescued, to be repatriated"."""
    done = [claim for claim in mains if claim.status is Status.DONE and claim.stage and claim.count]
    reached = max((step(claim.stage) for claim in done if claim.stage), default=None)
    return [
        claim
        for claim in claims
        if claim.role is Role.PART and claim.status is Status.ANNOUNCED and claim.stage and claim.count
        if reached is not None and step(claim.stage) > reached and any(_within(claim, other) for other in done)
    ]


def _within(claim: Claim, other: Claim) -> bool:
    """Whether the people of a claim may be those of another, or some of them."""
    if claim.nationality and other.nationality and not set(claim.nationality) <= set(other.nationality):
        return False
    return (claim.count or 0) <= (other.count_max or other.count or 0) or claim.qualifier is not Qualifier.EXACT


def _one_or_batches(group: list[Figure], parts_: list[Figure]) -> list[Figure]:
    """The figures that a report gives for one group: usually one; several where they are batches of several days."""
    exact = _distinct([figure for figure in group if figure.exact])
    rounded = [figure for figure in group if not figure.exact and figure.low]
    for total in exact:
        others = [figure for figure in exact if figure is not total]
        if others and sum(figure.low or 0 for figure in others) == total.low:
            return [_with_nations(total, group)]
    for pool in (exact if len(exact) > 1 else [], _distinct([part for part in parts_ if part.exact]) if not exact else []):
        summed = sum(figure.low or 0 for figure in pool)
        if pool and any(abs(summed - (figure.low or 0)) <= PARTS_REACH * summed for figure in rounded):
            return [_with_nations(replace(whole(pool), stage=group[0].stage, status=group[0].status), group)]
    if not exact:
        return [_with_nations(rounded[0] if rounded else group[0], group)]
    batches = [exact[0]]
    batches += [figure for figure in exact[1:] if all(_days_apart(figure, other) >= 2 for other in batches)]
    apart = [
        figure for figure in exact if all(not set(figure.nationality) & set(other.nationality) for other in exact if other is not figure)
    ]
    if len(apart) == len(exact) and len(exact) > 1:
        return exact
    return [_with_nations(batches[0], group)] if len(batches) == 1 else batches


def _with_nations(figure: Figure, group: Sequence[Figure]) -> Figure:
    """A figure for the whole group is of all nationalities that the group's claims name; and has a day if any has."""
    nations = tuple(sorted({code for other in group for code in other.nationality}))
    day = figure.date or next((other.date for other in group if other.date), None)
    to = tuple(dict.fromkeys(code for other in (figure, *group) for code in other.to))
    return replace(figure, nationality=nations or figure.nationality, date=day, to=to)


def _distinct(group: Sequence[Figure]) -> list[Figure]:
    """The same number said twice of the same people is one."""
    seen: list[Figure] = []
    for figure in group:
        if not any(figure.low == other.low and figure.high == other.high and same_nations(figure, other) for other in seen):
            seen.append(figure)
    return seen


def _days_apart(one: Figure, other: Figure) -> int:
    return abs((one.date - other.date).days) if one.date and other.date else 0


def _figure(report: Report, claim: Claim, named: tuple[str, ...]) -> Figure:
    nationality = tuple(sorted(claim.nationality)) if claim.nationality else () if claim.foreigners else named
    return Figure(
        report=report,
        stage=claim.stage or Stage.RAID,
        status=claim.status,
        nationality=nationality,
        low=claim.count,
        high=claim.count_max if claim.count_max is not None else claim.count,
        qualifier=claim.qualifier,
        printed=claim.printed,
        date=claim.date if claim.date_precision in (None, "day") else None,
        to=claim.to,
    )


def _named_parts(report: Report) -> tuple[str, ...]:
    return tuple(sorted({code for claim in report.claims if claim.role is Role.PART for code in claim.nationality or ()}))
