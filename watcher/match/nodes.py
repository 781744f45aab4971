"""The parts of a query as values, and back to text: what `parse` makes, what rules are compiled from, what `show` prints.

Where a part stands in its text (`position`) is kept for messages and is no part of its meaning: two words that read the same are equal.
The grammar is in `query`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Word:
    """One word or phrase written into a rule; `prefix` for a final star."""

    text: str
    prefix: bool
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Pattern:
    """`/regex/`, kept as it is written between the slashes."""

    text: str
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Concept:
    """A named set of terms: `@scam`, or `@scam.km` for one language."""

    name: str
    language: str | None
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class HasPeople:
    """The text says of people, counted or named, that something happened to them; with `stages`, that one of these did, in Cambodia."""

    stages: tuple[str, ...] = ()
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Named:
    """A query of the table [queries], `@elsewhere`, with what it stands for."""

    name: str
    node: Node
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class And:
    """All of the parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of the parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Node


@dataclass(frozen=True, slots=True)
class Near:
    """Both in one field with at most `words` words between them, in any order."""

    left: Node
    right: Node
    words: int


@dataclass(frozen=True, slots=True)
class Together:
    """SENTENCE(a, b): both in one sentence."""

    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class InField:
    """`title:`, `text:` or `opening:` before a part."""

    field: str
    part: Node


@dataclass(frozen=True, slots=True)
class About:
    """`source:` or `language:` of the entry itself."""

    what: str
    value: str
    position: int = field(default=0, compare=False)


Leaf = Word | Concept | Pattern
Node = Word | Pattern | Concept | HasPeople | Named | And | Or | Not | Near | Together | InField | About

FIELDS = ("title", "text")
OPENING = "opening"  # the title and the first sentences of the text; beside the fields it stands for these sentences
HAS_PEOPLE = "has_people"
_PLAIN = re.compile(r'(?!(?:AND|OR|NOT|has_people|people)(?:/|$)|NEAR/)[^\s()",@:/*“”„\'][^\s()",@:*]*')  # a word that needs no quotes


def show(node: Node) -> str:
    """Return a query text that parses to the same tree; a named query is shown by its name."""
    match node:
        case Word(text, prefix):
            return (text if _PLAIN.fullmatch(text) else f'"{text}"') + "*" * prefix
        case Concept(name, language):
            return f"@{name}.{language}" if language else f"@{name}"
        case Pattern(text):
            return f"/{text}/"
        case HasPeople(stages):
            return f"people({', '.join(stages)})" if stages else HAS_PEOPLE
        case Named(name):
            return f"@{name}"
        case Not(part):
            return f"NOT {_tight(part)}"
        case Near(left, right, words):
            return f"{_tight(left)} NEAR/{words} {_tight(right)}"
        case Together(left, right):
            return f"SENTENCE({show(left)}, {show(right)})"
        case InField(name, part):
            return f"{name}:{_tight(part)}"
        case About(what, value):
            return f'{what}:"{value}"' if re.search(r"\W", value) else f"{what}:{value}"
        case And(parts):
            return " AND ".join(show(part) if not isinstance(part, Or) else f"({show(part)})" for part in parts)
        case Or(parts):
            return " OR ".join(show(part) for part in parts)


def inside(name: str, fields: tuple[str, ...]) -> tuple[str, ...]:
    """Return the fields that are left of `fields` inside `title:`, `text:` or `opening:`; none where title and text stand in each other."""
    if name == OPENING:
        return tuple(OPENING if field == "text" else field for field in fields)
    if name == "text" and OPENING in fields:
        return (OPENING,)
    return (name,) if name in fields else ()


def is_within(tag: str, asked: str) -> bool:
    """Whether a language tag is the one asked for or a kind of it: zh-Hant is zh, fil is not fi. Both folded."""
    return tag == asked or tag.startswith(f"{asked}-")


def leaves_of(node: Node, *, own: bool = False) -> Iterator[Leaf]:
    """Yield the words, concepts and patterns of a query in the order in which they are written; those of named queries unless `own`."""
    match node:
        case Word() | Concept() | Pattern():
            yield node
        case And(parts) | Or(parts):
            for part in parts:
                yield from leaves_of(part, own=own)
        case Near(left, right) | Together(left, right):
            yield from leaves_of(left, own=own)
            yield from leaves_of(right, own=own)
        case Not(part) | InField(_, part):
            yield from leaves_of(part, own=own)
        case Named(_, part) if not own:
            yield from leaves_of(part)


def depth(node: Node) -> int:
    """Return how many parts stand within each other, those of named queries too."""
    match node:
        case And(parts) | Or(parts):
            return 1 + max(map(depth, parts))
        case Near(left, right) | Together(left, right):
            return 1 + max(depth(left), depth(right))
        case Not(part) | InField(_, part) | Named(_, part):
            return 1 + depth(part)
    return 1


def cheap_first(node: Node) -> Node:
    """Return the same query with the parts of each AND and OR in the order of what they cost to ask; a name becomes what it means."""
    match node:
        case And(parts):
            return And(tuple(sorted(map(cheap_first, parts), key=cost)))
        case Or(parts):
            return Or(tuple(sorted(map(cheap_first, parts), key=cost)))
        case Not(part):
            return Not(cheap_first(part))
        case InField(name, part):
            return InField(name, cheap_first(part))
        case Near(left, right, words):
            return Near(cheap_first(left), cheap_first(right), words)
        case Together(left, right):
            return Together(cheap_first(left), cheap_first(right))
        case Named(_, part):
            return cheap_first(part)
    return node


def cost(node: Node) -> int:
    """Return what a part costs to ask: 0 looks at hits, 1 compares their places, 2 searches the text for a pattern."""
    match node:
        case Pattern():
            return 2
        case And(parts) | Or(parts):
            return max(map(cost, parts))
        case Near(left, right) | Together(left, right):
            return max(1, cost(left), cost(right))
        case Not(part) | InField(_, part) | Named(_, part):
            return cost(part)
        case HasPeople():
            return 1
    return 0


def _tight(node: Node) -> str:
    return f"({show(node)})" if isinstance(node, And | Or | Near | Not) else show(node)
