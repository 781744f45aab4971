"""Reading, Rules -> Sight: one reading ready to be asked whether a part of a query holds, and where.

Works on hits, so that a thousand rules cost little more than fifty; the text itself is searched only for patterns, once for each and
only when one is asked for. What the answers mean for a rule is for `engine`, `missing` and `explain`.
"""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from watcher.fold import folded
from watcher.match.compile import Query, Rules
from watcher.match.distance import Distances
from watcher.match.nodes import (
    FIELDS,
    OPENING,
    About,
    And,
    Concept,
    HasPeople,
    InField,
    Named,
    Near,
    Node,
    Not,
    Or,
    Pattern,
    Together,
    Word,
    cost,
    inside,
    is_within,
)
from watcher.match.patterns import encode
from watcher.match.people import claim_evidence, people_in
from watcher.model import Claim, Evidence, Hit, Reading, Sentence

OPENING_SENTENCES = 5  # of the text: the news of a report stands in its first paragraphs, what it is compared with below them
SHOWN = 10  # places shown of one word or concept; the rest proves nothing more


class Sight:
    """The hits of one reading, ready to be asked by queries."""

    def __init__(self, reading: Reading, rules: Rules) -> None:
        self.reading = reading
        self.rules = rules
        self._places: dict[tuple[Node, tuple[str, ...]], list[Hit]] = {}
        self._matched: dict[tuple[int, str], list[Hit]] = {}
        self._encoded: dict[str, bytes] = {}
        self._distances: dict[str, Distances] = {}
        self._sentences: dict[str, list[Sentence]] | None = None
        self._begins: dict[str, list[int]] = {}
        self._opening: tuple[int, int] | None = None

    def could(self, query: Query) -> bool:
        """Whether everything that the query needs was hit at all; cheap, asked first."""
        there = self.reading.hit_terms
        for need in query.needs:  # noqa: SIM110 (a generator for each of a thousand queries costs more than the question)
            if need.isdisjoint(there):
                return False
        return True

    def holds(self, node: Node, fields: tuple[str, ...] = FIELDS) -> bool:
        """Whether a part of a query holds in these fields."""
        match node:
            case Word() | Concept() if fields == FIELDS:  # asked most often by far, and needs no places
                return not self.rules.numbers[node].isdisjoint(self.reading.hit_terms)
            case And(parts):
                return all(self.holds(part, fields) for part in parts)
            case Or(parts):
                return any(self.holds(part, fields) for part in parts)
            case Not(part):
                return not self.holds(part, fields)
            case InField(name, part):
                return self.holds(part, inside(name, fields))
            case Named(_, part):
                return self.holds(part, fields)
            case HasPeople(stages):
                return bool(self._people(stages, fields))
            case About(what, value):
                return self._about(what, value)
        return bool(self.places(node, fields))

    def places(self, node: Node, fields: tuple[str, ...] = FIELDS) -> list[Hit]:
        """Return the hits of a word, concept, pattern, OR of them, NEAR or SENTENCE that make it hold."""
        known = self._places.get((node, fields))
        if known is None:
            known = self._places[(node, fields)] = self._find(node, fields)
        return known

    def evidence(self, node: Node, fields: tuple[str, ...] = FIELDS) -> list[Hit | Evidence]:
        """Return what shows why a held part holds; the absence of something has nothing to show."""
        match node:
            case Word() | Concept() | Pattern():
                return [*self._shown(self.places(node, fields))]
            case And(parts) | Or(parts):
                return [each for part in parts if self.holds(part, fields) for each in self.evidence(part, fields)]
            case InField(name, part):
                return self.evidence(part, inside(name, fields))
            case Named(_, part):
                return self.evidence(part, fields)
            case Near(left, right) | Together(left, right):
                back = self._close(self.places(right, fields), self.places(left, fields), node)
                return [*self._shown(back), *self._shown(self.places(node, fields))]
            case HasPeople(stages):
                return [claim_evidence(claim) for claim in self._people(stages, fields)[:SHOWN]]
            case Not() | About():
                return []

    def _shown(self, hits: Sequence[Hit]) -> list[Hit]:
        """The first places, each once a concept: "scam" is a word of fifteen languages, and fifteen hits on one word are one place."""
        places: dict[tuple[str | None, str, int, int], Hit] = {}
        for hit in hits:
            places.setdefault((self.rules.terms[hit.term].concept, hit.field, hit.start, hit.end), hit)
            if len(places) == SHOWN:
                break
        return list(places.values())

    def _find(self, node: Node, fields: tuple[str, ...]) -> list[Hit]:
        match node:
            case Word() | Concept():
                hits = [hit for term in self.rules.numbers[node] & self.reading.hit_terms for hit in self.reading.hits.of(term)]
                if fields != FIELDS:
                    hits = [hit for hit in hits if self._lies_in(hit, fields)]
                return sorted(hits, key=lambda hit: (hit.field != "title", hit.start, hit.end))
            case Or(parts):
                return list(dict.fromkeys(hit for part in parts for hit in self.places(part, fields)))
            case Named(_, part):
                return self.places(part, fields)
            case Near(left, right) | Together(left, right):
                first, second = (right, left) if self.rules.patterns and cost(left) > cost(right) else (left, right)
                if not self.places(first, fields) or not self.places(second, fields):
                    return []
                return self._close(self.places(left, fields), self.places(right, fields), node)
            case Pattern():
                (number,) = self.rules.numbers[node]
                names = dict.fromkeys("text" if name == OPENING else name for name in fields)
                return [hit for name in names for hit in self._search(number, name) if self._lies_in(hit, fields)]
            case _:
                return []

    def _people(self, stages: tuple[str, ...], fields: tuple[str, ...]) -> list[Claim]:
        claims = people_in(self.reading.claims or (), stages)
        return [claim for claim in claims if claim.field in fields or (OPENING in fields and claim.start < self._opening_end(folded=False))]

    def _lies_in(self, hit: Hit, fields: tuple[str, ...]) -> bool:
        return hit.field in fields or (OPENING in fields and hit.field == "text" and hit.end <= self._opening_end(folded=True))

    def _opening_end(self, *, folded: bool) -> int:
        """Where the first sentences of the text end; where no sentences were looked for, all of it is its opening."""
        if self._opening is None:
            text = [sentence for sentence in self.reading.sentences or () if sentence.field == "text"]
            last = text[:OPENING_SENTENCES][-1:]
            self._opening = (last[0].end, self.reading.span(last[0]).end) if last else (sys.maxsize, sys.maxsize)
        return self._opening[0 if folded else 1]

    def _search(self, number: int, name: str) -> list[Hit]:
        """Look for a pattern in one field; done once, however many rules ask."""
        known = self._matched.get((number, name))
        if known is None:
            text = self.reading.folded(name).text
            if name not in self._encoded:
                self._encoded[name] = encode(text)
            places = self.rules.patterns[number].places(text, self._encoded[name])
            known = self._matched[(number, name)] = [Hit(number, name, start, end) for start, end in places]
        return known

    def _close(self, left: Sequence[Hit], right: Sequence[Hit], node: Near | Together) -> list[Hit]:
        """Return those of `right` that stand near, or in one sentence with, one of `left`."""
        if isinstance(node, Together):
            sentences = {self._sentence(hit) for hit in left} - {None}
            return [hit for hit in right if self._sentence(hit) in sentences]
        found = []
        for field in FIELDS:
            others = [hit for hit in left if hit.field == field]
            if others:
                starts, ends = sorted(hit.start for hit in others), sorted(hit.end for hit in others)
                found += [hit for hit in right if hit.field == field and self._is_near(hit, starts, ends, node.words)]
        return found

    def _is_near(self, hit: Hit, starts: list[int], ends: list[int], words: int) -> bool:
        """Whether one of the others, given by sorted starts and ends, overlaps the hit or stands within so many words."""
        before, after = bisect_right(ends, hit.start), bisect_left(starts, hit.end)
        if after > before:  # more begin before its end than end before its start: one overlaps it
            return True
        distances = self._distances.get(hit.field)
        if distances is None:
            distances = self._distances[hit.field] = Distances(self.reading.folded(hit.field).text)
        if before and distances.within(words, ends[before - 1], hit.start):
            return True
        return after < len(starts) and distances.within(words, hit.end, starts[after])

    def _sentence(self, hit: Hit) -> Sentence | None:
        """The sentence a hit begins in; found by bisection, for a long text has thousands."""
        if self._sentences is None:
            self._sentences = {field: [each for each in self.reading.sentences or () if each.field == field] for field in FIELDS}
            self._begins = {field: [each.start for each in sentences] for field, sentences in self._sentences.items()}
        at = bisect_right(self._begins[hit.field], hit.start) - 1
        found = self._sentences[hit.field][at] if at >= 0 else None
        return found if found and hit.start < found.end else None

    def _about(self, what: str, value: str) -> bool:
        if what == "language":
            return is_within((self.reading.language or "unknown").lower(), value.lower())
        return folded(value) in folded(self.reading.entry.source)


def as_evidence(sight: Sight, found: Iterable[Hit | Evidence]) -> tuple[Evidence, ...]:
    """Return what was found as evidence on the original text: in order, each place once, of nested terms of a concept the longest."""
    terms = sight.rules.terms
    every = list(found)
    hits = dict.fromkeys(each for each in every if isinstance(each, Hit))  # a set has another order in each process
    kept: list[Hit] = []
    reached: dict[tuple[str, str | None], int] = {}  # by field and concept: the last end of those that begin before
    for hit in sorted(hits, key=lambda hit: (hit.field != "title", hit.start, -hit.end)):
        kind = (hit.field, terms[hit.term].concept)
        if hit.end > reached.get(kind, -1):
            reached[kind] = hit.end
            kept.append(hit)
    evidence = [Evidence(terms[hit.term].concept, terms[hit.term].text, sight.reading.span(hit)) for hit in kept]
    people = [each for each in every if isinstance(each, Evidence)]
    if people:
        evidence = sorted(dict.fromkeys([*evidence, *people]), key=lambda each: (each.span.field != "title", each.span.start))
    return tuple(evidence)
