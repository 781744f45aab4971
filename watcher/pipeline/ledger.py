"""The archive -> the ledger, or the rows of an export; as it stands, or as it stood at the end of a day. Reads only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from watcher.model import MonthRead
from watcher.store import Database, coverage, standing
from watcher.story import export
from watcher.story import ledger_table as table
from watcher.story.ledger_table import Asked, LedgerRow


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """The last moment of a local day, in the millisecond that the database keeps."""
    return datetime.combine(day + timedelta(days=1), time(), zone) - timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Ledger:
    """The rows asked for; `heads` are the same people by the first key alone, where there are more keys. `lately` is today's coverage."""

    rows: tuple[LedgerRow, ...]
    heads: tuple[LedgerRow, ...]
    lately: MonthRead


def ledger(database: Database, by: Sequence[str], asked: Asked, *, now: datetime, as_of: datetime | None = None) -> Ledger:
    """People per stage, by `by`. `as_of` gives it as it stood at a moment, with what had been read by then."""
    read = coverage.coverage(database, min(now, as_of) if as_of else now)
    people = table.chosen(standing.standing(database, as_of, urls=False), asked)
    heads = table.ledger(people, by[:1], read) if len(by) > 1 else ()
    return Ledger(table.ledger(people, by, read), heads, read.lately)


def export_rows(database: Database, *, checked_only: bool = False, as_of: datetime | None = None) -> Iterator[dict[str, Any]]:
    """The rows of an export, by story."""
    return export.export_rows(standing.standing(database, as_of), checked_only=checked_only)
