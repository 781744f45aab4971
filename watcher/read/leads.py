"""Scene -> Lead: what a title or a leading sentence says that may hold for the people of the whole article.

Of whom it may be said, and whether an article says it at all, is for `elsewhere` and `nationality`.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from watcher.model import STAGE_RANK, Span, Stage
from watcher.read.dates import Found
from watcher.read.dating import day_ahead, day_of_sentence, days_of_steps
from watcher.read.mark import Mark
from watcher.read.people import CHAIN
from watcher.read.scene import Scene, origin, steps

HERE = "KH"
MOST_LISTED = 12  # countries in one list; more is a table of another matter
RECENT = timedelta(days=30)  # a day named in a leading sentence that is older belongs to what happened before
RECENT_MONTH = timedelta(days=38)  # the same from the first of a named month: its last day and a week


class Lead(NamedTuple):
    """What a leading sentence says besides figures. `current` is False where it looks back or tells of another country."""

    field: str
    span: Span
    sentence: str
    stages: tuple[Stage, ...]  # done, in the order said
    pending: bool
    places: tuple[str, ...]
    day: date | None  # the one day it names
    days: tuple[tuple[int, date], ...]  # (rank of a step, the day it gives that step)
    nationality: frozenset[str]
    named: str | None  # the one nationality of people in it; "Chinese police" are no people of ours
    counted: bool  # a figure of people stands in it
    again: bool
    recent: bool  # it does not look back
    current: bool
    listed: tuple[str, ...] = ()  # countries or peoples in a row
    coming: date | None = None  # the day on which people are to leave
    arrivals: frozenset[str] = frozenset()  # countries whose people are said to have come home


def lead_of(scene: Scene, span: Span, source: str, published: date | None, *, counted: bool) -> Lead:
    """Return what a sentence says that may hold for the people of the whole article. `source` is the unfolded field."""
    kinds: dict[str, list[str]] = {}
    for mark in scene.marks.within(scene.start, scene.end, "place", "demonym", "past", "since", "again"):
        kinds.setdefault(mark.kind, []).append(str(mark.value))
    taken, pending = steps(scene)
    old = [found for found in scene.dates if _is_old(found, published)]
    recent = "past" not in kinds and "since" not in kinds and not old
    return Lead(
        field=scene.field,
        span=span,
        sentence=source[span.start : span.end],
        stages=tuple(Stage(str(mark.value)) for mark in taken),
        pending=bool(pending),
        places=tuple(dict.fromkeys(place for place in kinds.get("place", ()) if place != "Cambodia")),
        day=day_of_sentence(scene),
        days=days_of_steps(scene),
        nationality=frozenset(kinds.get("demonym", ())),
        named=named_in(scene),
        counted=counted,
        again="again" in kinds,
        recent=recent,
        current=recent and origin(scene) == "KH",
        listed=listed_in(scene),
        coming=day_ahead(scene) if pending else None,
        arrivals=arrivals_in(scene),
    )


def named_in(scene: Scene) -> str | None:
    """Return the one nationality of people that a sentence names; None where it names none or several."""
    marks = list(scene.marks.within(scene.start, scene.end, "demonym", "not_people"))
    owned = {mark for mark, other in pairwise(marks) if other.kind == "not_people" and other.start - mark.end <= 2}
    codes = {str(mark.value) for mark in marks if mark.kind == "demonym" and mark.value != HERE and mark not in owned}
    return codes.pop() if len(codes) == 1 else None


def listed_in(scene: Scene) -> tuple[str, ...]:
    """Return the countries or peoples that stand in a row in a sentence, two at least and Cambodia not among them."""
    rows: list[list[Mark]] = []
    for mark in scene.marks.within(scene.start, scene.end, "demonym", "country"):
        if rows and CHAIN.fullmatch(scene.text[rows[-1][-1].end : mark.start]):
            rows[-1].append(mark)
        else:
            rows.append([mark])
    codes = [tuple(dict.fromkeys(str(mark.value) for mark in row)) for row in rows]
    longest = max(codes, key=len, default=())
    return longest if 1 < len(longest) <= MOST_LISTED and HERE not in longest else ()


def arrivals_in(scene: Scene) -> frozenset[str]:
    """Return the countries to which a sentence says that their own people came.

    Where one country's press writes in a language, its towns and police say it too, beside a word for leaving.
    """
    codes = {str(mark.value) for mark in scene.marks.within(scene.start, scene.end, "arrival")}
    home = scene.language.home
    if not codes and len(home) == 1 and any(scene.marks.within(scene.start, scene.end, "home_place")):
        out = any(STAGE_RANK[Stage(str(mark.value))] >= STAGE_RANK[Stage.DEPORTED] for mark in steps(scene)[0])
        codes |= {*home} if out else set()
    return frozenset(codes)


def _is_old(found: Found, published: date | None) -> bool:
    if found.day is None or published is None:
        return False
    if found.precision == "year":
        return found.day.year < published.year
    return published - found.day > (RECENT if found.precision == "day" else RECENT_MONTH)
