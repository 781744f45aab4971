"""A backup: whole, compared, private, and made beside writers."""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path

import pytest

from watcher.errors import StoreError, UsageError
from watcher.store import open_reader, open_store, transaction
from watcher.store.backup import LAST_BACKUP, back_up
from watcher.store.operations import recall, remember


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
