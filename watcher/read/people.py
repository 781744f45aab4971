"""Number in a Scene -> People: whom it counts, or that it counts no people.

A number counts people where a word for them stands near: a nationality, "foreigners", a counter such as 名. A unit, a
group or a thing between the two says that it does not. What happened to the people is not read here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from watcher.fold import folded
from watcher.model import Language
from watcher.read.marks import Mark
from watcher.read.numbers import Number
from watcher.read.scene import GAP_STOP, Scene

AFTER = 70  # characters after a number in which its people are looked for
BEFORE = 14  # characters before it: "중국인 63명", "ជនបរទេសចំនួន ៣៧២នាក់"
UNIT = 14  # characters after it in which a unit other than people rejects it
BESIDE = 2  # the same for a unit or counter of one character: 年, 架, 名; such a character also stands inside other words
VERB = 22  # characters between a bare number and its verb: "the 25 were arrested"
COUNTER, UNSPACED = 6, 10  # characters in which a counter or nationality begins where words are written together
CHAIN = re.compile(r"(?:\s*(?:,|、|and|&|和|及|与|と|และ|dan|và|et|y|e|и|ve|und|និង)\s*|\s*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class People:
    """Who a number counts, and where the words for them end."""

    nationality: tuple[str, ...]
    foreigners: bool
    counted: bool  # a word for people, or none: a bare number
    end: int


def people_of(scene: Scene, number: Number, end: int, stop: int, floor: int, known: Collection[int]) -> People | None:
    """Return whom a number counts; None where it counts no people.

    `end` is where the number or its range ends, `stop` and `floor` where the next one begins and the last one ends.
    `known` are the figures that the article has already given to people.
    """
    limit = min(stop, end + AFTER)
    near = list(scene.marks.within(end, limit, "demonym", "foreigners", "counter", "not_people", "stage"))
    near = [mark for mark in near if mark.end - mark.start > 1 or mark.start - end <= BESIDE or mark.kind not in ("counter", "not_people")]
    first = next((mark for mark in near if mark.kind != "stage"), None)
    verb = next((mark.start for mark in near if mark.kind == "stage"), limit)
    if first is not None and first.kind == "not_people" and first.start - end <= UNIT and first.start < verb:
        return None  # "376 arrested in raids" counts no raids
    if number.value == 1 and not number.digits and (first is None or first.start - end > 1):
        return None  # "one", "một", 一 is an article, unless the person follows at once
    after = _chain(scene, end, near)
    before = _just_before(scene, number.start, floor)
    counter = next((mark for mark in near if mark.kind == "counter" and _counts(scene, end, mark)), None)
    last, gap = (after[-1], 2) if after else (counter, 0)
    if last is not None and any(_takes(scene, last, mark, gap) for mark in near if mark.kind == "not_people"):
        return None  # "ninety Chinese police came to collect them", 90名警察
    if after:
        return _named(after, counted=True)
    glued = end < len(scene.text) and scene.text[end].isalpha()  # to a unit that no file knows: 전세기 2대로
    if before and (counter is not None or (number.digits and not glued)):
        return _named(before, counted=True, end=end)
    if counter is not None:
        return People((), foreigners=False, counted=True, end=counter.end)
    # "The 74 left on Thursday": a figure that the article has already given to people is theirs again.
    bare = (not glued and _is_bare_count(scene, number, end, stop)) or (
        number.digits and number.value > 2 and number.value in known and not near
    )
    return People((), foreigners=False, counted=False, end=end) if bare else None


def _takes(scene: Scene, last: Mark, other: Mark, gap: int) -> bool:
    """Whether a word that counts no people stands so close behind the people that they are its: "Chinese police", not "Koreans, police"."""
    return 0 <= other.start - last.end <= gap and not GAP_STOP.search(scene.text[last.end : other.start])


def is_share(scene: Scene, part: Number, whole: Number | None) -> bool:
    """Whether two numbers are a part and its whole: "48 of 68", "48 of the 68"."""
    if whole is None or whole.value <= part.value or part.value < 2:
        return False
    pattern = _shares(scene.language)
    return pattern is not None and pattern.fullmatch(scene.text[part.end : whole.start]) is not None


@lru_cache(maxsize=64)
def _shares(language: Language) -> re.Pattern[str] | None:
    words = "|".join(sorted((re.escape(folded(word)) for word in language.shares), key=len, reverse=True))
    return re.compile(rf"\s*(?:{words})\s*") if words else None


def _named(marks: Sequence[Mark], *, counted: bool, end: int | None = None) -> People:
    codes = tuple(dict.fromkeys(str(mark.value) for mark in marks if mark.kind == "demonym"))
    return People(codes, any(mark.kind == "foreigners" for mark in marks), counted, end or marks[-1].end)


def _chain(scene: Scene, end: int, near: Sequence[Mark]) -> list[Mark]:
    """The nationalities right after a number: "400 Chinese and Taiwanese nationals" has two."""
    chain: list[Mark] = []
    counted = any(mark.kind == "counter" and _counts(scene, end, mark) for mark in near)
    for mark in near:
        if mark.kind not in ("demonym", "foreigners"):
            continue
        if not chain:
            far = not scene.language.spaces and not counted and mark.start - end > UNSPACED
            verb_between = any(other.kind == "stage" and other.end <= mark.start for other in near)
            closed = any(closer in scene.text[end : mark.start] for closer in scene.language.closers)
            if far or verb_between or closed or not _reaches(scene.text, end, mark.start, words=5):
                return []
            chain.append(mark)
        elif CHAIN.fullmatch(scene.text[chain[-1].end : mark.start]):
            chain.append(mark)
    return chain


def _counts(scene: Scene, end: int, counter: Mark) -> bool:
    """Whether a counter belongs to the number that ends at `end`."""
    return _reaches(scene.text, end, counter.start, words=3) and (scene.language.spaces or counter.start - end <= COUNTER)


def _reaches(text: str, start: int, end: int, *, words: int) -> bool:
    """Whether at most `words` words, and no end of a clause, lie between."""
    between = text[start:end]
    return end - start <= words * 9 and len(between.split()) <= words and not GAP_STOP.search(between)


def _just_before(scene: Scene, start: int, floor: int) -> list[Mark]:
    near = list(scene.marks.within(max(floor, start - BEFORE - 20), start, "demonym", "foreigners"))
    near = [mark for mark in near if start - mark.end <= BEFORE and not GAP_STOP.search(scene.text[mark.end : start])]
    return near[-1:]


def _is_bare_count(scene: Scene, number: Number, end: int, stop: int) -> bool:
    """A number without a noun counts people where a verb of ours stands beside it: "arrest 376 in", "the 25 were arrested"."""
    if number.value < 2 or (number.digits and 1900 <= number.value <= 2100):
        return False
    before = list(scene.marks.within(max(scene.start, number.start - 40), number.start, "stage"))
    if before and number.start - before[-1].end <= VERB and scene.text[before[-1].end : number.start].count(" ") <= 3:
        return True
    after = next(scene.marks.within(end, min(stop, end + VERB + 20), "stage"), None)
    return after is not None and after.start - end <= VERB and not GAP_STOP.search(scene.text[end : after.start])
