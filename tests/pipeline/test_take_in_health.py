"""Polls of simulated feeds through the real store: the same states as the pure decisions, overlaps that are right, and a memory that lasts."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from corridor import bring, column, entry, live, polled, value
from health_world import Answer, Server, ask
from sqlite_utils import Database

from watcher.model import Feed, Fetched, HealthState
from watcher.pipeline.check import Watch
from watcher.pipeline.take_in import take_in
from watcher.store import feeds, select

DAYS = 24


def hourly(start: datetime, **more: object) -> Server:
    """An item every two hours, but none at night."""
    times = [start - timedelta(days=10) + timedelta(hours=2 * n) for n in range((DAYS + 10) * 12)]
    return Server("courier", [at for at in times if 1 <= at.hour < 15], **{"failing": 0.03, "window": 10} | more)  # type: ignore[arg-type]


def play(database: Database, watch: Watch, server: Server, start: datetime, days: float = DAYS) -> list[HealthState]:
    """Poll one feed whenever it is due, and store what it brings; gives the states it came into."""
    chance = random.Random(7)
    at, states = start, []
    while at < start + timedelta(days=days):
        feed = feeds.due(database, at, everything=True, names=["Courier"])[0]
        take_in(database, [(feed, ask(server, feed, at, chance))], watch)
        health = next(one for one in feeds.health(database) if one.title == "Courier")
        if not states or states[-1] is not health.state:
            states.append(health.state)
        assert health.next_poll is not None
        at = health.next_poll
    return states


def test_a_feed_that_is_well_stays_ok_through_the_store_and_misses_nothing(database, watch, now) -> None:
    """Every item that was published and had its time to be asked for is there, though the window holds ten and 3 % of requests fail."""
    server = hourly(now)
    assert play(database, watch, server, now) == [HealthState.OK]
    stored = set(column(database, "SELECT key FROM entries"))
    due = {server.entry(n).key for n, at in enumerate(server.times) if now - timedelta(hours=1) <= at < now + timedelta(days=DAYS - 1)}
    assert due <= stored
    assert feeds.gaps(database, now - timedelta(days=1)) == []
    health = next(one for one in feeds.health(database) if one.title == "Courier")
    assert health.rhythm is not None and timedelta(hours=8) < health.rhythm < timedelta(hours=18)


@pytest.mark.parametrize(
    ("answer", "states"),
    [
        (Answer(403, "403, blocked from here", "blocked"), ["ok", "failing", "blocked", "ok"]),
        (Answer(0, "connection refused", "other"), ["ok", "failing", "dead", "ok"]),
        (Answer(items=0), ["ok", "shrunk", "ok"]),
        (Answer(moved_to="https://new.test/"), ["ok", "moved", "ok"]),
    ],
)
def test_a_fault_is_found_and_left_through_the_store(database, watch, now, answer: Answer, states: list[str]) -> None:
    """The memory is written and read back at every poll; a restart between two polls forgets nothing."""
    server = hourly(now, failing=0.0)
    server.fault = lambda at: answer if now + timedelta(days=6) <= at < now + timedelta(days=9) else None
    assert [state.value for state in play(database, watch, server, now, 13)] == states
    health = next(one for one in feeds.health(database) if one.title == "Courier")
    assert (health.reason, health.failing_since) == (None, None)
    assert health.state_since is not None and health.state_since > now + timedelta(days=9)


def test_health_is_saved_with_the_poll_or_not_at_all(database, watch, feed_of, now) -> None:
    """A state without the poll that led to it could never be explained."""
    database.conn.execute("CREATE TRIGGER broken BEFORE INSERT ON polls BEGIN SELECT RAISE(ABORT, 'this write fails'); END")
    feed = feed_of("Courier")
    with pytest.raises(Exception, match="this write fails"):
        take_in(database, [(feed, Fetched(feed.id, now, "failed", problem="503", fault="other"))], watch)
    assert value(database, "SELECT health FROM feeds WHERE title = 'Courier'") is None


def test_a_feed_that_was_polled_before_an_upgrade_keeps_its_rhythm(database, watch, feed_of: Callable[[str], Feed], now) -> None:
    """Its polls are there; it must not be a stranger for weeks."""
    take_in(database, [polled(feed_of("Courier"), now - timedelta(days=30), entry(31, "Thais", now))], watch)
    for day in range(30):
        at = now - timedelta(days=29 - day)
        bring(database, watch, "Courier", at, entry(day + 40, "Chinese", at))
    database.conn.execute("UPDATE feeds SET health = NULL, rhythm_s = NULL")
    bring(database, watch, "Courier", now + timedelta(hours=1), entry(99, "Chinese", now))
    health = next(one for one in feeds.health(database) if one.title == "Courier")
    assert health.rhythm == timedelta(days=1)


def test_a_site_that_gives_its_items_new_ids_is_no_gap_and_is_not_asked_more_often(database, watch, feed_of, now) -> None:
    """The links are the same: nothing was missed."""
    old = [entry(30 + n, "Chinese", now) for n in range(5)]
    take_in(database, [polled(feed_of("Courier"), now, *old)], watch)
    feed = feed_of("Courier")
    later = now + timedelta(hours=1)
    _, fetched = polled(feed, later, *(replace(one, key=f"new:{one.key}") for one in old))
    take_in(database, [(replace(feed, items=b"x" * 40), fetched)], watch)
    assert select(database, "SELECT overlap FROM polls ORDER BY id DESC LIMIT 1")[0]["overlap"] == 5
    assert feeds.gaps(database, now) == []


def test_a_gap_is_told_from_the_last_good_poll_on_though_it_left_no_row(database, watch, feed_of, now) -> None:
    """An unchanged poll is written down only every six hours; what it saw was seen all the same."""
    take_in(database, [polled(feed_of("Courier"), now, entry(31, "Thais", now))], watch)
    seen = now + timedelta(hours=2)
    feed = feed_of("Courier")
    take_in(database, [(feed, Fetched(feed.id, seen, "unchanged", 304, items=b"x" * 8, next_poll=seen))], watch)
    later = now + timedelta(hours=9)
    feed = live(feed_of("Courier"), seen)
    _, fetched = polled(feed, later, entry(45, "Chinese", later))
    take_in(database, [(replace(feed, items=b"x" * 8), fetched)], watch)
    assert feeds.gaps(database, now) == [("Courier", seen, later)]
