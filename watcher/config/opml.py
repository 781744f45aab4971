"""OPML <-> feeds: the lists that feed readers exchange.

A language travels as the OPML category `/language/km`. Nothing is fetched, and nothing is added to a file here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from watcher.config.feeds import title_from
from watcher.config.settings import FeedConfig
from watcher.config.values import check_language
from watcher.errors import UsageError

_LANGUAGE = "language"  # the category under which a language stands


def import_opml(text: str, *, allow_private: bool = False) -> tuple[FeedConfig, ...]:
    """Return the feeds of a list, in its order; raises UsageError when there is none in it.

    `allow_private` is given to each: their servers may stand on the own network.
    """
    content = text.lstrip("\ufeff \t\r\n")
    if not content.startswith("<"):  # listparser would take a bare address for one to be fetched
        raise UsageError("this is no OPML file: it does not start with <; export the list once more from the feed reader")
    import listparser  # here: it brings an HTTP library along, and only this function needs it

    found = listparser.parse(content.encode("utf-8", "replace"))
    feeds = tuple(_feed(each, allow_private) for each in found["feeds"] if each.get("url"))
    if not feeds:
        raise UsageError('there is no feed in this file; an OPML list has a line <outline type="rss" xmlUrl="..."/> for each')
    return feeds


def export_opml(feeds: Iterable[FeedConfig], *, title: str = "Feeds of watcher") -> str:
    """Return an OPML 2.0 document of the feeds; those that are turned off are left out."""
    root = Element("opml", version="2.0")
    SubElement(SubElement(root, "head"), "title").text = title
    body = SubElement(root, "body")
    for feed in feeds:
        if feed.enabled == "no":
            continue
        outline = {"type": "rss", "text": feed.title, "title": feed.title, "xmlUrl": feed.url}
        if feed.language:
            outline |= {"language": feed.language, "category": f"/{_LANGUAGE}/{feed.language}"}
        SubElement(body, "outline", outline)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _feed(found: Any, allow_private: bool) -> FeedConfig:
    url = str(found["url"]).strip()
    title = str(found.get("title") or "").strip() or title_from(url)
    return FeedConfig(url=url, title=title, language=_language(found.get("categories") or []), allow_private=allow_private)


def _language(categories: list[list[str]]) -> str | None:
    for category in categories:
        if len(category) == 2 and category[0] == _LANGUAGE:
            try:
                return check_language(category[1])
            except ValueError:
                return None
    return None
