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
_NEAR = 24  # characters in which the beginning of a word is looked for first
_NUMBER = re.compile(r"\s+#?\d")
_BEFORE_NUMBER = frozenset({"no", "nos"})  # "No. 5", but in five languages "no." is a whole answer


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the languages say of where sentences end."""

    ends: re.Pattern[str]  # from a mark on, with the line breaks behind it; the mark by itself is its first group
    abbreviations: frozenset[str]
    months: frozenset[str]
    stopless: frozenset[str]  # scripts that have no full stop


def split(field: str, text: str, languages: Sequence[Language]) -> tuple[Sentence, ...]:
    """Return the sentences of one folded field. `languages` give enders, abbreviations and months."""
    facts = _facts(tuple(languages))
    found: list[Sentence] = []
    start, size, longest = 0, len(text), LONGEST
    new, kind, add = tuple.__new__, Sentence, found.append  # Sentence(...) checks its arguments, for three times as long
    for mark in facts.ends.finditer(text):
        first, end = mark.span(1)
        if text[first] == "." and end < size and text[end] not in _BREAKS and _is_pause(text, start, mark, facts):
            continue
        if end - start > longest:
            found.extend(_cut(field, text, start, end))
        elif trimmed := text[start:end].strip():
            begin = start if text[start] == trimmed[0] else text.index(trimmed, start)
            add(new(kind, (field, begin, begin + len(trimmed))))
        start = mark.end()
    found.extend(_cut(field, text, start, size))
    return tuple(found)


def _cut(field: str, text: str, start: int, end: int) -> Iterator[Sentence]:
    """The pieces of what is, or may be, too long for a sentence, without the spaces around them."""
    while start < end:
        stop = end
        if end - start > LONGEST:
            stop = text.rfind(" ", start + LONGEST // 2, start + LONGEST)
            stop = stop if stop > 0 else start + LONGEST
        behind = text[start:stop].lstrip()
        if behind:
            yield Sentence(field, stop - len(behind), stop - len(behind) + len(behind.rstrip()))
        start = stop


@lru_cache(maxsize=64)
def _facts(languages: tuple[Language, ...]) -> _Facts:
    stopped = [language for language in languages if "." in language.enders]
    return _Facts(
        _ends({folded(mark) for language in languages for mark in language.enders} | _SPACED_ENDERS),
        frozenset(folded(word).rstrip(".") for language in languages for word in language.abbreviations),
        frozenset(folded(word) for language in languages for word in language.months),
        _scripts(set(languages).difference(stopped)) - _scripts(stopped),
    )


def _ends(marks: Iterable[str]) -> re.Pattern[str]:
    """Return what finds the marks that end a sentence, but for pauses. A full stop needs a space behind it, or every 3.5 would end one.

    The search is for any sign of a class, which is fast; what must stand around one is looked at from there.
    """
    signs = sorted(set("".join(marks)))
    every = "".join(map(re.escape, signs))
    others = "".join(re.escape(sign) for sign in signs if sign != "." and sign.isascii())
    elsewhere = "".join(re.escape(sign) for sign in signs if not sign.isascii())
    kinds = [
        rf"(?<=\.)[{every}]*+[{_CLOSERS}]*+(?=\s|\Z)",
        # No space follows "!" in Chinese or Thai; one behind a ";" is of a web address or an entity.
        rf"(?<=[{others}])[{every}]*+[{_CLOSERS}]*+(?=\s|[^\x00-\x7f]|\Z)",
        rf"(?<=[{elsewhere}])[{every}]*+[{_CLOSERS}]*+(?!{_ETCETERA})" if elsewhere else "",
        rf"(?<=[{_BREAKS}])[{_BREAKS}]*+",
    ]
    return re.compile(rf"([{every}{_BREAKS}](?<![{every}][{every}])(?:{'|'.join(filter(None, kinds))}))[{_BREAKS}]*+")


def _is_pause(text: str, begin: int, mark: re.Match[str], facts: _Facts) -> bool:
    """Whether full stops before a space end nothing: three dots, an abbreviation, an initial, the number of an item or a day."""
    stop, end = mark.span(1)
    dots = mark[1].rstrip(_CLOSERS)
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
    word = _word_before(text, stop).lstrip(_OPENERS)
    if word in _BEFORE_NUMBER:
        return _NUMBER.match(text, end) is not None
    if word in abbreviations or _INITIAL.fullmatch(word):
        return True
    return "." in word and all(sum(map(str.isalpha, part)) == 1 and len(part) <= 2 for part in word.split("."))  # u.n, மு.க


def _word_before(text: str, stop: int) -> str:
    """What stands between the last space and an offset."""
    if not stop or text[stop - 1].isspace():
        return ""
    word = text[max(stop - _NEAR, 0) : stop].rsplit(None, 1)[-1]
    if len(word) < _NEAR:
        return word
    start = stop - _NEAR
    while start > 0 and not text[start - 1].isspace():
        start -= 1
    return text[start:stop]


def _scripts(languages: Iterable[Language]) -> frozenset[str]:
    """The scripts that the terms of these languages are written in."""
    terms = (term for language in languages for written in language.concepts.values() for term in written)
    return frozenset(_script(character) for term in terms for character in term) - {""}


@cache
def _script(character: str) -> str:
    """The script of a letter or vowel sign, which is the first word of its name: THAI, LATIN, CJK; empty for other signs."""
    return unicodedata.name(character, "").partition(" ")[0] if unicodedata.category(character)[0] in "LM" else ""
