"""What joining compares of each story, ready beside its keys; and the day of a story beside each key.

The seventh migration; style and times as in `schema`.
"""

from __future__ import annotations

from sqlite_utils import Database

from watcher.store.schema import migrations, statements

__all__ = ["m007_groups", "migrations"]

# 1721424.5 is the Julian day before 1 January of the year 1, from which Python's `toordinal` counts.
GROUPS = """
CREATE TABLE story_compared (           -- what a new report is compared with: claims and reports again, without the texts
    story   INTEGER PRIMARY KEY REFERENCES stories,
    form    INTEGER NOT NULL,           -- of `people`; a row of another form is not used but made anew from claims
    people  TEXT NOT NULL,              -- JSON, written and read by the story room (story.pack)
    reports TEXT NOT NULL               -- JSON, a list a report: its columns are those of store.candidates
) STRICT;

ALTER TABLE story_keys ADD COLUMN day INTEGER;  -- of its story, in days since the year 1, so that the nearest are told without it

UPDATE story_keys SET day = (SELECT CAST(julianday(stories.day) - 1721424.5 AS INTEGER) FROM stories WHERE stories.id = story_keys.story);
"""


@migrations()
def m007_groups(db: Database) -> None:
    """A table of what is compared, filled story by story as they are met, and the day in every key."""
    for statement in statements(GROUPS):
        db.execute(statement)
