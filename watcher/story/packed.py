"""StoryFile -> text and back: what its reports say of people, as joining compares it, each statement once.

Kept beside a story's keys with its FORM, so that a candidate is compared without reading its claims. Of a story that has none
of this form its claims are read. What is compared is not decided here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any

from watcher.model import Claim, Qualifier, Report, Role, Stage, StoryFile
from watcher.story.groups import Group, groups, mentions

FORM = 1  # counted up whenever `groups` or what stands here changes: rows of an older form are made anew

_STAGES, _QUALIFIERS = {one.value: one for one in Stage}, {one.value: one for one in Qualifier}
_FLAGS = ("dated", "recalled", "announced", "hinted", "gathering", "vague")

Said = tuple[tuple[Group, ...], tuple[Claim, ...]]


def said(story: StoryFile) -> Said:
    """Return the groups of a story's reports, each once, and the older events they look back at."""
    if story.people is not None:
        return unpack(story.people)
    return groups_of(story.reports), tuple(dict.fromkeys(claim for report in story.reports for claim in mentions(report)))


def groups_of(reports: Iterable[Report]) -> tuple[Group, ...]:
    """Return the groups of several reports, each once."""
    return tuple(dict.fromkeys(group for report in reports for group in groups(report)))


def pack(story: StoryFile) -> str:
    """Return what the reports of a story say of people, as one line of JSON."""
    every, looked_back = said(story)
    return json.dumps([[_from_group(group) for group in every], [_from_mention(claim) for claim in looked_back]], ensure_ascii=False)


@lru_cache(maxsize=4_096)  # reports of one event come in one poll, and meet the same stories
def unpack(people: str) -> Said:
    """Return what `pack` put into a text."""
    every, looked_back = json.loads(people)
    return tuple(map(_group, every)), tuple(map(_mention, looked_back))


def _from_group(group: Group) -> list[Any]:
    flags = sum(1 << place for place, name in enumerate(_FLAGS) if getattr(group, name))
    return [
        sorted(group.nationality), group.low, group.high, group.qualifier, group.stage, group.day.toordinal(), flags, sorted(group.places),
        group.origin, group.person, group.reach, [[number, sorted(nations)] for number, nations in group.inside],
    ]  # fmt: skip


def _group(row: list[Any]) -> Group:
    nationality, low, high, qualifier, stage, day, flags, places, origin, person, reach, inside = row
    return Group(
        frozenset(nationality), low, high, _QUALIFIERS[qualifier], _STAGES[stage] if stage else None, date.fromordinal(day), bool(flags & 1),
        frozenset(places), origin, person, bool(flags & 2), bool(flags & 4), bool(flags & 8), bool(flags & 16), reach,
        tuple((number, frozenset(nations)) for number, nations in inside), bool(flags & 32),
    )  # fmt: skip


def _from_mention(claim: Claim) -> list[Any]:
    assert claim.date is not None
    return [claim.nationality, claim.count, claim.count_max, claim.qualifier, claim.date.toordinal(), claim.date_precision]


def _mention(row: list[Any]) -> Claim:
    nationality, count, count_max, qualifier, day, precision = row
    return Claim(
        role=Role.BACKGROUND, stage=None, nationality=tuple(nationality), count=count, count_max=count_max, qualifier=_QUALIFIERS[qualifier],
        date=date.fromordinal(day), date_precision=precision,
    )  # fmt: skip
