"""Folded text -> Marks: every word of one language that says something of people, numbers, stages, dates or places.

A second, small automaton, one a language, run only behind the gate. What marks mean together is for `claims`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import starmap
from operator import itemgetter
from weakref import WeakKeyDictionary

import ahocorasick_rs

from watcher.fold import CLOSED, folded, word_class
from watcher.model import Language
from watcher.read.mark import Mark
from watcher.read.pairs import Pairs

# Of two marks of one family where one lies inside the other, the longer is meant: "police officers" are no "people",
# 中国人 is neither 中国 nor 人, and "công dân Trung Quốc" is no "công dân" of Viet Nam.
_FAMILIES = (
    frozenset({"demonym", "foreigners", "country", "counter", "not_people"}),
    frozenset({"demonym", "elsewhere"}),
    frozenset({"stage", "pending", "asked"}),
    frozenset({"place", "country"}),
    frozenset({"past", "since", "withdrawn"}),
    frozenset({"weekday", "day", "week", "month", "year"}),  # the "yesterday" in Tamil's "the day before yesterday"
    frozenset({"organiser", "since"}),  # the Korean 총책, a ringleader, is no 총, in all
    frozenset({"stage", "since"}),  # "in custody since May" counts nobody since May
)
# From a kind to those that it hides: all of its families.
_HIDDEN = {kind: frozenset().union(*(family for family in _FAMILIES if kind in family)) for kind in frozenset().union(*_FAMILIES)}

# Short words, which must not run on where a language glues endings to its words.
_WHOLE = frozenset(
    {
        "counter",
        "not_people",
        "part",
        "again",
        "ahead",
        "denied",
        "ahead_after",
        "denied_after",
        "asked",
        "withdrawn",
        "withdrawn_after",
        "clause",
        "apart",
        "further",
    }
)


_START, _PLACE = itemgetter(2), itemgetter(2, 3)  # of a mark: faster to ask for than by name
_NOTHING: Iterator[Mark] = iter(())
_FEW = 12  # marks; more are not looked through one by one, for a hostile sentence has hundreds
_CITIZENS = ("citizens", "citizens_after")
LINK = 7  # characters between a country and the word for its people: an ending and a space
_LINK = re.compile(r"[^\s\d.,;:()!?\"«»]{0,6}\s?")
_LINK_UNSPACED = re.compile(r"\s?")


class Marker:
    """The words of one Language as an automaton."""

    def __init__(self, language: Language) -> None:
        meanings: dict[str, dict[tuple[str, object], bool]] = {}
        self._pairs = Pairs(language)
        for kind, value, term in (*_words(language), *self._pairs.heads()):
            text = folded(term.rstrip("*")).strip()
            # Counters and units are short: a language that glues endings must not let 명 or "day" run on.
            glues = language.prefix and kind not in _WHOLE
            # In Latin letters a country takes no ending, and the Indonesian "kenyataan" is not from Kenya.
            prefix = term.endswith("*") or (glues and not (kind in ("country", "elsewhere") and text.isascii()))
            for form in (text, *(folded(particle) + text for particle in language.glued)) if text else ():
                of_form = meanings.setdefault(form, {})
                of_form[kind, value] = of_form.get((kind, value), False) or prefix
        self._link = _LINK if language.spaces else _LINK_UNSPACED
        self._counted = _counted(language) if language.spaces and language.citizens_after else None
        texts = list(meanings)
        self._automaton = ahocorasick_rs.AhoCorasick(texts) if texts else None
        # Of each text what it means where a word ends behind it, what where the word goes on, and the classes of its ends.
        self._whole = [list(of_form) for of_form in meanings.values()]
        self._begun = [[meaning for meaning, prefix in of_form.items() if prefix] for of_form in meanings.values()]
        self._first = [CLOSED[word_class[text[0]]] for text in texts]
        self._last = [CLOSED[word_class[text[-1]]] for text in texts]

    def marks(self, text: str) -> Marks:
        """Return every mark of a folded field."""
        found: list[Mark] = []
        if self._automaton is not None and text:
            new, kind_of, first, last = tuple.__new__, word_class, self._first, self._last  # Mark(...) checks, for three times as long
            line = text.replace("\n", " ") + " "  # the space at the end stands for both ends of the text, for line[-1] is it
            for pattern, start, end in self._automaton.find_matches_as_indexes(line, overlapping=True):
                before = line[start - 1]
                # A digit ends no word of its script, but what it counts is written to it: ৩৫জন.
                if kind_of[before] != first[pattern] or before.isdigit():
                    meanings = self._whole if kind_of[line[end]] != last[pattern] else self._begun
                    found += [new(Mark, (*meaning, start, end)) for meaning in meanings[pattern]]
        found += [*_citizens(found, text, self._link), *self._with_figure(found, text)]
        found += [*starmap(Mark, self._pairs.of(found, text))]
        return Marks(sorted(_longest(found), key=_PLACE))

    def _with_figure(self, found: Sequence[Mark], text: str) -> Iterator[Mark]:
        """Countries that a figure parts from the word for their people, as demonyms: नेपाल के 12 नागरिक."""
        if self._counted is not None:
            for mark in found:
                if mark.kind == "country" and self._counted.match(text, mark.end):
                    yield mark._replace(kind="demonym")


class Marks:
    """Marks in order of their start, asked by range and kind: of a field, or of one sentence, which is asked dozens of times."""

    def __init__(self, marks: Sequence[Mark]) -> None:
        self._marks = marks
        self._kinds = {mark[0] for mark in marks}
        self._known: dict[tuple[str, ...], list[Mark]] = {}  # by the kinds that were asked for
        self._sentences: dict[tuple[int, int], Marks] = {}

    def of(self, start: int, end: int) -> Marks:
        """Return the marks that lie in the sentence [start, end)."""
        found = self._sentences.get((start, end))
        if found is None:
            marks = self._marks
            here = marks[bisect_left(marks, start, key=_START) : bisect_left(marks, end, key=_START)]
            found = self._sentences[start, end] = Marks([mark for mark in here if mark.end <= end])
        return found

    def within(self, start: int, end: int, *kinds: str) -> Iterator[Mark]:
        """Give the marks that lie in [start, end), in order, of the kinds named."""
        if self._kinds.isdisjoint(kinds):  # as most times
            return _NOTHING
        marks = self._known.get(kinds)
        if marks is None:
            marks = self._known[kinds] = [mark for mark in self._marks if mark[0] in kinds]
        if len(marks) > _FEW:
            marks = marks[bisect_left(marks, start, key=_START) : bisect_left(marks, end, key=_START)]
        return iter([mark for mark in marks if start <= mark[2] and mark[3] <= end])


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
        ("arrival", language.arrivals.items()),
        ("town", language.towns.items()),
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
        "ahead_after": language.ahead_after,
        "denied_after": language.denied_after,
        "asked": language.asked,
        "withdrawn": language.withdrawn,
        "withdrawn_after": language.withdrawn_after,
        "citizens": language.citizens,
        "citizens_after": language.citizens_after,
        "compatriots": language.compatriots,
        "organiser": language.organisers,
        "further": language.further,
        "climbed": language.climbed,
        "defrauding": language.defrauding,
        "other_case": language.other_case,
        "said": language.said,
        "clause": language.clauses,
        "past": language.past,
        "since": language.since,
    }
    for kind, listed in lists.items():
        yield from ((kind, None, term) for term in listed)
    numbered_words = {
        "weekday": language.weekdays,
        "day": language.days,
        "week": language.week_words,
        "month": language.month_words,
        "year": language.year_words,
        "vague": language.vague,
    }
    for kind, numbered in numbered_words.items():
        yield from ((kind, value, term) for term, value in numbered.items())


def _citizens(found: Sequence[Mark], text: str, link: re.Pattern[str]) -> Iterator[Mark]:
    """Countries beside a word for their people, as demonyms: "citizens of Kazakhstan", with what is glued to either: граждане Казахстана."""
    words = [mark for mark in found if mark.kind in _CITIZENS]
    for country in [mark for mark in found if mark.kind == "country"] if words else ():
        for word in words:
            before = word.kind == "citizens"
            first, last = (word, country) if before else (country, word)
            if 0 <= last.start - first.end <= LINK and link.fullmatch(text, first.end, last.start):
                yield Mark("demonym", country.value, first.start, last.end)


def _counted(language: Language) -> re.Pattern[str]:
    """What stands behind a country whose people are counted: the word that links them, a number, the word for them."""
    terms = [folded(term.rstrip("*")).strip().rpartition(" ") for term in language.citizens_after]
    heads = "|".join(dict.fromkeys(re.escape(head) if head else _LINK.pattern for head, _, _ in terms))
    nouns = "|".join(dict.fromkeys(re.escape(noun) for _, _, noun in terms))
    return re.compile(rf"\s?(?:{heads})\s?\d[\d,]*\s?(?:{nouns})")


def _longest(found: Iterable[Mark]) -> Iterator[Mark]:
    # A set has another order in each process, and where two words of one place differ in kind the first decides.
    marks = sorted(dict.fromkeys(found), key=lambda mark: (mark[2], -mark[3]))
    open_: list[Mark] = []  # those before that reach to where we are, and so could hold the next one
    for mark in marks:
        if open_:
            start = mark[2]
            open_ = [other for other in open_ if other[3] > start]
        if not any(_hides(other, mark) for other in open_):
            yield mark
        open_.append(mark)


def _hides(longer: Mark, mark: Mark) -> bool:
    if longer.start > mark.start or longer.end < mark.end or (longer.start, longer.end) == (mark.start, mark.end):
        return False
    return mark.kind in _HIDDEN.get(longer.kind, ())
