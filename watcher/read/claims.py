"""Reading -> Claims: every number of people that a text states, with who, what, where and when.

One extractor for all languages; the words come from `languages/`. It reads one sentence at a time and says nothing where the text says
nothing. Whom a number counts is in `people`; which claim is the main one, a part, or an older event in `roles`; what other sentences
add of the same people in `elsewhere`. Of persons only those of the operator's list are read: one named with a step is a claim of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from watcher.fold import is_boundary
from watcher.model import STAGE_RANK, Called, Claim, Language, Qualifier, Reading, Role, Sentence, Stage, Status
from watcher.read.clauses import OUT, announced_beside, own_steps, step_of
from watcher.read.compatriots import compatriots
from watcher.read.dating import at_publication, date_of, leaves_open
from watcher.read.elsewhere import completed
from watcher.read.headline import headed
from watcher.read.landing import landed
from watcher.read.leads import Lead, lead_of, named_in
from watcher.read.marks import marker
from watcher.read.numbers import Number, numbers, upper_of_range
from watcher.read.parts import is_more, is_not_but, is_part, is_withdrawn
from watcher.read.people import Known, People, is_share, not_that, people_of, shares_after
from watcher.read.persons import Name, names, with_persons
from watcher.read.roles import Candidate, assign
from watcher.read.scene import Scene, direction, origin, scene_of, steps, taker
from watcher.read.setting import ELSEWHERE, is_compared, settings
from watcher.read.single import OPENING, sends_out, single, wanted_by, with_one
from watcher.read.sums import gathered
from watcher.read.times import TIMELESS, times

READ = 100_000  # characters of a field; behind them stand comments and other articles
MOST = 200  # figures of one article; more is a table or an attack
CLAUSE = (";", "；")  # behind it a sentence goes on
LEAD = 4  # sentences of the text that tell the news itself; what stands below is more often of other people
HELD = (Stage.DETAINED, Stage.ARRESTED)


def extract(reading: Reading, languages: Sequence[Language], persons: Sequence[str] = (), zone: str = "UTC") -> tuple[Claim, ...]:
    """Return the claims of a reading whose sentences are known, in the order of the text, the title first.

    "Today" is the day of the publication in the time zone of the feed, else in `zone`.

    Behind them stand those of `persons`, the operator's list: whoever of it is named beside a step.
    """
    published = reading.entry.published.astimezone(_zone(reading.entry.time_zone or zone)).date() if reading.entry.published else None
    candidates: list[Candidate] = []
    leads: list[Lead] = []
    named: list[Candidate] = []
    ones: list[Candidate] = []
    if not languages:
        return ()
    language = languages[0]
    marked = {field: marker(language).marks(reading.folded(field).text) for field in ("title", "text")}
    texts = {field: reading.folded(field).text for field in marked}
    listed = {field: names(text, persons, language) for field, text in texts.items()}
    sentences = reading.sentences or ()
    placed = settings(sentences, texts, marked, language)
    known = Known()
    before: tuple[Stage, Status, str | None] | None = None
    clause: list[Candidate] = []
    for at, (sentence, place) in enumerate(zip(sentences, placed, strict=True)):
        if len(candidates) >= MOST or sentence.start > READ:
            break
        text = reading.folded(sentence.field).text
        here = numbers(text[sentence.start : sentence.end], language)
        leading = sum(lead.field == "text" for lead in leads) < LEAD
        here_named = [name for name in listed[sentence.field] if sentence.start <= name.start < sentence.end]
        if not here and not leading and not here_named:  # as in most sentences; they cost no more than this look
            continue
        scene = scene_of(sentence, text, marked[sentence.field], language, published, place, here)
        found = _candidates(reading, sentence, scene, scene.figures, known)
        if before is not None:
            found = [_going_on(each, *before) for each in found]
        if is_compared(at, placed) or (candidates and any(scene.marks.within(scene.start, scene.end, "other_case"))):
            found = [replace(each, elsewhere=True) for each in found]
        if at > OPENING + LEAD:
            found = [replace(each, low=True) for each in found]
        found = [_gone_further(each, clause) for each in found]
        clause = found if text[sentence.end - 1] in CLAUSE else []
        before = _for_next_clause(scene, found) if text[sentence.end - 1] in CLAUSE else None
        if leading and not found and candidates:
            candidates = _said_again(scene, candidates)
        candidates.extend(found)
        named += [_of_person(reading, sentence, scene, name) for name in here_named]
        titled = sentence.field == "title" or any(lead.field == "title" and lead.stages for lead in leads)
        if at < OPENING and titled and (one := single(scene)) is not None:
            ones.append(_of_one(reading, sentence, scene, one))
        if leading:
            source = reading.folded(sentence.field).source
            leads.append(lead_of(scene, reading.span(sentence), source, published, counted=bool(found)))
    if ones and not named:
        opening = " ".join(texts[sentence.field][sentence.start : sentence.end] for sentence in sentences[:OPENING])
        candidates = with_one(candidates, ones, opening, language)
    claims = assign(gathered(headed(candidates, leads)), published)
    return at_publication(with_persons(completed(claims, leads), named, published))


def _zone(name: str) -> ZoneInfo:
    """A time zone; a wrong name is config's to report, and no reason to lose an article."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def _said_again(scene: Scene, candidates: list[Candidate]) -> list[Candidate]:
    """Where nothing was said of people but their number, what is then said of "them": "Eleven Kenyans ... They were taken out of ..."."""
    if any(each.claim.stage is not None for each in candidates) or not any(scene.marks.within(scene.start, scene.end, "again")):
        return candidates
    stage, status = step_of(scene, scene.start)
    if stage is None or stage is Stage.RAID or status is not Status.DONE or origin(scene) != "KH":
        return candidates
    return [
        replace(each, claim=replace(each.claim, stage=stage)) if each.claim.nationality or each.claim.foreigners else each
        for each in candidates
    ]


def _gone_further(candidate: Candidate, before: Sequence[Candidate]) -> Candidate:
    """A figure behind a semicolon whose people are some of those before it: "212 arrested; 38 deported"."""
    claim = candidate.claim
    if claim.stage not in OUT or claim.status is not Status.DONE or claim.nationality or claim.foreigners:
        return candidate
    rank = STAGE_RANK[Stage.DEPORTED]
    whole = [each.claim for each in before if each.claim.stage not in (None, Stage.RAID) and not each.part]
    if not any(STAGE_RANK[one.stage] < rank and (claim.count or 0) < (one.count or 0) for one in whole if one.stage):
        return candidate
    return replace(candidate, further=True, part=False)


def _going_on(candidate: Candidate, stage: Stage, status: Status, people: str | None) -> Candidate:
    """A figure behind a semicolon is of the step and people before it, where its own clause names none: "hundreds fled; 308 came"."""
    claim = candidate.claim
    if claim.stage is not None or (claim.nationality and people and people not in claim.nationality):
        return candidate
    named = claim.nationality or (None if claim.foreigners or people is None else (people,))
    return replace(candidate, claim=replace(claim, stage=stage, status=status, nationality=named))


def _for_next_clause(scene: Scene, found: Sequence[Candidate]) -> tuple[Stage, Status, str | None] | None:
    """The step and people that a clause behind a semicolon may go on with; none where this clause has told how many it befell."""
    if any(each.claim.qualifier is Qualifier.EXACT for each in found):
        return None
    stage, status = step_of(scene, scene.end)
    return None if stage is None or stage is Stage.RAID else (stage, status, named_in(scene))


def _candidates(reading: Reading, sentence: Sentence, scene: Scene, here: Sequence[Number], known: Known) -> list[Candidate]:
    found = _counted(reading, sentence, scene, here, known)
    if (own := own_steps(scene, [each.at for each in found])) and not any(each.whole for each in found):
        scene = replace(scene, own=own)
        again = _counted(reading, sentence, scene, here, known)
        # "and deported 38 of them": they went further than the others, and are no mere part.
        found = [replace(each, own=True, part=each.part and not _went_on(each, again)) if each.at in own else each for each in again]
    timed = _timed(scene, found)
    return [*timed, *(coming for each in timed if (coming := _coming(scene, each)) is not None)]


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
    one = _candidate(reading, sentence, scene, (number, upper), people, stop)
    if whole is None:
        return [one], skip
    all_ = _candidate(reading, sentence, scene, (whole, None), people, stop)
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


def _candidate(
    reading: Reading, sentence: Sentence, scene: Scene, figure: tuple[Number, Number | None], people: People, stop: int
) -> Candidate:
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


def _of_person(reading: Reading, sentence: Sentence, scene: Scene, name: Name) -> Candidate:
    """A person of the operator's list, as a count of one."""
    one = Number(1, name.start, name.end, False, Qualifier.EXACT)
    people = People((), foreigners=False, counted=True, end=name.end)
    candidate = _candidate(reading, sentence, scene, (one, None), people, scene.end)
    return _timed(scene, [replace(candidate, claim=replace(candidate.claim, person=name.person), part=False)])[0]


def _of_one(reading: Reading, sentence: Sentence, scene: Scene, one: Number) -> Candidate:
    """One who ran a ring, as a count of one without a name."""
    named = named_in(scene)
    people = People((named,) if named else (), foreigners=False, counted=True, end=one.end)
    candidate = _candidate(reading, sentence, scene, (one, None), people, scene.end)
    taken = [Stage(str(mark.value)) for mark in steps(scene)[0] if sends_out(scene, mark)]
    # "Accused of fraud, he was handed over": that he left is the news.
    step = next((stage for stage in taken if stage in OUT), max(taken, key=STAGE_RANK.__getitem__))
    code = candidate.claim.nationality or wanted_by(scene, step)
    claim = replace(candidate.claim, stage=step, status=Status.DONE, nationality=code, called=Called.SUSPECTS, qualifier=Qualifier.EXACT)
    return _timed(scene, [replace(candidate, claim=claim, part=False)])[0]


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
