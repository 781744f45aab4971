"""A backup: whole, compared, private, and made beside writers."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from watcher.errors import BusyError, LockedError, StoreError, UsageError
from watcher.store import check_whole, open_reader, open_store, transaction
from watcher.store.backup import LAST_BACKUP, Making, back_up, back_up_into, copy_elsewhere, default_folder, listed
from watcher.store.operations import recall, remember
from watcher.store.schema_rule_changes import migrations


def test_the_copy_holds_every_row_and_the_original_remembers_it(tmp_path: Path, now: datetime) -> None:
    """`status` says when the last copy was made; the copy opens as the database does."""
    database = open_store(tmp_path / "watcher.db")
    remember(database, "name", "value")
    copied = back_up(tmp_path / "watcher.db", tmp_path / "copy.db", now)
    assert recall(open_reader(tmp_path / "copy.db"), "name") == "value"
    assert copied.rows["meta"] == 1
    assert copied.bytes == (tmp_path / "copy.db").stat().st_size
    assert recall(database, LAST_BACKUP) is not None


def test_a_copy_beside_a_busy_writer_is_whole(tmp_path: Path, now: datetime) -> None:
    """It is made while the service runs; counts taken at another moment would call a good copy bad."""
    open_store(tmp_path / "watcher.db")
    stop = threading.Event()

    def write() -> None:
        database, number = open_store(tmp_path / "watcher.db"), 0
        while not stop.is_set():
            with transaction(database):
                for _ in range(20):
                    remember(database, f"name {number}", "value" * 50)
                    number += 1
            stop.wait(0.02)  # a service writes now and then; without a pause nobody else would ever get the lock

    writer = threading.Thread(target=write)
    writer.start()
    try:
        counts = [back_up(tmp_path / "watcher.db", tmp_path / f"copy{number}.db", now).rows["meta"] for number in range(5)]
    finally:
        stop.set()
        writer.join()
    assert counts == sorted(counts)
    assert counts[-1] > counts[0]


@pytest.mark.parametrize("name", ["there.db", "nowhere/copy.db"])
def test_a_target_that_cannot_be_made_leaves_nothing(tmp_path: Path, now: datetime, name: str) -> None:
    """A backup must never cost the one before it."""
    open_store(tmp_path / "watcher.db")
    (tmp_path / "there.db").write_bytes(b"older copy")
    with pytest.raises(UsageError):
        back_up(tmp_path / "watcher.db", tmp_path / name, now)
    assert (tmp_path / "there.db").read_bytes() == b"older copy"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["there.db", "watcher.db"]


def test_a_damaged_database_gives_no_copy_that_looks_good(tmp_path: Path, now: datetime) -> None:
    """Better no copy than one that fails on the day it is needed."""
    database = open_store(tmp_path / "watcher.db")
    with transaction(database):
        for number in range(3000):
            remember(database, f"name {number}", "value" * 20)
    database.conn.close()
    raw = bytearray((tmp_path / "watcher.db").read_bytes())
    page = 4096
    for start in range(len(raw) // 2 // page * page, len(raw), page):
        raw[start : start + 64] = b"\xff" * 64
    (tmp_path / "watcher.db").write_bytes(raw)
    with pytest.raises(StoreError):
        back_up(tmp_path / "watcher.db", tmp_path / "copy.db", now)
    assert not (tmp_path / "copy.db").exists()


NIGHTS = [datetime(2023, 11, day, 19, 30, tzinfo=UTC) for day in range(1, 8)]


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.endswith(".lock"))


def test_the_newest_few_stay_and_nothing_else_is_touched(tmp_path: Path) -> None:
    """A backup folder may hold other files of the operator's, and another database's backups; only our own oldest go."""
    open_store(tmp_path / "watcher.db")
    folder = tmp_path / "backups"
    folder.mkdir()
    others = [
        "watcher-2023.db",
        "watcher-20231101T193000Z.db.gz",
        "notes.txt",
        "other-20231101T193000Z.db",
        "watcher-20231101T193000Z-from-m007.db",
    ]
    for name in others:
        (folder / name).write_bytes(b"mine")
    for night in NIGHTS:
        back_up_into(tmp_path / "watcher.db", folder, night, keep=3)
    assert set(_names(folder)) - set(others) == {f"watcher-202311{day:02}T193000Z.db" for day in (5, 6, 7)}
    assert set(others) <= set(_names(folder))
    assert (folder / "watcher-20231107T193000Z.db").stat().st_mode & 0o077 == 0


def test_what_a_crash_left_is_swept_by_the_next_backup(tmp_path: Path) -> None:
    """The server lost power in the middle of a backup: its half file must not stay for ever, the older ones must."""
    open_store(tmp_path / "watcher.db")
    folder = tmp_path / "backups"
    back_up_into(tmp_path / "watcher.db", folder, NIGHTS[0])
    child = os.fork()
    if child == 0:
        making = Making(tmp_path / "watcher.db", folder, NIGHTS[1])
        making.begin()
        making.fill()
        os._exit(9)
    os.waitpid(child, 0)
    assert [name for name in _names(folder) if name.endswith(".part")]
    back_up_into(tmp_path / "watcher.db", folder, NIGHTS[2])
    assert _names(folder) == ["watcher-20231101T193000Z.db", "watcher-20231103T193000Z.db"]


def test_without_room_none_is_begun_and_what_keep_no_longer_wants_goes_first(tmp_path: Path, now: datetime) -> None:
    """A backup must not fill the disk that the outbox needs; an operator who lowers `keep` gets room."""
    open_store(tmp_path / "watcher.db")
    folder = tmp_path / "backups"
    for night in NIGHTS:
        back_up_into(tmp_path / "watcher.db", folder, night)
    making = Making(tmp_path / "watcher.db", folder, now, keep=2, reserve=10**18)
    with pytest.raises(StoreError, match="no room"):
        making.begin()
    making.end()
    assert _names(folder) == ["watcher-20231106T193000Z.db", "watcher-20231107T193000Z.db"]


def test_the_second_copy_is_compared_and_its_folder_is_never_made(tmp_path: Path) -> None:
    """A disk that is not mounted leaves an empty place: writing there would put both copies on one disk."""
    open_store(tmp_path / "watcher.db")
    made = back_up_into(tmp_path / "watcher.db", tmp_path / "backups", NIGHTS[0]).path
    with pytest.raises(StoreError, match="mounted"):
        copy_elsewhere(made, tmp_path / "disk", tmp_path / "watcher.db", keep=3)
    (tmp_path / "disk").mkdir()
    assert copy_elsewhere(made, tmp_path / "disk", tmp_path / "watcher.db", keep=3) is False, "another folder, the same disk"
    assert (tmp_path / "disk" / made.name).read_bytes() == made.read_bytes()
    assert not (tmp_path / "disk" / made.name).stat().st_mode & 0o077


def test_two_at_once_do_not_meet(tmp_path: Path) -> None:
    """A person makes one while the nightly one is under way."""
    open_store(tmp_path / "watcher.db")
    making = Making(tmp_path / "watcher.db", tmp_path / "backups", NIGHTS[0])
    making.begin()
    with pytest.raises(BusyError, match="another backup"):
        back_up_into(tmp_path / "watcher.db", tmp_path / "backups", NIGHTS[1])
    making.end()
    assert back_up_into(tmp_path / "watcher.db", tmp_path / "backups", NIGHTS[1]).path.exists()


def test_a_copy_that_takes_too_long_beside_a_service_is_broken_off(tmp_path: Path, now: datetime) -> None:
    """A running service gives up after 30 s of waiting; what it was writing down then would be sent twice."""
    database = open_store(tmp_path / "watcher.db")
    with transaction(database):
        for number in range(20_000):
            remember(database, f"name {number}", "value" * 20)
    with pytest.raises(LockedError, match="stop it first"):
        back_up(tmp_path / "watcher.db", tmp_path / "copy.db", now, longest=timedelta(0))
    assert not (tmp_path / "copy.db").exists()


def _older(path: Path) -> bytes:
    old = Database(path)
    old.conn.execute("PRAGMA application_id = 0x57415443")
    migrations.apply(old, stop_before=["m008_health", "m009_gaps", "m010_outbox", "m011_self_tests", "m012_digests", "m013_leases"])
    old.conn.close()
    return path.read_bytes()


def test_tables_are_changed_only_after_a_backup_whose_name_says_from_which_state(tmp_path: Path) -> None:
    """An upgrade that turns out wrong can be taken back."""
    _older(tmp_path / "watcher.db")
    open_store(tmp_path / "watcher.db").conn.close()
    (backup,) = listed(default_folder(tmp_path / "watcher.db"), tmp_path / "watcher.db")
    saved = Database(backup.path)
    assert backup.state == max(one.name for one in migrations.applied(saved))[:4]
    assert "m013_leases" in {one.name for one in migrations.pending(saved)}
    open_store(tmp_path / "watcher.db").conn.close()
    assert len(_names(tmp_path / "backups")) == 1, "nothing to change, nothing to save"


def test_no_backup_no_change_of_tables(tmp_path: Path) -> None:
    """A full disk on the day of an upgrade must not leave a changed database without a way back."""
    before = _older(tmp_path / "watcher.db")
    (tmp_path / "backups").write_bytes(b"a file where the folder should be")
    with pytest.raises(StoreError, match="nothing was changed"):
        open_store(tmp_path / "watcher.db")
    assert (tmp_path / "watcher.db").read_bytes() == before


def test_two_processes_that_upgrade_at_once_make_one_backup(tmp_path: Path) -> None:
    """`run` and a command start together after an upgrade; both must find the tables they need."""
    _older(tmp_path / "watcher.db")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: open_store(tmp_path / "watcher.db") and None, range(4)))
    assert migrations.pending(open_reader(tmp_path / "watcher.db")) == []
    assert len(listed(default_folder(tmp_path / "watcher.db"), tmp_path / "watcher.db")) == 1


def test_a_database_that_is_gone_is_not_made_anew_beside_its_backups(tmp_path: Path, now: datetime) -> None:
    """An empty database would tell staff everything again, and the next backups would push the good ones out."""
    open_store(tmp_path / "watcher.db").conn.close()
    made = back_up_into(tmp_path / "watcher.db", tmp_path / "backups", now).path
    (tmp_path / "watcher.db").unlink()
    with pytest.raises(StoreError, match=f"watcher restore {made}"):
        open_store(tmp_path / "watcher.db")
    assert not (tmp_path / "watcher.db").exists()
    open_store(tmp_path / "watcher.db", anew=True)


def test_a_damaged_database_is_refused_untouched_with_the_backup_named(tmp_path: Path, now: datetime) -> None:
    """What is left of it may be worth saving, and the operator needs the next command at three in the morning."""
    database = open_store(tmp_path / "watcher.db")
    with transaction(database):
        for number in range(500):
            remember(database, f"name {number}", "value" * 20)
    database.conn.close()
    made = back_up_into(tmp_path / "watcher.db", tmp_path / "backups", now).path
    raw = bytearray((tmp_path / "watcher.db").read_bytes())
    raw[len(raw) // 2 :] = b"\xff" * (len(raw) - len(raw) // 2)
    (tmp_path / "watcher.db").write_bytes(raw)
    with pytest.raises(StoreError, match=f"watcher restore {made}"):
        check_whole(tmp_path / "watcher.db")
    assert (tmp_path / "watcher.db").read_bytes() == raw
