"""Feeds: configured, due, polled, moved."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from datetime import datetime, timedelta

from sqlite_utils import Database

from watcher.model import Feed, Fetched, HealthMemory, HealthState, Sign
from watcher.store import feeds, select, transaction
from watcher.store import health as feed_health


def poll(database: Database, feed: Feed, fetched: Fetched, new: int = 0, overlap: int | None = None) -> Feed:
    with transaction(database):
        feeds.polled(database, feed, fetched, new=new, overlap=overlap)
    found = feeds.by_id(database, feed.id)
    assert found is not None
    return found


def answer(feed: Feed, at: datetime, outcome: str = "changed", **more: object) -> Fetched:
    return Fetched(feed_id=feed.id, at=at, outcome=outcome, next_poll=at + timedelta(hours=1), **more)  # type: ignore[arg-type]


def test_a_new_feed_is_due_at_once_and_then_at_its_time(database: Database, feed: Feed, now: datetime):
    """Nobody waits an hour for a first poll."""
    poll(database, feed, answer(feed, now))
    assert feeds.due(database, now + timedelta(minutes=59)) == []
    assert len(feeds.due(database, now + timedelta(hours=1))) == 1
    assert len(feeds.due(database, now, everything=True)) == 1


def test_validators_are_kept_byte_for_byte(database: Database, feed: Feed, now: datetime):
    """A weak tag with odd quotes goes back as it came."""
    after = poll(
        database, feed, answer(feed, now, etag='W/"a\\"b"', last_modified="Tue, 07 Nov 2023 10:00:00 GMT", final_url="http://feed.test/")
    )
    assert (after.etag, after.last_modified, after.validated_url) == ('W/"a\\"b"', "Tue, 07 Nov 2023 10:00:00 GMT", "http://feed.test/")


def test_a_failure_keeps_validators_and_counts(database: Database, feed: Feed, now: datetime):
    """A feed that answers with a web page for an hour must not be re-read from the start."""
    after = poll(database, feed, answer(feed, now, etag='"a"', final_url="http://feed.test/"))
    after = poll(database, after, answer(feed, now, "failed", problem="403"))
    after = poll(database, after, answer(feed, now, "failed", problem="403"))
    assert (after.etag, after.failures) == ('"a"', 2)
    health = feeds.health(database)[0]
    assert (health.problem, health.failing_since) == ("403", now)
    after = poll(database, after, answer(feed, now, "unchanged"))
    assert (after.failures, feeds.health(database)[0].failing_since) == (0, None)


def test_a_feed_stays_first_until_one_answer_was_read(database: Database, feed: Feed, now: datetime):
    """A failed first poll must not make the second one tell the whole archive as news."""
    assert poll(database, feed, answer(feed, now, "failed", problem="timeout")).first_ok is None
    assert poll(database, feed, answer(feed, now)).first_ok == now


def test_a_moved_feed_keeps_its_row_and_forgets_its_validators(database: Database, feed: Feed, now: datetime):
    """`was` keeps identity: the new address does not make every item new."""
    poll(database, feed, answer(feed, now, etag='"a"', final_url="http://feed.test/"))
    with transaction(database):
        feeds.configure(database, [feeds.Configured(url="https://new.test/", title="Feed", was="http://feed.test/")], now)
    moved = feeds.by_id(database, feed.id)
    assert moved is not None
    assert (moved.url, moved.etag, moved.first_ok) == ("https://new.test/", None, now)


def test_a_feed_that_left_the_configuration_is_off_not_gone(database: Database, feed: Feed, now: datetime):
    """Its entries and stories stay; put back, it goes on where it was."""
    with transaction(database):
        feeds.configure(database, [], now)
    assert feeds.due(database, now, everything=True) == []
    assert not feeds.health(database)[0].enabled
    with transaction(database):
        feeds.configure(database, [feeds.Configured(url="http://feed.test/", title="Feed")], now)
    assert [one.id for one in feeds.due(database, now)] == [feed.id]


def test_a_poll_that_shares_no_item_with_the_one_before_is_a_gap(database: Database, feed: Feed, now: datetime):
    """Items may have fallen off between the two; the digest says from when to when."""
    later = now + timedelta(hours=3)
    poll(database, feed, answer(feed, now, items=b"12345678"), new=1)
    poll(database, replace(feed, first_ok=now), answer(feed, later, items=b"abcdefgh"), new=1, overlap=0)
    assert feeds.gaps(database, now - timedelta(days=1)) == [("Feed", now, later)]
    assert feeds.gaps(database, later) == []


def test_unchanged_polls_do_not_fill_the_database(database: Database, feed: Feed, now: datetime):
    """A year of polls of sixty feeds stays readable: one row in six hours while nothing changes."""
    for hour in range(13):
        poll(database, feed, answer(feed, now + timedelta(hours=hour), "unchanged"))
    assert len(select(database, "SELECT * FROM polls")) == 3


def test_feeds_are_found_by_title_or_address(database: Database, feed: Feed, now: datetime):
    """`watcher poll "Khmer Times"`."""
    assert [one.id for one in feeds.due(database, now, everything=True, names=["FEED"])] == [feed.id]
    assert feeds.due(database, now, everything=True, names=["nothing"]) == []


def test_health_is_kept_and_read_back_as_it_was(database: Database, feed: Feed, now: datetime):
    """The next decision stands on the last one's memory; a restart must not forget half of it."""
    memory = HealthMemory(
        state=HealthState.SHRUNK, since=now, reason="1 item where 20 are usual", seen=now, address="http://feed.test/", fallback_since=now,
        failing=Sign(3, 4000, 1), fault="blocked", fault_sign=Sign(2, 5, 0), read_s=9, quiet_s=8, same_s=7, gaps=(1, 2, 3), news_day="2023-11-09",
        size=1, sizes=(20, 19), size_day="2023-11-08", few=Sign(4, 90000, 0), degraded=Sign(1), moved=Sign(2, 3, 4), moved_to="http://new.test/",
    )  # fmt: skip
    with transaction(database):
        feeds.polled(database, feed, answer(feed, now), new=0, overlap=None, health=memory, rhythm=timedelta(hours=9))
    assert feed_health.remembered(database, feed.id) == memory
    health = feeds.health(database)[0]
    assert (health.state, health.state_since, health.reason) == (HealthState.SHRUNK, now, "1 item where 20 are usual")
    assert (health.rhythm, health.fallback_since) == (timedelta(hours=9), now)
    assert {field.name for field in dataclasses.fields(HealthMemory) if getattr(memory, field.name) == field.default} == set()


def test_a_feed_with_a_new_address_is_no_longer_what_the_old_one_was(database: Database, feed: Feed, now: datetime):
    """The operator has repaired it; "dead" would stand for another day. Its rhythm is the source's and stays."""
    dead = HealthMemory(state=HealthState.DEAD, since=now, reason="404", failing=Sign(9, 99999), gaps=(5, 6), read_s=77)
    poll(database, feed, answer(feed, now))
    with transaction(database):
        feeds.polled(database, feed, answer(feed, now, "failed", problem="404"), new=0, overlap=None, health=dead, rhythm=timedelta(1))
        feeds.configure(database, [feeds.Configured(url="https://new.test/", title="Feed", was="http://feed.test/")], now)
    health = feeds.health(database)[0]
    assert (health.state, health.reason, health.rhythm, health.failures, health.problem) == (HealthState.OK, None, timedelta(1), 0, None)
    assert feed_health.remembered(database, feed.id) == HealthMemory(gaps=(5, 6), read_s=77)
