"""Gaps: times of which a feed may have shown items that nobody read; and what was found later than it should have been.

The ninth migration; style and times as in `schema`.
"""

from __future__ import annotations

from sqlite_utils import Database

from watcher.store.schema import migrations, statements

__all__ = ["m009_gaps", "migrations"]

GAPS = """
CREATE TABLE gaps (                     -- one row a time of which a feed's items may have been missed
    id      INTEGER PRIMARY KEY,
    feed    INTEGER NOT NULL REFERENCES feeds,
    since   TEXT NOT NULL,              -- the last good poll before: what came later may have been missed
    until   TEXT NOT NULL,              -- the poll that showed the gap; a later poll that shows another one moves it
    why     TEXT NOT NULL,              -- outage (not asked for long), failure (asked, not read), no overlap (asked in time, too seldom)
    state   TEXT NOT NULL,              -- open, refilled, unfilled
    way     TEXT,                       -- how it was asked for last: 'older pages', 'search'; NULL before
    tries   INTEGER NOT NULL DEFAULT 0,
    pages   INTEGER NOT NULL DEFAULT 0, -- asked over all tries
    found   INTEGER NOT NULL DEFAULT 0, -- entries that the gap held and that were not known
    problem TEXT,                       -- why it is not refilled, in words; NULL: refilled, or not tried yet
    due_at  TEXT,                       -- when to try; NULL when settled
    created TEXT NOT NULL,
    settled TEXT
) STRICT;
CREATE INDEX gaps_due ON gaps (due_at) WHERE state = 'open';
CREATE INDEX gaps_by_feed ON gaps (feed, created);

-- NULL: found in time. Else when it would have been found, had there been no gap: its publication, never outside the gap.
ALTER TABLE entries ADD COLUMN late TEXT;
ALTER TABLE changes ADD COLUMN late TEXT;
"""


@migrations()
def m009_gaps(db: Database) -> None:
    """The table of gaps, and on sightings and changes when they would have been found."""
    for statement in statements(GAPS):
        db.execute(statement)
