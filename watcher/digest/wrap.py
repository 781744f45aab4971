"""A line -> lines of at most 88 columns for the text part: Latin at words, Chinese and Japanese at any character.

Khmer, Thai, Lao and Burmese have no spaces between words. They are broken at spaces, at the zero-width spaces that many Khmer
outlets write between words, and after their full stops and repetition marks. A run without any of these is left whole, even over the
width: a line end within a word makes another word of it, and the reader's phone knows where words end. Addresses are left whole too.
"""

from __future__ import annotations

import re
import unicodedata

WIDTH = 88  # columns; quoted in a reply it still fits the 100 of DIGEST.md

_WIDE = ("W", "F")
_PIECES = re.compile(r"\S+")
_BETWEEN_WORDS = "\u200b"
# Khmer full stops and repetition mark, Thai and Lao repetition and abbreviation marks, Burmese section marks; not before a closing quote.
_AFTER_MARK = re.compile("(?<=[\u17d4\u17d5\u17d7\u0e2f\u0e46\u0eaf\u0ec6\u104a\u104b])(?=\\w)")


def wrap(text: str, first: str = "", rest: str = "", width: int = WIDTH) -> str:
    """Return `text` broken to `width` columns; the first line starts with `first`, the others with `rest`."""
    lines: list[str] = []
    line, empty = first, True
    for word in _PIECES.findall(text):
        for joint, piece in _pieces(word):
            if empty:
                line += piece
            elif columns(line + joint + piece) > width:
                lines.append(line)
                line = rest + piece
            else:
                line += joint + piece
            empty = False
    return "\n".join([*lines, line.rstrip()])


def columns(text: str) -> int:
    """Return how many columns a fixed-width font needs: 2 for East Asian wide characters, 0 for combining marks."""
    return sum(0 if unicodedata.category(c) in ("Mn", "Me", "Cf") else 2 if unicodedata.east_asian_width(c) in _WIDE else 1 for c in text)


def _pieces(word: str) -> list[tuple[str, str]]:
    """Split a word where it may be broken, as (what stands before the piece on the same line, piece)."""
    if word.startswith(("http://", "https://")):
        return [(" ", word)]
    found: list[tuple[str, str]] = []
    for part in word.split(_BETWEEN_WORDS):
        joint = _BETWEEN_WORDS if found else " "
        for sentence in _AFTER_MARK.split(part):
            for piece in _wide_pieces(sentence):
                found.append((joint, piece))
                joint = ""
    return found


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
