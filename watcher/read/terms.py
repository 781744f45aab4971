"""Text -> Hits: every term of the Vocabulary found in one pass, and whether the gate opens.

Words begin and end where the script says so; inside scripts without spaces a term matches anywhere. What the hits
mean is for `match` to say. The automaton is built once for each Vocabulary and kept as long as it lives.
"""

from __future__ import annotations

from collections.abc import Iterable
from weakref import WeakKeyDictionary

import ahocorasick_rs

from watcher.fold import HANGUL, NO_WORD, SPACED, word_class
from watcher.model import Hit, Vocabulary

_INSIDE = frozenset({SPACED, HANGUL})  # between two characters of one of these no word ends


class Scanner:
    """The terms of one Vocabulary as an automaton, and its gate as a table from a hit to the queries it concerns."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        whole: dict[str, list[int]] = {}
        going_on: dict[str, list[int]] = {}
        for number, term in enumerate(vocabulary.terms):
            (going_on if term.prefix else whole).setdefault(term.text, []).append(number)
        texts = list(dict.fromkeys([*whole, *going_on]))
        # For each text: terms that must end there, and terms whose word may go on.
        self._terms = [(tuple(whole.get(text, ())), tuple(going_on.get(text, ()))) for text in texts]
        # overlapping=True below: without it "deport" would hide "deported" and 电信诈骗 would hide 诈骗.
        self._automaton = ahocorasick_rs.AhoCorasick(texts, implementation=ahocorasick_rs.Implementation.DFA) if texts else None
        self._gate = vocabulary.gate
        self._rows: dict[int, tuple[int, ...]] = _rows(vocabulary.gate)
        self.always = any(not row for row in vocabulary.gate)  # a query that asks for nothing certain must always be judged

    def hits(self, field: str, text: str) -> list[Hit]:
        """Return the hits in one folded field, in the order of their ends."""
        if self._automaton is None or not text:
            return []
        found: list[Hit] = []
        classes, length, terms = word_class, len(text), self._terms
        # A line break inside a phrase is a space; one for one, so that offsets stay.
        for pattern, start, end in self._automaton.find_matches_as_indexes(text.replace("\n", " "), overlapping=True):
            # `is_boundary`, written out: this loop is what reading costs where terms are common words.
            if start:
                before = classes[text[start - 1]]
                if before in _INSIDE and before == classes[text[start]]:
                    continue
            whole, going_on = terms[pattern]
            for term in going_on:
                found.append(Hit(term, field, start, end))
            if whole:
                last = classes[text[end - 1]] if end < length else NO_WORD
                if last not in _INSIDE or last != classes[text[end]]:
                    for term in whole:
                        found.append(Hit(term, field, start, end))
        return found

    def opens(self, hit_terms: frozenset[int]) -> bool:
        """Whether any query can hold, going by what was hit at all."""
        if self.always:
            return True
        gate = self._gate
        for row in {row for term in hit_terms for row in self._rows.get(term, ())}:
            for need in gate[row]:
                if need.isdisjoint(hit_terms):
                    break
            else:
                return True
        return False


_scanners: WeakKeyDictionary[Vocabulary, Scanner] = WeakKeyDictionary()


def scanner(vocabulary: Vocabulary) -> Scanner:
    """Return the scanner of a Vocabulary, building it the first time."""
    found = _scanners.get(vocabulary)
    if found is None:
        found = _scanners[vocabulary] = Scanner(vocabulary)
    return found


def _rows(gate: Iterable[tuple[frozenset[int], ...]]) -> dict[int, tuple[int, ...]]:
    """From each term of a query's smallest set to the query, so that the gate costs hits, not rules."""
    rows: dict[int, list[int]] = {}
    for number, needs in enumerate(gate):
        for term in min(needs, key=len, default=frozenset()):
            rows.setdefault(term, []).append(number)
    return {term: tuple(numbers) for term, numbers in rows.items()}
