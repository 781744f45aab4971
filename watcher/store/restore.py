"""A backup -> the database, held: nothing is sent until a person says what becomes of what waits.

The order of the steps is the point. The new file is made whole beside the old one; the old one gets a second name; then
one rename puts the new one in its place. A crash at any line leaves the old database or the new one, never none. What
was sent since the backup is unknown to it, so it begins held (`holding`). How backups are made is `backup`.
"""

from __future__ import annotations

import glob
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from watcher.errors import BusyError, StoreError, UsageError
from watcher.store import APPLICATION_ID, Database, copying, execute, holding, open_store, refuse_newer, select_one, transaction
from watcher.store.values import from_time

LARGEST = 64 * 1024**3  # bytes; ten years of a thousand feeds stay below
LOCK_WAIT = 2.0  # seconds for another command to end its write
_MAGIC = b"SQLite format 3\x00"
_JOURNALS = ("-journal", "-wal", "-shm")
_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done. `aside`: where the database of before is now, None where there was none. `until`: the newest moment that the backup knows."""

    aside: Path | None
    until: datetime | None
    held: int
    rows: dict[str, int]


def restore(file: Path, database: Path, now: datetime, *, holder: str) -> Restored:
    """Put a backup in the place of the database, held; the one of before is kept aside.

    The caller holds the lock of `run`, and `holder` is the name that a `run` of this machine sends by. Raises UsageError for a file that is no backup of watcher's, StoreError for a
    damaged one or one of a newer version, BusyError while another command writes or a service elsewhere has the lease; the
    database is then as it was. `file` itself is only read.
    """
    rows = examine(file, database)
    _sweep(database)
    copying.make_sure_of_room(database.parent, file.stat().st_size)
    part = copying.new_part(database)
    try:
        shutil.copyfile(file, part)
        with closing(open_store(part, back_up=False).conn):
            pass  # brings the tables of an older version up to date
        held, until = _hold(part, file, now)
        copying.check(part, called=file)
        copying.flush(part)
        with _nobody_at(database, holder, now) as token:
            _fence(part, token)
            copying.flush(part)
            aside = _put_aside(database, now)
            _same_owner(part, database)
            part.replace(database)
            copying.flush(database.parent)
    except sqlite3.Error as error:
        raise StoreError(f"{file}: could not be put in place ({error}); the database is as it was") from error
    except OSError as error:
        raise StoreError(
            f"{file}: could not be put in place ({error.strerror}); look at the free space and the rights of {database.parent}"
        ) from error
    finally:
        for name in (part, *(_beside(part, journal) for journal in _JOURNALS)):
            name.unlink(missing_ok=True)
    return Restored(aside, until, held, rows)


def examine(file: Path, database: Path) -> dict[str, int]:
    """Look whether a file can be restored, without changing it; gives the rows of its tables. Raises as `restore`."""
    if not file.is_file():
        raise UsageError(f"{file}: there is no such file; `watcher backup --list` names the backups")
    if not database.parent.is_dir():
        raise UsageError(f"{database}: its folder is not there; make it, or name the database with --db")
    if database.exists() and file.samefile(database):
        raise UsageError(f"{file}: this is the database itself; name a backup of it")
    with file.open("rb") as start:
        header = start.read(100)
    if not header.startswith(_MAGIC) or len(header) < 100:
        raise UsageError(
            f"{file}: this is not an SQLite database. One file as `watcher backup` made it is taken, no archive: unpack it first"
        )
    if file.stat().st_size > LARGEST:
        raise UsageError(f"{file}: is over {LARGEST // 1024**3} GB; this is no backup of watcher's")
    if any(_beside(file, journal).exists() and _beside(file, journal).stat().st_size for journal in _JOURNALS):
        raise UsageError(
            f"{file}: a journal lies beside it, so this is a database in use or one that broke off, no backup; name a finished one"
        )
    if int.from_bytes(header[68:72], "big") != APPLICATION_ID:
        raise UsageError(f"{file}: this is a database of another program, not a backup of watcher's")
    try:
        rows = copying.check(file)
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            refuse_newer(Database(connection), file)
    except sqlite3.Error as error:
        raise StoreError(f"{file}: is damaged ({error}); take an older backup") from error
    if not {"feeds", "outbox", "meta"} <= rows.keys():
        raise UsageError(f"{file}: holds no tables of watcher's; name another backup")
    return rows


def _hold(part: Path, file: Path, now: datetime) -> tuple[int, datetime | None]:
    """Hold all that waits in the new database; gives how many messages, and the newest moment that it knows."""
    database = open_store(part, back_up=False)
    with closing(database.conn):
        until = _newest(database)
        with transaction(database):
            said = f", which ends on {until.day} {until:%b %Y %H:%M} UTC" if until else ""
            holding.hold(database, f"restored from {file.name}{said}", now)
            execute(database, "UPDATE leases SET holder = '', until = ''")
            held = execute(
                database,
                """
                UPDATE outbox SET state = 'held', held_for = 'restore', due_at = NULL, lease = NULL, lease_until = NULL
                WHERE state IN ('pending', 'sending')
                """,
            )
    return held, until


def _newest(database: Database) -> datetime | None:
    """The newest moment at which the service that wrote it was alive."""
    row = select_one(
        database,
        """
        SELECT max(at) AS at FROM (SELECT max(at) AS at FROM polls UNION ALL SELECT max(finished) FROM heartbeats
        UNION ALL SELECT max(created) FROM outbox UNION ALL SELECT max(at) FROM attempts)
        """,
    )
    return from_time(row["at"]) if row else None


def _fence(part: Path, token: int) -> None:
    """A sender of the database of before, paused all the while, must not take its number for the newest here."""
    database = open_store(part, back_up=False)
    with closing(database.conn), transaction(database):
        execute(
            database,
            """
            INSERT INTO leases (name, holder, until, token) VALUES ('sender', '', '', :token)
            ON CONFLICT (name) DO UPDATE SET token = max(token, :token)
            """,
            {"token": token + 1},
        )


@contextmanager
def _nobody_at(database: Path, holder: str, now: datetime) -> Iterator[int]:
    """Keep everybody else from the database while it changes places; gives the newest token of its sender's lease.

    Its own journal is rolled back by that: a journal left behind would be played into the new file. A database too damaged
    for that has no writers to wait for.
    """
    if not database.exists() or not database.stat().st_size:
        yield 0
        return
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=LOCK_WAIT)) as old:
        try:
            old.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise BusyError(f"{database}: another command works on it; wait until it is done, then try again") from error
        except sqlite3.DatabaseError:
            pass  # damaged: that is what a backup is for
        yield _token(old, holder, now)
        with suppress(sqlite3.Error):
            old.rollback()


def _token(old: sqlite3.Connection, holder: str, now: datetime) -> int:
    """The newest token of the sender's lease; refuses while a service on another machine has it."""
    try:
        row = old.execute("SELECT token, holder, until FROM leases WHERE name = 'sender'").fetchone()
    except sqlite3.Error:
        return 0  # a damaged database, or one of before tokens
    if row is None:
        return 0
    until = from_time(row[2]) if row[2] else None
    if row[1].endswith(":run") and row[1] != holder and until and now < until:  # our own is dead: the caller has its lock
        raise BusyError(
            f"a `watcher run` on the machine {row[1].removesuffix(':run')} has this database; stop it first. Where it was cut off, wait until "
            f"{until:%H:%M:%S} UTC"
        )
    return int(row[0])


def _put_aside(database: Path, now: datetime) -> Path | None:
    """Give the database of before a second name, which stays when its first one is taken; never deleted."""
    if not database.exists():
        return None
    stamp, number = now.astimezone(UTC).strftime(_STAMP), 1
    aside = database.with_name(f"{database.stem}-before-restore-{stamp}{database.suffix}")
    while aside.exists():
        number += 1
        aside = database.with_name(f"{database.stem}-before-restore-{stamp}-{number}{database.suffix}")
    for journal in _JOURNALS:  # only where the database was too damaged to roll it back
        if _beside(database, journal).exists():
            _beside(database, journal).rename(_beside(aside, journal))
    try:
        os.link(database, aside)
    except FileExistsError:
        raise BusyError(f"{aside}: appeared just now; another restore is at work. Try again when it is done") from None
    except OSError:  # a file system without hard links: a whole copy
        shutil.copyfile(database, aside)
    aside.chmod(0o600)
    copying.flush(database.parent)
    return aside


def _sweep(database: Path) -> None:
    """Take away what a crash left of an earlier restore: unfinished files, and a second name that the database still has."""
    for path in database.parent.glob(f".{glob.escape(database.name)}.*{copying.PART}*"):
        path.unlink(missing_ok=True)
    if not database.exists():
        return
    for path in database.parent.glob(f"{glob.escape(database.stem)}-before-restore-*{glob.escape(database.suffix)}"):
        if path.samefile(database):
            path.unlink()


def _same_owner(part: Path, database: Path) -> None:
    """Root may restore what the service's own user must be able to write: as the database of before, else as its folder."""
    if os.geteuid() == 0:
        as_before = (database if database.exists() else database.parent).stat()
        os.chown(part, as_before.st_uid, as_before.st_gid)


def _beside(file: Path, suffix: str) -> Path:
    return file.with_name(file.name + suffix)
