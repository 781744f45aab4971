"""Text -> Hits: every term of the Vocabulary found in one pass, and whether the gate opens.

Words begin and end where the script says so; inside scripts without spaces a term matches anywhere. What the hits
mean is for `match` to say. The automaton is built once for each Vocabulary and kept as long as it lives.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain
from operator import itemgetter
from typing import overload
from weakref import WeakKeyDictionary

import ahocorasick_rs

from watcher.fold import ANYWHERE, CLOSED, word_class
from watcher.model import Hit, Vocabulary

_PATTERN = itemgetter(0)
# Terms up to which a full transition table is the faster automaton (by a third at 1,000 terms). At 11,000 it no longer fits the
# processor's caches: 45 MB/s beside 70 for the compact form, 146 MB of memory beside 4, and 360 ms to build beside 60.
_TABLE_TERMS = 1500

Place = tuple[int, int, int]  # (pattern, start, end), as the automaton gives it


class Hits(Sequence[Hit]):
    """The hits in one or more fields, in the order of their ends. Made into Hits only when looked at.

    Most texts have hits and no rule that holds for them, and one place may stand for terms of ten languages: so places are kept as
    the automaton gave them, and which terms there are is known without the hits.
    """

    def __init__(self, fields: Sequence[tuple[str, Sequence[Place]]], terms: Sequence[tuple[int, ...]]) -> None:
        self._fields, self._by_pattern = fields, terms
        patterns = set().union(*(map(_PATTERN, places) for _, places in fields))
        self.terms = frozenset(chain.from_iterable(map(terms.__getitem__, patterns)))

    def of(self, term: int) -> list[Hit]:
        """Return the hits of one term, in the same order; those of other terms are not made for it."""
        new = tuple.__new__
        return [new(Hit, (term, field, start, end)) for field, start, end in self._places.get(term, ())]

    @cached_property
    def _places(self) -> dict[int, list[tuple[str, int, int]]]:
        """The places of each term; terms that are written alike share them."""
        found: dict[int, list[tuple[str, int, int]]] = {}
        for field, places in self._fields:
            for pattern, start, end in places:
                if pattern in found:
                    found[pattern].append((field, start, end))
                else:
                    found[pattern] = [(field, start, end)]
        return {term: places for pattern, places in found.items() for term in self._by_pattern[pattern]}

    @cached_property
    def _made(self) -> list[Hit]:
        terms, new = self._by_pattern, tuple.__new__  # Hit(...) checks its arguments, for three times as long
        return [
            new(Hit, (term, field, start, end))
            for field, places in self._fields
            for pattern, start, end in places
            for term in terms[pattern]
        ]

    @overload
    def __getitem__(self, index: int) -> Hit: ...
    @overload
    def __getitem__(self, index: slice) -> list[Hit]: ...
    def __getitem__(self, index: int | slice) -> Hit | list[Hit]:
        return self._made[index]

    def __len__(self) -> int:
        return len(self._made)

    def __iter__(self) -> Iterator[Hit]:
        return iter(self._made)

    def __eq__(self, other: object) -> bool:
        return self._made == list(other) if isinstance(other, Sequence) else NotImplemented

    __hash__ = None  # type: ignore[assignment]


class Scanner:
    """The terms of one Vocabulary as an automaton, and its gate as a table from a hit to the queries it concerns."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        patterns: dict[tuple[str, bool], tuple[int, ...]] = {}
        for number, (text, _, _, prefix, _) in enumerate(vocabulary.terms):
            pattern = text, prefix
            patterns[pattern] = (*patterns[pattern], number) if pattern in patterns else (number,)
        self._terms = list(patterns.values())
        # What may not stand before the first character of each, and after its last: the class of that character.
        closed, classes = CLOSED, word_class
        self._first = [closed[classes[text[0]]] for text, _ in patterns]
        self._last = [ANYWHERE if prefix else closed[classes[text[-1]]] for text, prefix in patterns]
        texts = [text for text, _ in patterns]
        kinds = ahocorasick_rs.Implementation
        kind = kinds.DFA if len(texts) <= _TABLE_TERMS else kinds.ContiguousNFA
        # overlapping=True below: without it "deport" would hide "deported" and 电信诈骗 would hide 诈骗.
        self._automaton = ahocorasick_rs.AhoCorasick(texts, implementation=kind) if texts else None
        self._gate = vocabulary.gate
        self._rows: dict[int, tuple[int, ...]] = _rows(vocabulary.gate)
        self.always = any(not row for row in vocabulary.gate)  # a query that asks for nothing certain must always be judged

    def scan(self, *fields: tuple[str, str]) -> Hits:
        """Return the hits in folded fields, given as (name, text)."""
        return Hits([(name, self._places(text)) for name, text in fields], self._terms)

    def hits(self, field: str, text: str) -> list[Hit]:
        """Return the hits in one folded field, in the order of their ends."""
        return list(self.scan((field, text)))

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

    def _places(self, text: str) -> list[Place]:
        if self._automaton is None or not text:
            return []
        # A line break inside a phrase is a space, one for one, so that offsets stay. The space at the end stands for both ends of the
        # text, for text[-1] is it: so no end is a special case below, in the loop that reading costs where terms are common words.
        text = text.replace("\n", " ") + " "
        found: list[Place] = self._automaton.find_matches_as_indexes(text, overlapping=True)
        classes, first, last = word_class, self._first, self._last
        return [
            place
            for place in found
            if classes[text[place[1] - 1]] != first[place[0]] and (last[place[0]] < 0 or classes[text[place[2]]] != last[place[0]])
        ]


_scanners: WeakKeyDictionary[Vocabulary, Scanner] = WeakKeyDictionary()


def scanner(vocabulary: Vocabulary) -> Scanner:
    """Return the scanner of a Vocabulary, building it the first time."""
    found = _scanners.get(vocabulary)
    if found is None:
        found = _scanners[vocabulary] = Scanner(vocabulary)
    return found


def _rows(gate: Iterable[tuple[frozenset[int], ...]]) -> dict[int, tuple[int, ...]]:
    """From each term of a query's smallest set to the query, so that the gate costs hits, not rules."""
    numbers: dict[frozenset[int], list[int]] = {}  # a set may have thousands of terms, and many queries have the same
    for number, needs in enumerate(gate):
        numbers.setdefault(min(needs, key=len, default=frozenset()), []).append(number)
    rows: dict[int, tuple[int, ...]] = {}
    for terms, here in numbers.items():
        others = [(term, rows[term]) for term in rows.keys() & terms]
        rows.update(dict.fromkeys(terms, tuple(here)))
        rows.update((term, (*before, *here)) for term, before in others)
    return rows
