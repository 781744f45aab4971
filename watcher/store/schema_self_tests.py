"""The table of self-tests: once a local date a made-up report goes through the whole program, and what came of it.

The eleventh migration; style and times as in `schema`.
"""

from __future__ import annotations

from sqlite_utils import Database

from watcher.store.schema import migrations, statements

__all__ = ["m011_self_tests", "migrations"]

SELF_TESTS = """
CREATE TABLE self_tests (               -- one row a local date; the newest 400 are kept
    local_date TEXT PRIMARY KEY,        -- in the zone of [watcher]: the date it stands for
    attempt    INTEGER NOT NULL DEFAULT 0,  -- how often it was begun; after a failure it is begun again
    began      TEXT NOT NULL,           -- of the newest attempt
    messages   TEXT NOT NULL DEFAULT '[]',  -- JSON list of outbox keys: what must arrive; empty until the attempt made it
    passed     TEXT,                    -- when its message had been accepted; NULL: not yet
    failed     TEXT,                    -- when it failed last; stays after a later attempt passed
    stage      TEXT,                    -- which stage broke then: parse, match, store, story, compose, outbox, delivery
    words      TEXT                     -- and how, in words fit for a reader
) STRICT, WITHOUT ROWID;
"""


@migrations()
def m011_self_tests(db: Database) -> None:
    """Self-tests by local date."""
    for statement in statements(SELF_TESTS):
        db.execute(statement)
