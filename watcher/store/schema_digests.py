"""What a digest remembers besides its words: how far it looked, when its dates were settled, and when the service did not run.

The twelfth migration; style and times as in `schema`.
"""

from __future__ import annotations

from sqlite_utils import Database

from watcher.store.schema import migrations, statements

__all__ = ["m012_digests", "migrations"]

# A digest looks at what was stored, not at what a clock says of it: a text that was fetched before a digest and stored
# after it has an older time, but a higher number. NULL in digests of an older version: then its time counts.
DIGESTS = """
ALTER TABLE digests ADD COLUMN newest_verdict INTEGER;
ALTER TABLE digests ADD COLUMN newest_lead INTEGER;
ALTER TABLE digests ADD COLUMN newest_poll INTEGER;
ALTER TABLE digest_dates ADD COLUMN made_at TEXT;
ALTER TABLE audiences ADD COLUMN schedule TEXT;
ALTER TABLE audiences ADD COLUMN schedule_since TEXT;
ALTER TABLE leads ADD COLUMN settled_order INTEGER;
CREATE INDEX leads_by_settled_order ON leads (settled_order) WHERE settled_order IS NOT NULL;

CREATE TABLE outages (                  -- times in which the service did not run, as its own loop found them when it was back
    id      INTEGER PRIMARY KEY,
    started TEXT NOT NULL,              -- the last turn before
    ended   TEXT NOT NULL               -- the first turn after
) STRICT;
"""
# newest_verdict, newest_lead, newest_poll: the highest verdicts.id, leads.settled_order and polls.id when the digest was made
# made_at:        when this date was settled; a date settled under a clock that ran ahead is told by it (store.digests)
# schedule:       "day 07:00 Asia/Phnom_Penh", as rules.toml had it at the last look; NULL: never looked
# schedule_since: since when; dates before it were those of another schedule
# settled_order:  counts up with each settled lead; NULL: open, or settled by an older version


@migrations()
def m012_digests(db: Database) -> None:
    """How far each digest looked, its dates' moments, schedules as last seen, and outages."""
    for statement in statements(DIGESTS):
        db.execute(statement)
