"""Folded text -> Marks: every word of one language that says something of people, numbers, stages, dates or places.

A second, small automaton, one a language, run only behind the gate. What marks mean together is for `claims`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from weakref import WeakKeyDictionary

import ahocorasick_rs

from watcher.fold import folded, is_boundary
from watcher.model import Language


class Mark(NamedTuple):
    """One word found; `value` depends on `kind`: an ISO code, a Stage, a number, an English place name."""

    kind: str
    value: object
    start: int
    end: int


# Of two marks of one family where one lies inside the other, the longer is meant: "police officers" are no "people",
# 中国人 is neither 中国 nor 人, and "công dân Trung Quốc" is no "công dân" of Viet Nam.
_FAMILIES = (
    frozenset({"demonym", "foreigners", "country", "counter", "not_people"}),
    frozenset({"demonym", "elsewhere"}),
    frozenset({"stage", "pending"}),
    frozenset({"place", "country"}),
    frozenset({"past", "since"}),
)


class Marker:
    """The words of one Language as an automaton."""

    def __init__(self, language: Language) -> None:
        self._meanings: dict[str, list[tuple[str, object, bool]]] = {}
        for kind, value, term in _words(language):
            text = folded(term.rstrip("*")).strip()
            # Counters and units are short: a language that glues endings must not let 명 or "day" run on.
            glues = language.prefix and kind not in ("counter", "not_people", "part", "again", "ahead", "denied")
            # In Latin letters a country takes no ending, and the Indonesian "kenyataan" is not from Kenya.
            prefix = term.endswith("*") or (glues and not (kind in ("country", "elsewhere") and text.isascii()))
            for form in (text, *(folded(particle) + text for particle in language.glued)) if text else ():
                self._meanings.setdefault(form, []).append((kind, value, prefix))
        self._texts = list(self._meanings)
        self._automaton = ahocorasick_rs.AhoCorasick(self._texts) if self._texts else None

    def marks(self, text: str) -> Marks:
        """Return every mark of a folded field."""
        found: list[Mark] = []
        if self._automaton is not None and text:
            for pattern, start, end in self._automaton.find_matches_as_indexes(text.replace("\n", " "), overlapping=True):
                # A digit ends no word of its script, but what it counts is written to it: ৩৫জন.
                if is_boundary(text, start) or text[start - 1].isdigit():
                    ends = is_boundary(text, end)
                    found.extend(Mark(kind, value, start, end) for kind, value, on in self._meanings[self._texts[pattern]] if on or ends)
        return Marks(found)


class Marks:
    """Marks of one field in order of their start, asked by range."""

    def __init__(self, found: Iterable[Mark]) -> None:
        self._marks = sorted(_longest(found), key=lambda mark: (mark.start, mark.end))
        self._starts = [mark.start for mark in self._marks]

    def within(self, start: int, end: int, *kinds: str) -> Iterator[Mark]:
        """Yield marks that lie in [start, end), in order, of the kinds named (none named: of all)."""
        for at in range(bisect_left(self._starts, start), len(self._marks)):
            mark = self._marks[at]
            if mark.start >= end:
                return
            if mark.end <= end and (not kinds or mark.kind in kinds):
                yield mark


_markers: WeakKeyDictionary[Language, Marker] = WeakKeyDictionary()


def marker(language: Language) -> Marker:
    """Return the marker of a Language, building it the first time."""
    found = _markers.get(language)
    if found is None:
        found = _markers[language] = Marker(language)
    return found


def _words(language: Language) -> Iterator[tuple[str, object, str]]:
    """Every word of a language that makes a mark, as (kind, value, term)."""
    tables: tuple[tuple[str, Iterable[tuple[object, Iterable[str]]]], ...] = (
        ("demonym", language.demonyms.items()),
        ("country", language.countries.items()),
        ("place", language.places.items()),
        ("stage", language.stages.items()),
        ("called", language.called.items()),
        ("qualifier", language.qualifiers.items()),
    )
    for kind, table in tables:
        for value, terms in table:
            yield from ((kind, value, term) for term in terms)
    lists = {
        "foreigners": language.concepts.get("foreigners", ()),
        "elsewhere": language.concepts.get("other_country", ()),
        "based": language.concepts.get("based", ()),
        "home_place": language.concepts.get("home_place", ()),
        "pending": language.pending,
        "counter": language.counters,
        "part": language.parts,
        "not_people": language.not_people,
        "again": language.again,
        "ahead": language.ahead,
        "denied": language.denied,
        "past": language.past,
        "since": language.since,
    }
    for kind, listed in lists.items():
        yield from ((kind, None, term) for term in listed)
    for kind, numbered in (("weekday", language.weekdays), ("day", language.days), ("vague", language.vague)):
        yield from ((kind, value, term) for term, value in numbered.items())


def _longest(found: Iterable[Mark]) -> Iterator[Mark]:
    # A set has another order in each process, and where two words of one place differ in kind the first decides.
    marks = sorted(dict.fromkeys(found), key=lambda mark: (mark.start, -mark.end))
    for at, mark in enumerate(marks):
        if not any(_hides(other, mark) for other in _around(marks, at)):
            yield mark


def _around(marks: list[Mark], at: int) -> Iterator[Mark]:
    """Marks that could hold the one at `at`: those before it that reach its end."""
    reach = 80  # characters; no term is longer
    for back in range(at - 1, -1, -1):
        if marks[back].start < marks[at].start - reach:
            return
        yield marks[back]


def _hides(longer: Mark, mark: Mark) -> bool:
    if longer.start > mark.start or longer.end < mark.end or (longer.start, longer.end) == (mark.start, mark.end):
        return False
    return any(longer.kind in family and mark.kind in family for family in _FAMILIES)
