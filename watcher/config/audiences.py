"""[[digests]] and [[alerts]] -> who hears what when.

No clock: when a digest is due is decided elsewhere. Whether its channels exist is `names.py`.
"""

from __future__ import annotations

from typing import Any

from watcher.config.mistakes import Mistakes
from watcher.config.schema import AlertTable, DigestTable, WhereTable
from watcher.config.settings import AlertConfig, DigestConfig, Where
from watcher.config.tables import Tables
from watcher.model import ChangeKind, Stage


def read_digests(tables: Tables, time_zone: str, mistakes: Mistakes) -> tuple[DigestConfig, ...]:
    """Return the digests."""
    found = []
    for index, table in tables.digests.items():
        given = _given(table)
        given.setdefault("time_zone", time_zone)
        found.append(DigestConfig(**given, line=mistakes.line("digests", index)))
    return tuple(found)


def read_alerts(tables: Tables, time_zone: str, mistakes: Mistakes) -> tuple[AlertConfig, ...]:
    """Return the alerts."""
    found = []
    for index, table in tables.alerts.items():
        given = _given(table)
        given.setdefault("time_zone", time_zone)
        if "on" in given:
            given["on"] = tuple(ChangeKind(each) for each in given["on"])
        found.append(AlertConfig(**given, line=mistakes.line("alerts", index)))
    return tuple(found)


def _given(table: DigestTable | AlertTable) -> dict[str, Any]:
    given = table.model_dump(exclude_none=True, exclude={"where"})
    given["channels"] = tuple(dict.fromkeys(given["channels"]))
    given["where"] = _where(table.where)
    return given


def _where(table: WhereTable | None) -> Where:
    if table is None:
        return Where()
    stages = tuple(Stage(stage) for stage in table.stage)
    return Where(tuple(table.nationality), stages, tuple(table.language), tuple(table.rule))
