"""How nouns are written into columns and read back: times, days, lists, hashes, facts.

The JSON of Facts is read back by field name, so that an older row without a newer field still reads.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from watcher.model import Called, Confidence, Facts, PeopleRow, Qualifier, Stage, Status

# A due time further ahead than this was written while the clock ran ahead, and is due now: the longest wait of all is a day.
CLOCK_RAN_AHEAD = timedelta(hours=48)

_FACTS, _PEOPLE = ({field.name for field in dataclasses.fields(noun)} for noun in (Facts, PeopleRow))


def to_time(value: datetime | None) -> str | None:
    """UTC text with milliseconds, `2023-11-08T14:20:00.000Z`, so that times sort as text."""
    if value is None:
        return None
    return value.astimezone(UTC).isoformat(timespec="milliseconds")[:23] + "Z"


def required_time(value: datetime) -> str:
    """The same for a time that is always there."""
    return to_time(value) or ""


def from_time(value: str | None) -> datetime | None:
    """The time a column holds."""
    return None if value is None else datetime.fromisoformat(value)


def known_time(value: str) -> datetime:
    """The time a NOT NULL column holds."""
    return datetime.fromisoformat(value)


def from_day(value: str | None) -> date | None:
    """The day a column holds."""
    return None if value is None else date.fromisoformat(value)


def to_list(values: Iterable[Any]) -> str:
    """A JSON list, readable in any script."""
    return json.dumps(list(values), ensure_ascii=False)


def from_list(value: str | None) -> tuple[Any, ...]:
    """The list a column holds; empty for NULL."""
    return tuple(json.loads(value)) if value else ()


def hash64(*parts: str) -> int:
    """A signed 8-byte hash, small enough to be an index key: blake2b of the parts, each ended by NUL."""
    digest = hashlib.blake2b(digest_size=8)
    for part in parts:
        digest.update(part.encode("utf-8", "surrogatepass"))
        digest.update(b"\0")
    return int.from_bytes(digest.digest(), "big", signed=True)


def to_facts(facts: Facts | None) -> str | None:
    """Facts as one JSON object."""
    if facts is None:
        return None
    return json.dumps(facts, ensure_ascii=False, default=_plain)


def _plain(value: object) -> object:
    """A record as a JSON object, anything else as text; five times as fast as `asdict`, which copies every value first."""
    if dataclasses.is_dataclass(value):
        return {name: getattr(value, name) for name in value.__dataclass_fields__}
    return str(value)


def from_facts(value: str | None) -> Facts | None:
    """The facts a column holds, None for NULL."""
    if value is None:
        return None
    raw = json.loads(value)
    raw = {name: item for name, item in raw.items() if name in _FACTS}
    return Facts(
        **{
            **raw,
            "stage": Stage(raw["stage"]) if raw["stage"] else None,
            "date": from_day(raw["date"]),
            "to": tuple(raw["to"]),
            "places": tuple(raw["places"]),
            "called": Called(raw["called"]),
            "people": tuple(_people_row(row) for row in raw["people"]),
            "confidence": Confidence(raw["confidence"]),
            "sources": tuple(raw["sources"]),
            "copies": tuple((outlet, whose) for outlet, whose in raw.get("copies", ())),
            "rules": tuple(raw.get("rules", ())),
            "articles": tuple(raw.get("articles", ())),
        }
    )


def known_facts(value: str) -> Facts:
    """The facts a NOT NULL column holds."""
    facts = from_facts(value)
    assert facts is not None
    return facts


def to_rows(rows: Iterable[PeopleRow]) -> list[dict[str, Any]]:
    """Rows of people as plain values, ready for JSON."""
    plain: list[dict[str, Any]] = json.loads(json.dumps([dataclasses.asdict(row) for row in rows], default=str))
    return plain


def from_rows(raw: Iterable[dict[str, Any]]) -> tuple[PeopleRow, ...]:
    """The rows that such values hold."""
    return tuple(_people_row(row) for row in raw)


def _people_row(raw: dict[str, Any]) -> PeopleRow:
    return PeopleRow(
        **{
            **{name: item for name, item in raw.items() if name in _PEOPLE},
            "stage": Stage(raw["stage"]),
            "status": Status(raw["status"]),
            "nationality": None if raw["nationality"] is None else tuple(raw["nationality"]),
            "qualifier": Qualifier(raw["qualifier"]),
            "date": from_day(raw["date"]),
            "figures": tuple((source, printed) for source, printed in raw.get("figures", ())),
        }
    )
