"""Articles that only look back at an event that is not in the archive: kept by key, and found when its story comes.

Such an article opens no story and stands in none. What its mention says is in `claims`; here is only how it is found.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

from sqlite_utils import Database

from watcher.model import Claim, Report
from watcher.store import execute, select
from watcher.store.values import from_time, known_time
from watcher.store.verdicts import claims_of


def keep(database: Database, report: Report, keys: Collection[str]) -> None:
    """Let an article wait under these keys; what it waited under before, by an older text, is forgotten."""
    settle(database, report.article)
    database.conn.executemany(
        "INSERT OR IGNORE INTO mentions (key, article, revision) VALUES (?, ?, ?)", [(key, report.article, report.revision) for key in keys]
    )


def waiting(database: Database, keys: Collection[str]) -> list[Report]:
    """The articles that wait under any of these keys, oldest article first."""
    if not keys:
        return []
    rows = select(
        database,
        f"""
        SELECT DISTINCT mentions.article, mentions.revision, revisions.url, articles.canonical_url, revisions.title, revisions.text,
               revisions.source, revisions.language, revisions.published, articles.first_seen, revisions.via
        FROM mentions JOIN revisions ON revisions.id = mentions.revision JOIN articles ON articles.id = mentions.article
        WHERE mentions.key IN ({",".join("?" * len(keys))}) ORDER BY mentions.article
        """,
        list(keys),
    )
    claims = claims_of(database, sorted({row["revision"] for row in rows})) if rows else {}
    return [_report(row, claims.get(row["revision"], ())) for row in rows]


def settle(database: Database, article: int) -> None:
    """An article waits no more: it stands in a story."""
    execute(database, "DELETE FROM mentions WHERE article = ?", (article,))


def _report(row: sqlite3.Row, claims: tuple[Claim, ...]) -> Report:
    return Report(
        article=row["article"], revision=row["revision"], url=row["url"], canonical_url=row["canonical_url"], title=row["title"],
        text=row["text"] or "", source=row["source"], language=row["language"], published=from_time(row["published"]),
        first_seen=known_time(row["first_seen"]), claims=claims, via=row["via"],
    )  # fmt: skip
