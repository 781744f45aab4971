"""What READ and MATCH make of an Entry: Vocabulary and Hits, the Reading with its Claims, the Verdict with its Evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Protocol

from watcher.model.feeds import Entry
from watcher.model.language import Language
from watcher.model.lists import Called, Level, Qualifier, Role, Stage, Status

Day = date  # by another name, because a Claim has a field that is called date


@dataclass(frozen=True, slots=True)
class Span:
    """Characters of the original title or text, end not included."""

    field: str  # "title" or "text"
    start: int
    end: int


class Term(NamedTuple):
    """One word or phrase that rules look for, folded. `concept` is None for a word written into a rule itself.

    A tuple, because the shipped languages have some thirty thousand, and every start makes and compares them all.
    """

    text: str
    concept: str | None
    language: str | None
    prefix: bool = False  # `scam*`: the word may go on
    whole_word: bool = True  # False in scripts without spaces


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Every term that the compiled rules need, and the gate.

    `terms[i]` is what a Hit's `term` points to. `gate` holds, for each rule, alternatives of term sets of which
    each must have a hit for the rule to hold at all; where no rule's gate opens, nothing else is looked for.
    Compared by identity: a new rule set is a new Vocabulary.
    """

    terms: tuple[Term, ...]
    gate: tuple[tuple[frozenset[int], ...], ...]
    languages: tuple[Language, ...] = ()  # for sentences and claims
    people: tuple[str, ...] = ()  # the operator's list of named persons (kingpins)
    time_zone: str = "UTC"  # IANA; in which "today" is read where the feed of an entry says no other


@dataclass(frozen=True, slots=True)
class RuleText:
    """A rule as it is written: one query a level, each optional, and where it stands in which file."""

    name: str
    match: str | None = None
    watch: str | None = None
    lead: str | None = None
    examples: tuple[tuple[str, bool], ...] = ()  # (text, whether it must match)
    file: str = "rules.toml"
    line: int = 0
    query_lines: tuple[tuple[str, int], ...] = ()  # ("match", 12), ("lead", 13): where each text begins, for errors
    example_lines: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class QueryText:
    """A named query of rules.toml, `elsewhere = "title:@other_country"`, used as `@elsewhere`; `line` is where its text begins."""

    name: str
    text: str
    file: str = "rules.toml"
    line: int = 0


@dataclass(frozen=True, slots=True)
class ConceptEdit:
    """What rules.toml does to a concept in one language: `"scam.en" = { add = ["love scam"] }`."""

    concept: str
    language: str
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    replace: tuple[str, ...] | None = None
    line: int = 0


class Hit(NamedTuple):
    """One term found: offsets are of the folded field; `Reading.span` leads back to the original.

    A tuple, because a text with common words makes dozens and a frozen dataclass costs three times as much to make.
    """

    term: int
    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Claim:
    """One fact that one revision states about a number of people.

    `count` is the lower figure and `count_max` the upper one; both None when no number is printed ("dozens" is
    at_least with a count). `printed` is the figure as the source has it. `nationality` is None where the text
    names none, ("foreigners" is None too). `word` is the source's own word for the people. `start` and `end`
    lie on `sentence` in the original field.
    """

    role: Role
    stage: Stage | None
    status: Status = Status.DONE
    count: int | None = None
    count_max: int | None = None
    qualifier: Qualifier = Qualifier.EXACT
    printed: str = ""
    nationality: tuple[str, ...] | None = None
    foreigners: bool = False
    called: Called = Called.NOT_SAID
    word: str | None = None
    origin: str | None = None  # from which country
    to: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    date: date | None = None
    date_precision: str | None = None  # "day", "month", "year"; None without a date
    reported: Day | None = None  # the day of the report, where the text prints none for its news; it joins nothing
    person: str | None = None  # of the operator's list only
    sentence: str = ""
    field: str = "text"
    start: int = 0
    end: int = 0


class FoldedText(Protocol):
    """Text in the one form in which terms are looked for, with its way back; `watcher.fold` makes it."""

    @property
    def text(self) -> str:
        """The folded text."""

    @property
    def source(self) -> str:
        """The original."""

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Lead offsets of the folded text back to the original characters."""


class Sentence(NamedTuple):
    """One sentence; offsets are of the folded field, end not included. A tuple, for a long text has thousands."""

    field: str
    start: int
    end: int


class Hits(Protocol):
    """The hits in one entry, made when they are looked at; `watcher.read` finds them."""

    def __iter__(self) -> Iterator[Hit]:
        """All of them, in the order of their ends, the title first."""

    def __len__(self) -> int:
        """How many there are."""

    def of(self, term: int) -> Sequence[Hit]:
        """Those of one term, in the same order."""


class Body(Protocol):
    """What is looked for behind the gate, each when it is first asked for; `watcher.read` does it."""

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences of title and text."""

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The claims of title and text."""


@dataclass(frozen=True, eq=False, slots=True)
class Reading:
    """What was seen in one entry: every hit of the vocabulary and, where the gate opened, sentences and claims.

    `sentences` and `claims` are None where they were not looked for, which is not the same as none found.
    """

    entry: Entry
    language: str | None
    title: FoldedText
    text: FoldedText
    hits: Hits  # made when looked at; `hit_terms` says which terms are there
    hit_terms: frozenset[int]
    gated: bool  # True: no rule can hold, nothing more was looked for
    body: Body | None = None  # None where the gate stayed shut

    @property
    def sentences(self) -> tuple[Sentence, ...] | None:
        """The sentences of title and text; cut when first asked for."""
        return None if self.body is None else self.body.sentences

    @property
    def claims(self) -> tuple[Claim, ...] | None:
        """The claims of title and text; extracted when first asked for, which costs more than all else."""
        return None if self.body is None else self.body.claims

    def folded(self, name: str) -> FoldedText:
        """Return the field that a hit or sentence names."""
        return self.title if name == "title" else self.text

    def span(self, hit: Hit | Sentence) -> Span:
        """Return where a hit lies in the original title or text."""
        start, end = self.folded(hit.field).original(hit.start, hit.end)
        return Span(hit.field, start, end)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One place in the original text that made a rule hold."""

    concept: str | None
    term: str
    span: Span


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules said of one revision under one rule set.

    `rules` are the names that held at `level`. `missing` names the parts whose absence made the nearest rule
    fail; `reason` is the same in words: every "no" has one.
    """

    level: Level
    rules: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    missing: tuple[str, ...] = ()
    reason: str = ""
