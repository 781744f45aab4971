"""Feeds: configured, due, polled, moved."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlite_utils import Database

from watcher.model import Feed, Fetched
from watcher.store import feeds, select, transaction


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
