"""Fixtures: an operator in an empty folder, a feed server on loopback, and a newsroom that was polled once."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cli_terminal import HOSTILE, FeedServer, Operator, rss


@pytest.fixture
def operator(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Operator:
    """An operator in an empty folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("WATCHER_RULES", "WATCHER_DB", "WATCHER_TRACE"):
        monkeypatch.delenv(name, raising=False)
    return Operator(tmp_path, capsys)


@pytest.fixture(scope="session")
def feed_server() -> Iterator[FeedServer]:
    """A real HTTP server on a free loopback port."""
    with _served() as server:
        yield server


@pytest.fixture
def site() -> Iterator[FeedServer]:
    """The site of one outlet, home page and all, for one test."""
    with _served() as server:
        yield server


@pytest.fixture(scope="session")
def started_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `init` leaves, without the shipped feeds, so that nothing outside is asked. Copied for each test."""
    folder = tmp_path_factory.mktemp("started")
    _typed(folder, "init", "--yes", "--contact", "ops@ngo.test")
    rules = folder / "rules.toml"
    text = rules.read_text("utf-8").replace('catalogues = ["cambodia-scam"]', "catalogues = []").replace('["km", "zh", "ko", "th"]', "[]")
    rules.write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="session")
def polled_folder(tmp_path_factory: pytest.TempPathFactory, started_folder: Path, feed_server: FeedServer) -> Path:
    """Two outlets with one story, polled once, and a backfill of a hostile article. Copied for each test."""
    folder = tmp_path_factory.mktemp("polled")
    shutil.copytree(started_folder, folder, dirs_exist_ok=True)
    told = "Twenty-five Japanese nationals were deported from Cambodia to Japan on Wednesday over a phone scam in Phnom Penh."
    good = feed_server.serve("/a.rss", rss("Alpha News", ("https://news.test/1", "Cambodia deports 25 Japanese over phone scam", told)))
    bad = feed_server.serve("/b.rss", rss(f"Beta {HOSTILE}", ("https://other.test/1", HOSTILE, f"{told} {HOSTILE}")))
    for url in (good, bad):
        _typed(folder, "feeds", "add", url, "--allow-private", "--language", "en")
    _typed(folder, "poll", "--no-leads")
    past = {
        "url": "https://past.test/9",
        "title": f"Nine Thais deported {HOSTILE}",
        "text": f"Nine Thais deported from Cambodia, scam. {HOSTILE}",
    }
    (folder / "hostile.jsonl").write_text(json.dumps({**past, "source": HOSTILE, "published": "2021-05-03T00:00:00Z"}), "utf-8")
    _typed(folder, "backfill", "hostile.jsonl")
    return folder


@pytest.fixture
def started(operator: Operator, started_folder: Path) -> Operator:
    """An operator after `init`."""
    shutil.copytree(started_folder, operator.folder, dirs_exist_ok=True)
    return operator


@pytest.fixture
def newsroom(operator: Operator, polled_folder: Path) -> Operator:
    """An operator whose archive holds stories."""
    shutil.copytree(polled_folder, operator.folder, dirs_exist_ok=True)
    return operator


@contextmanager
def _served() -> Iterator[FeedServer]:
    """Serves `pages`; a page with a status of 3xx sends readers to the address in its body."""
    state = FeedServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, kind, body = state.pages.get(self.path, (404, "text/plain", b"nothing here"))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            if 300 <= status < 400:
                self.send_header("Location", body.decode())
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        state.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield state
        server.shutdown()


def _typed(folder: Path, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "watcher", *arguments], cwd=folder, check=True, capture_output=True, timeout=60)
