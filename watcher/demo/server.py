"""Sample -> HTTP on 127.0.0.1: feeds with validators, 304 and gzip, articles, robots.txt, and a few bad answers.

What is printed comes from `sample.py` and `pages.py`. Nothing here is read by the service.
"""

from __future__ import annotations

import gzip
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from watcher.demo.pages import write_article, write_feed, write_notice
from watcher.demo.sample import Item, Outlet, load_sample

_ROBOTS = b"User-agent: *\nDisallow: /members/\n"
_NAMES = ".example"  # the end of names that nobody owns (RFC 2606)
_HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that the newsroom got, and the status it answered with."""

    path: str
    headers: Mapping[str, str]
    status: int


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    gzip: bool = False


class Newsroom:
    """A running newsroom, to be used as a context.

    `base` is its address; `poll_number` says which entries are out (1 or 2) and may be changed at any time;
    `asked` holds every request so far. `now` (aware) dates the entries. Each outlet has its folder below `base`; with
    `named` its own name instead (`http://ben-song.example:PORT`), for a client that is told where those names are.
    """

    def __init__(self, now: datetime, *, poll_number: int = 1, named: bool = False) -> None:
        self.sample = load_sample(now)
        self.poll_number = poll_number
        self.asked: list[Asked] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._named = named
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        self._outlets = {outlet.name: outlet for outlet in self.sample.outlets}
        self._items = {item.key: item for item in reversed(self.sample.items)}

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), name="newsroom", daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def feed_url(self, outlet: Outlet) -> str:
        """Return the address that a rules file would have for the outlet."""
        return f"{self.site(outlet.name)}/feed.xml"

    def site(self, name: str) -> str:
        """Return the address under which this server is the outlet of that name."""
        return f"http://{name}{_NAMES}:{self._server.server_port}" if self._named else f"{self.base}/{name}"

    def path(self, asked: str, host: str) -> str:
        """Return the path below `base` of what was asked for under a host's name."""
        name = host.partition(":")[0].removesuffix(_NAMES)
        return f"/{name}{asked}" if name in self._outlets and asked != "/robots.txt" else asked

    def link(self, item: Item) -> str:
        """Return where an item leads: to this server where it holds the article, else to a name nobody owns."""
        home, path = f"https://{item.outlet}.example", f"news/{item.slug}"
        if item.found:
            return f"{self.site(item.outlet)}/articles/{item.slug}"
        if item.link:
            return item.link.format(home=home, path=path)
        return f"{self.site(item.outlet)}/{path}" if item.page else f"{home}/{path}"

    def answer(self, path: str) -> _Answer:
        """Return what `path` answers now; conditions and encodings are the handler's."""
        if path == "/robots.txt":
            return _Answer(200, _ROBOTS, {"Content-Type": "text/plain; charset=utf-8"})
        name, _, rest = path.lstrip("/").partition("/")
        outlet = self._outlets.get(name)
        if outlet is None:
            return _notice(404, "Not found", "There is no such page.")
        if rest in ("feed.xml", "new/feed.xml"):
            return self._feed(outlet, moved=rest.startswith("new/"))
        item = self._items.get(f"{name}/{rest.rpartition('/')[2]}")
        if item is None or item.poll > self.poll_number:
            return _notice(404, "Not found", "There is no such page.")
        return self._search_link(item.found) if item.found else _article(item, outlet)

    def _feed(self, outlet: Outlet, *, moved: bool) -> _Answer:
        if outlet.answer == "forbidden":
            return _notice(403, "Forbidden", "Readers from your address are not served.")
        if outlet.answer == "page":
            return _notice(200, outlet.title, "Our feed has closed. Please read our web site.")
        address = f"{self.site(outlet.name)}/new/feed.xml"
        if outlet.answer == "moved" and not moved:
            return _Answer(301, b"", {"Location": address, "Content-Type": _HTML})
        items = [item for item in self.sample.items if item.outlet == outlet.name and item.poll <= self.poll_number]
        body = write_feed(outlet, items, address if moved else self.feed_url(outlet), self.link)
        headers = {"Content-Type": "application/atom+xml" if outlet.format == "atom" else "application/rss+xml; charset=utf-8"}
        if outlet.validator == "etag":
            headers["ETag"] = f'"{sha256(body).hexdigest()[:16]}"'
        elif items:
            headers["Last-Modified"] = format_datetime(max(item.published for item in items), usegmt=True)
        return _Answer(200, body, headers, gzip=outlet.gzip)

    def _search_link(self, found: Item) -> _Answer:
        """A search's own address: a plain redirect where the article is served here, else a page that only a browser follows."""
        target = self.link(found)
        if target.startswith(self.site(found.outlet)):
            return _Answer(302, b"", {"Location": target, "Content-Type": _HTML})
        return _notice(200, "News search", "Opening the article needs JavaScript.")


def _article(item: Item, outlet: Outlet) -> _Answer:
    if item.page_status != 200:
        return _notice(item.page_status, outlet.title, "This article is for subscribers.")
    return _Answer(200, write_article(item, outlet.language), {"Content-Type": _HTML})


def _notice(status: int, title: str, sentence: str) -> _Answer:
    return _Answer(status, write_notice(title, sentence), {"Content-Type": _HTML})


def _unchanged(headers: Mapping[str, str], asked: Mapping[str, str]) -> bool:
    """Whether the asker already has this answer (RFC 9110, section 13: the ETag decides where there is one)."""
    if "If-None-Match" in asked:
        return "ETag" in headers and headers["ETag"] in asked["If-None-Match"]
    return "Last-Modified" in headers and asked.get("If-Modified-Since") == headers["Last-Modified"]


def _handler(newsroom: Newsroom) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # connections are kept, as with real outlets
        timeout = 10  # seconds a kept connection may stand still

        def do_GET(self) -> None:
            answer = newsroom.answer(newsroom.path(self.path.partition("?")[0], self.headers.get("Host", "")))
            asked = {name.title(): value for name, value in self.headers.items()}
            if answer.status == 200 and _unchanged(answer.headers, asked):
                answer = _Answer(304, b"", answer.headers)
            newsroom.asked.append(Asked(self.path, asked, answer.status))
            self._send(answer, zipped=answer.gzip and "gzip" in asked.get("Accept-Encoding", ""))

        def _send(self, answer: _Answer, *, zipped: bool) -> None:
            body = gzip.compress(answer.body, mtime=0) if zipped else answer.body
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if zipped:
                self.send_header("Content-Encoding", "gzip")
            if answer.status != 304:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the demo's own lines are the story."""

    return Handler
