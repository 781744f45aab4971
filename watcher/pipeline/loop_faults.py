"""Heartbeats -> lines for the operator: a loop whose last turn failed, at once where it is the disk or the database that fails.

A line closes with the loop's next good turn. What a loop that cannot write at all would say reaches nobody from here: for that there is
the watchdog outside.
"""

from __future__ import annotations

import re
from datetime import datetime

from watcher.store import Database, operations

PREFIX = "loop:"  # of the subjects of these lines
# What SQLite and the system say of a full disk, a failing one, a damaged file. "Locked" is not among them: it passes with the next turn.
_DISK = re.compile(r"disk is full|no space left|disk i/o error|malformed|not a database|read-?only|input/output error|quota", re.IGNORECASE)


def note_loop_faults(database: Database, now: datetime) -> None:
    """Open, change and close the operator's lines about loops. Inside the caller's transaction."""
    failed = {f"{PREFIX}{beat.loop}": beat for beat in operations.heartbeats(database).values() if beat.problem}
    for subject, beat in failed.items():
        text = f"The part that does {beat.loop!r} failed: {beat.problem}"
        operations.fault(database, subject, text, "watcher status", now, urgent=_DISK.search(beat.problem or "") is not None)
    for fault in operations.faults(database):
        if fault.subject.startswith(PREFIX) and fault.subject not in failed:
            operations.mended(database, fault.subject, now)
