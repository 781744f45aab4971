"""A running service -> whether it may go on: its database is the one it opened, it is still the sender, the clock goes forward.

Looked at again and again, because all three can change while a process is paused or somebody moves files. What is sent
is guarded once more where messages are claimed and settled (`deliver`); here the process itself is ended.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from watcher import store
from watcher.errors import BusyError, StoreError, UsageError
from watcher.pipeline.deliver import Terms
from watcher.pipeline.tools import Tools
from watcher.store import Database, operations, outbox

SENDER = "sender"  # the lease
STEP_BACK = timedelta(minutes=5)  # a clock that is corrected goes back by less
NEVER_BEFORE = datetime(2025, 1, 1, tzinfo=UTC)  # this program is younger; a clock that says less was never set
MEND_CLOCK = "timedatectl status"

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Guard:
    """What one service holds: the identity of its database's file, its lease, and the latest time it has seen."""

    path: Path
    holder: str
    terms: Terms
    seen: datetime
    file: tuple[int, int]

    async def look(self, tools: Tools) -> None:
        """Renew the lease and write down a clock that went back.

        Raises StoreError when the file was moved or replaced, BusyError when another service took over: this one must end.
        """
        if _file(self.path) != self.file:
            raise StoreError(f"{self.path}: the database was moved or replaced while the service ran; nothing more is written. Stopping")
        await tools.writer.run(_look, self, tools.clock())


async def begin(tools: Tools, holder: str, *, sender: timedelta = operations.SENDER_LEASE, message: timedelta = outbox.LEASE) -> Guard:
    """Become the one service of a database. Raises BusyError while one on another machine is.

    A sender of the command line only delays: its lease is taken when it ends.
    """
    now = tools.clock()
    token = await tools.writer.run(_become, holder, now, sender)
    last = await tools.writer.run(_newest_beat)
    guard = Guard(tools.writer.path, holder, Terms(token, sender, message), max(now, last or now), _file(tools.writer.path))
    await tools.writer.run(_note_clock, guard, now)
    return guard


def refuse_unset_clock(now: datetime) -> None:
    """Raise UsageError for a clock that was never set, before anything is dated by it: mails of 1970 would be sent."""
    if now < NEVER_BEFORE:
        raise UsageError(
            f"the clock of this machine says {now:%Y-%m-%d %H:%M} UTC, which cannot be; set it (look with: {MEND_CLOCK}), then start again"
        )


def _file(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_dev, found.st_ino


def _become(database: Database, holder: str, now: datetime, length: timedelta) -> int | None:
    with store.transaction(database):
        token = operations.take_lease_anew(database, SENDER, holder, now, length)
        if token:
            return token
        other = operations.lease(database, SENDER)
    if other and other.holder.endswith(":run"):
        machine = other.holder.removesuffix(":run")
        raise BusyError(
            f"another `watcher run` works on this database, on the machine {machine}; stop that one first. "
            f"If it is gone for good, this one can start from {other.until:%H:%M:%S} UTC on"
        )
    return None


def _look(database: Database, guard: Guard, now: datetime) -> None:
    _note_clock(database, guard, now)
    known, terms = operations.lease(database, SENDER), guard.terms
    if terms.token is not None and known and known.token == terms.token and known.until - now > terms.sender / 2:
        return  # nothing is written as long as half of it is left
    with store.transaction(database):
        token = operations.take_lease(database, SENDER, guard.holder, now, terms.sender, token=terms.token)
    if not token and terms.token is not None:
        raise BusyError("another `watcher run` took over this database while this one was paused; nothing more is sent. Stopping")
    if token:
        guard.terms = Terms(token, terms.sender, terms.message)


def _note_clock(database: Database, guard: Guard, now: datetime) -> None:
    """Say when the clock went back, as long as it is behind what was seen before."""
    behind = guard.seen - now
    if behind > STEP_BACK:
        text = f"The clock of this machine went back by {behind - timedelta(microseconds=behind.microseconds)}. Digests come once a date all the same."
        with store.transaction(database):
            operations.fault(database, "clock", text, MEND_CLOCK, now)
        log.warning("%s", text)
        guard.seen = now  # said once; the line stays until the clock went on for a day without a step
        return
    guard.seen = max(guard.seen, now)
    open_line = next((fault for fault in operations.faults(database) if fault.subject == "clock"), None)
    if open_line and now - open_line.changed > timedelta(days=1):
        with store.transaction(database):
            operations.mended(database, "clock", now)


def _newest_beat(database: Database) -> datetime | None:
    """The latest time at which a service was alive."""
    beats = operations.heartbeats(database).values()
    return max((moment for beat in beats for moment in (beat.started, beat.finished) if moment), default=None)
