"""How results look on a terminal: text of feeds made harmless, times in the operator's zone, tables, JSON.

Everything that is printed passes `say`, `note` or `show_json`, so that no text of a feed can move the cursor, change the
title of a window or turn the direction of a line, whoever forgot to call `safe`.
"""

from __future__ import annotations

import json
import logging
import re
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import click

from watcher.pipeline import trail

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


NARROWEST, WIDEST = 60, 120  # columns that prose is wrapped to
_RAW = re.compile("[\\x7f-\\U0010ffff]")  # where characters may stand that JSON leaves raw but a terminal acts on


def say(text: str = "") -> None:
    """Lines of result, to stdout."""
    click.echo(harmless(text))


def note(text: str) -> None:
    """Progress or a warning, to stderr."""
    click.echo(harmless(text), err=True)


def show_json(value: Any) -> None:
    """One JSON document to stdout, readable in any script and on any terminal."""
    click.echo(json_text(value, indent=1))


def json_text(value: Any, *, indent: int | None = None) -> str:
    """JSON whose times are ISO 8601; what a terminal would act on, or cannot print, is escaped. The value read back is the same."""
    utf8 = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("-", "") == "utf8"
    return _RAW.sub(_escaped, json.dumps(value, ensure_ascii=not utf8, indent=indent, default=_plain))


def harmless(text: str) -> str:
    """The same lines without control characters (but newlines), bidi controls and half characters."""
    return "".join(one if one == "\n" or one.isprintable() else _shown(one) for one in text)


def safe(text: str, limit: int = 0) -> str:
    """Text of a feed on one line, fit for a terminal, cut at `limit` columns if one is given."""
    clean = " ".join("".join(_shown(one) for one in text).split())
    return fit(clean, limit) if limit else clean


def columns() -> int:
    """How wide prose may be: as the terminal, within reason."""
    return max(NARROWEST, min(WIDEST, shutil.get_terminal_size((80, 24)).columns))


def wrapped(text: str, *, first: str = "", rest: str = "") -> list[str]:
    """Prose as lines that fit the terminal; addresses and commands are never broken."""
    return textwrap.wrap(text, columns(), initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False)


def counted(count: int, one: str, many: str | None = None) -> str:
    """A number with its noun: `1 feed`, `2 stories`."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def width(text: str) -> int:
    """Columns that a text takes: two for East Asian wide characters, none for combining marks."""
    return sum(
        0 if unicodedata.category(one) in ("Mn", "Me", "Cf") else 2 if unicodedata.east_asian_width(one) in ("W", "F") else 1
        for one in text
    )


def fit(text: str, columns: int) -> str:
    """Cut to a number of columns, with an ellipsis where something was cut."""
    if width(text) <= columns:
        return text
    kept = ""
    for one in text:
        if width(kept + one) > columns - 1:
            break
        kept += one
    return kept.rstrip() + "…"


def pad(text: str, columns: int) -> str:
    """Fill up with blanks to a number of columns, whatever the script."""
    return text + " " * max(0, columns - width(text))


def table(rows: Iterable[Sequence[str]], heads: Sequence[str] = (), *, indent: str = "") -> list[str]:
    """Rows as lines in columns; the last column is as long as it is."""
    lines = [list(row) for row in rows]
    if not lines:
        return []
    lines = [list(heads), *lines] if heads else lines
    widths = [max(width(line[column]) for line in lines) for column in range(len(lines[0]) - 1)]
    return [indent + "  ".join([*(pad(cell, size) for cell, size in zip(line, widths, strict=False)), line[-1]]).rstrip() for line in lines]


def when(moment: datetime | None, zone: ZoneInfo, now: datetime) -> str:
    """A moment as a person says it: `14:05` today, else `6 Nov 14:05`, with the year where it is another one."""
    if moment is None:
        return "never"
    local, today = moment.astimezone(zone), now.astimezone(zone)
    if local.date() == today.date():
        return f"{local:%H:%M}"
    day = f"{local.day} {MONTHS[local.month - 1]}"
    return f"{day} {local:%H:%M}" if local.year == today.year else f"{day} {local.year}"


def day(date: date | None) -> str:
    """A date as a person says it: `8 Nov 2023`; nothing without one."""
    return f"{date.day} {MONTHS[date.month - 1]} {date.year}" if date else ""


def ago(moment: datetime | None, now: datetime) -> str:
    """How long ago, in the largest unit that says enough."""
    if moment is None:
        return "never"
    return f"{span(now - moment)} ago"


def span(length: timedelta) -> str:
    """A length of time in words."""
    seconds = max(0, int(length.total_seconds()))
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "min")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}" + ("s" if count != 1 and unit != "min" else "")
    return f"{seconds} s"


def start_logging(level: str = "INFO", style: str = "text", *, hidden: Callable[[], Sequence[str]] = tuple) -> None:
    """Log lines to stderr, one a line, as text or JSON. Libraries that would print addresses with secrets stay quiet.

    What `hidden` gives at that moment is blackened in every line, traces too. A line of JSON has `time`, `level`, `name`, `run` (of this
    process), `message`, and where it is about one: `loop`, `feed`, `feed_title`, `lead`, `message_id`, `channel`, `trace`.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(_JsonLines(hidden) if style == "json" else _TextLines(hidden))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a turn that is longer than its tick is no news: the next one follows it
    for name in ("httpx", "httpcore", "aiosmtplib"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _shown(one: str) -> str:
    kind = unicodedata.category(one)
    if kind in ("Cc", "Zl", "Zp"):
        return " "
    return "" if kind == "Cf" else "\ufffd" if kind == "Cs" else one


def _escaped(found: re.Match[str]) -> str:
    one = found[0]
    if unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return one
    return json.dumps(one)[1:-1] if ord(one) != 0x7F else "\\u007f"


def _plain(value: Any) -> str:
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, (datetime, date)) else str(value)


def blackened(text: str, hidden: Iterable[str]) -> str:
    """The text without these values."""
    for one in hidden:
        text = text.replace(one, "(hidden)")
    return text


class _TextLines(logging.Formatter):
    def __init__(self, hidden: Callable[[], Sequence[str]]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._hidden = hidden

    def format(self, record: logging.LogRecord) -> str:
        return harmless(blackened(super().format(record), self._hidden()))


class _JsonLines(logging.Formatter):
    def __init__(self, hidden: Callable[[], Sequence[str]]) -> None:
        super().__init__()
        self._hidden = hidden

    def format(self, record: logging.LogRecord) -> str:
        hidden = self._hidden()
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname,
            "name": record.name,
            "run": trail.RUN,
            **trail.current(),
            "message": blackened(record.getMessage(), hidden),
        }
        if record.exc_info:
            entry["trace"] = blackened(self.formatException(record.exc_info), hidden)
        return json_text(entry)
