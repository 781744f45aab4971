"""The health of feeds: the memory each next decision needs, and what older rows say where there is none yet.

What it means is decided in `collect.health`; here it is only kept, as JSON, beside the state that lists show.
"""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from watcher.model import HealthMemory, HealthState, Sign
from watcher.store import execute, select, select_one
from watcher.store.values import from_time, known_time, to_time

_FIELDS = {field.name for field in dataclasses.fields(HealthMemory)}
_SIGNS = {field.name for field in dataclasses.fields(HealthMemory) if field.type == "Sign"}
_AT_FIRST = {name: getattr(HealthMemory(), name) for name in sorted(_FIELDS)}
_TIMES, _ROWS = {"since", "seen", "fallback_since"}, {"gaps", "sizes"}


@dataclasses.dataclass(frozen=True, slots=True)
class History:
    """What the rows of a feed's polls say: when it brought something new, how many items it had, since when it fails; oldest first."""

    news: tuple[datetime, ...]
    sizes: tuple[int, ...]
    failing_since: datetime | None


def remembered(database: Database, feed_id: int) -> HealthMemory | None:
    """The memory of a feed's health, None where none was kept so far."""
    row = select_one(database, "SELECT health FROM feeds WHERE id = ?", (feed_id,))
    if row is None or row["health"] is None:
        return None
    return _memory(json.loads(row["health"]))


def history(database: Database, feed_id: int) -> History:
    """What is known of a feed that was polled before its health was kept."""
    rows = select(
        database,
        "SELECT at, items, new FROM polls WHERE feed = ? AND outcome = 'changed' ORDER BY at DESC LIMIT 2000",  # two months, asked hourly
        (feed_id,),
    )[::-1]
    since = select_one(database, "SELECT failing_since FROM feeds WHERE id = ?", (feed_id,))
    return History(
        tuple(known_time(row["at"]) for row in rows if row["new"] > 0),
        tuple(row["items"] for row in rows[-30:]),
        from_time(since["failing_since"]) if since else None,
    )


def remember(database: Database, feed_id: int, memory: HealthMemory, rhythm: timedelta | None) -> None:
    """Keep the memory, and beside it what lists show. Inside the caller's transaction."""
    execute(
        database,
        "UPDATE feeds SET state = ?, state_since = ?, state_reason = ?, rhythm_s = ?, health = ? WHERE id = ?",
        (
            memory.state.value, to_time(memory.since), memory.reason, None if rhythm is None else int(rhythm.total_seconds()),
            _text(memory), feed_id,
        ),
    )  # fmt: skip


def forget_address(database: Database, feed_id: int) -> None:
    """The feed has another address from now on: what was wrong with the old one is over, its rhythm stays."""
    kept = remembered(database, feed_id)
    if kept is not None:
        fresh = HealthMemory(seen=kept.seen, read_s=kept.read_s, gaps=kept.gaps, news_day=kept.news_day)
        rhythm = select_one(database, "SELECT rhythm_s FROM feeds WHERE id = ?", (feed_id,))
        seconds = rhythm["rhythm_s"] if rhythm else None
        remember(database, feed_id, fresh, None if seconds is None else timedelta(seconds=seconds))


def _text(memory: HealthMemory) -> str:
    """As JSON without what is as at first: most feeds are well."""
    values: dict[str, Any] = {}
    for name, at_first in _AT_FIRST.items():
        value = getattr(memory, name)
        if value == at_first:
            continue
        if isinstance(value, Sign):
            values[name] = [value.polls, value.seconds, value.clear]
        elif isinstance(value, datetime):
            values[name] = to_time(value)
        else:
            values[name] = value
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def _memory(values: dict[str, Any]) -> HealthMemory:
    read: dict[str, Any] = {}
    for name, value in values.items():
        if name == "state":
            read[name] = HealthState(value)
        elif name in _SIGNS:
            read[name] = Sign(*value)
        elif name in _TIMES:
            read[name] = from_time(value)
        elif name in _FIELDS:
            read[name] = tuple(value) if name in _ROWS else value
    return HealthMemory(**read)
