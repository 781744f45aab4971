"""What goes through the pipe between the service and a parse child: jobs there, results back, as plain JSON.

JSON and nothing else: a child has read hostile bytes and may say anything, so its answer must be data and can never run here. A frame is
its length in four bytes and then the bytes. Starting and killing children is in `workers`; what they do is in `worker`.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from watcher.model import Entry

MAX_BODY = 10 << 20  # bytes; what the HTTP client lets through too
MAX_RESULT = 5 << 20  # bytes of JSON
MAX_ENTRIES = 2_000  # of one feed; the first of the body are kept, which are the newest


@dataclass(frozen=True, slots=True)
class FeedJob:
    """How to read one body as a feed. `url` resolves relative links; `now` is ISO 8601 and bounds dates; `second` asks for the small reader."""

    url: str
    now: str
    charset: str | None = None
    search: bool = False
    title: str = ""
    language: str | None = None
    time_zone: str | None = None
    second: bool = False


@dataclass(frozen=True, slots=True)
class ArticleJob:
    """How to read one body as a web page with an article."""

    url: str
    charset: str | None = None


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """What a body held. `ttl` is in minutes, `skip_hours` are hours of the day in GMT, `warning` says what was broken but could be read."""

    entries: tuple[Entry, ...]
    title: str = ""
    language: str | None = None
    ttl: int | None = None
    skip_hours: tuple[int, ...] = ()
    dropped: int = 0
    warning: str | None = None


@dataclass(frozen=True, slots=True)
class ParsedArticle:
    """What a web page held as its article."""

    title: str
    text: str
    language: str | None = None
    published: datetime | None = None


def frame(head: FeedJob | ArticleJob | dict[str, Any], body: bytes = b"") -> bytes:
    """Return a job or a result with its body as bytes for the pipe."""
    if isinstance(head, FeedJob | ArticleJob):
        head = {"kind": type(head).__name__, **asdict(head)}
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return len(text).to_bytes(4, "big") + text + len(body).to_bytes(4, "big") + body


def parsed_feed(result: dict[str, Any], *, state_media: bool = False, official: bool = False, time_zone: str | None = None) -> ParsedFeed:
    """Return a child's result as values; raises KeyError, TypeError or ValueError where it is not one."""
    entries = []
    for key, url, canonical, title, text, language, published, source, via in result["entries"]:
        date = None if published is None else datetime.fromisoformat(published)
        text_from = "feed" if text else "title"
        entries.append(Entry(key, url, canonical, title, text, language, date, source, via, text_from, state_media, official, time_zone))
    return ParsedFeed(
        tuple(entries),
        str(result["title"]),
        result["language"],
        result["ttl"],
        tuple(int(hour) for hour in result["skip_hours"]),
        int(result["dropped"]),
        result["warning"],
    )


def parsed_article(result: dict[str, Any]) -> ParsedArticle:
    """Return a child's result as values; raises KeyError, TypeError or ValueError where it is not one."""
    published = result["published"]
    date = None if published is None else datetime.fromisoformat(published)
    return ParsedArticle(str(result["title"]), str(result["text"]), result["language"], date)
