"""Body -> items, for feeds about which no two readers could disagree; None for every other one.

feedparser needs 13 to 25 ms for a feed of 35 items, lxml under one. Most feeds are well-formed and use a dozen elements in one
way only; those are read here, and whatever has anything else goes to feedparser, whole: an unknown element beside the items' own, a
second title, markup inside a title, a base, a DOCTYPE, a date in words. What this reader takes it must read as feedparser does; a test
compares the two over public corpora. It resolves no entity, opens no file and asks no network.
"""

from __future__ import annotations

import re

from lxml import etree

from watcher.collect.entries import Item
from watcher.collect.second_reader import Found

_ATOM, _RSS1 = "{http://www.w3.org/2005/Atom}", "{http://purl.org/rss/1.0/}"
_RDF, _DC = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}", "{http://purl.org/dc/elements/1.1/}"
_ENCODED = "{http://purl.org/rss/1.0/modules/content/}encoded"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_ODD = (b"<!DOCTYPE", b"<!ENTITY", b"xml:base", b"xml:space")
# C1 controls, written out or as references, are Windows characters gone wrong; feedparser mends them.
_C1, _C1_REFERENCE = re.compile(rb"\xc2[\x80-\x9f]"), re.compile(rb"&#(?:0*1[2-5]\d|[xX]0*[89]\w);")
# Forms of dates that every reader reads alike: RFC 822 with a numeric zone or GMT, W3C-DTF with a zone.
_DATE = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d(?::\d\d)? (?:GMT|UTC|[+-]\d{4})"
    r"|\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)"
)
_UNREAD = frozenset(("category", "comments", "enclosure", "rights"))  # in the feed's own vocabulary
_PERSONS = frozenset(("author", "contributor"))  # these may hold name, uri and email
_PERSON_PARTS = frozenset(("name", "uri", "email"))
_UNREAD_DC = frozenset((f"{_DC}creator", f"{_DC}subject", f"{_DC}rights", f"{_DC}publisher"))
# Local names that mean something to feedparser in any namespace it knows; a foreign element called so is not ours to pass over.
_MEANING = frozenset(
    (
        "title",
        "link",
        "description",
        "summary",
        "content",
        "encoded",
        "guid",
        "id",
        "pubdate",
        "published",
        "date",
        "updated",
        "issued",
        "modified",
        "created",
        "source",
        "body",
        "fullitem",
        "abstract",
        "subtitle",
        "tagline",
        "info",
        "language",
        "base",
        "div",
        "prodlink",
    )
)


class _OddError(Exception):
    """Something that only feedparser should read."""


def read(body: bytes) -> Found | None:
    """Return the items of a plain feed (clean UTF-8), None where anything in it is not plain."""
    if any(mark in body for mark in _ODD) or _C1.search(body) or _C1_REFERENCE.search(body):
        return None
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True, encoding="utf-8"
    )
    try:
        root = etree.fromstring(body, parser)
        return _feed(root)
    except (etree.LxmlError, _OddError, ValueError):
        return None


def _feed(root: etree._Element) -> Found:
    if root.tag == "rss":
        channel = _only(root, "channel")
        items, own, holder = list(channel.iterchildren("item")), "", channel
    elif root.tag == f"{_RDF}RDF":
        items, own, holder = list(root.iterchildren(f"{_RSS1}item")), _RSS1, _only(root, f"{_RSS1}channel")
    elif root.tag == f"{_ATOM}feed":
        items, own, holder = list(root.iterchildren(f"{_ATOM}entry")), _ATOM, root
    else:
        raise _OddError
    if sum(1 for _ in root.iter(f"{own}item", f"{own}entry", "item", "entry")) != len(items):
        raise _OddError
    printed, tagged = _optional(holder, f"{own}language") or _optional(holder, f"{_DC}language"), root.get(_LANG)
    if printed and tagged:
        raise _OddError
    title = _optional(holder, f"{own}title")
    if not items or (not title and any(child.tag.endswith("}title") for child in holder)):
        raise _OddError
    take = _entry if own == _ATOM else _item
    return Found([take(item, own) for item in items], title, printed or tagged)


def _item(element: etree._Element, own: str) -> Item:
    """An item of RSS 2.0 or 1.0."""
    about = element.get(f"{_RDF}about", "")
    if element.attrib and (len(element.attrib) > 1 or not about):
        raise _OddError
    item = Item(id=about.strip())
    dates: dict[str, str] = {}
    seen: set[str] = set()
    for child in element:
        name = child.tag
        if name == f"{own}title":
            item.title = _once(child, seen)
        elif name == f"{own}link":
            item.link = _once(child, seen)
        elif name in (f"{own}description", _ENCODED):
            item.texts.append(_once(child, seen))
        elif name == f"{own}guid":
            _take_guid(item, child, seen)
        elif name in (f"{own}pubDate", f"{_DC}date"):
            dates[name] = _date(_once(child, seen))
        elif name == f"{own}source":
            item.outlet = _once(child, seen, allowed=("url",))
        else:
            _pass_over(child, own)
    item.date = dates.get(f"{own}pubDate") or dates.get(f"{_DC}date", "")
    return item


def _entry(element: etree._Element, own: str) -> Item:
    """An entry of Atom 1.0."""
    if element.attrib:
        raise _OddError
    item = Item()
    dates: dict[str, str] = {}
    seen: set[str] = set()
    for child in element:
        name = child.tag.removeprefix(own)
        if name in ("title", "summary", "content"):
            if child.get("type", "text") not in ("text", "html"):
                raise _OddError
            value = _once(child, seen, allowed=("type",))
            if name == "title":
                item.title = value
            else:
                item.texts.append(value)
        elif name == "id":
            item.id = _once(child, seen)
        elif name in ("published", "updated"):
            dates[name] = _date(_once(child, seen))
        elif name == "link":
            _take_atom_link(item, child)
        else:
            _pass_over(child, own)
    item.date = dates.get("published") or dates.get("updated", "")
    return item


def _take_guid(item: Item, element: etree._Element, seen: set[str]) -> None:
    """A guid that is also the link is plain only where both readers would take the same one."""
    value = _once(element, seen, allowed=("isPermaLink",))
    if element.get("isPermaLink") != "false" and not item.link:
        raise _OddError
    item.id = value


def _take_atom_link(item: Item, element: etree._Element) -> None:
    if len(element) or element.text:
        raise _OddError
    if element.get("rel", "alternate") == "alternate":
        if item.link or element.get("type", "text/html") != "text/html":
            raise _OddError
        item.link = element.get("href", "").strip()


def _pass_over(element: etree._Element, own: str) -> None:
    """Leave out what nothing here reads; whatever else may mean something is odd."""
    namespace, _, local = element.tag.rpartition("}")
    mine = (f"{namespace}}}" if namespace else "") == own
    if mine and local in _PERSONS and all(child.tag.removeprefix(own) in _PERSON_PARTS for child in element):
        return
    if len(element):
        raise _OddError
    if (mine and local in _UNREAD) or element.tag in _UNREAD_DC:
        return
    foreign = bool(namespace) and f"{namespace}}}" not in (own, _ATOM, _RSS1, _RDF, _DC)
    stripped = "search.yahoo.com/mrss" in namespace or "itunes" in namespace  # cut out before feedparser too
    if not foreign or (local.lower() in _MEANING and not stripped):
        raise _OddError


def _once(element: etree._Element, seen: set[str], *, allowed: tuple[str, ...] = ()) -> str:
    """The text of an element that stands once, holds no element and has no attribute that would change its meaning."""
    if element.tag in seen or len(element) or any(name not in allowed for name in element.attrib):
        raise _OddError
    seen.add(element.tag)
    return (element.text or "").strip()


def _date(printed: str) -> str:
    if printed and not _DATE.fullmatch(printed):
        raise _OddError
    return printed


def _only(element: etree._Element, name: str) -> etree._Element:
    found = list(element.iterchildren(name))
    if len(found) != 1:
        raise _OddError
    return found[0]


def _optional(element: etree._Element, name: str) -> str:
    found = list(element.iterchildren(name))
    if len(found) > 1 or (
        found and (len(found[0]) or found[0].get(_LANG) or found[0].get("type", "text") not in ("text", "html") or found[0].get("mode"))
    ):
        raise _OddError
    return (found[0].text or "").strip() if found else ""
