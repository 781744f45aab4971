"""Scene, figure, step -> Found: which of a sentence's dates is the date of a claim.

"27 are to go home after being rescued on 26 September" dates the rescue: a date is of the step whose word stands beside it. "Police said
on Monday that 40 were arrested on Saturday" dates the arrest: the day of telling is taken only where no other is named. "Since Friday" is
a beginning. Where several days each have a figure of their own and one figure is all of them, it is of the last day. What a date means
is not read here, nor what other sentences say.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

from watcher.model import STAGE_RANK, Claim, Role, Stage, Status
from watcher.read.dates import Found
from watcher.read.mark import Mark
from watcher.read.numbers import Number
from watcher.read.people import is_share
from watcher.read.scene import GAP_STOP, Scene, steps

ZONES = timedelta(days=1)  # a day may have begun where the article was written, and not yet in the zone of its time
OF_STEP, OF_TELLING, OF_BEGINNING = 0, 1, 2  # how well a date fits a claim
PAUSE = re.compile(r"[.;:()、]|,(?!\d)")  # as far as dates go: "in January, 243 of them" is a pause
STOP = 40  # characters; what a comma or an "after" between a date and a word weighs
FAR = 10_000  # characters; more than a sentence has
NEWS = timedelta(days=3)  # a day that lies no further back is that of the news
HELD_BACK = 60  # characters; a word further from a date says nothing of it
FOLLOWS = 22  # characters from the word of a step to a date that follows it: "ditangkap polisi pada 2 Januari"
RIGHT_BEFORE = 12  # characters from a date to the word of its step, where the word stands behind: शनिवार को बचाए गए
DATELINE = 48  # characters from the beginning of a text in which the date of a dateline stands
DATELINE_END = re.compile(r"[\w\s,.()/:]{0,30}?(?:\s[-–—]+\s|[讯电]\s?[)】]|[)】]?\s?:\s|\s?(?<!\d):(?!\d))")
BESIDE_SINCE = 8  # characters between "since" and its day: "since last Friday"
BESIDE_SAID = 14  # characters between a day and the word for telling
BESIDE_PART = 3  # characters between a figure and "of them"
OWN_DAY = 4  # characters between a day and its own figure: 7日晚110人
_CUSTODY = (Stage.ARRESTED, Stage.DETAINED)  # "detained since Monday" names the day
_PRECISIONS = {"day": 0, "month": 1, "year": 2}


def date_of(scene: Scene, figure: Number, stage: Stage | None, *, done: bool) -> Found | None:
    """Return the date of a claim of a figure and step, a day before a month before a year; None where the sentence has none for it.

    What is done has no date behind the publication; of what is announced "on Monday" means the next one, unless it was told then.
    """
    latest = scene.published if done else None
    dates = scene.dates if done else [_ahead(scene, found) for found in scene.dates]
    known = [(fit, found) for found in dates if (fit := _fit(scene, found, stage, latest)) is not None]
    if not known:
        return None
    best = min(fit for fit, _ in known)
    fitting = [found for fit, found in known if fit == best]
    days = [found for found in fitting if found.precision == "day"]
    if len({found.day for found in days}) > 1 and _is_sum(scene, figure, days):
        return max(days, key=lambda found: found.day or date.min)
    own = [found for found in fitting if _figure_of(scene, found) == figure]
    return min(own or fitting, key=lambda found: (_PRECISIONS[found.precision], _cost(scene, found, figure.start, figure.end)))


def day_ahead(scene: Scene) -> date | None:
    """Return the day after its publication on which a sentence says that people are to leave."""
    pending = steps(scene)[1]
    if not pending or scene.published is None or not scene.dates:
        return None
    found = date_of(scene, Number(0, pending[0].start, pending[0].end), Stage.DEPORTED, done=False)
    return found.day if found and found.day and found.precision == "day" and found.day > scene.published else None


def days_of_steps(scene: Scene) -> tuple[tuple[int, date], ...]:
    """Return (rank of a step, the one day that the sentence gives it) for each step it names as taken."""
    found: dict[int, date] = {}
    if not any(each.precision == "day" for each in scene.dates):
        return ()
    for stage in dict.fromkeys(Stage(str(mark.value)) for mark in steps(scene)[0]):
        days = _best_days(scene, stage)
        if len(days) == 1:
            found.setdefault(STAGE_RANK[stage], days.pop())
    # "On Tuesday 48 of 68 arrested people were deported": a day that may be of several steps is that of the furthest.
    return tuple((rank, day) for rank, day in found.items() if not any(other > rank and found[other] == day for other in found))


def day_of_sentence(scene: Scene) -> date | None:
    """Return the one day that a sentence names, that of telling left aside where there is another."""
    days = _best_days(scene, None)
    return days.pop() if len(days) == 1 else None


def at_publication(claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """Leave the day of the report only with the news itself: main claims of the furthest step done, and announced ones, if none is dated.

    In temporal information extraction an event without a time is anchored at the document's own (TimeML's "document creation time").
    An earlier step of the same people is not today's, and where one claim of the news has a date the others say nothing against it.
    """
    mains = [claim for claim in claims if claim.role is Role.MAIN and claim.stage is not None]
    done = [STAGE_RANK[claim.stage] for claim in mains if claim.stage is not None and claim.status is Status.DONE]
    news = [claim for claim in mains if claim.status is Status.ANNOUNCED or STAGE_RANK[claim.stage or Stage.RAID] == max(done)]
    dated = any(claim.date is not None and claim.reported is None for claim in news)
    return tuple(claim if claim.reported is None or (not dated and claim in news) else replace(claim, reported=None) for claim in claims)


def leaves_open(scene: Scene, found: Found | None) -> bool:
    """Whether a sentence says no more of when than its publication does: nothing, or a time that still runs, "this month"."""
    if found is None:
        return not any(each.precision in ("week", "year") and each.word and not each.running for each in scene.dates)
    if found.running or found.day is None or scene.published is None:
        return found.running
    return found.precision == "month" and not found.word and found.day == scene.published.replace(day=1)


def _ahead(scene: Scene, found: Found) -> Found:
    """A date as what is announced has it."""
    told = found.coming is None or _is_dateline(scene, found) or _is_of_telling(scene, found) or _is_of_done(scene, found)
    return found if told else found._replace(day=found.coming)


def _is_of_done(scene: Scene, found: Found) -> bool:
    """Whether the word beside a date is of a step that was taken: "rescued on Monday, they will fly home"."""
    taken, pending = steps(scene)
    nearest = min((*taken, *pending), key=lambda mark: _cost(scene, found, mark.start, mark.end), default=None)
    return nearest is not None and nearest in taken


def _best_days(scene: Scene, stage: Stage | None) -> set[date]:
    days = [found for found in scene.dates if found.precision == "day" and not _is_of_part(scene, found)]
    fits = [(fit, found.day) for found in days if (fit := _fit(scene, found, stage, scene.published)) is not None]
    best = min((fit for fit, _ in fits), default=None)
    return {day for fit, day in fits if fit == best and day is not None}


def _fit(scene: Scene, found: Found, stage: Stage | None, latest: date | None) -> int | None:
    """How well a date fits a step; None where it is no day that the step can have, or another step's."""
    if found.day is None or found.precision not in _PRECISIONS or (latest is not None and found.day > latest + ZONES):
        return None
    if _is_beginning(scene, found) and found.precision == "day":
        return OF_BEGINNING if stage is None or stage in _CUSTODY else None
    if stage is not None and _is_of_another(scene, found, stage):
        return None
    return OF_TELLING if _is_dateline(scene, found) or _is_of_telling(scene, found) else OF_STEP


def _is_of_another(scene: Scene, found: Found, stage: Stage) -> bool:
    """Whether the word beside a date is that of another step. It must be plain: a date that opens a sentence is of its main word."""
    taken, pending = steps(scene)
    marks = [mark for mark in (*taken, *pending) if _cost(scene, found, mark.start, mark.end) <= HELD_BACK]
    if len({_rank(mark) for mark in (*taken, *pending)}) < 2 or not marks:
        return False
    owner = _right_before(scene, found, marks) or min(marks, key=lambda mark: _cost(scene, found, mark.start, mark.end))
    if _is_behind_share(scene, owner, found):
        return STAGE_RANK[stage] < max(map(_rank, taken), default=0)
    if _rank(owner) == STAGE_RANK[stage] or _is_taken(scene, owner, found):
        return False
    return owner.end <= found.start or owner.start - found.end <= RIGHT_BEFORE


def _is_behind_share(scene: Scene, owner: Mark, found: Found) -> bool:
    """Whether a day of the news ends "deported 74 of the 376 arrested in raids": it is of those who left, not of the earlier arrest."""
    if scene.published is None or found.day is None or scene.published - found.day > NEWS or owner.end > found.start:
        return False
    shares = [whole for part, whole in pairwise(scene.figures) if is_share(scene, part, whole)]
    return any(whole.end <= owner.start for whole in shares)


def _is_taken(scene: Scene, owner: Mark, found: Found) -> bool:
    """Whether the step before a date has one of its own: "arrested in July on 8 August"."""
    return any(owner.end <= other.start and other.end <= found.start and other.precision in _PRECISIONS for other in scene.dates)


def _right_before(scene: Scene, found: Found, marks: Sequence[Mark]) -> Mark | None:
    """The word that a date follows, where dates stand behind their verbs: "(who were) arrested on 2 January were deported on the 20th".

    Languages that put words for direction behind a country ("Japan to") put dates before their verbs.
    """
    if scene.language.to_after and not scene.language.to_before:
        return None
    before = [mark for mark in marks if mark.end <= found.start and _cost(scene, found, mark.start, mark.end) <= FOLLOWS]
    last = max(before, key=lambda mark: mark.end, default=None)
    if last is None or any(last.end <= figure.start < found.start for figure in scene.figures):
        return None
    return None if any(scene.marks.within(last.end, found.start, "demonym", "counter", "country")) else last


def _is_dateline(scene: Scene, found: Found) -> bool:
    """Whether a date stands in what an agency puts before its text: "PHNOM PENH, Nov. 8 (Agency) - ", （金边8日讯）."""
    if scene.field != "text" or scene.start > DATELINE or found.start - scene.start > DATELINE:
        return False
    if any(scene.marks.within(scene.start, found.start, "stage", "pending", "demonym", "counter")):
        return False
    return DATELINE_END.match(scene.text, found.end, scene.end) is not None


def _is_of_telling(scene: Scene, found: Found) -> bool:
    """Whether a word for telling stands beside a date, and none for a step nearer."""
    told = [_cost(scene, found, mark.start, mark.end) for mark in scene.marks.within(scene.start, scene.end, "said")]
    done = [_cost(scene, found, mark.start, mark.end) for mark in steps(scene)[0]]
    return bool(told) and min(told) <= BESIDE_SAID and min(told) < min(done, default=min(told) + 1)


def _is_beginning(scene: Scene, found: Found) -> bool:
    before = list(scene.marks.within(max(scene.start, found.start - BESIDE_SINCE - 20), found.end, "since"))
    if before and found.start - before[-1].end <= BESIDE_SINCE and not GAP_STOP.search(scene.text[before[-1].end : found.start]):
        return True
    after = next(scene.marks.within(found.end, min(scene.end, found.end + 12), "since"), None)
    return after is not None and after.start - found.end <= 2


def _is_sum(scene: Scene, figure: Number, days: Sequence[Found]) -> bool:
    """Whether smaller figures stand each beside a day of its own, and this one beside none: "1,060: 110 on the 7th, 312 on the 8th"."""
    own = [each for each in scene.figures if any(_cost(scene, found, each.start, each.end) <= OWN_DAY for found in days)]
    return len([each for each in own if each.value < figure.value]) > 1 and figure not in own


def _is_of_part(scene: Scene, found: Found) -> bool:
    """Whether a day is that of some of the people: "243 of them on the 17th"."""
    figure = _figure_of(scene, found)
    return figure is not None and any(
        0 <= mark.start - figure.end <= BESIDE_PART for mark in scene.marks.within(figure.end, found.start, "part")
    )


def _figure_of(scene: Scene, found: Found) -> Number | None:
    """The figure whose part of the sentence a date stands in, the nearest: "375 came in January, 243 of them on the 17th"."""
    return min(scene.figures, key=lambda each: divmod(_cost(scene, found, each.start, each.end, stop=FAR), FAR), default=None)


def _rank(mark: Mark) -> int:
    return STAGE_RANK[Stage(str(mark.value))] if mark.value is not None else STAGE_RANK[Stage.DEPORTED]


def _cost(scene: Scene, found: Found, start: int, end: int, *, stop: int = STOP) -> int:
    """How far a date is from a word: characters, and more for each clause that begins between."""
    low, high = (end, found.start) if end <= found.start else (found.end, start)
    if low >= high:
        return 0
    pauses = _pauses(scene.text, scene.start, scene.end)
    stops = bisect_left(pauses, high) - bisect_left(pauses, low) + len(list(scene.marks.within(low, high, "clause")))
    return high - low + stop * stops


@lru_cache(maxsize=4)  # a sentence is asked about for each of its dates, figures and verbs
def _pauses(text: str, start: int, end: int) -> tuple[int, ...]:
    return tuple(match.start() for match in PAUSE.finditer(text, start, end))
