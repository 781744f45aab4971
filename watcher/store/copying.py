"""An SQLite file -> one new file with all of it, read back and compared. Works below `open_store`, which uses it itself.

VACUUM INTO, not a copy of the file: a copy taken in the middle of a write is no database. Where copies are kept, how they
are called and when they are due is not here. Connections are opened by the path and closed: the file of a database that
is in use is never read by other means, because closing it would drop SQLite's locks on it (POSIX locks are the process's).
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from watcher.errors import LockedError, StoreError, UsageError

LOCK_WAIT = timedelta(seconds=30)  # as every writer waits
RESERVE = 64 * 1024 * 1024  # bytes that stay free: the service must be able to write while mails wait
PART = ".part"  # how the name of an unfinished copy ends; it begins with a dot
_STEPS = 10_000  # of SQLite's machine between two looks at the time
Stop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy that was read back. `rows` counts those of every table."""

    path: Path
    bytes: int
    rows: dict[str, int]


def never() -> bool:
    """The answer of who never stops."""
    return False


def copy(source: Path, target: Path, *, longest: timedelta | None = None) -> Copied:
    """Copy a database into the new file `target`, readable by its owner only, and check the copy.

    Writers wait while it is made, not while it is checked; what takes `longest` is broken off. Raises UsageError when
    the file exists or cannot be made, LockedError when others write all the time or would have to wait too long,
    StoreError when the copy is not whole; then no file is left.
    """
    part = new_part(target)
    try:
        return finish(part, target, fill(source, part, longest=longest))
    finally:
        part.unlink(missing_ok=True)


def fill(source: Path, part: Path, *, longest: timedelta | None = None, stop: Stop = never) -> dict[str, int]:
    """Fill an empty file with a whole database; gives the rows of each table at that moment. Writers wait meanwhile.

    A second connection copies, for VACUUM takes no transaction. Raises as `copy`; UsageError too where `stop` said so.
    """
    where = f"{source.resolve().as_uri()}?mode=rw"
    wait = LOCK_WAIT.total_seconds()
    try:
        with (
            closing(sqlite3.connect(where, uri=True, isolation_level=None, timeout=wait)) as guard,
            closing(sqlite3.connect(where, uri=True, isolation_level=None, timeout=wait)) as copier,
            _no_writer(guard),
            _at_most(copier, longest, stop),
        ):
            copier.execute("VACUUM INTO ?", (str(part),))
            return _rows(guard)
    except sqlite3.Error as error:
        raise StoreError(f"{source}: the copy could not be made ({error}); look at the free space in {part.parent}") from error


def finish(part: Path, target: Path, rows: dict[str, int], *, stop: Stop = never) -> Copied:
    """Read a filled part back, compare it, bring it to the disk and give it its name. Raises as `copy`."""
    if target.exists() or target.is_symlink():
        raise UsageError(f"{target}: is there already and is not overwritten; name a new file, or move that one away")
    try:
        check(part, rows, called=target, stop=stop)
        flush(part)
        give_name(part, target)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"{target}: the copy could not be read back ({error}); look at the disk") from error
    return Copied(target, target.stat().st_size, rows)


def size(source: Path) -> int:
    """Bytes that a copy needs at most: the pages of the database that are in use."""
    with closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=rw", uri=True, timeout=LOCK_WAIT.total_seconds())) as database:
        pages, free, page = (
            int(database.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("page_count", "freelist_count", "page_size")
        )
    return (pages - free) * page


def make_sure_of_room(folder: Path, needed: int, reserve: int = RESERVE) -> None:
    """Raise StoreError where a disk has no room for so many bytes and the `reserve` that must stay free."""
    free = shutil.disk_usage(folder).free
    if free < needed + reserve:
        sizes = f"{free / 1e6:.0f} MB are free, up to {needed / 1e6:.0f} MB are needed, and {reserve / 1e6:.0f} MB must stay free"
        raise StoreError(f"{folder}: there is no room ({sizes}); make room, or keep fewer backups with keep in [backup]")


def check(file: Path, wanted: dict[str, int] | None = None, *, called: Path | None = None, stop: Stop = never) -> dict[str, int]:
    """Read a file back that nobody writes; gives the rows of every table. Raises StoreError when it is damaged or rows differ."""
    name = called or file
    with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as copied, _at_most(copied, None, stop):
        answer = copied.execute("PRAGMA integrity_check(5)").fetchall()
        if [row[0] for row in answer] != ["ok"]:
            raise StoreError(f"{name}: is damaged ({' '.join(str(answer[0][0]).split())})")
        found = _rows(copied)
    differing = [f"{table} {found.get(table, 0)} of {count}" for table, count in (wanted or {}).items() if found.get(table) != count]
    if differing:
        raise StoreError(f"{name}: the copy is not whole ({', '.join(differing)}); it was thrown away. Try again")
    return found


def new_part(target: Path) -> Path:
    """An empty file beside the target, mode 0600. Raises UsageError when the folder cannot be written."""
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=PART)
    except OSError as error:
        raise UsageError(f"{target}: cannot be written ({error.strerror}); is the folder there, and yours?") from error
    os.close(handle)
    return Path(name)


def give_name(part: Path, target: Path) -> None:
    """Give a finished part its name, unless a file has it by now: unlike a rename, a link fails then."""
    try:
        os.link(part, target)
    except FileExistsError:
        raise UsageError(f"{target}: appeared while the copy was made and is not overwritten; name a new file") from None
    except OSError:  # a file system without hard links
        part.rename(target)
    flush(target.parent)


def flush(path: Path) -> None:
    """Bring a file or the names in a folder to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError:
        if not path.is_dir():  # not every file system can flush a folder
            raise
    finally:
        os.close(handle)


@contextmanager
def _no_writer(database: sqlite3.Connection) -> Iterator[None]:
    """Nobody writes meanwhile, so that counts taken now must be those of the copy; readers go on."""
    try:
        database.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        raise LockedError(f"the database is locked by another writer ({error}); try again") from error
    try:
        yield
    finally:
        if database.in_transaction:
            database.rollback()


@contextmanager
def _at_most(database: sqlite3.Connection, longest: timedelta | None, stop: Stop) -> Iterator[None]:
    """Break off what takes longer, for others wait for a lock only so long; and what is to stop."""
    end = None if longest is None else time.monotonic() + longest.total_seconds()

    def late() -> bool:
        return end is not None and time.monotonic() > end

    database.set_progress_handler(lambda: late() or stop(), _STEPS)
    try:
        yield
    except sqlite3.OperationalError as error:
        if longest is not None and late():
            problem = f"the copy would take over {longest.total_seconds():.0f} s, and a running service may not wait so long"
            raise LockedError(f"{problem}; stop it first, or leave it to the nightly backup") from error
        if stop():
            raise UsageError("the backup was broken off, because the service stops; it comes again") from error
        raise
    finally:
        database.set_progress_handler(None, 0)


def _rows(database: sqlite3.Connection) -> dict[str, int]:
    names = database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*' ORDER BY name").fetchall()
    return {name: int(database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]) for (name,) in names}
