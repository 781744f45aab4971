"""Body -> items, by a small lxml reader for what feedparser cannot read.

feedparser needs minutes for an item with 100,000 attributes or a long enough author, and raises over others; this reader takes title,
link, id, date and text of each item and nothing else, in a time that grows with the size. It resolves no entity, opens no file and asks
no network. What it reads is marked as a degraded parse by the caller.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from watcher.collect.entries import Item

_ITEMS = frozenset(("item", "entry"))
_FEEDS = frozenset(("rss", "rdf", "feed", "channel"))
_TEXTS = frozenset(("description", "summary", "encoded", "content", "subtitle"))
_DATES = frozenset(("pubdate", "published", "date", "updated", "issued", "modified", "created"))
_DATE_ORDER = ("pubdate", "published", "date", "issued", "created", "updated", "modified")
_IDS = frozenset(("guid", "id"))


@dataclass(slots=True)
class Found:
    """The items of a body and the title of its feed."""

    items: list[Item] = field(default_factory=list)
    title: str = ""
    language: str | None = None


def read(body: bytes, limit: int) -> Found | None:
    """Return at most `limit` items of `body` (clean UTF-8), or None where it is no feed at all."""
    parser = etree.XMLParser(
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.LxmlError:
        return None
    if root is None or _name(root) not in _FEEDS:
        return None
    found = Found(language=root.get("{http://www.w3.org/XML/1998/namespace}lang"))
    for element in root.iter():
        name = _name(element)
        if name in _ITEMS:
            found.items.append(_item(element))
            if len(found.items) == limit:
                break
        elif name == "title" and not found.title and not found.items:
            found.title = _text(element)
        elif name == "language" and not found.items:
            found.language = found.language or _text(element)
    return found


def _item(element: etree._Element) -> Item:
    item = Item()
    dates: dict[str, str] = {}
    for child in element:
        name = _name(child)
        if name == "title" and not item.title:
            item.title = _text(child)
        elif name == "link":
            _take_link(item, child)
        elif name in _IDS and not item.id:
            item.id = _text(child)
            if name == "guid" and child.get("isPermaLink", "true").lower() == "true" and not item.link:
                item.link = item.id
        elif name in _TEXTS:
            item.texts.append(_text(child))
        elif name in _DATES:
            dates.setdefault(name, _text(child))
        elif name == "source" and not item.outlet:
            item.outlet = _text(child)
    item.date = next((dates[name] for name in _DATE_ORDER if dates.get(name)), "")
    item.id = item.id or element.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about", "")
    return item


def _take_link(item: Item, element: etree._Element) -> None:
    """Take an RSS link's text or an Atom link's address; enclosures and the like are not the article."""
    href = element.get("href")
    if href is None:
        item.link = _text(element) or item.link
    elif element.get("rel", "alternate") == "alternate":
        item.link = item.link or href


def _text(element: etree._Element) -> str:
    return "".join(str(part) for part in element.itertext()).strip()


def _name(element: etree._Element) -> str:
    """Return an element's name without its namespace, in lower case; "" for an entity that was not resolved."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""
