"""Rows of an export -> CSV or a workbook, in which no text of a feed is ever a formula or a link.

A spreadsheet runs a cell that begins with = + - @ (or a tab, or a line end) as a formula, and what stands there comes from
strangers. In CSV such text gets an apostrophe before it, behind a semicolon too: where that is the list separator (most of
Europe) a double click on a file with commas cuts its lines there. In a workbook every text is written as text. Source: OWASP,
"CSV Injection". The only place that knows XlsxWriter.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from watcher.cli.show import safe

_FORMULA = re.compile("[=+\\-@\t\r\n＝＋－＠]")  # the wide ones too: Excel in Japanese and Chinese takes them for the others
_BEHIND_SEPARATOR = re.compile(";(?=[\"']*[=+\\-@＝＋－＠])")
LONGEST_CELL = 32_767  # characters; Excel's limit: XlsxWriter leaves out what is longer
_WIDTHS = {"headline": 50, "sources": 30, "copies": 30, "articles": 60, "nationality": 14, "places": 20}  # columns of a sheet; others 12
_SPACE = re.compile(r"\s")


def write_csv(rows: Iterable[dict[str, Any]], columns: Sequence[str], to: TextIO) -> None:
    """Write rows as CSV (RFC 4180) with a head; lists stand in one cell."""
    writer = csv.writer(to)  # ends lines with CR LF, quotes where it must
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_inert(cell(name, row[name]), "%3B" if name == "articles" else ";'") for name in columns])


def workbook(rows: Iterable[dict[str, Any]], columns: Sequence[str]) -> bytes:
    """Return rows as one sheet of an Excel workbook: figures as numbers, everything else as text. Raises OSError on a full disk."""
    import xlsxwriter  # here, because no other command needs it

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    file = io.BytesIO()  # the rows wait in a temporary file; the whole is packed, a tenth of it
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet("stories")
        head = book.add_format({"bold": True})
        text = book.add_format({"num_format": "@"})  # a cell of text, so that editing it makes no formula of it either
        for at, name in enumerate(columns):
            sheet.set_column(at, at, _WIDTHS.get(name, 12))
            sheet.write_string(0, at, name, head)
        last = 0
        for last, row in enumerate(rows, start=1):
            for at, name in enumerate(columns):
                value = cell(name, row[name])
                if isinstance(value, int):
                    sheet.write_number(last, at, value)
                elif value:
                    sheet.write_string(last, at, _fitted(value), text)
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, last, len(columns) - 1)
    return file.getvalue()


def cell(name: str, value: Any) -> int | str:
    """A value as one cell: numbers stay numbers, lists are joined, text is one line without control characters, nothing is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return value
    if name == "articles":
        return " ".join(_SPACE.sub("%20", safe(url)) for url in value)
    if name == "links":
        return "; ".join(f"{link['kind']} #{link['story']}" for link in value)
    return safe(value if isinstance(value, str) else "; ".join(value))


def _inert(value: int | str, separator: str) -> int | str:
    """The cell with nothing in it that any spreadsheet runs; `separator` is written for a semicolon that a formula would follow."""
    if isinstance(value, int):
        return value
    value = _BEHIND_SEPARATOR.sub(separator, value)
    return f"'{value}" if _FORMULA.match(value) else value


def _fitted(value: str) -> str:
    """What Excel can hold, cut between two words; most addresses of a very large story."""
    if len(value) <= LONGEST_CELL:
        return value
    return value[: LONGEST_CELL - 2].rsplit(" ", 1)[0] + " …"
