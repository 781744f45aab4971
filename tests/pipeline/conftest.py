"""A real store in tmp_path, rules compiled from a text, a clock that is set by hand, and a server that answers as told."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import pytest_asyncio
from corridor import ENVIRONMENT, RULES, Clock, Reply, Web
from sqlite_utils import Database

from watcher.model import Feed
from watcher.pipeline import housekeeping
from watcher.pipeline.check import Watch, check
from watcher.pipeline.rules_file import RulesFile
from watcher.pipeline.tools import Tools, open_tools
from watcher.store import feeds, open_store


@pytest.fixture(scope="session")
def watch() -> Watch:
    return check(RULES, file="rules.toml", environment=ENVIRONMENT)


@pytest.fixture
def clock(now: datetime) -> Clock:
    return Clock(now)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "watcher.db"


@pytest.fixture
def rules(tmp_path: Path) -> RulesFile:
    """The rules file on disk, with every secret set."""
    file = tmp_path / "rules.toml"
    file.write_text(RULES, encoding="utf-8")
    return RulesFile.load(file, environment=ENVIRONMENT)


@pytest.fixture
def database(path: Path, rules: RulesFile, now: datetime) -> Iterator[Database]:
    """The database as a started service has it."""
    opened = open_store(path)
    housekeeping.start(opened, rules, now)
    yield opened
    opened.conn.close()


@pytest.fixture
def feed_of(database: Database, now: datetime) -> Callable[[str], Feed]:
    """A feed of the rules as the database has it now."""

    def find(title: str) -> Feed:
        (found,) = feeds.due(database, now, everything=True, names=[title])
        return found

    return find


@pytest_asyncio.fixture
async def tools(rules: RulesFile, path: Path, clock: Clock, database: Database) -> AsyncIterator[Tools]:
    """Everything a loop works with, on the same database."""
    async with open_tools(rules, path, clock=clock) as opened:
        yield opened


@pytest.fixture
def web() -> Iterator[Web]:
    """An HTTP server on loopback: `web.replies[path]` is what it answers, in turn; the last answer stays."""
    state = Web()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 10

        def _answer(self) -> None:
            state.bodies.append(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
            state.asked.append(self.path)
            replies = state.replies.get(self.path, [Reply(404)])
            reply = replies.pop(0) if len(replies) > 1 else replies[0]
            self.send_response(reply.status)
            for name, value in {**reply.headers, "Content-Length": str(len(reply.body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_POST = _answer  # noqa: N815  # http.server's names

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        state.base = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield state
        server.shutdown()
