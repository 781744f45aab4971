"""Whose stories they are, and how many of a source or an audience were told lately: what a flood is recognised by."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from watcher.store import execute, select
from watcher.store.telling import Audience
from watcher.store.values import hash64, required_time


@dataclass(frozen=True, slots=True)
class Source:
    """One feed that shows a story. `bulk`: all it shows of it came with polls of which nearly all was new."""

    feed: int
    title: str
    bulk: bool


def sources(database: Database, stories: Collection[int]) -> dict[int, tuple[Source, ...]]:
    """The feeds that report each story; who only looks back at it is none."""
    marks = ",".join("?" * len(stories))
    rows = select(
        database,
        f"""
        SELECT story_articles.story, entries.feed, feeds.title, min(entries.bulk) AS bulk FROM story_articles
        JOIN entries ON entries.article = story_articles.article JOIN feeds ON feeds.id = entries.feed
        WHERE story_articles.role <> 'background' AND story_articles.story IN ({marks})
        GROUP BY story_articles.story, entries.feed ORDER BY story_articles.story, entries.feed
        """,
        list(stories),
    )
    found: dict[int, tuple[Source, ...]] = {}
    for row in rows:
        found[row["story"]] = (*found.get(row["story"], ()), Source(row["feed"], row["title"], bool(row["bulk"])))
    return found


def told_since(database: Database, of: Audience, since: datetime) -> set[int]:
    """Stories that an audience was told of since a moment."""
    rows = select(
        database,
        "SELECT DISTINCT coalesce(story_aliases.story, told.story) AS story FROM told LEFT JOIN story_aliases ON alias = told.story "
        "WHERE audience = ? AND told = 1 AND told.at >= ?",
        (of.id, required_time(since)),
    )
    return {row["story"] for row in rows}


def mark_bulk(database: Database, feed: int, keys: Collection[str]) -> None:
    """Remember that entries came with a poll of which nearly all was new."""
    for key in keys:
        execute(database, "UPDATE entries SET bulk = 1 WHERE feed = ? AND key_hash = ?", (feed, hash64(key)))


def often_all_new(database: Database, feed: int, share: float, least: int, polls: int) -> int:
    """How many of a feed's newest polls that brought something brought nearly only new items: some feeds are always like that."""
    rows = select(
        database,
        "SELECT items, new FROM polls WHERE feed = ? AND outcome = 'changed' AND overlap IS NOT NULL ORDER BY id DESC LIMIT ?",
        (feed, polls),
    )
    return sum(row["new"] >= least and row["new"] > share * row["items"] for row in rows)


def known_texts(database: Database, feed: int, hashes: Sequence[int]) -> dict[int, frozenset[str]]:
    """Those of these texts (by hash of title and text) that the feed showed before, with the canonical addresses they stood at."""
    found: dict[int, frozenset[str]] = {}
    for start in range(0, len(hashes), 500):
        part = list(hashes[start : start + 500])
        marks = ",".join("?" * len(part))
        rows = select(
            database,
            f"""
            SELECT DISTINCT revisions.hash, articles.canonical_url FROM entries JOIN revisions ON revisions.article = entries.article
            JOIN articles ON articles.id = entries.article WHERE entries.feed = ? AND revisions.hash IN ({marks})
            """,
            [feed, *part],
        )
        for row in rows:
            found[row["hash"]] = found.get(row["hash"], frozenset()) | {row["canonical_url"]}
    return found
