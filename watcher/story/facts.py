"""StoryFile -> Facts: what a story says, decided from the claims of its reports.

Puts together what `rows` (figures), `sources` (who stands behind them) and `headline` (words) decide; a person's
confirmed figures stand in place of decided ones. It compares with nothing that was said before: that is `changes`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from watcher.model import ArticleRole, Called, Claim, Confidence, Facts, PeopleRow, Report, Role, Status, StoryFile
from watcher.story.corrections import checked, with_own_figures
from watcher.story.figures import step
from watcher.story.groups import reported_day
from watcher.story.headline import headline
from watcher.story.rows import announced, furthest, rows, total
from watcher.story.sources import standing


def decide(story: StoryFile) -> Facts:
    """Return the facts of a story. It needs at least one report; figures where sources differ are kept side by side."""
    reports = sorted((r for r in story.reports if r.role is not ArticleRole.BACKGROUND), key=lambda report: (report.time, report.article))
    behind = standing(reports)
    people = with_own_figures(rows(reports, behind.own_words), story, reports)
    last = furthest(people)
    checked_by = checked(last, story)
    low, high = total(last)
    mains = [claim for report in reports for claim in report.claims if claim.role is Role.MAIN]
    at_last = [claim for claim in mains if last and claim.stage and step(claim.stage) == step(last[0].stage)]
    return Facts(
        headline=headline(last, reports, () if last and last[0].status is Status.ANNOUNCED else announced(people)),
        stage=last[0].stage if last else None,
        date=max((row.date for row in last if row.date), default=None) or _first_reported(reports, last),
        origin=next(iter(_ranked(claim.origin for claim in at_last if claim.origin)), None)
        or next(iter(_ranked(claim.origin for claim in mains if claim.origin)), None),
        to=_ranked(code for claim in at_last for code in claim.to),
        places=story.own_places if story.own_places is not None else _ranked(place for claim in mains for place in claim.places),
        called=_called(mains),
        people=people,
        total=low,
        total_max=high,
        confidence=Confidence.CHECKED if checked_by else behind.confidence,
        sources=behind.sources,
        copies=behind.copies,
        checked_by=checked_by,
        rules=_rules(reports),
        articles=tuple(report.article for report in reports),
    )


def _first_reported(reports: Sequence[Report], last: Sequence[PeopleRow]) -> date | None:
    """Where no source dates the furthest step: the day it was first reported. Reports of earlier steps say nothing of it."""

    def says(report: Report) -> bool:
        return any(
            claim.role in (Role.MAIN, Role.PART) and claim.stage and last and step(claim.stage) == step(last[0].stage)
            for claim in report.claims
        )

    saying = [report for report in reports if says(report)] or reports
    return min((reported_day(report) for report in saying), default=None)


def _called(claims: Iterable[Claim]) -> Called:
    said = {claim.called for claim in claims} - {Called.NOT_SAID}
    return Called.MIXED if len(said) > 1 else next(iter(said), Called.NOT_SAID)


def _ranked(values: Iterable[str]) -> tuple[str, ...]:
    """Each value once, the most often said first, else in the order said."""
    counted = Counter(values)
    return tuple(sorted(counted, key=lambda value: -counted[value]))


def _rules(reports: Sequence[Report]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(rule for report in reports for rule in report.rules))
