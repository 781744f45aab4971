"""languages/<code>.toml -> Language: what each language calls places, scams, stages, people, numbers and dates.

One file a language, read once when the service starts and handed on as values. A folder of the operator adds
languages or replaces shipped ones, file by file. Nothing is matched here, and no language needs code of its own.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from watcher.errors import ConfigError
from watcher.model import Called, Language, Qualifier, Stage

SHIPPED = Path(__file__).parent

# Concepts a file may fill by hand; the others are built from its places, stages and demonyms.
OWN_CONCEPTS = ("scam", "compound", "foreigners", "immigration", "crossing", "other_country", "outbound", "inbound")
BUILT_CONCEPTS = (
    "cambodia",
    "deported",
    "repatriated",
    "extradited",
    "pending",
    "arrested",
    "raid",
    "rescued",
    "charged",
    "sentenced",
    "nationals",
)

_OUT = (Stage.DEPORTED, Stage.REPATRIATED, Stage.EXTRADITED)
_STRINGS, _NUMBERS, _LISTS = "a list of words", "a table of words and whole numbers", "a list of lists of words"

# Table -> key -> what stands there. None as key: any key will do.
_SHAPE: dict[str, dict[str | None, str]] = {
    "script": {
        "spaces": "true or false",
        "prefix": "true or false",
        "glued": _STRINGS,
        "enders": _STRINGS,
        "abbreviations": _STRINGS,
        "frequent": _STRINGS,
        "thousands": _STRINGS,
    },
    "places": {None: _STRINGS},
    "concepts": dict.fromkeys(OWN_CONCEPTS, _STRINGS),
    "stages": {**dict.fromkeys((stage.value for stage in Stage), _STRINGS), "pending": _STRINGS, "ahead": _STRINGS, "denied": _STRINGS},
    "people": dict.fromkeys(("counters", "suspects", "victims", "parts", "not_people", "shares", "closers", "again"), _STRINGS),
    "numbers": {
        **dict.fromkeys(("words", "multipliers", "vague"), _NUMBERS),
        **dict.fromkeys(("about", "at_least", "at_most"), _STRINGS),
    },
    "time": {"months": _LISTS, "weekdays": _LISTS, "days": _NUMBERS, "dates": _STRINGS, "past": _STRINGS, "since": _STRINGS},
    "direction": dict.fromkeys(("to_before", "to_after", "from_before", "from_after"), _STRINGS),
    "countries": {None: _STRINGS},
    "demonyms": {None: _STRINGS},
}
_HEAD = {"code": "a text", "name": "a text", "tags": _STRINGS, "checked_by": "a text"}


def load(folder: Path | None = None) -> tuple[Language, ...]:
    """Return the shipped languages, each replaced by the file of the same name in `folder`, and those only found there.

    Raises an ExceptionGroup of ConfigError that holds every mistake of every file, each with its line.
    """
    files = {path.stem: path for path in sorted(SHIPPED.glob("*.toml"))}
    if folder is not None:
        files |= {path.stem: path for path in sorted(folder.glob("*.toml"))}
    languages: list[Language] = []
    mistakes: list[Exception] = []
    for path in files.values():
        try:
            languages.append(read_file(path))
        except ExceptionGroup as group:
            mistakes.extend(group.exceptions)
    if mistakes:
        raise ExceptionGroup("languages", mistakes)
    return tuple(languages)


def read_file(path: Path) -> Language:
    """Read one language file. Raises an ExceptionGroup of ConfigError with the file's name, line and key."""
    name = f"languages/{path.name}"
    text = path.read_text(encoding="utf-8")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ExceptionGroup(name, [ConfigError(f"not TOML: {error}", file=name)]) from error
    mistakes = [ConfigError(problem, file=name, line=_line_of(text, table, key)) for table, key, problem in _check(data, path.stem)]
    if mistakes:
        raise ExceptionGroup(name, mistakes)
    return _language(data)


def _check(data: Mapping[str, Any], code: str) -> list[tuple[str | None, str, str]]:
    """Every mistake as (table, key, what is wrong and what to do)."""
    found: list[tuple[str | None, str, str]] = []
    for key, kind in _HEAD.items():
        if key != "checked_by" and key not in data:
            found.append((None, key, f"{key} is missing; it must be {kind}"))
        elif key in data and not _FITS[kind](data[key]):
            found.append((None, key, f"{key} must be {kind}"))
    if data.get("code", code) != code:
        found.append((None, "code", f'code is "{data["code"]}" but the file is {code}.toml; make them the same'))
    for table, content in data.items():
        if table in _HEAD:
            continue
        if table not in _SHAPE or not isinstance(content, dict):
            found.append((None, table, f"unknown table [{table}]{_meant(table, _SHAPE)}"))
            continue
        found.extend((table, key, problem) for key, problem in _check_table(table, content))
    return found


def _check_table(table: str, content: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = []
    shape = _SHAPE[table]
    for key, value in content.items():
        kind = shape.get(key, shape.get(None, ""))
        if table in ("countries", "demonyms") and key != "compose" and not (len(key) == 2 and key.isascii() and key.isupper()):
            found.append((key, f"[{table}] '{key}' is no country code; use two capital letters of ISO 3166-1, such as JP"))
        if not kind:
            found.append((key, f"[{table}] unknown key '{key}'{_meant(key, [name for name in shape if name])}"))
        elif not _FITS[kind](value):
            found.append((key, f"[{table}] {key} must be {kind}"))
        elif kind == _STRINGS and table not in ("script", "time", "direction"):
            found.extend((key, f'[{table}] {key}: "{term}" {problem}') for term in value if (problem := _wrong_term(term)))
    for key, length in (("months", 12), ("weekdays", 7)):
        if table == "time" and len(content.get(key, [()] * length)) != length:
            found.append((key, f"[time] {key} must have {length} lists"))
    return found


def _wrong_term(term: str) -> str:
    if not any(map(str.isalnum, term)):
        return "has no letters; remove it"
    if "*" in term[:-1]:
        return "has a * inside; only the last character may be one, so write the forms out"
    return ""


def _is_strings(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


_FITS: dict[str, Callable[[Any], bool]] = {
    "a text": lambda value: isinstance(value, str),
    "true or false": lambda value: isinstance(value, bool),
    _STRINGS: _is_strings,
    _LISTS: lambda value: isinstance(value, list) and all(_is_strings(item) for item in value),
    _NUMBERS: lambda value: isinstance(value, dict) and all(type(number) is int for number in value.values()),
}


def _meant(word: str, known: Any) -> str:
    close = difflib.get_close_matches(word, list(known), 1)
    return f"; did you mean {close[0]}?" if close else f"; known are {', '.join(known)}"


def _line_of(text: str, table: str | None, key: str) -> int | None:
    """The line of `key` in `[table]` (None: before any table), else of the table's header."""
    inside: str | None = None
    header = None
    for number, line in enumerate(text.splitlines(), start=1):
        start = line.strip()
        if start.startswith("["):
            inside = start[1:].partition("]")[0]
            if inside == (table or key):
                header = number
        elif inside == table and start.partition("=")[0].strip().strip('"') == key:
            return number
    return header


def _language(data: Mapping[str, Any]) -> Language:
    script, people, numbers, time = (data.get(table, {}) for table in ("script", "people", "numbers", "time"))
    places = {name: tuple(terms) for name, terms in data.get("places", {}).items()}
    countries = {code: tuple(terms) for code, terms in data.get("countries", {}).items()}
    demonyms = _demonyms(countries, dict(data.get("demonyms", {})))
    stages = {Stage(name): tuple(terms) for name, terms in data.get("stages", {}).items() if name in set(Stage)}
    pending = tuple(data.get("stages", {}).get("pending", ()))
    same_name: dict[str, Any] = {key: value if isinstance(value, bool) else tuple(value) for key, value in script.items()}
    same_name |= {key: tuple(words) for key, words in data.get("direction", {}).items()}
    return Language(
        code=data["code"],
        name=data["name"],
        tags=tuple(data["tags"]),
        checked_by=data.get("checked_by", ""),
        **same_name,
        concepts=_concepts(data.get("concepts", {}), places, stages, pending, demonyms),
        places=places,
        countries=countries,
        demonyms=demonyms,
        stages=stages,
        pending=pending,
        ahead=tuple(data.get("stages", {}).get("ahead", ())),
        denied=tuple(data.get("stages", {}).get("denied", ())),
        counters=tuple(people.get("counters", ())),
        called={called: tuple(people[called.value]) for called in (Called.SUSPECTS, Called.VICTIMS) if called.value in people},
        parts=tuple(people.get("parts", ())),
        not_people=tuple(people.get("not_people", ())),
        shares=tuple(people.get("shares", ())),
        closers=tuple(people.get("closers", ())),
        again=tuple(people.get("again", ())),
        numbers=numbers.get("words", {}),
        multipliers=numbers.get("multipliers", {}),
        vague=numbers.get("vague", {}),
        qualifiers={qualifier: tuple(numbers[qualifier.value]) for qualifier in Qualifier if qualifier.value in numbers},
        months=_positions(time.get("months", ()), 1),
        weekdays=_positions(time.get("weekdays", ()), 0),
        days=time.get("days", {}),
        dates=tuple(time.get("dates", ())),
        past=tuple(time.get("past", ())),
        since=tuple(time.get("since", ())),
    )


def _positions(lists: Any, first: int) -> dict[str, int]:
    return {word: number for number, words in enumerate(lists, start=first) for word in words}


def _demonyms(countries: Mapping[str, tuple[str, ...]], written: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    """Those written in the file, and for every country the forms that `compose` makes: 越南 with {c}人 is 越南人."""
    patterns = written.pop("compose", [])
    found = {code: list(terms) for code, terms in written.items()}
    for code, names in countries.items():
        made = [pattern.replace("{c}", name) for name in names for pattern in patterns]
        if made:
            found.setdefault(code, []).extend(made)
    return {code: tuple(dict.fromkeys(terms)) for code, terms in found.items()}


def _concepts(
    written: Mapping[str, list[str]],
    places: Mapping[str, tuple[str, ...]],
    stages: Mapping[Stage, tuple[str, ...]],
    pending: tuple[str, ...],
    demonyms: Mapping[str, tuple[str, ...]],
) -> dict[str, tuple[str, ...]]:
    concepts = {name: tuple(terms) for name, terms in written.items()}
    concepts["cambodia"] = tuple(term for terms in places.values() for term in terms)
    concepts["deported"] = tuple(term for stage in _OUT for term in stages.get(stage, ()))
    concepts["repatriated"] = stages.get(Stage.REPATRIATED, ())
    concepts["extradited"] = stages.get(Stage.EXTRADITED, ())
    concepts["arrested"] = stages.get(Stage.ARRESTED, ()) + stages.get(Stage.DETAINED, ())
    for stage in (Stage.RAID, Stage.RESCUED, Stage.CHARGED, Stage.SENTENCED):
        concepts[stage.value] = stages.get(stage, ())
    concepts["pending"] = pending
    concepts["nationals"] = tuple(term for code, terms in demonyms.items() if code != "KH" for term in terms)
    return {name: tuple(dict.fromkeys(terms)) for name, terms in concepts.items()}
