"""Candidates -> Claims: which figure is the article's own, which are parts of it, and which look back.

The headline's exact figure leads; where it is round, the exact one below that fits it does. A figure in a sentence anchored in the past
("in April", "last year", "since 2012") is background or a running total, unless it is the article's own figure again. Sentences and
words are read in `claims`; here only figures, dates and nationalities are compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from watcher.model import STAGE_RANK, Claim, Qualifier, Role, Stage, Status
from watcher.read.dates import Found

OLD = timedelta(days=30)  # an event named by its day that is older than this is not this article's news
OLD_MONTH = timedelta(days=38)  # from the first of a named month: its last day and a week, so that "in July" is past by mid-August
BEFORE = timedelta(days=2)  # an event of other people that is older than ours by more than this is another one
CLOSE = 0.15  # a rounded figure and an exact one this far apart are the same people
_VAGUE = 3.0  # "dozens" may be 99
_BREATH = 300  # characters from a figure to "another 146" that goes on with it
_LOOSE = 0.6  # "more than 150" may stand for more than it says, up to this share


@dataclass(frozen=True, slots=True)
class Candidate:
    """A claim before its role is known, and what its sentence says about time."""

    claim: Claim
    part: bool
    at: int = 0  # where its figure begins in the folded field
    past: bool = False
    since: bool = False
    dated: tuple[Found, ...] = ()
    asked: bool = False  # its people have only asked to go home
    wide: bool = False  # counted over a span of days or a month
    over: bool = False  # counted over several months or years, or since a day long past
    bare: bool = False  # no word for people stands beside the figure: "as thousands flee"
    further: bool = False  # some of a group that went further than all of it: the 48 of "48 of 68 were deported"
    elsewhere: bool = False  # its sentence plays in another country
    low: bool = False  # it stands below the opening
    more: bool = False  # it goes on with the figure before it: "another 146"
    landed: bool = False  # custody in the country where they arrived
    own: bool = False  # its step is that of its own clause, beside others of the sentence: "376 arrested, 74 deported"
    whole: bool = False  # the 68 of "48 of 68 South Koreans": the group before some of it went on


def assign(candidates: Sequence[Candidate], published: date | None) -> tuple[Claim, ...]:
    """Return the claims with their roles; the same figure said twice is one claim with all that was said of it."""
    candidates = _summed(_explained(candidates, published))
    main, source = _main(candidates, published)
    batch = _other_batch(source, candidates) if source is not None else None
    claims: list[Claim] = []
    held: set[int] = set()
    told = {(each.claim.field, each.claim.start) for each in candidates if main and each.own and _same_people(each.claim, main)}
    for candidate in candidates:
        claim = candidate.claim
        if candidate.whole and (main is None or not _is_earlier(claim, main)):
            continue
        if main is not None and candidate is batch:
            claim = replace(claim, role=Role.MAIN, nationality=claim.nationality or main.nationality)
        elif main is not None:
            claim = _with_role(candidate, main, published, beside=(claim.field, claim.start) in told)
        else:
            claim = replace(claim, role=_looking_back(candidate, published) or (Role.PART if candidate.part else Role.BACKGROUND))
        if claim.stage is not None or claim.role is Role.MAIN or claim.role is Role.PART:
            claims.append(claim)
            held |= {id(claim)} if candidate.landed else set()
    return tuple(_named_by_parts(_merged(_announced_aside(_held_abroad(claims, held)))))


def _explained(candidates: Sequence[Candidate], published: date | None) -> list[Candidate]:
    """A headline has no room for "in five months": where the text gives its figure as such a total, the headline's is one too."""
    totals = [each for each in candidates if each.over and each.claim.field == "text"]
    single = [each.claim for each in candidates if each.claim.field == "text" and not each.over and _looking_back(each, published) is None]
    return [
        replace(each, since=True)
        if each.claim.field == "title"
        and any(_same_people(each.claim, total.claim) for total in totals)
        and not any(_same_people(each.claim, claim) for claim in single)
        else each
        for each in candidates
    ]


def _summed(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Where the text tells of a batch and then adds it to those before it, the sum is no news: "19 arrived; with 23 and 26 before, 68 in all".

    The headline may have room for the sum only; it is a total there too.
    """
    told = [each for each in candidates if each.claim.field == "text" and each.claim.qualifier is Qualifier.EXACT]
    sums: set[int | None] = set()
    for total in told:
        row = [each for each in told if _in_one_sentence(each.claim, total.claim) and each.at < total.at]
        before = [each.claim for each in told if each.claim.start < total.claim.start and not each.part and each.claim.stage is not None]
        counts = [each.claim.count for each in row]
        one_people = len({each.claim.nationality for each in row if each.claim.nationality}) < 2
        if (
            len(row) > 1
            and one_people
            and sum(filter(None, counts)) == total.claim.count
            and any(claim.count in counts for claim in before)
        ):
            sums.add(total.claim.count)
    return [replace(each, since=True) if sums and each.claim.count in sums else each for each in candidates]


def _main(candidates: Sequence[Candidate], published: date | None) -> tuple[Claim | None, Candidate | None]:
    """The article's own figure, and where it was read: the title's, else the first that is no part and does not look back.

    A rounded one gives way to the exact one that fits it; one of the text to a wider one that holds it.
    """
    free = [each for each in candidates if not each.part and not each.whole and each.claim.origin in ("KH", None) and not each.elsewhere]
    fresh = [each for each in free if _looking_back(each, published) is None]
    staged = [each for each in fresh if each.claim.stage is not None]
    loose = [each for each in fresh if each.bare and each.claim.qualifier is not Qualifier.EXACT]
    staged = [each for each in staged if each not in loose] or staged
    choice = [each for each in staged if each.claim.field == "title"] or staged
    if not choice:
        return None, None
    source = next((each for each in choice if each.claim.qualifier is Qualifier.EXACT), choice[0])
    first = source.claim
    if first.qualifier is not Qualifier.EXACT and (exact := _exact_of(first, fresh)) is not None:
        source = exact
    if source.claim.field == "text":
        source = _widest(source, fresh)
    if source.claim is not first:
        first = _with_step(source.claim, first)
    named = next((each.claim for each in fresh if each.claim.nationality and _same_people(each.claim, first)), None)
    if first.nationality is None and named is not None:
        first = replace(first, nationality=named.nationality, foreigners=False, to=first.to or named.to)
    return first, source


def _exact_of(rounded: Claim, fresh: Sequence[Candidate]) -> Candidate | None:
    """The exact figure that a rounded one stands for, best of the same step."""
    fitting = [each for each in fresh if each.claim.qualifier is Qualifier.EXACT and _same_people(each.claim, rounded)]
    return next((each for each in fitting if _rank(each.claim.stage) == _rank(rounded.stage)), fitting[0] if fitting else None)


def _widest(source: Candidate, fresh: Sequence[Candidate]) -> Candidate:
    """The largest exact figure of the same people and step that holds the first one: "308 in two days and 375 this month".

    It does where both stand in one sentence, or where the larger one is counted over a span of days or a month of today. Two days or two
    towns side by side hold nothing of each other.
    """
    wider = [
        each
        for each in fresh
        if each.claim.qualifier is Qualifier.EXACT
        and source.claim.qualifier is Qualifier.EXACT
        and (each.claim.count or 0) > (source.claim.count or 0)
        and each.claim.stage in (None, source.claim.stage)
        and each.claim.foreigners == source.claim.foreigners
        and not _are_others(each.claim, source.claim)
        and (each.wide or _in_one_sentence(each.claim, source.claim))
        and not _side_by_side(each, source)
    ]
    return max(wider, key=lambda each: each.claim.count or 0, default=source)


def _other_batch(source: Candidate, candidates: Sequence[Candidate]) -> Candidate | None:
    """The other one of two groups of one sentence that are of two days, or of two towns: "30 on Monday and 45 on Friday"."""
    more = [each for each in candidates if each.more and each is not source and _goes_on(each, source)]
    if source.claim.field == "text" and len(more) == 1:
        return more[0]  # "The first plane carried 172 suspects. A second one left with another 146."
    beside = [each for each in candidates if each is not source and _in_one_sentence(each.claim, source.claim)]
    if source.claim.field == "title" or len(beside) != 1:
        return None
    (other,) = beside
    exact = other.claim.qualifier is Qualifier.EXACT and source.claim.qualifier is Qualifier.EXACT
    alike = other.claim.stage == source.claim.stage and not _are_others(other.claim, source.claim)
    return other if exact and alike and not (other.part or other.past or other.since) and _side_by_side(other, source) else None


def _goes_on(other: Candidate, source: Candidate) -> bool:
    """Whether "another 146" goes on with the figure before it: of the same step, in the same breath, and of nobody else."""
    exact = other.claim.qualifier is Qualifier.EXACT and source.claim.qualifier is Qualifier.EXACT
    alike = other.claim.field == source.claim.field and _rank(other.claim.stage) == _rank(source.claim.stage)
    near = 0 < other.at - source.at <= _BREATH
    return exact and alike and near and not (other.part or other.past or other.since or _are_others(other.claim, source.claim))


def _side_by_side(one: Candidate, other: Candidate) -> bool:
    """Whether two figures of a sentence are of two days, or of two towns."""
    if not _in_one_sentence(one.claim, other.claim) or one.wide or other.wide:
        return False
    days = [{found.day for found in each.dated if found.precision == "day"} for each in (one, other)]
    return (all(days) and days[0] != days[1]) or len(one.claim.places) > 1


def _in_one_sentence(one: Claim, other: Claim) -> bool:
    return (one.field, one.start) == (other.field, other.start)


def _with_step(claim: Claim, other: Claim) -> Claim:
    """A claim that names no step, or only what was done to a place, takes that of another of the same people."""
    if claim.stage is not None and (claim.stage is not Stage.RAID or other.stage is None):
        return claim
    return replace(claim, stage=other.stage, status=other.status)


def _are_others(one: Claim, other: Claim) -> bool:
    """Whether two claims name different people."""
    return bool(one.nationality and other.nationality and not set(one.nationality) & set(other.nationality))


def _held_abroad(claims: Sequence[Claim], held: set[int]) -> list[Claim]:
    """Who was deported and arrested on landing was deported: that another country holds them now stands beside it, as a part."""
    gone = [claim for claim in claims if claim.role is Role.MAIN and claim.status is Status.DONE and _is_out(claim)]
    return [
        replace(claim, role=Role.PART)
        if id(claim) in held
        and claim.role is Role.MAIN
        and any(_same_people(claim, other) and not (claim.date and other.date and claim.date < other.date) for other in gone)
        else claim
        for claim in claims
    ]


def _announced_aside(claims: Sequence[Claim]) -> list[Claim]:
    """What is announced of people to whom something was done already is no second thing that befell them: it stands beside it, as a part.

    "27 are to fly home after police rescued them" is 27 rescued; that they are to fly home stays readable as what comes next.
    """
    done = [claim for claim in claims if claim.role is Role.MAIN and claim.status is Status.DONE and claim.stage not in (None, Stage.RAID)]
    return [_aside(claim, next((other for other in done if _same_people(claim, other)), None)) for claim in claims]


def _aside(claim: Claim, other: Claim | None) -> Claim:
    if other is None or claim.role is not Role.MAIN or claim.status is not Status.ANNOUNCED:
        return claim
    return replace(claim, role=Role.PART, nationality=claim.nationality or other.nationality)


def _named_by_parts(claims: Sequence[Claim]) -> list[Claim]:
    """Where a sentence lists people whose number adds up to a figure, it is of them all: "68 foreigners: 31 Chinese, 23 Thais, 14 Indians"."""
    lists: dict[tuple[str, int], dict[tuple[str, ...], int]] = {}
    for claim in claims:
        if claim.role is Role.PART and claim.status is Status.DONE and claim.nationality and claim.qualifier is Qualifier.EXACT:
            listed = lists.setdefault((claim.field, claim.start), {})
            listed[claim.nationality] = listed.get(claim.nationality, 0) + (claim.count or 0)
    sums = {sum(listed.values()): listed for listed in lists.values() if len(listed) > 1}
    return [
        replace(claim, nationality=tuple(dict.fromkeys(code for codes in sums[claim.count] for code in codes)), foreigners=False)
        if claim.role is Role.MAIN and not claim.nationality and claim.count in sums
        else claim
        for claim in claims
    ]


def _same_people(one: Claim, other: Claim) -> bool:
    """Whether two figures may be the same group: no other nationality, and equal, or close where one is round."""
    if _are_others(one, other):
        return False
    low, high = sorted((one.count or 0, other.count or 0))
    if low == high:
        return True
    round_one = one if one.qualifier is not Qualifier.EXACT else other
    if round_one.qualifier is Qualifier.EXACT:
        return False
    if round_one.qualifier is Qualifier.AT_LEAST and round_one.count == low:
        spelt = not any(map(str.isdigit, round_one.printed))
        return high <= low * (1 + (_VAGUE if spelt else _LOOSE))
    return high - low <= CLOSE * high  # "more than 30" may be the 29 of the text and two who came before them


def _with_role(candidate: Candidate, main: Claim, published: date | None, *, beside: bool = False) -> Claim:
    """The claim with its role; `beside` says that it stands in one sentence with the article's own people."""
    claim = candidate.claim
    if not candidate.part and _same_people(claim, main):
        claim = _with_step(claim, main)
        nationality = claim.nationality or main.nationality
        old = main.status is Status.ANNOUNCED and claim.status is Status.DONE and _looking_back(candidate, published) is Role.BACKGROUND
        role = Role.BACKGROUND if old else Role.MAIN  # "arrested in May, they are to be deported": the news is what comes
        return replace(claim, role=role, nationality=nationality, foreigners=claim.foreigners and not nationality)
    if candidate.part:
        return replace(claim, role=Role.PART)
    back = _looking_back(candidate, published)
    if candidate.further and back is None and _is_earlier(main, claim):
        return replace(claim, role=Role.MAIN, nationality=claim.nationality or main.nationality)
    if candidate.whole:
        return replace(claim, role=Role.MAIN, nationality=claim.nationality or main.nationality)
    if candidate.elsewhere or claim.origin not in ("KH", None):
        return replace(claim, role=Role.BACKGROUND)
    if back is not None:
        return replace(claim, role=back)
    if _are_others(claim, main) and _is_of_before(candidate, main.date or published):
        return replace(claim, role=Role.BACKGROUND)  # "last week nine Malaysians were sent out too"
    if candidate.own and beside and claim.status is Status.DONE:
        return replace(claim, role=Role.MAIN, nationality=claim.nationality or (None if claim.foreigners else main.nationality))
    if candidate.asked and _are_others(claim, main) and _is_out(main):
        return replace(claim, role=Role.BACKGROUND)  # "over 2,000 Indonesians seek help", below the flight of Malaysians
    later = candidate.low or (claim.status is Status.ANNOUNCED and main.status is Status.DONE)
    if later and _are_others(claim, main):
        return replace(claim, role=Role.BACKGROUND)  # "police elsewhere held 14 Chinese", "Kenya wants to fly back 200"
    return replace(claim, role=_beside(claim, main))


def _is_of_before(candidate: Candidate, day: date | None) -> bool:
    """Whether all days that a sentence names lie well before that of the article's own people."""
    days = [found.day for found in candidate.dated if found.day]
    return bool(days) and day is not None and all(day - one > BEFORE for one in days)


def _is_earlier(one: Claim, other: Claim) -> bool:
    """Whether one claim may be of the people of another before some of them went on: an earlier step, no other nationality."""
    if _are_others(one, other):
        return False
    earlier, later = _rank(one.stage), _rank(other.stage)
    return earlier is not None and later is not None and earlier < later


def _beside(claim: Claim, main: Claim) -> Role:
    """The role of another figure of today: of other people, of a part of ours, or a total."""
    if _are_others(claim, main):
        return Role.BACKGROUND if claim.stage is None else Role.MAIN
    if (claim.count or 0) < (main.count or 0):
        return Role.PART
    return Role.TALLY if _rank(claim.stage) == _rank(main.stage) else Role.BACKGROUND


def _looking_back(candidate: Candidate, published: date | None) -> Role | None:
    if candidate.since:
        return Role.TALLY
    claim = candidate.claim
    if claim.status is Status.ANNOUNCED and claim.date and published and claim.date > published:
        return None  # what comes is no older event, whatever else its sentence recalls
    days = [found for found in candidate.dated if found.precision == "day" or found.running]
    # "On Tuesday sent home 68 who were found last month": the day of the news outweighs the word for the past.
    if candidate.past and not (published and any(found.day and published - found.day <= OLD for found in days)):
        return Role.BACKGROUND
    if published is None:
        return Role.BACKGROUND if candidate.dated and not days else None
    if days:
        return Role.BACKGROUND if all(found.day and published - found.day > OLD for found in days) else None
    old = [found for found in candidate.dated if found.day and published - found.day > OLD_MONTH and found.precision != "year"]
    if not old:
        old = [found for found in candidate.dated if found.day and found.precision == "year" and found.day.year < published.year]
    return Role.BACKGROUND if old else None


def _rank(stage: Stage | None) -> int | None:
    return None if stage is None else STAGE_RANK[stage]


def _merged(claims: Sequence[Claim]) -> list[Claim]:
    """One claim for each figure, people, stage and role; a rounded main figure gives way to an exact one, unless only it says that they left."""
    exact = [claim for claim in claims if claim.role is Role.MAIN and claim.qualifier is Qualifier.EXACT]
    found: dict[tuple[object, ...], Claim] = {}
    for claim in claims:
        rounded = claim.role is Role.MAIN and claim.qualifier is not Qualifier.EXACT
        if rounded and any(_same_people(claim, other) and (not _is_out(claim) or _is_out(other)) for other in exact):
            continue
        key = (claim.role, claim.count, claim.nationality, _rank(claim.stage))
        known = found.get(key)
        found[key] = claim if known is None else _more_of(known, claim)
    return list(found.values())


def _when(known: Claim, again: Claim) -> dict[str, Any]:
    """The date of a claim that is said twice: the first, or the one that says more exactly when in its month or year that was."""
    if known.date is None and again.date is None:
        return {"reported": known.reported and again.reported}
    finer = known.date is None or (
        again.date is not None
        and again.date_precision == "day"
        and (known.date_precision == "year" or (known.date_precision == "month" and again.date.month == known.date.month))
        and again.date.year == known.date.year
    )
    kept = again if finer else known
    return {"date": kept.date, "date_precision": kept.date_precision, "reported": kept.reported}


def _is_out(claim: Claim) -> bool:
    return (_rank(claim.stage) or 0) >= STAGE_RANK[Stage.DEPORTED]


def _more_of(known: Claim, again: Claim) -> Claim:
    """What a repetition adds to the first mention: a date, a place, a destination, what people are called."""
    return replace(
        known,
        **_when(known, again),
        places=known.places or again.places,
        to=known.to or again.to,
        # Who leaves came from where another sentence says they were; an arrest is not moved by a later word of a country.
        # Cambodians are not sent out of Cambodia, whatever another sentence plays in.
        origin=known.origin
        or (again.origin if known.nationality != ("KH",) and _rank(known.stage) == STAGE_RANK[Stage.DEPORTED] else None),
        called=known.called if known.word else again.called,
        word=known.word or again.word,
    )
