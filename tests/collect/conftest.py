"""A real feed server on loopback, and what the collect room needs to ask it."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from collect_feeds import FeedServer

from watcher.collect import Parsers
from watcher.collect.jobs import FeedJob
from watcher.net import Client


@pytest.fixture
def feed_server() -> Iterator[FeedServer]:
    """A server that knows ETags, for one test."""
    state = FeedServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            state.answer(self)

        def log_message(self, *args: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        state.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield state
        server.shutdown()


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """The guarded client, as the service has it."""
    async with Client("watcher-test/1 (+https://watcher.example)") as client:
        yield client


@pytest.fixture
async def parsers() -> AsyncIterator[Parsers]:
    """Parse children; none starts before it is needed."""
    parsers = Parsers(1)
    yield parsers
    await parsers.close()


@pytest.fixture
def job(now: datetime) -> FeedJob:
    """How to read a feed that says nothing special."""
    return FeedJob(url="https://news.example/feed/", now=now.isoformat(), title="News Example")
