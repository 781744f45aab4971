"""Which channels take nothing: their oldest message is tried in vain, or lies there due, and no other got through since.

One recipient whose mailbox is full does not make a channel silent: the operator hears of that one. Tests are left out.
"""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from watcher.store import select, select_one
from watcher.store.values import known_time, required_time


def silent_channels(database: Database, before: datetime) -> list[tuple[str, datetime]]:
    """Channels that took nothing since before a moment although something waits for them: (channel, since when).

    A message waits since its first try, or since it was due where none was made; after a person sent it off again, since then.
    """
    rows = select(
        database,
        """
        SELECT channel, min(since) AS since FROM (
            SELECT outbox.channel AS channel, coalesce(
                (SELECT min(at) FROM attempts AS tries WHERE tries.message = outbox.id AND tries.lease <> '' AND tries.at >= coalesce(
                    (SELECT max(at) FROM attempts AS hands WHERE hands.message = outbox.id AND hands.lease = ''), '')),
                outbox.due_at) AS since
            FROM outbox INDEXED BY outbox_due WHERE state IN ('pending', 'sending') AND kind <> 'test'
        ) WHERE since <= ? GROUP BY channel ORDER BY channel
        """,
        (required_time(before),),
    )
    return [(row["channel"], known_time(row["since"])) for row in rows if not _took_one(database, row["channel"], row["since"])]


def _took_one(database: Database, channel: str, since: str) -> bool:
    sql = "SELECT 1 FROM outbox WHERE channel = ? AND state = 'sent' AND kind <> 'test' AND settled >= ? LIMIT 1"
    return select_one(database, sql, (channel, since)) is not None
