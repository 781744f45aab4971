"""What corrections need beside their table: merges with what they brought together, reasons of undoing, and which change a person made.

The fourth migration; style and times as in `schema`.
"""

from __future__ import annotations

from sqlite_utils import Database

from watcher.store.schema import migrations, statements

__all__ = ["m004_corrections", "migrations"]

CORRECTIONS = """
CREATE TABLE story_merges (             -- every id that was merged away, taken-back merges too; story_aliases has those in force
    id         INTEGER PRIMARY KEY,
    alias      INTEGER NOT NULL REFERENCES stories,
    story      INTEGER NOT NULL REFERENCES stories,  -- what it was merged into
    correction INTEGER REFERENCES corrections,       -- NULL: a late article proved it, no person
    before     TEXT NOT NULL DEFAULT '{}',  -- JSON: the rows of both in story_articles and story_links, to be given back
    at         TEXT NOT NULL,
    undone_at  TEXT                     -- NULL: in force
) STRICT;
CREATE INDEX story_merges_by_alias ON story_merges (alias);

INSERT INTO story_merges (alias, story, at) SELECT alias, story, at FROM story_aliases;

CREATE INDEX story_aliases_by_story ON story_aliases (story);
CREATE INDEX corrections_by_story ON corrections (story);
CREATE INDEX corrections_by_other ON corrections (other);

ALTER TABLE corrections ADD COLUMN tell TEXT;         -- tell, quiet; NULL: nobody had been told
ALTER TABLE corrections ADD COLUMN undone_why TEXT;
ALTER TABLE corrections ADD COLUMN undone_tell TEXT;  -- tell, quiet; NULL: nobody had been told

ALTER TABLE changes ADD COLUMN correction INTEGER REFERENCES corrections;  -- NULL: no person made it
"""


@migrations()
def m004_corrections(db: Database) -> None:
    """Merges that can be taken back, undoing with its reason, and changes that name the correction behind them."""
    for statement in statements(CORRECTIONS):
        db.execute(statement)
