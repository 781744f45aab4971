"""Holding: nothing leaves until a person says so, as after a restore. Kept in `meta`, so that every process sees it.

While it holds, messages are made and kept as `held`; what was sent since the backup is unknown, and only a person can
say which harm is smaller: some of it told again, or some of it never told. Which rows wait is not kept here but in
`outbox`.
"""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from watcher.store.operations import recall, remember
from watcher.store.values import from_time, required_time

SINCE, REASON, RELEASED = "holding.since", "holding.reason", "holding.released"  # names in the table `meta`


def held_since(database: Database) -> datetime | None:
    """Since when nothing leaves; None when nothing is held back."""
    return from_time(recall(database, SINCE))


def reason(database: Database) -> str | None:
    """Why, in words for the operator: "restored from the backup of 9 Nov 02:30". None when nothing is held back."""
    return recall(database, REASON) if held_since(database) else None


def hold(database: Database, reason: str, now: datetime) -> None:
    """Hold everything from now on. Held already: the first moment stays, the reason is the new one."""
    if held_since(database) is None:
        remember(database, SINCE, required_time(now))
    remember(database, REASON, reason)


def release(database: Database, now: datetime) -> None:
    """Hold no longer. What becomes of the rows that wait is the caller's, in the same transaction."""
    if held_since(database) is None:
        return
    remember(database, SINCE, None)
    remember(database, REASON, None)
    remember(database, RELEASED, required_time(now))
