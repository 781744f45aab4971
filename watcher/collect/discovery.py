"""Home page -> the feeds of a site: what it links as its feeds, else the usual places.

For a person who adds a source; nothing is stored, and no feed is read here, only recognised by its first bytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser

from watcher.errors import FetchError
from watcher.net import Answer, Client
from watcher.page import clip, to_text
from watcher.urls import join_url

# Where the common systems for news sites put their feed.
PLACES = ("/feed/", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json")
_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json", "application/xml", "text/xml")
_LOOKS_LIKE_FEED = re.compile(rb"<(?:rss|feed|rdf:RDF|channel)\b|\"version\"\s*:\s*\"https?://jsonfeed\.org", re.IGNORECASE)
_FEED_TITLE = re.compile(r"<title[^>]{0,200}>(.{1,500}?)</title>", re.IGNORECASE | re.DOTALL)
_HEAD = 4_096  # bytes in which a feed shows what it is
_PAGE = 1 << 20  # bytes of a home page that are looked at; feeds are linked in its head
_MOST = 20  # feeds of one site


@dataclass(frozen=True, slots=True)
class Found:
    """A feed of a site, with the title that the site gives it."""

    url: str
    title: str


async def discover(url: str, client: Client, *, allow_private: bool = False) -> list[Found]:
    """Return the feeds of the site at `url`, `url` itself where it is one; empty where none is found.

    Raises FetchError where the site cannot be asked.
    """
    answer = await client.get(url, allow_private=allow_private)
    if answer.status != 200:
        raise FetchError(url, f"{answer.status}, no page to look for feeds on", kind="status", status=answer.status)
    if _is_feed(answer):
        return [Found(answer.url, _title(answer))]
    reader = _Links()
    reader.feed(answer.body[:_PAGE].decode("utf-8", "replace"))
    links = ((join_url(answer.url, href), clip(to_text(title), 200)) for href, title in reader.found)
    found = {link: Found(link, title) for link, title in links if link}
    if found:
        return list(found.values())[:_MOST]
    return await _usual_places(answer.url, client, allow_private)


async def _usual_places(url: str, client: Client, allow_private: bool) -> list[Found]:
    for place in PLACES:
        try:
            answer = await client.get(join_url(url, place), allow_private=allow_private)
        except FetchError:
            continue
        if answer.status == 200 and _is_feed(answer):
            return [Found(answer.url, _title(answer))]
    return []


def _is_feed(answer: Answer) -> bool:
    return _LOOKS_LIKE_FEED.search(answer.body[:_HEAD]) is not None


def _title(answer: Answer) -> str:
    found = _FEED_TITLE.search(answer.body[:_HEAD].decode("utf-8", "replace"))
    return clip(to_text(found[1].replace("<![CDATA[", "").replace("]]>", "")), 200) if found else ""


class _Links(HTMLParser):
    """Collects `<link rel="alternate" type="application/rss+xml">`."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a link to a feed."""
        given = {name: value or "" for name, value in attrs}
        if tag == "link" and "alternate" in given.get("rel", "").lower().split() and given.get("type", "").lower() in _TYPES:
            self.found.append((given.get("href", ""), given.get("title", "")))
