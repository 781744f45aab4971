"""Two Groups -> the same people or not, with the reason and a score.

Rules on nationality, figure, step and day, each with its number and the reason for it; no text, no stories.
Scores order reasons from sure (1.0) to weak (0.5); they are not probabilities.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from watcher.model import Claim, Qualifier, Role, Stage
from watcher.story.groups import CUSTODY, OUT, Group
from watcher.story.names import peoples

CLOSE = 0.15  # figures this near may be one event told by two outlets (prototype's threshold, cross-validated)
REVISED = 1.35  # largest ratio between two figures for one day's event; 34 corrected to 26 is 1.31
GROWN, GROWN_DAYS = 2.0, 4  # largest ratio and distance between two figures of people who are being gathered
CROWD, CROWD_GROWN, CROWD_DAYS = 100, 4.0, 7  # the same for a crowd, such as people queuing at their embassy: 440, 1,440, 2,277
AT_LEAST_REACH = 1.5  # "more than 100" is said of 112, seldom of 160
FEW = 5  # below this many people an equal figure is often chance
SAME_STEP_DAYS, SAME_STEP_DAYS_UNDATED = 7, 14  # equal figure, same step; batches of a wave seldom repeat a figure within a week
MOVED_DAYS, MOVED_DAYS_TENS, MOVED_DAYS_FEW = 120, 60, 21  # from arrest to deportation of 10 or more, 5 to 9, and fewer people
MOVED_CLOSE_DAYS = 45  # the same where the figures are only close
MOVED_CLOSE = 1.05  # largest ratio of two counted figures of one group's arrest and departure, where no place is shared
GATHERED_SPAN = 21  # days from first to last count of people being gathered; what goes on longer is a new crowd
RECALLED_DAYS = 60  # an article about a later step names the earlier figure without its date
PERSON_DAYS = 1_100  # a named person: arrest, extradition and sentence lie years apart
WAVE_DAYS = 7  # batches this near belong to one wave
PART_DAYS = 21  # from arrest to the first flight of some of them, where only people and place say so
TRANSIT = frozenset({"Phnom Penh", "Cambodia"})  # everyone passes there: no evidence that two groups are one


class Figures(Enum):
    """How two figures stand to each other."""

    EQUAL = "equal"
    CLOSE = "close"
    OTHER = "other"
    UNKNOWN = "unknown"


class Match(NamedTuple):
    """Why two are the same, and how sure that is. `moving` says that people being gathered were counted on several days."""

    score: float
    reason: str
    moving: bool = False


def figures(new: Group, old: Group) -> Figures:
    """Compare two figures, each with its wording: "about 400" is close to 376, "more than 100" to 112."""
    if new.low is None or old.low is None or new.high is None or old.high is None:
        return Figures.UNKNOWN
    overlap = new.low <= old.high and old.low <= new.high
    rounded = Qualifier.EXACT not in (new.qualifier, old.qualifier) and new.qualifier is not old.qualifier
    if overlap and not rounded:
        return Figures.EQUAL
    if _ratio(new, old) <= 1 + CLOSE or _fits(new, old) or _fits(old, new):
        return Figures.CLOSE
    return Figures.OTHER


def same_people(new: Group, old: Group) -> Match | None:
    """Return why two groups are the same people, None where the facts do not say so."""
    if new.person or old.person:
        return _same_person(new, old)
    if _vetoed(new, old):
        return None
    same_step = new.phase is None or old.phase is None or new.phase == old.phase
    if not same_step and not _in_order(new, old):
        return None
    match figures(new, old):
        case Figures.EQUAL:
            return _equal(new, old, same_step)
        case Figures.CLOSE:
            return _close(new, old, same_step) or _revised(new, old, same_step)
        case Figures.UNKNOWN:
            return _unknown(new, old, same_step)
        case Figures.OTHER:
            return _revised(new, old, same_step)


def contradict(new: Sequence[Group], old: Sequence[Group]) -> bool:
    """Whether the facts of two articles rule out that they tell the same, whatever their words; False where one has none."""
    return bool(new) and bool(old) and all(apart(one, other) for one in new for other in old)


def apart(new: Group, old: Group) -> bool:
    """Whether two groups cannot be the same even where the words are: other people, or the same step on other days with another figure."""
    if new.person != old.person or _vetoed(new, old):
        return True
    if new.phase is not None and old.phase is not None and new.phase != old.phase:
        return False
    if new.dated and old.dated and _days(new, old) > SAME_STEP_DAYS:
        return True
    other = figures(new, old) is Figures.OTHER
    return other and not (_days(new, old) <= 1 and _ratio(new, old) <= GROWN)


def wave(new: Group, old: Group) -> int | None:
    """Return how many days lie between two batches of one wave, None if they are none."""
    alike = bool(new.nationality) and _much_overlap(new, old) and new.phase == old.phase and not new.person and not old.person
    return _days(new, old) if alike and _days(new, old) <= WAVE_DAYS and not _vetoed(new, old) else None


def part_of(new: Group, old: Group) -> Match | None:
    """Return why `new` left the country out of the larger group `old` in custody: some of the same people, same named place, soon after."""
    if new.phase != OUT or old.phase != CUSTODY or not new.low or not old.high or new.low >= old.high or _vetoed(new, old):
        return None
    places = (new.places & old.places) - TRANSIT
    days = (new.day - old.day).days
    if not places or not new.nationality or not old.nationality or not 0 <= days <= PART_DAYS:
        return None
    return Match(0.5, f"part of them: {new.low} of {old.high} {_who(new, old)}, both of {min(places)}, {days} days later")


def mentioned(claim: Claim, group: Group) -> bool:
    """Whether a look back ("in April, 19 Japanese were deported") means this group: nationality, figure and time agree."""
    if claim.role is not Role.BACKGROUND or not claim.nationality or not claim.count or claim.date is None or group.low is None:
        return False
    if not group.nationality & set(claim.nationality):
        return False
    high = claim.count_max or claim.count
    close = claim.count <= (group.high or group.low) and group.low <= high
    if not close and claim.qualifier is not Qualifier.EXACT:
        close = max(group.low, claim.count) <= (1 + CLOSE) * min(group.low, claim.count)
    return close and _same_time(claim, group)


def _same_time(claim: Claim, group: Group) -> bool:
    assert claim.date is not None
    months = abs((claim.date.year - group.day.year) * 12 + claim.date.month - group.day.month)
    match claim.date_precision:
        case "year":
            return claim.date.year == group.day.year
        case "month":
            return months == 0 or (months == 1 and not group.dated)
        case _:
            return abs((claim.date - group.day).days) <= SAME_STEP_DAYS


def _same_person(new: Group, old: Group) -> Match | None:
    if new.person != old.person or _days(new, old) > PERSON_DAYS:
        return None
    return Match(0.9, f"same person: {new.person}")


def _vetoed(new: Group, old: Group) -> bool:
    """Other nationalities, or out of another country: never the same people."""
    if new.nationality and old.nationality and not new.nationality & old.nationality:
        return True
    return new.origin is not None and old.origin is not None and new.origin != old.origin


def _equal(new: Group, old: Group, same_step: bool) -> Match | None:
    named = bool(new.nationality) and bool(old.nationality)
    few = min(new.low or 0, old.low or 0) < FEW
    if not named:
        if few or (min(new.low or 0, old.low or 0) < 2 * FEW and not (new.places & old.places) - TRANSIT):
            return None
        longest = 4 if same_step else 30
    elif same_step and (new.recalled or old.recalled):
        longest = RECALLED_DAYS
    elif same_step:
        longest = SAME_STEP_DAYS if new.dated and old.dated else SAME_STEP_DAYS_UNDATED
        longest = longest // 2 if few else longest
    else:
        people = min(new.low or 0, old.low or 0)
        longest = MOVED_DAYS_FEW if few else MOVED_DAYS_TENS if people < 2 * FEW else MOVED_DAYS
    if _days(new, old) > longest:
        return None
    score = (0.9 if same_step else 0.8) - (0.0 if named else 0.15)
    return Match(score, f"same people: {new.low} {_who(new, old)}, {_steps(new, old)}, {_apart_words(new, old)}")


def _close(new: Group, old: Group, same_step: bool) -> Match | None:
    if not _much_overlap(new, old):
        return None
    # Batches of a wave have close figures on days apart: only a rounded figure may lie further off than the day itself.
    rounded = Qualifier.EXACT not in (new.qualifier, old.qualifier) or new.qualifier is not old.qualifier
    both_dated = new.dated and old.dated
    longest = (1 if both_dated and not rounded else 3) if same_step else MOVED_CLOSE_DAYS
    # Two counts that differ are seldom of one group weeks apart, unless nearly equal or from the same town.
    unlike = not same_step and not rounded and _ratio(new, old) > MOVED_CLOSE and not (new.places & old.places) - TRANSIT
    if _days(new, old) > longest or unlike:
        return None
    score = 0.7 if same_step else 0.6
    return Match(score, f"close figures: {_number(new)} and {_number(old)} {_who(new, old)}, {_steps(new, old)}, {_apart_words(new, old)}")


def _unknown(new: Group, old: Group, same_step: bool) -> Match | None:
    if not new.nationality and not old.nationality:
        if same_step and _days(new, old) <= 2 and (new.places & old.places) - TRANSIT:
            place = min((new.places & old.places) - TRANSIT)
            return Match(0.5, f"same step at the same place: {_steps(new, old)}, {place}, {_apart_words(new, old)}")
        return None
    if not _much_overlap(new, old) or _days(new, old) > (3 if same_step else 10):
        return None
    score = 0.6 if same_step else 0.5
    return Match(score, f"no figure to compare: {_who(new, old)}, {_steps(new, old)}, {_apart_words(new, old)}")


def _revised(new: Group, old: Group, same_step: bool) -> Match | None:
    """Other figures, still one event: told for the same day, or of people who are being gathered from day to day."""
    if not same_step or not _much_overlap(new, old):
        return None
    days, ratio = _days(new, old), _ratio(new, old)
    if ratio <= REVISED and days <= (0 if new.dated and old.dated else 1):
        return Match(0.55, f"figures differ for one day: {_number(new)} and {_number(old)} {_who(new, old)}, {_steps(new, old)}")
    gathered = (
        all(group.announced or group.stage in (Stage.RESCUED, Stage.DETAINED) for group in (new, old))
        and new.nationality == old.nationality
    )
    crowd = min(new.low or 0, old.low or 0) >= CROWD
    if gathered and ratio <= (CROWD_GROWN if crowd else GROWN) and days <= (CROWD_DAYS if crowd else GROWN_DAYS):
        earlier, later = sorted((old, new), key=lambda group: group.day)
        reason = f"a figure that moves: {_number(earlier)}, then {_number(later)} {_who(new, old)}, {_apart_words(new, old)}"
        return Match(0.55, reason, moving=True)
    return None


def _in_order(new: Group, old: Group) -> bool:
    """Whether the earlier step lies before the later one; three days' grace, as publication may stand for a date."""
    if new.phase is None or old.phase is None:
        return True
    first, last = (new, old) if new.phase < old.phase else (old, new)
    return (last.day - first.day).days >= (-1 if first.dated and last.dated else -3)


def _much_overlap(new: Group, old: Group) -> bool:
    """One set of nationalities within the other, or half of all named in both; a single one is not "within" a long list."""
    common = new.nationality & old.nationality
    if not common:
        return False
    return 2 * len(common) >= len(new.nationality | old.nationality)


def _fits(rounded: Group, other: Group) -> bool:
    """Whether a bound ("more than 100", "up to 60") is said of the other figure."""
    if rounded.low is None or other.low is None:
        return False
    if rounded.qualifier is Qualifier.AT_LEAST:
        return rounded.low <= other.low <= AT_LEAST_REACH * rounded.low
    return rounded.qualifier is Qualifier.AT_MOST and rounded.low / AT_LEAST_REACH <= other.low <= rounded.low


def _ratio(new: Group, old: Group) -> float:
    """How far apart two figures are, as larger over smaller; of their nearest ends."""
    if not new.low or not new.high or not old.low or not old.high:
        return float("inf")
    if new.low <= old.high and old.low <= new.high:
        return 1.0
    return max(new.low / old.high, old.low / new.high)


def _days(new: Group, old: Group) -> int:
    return abs((new.day - old.day).days)


def _who(new: Group, old: Group) -> str:
    codes = (new.nationality & old.nationality) or new.nationality or old.nationality
    return peoples(sorted(codes)) if codes else "people"


def _steps(new: Group, old: Group) -> str:
    steps = list(
        dict.fromkeys(str(group.stage) for group in sorted((old, new), key=lambda one: (one.phase or CUSTODY, one.day)) if group.stage)
    )
    return " then ".join(steps) or "step not said"


def _number(group: Group) -> str:
    return f"{group.low}" if group.low == group.high else f"{group.low} to {group.high}"


def _apart_words(new: Group, old: Group) -> str:
    days = _days(new, old)
    return "same day" if days == 0 else "1 day apart" if days == 1 else f"{days} days apart"
