"""Plain feeds are read without feedparser, and read the same; everything else goes to feedparser."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from collect_feeds import item, rss

from watcher.collect import parse, plain_reader
from watcher.collect.entries import Context, Item, rows
from watcher.collect.preclean import preclean
from watcher.errors import ParseError

CONTEXT = Context(
    url="http://feed.test/", now=datetime(2026, 11, 22, tzinfo=UTC), title="Feed", search=False, language=None, feed_language=None, time_zone=None, via=None, rough=False
)  # fmt: skip
ATOM = b"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="km"><title>News</title><id>x</id>
<entry><title type="html">A &lt;b&gt;B&lt;/b&gt;</title><id>tag:1</id><link rel="alternate" href="http://outlet.test/1"/>
<author><name>N</name></author><published>2026-11-08T10:00:00+07:00</published><content type="html">&lt;p&gt;Text&lt;/p&gt;</content></entry></feed>"""


def both(body: bytes) -> tuple[list[object], list[object]]:
    """The rows of a body by the plain reader and by feedparser."""
    plain = plain_reader.read(body)
    assert plain is not None
    _, language, items, _, _ = parse._by_feedparser(body, "http://feed.test/")
    return _rows(plain.items, plain.language), _rows(items, language)


def _rows(items: list[Item], language: str | None) -> list[object]:
    from dataclasses import replace

    return list(rows(items, replace(CONTEXT, feed_language=language)))


@pytest.mark.parametrize("body", [rss(item(1), item(2, extra="<category>c</category>")), ATOM], ids=["rss", "atom"])
def test_both_readers_agree_on_a_plain_feed(body: bytes):
    """What saves time must change nothing."""
    ours, theirs = both(body)
    assert ours
    assert ours == theirs


@pytest.mark.parametrize(
    "extra",
    [
        "<title>second title</title>",
        "<title type='html'>x</title>",
        "<body>x</body>",
        "<fullitem>x</fullitem>",
        "<pubDate>yesterday</pubDate>",
        "<unknown>x</unknown>",
        "<x:title xmlns:x='http://x.test/'>x</x:title>",
        "<category><title>x</title></category>",
        "<description>a<b>c</b></description>",
        "<description>&#150;</description>",
    ],
)
def test_what_is_not_plain_goes_to_feedparser(extra: str):
    """Two readers could disagree about it, and feedparser's reading is the one that counts."""
    odd = f"<item><link>http://outlet.test/9</link><title>T</title>{extra}</item>".encode()
    assert plain_reader.read(rss(item(1)).replace(b"</channel>", odd + b"</channel>")) is None


@pytest.mark.parametrize("head", ["<!DOCTYPE rss [<!ENTITY a 'b'>]>", "<!doctype html>"])
def test_a_doctype_is_never_plain(head: str):
    """Entities are feedparser's business, in its guarded child."""
    assert (
        plain_reader.read(head.encode() + b"<rss version='2.0'><channel><title>t</title><item><title>T</title></item></channel></rss>")
        is None
    )


@pytest.mark.parametrize("body", [b"", b"<html><body>x</body></html>", rss(), rss(item(1))[:-20]], ids=["empty", "page", "no items", "cut"])
def test_what_is_no_whole_feed_is_not_plain(body: bytes):
    """Faults are told apart by the way that always did it."""
    assert plain_reader.read(body) is None


@pytest.mark.shared
def test_both_readers_agree_over_the_public_corpora(shared_folder: Path):
    """Two thousand feeds that nobody here wrote; those that are plain must read the same."""
    compared = 0
    for path in sorted((shared_folder / "corpora").rglob("*.xml")):
        try:
            body = preclean(path.read_bytes(), None).body
        except ParseError:
            continue
        if plain_reader.read(body) is None:
            continue
        ours, theirs = both(body)
        assert ours == theirs, path.name
        compared += 1
    assert compared > 600
