"""A feed server's answers, and feeds to serve and to poll."""

from __future__ import annotations

from email.message import Message
from http.server import BaseHTTPRequestHandler

from watcher.model import Feed


class FeedServer:
    """Say what a path answers, then look at what was asked."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[tuple[str, Message]] = []
        self._answers: dict[str, tuple[int, bytes, dict[str, str]]] = {}

    def serve(self, path: str, body: bytes = b"", status: int = 200, **headers: str) -> str:
        """Answer `path` from now on; a header's underscores become hyphens. Returns the URL."""
        self._answers[path] = (status, body, {name.replace("_", "-"): value for name, value in headers.items()})
        return self.url + path

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Answer with 304 where the request's validators are those of the answer."""
        self.asked.append((request.path, request.headers))
        status, body, headers = self._answers.get(request.path, (404, b"", {}))
        same_tag = "ETag" in headers and request.headers.get("If-None-Match") == headers["ETag"]
        if status == 200 and same_tag:
            status, body = 304, b""
        request.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)


def a_feed(url: str, **fields: object) -> Feed:
    """A feed on loopback, as the database would know it."""
    return Feed(**{"id": 1, "url": url, "title": "News Example", "allow_private": True, **fields})  # type: ignore[arg-type]


def item(number: int, title: str = "", extra: str = "", *, text: str = "Police sent them home.") -> str:
    """One RSS item."""
    title = title or f"Story {number}"
    return (
        f"<item><title>{title}</title><link>https://news.example/{number}</link><guid>id-{number}</guid>"
        f"<description>{text}</description><pubDate>Wed, 08 Nov 2023 10:00:00 +0700</pubDate>{extra}</item>"
    )


def rss(*items: str, head: str = "") -> bytes:
    """A feed of RSS items."""
    start = '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
    return f"{start}<title>News Example</title><link>https://news.example/</link>{head}{''.join(items)}</channel></rss>".encode()
