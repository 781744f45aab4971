"""The article behind a lead: read where it may be, else the reason."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from collect_feeds import FeedServer

from watcher.collect import Parsers, RobotsCache, read_article
from watcher.collect.article import _check
from watcher.errors import FetchError, ParseError
from watcher.net import Answer, Client

PARAGRAPHS = "".join(
    f"<p>In room {number} the police found phones, and {number} people were sent home last week.</p>" for number in range(9)
)
PAGE = f"<html lang='km-KH'><head><title>Raid</title></head><body><nav>Menu</nav><article><h1>Raid</h1>{PARAGRAPHS}</article></body></html>".encode()


async def test_the_text_of_an_article_is_read(feed_server: FeedServer, client: Client, parsers: Parsers, now: datetime) -> None:
    """A lead is judged on it."""
    url = feed_server.serve("/story", PAGE, Content_Type="text/html; charset=utf-8")
    page = await read_article(url, client, parsers, RobotsCache(), now, allow_private=True)
    assert page.final_url == url
    assert "8 people were sent home" in page.text
    assert "Menu" not in page.text
    assert (page.language, len(page.body_hash)) == ("km-KH", 16)


async def test_robots_txt_is_kept_and_asked_once_a_day(feed_server: FeedServer, client: Client, parsers: Parsers, now: datetime) -> None:
    """What a publisher forbids is not read, and asking costs him one request a day."""
    feed_server.serve("/robots.txt", b"User-agent: *\nDisallow: /private/\n")
    url, private = feed_server.serve("/story", PAGE), feed_server.serve("/private/story", PAGE)
    robots = RobotsCache()
    for moment in (now, now + timedelta(hours=23)):
        await read_article(url, client, parsers, robots, moment, allow_private=True)
        with pytest.raises(FetchError) as caught:
            await read_article(private, client, parsers, robots, moment, allow_private=True)
        assert caught.value.kind == "robots"
    assert [path for path, _ in feed_server.asked].count("/robots.txt") == 1
    assert "/private/story" not in [path for path, _ in feed_server.asked]
    await read_article(url, client, parsers, robots, now + timedelta(days=2), allow_private=True)
    assert [path for path, _ in feed_server.asked].count("/robots.txt") == 2


async def test_a_server_in_trouble_allows_nothing(feed_server: FeedServer, client: Client, parsers: Parsers, now: datetime) -> None:
    """RFC 9309: rules that cannot be read may forbid it."""
    feed_server.serve("/robots.txt", b"", 503)
    with pytest.raises(FetchError) as caught:
        await read_article(feed_server.serve("/story", PAGE), client, parsers, RobotsCache(), now, allow_private=True)
    assert caught.value.kind == "robots"


@pytest.mark.parametrize("status", [401, 402, 403, 404, 410, 451, 500])
async def test_a_refusal_keeps_its_status(feed_server: FeedServer, client: Client, parsers: Parsers, now: datetime, status: int) -> None:
    """A lead that cannot be read is told as possible, with the reason."""
    with pytest.raises(FetchError) as caught:
        await read_article(feed_server.serve("/story", PAGE, status), client, parsers, RobotsCache(), now, allow_private=True)
    assert (caught.value.kind, caught.value.status) == ("status", status)


async def test_what_holds_no_text_is_a_parse_error(feed_server: FeedServer, client: Client, parsers: Parsers, now: datetime) -> None:
    """A paywall's teaser must not be judged as if it were the article."""
    teaser = feed_server.serve("/teaser", b"<html><body><p>Subscribe to read on.</p></body></html>", Content_Type="text/html")
    file = feed_server.serve("/file", b"%PDF-1.4", Content_Type="application/pdf")
    for url in (teaser, file):
        with pytest.raises(ParseError, match="no readable text"):
            await read_article(url, client, parsers, RobotsCache(), now, allow_private=True)


async def test_a_redirect_is_followed_to_the_outlet(feed_server: FeedServer, client: Client, parsers: Parsers, now: datetime) -> None:
    """The digest links the outlet, not the way there."""
    url = feed_server.serve("/story", PAGE)
    page = await read_article(
        feed_server.serve("/go", b"", 302, Location="/story"), client, parsers, RobotsCache(), now, allow_private=True
    )
    assert page.final_url == url


def test_a_search_that_keeps_its_link_to_itself_is_said_so(now: datetime) -> None:
    """Its own page would be read as if it were the article."""
    kept = Answer(200, "https://consent.google.com/x", {}, b"", b"", 0)
    with pytest.raises(FetchError) as caught:
        _check("https://news.google.com/rss/articles/x", kept, True, now)
    assert caught.value.kind == "redirect"
    _check("https://news.google.com/rss/articles/x", Answer(200, "https://apnews.com/x", {}, b"", b"", 0), True, now)
