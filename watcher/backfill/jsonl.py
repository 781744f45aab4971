"""articles.jsonl -> Entries: one JSON object a line, `url` required, null means absent, unknown keys are ignored.

A bad line is given back as its number and what is wrong with it; the rest goes on. Nothing is fetched.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from watcher.model import Entry
from watcher.page import to_text
from watcher.urls import canonical_url, host_of, is_web_link

LONGEST_LINE = 20_000_000  # bytes; a longer line is no article
LONGEST_TEXT = 1_000_000  # characters kept of one article


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that holds no article."""

    number: int
    problem: str

    def __str__(self) -> str:
        return f"line {self.number}: {self.problem}"


def read_lines(lines: Iterable[bytes]) -> Iterator[Entry | BadLine]:
    """One Entry or BadLine a line, in order; blank lines are passed over (they count in the numbers)."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _read_line(number, line)


def _read_line(number: int, line: bytes) -> Entry | BadLine:
    if len(line) > LONGEST_LINE:
        return BadLine(number, f"longer than {LONGEST_LINE // 1_000_000} MB; one article a line")
    try:
        raw = json.loads(line)
    except (ValueError, RecursionError) as error:
        return BadLine(number, f"not JSON ({error}); one object a line")
    if not isinstance(raw, dict):
        return BadLine(number, "not a JSON object; one object a line, with at least a url")
    try:
        return _entry(raw)
    except _WrongValueError as error:
        return BadLine(number, str(error))


class _WrongValueError(Exception):
    """A value of the wrong kind; its text says which and what is expected."""


def _entry(raw: dict[str, Any]) -> Entry:
    url = _text(raw, "url").strip()
    if not url:
        raise _WrongValueError("no url; every article needs one")
    if not is_web_link(url):
        raise _WrongValueError(f"url {url[:80]!r} is no web address; it must begin with http:// or https://")
    text = _text(raw, "text") or to_text(_text(raw, "html"))
    return Entry(
        key=canonical_url(url),
        url=url,
        canonical_url=canonical_url(url),
        title=_clean(to_text(_text(raw, "title"))),
        text=_clean(text)[:LONGEST_TEXT],
        language=_text(raw, "language") or None,
        published=_time(raw),
        source=_text(raw, "source") or host_of(url),
        text_from="backfill",
    )


def _text(raw: dict[str, Any], name: str) -> str:
    value = raw.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _WrongValueError(f"{name} is {type(value).__name__}, not text")
    return value


def _clean(text: str) -> str:
    """Lone surrogates cannot be stored; they become U+FFFD. NUL ends a text in SQLite; it goes."""
    return text.replace("\0", "").encode("utf-8", "replace" if text.isascii() else "surrogatepass").decode("utf-8", "replace")


def _time(raw: dict[str, Any]) -> datetime | None:
    value = _text(raw, "published").strip()
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise _WrongValueError(f"published {value[:40]!r} is no RFC 3339 time, such as 2023-11-08T14:20:00Z") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
