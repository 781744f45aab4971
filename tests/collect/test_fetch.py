"""One request to one feed: validators, statuses, and what the server wishes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from collect_feeds import FeedServer, a_feed

from watcher.collect.fetch import fetch, max_age, retry_after
from watcher.errors import FetchError
from watcher.model import HealthState
from watcher.net import Client

ODD_TAG = 'W/"caf\xe9--gzip"'


async def test_an_unchanged_feed_costs_no_body(feed_server: FeedServer, client: Client, now: datetime) -> None:
    """The second poll sends the validators back byte for byte and gets 304, so nothing is parsed twice."""
    url = feed_server.serve("/rss", b"<rss/>", ETag=ODD_TAG, Last_Modified="Wed, 08 Nov 2023 10:00:00 GMT")
    first = await fetch(a_feed(url), client, now)
    known = a_feed(url, etag=first.etag, last_modified=first.last_modified, validated_url=first.final_url, body_hash=first.body_hash)
    second = await fetch(known, client, now)
    assert (first.body, second.body, second.status) == (b"<rss/>", None, 304)
    assert (second.etag, second.body_hash) == (first.etag, first.body_hash)
    asked = feed_server.asked[1][1]
    assert asked["If-None-Match"].encode("latin-1") == ODD_TAG.encode("latin-1")
    assert asked["If-Modified-Since"] == "Wed, 08 Nov 2023 10:00:00 GMT"


async def test_a_known_body_counts_as_unchanged_without_validators(feed_server: FeedServer, client: Client, now: datetime) -> None:
    """Many small sites send no validators at all; the same bytes need no parsing either."""
    url = feed_server.serve("/rss", b"<rss/>")
    first = await fetch(a_feed(url), client, now)
    second = await fetch(a_feed(url, body_hash=first.body_hash, validated_url=first.final_url), client, now)
    assert (second.body, second.status) == (None, 200)


async def test_a_304_from_another_address_is_not_believed(feed_server: FeedServer, client: Client, now: datetime) -> None:
    """After a redirect moved, the old address's ETag could hide the new one's stories for ever."""
    feed_server.serve("/new", b"<rss>new</rss>", ETag='"1"')
    url = feed_server.serve("/rss", b"", 302, Location="/new")
    found = await fetch(a_feed(url, etag='"1"', validated_url=feed_server.url + "/old"), client, now)
    assert found.body == b"<rss>new</rss>"


async def test_validators_are_not_sent_to_a_fallback(feed_server: FeedServer, client: Client, now: datetime) -> None:
    """They belong to the address they came from."""
    url, fallback = feed_server.serve("/rss", b"x"), feed_server.serve("/other", b"y")
    await fetch(a_feed(url, etag='"1"', validated_url=url), client, now, url=fallback)
    assert "If-None-Match" not in feed_server.asked[0][1]


async def test_a_304_nobody_asked_for_is_a_failure(feed_server: FeedServer, client: Client, now: datetime) -> None:
    """On a first poll it would look like a quiet feed that was never read."""
    url = feed_server.serve("/rss", b"", 304)
    with pytest.raises(FetchError) as caught:
        await fetch(a_feed(url), client, now)
    assert caught.value.status == 304


@pytest.mark.parametrize("status", [204, 206, 300, 401, 403, 404, 410, 418, 421, 425, 429, 451, 500, 502, 503, 504, 520])
async def test_other_statuses_are_failures_with_their_number(feed_server: FeedServer, client: Client, now: datetime, status: int) -> None:
    """The operator sees the number, because 403 and 404 are mended in different ways."""
    url = feed_server.serve("/rss", b"" if status == 204 else b"<rss/>", status, Retry_After="120")
    with pytest.raises(FetchError) as caught:
        await fetch(a_feed(url), client, now)
    assert (caught.value.status, caught.value.kind, caught.value.retry_after) == (status, "status", timedelta(minutes=2))
    assert caught.value.problem.startswith(str(status))


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("5", timedelta(seconds=5)),
        ("Thu, 09 Nov 2023 01:00:00 GMT", timedelta(hours=1)),
        ("Thu, 09 Nov 2033 01:00:00 GMT", timedelta(hours=24)),
        ("1000000000000", timedelta(hours=24)),
        ("9" * 5000, timedelta(hours=24)),
        ("Wed, 08 Nov 2023 01:00:00 GMT", None),
        ("-1", None),
        ("0", None),
        ("soon", None),
        ("", None),
        ("٣", None),
    ],
)
def test_retry_after_is_kept_within_reason(text: str, wait: timedelta | None) -> None:
    """A server's wish is kept, but no typing error may silence a feed for a year."""
    assert retry_after(text, datetime(2023, 11, 9, tzinfo=UTC)) == wait


def test_max_age_is_read_among_other_directives() -> None:
    """Publishers say there how often it is worth asking."""
    assert max_age("public, max-age=1800, s-maxage=1") == timedelta(minutes=30)
    assert max_age("s-maxage=99") is None
    assert max_age("no-cache") is None


async def test_the_charset_of_the_server_is_handed_on(feed_server: FeedServer, client: Client, now: datetime) -> None:
    """Some feeds say their encoding only there."""
    url = feed_server.serve("/rss", b"<rss/>", Content_Type='text/xml; charset="GB2312"')
    assert (await fetch(a_feed(url), client, now)).charset == "GB2312"


async def test_the_address_in_use_is_asked(feed_server: FeedServer, client: Client, now: datetime) -> None:
    """Once a fallback answers, its validators belong to it."""
    url, other = feed_server.serve("/rss", b"", 403), feed_server.serve("/other", b"<rss/>", ETag='"o"')
    feed = replace(a_feed(url), in_use=other, etag='"o"', validated_url=other)
    assert (await fetch(feed, client, now)).body is None


async def test_a_feed_quiet_for_too_long_is_asked_for_its_body(feed_server: FeedServer, client: Client, now: datetime) -> None:
    """A server whose ETag never changes says 304 for ever; the stories behind it are there for whoever does not ask "since"."""
    url = feed_server.serve("/rss", b"<rss>new</rss>", ETag='"stuck"')
    known = a_feed(url, etag='"stuck"', validated_url=url, body_hash=b"old")
    assert (await fetch(known, client, now)).body is None
    for state in (HealthState.SILENT, HealthState.FROZEN):
        assert (await fetch(replace(known, state=state), client, now)).body == b"<rss>new</rss>"


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [(503, b"<html><title>Just a moment...</title>", {}), (403, b"<html>x", {"cf_mitigated": "challenge"})],
)
async def test_a_page_that_checks_the_browser_is_called_that(feed_server, client, now, status, body, headers) -> None:
    """ "The server is broken" would make an operator wait for a repair that never comes."""
    with pytest.raises(FetchError, match="blocked from here by a page that checks the browser") as caught:
        await fetch(a_feed(feed_server.serve("/rss", body, status, **headers)), client, now)
    assert (caught.value.kind, caught.value.status) == ("challenge", status)
