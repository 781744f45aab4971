"""Rules as text -> (Rules, Vocabulary): what to look for, what may be skipped, and every mistake at once.

The Vocabulary goes to `read`, the Rules to `judge`; both are made together and belong together. The gate is `gate`, what can never hold
`contradiction`, names of queries `named`. Nothing is matched here.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

from watcher.errors import ConfigError, QueryError
from watcher.fold import HANGUL, SPACELESS, folded, word_class
from watcher.match.contradiction import contradiction
from watcher.match.gate import needs
from watcher.match.named import resolve
from watcher.match.nodes import Concept, Leaf, Node, Pattern, Word, cheap_first, leaves_of, show
from watcher.match.patterns import Search, search
from watcher.match.query import parse
from watcher.model import ConceptEdit, Language, Level, QueryText, RuleText, Term, Verdict, Vocabulary

PEOPLE = "people"  # the concept of the operator's list
# Signs that silence the vowel of a letter (Hindi, Bengali, Tamil, Malayalam ...): the first thing that an ending takes away.
_VIRAMAS = "\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d"
LEVELS = (Level.MATCH, Level.WATCH, Level.LEAD)
ANY = "any"  # the language of an edit that belongs to none: `"kingpins.any" = { add = [...] }`


@dataclass(frozen=True, slots=True)
class Query:
    """One compiled query of a rule: its tree, and the groups that must have a hit."""

    rule: str
    level: Level
    node: Node
    text: str
    needs: tuple[frozenset[int], ...]  # each is a set of terms of which one must be there
    asked: Node  # the tree in the order in which it is cheapest to ask


@dataclass(frozen=True, eq=False)
class Rules:
    """Compiled rules. `by_term` leads from a hit to the queries it could make hold; `always` must be asked every time.

    `terms` begins with those of the Vocabulary; behind them stands one for each pattern, which `read` knows nothing of.
    """

    queries: tuple[Query, ...]
    numbers: Mapping[Leaf, frozenset[int]]  # from a word, concept or pattern to its places in `terms`
    by_term: Mapping[int, tuple[int, ...]]
    always: tuple[int, ...]
    terms: tuple[Term, ...]
    labels: Mapping[int, tuple[str, ...]]  # from a term to the words and concepts of queries that it stands for
    patterns: Mapping[int, Search]  # from a pattern's place in `terms` to what looks for it
    examples: tuple[tuple[str, str, bool], ...] = ()  # (rule, text, whether it must match)
    nothing: dict[frozenset[str], Verdict] = field(default_factory=dict)  # remembered verdicts of entries the gate stopped


def compile(
    rules: Sequence[RuleText],
    edits: Sequence[ConceptEdit],
    languages: Sequence[Language],
    people: Sequence[str] = (),
    queries: Sequence[QueryText] = (),
) -> tuple[Rules, Vocabulary]:
    """Compile rules over the concepts of `languages` as changed by `edits`; `queries` are those that rules use by name.

    `people` are the operator's named persons; they are the concept @people too. Raises an ExceptionGroup of
    ConfigError with all mistakes, each with its line: a query that cannot be read, an unknown concept, a rule
    that is empty or can never match, a name used twice, names of queries that go round in a circle.
    """
    builder = _Builder(languages, people)
    named = builder.name(queries, edits)
    parsed = builder.parse(rules)
    builder.edit(edits, {leaf.name for one in (*named, *parsed) for leaf in leaves_of(one.node) if isinstance(leaf, Concept)})
    for one in named:
        builder.query(one)
    builder.forget()  # what only unused names look for
    compiled = [query for one in parsed if (query := builder.query(one))]
    if builder.mistakes:
        raise ExceptionGroup("rules", builder.mistakes)
    terms = tuple(builder.listed)
    labels = _labels(builder.numbers)
    patterns = builder.number_patterns()
    by_term, always = _index(compiled)
    examples = tuple((rule.name, text, wanted) for rule in rules for text, wanted in rule.examples)
    vocabulary = Vocabulary(terms, tuple(query.needs for query in compiled), tuple(languages), tuple(people))
    every = (*terms, *(Term(show(pattern), None, None) for pattern in patterns))
    searches = {number: search(pattern.text) for number, pattern in enumerate(patterns, len(terms))}
    return Rules(tuple(compiled), builder.numbers, by_term, always, every, labels, searches, examples), vocabulary


@dataclass(frozen=True, slots=True)
class _Parsed:
    """A query that could be read: of a rule at a level, or a named one."""

    rule: str
    level: Level
    label: str  # what a message about it begins with
    text: str
    node: Node
    file: str
    line: int


class _Builder:
    """Gathers terms, leaves and mistakes while rules are gone through once."""

    def __init__(self, languages: Sequence[Language], people: Sequence[str]) -> None:
        self.mistakes: list[Exception] = []
        self.listed: list[Term] = []  # by number
        self.words: dict[Term, int] = {}  # numbers of terms written into queries
        self.places: dict[tuple[str, str | None], range] = {}  # numbers of the terms of a concept in a language
        self.written: dict[tuple[str, str | None], list[Term]] = {}  # terms of concepts after all edits
        self.numbers: dict[Leaf, frozenset[int]] = {}
        self.named: dict[str, Node] = {}
        self.languages = {language.code: language for language in languages}
        self.concepts: dict[str, dict[str | None, tuple[str, ...]]] = {}
        for language in languages:
            for name, terms in language.concepts.items():
                self.concepts.setdefault(name, {})[language.code] = terms
        self.concepts[PEOPLE] = {None: tuple(people)}

    def wrong(self, problem: str, file: str, line: int, text: str = "", position: int | None = None) -> None:
        """Note a mistake; with a position, the line that is meant and a caret."""
        if position is not None:
            problem = str(QueryError(problem, query=text, position=position))
            line = line and line + text.count("\n", 0, position)
        self.mistakes.append(ConfigError(problem, file=file, line=line or None))

    def name(self, queries: Sequence[QueryText], edits: Sequence[ConceptEdit]) -> list[_Parsed]:
        """Read the named queries; gives those without a mistake."""
        self.named, mistakes = resolve(queries, {*self.concepts, *(edit.concept for edit in edits)})
        for mistake in mistakes:
            query = mistake.query
            self.wrong(f"query @{query.name}: {mistake.problem}", query.file, query.line, query.text, mistake.position)
        wrong = {mistake.query.name for mistake in mistakes}
        return [
            _Parsed("", Level.NO, f"query @{query.name}", query.text, self.named[query.name], query.file, query.line)
            for query in queries
            if query.name not in wrong
        ]

    def parse(self, rules: Sequence[RuleText]) -> list[_Parsed]:
        parsed = []
        names: set[str] = set()
        for rule in rules:
            lines = dict(rule.query_lines)
            if rule.name in names:
                self.wrong(f"rule '{rule.name}' is there twice; give one another name", rule.file, rule.line)
            names.add(rule.name)
            texts = [(level, text) for level in LEVELS if (text := getattr(rule, level.value)) is not None]
            if not any(level is not Level.LEAD for level, _ in texts):
                self.wrong(f"rule '{rule.name}' has neither match nor watch; add match = \"...\"", rule.file, rule.line)
            for level, text in texts:
                line, label = lines.get(level.value, rule.line), f"rule '{rule.name}', {level.value}"
                try:
                    parsed.append(_Parsed(rule.name, level, label, text, parse(text, self.named), rule.file, line))
                except QueryError as error:
                    self.wrong(f"{label}: {error.problem}", rule.file, line, text, error.position)
        return parsed

    def edit(self, edits: Sequence[ConceptEdit], used: set[str]) -> None:
        """Apply what rules.toml does to concepts. A name that is neither shipped nor used by a rule is a slip."""
        shipped = set(self.concepts)
        for edit in edits:
            code = None if edit.language == ANY else edit.language
            if edit.concept not in shipped and edit.concept not in used:
                self.wrong(f"unknown concept '{edit.concept}'{_meant(edit.concept, shipped)}", "rules.toml", edit.line)
            elif code is not None and code not in self.languages:
                self.wrong(f"unknown language '{edit.language}'{_meant(edit.language, [*self.languages, ANY])}", "rules.toml", edit.line)
            else:
                by_language = self.concepts.setdefault(edit.concept, {})
                terms = by_language.get(code, ()) if edit.replace is None else edit.replace
                kept = tuple(term for term in terms if folded(term) not in set(map(folded, edit.remove)))
                by_language[code] = tuple(dict.fromkeys(kept + edit.add))

    def query(self, parsed: _Parsed) -> Query | None:
        """Compile one query; None where it has a mistake."""
        if not self.number_leaves(parsed):
            return None
        node = parsed.node
        impossible = contradiction(node, self.numbers, self.listed)
        if impossible:
            self.wrong(f"{parsed.label} can never hold: {impossible}; correct {show(node)}", parsed.file, parsed.line)
            return None
        return Query(parsed.rule, parsed.level, node, show(node), tuple(needs(node, self.numbers)), cheap_first(node))

    def number_leaves(self, parsed: _Parsed) -> bool:
        """Give every word and concept its terms; False where one has none."""
        leaves = [leaf for leaf in leaves_of(parsed.node) if leaf not in self.numbers]
        if any(isinstance(leaf, Concept) and self.problem(leaf) for leaf in leaves):
            for leaf in leaves_of(parsed.node, own=True):  # those of named queries are told where they stand
                if isinstance(leaf, Concept) and (problem := self.problem(leaf)):
                    self.wrong(f"{parsed.label}: {problem}", parsed.file, parsed.line, parsed.text, leaf.position)
            return False
        for leaf in leaves:
            self.numbers[leaf] = self.numbers_of(leaf)
        return True

    def numbers_of(self, leaf: Leaf) -> frozenset[int]:
        if isinstance(leaf, Word):
            text = folded(leaf.text)
            return frozenset({self.number(Term(text, None, None, leaf.prefix, _has_boundaries(text)))})
        if isinstance(leaf, Concept):
            return frozenset(chain.from_iterable(self.numbers_in(leaf.name, code) for code in self.languages_of(leaf)))
        return frozenset()  # a pattern's comes behind all terms

    def problem(self, concept: Concept) -> str:
        if concept.name not in self.concepts:
            return f"unknown concept @{concept.name}{_meant(concept.name, {*self.concepts, *self.named})}"
        if concept.language is not None and concept.language not in self.languages:
            return f"unknown language in {show(concept)}{_meant(concept.language, self.languages)}"
        if concept.name == PEOPLE:  # a shipped rule may ask for persons before the list has any
            return ""
        if not any(self.terms_in(concept.name, code) for code in self.languages_of(concept)):
            return f"{show(concept)} has no terms, so it can never hold; add some under [concepts]"
        return ""

    def languages_of(self, concept: Concept) -> list[str | None]:
        return [code for code in self.concepts[concept.name] if concept.language in (None, code)]

    def terms_in(self, concept: str, code: str | None) -> list[Term]:
        if (concept, code) not in self.written:
            self.written[concept, code] = terms_of(concept, self.languages.get(code or ""), self.concepts[concept][code])
        return self.written[concept, code]

    def numbers_in(self, concept: str, code: str | None) -> range:
        """Number the terms of a concept in a language, one behind the other: no other concept and no word has the same."""
        found = self.places.get((concept, code))
        if found is None:
            first = len(self.listed)
            self.listed += self.terms_in(concept, code)
            found = self.places[concept, code] = range(first, len(self.listed))
        return found

    def number(self, word: Term) -> int:
        number = self.words.get(word)
        if number is None:
            number = self.words[word] = len(self.listed)
            self.listed.append(word)
        return number

    def number_patterns(self) -> list[Pattern]:
        """Give each pattern a number behind those of the terms."""
        patterns = [leaf for leaf in self.numbers if isinstance(leaf, Pattern)]
        for number, pattern in enumerate(patterns, len(self.listed)):
            self.numbers[pattern] = frozenset({number})
        return patterns

    def forget(self) -> None:
        self.listed.clear()
        self.words.clear()
        self.places.clear()
        self.numbers.clear()


def terms_of(concept: str | None, language: Language | None, written: Iterable[str]) -> list[Term]:
    """Return the terms of one concept in one language, folded; a final `*`, or a language that glues endings, makes a prefix."""
    code, glues = (language.code, language.prefix) if language else (None, False)
    words = list(written)
    forms: dict[tuple[str, bool], None] = {}  # text, and whether it goes on
    for word, whole in zip(words, _folded_each(words), strict=True):
        prefix = glues or word.endswith("*") or (language is None and _takes_particles(whole))
        forms[whole.rstrip(_VIRAMAS) if prefix else whole, prefix] = None
    if language and language.glued:
        particles = ("", *map(folded, language.glued))
        forms = {(particle + text, prefix): None for text, prefix in forms for particle in particles if text}
    new = partial(tuple.__new__, Term)  # Term(...) checks its arguments, for three times as long
    return [new((text, concept, code, prefix, _has_boundaries(text))) for text, prefix in forms if text]


def _folded_each(words: Sequence[str]) -> list[str]:
    """Terms without their stars, folded in one go: what stands in another line changes no folding."""
    lines = [word.rstrip("*").replace("\n", " ") for word in words]
    return [line.strip() for line in folded("\n".join(lines)).split("\n")] if lines else []


def _takes_particles(text: str) -> bool:
    """Whether a term of no language, such as a person's name, is Korean: particles are written to it."""
    return bool(text) and word_class[text[-1]] == HANGUL


def _labels(numbers: Mapping[Leaf, frozenset[int]]) -> dict[int, tuple[str, ...]]:
    shown = [show(leaf) for leaf in numbers]
    found = _by_term([*numbers.values()])
    labels = {places: tuple(shown[place] for place in places) for places in set(found.values())}
    return {term: labels[places] for term, places in found.items()}


def _has_boundaries(text: str) -> bool:
    return word_class[text[0]] != SPACELESS or word_class[text[-1]] != SPACELESS


def _index(queries: Sequence[Query]) -> tuple[dict[int, tuple[int, ...]], tuple[int, ...]]:
    """From each term of a query's smallest needed set to the query, so that a thousand rules cost what one does."""
    by_term = _by_term([min(query.needs, key=len, default=frozenset()) for query in queries])
    return by_term, tuple(number for number, query in enumerate(queries) if not query.needs)


def _by_term(sets: Sequence[frozenset[int]]) -> dict[int, tuple[int, ...]]:
    """From each term to the places of the sets that have it. A set is entered whole and once: it has thousands, and many are the same."""
    places: dict[frozenset[int], list[int]] = {}
    for place, terms in enumerate(sets):
        places.setdefault(terms, []).append(place)
    found: dict[int, tuple[int, ...]] = {}
    for terms, here in places.items():
        others = [(term, found[term]) for term in found.keys() & terms]
        found.update(dict.fromkeys(terms, tuple(here)))
        found.update((term, tuple(sorted([*before, *here]))) for term, before in others)
    return found


def _meant(word: str, known: Iterable[str]) -> str:
    names = sorted(known)
    close = difflib.get_close_matches(word, names, 1)
    return f"; did you mean {close[0]}?" if close else f"; known are {', '.join(names)}"
