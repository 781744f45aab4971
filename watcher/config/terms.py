"""rules.toml and one term -> rules.toml with `[concepts]` changed, every comment kept.

Text in, text out: who calls checks the whole and writes the file. What a concept holds without rules.toml is an argument; no
language is read here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, MutableMapping
from typing import Any

import tomlkit
from tomlkit.items import InlineTable, Table

from watcher.config.blocks import quote
from watcher.config.lines import find_lines
from watcher.config.tables import parse
from watcher.errors import UsageError

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_COMMENTED = re.compile(r"#\s*\[concepts\]")
_RULES = re.compile(r"\s*\[\[rules\]\]")

Same = Callable[[str, str], bool]


def add_term(text: str, concept: str, language: str, term: str, *, shipped: Collection[str], same: Same) -> str:
    """Return the text in which the term belongs to the concept: no longer removed, or added.

    `shipped` are the terms that languages/ gives the concept; `same` says whether two terms are one. Raises the ExceptionGroup of
    `load` where the text is no TOML.
    """

    def change(edit: MutableMapping[str, Any]) -> None:
        removed = _texts(edit, "remove")
        if any(same(one, term) for one in removed):
            _set(edit, "remove", [one for one in removed if not same(one, term)])
        has = _texts(edit, "replace") if "replace" in edit else shipped
        if not any(same(one, term) for one in (*has, *_texts(edit, "add"))):
            _append(edit, "add", term)

    return _edited(text, concept, language, change)


def remove_term(text: str, concept: str, language: str, term: str, *, shipped: Collection[str], same: Same) -> str:
    """Return the text in which the term belongs to the concept no more: taken out of `add` and `replace`, a shipped one into `remove`."""

    def change(edit: MutableMapping[str, Any]) -> None:
        for key in ("add", "replace"):
            if any(same(one, term) for one in _texts(edit, key)):
                _set(edit, key, [one for one in _texts(edit, key) if not same(one, term)])
        if "replace" not in edit and any(same(one, term) for one in shipped):
            _append(edit, "remove", term)

    return _edited(text, concept, language, change)


def _edited(text: str, concept: str, language: str, change: Callable[[MutableMapping[str, Any]], None]) -> str:
    """Change the one entry of [concepts]; tomlkit is given the lines of that table alone, as it takes seconds for a long file."""
    parse(text.removeprefix("\ufeff"), "rules.toml")
    lines = _LINE.findall(text)
    start, end = _block(text, lines)
    whole = start < 0
    document = tomlkit.parse(text if whole else "".join(lines[start:end]) or "[concepts]\n")
    concepts = document.setdefault("concepts", tomlkit.table())
    if not isinstance(concepts, (Table, InlineTable)) and not hasattr(concepts, "keys"):
        raise UsageError('[concepts] is no table; write [concepts] and below it "scam.en" = { add = ["..."] }')
    _change_entry(concepts, concept, language, change)
    changed = tomlkit.dumps(document)
    if whole:
        return changed
    if start == end:
        return _inserted(lines, start, changed) if concepts else text
    return "".join((*lines[:start], changed if changed.endswith("\n") else changed + "\n", *lines[end:]))


def _inserted(lines: list[str], place: int, table: str) -> str:
    """Put a table between lines, with one empty line before and after it."""
    before, after = "".join(lines[:place]).rstrip("\n"), "".join(lines[place:]).lstrip("\n")
    return "\n\n".join(part for part in (before, table.strip("\n"), after) if part) + ("" if after else "\n")


def _change_entry(concepts: Any, concept: str, language: str, change: Callable[[MutableMapping[str, Any]], None]) -> None:
    """Change `"scam.en" = {...}` or `scam.en = {...}`, as it is written; an entry that says nothing any more goes."""
    name = f"{concept}.{language}"
    inner = concepts.get(concept)
    if name not in concepts and isinstance(inner, MutableMapping) and language in inner:
        holder, key = inner, language
    else:
        holder, key = concepts, name
    if key in holder:
        change(holder[key])
        if not holder[key]:
            del holder[key]
        elif isinstance(holder[key], InlineTable) and "#" not in holder[key].as_string():
            holder[key] = _on_one_line(holder[key])
        return
    entry: dict[str, Any] = {}
    change(entry)
    if entry:
        holder[key] = _on_one_line(entry)


def _on_one_line(entry: MutableMapping[str, Any]) -> Any:
    """`{ add = ["..."] }`, spaced as people write it."""
    lists = ", ".join(f"{key} = [{', '.join(map(quote, _texts(entry, key)))}]" for key in entry)
    return tomlkit.parse(f"entry = {{ {lists} }}")["entry"]


def _block(text: str, lines: list[str]) -> tuple[int, int]:
    """The lines [start, end) of the table [concepts]; an empty span where a new one should stand; (-1, -1) for other ways to write it."""
    places = find_lines(text)
    header = places.get(("concepts",), 0) - 1
    if header >= 0:
        if not re.match(r"\s*\[\s*concepts\s*\]", lines[header]):
            return -1, -1
        below = sorted(
            {line - 1 for path, line in places.items() if re.match(r"\s*\[", lines[line - 1]) and line - 1 > header and len(path) <= 2}
        )
        if any(re.match(r"\s*\[\s*concepts\s*\.", lines[line]) for line in below):
            return -1, -1
        end = next(iter(below), len(lines))
        while end > header + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
            end -= 1
        return header, end
    place = _place_of_new(lines)
    return place, place


def _place_of_new(lines: list[str]) -> int:
    """Below the commented example of `init`, else above the rules and their comment, else at the end."""
    example = next((number for number, line in enumerate(lines) if _COMMENTED.match(line)), None)
    if example is not None:
        return next((number for number in range(example, len(lines)) if not lines[number].startswith("#")), len(lines))
    place = next((number for number, line in enumerate(lines) if _RULES.match(line)), len(lines))
    while 0 < place < len(lines) and (not lines[place - 1].strip() or lines[place - 1].startswith("#")):
        place -= 1
    return place


def _texts(edit: MutableMapping[str, Any], key: str) -> list[str]:
    value = edit.get(key, [])
    return [str(one) for one in ([value] if isinstance(value, str) else value)]


def _append(edit: MutableMapping[str, Any], key: str, term: str) -> None:
    if isinstance(edit.get(key), list):
        edit[key].append(term)
    else:
        edit[key] = [*_texts(edit, key), term]


def _set(edit: MutableMapping[str, Any], key: str, terms: list[str]) -> None:
    """Leave the terms given; a list that holds none goes, but an empty `replace` means that nothing is left."""
    if terms or key == "replace":
        edit[key] = terms
    else:
        del edit[key]
