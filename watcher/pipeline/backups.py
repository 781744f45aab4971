"""The backup loop: a night is due -> one checked backup, and a second one on another disk.

What is due comes from the database: the last local date that a backup stands for, so that clock changes, restarts and a
machine that was off at night neither double nor skip one. Only the copying keeps writers waiting; it runs in the writer
thread, where the loops of this process wait their turn and none gives up. How it is made and kept is `store.backup`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from watcher import store
from watcher.config import BackupConfig, Config
from watcher.digest.schedule import instant
from watcher.errors import StoreError, WatcherError
from watcher.pipeline.tools import Tools
from watcher.store import Database, backup, operations
from watcher.store.copying import Copied

AGAIN_AFTER = timedelta(hours=1)  # after one that failed
NIGHT, TRIED = "backup.night", "backup.tried"  # names in the table `meta`: the local date it stands for; the last failure
SUBJECT, SUBJECT_ELSEWHERE = "backup", "backup:elsewhere"  # lines of the operator
MEND = "watcher backup"

log = logging.getLogger(__name__)
Stop = Callable[[], bool]


async def back_up_nightly(tools: Tools, stop: Stop = lambda: False) -> Path | None:
    """Make tonight's backup if it is due, and put the newest elsewhere where that is wanted; gives the new file.

    What fails becomes a line for the operator and is tried again after an hour.
    """
    config, now = tools.rules.watch.config, tools.clock()
    night = await tools.writer.run(due, config, now)
    if night is None:
        return None
    folder = folder_of(config.backup, tools.writer.path)
    made, standing = None, _standing(folder, tools.writer.path, config, night)
    try:
        if standing is None:
            made = await _make(tools, config.backup, folder, stop)
            standing = now
        await tools.writer.change(_made, standing, now)
        await _put_elsewhere(tools, config.backup, folder, stop)
        await tools.writer.change(_done, night)
    except WatcherError as error:
        if not stop():
            log.error("backup: %s", error)
            await tools.writer.change(_failed, error, now, elsewhere=standing is not None)
    return made


def due(database: Database, config: Config, now: datetime) -> date | None:
    """The local date whose backup is to be made now, None while there is nothing to do.

    A new database is not copied at once: its first night is the next one.
    """
    if config.backup.off:
        return None
    zone = ZoneInfo(config.settings.time_zone)
    night = now.astimezone(zone).date()
    if instant(night, config.backup.at, zone) > now:
        night -= timedelta(days=1)
    known = operations.recall(database, NIGHT)
    if known is None:
        with store.transaction(database):
            operations.remember(database, NIGHT, night.isoformat())
        return None
    done = date.fromisoformat(known)
    if night <= done <= night + timedelta(days=1):  # the second: a clock that went back; further ahead: one that was wrong
        return None
    tried = operations.recall(database, TRIED)
    if tried and abs(now - datetime.fromisoformat(tried)) < AGAIN_AFTER:
        return None
    return night


def back_up_by_hand(path: Path, config: BackupConfig, now: datetime, *, longest: timedelta | None) -> tuple[Copied, Path | None]:
    """Make one now where the nightly ones are kept; gives it, and the second copy where that is wanted. Raises as `store.backup`."""
    folder, other = folder_of(config, path), elsewhere_of(config, path)
    made = backup.back_up_into(path, folder, now, keep=config.keep, longest=longest)
    if other is None:
        return made, None
    backup.copy_elsewhere(made.path, other, path, keep=config.keep)
    return made, other / made.path.name


def kept(config: BackupConfig, path: Path) -> list[backup.Backup]:
    """The backups of a database: those of every night and those from before its tables changed, newest first."""
    folders = {folder_of(config, path).resolve(), backup.default_folder(path).resolve()}
    return sorted((one for folder in folders for one in backup.listed(folder, path)), key=lambda one: one.made, reverse=True)


def refuse_to_begin_anew(config: BackupConfig, path: Path) -> None:
    """Raise StoreError where a database is gone and its backups are here: a new one would tell everything again."""
    other = elsewhere_of(config, path)
    found = kept(config, path) or (backup.listed(other, path) if other else [])
    if found:
        raise StoreError(
            f"{path}: the database is gone, and its backups are here; no new one is made beside them. "
            f"The newest backup: watcher restore {found[0].path}. To begin anew: watcher run --init"
        )


def folder_of(config: BackupConfig, database: Path) -> Path:
    """Where backups are kept."""
    return database.parent / config.folder


def elsewhere_of(config: BackupConfig, database: Path) -> Path | None:
    """Where a second copy of each is kept."""
    return database.parent / config.copy_to if config.copy_to else None


async def _make(tools: Tools, config: BackupConfig, folder: Path, stop: Stop) -> Path:
    making = backup.Making(tools.writer.path, folder, tools.clock(), keep=config.keep)
    try:
        await asyncio.to_thread(making.begin)
        await tools.writer.run(lambda _: making.fill(stop=stop))
        copied = await asyncio.to_thread(lambda: making.finish(stop=stop))
    finally:
        await asyncio.to_thread(making.end)
    log.info("backup: %s, %.1f MB, checked", copied.path, copied.bytes / 1e6)
    return copied.path


async def _put_elsewhere(tools: Tools, config: BackupConfig, folder: Path, stop: Stop) -> None:
    """Put the newest backup into the second folder too, unless it is there."""
    other, path = elsewhere_of(config, tools.writer.path), tools.writer.path
    if other is None:
        return
    newest = next((one for one in backup.listed(folder, path) if one.state is None), None)
    if newest is None:
        raise StoreError(f"{folder}: no backup is there that could be copied to {other}")
    if newest.path.name not in {one.path.name for one in backup.listed(other, path)}:
        another_disk = await asyncio.to_thread(lambda: backup.copy_elsewhere(newest.path, other, path, keep=config.keep, stop=stop))
        if another_disk:
            await tools.writer.change(backup.remember_elsewhere, tools.clock())
    await tools.writer.change(operations.mended, SUBJECT_ELSEWHERE, tools.clock())


def _standing(folder: Path, database: Path, config: Config, night: date) -> datetime | None:
    """When that night's backup was made, if it is there already: only its second copy failed, or a crash came before it was written down."""
    begun = instant(night, config.backup.at, ZoneInfo(config.settings.time_zone)).replace(microsecond=0)
    return next((one.made for one in backup.listed(folder, database) if one.state is None and one.made >= begun), None)


def _made(database: Database, made: datetime, now: datetime) -> None:
    backup.remember_made(database, made)
    operations.mended(database, SUBJECT, now)


def _done(database: Database, night: date) -> None:
    operations.remember(database, NIGHT, night.isoformat())
    operations.remember(database, TRIED, None)


def _failed(database: Database, error: WatcherError, now: datetime, *, elsewhere: bool) -> None:
    """A line for the operator; urgent where a disk is full or broken, which will soon stop more than backups."""
    operations.remember(database, TRIED, now.isoformat())
    text = (
        f"The second copy of tonight's backup could not be made: {error}" if elsewhere else f"Tonight's backup could not be made: {error}"
    )
    urgent = isinstance(error, StoreError) and not elsewhere
    operations.fault(database, SUBJECT_ELSEWHERE if elsewhere else SUBJECT, text, MEND, now, urgent=urgent)
