"""StoryFile -> Behind: which of a story's reports say what is told now, whose words they are, and how sure that makes it.

A story goes on for weeks: the raid, the charges, the flight. A figure is shown with the reports that print it; reports of
earlier steps come after them and make the figure no surer. Figures themselves are decided before this room.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from watcher.digest.clean import one_line
from watcher.digest.figures import and_list, exact, furthest, remaining, same_step
from watcher.model import ArticleRole, Called, Claim, Confidence, Facts, PeopleRow, Qualifier, Report, Role, Stage, Status, StoryFile

ABOUT = 0.15  # share by which a rounded figure may miss the row it belongs to
CUSTODY = frozenset({Stage.ARRESTED, Stage.DETAINED})
_OWN_FIGURE = frozenset({Role.MAIN, Role.PART})


class Nearness(IntEnum):
    """How near a sentence or report is to what is told, nearest first."""

    FIGURE = 0  # says this figure of this step
    STEP = 1  # says this step, with another figure or none of its own
    OTHER = 2  # another step, or a detail


@dataclass(frozen=True, slots=True)
class Behind:
    """How sure the told step is: its label, the outlets that report it, and those that report only other steps."""

    confidence: Confidence
    outlets: tuple[str, ...]
    others: tuple[str, ...] = ()


def told_rows(facts: Facts | None, before: Facts | None = None) -> tuple[PeopleRow, ...]:
    """Return the rows a reader is told of: of the furthest step those that were not told before; all of it where none is new."""
    rows = furthest(facts) if facts else ()
    known = [(row.stage, row.nationality, row.count, row.count_max) for row in before.people] if before else []
    return tuple(row for row in rows if (row.stage, row.nationality, row.count, row.count_max) not in known) or rows


def claim_nearness(claim: Claim, rows: Sequence[PeopleRow]) -> Nearness:
    """Say how near one claim is to what is told. A claim without a figure of its own speaks of the people of the row."""
    if not rows:
        return Nearness.FIGURE
    same = [row for row in rows if claim.stage and claim.status is row.status and same_step(claim.stage, row.stage)]
    if any(_fits(claim, row) for row in same) and claim.role in _OWN_FIGURE:
        return Nearness.FIGURE
    return Nearness.STEP if same and claim.role is Role.MAIN else Nearness.OTHER


def report_nearness(report: Report, rows: Sequence[PeopleRow]) -> Nearness:
    """Say how near a report is to what is told: as near as the nearest of its claims."""
    return min((claim_nearness(claim, rows) for claim in report.claims), default=Nearness.OTHER)


def is_earlier(report: Report, story: StoryFile, rows: Sequence[PeopleRow]) -> bool:
    """Whether a report says nothing of the told step and is older than every report that does."""
    saying = [one.time for one in story.reports if report_nearness(one, rows) is not Nearness.OTHER]
    return report_nearness(report, rows) is Nearness.OTHER and bool(saying) and report.time < min(saying)


def own_words(report: Report, facts: Facts | None) -> bool:
    """Whether a report is its outlet's own. Facts know it better than the report's role, which is that of the day it arrived.

    A copy may come before what it copies; then the original joined as the copy.
    """
    if report.role is ArticleRole.BACKGROUND:
        return False
    if facts and not {report.source, f"{report.source}, via {report.via}"}.isdisjoint(facts.sources):
        return True
    return report.role is ArticleRole.REPORT and not (facts and any(report.source == copy for copy, _ in facts.copies))


def called_by(story: StoryFile) -> str:
    """Return "called suspects by AP", "called suspects by AP, victims by Kyodo", or "" where no source says either.

    Who prints the word is what we know; whom that source quotes with it is not. A copy says nothing of its own.
    """
    names: dict[str, list[str]] = {}
    for report in [one for one in story.reports if own_words(one, story.facts)] or story.reports:
        for claim in report.claims:
            if claim.role is Role.MAIN and claim.called is not Called.NOT_SAID:
                word = "both suspects and victims" if claim.called is Called.MIXED else claim.called.value
                outlets = names.setdefault(word, [])
                if report.source and one_line(report.source) not in outlets:
                    outlets.append(one_line(report.source, 60))
    parts = [f"{word} by {and_list(outlets[:2])}" if outlets else word for word, outlets in names.items()]
    return f"called {', '.join(parts)}" if parts else ""


def behind(story: StoryFile) -> Behind:
    """Return who stands behind the furthest step. Never surer than the story's own label, nor than these outlets make it."""
    facts = story.facts
    if facts is None:
        return Behind(Confidence.ONE_SOURCE, ())
    rows = furthest(facts)
    saying = [report for report in story.reports if report_nearness(report, rows) is not Nearness.OTHER]
    elsewhere = _names(report for report in story.reports if report not in saying) - _names(saying)
    outlets = tuple(name for name in facts.sources if name not in elsewhere)
    others = tuple(name for name in facts.sources if name in elsewhere)
    if not saying or not others or facts.confidence is Confidence.CHECKED:
        sure = facts.confidence if facts.confidence is not Confidence.INDEPENDENT or len(facts.sources) > 1 else Confidence.ONE_SOURCE
        return Behind(sure, facts.sources)
    if outlets:
        independent = facts.confidence is Confidence.INDEPENDENT and len(outlets) > 1
        return Behind(Confidence.INDEPENDENT if independent else _single(facts), outlets, others)
    of_state = all(report.state_media or report.official for report in saying)
    return Behind(
        Confidence.STATE_ONLY if of_state else Confidence.ONE_SOURCE, tuple(dict.fromkeys(report.source for report in saying))[:1], others
    )


def rest_words(story: StoryFile) -> str:
    """Return what is known of those who have not come as far: "The other 20 are still held.", or that no report says; "" for none left."""
    rest = remaining(story.facts) if story.facts else 0
    if rest <= 0:
        return ""
    who = "one" if rest == 1 else f"{rest:,}"
    if any(_counts_the_rest(claim, rest, story.facts) for report in _newer(story) for claim in report.claims):
        return f"The other {who} {'is' if rest == 1 else 'are'} still held."
    return f"No report about the other {who}."


def _names(reports: Iterable[Report]) -> set[str]:
    """The names under which facts list the outlets of these reports."""
    return {name for report in reports for name in (report.source, f"{report.source}, via {report.via}")}


def _single(facts: Facts) -> Confidence:
    return Confidence.STATE_ONLY if facts.confidence is Confidence.STATE_ONLY else Confidence.ONE_SOURCE


def _fits(claim: Claim, row: PeopleRow) -> bool:
    """Whether the claim's figure, as it is worded, is the row's."""
    if claim.nationality and row.nationality and not set(claim.nationality) & set(row.nationality):
        return False
    if claim.count is None or row.count is None:
        return True
    low, high = row.count, row.count_max or row.count
    least, most = claim.count, claim.count_max or claim.count
    match claim.qualifier:
        case Qualifier.AT_LEAST:
            return high >= least
        case Qualifier.AT_MOST:
            return low <= most
        case Qualifier.ABOUT:
            return least <= high * (1 + ABOUT) and low <= most * (1 + ABOUT)
        case _:
            return least <= high and low <= most


def _newer(story: StoryFile) -> list[Report]:
    """Reports since the first one that says the furthest step."""
    rows = furthest(story.facts) if story.facts else ()
    told = [report for report in story.reports if report.role is not ArticleRole.BACKGROUND]
    since = min((report.time for report in told if report_nearness(report, rows) is not Nearness.OTHER), default=None)
    return [report for report in told if since is not None and report.time >= since]


def _counts_the_rest(claim: Claim, rest: int, facts: Facts | None) -> bool:
    """Whether a claim says that exactly so many of these people are in custody.

    A rest that is larger than those who left is read as background of its article; what counts then is that it has no older day.
    """
    if claim.stage not in CUSTODY or claim.status is not Status.DONE or not exact(claim) or claim.count != rest:
        return False
    known = {code for row in facts.people for code in row.nationality or ()} if facts else set()
    if claim.nationality and known and not known & set(claim.nationality):
        return False
    return claim.role in _OWN_FIGURE or (claim.role is Role.BACKGROUND and claim.stage is Stage.DETAINED and claim.date is None)
