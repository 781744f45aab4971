"""Backups: the whole database as one checked file, in a folder where the newest few are kept, and a second one elsewhere.

Made while the service runs. When one is due is decided in `pipeline.backups`; how a file is copied and compared is
`copying`; putting one back is `restore`. A file is deleted only where its name is one that this module gives.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from filelock import FileLock, Timeout

from watcher.errors import BusyError, StoreError, UsageError
from watcher.store import Database, copying, open_store, transaction
from watcher.store.copying import RESERVE, Copied, Stop, never
from watcher.store.operations import recall, remember
from watcher.store.values import from_time, required_time

LAST_BACKUP, LAST_ELSEWHERE = "last_backup", "last_backup_elsewhere"  # names in the table `meta`
FOLDER = "backups"  # beside the database, where no other is configured
KEEP = 14  # nightly ones: two weeks, as a fault may be seen late
KEEP_BEFORE_CHANGES = 5  # those made before the tables were changed
LONGEST = timedelta(seconds=20)  # beside a service, whose writers give up after 30 s
_STAMP = "%Y%m%dT%H%M%SZ"
_CHUNK = 1024 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Backup:
    """One that is kept. `state`: the newest change of tables that it has (m007), where it was made before further ones."""

    path: Path
    made: datetime
    bytes: int
    state: str | None = None


def default_folder(database: Path) -> Path:
    """Where backups of a database are kept when nothing else is configured."""
    return database.parent / FOLDER


def listed(folder: Path, database: Path) -> list[Backup]:
    """The backups of a database in a folder, newest first; none where there is no folder."""
    found = []
    with suppress(OSError):
        for path in folder.iterdir():
            named = _named(database).fullmatch(path.name)
            if named and path.is_file() and not path.is_symlink():
                made = datetime.strptime(named["made"], _STAMP).replace(tzinfo=UTC)
                found.append(Backup(path, made, path.stat().st_size, named["state"]))
    return sorted(found, key=lambda backup: (backup.made, backup.path.name), reverse=True)


def back_up(source: Path, target: Path, now: datetime, *, longest: timedelta | None = LONGEST, reserve: int = RESERVE) -> Copied:
    """Copy a database into the new file `target`, check the copy, and remember that there is one.

    Raises UsageError when the file exists or cannot be made, LockedError when writers would have to wait for more than
    `longest`, StoreError without room, or when the source is missing or not ours, or the copy is not whole; then no file is left.
    """
    if target.exists() or target.is_symlink():
        raise UsageError(f"{target}: is there already and is not overwritten; name a new file, or move that one away")
    open_store(source, create=False).conn.close()
    if target.parent.is_dir():
        copying.make_sure_of_room(target.parent, copying.size(source), reserve)
    copied = copying.copy(source, target, longest=longest)
    _remember(source, now)
    return copied


def back_up_into(source: Path, folder: Path, now: datetime, *, keep: int = KEEP, longest: timedelta | None = LONGEST) -> Copied:
    """Make one in a folder, of which the newest `keep` stay, and remember it. Raises as `back_up`, and BusyError as `Making`."""
    open_store(source, create=False).conn.close()
    making = Making(source, folder, now, keep=keep)
    try:
        making.begin()
        making.fill(longest=longest)
        made = making.finish()
    finally:
        making.end()
    _remember(source, now)
    return made


@contextmanager
def before_changes(source: Path, applied: Iterable[str], now: datetime, *, reserve: int = RESERVE) -> Iterator[Copied]:
    """Make one before tables are changed; its name says which change of theirs was the newest (`-from-m007`).

    Nobody else makes one until the caller is done with its changes. Raises as `Making`.
    """
    making = Making(source, default_folder(source), now, state=max(name[:4] for name in applied), reserve=reserve)
    try:
        making.begin()
        making.fill()
        yield making.finish()
    finally:
        making.end()


def last(database: Database) -> datetime | None:
    """When a backup was last made and checked, wherever it was put."""
    return from_time(recall(database, LAST_BACKUP))


def last_elsewhere(database: Database) -> datetime | None:
    """When one was last put on another disk too."""
    return from_time(recall(database, LAST_ELSEWHERE))


def remember_made(database: Database, now: datetime) -> None:
    """A backup was made and checked. Inside the caller's transaction."""
    remember(database, LAST_BACKUP, required_time(now))


def remember_elsewhere(database: Database, now: datetime) -> None:
    """One was put on another disk too. Inside the caller's transaction."""
    remember(database, LAST_ELSEWHERE, required_time(now))


class Making:
    """One backup on its way, in steps, because only `fill` keeps writers waiting. Call `end` whatever happens."""

    def __init__(
        self, source: Path, folder: Path, now: datetime, *, keep: int = KEEP, state: str | None = None, reserve: int = RESERVE
    ) -> None:
        self.source, self.folder, self.keep, self.reserve = source, folder, keep, reserve
        suffix = f"-from-{state}" if state else ""
        self.target = folder / f"{source.stem}-{now.astimezone(UTC).strftime(_STAMP)}{suffix}{source.suffix}"
        self._lock = FileLock(folder / ".lock", thread_local=False)
        self._part: Path | None = None
        self._rows: dict[str, int] = {}

    def begin(self) -> None:
        """Take the folder (made where it is missing), sweep what a crash left, and make sure of room.

        Raises UsageError where the folder cannot be written, BusyError while another backup is made there, StoreError without room.
        """
        _take(self.folder, self._lock)
        sweep(self.folder, self.source)
        _forget_old(self.folder, self.source, self.keep)  # before there must be room: `keep` may be smaller now
        copying.make_sure_of_room(self.folder, copying.size(self.source), self.reserve)
        self._part = copying.new_part(self.target)

    def fill(self, *, longest: timedelta | None = None, stop: Stop = never) -> None:
        """Copy, while writers wait."""
        assert self._part is not None
        self._rows = copying.fill(self.source, self._part, longest=longest, stop=stop)

    def finish(self, *, stop: Stop = never) -> Copied:
        """Read the copy back, name it, and let the oldest go."""
        assert self._part is not None
        made = copying.finish(self._part, self.target, self._rows, stop=stop)
        _forget_old(self.folder, self.source, self.keep)
        return made

    def end(self) -> None:
        """Leave nothing unfinished, and let others make theirs."""
        if self._part is not None:
            self._part.unlink(missing_ok=True)
        self._lock.release()


def copy_elsewhere(made: Path, folder: Path, source: Path, *, keep: int, reserve: int = RESERVE, stop: Stop = never) -> bool:
    """Copy a backup into a second folder, read it back and compare; gives whether that is another disk.

    The folder must be there: making it would write onto this disk while the other is not mounted. Raises StoreError.
    """
    if not folder.is_dir():
        raise StoreError(f"{folder}: is not there, so the backup is on one disk only; is the disk mounted? Mount it, or correct copy_to")
    lock = FileLock(folder / f".{source.stem}.lock", thread_local=False)
    try:
        _take(folder, lock)
        sweep(folder, source)
        _forget_old(folder, source, keep)
        copying.make_sure_of_room(folder, made.stat().st_size, reserve)
        part = copying.new_part(folder / made.name)
        try:
            wanted = _copied(made, part, stop)
            copying.flush(part)
            if _hash(part, stop) != wanted:
                raise StoreError(f"{folder / made.name}: what is read back is not what was written; look at that disk")
            copying.give_name(part, folder / made.name)
        finally:
            part.unlink(missing_ok=True)
        _forget_old(folder, source, keep)
    except OSError as error:
        raise StoreError(f"{folder}: the second copy could not be written ({error.strerror}); look at that disk") from error
    finally:
        lock.release()
    return folder.stat().st_dev != made.parent.stat().st_dev


def sweep(folder: Path, database: Path) -> None:
    """Delete unfinished files of backups that a crash left. The caller has the folder's lock, so nobody works on them."""
    for path in folder.iterdir():
        named = re.fullmatch(r"\.(?P<name>.+)\.[a-z0-9_]{8}" + re.escape(copying.PART), path.name)
        if named and _named(database).fullmatch(named["name"]):
            path.unlink(missing_ok=True)
            path.with_name(path.name + "-journal").unlink(missing_ok=True)


def _remember(source: Path, now: datetime) -> None:
    database = open_store(source, create=False)
    with closing(database.conn), transaction(database):
        remember_made(database, now)


def _named(database: Path) -> re.Pattern[str]:
    """What a backup of this database is called."""
    stem, suffix = re.escape(database.stem), re.escape(database.suffix)
    return re.compile(rf"{stem}-(?P<made>\d{{8}}T\d{{6}}Z)(?:-from-(?P<state>m\d{{3}}))?{suffix}")


def _take(folder: Path, lock: FileLock) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout:
        raise BusyError(f"{folder}: another backup is being made there; try again when it is done") from None
    except OSError as error:
        raise UsageError(f"{folder}: cannot be written ({error.strerror}); is it a folder, and yours?") from error


def _forget_old(folder: Path, database: Path, keep: int) -> None:
    """Delete the oldest of each kind; those made before changes of the tables are not counted with the others."""
    found = listed(folder, database)
    ordinary = [backup for backup in found if backup.state is None]
    before_changes = [backup for backup in found if backup.state is not None]
    for backup in (*ordinary[keep:], *before_changes[KEEP_BEFORE_CHANGES:]):
        backup.path.unlink(missing_ok=True)


def _copied(made: Path, part: Path, stop: Stop) -> str:
    """Copy the bytes; gives their hash."""
    digest = hashlib.sha256()
    with made.open("rb") as source, part.open("wb") as target:
        while chunk := source.read(_CHUNK):
            _unless(stop)
            digest.update(chunk)
            target.write(chunk)
    return digest.hexdigest()


def _hash(path: Path, stop: Stop) -> str:
    """The hash of a file as the disk has it: what the kernel remembers of it is dropped first, where it can be."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        while chunk := file.read(_CHUNK):
            _unless(stop)
            digest.update(chunk)
    return digest.hexdigest()


def _unless(stop: Stop) -> None:
    if stop():
        raise UsageError("the second copy was broken off, because the service stops; it comes again")
