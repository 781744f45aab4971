"""Title and text of two articles -> whether one repeats the other.

Only that: whether the same words were printed twice. It says nothing about the same event told in other words;
for that text is the wrong witness (articles of different events can be nearer in words than those of one).
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Iterator
from functools import lru_cache

from rapidfuzz import fuzz

COMPARED = 6_000  # characters of a text that are compared; a wire copy differs at its end (footers, related links)
SHORTEST = 160  # characters of folded text below which "the same text" says nothing (counted 2.5-fold where words are short)
PROBES = 16  # pieces of the shorter text that are looked for in the longer
PROBE = 32  # characters of one piece: about six words, seldom the same by chance
SAME_TEXT = 0.6  # share of probes; an editor's cuts and changed datelines lose up to a third
SAME_TITLE = 90.0  # of rapidfuzz' token_sort_ratio, 0 to 100; below it headlines of one template join
LONG_SENTENCE = 200  # characters; beyond it a sentence is more likely one whose end was not seen
KEYS = 6  # hashes that stand for a text in the index; two copies share most sentences, so nearly always one of these

_SENTENCE_END = re.compile(r"[.!?。！？।။៕\n]+\s*")
_DENSE = re.compile("[\u3040-\u9fff\uac00-\ud7a3]")
_NUMBERS = re.compile(r"\d+")


def folded(text: str) -> str:
    """Return text as compared: one form of each character, lower case, single spaces; at most COMPARED characters."""
    return _folded(text[:COMPARED])


def repeats(one: str, other: str) -> bool:
    """Whether the shorter of two texts stands, mostly word for word, in the longer."""
    shorter, longer = sorted((folded(one), folded(other)), key=len)
    dense = _dense(shorter)
    if len(shorter) * (2.5 if dense else 1) < SHORTEST:
        return False
    if shorter in longer:
        return True
    width = PROBE // 2 if dense else PROBE
    step = max(1, (len(shorter) - width) // (PROBES - 1))
    probes = [shorter[start : start + width] for start in range(0, len(shorter) - width + 1, step)][:PROBES]
    misses = 0
    for probe in probes:
        misses += probe not in longer
        if misses > (1 - SAME_TEXT) * len(probes):  # most pairs differ from the first words on
            return False
    return True


def same_title(one: str, other: str) -> bool:
    """Whether two headlines are nearly equal and print the same numbers; a template with another figure is other news."""
    first, second = folded(one), folded(other)
    if not first or not second or sorted(_NUMBERS.findall(first)) != sorted(_NUMBERS.findall(second)):
        return False
    return first == second or (len(first) >= 20 and fuzz.token_sort_ratio(first, second) >= SAME_TITLE)


def equal_titles(one: str, other: str) -> bool:
    """Whether two headlines are the same words; a few common words ("Breaking news") are no evidence."""
    first = folded(one)
    return first == folded(other) and len(first) * (2.5 if _dense(first) else 1) >= 20


def text_keys(text: str) -> frozenset[str]:
    """Return the hashes by which copies of a text find each other: of its sentences, the KEYS smallest."""
    sentences = (piece for piece in _pieces(text) if len(piece) >= 24)
    return frozenset(f"{number:08x}" for number in sorted({zlib.crc32(part.encode()) for part in sentences})[:KEYS])


def title_keys(title: str) -> frozenset[str]:
    """Return the hashes by which near-equal headlines find each other: of their six-letter pieces, the KEYS smallest.

    The numbers that a headline prints are in each, as headlines are only alike where these are the same: a template of a busy
    week would else find every story of it.
    """
    plain = folded(title)
    letters = "".join(plain.split())
    pieces = {letters[start : start + 6] for start in range(max(1, len(letters) - 5))} if letters else set()
    numbers = zlib.crc32(" ".join(sorted(_NUMBERS.findall(plain))).encode())
    return frozenset(f"{number ^ numbers:08x}" for number in sorted(zlib.crc32(piece.encode()) for piece in pieces)[:KEYS])


def folded_lines(text: str) -> str:
    """As `folded`, with line ends kept: they end sentences in scripts that print no full stop."""
    return "\n".join(folded(line) for line in text[:COMPARED].splitlines())


@lru_cache(maxsize=256)  # texts of one story are compared pair by pair; about 5 MB at most
def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _pieces(text: str) -> Iterator[str]:
    """Sentences; where a script prints no full stop (Thai, Lao), its phrases between spaces as well."""
    for sentence in _SENTENCE_END.split(folded_lines(text)):
        yield sentence
        if len(sentence) > LONG_SENTENCE:
            yield from sentence.split()


def _dense(text: str) -> bool:
    """Whether a character says as much as a syllable or word does elsewhere (Chinese, Japanese, Korean)."""
    sample = text[:200]
    return len(_DENSE.findall(sample)) * 2 > len(sample)
