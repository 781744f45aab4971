"""Folded text -> how many words lie between two places, for NEAR/n, in any script.

Words are counted at their beginning. In scripts without spaces a stated number of characters is a word: close enough for a distance,
and no dictionary is needed. Counted is from one place on and no further than is asked, for texts are long and distances short.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache

from watcher.fold import WORD_SIGNS

# Characters a word in running text, vowel signs counted: two for Chinese and Japanese, where most words are two signs; for the others
# the mean length of the terms in languages/, rounded down so that NEAR rather reaches too far than too short.
CHARACTERS_A_WORD = {"han": 2, "thai": 4, "lao": 4, "khmer": 5, "burmese": 5}

_BLOCKS = {
    "han": "\u3005-\u3007\u3021-\u30ff\u3100-\u312f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff",
    "thai": "\u0e00-\u0e7f",
    "lao": "\u0e80-\u0eff",
    "khmer": "\u1780-\u17ff\u19e0-\u19ff",
    "burmese": "\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f",
}
_EVERY = "".join(_BLOCKS.values())
_SPACELESS = re.compile(f"[{_EVERY}]")
_RUNS = re.compile("|".join(f"(?P<{name}>[{block}]+)" for name, block in _BLOCKS.items()) + rf"|(?:(?![{_EVERY}])[{WORD_SIGNS}])+")
_REST = re.compile(rf"(?<=[{WORD_SIGNS}])(?<![{_EVERY}])(?:(?![{_EVERY}])[{WORD_SIGNS}])+")  # of a word that begins before
_ASCII_SIGNS = "a-zA-Z0-9_"
_WHOLE = math.lcm(*CHARACTERS_A_WORD.values())  # a word; so each of its characters is a whole number too, and sums are exact
_EACH = {name: _WHOLE // characters for name, characters in CHARACTERS_A_WORD.items()}


class Distances:
    """Tells which places of one folded text are near each other; made once for a text that is asked about."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._signs = _ASCII_SIGNS if text.isascii() else WORD_SIGNS
        self._spaced = text.isascii() or not _SPACELESS.search(text)
        self._known: dict[tuple[int, int], int] = {}  # the same places are asked for by many rules

    def within(self, words: int, end: int, start: int) -> bool:
        """Whether at most so many words begin at or after `end` and before `start`."""
        if start - end <= words:  # no character is more than a word
            return True
        reach = self._known.get((end, words))
        if reach is None:
            reach = self._known[(end, words)] = self._reach(words, end)
        return start <= reach

    def _reach(self, words: int, end: int) -> int:
        """The last offset before which at most so many words begin."""
        if self._spaced and (passed := _spaced(self._signs, words).match(self._text, end)):
            return passed.end()
        left = words * _WHOLE
        rest = _REST.match(self._text, end)
        for run in _RUNS.finditer(self._text, rest.end() if rest else end):
            if run.lastgroup:
                each = _EACH[run.lastgroup]
                if left < each * (run.end() - run.start()):
                    return run.start() + left // each
                left -= each * (run.end() - run.start())
            elif left < _WHOLE:
                return run.start()
            else:
                left -= _WHOLE
        return len(self._text)


@lru_cache(maxsize=256)
def _spaced(signs: str, words: int) -> re.Pattern[str]:
    """From anywhere in a text whose words have spaces between them over so many words, up to the beginning of the next."""
    return re.compile(rf"(?:(?<=[{signs}])[{signs}]++)?+[^{signs}]*+(?:[{signs}]++[^{signs}]*+){{0,{words}}}+")
