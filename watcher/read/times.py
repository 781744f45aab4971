"""Scene, figures of people -> Times: which of a sentence's words for time are said of which of its figures.

"Arrested 376 this month and deported 600 in recent years" looks back with the second figure only. With one figure, or one word for
time, it is all of the sentence's. What the words mean for the role of a figure is for `roles`; how days are resolved for `dates`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from watcher.fold import folded
from watcher.model import STAGE_RANK, Language, Stage
from watcher.read.dates import Found
from watcher.read.mark import Mark
from watcher.read.numbers import number_pattern
from watcher.read.scene import Scene, steps

OVER = "over"  # the value of a mark for "in the last five months"
RECENT = timedelta(days=30)  # who came since a day not longer ago is today's news, not a running total
TERM = 16  # characters from years to the word for prison, and that word
BESIDE = 8  # characters between "since" and its day
FEWEST = 2  # months or years that make a running total; "in one month" may be the news
HELD = 24  # characters between a lesser step and "since": "in custody in Cambodia since June"
LASTING = 2  # characters between a step and the word for "since" that says how long it has lasted
SPAN = re.compile(
    r"\s?(?:[-–—~〜～]|to|and|until|till|through|au|et|al?|y|hasta|até|e|и|по|sampai|hingga|dan|s/d|đến|至|到|から|부터|से|থেকে)\s?"
)
OTHER_END = re.compile(rf"(?<!\d)\d{{1,2}}{SPAN.pattern}$")  # what stands before the last day of a span: "16 and " of "16 and 20 January"
_CUSTODY = 40  # characters of "in custody since" and what stands between it and a date
_NEAR = 12  # characters beside a day in which the other end of a span of days stands


class Time(NamedTuple):
    """What a sentence says of when, as far as it is said of one figure."""

    past: bool
    since: bool
    dated: tuple[Found, ...]
    over: bool  # counted over several months or years
    wide: bool  # a span of days, or a month: it may hold the figure of a single day


TIMELESS = Time(past=False, since=False, dated=(), over=False, wide=False)


def times(scene: Scene, figures: Sequence[int]) -> list[Time]:
    """Return the time of each figure of people, given by where it begins in the text, in order."""
    words = list(scene.marks.within(scene.start, scene.end, "past", "since"))
    if any(word.kind == "since" for word in words):
        words = [
            word
            for word in words
            if word.kind != "since" or not (_lasts(scene, word) or _is_recent(scene, word) or _is_whence(scene, word))
        ]
    totals = _totals(scene)
    days = [found for found in scene.dates if not _begins(scene, found)]
    said: list[Mark | Found] = sorted([*words, *totals, *days], key=lambda one: one.start)
    said = _of_sentence(scene, said)
    if not said:
        return [TIMELESS] * len(figures)
    if len(figures) < 2 or len(said) < 2:
        return [_time(scene, said)] * len(figures)
    return [_time(scene, of_figure) for of_figure in _shared_out(said, figures)]


def _of_sentence(scene: Scene, said: list[Mark | Found]) -> list[Mark | Found]:
    """What is said of when, less the day on which those who were now sentenced had been sent out: "deported last November, 12 were jailed"."""
    taken = steps(scene)[0] if said else []
    stages = {mark.value for mark in taken}
    if Stage.SENTENCED not in stages or all(STAGE_RANK[Stage(str(stage))] != STAGE_RANK[Stage.DEPORTED] for stage in stages):
        return said

    def nearest(one: Mark | Found) -> Mark:
        return min(taken, key=lambda mark: max(mark.start - one.end, one.start - mark.end))

    return [one for one in said if STAGE_RANK[Stage(str(nearest(one).value))] != STAGE_RANK[Stage.DEPORTED]]


def _time(scene: Scene, said: Sequence[Mark | Found]) -> Time:
    kinds = {one.kind for one in said if isinstance(one, Mark)}
    dated = tuple(one for one in said if isinstance(one, Found))
    over = any(isinstance(one, Mark) and one.value == OVER for one in said)
    return Time("past" in kinds, "since" in kinds, dated, over, any(_is_wide(scene, one) for one in dated))


def _shared_out(said: Sequence[Mark | Found], figures: Sequence[int]) -> list[list[Mark | Found]]:
    """Each figure's own words: those before it where the sentence begins with them ("In May 18, ..."), else those behind it."""
    bounds = [0, *figures, figures[-1] + 1_000_000]
    slots = [[one for one in said if low <= one.start < high] for low, high in pairwise(bounds)]
    last = len(figures) - 1
    own: list[list[Mark | Found]] = []
    if slots[0]:
        for at in range(len(figures)):
            ends = slots[-1] if at == last and at else []
            own.append(ends or slots[at] or own[-1])
        return own if len(figures) > 1 else [list(said)]
    following: list[Mark | Found] = []
    for at in range(last, -1, -1):
        following = slots[at + 1] or following
        own.append(following)
    return [each or slots[last] for each in reversed(own)]


def _is_whence(scene: Scene, word: Mark) -> bool:
    """Whether a word that says both since and from stands before no time: "desde Camboya", "depuis Phnom Penh", "dal governo"."""
    if scene.text[word.start : word.end] not in _both(scene.language):
        return False
    return not any(0 <= found.start - word.end <= BESIDE or found.start <= word.start < found.end for found in scene.dates)


@lru_cache(maxsize=64)
def _both(language: Language) -> frozenset[str]:
    whence = {folded(word) for word in (*language.from_before, *language.from_after)}
    return frozenset(whence & {folded(word) for word in language.since})


def _lasts(scene: Scene, since: Mark) -> bool:
    """Whether "since" says how long a lesser step lasted: "held since June, they were deported on Friday"."""
    taken = steps(scene)[0]
    reached = max((STAGE_RANK[Stage(str(mark.value))] for mark in taken), default=0)
    beside = [mark for mark in taken if 0 <= since.start - mark.end <= HELD]
    return any(STAGE_RANK[Stage(str(mark.value))] < reached for mark in beside)


def _begins(scene: Scene, day: Found) -> bool:
    """Whether a date says when custody began that still lasts: "in custody since June"."""
    words = _since_words(scene.language)
    before = scene.marks.within(max(scene.start, day.start - _CUSTODY), day.end, "stage")  # "since June" may be the date
    return any(
        mark.value in (Stage.DETAINED, Stage.ARRESTED)
        and day.start - mark.end <= LASTING
        and scene.text[mark.start : mark.end].rpartition(" ")[2] in words
        for mark in before
    )


@lru_cache(maxsize=64)
def _since_words(language: Language) -> frozenset[str]:
    """The first words of what makes a running total; where one ends a word for custody, it says how long that has lasted."""
    return frozenset(folded(term).split()[0] for term in language.since if term.strip())


def _is_recent(scene: Scene, since: Mark) -> bool:
    """Whether "since" stands beside a day of these weeks: "since last Friday", 1月16日以来."""
    beside = [found for found in scene.dates if found.start - since.end <= BESIDE and since.start - found.end <= LASTING]
    return bool(beside) and all(_is_of_these_weeks(scene, found) for found in beside)


def _is_of_these_weeks(scene: Scene, day: Found) -> bool:
    if day.word and day.precision == "day":  # a weekday
        return True
    return scene.published is not None and day.day is not None and scene.published - day.day <= RECENT


def _is_wide(scene: Scene, day: Found) -> bool:
    """Whether a date is a month, or one end of a span: "between 16 and 20 January", 16-20日."""
    if day.precision in ("month", "week") or day.running or day.several:
        return True
    before, after = scene.text[max(scene.start, day.start - _NEAR) : day.start], scene.text[day.end : min(scene.end, day.end + _NEAR)]
    if scene.text[day.start].isdigit() and OTHER_END.search(before):
        return True
    return scene.text[day.end - 1].isdigit() and re.match(rf"{SPAN.pattern}\d{{1,2}}(?!\d)", after) is not None


def _totals(scene: Scene) -> list[Mark]:
    """Where a sentence says over how many months or years people were counted: "in the last five months"."""
    text = scene.text[scene.start : scene.end]
    # Most sentences name no months or years, and cost no more than these looks.
    patterns = [pattern for words, pattern in _patterns(scene.language) if words.search(text)]
    return [
        Mark("since", OVER, scene.start + match.start(), scene.start + match.end())
        for pattern in patterns
        for match in pattern.finditer(text)
        if not _is_term(scene, scene.start + match.end())
    ]


def _is_term(scene: Scene, end: int) -> bool:
    """Whether years are those of a sentence: the ৫ বছরের of ৫ বছরের কারাদণ্ড, five years in prison."""
    return any(mark.value is Stage.SENTENCED for mark in scene.marks.within(end, min(scene.end, end + TERM), "stage"))


@lru_cache(maxsize=64)
def _patterns(language: Language) -> list[tuple[re.Pattern[str], re.Pattern[str]]]:
    """What finds totals over a number of months or years, and those from one named month to another; before each the words to look for."""
    months = _either(language.months)
    number = number_pattern(language, FEWEST)
    units: set[str] = set()
    made: dict[bool, list[str]] = {True: [], False: []}
    for written in language.totals:
        start = r"\A\W*" if written.startswith("^") else r"(?<!\w)" if language.spaces else ""  # ^: where a sentence begins
        pattern = re.escape(folded(written.removeprefix("^"))).replace(r"\ ", r"\s" if language.spaces else r"\s?")
        pattern = pattern.replace(re.escape("{n}"), rf"(?:{number})").replace(re.escape("{month}"), rf"(?:{months})")
        made["{n}" in written].append(start + pattern)
        units |= {max(written.removeprefix("^").split("{n}"), key=lambda part: len(part.strip())).strip()} if "{n}" in written else set()
    words = {True: _either(units), False: months}
    return [(re.compile(words[kind]), re.compile("|".join(made[kind]))) for kind in made if made[kind]]


def _either(words: Iterable[str]) -> str:
    return "|".join(sorted((re.escape(folded(word)) for word in words), key=len, reverse=True)) or "(?!)"
