"""The text of rules.toml, and the operator's languages -> a Watch: configuration checked, rules compiled, every example judged.

Reports with config's lines. A rule that can never match, an unknown concept or a failing example is an error like any
other: all mistakes come at once, in one ExceptionGroup of ConfigError.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from watcher import languages
from watcher.config import Config, load_as_far_as_right, without_secrets
from watcher.errors import ConfigError
from watcher.languages import OwnTexts, Spoken
from watcher.match import Rules, judge
from watcher.match import compile as compile_rules
from watcher.model import Entry, Level, RuleText, Vocabulary
from watcher.read import read

# How `compile` says that a language is not there, or has no terms of a concept; the group is its code.
_LACKING = re.compile(r"unknown language in @[^\s.]+\.([^\s;]+)|@[^\s.]+\.([^\s;]+) has no terms|unknown language '([^']+)'")


@dataclass(frozen=True, eq=False)
class Watch:
    """Everything that judging needs, as one value: configuration, compiled rules, vocabulary.

    `fingerprint` names the rule set: of rules, concepts and languages, and of nothing else, so that a new channel
    is no new rule set. `text` is the file it came from, with what secrets stand in it: to be kept there is `kept_text`.
    `spoken` are the languages, with the operator's files among them.
    """

    config: Config
    rules: Rules
    vocabulary: Vocabulary
    fingerprint: str
    text: str
    spoken: Spoken

    @cached_property
    def kept_text(self) -> str:
        """The text as a database may hold it: without any secret that stands in the file itself, with own languages as JSON."""
        rules, own = without_secrets(self.text), self.spoken.texts.texts
        return json.dumps({"rules": rules, "languages": dict(own)}, ensure_ascii=False) if own else rules


def check(text: str, *, file: str, environment: Mapping[str, str], own: OwnTexts = languages.NONE) -> Watch:
    """Check everything, with `own` language files. Raises ExceptionGroup of ConfigError with every mistake found."""
    spoken = languages.combine(own)
    wrong_languages: list[ConfigError] = list(spoken.mistakes)
    try:
        config, mistakes = load_as_far_as_right(text, file=file, environment=environment)
    except ExceptionGroup as errors:  # no TOML at all; the languages are wrong all the same
        raise _all_at_once(file, errors.exceptions, wrong_languages) from None
    try:
        rules, vocabulary = compile_rules(config.rules, config.concepts, spoken.languages, config.people, config.queries)
    except ExceptionGroup as errors:
        found = [one for one in errors.exceptions if not _follows_from(one, spoken)]
        raise _all_at_once(file, [*mistakes, *found], wrong_languages) from None
    if not wrong_languages:  # by half a language no example is judged
        mistakes += [error for rule in config.rules for error in _failing_examples(rule, rules, vocabulary)]
    if mistakes or wrong_languages:
        raise _all_at_once(file, mistakes, wrong_languages)
    vocabulary = replace(vocabulary, time_zone=config.settings.time_zone)
    return Watch(config, rules, vocabulary, _fingerprint(config, spoken), text, spoken)


def _all_at_once(file: str, mistakes: Sequence[Exception], wrong_languages: Sequence[Exception] = ()) -> ExceptionGroup[Exception]:
    """One group of everything that is wrong: first line first, then the languages."""
    placed = [*sorted(mistakes, key=lambda one: getattr(one, "line", None) or 0), *wrong_languages]
    return ExceptionGroup(f"{file} has {len(placed)} mistake{'s' if len(placed) > 1 else ''}", placed)


def _follows_from(error: Exception, spoken: Spoken) -> bool:
    """Whether a rule is wrong only because a file of a language is: `@scam.am` has no terms while am.toml cannot be read."""
    if not spoken.mistakes or not isinstance(error, ConfigError):
        return False
    wrong = {one.file.rpartition("/")[2].removesuffix(".toml") for one in spoken.mistakes}
    said = error.problem.partition("\n")[0]  # below it stands the query, which may name the language beside another slip
    return any(code in wrong for found in _LACKING.finditer(said) for code in found.groups())


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


def _fingerprint(config: Config, spoken: Spoken) -> str:
    """A hash of what judging depends on."""
    digest = hashlib.blake2b(digest_size=16)
    for rule in config.rules:
        digest.update(repr((rule.name, rule.match, rule.watch, rule.lead)).encode())
    for query in config.queries:
        digest.update(repr((query.name, query.text)).encode())
    for edit in config.concepts:
        digest.update(repr((edit.concept, edit.language, edit.add, edit.remove, edit.replace)).encode())
    digest.update(repr(config.people).encode())
    digest.update(config.settings.time_zone.encode())  # in it "today" is read
    digest.update(spoken.fingerprint.encode())
    return digest.hexdigest()
