"""The table of articles that only look back at an event whose story is not in the archive yet.

The third migration; style and times as in `schema`.
"""

from __future__ import annotations

from sqlite_utils import Database

from watcher.store.schema import migrations, statements

__all__ = ["m003_mentions", "migrations"]

MENTIONS = """
CREATE TABLE mentions (                 -- articles that only look back, until the story they look back at comes
    key      TEXT NOT NULL,             -- 'mention:JP:19:2023-04', as in story_keys
    article  INTEGER NOT NULL REFERENCES articles,
    revision INTEGER NOT NULL REFERENCES revisions,
    PRIMARY KEY (key, article)
) STRICT, WITHOUT ROWID;
CREATE INDEX mentions_by_article ON mentions (article);
"""


@migrations()
def m003_mentions(db: Database) -> None:
    """Mentions of older events that no story tells of yet."""
    for statement in statements(MENTIONS):
        db.execute(statement)
