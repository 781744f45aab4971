"""A database that is damaged or is no database of ours: `watcher run` refuses it with one line, and does not touch it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from script import BEGIN, Step
from world import World

from watcher.errors import StoreError
from watcher.store import open_store

REFUSED = 2  # exit status of a refused file
BEGINNING = (BEGIN, [(timedelta(), [Step(0, loop="leads")])])  # a start, a look, a stop


def truncated(database: Path) -> None:
    """A copy that broke off."""
    os.truncate(database, database.stat().st_size * 2 // 3 // 4096 * 4096 + 1000)


def zeroed_page(database: Path) -> None:
    """A page that a bad disk gives back as zeros: the first of the table of stories."""
    with closing(sqlite3.connect(database)) as opened:
        page = opened.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'stories'").fetchone()[0]
    with database.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(bytes(4096))


def garbage_header(database: Path) -> None:
    """Another file that was copied over it."""
    with database.open("r+b") as file:
        file.write(b"PK\x03\x04" + bytes(range(256)) * 4)


def all_zeros(database: Path) -> None:
    """What some file systems leave after a power cut."""
    database.write_bytes(bytes(database.stat().st_size))


def of_another_program(database: Path) -> None:
    """`--db` with a slip leads to another program's database."""
    database.unlink()
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")
        other.execute("INSERT INTO bookmarks VALUES ('https://example.org')")


def of_another_program_in_wal(database: Path) -> None:
    """The same with the other journal, as browsers have it: not even that may be changed."""
    of_another_program(database)
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = WAL")


@pytest.mark.parametrize("harm", [truncated, zeroed_page, garbage_header, all_zeros, of_another_program, of_another_program_in_wal])
def test_a_damaged_database_is_refused_with_one_line_and_left_as_it_is(world: World, harm: Callable[[Path], None]) -> None:
    """Whoever saves the file later must find it as it was; and a new one in its place would tell everything again."""
    folder = world.fresh()
    database = folder / "watcher.db"
    harm(database)
    before = database.read_bytes()
    ended = run(folder, world)
    assert ended.returncode == REFUSED, ended.stderr
    assert str(database) in ended.stderr
    assert "Traceback" not in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1, ended.stderr
    assert database.read_bytes() == before
    assert not {"watcher.db-journal", "watcher.db-wal"} & {one.name for one in folder.iterdir()}


def test_a_command_that_writes_does_not_touch_the_database_of_another_program(tmp_path: Path) -> None:
    """`watcher poll --db places.sqlite` with a browser closed: its journal must stay the one that the browser expects."""
    database = tmp_path / "places.sqlite"
    database.touch()
    of_another_program_in_wal(database)
    before = database.read_bytes()
    with pytest.raises(StoreError, match="another program"):
        open_store(database)
    assert database.read_bytes() == before


@pytest.mark.parametrize("kept", [0, 8, 512, 700])
def test_a_journal_that_was_being_written_when_the_power_went_changes_nothing(world: World, kept: int) -> None:
    """Only a whole journal means that the database was being changed; half of one means that it was not yet."""
    folder = world.fresh()
    database = folder / "watcher.db"
    with closing(sqlite3.connect(database, isolation_level=None)) as writer:
        writer.execute("PRAGMA cache_size = 1")
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE entries SET last_seen = last_seen || 'x'")
        journal = (folder / "watcher.db-journal").read_bytes()
        before = database.read_bytes()
        writer.execute("ROLLBACK")
    database.write_bytes(before)
    (folder / "watcher.db-journal").write_bytes(journal[:kept])
    life = world.play(folder, *BEGINNING)
    assert life.status == 0, world.log(folder)
    with closing(sqlite3.connect(database)) as opened:
        assert opened.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert not opened.execute("SELECT count(*) FROM entries WHERE last_seen LIKE '%x'").fetchone()[0]


def run(folder: Path, world: World) -> subprocess.CompletedProcess[str]:
    """`watcher run`, as a shell has it; it is ended where it is not refused."""
    environment = {**os.environ, **world.secrets(folder)}
    command = [
        sys.executable,
        "-m",
        "watcher",
        "--rules",
        folder / "rules.toml",
        "--db",
        folder / "watcher.db",
        "run",
        "--log-level",
        "ERROR",
    ]
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment, check=False, cwd=folder)
    finally:
        shutil.rmtree(folder / "shelf", ignore_errors=True)
