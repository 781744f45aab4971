"""Folded text -> Sentences, with offsets: what stands in one sentence belongs together.

Ends are `. ! ?` before a space, the enders of all languages (。 ។ । ။ ۔) anywhere, and line breaks, which is what
Thai has. "Gen." and "U.N." end none. Clauses are not looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from watcher.fold import folded
from watcher.model import Language, Sentence

_SPACED_ENDERS = frozenset(".!?")
LONGEST = 1500  # characters; a "sentence" beyond it is a list or an attack, and is cut at a space
_CLOSERS = "\"')\\]»”"


def split(field: str, text: str, languages: Sequence[Language]) -> tuple[Sentence, ...]:
    """Return the sentences of one folded field. `languages` give enders and abbreviations."""
    enders, abbreviations = _facts(tuple(languages))
    found: list[Sentence] = []
    start = 0
    for mark in enders.finditer(text):
        end = mark.end()
        if not _ends_here(text, mark.start(), end, abbreviations):
            continue
        found.extend(_pieces(field, text, start, end))
        start = end
    found.extend(_pieces(field, text, start, len(text)))
    return tuple(found)


def _pieces(field: str, text: str, start: int, end: int) -> Iterator[Sentence]:
    while end - start > LONGEST:
        cut = text.rfind(" ", start + LONGEST // 2, start + LONGEST)
        cut = cut if cut > 0 else start + LONGEST
        if text[start:cut].strip():
            yield _trimmed(field, text, start, cut)
        start = cut
    if text[start:end].strip():
        yield _trimmed(field, text, start, end)


@lru_cache(maxsize=64)
def _facts(languages: tuple[Language, ...]) -> tuple[re.Pattern[str], frozenset[str]]:
    marks = {folded(mark) for language in languages for mark in language.enders} | _SPACED_ENDERS
    every = "".join(re.escape(mark) for mark in sorted(marks))
    abbreviations = frozenset(word for language in languages for word in language.abbreviations)
    return re.compile(rf"[{every}]+[{_CLOSERS}]*|\n+"), abbreviations


def _ends_here(text: str, start: int, end: int, abbreviations: frozenset[str]) -> bool:
    """Whether the mark at `start` ends a sentence. A full stop needs a space behind it, or every 3.5 would end one."""
    if text[start] not in _SPACED_ENDERS or end == len(text) or text[start] == "\n":
        return True
    if text[start] == ".":
        return text[end].isspace() and not _is_abbreviation(text, start, abbreviations)
    return text[end].isspace() or not text[end].isascii()  # no space follows "!" in Chinese or Thai


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
