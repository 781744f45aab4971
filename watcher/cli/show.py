"""How results look on a terminal: text of feeds made harmless, times in the operator's zone, tables, JSON."""

from __future__ import annotations

import json
import logging
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import click

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def say(text: str = "") -> None:
    """A line of result, to stdout."""
    click.echo(text)


def note(text: str) -> None:
    """Progress or a warning, to stderr."""
    click.echo(text, err=True)


def show_json(value: Any) -> None:
    """One JSON document to stdout, readable in any script."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=1, default=str))


def safe(text: str, limit: int = 0) -> str:
    """Text of a feed, fit for a terminal: no control characters, no bidi tricks, cut at `limit` columns if one is given."""
    clean = "".join(" " if unicodedata.category(one) in ("Cc", "Zl", "Zp") else one for one in text if unicodedata.category(one) != "Cf")
    return fit(" ".join(clean.split()), limit) if limit else " ".join(clean.split())


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
    lines = [list(heads)] if heads else []
    lines += [list(row) for row in rows]
    if not lines:
        return []
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


def start_logging(level: str = "INFO", style: str = "text") -> None:
    """Log lines to stderr, one a line, as text or JSON. Libraries that would print addresses with secrets stay quiet."""
    handler = logging.StreamHandler()
    handler.setFormatter(_JsonLines() if style == "json" else logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("httpx", "httpcore", "apscheduler", "aiosmtplib"):
        logging.getLogger(name).setLevel(logging.WARNING)


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        entry = {"time": self.formatTime(record), "level": record.levelname, "name": record.name, "message": record.getMessage()}
        if record.exc_info:
            entry["trace"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)
