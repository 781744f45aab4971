"""The whole way of a mail for `ten_years`: made-up rules on a disk, the account, both forms, the outbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from sqlite_utils import Database

from watcher import store
from watcher.config import DigestConfig
from watcher.pipeline import digests, housekeeping
from watcher.pipeline.due import note_absence
from watcher.pipeline.rules_file import RulesFile
from watcher.store import operations, select

RULES = """\
[watcher]
time_zone = "UTC"
contact = "ops@ngo.example"

[[feeds]]
url = "http://courier.test/feed"
title = "Courier"
language = "en"

[[rules]]
name = "scam-deportation"
match = "@cambodia AND @scam AND @deported"

[[rules.examples]]
text = "Cambodia deported 40 foreigners who worked in an online scam."
match = true

[[channels]]
name = "staff"
kind = "folder"
folder = "staff"

[[digests]]
name = "daily"
channels = ["staff"]
"""


def rules(folder: Path) -> RulesFile:
    """The rules above, checked."""
    file = folder / "rules.toml"
    file.write_text(RULES, encoding="utf-8")
    return RulesFile.load(file, environment={})


def prepare(folder: Path) -> Callable[[Database, datetime], None]:
    """Make the database say what the rules say."""
    loaded = rules(folder)
    return lambda database, now: housekeeping.start(database, loaded, now)


def make_mail(folder: Path) -> Callable[[Database, DigestConfig, datetime], list[date]]:
    """One turn of the compose loop for one digest; gives the dates of the mail it queued."""
    loaded = rules(folder)

    def turn(database: Database, wanted: DigestConfig, now: datetime) -> list[date]:
        with store.transaction(database):
            note_absence(database, now)
        queued = digests.make_if_due(database, loaded, wanted, now)
        with store.transaction(database):
            operations.beat(database, "compose", started=now, finished=now)
        if queued is None:
            return []
        assert queued == 1, "one recipient, one message"
        newest = "SELECT local_date FROM digest_dates WHERE digest = (SELECT max(id) FROM digests) ORDER BY local_date"
        return [date.fromisoformat(row["local_date"]) for row in select(database, newest)]

    return turn
