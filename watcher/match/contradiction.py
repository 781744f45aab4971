"""Query -> why it can never hold, or None: a rule that cannot match is a mistake that nobody would see.

The query is written out as alternatives, each a list of things that must be there and must not be there; it can never hold where each
alternative asks for something that it rules out. What is found is certain, but not everything is found: distances are not reasoned
about, and of a query with very many alternatives some are taken to be possible.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from watcher.fold import folded, is_boundary
from watcher.match.nodes import (
    FIELDS,
    OPENING,
    About,
    And,
    Concept,
    HasPeople,
    InField,
    Leaf,
    Named,
    Near,
    Node,
    Not,
    Or,
    Pattern,
    Together,
    Word,
    inside,
    is_within,
    show,
)
from watcher.model import Term

_ALTERNATIVES = 256  # written out of one query; parts that would make more are taken to be possible
_COMPARED = 20_000  # pairs of terms looked at to see whether one holds the other; beyond it only equal ones are seen


@dataclass(frozen=True, slots=True)
class _Literal:
    """A part without AND, OR and NOT that must hold in these fields, or must not."""

    part: Node
    wanted: bool
    fields: tuple[str, ...]


@dataclass(slots=True)
class _Absent:
    """What an alternative rules out, by field."""

    terms: dict[str, set[int]] = field(default_factory=lambda: {name: set() for name in FIELDS})
    parts: dict[str, list[Node]] = field(default_factory=lambda: {name: [] for name in FIELDS})


def contradiction(node: Node, numbers: Mapping[Leaf, frozenset[int]], terms: Sequence[Term]) -> str | None:
    """Return in words what a query asks for and rules out, where it can never hold; None where it may.

    `numbers` are the terms of each word and concept, as places in `terms`.
    """
    reason = None
    alternatives = _alternatives(node, FIELDS, wanted=True)
    for alternative in alternatives if alternatives is not None else [()]:
        found = _impossible(alternative, numbers, terms)
        if found is None:
            return None
        reason = reason or found
    return reason


def _alternatives(node: Node, fields: tuple[str, ...], *, wanted: bool) -> list[tuple[_Literal, ...]] | None:
    """The query as alternatives; None where there are too many, which stands for anything."""
    match node:
        case And(parts) | Or(parts):
            each = [_alternatives(part, fields, wanted=wanted) for part in parts]
            return _all_of(each) if isinstance(node, And) == wanted else _one_of(each)
        case Not(part):
            return _alternatives(part, fields, wanted=not wanted)
        case InField(name, part):
            # What stands in the opening stands in the text too; that is not reasoned about.
            return None if name == OPENING else _alternatives(part, inside(name, fields), wanted=wanted)
        case Named(_, part):
            return _alternatives(part, fields, wanted=wanted)
    return [(_Literal(node, wanted, fields),)]


def _one_of(each: Iterable[list[tuple[_Literal, ...]] | None]) -> list[tuple[_Literal, ...]] | None:
    found: list[tuple[_Literal, ...]] = []
    for alternatives in each:
        if alternatives is None or len(found) + len(alternatives) > _ALTERNATIVES:
            return None
        found += alternatives
    return found


def _all_of(each: Iterable[list[tuple[_Literal, ...]] | None]) -> list[tuple[_Literal, ...]] | None:
    """Every choice of one alternative of each; a part with too many is left out, which makes the rest no less certain."""
    found: list[tuple[_Literal, ...]] = [()]
    for alternatives in sorted((one for one in each if one is not None), key=len):
        if len(found) * len(alternatives) <= _ALTERNATIVES:
            found = [(*one, *other) for one, other in product(found, alternatives)]
    return found


def _impossible(alternative: Sequence[_Literal], numbers: Mapping[Leaf, frozenset[int]], terms: Sequence[Term]) -> str | None:
    absent = _Absent()
    for literal in alternative:
        if not literal.wanted:
            for name in literal.fields:
                absent.parts[name].append(literal.part)
                if isinstance(literal.part, Word | Concept):
                    absent.terms[name] |= numbers[literal.part]
    for literal in alternative:
        if literal.wanted and not isinstance(literal.part, About):
            shown = show(literal.part) if literal.fields == FIELDS else f"{''.join(literal.fields)}:{show(literal.part)}"
            if not literal.fields:
                return f"{show(literal.part)} would have to stand in title: and text: at once"
            if not any(_possible(literal.part, name, absent, numbers, terms) for name in literal.fields):
                return f"it asks for {shown} and for its absence"
    return _of_entry(alternative)


def _possible(part: Node, name: str, absent: _Absent, numbers: Mapping[Leaf, frozenset[int]], terms: Sequence[Term]) -> bool:
    """Whether a part may hold in one field beside what must not be there."""
    if not absent.parts[name]:
        return True
    match part:
        case Word() | Concept():
            return not absent.terms[name] or not _covered(numbers[part], absent.terms[name], terms)
        case Pattern() | HasPeople():
            return part not in absent.parts[name]
        case Near(left, right) | Together(left, right):
            sides = _possible(left, name, absent, numbers, terms) and _possible(right, name, absent, numbers, terms)
            return sides and not any(_as_wide(other, part) for other in absent.parts[name])
        case Or(parts):
            return any(_possible(each, name, absent, numbers, terms) for each in parts)
        case Named(_, inner):
            return _possible(inner, name, absent, numbers, terms)
    return True


def _as_wide(other: Node, part: Near | Together) -> bool:
    """Whether another part holds wherever this one does: the same two, at the same distance or more."""
    if isinstance(part, Near) and not (isinstance(other, Near) and other.words >= part.words):
        return False
    if isinstance(part, Together) and not isinstance(other, Together):
        return False
    assert isinstance(other, Near | Together)
    return {other.left, other.right} == {part.left, part.right}


def _covered(wanted: frozenset[int], absent: set[int], terms: Sequence[Term]) -> bool:
    """Whether each wanted term, wherever it stands, is or holds one that must not be there."""
    left = wanted - absent
    if not left:
        return True
    if len(left) * len(absent) > _COMPARED:
        same = {(terms[number].text, terms[number].prefix) for number in absent}
        return all((terms[number].text, terms[number].prefix) in same for number in left)
    return all(any(_holds(terms[number], terms[other]) for other in absent) for number in left)


def _holds(term: Term, other: Term) -> bool:
    """Whether a text with the one term has the other at the same place: "phone scam" has "scam", "scammer" has "scam*"."""
    at = term.text.find(other.text)
    while at >= 0:
        end = at + len(other.text)
        ends = not term.prefix if end == len(term.text) else is_boundary(term.text, end)
        if is_boundary(term.text, at) and (other.prefix or ends):
            return True
        at = term.text.find(other.text, at + 1)
    return False


def _of_entry(alternative: Sequence[_Literal]) -> str | None:
    """What `source:` and `language:` ask of the entry that one entry cannot be."""
    asked = [(literal.part, literal.wanted) for literal in alternative if isinstance(literal.part, About)]
    for part, wanted in asked:
        for other, also in asked:
            if not wanted or part.what != other.what:
                continue
            one, two = folded(part.value), folded(other.value)
            if not also and (is_within(one, two) if part.what == "language" else two in one):
                return f"it asks for {show(part)} and for its absence"
            if also and part.what == "language" and not is_within(one, two) and not is_within(two, one):
                return f"it asks for {show(part)} and {show(other)} at once"
    return None
