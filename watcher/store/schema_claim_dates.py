"""What the dates of claims need beside their table: the day of the report, where a text prints none for its news.

The sixth migration; style and times as in `schema`.
"""

from __future__ import annotations

from sqlite_utils import Database

from watcher.store.schema import migrations

__all__ = ["m006_claim_dates", "migrations"]


@migrations()
def m006_claim_dates(db: Database) -> None:
    """The day of the report beside the date that is printed, so that nobody takes the one for the other."""
    db.execute("ALTER TABLE claims ADD COLUMN reported TEXT")
