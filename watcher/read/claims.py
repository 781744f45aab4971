"""Reading -> Claims: every number of people that a text states, with who, what, where and when.

One extractor for all languages; the words come from `languages/`. It reads one sentence at a time and says nothing where the text says
nothing. Which claim is the main one, a part, or an older event is decided in `roles`. Named persons are not read here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from watcher.fold import is_boundary
from watcher.model import STAGE_RANK, Called, Claim, Language, Qualifier, Reading, Role, Sentence, Stage, Status
from watcher.read import dates as date_words
from watcher.read.dates import Found
from watcher.read.marks import Mark, Marks, marker
from watcher.read.numbers import Number, numbers, upper_of_range
from watcher.read.roles import Candidate, assign

READ = 100_000  # characters of a field; behind them stand comments and other articles
MOST = 200  # figures of one article; more is a table or an attack
AFTER = 70  # characters after a number in which its people are looked for
BEFORE = 14  # characters before it: "중국인 63명", "ជនបរទេសចំនួន ៣៧២នាក់"
UNIT = 14  # characters after it in which a unit other than people rejects it
VERB = 22  # characters between a bare number and its verb: "the 25 were arrested"
CHAIN = re.compile(r"(?:\s*(?:,|、|and|&|和|及|与|と|และ|dan|và|et|y|e|и|ve|und|និង)\s*|\s*)", re.IGNORECASE)
GAP_STOP = re.compile(r"[.;:()]|,(?!\s?\d)")
OUT = (Stage.DEPORTED, Stage.REPATRIATED, Stage.EXTRADITED)


@dataclass(frozen=True, slots=True)
class _Scene:
    """One sentence with everything that was marked in it."""

    text: str
    field: str
    start: int
    end: int
    marks: Marks
    dates: tuple[Found, ...]
    language: Language


@dataclass(frozen=True, slots=True)
class _People:
    """Who a number counts, and where the words for them end."""

    nationality: tuple[str, ...]
    foreigners: bool
    counted: bool  # a word for people, or none: a bare number
    end: int


def extract(reading: Reading, languages: Sequence[Language]) -> tuple[Claim, ...]:
    """Return the claims of a reading whose sentences are known, in the order of the text, the title first."""
    published = reading.entry.published.date() if reading.entry.published else None
    candidates: list[Candidate] = []
    if not languages:
        return ()
    language = languages[0]
    marked = {field: marker(language).marks(reading.folded(field).text) for field in ("title", "text")}
    about = any(any(marks.within(0, len(reading.folded(field).text), "place")) for field, marks in marked.items())
    for sentence in reading.sentences or ():
        if len(candidates) >= MOST or sentence.start > READ:
            break
        here = numbers(reading.folded(sentence.field).text[sentence.start : sentence.end], language)
        if not here:  # as in most sentences; they cost no more than this look
            continue
        scene = _scene(reading, sentence, marked[sentence.field], language, published)
        known = frozenset(each.claim.count for each in candidates if each.claim.count)
        counted = [moved for number in here if not _overlaps(moved := _moved(number, sentence.start), scene.dates)]
        candidates.extend(_candidates(reading, sentence, scene, counted, known, about_cambodia=about))
    return assign(candidates, published)


def _scene(reading: Reading, sentence: Sentence, marks: Marks, language: Language, published: date | None) -> _Scene:
    text = reading.folded(sentence.field).text
    start, end = sentence.start, sentence.end
    named = [_whole(found, start) for found in date_words.dates(text[start:end], language, published)]
    named = [_without_count(found, text, marks) for found in named]
    marked = list(marks.within(start, end, "weekday", "day"))
    named += [found for found in date_words.of_marks(marked, published) if not _overlaps(found, named)]
    return _Scene(text, sentence.field, start, end, marks, tuple(named), language)


def _whole(found: Found, shift: int) -> Found:
    return Found(found.start + shift, found.end + shift, found.day, found.precision)


def _without_count(found: Found, text: str, marks: Marks) -> Found:
    """ "In April 19 Japanese were deported" names no day: the number counts the people that follow it."""
    head = text[found.start : found.end].rstrip("0123456789")
    after = list(marks.within(found.end + 1, found.end + 30, "demonym", "counter", "foreigners"))
    if found.precision != "day" or not head.endswith(" ") or not after or after[0].start != found.end + 1:
        return found
    return Found(found.start, found.start + len(head.rstrip()), found.day and found.day.replace(day=1), "month")


def _overlaps(found: Found | Number, others: Sequence[Found]) -> bool:
    return any(found.start < other.end and other.start < found.end for other in others)


def _candidates(
    reading: Reading, sentence: Sentence, scene: _Scene, here: Sequence[Number], known: frozenset[int], *, about_cambodia: bool
) -> list[Candidate]:
    found = []
    skip = False
    for at, number in enumerate(here):
        if skip:
            skip = False
            continue
        following = here[at + 1] if at + 1 < len(here) else None
        upper = following if upper_of_range(scene.text, number, following) else None
        skip = upper is not None
        counted = upper or number
        stop = next((other.start for other in here if other.start > counted.start), scene.end)
        floor = max((other.end for other in here if other.end <= number.start), default=scene.start)
        people = _people(scene, number, counted.end, stop, floor, known)
        if people is not None:
            found.append(_candidate(reading, sentence, scene, number, upper, people, about_cambodia=about_cambodia))
    return found


def _moved(number: Number, shift: int) -> Number:
    return Number(number.value, number.start + shift, number.end + shift, number.digits, number.qualifier)


def _people(scene: _Scene, number: Number, end: int, stop: int, floor: int, known: frozenset[int]) -> _People | None:
    """Whom a number counts; None where it counts no people."""
    limit = min(stop, end + AFTER)
    near = list(scene.marks.within(end, limit, "demonym", "foreigners", "counter", "not_people", "stage"))
    first = next((mark for mark in near if mark.kind != "stage"), None)
    if first is not None and first.kind == "not_people" and first.start - end <= UNIT:
        return None
    after = _chain(scene.text, end, near)
    before = _just_before(scene, number.start, floor)
    counter = next((mark for mark in near if mark.kind == "counter" and _reaches(scene.text, end, mark.start, words=3)), None)
    if after and any(mark.kind == "not_people" and 0 <= mark.start - after[-1].end <= 2 for mark in near):
        return None  # "ninety Chinese police came to collect them"
    if after:
        return _named(after, counted=True)
    if before and (counter is not None or number.digits):
        return _named(before, counted=True, end=end)
    if counter is not None:
        return _People((), foreigners=False, counted=True, end=counter.end)
    # "The 74 left on Thursday": a figure that the article has already given to people is theirs again.
    bare = _is_bare_count(scene, number, end, stop) or (number.digits and number.value > 2 and number.value in known and not near)
    return _People((), foreigners=False, counted=False, end=end) if bare else None


def _named(marks: Sequence[Mark], *, counted: bool, end: int | None = None) -> _People:
    codes = tuple(dict.fromkeys(str(mark.value) for mark in marks if mark.kind == "demonym"))
    return _People(codes, any(mark.kind == "foreigners" for mark in marks), counted, end or marks[-1].end)


def _chain(text: str, end: int, near: Sequence[Mark]) -> list[Mark]:
    """The nationalities right after a number: "400 Chinese and Taiwanese nationals" has two."""
    chain: list[Mark] = []
    for mark in near:
        if mark.kind not in ("demonym", "foreigners"):
            continue
        if not chain:
            if not _reaches(text, end, mark.start, words=5) or any(other.kind == "stage" and other.end <= mark.start for other in near):
                return []
            chain.append(mark)
        elif CHAIN.fullmatch(text[chain[-1].end : mark.start]):
            chain.append(mark)
    return chain


def _reaches(text: str, start: int, end: int, *, words: int) -> bool:
    """Whether at most `words` words, and no end of a clause, lie between."""
    between = text[start:end]
    return end - start <= words * 9 and len(between.split()) <= words and not GAP_STOP.search(between)


def _just_before(scene: _Scene, start: int, floor: int) -> list[Mark]:
    near = list(scene.marks.within(max(floor, start - BEFORE - 20), start, "demonym", "foreigners"))
    near = [mark for mark in near if start - mark.end <= BEFORE and not GAP_STOP.search(scene.text[mark.end : start])]
    return near[-1:]


def _is_bare_count(scene: _Scene, number: Number, end: int, stop: int) -> bool:
    """A number without a noun counts people where a verb of ours stands beside it: "arrest 376 in", "the 25 were arrested"."""
    if number.value < 2 or (number.digits and 1900 <= number.value <= 2100):
        return False
    before = list(scene.marks.within(max(scene.start, number.start - 40), number.start, "stage"))
    if before and number.start - before[-1].end <= VERB and scene.text[before[-1].end : number.start].count(" ") <= 3:
        return True
    after = next(scene.marks.within(end, min(stop, end + VERB + 20), "stage"), None)
    return after is not None and after.start - end <= VERB and not GAP_STOP.search(scene.text[end : after.start])


def _candidate(
    reading: Reading,
    sentence: Sentence,
    scene: _Scene,
    number: Number,
    upper: Number | None,
    people: _People,
    *,
    about_cambodia: bool,
) -> Candidate:
    folded = reading.folded(scene.field)
    span = reading.span(sentence)
    start, end = folded.original(number.start, (upper or number).end)
    stage, status = _stage(scene, number)
    called, word = _called(reading, scene)
    origin, to = _direction(scene, people, stage, about_cambodia=about_cambodia)
    day = _nearest(scene, number)
    qualifier = Qualifier.ABOUT if upper and upper.value > number.value else _qualifier(scene, number, people)
    claim = Claim(
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
        places=tuple(
            dict.fromkeys(str(mark.value) for mark in scene.marks.within(scene.start, scene.end, "place") if mark.value != "Cambodia")
        ),
        date=day.day if day else None,
        date_precision=day.precision if day and day.day else None,
        sentence=folded.source[span.start : span.end],
        field=scene.field,
        start=span.start,
        end=span.end,
    )
    kinds = {mark.kind for mark in scene.marks.within(scene.start, scene.end, "past", "since")}
    return Candidate(claim, part=_is_part(scene, number, people), past="past" in kinds, since="since" in kinds, dated=scene.dates)


def _stage(scene: _Scene, number: Number) -> tuple[Stage | None, Status]:
    """The furthest stage that is reported as done; else what is announced. Nearness does not decide: the furthest verb is the news."""
    pending = list(scene.marks.within(scene.start, scene.end, "pending"))
    done = list(scene.marks.within(scene.start, scene.end, "stage"))
    if done:
        furthest = max(STAGE_RANK[Stage(str(mark.value))] for mark in done)
        same = [mark for mark in done if STAGE_RANK[Stage(str(mark.value))] == furthest]
        nearest = min(same, key=lambda mark: abs(mark.start - number.start))
        return Stage(str(nearest.value)), Status.DONE
    if pending:
        return _announced(scene, pending[0]), Status.ANNOUNCED
    return None, Status.DONE


def _announced(scene: _Scene, pending: Mark) -> Stage:
    """The stage that "to be deported" announces: the verb hidden inside it, else going home."""
    inside = scene.text[pending.start : pending.end]
    for stage in OUT:
        if any(term.rstrip("*").casefold()[:5] in inside for term in scene.language.stages.get(stage, ())):
            return stage
    return Stage.REPATRIATED


def _qualifier(scene: _Scene, number: Number, people: _People) -> Qualifier:
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


def _called(reading: Reading, scene: _Scene) -> tuple[Called, str | None]:
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


def _direction(scene: _Scene, people: _People, stage: Stage | None, *, about_cambodia: bool) -> tuple[str | None, tuple[str, ...]]:
    """From which country and to which. Another country is the origin where it acts ("Laos deports") or stands after "from"."""
    language = scene.language
    countries = list(scene.marks.within(scene.start, scene.end, "country"))
    to = [str(mark.value) for mark in countries if _stands(scene.text, mark, language.to_before, language.to_after)]
    others = [
        mark
        for mark in countries
        if mark.value != "KH" and (_acts(scene, mark) or _stands(scene.text, mark, language.from_before, language.from_after))
    ]
    here = any(scene.marks.within(scene.start, scene.end, "place")) or any(mark.value == "KH" for mark in countries)
    origin = "KH" if about_cambodia and (here or not others) else None
    if others and not here:
        origin = str(others[0].value)
    if people.nationality == ("KH",):  # Cambodians are sent to Cambodia, not out of it
        origin = str(others[0].value) if others else None
    if stage is Stage.REPATRIATED and not to:
        to = list(people.nationality)
    return origin, tuple(dict.fromkeys(code for code in to if code != origin))


def _acts(scene: _Scene, country: Mark) -> bool:
    """Whether a country is the one that does it: "Indonesia detained more than 150 Chinese"."""
    verb = next(scene.marks.within(country.end, min(scene.end, country.end + 24), "stage"), None)
    return verb is not None and verb.start - country.end <= 5 and not GAP_STOP.search(scene.text[country.end : verb.start])


def _stands(text: str, country: Mark, before: Sequence[str], after: Sequence[str]) -> bool:
    ahead = text[max(0, country.start - 12) : country.start].rstrip()
    return any(re.search(rf"(?:^|\W|(?<=[^\x00-\u024f])){re.escape(word)}$", ahead) for word in before) or text.startswith(
        tuple(after) or "\0", country.end
    )


def _nearest(scene: _Scene, number: Number) -> Found | None:
    """The date a claim gets: a day before a month, the nearest of them."""
    known = [found for found in scene.dates if found.day]
    order = {"day": 0, "month": 1, "year": 2}
    return min(known, key=lambda found: (order[found.precision], abs(found.start - number.start)), default=None)


def _is_part(scene: _Scene, number: Number, people: _People) -> bool:
    """ "25 of them women", 其中女性5人: a figure inside another."""
    after = next(scene.marks.within(number.end, min(scene.end, number.end + 22), "part"), None)
    if after is not None and not people.nationality and not GAP_STOP.search(scene.text[number.end : after.start]):
        return True
    before = list(scene.marks.within(max(scene.start, number.start - 16), number.start, "part"))
    return bool(before) and number.start - before[-1].end <= 3
