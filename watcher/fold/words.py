"""Character -> its class: what a word is made of in each script, for boundaries and for counting words.

Nothing is folded here.
"""

from __future__ import annotations

import sys
import unicodedata
from bisect import bisect_right

# Blocks written without spaces between words: Thai, Lao, Burmese, Khmer, kana, bopomofo, Han.
_SPACELESS = (
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x19E0, 0x19FF), (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F),
    (0x3005, 0x3007), (0x3021, 0x30FF), (0x3100, 0x312F), (0x31A0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF), (0x20000, 0x3FFFF),
)  # fmt: skip
_HANGUL = ((0x1100, 0x11FF), (0x3130, 0x318F), (0xA960, 0xA97F), (0xAC00, 0xD7FF))
_SPACELESS_STARTS = [low for low, _ in _SPACELESS]

NO_WORD, SPACED, SPACELESS, HANGUL = 0, 1, 2, 3
ANYWHERE = -1  # no class of characters: a word may begin, or end, beside any
# From the class of a word's end to the class that a neighbour may not have: between two characters of these no word ends.
CLOSED = {NO_WORD: ANYWHERE, SPACELESS: ANYWHERE, SPACED: SPACED, HANGUL: HANGUL}

# For the inside of a regular expression's [...]: what \w leaves out are the vowel signs of Hindi and its like, which are parts of a word.
WORD_SIGNS = r"\w" + "".join(chr(code) for code in range(0x300, 0xE00) if unicodedata.category(chr(code)) in ("Mn", "Mc"))


class _Classes(dict[str, int]):
    """Character -> NO_WORD, SPACED, SPACELESS or HANGUL; each looked up once."""

    def __missing__(self, character: str) -> int:
        kind = _word_class(character)
        if len(self) < sys.maxunicode:
            self[character] = kind
        return kind


def _word_class(character: str) -> int:
    # Vowel signs (Mn, Mc) are part of a word, which Python's \w denies: Hindi, Bengali and Tamil would have no words.
    if not (character.isalnum() or character == "_" or unicodedata.category(character) in ("Mn", "Mc")):
        return NO_WORD
    code = ord(character)
    at = bisect_right(_SPACELESS_STARTS, code) - 1
    if at >= 0 and code <= _SPACELESS[at][1]:
        return SPACELESS
    if any(low <= code <= high for low, high in _HANGUL):
        return HANGUL
    return SPACED


word_class = _Classes()


def is_boundary(text: str, at: int) -> bool:
    """Whether a word may begin or end between text[at - 1] and text[at].

    Inside scripts without spaces it may everywhere, and so it may where Latin meets Chinese or Korean
    ("KK园区"), which is where `\\b` fails.
    """
    if at <= 0 or at >= len(text):
        return True
    before, after = word_class[text[at - 1]], word_class[text[at]]
    return before != after or before in (NO_WORD, SPACELESS)
