"""languages/*.toml, shipped and the operator's own -> Language values, with every mistake at once.

A file of the operator with the code of a shipped language adds to it: lists are appended, tables merged, single values
replaced. With `replaces = true` it is the whole language instead. A code that is not shipped is a new language. What is wrong in a
file is left out of the value, so that other mistakes can be found; who calls decides whether wrong files stop anything.
"""

from __future__ import annotations

import hashlib
import marshal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from watcher.errors import ConfigError
from watcher.languages.build import build
from watcher.languages.countries import country_names
from watcher.languages.schema import HEAD, LONGEST_FILE, parse
from watcher.model import Language

SHIPPED = Path(__file__).parent
_MARSHAL = 2  # the last format without references, in which equal values are equal bytes; a third of the time of repr
OWN_FOLDER = "languages"  # beside rules.toml

Does = Literal["new", "adds", "replaces"]


@dataclass(frozen=True, slots=True)
class OwnTexts:
    """The operator's files as they were read: text by file name, what could not be read, and names that are passed over."""

    texts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    mistakes: tuple[ConfigError, ...] = ()
    strays: tuple[str, ...] = ()


NONE = OwnTexts()


@dataclass(frozen=True, slots=True)
class OwnFile:
    """What one file of the operator does. `changes` are keys with what they got: `scam +2`; `blanks` are still to be filled in."""

    file: str
    code: str
    name: str
    does: Does
    changes: tuple[str, ...]
    blanks: int


@dataclass(frozen=True, eq=False, slots=True)
class Spoken:
    """Every language there is. `mistakes` are those of the operator's files; `fingerprint` changes with anything that reading uses."""

    languages: tuple[Language, ...]
    tables: Mapping[str, Mapping[str, Any]]  # what each was made of, by its code
    own: tuple[OwnFile, ...]
    mistakes: tuple[ConfigError, ...]
    fingerprint: str
    texts: OwnTexts


def load(folder: Path | None = None) -> tuple[Language, ...]:
    """Return the shipped languages together with the operator's files in `folder`.

    Raises an ExceptionGroup of ConfigError that holds every mistake of every file, each with its line.
    """
    spoken = combine(read_folder(folder) if folder is not None else NONE)
    if spoken.mistakes:
        raise ExceptionGroup("languages", spoken.mistakes)
    return spoken.languages


def read_file(path: Path) -> Language:
    """Read one file as a language of its own. Raises an ExceptionGroup of ConfigError with the file's name, line and key."""
    name = f"{OWN_FOLDER}/{path.name}"
    parsed = parse(path.read_text(encoding="utf-8"), name, code=path.stem)
    if parsed.mistakes:
        raise ExceptionGroup(name, parsed.mistakes)
    return build(parsed.data, country_names(path.stem))


def read_folder(folder: Path) -> OwnTexts:
    """Read the operator's folder; none there is no mistake. Files that are not called <code>.toml are named, not read."""
    texts: dict[str, str] = {}
    mistakes: list[ConfigError] = []
    strays: list[str] = []
    try:
        if not folder.exists() or folder.resolve() == SHIPPED:
            return NONE
        paths = sorted(folder.iterdir())
    except OSError as error:
        problem = f"cannot be read ({error.strerror}); it must be a folder that the service may read"
        return OwnTexts(mistakes=(ConfigError(problem, file=OWN_FOLDER),))
    for path in paths:
        if path.suffix != ".toml" or path.name.startswith("."):
            strays += [path.name] if not path.name.startswith(".") and not path.name.endswith("~") else []
            continue
        try:
            texts[path.name] = _text_of(path)
        except (OSError, ValueError) as error:
            mistakes.append(ConfigError(_unreadable(error), file=f"{OWN_FOLDER}/{path.name}"))
    return OwnTexts(texts, tuple(mistakes), tuple(strays))


def combine(own: OwnTexts) -> Spoken:
    """Put shipped and own languages together. Raises nothing: what is wrong stands in `mistakes`."""
    shipped = _shipped()
    languages = {code: language for code, (_, language) in shipped.items()}
    tables = {code: data for code, (data, _) in shipped.items()}
    files: list[OwnFile] = []
    mistakes: list[ConfigError] = list(own.mistakes)
    for name, text in sorted(own.texts.items()):
        code = name.removesuffix(".toml")
        base = shipped[code][0] if code in shipped else None
        parsed = parse(text, f"{OWN_FOLDER}/{name}", code=code, adds=base is not None)
        mistakes += parsed.mistakes
        whole = base is None or bool(parsed.data.get("replaces"))
        head = {"code": code, "name": code, "tags": [code]}  # for a file with mistakes there
        data = tables[code] = {**head, **parsed.data} if whole else _merged(base or {}, _said(parsed.data))
        languages[code] = build(data, {} if base is not None and whole else country_names(code))
        does: Does = "new" if base is None else "replaces" if whole else "adds"
        changes = _changes(parsed.data) if does != "adds" else _changes(parsed.data, base)
        files.append(OwnFile(name, code, languages[code].name, does, changes, parsed.blanks))
    mistakes += _tags_twice(languages, [file.code for file in files])
    return Spoken(tuple(languages.values()), tables, tuple(files), tuple(mistakes), _fingerprint(tables), own)


def _fingerprint(tables: Mapping[str, Mapping[str, Any]]) -> str:
    """A hash of all that a Language is made of: a word in any table counts, a comment, a name or who checked it does not."""
    digest = hashlib.blake2b(digest_size=16)
    for code, data in sorted(tables.items()):
        used = [(key, value) for key, value in data.items() if key not in ("name", "checked_by")]
        digest.update(marshal.dumps((code, used, dict(country_names(code))), _MARSHAL))
    return digest.hexdigest()


@lru_cache(maxsize=1)
def _shipped() -> Mapping[str, tuple[Mapping[str, Any], Language]]:
    """Tables and value of each shipped language, read once a process. Raises an ExceptionGroup of ConfigError: the package is broken."""
    found: dict[str, tuple[Mapping[str, Any], Language]] = {}
    mistakes: list[ConfigError] = []
    for path in sorted(SHIPPED.glob("*.toml")):
        parsed = parse(path.read_bytes().decode("utf-8"), f"{OWN_FOLDER}/{path.name}", code=path.stem)
        mistakes += parsed.mistakes
        if not parsed.mistakes:
            found[path.stem] = parsed.data, build(parsed.data, country_names(path.stem))
    if mistakes:
        raise ExceptionGroup("languages", mistakes)
    return found


def shipped_tables(code: str) -> Mapping[str, Any] | None:
    """The tables of a shipped file as they stand there, for templates and pages; None where there is none."""
    found = _shipped().get(code)
    return found[0] if found else None


def _said(data: Mapping[str, Any]) -> dict[str, Any]:
    """Without an empty `checked_by`, which a template has: it takes nothing back."""
    return {key: value for key, value in data.items() if key != "checked_by" or value}


def _merged(base: Mapping[str, Any], added: Mapping[str, Any]) -> dict[str, Any]:
    """Tables merged, lists appended, single values replaced; lists of lists (months) are appended place by place."""
    merged = dict(base)
    for key, value in added.items():
        before = base.get(key)
        if isinstance(before, Mapping) and isinstance(value, Mapping):
            merged[key] = _merged(before, value)
        elif isinstance(before, list) and isinstance(value, list):
            if value and isinstance(value[0], list):
                merged[key] = [[*dict.fromkeys([*old, *new])] for old, new in zip(before, value, strict=True)]
            else:
                merged[key] = [*dict.fromkeys([*before, *value])]
        else:
            merged[key] = value
    return merged


def _changes(data: Mapping[str, Any], base: Mapping[str, Any] | None = None) -> tuple[str, ...]:
    """What a file brings that its base has not: `scam +2`, `spaces`."""
    found = []
    for table, content in data.items():
        if table in HEAD:
            continue
        for key, value in content.items():
            before = (base or {}).get(table, {}).get(key)
            new = _count(value) - _count(before, value) if isinstance(value, (list, dict)) else int(value != before)
            if new:
                found.append(f"{key} +{new}" if isinstance(value, (list, dict)) else key)
    return tuple(found)


def _count(value: Any, among: Any = None) -> int:
    """How many words a list, table or list of lists holds; with `among` only those that stand there too."""
    return len(_words(value) & _words(among)) if among is not None else len(_words(value))


def _words(value: Any) -> set[str]:
    if isinstance(value, Mapping):
        return set(value)
    return {word for each in value or () for word in (each if isinstance(each, list) else (each,))}


def _tags_twice(languages: Mapping[str, Language], own: Sequence[str]) -> list[ConfigError]:
    """A tag must lead to one language; where two claim it, the operator's file is told."""
    mistakes = []
    for code in own:
        for tag in languages[code].tags:
            other = next((one for one in languages.values() if one.code != code and tag in one.tags), None)
            if other is not None:
                problem = f'tags: "{tag}" is a tag of {other.name} ({other.code}.toml) already; remove it here'
                mistakes.append(ConfigError(problem, file=f"{OWN_FOLDER}/{code}.toml"))
    return mistakes


def _text_of(path: Path) -> str:
    with path.open("rb") as file:
        raw = file.read(4 * LONGEST_FILE + 1)
    return raw.decode("utf-8")


def _unreadable(error: OSError | ValueError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "is not a text file in UTF-8; save it as UTF-8"
    return f"cannot be read ({getattr(error, 'strerror', None) or error}); look at its owner and rights"
