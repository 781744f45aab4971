"""Folded text -> Numbers: digits with thousands marks, number words, and both with multipliers.

"2,887", "Twenty-five", 十九, "3 ribu", "dozens". Whether a number counts people is for `claims`; money, ages,
percentages and the like are already left out where the characters beside them tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from watcher.fold import WORD_SIGNS, folded, is_boundary
from watcher.model import Language, Qualifier

MOST = 50  # numbers of one kind in one sentence; more is a table or an attack, not news
_MONEY_BEFORE = frozenset("$€£¥₩฿₫₹៛#")
_LARGEST = 10_000_000  # people; above it is money
_REST = re.compile(r" ?(\d{1,5})(?![\d%]|[.,:/]\d)")
_RANGE = re.compile(r"\s?(?:-|–|to|至|~)\s?")


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a folded field, [start, end) with its multiplier; `qualifier` where the number itself is vague."""

    value: int
    start: int
    end: int
    digits: bool = True
    qualifier: Qualifier = Qualifier.EXACT


@dataclass(frozen=True, slots=True)
class _Patterns:
    digits: re.Pattern[str]
    words: re.Pattern[str] | None
    values: dict[str, int]
    multipliers: dict[str, int]
    vague: re.Pattern[str] | None
    vague_values: dict[str, int]


def numbers(text: str, language: Language) -> list[Number]:
    """Return the numbers of a folded text in order, at most MOST of a kind; those of dates and years among them."""
    patterns = _patterns(language)
    digits: list[Number] = []
    for match in _some(patterns.digits, text):
        if not digits or match.start() >= digits[-1].end:  # the 500 of "1 thousand 500" is taken
            digits += filter(None, [_of_digits(text, match, patterns)])
    words = [number for match in _some(patterns.words, text) if (number := _of_words(text, match, patterns))]
    vague = [_of_vague(match, patterns) for match in _some(patterns.vague, text)]
    other = [number for number in words + vague if not any(_covers(each, number) for each in digits)]
    return sorted(digits + other, key=lambda number: number.start)


def _some(pattern: re.Pattern[str] | None, text: str) -> Iterator[re.Match[str]]:
    return islice(pattern.finditer(text), MOST) if pattern is not None else iter(())


def _covers(digits: Number, number: Number) -> bool:
    """Whether digits with their multiplier have taken the word of a number: "3 thousand" is one."""
    return digits.start < number.end and number.start < digits.end


@lru_cache(maxsize=64)
def _patterns(language: Language) -> _Patterns:
    marks = "".join(re.escape(folded(mark)) for mark in language.thousands)
    values = {folded(word): value for word, value in language.numbers.items()}
    multipliers = {folded(word): value for word, value in language.multipliers.items()}
    vague = {folded(word): value for word, value in language.vague.items()}
    return _Patterns(
        re.compile(rf"\d{{1,3}}(?:[{marks}]\d{{3}})+(?!\d)|\d+" if marks else r"\d+"),
        _word_pattern({**values, **multipliers}, language) if values else None,
        values,
        multipliers,
        re.compile("|".join(_bounded(word, language) for word in _long_first(vague))) if vague else None,
        vague,
    )


def _word_pattern(words: dict[str, int], language: Language) -> re.Pattern[str]:
    one = "|".join(_bounded(word, language) for word in _long_first(words))
    joint = r"(?:[\s-]|\sand\s)" if language.spaces else ""
    return re.compile(rf"(?:{one})(?:{joint}(?:{one}))*")


def _long_first(words: Iterable[str]) -> list[str]:
    return sorted(map(re.escape, words), key=len, reverse=True)


def _bounded(word: str, language: Language) -> str:
    if word.isascii():
        return rf"\b{word}\b"
    # Hindi दो, two, begins दोषी, guilty; where endings are glued on, what follows may be one, and the whole is looked at again.
    return rf"{word}(?![{WORD_SIGNS}])" if language.spaces and not language.prefix else word


def _of_digits(text: str, match: re.Match[str], patterns: _Patterns) -> Number | None:
    start, end = match.span()
    before, after = text[start - 1 : start], text[end : end + 1]
    if (before in _MONEY_BEFORE and before) or text[max(0, start - 2) : start].endswith(("$ ", "€ ", "£ ")):
        return None
    if after == "%" or (after.isascii() and after.isalpha()) or not is_boundary(text, start):
        return None
    if after == "-" and text[end + 1 : end + 2].isalpha():  # a 50-member team, an 18-year-old
        return None
    if before in (".", ",", "/", ":") and text[start - 2 : start - 1].isdigit():
        return None  # the tail of 3.5, 12:30 or 7/11
    value = int(re.sub(r"\D", "", match.group()))
    if after in (".", ",", "/", ":") and text[end + 1 : end + 2].isdigit():
        fraction = re.match(r"[.,](\d+)", text[end:])
        return _multiplied(text, start, end + fraction.end(), float(f"{value}.{fraction.group(1)}"), patterns) if fraction else None
    return _multiplied(text, start, end, value, patterns) or (Number(value, start, end) if 0 < value <= _LARGEST else None)


def _multiplied(text: str, start: int, end: int, value: float, patterns: _Patterns) -> Number | None:
    rest = text[end : end + 12]
    spaces = len(rest) - len(rest.lstrip(" "))
    for word in _long_words(tuple(patterns.multipliers)):
        stop = end + spaces + len(word)
        # Bengali and its like glue an ending to "thousand": হাজারের.
        if rest.startswith(word, spaces) and (is_boundary(text, stop) or not word.isascii()):
            whole = round(value * patterns.multipliers[word])
            rest_of_it = _REST.match(text, stop)
            if rest_of_it and int(rest_of_it[1]) < patterns.multipliers[word]:  # "1 thousand 500", as South Asia writes 1,500
                whole, stop = whole + int(rest_of_it[1]), rest_of_it.end(1)
            return Number(whole, start, stop) if whole <= _LARGEST else None
    return None


@lru_cache(maxsize=64)
def _long_words(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(words, key=len, reverse=True))


def _of_words(text: str, match: re.Match[str], patterns: _Patterns) -> Number | None:
    start, end = match.span()
    if not (is_boundary(text, start) and is_boundary(text, end)):
        return None
    rest, total, section, unit, seen = match.group(), 0, 0, 0, False
    while rest:
        word = next((word for word in _long_words((*patterns.values, *patterns.multipliers)) if rest.startswith(word)), None)
        if word is None:
            rest = rest[1:]
            continue
        rest = rest[len(word) :]
        if word in patterns.values:
            unit, seen = unit + patterns.values[word], True
        elif patterns.multipliers[word] < 1000:
            section, unit = section + max(unit, 1) * patterns.multipliers[word], 0
        else:
            total, section, unit = total + max(section + unit, 1) * patterns.multipliers[word], 0, 0
    value = total + section + unit
    return Number(value, start, end, digits=False) if seen and 0 < value <= _LARGEST else None


def _of_vague(match: re.Match[str], patterns: _Patterns) -> Number:
    return Number(patterns.vague_values[match.group()], *match.span(), digits=False, qualifier=Qualifier.AT_LEAST)


def upper_of_range(text: str, first: Number, second: Number | None) -> bool:
    """Whether `second` is the upper end of a range that `first` begins: "2,800-3,000"."""
    between = text[first.end : second.start] if second else ""
    return bool(second and second.value > first.value and between and _RANGE.fullmatch(between))
