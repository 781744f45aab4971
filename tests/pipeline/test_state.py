"""What `watcher status` says, and what makes it a failing healthcheck."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from watcher.model import Fetched, Message, MessageKind
from watcher.pipeline.rules_file import RulesFile
from watcher.pipeline.state import SENDER_STUCK_AFTER, State, state
from watcher.pipeline.watchdog import STUCK_AFTER
from watcher.store import Database, digests, feeds, open_store, operations, outbox, telling, transaction

RULES = """
[watcher]
time_zone = "Asia/Phnom_Penh"
contact = "ops@ngo.test"
[[feeds]]
url = "https://feed.test/"
title = "Feed"
language = "km"
[[rules]]
name = "r"
match = "@cambodia AND @scam"
[[channels]]
name = "files"
kind = "folder"
folder = "out"
[[digests]]
name = "daily"
at = "07:00"
channels = ["files"]
"""


@pytest.fixture
def rules(tmp_path: Path) -> RulesFile:
    path = tmp_path / "rules.toml"
    path.write_text(RULES)
    return RulesFile.load(path, environment={})


@pytest.fixture
def database(tmp_path: Path, now: datetime) -> Database:
    database = open_store(tmp_path / "watcher.db")
    with transaction(database):
        feeds.configure(database, [feeds.Configured(url="https://feed.test/", title="Feed", language="km")], now)
    return database


def run(database: Database, started: datetime, turned: datetime) -> None:
    """A service that began, and whose loops last ended a turn at a moment."""
    with transaction(database):
        operations.beat(database, "service", started=started)
        for loop in STUCK_AFTER:
            operations.beat(database, loop, started=turned, finished=turned)


def polled(database: Database, now: datetime, outcome: str) -> None:
    feed = feeds.due(database, now, everything=True)[0]
    with transaction(database):
        feeds.polled(database, feed, Fetched(feed.id, now, outcome, problem="403" if outcome == "failed" else None), new=0, overlap=None)


def commands(found: State) -> list[str]:
    return [command for _, command in found.to_do]


def test_a_service_that_does_not_run_is_not_well(database: Database, rules: RulesFile, now: datetime):
    """The first thing to do is to start it."""
    found = state(database, rules, now)
    assert found.stuck == ("the service does not run",)
    assert commands(found)[0] == "watcher run"


def test_a_service_that_reads_is_well(database: Database, rules: RulesFile, now: datetime):
    """Nothing to do on a good day, and when the next mail goes."""
    run(database, now - timedelta(days=1), now)
    polled(database, now, "unchanged")
    found = state(database, rules, now)
    assert (found.stuck, found.to_do, found.feeds_read) == ((), (), 1)
    assert found.next_mail is not None
    assert found.next_mail.at == now + timedelta(days=1)  # 07:00 in Phnom Penh is midnight UTC, which is now


def test_the_next_mail_after_an_edit_of_its_hour_is_one_that_will_come(database: Database, rules: RulesFile, now: datetime):
    """At 06:30 somebody moves the mail from 07:00 to 06:00: today's 06:00 is over, and waiting for it would be in vain."""
    half_past_six = now - timedelta(minutes=30)
    with transaction(database):
        of = telling.audience(database, "digest:daily", now - timedelta(days=3))
        digests.skip(database, of, [(half_past_six - timedelta(hours=17)).date()], half_past_six)
        telling.scheduled(database, of, "day 06:00 Asia/Phnom_Penh", half_past_six)
    rules.path.write_text(RULES.replace('at = "07:00"', 'at = "06:00"'))
    assert rules.reread()
    found = state(database, rules, half_past_six)
    assert found.next_mail is not None
    assert found.next_mail.at == now + timedelta(hours=23)


def test_no_source_at_all_is_something_to_do(database: Database, rules: RulesFile, now: datetime):
    """A machine without a network must not look like a quiet day."""
    run(database, now, now)
    polled(database, now, "failed")
    assert "watcher check --feeds" in commands(state(database, rules, now))


@pytest.mark.parametrize("silent_for, stuck", [(timedelta(minutes=4), False), (timedelta(minutes=30), True)])
def test_a_loop_that_ends_no_turn_is_stuck(database: Database, rules: RulesFile, now: datetime, silent_for: timedelta, stuck: bool):
    """The container is restarted when a loop hangs, and not before."""
    run(database, now - timedelta(days=1), now - silent_for)
    assert bool(state(database, rules, now).stuck) is stuck


def test_a_due_message_that_nobody_takes_is_a_stuck_sender(database: Database, rules: RulesFile, now: datetime):
    """Mail that waits although its time has come is a fault, whatever the loops say."""
    run(database, now - timedelta(days=1), now)
    queued = now - SENDER_STUCK_AFTER - timedelta(minutes=1)
    message = Message(key="k", kind=MessageKind.DIGEST, channel="files", recipient="files", payload=b"x", message_id="<1@ngo.test>")
    with transaction(database):
        outbox.add(database, [message], digest=None, now=queued)
    assert any("due since" in problem for problem in state(database, rules, now).stuck)
