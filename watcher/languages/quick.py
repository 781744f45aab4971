"""TOML as language files are written -> its tables, five times as fast as tomllib; None where a text is written in another way.

A language is lines of `key = ["...", "..."]`, and such a list of plain texts is JSON too. Twenty-seven files are read at each start,
before anything else can begin; a file that breaks a list over lines, or has a mistake, goes to tomllib. A test compares both.
"""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

_TABLE = re.compile(r"\[([a-z_]+)\]\s*(?:#.*)?")
_PAIR = re.compile(r"(\w+|\"[^\"\\]+\")\s*=\s*", re.ASCII)
_CONTROL = bytes([*range(9), *range(11, 32), 127])  # characters that no TOML may have; bytes are looked through five times as fast
_SCALAR = re.compile(r'"([^"\\]*)"|true|false')
_EQUALS = re.compile(r'"\s*=\s*')
_REST = re.compile(r"\s*(?:#.*)?")
_decode = json.JSONDecoder().raw_decode


def quick_toml(text: str) -> dict[str, Any] | None:
    """Return the tables, or None where only tomllib can say what the text means."""
    data = text.encode("utf-8", "surrogatepass")
    if len(data.translate(None, _CONTROL)) < len(data):
        return None
    found: dict[str, Any] = {}
    table = found
    for line in text.split("\n"):
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            head = _TABLE.fullmatch(line)
            if head is None or head[1] in found:
                return None
            table = found[head[1]] = {}
            continue
        pair = _PAIR.match(line)
        if pair is None or not _put(table, pair[1].strip('"'), line, pair.end()):
            return None
    return found


def _put(table: dict[str, Any], key: str, line: str, start: int) -> bool:
    """Take one value into the table; False where it stands there already, or is none on this one line."""
    if key in table:
        return False
    words = _words(line, start)
    if words is not None:
        table[key] = words
        return True
    if line.startswith("[", start) and "\\" not in line:  # escapes differ between the two
        try:
            value, end = _decode(line, start)
        except json.JSONDecodeError:
            value, end = None, start
        if value is not None and all(map(_is_words, value)) and _REST.fullmatch(line, end):
            table[key] = value
            return True
    scalar = _SCALAR.fullmatch(line, start)
    if scalar is not None:
        table[key] = scalar[1] if scalar[1] is not None else scalar[0] == "true"
        return True
    numbers = _numbers(line, start)
    if numbers is not None:
        table[key] = numbers
        return True
    try:
        table[key] = tomllib.loads(f"value = {line[start:]}")["value"]
    except tomllib.TOMLDecodeError:
        return False
    return True


def _words(line: str, start: int) -> list[str] | None:
    """A list of words as nearly all are written, `["one", "two"]`: cut at its commas, it may hold no other quote."""
    if not line.startswith('["', start) or not line.endswith('"]') or "\\" in line:
        return None
    words = line[start + 2 : -2].split('", "')
    return words if line.count('"', start) == 2 * len(words) else None


def _numbers(line: str, start: int) -> dict[str, int] | None:
    """A table of words and numbers on one line, `{ "one" = 1 }`, which is JSON but for its signs of equality."""
    if not line.startswith("{", start) or "\\" in line or '":' in line:
        return None
    text = _EQUALS.sub('": ', line[start:])
    twice: list[str] = []
    decoder = json.JSONDecoder(object_pairs_hook=lambda pairs: _once(pairs, twice))
    try:
        value, end = decoder.raw_decode(text)
    except json.JSONDecodeError:
        return None
    whole = not twice and type(value) is dict and all(type(number) is int for number in value.values()) and _REST.fullmatch(text, end)
    return value if whole else None


def _once(pairs: list[tuple[str, object]], twice: list[str]) -> dict[str, object]:
    """The pairs as a table; what stands there twice is a mistake that tomllib tells."""
    table = dict(pairs)
    if len(table) < len(pairs):
        twice.append("")
    return table


def _is_words(value: object) -> bool:
    return type(value) is str or (type(value) is list and all(type(each) is str for each in value))
