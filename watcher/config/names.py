"""The names in a rules file: each is given once, and each that is used exists.

Looks at the file as it was read, not at checked tables, so that a table with another mistake is checked too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from watcher.config.lines import Path
from watcher.config.mistakes import Mistakes
from watcher.config.values import did_you_mean

# Digests and alerts share their names: both are audiences, and an audience is known by its name.
_NAMED_TOGETHER = (("channels",), ("rules",), ("digests", "alerts"))


def check_names(data: dict[str, Any], mistakes: Mistakes) -> None:
    """Note names that stand twice, and channels and rules that are used but not there."""
    for together in _NAMED_TOGETHER:
        _check_once(data, together, mistakes)
    channels, rules = _names(data, "channels"), _names(data, "rules")
    for path, name in _used_channels(data):
        if name not in channels:
            mistakes.add(path, f"there is no channel '{name}'; {did_you_mean(name, channels, otherwise=_or_add(channels))}")
    for path, name in _used_rules(data):
        if name not in rules:
            mistakes.add(path, f"there is no rule '{name}'; {did_you_mean(name, rules)}")
    _check_fallbacks(data, mistakes)
    _check_former(data, mistakes)


def _check_once(data: dict[str, Any], together: Sequence[str], mistakes: Mistakes) -> None:
    first: dict[str, int] = {}
    for key in together:
        for index, item in _tables(data, key):
            name = item.get("name")
            if not isinstance(name, str):
                continue
            if name in first:
                mistakes.add((key, index, "name"), f"the name '{name}' stands twice, first in line {first[name]}; rename one")
            else:
                first[name] = mistakes.line(key, index, "name")


def _check_former(data: dict[str, Any], mistakes: Mistakes) -> None:
    """`was` is a name that is free now: two audiences cannot go on as one."""
    for key in ("digests", "alerts"):
        for index, item in _tables(data, key):
            was = item.get("was")
            if isinstance(was, str) and was in _names(data, key):
                mistakes.add(
                    (key, index, "was"), f"'{was}' is still the name of one of the {key}; `was` is the name that this one had before"
                )


def _check_fallbacks(data: dict[str, Any], mistakes: Mistakes) -> None:
    """A fallback must be one that people read, and the way from one to the next must come to an end."""
    tables = {item["name"]: item for _, item in _tables(data, "channels") if isinstance(item.get("name"), str)}
    following = {name: item["fallback"] for name, item in tables.items() if isinstance(item.get("fallback"), str)}
    for index, item in _tables(data, "channels"):
        name, instead = item.get("name"), item.get("fallback")
        if not isinstance(name, str) or not isinstance(instead, str) or instead not in tables:
            continue
        way = [name]
        while way[-1] in following and way.count(way[-1]) == 1:
            way.append(following[way[-1]])
        if way[-1] == name and len(way) > 1:
            mistakes.add(
                ("channels", index, "fallback"), f"the fallback of '{name}' leads back to it ({' -> '.join(way)}); remove one of them"
            )
        elif tables[instead].get("kind") == "webhook":
            problem = f"the fallback of '{name}' is a webhook, which nobody reads; name one of kind email, slack or folder"
            mistakes.add(("channels", index, "fallback"), problem)


def _used_channels(data: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    for key, inside in (("operator", "to"), ("watcher", "canary_channel")):
        table = data.get(key)
        if isinstance(table, dict):
            yield from _texts((key, inside), table.get(inside))
    for index, item in _tables(data, "channels"):
        yield from _texts(("channels", index, "fallback"), item.get("fallback"))
    for key in ("digests", "alerts"):
        for index, item in _tables(data, key):
            yield from _texts((key, index, "channels"), item.get("channels"))


def _used_rules(data: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    for key in ("digests", "alerts"):
        for index, item in _tables(data, key):
            where = item.get("where")
            if isinstance(where, dict):
                yield from _texts((key, index, "where", "rule"), where.get("rule"))


def _tables(data: dict[str, Any], key: str) -> list[tuple[int, dict[str, Any]]]:
    items = data.get(key)
    return [(index, item) for index, item in enumerate(items) if isinstance(item, dict)] if isinstance(items, list) else []


def _names(data: dict[str, Any], key: str) -> list[str]:
    return list(dict.fromkeys(item["name"] for _, item in _tables(data, key) if isinstance(item.get("name"), str)))


def _texts(path: Path, value: Any) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        yield from (((*path, place), text) for place, text in enumerate(value) if isinstance(text, str))


def _or_add(channels: Sequence[str]) -> str:
    return "" if channels else "add it as [[channels]]"
