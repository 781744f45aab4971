"""A language's code -> the text of its file, with the English beside every blank, or with what a speaker filled in.

A blank (`""`) is skipped when the file is read, so the template can be used from its first filled line on. Text only: who
calls writes the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from watcher.languages.countries import country_names
from watcher.languages.guide import KEYS, TABLES, Blank, blanks
from watcher.languages.schema import SHAPE

Filled = Mapping[Blank, Sequence[str]]  # from a blank to the words a speaker gave for it

# Languages that are written without spaces between words; for all others a template says `spaces = true`.
_SPACELESS = frozenset({"bo", "dz", "ja", "km", "lo", "my", "th", "yue", "zh", "shn", "ii"})
_LENGTHS = {"months": 12, "weekdays": 7}


def template(code: str, name: str, filled: Filled | None = None, *, adds: bool = False) -> str:
    """Return the text of `<code>.toml`. With `filled` only what was filled in; with `adds` for a language that is shipped."""
    rows = [*_head(code, name, adds, filled is None), *([] if adds else _script(code, filled is None))]
    for table, of_table in groupby(_in_order(filled), key=lambda blank: blank.table):
        lines: list[str] = []
        numbers: list[str] = []
        for key, of_key in groupby(of_table, key=lambda blank: blank.key):
            wanted = list(of_key)
            if wanted[0].value is not None and key not in _LENGTHS:
                numbers += _numbers(table, key, wanted, filled)
            else:
                lines += _key(table, key, wanted, filled)
        if filled is None and table == "time":
            numbers += _direction()
        if lines or numbers:
            rows += ["", f"[{table}]    # {TABLES[table]}", *lines, *numbers]
    if filled is None:
        rows += _countries(code, adds)
    return "\n".join(rows) + "\n"


def _in_order(filled: Filled | None) -> list[Blank]:
    """Every blank, and what a speaker added beside them, table by table and key by key."""
    wanted = list(blanks())
    places: dict[tuple[str, str], int] = {}
    for blank in wanted:
        places.setdefault((blank.table, blank.key), len(places))
    return sorted(dict.fromkeys((*wanted, *(filled or ()))), key=lambda blank: places[blank.table, blank.key])


def quote(text: str) -> str:
    """Write a text as a TOML string on one line."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _head(code: str, name: str, adds: bool, blank: bool) -> list[str]:
    rows = [f"# {name}."]
    if blank:
        rows += [
            '# Write between the quotes. Several words for one thing: "one", "another". A blank ("") is skipped, so leave what you do not know.',
            "# The English stands behind each blank. Look for what newspapers print, not for a word-by-word translation.",
            f"# Then: watcher check, and watcher languages check {code} article.txt",
        ]
    if adds:
        rows += [
            "# This language is shipped: what stands here is added to it. With `replaces = true` below `code` this file is all there is of it."
        ]
    rows += [f"code = {quote(code)}"]
    if not adds:
        rows += [f"name = {quote(name)}", f"tags = [{quote(code)}]    # BCP 47 codes that mean this language"]
    return [*rows, 'checked_by = ""    # the name of the speaker who has read every line of this file']


def _script(code: str, blank: bool) -> list[str]:
    spaces = "false" if code in _SPACELESS else "true"
    rows = ["", f"[script]    # {TABLES['script']}", f"spaces = {spaces}    # {KEYS['script', 'spaces']}"]
    rows += [f"prefix = false    # {KEYS['script', 'prefix']}"]
    if blank:
        rows += [f'{key} = [""]    # {KEYS["script", str(key)]}' for key in SHAPE["script"] if key not in ("spaces", "prefix")]
    return rows


def _key(table: str, key: str, wanted: list[Blank], filled: Filled | None) -> Iterator[str]:
    """The lines of one key: one blank a line, or the words given."""
    words = {blank: list((filled or {}).get(blank, ())) for blank in wanted}
    if filled is not None and not any(words.values()):
        return
    note = f"    # {wanted[0].note}" if wanted[0].note else ""
    written = key if key.isascii() and key.replace("_", "").isalnum() else quote(key)
    if key in _LENGTHS:
        yield f"{written} = [{note}"
        yield from (f"    [{_quoted(words[blank], '')}],    # {blank.english}" for blank in wanted)
        yield "]"
    elif len(wanted) == 1:
        beside = f"    # {wanted[0].english}" if wanted[0].english else note
        yield f"{written} = [{_quoted(words[wanted[0]], '')}]{beside}"
    else:
        yield f"{written} = [{note}"
        yield from (
            f"    {_quoted(words[blank], '')},    # {blank.english or 'added'}" for blank in wanted if filled is None or words[blank]
        )
        yield "]"


def _numbers(table: str, key: str, wanted: list[Blank], filled: Filled | None) -> list[str]:
    """A table of words and their numbers. No key can be blank twice, so blanks are comments to be opened."""
    head = f"[{table}.{key}]    # {wanted[0].note}"
    if filled is None:
        opened = "; take away the # of a line that you fill in"
        return ["", head + opened, *(f'# "" = {blank.value}    # {blank.english}' for blank in wanted)]
    pairs = {word: blank for blank in wanted for word in filled.get(blank, ())}
    return ["", head, *(f"{quote(word)} = {blank.value}    # {blank.english}" for word, blank in pairs.items())] if pairs else []


def _direction() -> list[str]:
    rows = ["", f"[direction]    # {TABLES['direction']}"]
    return rows + [f'{key} = [""]    # {KEYS["direction", str(key)]}' for key in SHAPE["direction"]]


def _countries(code: str, adds: bool) -> list[str]:
    known = country_names(code)
    rows = ["", f"[countries]    # {TABLES['countries']}"]
    if known and not adds:
        some = ", ".join(f"{country} {names[0]}" for country, names in list(known.items())[:4])
        rows.append(f"# {len(known)} names are there already ({some} ...); write only what is missing")
    english = country_names("en")
    wanted = [blank.key for blank in blanks() if blank.table == "demonyms" and blank.key != "compose"]
    return rows + [
        f'{country} = [""]    # {english[country][0]}' for country in wanted if country in english and (adds or country not in known)
    ]


def _quoted(words: Sequence[str], otherwise: str) -> str:
    return ", ".join(quote(word) for word in (words or [otherwise]))
