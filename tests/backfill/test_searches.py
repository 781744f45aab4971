"""How a search is asked for days of the past."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from watcher.backfill.searches import for_gap, window_of
from watcher.config.catalogue import load_catalogue

SEARCH = "https://news.google.com/rss/search?q=site:khmertimeskh.com+Cambodia+when:2d&hl=en-US&gl=US&ceid=US:en"
SINCE, UNTIL = datetime(2023, 11, 5, 7, tzinfo=UTC), datetime(2023, 11, 9, 2, tzinfo=UTC)


def _days(url: str) -> str:
    return parse_qs(urlsplit(url).query)["q"][0]


def test_every_day_of_the_gap_is_asked_for_once_and_a_day_more_at_its_begin() -> None:
    """`before:` leaves its own day out, and it is not sure that `after:` holds its own."""
    asked = [_days(url) for url in for_gap(SEARCH, SINCE, UNTIL, 20)]
    assert asked == [
        "site:khmertimeskh.com Cambodia after:2023-11-04 before:2023-11-06",
        "site:khmertimeskh.com Cambodia after:2023-11-05 before:2023-11-08",
        "site:khmertimeskh.com Cambodia after:2023-11-07 before:2023-11-10",
    ]


def test_the_rest_of_the_address_stays() -> None:
    """Language and country choose the edition; the site must stay the site."""
    (url,) = for_gap(SEARCH, UNTIL, UNTIL, 20)
    assert url.startswith("https://news.google.com/rss/search?q=site:khmertimeskh.com+Cambodia+after:2023-11-08+before:2023-11-10&")
    assert {"hl": ["en-US"], "gl": ["US"], "ceid": ["US:en"]}.items() <= parse_qs(urlsplit(url).query).items()


def test_a_long_gap_is_asked_for_its_newest_days_first() -> None:
    """What is newest matters most, and the number of requests is bounded."""
    asked = for_gap(SEARCH, UNTIL - timedelta(days=400), UNTIL, 3)
    assert len(asked) == 3
    assert "before:2023-11-10" in _days(asked[-1])


def test_only_searches_that_show_how_they_state_a_time_are_asked() -> None:
    """A guessed parameter would ask for today's results and call them those of last week."""
    for url in (
        "https://news.test/feed/",
        "https://www.bing.com/news/search?q=Cambodia&format=rss",
        "https://x.test/?q=whenever:2d",
        "https://[x",
    ):
        assert window_of(url) is None
        assert for_gap(url, SINCE, UNTIL, 5) == []
    assert window_of(SEARCH) == timedelta(days=2)


def test_every_shipped_search_can_be_asked_for_a_gap() -> None:
    """The catalogue's searches are the second way to refill a gap; one in another form would silently not be."""
    feeds = load_catalogue("cambodia-scam").feeds
    searches = [url for feed in feeds for url in (feed.url, *feed.fallbacks) if "news.google.com" in url]
    assert len(searches) > 60
    assert all(window_of(url) for url in searches)
