"""Query text -> Node: the grammar of rules, whole, in one file.

    query     = either
    either    = both { "OR" both }
    both      = maybe { "AND" maybe }
    maybe     = "NOT" maybe | near
    near      = part { "NEAR/" number part }          both in one field, at most that many words between them
    part      = "(" query ")"
              | "SENTENCE(" query "," query ")"       both in one sentence
              | ("title:" | "text:") part             looked for in that field only
              | "opening:" part                       looked for in the title and the first five sentences of the text
              | "source:" value | "language:" value   where the entry comes from
              | "@" concept [ "." language ]          any term of a named set, in all languages or in one
              | "@" name                              a query of the table [queries], as if it stood here in parentheses
              | "has_people"                          people are counted with a nationality or as foreigners, or one of the list is named
              | "people(" stage { "," stage } ")"     the article tells of a number of people, in Cambodia, to whom one of these happened:
                                                      raid, arrested, detained, rescued, charged, deported, repatriated, extradited, sentenced
              | "/" pattern "/"                       a regular expression (RE2); a slash in it is written \\/
              | word | '"' several words '"'          either may end in * : the word may go on
    value     = word | '"' several words '"'

Operators are written in capitals. NOT binds tighter than AND, AND tighter than OR, NEAR tightest. Inside NEAR and SENTENCE stand words,
concepts, patterns, OR of them, and names of such: "near the absence of a word" says nothing.

A pattern is looked for in the folded text: small letters, digits 0-9, straight quotes, line breaks as spaces. Capitals in it are taken
as small ones. It finds parts of words too, and \\b knows only Latin letters. In rules.toml it is best written between single quotes,
'/no\\. \\d+/', where a backslash is a backslash.

Nothing is looked up here: whether a concept exists is for `compile` to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from watcher.errors import QueryError
from watcher.match.nodes import (
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
    show,
)
from watcher.match.patterns import PatternError, search
from watcher.model import Stage

__all__ = [
    "About", "And", "Concept", "HasPeople", "InField", "Named", "Near", "Node", "Not", "Or", "Pattern", "Together", "Word",
    "names_in", "parse", "show",
]  # fmt: skip

_TOKENS = re.compile(
    r"""(?P<space>\s+)
      | (?P<near>NEAR/[0-9]+(?!\w))
      | (?P<sentence>SENTENCE\s*\()
      | (?P<operator>(?:AND|OR|NOT)(?![^\s()"/]))
      | (?P<open>\()
      | (?P<close>\))
      | (?P<comma>,)
      | (?P<field>(?:title|text|opening):)
      | (?P<about>(?:source|language):)
      | (?P<people>has_people(?![^\s()"/,]))
      | (?P<stages>people\s*\()
      | (?P<concept>@[^\s()",*:]*)
      | (?P<phrase>"[^"]*"\*?)
      | (?P<pattern>/(?:[^/\\\n]|\\[^\n])*/)
      | (?P<unknown>[^\s()",@:/]+:)
      | (?P<word>[^\s()",@:]+)
    """,
    re.VERBOSE,
)
_PART = "a word, a @concept, a \"phrase\" or '('"
_DEPTH = 40  # parentheses within parentheses; a person reads five
_NEAR_LIMIT = 1000  # words; more than an article is a slip of the finger
_CHAIN = 20  # NEAR after NEAR; a person writes two
_PREFIXES = ("title:", "text:", "opening:", "source:", "language:")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*|unknown")
_SLIPS = {"and": "AND", "or": "OR", "not": "NOT", "&": "AND", "&&": "AND", "+": "AND", "|": "OR", "||": "OR", "!": "NOT"}
_CURLY = "“”„«»"


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    position: int


def parse(query: str, named: Mapping[str, Node] | None = None) -> Node:
    """Return the tree of a query; `named` are the queries that it may use by name.

    Raises QueryError with the position and what was expected there.
    """
    parser = _Parser(query, named or {})
    node = parser.either()
    if parser.token.kind != "end":
        raise parser.wrong("expected AND, OR or NEAR/n between two parts", hint=True)
    return node


def names_in(query: str) -> Iterator[tuple[str, int]]:
    """Yield each name behind an @ with its position, as far as the query can be read."""
    at = 0
    while (found := _TOKENS.match(query, at)) is not None:
        if found.lastgroup == "concept":
            yield found.group()[1:], at
        at = found.end()


class _Parser:
    """Recursive descent; one method a line of the grammar."""

    def __init__(self, query: str, named: Mapping[str, Node]) -> None:
        self.query = query
        self.named = named
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

    def refuse(self, problem: str, position: int) -> QueryError:
        return QueryError(problem, query=self.query, position=position)

    def wrong(self, problem: str, *, hint: bool = False) -> QueryError:
        text = self.token.text
        if hint:
            called = self.tokens[self.at - 1].text if self.at and text == "(" else text  # "sentence (a, b)"
            problem = _slip(called) or problem
        found = f"found '{text}'" if text else "the query ends here"
        return self.refuse(f"{problem}; {found}", self.token.position)

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
        token = self.token
        if not self.accept("operator", "NOT"):
            return self.near()
        self.deeper(token)
        node = Not(self.maybe())
        self.depth -= 1
        return node

    def near(self) -> Node:
        start = self.token.position
        left = self.part()
        chain = 0
        while self.token.kind == "near":
            chain += 1
            digits = self.token.text.removeprefix("NEAR/")
            words = int(digits[-9:])  # a longer number is refused below, whatever it begins with
            if len(digits) > 9 or words > _NEAR_LIMIT:
                raise self.wrong(f"NEAR/n takes 0 to {_NEAR_LIMIT} words")
            if chain > _CHAIN:
                raise self.wrong(f"a chain of over {_CHAIN} NEAR; write it with fewer")
            self.at += 1
            self.places_only(left, start, "NEAR")
            start = self.token.position
            right = self.part()
            self.places_only(right, start, "NEAR")
            left = Near(left, right, words)
        return left

    def part(self) -> Node:
        token = self.token
        self.deeper(token)
        node = self.one(token)
        self.depth -= 1
        return node

    def deeper(self, token: _Token) -> None:
        self.depth += 1
        if self.depth > _DEPTH:
            raise self.refuse(f"too deep; write it with fewer parentheses; found '{token.text}'", token.position)

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
                return About(token.text[:-1], self.value(token.text[:-1]), token.position)
            case "concept":
                self.at += 1
                return self.concept(token)
            case "people":
                self.at += 1
                return HasPeople(position=token.position)
            case "stages":
                self.at += 1
                return self.people(token)
            case "pattern":
                self.at += 1
                return self.pattern(token)
            case "word" | "phrase":
                self.at += 1
                return self.word(token)
            case "unknown":
                raise self.refuse(_unknown_prefix(token.text), token.position)
        raise self.wrong(f"expected {_PART}")

    def group(self) -> Node:
        self.at += 1
        node = self.either()
        if not self.accept("close"):
            raise self.wrong("expected ')'" if self.token.kind == "end" else "expected AND, OR, NEAR/n or ')'", hint=True)
        return node

    def together(self) -> Node:
        self.at += 1
        start = self.token.position
        left = self.either()
        self.places_only(left, start, "SENTENCE")
        if not self.accept("comma"):
            raise self.wrong("expected ',' and the second part of SENTENCE(a, b)", hint=True)
        start = self.token.position
        right = self.either()
        self.places_only(right, start, "SENTENCE")
        if not self.accept("close"):
            raise self.wrong("expected ')'", hint=True)
        return Together(left, right)

    def people(self, token: _Token) -> HasPeople:
        stages = [self.stage()]
        while self.accept("comma"):
            stages.append(self.stage())
        if not self.accept("close"):
            raise self.wrong("expected ')'", hint=True)
        return HasPeople(tuple(dict.fromkeys(stages)), token.position)

    def stage(self) -> str:
        known = [stage.value for stage in Stage]
        if self.token.kind != "word" or self.token.text not in known:
            raise self.wrong(f"expected one of {', '.join(known)}")
        return self.take().text

    def value(self, what: str) -> str:
        token = self.token
        value = token.text.strip('"').strip()
        if token.kind not in ("word", "phrase") or not value or "*" in value or '"' in value:
            raise self.wrong(f'expected a name behind {what}:, in "quotes" if it has spaces')
        if what == "language" and not _LANGUAGE.fullmatch(value):
            raise self.wrong("expected the code of a language, such as language:km, or language:unknown")
        self.at += 1
        return value

    def concept(self, token: _Token) -> Node:
        name, dot, language = token.text[1:].partition(".")
        if not name:
            raise self.refuse("expected a name after '@', such as @scam", token.position)
        if name not in self.named:
            return Concept(name, language or None, token.position)
        if dot:
            raise self.refuse(f"@{name} is a named query and has no languages; write @{name}", token.position)
        return Named(name, self.named[name], token.position)

    def pattern(self, token: _Token) -> Pattern:
        end = token.position + len(token.text)
        if self.token.kind in ("word", "unknown") and self.token.position == end:
            problem = "a /pattern/ takes no letters behind it (case never counts); put a space there, and write \\/ for a slash inside"
            raise self.refuse(problem, end)
        text = token.text[1:-1]
        try:
            search(text)
        except PatternError as error:
            raise self.refuse(error.problem, token.position + 1 + error.at) from None
        return Pattern(text, token.position)

    def word(self, token: _Token) -> Word:
        prefix = token.text.endswith("*")
        text = token.text.rstrip("*").strip('"').strip()
        if token.kind == "word" and token.text[0] in (*_CURLY, "'"):
            raise self.refuse('several words stand in straight "quotes"; write them so', token.position)
        if token.text.startswith("/"):
            raise self.refuse("a /pattern/ is not closed in its line; write / at its end, and \\/ for a slash inside", token.position)
        if "*" in text:
            raise self.refuse("a * may stand only at the end of a word", token.position)
        if not any(character.isalnum() for character in text):
            raise self.refuse(_slip(token.text) or f"expected {_PART}; found '{token.text}'", token.position)
        return Word(text, prefix, token.position)

    def places_only(self, node: Node, position: int, operator: str) -> None:
        if not _is_place(node, chain=operator == "NEAR"):
            problem = f"{operator} joins words, concepts, patterns, or OR of them in parentheses; {_no_place(node)} inside"
            raise self.refuse(problem, position)


def _is_place(node: Node, *, chain: bool) -> bool:
    """Whether a node has places in the text that can be near something."""
    match node:
        case Word() | Concept() | Pattern():
            return True
        case Or(parts):
            return all(_is_place(part, chain=False) for part in parts)
        case Near(_, right):
            return chain and _is_place(right, chain=False)
        case Named(_, part):
            return _is_place(part, chain=False)
    return False


def _no_place(node: Node) -> str:
    """What does not belong inside NEAR and SENTENCE, in words."""
    match node:
        case HasPeople():
            return f"{show(node)} does not belong"
        case Named(name, part):
            return f"@{name} ({show(part)}) does not belong"
        case InField(name) | About(name):
            return f"{name}: does not belong"
    return "AND and NOT do not belong"


def _slip(text: str) -> str | None:
    """What was probably meant by something that stands where an operator belongs."""
    if text.lower() in _SLIPS and text not in ("AND", "OR", "NOT"):
        return f"write {_SLIPS[text.lower()]} in capitals" if text.isalpha() else f"write {_SLIPS[text]}"
    if re.fullmatch(r"near\W*\d*", text, re.IGNORECASE):
        number = re.sub(r"\D", "", text) or "10"
        return f"write NEAR/{number}, with the number of words that may lie between"
    if text.lower() == "sentence":
        return "write SENTENCE(a, b)"
    if text[:1] in (*_CURLY, "'"):
        return 'several words stand in straight "quotes"; write them so'
    return None


def _unknown_prefix(text: str) -> str:
    near = get_close_matches(text.lower(), _PREFIXES, 1)
    if near:
        return f"'{text}' is no part of a query; did you mean {near[0]}?"
    return f"'{text}' is no part of a query; before a colon stands one of {', '.join(word[:-1] for word in _PREFIXES)}, and a colon in a word needs \"quotes\""


def _tokens(query: str) -> list[_Token]:
    tokens, at = [], 0
    while at < len(query):
        found = _TOKENS.match(query, at)
        if found is None:
            problem = 'a "phrase" is not closed; write a " at its end' if query[at] == '"' else f"expected {_PART}; found '{query[at]}'"
            raise QueryError(problem, query=query, position=at)
        if found.lastgroup != "space":
            tokens.append(_Token(str(found.lastgroup), found.group(), at))
        at = found.end()
    tokens.append(_Token("end", "", len(query.rstrip())))
    return tokens
