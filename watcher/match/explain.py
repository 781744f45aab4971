"""Reading -> Explanation: for each rule the tree of its query with what held and where.

The same questions as the engine asks, all of them, also where the engine would have stopped. Nothing is printed here; `to_json` gives
the object that outsiders rely on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from watcher.match.compile import Query, Rules
from watcher.match.engine import judge
from watcher.match.missing import missing_parts
from watcher.match.nodes import FIELDS, And, InField, Named, Near, Node, Not, Or, Together, inside, show
from watcher.match.sight import Sight, as_evidence
from watcher.model import Claim, Evidence, Level, Reading, Verdict


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a query: whether it held, on what evidence, and its own parts."""

    query: str
    held: bool
    evidence: tuple[Evidence, ...]
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class RulePart:
    """One query of one rule; `missing` are (query text, words) of the fewest parts that would have made it hold."""

    rule: str
    level: Level
    held: bool
    tree: Part
    missing: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """The verdict and, for every query of every rule, why."""

    verdict: Verdict
    language: str | None
    rules: tuple[RulePart, ...]
    claims: tuple[Claim, ...]


def explain(reading: Reading, rules: Rules) -> Explanation:
    """Return why the rules say what they say of a reading."""
    sight = Sight(reading, rules)
    parts = tuple(_rule(sight, query) for query in rules.queries)
    return Explanation(judge(reading, rules), reading.language, parts, reading.claims or ())


def to_json(explanation: Explanation) -> dict[str, Any]:
    """Return the object of `watcher explain --json`."""
    verdict = explanation.verdict
    return {
        "match": verdict.level is Level.MATCH,
        "level": verdict.level.value,
        "rules": list(verdict.rules),
        "language": explanation.language,
        "spans": [
            {"concept": each.concept, "term": each.term, "start": each.span.start, "end": each.span.end, "field": each.span.field}
            for each in verdict.evidence
        ],
        "missing": list(verdict.missing),
        "reason": verdict.reason,
        "claims": [claim_json(claim) for claim in explanation.claims],
    }


def claim_json(claim: Claim) -> dict[str, Any]:
    """Return a claim as it is printed everywhere: ISO codes and dates, null where the text says nothing."""
    return {
        "role": claim.role.value,
        "stage": claim.stage.value if claim.stage else None,
        "status": claim.status.value,
        "count": claim.count,
        "count_max": claim.count_max,
        "qualifier": claim.qualifier.value,
        "printed": claim.printed,
        "nationality": list(claim.nationality) if claim.nationality else None,
        "foreigners": claim.foreigners,
        "called": claim.called.value,
        "from": claim.origin,
        "to": list(claim.to),
        "places": list(claim.places),
        "date": _iso(claim),
        "date_from": _date_from(claim),
        "sentence": claim.sentence,
    }


def _iso(claim: Claim) -> str | None:
    """A date as precise as the text was: 2023-11-08, 2023-11 or 2023; where it says no more than when it came out, that day."""
    if claim.reported is not None:
        return claim.reported.isoformat()
    if claim.date is None:
        return None
    return claim.date.isoformat()[: {"year": 4, "month": 7}.get(claim.date_precision or "day", 10)]


def _date_from(claim: Claim) -> str | None:
    """Where the date is from: "text" prints it, "publication" is the day of the report."""
    return "publication" if claim.reported is not None else None if claim.date is None else "text"


def _rule(sight: Sight, query: Query) -> RulePart:
    tree = _part(sight, query.node, FIELDS)
    return RulePart(query.rule, query.level, tree.held, tree, tuple(missing_parts(sight, query.node)))


def _part(sight: Sight, node: Node, fields: tuple[str, ...]) -> Part:
    held = sight.holds(node, fields)
    evidence = as_evidence(sight, sight.evidence(node, fields)) if held and not isinstance(node, And | Or) else ()
    return Part(show(node), held, evidence, _children(sight, node, fields))


def _children(sight: Sight, node: Node, fields: tuple[str, ...]) -> tuple[Part, ...]:
    match node:
        case And(parts) | Or(parts):
            return tuple(_part(sight, part, fields) for part in parts)
        case Near(left, right) | Together(left, right):
            return (_part(sight, left, fields), _part(sight, right, fields))
        case Not(part) | Named(_, part):
            return (_part(sight, part, fields),)
        case InField(name, part):
            return (_part(sight, part, inside(name, fields)),)
    return ()
