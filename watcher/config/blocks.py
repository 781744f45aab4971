"""One table of a TOML text -> the text with that table changed, all else byte for byte as it was.

tomlkit keeps comments but takes seconds for a thousand tables; so it is given the lines of the one table. Nothing
here knows what the tables mean.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, MutableMapping
from datetime import date
from typing import Any

import tomlkit

from watcher.config.lines import find_lines

_LINE = re.compile(r"[^\n]*\n|[^\n]+")  # as TOML counts lines; splitlines knows eight more ends
_HEADER = re.compile(r"\s*\[")


def quote(text: str) -> str:
    """Write a text as a TOML string on one line."""
    clean = text.encode("utf-8", "replace").decode("utf-8")
    return json.dumps(clean, ensure_ascii=False).replace("\x7f", "\\u007f")


def set_values(text: str, key: str, index: int, values: Mapping[str, str | bool | date | None]) -> str:
    """Set values in the `index`-th (from 0) table of the list `key`, None to remove one; its comments stay."""
    lines = _LINE.findall(text)
    start = find_lines(text)[(key, index)] - 1
    if not _HEADER.match(lines[start]):  # written as one inline list: tomlkit sees to all of it
        document = tomlkit.parse(text)
        _update(document[key][index], values)
        return tomlkit.dumps(document)
    end = _end_of_table(lines, start)
    document = tomlkit.parse("".join(lines[start:end]))
    _update(document[key][0], values)
    changed = tomlkit.dumps(document)
    return "".join((*lines[:start], changed if changed.endswith("\n") else changed + "\n", *lines[end:]))


def insert_tables(text: str, key: str, tables: str) -> str:
    """Put `[[key]]` tables behind the last of their kind, or at the end of the file where there is none."""
    lines = _LINE.findall(text)
    places = find_lines(text)
    last = max((line for path, line in places.items() if len(path) == 2 and path[0] == key and isinstance(path[1], int)), default=0)
    end = _end_of_table(lines, last - 1) if last and _HEADER.match(lines[last - 1]) else len(lines)
    before, after = "".join(lines[:end]), "".join(lines[end:])
    if before and not before.endswith("\n"):
        before += "\n"
    return f"{before}\n{tables}{after}" if before else tables + after


def _update(table: MutableMapping[str, Any], values: Mapping[str, str | bool | date | None]) -> None:
    for name, value in values.items():
        if value is None:
            table.pop(name, None)
        else:
            table[name] = value


def _end_of_table(lines: list[str], start: int) -> int:
    """The index behind the table's last line; comments and blank lines before the next header belong to that."""
    places = _header_lines("".join(lines))
    end = min((line for line in places if line > start), default=len(lines))
    while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return end


def _header_lines(text: str) -> set[int]:
    """Indexes of lines that open a table, from the scan, so that a "[" inside a long text is none."""
    lines = _LINE.findall(text)
    return {line - 1 for line in find_lines(text).values() if _HEADER.match(lines[line - 1])}
