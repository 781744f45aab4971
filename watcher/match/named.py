"""The table [queries] -> name to tree: named queries, resolved in each other, with every mistake in them.

A name stands for its query as if that were written in parentheses in its place. Concepts are not looked up here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from watcher.errors import QueryError
from watcher.match.nodes import Node, Word, depth
from watcher.match.query import names_in, parse
from watcher.model import QueryText

_DEPTH = 50  # parts within parts and names within names; a person follows five
_TOO_DEEP = f"over {_DEPTH} levels deep, with the names that it uses; write it with fewer"
_USES = 1_000  # names used below one name, counted through all of them


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a named query; with a position where it is about a place in its text."""

    query: QueryText
    problem: str
    position: int | None = None


def resolve(queries: Sequence[QueryText], concepts: Collection[str]) -> tuple[dict[str, Node], list[Mistake]]:
    """Return the tree of each name, and all mistakes; a text with a mistake has a tree too, so that its users are not blamed."""
    resolver = _Resolver({query.name: query for query in queries if query.name not in concepts})
    for query in queries:
        if query.name in concepts:
            resolver.mistakes.append(Mistake(query, f"@{query.name} is a concept already; give this query another name"))
        else:
            resolver.visit(query, ())
    return resolver.nodes, resolver.mistakes


class _Resolver:
    """One walk from each name to those it uses."""

    def __init__(self, queries: dict[str, QueryText]) -> None:
        self.queries = queries
        self.nodes: dict[str, Node] = {}
        self.uses: dict[str, int] = {}
        self.mistakes: list[Mistake] = []

    def visit(self, query: QueryText, trail: tuple[str, ...]) -> None:
        if query.name in self.nodes:
            return
        trail = (*trail, query.name)
        self.uses[query.name] = 1
        for name, position in names_in(query.text):
            if name in self.queries and not self.follow(query, name, position, trail):
                return
        try:
            node = parse(query.text, self.nodes)
        except QueryError as error:
            self.refuse(query, error.problem, error.position)
            return
        if depth(node) > _DEPTH:
            self.refuse(query, _TOO_DEEP, 0)
        else:
            self.nodes[query.name] = node

    def follow(self, query: QueryText, name: str, position: int, trail: tuple[str, ...]) -> bool:
        """Resolve a name that a query uses; False where the query is refused for it."""
        if name in trail:
            circle = [*trail[trail.index(name) :], name]
            steps = ", ".join(f"@{one} uses @{other}" for one, other in pairwise(circle))
            self.refuse(query, f"named queries go round in a circle: {steps}; write one of them out", position)
            return False
        if len(trail) == _DEPTH:
            self.refuse(query, _TOO_DEEP, position)
            return False
        self.visit(self.queries[name], trail)
        self.uses[query.name] += self.uses[name]
        if self.uses[query.name] > _USES:
            self.refuse(query, f"uses over {_USES:,} named queries, counting those within; write it with fewer", position)
            return False
        return query.name not in self.nodes  # refused on the way, as part of a circle

    def refuse(self, query: QueryText, problem: str, position: int) -> None:
        self.mistakes.append(Mistake(query, problem, position))
        self.nodes[query.name] = Word(query.name, prefix=False)
