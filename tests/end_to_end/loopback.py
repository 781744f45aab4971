"""Servers on loopback, port 0: a newsroom whose feeds grow, a mail server, and receivers of posts that can refuse."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import format_datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from xml.sax.saxutils import escape

from aiosmtpd.smtp import SMTP, Envelope, Session


class _Quiet(ThreadingHTTPServer):
    """Says nothing of links that break: a killed service breaks them."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None: ...


@dataclass(frozen=True)
class Item:
    """One item of a feed; its page is served too when `page` holds a text."""

    name: str
    title: str
    text: str
    days_ago: float = 0.0
    page: str = ""


@dataclass(frozen=True)
class Asked:
    path: str
    headers: Mapping[str, str]
    status: int


class FeedServer:
    """A newsroom: `add` puts items into /feed.xml (with ETag and 304) at any time; pages of items are served beside it."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.asked: list[Asked] = []
        self.robots = "User-agent: *\nDisallow: /closed/\n"
        self.hold: threading.Event | None = None  # while it is not set, the feed gives no answer
        self.forbidden: set[str] = set()
        self._server = _Quiet(("127.0.0.1", 0), _news_handler(self))
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        self.feed = f"{self.base}/feed.xml"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.hold is not None:
            self.hold.set()
        self._server.shutdown()
        self._server.server_close()

    def add(self, *items: Item) -> None:
        self.items = [*items, *self.items]

    def change(self, item: Item) -> None:
        self.items = [item if one.name == item.name else one for one in self.items]

    def link(self, item: Item) -> str:
        return f"{self.base}/news/{item.name}"

    def polls(self, status: int | None = None) -> int:
        return sum(one.path == "/feed.xml" and status in (None, one.status) for one in self.asked)

    def asked_for(self, path: str) -> int:
        return sum(one.path == path for one in self.asked)

    def answer(self, path: str) -> tuple[int, str, bytes]:
        """(status, type, body) of a path."""
        if path == "/feed.xml":
            if (hold := self.hold) is not None:
                hold.wait(60)
            return 200, "application/rss+xml; charset=utf-8", self._rss()
        if path == "/robots.txt":
            return 200, "text/plain", self.robots.encode()
        item = next((one for one in self.items if path == f"/news/{one.name}"), None)
        if item is None or not item.page:
            return 404, "text/html", b"<p>There is no such page."
        if item.name in self.forbidden:
            return 403, "text/html", b"<p>For subscribers."
        paragraphs = "".join(f"<p>{escape(part)}</p>" for part in item.page.split("\n"))
        page = f"<!doctype html><html lang=en><head><title>{escape(item.title)}</title></head><body><article><h1>{escape(item.title)}</h1>{paragraphs}</article></body></html>"
        return 200, "text/html; charset=utf-8", page.encode()

    def _rss(self) -> bytes:
        items = "".join(
            f"<item><guid isPermaLink='false'>{one.name}</guid><link>{self.link(one)}</link><title>{escape(one.title)}</title>"
            f"<description>{escape(one.text)}</description><pubDate>{_printed(one)}</pubDate></item>"
            for one in self.items
        )
        head = f"<title>Mekong Courier</title><link>{self.base}</link><description>News</description><language>en</language>"
        return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


_STARTED = datetime.now(UTC)


def _printed(item: Item) -> str:
    return format_datetime(_STARTED - timedelta(days=item.days_ago), usegmt=True)


def _news_handler(newsroom: FeedServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 10

        def do_GET(self) -> None:
            status, kind, body = newsroom.answer(self.path)
            etag = f'"{sha256(body).hexdigest()[:16]}"'
            if status == 200 and self.headers.get("If-None-Match") == etag:
                status, body = 304, b""
            newsroom.asked.append(Asked(self.path, dict(self.headers.items()), status))
            self.send_response(status)
            self.send_header("ETag", etag)
            self.send_header("Content-Type", kind)
            if status != 304:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    return Handler


@dataclass(frozen=True)
class Post:
    headers: Mapping[str, str]
    body: bytes
    status: int


class Receiver:
    """What posts are sent to: Slack, or another system. `refusals` are given first, one a post: (status, headers)."""

    def __init__(self, *, yes: bytes) -> None:
        self.yes = yes
        self.refusals: list[tuple[int, dict[str, str]]] = []
        self.posts: list[Post] = []
        self.hold: threading.Event | None = None  # while it is not set, posts get no answer
        self._server = _Quiet(("127.0.0.1", 0), _post_handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook/secret-of-this-address"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def accepted(self) -> list[Post]:
        return [post for post in self.posts if post.status == 200]


def _post_handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 10

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if receiver.hold is not None:
                receiver.posts.append(Post({}, body, 0))
                receiver.hold.wait(60)
                return
            status, headers = receiver.refusals.pop(0) if receiver.refusals else (200, {})
            receiver.posts.append(Post({name.lower(): value for name, value in self.headers.items()}, body, status))
            answer = receiver.yes if status == 200 else b"later"
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(answer))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None: ...

    return Handler


@dataclass
class MailServer:
    """A real SMTP server (aiosmtpd). `refusals` answer the next mails, after their text; then mails are taken."""

    mails: list[tuple[str, EmailMessage]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    port: int = 0
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        recipient = envelope.rcpt_tos[0]
        if self.refusals:
            self.refused.append(recipient)
            return self.refusals.pop(0)
        assert isinstance(envelope.content, bytes)
        message: Any = message_from_bytes(envelope.content, policy=default)
        self.mails.append((recipient, message))
        return "250 kept"

    def to(self, recipient: str) -> list[EmailMessage]:
        return [message for to, message in self.mails if to == recipient]

    def __enter__(self) -> Self:
        ready = threading.Event()

        async def start() -> None:
            server = await self._loop.create_server(lambda: SMTP(self, hostname="mail.test", enable_SMTPUTF8=True), "127.0.0.1", 0)
            self.port = server.sockets[0].getsockname()[1]
            ready.set()

        def run() -> None:
            asyncio.set_event_loop(self._loop)
            self._loop.create_task(start())
            self._loop.run_forever()

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()
        assert ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)


def plain(message: EmailMessage) -> str:
    """The text part, as a person without HTML reads it."""
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def sections(post: Post) -> list[str]:
    """The paragraphs of a Slack message."""
    return [block["text"]["text"] for block in json.loads(post.body)["blocks"] if block["type"] == "section"]


@contextmanager
def held(server: FeedServer | Receiver) -> Iterator[None]:
    """While inside, the server accepts connections and gives no answer."""
    server.hold = hold = threading.Event()
    try:
        yield
    finally:
        server.hold = None
        hold.set()
