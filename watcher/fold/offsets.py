"""Original and folded text -> where each folded character came from, in blocks, so that plain text between them costs nothing.

A block is a letter with what joins it, or a character that folds to more or fewer. Made only when a span is asked for.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import cache, lru_cache

from watcher.fold.characters import FORM, JOINS, calm, settle


class Offsets:
    """The way back from a folded text. Between blocks one character is one character."""

    def __init__(self, source: str, length: int) -> None:
        self._folded: list[int] = []  # where each block begins in the folded text
        self._ends: list[int] = []
        self._sources: list[tuple[int, int]] = []  # and where it lies in the original
        shift = 0  # folded minus original, after the last block
        for begin, end in _blocks(source):
            width, plain = _block(source[begin:end])
            if not plain:
                self._folded.append(begin + shift)
                self._ends.append(begin + shift + width)
                self._sources.append((begin, end))
                shift += width - (end - begin)
        if len(source) + shift != length:  # blocks that fold differently together: rather the whole field than a wrong place
            self._folded, self._ends, self._sources = [0], [length], [(0, len(source))]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Lead [start, end) of the folded text, not empty, back to whole characters of the original."""
        return self._of(start)[0], self._of(end - 1)[1]

    def point(self, at: int) -> int:
        """Lead one place back."""
        return self._of(at)[0]

    def _of(self, at: int) -> tuple[int, int]:
        number = bisect_right(self._folded, at) - 1
        if number < 0:
            return at, at + 1
        begin, end = self._sources[number]
        if at < self._ends[number]:
            return begin, end
        place = end + at - self._ends[number]
        return place, place + 1


def _blocks(source: str) -> list[tuple[int, int]]:
    """Find what may fold to another number of characters, each with the letter before it if it may join that."""
    found: list[tuple[int, int]] = []
    begin = end = 0
    for place in _pattern().finditer(source):
        at = place.start()
        character = source[at]
        if _joins_before(character):
            if at != end or begin == end:
                if begin < end:
                    found.append((begin, end))
                begin = max(at - 1, end)
        elif len(FORM[character]) == 1:
            continue
        else:
            if begin < end:
                found.append((begin, end))
            begin = at
        end = at + 1
    return [*found, (begin, end)] if begin < end else found


@cache
def _pattern() -> re.Pattern[str]:
    marks = "".join(chr(code) for code in range(0x300, 0x3400) if unicodedata.combining(chr(code)))
    return re.compile(f"[^{calm(marks)}]")


@lru_cache(maxsize=8192)
def _joins_before(character: str) -> bool:
    """Whether a character may melt into the one before it, change places with it, or is taken out."""
    return not FORM[character] or any(JOINS[each] or unicodedata.combining(each) for each in (character, FORM[character][0]))


@lru_cache(maxsize=8192)
def _block(block: str) -> tuple[int, bool]:
    """The length of a folded block, and whether each of its characters folds to one in its own place."""
    whole = settle(block)
    each = [FORM[character] for character in block]
    return len(whole), all(len(form) == 1 for form in each) and "".join(each) == whole
