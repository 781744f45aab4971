"""One answer of a feed: read, match, story, and all of it stored or none."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest
from corridor import break_writes, bring, column, count, entry, lead, live, mend_writes, noise, polled, reopened, value

from watcher.model import ChangeKind, Fetched
from watcher.pipeline.take_in import take_in
from watcher.store import entries, verdicts

WRITES = (
    "INSERT ON rule_sets", "INSERT ON articles", "INSERT ON revisions", "INSERT ON entries", "INSERT ON verdicts", "INSERT ON claims",
    "INSERT ON stories", "INSERT ON story_articles", "INSERT ON story_keys", "INSERT ON changes", "INSERT ON leads", "UPDATE ON feeds",
    "INSERT ON polls",
)  # fmt: skip
TABLES = ("articles", "revisions", "entries", "verdicts", "claims", "stories", "story_articles", "changes", "leads", "polls")


@pytest.mark.parametrize("write", WRITES)
def test_all_of_a_poll_is_stored_or_none(write, database, path, watch, feed_of, now) -> None:
    """A crash at any line must not leave an ETag without its entries: a 304 would hide them for ever."""
    brought = [polled(live(feed_of("Courier"), now), now, entry(31, "Thais", now), lead("https://courier.test/l", now), noise(now))]
    database.conn.executescript("DELETE FROM rule_changes; DELETE FROM rule_sets")  # as beside a service with other rules
    break_writes(database, write)
    with pytest.raises(sqlite3.IntegrityError, match="this write fails"):
        take_in(database, brought, watch)
    with reopened(path) as after:
        assert {table: count(after, table) for table in TABLES} == dict.fromkeys(TABLES, 0)
        assert column(after, "SELECT etag FROM feeds") == [None, None]
        mend_writes(after)
        taken = take_in(after, brought, watch)
    assert (taken.new_entries, taken.matches, taken.leads) == (3, 1, 1)
    assert value(database, "SELECT etag FROM feeds WHERE title = 'Courier'") == '"v1"'


def test_the_validators_are_the_last_thing_written_of_a_feed(database, watch, feed_of, now) -> None:
    """The order stands even if somebody takes the transaction apart one day."""
    database.conn.execute(
        """CREATE TRIGGER order_of_writes BEFORE UPDATE OF etag ON feeds
           WHEN (SELECT count(*) FROM entries) < 2 OR (SELECT count(*) FROM changes) < 1 OR (SELECT count(*) FROM leads) < 1
           BEGIN SELECT RAISE(ABORT, 'validators before what they stand for'); END"""
    )
    take_in(database, [polled(live(feed_of("Courier"), now), now, entry(31, "Thais", now), lead("https://courier.test/l", now))], watch)
    assert value(database, "SELECT etag FROM feeds WHERE title = 'Courier'") == '"v1"'


def test_feeds_of_one_batch_are_stored_together_or_not_at_all(database, path, watch, feed_of, now) -> None:
    """A transaction holds whole feeds; the second one's failure leaves nothing of the first."""
    brought = [
        polled(live(feed_of("Courier"), now), now, entry(31, "Thais", now)),
        polled(live(feed_of("Herald"), now), now, entry(45, "Chinese", now, source="Herald")),
    ]
    break_writes(database, "INSERT ON entries", when=f"NEW.feed = {brought[1][0].id}")
    with pytest.raises(sqlite3.IntegrityError):
        take_in(database, brought, watch)
    with reopened(path) as after:
        assert count(after, "entries") == count(after, "changes") == count(after, "polls") == 0


def test_a_first_poll_fills_the_archive_and_is_not_live(database, watch, feed_of, now) -> None:
    """Staff must not get a year of old news on the day a feed is added."""
    take_in(database, [polled(feed_of("Courier"), now, entry(31, "Thais", now))], watch)
    bring(database, watch, "Courier", now + timedelta(hours=1), entry(45, "Chinese", now))
    assert column(database, "SELECT live FROM entries ORDER BY id") == [0, 1]
    assert column(database, "SELECT live FROM changes ORDER BY id") == [0, 1]


def test_first_lasts_until_one_answer_was_read_as_a_feed(database, watch, feed_of, now) -> None:
    """A feed that was down on its first day brings old items on its second: they are no news."""
    take_in(database, [(feed_of("Courier"), Fetched(feed_of("Courier").id, now, "failed", problem="503"))], watch)
    take_in(database, [polled(feed_of("Courier"), now, entry(31, "Thais", now))], watch)
    assert column(database, "SELECT live FROM changes") == [0]
    assert feed_of("Courier").first_ok == now


def test_a_known_item_is_not_judged_again(database, watch, now) -> None:
    """A feed shows each item for days; only the time of its last sight changes."""
    bring(database, watch, "Courier", now, entry(31, "Thais", now))
    taken = bring(database, watch, "Courier", now + timedelta(hours=1), entry(31, "Thais", now), noise(now))
    assert (taken.new_entries, taken.matches, taken.changes) == (1, 0, ())
    assert count(database, "verdicts") == 2
    assert value(database, "SELECT last_seen > first_seen FROM entries WHERE key LIKE 'Courier-31%'") == 1


def test_a_changed_item_is_judged_again(database, watch, now) -> None:
    """Outlets publish a line first and the story an hour later under the same id."""
    first = entry(31, "Thais", now, key="a")
    short = type(first)(
        **{name: getattr(first, name) for name in ("key", "url", "canonical_url", "published")}, title="Report follows", language="en"
    )
    assert bring(database, watch, "Courier", now, short).matches == 0
    taken = bring(database, watch, "Courier", now + timedelta(hours=1), first)
    assert (taken.new_entries, taken.matches) == (0, 1)
    assert [change.kind for change in taken.changes] == [ChangeKind.NEW]
    assert (count(database, "entries"), count(database, "articles"), count(database, "revisions")) == (1, 1, 2)
    article = entries.find_article(database, first.canonical_url)
    assert article is not None and (latest := verdicts.latest(database, article)) and latest[1].level.value == "match"


def test_every_no_has_a_reason(database, watch, now) -> None:
    """ "Why did we not hear of this?" has an answer for every item ever seen."""
    bring(database, watch, "Courier", now, noise(now))
    assert str(value(database, "SELECT reason FROM verdicts WHERE level = 'no'")).startswith("no match: nothing of @")


def test_two_outlets_of_one_batch_make_one_story(database, watch, feed_of, now) -> None:
    """The second outlet must find the story that the first one opened in the same transaction."""
    brought = [
        polled(live(feed_of("Courier"), now), now, entry(31, "Thais", now)),
        polled(live(feed_of("Herald"), now), now, entry(31, "Thais", now, source="Herald")),
    ]
    taken = take_in(database, brought, watch)
    assert [change.kind for change in taken.changes] == [ChangeKind.NEW]
    assert (count(database, "stories"), count(database, "story_articles")) == (1, 2)


def test_one_address_in_two_feeds_is_one_article(database, watch, now) -> None:
    """A search that finds what a feed has already is a second sighting, not a second source."""
    bring(database, watch, "Courier", now, entry(31, "Thais", now, url="https://courier.test/a"))
    bring(database, watch, "Herald", now, entry(31, "Thais", now, url="https://courier.test/a"))
    assert (count(database, "articles"), count(database, "entries"), count(database, "revisions")) == (1, 2, 1)
    assert (count(database, "story_articles"), count(database, "changes")) == (1, 1)


def test_a_failed_poll_keeps_validators_and_says_what_was_wrong(database, watch, feed_of, now) -> None:
    """After an outage the feed is asked with the old ETag; what it printed meanwhile comes then."""
    bring(database, watch, "Courier", now, noise(now))
    later = now + timedelta(hours=1)
    take_in(database, [(feed_of("Courier"), Fetched(feed_of("Courier").id, later, "failed", status=503, problem="503"))], watch)
    feed = feed_of("Courier")
    assert (feed.etag, feed.failures, feed.last_ok) == ('"v1"', 1, now)
    assert column(database, "SELECT problem FROM polls ORDER BY id") == [None, "503"]
