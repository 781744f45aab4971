"""Opening, refusing and changing the one database."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database

from watcher.errors import StoreError
from watcher.store import execute, open_reader, open_store, select, transaction
from watcher.store.schema import migrations


def test_an_error_inside_a_transaction_leaves_nothing_behind(database: Database):
    """A cycle is stored whole or not at all."""
    with pytest.raises(ZeroDivisionError), transaction(database):
        execute(database, "INSERT INTO meta (name, value) VALUES ('a', 'b')")
        1 / 0  # noqa: B018
    assert select(database, "SELECT * FROM meta") == []
    assert not database.conn.in_transaction


def test_what_a_transaction_wrote_is_there_after_reopening(database: Database, path: Path):
    """Committed means committed."""
    with transaction(database):
        execute(database, "INSERT INTO meta (name, value) VALUES ('a', 'b')")
    database.conn.close()
    assert [row["value"] for row in select(open_reader(path), "SELECT value FROM meta")] == ["b"]


def test_the_journal_is_the_safe_one(database: Database):
    """WAL can corrupt a database that several connections use, in the SQLite of Debian 12."""
    assert database.conn.execute("PRAGMA journal_mode").fetchone()[0] == "delete"
    assert database.conn.execute("PRAGMA synchronous").fetchone()[0] == 3  # EXTRA
    assert database.conn.execute("PRAGMA foreign_keys").fetchone()[0] == 1


def test_another_programs_database_is_refused_untouched(path: Path):
    """A wrong --db must not cost anyone their data."""
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE theirs (a)")
    other.commit()
    other.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="another program"):
        open_store(path)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_untouched(path: Path):
    """The same for a text file."""
    path.write_text("not a database, but longer than the header of one " * 10)
    before = path.read_bytes()
    with pytest.raises(StoreError, match="was not changed"):
        open_store(path)
    assert path.read_bytes() == before


def test_a_missing_database_is_not_made_where_it_must_exist(path: Path):
    """A vanished database made anew would tell everything twice."""
    with pytest.raises(StoreError, match="no such database"):
        open_store(path, create=False)
    assert not path.exists()


def test_opening_twice_changes_nothing(database: Database, path: Path):
    """Migrations run once; a second program beside the service finds them done."""
    schema = database.schema
    again = open_store(path)
    assert again.schema == schema
    assert not migrations.pending(again)


def test_every_table_of_the_design_is_there(database: Database):
    """A later split hurts; outsiders read these tables."""
    wanted = [
        "feeds",
        "polls",
        "entries",
        "articles",
        "revisions",
        "rule_sets",
        "verdicts",
        "claims",
        "stories",
        "story_articles",
        "story_aliases",
        "story_links",
        "corrections",
        "changes",
        "told",
        "digests",
        "outbox",
        "attempts",
        "leads",
        "operator_log",
    ]
    assert set(wanted) <= set(database.table_names())


def test_a_reader_cannot_write(database: Database, path: Path):
    """Lists and status never change what they show."""
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        execute(open_reader(path), "INSERT INTO meta (name, value) VALUES ('a', 'b')")
