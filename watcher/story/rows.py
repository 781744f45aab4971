"""Figures of all sources -> PeopleRows: how many people reached each step, by rules a person can read.

For each step and group of people: done over announced; own words over copies; of one outlet the later over the
earlier; exact over rounded; of people still being gathered the newest day. What then still differs stands side by
side, lowest to highest, and is never averaged. Words for it are found in `headline`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from watcher.model import STAGE_RANK, PeopleRow, Qualifier, Report, Stage, Status
from watcher.story.figures import Figure, figures, overlapping, parts, same_nations, step, whole

GATHERED = frozenset({STAGE_RANK[Stage.RAID], STAGE_RANK[Stage.ARRESTED], STAGE_RANK[Stage.RESCUED]})  # figures that move by the day
NEAR = 0.15  # figures of two days this near are one event told twice, not two flights


def rows(reports: Sequence[Report], own_words: frozenset[int]) -> tuple[PeopleRow, ...]:
    """Return a story's rows, first step first. `own_words` are the articles that repeat no other."""
    every = figures(reports)
    found: list[PeopleRow] = []
    for key in sorted({step(figure.stage) for figure in every}):
        of_step = [figure for figure in every if step(figure.stage) == key]
        done = [figure for figure in of_step if figure.status is Status.DONE] or of_step
        pool = [figure for figure in done if figure.report.article in own_words] or done
        for group in overlapping(pool, same_nations):
            for people in _of_other_people(group):
                found += _rows_of_group(people, reports)
    return tuple(found)


def total(rows_: Iterable[PeopleRow]) -> tuple[int | None, int | None]:
    """Add up rows of one step, lowest and highest; None where no row has a figure."""
    counted = [row for row in rows_ if row.count is not None]
    if not counted:
        return None, None
    return sum(row.count or 0 for row in counted), sum(row.count_max or row.count or 0 for row in counted)


def furthest(rows_: Sequence[PeopleRow]) -> tuple[PeopleRow, ...]:
    """Return the rows of the furthest step that is done; where nothing is done yet, of the furthest announced."""
    done = [row for row in rows_ if row.status is Status.DONE] or list(rows_)
    last = max((step(row.stage) for row in done), default=None)
    return tuple(row for row in done if step(row.stage) == last)


def announced(rows_: Sequence[PeopleRow]) -> tuple[PeopleRow, ...]:
    """Return the rows of the furthest announced step, where it lies beyond the furthest done one."""
    done = [step(row.stage) for row in rows_ if row.status is Status.DONE]
    ahead = [row for row in rows_ if row.status is Status.ANNOUNCED and step(row.stage) > max(done, default=-1)]
    last = max((step(row.stage) for row in ahead), default=None)
    return tuple(row for row in ahead if step(row.stage) == last)


def said(figure: Figure) -> tuple[str, str]:
    """Return who says what: a counted number in digits, a rounded one in the source's words."""
    if figure.exact:
        return figure.report.source, f"{figure.low:,}" if figure.low == figure.high else f"{figure.low:,} to {figure.high:,}"
    words = {Qualifier.AT_LEAST: "at least", Qualifier.AT_MOST: "up to"}.get(figure.qualifier, "about")
    return figure.report.source, f'"{figure.printed}"' if figure.printed and not figure.printed.isdigit() else f"{words} {figure.low:,}"


def _of_other_people(group: list[Figure]) -> list[list[Figure]]:
    """Split a group that only figures without a nationality hold together: 36 Indonesians, 29 Malaysians and "73 foreigners".

    Where an exact figure without a nationality is larger than the named ones together, it is the whole and stands for them; else
    they are all there is. What is of another day stands on its own.
    """
    named = overlapping([figure for figure in group if figure.nationality], same_nations)
    if len(named) < 2:
        return [group]
    unnamed = [figure for figure in group if not figure.nationality]
    days = [figure.date for people in named for figure in people if figure.date]
    whole_ = [figure for figure in unnamed if not figure.date or not days or any(abs((figure.date - day).days) <= 1 for day in days)]
    apart = [figure for figure in unnamed if figure not in whole_]
    summed = sum(max((figure.low or 0 for figure in people), default=0) for people in named)
    together = [whole_] if any(figure.exact and (figure.low or 0) > summed for figure in whole_) else named
    return [*together, *([apart] if apart else [])]


def _rows_of_group(group: list[Figure], reports: Sequence[Report]) -> list[PeopleRow]:
    batches = _batches(_without_parts(group, reports))
    found = [_row(batch) for batch in batches]
    if len(found) > 1 and any(row.count == sum(other.count or 0 for other in found if other is not row) for row in found):
        # A running count ("134 so far") beside the batches it is made of: the largest has everyone in it.
        found = [max(found, key=lambda row: row.count or 0)]
    if len(found) == 1 and (split := _by_nationality(found[0], group, reports)):
        return split
    return found


def _without_parts(group: list[Figure], reports: Sequence[Report]) -> list[Figure]:
    """Leave out a figure that another source gives as part of a larger one."""
    known = {(part.report.article, part.low) for part in parts(reports)}
    larger = {article for article, low in known if any(f.report.article == article and (f.low or 0) > (low or 0) for f in group)}
    part_counts = {low for article, low in known if article in larger}
    kept = [figure for figure in group if figure.low not in part_counts or figure.report.article in larger]
    return kept or group


def _batches(group: list[Figure]) -> list[list[Figure]]:
    """Split people who left on several days; for people still in custody a new figure replaces the old one."""
    if step(group[0].stage) in GATHERED:
        passed = _passed(group)
        latest = _side_by_side(group)
        return [[figure for figure in latest if not figure.exact or figure.low not in passed] or latest]
    if not any(figure.exact and figure.date for figure in group):
        return [_side_by_side(group)]
    dated = [figure for figure in group if figure.exact and figure.date]
    batches = overlapping(dated, _one_flight)
    for figure in group:
        if figure not in dated:
            min(batches, key=lambda batch: min(_distance(figure, other) for other in batch)).append(figure)
    return sorted((_side_by_side(batch) for batch in batches), key=lambda batch: min(f.date or date.max for f in batch))


def _passed(group: Sequence[Figure]) -> set[int | None]:
    """The counted figures that an outlet has itself replaced by a higher one: who repeats them comes late."""
    said: dict[str, list[Figure]] = {}
    for figure in sorted(group, key=lambda figure: (figure.report.time, figure.report.article)):
        if figure.exact:
            said.setdefault(figure.report.source.casefold(), []).append(figure)
    return {old.low for of_outlet in said.values() for old in of_outlet if (old.low or 0) < (of_outlet[-1].low or 0)}


def _side_by_side(group: list[Figure]) -> list[Figure]:
    """One figure a source, its latest; a source's own groups (36 Indonesians, 29 Malaysians) summed."""
    latest: dict[str, list[Figure]] = {}
    for figure in sorted(group, key=lambda figure: (figure.report.time, figure.report.article)):
        outlet = figure.report.source.casefold()
        if outlet in latest and latest[outlet][0].report.article == figure.report.article:
            if not any(same_nations(figure, other) for other in latest[outlet]):
                latest[outlet].append(figure)
        elif outlet not in latest or figure.exact or not latest[outlet][0].exact:
            latest[outlet] = [figure]
    return [whole(of_outlet) for of_outlet in latest.values()]


def _row(group: list[Figure]) -> PeopleRow:
    counted = _newest([figure for figure in group if figure.low is not None])
    exact = [figure for figure in counted if figure.exact]
    spoken = exact or _rounded(counted) or group
    low = min((figure.low for figure in spoken if figure.low is not None), default=None)
    high = max((figure.high for figure in spoken if figure.high is not None), default=None)
    differ = low != high or any(not _agrees(figure, low, high) for figure in counted)
    return PeopleRow(
        stage=_most(figure.stage for figure in spoken) or group[0].stage,
        status=group[0].status,
        nationality=_nationality(spoken) or _nationality(group) or None,
        count=low,
        count_max=high,
        qualifier=Qualifier.EXACT if exact else spoken[0].qualifier,
        date=_day(spoken) or _day(group),
        figures=tuple(said(figure) for figure in sorted(counted, key=_state_last)) if differ and len(counted) > 1 else (),
    )


def _newest(counted: list[Figure]) -> list[Figure]:
    """Of people still being gathered, what no later and higher figure has outdated; of others all.

    A count that rises replaces what was said until the day before it, and who repeats an outdated figure later only comes late. A
    later lower figure of another outlet outdates nothing: the two disagree until one of them says otherwise.
    """
    if not counted or step(counted[0].stage) not in GATHERED:
        return counted
    standing: list[Figure] = []
    outdated: set[int | None] = set()
    for figure in sorted(counted, key=lambda one: (_told_on(one), one.report.time, one.report.article)):
        if figure.qualifier in (Qualifier.EXACT, Qualifier.AT_LEAST):
            passed = [old for old in standing if (_told_on(figure) - _told_on(old)).days > 1 and (old.high or 0) < (figure.low or 0)]
            standing = [old for old in standing if old not in passed]
            outdated |= {old.low for old in passed if old.exact}
        if not figure.exact or figure.low not in outdated:
            standing.append(figure)
    return _without_old_roundings(standing)


def _without_old_roundings(standing: list[Figure]) -> list[Figure]:
    """Who rounded before others counted is no witness against their figure."""
    exact = [_told_on(figure) for figure in standing if figure.exact]
    return [figure for figure in standing if not exact or figure.exact or (max(exact) - _told_on(figure)).days <= 1]


def _rounded(counted: list[Figure]) -> list[Figure]:
    """Where no one gives an exact number: of bounds the tightest, else what is said."""
    if counted and all(figure.qualifier is Qualifier.AT_LEAST for figure in counted):
        return [max(counted, key=lambda figure: figure.low or 0)]
    if counted and all(figure.qualifier is Qualifier.AT_MOST for figure in counted):
        return [min(counted, key=lambda figure: figure.low or 0)]
    about = [figure for figure in counted if figure.qualifier is Qualifier.ABOUT]
    return about or counted[-1:]


def _agrees(figure: Figure, low: int | None, high: int | None) -> bool:
    """Whether a source's figure, as it is worded, allows the row's."""
    if figure.low is None or figure.high is None or low is None or high is None:
        return True
    match figure.qualifier:
        case Qualifier.AT_LEAST:
            return low >= figure.low
        case Qualifier.AT_MOST:
            return high <= figure.high
        case Qualifier.ABOUT:
            return max(low, figure.low) <= (1 + NEAR) * min(low, figure.low)
        case _:
            return figure.low == low and figure.high == high


def _by_nationality(row: PeopleRow, group: Sequence[Figure], reports: Sequence[Report]) -> list[PeopleRow]:
    """Rows of single nationalities in place of the whole, where one report's figures for them add up to it exactly."""
    if row.count is None or row.count != row.count_max or row.qualifier is not Qualifier.EXACT:
        return []
    for report in {figure.report.article: figure.report for figure in group}.values():
        said = [f for f in (*figures([report]), *parts([report])) if f.exact and len(f.nationality) == 1 and f.low != row.count]
        counts = {figure.nationality: figure for figure in said if step(figure.stage) in (step(row.stage), 0)}
        adds_up = sum(figure.low or 0 for figure in counts.values()) == row.count
        if len(counts) > 1 and adds_up and set(row.nationality or ()) <= {code for nation in counts for code in nation}:
            largest_first = sorted(counts.values(), key=lambda figure: (-(figure.low or 0), figure.nationality))
            return [replace(row, nationality=f.nationality, count=f.low, count_max=f.high, figures=()) for f in largest_first]
    return []


def _one_flight(one: Figure, other: Figure) -> bool:
    assert one.date is not None and other.date is not None
    near = _distance(one, other) <= NEAR
    # An equal figure is the same flight unless a week lies between; a close one only when days hardly differ.
    return abs((one.date - other.date).days) <= (1 if not near else 7 if one.low == other.low else 3)


def _distance(one: Figure, other: Figure) -> float:
    if not one.low or not other.low:
        return 1.0
    return max(one.low, other.low) / min(one.low, other.low) - 1


def _nationality(group: Sequence[Figure]) -> tuple[str, ...]:
    """What most sources name; where as many name less, the fuller list."""
    named = Counter(figure.nationality for figure in group if figure.nationality)
    return max(named, key=lambda nations: (named[nations], len(nations), nations), default=())


def _day(group: Iterable[Figure]) -> date | None:
    """The day most sources give; where as many differ, the earlier: late reports take their own day for the event's."""
    days = Counter(figure.date for figure in group if figure.date)
    return min(days, key=lambda day: (-days[day], day), default=None)


def _most(stages: Iterable[Stage]) -> Stage | None:
    """What most call it; where as many differ, the first reported."""
    counted = Counter(stages)
    return max(counted, key=lambda stage: counted[stage], default=None)


def _told_on(figure: Figure) -> date:
    return figure.date or figure.report.time.date()


def _state_last(figure: Figure) -> tuple[bool, str]:
    return (figure.report.state_media or figure.report.official, figure.report.time.isoformat())
