"""StoryFile -> the object outsiders read; stories -> the totals of a month.

`story_json` is the shape of `watcher stories --json` and of the webhook's `data.story`, an agreement with receivers:
keys are added, never renamed. Totals count people once, and only those reported to have left the country.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from watcher.model import STAGE_RANK, Claim, Facts, LinkKind, PeopleRow, Report, Stage, Status, StoryFile
from watcher.story.claim_days import shown_date
from watcher.story.facts import decide

MonthTotals = tuple[tuple[tuple[str | None, int, int], ...], int]


def story_json(story: StoryFile) -> dict[str, Any]:
    """Return a story with its articles and claims as plain values, ready for JSON. Article URLs are as received."""
    facts = story.facts or decide(story)
    seen = [report.first_seen for report in story.reports]
    return {
        "id": story.id,
        "headline": facts.headline,
        "stage": facts.stage,
        "date": _day(facts.date),
        "from": facts.origin,
        "to": list(facts.to),
        "places": list(facts.places),
        "called": facts.called,
        "people": [_row_json(row) for row in facts.people],
        "total": facts.total,
        "confidence": facts.confidence,
        "checked_by": facts.checked_by,
        "links": [{"story": other, "kind": kind} for other, kind in story.links],
        "rules": list(facts.rules),
        "first_seen": _time(story.first_seen or min(seen, default=None)),
        "updated": _time(story.updated or max(seen, default=None)),
        "articles": [
            _article_json(report, story.reports) for report in sorted(story.reports, key=lambda report: (report.time, report.article))
        ],
    }


def facts_json(facts: Facts) -> dict[str, Any]:
    """Return the facts alone, as a change's `before` and `after` hold them."""
    return {
        "headline": facts.headline,
        "stage": facts.stage,
        "date": _day(facts.date),
        "people": [_row_json(row) for row in facts.people],
        "total": facts.total,
        "confidence": facts.confidence,
    }


def month_totals(stories: Iterable[StoryFile], year: int, month: int) -> MonthTotals:
    """Return ((nationality, lowest, highest) of people out of the country in that month, most first), and in how many stories.

    Only what is reported as done, by the day they left (else the story's day). People whose nationality is not said,
    or is several without a figure for each, stand under None. Dismissed stories, totals given by officials and looks
    back never count; a story that is part of another counted one does not count again.
    """
    counted: dict[str | None, tuple[int, int]] = {}
    every = {story.id: story for story in stories if not story.dismissed}
    leaving = {key: rows for key, story in every.items() if (rows := _left_in(story, year, month))}
    used = [key for key in leaving if not any(kind is LinkKind.PART_OF and other in leaving for other, kind in every[key].links)]
    for key in used:
        for row in leaving[key]:
            nation = row.nationality[0] if row.nationality and len(row.nationality) == 1 else None
            low, high = counted.get(nation, (0, 0))
            counted[nation] = low + (row.count or 0), high + (row.count_max or row.count or 0)
    most_first = sorted(counted.items(), key=lambda item: (item[0] is None, -item[1][1], item[0] or ""))
    return tuple((nation, low, high) for nation, (low, high) in most_first), len(used)


def _left_in(story: StoryFile, year: int, month: int) -> Sequence[PeopleRow]:
    """The rows of people out of the country whose day lies in the month."""
    facts = story.facts or decide(story)
    rows = [row for row in facts.people if STAGE_RANK[row.stage] == STAGE_RANK[Stage.DEPORTED] and row.status is Status.DONE and row.count]
    days = [(row, row.date or facts.date) for row in rows]
    return [row for row, day in days if day is not None and (day.year, day.month) == (year, month)]


def _row_json(row: PeopleRow) -> dict[str, Any]:
    return {
        "nationality": list(row.nationality) if row.nationality else None,
        "stage": row.stage,
        "status": row.status,
        "count": row.count,
        "count_max": row.count_max,
        "qualifier": row.qualifier,
        "date": _day(row.date),
    }


def _article_json(report: Report, reports: Sequence[Report]) -> dict[str, Any]:
    return {
        "url": report.url,
        "canonical_url": report.canonical_url,
        "title": report.title,
        "source": f"{report.source}, via {report.via}" if report.via else report.source,
        "language": report.language,
        "published": _time(report.published),
        "role": report.role,
        "claims": [_claim_json(claim, *shown_date(claim, report, reports)) for claim in report.claims],
    }


def _claim_json(claim: Claim, day: str | None, day_from: str | None) -> dict[str, Any]:
    return {
        "role": claim.role,
        "stage": claim.stage,
        "status": claim.status,
        "count": claim.count,
        "qualifier": claim.qualifier,
        "printed": claim.printed,
        "nationality": list(claim.nationality) if claim.nationality else None,
        "from": claim.origin,
        "to": list(claim.to),
        "date": day,
        "date_from": day_from,
        "sentence": claim.sentence,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _time(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None
