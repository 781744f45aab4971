"""A restore: the old database or the new one, never none, and nothing sent until a person says so."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import textwrap
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from watcher.errors import BusyError, StoreError, UsageError, WatcherError
from watcher.model import Message, MessageKind
from watcher.store import holding, open_reader, open_store, outbox, transaction
from watcher.store.backup import back_up
from watcher.store.operations import recall, remember, take_lease_anew
from watcher.store.restore import restore
from watcher.store.schema_rule_changes import migrations


@pytest.fixture
def saved(tmp_path: Path, path: Path, database: Database, now: datetime) -> Path:
    """A backup with one waiting message; afterwards the database went on."""
    _queue(database, "waits", now)
    remember(database, "written", "before")
    back_up(path, tmp_path / "saved.db", now)
    remember(database, "written", "after")
    database.conn.close()
    return tmp_path / "saved.db"


def _queue(database: Database, key: str, now: datetime) -> None:
    message = Message(
        key=key, kind=MessageKind.ALERT, channel="team", recipient="team", payload=key.encode(), message_id=f"<{key}@ngo.example>"
    )
    with transaction(database):
        outbox.add(database, [message], digest=None, now=now)


def _written(path: Path) -> str | None:
    database = open_reader(path)
    try:
        return recall(database, "written")
    finally:
        database.conn.close()


def _states(path: Path) -> list[tuple[str, str | None]]:
    database = open_reader(path)
    try:
        return database.conn.execute("SELECT state, held_for FROM outbox ORDER BY id").fetchall()
    finally:
        database.conn.close()


def test_it_puts_the_backup_in_place_and_keeps_what_was_there(saved: Path, path: Path, now: datetime) -> None:
    """Nothing is deleted on the worst day: the database of before has a name that is printed."""
    before = saved.read_bytes()
    done = restore(saved, path, now, holder="here:run")
    assert done.aside is not None
    assert (_written(path), _written(done.aside)) == ("before", "after")
    assert saved.read_bytes() == before, "the backup itself is only read"
    assert path.stat().st_mode & 0o077 == done.aside.stat().st_mode & 0o077 == 0
    assert sorted(one.name for one in path.parent.iterdir()) == sorted([path.name, saved.name, done.aside.name])


def test_all_that_waits_is_held_and_so_is_what_comes_until_it_is_released(saved: Path, path: Path, now: datetime) -> None:
    """What was sent since the backup is unknown to it; sending it again, or not at all, is for a person to choose."""
    assert restore(saved, path, now, holder="here:run").held == 1
    database = open_store(path)
    assert holding.held_since(database) == now
    assert "saved.db" in (holding.reason(database) or "")
    _queue(database, "made later", now)
    assert _states(path) == [("held", "restore"), ("held", "restore")]
    assert outbox.claim(database, now + timedelta(days=9), ["team"]) == []
    with transaction(database):
        holding.release(database, now)
    assert holding.held_since(database) is None
    _queue(database, "made at last", now)
    assert _states(path)[2] == ("pending", None)


def test_a_second_restore_in_the_same_second_overwrites_nothing(saved: Path, path: Path, now: datetime) -> None:
    """A person who tries twice still has the first database."""
    names = {restore(saved, path, now, holder="here:run").aside for _ in range(3)}
    assert len(names) == 3
    assert sum(_written(name) == "after" for name in names if name) == 1


def test_the_sender_of_before_does_not_send_on_the_database_of_now(saved: Path, path: Path, now: datetime) -> None:
    """A service that was paused while somebody restored has a token; it must not be good again."""
    old = open_store(path)
    with transaction(old):
        token = [take_lease_anew(old, "sender", "here:run", now) for _ in range(5)][-1]
    old.conn.close()
    restore(saved, path, now, holder="here:run")
    database = open_store(path)
    with transaction(database):
        assert take_lease_anew(database, "sender", "here:run", now) > token


def test_a_database_in_use_is_left_alone(saved: Path, path: Path, now: datetime) -> None:
    """A command that writes at this moment would write into the file that is put aside."""
    writer = open_store(path)
    with transaction(writer), pytest.raises(BusyError, match="another command works on it"):
        restore(saved, path, now, holder="here:run")
    with transaction(writer):
        take_lease_anew(writer, "sender", "elsewhere:run", now)
    with pytest.raises(BusyError, match="on the machine elsewhere"):
        restore(saved, path, now, holder="here:run")
    assert _written(path) == "after"
    assert sorted(one.name for one in path.parent.iterdir()) == ["saved.db", "watcher.db"]


def _spoiled(tmp_path: Path, saved: Path, how: str) -> Path:
    file = tmp_path / "spoiled.db"
    shutil.copyfile(saved, file)
    if how == "cut":
        file.write_bytes(saved.read_bytes()[: saved.stat().st_size // 2])
    elif how == "archive":
        file.write_bytes(b"PK\x03\x04" + saved.read_bytes())
    elif how == "empty":
        file.write_bytes(b"")
    elif how == "overwritten":
        raw = bytearray(saved.read_bytes())
        raw[len(raw) // 2 : len(raw) // 2 + 8192] = b"\xff" * 8192
        file.write_bytes(raw)
    elif how == "journal":
        file.with_name("spoiled.db-journal").write_bytes(b"half a write")
    else:
        with sqlite3.connect(file) as connection:
            connection.execute({"other": "PRAGMA application_id = 7", "tables": "DROP TABLE outbox", "newer": NEWER}[how])
        connection.close()
    return file


NEWER = "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('watcher', 'm999_later', '2030-01-01')"


@pytest.mark.parametrize("how", ["cut", "archive", "empty", "overwritten", "journal", "other", "tables", "newer"])
def test_what_is_no_whole_backup_of_ours_changes_nothing(how: str, tmp_path: Path, saved: Path, path: Path, now: datetime) -> None:
    """A wrong file named in haste must not cost the database that is there."""
    file = _spoiled(tmp_path, saved, how)
    before, names = path.read_bytes(), sorted(one.name for one in tmp_path.iterdir())
    with pytest.raises((UsageError, StoreError)) as caught:
        restore(file, path, now, holder="here:run")
    assert str(file) in str(caught.value)
    assert ("newer version" in str(caught.value)) == (how == "newer")
    assert path.read_bytes() == before
    assert sorted(one.name for one in tmp_path.iterdir()) == names


def test_a_backup_of_an_older_version_is_brought_up_to_date(tmp_path: Path, path: Path, now: datetime) -> None:
    """The backup from before an upgrade is what one goes back to after a bad day, perhaps with the new program."""
    old = Database(tmp_path / "old.db")
    old.conn.execute("PRAGMA application_id = 0x57415443")
    migrations.apply(old, stop_before=["m008_health", "m009_gaps", "m010_outbox", "m012_digests", "m013_leases"])
    old.conn.close()
    bytes_before = (tmp_path / "old.db").read_bytes()
    done = restore(tmp_path / "old.db", path, now, holder="here:run")
    assert done.aside is None
    assert migrations.pending(open_reader(path)) == []
    assert (tmp_path / "old.db").read_bytes() == bytes_before
    assert not (tmp_path / "backups").exists()


def test_a_database_too_damaged_to_open_is_put_aside_and_leaves_no_journal(saved: Path, path: Path, now: datetime) -> None:
    """A journal left behind would be played into the restored file and damage that too."""
    path.write_bytes(b"no database at all" * 500)
    journal = path.with_name("watcher.db-journal")
    journal.write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + b"\x00" * 600)
    done = restore(saved, path, now, holder="here:run")
    assert _written(path) == "before"
    assert not journal.exists()
    assert done.aside is not None
    assert done.aside.read_bytes().startswith(b"no database at all")


def test_a_write_that_broke_off_is_rolled_back_before_the_database_is_put_aside(saved: Path, path: Path, now: datetime) -> None:
    """The server lost power in the middle of a write, and the operator restores: both files must be whole."""
    script = f"""
        import os, sqlite3
        database = sqlite3.connect({str(path)!r}, isolation_level=None)
        database.execute("PRAGMA cache_size = 1")
        database.execute("BEGIN IMMEDIATE")
        for number in range(400):
            database.execute("INSERT INTO meta VALUES (?, ?)", (f"half {{number}}", "x" * 500))
        os._exit(9)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=False)
    assert path.with_name("watcher.db-journal").exists()
    done = restore(saved, path, now, holder="here:run")
    assert not path.with_name("watcher.db-journal").exists()
    assert done.aside is not None
    for file in (path, done.aside):
        database = open_reader(file)
        assert database.conn.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert database.conn.execute("SELECT count(*) FROM meta WHERE name LIKE 'half%'").fetchone()[0] == 0


WATCHED = ("os.link", "os.rename", "os.remove", "open", "shutil.copyfile", "sqlite3.connect", "os.chmod")


def _restored_until(step: int, saved: Path, target: Path, now: datetime) -> bool:
    """Restore in a child that ends itself, without any clean-up, before the n-th thing it does to a file; whether it came to the end."""
    child = os.fork()
    if child == 0:
        seen = 0

        def audit(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal seen
            if event in WATCHED and any(str(target.parent) in str(one) for one in arguments):
                seen += 1
                if seen == step:
                    os._exit(9)

        sys.addaudithook(audit)
        try:
            restore(saved, target, now, holder="here:run")
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_crash_at_any_step_leaves_the_old_database_or_the_new_one(saved: Path, tmp_path: Path, path: Path, now: datetime) -> None:
    """Power fails while the operator restores; whatever is there then opens, and a second try works."""
    seen, step, whole = [], 0, False
    while not whole:
        step += 1
        place = tmp_path / f"step-{step}"
        place.mkdir()
        shutil.copyfile(path, place / "watcher.db")
        whole = _restored_until(step, saved, place / "watcher.db", now)
        seen.append(_written(place / "watcher.db"))
        restore(saved, place / "watcher.db", now, holder="here:run")
        assert _written(place / "watcher.db") == "before"
        assert not [one for one in place.iterdir() if one.name.endswith((".part", "-journal"))]
        assert [_written(one) for one in place.glob("*before-restore*")].count("after") == 1
    assert seen == ["after"] * seen.count("after") + ["before"] * seen.count("before"), "it changes over once"
    assert seen.count("after") > 8
    assert seen.count("before") > 1


def test_a_folder_that_is_not_there_is_said(tmp_path: Path, saved: Path, now: datetime) -> None:
    """A mistyped --db; nothing is made in a place that nobody meant."""
    with pytest.raises(WatcherError, match="nowhere"):
        restore(saved, tmp_path / "nowhere" / "watcher.db", now, holder="here:run")
    assert not (tmp_path / "nowhere").exists()
