"""Finding the feed of a site whose home page a person typed in."""

from __future__ import annotations

import pytest
from collect_feeds import FeedServer, item, rss

from watcher.collect import Found, discover
from watcher.errors import FetchError
from watcher.net import Client


async def test_feeds_linked_in_the_head_are_found(feed_server: FeedServer, client: Client) -> None:
    """That is how a site says where its feeds are."""
    home = (
        b'<html><head><LINK rel="alternate" type="application/rss+xml" title="News &amp; more" href="/rss">'
        b'<link rel="alternate" type="application/atom+xml" href="https://other.example/atom">'
        b'<link rel="alternate" hreflang="km" href="/km"><link rel="alternate" type="application/rss+xml" href="javascript:x"></head>'
    )
    found = await discover(feed_server.serve("/", home), client, allow_private=True)
    assert found == [Found(feed_server.url + "/rss", "News & more"), Found("https://other.example/atom", "")]


async def test_the_usual_places_are_tried(feed_server: FeedServer, client: Client) -> None:
    """Many sites have a feed and do not link it."""
    url = feed_server.serve("/", b"<html></html>")
    feed_server.serve("/rss", b"<html>not here</html>")
    there = feed_server.serve("/rss.xml", rss(item(1)))
    assert await discover(url, client, allow_private=True) == [Found(there, "News Example")]


async def test_a_feed_is_its_own_answer(feed_server: FeedServer, client: Client) -> None:
    """Whoever types the feed's address means it."""
    url = feed_server.serve("/rss", rss(item(1)))
    assert await discover(url, client, allow_private=True) == [Found(url, "News Example")]


async def test_a_site_without_a_feed_gives_none(feed_server: FeedServer, client: Client) -> None:
    """The command then says so."""
    assert await discover(feed_server.serve("/", b"<html></html>"), client, allow_private=True) == []


async def test_a_site_that_cannot_be_asked_is_an_error(feed_server: FeedServer, client: Client) -> None:
    """A wrong address is not a site without a feed."""
    with pytest.raises(FetchError):
        await discover(feed_server.url + "/missing", client, allow_private=True)
