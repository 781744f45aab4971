"""The text of one language file -> its tables, or every mistake in them with line, key and what to do.

One file at a time; which files there are, and what a file of the operator does to a shipped one, is `load`. A blank
(`""`) is no mistake: it stands for what nobody has translated yet and is taken out.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from watcher.errors import ConfigError
from watcher.fold import folded
from watcher.languages.quick import quick_toml
from watcher.model import Stage

# Concepts a file may fill by hand; the others are built from its places, stages and demonyms.
OWN_CONCEPTS = (
    "scam",
    "compound",
    "scam_sign",
    "other_offence",
    "based",
    "home_place",
    "foreigners",
    "immigration",
    "crossing",
    "other_country",
    "outbound",
    "inbound",
)

# Words that say of a step beside them that it is not done, or of people that they are out; not searched by themselves.
WORDS_BESIDE_STAGES = ("ahead", "ahead_after", "denied", "denied_after", "asked")

FROM_NOW = ("days", "week_words", "month_words", "year_words")  # counted from the publication

STRINGS, NUMBERS, LISTS = "a list of words", "a table of words and whole numbers", "a list of lists of words"
TEXT, YES_NO = "a text", "true or false"

# Table -> key -> what stands there. None as key: any key will do.
SHAPE: dict[str, dict[str | None, str]] = {
    "script": {
        **dict.fromkeys(("spaces", "prefix"), YES_NO),
        **dict.fromkeys(("glued", "enders", "abbreviations", "frequent", "thousands", "home"), STRINGS),
    },
    "places": {None: STRINGS},
    "concepts": dict.fromkeys(OWN_CONCEPTS, STRINGS),
    "stages": dict.fromkeys((*(stage.value for stage in Stage), "pending", *WORDS_BESIDE_STAGES), STRINGS),
    "people": dict.fromkeys(
        (
            "counters",
            "suspects",
            "victims",
            "parts",
            "not_people",
            "shares",
            "shares_after",
            "withdrawn",
            "withdrawn_after",
            "citizens",
            "citizens_after",
            "closers",
            "again",
            "compatriots",
            "further",
            "climbed",
            "defrauding",
            "organisers",
        ),
        STRINGS,
    ),
    "numbers": {
        **dict.fromkeys(("words", "multipliers", "vague"), NUMBERS),
        **dict.fromkeys(("about", "at_least", "at_most"), STRINGS),
    },
    "time": {
        **dict.fromkeys(("months", "weekdays"), LISTS),
        **dict.fromkeys(FROM_NOW, NUMBERS),
        **dict.fromkeys(("dates", "past", "since", "totals", "other_case", "said", "clauses"), STRINGS),
    },
    "direction": dict.fromkeys(("to_before", "to_after", "from_before", "from_after"), STRINGS),
    "apart": dict.fromkeys((stage.value for stage in Stage), STRINGS),
    "arrivals": {None: STRINGS},
    "towns": {None: STRINGS},
    "countries": {None: STRINGS},
    "demonyms": {None: STRINGS},
}
HEAD = {"code": TEXT, "name": TEXT, "tags": STRINGS, "checked_by": TEXT, "replaces": YES_NO}
NEEDED = ("code", "name", "tags")

LONGEST_TERM = 80  # characters; a longer one would not be seen to hold the shorter ones inside it
LONGEST_FILE = 1_000_000  # characters; the largest shipped file has 14,000
_CODE = re.compile(r"[a-z]{2,3}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_HOLES = re.compile(r"\{(\w*)\}")
_DATE_HOLES = {"y", "m", "d", "month", "yy", "roc", "reiwa", "n"}
_TOTAL_HOLES = {"n", "month"}
_LENGTHS = {"months": 12, "weekdays": 7}
_NOT_SEARCHED = ("script", "direction")  # their texts may be marks or single letters
_MAY_BE_SHORT = {"people", "numbers", "time"}  # 名 and 年 are words for what is counted
_SHORT_STAGES = WORDS_BESIDE_STAGES

Mistake = tuple[str | None, str, str, str]  # table, key, term, what is wrong and what to do


@dataclass(frozen=True, slots=True)
class Parsed:
    """One file: its right tables without blanks, how many blanks it had, and what is wrong in the rest."""

    data: Mapping[str, Any]
    blanks: int
    mistakes: tuple[ConfigError, ...]


def parse(text: str, file: str, *, code: str, adds: bool = False) -> Parsed:
    """Read one file called `<code>.toml`. With `adds` it may leave out name and tags, as the shipped file has them."""
    text = text.removeprefix("\ufeff")
    if len(text) > LONGEST_FILE:
        return Parsed(
            {}, 0, (ConfigError("has over a million characters; a language is a list of words, so split off the rest", file=file),)
        )
    try:
        read = quick_toml(text) or tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return Parsed({}, 0, (_not_toml(error, text, file),))
    blanks = [0]
    data = _filled(read, blanks)
    found = [*_head(data, code, adds and not read.get("replaces")), *_tables(data)]
    mistakes = [ConfigError(problem, file=file, line=line_of(text, table, key, term)) for table, key, term, problem in found]
    for table, key, _, _ in found:
        _leave_out(data, table, key)
    return Parsed(data, blanks[0], tuple(sorted(mistakes, key=lambda one: one.line or 0)))


def line_of(text: str, table: str | None, key: str, term: str = "") -> int | None:
    """The line of `term` of `key` in `[table]` (None: before any table), else of the key, else of the table's header."""
    inside: str | None = None
    header = found = None
    for number, line in enumerate(text.split("\n"), start=1):
        start = line.strip()
        if found and term and f'"{term}"' in line:
            return number
        if start.startswith("[") and not found:
            inside = start.strip("[").partition("]")[0].strip()
            if inside == (table or key) or (inside, table) == (f"{table}.{key}", table):
                header = number
        elif inside == table and _key_of(start) == key and not found:
            found = number
            if not term or f'"{term}"' in line:
                return number
        elif found and (start.startswith("[") or "=" in start.partition("#")[0]) and not start.startswith('"'):
            return found
    return found or header


def _key_of(line: str) -> str:
    return line.partition("=")[0].strip().strip("\"'")


def _not_toml(error: tomllib.TOMLDecodeError, text: str, file: str) -> ConfigError:
    place = re.search(r" \(at line (\d+), column \d+\)$", str(error))
    line = int(place[1]) if place else len(text.split("\n"))
    problem = re.sub(r" \(at .*\)$", "", str(error))
    return ConfigError(f"{problem}; every word needs quotes on both sides, every list a closing bracket", file=file, line=line)


def _filled(value: Any, blanks: list[int]) -> Any:
    """The value without blanks; a list or table of nothing but blanks goes whole, an inner list keeps its place."""
    if isinstance(value, dict):
        blanks[0] += "" in value
        inner = {key: _filled(each, blanks) for key, each in value.items() if key}
        return {key: each for key, each in inner.items() if each is value[key] or not _is_blank(each, value[key])}
    if isinstance(value, list):
        if "" not in value and _is_strings(value):
            return value
        blanks[0] += value.count("")
        kept = [_filled(each, blanks) for each in value if each != ""]
        return kept if any(kept) or not value else []
    return value


def _is_blank(filled: Any, written: Any) -> bool:
    return filled in ([], {}) and bool(written)


def _head(data: Mapping[str, Any], code: str, adds: bool) -> Iterator[Mistake]:
    for key, kind in HEAD.items():
        needed = key == "code" if adds else key in NEEDED
        if needed and data.get(key, "") in ("", []):
            yield None, key, "", f"{key} is missing; it must be {kind}, such as {_EXAMPLES[key].format(code=code)}"
        elif key in data and not _FITS[kind](data[key]):
            yield None, key, "", f"{key} must be {kind}, such as {_EXAMPLES[key].format(code=code)}"
    said = data.get("code", code)
    if said != code:
        yield None, "code", "", f'code is "{said}" but the file is {code}.toml; make them the same'
    elif not _CODE.fullmatch(code):
        yield None, "code", "", f'"{code}" cannot be the code of a language; use two or three small letters, and tags for its variants'


_EXAMPLES = {"code": 'code = "{code}"', "name": 'name = "Amharic"', "tags": 'tags = ["{code}"]', "checked_by": 'checked_by = ""', "replaces": "replaces = true"}  # fmt: skip


def _tables(data: Mapping[str, Any]) -> Iterator[Mistake]:
    for table, content in data.items():
        if table in HEAD:
            continue
        if table not in SHAPE:
            yield None, table, "", f"unknown table [{table}]{_meant(table, SHAPE)}"
        elif not isinstance(content, dict):
            yield None, table, "", f"{table} must be a table; write [{table}] in a line of its own"
        else:
            for key, value in content.items():
                yield from ((table, key, term, problem) for term, problem in _key(table, key, value))
    people = data.get("people")
    if isinstance(people, dict) and _is_strings(people.get("counters")) and _is_strings(people.get("not_people")):
        for term in sorted(set(people["counters"]) & set(people["not_people"])):
            yield "people", "not_people", term, f'[people] not_people: "{term}" stands in counters too; leave it in one of them'


def _key(table: str, key: str, value: Any) -> Iterator[tuple[str, str]]:
    """What is wrong with one key: (the term at fault or "", the problem)."""
    shape = SHAPE[table]
    kind = shape.get(key, shape.get(None, ""))
    composed = table in ("arrivals", "demonyms") and key == "compose"
    if table in ("arrivals", "countries", "demonyms", "towns") and not composed and not _COUNTRY.fullmatch(key):
        yield "", f"[{table}] '{key}' is no country code; use two capital letters of ISO 3166-1, such as JP"
    elif not kind:
        yield "", f"[{table}] unknown key '{key}'{_meant(key, [name for name in shape if name])}"
    elif not _FITS[kind](value):
        yield "", f"[{table}] {key} must be {kind}, such as {_SUCH_AS[kind].format(key=key)}"
    elif kind == LISTS:
        if len(value) != _LENGTHS[key]:
            yield "", f"[time] {key} must have {_LENGTHS[key]} lists, one for each; it has {len(value)}"
        yield from ((term, f'[{table}] {key}: "{term}" {problem}') for term in _inner(value) if (problem := _wrong_term(term)))
    elif kind == NUMBERS and not (_are_plain(list(value)) and _fit(key, value.values())):
        yield from (
            (term, f'[{table}] {key}: "{term}" {problem}')
            for term, number in value.items()
            if (problem := _wrong_number(key, term, number))
        )
    elif kind == STRINGS and (table == "apart" or key in ("compose", "dates", "totals") or not _are_plain(value)):
        yield from ((term, f'[{table}] {key}: "{term}" {problem}') for term in value if (problem := _wrong(table, key, term)))


_SUCH_AS = {STRINGS: '{key} = ["one word", "another"]', NUMBERS: '{key} = {{ "ten" = 10 }}', LISTS: '{key} = [["one"], ["two"]]', YES_NO: "{key} = true", TEXT: '{key} = "..."'}  # fmt: skip


def _are_plain(terms: list[str]) -> bool:
    """Whether nothing can be wrong with any of these terms; nearly all of 30,000 are so, and are not looked at one by one."""
    together = "".join(terms)
    if not together or not together.isprintable() or not 1 < min(map(len, terms)) <= max(map(len, terms)) <= LONGEST_TERM:
        return not terms
    if "*" in together and ("*" in "".join([term[:-1] for term in terms]) or "*" in [term[1] for term in terms]):
        return False
    return "".join([term[0] for term in terms]).isalnum()


def _wrong(table: str, key: str, term: str) -> str:
    if table in _NOT_SEARCHED:
        return ""
    if key == "compose" and table == "arrivals":
        return "" if _HOLES.findall(term) in (["c"], ["t"]) else "must hold {t} once, in the place of a town, or {c}, also of a country"
    if key == "compose":
        return "" if _HOLES.findall(term) == ["c"] else "must hold {c} once, in the place of the country's name"
    if table == "apart":
        parts = term.split(" ... ")
        return "" if len(parts) == 2 and all(parts) else "must be two words with ... between, such as sends ... back"
    if key == "dates":
        holes = _HOLES.findall(term)
        return "" if holes and set(holes) <= _DATE_HOLES else "must hold some of {y} {m} {d} {month}, and nothing else in braces"
    if key == "totals":
        holes = _HOLES.findall(term)
        return "" if set(holes) <= _TOTAL_HOLES and holes else "must hold {n} or {month}, and nothing else in braces"
    short = table in _MAY_BE_SHORT or (table == "stages" and key in _SHORT_STAGES)
    return _wrong_term(term, may_be_short=short, may_be_sign=key == "not_people")


def _wrong_term(term: str, *, may_be_short: bool = True, may_be_sign: bool = False) -> str:
    if len(term) > LONGEST_TERM:
        return f"has over {LONGEST_TERM} characters; use the words that mark it, not the whole sentence"
    if not term.isprintable() and any(not one.isprintable() and not _joins(one) for one in term):
        return "holds a line break or another control character; write it on one line"
    if not term.isalnum() and not any(map(str.isalnum, term)) and not (may_be_sign and folded(term.rstrip("*")).strip()):
        return "has no letters; remove it"
    if "*" in term[:-1]:
        return "has a * inside; only the last character may be one, so write the forms out"
    if not may_be_short and len(term) < 4 and len(folded(term.rstrip("*")).strip()) == 1:
        return "is a single letter, which stands in nearly every text; use a longer word"
    return ""


def _fit(key: str, numbers: Iterable[int]) -> bool:
    lowest, highest = _limits(key)
    return all(lowest <= number <= highest for number in numbers)


def _limits(key: str) -> tuple[int, int]:
    return (-31, 31) if key in FROM_NOW else ({"multipliers": 2}.get(key, 0), 10**12)


def _wrong_number(key: str, term: str, number: int) -> str:
    lowest, highest = _limits(key)
    if not lowest <= number <= highest:
        return f"= {number} cannot be; write a number from {lowest} to {highest}"
    return _wrong_term(term)


def _joins(character: str) -> bool:
    """Zero-width joiners belong to the spelling of Khmer, Malayalam or Persian words."""
    return character in "\u200b\u200c\u200d"


def _inner(lists: Iterable[list[str]]) -> Iterator[str]:
    return (term for words in lists for term in words)


def _leave_out(data: dict[str, Any], table: str | None, key: str) -> None:
    """Take a wrong key out, so that the rest can be understood."""
    if table is None:
        data.pop(key, None)
    elif isinstance(data.get(table), dict):
        data[table].pop(key, None)


def _is_strings(value: object) -> bool:
    return isinstance(value, list) and _STRING.issuperset(map(type, value))


_STRING = frozenset({str})
_FITS: dict[str, Callable[[Any], bool]] = {
    TEXT: lambda value: isinstance(value, str),
    YES_NO: lambda value: isinstance(value, bool),
    STRINGS: _is_strings,
    LISTS: lambda value: isinstance(value, list) and all(_is_strings(item) for item in value),
    NUMBERS: lambda value: isinstance(value, dict) and all(type(number) is int for number in value.values()),
}


def _meant(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), 1)
    return f"; did you mean {close[0]}?" if close else f"; known are {', '.join(known)}"
