"""A news site on loopback whose feed shows only its newest items, with older pages in one way or another, or in a hostile one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

SHOWN = 5  # items in the feed and on each older page


@dataclass(frozen=True)
class News:
    """One item; `published` None prints no date."""

    name: str
    title: str
    text: str
    published: datetime | None


def deported(name: str, count: int, people: str, published: datetime | None) -> News:
    """A report that the rules match; each group of people has a number and a nationality of its own."""
    return News(
        name,
        f"Cambodia: {count} {people} deported over online scam",
        f"Cambodia's police deported {count} {people} who had worked in an online scam in Poipet.",
        published,
    )


def noise(name: str, published: datetime | None) -> News:
    return News(name, f"Hotels expect guests, part {name}", f"Guest houses in Siem Reap are full ({name}).", published)


def noises(prefix: str, count: int, newest: datetime, step: timedelta = timedelta(hours=2)) -> list[News]:
    """So much other news, newest first."""
    return [noise(f"{prefix}-{number}", newest - number * step) for number in range(count)]


@dataclass
class Site:
    """`news` newest first. `way`: none, archive, paged, wordpress, or a hostile one; see `_linked`."""

    way: str = "none"
    news: list[News] = field(default_factory=list)
    base: str = ""
    asked: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    broken: dict[str, int] = field(default_factory=dict)  # path with query -> status instead
    hold: dict[str, threading.Event] = field(default_factory=dict)  # path with query -> no answer before this is set
    shown: int = SHOWN
    elsewhere: str = ""  # where a hostile link leads

    @property
    def feed(self) -> str:
        return f"{self.base}/feed/" if self.way in ("wordpress", "same") else f"{self.base}/news.xml"

    def add(self, *news: News) -> None:
        self.news = [*news, *self.news]

    def answer(self, path: str, query: dict[str, list[str]]) -> tuple[int, bytes]:
        number = int((query.get("page") or query.get("paged") or ["1"])[0])
        if path == "/search":
            return 200, self._search(query["q"][0])
        if path not in ("/news.xml", "/feed/"):
            return 404, b"nothing here"
        if self.way in ("none", "same"):
            number = 1
        if self.way == "endless":
            return 200, self._endless(number)
        start = (number - 1) * self.shown
        items = self.news[start : start + self.shown]
        if not items and number > 1:
            return 404, b"no such page"
        more = start + self.shown < len(self.news)
        return 200, rss(items, self.base, self._linked(number, more=more), wordpress=self.way == "wordpress")

    def _linked(self, number: int, *, more: bool) -> str:
        """What the feed says of older pages."""
        if self.way in ("archive", "paged") and more:
            relation = "prev-archive" if self.way == "archive" else "next"
            return f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="{relation}" href="{self.base}/news.xml?page={number + 1}"/>'
        if self.way == "loop":
            return f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="next" href="{self.base}/news.xml?page={2 if number == 1 else 1}"/>'
        if self.way == "elsewhere":
            return f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="next" href="{self.elsewhere}"/>'
        return ""

    def _endless(self, number: int) -> bytes:
        """Always new items of today, and always one more page."""
        newest = max(one.published for one in self.news if one.published)
        shown = self.news[: self.shown] if number == 1 else noises(f"made-up-{number}", self.shown, newest)
        link = f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="next" href="{self.base}/news.xml?page={number + 1}"/>'
        return rss(shown, self.base, link)

    def _search(self, words: str) -> bytes:
        """As Google News answers: `after:` and `before:` with a day bound what is found; `when:2d` finds nothing here."""
        bounds = dict(word.split(":", 1) for word in words.split() if word.startswith(("after:", "before:")))
        if not bounds:
            return rss([], self.base)
        return rss(
            [one for one in self.news if one.published and bounds["after"] <= f"{one.published:%Y-%m-%d}" < bounds["before"]], self.base
        )


def rss(items: list[News], base: str, head: str = "", *, wordpress: bool = False) -> bytes:
    generator = "<generator>https://wordpress.org/?v=6.4</generator>" if wordpress else ""
    rows = "".join(
        f"<item><guid isPermaLink='false'>{one.name}</guid><link>{base}/{one.name}</link><title>{one.title}</title>"
        f"<description>{one.text}</description>"
        + (f"<pubDate>{format_datetime(one.published, usegmt=True)}</pubDate>" if one.published else "")
        + "</item>"
        for one in items
    )
    title = "<title>Courier</title><link>https://courier.test</link><description>News</description>"
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{title}{generator}{head}{rows}</channel></rss>'.encode()


@contextmanager
def served(way: str, **more: object) -> Iterator[Site]:
    """The site, on a free port of loopback."""
    site = Site(way, **more)  # type: ignore[arg-type]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 10

        def do_GET(self) -> None:
            import time

            site.asked.append(self.path)
            site.times.append(time.monotonic())
            if self.path in site.hold:
                site.hold[self.path].wait(30)
            parts = urlsplit(self.path)
            status, body = site.answer(parts.path, parse_qs(parts.query))
            if self.path in site.broken:
                status, body = site.broken[self.path], b"broken"
            self.send_response(status)
            self.send_header("Content-Type", "application/rss+xml; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None: ...

    with Server(("127.0.0.1", 0), Handler) as server:
        site.base = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield site
        for held in site.hold.values():
            held.set()
        server.shutdown()


Serve = Callable[..., Site]
