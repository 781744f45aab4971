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
from typing import NamedTuple

from watcher.fold import WORD_SIGNS, folded, is_boundary
from watcher.model import Language, Qualifier

MOST = 50  # numbers of one kind in one sentence; more is a table or an attack, not news
_MONEY_BEFORE = frozenset("$€£¥₩฿₫₹៛#")
_LARGEST = 10_000_000  # people; above it is money
_REST = re.compile(r" ?(\d{1,5})(?![\d%]|[.,:/]\d)")
_NO_DIGIT = re.compile(r"\D")
_FRACTION = re.compile(r"[.,](\d+)")
_RANGE = re.compile(r"\s?(?:-|–|to|至|~)\s?")


class Number(NamedTuple):
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
    either: re.Pattern[str]  # a word of both, the longest that stands there
    multiplying: tuple[str, ...]  # multipliers, the longest first
    lone: frozenset[str]  # multipliers that are numbers by themselves: 十
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
    if not (words or vague):  # as in most sentences
        return digits
    # три тысячи is 3,000 and not thousands, 几十 is dozens and not ten: of two that overlap the longer one is meant.
    vague = [number for number in vague if not any(_covers(each, number) and _length(each) > _length(number) for each in words)]
    words = [number for number in words if not any(_covers(each, number) for each in vague)]
    other = [number for number in words + vague if not any(_covers(each, number) for each in digits)]
    return sorted(digits + other, key=lambda number: number.start)


def number_pattern(language: Language, least: int) -> str:
    """Return what matches a small number from `least` (under 10) on, in digits or as one word, inside another pattern."""
    words = "|".join(
        sorted((re.escape(folded(word)) for word, value in language.numbers.items() if least <= value < 100), key=len, reverse=True)
    )
    digits = rf"(?<!\d)(?:[{least}-9]|[1-9]\d)(?!\d)"
    return f"{digits}|{words}" if words else digits


def _some(pattern: re.Pattern[str] | None, text: str) -> Iterator[re.Match[str]]:
    return islice(pattern.finditer(text), MOST) if pattern is not None else iter(())


def _length(number: Number) -> int:
    return number.end - number.start


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
        re.compile(rf"\d(?:\d{{0,2}}(?:[{marks}]\d{{3}})+(?!\d)|\d*)" if marks else r"\d+"),  # the sign first: that is searched fastest
        _word_pattern({**values, **multipliers}, language) if values else None,
        values,
        multipliers,
        re.compile("|".join(map(re.escape, _longest((*values, *multipliers)))) or "(?!)"),
        _longest(multipliers),
        frozenset(word for word, value in multipliers.items() if value == 10 and not language.spaces),
        re.compile(_either(vague, language)) if vague else None,
        vague,
    )


def _word_pattern(words: dict[str, int], language: Language) -> re.Pattern[str]:
    one = _either(words, language)
    joint = r"(?:[\s-]|\sand\s)" if language.spaces else ""
    return re.compile(rf"(?:{one})(?:{joint}(?:{one}))*")


def _longest(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(words, key=len, reverse=True))


def _either(words: Iterable[str], language: Language) -> str:
    """What matches one of the words, the longest that stands there.

    Words of plain letters come last, as one group with one look at where it begins: no other word begins one of them.
    """
    plain = [word for word in words if word.isascii()]
    others = [word for word in words if not word.isascii()]
    # Hindi दो, two, begins दोषी, guilty; where endings are glued on, what follows may be one, and the whole is looked at again.
    ends = rf"(?![{WORD_SIGNS}])" if language.spaces and not language.prefix else ""
    groups = [rf"(?:{'|'.join(map(re.escape, _longest(others)))}){ends}"] if others else []
    groups += [rf"\b(?:{'|'.join(map(re.escape, _longest(plain)))})\b"] if plain else []
    return "|".join(groups)


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
    value = int(_NO_DIGIT.sub("", match.group()))
    if after in (".", ",", "/", ":") and text[end + 1 : end + 2].isdigit():
        fraction = _FRACTION.match(text, end)
        return _multiplied(text, start, fraction.end(), float(f"{value}.{fraction.group(1)}"), patterns) if fraction else None
    return _multiplied(text, start, end, value, patterns) or (Number(value, start, end) if 0 < value <= _LARGEST else None)


def _multiplied(text: str, start: int, end: int, value: float, patterns: _Patterns) -> Number | None:
    rest = text[end : end + 12]
    spaces = len(rest) - len(rest.lstrip(" "))
    for word in patterns.multiplying:
        stop = end + spaces + len(word)
        # Bengali and its like glue an ending to "thousand": হাজারের.
        if rest.startswith(word, spaces) and (is_boundary(text, stop) or not word.isascii()):
            whole = round(value * patterns.multipliers[word])
            rest_of_it = _REST.match(text, stop)
            if rest_of_it and int(rest_of_it[1]) < patterns.multipliers[word]:  # "1 thousand 500", as South Asia writes 1,500
                whole, stop = whole + int(rest_of_it[1]), rest_of_it.end(1)
            return Number(whole, start, stop) if whole <= _LARGEST else None
    return None


def _of_words(text: str, match: re.Match[str], patterns: _Patterns) -> Number | None:
    start, end = match.span()
    if not (is_boundary(text, start) and is_boundary(text, end)):
        return None
    total, section, unit, seen = 0, 0, 0, False
    for word in patterns.either.findall(match.group()):
        if word in patterns.values:
            unit, seen = unit + patterns.values[word], True
        elif patterns.multipliers[word] < 1000:
            section, unit = section + max(unit, 1) * patterns.multipliers[word], 0
        else:
            total, section, unit = total + max(section + unit, 1) * patterns.multipliers[word], 0, 0
    value = total + section + unit
    seen = seen or match.group() in patterns.lone
    return Number(value, start, end, digits=False) if seen and 0 < value <= _LARGEST else None


def _of_vague(match: re.Match[str], patterns: _Patterns) -> Number:
    return Number(patterns.vague_values[match.group()], *match.span(), digits=False, qualifier=Qualifier.AT_LEAST)


def upper_of_range(text: str, first: Number, second: Number | None) -> bool:
    """Whether `second` is the upper end of a range that `first` begins: "2,800-3,000"."""
    between = text[first.end : second.start] if second else ""
    return bool(second and second.value > first.value and between and _RANGE.fullmatch(between))
