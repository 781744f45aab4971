"""Articles that a person put into a story: who, and which they are. No rule takes them out again."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from watcher.model import FeedKind
from watcher.store import execute, feeds, select

SOURCE = "by-hand:"  # the feed row that such articles are entries of
TITLE = "put in by hand"


def source(database: Database, now: datetime) -> int:
    """The feed row of articles put in by hand, made where missing. Inside the caller's transaction."""
    return feeds.source(database, SOURCE, TITLE, FeedKind.BACKFILL, now)


def brought_by(database: Database, revision: int, feed: int) -> None:
    """Say which outlet's feed a text belongs to, so that it counts as that outlet's (state media, official). Inside a transaction."""
    execute(database, "UPDATE revisions SET feed = ? WHERE id = ?", (feed, revision))


def sign(database: Database, story: int, article: int, by: str, reason: str) -> None:
    """Say who put an article into a story; the reason of the program stands behind it. Inside the caller's transaction."""
    execute(
        database,
        "UPDATE story_articles SET by = ?, reason = ? || '; ' || reason WHERE story = ? AND article = ?",
        (by, reason, story, article),
    )


def articles(database: Database, story: int) -> frozenset[int]:
    """The articles of a story that a person put there."""
    rows = select(database, "SELECT article FROM story_articles WHERE story = ? AND by IS NOT NULL", (story,))
    return frozenset(row["article"] for row in rows)


def standing(database: Database, article: int) -> list[tuple[int, str, str]]:
    """Where an article stands: (story, role, the story's state), background too; stories that were merged away are left out."""
    rows = select(
        database,
        """
        SELECT story_articles.story, story_articles.role, stories.state FROM story_articles
        JOIN stories ON stories.id = story_articles.story WHERE article = ? AND stories.state <> 'merged' ORDER BY story
        """,
        (article,),
    )
    return [(row["story"], row["role"], row["state"]) for row in rows]
