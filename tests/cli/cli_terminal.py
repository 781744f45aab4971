"""An operator who types commands, a feed server that answers as told, and a feed to serve."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path

import pytest

from watcher.cli import main

HOSTILE = "Japan: 25 suspects sent home from Cambodia \x1b]0;owned\x07\x1b[31m scam \u202egnp.exe\r\x9b2J"


@dataclass(frozen=True)
class Answer:
    """What a command left: its exit status and what it printed."""

    status: int
    out: str
    err: str


@dataclass
class Operator:
    """Types commands in a folder; `watcher` in this process, `process` in one of its own."""

    folder: Path
    capture: pytest.CaptureFixture[str]

    def watcher(self, *arguments: str) -> Answer:
        self.capture.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        out, err = self.capture.readouterr()
        assert "Traceback" not in out + err, err
        return Answer(int(ended.value.code or 0), out, err)

    def process(self, *arguments: str, given: bytes = b"", environment: dict[str, str] | None = None) -> Answer:
        done = subprocess.run(
            [sys.executable, "-m", "watcher", *arguments],
            input=given, capture_output=True, cwd=self.folder, timeout=60, check=False, env={**os.environ, **(environment or {})},
        )  # fmt: skip
        out, err = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
        assert "Traceback" not in out + err, err
        return Answer(done.returncode, out, err)

    def rules(self) -> str:
        return (self.folder / "rules.toml").read_text("utf-8")


@dataclass
class FeedServer:
    """Answers paths as told."""

    url: str = ""
    pages: dict[str, tuple[int, str, bytes]] = field(default_factory=dict)

    def serve(self, path: str, body: str, kind: str = "application/rss+xml", status: int = 200) -> str:
        self.pages[path] = (status, kind, body.encode("utf-8", "surrogatepass"))
        return self.url + path


def rss(title: str, *items: tuple[str, str, str]) -> str:
    """A feed of (link, title, text); control characters that XML forbids are written twice escaped, as careless systems do."""
    published = format_datetime(datetime.now(UTC) - timedelta(hours=2))
    rows = "".join(
        f"<item><title>{_careless(name)}</title><link>{link}</link><guid>{link}</guid><pubDate>{published}</pubDate>"
        f"<description>{_careless(text)}</description></item>"
        for link, name, text in items
    )
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>{_careless(title)}</title>{rows}</channel></rss>'


def _careless(text: str) -> str:
    """As HTML in XML: what a reader decodes twice brings raw control characters back."""
    return escape("".join(f"&#{ord(one)};" if ord(one) < 32 or 126 < ord(one) < 160 else one for one in text))
