"""Verdicts that were nearly a match, as stored: what `watcher rules missed` puts in order.

Reads only. How near is near is decided by the caller's numbers; no text is judged again here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from watcher.model import Level
from watcher.store import select
from watcher.store.values import from_list, known_time, to_time


@dataclass(frozen=True, slots=True)
class Nearly:
    """One article that stands in no story, with the verdict on its newest text."""

    article: int
    url: str
    title: str
    source: str
    via: str | None
    language: str | None
    first_seen: datetime
    level: Level
    rules: tuple[str, ...]
    missing: tuple[str, ...]
    reason: str
    lead: str | None  # why its full article could not be read; None where it was, or was no lead


def nearly(database: Database, since: datetime, *, no_lacks: int, lead_lacks: int, limit: int) -> tuple[list[Nearly], int]:
    """The nearest of the articles first seen since that stand in no story, carry no label, and were nearly a match; and how many there are.

    The verdict on the newest text counts. Order: fewest missing parts, then watch before lead before no, then newest.
    A `no` counts with at most `no_lacks` missing parts, a `lead` with at most `lead_lacks`, a `watch` always.
    The verdicts are gone through once and most fall out by their own columns, before any other row is looked up.
    """
    rows = select(
        database,
        """
        SELECT articles.id AS article, revisions.url, revisions.title, revisions.source, revisions.via, revisions.language,
               articles.first_seen, verdicts.level, verdicts.rules, verdicts.missing, verdicts.reason,
               (SELECT reason FROM leads WHERE leads.article = articles.id AND state = 'unreadable') AS lead,
               count(*) OVER () AS total
        FROM verdicts
        JOIN revisions ON revisions.id = verdicts.revision
        JOIN articles ON articles.id = revisions.article
        JOIN feeds ON feeds.id = revisions.feed
        WHERE (verdicts.level = 'watch'
               OR (verdicts.level = 'lead' AND json_array_length(verdicts.missing) <= :lead_lacks)
               OR (verdicts.level = 'no' AND json_array_length(verdicts.missing) BETWEEN 1 AND :no_lacks))
          AND articles.first_seen >= :since AND feeds.kind <> 'canary'
          AND verdicts.id = (SELECT max(newer.id) FROM verdicts AS newer WHERE newer.revision = verdicts.revision)
          AND verdicts.revision = (SELECT max(later.id) FROM revisions AS later WHERE later.article = articles.id)
          AND NOT EXISTS (SELECT 1 FROM story_articles WHERE story_articles.article = articles.id)
          AND NOT EXISTS (SELECT 1 FROM labels WHERE labels.article = articles.id)
        ORDER BY json_array_length(verdicts.missing), CASE verdicts.level WHEN 'watch' THEN 0 WHEN 'lead' THEN 1 ELSE 2 END,
                 articles.first_seen DESC, articles.id DESC
        LIMIT :limit
        """,
        {"since": to_time(since), "no_lacks": no_lacks, "lead_lacks": lead_lacks, "limit": limit},
    )
    found = [
        Nearly(
            article=row["article"], url=row["url"], title=row["title"], source=row["source"], via=row["via"], language=row["language"],
            first_seen=known_time(row["first_seen"]), level=Level(row["level"]), rules=from_list(row["rules"]),
            missing=from_list(row["missing"]), reason=row["reason"], lead=row["lead"],
        )
        for row in rows
    ]  # fmt: skip
    return found, int(rows[0]["total"]) if rows else 0
