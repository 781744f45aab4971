"""The rising number of a lease, which tells a holder that was paused from the one who took over meanwhile.

The thirteenth migration; style and times as in `schema`.
"""

from __future__ import annotations

from sqlite_utils import Database

from watcher.store.schema import migrations

__all__ = ["m013_leases", "migrations"]

# leases.token   rises by one each time the lease is taken anew, never by a renewal; a lease that was given back keeps its row, so
#                that the number never falls. A holder with a smaller one has lost it, whatever the clock says.
COLUMN = "ALTER TABLE leases ADD COLUMN token INTEGER NOT NULL DEFAULT 0"


@migrations()
def m013_leases(db: Database) -> None:
    """A fencing token for leases."""
    db.execute(COLUMN)
