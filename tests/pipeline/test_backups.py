"""When a backup is due: once a night, whatever clocks, restarts and failures do; what fails is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from corridor import ENVIRONMENT, RULES, Clock

from watcher.config import BackupConfig, load
from watcher.pipeline import backups, guard
from watcher.pipeline.backups import back_up_nightly, due
from watcher.pipeline.rules_file import RulesFile
from watcher.pipeline.tools import Tools, open_tools
from watcher.store import backup, open_store, operations, transaction

ZONES = ("Asia/Phnom_Penh", "Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns")


@pytest_asyncio.fixture
async def tools(tmp_path: Path, path: Path, clock: Clock) -> AsyncIterator[Tools]:
    file = tmp_path / "rules.toml"
    file.write_text(RULES + '\n[backup]\nat = "02:30"\nkeep = 3\ncopy_to = "disk"\n', encoding="utf-8")
    async with open_tools(RulesFile.load(file, environment=ENVIRONMENT), path, clock=clock) as opened:
        yield opened


def _made(tools: Tools, folder: str = "backups") -> int:
    return len(backup.listed(tools.writer.path.parent / folder, tools.writer.path))


async def test_a_night_has_one_backup_and_a_copy_elsewhere(tools: Tools, clock: Clock, tmp_path: Path) -> None:
    """A new database is left alone until its first night; then one a night, the newest three, in both folders."""
    (tmp_path / "disk").mkdir()
    assert await back_up_nightly(tools) is None
    made = []
    for _ in range(5 * 24):
        clock.forward(hours=1)
        made += [clock()] if await back_up_nightly(tools) else []
    assert len(made) == 5
    assert _made(tools) == _made(tools, "disk") == 3
    assert await tools.writer.run(backup.last) == made[-1]
    assert await tools.writer.run(backup.last_elsewhere) is None, "the other folder is on the same disk"


async def test_a_missing_second_disk_is_told_and_only_the_copy_is_tried_again(tools: Tools, clock: Clock, tmp_path: Path) -> None:
    """The operator forgot to mount a disk: the backup itself is there, and a line says what to do."""
    await back_up_nightly(tools)
    clock.forward(days=1)
    await back_up_nightly(tools)
    (fault,) = await tools.writer.run(operations.faults)
    assert "is the disk mounted?" in fault.text
    assert fault.mend == "watcher backup"
    (tmp_path / "disk").mkdir()
    clock.forward(minutes=30)
    await back_up_nightly(tools)
    assert _made(tools, "disk") == 0, "not before its hour"
    clock.forward(minutes=31)
    await back_up_nightly(tools)
    assert (_made(tools), _made(tools, "disk")) == (1, 1)
    assert await tools.writer.run(operations.faults) == []


async def test_a_failed_backup_is_an_urgent_line_and_goes_when_one_is_made(tools: Tools, clock: Clock, tmp_path: Path) -> None:
    """A folder that cannot be written stays unnoticed for months otherwise."""
    (tmp_path / "disk").mkdir()
    (tmp_path / "backups").write_text("a file where the folder should be", encoding="utf-8")
    await back_up_nightly(tools)
    clock.forward(days=1)
    assert await back_up_nightly(tools) is None
    (fault,) = await tools.writer.run(operations.faults)
    assert "Tonight's backup could not be made" in fault.text
    (tmp_path / "backups").unlink()
    clock.forward(hours=2)
    assert await back_up_nightly(tools) is not None
    assert await tools.writer.run(operations.faults) == []


@pytest.mark.parametrize("zone", ZONES)
def test_every_local_date_of_a_year_has_one_through_clock_changes_and_restarts(zone: str, tmp_path: Path) -> None:
    """02:30 exists twice in one night of a year and never in another; steps of the clock must not double or skip one either."""
    config = load(RULES.replace("Asia/Phnom_Penh", zone), environment=ENVIRONMENT)
    database, moment, nights = open_store(tmp_path / "watcher.db"), datetime(2023, 1, 1, tzinfo=UTC), []
    database.conn.execute("PRAGMA synchronous = OFF")
    due(database, config, moment)
    for turn in range(365 * 12):
        moment += timedelta(hours=2)
        seen = moment - timedelta(hours=1) if turn % 50 == 0 else moment  # a clock that is set back now and then
        night = due(database, config, seen)
        if night:
            nights.append(night)
            with transaction(database):
                operations.remember(database, backups.NIGHT, night.isoformat())
    last = moment.astimezone(ZoneInfo(zone)).date()
    assert nights == [nights[0] + timedelta(days=number) for number in range(len(nights))]
    assert len(nights) >= 364
    assert (last - nights[-1]).days <= 1


async def test_nothing_is_due_where_it_is_off(tools: Tools, clock: Clock) -> None:
    """Somebody who copies the whole machine at night has no use for it."""
    object.__setattr__(tools.rules.watch.config, "backup", BackupConfig(off=True))
    for _ in range(3):
        clock.forward(days=1)
        assert await back_up_nightly(tools) is None
    assert not (tools.writer.path.parent / "backups").exists()


async def test_a_clock_that_goes_back_is_told_once(tools: Tools, clock: Clock) -> None:
    """A virtual machine is set back by hours: the operator hears of it, and a correction of seconds is no news."""
    watched = await guard.begin(tools, "here:run")
    clock.forward(seconds=-200)
    await watched.look(tools)
    assert await tools.writer.run(operations.faults) == []
    clock.forward(hours=-3)
    await watched.look(tools)
    await watched.look(tools)
    (fault,) = await tools.writer.run(operations.faults)
    assert "went back by 3:0" in fault.text
    clock.forward(days=2)
    await watched.look(tools)
    assert await tools.writer.run(operations.faults) == []


async def test_a_database_that_is_moved_away_ends_the_service_and_is_not_made_anew(tools: Tools, tmp_path: Path) -> None:
    """Somebody moves the file while the service runs: it must stop, not write into the moved one nor begin an empty one."""
    watched = await guard.begin(tools, "here:run")
    tools.writer.path.rename(tmp_path / "moved.db")
    with pytest.raises(Exception, match="moved or replaced"):
        await watched.look(tools)
    with pytest.raises(Exception, match=r"readonly|moved"):
        await tools.writer.change(operations.remember, "name", "value")
    assert not tools.writer.path.exists()


def test_a_clock_that_was_never_set_is_refused() -> None:
    """A small computer without a battery begins in 1970; mails with that date vanish at the end of everybody's inbox."""
    with pytest.raises(Exception, match="1970"):
        guard.refuse_unset_clock(datetime(1970, 1, 1, 0, 3, tzinfo=UTC))
    guard.refuse_unset_clock(datetime(2026, 11, 22, tzinfo=UTC))
