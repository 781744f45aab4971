"""Sentences -> where each of them plays: in Cambodia, in another country, or nowhere that is said.

A sentence that names no place plays where the one before it does, as people read; what stands before the first place of an article's
opening plays there, for a headline may name the plane and only the second sentence the town. "To Cambodia" and "the callers sit in
Cambodia" place there only people who then leave it, or are freed: who is arrested may be a recruiter or a money mule at home. So it is
with a sentence that names a town or police force of the readers' own country. Whom a sentence counts, and what befell them, is not read
here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from watcher.model import STAGE_RANK, Language, Sentence, Stage
from watcher.read.mark import Mark
from watcher.read.marks import Marks
from watcher.read.scene import Scene, leads_to, overlaps, senders

HERE = "KH"
SEAT = "seat"  # Cambodia is only named as where a ring sits or somebody goes, or the sentence plays where the readers live
_HOME = "home"  # the readers' own country, before any other place was named
ELSEWHERE = "elsewhere"  # another country, whichever
LISTED = 2  # other countries beside Cambodia in one sentence that make it a list
OPENING = 8  # sentences, the title among them, that may be placed by a later one of them
BEFORE = 12  # characters before a town in which "in" begins
BESIDE = 20  # characters between Cambodia and the words for "is run from"; a verb and a particle stand between


def settings(sentences: Sequence[Sentence], texts: Mapping[str, str], marks: Mapping[str, Marks], language: Language) -> list[str | None]:
    """Return for each sentence HERE, SEAT, ELSEWHERE or None. `texts` and `marks` are of the folded fields, by name."""
    found: list[str | None] = []
    current: str | None = None
    for sentence in sentences:
        field, start, end = sentence
        scene = Scene(texts[field], field, start, end, marks[field].of(start, end), (), language)
        current = _placed(scene, current)
        found.append(current)
    opening = found[:OPENING]
    later = next((each for each in found if each in (HERE, ELSEWHERE)), None)
    first = next((each for each in opening if each in (HERE, ELSEWHERE)), None)
    # A report of who came home may name the country far below: then it tells only where they left from.
    first = first or (SEAT if SEAT in opening or later == HERE else None)
    return [_settled(each, first) if at < OPENING else _settled(each, None) for at, each in enumerate(found)]


def is_compared(at: int, placed: Sequence[str | None]) -> bool:
    """Whether the sentence number `at` stands below an opening that plays in another country: it is what the news is compared with."""
    return at >= OPENING and bool(placed) and placed[0] == ELSEWHERE and HERE not in placed[:OPENING]


def _settled(each: str | None, first: str | None) -> str | None:
    """The setting of a sentence that was waiting for the first place of its opening."""
    if each == _HOME:
        return SEAT if first == HERE else first
    return each or first


def _placed(scene: Scene, before: str | None) -> str | None:
    if next(scene.marks.within(scene.start, scene.end, "place", "country", "elsewhere", "home_place"), None) is None:
        return before  # as in most sentences; they cost no more than this look
    if _is_list(scene):
        return before
    here, inward, seats = _here(scene)
    others = _others(scene)
    sure = before if before in (HERE, ELSEWHERE) else None
    if here and others:  # a way through both: where the article was, else what is named first
        return sure or (HERE if here[0].start < others[0].start else ELSEWHERE)
    if here:
        return SEAT if before is None and _at_home(scene, here) else HERE
    if others:
        return ELSEWHERE
    if inward and _leaves(scene):
        return ELSEWHERE  # "sent home to Phnom Penh"
    if any(scene.marks.within(scene.start, scene.end, "home_place")):
        return before if before == ELSEWHERE else SEAT if before in (HERE, SEAT) or seats or inward else _HOME
    # "Lured to Cambodia": who is then freed was there, who is then arrested may be the recruiter.
    return SEAT if (seats or inward) and before in (None, _HOME) else before


def _at_home(scene: Scene, here: Sequence[Mark]) -> bool:
    """Whether a headline names a town or police of the readers' country, and of Cambodia only its name: the arrest may be at home."""
    if scene.field != "title" or any(mark.kind == "place" and mark.value != "Cambodia" for mark in here) or _leaves(scene):
        return False
    return any(scene.marks.within(scene.start, scene.end, "home_place"))


def _here(scene: Scene) -> tuple[list[Mark], list[Mark], list[Mark]]:
    """Where Cambodia or a place in it is named: as where something happens, as where somebody goes, and as where a ring sits."""
    words = list(scene.marks.within(scene.start, scene.end, "based"))
    people = list(scene.marks.within(scene.start, scene.end, "demonym"))
    named = [mark for mark in scene.marks.within(scene.start, scene.end, "place", "country") if mark.kind == "place" or mark.value == HERE]
    named = [mark for mark in named if not any(_is_inside(mark, other) for other in people)]
    seats = [mark for mark in named if any(_beside(mark, word) for word in words)]
    inward = [mark for mark in named if mark not in seats and leads_to(scene, mark)]
    return [mark for mark in named if mark not in seats and mark not in inward], inward, seats


def _others(scene: Scene) -> list[Mark]:
    people = list(scene.marks.within(scene.start, scene.end, "demonym"))  # "two Myanmar nationals" places nothing in Myanmar
    named = [mark for mark in scene.marks.within(scene.start, scene.end, "elsewhere") if not overlaps(mark, people)]
    if not named and not _leaves(scene):  # who is arrested in Lima was not in Cambodia; who lands there may have been
        abroad = scene.marks.within(scene.start, scene.end, "town")
        named = [mark for mark in abroad if _follows(scene, mark, scene.language.from_before)]
    return sorted([*named, *senders(scene)], key=lambda mark: mark.start)


def _is_list(scene: Scene) -> bool:
    """Whether a sentence names Cambodia and no town in it among several countries: "in Laos, Myanmar and Cambodia", "19 from Laos, ..."."""
    towns = [mark for mark in scene.marks.within(scene.start, scene.end, "place") if mark.value != "Cambodia"]
    countries = {mark.value for mark in scene.marks.within(scene.start, scene.end, "country")}
    return HERE in countries and len(countries) > LISTED and not towns


def _leaves(scene: Scene) -> bool:
    return any(
        STAGE_RANK[Stage(str(mark.value))] == STAGE_RANK[Stage.DEPORTED] for mark in scene.marks.within(scene.start, scene.end, "stage")
    )


def _follows(scene: Scene, mark: Mark, words: Sequence[str]) -> bool:
    before = scene.text[max(scene.start, mark.start - BEFORE) : mark.start].split()
    return bool(before) and before[-1] in words


def _is_inside(place: Mark, people: Mark) -> bool:
    """Whether a country is only part of the words for its people: "Cambodian workers", ชาวกัมพูชา."""
    return people.start <= place.start and place.end <= people.end and people.end - people.start > place.end - place.start


def _beside(place: Mark, seat: Mark) -> bool:
    return max(seat.start - place.end, place.start - seat.end) <= BESIDE
