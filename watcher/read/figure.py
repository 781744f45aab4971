"""Scene, figure, people -> Candidate: what one sentence says of one figure of people.

Whom a number counts is in `people`; which figures a sentence has, and how they stand to each other, in `counted`; the role of a claim
in `roles`.
"""

from __future__ import annotations

from watcher.fold import is_boundary
from watcher.model import Called, Claim, Qualifier, Reading, Role, Sentence, Stage, Status
from watcher.read.clauses import step_of
from watcher.read.compatriots import compatriots
from watcher.read.dating import date_of, leaves_open
from watcher.read.landing import landed
from watcher.read.numbers import Number
from watcher.read.parts import is_more, is_part, is_withdrawn
from watcher.read.people import People
from watcher.read.roles import Candidate
from watcher.read.scene import Scene, direction, taker
from watcher.read.setting import ELSEWHERE


def candidate_of(
    reading: Reading, sentence: Sentence, scene: Scene, figure: tuple[Number, Number | None], people: People, stop: int
) -> Candidate:
    """Return the candidate of a figure, with its upper end where it is a range; `stop` is where the next figure begins."""
    claim = _claim(reading, sentence, scene, figure, people)
    return Candidate(
        claim,
        part=is_part(scene, figure[0], people, stop) or is_withdrawn(scene, figure[0], stop),
        at=figure[0].start,
        bare=not people.counted,
        more=is_more(scene, figure[0].start),
        asked=_only_asked(scene, claim),
        landed=landed(scene, claim.stage),
        elsewhere=scene.setting == ELSEWHERE and claim.origin != "KH",
    )


def _claim(reading: Reading, sentence: Sentence, scene: Scene, figure: tuple[Number, Number | None], people: People) -> Claim:
    """What one sentence says of one figure of people; its role is decided beside all others."""
    number, upper = figure
    folded = reading.folded(scene.field)
    span = reading.span(sentence)
    start, end = folded.original(number.start, (upper or number).end)
    stage, status = step_of(scene, number.start)
    called, word = _called(reading, scene)
    out_of, to = direction(scene, people.nationality, stage)
    home = taker(scene, number.start, stage, to) if out_of == "KH" and not people.nationality else None
    home = home or (None if people.nationality or people.foreigners else compatriots(scene, number.start, number.end))
    nationality = people.nationality or ((home,) if home and home != "KH" else None)
    day = date_of(scene, number, stage, done=status is Status.DONE)
    qualifier = Qualifier.ABOUT if upper and upper.value > number.value else _qualifier(scene, number, people)
    return Claim(
        role=Role.MAIN,
        stage=stage,
        status=status,
        count=number.value,
        count_max=upper.value if upper else number.value,
        qualifier=qualifier,
        printed=folded.source[start:end],
        nationality=nationality,
        foreigners=people.foreigners,
        called=called,
        word=word,
        origin=out_of,
        to=to or (nationality or () if home else ()),
        places=_towns(scene),
        date=day.day if day else None,
        date_precision=day.precision if day and day.day else None,
        reported=scene.published if leaves_open(scene, day) else None,
        sentence=folded.source[span.start : span.end],
        field=scene.field,
        start=span.start,
        end=span.end,
    )


def _towns(scene: Scene) -> tuple[str, ...]:
    """The places in Cambodia that a sentence names, the country itself left out."""
    named = (str(mark.value) for mark in scene.marks.within(scene.start, scene.end, "place"))
    return tuple(dict.fromkeys(place for place in named if place != "Cambodia"))


def _only_asked(scene: Scene, claim: Claim) -> bool:
    """Whether all that befell people is that they ask to go home."""
    return claim.stage is Stage.RESCUED and not any(
        mark.value is Stage.RESCUED for mark in scene.marks.within(scene.start, scene.end, "stage")
    )


def _qualifier(scene: Scene, number: Number, people: People) -> Qualifier:
    if number.qualifier is not Qualifier.EXACT:
        return number.qualifier
    before = list(scene.marks.within(max(scene.start, number.start - 24), number.start, "qualifier"))
    if before and number.start - before[-1].end <= 2:
        return Qualifier(str(before[-1].value))
    after = next(scene.marks.within(number.end, min(scene.end, number.end + 12), "qualifier"), None)
    return (
        Qualifier(str(after.value))
        if after and after.start - number.end <= 1 and after.end <= max(people.end, number.end + 5)
        else Qualifier.EXACT
    )


def _called(reading: Reading, scene: Scene) -> tuple[Called, str | None]:
    """What the sentence calls the people, and its own word."""
    marks = list(scene.marks.within(scene.start, scene.end, "called"))
    if not marks:
        return Called.NOT_SAID, None
    kinds = {Called(str(mark.value)) for mark in marks}
    last = marks[0].end
    while not is_boundary(scene.text, last):  # "suspect*" stands for the whole word that is printed
        last += 1
    start, end = reading.folded(scene.field).original(marks[0].start, last)
    return (kinds.pop() if len(kinds) == 1 else Called.MIXED), reading.folded(scene.field).source[start:end]
