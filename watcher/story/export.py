"""Standing stories -> the rows of an export: one a story, nationality and stage, as plain values.

The keys of COLUMNS are an agreement with those who read the files: keys are added, never renamed. How a row is written into a
file, and what a spreadsheet would do with it, is not decided here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from watcher.model import Called, PeopleRow, Standing
from watcher.story.ledger_table import counted
from watcher.story.names import people

COLUMNS = (
    "id", "headline", "nationality", "people", "stage", "status", "count", "count_max", "qualifier", "date", "in_ledger", "from", "places", "to",
    "called", "confidence", "checked_by", "sources", "copies", "outlets", "links", "articles", "first_seen", "updated",
)  # fmt: skip


def export_rows(stories: Sequence[Standing], *, checked_only: bool = False) -> Iterator[dict[str, Any]]:
    """Give the rows in the order of the stories' ids; a story of which no figure is known has one row without people.

    People of one nationality and stage who went on several days are several rows. Several nationalities without a figure for each
    are one row that names them all. `in_ledger` says which rows the ledger counts: those that add up without counting anybody twice.
    """
    in_ledger = {(one.story, one.row) for one in counted(stories)}
    for story in stories:
        if checked_only and story.facts.checked_by is None:
            continue
        for row in story.facts.people:
            yield _row(story, row, in_ledger=(story.id, row) in in_ledger)
        if not story.facts.people:
            yield _row(story, None, in_ledger=False)


def _row(story: Standing, row: PeopleRow | None, *, in_ledger: bool) -> dict[str, Any]:
    facts = story.facts
    day = (row.date if row else None) or facts.date
    known = {
        "id": story.id,
        "headline": facts.headline,
        "nationality": list(row.nationality) if row and row.nationality else None,
        "people": [people(code) for code in row.nationality] if row and row.nationality else None,
        "stage": row.stage.value if row else None,
        "status": row.status.value if row else None,
        "count": row.count if row else None,
        "count_max": row.count_max if row else None,
        "qualifier": row.qualifier.value if row else None,
        "date": day.isoformat() if day else None,
        "in_ledger": in_ledger,
        "from": facts.origin,
        "places": list(facts.places),
        "to": list(facts.to),
        "called": None if facts.called is Called.NOT_SAID else facts.called.value,
        "confidence": facts.confidence.value,
        "checked_by": facts.checked_by,
        "sources": list(facts.sources),
        "copies": [outlet for outlet, _ in facts.copies],
        "outlets": len({*facts.sources, *(outlet for outlet, _ in facts.copies)}),
        "links": [{"story": other, "kind": kind.value} for other, kind in story.links],
        "articles": list(story.urls),
        "first_seen": _time(story.first_seen),
        "updated": _time(story.updated),
    }
    return {name: known[name] for name in COLUMNS}


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
