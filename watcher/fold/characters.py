"""Character -> its folded form, and `settle`, the slow definition of folding that everything faster must agree with.

Forms are worked out as characters come by, from Python's own Unicode tables, and kept. What characters do to each other (an accent
that joins its letter, marks that change places) is not here, and no text is led back to its original here.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from functools import cache

from watcher.fold.han import FORMS, SIMPLE

INVISIBLE = (
    "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufe0e\ufe0f\ufeff"
)

QUOTES = {"‘": "'", "’": "'", "ʼ": "'", "‛": "'", "′": "'", "“": '"', "”": '"', "„": '"', "‐": "-"}

HAN = dict(zip(FORMS, SIMPLE, strict=True))

# The zeros of all scripts whose digits NFKC leaves alone; nine digits follow each.
_ZEROS = (
    0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0, 0xF20, 0x1040, 0x1090,
    0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50,
    0xABF0, 0x104A0, 0x10D30, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x11730, 0x118E0,
    0x11950, 0x11C50, 0x11D50, 0x11DA0, 0x11F50, 0x16A60, 0x16AC0, 0x16B50, 0x1E140, 0x1E2F0, 0x1E4F0, 0x1E950,
)  # fmt: skip
DIGITS = {chr(zero + value): str(value) for zero in _ZEROS for value in range(10)}

# Both clusters are printed for the same word: subscript DA (U+178A) is folded to subscript TA (U+178F).
KHMER_DA, KHMER_TA = "\u17d2\u178a", "\u17d2\u178f"

_ROUNDS = 4  # folding settles in two rounds for all of Unicode; the rest is a belt
_SURROGATES = dict.fromkeys(map(chr, range(0xD800, 0xE000)), "\ufffd")  # halves of broken JSON; no bytes can hold them
_OURS = str.maketrans({**_SURROGATES, **dict.fromkeys(INVISIBLE, ""), **QUOTES, **HAN, **DIGITS})
_DELETED = str.maketrans(dict.fromkeys(INVISIBLE, ""))


def settle(text: str) -> str:
    """Fold the slow way: each step by its book, repeated until nothing moves. The definition, and the way for odd text."""
    before = text
    for _ in range(_ROUNDS):
        after = unicodedata.normalize("NFKC", before.translate(_DELETED)).casefold()
        after = unicodedata.normalize("NFKC", after).translate(_OURS).replace(KHMER_DA, KHMER_TA)
        if after == before:
            break
        before = after
    return before


class _Forms(dict[str, str]):
    """Character -> its folded form; each worked out once."""

    def __missing__(self, character: str) -> str:
        # Asked first because it is ten times cheaper: a hostile text may hold a hundred thousand different characters.
        stays = ord(character) not in _OURS and character.casefold() == character and unicodedata.is_normalized("NFKC", character)
        form = character if stays else settle(character)
        if len(self) < _REMEMBERED:
            self[character] = form
        return form


class _Joins(dict[str, bool]):
    """Character -> whether it may join the one before it under NFC, or stand between two that do; rather too often than too seldom."""

    def __missing__(self, character: str) -> bool:
        rare = character >= "\U00010000" and unicodedata.category(character)[0] == "M"
        found = rare or bool(_HALF.match(character)) or 0 < unicodedata.combining(character) < _NUKTA_CLASS
        if len(self) < _REMEMBERED:
            self[character] = found
        return found


_REMEMBERED = 100_000  # characters; more than all languages use together, less than a hostile text could fill memory with
FORM, JOINS = _Forms(HAN), _Joins()

# Signs that join the one before them (their NFC_Quick_Check is Maybe) and are common in one of our scripts. For each: a sign of the
# same combining class that joins nothing, to ask about order alone, and the letters it joins with what both become.
JOINING = {
    "\u093c": ("\u0a3c", {"\u0928": "\u0929", "\u0930": "\u0931", "\u0933": "\u0934"}),  # Devanagari nukta
    "\u09be": ("\u09bf", {"\u09c7": "\u09cb"}),  # Bengali
    "\u09d7": ("\u09bf", {"\u09c7": "\u09cc"}),
    "\u0bbe": ("\u0bbf", {"\u0bc6": "\u0bca", "\u0bc7": "\u0bcb"}),  # Tamil
    "\u0bd7": ("\u0bbf", {"\u0b92": "\u0b94", "\u0bc6": "\u0bcc"}),
    "\u0d3e": ("\u0d3f", {"\u0d46": "\u0d4a", "\u0d47": "\u0d4b"}),  # Malayalam
    "\u0d57": ("\u0d3f", {"\u0d46": "\u0d4c"}),
    "\u102e": ("\u102d", {"\u1025": "\u1026"}),  # Burmese
}

INDIC = re.compile("[\u0900-\u0d7f\u1000-\u109f]")  # the scripts of these signs

# Second halves of letters, which do not change by themselves (NFC_Quick_Check=Maybe) and are not in JOINING.
_HALVES = "\u0653-\u0655\u0b3e\u0b56\u0b57\u0c56\u0cc2\u0cd5\u0cd6\u0dca\u0dcf\u0ddf\u1161-\u1175\u11a8-\u11c2\u3099\u309a"
_HALF = re.compile(f"[\u0300-\u036f\u1b35{_HALVES}{''.join(JOINING)}]")
_NUKTA_CLASS = 7  # canonical combining class of the dot below Indic letters; lower ones are rare strokes through a sign

# A iota below folds to a letter although it is a mark, so that later marks would join the wrong one; Cherokee folds to capitals, which
# `lower` undoes. Texts with one of these (Ancient Greek, Cherokee) are settled.
_EARLY = "\u0345\u037a\u13a0-\u13ff\u1f00-\u1fff\uab70-\uabbf"
EARLY = re.compile(f"[{_EARLY}]")

# Blocks in which each character is asked whether it changes; they are those of our languages, whose common letters must not be odd.
_ASKED = ((0xE0, 0x300), (0x370, 0x1B00), (0x1E00, 0x1F00), (0x2E80, 0x3200))
# Blocks with nothing odd: ASCII but its capitals, Chinese but what HAN has, Korean. All others are odd as a whole: Latin-1 signs and
# capitals, accents, rare scripts, signs, surrogates, compatibility forms, emoji.
_CALM = ((0, 0x41), (0x5B, 0x80), (0x3400, 0xA000), (0xAC00, 0xD7B0))


@cache
def odd() -> re.Pattern[str]:
    """Return one pattern for every character, ASCII capitals too, that changes or may join the one before it, and some that do not.

    What it leaves out keeps its form; only the order of marks is still to be asked.
    """
    # Said by what is not odd: a class that went beyond U+FFFF by itself would take twice as long.
    return re.compile(f"([^{calm()}])")


@cache
def calm(besides: str = "") -> str:
    """Return the inside of a character class of all that is not odd, but for those `besides`."""
    asked = [chr(code) for first, end in _ASKED for code in range(first, end)]
    # One string with a line for each character: Python's own functions then go through all of them in a few milliseconds.
    forms = settle("\n".join(asked)).split("\n")
    odd_ones = {character for character, form in zip(asked, forms, strict=True) if character != form}
    odd_ones.update(re.findall(f"[{_HALVES}{_EARLY}{besides}]", "".join(asked)), HAN)
    codes = sorted(map(ord, odd_ones))
    gaps = []
    for first, end in (*_CALM, *_ASKED):
        start = first
        for code in codes[bisect_left(codes, first) : bisect_left(codes, end)]:
            gaps.append((start, code - 1))
            start = code + 1
        gaps.append((start, end - 1))
    return "".join(f"{_shown(start)}-{_shown(last)}" for start, last in gaps if start <= last)


def _shown(code: int) -> str:
    return re.escape(chr(code))
