"""Folded text -> how many words lie between two places, for NEAR/n, in any script.

Words are counted at their beginning. In scripts without spaces a stated number of characters is a word: close enough for a distance,
and no dictionary is needed.
"""

from __future__ import annotations

import re
from bisect import bisect_right

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
_RUNS = re.compile(
    "|".join(f"(?P<{name}>[{block}]+)" for name, block in _BLOCKS.items()) + rf"|(?:(?![{''.join(_BLOCKS.values())}])[{WORD_SIGNS}])+"
)


class Distances:
    """Counts words between places of one folded text; made once for a text that is asked about."""

    def __init__(self, text: str) -> None:
        self._starts: list[int] = []
        self._before: list[float] = []  # words before the run that begins there
        self._ends: list[int] = []
        self._each: list[float] = []  # words a character adds inside the run; 0 for a word with spaces around it
        self._known: dict[int, float] = {}  # the same places are asked for by many rules
        count = 0.0
        for run in _RUNS.finditer(text):
            each = 1 / CHARACTERS_A_WORD[run.lastgroup] if run.lastgroup else 0.0
            self._starts.append(run.start())
            self._ends.append(run.end())
            self._before.append(count)
            self._each.append(each)
            count += each * (run.end() - run.start()) if each else 1

    def between(self, end: int, start: int) -> float:
        """Return how many words begin at or after `end` and before `start`."""
        return self._at(start) - self._at(end)

    def _at(self, offset: int) -> float:
        """Words that begin before an offset."""
        known = self._known.get(offset)
        if known is None:
            known = self._known[offset] = self._count(offset)
        return known

    def _count(self, offset: int) -> float:
        run = bisect_right(self._starts, offset - 1) - 1
        if run < 0:
            return 0.0
        inside = min(offset, self._ends[run]) - self._starts[run]
        return self._before[run] + (self._each[run] * inside if self._each[run] else 1)
