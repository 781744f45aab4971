"""Sight, query -> the smallest set of parts that would have to change for the query to hold, in words.

Counted are words, concepts, patterns, pairs (NEAR, SENTENCE), `has_people`, `source:` and `language:`. Where a query uses each of them
once, no smaller set exists; where it repeats one, the set may be larger than it must be, never wrong. What was not looked for, behind a
gate that stayed shut, is not said to be missing.
"""

from __future__ import annotations

from collections.abc import Iterable

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
    inside,
    show,
)
from watcher.match.sight import Sight
from watcher.model import Hit

_LONGEST = 40  # characters shown of a place that a pattern found
NAMED = 3  # parts of an OR that are named where any of them would do

Missing = list[tuple[str, str]]


def missing_parts(sight: Sight, node: Node, fields: tuple[str, ...] = FIELDS) -> Missing:
    """Return the fewest parts that would have to change for a node to hold, each as (query text, words); none if it holds."""
    return _changes(sight, node, fields, wanted=True)


def _changes(sight: Sight, node: Node, fields: tuple[str, ...], *, wanted: bool) -> Missing:
    """The fewest changes after which a node holds, or no longer does."""
    match node:
        case And(parts) | Or(parts):
            each = (_changes(sight, part, fields, wanted=wanted) for part in parts)
            if isinstance(node, And) == wanted:
                return together(each)
            fewest = _fewest(each)
            return any_of(node, fewest, _where(fields)) if isinstance(node, Or) and fewest else fewest
        case Not(part):
            return _changes(sight, part, fields, wanted=not wanted)
        case InField(name, part):
            return _changes(sight, part, inside(name, fields), wanted=wanted)
        case Named(name, part):
            return [(part, f"{words} (@{name})") for part, words in _changes(sight, part, fields, wanted=wanted)]
    if _unknown(sight, node) or sight.holds(node, fields) == wanted:
        return []
    return _absent(sight, node, fields) if wanted else [_unwanted(sight, node, fields)]


def together(each: Iterable[Missing]) -> Missing:
    """Return all of them, each part once: where it is missing alone and as one of several, it is that one."""
    found: dict[str, str] = {}
    for part, words in (one for parts in each for one in parts):
        found[part] = min(found.get(part, words), words, key=len)
    return list(found.items())


def any_of(node: Or, fewest: Missing, where: str = "") -> Missing:
    """Return what is missing of an OR. Where any one of several words or concepts would do, all of them are named, not the first alone."""
    words = _alternatives(node)
    if words is None or len(fewest) != 1:
        return fewest
    named = words if len(words) <= NAMED else [*words[:NAMED], "..."]
    return [(fewest[0][0], f"nothing of {' or '.join(named)}{where}")]


def _alternatives(node: Or) -> list[str] | None:
    """The parts of an OR, and of an OR in it, each as it is written; None where one is more than a word, a concept or a pattern."""
    found: dict[str, None] = {}
    for part in node.parts:
        if isinstance(part, Or):
            inner = _alternatives(part)
            if inner is None:
                return None
            found |= dict.fromkeys(inner)
        elif isinstance(part, Word | Concept | Pattern):
            found[show(part)] = None
        else:
            return None
    return list(found)


def _fewest(each: Iterable[Missing]) -> Missing:
    fewest: Missing | None = None
    for parts in each:
        if not parts:
            return parts
        if fewest is None or len(parts) < len(fewest):
            fewest = parts
    return fewest or []


def _unknown(sight: Sight, node: Node) -> bool:
    if isinstance(node, HasPeople):
        return sight.reading.claims is None
    return isinstance(node, Together) and sight.reading.sentences is None and bool(sight.places(node.left) and sight.places(node.right))


def _absent(sight: Sight, node: Node, fields: tuple[str, ...]) -> Missing:
    match node:
        case Near(left, right) | Together(left, right):
            sides = together(_changes(sight, side, fields, wanted=True) for side in (left, right))
            return sides or [(_label(node, fields), _apart(node))]
        case About(what, value):
            return [(show(node), f"the {what} is not {value}")]
        case HasPeople():
            return [(_label(node, fields), f"{_nobody(node)}{_where(fields)}")]
    return [(_label(node, fields), f"nothing of {show(node)}{_where(fields)}")]


def _unwanted(sight: Sight, node: Node, fields: tuple[str, ...]) -> tuple[str, str]:
    label = _label(node, fields)
    word = _first_place(sight, node, fields)
    return f"NOT ({label})" if isinstance(node, Near) else f"NOT {label}", f"excluded by {label}" + f' ("{word}")' * bool(word)


def _first_place(sight: Sight, node: Node, fields: tuple[str, ...]) -> str:
    """What was found of a part: the term of a word, the place of a pattern or of people."""
    for found in sight.evidence(node, fields):
        if isinstance(found, Hit):
            if found.term not in sight.rules.patterns:
                return sight.rules.terms[found.term].text
            span = sight.reading.span(found)
        else:
            span = found.span
        source = sight.reading.folded(span.field).source[span.start : span.end]
        return source if len(source) <= _LONGEST else f"{source[: _LONGEST - 1]}…"
    return ""


def _label(node: Node, fields: tuple[str, ...]) -> str:
    """The part as it could be written into a query by itself."""
    field = _field(fields)
    if not field or isinstance(node, About):
        return show(node)
    return f"{field}:({show(node)})" if isinstance(node, Near) else f"{field}:{show(node)}"


def _where(fields: tuple[str, ...]) -> str:
    return f" in the {field}" if (field := _field(fields)) else ""


def _field(fields: tuple[str, ...]) -> str:
    """The one field that was looked in; empty where it was the whole."""
    if OPENING in fields:
        return OPENING
    return fields[0] if len(fields) == 1 else ""


def _nobody(node: HasPeople) -> str:
    return f"no people counted in Cambodia ({', '.join(node.stages)})" if node.stages else "no people named"


def _apart(node: Near | Together) -> str:
    left, right = show(node.left), show(node.right)
    if isinstance(node, Together):
        return f"{left} and {right} stand in no sentence together"
    return f"{left} and {right} are more than {node.words} word{'' if node.words == 1 else 's'} apart"
