"""Stored texts, to be read and judged again: by article, or all of a window of time.

Reads only. A text that was dropped after `keep_text` is not given; how many articles have none left is a question of its own.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from watcher.model import Entry
from watcher.store import select
from watcher.store.values import from_time, known_time, to_time

_AT_ONCE = 500  # values in one IN (...)


@dataclass(frozen=True, slots=True)
class StoredText:
    """One text of an article as an Entry, and when the article was first seen."""

    article: int
    revision: int
    first_seen: datetime
    entry: Entry


@dataclass(frozen=True, slots=True)
class Window:
    """Articles first seen since a moment: their ids in order, when the first of them was seen, and how many have no text left."""

    articles: tuple[int, ...]
    first: datetime | None
    without_text: int


_COLUMNS = """
    SELECT revisions.article, revisions.id, articles.first_seen, articles.canonical_url, revisions.url, revisions.title, revisions.text,
           revisions.language, revisions.published, revisions.source, revisions.via, revisions.text_from, feeds.state_media, feeds.official,
           feeds.time_zone
    FROM articles JOIN revisions ON revisions.article = articles.id JOIN feeds ON feeds.id = revisions.feed
    WHERE revisions.text IS NOT NULL AND feeds.kind <> 'canary'
"""


def window(database: Database, since: datetime) -> Window:
    """The articles first seen since; those of the self-test are left out."""
    rows = select(
        database,
        """
        SELECT articles.id, articles.first_seen,
               EXISTS (SELECT 1 FROM revisions WHERE revisions.article = articles.id AND revisions.text IS NOT NULL) AS has_text
        FROM articles WHERE articles.first_seen >= ?
          AND NOT EXISTS (SELECT 1 FROM entries JOIN feeds ON feeds.id = entries.feed
                          WHERE entries.article = articles.id AND feeds.kind = 'canary')
        ORDER BY articles.id
        """,
        (to_time(since),),
    )
    first = min((row["first_seen"] for row in rows), default=None)
    return Window(tuple(row["id"] for row in rows if row["has_text"]), from_time(first), sum(not row["has_text"] for row in rows))


def texts_between(database: Database, first: int, last: int, since: datetime) -> list[StoredText]:
    """The texts of the articles with these ids, both included, that were first seen since; an article's texts follow each other.

    All at once: a cursor held open while texts are judged would keep a running service from writing.
    """
    sql = f"{_COLUMNS} AND articles.id BETWEEN ? AND ? AND articles.first_seen >= ? ORDER BY articles.id, revisions.id"
    return [_stored(row) for row in select(database, sql, (first, last, to_time(since)))]


def texts_of(database: Database, articles: Sequence[int]) -> dict[int, list[StoredText]]:
    """The texts of these articles, oldest first; an article without any is left out."""
    found: dict[int, list[StoredText]] = {}
    for start in range(0, len(articles), _AT_ONCE):
        part = list(articles[start : start + _AT_ONCE])
        marks = ",".join("?" * len(part))
        for row in select(database, f"{_COLUMNS} AND articles.id IN ({marks}) ORDER BY articles.id, revisions.id", part):
            found.setdefault(row["article"], []).append(_stored(row))
    return found


def _stored(row: sqlite3.Row) -> StoredText:
    entry = Entry(
        key=row["canonical_url"], url=row["url"], canonical_url=row["canonical_url"], title=row["title"], text=row["text"],
        language=row["language"], published=from_time(row["published"]), source=row["source"], via=row["via"],
        text_from=row["text_from"], state_media=bool(row["state_media"]), official=bool(row["official"]), time_zone=row["time_zone"],
    )  # fmt: skip
    return StoredText(row["article"], row["id"], known_time(row["first_seen"]), entry)
