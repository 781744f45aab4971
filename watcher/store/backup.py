"""One file that holds the whole database: made while a service runs, read back and compared before it gets its name.

VACUUM INTO, not a copy of the file: a copy taken in the middle of a write is no database. Restoring is not here.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from watcher.errors import StoreError, UsageError
from watcher.store import Database, execute, open_reader, open_store, select, transaction
from watcher.store.operations import remember
from watcher.store.values import required_time

LAST_BACKUP = "last_backup"  # name in the table `meta`: when the last copy was made


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy that was read back. `rows` counts those of every table."""

    path: Path
    bytes: int
    rows: dict[str, int]


def back_up(source: Path, target: Path, now: datetime) -> Copied:
    """Copy the database into the new file `target`, readable by its owner only, and check the copy.

    Writers wait while it is made. Raises UsageError when the file exists or cannot be made, StoreError when the source
    is missing or not ours, or when the copy is not whole; then no file is left.
    """
    if target.exists() or target.is_symlink():
        raise UsageError(f"{target}: is there already and is not overwritten; name a new file, or move that one away")
    database = open_store(source, create=False)
    part = _new_file(target)
    try:
        with closing(database.conn):
            rows = _copy(database, source, part)
            _check(part, rows)
            _flush(part)
            _name(part, target)
            with transaction(database):
                remember(database, LAST_BACKUP, required_time(now))
    except sqlite3.Error as error:
        raise StoreError(f"{target}: the copy could not be made ({error}); look at the free space there") from error
    finally:
        part.unlink(missing_ok=True)
    return Copied(target, target.stat().st_size, rows)


def _new_file(target: Path) -> Path:
    """An empty file beside the target, mode 0600."""
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise UsageError(f"{target}: cannot be written ({error.strerror}); is the folder there, and yours?") from error
    os.close(handle)
    return Path(name)


def _copy(database: Database, source: Path, part: Path) -> dict[str, int]:
    """Fill the file; gives the rows of each table at that moment."""
    copier = open_store(source, create=False)  # a reader's `query_only` forbids VACUUM INTO
    with closing(copier.conn), transaction(database):  # no writer between copying and counting, so that the counts must agree
        execute(copier, "VACUUM INTO ?", (str(part),))
        return _rows(database)


def _check(part: Path, wanted: dict[str, int]) -> None:
    copy = open_reader(part)
    with closing(copy.conn):
        answer = select(copy, "PRAGMA integrity_check(5)")
        if [row[0] for row in answer] != ["ok"]:
            raise StoreError(f"the copy is damaged ({answer[0][0]}); it was thrown away. Check the disk, then try again")
        found = _rows(copy)
    differing = [f"{name} {found.get(name, 0)} of {count}" for name, count in wanted.items() if found.get(name) != count]
    if differing:
        raise StoreError(f"the copy is not whole ({', '.join(differing)}); it was thrown away. Try again")


def _rows(database: Database) -> dict[str, int]:
    tables = select(database, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*' ORDER BY name")
    return {table["name"]: int(select(database, f'SELECT count(*) AS rows FROM "{table["name"]}"')[0]["rows"]) for table in tables}


def _name(part: Path, target: Path) -> None:
    """Give the copy its name, unless a file has it by now: unlike a rename, a link fails then."""
    try:
        os.link(part, target)
    except FileExistsError:
        raise UsageError(f"{target}: appeared while the copy was made and is not overwritten; name a new file") from None
    except OSError:  # a file system without hard links
        part.rename(target)


def _flush(path: Path) -> None:
    """Bring the file to the disk before it gets its name."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
