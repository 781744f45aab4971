"""Which addresses of older pages a feed leads to, and which are not asked."""

from __future__ import annotations

from hashlib import sha256

import pytest

from watcher.backfill.older_pages import OlderPage, Trail, links, looks_like_wordpress

HOME = "https://news.test/feed.xml"
ATOM = 'xmlns:a="http://www.w3.org/2005/Atom"'


def page(head: str = "", url: str = HOME, *, items: str = "<item><title>x</title></item>", tail: str = "") -> OlderPage:
    body = f"<rss><channel {ATOM}>{head}{items}{tail}</channel></rss>".encode()
    return OlderPage(url, body, sha256(body).digest(), None)


def test_links_are_read_in_every_form_that_feeds_print() -> None:
    """Atom and RSS, any prefix, either quote, any order, entities, the registered address of a relation, before and behind the items."""
    assert links(page('<a:link rel="prev-archive" href="https://news.test/2"/>').body) == {"prev-archive": "https://news.test/2"}
    assert links(page("<link href='/n?a=1&amp;b=2' type='x' rel='self next'>").body) == {"next": "/n?a=1&b=2"}
    registered = '<a:link rel="http://www.iana.org/assignments/relation/next" href="/n"/>'
    assert links(page(tail=registered).body) == {"next": "/n"}
    assert links(b'{"version": "https://jsonfeed.org/version/1.1", "next_url": "https:\\/\\/news.test\\/2", "items": []}') == {
        "next": "https://news.test/2"
    }


def test_a_link_inside_an_item_is_not_the_feeds() -> None:
    """An article may quote a feed; what it links is not the feed's past."""
    assert links(page(items='<item><a:link rel="next" href="/n"/></item><item><link rel="next" href="/m"/></item>').body) == {}
    assert links(b'{"items": [{"content_text": "\\"next_url\\": \\"https://news.test/2\\""}]}') == {}


@pytest.mark.parametrize(
    "address",
    [
        "https://other.test/2",
        "https://news.test:8443/2",
        "http://127.0.0.1/2",
        "http://169.254.169.254/latest",
        "https://user@news.test/2",
        "https://news.test.evil.test/2",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://news.test/" + "a" * 3000,
    ],
)
def test_a_link_to_another_place_is_not_followed(address: str) -> None:
    """A hostile feed must not choose whom we ask."""
    assert Trail(page(f'<a:link rel="next" href="{address}"/>'), []).next_address() is None


def test_a_link_home_is_followed_by_https_with_or_without_www() -> None:
    """Behind a proxy many sites print http links to themselves."""
    assert Trail(page('<a:link rel="next" href="http://www.news.test/2#x"/>'), []).next_address() == "https://www.news.test/2"


def test_wordpress_is_asked_for_its_pages_and_others_are_not() -> None:
    """A guessed address at a site that is not WordPress costs its owner for nothing."""
    said = page("<generator>https://wordpress.org/?v=6.4</generator>", "https://news.test/?feed=rss2")
    assert Trail(said, []).next_address() == "https://news.test/?feed=rss2&paged=2"
    assert Trail(page(url="https://news.test/category/crime/feed/"), []).next_address() == "https://news.test/category/crime/feed/?paged=2"
    assert not looks_like_wordpress(page())
    trail = Trail(page(), [])
    assert (trail.next_address(), trail.end) == (None, "it links no older pages")


def test_archives_are_preferred_and_the_way_is_kept() -> None:
    """An archive never moves; pages do. A second way in the middle would jump."""
    both = '<a:link rel="next" href="/p2"/><a:link rel="prev-archive" href="/a1"/>'
    trail = Trail(page(both), ["1"])
    assert trail.next_address() == "https://news.test/a1"
    assert trail.came(page('<a:link rel="next" href="/p2"/>', "https://news.test/a1"), ["2"])
    assert trail.next_address() is None


def test_a_walk_ends_on_a_loop_on_the_same_items_and_at_its_limit() -> None:
    """A site that always has one more page must not keep us for ever."""
    trail = Trail(page('<a:link rel="next" href="/2"/>'), ["1"], pages=3)
    assert trail.next_address() == "https://news.test/2"
    assert trail.came(page('<a:link rel="next" href="/feed.xml"/>', "https://news.test/2"), ["2"])
    assert trail.next_address() is None
    assert "read already" in trail.end

    same = Trail(page('<a:link rel="next" href="/2"/>'), ["1", "2"])
    same.next_address()
    assert not same.came(page('<a:link rel="next" href="/3"/><title>another date</title>', "https://news.test/2"), ["2", "1"])
    assert "same items" in same.end

    endless = Trail(page('<a:link rel="next" href="/1"/>'), ["0"], pages=3)
    asked = 0
    while address := endless.next_address():
        asked += 1
        endless.came(page(f'<a:link rel="next" href="/{asked + 1}"/>', address), [str(asked)])
    assert (asked, endless.end) == (3, "its older pages did not reach back far enough in 3 pages")


def test_a_page_redirected_to_another_host_is_not_taken() -> None:
    """A redirect must not do what a link may not."""
    trail = Trail(page('<a:link rel="next" href="/2"/>'), ["1"])
    trail.next_address()
    assert not trail.came(page(url="https://other.test/2"), ["2"])
    assert "another host" in trail.end


def test_a_huge_hostile_head_is_read_in_no_time() -> None:
    """The links are looked for in this process; nothing in a body may hold it up."""
    import time

    started = time.monotonic()
    for body in (
        b"<link " * 400_000,
        b"<link rel=" + b'"' * 2_000_000,
        b"<item>" * 400_000,
        b'"next_url":"' * 200_000,
        b"{" + b'"next_url":"\\' * 99_999,
    ):
        links(body)
    assert time.monotonic() - started < 3
