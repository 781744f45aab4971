"""Number in a Scene -> People: whom it counts, or that it counts no people.

A number counts people where a word for them stands near: a nationality, "foreigners", a counter such as 名. A unit, a
group or a thing between the two says that it does not. What happened to the people is not read here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from watcher.fold import folded
from watcher.model import Language, Qualifier
from watcher.read.dates import Found
from watcher.read.mark import Mark
from watcher.read.numbers import Number
from watcher.read.scene import GAP_STOP, Scene, overlaps
from watcher.read.times import OTHER_END

AFTER = 70  # characters after a number in which its people are looked for
BEFORE = 14  # characters before it: "중국인 63명", "ជនបរទេសចំនួន ៣៧២នាក់"
UNIT = 14  # characters after it in which a unit other than people rejects it
BESIDE = 2  # the same for a unit or counter of one character: 年, 架, 名; such a character also stands inside other words
VERB = 22  # characters between a bare number and its verb: "the 25 were arrested"
COUNTER, UNSPACED = 6, 10  # characters in which a counter or nationality begins where words are written together
BARE = 20_000  # people; a larger number without a noun behind a verb is money: "charged each family 180,000"
SHARE = 36  # characters between a whole and its part: "68 South Korean nationals of them 48", where languages say it so
PLACED = 12  # characters before "Cambodian" in which "from" or "in" begins
SAID = 24  # characters between a bare number and words for when, or for what its people did: "375 this month"
ROUND = 0.15  # a rounded figure and the exact one differ by no more, up or down
LOOSE = 0.25  # "over 1,400" may also be said of up to this share more
VAGUE = 3.0  # "dozens" may be 99
ROW = 8  # characters between a people and its number, where such pairs stand in a row
BESIDE_WHEN = 12  # characters from a bare number to its day or town, one word at most between
_STEPS = ("stage", "asked")  # what was done to people, or what they did
CHAIN = re.compile(
    r"(?:\s*(?:,|、|and|&|·|/|和|及|与|以及|と|や|및|과|와|และ|ແລະ|နှင့်|dan|và|et|y|e|и|ve|und|និង|और|तथा|एवं|र|आणि|ও|এবং|மற்றும்|اور|و)\s*|\s*)",
    re.IGNORECASE,
)


class People(NamedTuple):
    """Who a number counts, and where the words for them end."""

    nationality: tuple[str, ...]
    foreigners: bool
    counted: bool  # a word for people, or none: a bare number
    end: int


@dataclass(slots=True)
class Known:
    """The figures that an article has given to people so far, each with the furthest step said of it (-1: none), and the rounded ones."""

    steps: dict[int, int] = field(default_factory=dict)
    row: list[int] = field(default_factory=list)  # the figures that the sentence being read has given to people so far
    rounded: list[tuple[float, float, bool]] = field(default_factory=list)  # lowest, highest, and whether it is only a word ("dozens")

    def add(self, count: int | None, rank: int, qualifier: Qualifier, *, spelt: bool) -> None:
        """Take a figure in; one that is not exact is also known as what the exact one may be."""
        if not count:
            return
        self.row.append(count)
        self.steps[count] = max(self.steps.get(count, -1), rank)
        if qualifier is Qualifier.EXACT:
            return
        if spelt:
            self.rounded.append((count, count * (1 + VAGUE), True))
        else:
            self.rounded.append((count * (1 - ROUND), count * (1 + LOOSE), False))


def people_of(scene: Scene, number: Number, end: int, stop: int, floor: int, known: Known) -> People | None:
    """Return whom a number counts; None where it counts no people.

    `end` is where the number or its range ends, `stop` and `floor` where the next one begins and the last one ends.
    `known` are the figures that the article has already given to people.
    """
    if _is_defrauded(scene, number):
        return None
    if _is_repeated(scene, number, end):
        end += 1
    limit = min(stop, end + AFTER)
    near = _near(scene, end, limit)
    first = next((mark for mark in near if mark.kind not in _STEPS), None)
    verb = next((mark.start for mark in near if mark.kind in _STEPS), limit)
    if (
        first is not None
        and first.kind == "not_people"
        and first.start - end <= UNIT
        and first.start < verb + (first.start - end <= BESIDE)
    ):
        return None  # "376 arrested in raids", "arrests 376 in raids" count no raids; "376 raids", "20 years in prison" do
    if number.value == 1 and not number.digits and (first is None or first.start - end > 1):
        return None  # "one", "một", 一 is an article, unless the person follows at once
    after = _chain(scene, end, near)
    before = _just_before(scene, number.start, floor)
    if after and before and _is_of_next(scene, number, end, (before[-1], after), stop):
        after = []
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
    if not glued and (moved := _of_a_moving_count(scene, number)) is not None:
        return moved
    # "The 74 left on Thursday": a figure that the article has already given to people is theirs again.
    bare = (
        _goes_on_with(scene, number, floor, known)
        or (number.digits and len(known.row) > 1 and sum(known.row) == number.value)  # "9 Taiwanese together with 21 Chinese, 30 in all"
        or (not glued and _is_bare_count(scene, number, end, stop, known))
        or (number.digits and number.value > 2 and number.value in known.steps and not near)
    )
    if bare or (not glued and (_goes_on(scene, number, end, stop, known) or _is_exact_one(scene, number, end, stop, known))):
        return People((), foreigners=False, counted=False, end=end)
    return None


def _is_defrauded(scene: Scene, number: Number) -> bool:
    """Whether those counted are who lost money to a ring: "rang up thousands of Singaporeans". They were never in Cambodia."""
    return any(
        number.start - verb.end <= VERB and _reaches(scene.text, verb.end, number.start, words=3)
        for verb in scene.marks.within(max(scene.start, number.start - 2 * VERB), number.start, "defrauding")
    )


def _of_a_moving_count(scene: Scene, number: Number) -> People | None:
    """Whom a bare number counts behind "has climbed to", where its sentence tells of people who turn to their embassy."""
    if not number.digits or number.value < 3 or _is_year(number) or not any(scene.marks.within(scene.start, scene.end, "asked")):
        return None
    words = scene.marks.within(max(scene.start, number.start - 2 * VERB), number.start, "climbed")
    if not any(number.start - word.end <= VERB and _reaches(scene.text, word.end, number.start, words=2) for word in words):
        return None
    named = {str(mark.value) for mark in scene.marks.within(scene.start, number.start, "demonym") if mark.value != "KH"}
    return People(tuple(named) if len(named) == 1 else (), foreigners=False, counted=False, end=number.end)


def _is_repeated(scene: Scene, number: Number, end: int) -> bool:
    """Whether a figure stands in brackets before its people: "ninety-one (91) Filipinos"; the 23 of "his son (23) from" is an age."""
    if scene.text[end : end + 1] != ")" or scene.text[number.start - 1 : number.start] != "(":
        return False
    return any(mark.start <= end + BESIDE for mark in scene.marks.within(end, end + AFTER, "demonym", "foreigners", "counter"))


def _goes_on_with(scene: Scene, number: Number, floor: int, known: Known) -> bool:
    """Whether "another" before a bare figure says that it counts people again: "172 suspects ... another 146"."""
    words = scene.marks.within(floor, number.start, "further") if known.steps and number.digits else ()
    return any(number.start - word.end <= 1 for word in words)


def _near(scene: Scene, start: int, end: int) -> list[Mark]:
    """What stands behind a number and may say whom or what it counts. A word that may count both counts no people: "25 nationalities"."""
    near = list(scene.marks.within(start, end, "demonym", "foreigners", "counter", "not_people", "stage", "asked"))
    near = [
        mark for mark in near if mark.end - mark.start > 1 or mark.start - start <= BESIDE or mark.kind not in ("counter", "not_people")
    ]
    if any(mark.kind == "not_people" for mark in near):  # "375 this month" counts no months, "600 in recent years" no years
        when: list[Found | Mark] = [*scene.dates, *scene.marks.within(start, end, "past", "since")]
        # "Three weeks ago" counts weeks, in languages that write "three week ago".
        near = [mark for mark in near if mark.kind != "not_people" or mark.start - start <= 1 or not overlaps(mark, when)]
    units = {(mark.start, mark.end) for mark in near if mark.kind == "not_people"}
    return [mark for mark in near if mark.kind in ("not_people", *_STEPS) or (mark.start, mark.end) not in units]


def _goes_on(scene: Scene, number: Number, end: int, stop: int, known: Known) -> bool:
    """Whether a bare number counts the people of its sentence again, for another day or town: "12 Thais in Poipet and 40 in Bavet"."""
    if not known.row or not number.digits or _is_year(number):
        return False
    limit = end + BESIDE_WHEN
    said = [mark.start for mark in scene.marks.within(end, min(stop, limit + 40), "place") if mark.start <= limit]
    for found in scene.dates:
        other = OTHER_END.search(scene.text[number.start : found.start]) if found.start > end else None
        if other is not None and other.start() == 0:
            return False  # the 16 of "16 and 20 January"
        said += [number.start + other.start() if other else found.start] if found.start >= end else []
    return any(start <= limit and _reaches(scene.text, end, start, words=1) for start in said)


def _is_year(number: Number) -> bool:
    return 1900 <= number.value <= 2100 and number.end - number.start == 4


def _is_exact_one(scene: Scene, number: Number, end: int, stop: int, known: Known) -> bool:
    """Whether a bare number is the exact one for a rounded figure of people: "Over 1,400 left ... the embassy counted 1,440".

    For a mere word ("hundreds") many numbers would do; then words for when, or for what its people did, must follow at once.
    """
    if not number.digits or number.value < 3 or _is_year(number) or number.qualifier is not Qualifier.EXACT:
        return False
    fits = [word for low, high, word in known.rounded if low <= number.value <= high]
    if not fits or all(fits):
        limit = min(stop, end + SAID)
        said = [mark.start for mark in scene.marks.within(end, limit + SAID, *_STEPS)] if fits else []
        said += [found.start for found in scene.dates if end <= found.start < limit] if fits else []
        return any(start - end <= SAID and not GAP_STOP.search(scene.text[end:start]) for start in said)
    return True


def _takes(scene: Scene, last: Mark, other: Mark, gap: int) -> bool:
    """Whether a word that counts no people stands so close behind the people that they are its: "Chinese police", not "Koreans, police"."""
    return 0 <= other.start - last.end <= gap and not GAP_STOP.search(scene.text[last.end : other.start])


def shares_after(scene: Scene, whole: Number, part: Number | None) -> bool:
    """Whether two numbers are a whole and its part, in this order: "68 में से 48", 68명 중 48명."""
    if part is None or part.value >= whole.value or part.value < 2 or not scene.language.shares_after:
        return False
    between = scene.text[whole.end : part.start].rstrip()
    return len(between) <= SHARE and between.endswith(_whole_first(scene.language)) and not GAP_STOP.search(between)


@lru_cache(maxsize=64)
def _whole_first(language: Language) -> tuple[str, ...]:
    return tuple(folded(word) for word in language.shares_after)


def not_that(scene: Scene, right: Number, wrong: Number) -> bool:
    """Whether of two figures the second is only named as wrong: "41, not 46,"."""
    between = scene.text[right.end : wrong.start].strip(" ,(–-")
    after = scene.text[wrong.end : wrong.end + 1]
    return between in _not(scene.language) and (after in (",", ")", "–", "-") or scene.text[right.end : right.end + 1] == ",")


@lru_cache(maxsize=64)
def _not(language: Language) -> frozenset[str]:
    return frozenset(folded(word) for word in (*language.denied, *language.withdrawn))


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
        if mark.kind not in ("demonym", "foreigners") or _is_of_place(scene, mark):
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


def _is_of_place(scene: Scene, mark: Mark) -> bool:
    """Whether "Cambodian" is said of a place and not of people: "21 of its citizens from Cambodian scam camps"."""
    if mark.value != "KH" or not scene.language.spaces:
        return False
    before = scene.text[max(scene.start, mark.start - PLACED) : mark.start].split()
    return bool(before) and before[-1] in _from(scene.language)


@lru_cache(maxsize=64)
def _from(language: Language) -> frozenset[str]:
    return frozenset(folded(word) for word in language.from_before)


def _counts(scene: Scene, end: int, counter: Mark) -> bool:
    """Whether a counter belongs to the number that ends at `end`."""
    return _reaches(scene.text, end, counter.start, words=3) and (scene.language.spaces or counter.start - end <= COUNTER)


def _reaches(text: str, start: int, end: int, *, words: int) -> bool:
    """Whether at most `words` words, and no end of a clause, lie between."""
    between = text[start:end]
    return end - start <= words * 9 and len(between.split()) <= words and not GAP_STOP.search(between)


def _is_of_next(scene: Scene, number: Number, end: int, around: tuple[Mark, Sequence[Mark]], stop: int) -> bool:
    """Whether a row such as 中国籍156人、越南籍72人 goes on, so that the people behind a number are those of the next one."""
    before, after = around
    gap = scene.text[before.end : number.start]
    if len(gap) > ROW or (gap.strip() and CHAIN.fullmatch(gap)) or stop >= scene.end or stop - after[-1].end > ROW:
        return False  # 30名中国人、18名缅甸人: a new pair begins between the people and this number
    return any(mark.end <= after[0].start for mark in scene.marks.within(end, after[0].start, "counter"))


def _just_before(scene: Scene, start: int, floor: int) -> list[Mark]:
    near = list(scene.marks.within(max(floor, start - BEFORE - 20), start, "demonym", "foreigners"))
    near = [mark for mark in near if start - mark.end <= BEFORE and not GAP_STOP.search(scene.text[mark.end : start])]
    if near and scene.language.spaces and not scene.language.prefix:
        # "Thais to deport hundreds": a verb between them makes them who does it, not whom it befalls.
        near = [] if any(scene.marks.within(near[-1].end, start, "stage", "pending")) else near
    first = len(near) - 1
    while first > 0 and CHAIN.fullmatch(scene.text[near[first - 1].end : near[first].start]):
        first -= 1  # 중국인·베트남인 71명
    return near[max(first, 0) :]


def _is_bare_count(scene: Scene, number: Number, end: int, stop: int, known: Known) -> bool:
    """A number without a noun counts people where a verb of ours stands beside it: "arrest 376 in", "the 25 were arrested"."""
    if not 2 <= number.value <= BARE or (number.digits and 1900 <= number.value <= 2100):
        return False
    if scene.text[number.start - 1 : number.start] == "(" and scene.text[end : end + 1] == ")":
        return False  # an age behind a name
    before = list(scene.marks.within(max(scene.start, number.start - 40), number.start, "stage"))
    if before and number.start - before[-1].end <= VERB and scene.text[before[-1].end : number.start].count(" ") <= 3:
        return True
    verbs = ("stage", "pending") if known.steps else ("stage",)  # "212 were arrested, 38 will be deported"
    after = next(scene.marks.within(end, min(stop, end + VERB + 20), *verbs), None)
    return after is not None and after.start - end <= VERB and not GAP_STOP.search(scene.text[end : after.start])
