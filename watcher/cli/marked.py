"""Evidence on a text -> lines with what was found marked in its surroundings, each mark with the name of its concept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from watcher.cli.show import safe, wrapped
from watcher.model import Entry, Evidence

AROUND = 30  # characters of text shown on each side of a place
PASSAGES = 4  # passages of one text that are shown; the rest is counted


class _Mark(NamedTuple):
    start: int
    end: int
    names: tuple[str, ...]


def marked_lines(entry: Entry, evidence: Iterable[Evidence]) -> list[str]:
    """`title: [Cambodia @cambodia] [deports @deported] 25 …`: title first, passages that touch are one."""
    found = list(evidence)
    lines: list[str] = []
    for field, text in (("title", entry.title), ("text", entry.text)):
        passages = _passages(_marks([one for one in found if one.span.field == field]))
        for passage in passages[:PASSAGES]:
            lines += wrapped(_shown(text, passage), first=f"  {field}: ", rest="    ")
        if len(passages) > PASSAGES:
            lines.append(f"    and {len(passages) - PASSAGES} more in the {field}")
    return lines


def place(entry: Entry, evidence: Evidence) -> str:
    """One place in its surroundings: `text: …were deported [from Cambodia] to…`."""
    text = entry.title if evidence.span.field == "title" else entry.text
    return f"{evidence.span.field}: {_shown(text, [_Mark(evidence.span.start, evidence.span.end, ())])}"


def _marks(evidence: Sequence[Evidence]) -> list[_Mark]:
    """Places in order, each once; of places that overlap the longer stays, with the concepts of both."""
    marks: list[_Mark] = []
    for one in sorted(evidence, key=lambda one: (one.span.start, -one.span.end)):
        name = (f"@{one.concept}",) if one.concept else ()
        if marks and one.span.start < marks[-1].end:
            last = marks[-1]
            marks[-1] = _Mark(last.start, max(last.end, one.span.end), tuple(dict.fromkeys(last.names + name)))
        else:
            marks.append(_Mark(one.span.start, one.span.end, name))
    return marks


def _passages(marks: Sequence[_Mark]) -> list[list[_Mark]]:
    """Marks whose surroundings touch belong together."""
    passages: list[list[_Mark]] = []
    for mark in marks:
        if passages and mark.start - passages[-1][-1].end <= 2 * AROUND:
            passages[-1].append(mark)
        else:
            passages.append([mark])
    return passages


def _shown(text: str, marks: Sequence[_Mark]) -> str:
    """A passage with its marks; text of a feed is made harmless piece by piece, so that no mark can be forged by it."""
    start, end = max(0, marks[0].start - AROUND), min(len(text), marks[-1].end + AROUND)
    pieces, at = ["…" if start else ""], start
    for mark in marks:
        pieces.append(_plain(text[at : mark.start]))
        pieces.append(f"[{' '.join((safe(text[mark.start : mark.end]), *mark.names))}]")
        at = mark.end
    pieces += [_plain(text[at:end]), "…" if end < len(text) else ""]
    return "".join(pieces)


def _plain(text: str) -> str:
    """One line, with the blank at either end that the words had; its own brackets are not ours."""
    inner = safe(text).replace("[", "(").replace("]", ")")
    if not inner:
        return " " if text else ""
    return (" " if text[0].isspace() else "") + inner + (" " if text[-1].isspace() else "")
