"""Reading -> Verdict: which rules hold, on what evidence, or which part was missing.

Works on hits only, never on text, so that a thousand rules cost little more than fifty. Levels go match, watch, lead, no; the
strongest one that any rule reaches is the verdict. Every "no" has a reason.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from watcher.fold import folded
from watcher.match.compile import LEVELS, Query, Rules
from watcher.match.distance import Distances
from watcher.match.query import About, And, Concept, InField, Near, Node, Not, Or, Together, Word, show
from watcher.model import Evidence, Hit, Level, Reading, Sentence, Verdict

FIELDS = ("title", "text")
SHOWN = 10  # places shown of one word or concept; the rest proves nothing more
COMPARED = 50  # rules looked through for the nearest one
REMEMBERED = 4096  # verdicts of stopped entries; they differ only in which concepts were there
_ROUNDING = 1e-9  # distances in scripts without spaces are sums of fractions


def judge(reading: Reading, rules: Rules) -> Verdict:
    """Return what the rules say of one reading; evidence lies on the original text."""
    if reading.gated:
        return _stopped(reading, rules)
    sight = Sight(reading, rules)
    asked = asked_queries(reading, rules)
    held = [query for query in asked if sight.could(query) and sight.holds(query.node)]
    level = next((level for level in LEVELS if any(query.level is level for query in held)), Level.NO)
    if level is Level.MATCH:
        return _held(sight, [query for query in held if query.level is level], level, (), "")
    missing = _nearest(sight, [query for query in asked if query.level is Level.MATCH] or asked, rules)
    if level is Level.NO:
        return Verdict(level, missing=tuple(part for part, _ in missing), reason=_reason("no match", missing))
    return _held(sight, [query for query in held if query.level is level], level, missing, _reason(f"{level.value}, no match", missing))


def asked_queries(reading: Reading, rules: Rules) -> list[Query]:
    """Return the queries that the hits could make hold, in the order of the rules."""
    numbers = {number for term in reading.hit_terms for number in rules.by_term.get(term, ())}
    return [rules.queries[number] for number in sorted(numbers.union(rules.always))]


class Sight:
    """The hits of one reading, ready to be asked by queries."""

    def __init__(self, reading: Reading, rules: Rules) -> None:
        self.reading = reading
        self.rules = rules
        self._by_term: dict[int, list[Hit]] = {}
        for hit in reading.hits:
            self._by_term.setdefault(hit.term, []).append(hit)
        self._places: dict[tuple[Node, tuple[str, ...]], list[Hit]] = {}
        self._distances: dict[str, Distances] = {}
        self._sentences: dict[str, list[Sentence]] | None = None
        self._begins: dict[str, list[int]] = {}

    def could(self, query: Query) -> bool:
        """Whether everything that the query needs was hit at all; cheap, asked first."""
        return all(not need.isdisjoint(self.reading.hit_terms) for need in query.needs)

    def holds(self, node: Node, fields: tuple[str, ...] = FIELDS) -> bool:
        """Whether a part of a query holds in these fields."""
        match node:
            case And(parts):
                return all(self.holds(part, fields) for part in parts)
            case Or(parts):
                return any(self.holds(part, fields) for part in parts)
            case Not(part):
                return not self.holds(part, fields)
            case InField(field, part):
                return self.holds(part, _inside(field, fields))
            case About(what, value):
                return self._about(what, value)
        return bool(self.places(node, fields))

    def places(self, node: Node, fields: tuple[str, ...] = FIELDS) -> list[Hit]:
        """Return the hits of a word, concept, OR of them, NEAR or SENTENCE that make it hold."""
        known = self._places.get((node, fields))
        if known is None:
            known = self._places[(node, fields)] = self._find(node, fields)
        return known

    def evidence(self, node: Node, fields: tuple[str, ...] = FIELDS) -> list[Hit]:
        """Return the hits that show why a held part holds; the absence of something has none."""
        match node:
            case Word() | Concept():
                return self.places(node, fields)[:SHOWN]
            case And(parts) | Or(parts):
                return [hit for part in parts if self.holds(part, fields) for hit in self.evidence(part, fields)]
            case InField(field, part):
                return self.evidence(part, _inside(field, fields))
            case Near(left, right) | Together(left, right):
                back = self._close(self.places(right, fields), self.places(left, fields), node)
                return back[:SHOWN] + self.places(node, fields)[:SHOWN]
            case Not() | About():
                return []

    def _find(self, node: Node, fields: tuple[str, ...]) -> list[Hit]:
        match node:
            case Word() | Concept():
                terms = self.rules.leaf(node).terms
                few, many = sorted((terms, self.reading.hit_terms), key=len)
                hits = [hit for term in few if term in many for hit in self._by_term[term] if hit.field in fields]
                return sorted(hits, key=lambda hit: (hit.field != "title", hit.start, hit.end))
            case Or(parts):
                return list(dict.fromkeys(hit for part in parts for hit in self.places(part, fields)))
            case InField(field, part):
                return self.places(part, _inside(field, fields))
            case Near(left, right) | Together(left, right):
                return self._close(self.places(left, fields), self.places(right, fields), node)
            case _:
                return []

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
        if before and distances.between(ends[before - 1], hit.start) <= words + _ROUNDING:
            return True
        return after < len(starts) and distances.between(hit.end, starts[after]) <= words + _ROUNDING

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
            return (self.reading.language or "unknown").lower().startswith(value.lower())
        return folded(value) in folded(self.reading.entry.source)


def missing_parts(sight: Sight, node: Node, fields: tuple[str, ...] = FIELDS) -> list[tuple[str, str]]:
    """Return the fewest parts that would have to change for a node to hold, each as (query text, words); none if it holds."""
    if sight.holds(node, fields):
        return []
    match node:
        case And(parts):
            return list(dict.fromkeys(each for part in parts for each in missing_parts(sight, part, fields)))
        case Or(parts):
            return min((missing_parts(sight, part, fields) for part in parts), key=len)
        case InField(field, part):
            return missing_parts(sight, part, _inside(field, fields))
        case Near(left, right) | Together(left, right):
            sides = missing_parts(sight, left, fields) + missing_parts(sight, right, fields)
            return sides or [(show(node), _apart(node))]
        case Not(part):
            word = next((sight.rules.terms[hit.term].text for hit in sight.evidence(part, fields)), "")
            return [(show(node), f"excluded by {show(part)}" + f' ("{word}")' * bool(word))]
        case About(what, value):
            return [(show(node), f"the {what} is not {value}")]
    place = f" in the {fields[0]}" if len(fields) == 1 else ""
    label = show(node) if not place else f"{fields[0]}:{show(node)}"
    return [(label, f"nothing of {show(node)}{place}")]


def as_evidence(sight: Sight, hits: Iterable[Hit]) -> tuple[Evidence, ...]:
    """Return hits as evidence on the original text: in order, each place once, of nested terms of a concept the longest."""
    terms = sight.rules.terms
    ordered = sorted(set(hits), key=lambda hit: (hit.field != "title", hit.start, -hit.end))
    kept: list[Hit] = []
    for hit in ordered:
        concept = terms[hit.term].concept
        inside = any(o.field == hit.field and o.start <= hit.start and hit.end <= o.end and terms[o.term].concept == concept for o in kept)
        if not inside:
            kept.append(hit)
    return tuple(Evidence(terms[hit.term].concept, terms[hit.term].text, sight.reading.span(hit)) for hit in kept)


def _held(sight: Sight, held: Sequence[Query], level: Level, missing: Sequence[tuple[str, str]], reason: str) -> Verdict:
    evidence = as_evidence(sight, [hit for query in held for hit in sight.evidence(query.node)])
    names = tuple(dict.fromkeys(query.rule for query in held))
    return Verdict(level, names, evidence, tuple(part for part, _ in missing), reason)


def _nearest(sight: Sight, queries: Sequence[Query], rules: Rules) -> list[tuple[str, str]]:
    """The parts missing of the rule that lacks fewest."""
    chosen = list(queries) or _judging(rules)
    return min((missing_parts(sight, query.node) for query in chosen[:COMPARED]), key=len, default=[])


def _judging(rules: Rules) -> list[Query]:
    return [query for query in rules.queries if query.level is Level.MATCH] or list(rules.queries)


def _reason(start: str, missing: Sequence[tuple[str, str]]) -> str:
    return f"{start}: {'; '.join(words for _, words in missing)}" if missing else f"{start}: no rule asks for this"


def _apart(node: Near | Together) -> str:
    left, right = show(node.left), show(node.right)
    if isinstance(node, Together):
        return f"{left} and {right} stand in no sentence together"
    return f"{left} and {right} are more than {node.words} words apart"


def _inside(field: str, fields: tuple[str, ...]) -> tuple[str, ...]:
    return (field,) if field in fields else ()


# ---------------------------------------------------------------- entries that the gate stopped: remembered, because nearly all are alike


def _stopped(reading: Reading, rules: Rules) -> Verdict:
    there = frozenset(label for term in reading.hit_terms for label in rules.labels.get(term, ()))
    known = rules.nothing.get(there)
    if known is None:
        lacking = min(
            (_absent(query.node, there, rules) for query in _judging(rules)[:COMPARED]),
            key=lambda parts: (not parts, len(parts)),
            default=[],
        )
        known = Verdict(Level.NO, missing=tuple(lacking), reason=_reason("no match", [(part, f"nothing of {part}") for part in lacking]))
        if len(rules.nothing) < REMEMBERED:
            rules.nothing[there] = known
    return known


def _absent(node: Node, there: frozenset[str], rules: Rules) -> list[str]:
    """The fewest words and concepts that were not hit at all and are needed; places and distances are not asked."""
    match node:
        case Word() | Concept():
            label = rules.leaf(node).label
            return [] if label in there else [label]
        case Or(parts):
            return min((_absent(part, there, rules) for part in parts), key=len)
        case Not() | About():
            return []
        case And(parts):
            return list(dict.fromkeys(each for part in parts for each in _absent(part, there, rules)))
        case Near(left, right) | Together(left, right):
            return list(dict.fromkeys(_absent(left, there, rules) + _absent(right, there, rules)))
        case InField(_, part):
            return _absent(part, there, rules)
