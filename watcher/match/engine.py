"""Reading -> Verdict: which rules hold, on what evidence, or which part was missing.

Levels go match, watch, lead, no; the strongest one that any rule reaches is the verdict. Every "no" has a reason, and so has every
watch and lead: what was missing for a match. How a part is found to hold is in `sight`.
"""

from __future__ import annotations

from collections.abc import Sequence

from watcher.match.compile import LEVELS, Query, Rules
from watcher.match.missing import Missing, any_of, missing_parts, together
from watcher.match.nodes import About, And, Concept, HasPeople, InField, Named, Near, Node, Not, Or, Pattern, Together, Word, show
from watcher.match.sight import Sight, as_evidence
from watcher.model import Level, Reading, Verdict

COMPARED = 50  # rules looked through for the nearest one
REMEMBERED = 4096  # verdicts of stopped entries; they differ only in which concepts were there


def judge(reading: Reading, rules: Rules) -> Verdict:
    """Return what the rules say of one reading; evidence lies on the original text."""
    if reading.gated:
        return _stopped(reading, rules)
    sight = Sight(reading, rules)
    asked = asked_queries(reading, rules)
    held = [query for query in asked if sight.could(query) and sight.holds(query.asked)]
    level = next((level for level in LEVELS if any(query.level is level for query in held)), Level.NO)
    if level is Level.MATCH:
        return _held(sight, [query for query in held if query.level is level], level, [], "")
    missing = _nearest(sight, [query for query in asked if query.level is Level.MATCH] or _judging(rules))
    if level is Level.NO:
        return Verdict(level, missing=tuple(part for part, _ in missing), reason=_reason("no match", missing))
    return _held(sight, [query for query in held if query.level is level], level, missing, _reason(f"{level.value}, no match", missing))


def asked_queries(reading: Reading, rules: Rules) -> list[Query]:
    """Return the queries that the hits could make hold, in the order of the rules."""
    numbers = {number for term in reading.hit_terms for number in rules.by_term.get(term, ())}
    return [rules.queries[number] for number in sorted(numbers.union(rules.always))]


def _held(sight: Sight, held: Sequence[Query], level: Level, missing: Missing, reason: str) -> Verdict:
    evidence = as_evidence(sight, [hit for query in held for hit in sight.evidence(query.node)])
    names = tuple(dict.fromkeys(query.rule for query in held))
    return Verdict(level, names, evidence, tuple(part for part, _ in missing), reason)


def _nearest(sight: Sight, queries: Sequence[Query]) -> Missing:
    """The parts missing of the rule that lacks fewest."""
    return min((missing_parts(sight, query.node) for query in queries[:COMPARED]), key=len, default=[])


def _judging(rules: Rules) -> list[Query]:
    """The queries that a "no" is about: those for a match, whether or not anything of them was hit."""
    return [query for query in rules.queries if query.level is Level.MATCH] or list(rules.queries)


def _reason(start: str, missing: Missing) -> str:
    return f"{start}: {'; '.join(words for _, words in missing)}" if missing else f"{start}: no rule asks for this"


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
        known = Verdict(Level.NO, missing=tuple(part for part, _ in lacking), reason=_reason("no match", lacking))
        if len(rules.nothing) < REMEMBERED:
            rules.nothing[there] = known
    return known


def _absent(node: Node, there: frozenset[str], rules: Rules) -> Missing:
    """The fewest words and concepts that were not hit at all and are needed; places and distances are not asked."""
    match node:
        case Word() | Concept():
            label = show(node)
            return [] if label in there else [(label, f"nothing of {label}")]
        case Or(parts):
            fewest = min((_absent(part, there, rules) for part in parts), key=len)
            return any_of(node, fewest) if fewest else []
        case Not() | About() | Pattern() | HasPeople():
            return []
        case And(parts):
            return together(_absent(part, there, rules) for part in parts)
        case Near(left, right) | Together(left, right):
            return together(_absent(side, there, rules) for side in (left, right))
        case InField(_, part) | Named(_, part):
            return _absent(part, there, rules)
