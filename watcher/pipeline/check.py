"""The text of rules.toml -> a Watch: configuration checked, rules compiled, every example judged.

Reports with config's lines. A rule that can never match, an unknown concept or a failing example is an error like any
other: all mistakes come at once, in one ExceptionGroup of ConfigError.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from watcher import languages
from watcher.config import Config, load_as_far_as_right
from watcher.errors import ConfigError
from watcher.match import Rules, judge
from watcher.match import compile as compile_rules
from watcher.model import Entry, Language, Level, RuleText, Vocabulary
from watcher.read import read


@dataclass(frozen=True, eq=False)
class Watch:
    """Everything that judging needs, as one value: configuration, compiled rules, vocabulary.

    `fingerprint` names the rule set: of rules, concepts and languages, and of nothing else, so that a new channel
    is no new rule set. `text` is the file it came from.
    """

    config: Config
    rules: Rules
    vocabulary: Vocabulary
    fingerprint: str
    text: str


def check(text: str, *, file: str, environment: Mapping[str, str]) -> Watch:
    """Check everything. Raises ExceptionGroup of ConfigError with every mistake found."""
    config, mistakes = load_as_far_as_right(text, file=file, environment=environment)
    spoken = shipped_languages()
    try:
        rules, vocabulary = compile_rules(config.rules, config.concepts, spoken, config.people)
    except ExceptionGroup as errors:
        raise _all_at_once(file, [*mistakes, *errors.exceptions]) from None
    mistakes += [error for rule in config.rules for error in _failing_examples(rule, rules, vocabulary)]
    if mistakes:
        raise _all_at_once(file, mistakes)
    return Watch(config, rules, vocabulary, _fingerprint(config, spoken), text)


def _all_at_once(file: str, mistakes: Sequence[Exception]) -> ExceptionGroup[Exception]:
    """One group of everything that is wrong, first line first."""
    placed = sorted(mistakes, key=lambda one: getattr(one, "line", None) or 0)
    return ExceptionGroup(f"{file} has {len(placed)} mistake{'s' if len(placed) > 1 else ''}", placed)


@lru_cache(maxsize=1)
def shipped_languages() -> tuple[Language, ...]:
    """The language files of the package, read once a process."""
    return languages.load()


def _failing_examples(rule: RuleText, rules: Rules, vocabulary: Vocabulary) -> Sequence[ConfigError]:
    """Examples that the rule does not judge as it says."""
    found = []
    for number, (text, wanted) in enumerate(rule.examples):
        reading = read(Entry(key="", url="", canonical_url="", title="", text=text), vocabulary)
        verdict = judge(reading, rules)
        matched = verdict.level is Level.MATCH and rule.name in verdict.rules
        if matched != wanted:
            line = rule.example_lines[number] if number < len(rule.example_lines) else rule.line
            said = "matches, but match = false" if matched else f"does not match ({verdict.reason or verdict.level}), but match = true"
            problem = f"rule {rule.name!r}: this example {said}; change the rule or the example. `watcher explain` shows why"
            found.append(ConfigError(problem, file=rule.file, line=line))
    return found


def _fingerprint(config: Config, spoken: Sequence[Language]) -> str:
    """A hash of what judging depends on."""
    digest = hashlib.blake2b(digest_size=16)
    for rule in config.rules:
        digest.update(repr((rule.name, rule.match, rule.watch, rule.lead)).encode())
    for edit in config.concepts:
        digest.update(repr((edit.concept, edit.language, edit.add, edit.remove, edit.replace)).encode())
    digest.update(repr(config.people).encode())
    for language in spoken:
        digest.update(repr(sorted(language.concepts.items())).encode())
    return digest.hexdigest()
