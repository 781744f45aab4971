"""A real database in a temporary folder, with one feed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from sqlite_utils import Database

from watcher.model import Feed
from watcher.store import feeds, open_store, transaction


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "watcher.db"


@pytest.fixture
def database(path: Path) -> Database:
    return open_store(path)


@pytest.fixture
def feed(database: Database, now: datetime) -> Feed:
    with transaction(database):
        feeds.configure(database, [feeds.Configured(url="http://feed.test/", title="Feed", language="en")], now)
    return feeds.due(database, now)[0]
