"""What comes out of feeds as they really are: entries, identities, links, dates, warnings, refusals."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from collect_feeds import item, rss

from watcher.collect.jobs import MAX_ENTRIES, FeedJob, ParsedFeed, parsed_feed
from watcher.collect.parse import read_feed
from watcher.errors import ParseError
from watcher.model import Entry


def read(body: bytes, job: FeedJob, **changes: Any) -> ParsedFeed:
    return parsed_feed(read_feed(body, replace(job, **changes)))


def test_an_rss_item_becomes_an_entry(job: FeedJob) -> None:
    """The whole way once."""
    body = rss(
        item(1, "25 &lt;b&gt;deported&lt;/b&gt; &amp;amp; home", text="&lt;p&gt;One&lt;/p&gt;&lt;p&gt;Two&lt;/p&gt;"),
        head="<language>en</language>",
    )
    found = read(body, job)
    assert (found.title, found.language, found.warning) == ("News Example", "en", None)
    assert found.entries == (
        Entry(
            key="id-1",
            url="https://news.example/1",
            canonical_url="https://news.example/1",
            title="25 deported & home",
            text="One\nTwo",
            language="en",
            published=datetime(2023, 11, 8, 3, tzinfo=UTC),
            source="News Example",
        ),
    )


def test_an_atom_entry_becomes_an_entry(job: FeedJob) -> None:
    """The other common format, with its relative link and its two dates."""
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ja"><title>News</title>
      <entry><id>tag:1</id><title type="html">&lt;i&gt;A&lt;/i&gt;</title><link rel="enclosure" href="/a.mp3"/><link rel="alternate" href="/a"/>
      <updated>2023-11-08T05:00:00Z</updated><published>2023-11-08T03:00:00Z</published>
      <summary>Short.</summary><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Long text.</p></div></content></entry></feed>"""
    (entry,) = read(body, job).entries
    assert (entry.key, entry.url, entry.title, entry.language) == ("tag:1", "https://news.example/a", "A", "ja")
    assert (entry.text, entry.published) == ("Short.\nLong text.", datetime(2023, 11, 8, 3, tzinfo=UTC))


def test_a_json_feed_is_read(job: FeedJob) -> None:
    """feedparser does not know the format."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "News",
        "items": [{"id": 7, "url": "/a", "title": "A", "content_html": "<p>B</p>", "date_published": "2023-11-08T03:00:00Z"}, "junk", {}],
    }
    (entry,) = read(json.dumps(feed).encode(), job).entries
    assert (entry.key, entry.url, entry.text) == ("7", "https://news.example/a", "B")


def test_xml_base_is_kept(job: FeedJob) -> None:
    """Links would lead nowhere otherwise."""
    body = b'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://other.example/x/"><entry><id>1</id><title>A</title><link href="a"/></entry></feed>'
    assert read(body, job).entries[0].url == "https://other.example/x/a"


def test_identity_is_the_id_else_the_link_else_the_text(job: FeedJob) -> None:
    """Without one, an item would be new at every poll, or never."""
    body = rss(
        "<item><title>A</title><link>https://news.example/a?utm_source=x</link></item>",
        "<item><title>B</title></item>",
        "<item><guid> g </guid><title>C</title></item>",
        "<item><description></description></item>",
    )
    first, second = read(body, job).entries, read(body, job).entries
    assert [entry.key for entry in first][::2] == ["https://news.example/a", "g"]
    assert first[1].key.startswith("text:")
    assert first == second


def test_the_same_item_twice_is_one_and_two_items_under_one_id_are_two(job: FeedJob) -> None:
    """A careless site gives all its articles one id; folded into one, all stories but the first would be lost."""
    one, other = item(1), item(1, "Another story").replace("news.example/1", "news.example/2")
    found = read(rss(one, one, other), job)
    assert [entry.title for entry in found.entries] == ["Story 1", "Another story"]
    assert len({entry.key for entry in found.entries}) == 2


@pytest.mark.parametrize("link", ["javascript:alert(1)", "file:///etc/passwd", "http://a.example\\@b.example/", "data:text/html,x"])
def test_link_1_links_that_are_no_web_links_are_dropped(link: str, job: FeedJob) -> None:
    """feedparser passes them on; staff would click them."""
    (entry,) = read(rss(f"<item><guid isPermaLink='false'>g</guid><title>A</title><link>{link}</link></item>"), job).entries
    assert (entry.url, entry.canonical_url) == ("", "")


def test_g7_long_fields_are_cut_with_a_mark(job: FeedJob) -> None:
    """One item must not fill the database or a mail."""
    (entry,) = read(rss(item(1, "t" * 3000, text="x" * 90_000)), job).entries
    assert (len(entry.title), len(entry.text)) == (500, 20_000)
    assert entry.title.endswith("…")


def test_a_search_names_the_outlet_and_says_it_was_a_search(job: FeedJob) -> None:
    """Counted as an outlet of its own, a search would make one report look like two."""
    body = rss(
        "<item><title>25 deported - AP News</title><guid>1</guid><source url='https://apnews.com'>AP News</source>"
        "<description>&lt;a href='x'&gt;25 deported&lt;/a&gt;&amp;nbsp;&amp;nbsp;&lt;font&gt;AP News&lt;/font&gt;</description></item>",
        "<item><title>A - B - Kyodo</title><guid>2</guid></item>",
    ).replace(b"<title>News Example", b'<title>"scam" - Google News')
    first, second = read(body, job, search=True).entries
    assert (first.title, first.source, first.via, first.text, first.text_from) == ("25 deported", "AP News", "Google News", "", "title")
    assert (second.title, second.source) == ("A - B", "Kyodo")


def test_hints_of_the_publisher_are_read(job: FeedJob) -> None:
    """They say how often the feed is worth asking."""
    found = read(rss(item(1), head="<ttl>90</ttl><skipHours><hour>0</hour><hour>23</hour></skipHours>"), job)
    assert (found.ttl, found.skip_hours) == (90, (0, 23))


def test_a_broken_feed_is_read_with_a_warning(job: FeedJob) -> None:
    """A bare ampersand is the commonest fault of all; the stories are there all the same."""
    found = read(rss(item(1, "A & B")), job)
    assert [entry.title for entry in found.entries] == ["A & B"]
    assert found.warning is not None


def test_a_feed_cut_off_in_the_middle_keeps_what_arrived(job: FeedJob) -> None:
    """Servers break off; what was sent is news."""
    found = read(rss(item(1), item(2))[:-120], job)
    assert "Story 1" in [entry.title for entry in found.entries]
    assert found.warning is not None


def test_too_many_items_are_counted_not_silently_lost(job: FeedJob) -> None:
    """Whoever reads the digest must learn that there was more."""
    found = read(rss(*(item(number) for number in range(MAX_ENTRIES + 5))), job)
    assert (len(found.entries), found.dropped) == (MAX_ENTRIES, 5)
    assert found.entries[0].key == "id-0"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "nothing"),
        (b"  \n", "nothing"),
        (b"<!DOCTYPE html><html><body>Checking your browser</body></html>", "a web page, not a feed"),
        (b"<html><head></head></html>", "a web page, not a feed"),
        (b"just text", "not a feed"),
        (b"/etc/hostname", "not a feed"),
        (b"http://127.0.0.1:9/", "not a feed"),
        (b'{"error": "no"}', "JSON that is not a feed"),
        (b"[1]", "not a feed"),
        (b'{"a":' * 100_000, "neither a feed nor JSON"),
    ],
)
def test_g3_what_is_no_feed_is_refused_with_its_reason(body: bytes, words: str, job: FeedJob) -> None:
    """Taken for a quiet feed, its stories would be missed without a word."""
    with pytest.raises(ParseError, match=words):
        read(body, job)


def test_ssrf_4_a_body_that_is_a_path_is_not_opened(job: FeedJob, tmp_path: Any) -> None:
    """feedparser opens bytes that name a file; a feed could read ours."""
    secret = tmp_path / "secret.xml"
    secret.write_bytes(rss(item(1, "our secret")))
    with pytest.raises(ParseError):
        read(str(secret).encode(), job)


def test_an_empty_feed_is_a_feed(job: FeedJob) -> None:
    """A new site has nothing yet; whether it had before is asked elsewhere."""
    assert read(rss(), job).entries == ()


def test_g6_the_second_reader_reads_the_same_feed(job: FeedJob) -> None:
    """When the first one dies, nobody should miss a story."""
    body = rss(item(1), item(2, "B", "<dc:date>2023-11-07</dc:date>"))
    usual, second = read(body, job), read(body, job, second=True)
    assert second.entries == usual.entries
    assert second.warning is not None
    assert second.warning.startswith("degraded parse")
