"""The one database: open it, read it, change it in transactions.

Every SQL statement of the project stands in this room, one module a table family; what a module takes and gives are
the nouns of `model`, never rows. Which writes belong together is not decided here but in `pipeline`, by `transaction`.

Safety decides the journal: rollback journal with synchronous=EXTRA, not WAL. SQLite 3.7.0 to 3.51.2 can corrupt a WAL
database that several connections use (the "WAL-reset" bug, fixed in 3.51.3), and Debian 12 ships 3.40.1.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from watcher.errors import BusyError, LockedError, StoreError, WatcherError
from watcher.store import schema_claim_dates as _schema_claim_dates  # noqa: F401  registers its migration
from watcher.store import schema_corrections as _schema_corrections  # noqa: F401  registers its migration
from watcher.store import schema_digests as _schema_digests  # noqa: F401  registers its migration
from watcher.store import schema_gaps as _schema_gaps  # noqa: F401  registers its migration
from watcher.store import schema_groups as _schema_groups  # noqa: F401  registers its migration
from watcher.store import schema_health as _schema_health  # noqa: F401  registers its migration
from watcher.store import schema_leases as _schema_leases  # noqa: F401  registers its migration
from watcher.store import schema_mentions as _schema_mentions  # noqa: F401  registers its migration
from watcher.store import schema_outbox as _schema_outbox  # noqa: F401  registers its migration
from watcher.store import schema_search as _schema_search  # noqa: F401  registers its migration
from watcher.store import schema_self_tests as _schema_self_tests  # noqa: F401  registers its migration
from watcher.store.schema_rule_changes import migrations

__all__ = [
    "Database",
    "DatabaseError",
    "check_whole",
    "execute",
    "insert",
    "open_reader",
    "open_store",
    "select",
    "select_one",
    "transaction",
]

DatabaseError = sqlite3.Error  # what a full disk, a lock or a damaged page raises inside a transaction; already rolled back
LOCK_WAIT_MS = 30_000  # how long a writer waits for another; a cycle's transaction lasts under a second
APPLICATION_ID = 0x57415443  # "WATC": another program's SQLite file is refused untouched


def open_store(path: Path, *, create: bool = True, back_up: bool = True, anew: bool = False) -> Database:
    """Open the database for writing, make it where `create` allows, and bring its tables up to date.

    Before its tables are changed a backup is made beside the database; `back_up` is False for a file that is one. Where
    backups are and no database, none is made, unless a person said `anew`.
    Raises StoreError when the file is missing and may not be made, is no database, is another program's, of a newer
    version, or is damaged, and when that backup cannot be made; the file is left as it was. A database that vanished
    is never silently made anew: that would tell everything twice.
    """
    new = not path.exists() or path.stat().st_size == 0
    if not path.exists() and not create:
        raise StoreError(f"{path}: no such database. `watcher run` or `watcher poll` makes one; name a moved file with --db")
    if new and not anew:
        refuse_to_replace(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        database = _connect(path, read_only=False)
        _check(database, path, new=new)
        database.conn.execute("PRAGMA journal_mode = DELETE")  # not before: it would change another program's file
        if new:
            database.conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        _migrate(database, path, back_up=back_up and not new)
    except sqlite3.Error as error:
        raise StoreError(f"{path}: cannot be opened ({error}); the file was not changed.{_newest_backup(path)}") from error
    return database


def open_reader(path: Path, *, patience: float = LOCK_WAIT_MS / 1000) -> Database:
    """Open the database for reading only; wait so many seconds for a lock. Raises StoreError when it is not there or not ours.

    Tables of an older version are brought up to date first: after an upgrade the first command may be one that only reads.
    """
    if not path.exists():
        raise StoreError(f"{path}: no such database. `watcher run` or `watcher poll` makes one; name a moved file with --db")
    try:
        database = _connect(path, read_only=True, patience=patience)
        _check(database, path, new=False)
        if migrations.pending(database):
            open_store(path, create=False).conn.close()
    except sqlite3.Error as error:
        raise StoreError(f"{path}: cannot be read ({error}).{_newest_backup(path)}") from error
    return database


def check_whole(path: Path) -> None:
    """Read every page of a database before work begins on it. Raises StoreError when one is damaged; the file is left as it was."""
    database = open_reader(path)
    try:
        answer = database.conn.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        answer = str(error)
    finally:
        database.conn.close()
    if answer != "ok":
        said = " ".join(answer.split())
        raise StoreError(f"{path}: the database is damaged ({said}); the file was not changed.{_newest_backup(path)}")


@contextmanager
def transaction(database: Database) -> Iterator[None]:
    """All of it or none; waits for another writer first (IMMEDIATE: a late lock would fail at once, not wait)."""
    try:
        database.conn.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):  # the low byte; above it are details
            raise  # a disk that fails: to call that a lock would send the operator the wrong way
        raise LockedError(f"the database is locked by another writer for over {LOCK_WAIT_MS // 1000} s ({error})") from error
    try:
        yield
    except BaseException:
        if database.conn.in_transaction:  # a full disk has already rolled it back
            database.conn.rollback()
        raise
    database.conn.commit()


def select(database: Database, sql: str, values: Mapping[str, Any] | Sequence[Any] = ()) -> list[sqlite3.Row]:
    """The rows of a query, by name."""
    cursor = database.conn.cursor()
    cursor.row_factory = sqlite3.Row
    return cursor.execute(sql, values).fetchall()


def select_one(database: Database, sql: str, values: Mapping[str, Any] | Sequence[Any] = ()) -> sqlite3.Row | None:
    """The first row of a query, None without one."""
    found = select(database, sql, values)
    return found[0] if found else None


def execute(database: Database, sql: str, values: Mapping[str, Any] | Sequence[Any] = ()) -> int:
    """Change rows; gives how many."""
    return database.conn.execute(sql, values).rowcount


def insert(database: Database, sql: str, values: Mapping[str, Any] | Sequence[Any] = ()) -> int:
    """Insert one row; gives its id."""
    return int(database.conn.execute(sql, values).lastrowid or 0)


def _connect(path: Path, *, read_only: bool, patience: float = LOCK_WAIT_MS / 1000) -> Database:
    """A connection of this thread's own; autocommit, so that only `transaction` opens one.

    A reader is kept from writing by `query_only` and not by mode=ro: after a power cut the first to open the file must
    roll back what was half written, and a `run` that could not read its last good rules would never start again.
    """
    where = f"{path.resolve().as_uri()}?mode={'rw' if read_only else 'rwc'}"
    connection = sqlite3.connect(where, uri=True, isolation_level=None, timeout=patience)
    connection.execute("PRAGMA foreign_keys = ON")
    if read_only:
        connection.execute("PRAGMA query_only = ON")
    else:
        connection.execute("PRAGMA synchronous = EXTRA")
    connection.execute("PRAGMA cache_size = -16000")  # 16 MB: the indexes that every poll asks stay in memory
    connection.execute("PRAGMA temp_store = MEMORY")
    return Database(connection)


def _check(database: Database, path: Path, *, new: bool) -> None:
    """Refuse what is not ours, is newer than we are or is damaged, before anything is written."""
    if new:
        return
    owner = database.conn.execute("PRAGMA application_id").fetchone()[0]
    if owner != APPLICATION_ID:
        raise StoreError(f"{path}: this is a database of another program; name watcher's with --db")
    refuse_newer(database, path)


def refuse_newer(database: Database, path: Path) -> None:
    """Raise StoreError for tables that a newer version has changed: what they mean now is unknown here."""
    newer = {one.name for one in migrations.applied(database)} - _known()
    if newer:
        raise StoreError(
            f"{path}: a newer version of watcher has changed its tables ({', '.join(sorted(newer))}). Install that version again, or go back "
            "to the backup that was made before the change: `watcher backup --list` names it, `watcher restore FILE` puts it in place"
        )


@cache
def _known() -> frozenset[str]:
    """Every change of tables that this version knows."""
    return frozenset(one.name for one in migrations.pending(Database(memory=True)))


def _migrate(database: Database, path: Path, *, back_up: bool) -> None:
    """Bring the tables up to date, a backup first; the backup's lock keeps a second process from doing the same."""
    if not migrations.pending(database):
        return
    applied = [one.name for one in migrations.applied(database)]
    if not (back_up and applied):
        migrations.apply(database)
        return
    from watcher.store.backup import before_changes

    try:
        with before_changes(path, applied, datetime.now(UTC)):  # the time is for the file's name only
            migrations.apply(database)
    except WatcherError as error:
        if isinstance(error, BusyError) and _wait_for_other(database):
            return
        problem = "its tables must be changed for this version, and the backup that comes first could not be made; nothing was changed"
        raise StoreError(f"{path}: {problem}. {error}") from error


def _wait_for_other(database: Database) -> bool:
    """Wait for another process that changes the tables just now; gives whether it did."""
    end = time.monotonic() + LOCK_WAIT_MS / 1000
    while migrations.pending(database):
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def refuse_to_replace(path: Path) -> None:
    """Raise StoreError where a database is to be made new although one has been there: everything would be told again, and what was told is in the backups."""
    newest = _newest_backup(path)
    if newest:
        raise StoreError(
            f"{path}: the database is gone, and its backups are here; no new one is made beside them.{newest}. To begin anew: watcher run --init"
        )


def _newest_backup(path: Path) -> str:
    """What to say of the newest backup, nothing without one."""
    from watcher.store.backup import default_folder, listed

    found = listed(default_folder(path), path)
    return f" The newest backup: watcher restore {found[0].path}" if found else ""
