"""How far back the newest answer of a feed went: what came before it and was not read then is not in the archive."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from watcher.store import select_one
from watcher.store.values import from_time


def oldest_shown(database: Database, feed: int) -> datetime | None:
    """The oldest item of a feed's newest answer, by publication, else first sight; None where it was never read.

    Feeds keep their newest items, so these are the entries stored last, as many as the answer had (8 bytes a fingerprint).
    """
    row = select_one(
        database,
        """
        SELECT min(coalesce(revisions.published, entries.first_seen)) AS oldest
        FROM (SELECT revision, first_seen FROM entries WHERE feed = :feed ORDER BY id DESC
              LIMIT (SELECT length(items) / 8 FROM feeds WHERE id = :feed)) AS entries
        JOIN revisions ON revisions.id = entries.revision
        """,
        {"feed": feed},
    )
    return from_time(row["oldest"]) if row else None
