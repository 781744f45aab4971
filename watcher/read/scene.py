"""Sentence -> Scene: one sentence with everything that was marked in it, its days, and out of which country it speaks.

Numbers, people and roles are not read here.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Protocol

from watcher.model import STAGE_RANK, Language, Sentence, Stage, Status
from watcher.read import dates as date_words
from watcher.read.dates import Found
from watcher.read.mark import Mark
from watcher.read.marks import Marks
from watcher.read.numbers import Number

GAP_STOP = re.compile(r"[.;:()]|,(?!\s?\d)")  # ends what words beside a number say of it
AHEAD, AHEAD_UNSPACED = 10, 1  # characters, with at most one word, between "will", "ask for", "not" and the step
AHEAD_WORDS = 32  # characters before a step in which such a word begins
GLUED = 1  # character between an announced step and the words that go on with it, where words are written together
BEHIND, BEHIND_UNSPACED = 12, 6  # the same behind the step, where languages say it there: 송환할 예정, 送還される見通し
IN_A_ROW, IN_A_ROW_UNSPACED = 10, 4  # characters between days in a row: " through "
NO_ROW = re.compile(r"[\d.;:]")
MOST_DATES = 12  # of one sentence; more is a table or an attack, and each is weighed against every figure and verb
ACTS = 5  # characters from a country to its verb: "Laos deported"
SENDS = 16  # the same where the sentence leads to Cambodia: "Thailand this month deported three back to Cambodia"


class _Span(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Scene:
    """One sentence, [start, end) of the `text` of its field; `marks` are its own."""

    text: str
    field: str
    start: int
    end: int
    marks: Marks
    dates: tuple[Found, ...]
    language: Language
    setting: str | None = None  # where it plays; the values are in `setting`
    published: date | None = None  # the day of the article, where it was published
    figures: tuple[Number, ...] = ()  # every number in it that is no part of a date
    own: dict[int, tuple[Stage, Status]] = dataclasses.field(default_factory=dict)  # the steps of figures that have one of their own clause
    found: dict[str, tuple[list[Mark], list[Mark]]] = dataclasses.field(
        default_factory=dict, compare=False
    )  # its steps, once they were asked for


def scene_of(
    sentence: Sentence,
    text: str,
    marks: Marks,
    language: Language,
    published: date | None,
    setting: str | None = None,
    figures: Sequence[Number] = (),
) -> Scene:
    """Return the scene of a sentence of a folded field; dates are resolved against the publication.

    `figures` are the numbers of the sentence, counted from its beginning; those that are part of a date are left out.
    """
    start, end = sentence.start, sentence.end
    here = marks.of(start, end)
    named = [_whole(found, start) for found in date_words.dates(text[start:end], language, published)]
    spelt = [number for number in figures if not number.digits]
    # "Dix-sept" is 17, and its end no September.
    named = [_without_count(found, text, marks) for found in named if not any(_is_end_of(found, number, start) for number in spelt)]
    marked = list(here.within(start, end, "weekday", "day", "week", "month", "year"))
    named += [found for found in date_words.of_marks(marked, published) if not overlaps(found, named)]
    named.sort(key=lambda found: found.start)
    named = date_words.joined(named, _in_a_row(named, text, here, spaces=language.spaces))
    moved = [number._replace(start=number.start + start, end=number.end + start) for number in figures]
    counted = tuple(number for number in moved if not overlaps(number, named))
    return Scene(text, sentence.field, start, end, here, tuple(named[:MOST_DATES]), language, setting, published, counted)


def overlaps(one: _Span, others: Sequence[_Span]) -> bool:
    """Whether a span shares a character with any of the others."""
    return any(one.start < other.end and other.start < one.end for other in others)


def steps(scene: Scene) -> tuple[list[Mark], list[Mark]]:
    """Return the words for steps that were taken, and those for steps that are only asked for or announced.

    Among those taken are words of people who turn to their embassy or ask to go home, as `asked`, or as `asks` where only who stands
    before the word does so. Such people are out, and it is no authority's announcement; an arrest in the same sentence says otherwise.
    """
    if "steps" not in scene.found:
        scene.found["steps"] = _steps(scene)
    return scene.found["steps"]


def _steps(scene: Scene) -> tuple[list[Mark], list[Mark]]:
    taken: list[Mark] = []
    pending = list(scene.marks.within(scene.start, scene.end, "pending"))
    hoped = [] if scene.language.spaces else list(pending)  # 盼遣返|回台: both are one wish
    for mark in scene.marks.within(scene.start, scene.end, "stage"):
        said = "ahead" if any(0 <= mark.start - word.end <= GLUED for word in hoped) else _said_beside(scene, mark)
        if said == "denied":
            continue
        ahead = said == "ahead" and STAGE_RANK[Stage(str(mark.value))] == STAGE_RANK[Stage.DEPORTED]
        (pending if ahead else taken).append(mark)
    pending.sort(key=lambda mark: mark.start)
    if all(mark.value is Stage.RAID for mark in taken):
        taken += _asked(scene, pending)
    return taken, pending


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


def taker(scene: Scene, at: int, stage: Stage | None, to: Sequence[str]) -> str | None:
    """Return whose people are brought home where only the country is named: "Malaysia brought home 29 from Cambodia", "taken home to Japan".

    Home is where one belongs; who is deported to a country need not. A country beside a town in Cambodia may be the one that sends
    Cambodians back, and is left out.
    """
    if stage is not Stage.REPATRIATED or any(scene.marks.within(scene.start, scene.end, "demonym", "foreigners")):
        return None
    if len(to) == 1:
        return to[0]
    if len(scene.language.home) == 1 and any(scene.marks.within(scene.start, scene.end, "home_place")):
        return scene.language.home[0]  # "44 landed at Incheon", says a Korean paper
    countries = list(scene.marks.within(scene.start, scene.end, "country"))
    here = [mark for mark in countries if mark.value == "KH"]
    towns = any(mark.value != "Cambodia" for mark in scene.marks.within(scene.start, scene.end, "place"))
    language = scene.language
    if towns or any(not _stands(scene.text, mark, language.from_before, language.from_after) for mark in here):
        return None
    others = {str(mark.value) for mark in countries if mark.value != "KH"}
    acting = [
        mark
        for mark in countries
        if mark.value != "KH" and mark.end <= at and not _stands(scene.text, mark, language.from_before, language.from_after)
    ]
    return str(acting[0].value) if acting and len(others) == 1 else None


def _whole(found: Found, shift: int) -> Found:
    return found._replace(start=found.start + shift, end=found.end + shift)


def _is_end_of(found: Found, number: Number, shift: int) -> bool:
    return number.start + shift < found.start and found.end == number.end + shift


def _without_count(found: Found, text: str, marks: Marks) -> Found:
    """ "In April 19 Japanese were deported" names no day: the number counts the people that follow it."""
    head = text[found.start : found.end].rstrip("0123456789")
    after = list(marks.of(found.end + 1, found.end + 30).within(found.end + 1, found.end + 30, "demonym", "counter", "foreigners"))
    if found.precision != "day" or not head.endswith(" ") or not after or after[0].start != found.end + 1:
        return found
    end = found.start + len(head.rstrip())
    if head.rstrip()[-1:].isdigit() or re.search(r"\d", head):  # the number stands where a short year could
        return found._replace(end=end)
    return found._replace(end=end, day=found.day and found.day.replace(day=1), precision="month")


def _in_a_row(found: Sequence[Found], text: str, marks: Marks, *, spaces: bool) -> list[tuple[int, int]]:
    """The gaps between dates that stand in a row: a mark or a word such as "and" or "to", and nothing that is said of them."""
    gaps = [(one.end, other.start) for one, other in pairwise(found)]
    return [
        (start, end)
        for start, end in gaps
        if end - start <= (IN_A_ROW if spaces else IN_A_ROW_UNSPACED)
        and not NO_ROW.search(text[start:end])
        and not any(marks.within(start, end, "stage", "pending", "said", "demonym", "counter", "past", "since"))
    ]


def _said_beside(scene: Scene, mark: Mark) -> str | None:
    """Whether "will", "ask for" or "not" stands right beside a word for a step, on the side where the language says it."""
    reach = AHEAD if scene.language.spaces else AHEAD_UNSPACED
    for word in reversed(list(scene.marks.within(max(scene.start, mark.start - AHEAD_WORDS), mark.start, "ahead", "denied"))):
        if _is_beside(_undated(scene, word.end, mark.start), reach):
            return word.kind
    reach = BEHIND if scene.language.spaces else BEHIND_UNSPACED
    for word in scene.marks.within(mark.end, min(scene.end, mark.end + AHEAD_WORDS), "ahead_after", "denied_after"):
        if _is_beside(scene.text[mark.end : word.start], reach):
            return word.kind.removesuffix("_after")
    return None


def _undated(scene: Scene, start: int, end: int) -> str:
    """What stands between two words, a date left out: "will on Monday deport", 将于周一遣返."""
    within = [found for found in scene.dates if start <= found.start and found.end <= end]
    return scene.text[start : within[0].start] + scene.text[within[-1].end : end] if within else scene.text[start:end]


def _is_beside(between: str, reach: int) -> bool:
    return len(between) <= reach and len(between.split()) <= 1 and not GAP_STOP.search(between)


def _asked(scene: Scene, pending: Sequence[Mark]) -> list[Mark]:
    """The words of people who ask. One that also announces ("request") counts only right before going home, and is of who stands before."""
    found = []
    for mark in scene.marks.within(scene.start, scene.end, "asked"):
        if not any(word.end == mark.end for word in scene.marks.within(mark.start, mark.end, "ahead")):
            found.append(Mark("asked", Stage.RESCUED, mark.start, mark.end))
        elif any(_is_beside(scene.text[mark.end : step.start], AHEAD) for step in pending if _is_home(step) and step.start >= mark.end):
            found.append(Mark("asks", Stage.RESCUED, mark.start, mark.end))
    return found


def _is_home(step: Mark) -> bool:
    return step.kind == "pending" or step.value in (Stage.DEPORTED, Stage.REPATRIATED)


def _other_origins(scene: Scene, countries: Sequence[Mark], *, reach: int) -> list[Mark]:
    language = scene.language
    # Who brings home "its nationals", or people "from Cambodian camps", does not send them away.
    here = [mark for mark in (*countries, *scene.marks.within(scene.start, scene.end, "demonym")) if mark.value == "KH"]
    left = any(_stands(scene.text, mark, language.from_before, language.from_after) for mark in here)
    left = left or any(scene.marks.within(scene.start, scene.end, "compatriots"))
    return [
        mark
        for mark in countries
        if mark.value != "KH"
        and (
            _stands(scene.text, mark, language.from_before, language.from_after)
            or (_acts(scene, mark, reach, fetches=left) and not _stands(scene.text, mark, language.to_before, language.to_after))
        )
    ]


def _acts(scene: Scene, country: Mark, reach: int, *, fetches: bool = False) -> bool:
    """Whether a country is the one that does it: "Indonesia detained more than 150 Chinese".

    With `fetches` the sentence has people leave Cambodia, and a country that brings people home then brings its own.
    """
    verb = next(scene.marks.within(country.end, min(scene.end, country.end + 24), "stage"), None)
    if verb is None or (fetches and verb.value is Stage.REPATRIATED):
        return False
    return verb.start - country.end <= reach and not GAP_STOP.search(scene.text[country.end : verb.start])


def _stands(text: str, country: Mark, before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether one of the words stands right before, or right after, a country."""
    if text.startswith(tuple(after), country.end):
        return True
    ahead = text[max(0, country.start - 12) : country.start].rstrip()
    if not ahead.endswith(tuple(before)):  # as most; a pattern for each word would cost more than all else here
        return False
    return any(re.search(rf"(?:^|\W|(?<=[^\x00-\u024f])){re.escape(word)}$", ahead) for word in before)
