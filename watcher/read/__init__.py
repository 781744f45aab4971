"""Entry -> Reading: the language, the folded text, the hits of every term; behind the gate sentences and claims.

Pure: no clock, no file, no database. Rules are not known here, only the Vocabulary made from them.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from watcher.fold import fold
from watcher.model import Claim, Entry, Reading, Sentence, Vocabulary
from watcher.read.claims import extract
from watcher.read.language import language_of, speakers, spoken
from watcher.read.sentences import split
from watcher.read.terms import scanner

__all__ = ["read"]


def read(entry: Entry, vocabulary: Vocabulary) -> Reading:
    """Read one entry with the terms of a Vocabulary. Sentences and claims can be asked for only where a rule can hold."""
    scan = scanner(vocabulary)
    title, text = fold(entry.title), fold(entry.text)
    hits = scan.scan(("title", title.text), ("text", text.text))
    gated = not (hits.terms or scan.always) or not scan.opens(hits.terms)
    language = language_of(entry.language, title.text, text.text)
    reading = Reading(entry, language, title, text, hits, hits.terms, gated)
    if gated:
        return reading
    reading = replace(reading, language=spoken(reading, vocabulary))
    return replace(reading, body=_Body(reading, vocabulary))


class _Body:
    """What costs most, found when it is asked for: most rules say no on their hits alone, and most readings are of no interest."""

    def __init__(self, reading: Reading, vocabulary: Vocabulary) -> None:
        self._reading, self._vocabulary = reading, vocabulary

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences of the title and the text."""
        return tuple(
            sentence
            for field, folded in (("title", self._reading.title), ("text", self._reading.text))
            for sentence in split(field, folded.text, self._vocabulary.languages)
        )

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """The claims that the sentences state."""
        reading = replace(self._reading, body=self)  # now with its sentences
        return extract(reading, speakers(reading, self._vocabulary), self._vocabulary.people, self._vocabulary.time_zone)
