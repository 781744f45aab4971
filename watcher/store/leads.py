"""Leads: articles to be read in full before they are judged, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from watcher.store import execute, select
from watcher.store.entries import Saved
from watcher.store.values import CLOCK_RAN_AHEAD, from_time, required_time, to_time


@dataclass(frozen=True, slots=True)
class Lead:
    """An open lead with the snippet that made it one, so that the article found is judged beside it."""

    id: int
    article: int
    feed: int
    feed_title: str
    url: str
    canonical_url: str
    title: str
    text: str
    language: str | None
    published: datetime | None
    source: str
    via: str | None
    live: bool
    allow_private: bool
    attempt: int
    first_seen: datetime
    time_zone: str | None = None


def add(database: Database, saved: Saved, feed_id: int, now: datetime) -> None:
    """Open a lead for an article; open it again when its snippet changed and nothing came of it before."""
    database.conn.execute(
        """
        INSERT INTO leads (article, revision, feed, url, live, state, due_at, created) VALUES (:article, :revision, :feed, :url, :live, 'open', :now, :now)
        ON CONFLICT (article) DO UPDATE SET revision = excluded.revision, state = 'open', attempt = 0, reason = '', due_at = excluded.due_at,
            live = max(live, excluded.live), settled = NULL
        WHERE NOT EXISTS (SELECT 1 FROM story_articles WHERE story_articles.article = excluded.article)
        """,
        {
            "article": saved.article, "revision": saved.revision, "feed": feed_id, "url": saved.judged.entry.url, "live": saved.live,
            "now": required_time(now),
        },
    )  # fmt: skip


def due(database: Database, now: datetime, limit: int) -> list[Lead]:
    """Open leads to try now: live ones before those of a first poll, then oldest first."""
    rows = select(
        database,
        """
        SELECT leads.id, leads.article, leads.feed, feeds.title AS feed_title, leads.url, articles.canonical_url, revisions.title,
               revisions.text, revisions.language, revisions.published, revisions.source, revisions.via, leads.live, feeds.allow_private,
               leads.attempt, articles.first_seen, feeds.time_zone
        FROM leads JOIN revisions ON revisions.id = leads.revision JOIN articles ON articles.id = leads.article
        JOIN feeds ON feeds.id = leads.feed
        WHERE leads.state = 'open' AND (leads.due_at <= ? OR leads.due_at > ?) ORDER BY leads.live DESC, leads.due_at, leads.id LIMIT ?
        """,
        (to_time(now), to_time(now + CLOCK_RAN_AHEAD), limit),
    )
    return [
        Lead(
            id=row["id"], article=row["article"], feed=row["feed"], feed_title=row["feed_title"], url=row["url"],
            canonical_url=row["canonical_url"], title=row["title"], text=row["text"] or "", language=row["language"],
            published=from_time(row["published"]), source=row["source"], via=row["via"], live=bool(row["live"]),
            allow_private=bool(row["allow_private"]), attempt=row["attempt"], first_seen=datetime.fromisoformat(row["first_seen"]),
            time_zone=row["time_zone"],
        )
        for row in rows
    ]  # fmt: skip


def settle(database: Database, lead: int, *, state: str, reason: str, now: datetime) -> None:
    """A lead is done with: 'read' or 'unreadable'."""
    execute(
        database,
        """
        UPDATE leads SET state = ?, reason = ?, attempt = attempt + 1, due_at = NULL, settled = ?,
            settled_order = (SELECT coalesce(max(settled_order), 0) + 1 FROM leads)
        WHERE id = ?
        """,
        (state, reason, required_time(now), lead),
    )


def try_again(database: Database, lead: int, *, at: datetime, reason: str) -> None:
    """A lead stays open and is tried again later."""
    execute(database, "UPDATE leads SET attempt = attempt + 1, reason = ?, due_at = ? WHERE id = ?", (reason, required_time(at), lead))


def unreadable(database: Database, since: datetime, after: int | None = None) -> int:
    """How many articles of leads could not be read: settled after that order number, or since that moment where none is given."""
    sql = "SELECT count(*) AS n FROM leads WHERE state = 'unreadable' AND CASE WHEN :after IS NULL THEN settled > :since ELSE settled_order > :after END"
    return int(select(database, sql, {"since": to_time(since), "after": after})[0]["n"])


def waiting(database: Database, before: datetime) -> int:
    """How many leads of live news were opened before a moment and are still not read: they were tried, or should have been."""
    sql = "SELECT count(*) AS n FROM leads WHERE state = 'open' AND live = 1 AND created < ?"
    return int(select(database, sql, (to_time(before),))[0]["n"])


def counts(database: Database, since: datetime) -> tuple[int, int]:
    """(open now, settled as unreadable since)."""
    row = select(
        database,
        "SELECT sum(state = 'open') AS open, sum(state = 'unreadable' AND settled > ?) AS unreadable FROM leads",
        (to_time(since),),
    )[0]
    return int(row["open"] or 0), int(row["unreadable"] or 0)
