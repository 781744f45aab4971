"""Marks -> Marks of two words: verbs that stand around their people, and words for coming home beside a town or country.

"Sends 62 Vietnamese back", "schiebt 31 Chinesen ab"; "landed in Lima", "regresan al Perú". Single words are in `marks`; what a mark
means in its sentence is in `scene` and `nationality`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from watcher.fold import folded, is_boundary
from watcher.model import Language, Stage
from watcher.read.mark import Mark

BETWEEN = 70  # characters between the two words of a verb: a figure, its people and a place
_STOP = re.compile(r"[.;:()!?\n]")  # ends a clause between the two
_TOWN, _ANY = "{t}", "{c}"


class Pairs:
    """The words of one language that are read in twos."""

    def __init__(self, language: Language) -> None:
        self._home = frozenset(language.home)
        self._tails = _tails(language)
        self._towns = _around(pattern for pattern in language.coming_home if _TOWN in pattern)
        self._anywhere = _around(pattern for pattern in language.coming_home if _ANY in pattern)

    def heads(self) -> Iterator[tuple[str, object, str]]:
        """Give the first words of verbs, as (kind, value, term): they are looked for as all others are."""
        yield from (("apart", head, head) for head in self._tails)

    def of(self, found: Sequence[Mark], text: str) -> Iterator[tuple[str, object, int, int]]:
        """Give the kind, value and place of every pair: a step, or an arrival with the country.

        Who comes back to a country came home. Who lands in a town did if it is one of the readers' own country, or of the people that
        the text tells of: others change planes there.
        """
        told = self._home | {mark.value for mark in found if mark.kind == "demonym"}
        for mark in found:
            if mark.kind == "apart":
                yield from self._verb(mark, text)
            elif mark.kind == "town":
                yield from self._coming(mark, text, self._towns, mark.value in told)
                yield from self._coming(mark, text, self._anywhere, True)
            elif mark.kind == "country" and mark.value != "KH":
                yield from self._coming(mark, text, self._anywhere, True)

    def _verb(self, mark: Mark, text: str) -> Iterator[tuple[str, object, int, int]]:
        rest = text[mark.end : mark.end + BETWEEN]
        for stage, tail in self._tails[str(mark.value)]:
            second = tail.search(rest)
            if second is not None and not _STOP.search(rest, 0, second.start()):
                yield "stage", stage, mark.start, mark.end
                return

    def _coming(self, mark: Mark, text: str, around: dict[str, tuple[str, ...]], came: object) -> Iterator[tuple[str, object, int, int]]:
        for after, before in around.items():
            if not came or not text.startswith(after, mark.end) or not text.endswith(before, 0, mark.start):
                continue
            starts = [mark.start - len(word) for word in before if text.endswith(word, 0, mark.start)]
            start = next((at for at in starts if is_boundary(text, at)), None)
            if start is not None:
                yield "arrival", mark.value, start, mark.end + len(after)
                yield "stage", Stage.REPATRIATED, start, mark.end + len(after)
                return


def _tails(language: Language) -> dict[str, list[tuple[Stage, re.Pattern[str]]]]:
    words: dict[tuple[str, Stage], list[str]] = defaultdict(list)
    for stage, verbs in language.apart.items():
        for head, tail in verbs:
            words[folded(head), stage].append(re.escape(folded(tail)))
    found: dict[str, list[tuple[Stage, re.Pattern[str]]]] = defaultdict(list)
    for (head, stage), tails in words.items():
        found[head].append((stage, re.compile(rf"\b(?:{'|'.join(tails)})(?!\w)" if language.spaces else "|".join(tails))))
    return dict(found)


def _around(patterns: Iterator[str]) -> dict[str, tuple[str, ...]]:
    """From what stands behind the name to all that may stand before it: longest first."""
    found: dict[str, list[str]] = defaultdict(list)
    for pattern in patterns:
        before, _, after = pattern.replace(_TOWN, _ANY).partition(_ANY)
        found[_folded(after)].append(_folded(before))
    return {after: tuple(sorted(before, key=len, reverse=True)) for after, before in found.items()}


def _folded(text: str) -> str:
    """A piece of a pattern, folded with the spaces at its ends."""
    inner = folded(text.strip())
    return (" " if text.startswith(" ") else "") + inner + (" " if text.endswith(" ") and inner else "")
