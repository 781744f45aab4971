"""Languages -> Markdown pages for their speakers: every word by what it is for, with the English beside it.

What is composed (the people of 200 countries) and the generated names of countries are left out: they are counted, and shown by
one example. No file is written here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from watcher.languages.countries import country_names
from watcher.languages.gather import Spoken, shipped_tables
from watcher.languages.guide import TABLES, meaning
from watcher.model import Language

GLOSS = 6  # English words shown beside a key; the first are the commonest

_TOP = """\
# Languages

What `watcher` looks for in each language. **If you speak one of them, please read its part**: it takes a quarter of an hour, and nobody else can do it.

Most of these words were gathered by people who do not speak the language. A word that newspapers never print finds nothing; a word that means
something else too finds the wrong stories.

- `checked_by` is the name of the speaker who has read every line of a language. "Not checked" means that nobody has yet: the words come from articles and dictionaries.
- To correct a language, change its file `watcher/languages/CODE.toml` and send it to those who keep this project, with your name in `checked_by` if you want to be named.
  If you do not edit such files, send a list: this word is wrong, this one is missing.
- Who runs `watcher` can use a correction the same day, without a new version: a file `languages/CODE.toml` beside `rules.toml` adds to the shipped one.
- A language that is not here: `watcher languages new CODE` writes a template with the English beside each blank, with `--csv` a spreadsheet.
- `watcher languages check CODE article.txt` shows what the words find in a text.

A `*` at the end of a word means that it may go on. This page is made from the files, by `watcher languages page --folder docs`; do not edit it.
"""


def page(spoken: Spoken, codes: Sequence[str] = ()) -> str:
    """Return the page of the languages with these codes; of all, with what the page is for and a table of them, where none is named."""
    ordered = _ordered(spoken, codes)
    lines = [] if codes else [_TOP, *_overview(ordered, "#{anchor}")]
    for language in ordered:
        lines += _language(language, spoken.tables[language.code])
    return "\n".join(lines).strip() + "\n"


def pages(spoken: Spoken) -> dict[str, str]:
    """Return a page a language and one that leads to them, by file name; all on one page would be a megabyte."""
    ordered = _ordered(spoken)
    found = {"languages.md": "\n".join([_TOP, *_overview(ordered, "languages/{code}.md")]).strip() + "\n"}
    return found | {f"languages/{one.code}.md": page(spoken, [one.code]) for one in ordered}


def _ordered(spoken: Spoken, codes: Sequence[str] = ()) -> list[Language]:
    return sorted((one for one in spoken.languages if not codes or one.code in codes), key=lambda one: one.name)


def _overview(languages: Sequence[Language], link: str) -> Iterator[str]:
    yield "| language | code | words for a scam | words for leaving | names for Cambodia and its places | checked by |"
    yield "|---|---|---|---|---|---|"
    for one in languages:
        counts = " | ".join(str(len(one.concepts.get(name, ()))) for name in ("scam", "deported", "cambodia"))
        yield f"| [{_cell(one.name)}]({link.format(code=one.code, anchor=_anchor(one))}) | {one.code} | {counts} | {_cell(one.checked_by) or 'not checked'} |"
    yield ""


def _language(language: Language, tables: Mapping[str, Any]) -> Iterator[str]:
    checked = f"Checked by {_cell(language.checked_by)}." if language.checked_by else "Not checked by a speaker yet."
    yield f"## {_cell(language.name)} ({language.code})"
    yield ""
    yield f"{checked} {_how_written(language)}"
    yield ""
    yield "| what | in English | words |"
    yield "|---|---|---|"
    for table in TABLES:
        yield from _table(table, tables.get(table, {}), language.code)
    yield ""


def _table(table: str, content: Mapping[str, Any], code: str) -> Iterator[str]:
    english = shipped_tables("en") or {}
    if table != "script":
        for key, value in content.items():
            if value:
                yield f"| {_cell(f'{table}: {_key_name(table, key, english)}')} | {_cell(_gloss(table, key, english))} | {_words(value)} |"
    generated = len(country_names(code))
    if table == "countries" and generated:
        yield f"| countries: all others |  | {generated} names from the Unicode CLDR |"


def _how_written(language: Language) -> str:
    words = "Words are written with spaces between them" if language.spaces else "Words are written together: a term is found anywhere"
    return words + ("; endings may follow every term." if language.prefix else ".")


def _key_name(table: str, key: str, english: Mapping[str, Any]) -> str:
    if table in ("countries", "demonyms") and key != "compose":
        return (country_names("en").get(key) or english.get("countries", {}).get(key) or [key])[0]
    return key.replace("_", " ")


def _gloss(table: str, key: str, english: Mapping[str, Any]) -> str:
    """What the key is for, and the first English words."""
    value = english.get(table, {}).get(key, [])
    words = [word if isinstance(word, str) else word[0] for word in value][:GLOSS]
    more = " ..." if len(value) > GLOSS else ""
    said = meaning(table, key) if table not in ("places", "countries") and (table != "demonyms" or key == "compose") else ""
    return ": ".join(part for part in (said, ", ".join(words) + more) if part)


def _words(value: Any) -> str:
    if isinstance(value, Mapping):
        return _cell("; ".join(f"{word} = {number}" for word, number in value.items()))
    return _cell("; ".join(", ".join(each) if isinstance(each, list) else each for each in value)) or "-"


def _cell(text: str) -> str:
    """Text that cannot end a cell or begin markup."""
    escaped = "".join(f"\\{one}" if one in "\\|*_<>[]`#{}" else one for one in text)
    return " ".join(escaped.split())


def _anchor(language: Language) -> str:
    return "".join(one for one in f"{language.name} ({language.code})".lower().replace(" ", "-") if one.isalnum() or one == "-")
