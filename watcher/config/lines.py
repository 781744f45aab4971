"""TOML text -> the line of every key, table and list item in it, by path.

Nothing is checked here: tomllib has read the text before, so only its structure is followed. One scan of the
text serves all mistakes of a file; tomllib itself keeps no positions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

Path = tuple[str | int, ...]

# "pair" is a whole line such as `title = "Khmer Times"`: most lines are, and one token for four halves the time.
_TOKEN = re.compile(
    r'''(?P<pair>^[A-Za-z0-9_-]+[ \t]*=[ \t]*(?:"[^"\\\n]*"|[A-Za-z0-9_+-]+)[ \t]*(?=\n))
    |(?P<long>"""(?:[^"\\]|\\.|"(?!""))*"{3,5}|\'\'\'(?:[^']|'(?!''))*'{3,5})
    |(?P<string>"(?:[^"\\\n]|\\.)*"|'[^'\n]*')
    |(?P<skip>[ \t\r]+|\#[^\n]*)
    |(?P<end>\n[ \t\r\n]*)
    |(?P<mark>[\[\]{},=.])
    |(?P<bare>[^\s\[\]{},=."'#]+)''',
    re.DOTALL | re.VERBOSE | re.MULTILINE,
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_ESCAPED = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r"}


def find_lines(text: str) -> dict[Path, int]:
    """Return the line, from 1, of each path, such as ("feeds", 3, "url") or ("rules", 0, "examples", 1).

    A table that is only opened by a key inside it has the line of that key. Text that tomllib refuses gives
    lines that mean nothing.
    """
    return _Scan(text).lines


def line_of(lines: dict[Path, int], path: Sequence[str | int]) -> int | None:
    """Return the line of `path`, or of the nearest table around it; None when nothing of it is in the file."""
    for end in range(len(path), 0, -1):
        line = lines.get(tuple(path[:end]))
        if line is not None:
            return line
    return None


def without_comments(text: str) -> str:
    """Return the text without its comments; every line keeps its number."""
    return _TOKEN.sub(lambda found: "" if found.lastgroup == "skip" and found.group().startswith("#") else found.group(), text)


class _Scan:
    """One walk over the tokens of a TOML text."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self._tokens = _tokens(text)
        self._counts: dict[Path, int] = {}  # the newest index of each [[list of tables]]
        self._kind, self._value, self._line = "", "", 1
        self._next()
        table: Path = ()
        while self._kind:
            if self._is("\n"):
                self._next()
            elif self._kind == "pair":
                self.lines.setdefault((*table, self._value.partition("=")[0].rstrip()), self._line)
                self._next()
            elif self._is("["):
                table = self._header()
            else:
                self._pair(table)

    def _next(self) -> None:
        self._kind, self._value, self._line = next(self._tokens, ("", "", self._line))

    def _is(self, mark: str) -> bool:
        return self._kind == "mark" and self._value == mark

    def _header(self) -> Path:
        line = self._line
        self._next()
        is_list = self._is("[")
        if is_list:
            self._next()
        *parents, last = self._key("]")
        base: Path = ()
        for part in parents:
            base = (*base, part)
            self.lines.setdefault(base, line)
            if base in self._counts:
                base = (*base, self._counts[base])
        path: Path = (*base, last)
        self.lines.setdefault(path, line)
        if is_list:
            self._counts[path] = self._counts.get(path, -1) + 1
            path = (*path, self._counts[path])
            self.lines.setdefault(path, line)
            self._next()
        elif path in self._counts:
            path = (*path, self._counts[path])
        return path

    def _key(self, end: str) -> list[str]:
        """Read a dotted key up to and with the mark `end`; a text that breaks off ends it too."""
        parts: list[str] = []
        while self._kind and not self._is(end):
            if not self._is("."):
                parts.append(_plain(self._value) if self._kind == "string" else self._value)
            self._next()
        self._next()
        return parts or [""]

    def _pair(self, table: Path) -> None:
        line, path = self._line, table
        for part in self._key("="):
            path = (*path, part)
            self.lines.setdefault(path, line)
        self._item(path)

    def _item(self, path: Path) -> None:
        if self._is("["):
            self._list(path)
        elif self._is("{"):
            self._inline(path)
        else:
            while self._kind and not (self._kind == "mark" and self._value in "\n,]}"):
                self._next()

    def _list(self, path: Path) -> None:
        self._next()
        index = 0
        while self._kind and not self._is("]"):
            if self._kind == "mark" and self._value in "\n,":
                self._next()
                continue
            self.lines[(*path, index)] = self._line
            before = self._line, self._value
            self._item((*path, index))
            index += 1
            if (self._line, self._value) == before and self._is("}"):
                self._next()  # not TOML; never stand still
        self._next()

    def _inline(self, path: Path) -> None:
        self._next()
        while self._kind and not self._is("}"):
            if self._kind == "mark" and self._value in "\n,":
                self._next()
            else:
                self._pair(path)
        self._next()


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    """Yield (kind, text, line); ends of lines are marks, and several in a row are one."""
    line = 1
    for found in _TOKEN.finditer(text):
        kind, value = found.lastgroup or "", found.group()
        if kind == "pair":
            yield kind, value, line
        elif kind == "end":
            yield "mark", "\n", line
            line += value.count("\n")
        elif kind != "skip":
            yield kind, value, line
            if kind == "long":
                line += value.count("\n")


def _plain(quoted: str) -> str:
    if quoted[0] == "'":
        return quoted[1:-1]
    return _ESCAPE.sub(lambda m: chr(int(m[1] or m[2], 16)) if m[1] or m[2] else _ESCAPED.get(m[3], m[3]), quoted[1:-1])
