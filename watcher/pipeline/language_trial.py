"""A text and a language -> what the words of that language find in it, concept by concept, and what the rules say.

For speakers who write a file of their language: it shows which of their words are found, and which concepts found nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from watcher.languages import BUILT_CONCEPTS, OWN_CONCEPTS
from watcher.match import compile as compile_rules
from watcher.match import judge
from watcher.model import Claim, Entry, Language, RuleText, Span, Verdict
from watcher.pipeline.check import Watch
from watcher.read import read


@dataclass(frozen=True, slots=True)
class Trial:
    """What was found. `places` are spans in the entry by concept; `nothing` are concepts with terms, none of which was found."""

    entry: Entry
    language: Language
    read_as: str | None
    places: dict[str, list[tuple[Span, str]]]
    nothing: tuple[str, ...]
    empty: tuple[str, ...]
    claims: Sequence[Claim]
    verdict: Verdict


def tried(watch: Watch, language: Language, entry: Entry) -> Trial:
    """Read the entry as the language, with all words that it has (those of rules.toml too)."""
    entry = replace(entry, language=language.tags[0])
    edited = [edit.concept for edit in watch.config.concepts if edit.language == language.code]
    names = [name for name in dict.fromkeys((*language.concepts, *edited)) if language.concepts.get(name) or name in edited]
    empty = tuple(name for name in (*OWN_CONCEPTS, *BUILT_CONCEPTS) if name not in names)
    edits = [edit for edit in watch.config.concepts if edit.concept in names and edit.language == language.code]
    places: dict[str, list[tuple[Span, str]]] = {}
    claims: Sequence[Claim] = ()
    if names:
        query = " OR ".join(f"@{name}.{language.code}" for name in names)
        _, vocabulary = compile_rules([RuleText("every word", match=query)], edits, watch.spoken.languages)
        reading = read(entry, vocabulary)
        claims = reading.claims or ()
        for hit in reading.hits:
            term = vocabulary.terms[hit.term]
            start, end = reading.folded(hit.field).original(hit.start, hit.end)
            places.setdefault(term.concept or "", []).append((Span(hit.field, start, end), term.text))
    judged = read(entry, watch.vocabulary)
    nothing = tuple(name for name in names if name not in places)
    return Trial(entry, language, judged.language, places, nothing, empty, claims, judge(judged, watch.rules))
