"""Labelled texts -> how the rules do: precision and recall, in all and by language, each lost yes and each false hit.

Labelled texts are the examples of the rules, the articles that a person labelled in the archive, and JSONL files in the
backfill format with `label` or `wanted` beside it. A yes is found when the rules match it; watched or read in full is
not told, and so is not found.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from watcher.backfill.jsonl import BadLine, read_lines
from watcher.match import judge
from watcher.model import Entry, Level, Verdict
from watcher.pipeline.check import Watch
from watcher.pipeline.judging import RANK
from watcher.read import read
from watcher.store import Database, labels, texts

LABELS = {"positive": True, "pending": True, "negative": False}
EXAMPLES, ARCHIVE = "examples of the rules", "labelled in the archive"


@dataclass(frozen=True, slots=True)
class Example:
    """What a person says of one article: its texts, and whether it must match. `rule`: only this rule is asked."""

    entries: tuple[Entry, ...]
    wanted: bool
    origin: str  # EXAMPLES, ARCHIVE, or a file's name
    place: str  # "rules.toml:58", "a57, by Dara", "articles.jsonl:7"
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """An example with what the rules said of it."""

    example: Example
    verdict: Verdict
    language: str
    found: bool

    @property
    def right(self) -> bool:
        """Whether the rules agree with the person."""
        return self.found == self.example.wanted

    @property
    def why(self) -> str:
        """The reason of the verdict, in words: what was missing, or what matched on which terms."""
        if not self.found:
            return self.verdict.reason or self.verdict.level.value
        terms = dict.fromkeys(f"@{one.concept} “{one.term}”" if one.concept else f"“{one.term}”" for one in self.verdict.evidence)
        return f"matched by {', '.join(self.verdict.rules)}: {', '.join(list(terms)[:6])}{' …' if len(terms) > 6 else ''}"


@dataclass(frozen=True, slots=True)
class Score:
    """How many of what: yes found, yes lost, false hits, no kept out."""

    found: int = 0
    lost: int = 0
    false: int = 0
    kept_out: int = 0

    @property
    def precision(self) -> float | None:
        """Of what matched, the share that should; None where nothing matched."""
        return self.found / (self.found + self.false) if self.found + self.false else None

    @property
    def recall(self) -> float | None:
        """Of what should match, the share that did; None where nothing should."""
        return self.found / (self.found + self.lost) if self.found + self.lost else None


@dataclass(frozen=True, slots=True)
class Examined:
    """The whole answer. `unsure` rows were skipped, `without_text` labelled articles have no text left to judge."""

    judgements: tuple[Judgement, ...]
    unsure: int = 0
    without_text: int = 0

    @property
    def lost(self) -> list[Judgement]:
        """Every labelled yes that the rules do not match."""
        return [one for one in self.judgements if one.example.wanted and not one.found]

    @property
    def false_hits(self) -> list[Judgement]:
        """Every labelled no that the rules match."""
        return [one for one in self.judgements if one.found and not one.example.wanted]

    def by_language(self) -> dict[str, Score]:
        """A score for each language, most examples first."""
        return _scores((one.language, one) for one in self.judgements)

    def by_origin(self) -> dict[str, Score]:
        """A score for each set of labels, in the order in which they were read."""
        found = _scores((one.example.origin, one) for one in self.judgements)
        return {name: found[name] for name in dict.fromkeys(one.example.origin for one in self.judgements)}

    def score(self) -> Score:
        """Everything together."""
        return _scores(("", one) for one in self.judgements).get("", Score())


def examine(examples: Iterable[Example], watch: Watch) -> tuple[Judgement, ...]:
    """Ask the rules about each example."""
    return tuple(_judge(example, watch) for example in examples)


def examples_of_rules(watch: Watch) -> list[Example]:
    """The examples that stand in the rules file."""
    found = []
    for rule in watch.config.rules:
        for number, (text, wanted) in enumerate(rule.examples):
            line = rule.example_lines[number] if number < len(rule.example_lines) else rule.line
            entry = Entry(key="", url="", canonical_url="", title="", text=text)
            found.append(Example((entry,), wanted, EXAMPLES, f"{rule.file}:{line}", rule.name))
    return found


def examples_of_archive(database: Database) -> tuple[list[Example], int]:
    """The articles that a person labelled, with every text of theirs; and how many have no text left."""
    judged = labels.listing(database)
    stored = texts.texts_of(database, [one.article for one in judged])
    found = [
        Example(tuple(text.entry for text in stored[one.article]), one.wanted, ARCHIVE, f"a{one.article}, by {one.by}")
        for one in judged
        if one.article in stored
    ]
    return found, len(judged) - len(found)


def examples_of_file(name: str, lines: Iterable[bytes]) -> tuple[list[Example], int, list[str]]:
    """The labelled articles of a JSONL file, how many are `unsure` and so skipped, and every mistake with its line."""
    found: list[Example] = []
    mistakes: list[str] = []
    unsure = 0
    for number, line in enumerate(lines, start=1):
        for one in read_lines([line]):
            if isinstance(one, BadLine):
                mistakes.append(f"{name}:{number}: {one.problem}")
                continue
            raw = json.loads(line)
            if raw.get("unsure") is True:
                unsure += 1
                continue
            wanted = _wanted(raw)
            if isinstance(wanted, str):
                mistakes.append(f"{name}:{number}: {wanted}")
            else:
                found.append(Example((one,), wanted, name, f"{name}:{number}"))
    return found, unsure, mistakes


def _wanted(raw: dict[str, Any]) -> bool | str:
    """What a line says should be; a text says what is wrong with it."""
    said = []
    if (label := raw.get("label")) is not None:
        if not isinstance(label, str) or label not in LABELS:
            return f"label {str(label)[:40]!r} is none of positive, pending (both must match) and negative"
        said.append(LABELS[label])
    if (wanted := raw.get("wanted")) is not None:
        if not isinstance(wanted, bool):
            return f"wanted {str(wanted)[:40]!r} is neither true nor false"
        said.append(wanted)
    if not said:
        return 'has no label; add "wanted": true or false (or "label": "positive", "pending" or "negative")'
    return said[0] if len(set(said)) == 1 else "label and wanted contradict each other"


def _judge(example: Example, watch: Watch) -> Judgement:
    """The strongest verdict on the texts of one article; of an example of a rule, what that rule says."""
    best: tuple[Verdict, str | None] | None = None
    for entry in example.entries:
        reading = read(entry, watch.vocabulary)
        verdict = judge(reading, watch.rules)
        if best is None or RANK[verdict.level] < RANK[best[0].level]:
            best = verdict, entry.language or reading.language
    assert best is not None, "an example has a text"
    verdict, language = best
    found = verdict.level is Level.MATCH and (example.rule is None or example.rule in verdict.rules)
    return Judgement(example, verdict, _plain(language), found)


def _plain(language: str | None) -> str:
    """`zh-Hant` counts as `zh`: by language is for people who read one, not for spellings of it."""
    return (language or "unknown").split("-")[0].lower()


def _scores(named: Iterator[tuple[str, Judgement]] | Iterable[tuple[str, Judgement]]) -> dict[str, Score]:
    counted: dict[str, list[int]] = {}
    for name, one in named:
        row = counted.setdefault(name, [0, 0, 0, 0])
        row[(0 if one.found else 1) if one.example.wanted else (2 if one.found else 3)] += 1
    ordered: Sequence[str] = sorted(counted, key=lambda name: (-sum(counted[name]), name))
    return {name: Score(*counted[name]) for name in ordered}
