"""A feed's answer -> the addresses of its older pages, one after the other. Knows how feeds link back; parses no item, stores nothing.

Three ways, in this order: archived feeds (RFC 5005 section 4, `rel="prev-archive"`), paged feeds (section 3, `rel="next"`: of a feed that
means OLDER items; JSON Feed says `next_url`), and WordPress, which links nothing but answers `?paged=2`. The way that leads to the
first older page is kept to the end.

A page is hostile until proved otherwise. A link may lead to the feed's own host only, a page that was there before or that shows nothing that
the pages before did not have ends the walk, and so does the limit of pages; the client refuses private addresses.

Sources: RFC 5005; JSON Feed 1.1; WordPress, "Template Tags/Feeds" (`paged`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from watcher.errors import FetchError
from watcher.net import Answer, Client
from watcher.urls import host_of, join_url

MOST_PAGES = 20  # of one feed at a time; a feed of ten items and thirty news a day needs nine for three days
_AROUND = 262_144  # bytes before the first item and behind the last in which a feed says something of itself
_LONGEST = 2_000  # characters of an address
_ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"
_FIRST_ITEM = re.compile(rb"<(?:item|entry)(?=[\s/>])")
_LAST_ITEM = re.compile(rb"</(?:item|entry)\s*>")
_LINK = re.compile(rb"<(?:[A-Za-z][\w.-]{0,30}:)?link\s([^<>]{1,4000})>")
_ATTRIBUTE = re.compile(r"\b(rel|href)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_NEXT_URL = re.compile(rb'(?<!\\)"next_url"\s*:\s*"((?:[^"\\\x00-\x1f]|\\.){1,4000})"')
_WORDPRESS = re.compile(rb"<generator[^<>]{0,200}>[^<]{0,200}wordpress", re.IGNORECASE)
_FEED_PATH = re.compile(r"/feed/?$")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_REGISTERED = "http://www.iana.org/assignments/relation/"  # RFC 4287 lets a relation be written as an address, too


@dataclass(frozen=True, slots=True)
class OlderPage:
    """One page as it came: `url` is where it was really read from; `charset` what its header says, for whoever parses it."""

    url: str
    body: bytes
    body_hash: bytes
    charset: str | None


async def fetch_page(url: str, client: Client, *, allow_private: bool = False) -> OlderPage:
    """Ask for one page. Raises FetchError for no answer, and for every status but 200 and 203 (`.status` has it)."""
    answer: Answer = await client.get(url, headers={"Accept": _ACCEPT}, allow_private=allow_private)
    if answer.status not in (200, 203):
        raise FetchError(url, f"{answer.status}, no older page", kind="status", status=answer.status)
    charset = _CHARSET.search(answer.headers.get("content-type", ""))
    return OlderPage(answer.url, answer.body, answer.wire_hash, charset[1] if charset else None)


class Trail:
    """The way back from a feed's first page. Ask `next_address`, fetch and parse it, hand it to `came`; stop when there is no next one.

    `end` says in words why there is none. `pages` older ones at most.
    """

    def __init__(self, first: OlderPage, keys: Iterable[str], pages: int = MOST_PAGES) -> None:
        self.end = ""
        self.asked = 0
        self._home = first.url
        self._left = pages
        self._seen_pages, self._seen_keys, self._seen_addresses = {first.body_hash}, set(keys), {first.url}
        self._way, self._following = _first_step(first)
        if not self._following:
            self.end = "it links no older pages"

    def next_address(self) -> str | None:
        """Return the next older page, None where the trail ends."""
        if self.end:
            return None
        address = _at_home(self._following, self._home)
        if not address:
            self.stop(f"its older pages lead to another host ({host_of(self._following) or 'no address'}), where nothing is asked")
        elif address in self._seen_addresses:
            self.stop("its older pages lead back to one that was read already")
        elif self.asked >= self._left:
            self.stop(f"its older pages did not reach back far enough in {self._left} pages")
        if self.end:
            return None
        self._seen_addresses.add(address)
        self.asked += 1
        return address

    def came(self, page: OlderPage, keys: Iterable[str]) -> bool:
        """Take the page that was asked for, with the ids of its items; False where it shows nothing older, which ends the trail."""
        fresh = set(keys) - self._seen_keys
        if not _at_home(page.url, self._home):
            self.stop(f"an older page was redirected to another host ({host_of(page.url)})")
            return False
        if page.body_hash in self._seen_pages or not fresh:
            said = (
                "it answers older pages with the same items"
                if self.asked == 1
                else "its older pages lead back to items that were read already"
            )
            self.stop(said)
            return False
        self._seen_pages.add(page.body_hash)
        self._seen_keys |= fresh
        self._following = _next_step(self._way, page)
        if not self._following:
            self.stop("its older pages end without reaching back far enough")
        return True

    def broke(self, error: FetchError) -> None:
        """Take it that the page that was asked for is not there."""
        if self._way == "wordpress" and error.status in (400, 404):
            self.stop("it has no older pages" if self.asked == 1 else "its older pages end without reaching back far enough")
        else:
            self.stop(f"an older page could not be read: {error.problem}")

    def stop(self, why: str) -> None:
        """End the trail; the first reason stays."""
        self.end = self.end or why


def links(body: bytes) -> dict[str, str]:
    """Return what a feed says of pages: `prev-archive` and `next`, each as printed. Looked for around the items, never inside them."""
    first = _FIRST_ITEM.search(body)
    *_, last = [None, *_LAST_ITEM.finditer(body, max(0, len(body) - _AROUND))]
    head = body[: min(first.start() if first else len(body), _AROUND)]
    tail = body[last.end() :] if last else b""
    found: dict[str, str] = {}
    for link in _LINK.finditer(head + tail):
        given = {
            name.lower(): unescape(double or single) for name, double, single in _ATTRIBUTE.findall(link[1].decode("utf-8", "replace"))
        }
        for relation in given.get("rel", "").lower().split():
            name = relation.removeprefix(_REGISTERED)
            if name in ("prev-archive", "next") and given.get("href"):
                found.setdefault(name, given["href"].strip())
    if body.lstrip()[:1] == b"{" and (printed := _NEXT_URL.search(body)):
        found.setdefault("next", printed[1].decode("utf-8", "replace").replace("\\/", "/"))
    return found


def looks_like_wordpress(page: OlderPage) -> bool:
    """Say whether a feed is WordPress's: it says so, or stands where WordPress puts it."""
    return _WORDPRESS.search(page.body[:_AROUND]) is not None or _FEED_PATH.search(urlsplit(page.url).path) is not None


def _first_step(page: OlderPage) -> tuple[str, str]:
    """(way, first older address); the address is "" where there is no way."""
    said = links(page.body)
    for way in ("prev-archive", "next"):
        address = join_url(page.url, said.get(way, ""))
        if address and _at_home(address, page.url):
            return way, address
    if looks_like_wordpress(page):
        return "wordpress", _paged(page.url)
    strange = next((join_url(page.url, said[way]) for way in ("prev-archive", "next") if way in said), "")
    return "next", strange


def _next_step(way: str, page: OlderPage) -> str:
    if way == "wordpress":
        return _paged(page.url)
    return join_url(page.url, links(page.body).get(way, ""))


def _paged(url: str) -> str:
    """The same address one WordPress page further back; "" where its number is none."""
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    number = next((value for name, value in query if name == "paged"), "1")
    if not (number.isascii() and number.isdigit() and len(number) < 6):
        return ""
    rest = [(name, value) for name, value in query if name != "paged"]
    return urlunsplit(parts._replace(query=urlencode([*rest, ("paged", str(int(number) + 1))], quote_via=quote), fragment=""))


def _at_home(address: str, home: str) -> str:
    """The address where it is one of the feed's own host and port, by https where the feed is; "" where it is not.

    With and without `www.` is one host. Behind a proxy many sites print http links to themselves.
    """
    if not address or len(address) > _LONGEST or _host(address) != _host(home):
        return ""
    there, here = urlsplit(address), urlsplit(home)
    if (there.scheme, here.scheme) == ("http", "https"):
        there = there._replace(scheme="https", netloc=here.netloc if there.port == 80 else there.netloc)
    if _port(there.scheme, there.port) != _port(here.scheme, here.port):
        return ""
    return urlunsplit(there._replace(fragment=""))


def _host(url: str) -> str:
    return host_of(url).removeprefix("www.")


def _port(scheme: str, port: int | None) -> int:
    return port or (443 if scheme == "https" else 80)
