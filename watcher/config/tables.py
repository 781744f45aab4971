"""TOML text -> its tables, each of the right shape; what is not is noted as a mistake and left out.

A table is checked by itself, so that a mistake in one does not hide those of the others. What tables mean
together is checked by who uses them.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from watcher.config.lines import Path
from watcher.config.mistakes import Mistakes, unknown_key
from watcher.config.schema import (
    LISTS,
    SINGLE,
    TOP,
    AlertTable,
    BackupTable,
    ChannelTable,
    DigestTable,
    EditTable,
    FeedTable,
    OperatorTable,
    RuleTable,
    Table,
    WatcherTable,
)
from watcher.config.values import CONCEPT_NAME
from watcher.errors import ConfigError

_POSITION = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_BARE_TIME = re.compile(r"=\s*\d{1,2}:\d{2}\s*(?:#.*)?$")
_EDITS = {"add", "remove", "replace"}


@dataclass(slots=True)
class Tables:
    """The tables of a file that have the right shape, each list by its place in the file."""

    watcher: WatcherTable | None = None
    operator: OperatorTable | None = None
    backup: BackupTable | None = None
    feeds: dict[int, FeedTable] = field(default_factory=dict)
    rules: dict[int, RuleTable] = field(default_factory=dict)
    channels: dict[int, ChannelTable] = field(default_factory=dict)
    digests: dict[int, DigestTable] = field(default_factory=dict)
    alerts: dict[int, AlertTable] = field(default_factory=dict)
    concepts: list[tuple[str, Path, EditTable]] = field(default_factory=list)  # ("scam.en", where it stands, what it does)
    queries: dict[str, str] = field(default_factory=dict)


def parse(text: str, file: str) -> dict[str, Any]:
    """Read TOML; raises an ExceptionGroup with the one ConfigError that stopped the reading."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        lines = text.split("\n")
        found = _POSITION.search(str(error))
        line = min(int(found[1]) if found and found[1] else len(lines), len(lines))
        problem = _POSITION.sub("", str(error))
        raise ExceptionGroup(f"{file} cannot be read", [ConfigError(_syntax(problem, lines[line - 1]), file=file, line=line)]) from None


def read_tables(data: dict[str, Any], mistakes: Mistakes) -> Tables:
    """Check the shape of every table; all that is wrong goes to `mistakes`."""
    tables = Tables()
    for key, value in data.items():
        if key in SINGLE:
            setattr(tables, key, _checked(SINGLE[key], value, (key,), mistakes))
        elif key in LISTS:
            _read_list(key, value, tables, mistakes)
        elif key == "concepts":
            _read_concepts(value, tables, mistakes)
        elif key == "queries":
            _read_queries(value, tables, mistakes)
        else:
            mistakes.add((key,), unknown_key(key, TOP, "the file"))
    if "watcher" not in data:
        mistakes.add(
            ("watcher",), 'there is no table [watcher]; add it, with time_zone = "Asia/Phnom_Penh" and contact = "you@example.org"'
        )
    return tables


def _read_list(key: str, value: Any, tables: Tables, mistakes: Mistakes) -> None:
    if not isinstance(value, list):
        mistakes.add((key,), f"{key} must be a list of tables; write [[{key}]], with two brackets on each side")
        return
    kept = getattr(tables, key)
    for index, item in enumerate(value):
        table = _checked(LISTS[key], item, (key, index), mistakes)
        if table is not None:
            kept[index] = table


def _read_concepts(value: Any, tables: Tables, mistakes: Mistakes) -> None:
    """Take `"scam.en" = {...}` and, as TOML reads it without the quotes, `scam.en = {...}` alike."""
    if not isinstance(value, dict):
        mistakes.add(("concepts",), 'concepts must be a table; write [concepts] and below it "scam.en" = { add = ["..."] }')
        return
    found: list[tuple[str, Path, Any]] = []
    for name, edit in value.items():
        if "." not in name and isinstance(edit, dict) and not _EDITS & edit.keys():
            found += [(f"{name}.{language}", ("concepts", name, language), inner) for language, inner in edit.items()]
        else:
            found.append((name, ("concepts", name), edit))
    for name, path, edit in found:
        if isinstance(edit, dict) and edit.keys() - _EDITS:
            for key in edit.keys() - _EDITS:
                mistakes.add((*path, key), unknown_key(key, sorted(_EDITS), f'"{name}" of [concepts]'))
            continue
        table = _checked(EditTable, edit, path, mistakes)
        if isinstance(table, EditTable):
            tables.concepts.append((name, path, table))


def _read_queries(value: Any, tables: Tables, mistakes: Mistakes) -> None:
    """Take `elsewhere = "..."`: a name that can stand behind an @, and a text with something in it."""
    if not isinstance(value, dict):
        mistakes.add(("queries",), 'queries must be a table; write [queries] and below it name = "..."')
        return
    for name, text in value.items():
        path = ("queries", name)
        if not CONCEPT_NAME.fullmatch(name):
            mistakes.add(path, f"'{name}' cannot be the name of a query; write small letters, digits and _, such as elsewhere")
        elif not isinstance(text, str):
            mistakes.add(path, f'query {name} must be text in quotes; write {name} = "..."')
        elif not text.strip():
            mistakes.add(path, f"query {name} is empty; write something between the quotes, or remove the line")
        else:
            tables.queries[name] = text


def _checked(shape: type[Table], value: Any, path: Path, mistakes: Mistakes) -> Table | None:
    if isinstance(value, list) and len(path) == 1:
        mistakes.add(path, f"there can be only one {path[0]}; write [{path[0]}], with one bracket on each side")
        return None
    try:
        return shape.model_validate(value)
    except ValidationError as error:
        mistakes.add_refused(path, error)
        return None


def _syntax(problem: str, line: str) -> str:
    if _BARE_TIME.search(line):
        return 'a time stands here without quotes; write it as "07:00"'
    if problem.startswith("Illegal character"):
        return "a text is not closed in the line where it begins; add the quote at its end"
    if "overwrite" in problem.lower() or "declare" in problem.lower() or "twice" in problem.lower():
        return f"{problem}: a key or table stands here a second time; remove one of the two"
    return f"{problem}; every text needs quotes on both sides, every list a closing bracket"
