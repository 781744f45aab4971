"""StoryFile -> Facts: what a story says, decided from the claims of its reports.

Puts together what `rows` (figures), `sources` (who stands behind them) and `headline` (words) decide; a person's
confirmed figures stand in place of decided ones. It compares with nothing that was said before: that is `changes`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from watcher.model import ArticleRole, Called, Claim, Confidence, Facts, PeopleRow, Report, Role, StoryFile
from watcher.story.figures import step
from watcher.story.groups import reported_day
from watcher.story.headline import headline
from watcher.story.rows import furthest, rows, total
from watcher.story.sources import standing


def decide(story: StoryFile) -> Facts:
    """Return the facts of a story. It needs at least one report; figures where sources differ are kept side by side."""
    reports = sorted((r for r in story.reports if r.role is not ArticleRole.BACKGROUND), key=lambda report: (report.time, report.article))
    behind = standing(reports)
    people = _confirmed(rows(reports, behind.own_words), story.confirmed)
    last = furthest(people)
    low, high = total(last)
    mains = [claim for report in reports for claim in report.claims if claim.role is Role.MAIN]
    at_last = [claim for claim in mains if last and claim.stage and step(claim.stage) == step(last[0].stage)]
    return Facts(
        headline=headline(last, reports),
        stage=last[0].stage if last else None,
        date=max((row.date for row in last if row.date), default=None) or min((reported_day(report) for report in reports), default=None),
        origin=next(iter(_ranked(claim.origin for claim in at_last if claim.origin)), None)
        or next(iter(_ranked(claim.origin for claim in mains if claim.origin)), None),
        to=_ranked(code for claim in at_last for code in claim.to),
        places=_ranked(place for claim in mains for place in claim.places),
        called=_called(mains),
        people=people,
        total=low,
        total_max=high,
        confidence=Confidence.CHECKED if story.checked_by else behind.confidence,
        sources=behind.sources,
        copies=behind.copies,
        checked_by=story.checked_by,
        rules=_rules(reports),
    )


def _confirmed(decided: Sequence[PeopleRow], confirmed: Sequence[PeopleRow]) -> tuple[PeopleRow, ...]:
    """A person's figure stands for its step and people, whatever later reports say."""

    def replaced(row: PeopleRow) -> bool:
        mine = set(row.nationality or ())
        return any(
            step(row.stage) == step(own.stage) and (not mine or not own.nationality or mine & set(own.nationality)) for own in confirmed
        )

    kept = [row for row in decided if not replaced(row)]
    return tuple(sorted([*kept, *confirmed], key=lambda row: step(row.stage)))


def _called(claims: Iterable[Claim]) -> Called:
    said = {claim.called for claim in claims} - {Called.NOT_SAID}
    return Called.MIXED if len(said) > 1 else next(iter(said), Called.NOT_SAID)


def _ranked(values: Iterable[str]) -> tuple[str, ...]:
    """Each value once, the most often said first, else in the order said."""
    counted = Counter(values)
    return tuple(sorted(counted, key=lambda value: -counted[value]))


def _rules(reports: Sequence[Report]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(rule for report in reports for rule in report.rules))
