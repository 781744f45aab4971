"""Scene -> Candidates: every number of people that one sentence states, and how its figures stand to each other.

Ranges, shares ("74 of the 376"), corrected figures, clauses with a step of their own, and what is announced beside what was done. What
is said of one figure is in `figure`; which claim is the main one of a text in `roles`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from watcher.model import STAGE_RANK, Called, Claim, Qualifier, Reading, Sentence, Stage, Status
from watcher.read.clauses import OUT, announced_beside, own_steps
from watcher.read.dating import date_of, leaves_open
from watcher.read.figure import candidate_of
from watcher.read.leads import named_in
from watcher.read.numbers import Number, upper_of_range
from watcher.read.parts import is_not_but
from watcher.read.people import Known, People, is_share, not_that, people_of, shares_after
from watcher.read.persons import Name
from watcher.read.roles import Candidate
from watcher.read.scene import Scene, steps
from watcher.read.single import sends_out, wanted_by
from watcher.read.times import TIMELESS, times

HELD = (Stage.DETAINED, Stage.ARRESTED)


def candidates_of(reading: Reading, sentence: Sentence, scene: Scene, here: Sequence[Number], known: Known) -> list[Candidate]:
    """Return the candidates of a sentence whose numbers are `here`; `known` are the figures read so far, to which these are added."""
    found = _counted(reading, sentence, scene, here, known)
    if (own := own_steps(scene, [each.at for each in found])) and not any(each.whole for each in found):
        scene = replace(scene, own=own)
        again = _counted(reading, sentence, scene, here, known)
        # "and deported 38 of them": they went further than the others, and are no mere part.
        found = [replace(each, own=True, part=each.part and not _went_on(each, again)) if each.at in own else each for each in again]
    timed = _timed(scene, found)
    return [*timed, *(coming for each in timed if (coming := _coming(scene, each)) is not None)]


def of_person(reading: Reading, sentence: Sentence, scene: Scene, name: Name) -> Candidate:
    """A person of the operator's list, as a count of one."""
    one = Number(1, name.start, name.end, False, Qualifier.EXACT)
    people = People((), foreigners=False, counted=True, end=name.end)
    candidate = candidate_of(reading, sentence, scene, (one, None), people, scene.end)
    return _timed(scene, [replace(candidate, claim=replace(candidate.claim, person=name.person), part=False)])[0]


def of_one(reading: Reading, sentence: Sentence, scene: Scene, one: Number) -> Candidate:
    """One who ran a ring, as a count of one without a name."""
    named = named_in(scene)
    people = People((named,) if named else (), foreigners=False, counted=True, end=one.end)
    candidate = candidate_of(reading, sentence, scene, (one, None), people, scene.end)
    taken = [Stage(str(mark.value)) for mark in steps(scene)[0] if sends_out(scene, mark)]
    # "Accused of fraud, he was handed over": that he left is the news.
    step = next((stage for stage in taken if stage in OUT), max(taken, key=STAGE_RANK.__getitem__))
    code = candidate.claim.nationality or wanted_by(scene, step)
    claim = replace(candidate.claim, stage=step, status=Status.DONE, nationality=code, called=Called.SUSPECTS, qualifier=Qualifier.EXACT)
    return _timed(scene, [replace(candidate, claim=claim, part=False)])[0]


def _went_on(candidate: Candidate, found: Sequence[Candidate]) -> bool:
    rank = -1 if candidate.claim.stage is None else STAGE_RANK[candidate.claim.stage]
    return any(each.claim.stage is not None and STAGE_RANK[each.claim.stage] < rank and not each.part for each in found)


def _coming(scene: Scene, candidate: Candidate) -> Candidate | None:
    """What is announced of people in the sentence that says what was done to them."""
    claim = candidate.claim
    stage = None if claim.stage is None or candidate.part else announced_beside(scene, candidate.at, (claim.stage, claim.status))
    if stage is None:
        return None
    day = date_of(scene, Number(claim.count or 0, candidate.at, candidate.at), stage, done=False)
    ahead = replace(
        claim,
        stage=stage,
        status=Status.ANNOUNCED,
        date=day.day if day else None,
        date_precision=day.precision if day and day.day else None,
        reported=scene.published if leaves_open(scene, day) else None,
    )
    return replace(candidate, claim=ahead, past=False, since=False, dated=(), over=False, wide=False)


def _counted(reading: Reading, sentence: Sentence, scene: Scene, here: Sequence[Number], known: Known) -> list[Candidate]:
    found: list[Candidate] = []
    skip, known.row = False, []
    for at, number in enumerate(here):
        if skip:
            skip = False
            continue
        following = here[at + 1] if at + 1 < len(here) else None
        new, skip = _of_number(reading, sentence, scene, (number, following), here, known)
        if new and found and is_not_but(scene, here[at - 1], number.start):  # the right figure is of the people of the wrong one
            new = [replace(each, claim=_named_as(each.claim, found[-1].claim)) for each in new]
        for claim in (each.claim for each in new):
            rank = -1 if claim.stage is None else STAGE_RANK[claim.stage]
            known.add(claim.count, rank, claim.qualifier, spelt=not any(map(str.isdigit, claim.printed)))
        found += new
    return found


def _named_as(claim: Claim, other: Claim) -> Claim:
    return claim if claim.nationality else replace(claim, nationality=other.nationality, to=claim.to or other.to)


def _timed(scene: Scene, found: Sequence[Candidate]) -> list[Candidate]:
    """The candidates of one sentence, each with what is said of when."""
    order = sorted(found, key=lambda each: each.at)
    said = {each.at: time for each, time in zip(order, times(scene, [each.at for each in order]), strict=True)} if found else {}
    timed = [
        replace(each, past=time.past, since=time.since, dated=time.dated, wide=time.wide, over=time.over) if time != TIMELESS else each
        for each in found
        for time in [said[each.at]]
    ]
    if (
        len({each.past or each.since for each in timed}) > 1
    ):  # now and once, each with its own verb: "arrested 376 and, last year, deported 600"
        timed = [replace(each, claim=_with_nearest_step(scene, each)) for each in timed]
    return timed


def _with_nearest_step(scene: Scene, candidate: Candidate) -> Claim:
    done = [mark for mark in steps(scene)[0] if mark.kind == "stage"]
    if len(done) < 2 or candidate.claim.status is not Status.DONE or candidate.whole or candidate.further or candidate.own:
        return candidate.claim
    nearest = min(done, key=lambda mark: max(mark.start - candidate.at, candidate.at - mark.end))
    return replace(candidate.claim, stage=Stage(str(nearest.value)))


def _of_number(
    reading: Reading,
    sentence: Sentence,
    scene: Scene,
    pair: tuple[Number, Number | None],
    here: Sequence[Number],
    known: Known,
) -> tuple[list[Candidate], bool]:
    """The candidates of a number and, where the next one belongs to it, of that; and whether it does."""
    number, following = pair
    upper = following if upper_of_range(scene.text, number, following) else None
    whole = following if is_share(scene, number, following) else None
    counted = upper or whole or number
    if upper is None and whole is None and following is not None and shares_after(scene, number, following):
        number, whole, counted = following, number, following
    if upper is None and whole is None and following is not None and not_that(scene, number, following):
        counted = following  # "41, not 46, Filipinos": the words for the 41 stand behind the other figure and its comma
    skip = following is not None and following in (upper, whole, counted)
    stop = next((other.start for other in here if other.start > counted.start), scene.end)
    floor = max((other.end for other in here if other.end <= min(number.start, (whole or number).start)), default=scene.start)
    after = counted.end + (counted is following and not (upper or whole) and scene.text[counted.end : counted.end + 1] in (",", ")"))
    people = people_of(scene, counted if whole else number, after, stop, floor, known)
    if whole is not None and whole.start < number.start and (people is None or not people.nationality):
        people = people_of(scene, whole, whole.end, number.start, floor, known) or people
    if people is None:
        return [], skip
    one = candidate_of(reading, sentence, scene, (number, upper), people, stop)
    if whole is None:
        return [one], skip
    all_ = candidate_of(reading, sentence, scene, (whole, None), people, stop)
    if _only_described(scene, whole, max(whole.end, number.end), stop, known, one):
        return [all_, replace(one, part=True)], skip
    found = [replace(one, part=False, further=True)]
    if (held := _held(scene)) is not None:
        # When these were arrested is not when some of them left.
        claim = replace(all_.claim, stage=held, status=Status.DONE, to=(), date=None, date_precision=None, reported=None)
        found.append(replace(all_, claim=claim, part=False, whole=True))
    return found, skip


def _only_described(scene: Scene, whole: Number, end: int, stop: int, known: Known, one: Candidate) -> bool:
    """Whether some of a group are told of without having gone further than all of it: "five of the 31 deported were women"."""
    if any(stop == scene.end or stop - mark.end > 1 for mark in scene.marks.within(end, stop, "part")):  # not "including" before a number
        return True
    stage = one.claim.stage
    return stage is None or known.steps.get(whole.value, -1) >= STAGE_RANK[stage]


def _held(scene: Scene) -> Stage | None:
    """The step before leaving that a sentence names: what befell the whole of whom a part left."""
    named = {Stage(str(mark.value)) for mark in steps(scene)[0]}
    return next((stage for stage in HELD if stage in named), None)
