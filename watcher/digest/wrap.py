"""A line -> lines of at most 88 columns for the text part: Latin at words, Chinese and Japanese at any character.

Khmer, Thai and Lao have no spaces between words and may only be broken by one who reads them: such runs are left whole, and
so are addresses.
"""

from __future__ import annotations

import re
import unicodedata

WIDTH = 88  # columns; quoted in a reply it still fits the 100 of DIGEST.md

_WIDE = ("W", "F")
_PIECES = re.compile(r"\S+")


def wrap(text: str, first: str = "", rest: str = "") -> str:
    """Return `text` broken to WIDTH columns; the first line starts with `first`, the others with `rest`."""
    lines: list[str] = []
    line, empty = first, True
    for word in _PIECES.findall(text):
        for glued, piece in _pieces(word):
            joint = "" if empty or glued else " "
            if not empty and columns(line + joint + piece) > WIDTH:
                lines.append(line)
                line, joint = rest, ""
            line, empty = line + joint + piece, False
    return "\n".join([*lines, line.rstrip()])


def columns(text: str) -> int:
    """Return how many columns a fixed-width font needs: 2 for East Asian wide characters, 0 for combining marks."""
    return sum(0 if unicodedata.category(c) in ("Mn", "Me", "Cf") else 2 if unicodedata.east_asian_width(c) in _WIDE else 1 for c in text)


def _pieces(word: str) -> list[tuple[bool, str]]:
    """Split a word where it may be broken: only between wide characters; the flag says that no space stands before."""
    if word.startswith(("http://", "https://")) or not any(_breakable(c) for c in word):
        return [(False, word)]
    return [(place > 0, piece) for place, piece in enumerate(_wide_pieces(word))]


def _wide_pieces(word: str) -> list[str]:
    pieces: list[str] = []
    for character in word:
        if pieces and not (_breakable(character) and unicodedata.category(pieces[-1][-1]) not in ("Ps", "Pi")):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def _breakable(character: str) -> bool:
    """Whether a line may be broken before it: Chinese and Japanese, but not their punctuation; Korean has spaces."""
    wide = unicodedata.east_asian_width(character) in _WIDE and unicodedata.category(character) not in ("Po", "Pe", "Pf", "Mn")
    return wide and not "\uac00" <= character <= "\ud7a3"
