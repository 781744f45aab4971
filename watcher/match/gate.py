"""Query -> the sets of terms of which each must have a hit, so that most texts are stopped before anything else is looked for.

Computed from the query alone, and never too narrow: it can hide no match (a test compares gated and ungated). Patterns and people are
found behind the gate only, so they open it by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from watcher.match.nodes import About, And, Concept, HasPeople, InField, Leaf, Named, Near, Node, Not, Or, Pattern, Together, Word

_CLAUSES = 8  # alternatives of an OR that the gate keeps apart; beyond that it takes one set of each (wider, still safe)


def needs(node: Node, terms: Mapping[Leaf, frozenset[int]]) -> list[frozenset[int]]:
    """Return sets of terms of which each must have a hit for the node to hold. Empty: nothing is certain, it must be asked."""
    match node:
        case Word() | Concept():
            return [terms[node]]
        case And(parts):
            return list(dict.fromkeys(need for part in parts for need in needs(part, terms)))
        case Near(left, right) | Together(left, right):
            return list(dict.fromkeys(needs(left, terms) + needs(right, terms)))
        case InField(_, part) | Named(_, part):
            return needs(part, terms)
        case Or(parts):
            return _any_of([needs(part, terms) for part in parts])
        case Not() | About() | Pattern() | HasPeople():
            return []


def _any_of(alternatives: list[list[frozenset[int]]]) -> list[frozenset[int]]:
    """(a and b) or (c and d) needs one of a, c and one of a, d and one of b, c and one of b, d."""
    if not all(alternatives):
        return []
    count = 1
    for sets in alternatives:
        count *= len(sets)
    if count > _CLAUSES:
        return [frozenset().union(*(min(sets, key=len) for sets in alternatives))]
    return list(dict.fromkeys(frozenset().union(*choice) for choice in product(*alternatives)))
