"""`watcher status`: what a person sees at 80 columns, what a program reads, and that it answers whatever is broken."""

from __future__ import annotations

import json
import sqlite3
import sys
from datetime import UTC, datetime, timedelta

import pytest

from watcher.model import Message, MessageKind
from watcher.store import holding, open_store, operations, outbox, self_tests, transaction

KEYS = {
    "well", "stuck", "held", "running_since", "last_poll", "feeds", "by_language", "gaps", "stories", "messages", "rules_problem", "next_mail",
    "self_test", "outside_watchdog", "watchdog", "last_backup", "last_backup_elsewhere", "judging_again", "to_do",
}  # fmt: skip


def test_what_is_held_after_a_restore_stands_first(newsroom) -> None:
    """Who looks once a week must not read "last poll 2 min ago" and miss that nothing is sent."""
    database = open_store(newsroom.folder / "watcher.db")
    with transaction(database):
        holding.hold(database, "restored from the backup of 9 Nov", datetime.now(UTC))
    answer = newsroom.watcher("status")
    assert answer.out.splitlines()[0].startswith("NOTHING IS SENT since")
    assert "watcher outbox release --all" in answer.out
    assert json.loads(newsroom.watcher("status", "--json").out)["held"]["reason"] == "restored from the backup of 9 Nov"


def test_no_line_is_wider_than_the_terminal(newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that breaks in the middle of a command cannot be pasted."""
    monkeypatch.setenv("COLUMNS", "80")
    database = open_store(newsroom.folder / "watcher.db")
    now = datetime.now(UTC)
    with transaction(database):
        operations.fault(
            database, "self-test", "The daily self-test failed at delivery: " + "the folder cannot be written, " * 5, "watcher outbox", now
        )
        self_tests.begin(database, now.date(), now)
        self_tests.record(database, now.date(), now, ("delivery", "no"))
        message = Message(key="k", kind=MessageKind.DIGEST, channel="files", recipient="files", payload=b"x", message_id="<1@x.test>")
        outbox.add(database, [message], digest=None, now=now, held=True)
    printed = newsroom.watcher("status").out
    assert max(map(len, printed.splitlines())) <= 80
    assert "Self-test FAILED" in printed
    assert "No outside watchdog: if this server dies, nobody is told." in " ".join(printed.split())
    assert "1 for your approval" in printed
    assert all("watcher " in line for line in printed.replace("\n       ", " ").splitlines() if line.startswith("To do:"))


def test_json_has_all_of_it_under_documented_names(newsroom) -> None:
    """Other people's monitoring reads these; a name that vanishes breaks it in silence."""
    assert set(json.loads(newsroom.watcher("status", "--json").out)) == KEYS


def test_a_locked_database_is_said_and_counts_as_stuck(newsroom) -> None:
    """A healthcheck that waits for the lock is killed before it can say what is wrong."""
    other = sqlite3.connect(newsroom.folder / "watcher.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    begun = datetime.now(UTC)
    try:
        answer = newsroom.watcher("status", "--json")
    finally:
        other.rollback()
    assert answer.status == 1
    assert "locked" in json.loads(answer.out)["stuck"][0]
    assert datetime.now(UTC) - begun < timedelta(seconds=20)


def test_wrong_rules_do_not_hide_the_state(newsroom) -> None:
    """The day somebody broke rules.toml is the day `status` is needed."""
    newsroom.watcher("poll", "--no-leads")
    (newsroom.folder / "rules.toml").write_text("[broken")
    answer = newsroom.watcher("status")
    assert "rules.toml is wrong; the last good rules stay in force" in answer.out


def test_a_missing_database_is_said_in_one_line(started) -> None:
    """Before the first run there is nothing to be well or stuck."""
    answer = started.watcher("status")
    assert answer.status == 2
    assert "there is no database yet" in answer.err


def test_metrics_without_the_extra_name_the_command_that_installs_it(newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cron line that writes an empty file would look like a service without a fault."""
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    answer = newsroom.watcher("status", "--metrics")
    assert (answer.status, answer.out) == (2, "")
    assert "pip install 'watcher[metrics]'" in answer.err


def test_metrics_are_what_status_says(newsroom) -> None:
    """The collector takes the whole file or nothing, so every line must be in its format."""
    parser = pytest.importorskip("prometheus_client.parser", reason="the extra `metrics` is not installed: its test did not run")
    families = {one.name: one for one in parser.text_string_to_metric_families(newsroom.watcher("status", "--metrics").out)}
    said = json.loads(newsroom.watcher("status", "--json").out)
    assert families["watcher_stories"].samples[0].value == said["stories"]
    assert families["watcher_well"].samples[0].value == float(said["well"])
    assert families["watcher_feeds_read"].samples[0].value == said["feeds"]["read"]
