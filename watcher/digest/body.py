"""Report and a claim of its headline -> the sentence of the text that says the same: a headline is the editor's, the sentence the reporter's.

Only what stands beside the very figure counts: the same number with the same word before or after it, or with the people's name. Where
that is not found there is no such sentence. Claims are read elsewhere; here nothing is counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from watcher.digest.names import people_name
from watcher.model import Claim, Report, Role

BESIDE = 4  # letters beside a figure that must be the same; two where a letter is a word (Chinese, Japanese)
LOOKED_AT = 20_000  # characters of a text; who, how many and when stand at its top

_NUMBER = re.compile(r"\d+(?:[.,\u00a0\u202f ]\d{3})*")
_END = re.compile(r"[。！？।។።]+[」』”\"]*|[.!?…]+[\"”’)]*(?=\s+[\"“‘(]?[^\sa-z])|\n+")
_SHORT_WORD = re.compile(r"\b[A-Z][a-z]{0,3}$|\b[A-Za-z]$")  # "Gen", "Nov", "U.S": a full stop after it ends no sentence
# A run of letters with their signs; \w would leave out the vowel signs of Khmer, Thai and Indian scripts.
_LETTERS = re.compile("[^\\s\\d!-/:-@\\[-`{-~\u2000-\u206f\u3000-\u303f\uff00-\uff0f]+")
_DENSE = re.compile("[\u3040-\u9fff\uac00-\ud7a3]")


def in_body(report: Report, claim: Claim) -> tuple[int, int] | None:
    """Return where in `report.text` stands the first sentence with the figure of a claim of the headline; None where none is sure."""
    if claim.field != "title" or claim.count is None:
        return None
    older = {other.sentence.strip() for other in report.claims if other.role in (Role.BACKGROUND, Role.TALLY)}
    text = report.text[:LOOKED_AT]
    for start, end in sentences(text):
        if text[start:end].strip() not in older and _says(text[start:end], claim):
            return start, end
    return None


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each sentence begins and ends, roughly: good enough to quote one, too rough to count in."""
    start = 0
    for found in _END.finditer(text):
        if found[0].startswith(".") and _SHORT_WORD.search(text[start : found.start()]):
            continue
        yield from _trimmed(text, start, found.end())
        start = found.end()
    yield from _trimmed(text, start, len(text))


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = text[start:end]
    if piece.strip():
        yield start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())


def _says(sentence: str, claim: Claim) -> bool:
    """Whether a sentence has the claim's figure, beside the same words or with the same people."""
    named = any(people_name(code)[:5].casefold() in sentence.casefold() for code in claim.nationality or ())
    known = [(before, after) for start, end in _places(claim.sentence, claim) for before, after in (_beside(claim.sentence, start, end),)]
    for start, end in _places(sentence, claim):
        before, after = _beside(sentence, start, end)
        if named or any((len(was) > 1 and was == before) or (len(will) > 1 and will == after) for was, will in known):
            return True
    return False


def _places(sentence: str, claim: Claim) -> Iterator[tuple[int, int]]:
    """Where the figure stands: in digits of any script, or in the words that the headline prints."""
    for found in _NUMBER.finditer(sentence):
        if int(re.sub(r"\D", "", found[0])) == claim.count:
            yield found.span()
    if claim.printed and not any(one.isdigit() for one in claim.printed):
        for found in re.finditer(re.escape(claim.printed), sentence, re.IGNORECASE):
            yield found.span()


def _beside(sentence: str, start: int, end: int) -> tuple[str, str]:
    """The letters before and after a figure, as far as they are compared."""
    before = [found[0].casefold() for found in _LETTERS.finditer(sentence[max(0, start - 40) : start])]
    after = next((found[0].casefold() for found in _LETTERS.finditer(sentence[end : end + 40])), "")
    last = before[-1] if before else ""
    return last[-_reach(last) :], after[: _reach(after)]


def _reach(word: str) -> int:
    return 2 if _DENSE.search(word) else BESIDE
