"""Folded text -> Sentences, with offsets: what stands in one sentence belongs together.

Ends are `. ! ?` before a space, the enders of all languages (。 ។ । ။ ۔) anywhere, and line breaks, which is what
Thai has. "Gen." and "U.N." end none. Clauses are not looked for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from watcher.fold import folded
from watcher.model import Language, Sentence

_SPACED_ENDERS = frozenset(".!?")
_CLOSERS = "\"')\\]»”"


def split(field: str, text: str, languages: Sequence[Language]) -> tuple[Sentence, ...]:
    """Return the sentences of one folded field. `languages` give enders and abbreviations."""
    enders, abbreviations = _facts(tuple(languages))
    found = []
    start = 0
    for end_mark in enders.finditer(text):
        if text[end_mark.start()] == "." and _is_abbreviation(text, end_mark.start(), abbreviations):
            continue
        if text[start : end_mark.end()].strip():
            found.append(_trimmed(field, text, start, end_mark.end()))
        start = end_mark.end()
    if text[start:].strip():
        found.append(_trimmed(field, text, start, len(text)))
    return tuple(found)


@lru_cache(maxsize=64)
def _facts(languages: tuple[Language, ...]) -> tuple[re.Pattern[str], frozenset[str]]:
    marks = {folded(mark) for language in languages for mark in language.enders}
    plain = "".join(re.escape(mark) for mark in sorted(marks - _SPACED_ENDERS))
    anywhere = f"|[{plain}]+[{_CLOSERS}]*" if plain else ""
    abbreviations = frozenset(word for language in languages for word in language.abbreviations)
    # Before Chinese or Thai text no space follows "!"; a full stop needs one, or every 3.5 would end a sentence.
    return re.compile(rf"[.!?]+[{_CLOSERS}]*(?=\s|$)|[!?]+(?=[^\x00-\u024f]){anywhere}|\n+"), abbreviations


def _is_abbreviation(text: str, stop: int, abbreviations: frozenset[str]) -> bool:
    start = stop
    while start > 0 and not text[start - 1].isspace():
        start -= 1
    word = text[start:stop].lstrip("(\"'")
    return word in abbreviations or (len(word) == 1 and word.isalpha())


def _trimmed(field: str, text: str, start: int, end: int) -> Sentence:
    while text[start].isspace():
        start += 1
    while text[end - 1].isspace():
        end -= 1
    return Sentence(field, start, end)
