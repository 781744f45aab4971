"""A pattern between slashes -> where it stands in a folded text, in time linear in the text.

The engine is RE2: no look-around and no back-references, and in return no text, however hostile, can make a pattern slow. Line breaks
count as spaces, as they do inside phrases; case does not count, and signs of other scripts are folded as the text is. Places are found
here; what they mean with other parts of a query is for the engine.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import re2

from watcher.fold import folded

LONGEST = 500  # characters of a pattern; a longer one is a list of words, which a concept holds better
PLACES = 500  # places taken of one field; no rule is decided by more
MEMORY = 2 * 1024 * 1024  # bytes a pattern may use; RE2 forgets and goes on where it needs more
STEPS = 2_500  # instructions of a compiled pattern, as .{0,250} has; the worst text costs time in proportion

_REMEDIES = (  # what RE2 says, what it means, what to do; {} is the piece of the pattern it names
    (r"invalid perl operator: \(\?(?:<?[=!]|P?$)", "'{}' looks around or back, which patterns here cannot", "say what stands there as part of it"),
    (r"invalid perl operator", "'{}' is no way to open a group here", "write (?:...)"),
    (r"invalid escape sequence: \\[1-9k]", "'{}' refers back to a group, which patterns here cannot", "write out what may stand there"),
    (r"invalid escape sequence", "'{}' means nothing in a pattern", "write the character without the backslash"),
    (r"missing \)", "a '(' is not closed", "add ')', or write \\( for the character"),
    (r"unexpected \)", "a ')' closes nothing", "remove it, or write \\) for the character"),
    (r"missing \]", "a '[' is not closed", "add ']', or write \\[ for the character"),
    (r"no argument for repetition", "'{}' repeats nothing", "put what is repeated before it, or write a backslash before it"),
    (r"bad repetition", "'{}' repeats a repetition", "write one of * + ?"),
    (r"invalid repetition size", "'{}' repeats too often, or its second number is the smaller", "repeat 1000 times at most in all"),
    (r"invalid character class range", "'{}' is no range of characters", "begin with the lower one, or use a class that exists"),
    (r"trailing", "a backslash ends the pattern", "remove it"),
)  # fmt: skip
# In these contexts every assertion of RE2 that can hold beside nothing does hold once.
_EMPTY_PROBES = ("", "a", " ", "a a", "  ")


class PatternError(ValueError):
    """A pattern that cannot be used; `at` counts characters of it from 0."""

    def __init__(self, problem: str, at: int) -> None:
        super().__init__(problem)
        self.problem, self.at = problem, at


@dataclass(frozen=True, slots=True)
class Search:
    """A pattern ready to be looked for."""

    engine: Any  # RE2's, which has no types

    def places(self, text: str, encoded: bytes) -> list[tuple[int, int]]:
        """Return the first places in a folded text, as offsets of it; `encoded` is from `encode`."""
        plain = len(encoded) == len(text)
        found: list[tuple[int, int]] = []
        at = characters = 0
        for match in self.engine.finditer(encoded):
            start, end = match.span()
            if start == end:
                continue
            if not plain:  # from bytes to characters, going over the text once
                begin = characters + _length(encoded[at:start])
                at, characters = end, begin + _length(encoded[start:end])
                start, end = begin, characters
            found.append((start, end))
            if len(found) == PLACES:
                break
        return found


def encode(text: str) -> bytes:
    """Return a folded text as patterns are looked for in it."""
    return text.replace("\n", " ").encode("utf-8", "replace")


@lru_cache(maxsize=1024)
def search(pattern: str) -> Search:
    """Return a pattern ready to be looked for. Raises PatternError with what is wrong, where, and what to do."""
    if len(pattern) > LONGEST:
        raise PatternError(f"a pattern has at most {LONGEST} characters, and this one {len(pattern)}; name the words as a concept", LONGEST)
    newline = re.search(r"(?<!\\)(?:\\\\)*(\\[nr])", pattern)
    if newline:
        raise PatternError(f"'{newline[1]}' is never there: a line break counts as a space; write a space or \\s", newline.start(1))
    _compiled(pattern)  # as it is written, for places of mistakes
    engine = _compiled(_in_folded_letters(pattern))
    if engine.programsize > STEPS:
        raise PatternError("this pattern is too large to be looked for in every text; repeat less often, {0,250} at most", 0)
    if any(match.start() == match.end() for probe in _EMPTY_PROBES for match in engine.finditer(probe.encode())):
        raise PatternError("this pattern is content with nothing, so it would hold in every text; ask for one character at least", 0)
    return Search(engine)


def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = MEMORY
    options.case_sensitive = False
    try:
        return re2.compile(pattern.encode("utf-8", "replace"), options)
    except re2.error as error:
        said = error.args[0].decode("utf-8", "replace") if isinstance(error.args[0], bytes) else str(error)
        raise _in_words(pattern, said) from None


def _in_words(pattern: str, said: str) -> PatternError:
    piece = said.partition(": ")[2]
    for expected, problem, remedy in _REMEDIES:
        if re.match(expected, said):
            return PatternError(f"{problem.format(piece)}; {remedy}", _place(pattern, said, piece))
    if "too large" in said:
        return PatternError("this pattern is too large; repeat less often, {0,250} at most", 0)
    return PatternError(f"this pattern cannot be read ({said}); correct it", _place(pattern, said, piece))


def _place(pattern: str, said: str, piece: str) -> int:
    """Where the mistake is; RE2 names the piece, or the rest of the pattern from there on, but no number."""
    if said.startswith("trailing"):
        return len(pattern) - 1
    if said.startswith("missing )"):
        return _unclosed(pattern)
    if said.startswith("unexpected )"):
        return _closing_nothing(pattern)
    return max(pattern.find(piece), 0)


def _parentheses(pattern: str) -> list[tuple[str, int]]:
    """The parentheses of a pattern that group, with their places."""
    tokens = re.finditer(r"\\.|\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]?|[()]", pattern, re.DOTALL)
    return [(token[0], token.start()) for token in tokens if token[0] in "()"]


def _unclosed(pattern: str) -> int:
    opened: list[int] = []
    for sign, at in _parentheses(pattern):
        if sign == "(":
            opened.append(at)
        elif opened:
            opened.pop()
    return opened[-1] if opened else len(pattern)


def _closing_nothing(pattern: str) -> int:
    depth = 0
    for sign, at in _parentheses(pattern):
        depth += 1 if sign == "(" else -1
        if depth < 0:
            return at
    return len(pattern)


def _in_folded_letters(pattern: str) -> str:
    """Fold what is not ASCII, which in a pattern only ever stands for itself; ASCII is left, for \\D is not \\d."""
    return re.sub(r"[^\x00-\x7f]+", _folded_literal, unicodedata.normalize("NFC", pattern))


def _folded_literal(found: re.Match[str]) -> str:
    return re.sub(r"[!-/:-@\[-`{-~]", r"\\\g<0>", folded(found[0]))  # "…" becomes three dots that mean dots


def _length(piece: bytes) -> int:
    return len(piece.decode("utf-8", "ignore"))
