"""What is wrong in one file -> its ConfigErrors and warnings, each with a line, in the order of the file.

It collects and words; it checks nothing itself. Lines are looked for only when the first mistake needs one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from watcher.config.lines import Path, find_lines, line_of
from watcher.config.schema import LISTS, SHAPES, Table
from watcher.config.values import did_you_mean
from watcher.errors import ConfigError

_OPENED = re.compile(r"""=\s*(?:\"{3}|'{3})\r?$""")  # a text of several lines; its first line break does not belong to it
_WANTED = {
    "string_type": 'text in quotes, such as {key} = "..."',
    "bool_type": "true or false, without quotes",
    "int_type": "a whole number, without quotes",
    "list_type": "a list in brackets, such as {key} = [...]",
    "model_type": "a table, such as {key} = {{ ... }}",
    "model_attributes_type": "a table, such as {key} = {{ ... }}",
    "dict_type": "a table, such as {key} = {{ ... }}",
    "date_type": "a date, such as {key} = 2026-01-31, without quotes",
}
_EXAMPLES = {
    "time_zone": '"Asia/Phnom_Penh"',
    "name": '"a-name"',
    "kind": '"email", "slack", "webhook" or "folder"',
    "channels": '["the name of a channel"]',
    "to": '["the name of a channel"]',
    "text": '"a sentence"',
    "match": "true or false",
}


class Mistakes:
    """The mistakes and warnings of one file."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self._text = text
        self._errors: list[tuple[Path, str]] = []
        self._warnings: list[tuple[Path, str]] = []

    @cached_property
    def lines(self) -> dict[Path, int]:
        """The line of each path of the file."""
        return find_lines(self._text)

    def line(self, *path: str | int) -> int:
        """The line of a path, or of the table around it; 1 where the file has nothing of it."""
        return line_of(self.lines, path) or 1

    def text_line(self, *path: str | int) -> int:
        """The line in which the text of a path begins: below its key where that ends in three quotes."""
        line = self.line(*path)
        return line + 1 if _OPENED.search(self._text.split("\n")[line - 1]) else line

    def add(self, path: Sequence[str | int], problem: str) -> None:
        """Note one mistake: "what is wrong; what to do"."""
        self._errors.append((tuple(path), problem))

    def add_refused(self, table: Sequence[str | int], error: ValidationError) -> None:
        """Note every mistake that the shape of a table found."""
        for detail in error.errors(include_url=False):
            path, problem = _in_words((*table, *detail["loc"]), detail)
            self.add(path, problem)

    def warn(self, path: Sequence[str | int], problem: str) -> None:
        """Note what deserves a look, but stops nothing."""
        self._warnings.append((tuple(path), problem))

    def errors(self) -> list[ConfigError]:
        """All mistakes, first line first."""
        if not self._errors:
            return []
        placed = sorted(((self.line(*path), problem) for path, problem in self._errors), key=lambda each: each[0])
        return [ConfigError(problem, file=self.file, line=line) for line, problem in dict.fromkeys(placed)]

    def raise_if_any(self) -> None:
        """Raise one ExceptionGroup with all mistakes, first line first."""
        if errors := self.errors():
            raise ExceptionGroup(f"{self.file} has {len(errors)} mistake{'s' if len(errors) > 1 else ''}", errors)

    def warnings(self) -> tuple[str, ...]:
        """The warnings, each as `rules.toml:12: ...`, first line first."""
        placed = sorted(((self.line(*path), problem) for path, problem in self._warnings), key=lambda each: each[0])
        return tuple(f"{self.file}:{line}: {problem}" for line, problem in dict.fromkeys(placed))


def unknown_key(key: str, known: Sequence[str], inside: str) -> str:
    """Word an unknown key of a table."""
    return f"unknown key '{key}' in {inside}; {did_you_mean(key, tuple(known))}"


def keys_of(shape: type[Table]) -> list[str]:
    """The keys of a table, as they are written."""
    return [each.alias or name for name, each in shape.model_fields.items()]


def _in_words(path: Path, detail: ErrorDetails) -> tuple[Path, str]:
    kind, key = detail["type"], str(path[-1])
    where = tuple(part for part in path[:-1] if isinstance(part, str))
    inside = _written(where)
    if isinstance(path[-1], int):
        key = str(path[-2])
    if kind == "extra_forbidden":
        shape = SHAPES.get(where)
        return path, unknown_key(key, keys_of(shape) if shape else [], inside)
    if kind == "missing":
        example = _EXAMPLES.get(key, '"..."')
        return path, f"{inside} has no '{key}'; add {key} = {example}"
    if kind == "value_error":
        return path, f"{key}: {detail['ctx']['error']}"
    if kind == "literal_error":
        return path, _not_in_list(key, detail)
    if kind == "too_short":
        return path, f"{key} is empty, so nothing would ever be told; name at least one"
    if kind == "greater_than_equal":
        return path, f"{key} is too small; write {detail['ctx']['ge']} or more"
    if kind == "less_than_equal":
        return path, f"{key} is too large; write {detail['ctx']['le']} or less"
    if kind in _WANTED:
        return path, f"{key} must be {_WANTED[kind].format(key=key)}; it is {_kind_of(detail['input'])}"
    return path, f"{key}: {detail['msg'][:1].lower()}{detail['msg'][1:]}; correct the value"


def _not_in_list(key: str, detail: ErrorDetails) -> str:
    value = detail["input"]
    expected = [each.strip("'") for each in detail["ctx"]["expected"].replace(" or ", ", ").split(", ")]
    if not isinstance(value, str):
        return f"{key} must be one of {', '.join(expected)}, in quotes; it is {_kind_of(value)}"
    hint = did_you_mean(value, expected)
    return f"{key} cannot be '{value[:80]}'; {hint}" + ("" if hint.startswith("write") else f" (known: {', '.join(expected)})")


def _written(where: tuple[str, ...]) -> str:
    name = ".".join(where)
    if not where:
        return "the file"
    return f"[[{name}]]" if where[0] in LISTS and where[-1] != "where" else f"[{name}]"


def _kind_of(value: Any) -> str:
    names: list[tuple[type, str]] = [
        (bool, "true or false"),
        (str, "text"),
        (int, "a number"),
        (float, "a number"),
        (list, "a list"),
        (dict, "a table"),
    ]
    return next((name for kind, name in names if isinstance(value, kind)), "a date or time")
