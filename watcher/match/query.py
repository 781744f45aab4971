"""Query text -> Node: the grammar of rules, whole, in one file.

    query     = either
    either    = both { "OR" both }
    both      = maybe { "AND" maybe }
    maybe     = "NOT" maybe | near
    near      = part { "NEAR/" number part }          both in one field, at most that many words between them
    part      = "(" query ")"
              | "SENTENCE(" query "," query ")"       both in one sentence
              | ("title:" | "text:") part             looked for in that field only
              | "source:" value | "language:" value   where the entry comes from
              | "@" concept [ "." language ]          any term of a named set, in all languages or in one
              | word | '"' several words '"'          either may end in * : the word may go on
    value     = word | '"' several words '"'

Operators are written in capitals. NOT binds tighter than AND, AND tighter than OR, NEAR tightest. Inside NEAR and SENTENCE stand words,
concepts and OR of them: "near the absence of a word" says nothing.

Nothing is looked up here: whether a concept exists is for `compile` to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from watcher.errors import QueryError


@dataclass(frozen=True, slots=True)
class Word:
    """One word or phrase written into a rule; `prefix` for a final star."""

    text: str
    prefix: bool
    position: int


@dataclass(frozen=True, slots=True)
class Concept:
    """A named set of terms: `@scam`, or `@scam.km` for one language."""

    name: str
    language: str | None
    position: int


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
    """`title:` or `text:` before a part."""

    field: str
    part: Node


@dataclass(frozen=True, slots=True)
class About:
    """`source:` or `language:` of the entry itself."""

    what: str
    value: str
    position: int


Node = Word | Concept | And | Or | Not | Near | Together | InField | About

_TOKENS = re.compile(
    r"""(?P<space>\s+)
      | (?P<near>NEAR/\d+(?!\w))
      | (?P<sentence>SENTENCE\s*\()
      | (?P<operator>(?:AND|OR|NOT)(?![^\s()"]))
      | (?P<open>\()
      | (?P<close>\))
      | (?P<comma>,)
      | (?P<field>(?:title|text):)
      | (?P<about>(?:source|language):)
      | (?P<concept>@[^\s()",*:]*)
      | (?P<phrase>"[^"]*"\*?)
      | (?P<word>[^\s()",@:]+)
    """,
    re.VERBOSE,
)
_PART = "a word, a @concept, a \"phrase\" or '('"
_DEPTH = 40  # parentheses within parentheses; a person reads five
_NEAR_LIMIT = 1000  # words; more than an article is a slip of the finger


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    position: int


def parse(query: str) -> Node:
    """Return the tree of a query. Raises QueryError with the position and what was expected there."""
    parser = _Parser(query)
    node = parser.either()
    if parser.token.kind != "end":
        raise parser.wrong("expected AND, OR or NEAR/n between two parts", hint=True)
    return node


def show(node: Node) -> str:
    """Return a query text that parses to the same tree."""
    match node:
        case Word(text, prefix):
            plain = _TOKENS.fullmatch(text)
            return (text if plain and plain.lastgroup == "word" and "*" not in text else f'"{text}"') + "*" * prefix
        case Concept(name, language):
            return f"@{name}.{language}" if language else f"@{name}"
        case Not(part):
            return f"NOT {_tight(part)}"
        case Near(left, right, words):
            return f"{_tight(left)} NEAR/{words} {_tight(right)}"
        case Together(left, right):
            return f"SENTENCE({show(left)}, {show(right)})"
        case InField(field, part):
            return f"{field}:{_tight(part)}"
        case About(what, value):
            return f'{what}:"{value}"' if re.search(r"\W", value) else f"{what}:{value}"
        case And(parts):
            return " AND ".join(show(part) if not isinstance(part, Or) else f"({show(part)})" for part in parts)
        case Or(parts):
            return " OR ".join(show(part) for part in parts)


def _tight(node: Node) -> str:
    return f"({show(node)})" if isinstance(node, And | Or | Near | Not) else show(node)


class _Parser:
    """Recursive descent; one method a line of the grammar."""

    def __init__(self, query: str) -> None:
        self.query = query
        self.tokens = _tokens(query)
        self.at = 0
        self.depth = 0

    @property
    def token(self) -> _Token:
        return self.tokens[self.at]

    def take(self) -> _Token:
        token = self.token
        self.at += 1
        return token

    def accept(self, kind: str, text: str | None = None) -> bool:
        if self.token.kind == kind and text in (None, self.token.text):
            self.at += 1
            return True
        return False

    def wrong(self, problem: str, *, hint: bool = False) -> QueryError:
        text = self.token.text
        if hint and text.lower() in ("and", "or", "not"):
            problem = f"write {text.upper()} in capitals"
        found = f"found '{text}'" if text else "the query ends here"
        return QueryError(f"{problem}; {found}", query=self.query, position=self.token.position)

    def either(self) -> Node:
        parts = [self.both()]
        while self.accept("operator", "OR"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def both(self) -> Node:
        parts = [self.maybe()]
        while self.accept("operator", "AND"):
            parts.append(self.maybe())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def maybe(self) -> Node:
        if self.accept("operator", "NOT"):
            return Not(self.maybe())
        return self.near()

    def near(self) -> Node:
        start = self.token.position
        left = self.part()
        while self.token.kind == "near":
            words = int(self.token.text.removeprefix("NEAR/"))
            if not 0 <= words <= _NEAR_LIMIT:
                raise self.wrong(f"NEAR/n takes 0 to {_NEAR_LIMIT} words")
            self.at += 1
            self.words_only(left, start, "NEAR")
            start = self.token.position
            right = self.part()
            self.words_only(right, start, "NEAR")
            left = Near(left, right, words)
        return left

    def part(self) -> Node:
        token = self.token
        self.depth += 1
        if self.depth > _DEPTH:
            raise self.wrong("too deep; write it with fewer parentheses")
        node = self.one(token)
        self.depth -= 1
        return node

    def one(self, token: _Token) -> Node:
        match token.kind:
            case "open":
                return self.group()
            case "sentence":
                return self.together()
            case "field":
                self.at += 1
                return InField(token.text[:-1], self.part())
            case "about":
                self.at += 1
                return About(token.text[:-1], self.value(), token.position)
            case "concept":
                self.at += 1
                return self.concept(token)
            case "word" | "phrase":
                self.at += 1
                return self.word(token)
        raise self.wrong(f"expected {_PART}")

    def group(self) -> Node:
        self.at += 1
        node = self.either()
        if not self.accept("close"):
            raise self.wrong("expected ')'", hint=True)
        return node

    def together(self) -> Node:
        self.at += 1
        start = self.token.position
        left = self.either()
        self.words_only(left, start, "SENTENCE")
        if not self.accept("comma"):
            raise self.wrong("expected ',' and the second part of SENTENCE(a, b)", hint=True)
        start = self.token.position
        right = self.either()
        self.words_only(right, start, "SENTENCE")
        if not self.accept("close"):
            raise self.wrong("expected ')'", hint=True)
        return Together(left, right)

    def value(self) -> str:
        if self.token.kind not in ("word", "phrase"):
            raise self.wrong('expected a name, in "quotes" if it has spaces')
        return self.take().text.strip('"')

    def concept(self, token: _Token) -> Concept:
        name, _, language = token.text[1:].partition(".")
        if not name:
            raise QueryError("expected a name after '@', such as @scam", query=self.query, position=token.position)
        return Concept(name, language or None, token.position)

    def word(self, token: _Token) -> Word:
        prefix = token.text.endswith("*")
        text = token.text.rstrip("*").strip('"').strip()
        if "*" in text:
            raise QueryError("a * may stand only at the end of a word", query=self.query, position=token.position)
        if token.text.startswith("/"):
            problem = "a pattern in /slashes/ is no part of a query; name the words, or a concept"
            raise QueryError(problem, query=self.query, position=token.position)
        if not any(character.isalnum() for character in text):
            raise QueryError(f"expected {_PART}; found '{token.text}'", query=self.query, position=token.position)
        return Word(text, prefix, token.position)

    def words_only(self, node: Node, position: int, operator: str) -> None:
        if not _is_place(node, chain=operator == "NEAR"):
            problem = f"{operator} joins words, concepts, or OR of them in parentheses; AND and NOT do not belong inside"
            raise QueryError(problem, query=self.query, position=position)


def _is_place(node: Node, *, chain: bool) -> bool:
    """Whether a node has places in the text that can be near something."""
    match node:
        case Word() | Concept():
            return True
        case Or(parts):
            return all(_is_place(part, chain=False) for part in parts)
        case Near(_, right):
            return chain and _is_place(right, chain=False)
    return False


def _tokens(query: str) -> list[_Token]:
    tokens, at = [], 0
    while at < len(query):
        found = _TOKENS.match(query, at)
        if found is None:
            problem = 'a "phrase" is not closed' if query[at] == '"' else f"expected {_PART}; found '{query[at]}'"
            raise QueryError(problem, query=query, position=at)
        if found.lastgroup != "space":
            tokens.append(_Token(str(found.lastgroup), found.group(), at))
        at = found.end()
    tokens.append(_Token("end", "", len(query)))
    return tokens
