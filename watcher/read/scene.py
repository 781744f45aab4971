"""Sentence -> Scene: one sentence with everything that was marked in it, its days, and out of which country it speaks.

Numbers, people and roles are not read here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from watcher.model import STAGE_RANK, Language, Sentence, Stage
from watcher.read import dates as date_words
from watcher.read.dates import Found
from watcher.read.marks import Mark, Marks

GAP_STOP = re.compile(r"[.;:()]|,(?!\s?\d)")  # ends what words beside a number say of it
AHEAD, AHEAD_UNSPACED = 10, 1  # characters, with at most one word, between "will", "ask for", "not" and the step
AHEAD_WORDS = 32  # characters before a step in which such a word begins
ACTS = 5  # characters from a country to its verb: "Laos deported"
SENDS = 16  # the same where the sentence leads to Cambodia: "Thailand this month deported three back to Cambodia"


class _Span(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Scene:
    """One sentence; `text` and `marks` are of its whole field, the sentence is [start, end)."""

    text: str
    field: str
    start: int
    end: int
    marks: Marks
    dates: tuple[Found, ...]
    language: Language
    setting: str | None = None  # where it plays; the values are in `setting`


def scene_of(sentence: Sentence, text: str, marks: Marks, language: Language, published: date | None, setting: str | None = None) -> Scene:
    """Return the scene of a sentence of a folded field; dates are resolved against the publication."""
    start, end = sentence.start, sentence.end
    named = [_whole(found, start) for found in date_words.dates(text[start:end], language, published)]
    named = [_without_count(found, text, marks) for found in named]
    marked = list(marks.within(start, end, "weekday", "day"))
    named += [found for found in date_words.of_marks(marked, published) if not overlaps(found, named)]
    return Scene(text, sentence.field, start, end, marks, tuple(named), language, setting)


def overlaps(one: _Span, others: Sequence[_Span]) -> bool:
    """Whether a span shares a character with any of the others."""
    return any(one.start < other.end and other.start < one.end for other in others)


def steps(scene: Scene) -> tuple[list[Mark], list[Mark]]:
    """Return the words for steps that were taken, and those for steps that are only asked for or announced."""
    taken: list[Mark] = []
    pending = list(scene.marks.within(scene.start, scene.end, "pending"))
    for mark in scene.marks.within(scene.start, scene.end, "stage"):
        said = _said_before(scene, mark)
        if said == "denied":
            continue
        ahead = said == "ahead" and STAGE_RANK[Stage(str(mark.value))] == STAGE_RANK[Stage.DEPORTED]
        (pending if ahead else taken).append(mark)
    return taken, sorted(pending, key=lambda mark: mark.start)


def origin(scene: Scene) -> str | None:
    """Return out of which country a sentence speaks. Another one is it where it acts ("Laos deports") or stands after "from"."""
    countries = list(scene.marks.within(scene.start, scene.end, "country"))
    inward = any(mark.value == "KH" and leads_to(scene, mark) for mark in countries)
    others = _other_origins(scene, countries, reach=SENDS if inward else ACTS)
    here = any(scene.marks.within(scene.start, scene.end, "place")) or any(mark.value == "KH" for mark in countries)
    if others and (inward or not here):
        return str(others[0].value)
    return "KH" if scene.setting == "KH" and (here or not others) else None


def senders(scene: Scene) -> list[Mark]:
    """Return the countries other than Cambodia out of which a sentence says that people come; not those where the language is at home.

    "In Japan" a Japanese paper tells of who came home, and its own police say little of where the people were.
    """
    named = _other_origins(scene, list(scene.marks.within(scene.start, scene.end, "country")), reach=ACTS)
    return [mark for mark in named if mark.value not in scene.language.home]


def leads_to(scene: Scene, country: Mark) -> bool:
    """Whether a country is where somebody goes: "to Cambodia"."""
    return _stands(scene.text, country, scene.language.to_before, scene.language.to_after)


def direction(scene: Scene, nationality: tuple[str, ...], stage: Stage | None) -> tuple[str | None, tuple[str, ...]]:
    """Return from which country people of a nationality go and to which, as far as the sentence says it."""
    language = scene.language
    countries = list(scene.marks.within(scene.start, scene.end, "country"))
    to = [str(mark.value) for mark in countries if _stands(scene.text, mark, language.to_before, language.to_after)]
    out_of = origin(scene)
    left = stage is not None and (stage is Stage.RESCUED or STAGE_RANK[stage] == STAGE_RANK[Stage.DEPORTED])
    if out_of is None and scene.setting == "seat" and left:
        out_of = "KH"  # who is sent home, or freed, and whose ring sat in Cambodia, was there
    if nationality == ("KH",):  # Cambodians are sent to Cambodia, not out of it
        others = _other_origins(scene, countries, reach=SENDS)
        out_of = str(others[0].value) if others else None
    if stage is Stage.REPATRIATED and not to:
        to = list(nationality)
    return out_of, tuple(dict.fromkeys(code for code in to if code != out_of))


def _whole(found: Found, shift: int) -> Found:
    return Found(found.start + shift, found.end + shift, found.day, found.precision)


def _without_count(found: Found, text: str, marks: Marks) -> Found:
    """ "In April 19 Japanese were deported" names no day: the number counts the people that follow it."""
    head = text[found.start : found.end].rstrip("0123456789")
    after = list(marks.within(found.end + 1, found.end + 30, "demonym", "counter", "foreigners"))
    if found.precision != "day" or not head.endswith(" ") or not after or after[0].start != found.end + 1:
        return found
    return Found(found.start, found.start + len(head.rstrip()), found.day and found.day.replace(day=1), "month")


def _said_before(scene: Scene, mark: Mark) -> str | None:
    """Whether "will", "ask for" or "not" stands right before a word for a step."""
    reach = AHEAD if scene.language.spaces else AHEAD_UNSPACED
    for word in reversed(list(scene.marks.within(max(scene.start, mark.start - AHEAD_WORDS), mark.start, "ahead", "denied"))):
        between = scene.text[word.end : mark.start]
        if len(between) <= reach and len(between.split()) <= 1 and not GAP_STOP.search(between):
            return word.kind
    return None


def _other_origins(scene: Scene, countries: Sequence[Mark], *, reach: int) -> list[Mark]:
    language = scene.language
    return [
        mark
        for mark in countries
        if mark.value != "KH"
        and (
            _stands(scene.text, mark, language.from_before, language.from_after)
            or (_acts(scene, mark, reach) and not _stands(scene.text, mark, language.to_before, language.to_after))
        )
    ]


def _acts(scene: Scene, country: Mark, reach: int) -> bool:
    """Whether a country is the one that does it: "Indonesia detained more than 150 Chinese"."""
    verb = next(scene.marks.within(country.end, min(scene.end, country.end + 24), "stage"), None)
    return verb is not None and verb.start - country.end <= reach and not GAP_STOP.search(scene.text[country.end : verb.start])


def _stands(text: str, country: Mark, before: Sequence[str], after: Sequence[str]) -> bool:
    ahead = text[max(0, country.start - 12) : country.start].rstrip()
    return any(re.search(rf"(?:^|\W|(?<=[^\x00-\u024f])){re.escape(word)}$", ahead) for word in before) or text.startswith(
        tuple(after) or "\0", country.end
    )
