"""Reading -> Claims: every number of people that a text states, with who, what, where and when.

One extractor for all languages; the words come from `languages/`. It reads one sentence at a time and says nothing where the text says
nothing. Whom a number counts is in `people`; which claim is the main one, a part, or an older event in `roles`; what other sentences
add of the same people in `elsewhere`. Of persons only those of the operator's list are read: one named with a step is a claim of one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from watcher.fold import is_boundary
from watcher.model import STAGE_RANK, Called, Claim, Language, Qualifier, Reading, Role, Sentence, Stage, Status
from watcher.read.dates import Found
from watcher.read.elsewhere import Lead, completed, lead_of
from watcher.read.marks import Mark, marker
from watcher.read.numbers import Number, numbers, upper_of_range
from watcher.read.people import People, is_share, people_of
from watcher.read.persons import Name, names, with_persons
from watcher.read.roles import Candidate, assign
from watcher.read.scene import GAP_STOP, Scene, direction, overlaps, scene_of, steps
from watcher.read.setting import ELSEWHERE, is_compared, settings

READ = 100_000  # characters of a field; behind them stand comments and other articles
MOST = 200  # figures of one article; more is a table or an attack
NEXT = 3  # characters between "including" and the figure it is said of
LEAD = 4  # sentences of the text that tell the news itself; what stands below is more often of other people
OUT = (Stage.DEPORTED, Stage.REPATRIATED, Stage.EXTRADITED)
ZONES = timedelta(days=1)  # a day may have begun where the article was written, and not yet in UTC
HELD = (Stage.DETAINED, Stage.ARRESTED)


def extract(reading: Reading, languages: Sequence[Language], persons: Sequence[str] = ()) -> tuple[Claim, ...]:
    """Return the claims of a reading whose sentences are known, in the order of the text, the title first.

    Behind them stand those of `persons`, the operator's list: whoever of it is named beside a step.
    """
    published = reading.entry.published.date() if reading.entry.published else None
    candidates: list[Candidate] = []
    leads: list[Lead] = []
    named: list[Candidate] = []
    if not languages:
        return ()
    language = languages[0]
    marked = {field: marker(language).marks(reading.folded(field).text) for field in ("title", "text")}
    texts = {field: reading.folded(field).text for field in marked}
    listed = {field: names(text, persons, language) for field, text in texts.items()}
    sentences = reading.sentences or ()
    placed = settings(sentences, texts, marked, language)
    for at, (sentence, place) in enumerate(zip(sentences, placed, strict=True)):
        if len(candidates) >= MOST or sentence.start > READ:
            break
        text = reading.folded(sentence.field).text
        here = numbers(text[sentence.start : sentence.end], language)
        leading = sum(lead.field == "text" for lead in leads) < LEAD
        here_named = [name for name in listed[sentence.field] if sentence.start <= name.start < sentence.end]
        if not here and not leading and not here_named:  # as in most sentences; they cost no more than this look
            continue
        scene = scene_of(sentence, text, marked[sentence.field], language, published, place)
        known = _known(candidates)
        counted = [moved for number in here if not overlaps(moved := _moved(number, sentence.start), scene.dates)]
        found = _candidates(reading, sentence, scene, counted, known)
        if is_compared(at, placed):
            found = [replace(each, elsewhere=True) for each in found]
        candidates.extend(found)
        named += [_of_person(reading, sentence, scene, name) for name in here_named]
        if leading:
            source = reading.folded(sentence.field).source
            leads.append(lead_of(scene, reading.span(sentence), source, published, counted=bool(found)))
    return with_persons(completed(assign(candidates, published), leads), named, published)


def _candidates(reading: Reading, sentence: Sentence, scene: Scene, here: Sequence[Number], known: Mapping[int, int]) -> list[Candidate]:
    found = []
    skip = False
    for at, number in enumerate(here):
        if skip:
            skip = False
            continue
        following = here[at + 1] if at + 1 < len(here) else None
        upper = following if upper_of_range(scene.text, number, following) else None
        whole = following if is_share(scene, number, following) else None
        skip = upper is not None or whole is not None
        counted = upper or whole or number
        stop = next((other.start for other in here if other.start > counted.start), scene.end)
        floor = max((other.end for other in here if other.end <= number.start), default=scene.start)
        people = people_of(scene, counted if whole else number, counted.end, stop, floor, known)
        if people is None:
            continue
        one = _candidate(reading, sentence, scene, (number, upper), people, stop)
        if whole is None:
            found.append(one)
            continue
        all_ = _candidate(reading, sentence, scene, (whole, None), people, stop)
        if _only_described(scene, whole, stop, known, one):
            found += [all_, replace(one, part=True)]
            continue
        found.append(replace(one, further=True))
        if (held := _held(scene)) is not None:
            # When these were arrested is not when some of them left.
            claim = replace(all_.claim, stage=held, status=Status.DONE, to=(), date=None, date_precision=None)
            found.append(replace(all_, claim=claim, part=False, whole=True))
    return found


def _known(candidates: Sequence[Candidate]) -> dict[int, int]:
    """The figures that were given to people so far, each with the furthest step said of it; -1 where none was."""
    known: dict[int, int] = {}
    for claim in (each.claim for each in candidates):
        if claim.count:
            known[claim.count] = max(known.get(claim.count, -1), -1 if claim.stage is None else STAGE_RANK[claim.stage])
    return known


def _only_described(scene: Scene, whole: Number, stop: int, known: Mapping[int, int], one: Candidate) -> bool:
    """Whether some of a group are told of without having gone further than all of it: "five of the 31 deported were women"."""
    if any(
        stop == scene.end or stop - mark.end > 1 for mark in scene.marks.within(whole.end, stop, "part")
    ):  # not "including" before a number
        return True
    stage = one.claim.stage
    return stage is None or known.get(whole.value, -1) >= STAGE_RANK[stage]


def _held(scene: Scene) -> Stage | None:
    """The step before leaving that a sentence names: what befell the whole of whom a part left."""
    named = {Stage(str(mark.value)) for mark in steps(scene)[0]}
    return next((stage for stage in HELD if stage in named), None)


def _moved(number: Number, shift: int) -> Number:
    return Number(number.value, number.start + shift, number.end + shift, number.digits, number.qualifier)


def _candidate(
    reading: Reading, sentence: Sentence, scene: Scene, figure: tuple[Number, Number | None], people: People, stop: int
) -> Candidate:
    claim = _claim(reading, sentence, scene, figure, people)
    kinds = {mark.kind for mark in scene.marks.within(scene.start, scene.end, "past", "since")}
    return Candidate(
        claim,
        part=_is_part(scene, figure[0], people, stop),
        past="past" in kinds,
        since="since" in kinds,
        dated=scene.dates,
        bare=not people.counted,
        elsewhere=scene.setting == ELSEWHERE and claim.origin != "KH",
    )


def _claim(reading: Reading, sentence: Sentence, scene: Scene, figure: tuple[Number, Number | None], people: People) -> Claim:
    """What one sentence says of one figure of people; its role is decided beside all others."""
    number, upper = figure
    folded = reading.folded(scene.field)
    span = reading.span(sentence)
    start, end = folded.original(number.start, (upper or number).end)
    stage, status = _stage(scene, number)
    called, word = _called(reading, scene)
    origin, to = direction(scene, people.nationality, stage)
    day = _nearest(scene, number, reading.entry.published if status is Status.DONE else None)
    qualifier = Qualifier.ABOUT if upper and upper.value > number.value else _qualifier(scene, number, people)
    return Claim(
        role=Role.MAIN,
        stage=stage,
        status=status,
        count=number.value,
        count_max=upper.value if upper else number.value,
        qualifier=qualifier,
        printed=folded.source[start:end],
        nationality=people.nationality or None,
        foreigners=people.foreigners,
        called=called,
        word=word,
        origin=origin,
        to=to,
        places=_towns(scene),
        date=day.day if day else None,
        date_precision=day.precision if day and day.day else None,
        sentence=folded.source[span.start : span.end],
        field=scene.field,
        start=span.start,
        end=span.end,
    )


def _towns(scene: Scene) -> tuple[str, ...]:
    """The places in Cambodia that a sentence names, the country itself left out."""
    named = (str(mark.value) for mark in scene.marks.within(scene.start, scene.end, "place"))
    return tuple(dict.fromkeys(place for place in named if place != "Cambodia"))


def _of_person(reading: Reading, sentence: Sentence, scene: Scene, name: Name) -> Candidate:
    """A person of the operator's list, as a count of one."""
    one = Number(1, name.start, name.end, False, Qualifier.EXACT)
    people = People((), foreigners=False, counted=True, end=name.end)
    candidate = _candidate(reading, sentence, scene, (one, None), people, scene.end)
    return replace(candidate, claim=replace(candidate.claim, person=name.person), part=False)


def _stage(scene: Scene, number: Number) -> tuple[Stage | None, Status]:
    """The furthest stage that is reported as done; else what is announced. Nearness does not decide: the furthest verb is the news."""
    done, pending = steps(scene)
    if done:
        furthest = max(STAGE_RANK[Stage(str(mark.value))] for mark in done)
        same = [mark for mark in done if STAGE_RANK[Stage(str(mark.value))] == furthest]
        nearest = min(same, key=lambda mark: abs(mark.start - number.start))
        return Stage(str(nearest.value)), Status.DONE
    if pending:
        return _announced(scene, pending[0]), Status.ANNOUNCED
    return None, Status.DONE


def _announced(scene: Scene, pending: Mark) -> Stage:
    """The stage that "to be deported" announces: the verb hidden inside it, else going home."""
    if pending.kind == "stage":
        return Stage(str(pending.value))
    inside = scene.text[pending.start : pending.end]
    for stage in OUT:
        if any(term.rstrip("*").casefold()[:5] in inside for term in scene.language.stages.get(stage, ())):
            return stage
    return Stage.REPATRIATED


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


def _nearest(scene: Scene, number: Number, published: datetime | None) -> Found | None:
    """The date a claim gets: a day before a month, the nearest of them; for what is done none after its publication."""
    known = [found for found in scene.dates if found.day and not (published and found.day > published.date() + ZONES)]
    order = {"day": 0, "month": 1, "year": 2}
    return min(known, key=lambda found: (order[found.precision], abs(found.start - number.start)), default=None)


def _is_part(scene: Scene, number: Number, people: People, stop: int) -> bool:
    """ "25 of them women", 其中女性5人: a figure inside another."""
    after = next(scene.marks.within(number.end, min(stop, number.end + 22), "part"), None)
    # "31 people including 5 women": the word says of the next figure that it is a part, not of this one.
    of_next = after is not None and stop < scene.end and stop - after.end <= NEXT
    if after is not None and not of_next and not people.nationality and not GAP_STOP.search(scene.text[number.end : after.start]):
        return True
    before = list(scene.marks.within(max(scene.start, number.start - 16), number.start, "part"))
    return bool(before) and number.start - before[-1].end <= 3
