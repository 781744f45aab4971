"""Folded text -> Sentences, with offsets: what stands in one sentence belongs together.

Ends are `. ! ? ;` before a space, the enders of all languages (。 ។ । ॥ ۔ ؟) anywhere, and line breaks. Thai has no full stop: only a
line break ends its sentences, not the space between two clauses, because the same space stands around every figure and name, and a
figure cut off from its people is lost. "Gen.", "U.N.", "พ.ต.อ." and three dots end none. Case cannot help, for it is folded. Clauses are
not looked for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from watcher.fold import folded
from watcher.model import Language, Sentence

_SPACED_ENDERS = frozenset(".!?")
LONGEST = 1500  # characters; a "sentence" beyond it is a list or an attack, and is cut at a space
_CLOSERS = "\"')\\]»”」』】》〉"
_OPENERS = "\"'([«“"
_BREAKS = "\n\r\u2028\u2029"
_ETCETERA = "ល។"  # behind a ។: Khmer for "etc."
# A lone letter before a full stop is an initial, in letters that know capitals and in Arabic. Not so elsewhere: Nepali छ is "is".
_INITIAL = re.compile("[a-z\u00df-\u024f\u0370-\u052f\u0600-\u06ff]")
_ITEM = re.compile(r"\s*\d{1,3}")  # "1. They left": the number of an item, where a sentence begins
_DAY = re.compile(r"(?:^|\s)\d{1,2}$")  # "am 5. November": an ordinal, where a month follows
_NEXT = re.compile(r"\s+([^\W\d_]+)")
_NUMBER = re.compile(r"\s+#?\d")
_BEFORE_NUMBER = frozenset({"no", "nos"})  # "No. 5", but in five languages "no." is a whole answer


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the languages say of where sentences end."""

    enders: re.Pattern[str]
    abbreviations: frozenset[str]
    months: frozenset[str]
    stopless: frozenset[str]  # scripts that have no full stop


def split(field: str, text: str, languages: Sequence[Language]) -> tuple[Sentence, ...]:
    """Return the sentences of one folded field. `languages` give enders, abbreviations and months."""
    facts = _facts(tuple(languages))
    found: list[Sentence] = []
    start = 0
    for mark in facts.enders.finditer(text):
        if _ends_here(text, start, mark, facts):
            found.extend(_pieces(field, text, start, mark.end()))
            start = mark.end()
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
def _facts(languages: tuple[Language, ...]) -> _Facts:
    marks = {folded(mark) for language in languages for mark in language.enders} | _SPACED_ENDERS
    every = "".join(re.escape(mark) for mark in sorted(marks))
    stopped = [language for language in languages if "." in language.enders]
    return _Facts(
        re.compile(rf"[{every}]+[{_CLOSERS}]*|[{_BREAKS}]+"),
        frozenset(folded(word).rstrip(".") for language in languages for word in language.abbreviations),
        frozenset(folded(word) for language in languages for word in language.months),
        _scripts(set(languages).difference(stopped)) - _scripts(stopped),
    )


def _ends_here(text: str, begin: int, mark: re.Match[str], facts: _Facts) -> bool:
    """Whether a mark ends the sentence that began at `begin`. A full stop needs a space behind it, or every 3.5 would end one."""
    start, end = mark.span()
    sign, after = text[start], text[end : end + 1]
    if not after or sign in _BREAKS or after in _BREAKS:
        return True
    if sign == ".":
        return after.isspace() and not _is_pause(text, begin, mark, facts)
    if sign.isascii():  # no space follows "!" in Chinese or Thai; one behind a ";" is of a web address or an entity
        return after.isspace() or not after.isascii()
    return not text.startswith(_ETCETERA, end)


def _is_pause(text: str, begin: int, mark: re.Match[str], facts: _Facts) -> bool:
    """Whether full stops before a space end nothing: three dots, an abbreviation, an initial, the number of an item or a day."""
    stop, end = mark.span()
    dots = mark.group().rstrip(_CLOSERS)
    if dots.strip("."):  # "?!." and the like
        return False
    if len(dots) > 1 or _ITEM.fullmatch(text, begin, stop):
        return True
    if stop and _script(text[stop - 1]) in facts.stopless:
        return True
    if text[stop - 1 : stop].isdigit():
        month = _NEXT.match(text, end)
        return bool(month and month[1] in facts.months and _DAY.search(text[max(begin, stop - 3) : stop]))
    return _is_abbreviation(text, stop, end, facts.abbreviations)


def _is_abbreviation(text: str, stop: int, end: int, abbreviations: frozenset[str]) -> bool:
    start = stop
    while start > 0 and not text[start - 1].isspace():
        start -= 1
    word = text[start:stop].lstrip(_OPENERS)
    if word in _BEFORE_NUMBER:
        return _NUMBER.match(text, end) is not None
    if word in abbreviations or _INITIAL.fullmatch(word):
        return True
    return "." in word and all(sum(map(str.isalpha, part)) == 1 and len(part) <= 2 for part in word.split("."))  # u.n, மு.க


def _scripts(languages: Iterable[Language]) -> frozenset[str]:
    """The scripts that the terms of these languages are written in."""
    terms = (term for language in languages for written in language.concepts.values() for term in written)
    return frozenset(_script(character) for term in terms for character in term) - {""}


@cache
def _script(character: str) -> str:
    """The script of a letter or vowel sign, which is the first word of its name: THAI, LATIN, CJK; empty for other signs."""
    return unicodedata.name(character, "").partition(" ")[0] if unicodedata.category(character)[0] in "LM" else ""


def _trimmed(field: str, text: str, start: int, end: int) -> Sentence:
    while text[start].isspace():
        start += 1
    while text[end - 1].isspace():
        end -= 1
    return Sentence(field, start, end)
