"""The columns of feed health: the state that is told, since when, what it is decided from at the next poll, the poll before each;
and since when the operator knows of a fault.

The eighth migration; style and times as in `schema`.
"""

from __future__ import annotations

from sqlite_utils import Database

from watcher.store.schema import migrations, statements

__all__ = ["m008_health", "migrations"]

HEALTH = """
ALTER TABLE feeds ADD COLUMN state TEXT NOT NULL DEFAULT 'ok';
ALTER TABLE feeds ADD COLUMN state_since TEXT;
ALTER TABLE feeds ADD COLUMN state_reason TEXT;
ALTER TABLE feeds ADD COLUMN rhythm_s INTEGER;
ALTER TABLE feeds ADD COLUMN health TEXT;
ALTER TABLE polls ADD COLUMN before TEXT;
ALTER TABLE operator_log ADD COLUMN first_told TEXT;
UPDATE operator_log SET first_told = told_at WHERE closed IS NULL;
"""
# state:        ok, failing, dead, silent, shrunk, not_a_feed, moved, blocked, frozen, degraded
# state_since:  when the state that holds was entered; NULL: ok since it is polled
# state_reason: in words, as it was when the state was entered: "403", "12 items where 40 are usual"; NULL while ok
# rhythm_s:     seconds, the median of the longest waits for a new item, one a day that brought any; NULL: too few to say
# health:       JSON of model.HealthMemory, what the next decision needs; NULL: nothing yet, it is begun from the rows of `polls`
# before:       of a row of polls: when the feed was read last before it, so that a gap is told to the minute; NULL: never
# first_told:   of an operator's line: when it was told first since it is open; kept when it is closed, until that is told too


@migrations()
def m008_health(db: Database) -> None:
    """States of feed health, with the memory they are decided from."""
    for statement in statements(HEALTH):
        db.execute(statement)
