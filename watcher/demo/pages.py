"""Outlet, Item -> bytes: the feeds (RSS 2.0, Atom, a search's RSS) and article pages that the newsroom serves.

Bytes depend on the sample alone, never on the clock: the same state gives the same ETag. Nothing is served here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from email.utils import format_datetime
from html import escape

from watcher.demo.sample import Item, Outlet

Link = Callable[[Item], str]


def write_feed(outlet: Outlet, items: Sequence[Item], address: str, link: Link) -> bytes:
    """Return the outlet's feed in its own format; `link` says where an item leads."""
    if outlet.format == "atom":
        return _atom(outlet, items, address, link)
    entries = "".join((_search_item if item.found else _rss_item)(item, link) for item in items)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
        f"<title>{escape(outlet.title)}</title><link>{outlet.home}/</link><description>An invented outlet</description>"
        f'<language>{outlet.language}</language><atom:link href="{address}" rel="self" type="application/rss+xml"/>'
        f"<ttl>60</ttl>{entries}</channel></rss>\n"
    ).encode()


def write_article(item: Item, language: str) -> bytes:
    """Return an article page as outlets have them: a menu and a footer around the text."""
    paragraphs = "\n".join(f"<p>{escape(line)}</p>" for line in (item.page or item.text).splitlines())
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{escape(item.title)}</title>'
        f'<meta property="article:published_time" content="{item.published.isoformat()}"></head><body>'
        '<nav><a href="/">Home</a> <a href="/sport">Sport</a></nav>'
        f"<main><article><h1>{escape(item.title)}</h1>\n{paragraphs}\n</article></main>"
        "<footer>Part of the sample newsroom of watcher. Invented.</footer></body></html>\n"
    ).encode()


def write_notice(title: str, sentence: str) -> bytes:
    """Return a small web page with one sentence: what stands where a feed or an article should be."""
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title></head>'
        f"<body><h1>{escape(title)}</h1><p>{escape(sentence)}</p></body></html>\n"
    ).encode()


def _rss_item(item: Item, link: Link) -> str:
    return (
        f"<item><title>{escape(item.title)}</title><link>{escape(link(item))}</link>"
        f'<guid isPermaLink="false">{escape(item.id)}</guid><pubDate>{format_datetime(item.published, usegmt=True)}</pubDate>'
        f"<description>{escape(_markup(item.text))}</description></item>\n"
    )


def _search_item(item: Item, link: Link) -> str:
    """As news searches print them: the outlet after the title and in `source`, the description only a link."""
    assert item.found is not None
    headline, outlet = item.title.rsplit(" - ", 1)
    description = f'<a href="{escape(link(item))}">{escape(headline)}</a>&nbsp;&nbsp;<font color="#6f6f6f">{escape(outlet)}</font>'
    return (
        f"<item><title>{escape(item.title)}</title><link>{escape(link(item))}</link>"
        f'<guid isPermaLink="false">{escape(item.id)}</guid><pubDate>{format_datetime(item.published, usegmt=True)}</pubDate>'
        f"<description>{escape(description)}</description>"
        f'<source url="https://{item.found.outlet}.example">{escape(outlet)}</source></item>\n'
    )


def _atom(outlet: Outlet, items: Sequence[Item], address: str, link: Link) -> bytes:
    updated = max((item.published for item in items), default=None)
    entries = "".join(
        f'<entry><id>{escape(item.id)}</id><title>{escape(item.title)}</title><link rel="alternate" href="{escape(link(item))}"/>'
        f"<published>{item.published.isoformat()}</published><updated>{item.published.isoformat()}</updated>"
        f'<summary type="html">{escape(_markup(item.text))}</summary></entry>\n'
        for item in items
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{outlet.language}">'
        f'<id>tag:{outlet.name}.example,2020:feed</id><title>{escape(outlet.title)}</title><link rel="self" href="{address}"/>'
        f"<updated>{updated.isoformat() if updated else '2020-01-01T00:00:00+00:00'}</updated>"
        f"<author><name>{escape(outlet.title)}</name></author>{entries}</feed>\n"
    ).encode()


def _markup(text: str) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in text.splitlines())
