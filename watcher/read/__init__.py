"""Entry -> Reading: the language, the folded text, the hits of every term; behind the gate sentences and claims.

Pure: no clock, no file, no database. Rules are not known here, only the Vocabulary made from them.
"""

from __future__ import annotations

from dataclasses import replace

from watcher.fold import fold
from watcher.model import Entry, Reading, Vocabulary
from watcher.read import sentences
from watcher.read.claims import extract
from watcher.read.language import language_of, speakers, spoken
from watcher.read.terms import scanner

__all__ = ["read"]


def read(entry: Entry, vocabulary: Vocabulary) -> Reading:
    """Read one entry with the terms of a Vocabulary. Sentences and claims are looked for only where a rule can hold."""
    scan = scanner(vocabulary)
    title, text = fold(entry.title), fold(entry.text)
    hits = scan.scan(("title", title.text), ("text", text.text))
    gated = not (hits.terms or scan.always) or not scan.opens(hits.terms)
    language = language_of(entry.language, title.text, text.text)
    reading = Reading(entry, language, title, text, hits, hits.terms, gated)
    return reading if gated else _behind_the_gate(reading, vocabulary)


def _behind_the_gate(reading: Reading, vocabulary: Vocabulary) -> Reading:
    reading = replace(reading, language=spoken(reading, vocabulary))
    speaking = speakers(reading, vocabulary)
    found = tuple(
        sentence
        for field, folded in (("title", reading.title), ("text", reading.text))
        for sentence in sentences.split(field, folded.text, vocabulary.languages)
    )
    reading = replace(reading, sentences=found)
    return replace(reading, claims=extract(reading, speaking, vocabulary.people))
