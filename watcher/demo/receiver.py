"""POST on 127.0.0.1 -> Post: a stand-in for Slack's webhook and for any system behind a webhook.

It keeps what it gets and answers as they do; it checks nothing and sends nothing on.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

LARGEST = 1024 * 1024  # bytes of one post; ours are far smaller


@dataclass(frozen=True, slots=True)
class Post:
    """One received post, byte for byte; header names as `Webhook-Id`."""

    path: str
    headers: Mapping[str, str]
    body: bytes


class Receiver:
    """A running receiver, to be used as a context. `slack_url` and `webhook_url` are what channels are given."""

    def __init__(self) -> None:
        self.posts: list[Post] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self.posts))
        self._server.daemon_threads = True
        base = f"http://127.0.0.1:{self._server.server_port}"
        self.slack_url, self.webhook_url = f"{base}/slack", f"{base}/webhook"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), name="receiver", daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def at(self, url: str) -> list[Post]:
        """Return what came to one of the two addresses, in order."""
        return [post for post in self.posts if url.endswith(post.path)]


def _handler(posts: list[Post]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 10  # seconds a kept connection may stand still

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            if not 0 < length <= LARGEST:
                self.close_connection = True
                self._say(413, b"too large")
                return
            posts.append(Post(self.path, {name.title(): value for name, value in self.headers.items()}, self.rfile.read(length)))
            self._say(200, b"ok")  # Slack's own answer to an accepted post

        def _say(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the demo's own lines are the story."""

    return Handler
