"""A Watch -> which terms each concept has in each language, and where they come from; and whether a new one is a good one.

Nothing is written here; `watcher terms` does that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from watcher.config.values import did_you_mean
from watcher.errors import UsageError
from watcher.fold import SPACELESS, folded, word_class
from watcher.model import Language
from watcher.pipeline.check import Watch

ANY = "any"  # the language of terms that belong to none
LONGEST_TERM = 80  # characters, as in a file of a language
_SHORTEST_START = 3  # letters before a final *: "sc*" would find "school"


@dataclass(frozen=True, slots=True)
class ConceptTerms:
    """The terms of one concept in one language: those of the languages, and what rules.toml makes of them."""

    concept: str
    language: str
    shipped: tuple[str, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def now(self) -> tuple[str, ...]:
        """The terms that are looked for."""
        gone = set(map(folded, self.removed))
        return tuple(dict.fromkeys((*(term for term in self.shipped if folded(term) not in gone), *self.added)))


def all_terms(watch: Watch) -> Iterator[ConceptTerms]:
    """Every concept in every language that has terms for it, or had them before rules.toml."""
    names = dict.fromkeys((concept, language.code) for language in watch.spoken.languages for concept in language.concepts)
    names |= dict.fromkeys((edit.concept, edit.language) for edit in watch.config.concepts)
    for concept, code in sorted(names):
        found = terms_of(watch, concept, code)
        if found.shipped or found.added:
            yield found


def terms_of(watch: Watch, concept: str, code: str) -> ConceptTerms:
    """The terms of one concept in one language; none where nobody gave it any."""
    language = language_called(watch, code) if code != ANY else None
    shipped = language.concepts.get(concept, ()) if language else ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    for edit in watch.config.concepts:
        if (edit.concept, edit.language) == (concept, code):
            added += (*(edit.replace or ()), *edit.add)
            removed += edit.remove if edit.replace is None else (*edit.remove, *shipped)
    return ConceptTerms(concept, code, shipped, tuple(dict.fromkeys(added)), tuple(dict.fromkeys(removed)))


def language_called(watch: Watch, code: str) -> Language:
    """The language of a code. Raises UsageError with the nearest one, and how a language is added."""
    for language in watch.spoken.languages:
        if language.code == code or code in language.tags:
            return language
    names = {one.name.casefold(): one.code for one in watch.spoken.languages}
    if code.casefold() in names:
        raise UsageError(f"'{code}' is the name of a language, not its code; did you mean '{names[code.casefold()]}'?")
    codes = [one.code for one in watch.spoken.languages]
    hint = did_you_mean(code, codes, otherwise=f"`watcher languages` lists them; a new one is added with: watcher languages new {code}")
    raise UsageError(f"there is no language '{code}'; {hint}")


def check_concept(watch: Watch, concept: str) -> None:
    """Raise UsageError where no language, rule or edit has a concept of this name."""
    known = {name for language in watch.spoken.languages for name in language.concepts} | {edit.concept for edit in watch.config.concepts}
    known |= {name for rule in watch.config.rules for name in _named(" ".join(filter(None, (rule.match, rule.watch, rule.lead))))}
    if concept.removeprefix("@") not in known:
        raise UsageError(f"there is no concept '{concept}'; {did_you_mean(concept.removeprefix('@'), sorted(known))}")


def same_term(one: str, other: str) -> bool:
    """Whether two terms find the same: spelling, case and script aside."""
    return folded(one).strip() == folded(other).strip()


def term_problem(term: str, language: Language | None) -> str | None:
    """Why a term cannot be taken, or would be found nearly everywhere; None where it is a good one."""
    text = folded(term.rstrip("*")).strip()
    if len(term) > LONGEST_TERM:
        return f"has over {LONGEST_TERM} characters; use the words that mark it, not the whole sentence"
    if not term.isprintable() and any(not one.isprintable() and one not in "\u200b\u200c\u200d" for one in term):
        return "holds a line break or another control character; write it on one line"
    if not any(map(str.isalnum, text)):
        return "has no letters, so it cannot be found"
    if "*" in term[:-1]:
        return "has a * inside; only the last character may be one, so add each form by itself"
    if len(text) == 1:
        return "is a single letter, which stands in nearly every text"
    spaceless = all(word_class[one] == SPACELESS for one in text)
    prefix = term.endswith("*") or bool(language and language.prefix)
    if term.endswith("*") and not spaceless and len(text) < _SHORTEST_START:
        return f"begins too many words; write at least {_SHORTEST_START} letters before the *"
    return _too_common(text, language, spaceless=spaceless, prefix=prefix) if language else None


def _too_common(text: str, language: Language, *, spaceless: bool, prefix: bool) -> str | None:
    """Whether a term is, begins, or stands inside a word that nearly every text has."""
    ours = {word for words in language.called.values() for word in words}  # "scammers" are counted, and may well be a term
    for word in (*language.frequent, *(word for word in language.counters if word not in ours)):
        plain = folded(word.rstrip("*")).strip()
        if text == plain:
            return f"is one of the commonest words of {language.name}, so nearly every text has it"
        if prefix and not spaceless and plain.startswith(text):
            return f"begins '{plain}', one of the commonest words of {language.name}"
    if spaceless and not language.spaces:
        people = (term for code, terms in language.demonyms.items() if code != "KH" for term in terms)
        names = {folded(name) for terms in language.countries.values() for name in terms}
        for word in map(folded, (*language.concepts.get("foreigners", ()), *people)):
            if text in word and text != word and text not in names and not word.startswith(text):
                return f"stands inside '{word}', which is in most stories; {language.name} is written without spaces, so it would be found there"
    return None


def _named(query: str) -> Iterator[str]:
    for word in query.replace("(", " ").replace(")", " ").split():
        if word.startswith("@"):
            yield word[1:].partition(".")[0]
