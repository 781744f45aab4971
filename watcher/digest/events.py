"""Told and Digest -> the objects a webhook carries: `{"type", "timestamp", "data"}` as in Standard Webhooks.

The story's own JSON is handed in by the caller; what changed is written here. Signing and sending are not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from watcher.digest.clean import one_line
from watcher.digest.compose import Page
from watcher.digest.verdict import counts
from watcher.model import ChangeKind, Digest, Facts, PeopleRow, Told

EVENT_TYPES = {
    ChangeKind.NEW: "story.new",
    ChangeKind.STAGE: "story.changed",
    ChangeKind.FIGURE: "story.changed",
    ChangeKind.CORRECTION: "story.changed",
    ChangeKind.MERGED: "story.merged",
    ChangeKind.WITHDRAWN: "story.withdrawn",
}


def story_events(told: Sequence[Told], stories: Mapping[int, Mapping[str, Any]], at: datetime) -> tuple[dict[str, Any], ...]:
    """Return one event for each told change, in order; `stories` maps a number to what `stories --json` prints of it."""
    return tuple(_story_event(one, stories, at) for one in told if one.kind in EVENT_TYPES)


def digest_event(digest: Digest, words: Page) -> dict[str, Any]:
    """Return the event of a digest as a whole: which stories, and how far its silence can be trusted."""
    read, total = counts(digest.account)
    data = {
        "name": digest.name,
        "number": digest.number,
        "date": digest.local_date.isoformat(),
        "time_zone": digest.time_zone,
        "period": {"start": _utc(digest.period_start), "end": _utc(digest.period_end)},
        "subject": words.subject,
        "first": digest.first,
        "stories": [{"id": one.story.id, "kind": one.kind.value, "late": one.late} for one in digest.told],
        "possible": max(digest.possible_total, len(digest.possible)),
        "verdict": {"level": words.reliance.value, "sentence": words.verdict},
        "sources": {"read": read, "total": total, "languages": [[one_line(code), *row] for code, *row in digest.account.read]},
    }
    return {"type": "digest", "timestamp": _utc(digest.period_end), "data": data}


def _story_event(told: Told, stories: Mapping[int, Mapping[str, Any]], at: datetime) -> dict[str, Any]:
    number = told.story.id
    story = dict(stories[number]) if number is not None and number in stories else {"id": number, **(_facts(told.story.facts) or {})}
    change: dict[str, Any] = {
        "kind": told.kind.value,
        "before": _facts(told.before),
        "after": _facts(told.story.facts),
        "reason": one_line(told.reason),
        "late": told.late,
    }
    if told.kind is ChangeKind.MERGED:  # which numbers a receiver knows that are this story now
        change["merged"] = [other for other, _, _ in told.said if other != number]
    return {"type": EVENT_TYPES[told.kind], "timestamp": _utc(at), "data": {"story": story, "change": change}}


def _facts(facts: Facts | None) -> dict[str, Any] | None:
    if facts is None:
        return None
    return {
        "headline": one_line(facts.headline),
        "stage": facts.stage.value if facts.stage else None,
        "date": facts.date.isoformat() if facts.date else None,
        "from": one_line(facts.origin) if facts.origin else None,
        "to": [one_line(code) for code in facts.to],
        "places": [one_line(place) for place in facts.places],
        "called": facts.called.value,
        "people": [_people(row) for row in facts.people],
        "total": facts.total,
        "total_max": facts.total_max,
        "confidence": facts.confidence.value,
        "checked_by": one_line(facts.checked_by) if facts.checked_by else None,
    }


def _people(row: PeopleRow) -> dict[str, Any]:
    return {
        "nationality": [one_line(code) for code in row.nationality] if row.nationality is not None else None,
        "stage": row.stage.value,
        "status": row.status.value,
        "count": row.count,
        "count_max": row.count_max,
        "qualifier": row.qualifier.value,
        "date": row.date.isoformat() if row.date else None,
    }


def _utc(moment: datetime) -> str:
    """RFC 3339 in UTC, to the second: "2023-11-08T14:20:00Z"."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
