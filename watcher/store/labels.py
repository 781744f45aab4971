"""Labels: a person's judgement of an article, yes or no, with who and when; what `watcher rules test` holds the rules against.

One label an article: the newest stands. What the rules say of a labelled article is not known here.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from watcher.store import execute, select, select_one
from watcher.store.values import known_time, required_time


@dataclass(frozen=True, slots=True)
class Label:
    """One judgement. `url` and `title` are those of the article's newest text."""

    article: int
    wanted: bool  # True: the rules must match it
    by: str
    at: datetime
    url: str
    title: str


_COLUMNS = """
    SELECT labels.article, labels.wanted, labels.by, labels.at, revisions.url, revisions.title
    FROM labels JOIN revisions ON revisions.id = (SELECT max(id) FROM revisions AS newest WHERE newest.article = labels.article)
"""


def put(database: Database, article: int, *, wanted: bool, by: str, now: datetime) -> Label | None:
    """Write a judgement down; gives the one that it replaces. Inside the caller's transaction."""
    before = of_article(database, article)
    execute(
        database,
        """
        INSERT INTO labels (article, wanted, by, at) VALUES (?, ?, ?, ?)
        ON CONFLICT (article) DO UPDATE SET wanted = excluded.wanted, by = excluded.by, at = excluded.at
        """,
        (article, wanted, by, required_time(now)),
    )
    return before


def remove(database: Database, article: int) -> Label | None:
    """Forget a judgement; gives it, None where there was none. Inside the caller's transaction."""
    before = of_article(database, article)
    execute(database, "DELETE FROM labels WHERE article = ?", (article,))
    return before


def of_article(database: Database, article: int) -> Label | None:
    """The judgement of an article, None without one."""
    row = select_one(database, f"{_COLUMNS} WHERE labels.article = ?", (article,))
    return _label(row) if row else None


def listing(database: Database) -> list[Label]:
    """Every judgement, newest first."""
    return [_label(row) for row in select(database, f"{_COLUMNS} ORDER BY labels.at DESC, labels.article DESC")]


def _label(row: sqlite3.Row) -> Label:
    return Label(row["article"], bool(row["wanted"]), row["by"], known_time(row["at"]), row["url"], row["title"])
