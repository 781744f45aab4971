"""Rules as text -> (Rules, Vocabulary): what to look for, what may be skipped, and every mistake at once.

The Vocabulary goes to `read`, the Rules to `judge`; both are made together and belong together. The gate holds, for each query, the
sets of terms of which each must have a hit: it is computed from the query and can hide no match (a test compares gated and ungated).
Nothing is matched here.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from watcher.errors import ConfigError, QueryError
from watcher.fold import SPACELESS, folded, word_class
from watcher.match.query import About, And, Concept, InField, Near, Node, Not, Or, Together, Word, parse, show
from watcher.model import ConceptEdit, Language, Level, RuleText, Term, Verdict, Vocabulary

LEVELS = (Level.MATCH, Level.WATCH, Level.LEAD)
ANY = "any"  # the language of an edit that belongs to none: `"kingpins.any" = { add = [...] }`

_CLAUSES = 8  # alternatives of an OR that the gate keeps apart; beyond that it takes one set of each (wider, still safe)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A word or concept of a query with the numbers of its terms in the Vocabulary."""

    terms: frozenset[int]
    label: str


@dataclass(frozen=True, slots=True)
class Query:
    """One compiled query of a rule: its tree, what each leaf stands for, and the groups that must have a hit."""

    rule: str
    level: Level
    node: Node
    text: str
    needs: tuple[frozenset[int], ...]  # each is a set of terms of which one must be there


@dataclass(frozen=True, eq=False)
class Rules:
    """Compiled rules. `by_term` leads from a hit to the queries it could make hold; `always` must be asked every time."""

    queries: tuple[Query, ...]
    leaves: Mapping[tuple[object, ...], Leaf]
    by_term: Mapping[int, tuple[int, ...]]
    always: tuple[int, ...]
    terms: tuple[Term, ...]
    labels: Mapping[int, tuple[str, ...]]  # from a term to the words and concepts of queries that it stands for
    examples: tuple[tuple[str, str, bool], ...] = ()  # (rule, text, whether it must match)
    nothing: dict[frozenset[str], Verdict] = field(default_factory=dict)  # remembered verdicts of entries the gate stopped

    def leaf(self, node: Word | Concept) -> Leaf:
        """Return what a word or concept of a query stands for."""
        return self.leaves[_key(node)]


def compile(
    rules: Sequence[RuleText],
    edits: Sequence[ConceptEdit],
    languages: Sequence[Language],
    people: Sequence[str] = (),
) -> tuple[Rules, Vocabulary]:
    """Compile rules over the concepts of `languages` as changed by `edits`.

    `people` are the operator's named persons; they are the concept @people too. Raises an ExceptionGroup of
    ConfigError with all mistakes, each with its line: a query that cannot be read, an unknown concept, a rule
    that is empty or can never match, a name used twice.
    """
    builder = _Builder(languages, people)
    parsed = builder.parse(rules)
    builder.edit(edits, {node.name for _, _, node, _ in parsed for node in _concepts_of(node)})
    queries = [query for rule, level, node, line in parsed if (query := builder.query(rule, level, node, line))]
    if builder.mistakes:
        raise ExceptionGroup("rules", builder.mistakes)
    terms = tuple(builder.terms)
    by_term, always = _index(queries)
    examples = tuple((rule.name, text, wanted) for rule in rules for text, wanted in rule.examples)
    vocabulary = Vocabulary(terms, tuple(query.needs for query in queries), tuple(languages), tuple(people))
    labels: dict[int, tuple[str, ...]] = {}
    for leaf in builder.leaves.values():
        for term in leaf.terms:
            labels[term] = (*labels.get(term, ()), leaf.label)
    return Rules(tuple(queries), builder.leaves, by_term, always, terms, labels, examples), vocabulary


class _Builder:
    """Gathers terms, leaves and mistakes while rules are gone through once."""

    def __init__(self, languages: Sequence[Language], people: Sequence[str]) -> None:
        self.mistakes: list[Exception] = []
        self.terms: dict[Term, int] = {}
        self.leaves: dict[tuple[object, ...], Leaf] = {}
        self.languages = {language.code: language for language in languages}
        self.concepts: dict[str, dict[str | None, tuple[str, ...]]] = {}
        for language in languages:
            for name, terms in language.concepts.items():
                self.concepts.setdefault(name, {})[language.code] = terms
        if people:
            self.concepts["people"] = {None: tuple(people)}

    def wrong(self, rule: RuleText | None, problem: str, line: int) -> None:
        self.mistakes.append(ConfigError(problem, file=rule.file if rule else "rules.toml", line=line or None))

    def parse(self, rules: Sequence[RuleText]) -> list[tuple[RuleText, Level, Node, int]]:
        parsed = []
        names: set[str] = set()
        for rule in rules:
            lines = dict(rule.query_lines)
            if rule.name in names:
                self.wrong(rule, f"rule '{rule.name}' is there twice; give one another name", rule.line)
            names.add(rule.name)
            texts = [(level, text) for level in LEVELS if (text := getattr(rule, level.value)) is not None]
            if not any(level is not Level.LEAD for level, _ in texts):
                self.wrong(rule, f"rule '{rule.name}' has neither match nor watch; add match = \"...\"", rule.line)
            for level, text in texts:
                line = lines.get(level.value, rule.line)
                try:
                    parsed.append((rule, level, parse(text), line))
                except QueryError as error:
                    self.wrong(rule, f"rule '{rule.name}', {level.value}: {error}", line)
        return parsed

    def edit(self, edits: Sequence[ConceptEdit], used: set[str]) -> None:
        """Apply what rules.toml does to concepts. A name that is neither shipped nor used by a rule is a slip."""
        shipped = set(self.concepts)
        for edit in edits:
            code = None if edit.language == ANY else edit.language
            if edit.concept not in shipped and edit.concept not in used:
                self.wrong(None, f"unknown concept '{edit.concept}'{_meant(edit.concept, shipped)}", edit.line)
            elif code is not None and code not in self.languages:
                self.wrong(None, f"unknown language '{edit.language}'{_meant(edit.language, [*self.languages, ANY])}", edit.line)
            else:
                by_language = self.concepts.setdefault(edit.concept, {})
                terms = by_language.get(code, ()) if edit.replace is None else edit.replace
                kept = tuple(term for term in terms if folded(term) not in set(map(folded, edit.remove)))
                by_language[code] = tuple(dict.fromkeys(kept + edit.add))

    def query(self, rule: RuleText, level: Level, node: Node, line: int) -> Query | None:
        before = len(self.mistakes)
        self.resolve(node, rule, level, line)
        if len(self.mistakes) > before:
            return None
        if not _can_hold(node):
            problem = f"rule '{rule.name}', {level.value} can never hold: {show(node)} asks for a thing and its absence"
            self.wrong(rule, problem, line)
            return None
        return Query(rule.name, level, node, show(node), tuple(needs(node, self.leaves)))

    def resolve(self, node: Node, rule: RuleText, level: Level, line: int) -> None:
        """Give every word and concept its terms."""
        for leaf in leaves_of(node):
            if _key(leaf) in self.leaves:
                continue
            if isinstance(leaf, Word):
                self.leaves[_key(leaf)] = Leaf(frozenset({self.word(leaf)}), show(leaf))
                continue
            terms, problem = self.concept(leaf)
            if problem:
                self.wrong(rule, f"rule '{rule.name}', {level.value}: {problem}", line)
            else:
                self.leaves[_key(leaf)] = Leaf(frozenset(terms), show(leaf))

    def word(self, node: Word) -> int:
        text = folded(node.text)
        return self.number(Term(text, None, None, node.prefix, _has_boundaries(text)))

    def concept(self, node: Concept) -> tuple[set[int], str]:
        by_language = self.concepts.get(node.name)
        if by_language is None:
            return set(), f"unknown concept @{node.name}{_meant(node.name, self.concepts)}"
        if node.language is not None and node.language not in self.languages:
            return set(), f"unknown language in {show(node)}{_meant(node.language, self.languages)}"
        terms: set[int] = set()
        for code, written in by_language.items():
            if node.language in (None, code):
                terms.update(self.number(term) for term in terms_of(node.name, self.languages.get(code or ""), written))
        return terms, "" if terms else f"{show(node)} has no terms, so it can never hold; add some under [concepts]"

    def number(self, term: Term) -> int:
        return self.terms.setdefault(term, len(self.terms))


def terms_of(concept: str | None, language: Language | None, written: Iterable[str]) -> list[Term]:
    """Return the terms of one concept in one language, folded; a final `*`, or a language that glues endings, makes a prefix."""
    found: dict[Term, None] = {}
    code = language.code if language else None
    for word in written:
        text = folded(word.rstrip("*")).strip()
        prefix = word.endswith("*") or bool(language and language.prefix)
        if text:
            for form in (text, *(folded(particle) + text for particle in (language.glued if language else ()))):
                found[Term(form, concept, code, prefix, _has_boundaries(form))] = None
    return list(found)


def needs(node: Node, leaves: Mapping[tuple[object, ...], Leaf]) -> list[frozenset[int]]:
    """Return sets of terms of which each must have a hit for the node to hold. Empty: nothing is certain, it must be asked."""
    match node:
        case Word() | Concept():
            return [leaves[_key(node)].terms]
        case And(parts):
            return list(dict.fromkeys(need for part in parts for need in needs(part, leaves)))
        case Near(left, right) | Together(left, right):
            return list(dict.fromkeys(needs(left, leaves) + needs(right, leaves)))
        case InField(_, part):
            return needs(part, leaves)
        case Or(parts):
            return _any_of([needs(part, leaves) for part in parts])
        case Not() | About():
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


def leaves_of(node: Node) -> list[Word | Concept]:
    """Return the words and concepts of a query in the order in which they are written."""
    match node:
        case Word() | Concept():
            return [node]
        case And(parts) | Or(parts):
            return [leaf for part in parts for leaf in leaves_of(part)]
        case Near(left, right) | Together(left, right):
            return leaves_of(left) + leaves_of(right)
        case Not(part) | InField(_, part):
            return leaves_of(part)
        case About():
            return []


def _concepts_of(node: Node) -> list[Concept]:
    return [leaf for leaf in leaves_of(node) if isinstance(leaf, Concept)]


def _key(node: Word | Concept) -> tuple[object, ...]:
    if isinstance(node, Word):
        return ("word", folded(node.text), node.prefix)
    return ("concept", node.name, node.language)


def _has_boundaries(text: str) -> bool:
    return word_class[text[0]] != SPACELESS or word_class[text[-1]] != SPACELESS


def _index(queries: Sequence[Query]) -> tuple[dict[int, tuple[int, ...]], tuple[int, ...]]:
    """From each term of a query's smallest needed set to the query, so that a thousand rules cost what one does."""
    by_term: dict[int, list[int]] = {}
    for number, query in enumerate(queries):
        for term in min(query.needs, key=len, default=()):
            by_term.setdefault(term, []).append(number)
    always = tuple(number for number, query in enumerate(queries) if not query.needs)
    return {term: tuple(numbers) for term, numbers in by_term.items()}, always


def _can_hold(node: Node) -> bool:
    """False where a part stands beside its own absence, `a AND NOT a`; deeper contradictions are not looked for."""
    match node:
        case And(parts):
            asked = {part for each in parts for part in (each.parts if isinstance(each, And) else (each,))}
            shown = {show(part) for part in asked if not isinstance(part, Not)}
            refused = {show(part) for each in asked if isinstance(each, Not) for part in _one_of(each.part)}
            return shown.isdisjoint(refused) and all(_can_hold(part) for part in parts)
        case Or(parts):
            return any(_can_hold(part) for part in parts)
        case InField(_, part):
            return _can_hold(part)
    return True


def _one_of(node: Node) -> tuple[Node, ...]:
    return node.parts if isinstance(node, Or) else (node,)


def _meant(word: str, known: Iterable[str]) -> str:
    names = sorted(known)
    close = difflib.get_close_matches(word, names, 1)
    return f"; did you mean {close[0]}?" if close else f"; known are {', '.join(names)}"
