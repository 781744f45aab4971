"""What makes two links one article, and what is a link at all."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.urls import canonical_url, host_of, is_web_link, join_url


@pytest.mark.parametrize(
    ("printed", "canonical"),
    [
        ("http://News.Example/Story", "https://news.example/Story"),
        ("https://news.example:443/story", "https://news.example/story"),
        ("http://news.example:8080/story", "https://news.example:8080/story"),
        ("https://news.example", "https://news.example/"),
        ("https://news.example/story#comments", "https://news.example/story"),
        ("https://news.example/story?utm_source=rss&utm_medium=feed", "https://news.example/story"),
        ("https://news.example/story?fbclid=1&gclid=2&at_medium=3", "https://news.example/story"),
        ("https://news.example/?b=2&a=1", "https://news.example/?a=1&b=2"),
        ("https://news.example/?ref=rss", "https://news.example/"),
        ("https://news.example/?ref=20177", "https://news.example/?ref=20177"),
        ("https://news.example/a/../b/./c", "https://news.example/b/c"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        ("https://news.example/khmer/ស្គេម", "https://news.example/khmer/%E1%9E%9F%E1%9F%92%E1%9E%82%E1%9F%81%E1%9E%98"),
        ("https://news.example./story", "https://news.example/story"),
        ("https://news.example/amp/story", "https://news.example/amp/story"),
        ("javascript:alert(1)", ""),
        ("/story", ""),
        ("", ""),
    ],
)
def test_links_to_one_article_have_one_canonical_form(printed: str, canonical: str) -> None:
    """Two feeds link the same article with other trackers; a reader must be told of it once."""
    assert canonical_url(printed) == canonical


@given(st.text(max_size=60))
def test_a_canonical_url_is_its_own_canonical_url(text: str) -> None:
    """Stored forms are compared with fresh ones, so doing it twice must change nothing."""
    once = canonical_url(f"https://news.example/{text}")
    assert canonical_url(once) == once


@pytest.mark.parametrize(
    ("href", "link"),
    [
        ("/story", "https://news.example/story"),
        ("story 1", "https://news.example/feed/story%201"),
        ("//other.example/x", "https://other.example/x"),
        (" https://news.example/a\n", "https://news.example/a"),
        ("HTTPS://news.example/a", "HTTPS://news.example/a"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("http://bank.example\\@evil.example/", ""),
        ("http://user:pw@bank.example/", ""),
        ("http://a.example/\r\nX: y", ""),
        ("http://[::1", ""),
        ("http://1.2.3.4:99999/", ""),
        ("", ""),
    ],
)
def test_only_web_links_leave_a_feed(href: str, link: str) -> None:
    """A link in a digest is clicked by staff: it must lead where it says, with a scheme that only reads."""
    assert join_url("https://news.example/feed/", href) == link


def test_hosts_are_compared_in_one_spelling() -> None:
    """The limit of requests a host and the search's own host depend on it."""
    assert host_of("https://BÜCHER.example:8080/x") == "xn--bcher-kva.example"
    assert host_of("mailto:a@b.example") == ""


@pytest.mark.shared
def test_link_1_the_hostile_links_of_the_corpus_never_pass_as_something_else(shared_folder: Path) -> None:
    """Each is a trick that once worked in some feed reader."""
    links = json.loads((shared_folder / "corpora" / "hostile" / "vectors.json").read_text())["links"]
    for link in links:
        joined = join_url("https://feed.example/", link)
        assert joined == "" or (joined.startswith(("http://", "https://")) and is_web_link(joined) and "\\" not in joined)


@pytest.mark.shared
def test_ssrf_2_guard_and_client_read_the_same_host_in_every_url_of_the_web_platform_tests(shared_folder: Path) -> None:
    """If the check reads one host and the client connects to another, the check is worth nothing."""
    found = sorted((shared_folder / "corpora" / "wpt-url").rglob("urltestdata.json"))
    cases = [case["input"] for case in json.loads(found[0].read_text(encoding="utf-8", errors="surrogatepass")) if isinstance(case, dict)]
    compared = 0
    for url in cases:
        if not is_web_link(url):
            continue
        try:
            parsed = httpx.URL(url).raw_host.decode()
        except (httpx.InvalidURL, UnicodeError):
            continue
        if parsed.isascii() and host_of(url).isascii() and url.isascii():
            compared += 1
            assert host_of(url) in (parsed.lower().rstrip("."), ""), url
    assert compared > 100
