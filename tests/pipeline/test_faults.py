"""The operator's lines about sources: only what lasts, each ending in a command that is safe to paste."""

from __future__ import annotations

import shlex
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from watcher.model import Fetched
from watcher.pipeline.faults import note_feed_faults
from watcher.store import Database, feeds, open_store, operations, transaction

HOSTILE = "News\"; touch /tmp/x `id` $(id) 'x"


@pytest.fixture
def database(tmp_path: Path, now: datetime) -> Database:
    database = open_store(tmp_path / "watcher.db")
    with transaction(database):
        feeds.configure(database, [feeds.Configured(url="https://feed.test/", title=HOSTILE)], now - timedelta(days=3))
    return database


def fail(database: Database, now: datetime, times: int) -> None:
    for _ in range(times):
        feed = feeds.due(database, now, everything=True)[0]
        with transaction(database):
            feeds.polled(database, feed, Fetched(feed.id, now, "failed", problem="403"), new=0, overlap=None)


def read(database: Database, now: datetime) -> None:
    feed = feeds.due(database, now, everything=True)[0]
    with transaction(database):
        feeds.polled(database, feed, Fetched(feed.id, now, "unchanged"), new=0, overlap=None)


def note(database: Database, now: datetime) -> list[operations.Fault]:
    with transaction(database):
        note_feed_faults(database, now)
    return operations.faults(database)


def test_one_failure_is_no_news_three_are(database: Database, now: datetime):
    """The operator is not called for a time-out."""
    read(database, now)
    fail(database, now, 2)
    assert note(database, now) == []
    fail(database, now, 1)
    assert len(note(database, now)) == 1


def test_the_command_is_one_word_for_the_shell(database: Database, now: datetime):
    """A title comes from a list that others may have written; pasting the line must not run it."""
    fail(database, now, 1)
    (fault,) = note(database, now)
    assert shlex.split(fault.mend) == ["watcher", "feeds", "off", HOSTILE]


def test_a_source_that_is_read_again_closes_its_line(database: Database, now: datetime):
    """Nothing to do once it is well."""
    fail(database, now, 3)
    assert len(note(database, now)) == 1
    read(database, now)
    assert note(database, now) == []


def test_a_new_source_gets_a_day_before_it_is_reported(database: Database, now: datetime):
    """A fresh catalogue has many that do not answer at once."""
    fail(database, now - timedelta(days=3), 5)
    assert note(database, now - timedelta(days=2, hours=1)) == []
    assert len(note(database, now)) == 1
