"""The operator's lines about sources: one a state that lasts, each ending in a command that is safe to paste."""

from __future__ import annotations

import shlex
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from watcher.model import Fetched, HealthMemory, HealthState
from watcher.pipeline.faults import note_feed_faults
from watcher.store import Database, feeds, open_store, operations, transaction

HOSTILE = "News\"; touch /tmp/x `id` $(id) 'x"
ZONE = ZoneInfo("Asia/Phnom_Penh")


def configured(*titles: str) -> list[feeds.Configured]:
    return [feeds.Configured(url=f"https://feed{number}.test/", title=title) for number, title in enumerate(titles)]


@pytest.fixture
def database(tmp_path: Path, now: datetime) -> Database:
    database = open_store(tmp_path / "watcher.db")
    with transaction(database):
        feeds.configure(database, configured(HOSTILE), now - timedelta(days=3))
    return database


def put(database: Database, now: datetime, memory: HealthMemory, *, outcome: str = "unchanged", **more: object) -> None:
    """One poll of every feed, with the health that was decided of it."""
    for feed in feeds.due(database, now, everything=True):
        with transaction(database):
            fetched = Fetched(feed.id, now, outcome, **more)  # type: ignore[arg-type]
            feeds.polled(database, feed, fetched, new=0, overlap=None, health=memory)


def note(database: Database, now: datetime) -> list[operations.Fault]:
    with transaction(database):
        note_feed_faults(database, now, ZONE)
    return operations.faults(database)


def test_what_has_not_lasted_is_no_news(database: Database, now: datetime):
    """The operator is not called for a time-out, nor for three: the state says what lasts."""
    put(database, now - timedelta(days=1), HealthMemory())
    for _ in range(4):
        put(database, now, HealthMemory(), outcome="failed", problem="timed out")
    assert note(database, now) == []


@pytest.mark.parametrize(
    ("state", "reason", "line", "verb"),
    [
        (HealthState.BLOCKED, "403, blocked from here", "is not read since 8 Nov: 403, blocked from here", "repair"),
        (HealthState.DEAD, "404, not found", "is not read since 8 Nov: 404, not found", "repair"),
        (HealthState.DEAD, "410, gone for good", "is not read since 8 Nov: 410, gone for good", "off"),
        (HealthState.NOT_A_FEED, "answers with a web page, not a feed", "is not read since 8 Nov: answers with a web page", "repair"),
        (HealthState.SILENT, "no new item for 8 days", "is silent since 8 Nov: no new item for 8 days", "repair"),
        (HealthState.FROZEN, "the very same answer for 15 days", "is frozen since 8 Nov: the very same", "repair"),
        (HealthState.SHRUNK, "1 item where 20 are usual", "is nearly empty since 8 Nov: 1 item where 20 are usual", "repair"),
        (HealthState.MOVED, "moved to https://new.test/", "moved to https://new.test/. It is read there", "repair"),
        (HealthState.DEGRADED, "degraded parse: the usual reader failed", "can only be read in part since 8 Nov", "repair"),
    ],
)
def test_every_state_has_its_line_and_the_command_that_mends_it(
    database: Database, now: datetime, state: HealthState, reason: str, line: str, verb: str
):
    """A title comes from a list that others may have written: pasting the line must not run it."""
    put(database, now - timedelta(days=2), HealthMemory())
    put(database, now, HealthMemory(state=state, since=now - timedelta(hours=8), reason=reason))
    (fault,) = note(database, now)
    assert line in fault.text and fault.text.startswith(HOSTILE)
    assert shlex.split(fault.mend) == ["watcher", "feeds", verb, HOSTILE]


def test_one_line_a_change_and_not_a_poll(database: Database, now: datetime):
    """What the newest poll answered changes every hour; what is told does not."""
    put(database, now - timedelta(days=2), HealthMemory())
    failing = HealthMemory(state=HealthState.FAILING, since=now, reason="timed out")
    put(database, now, failing, outcome="failed", problem="timed out")
    (first,) = note(database, now)
    for hour, problem in enumerate(("503", "connection reset", "timed out"), start=1):
        put(database, now + timedelta(hours=hour), failing, outcome="failed", problem=problem)
        assert note(database, now + timedelta(hours=hour)) == [first]


def test_a_source_that_is_well_again_closes_its_line(database: Database, now: datetime):
    """Nothing to do once it is read."""
    put(database, now - timedelta(days=2), HealthMemory())
    put(database, now, HealthMemory(state=HealthState.DEAD, since=now, reason="404"))
    assert len(note(database, now)) == 1
    put(database, now, HealthMemory())
    assert note(database, now) == []


def test_a_source_that_was_turned_off_closes_its_line(database: Database, now: datetime):
    """The operator has done what the line asked for."""
    put(database, now - timedelta(days=2), HealthMemory())
    put(database, now, HealthMemory(state=HealthState.DEAD, since=now, reason="404"))
    assert len(note(database, now)) == 1
    with transaction(database):
        feeds.configure(database, [], now)
    assert note(database, now) == []


def test_a_new_source_gets_a_day_before_it_is_reported(database: Database, now: datetime):
    """A fresh catalogue has many that do not answer at once."""
    put(database, now - timedelta(days=3), HealthMemory(), outcome="failed", problem="404")
    assert note(database, now - timedelta(days=2, hours=1)) == []
    (fault,) = note(database, now)
    assert fault.text.endswith("never answered from here: 404")


def test_where_nearly_all_sources_fail_it_is_one_line_about_this_server(database: Database, now: datetime):
    """A router that is off must not make sixty lines that all name the wrong culprit; nor may it be told anew as they come back."""
    with transaction(database):
        feeds.configure(database, configured(*(f"Feed {n}" for n in range(10))), now - timedelta(days=3))
    put(database, now - timedelta(days=2), HealthMemory())
    failing = HealthMemory(state=HealthState.FAILING, since=now, reason="no such host")
    put(database, now, failing, outcome="failed", problem="no such host")
    (fault,) = note(database, now)
    assert fault.text == "All sources cannot be read since 9 Nov: is this server's network down?"
    feed = feeds.due(database, now, everything=True)[0]
    with transaction(database):
        feeds.polled(database, feed, Fetched(feed.id, now, "unchanged"), new=0, overlap=None, health=HealthMemory())
    assert [one.text[:10] for one in note(database, now)] == ["Nearly all"]


def test_a_fallback_that_stands_in_for_a_day_is_said(database: Database, now: datetime):
    """The source is read, but not where it should be: the address wants looking at."""
    put(database, now - timedelta(days=2), HealthMemory())
    put(database, now, HealthMemory(fallback_since=now - timedelta(hours=5)))
    assert note(database, now) == []
    (fault,) = note(database, now + timedelta(days=1))
    assert fault.text.endswith("does not answer since 9 Nov. Its fallback works")
