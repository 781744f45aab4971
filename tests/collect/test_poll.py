"""One poll of one feed, from the request to the entries, against a real server and real children."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from collect_feeds import FeedServer, a_feed, item, rss

from watcher.collect import Parsers, Politeness, collect
from watcher.collect.items import FINGERPRINT
from watcher.model import Feed, FeedKind, Fetched
from watcher.net import Client


class Poller:
    """Polls feeds and remembers what the database would."""

    def __init__(self, client: Client, parsers: Parsers, now: datetime) -> None:
        self._client, self._parsers, self._now = client, parsers, now

    async def poll(self, feed: Feed) -> tuple[Fetched, Feed]:
        fetched = await collect(feed, self._client, self._parsers, self._now, Politeness(), 0.5)
        return fetched, remembered(feed, fetched)


def remembered(feed: Feed, fetched: Fetched) -> Feed:
    """Return the feed as it is after a poll was stored."""
    if fetched.outcome == "failed":
        return replace(feed, failures=feed.failures + 1)
    known: dict[str, Any] = {"first_ok": fetched.at, "failures": 0}
    if fetched.outcome == "changed":
        known |= {"etag": fetched.etag, "last_modified": fetched.last_modified, "validated_url": fetched.final_url}
        known |= {"body_hash": fetched.body_hash, "items": fetched.items, "in_use": fetched.answered_url if fetched.used_fallback else None}
    return replace(feed, **known)


async def test_only_new_items_are_read_again(feed_server: FeedServer, client: Client, parsers: Parsers, now: datetime) -> None:
    """Two polls and a 304: what is new comes once, what is known costs nothing."""
    poller = Poller(client, parsers, now)
    url = feed_server.serve("/rss", rss(item(1), item(2)), ETag='"1"')
    first, feed = await poller.poll(a_feed(url))
    feed_server.serve("/rss", rss(item(3), item(1), item(2)), ETag='"2"')
    second, feed = await poller.poll(feed)
    third, _ = await poller.poll(feed)
    assert (first.outcome, [entry.key for entry in first.entries], len(first.items)) == ("changed", ["id-1", "id-2"], 2 * FINGERPRINT)
    assert (second.outcome, [entry.key for entry in second.entries], second.known) == ("changed", ["id-3"], 2)
    assert (third.outcome, third.status, third.entries, third.items) == ("unchanged", 304, (), second.items)


async def test_an_item_whose_text_changed_is_read_again(feed_server: FeedServer, client: Client, parsers: Parsers, now: datetime) -> None:
    """A corrected figure is news."""
    poller = Poller(client, parsers, now)
    url = feed_server.serve("/rss", rss(item(1), item(2)))
    _, feed = await poller.poll(a_feed(url))
    feed_server.serve("/rss", rss(item(1, text="Police sent 74 home."), item(2)))
    fetched, _ = await poller.poll(feed)
    assert [(entry.key, entry.text) for entry in fetched.entries] == [("id-1", "Police sent 74 home.")]


async def test_a_new_date_of_the_feed_alone_needs_no_child(
    feed_server: FeedServer, client: Client, parsers: Parsers, now: datetime
) -> None:
    """Many feeds print the time of the request; their validators must be stored all the same."""
    poller = Poller(client, parsers, now)
    url = feed_server.serve("/rss", rss(item(1)), ETag='"1"')
    _, feed = await poller.poll(a_feed(url))
    await parsers.close()
    feed_server.serve("/rss", rss(item(1), head="<lastBuildDate>now</lastBuildDate>"), ETag='"2"')
    fetched, _ = await poller.poll(feed)
    assert (fetched.outcome, fetched.entries, fetched.known, fetched.etag) == ("changed", (), 1, '"2"')
    assert parsers.pids == []


async def test_json_feeds_tell_known_items_too(feed_server: FeedServer, client: Client, parsers: Parsers, now: datetime) -> None:
    """They cannot be cut, so what was read is compared."""
    poller = Poller(client, parsers, now)
    start = '{"version": "https://jsonfeed.org/version/1.1", "title": "N", "items": ['
    url = feed_server.serve("/feed.json", f'{start}{{"id": "1", "title": "A"}}]}}'.encode())
    _, feed = await poller.poll(a_feed(url))
    feed_server.serve("/feed.json", f'{start}{{"id": "2", "title": "B"}}, {{"id": "1", "title": "A"}}]}}'.encode())
    fetched, _ = await poller.poll(feed)
    assert ([entry.key for entry in fetched.entries], fetched.known) == (["2"], 1)


async def test_g3_a_feed_that_lost_all_its_items_is_a_fault(
    feed_server: FeedServer, client: Client, parsers: Parsers, now: datetime
) -> None:
    """A redesign that empties the feed would look like quiet days for ever."""
    poller = Poller(client, parsers, now)
    url = feed_server.serve("/rss", rss(item(1)))
    _, feed = await poller.poll(a_feed(url))
    feed_server.serve("/rss", rss())
    fetched, _ = await poller.poll(feed)
    assert fetched.outcome == "failed"
    assert fetched.problem is not None
    assert fetched.problem.startswith("empty")
    assert fetched.etag is None


async def test_a_new_feed_without_items_is_none(feed_server: FeedServer, client: Client, parsers: Parsers, now: datetime) -> None:
    """A search that found nothing yet works all the same."""
    fetched, _ = await Poller(client, parsers, now).poll(a_feed(feed_server.serve("/rss", rss())))
    assert (fetched.outcome, fetched.problem) == ("changed", None)


async def test_failures_are_answers_with_their_reason(feed_server: FeedServer, client: Client, parsers: Parsers, now: datetime) -> None:
    """One bad feed must never stop the others, and the operator reads why."""
    poller = Poller(client, parsers, now)
    cases = {
        feed_server.serve("/403", b"no", 403): "403, blocked from here",
        feed_server.serve("/html", b"<html><body>hello</body></html>"): "answers with a web page, not a feed",
        feed_server.serve("/empty", b""): "answers with nothing",
        feed_server.serve(
            "/bomb", gzip.compress(b"\0" * 20_000_000), Content_Encoding="gzip"
        ): "the gzip body unpacks to more than a feed can be",
        "http://127.0.0.1:1/": "no connection",
        "ftp://news.example/": "not a plain http or https address",
    }
    for url, words in cases.items():
        fetched, _ = await poller.poll(a_feed(url))
        assert fetched.outcome == "failed", url
        assert fetched.problem is not None
        assert fetched.problem.startswith(words)
        assert fetched.next_poll is not None
        assert fetched.next_poll > now


async def test_retry_after_decides_the_next_poll(feed_server: FeedServer, client: Client, parsers: Parsers, now: datetime) -> None:
    """Asked again before, a server blocks for good."""
    url = feed_server.serve("/rss", b"", 429, Retry_After="36000")
    fetched, _ = await Poller(client, parsers, now).poll(a_feed(url))
    assert fetched.next_poll == now + timedelta(hours=10)


async def test_a_feed_that_never_answered_is_tried_at_its_fallbacks(
    feed_server: FeedServer, client: Client, parsers: Parsers, now: datetime
) -> None:
    """Of the shipped addresses one in ten is dead; the search for the same outlet still works."""
    poller = Poller(client, parsers, now)
    url = feed_server.serve("/blocked", b"no", 403)
    page, works = feed_server.serve("/page", b"<html></html>"), feed_server.serve("/works", rss(item(1)), ETag='"w"')
    fetched, feed = await poller.poll(a_feed(url, auto=True, fallbacks=(page, works)))
    assert (fetched.outcome, fetched.used_fallback, fetched.answered_url, len(fetched.entries)) == ("changed", True, works, 1)
    assert fetched.warning is not None
    assert fetched.warning.startswith("403")
    again, _ = await poller.poll(feed)
    assert (again.outcome, again.status) == ("unchanged", 304)
    assert feed_server.asked[-1][0] == "/works"


async def test_a_feed_that_answered_keeps_its_address_through_a_bad_hour(
    feed_server: FeedServer, client: Client, parsers: Parsers, now: datetime
) -> None:
    """Its fallback has other links and ids: every item would be new."""
    poller = Poller(client, parsers, now)
    url, other = feed_server.serve("/rss", rss(item(1))), feed_server.serve("/other", rss(item(2)))
    _, feed = await poller.poll(a_feed(url, auto=True, fallbacks=(other,)))
    feed_server.serve("/rss", b"", 500)
    first, feed = await poller.poll(feed)
    second, feed = await poller.poll(feed)
    third, _ = await poller.poll(feed)
    assert [first.outcome, second.outcome, third.used_fallback] == ["failed", "failed", True]


async def test_settings_of_the_feed_reach_its_entries(feed_server: FeedServer, client: Client, parsers: Parsers, now: datetime) -> None:
    """Language, zone, and who owns the outlet decide how an entry is read and told."""
    body = rss("<item><guid>1</guid><title>A</title><pubDate>Wed, 08 Nov 2023 10:00:00</pubDate></item>")
    feed = a_feed(feed_server.serve("/rss", body), language="km", time_zone="Asia/Phnom_Penh", state_media=True, official=True)
    fetched, _ = await Poller(client, parsers, now).poll(feed)
    (entry,) = fetched.entries
    assert (entry.language, entry.state_media, entry.official, entry.source) == ("km", True, True, "News Example")
    assert entry.published is not None
    assert entry.published.hour == 3


async def test_a_search_feed_is_read_as_one(feed_server: FeedServer, client: Client, parsers: Parsers, now: datetime) -> None:
    """Its entries belong to the outlets it found."""
    body = rss("<item><guid>1</guid><title>A - Kyodo</title><source url='https://k.example'>Kyodo</source></item>")
    feed = a_feed(feed_server.serve("/rss", body), kind=FeedKind.SEARCH, title="Google News")
    fetched, _ = await Poller(client, parsers, now).poll(feed)
    assert [(entry.title, entry.source, entry.via) for entry in fetched.entries] == [("A", "Kyodo", "Google News")]


async def test_a_permanent_move_is_reported(feed_server: FeedServer, client: Client, parsers: Parsers, now: datetime) -> None:
    """The operator is offered the new address; nothing is rewritten silently."""
    new = feed_server.serve("/new", rss(item(1)))
    fetched, _ = await Poller(client, parsers, now).poll(a_feed(feed_server.serve("/old", b"", 301, Location="/new")))
    assert (fetched.moved_to, fetched.final_url, len(fetched.entries)) == (new, new, 1)


@pytest.mark.parametrize(
    ("status", "body", "fault"),
    [
        (403, b"no", "blocked"),
        (429, b"", "blocked"),
        (200, b"<html><title>Just a moment...</title><script src='/cdn-cgi/challenge-platform/x'></script>", "blocked"),
        (200, b"<!DOCTYPE html><html><body>Welcome</body></html>", "not_a_feed"),
        (200, b"", "other"),
        (200, rss(), "empty"),
        (500, b"", "other"),
    ],
)
async def test_a_failure_says_of_what_kind_it_is(feed_server, client, parsers, now, status: int, body: bytes, fault: str) -> None:
    """What helps against a refusal does not help against a web page."""
    poller = Poller(client, parsers, now)
    _, feed = await poller.poll(a_feed(feed_server.serve("/rss", rss(item(1), item(2)))))
    feed_server.serve("/rss", body, status)
    fetched, _ = await poller.poll(feed)
    assert (fetched.outcome, fetched.fault) == ("failed", fault)


async def test_a_search_that_finds_nothing_is_no_failure(feed_server, client, parsers, now) -> None:
    """Weeks without a hit are what a search is for."""
    poller = Poller(client, parsers, now)
    _, feed = await poller.poll(a_feed(feed_server.serve("/rss", rss(item(1))), kind=FeedKind.SEARCH))
    feed_server.serve("/rss", rss())
    fetched, _ = await poller.poll(feed)
    assert (fetched.outcome, fetched.entries, fetched.problem) == ("changed", (), None)
