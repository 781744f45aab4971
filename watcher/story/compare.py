"""Two Groups -> the same people or not, with the reason and a score.

Rules on nationality, figure, step and day, each with its number and the reason for it; no text, no stories.
Scores order reasons from sure (1.0) to weak (0.5); they are not probabilities.
"""

from __future__ import annotations

from typing import NamedTuple

from watcher.model import Claim, Qualifier, Role
from watcher.story.counts import CLOSE, Figures, figures, ratio
from watcher.story.groups import CUSTODY, JUDGED, OUT, Group
from watcher.story.names import peoples
from watcher.story.pairs import CROWD, FEW, TRANSIT, days_between, elsewhere, holds, in_order, moving, much_overlap, vetoed

REVISED = 1.35  # largest ratio between two figures for one day's event; 34 corrected to 26 is 1.31
SAME_STEP_DAYS, SAME_STEP_DAYS_UNDATED = 7, 7  # equal figure, same step; batches of a wave seldom repeat a figure within a week
# Days from arrest to deportation, by how many people at least: the fewer, the sooner an equal figure is chance.
MOVED_DAYS_OF = ((50, 120), (20, 100), (10, 80), (5, 60), (0, 21))
MOVED_DAYS = MOVED_DAYS_OF[0][1]
MOVED_CLOSE_DAYS = 45  # the same where the figures are only close
MOVED_CLOSE, MOVED_ROUNDED = 1.02, 1.07  # largest ratio of two figures, counted or rounded, of one group's arrest and departure
ROUNDED_DAYS, ROUNDED_DAYS_DATED = 2, 1  # a rounded figure and a counted one of one event, by when they are reported
GATHERED_SPAN = 21  # days from first to last count of people being gathered; what goes on longer is a new crowd
RECALLED_DAYS = 60  # an article about a later step names the earlier figure without its date
PERSON_DAYS = 1_100  # a named person: arrest, extradition and sentence lie years apart
PART_DAYS = 21  # from arrest to the first flight of some of them, where only people and place say so


class Match(NamedTuple):
    """Why two are the same, and how sure that is. `moving` says that people being gathered were counted on several days."""

    score: float
    reason: str
    moving: bool = False


def same_people(new: Group, old: Group) -> Match | None:
    """Return why two groups are the same people, None where the facts do not say so."""
    if new.person or old.person:
        return _same_person(new, old)
    if vetoed(new, old):
        return None
    same_step = new.phase is None or old.phase is None or new.phase == old.phase
    if not same_step and not in_order(new, old):
        return None
    if same_step and (holds(new, old) or holds(old, new)):
        return _part(new, old)
    if same_step and (match := _same_parts(new, old)):
        return match
    match figures(new, old):
        case Figures.EQUAL:
            return _equal(new, old, same_step)
        case Figures.CLOSE:
            return _close(new, old, same_step) or _revised(new, old, same_step)
        case Figures.UNKNOWN:
            return _unknown(new, old, same_step)
        case Figures.OTHER:
            return _revised(new, old, same_step)


def part_of(new: Group, old: Group) -> Match | None:
    """Return why `new` left the country out of the larger group `old` in custody: some of the same people, same named place, soon after."""
    if new.phase != OUT or old.phase != CUSTODY or not new.low or not old.high or new.low >= old.high or vetoed(new, old):
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
    if new.person != old.person or days_between(new, old) > PERSON_DAYS:
        return None
    return Match(0.9, f"same person: {new.person}")


def _equal(new: Group, old: Group, same_step: bool) -> Match | None:
    named = bool(new.nationality) and bool(old.nationality)
    few = min(new.low or 0, old.low or 0) < FEW
    if not named:
        if few or (min(new.low or 0, old.low or 0) < 2 * FEW and not (new.places & old.places) - TRANSIT):
            return None
        longest = 4 if same_step else 30
    elif same_step and (new.recalled or old.recalled):
        longest = 0 if new.hinted or old.hinted else RECALLED_DAYS
    elif same_step:
        longest = SAME_STEP_DAYS if new.dated and old.dated else SAME_STEP_DAYS_UNDATED
        longest = longest // 2 if few else longest
    else:
        people = min(new.low or 0, old.low or 0)
        longest = next(days for number, days in MOVED_DAYS_OF if people >= number)
        if elsewhere(new, old):
            longest //= 4
        elif JUDGED in (new.phase, old.phase) and (new.places & old.places) - TRANSIT:
            longest = min(2 * longest, MOVED_DAYS)  # a trial takes its time, and the court is that of the raid
    if days_between(new, old) > longest:
        return None
    score = (0.9 if same_step else 0.8) - (0.0 if named else 0.15)
    return Match(score, f"same people: {new.low} {_who(new, old)}, {_steps(new, old)}, {_apart_words(new, old)}")


def _close(new: Group, old: Group, same_step: bool) -> Match | None:
    if not much_overlap(new, old):
        return None
    days = days_between(new, old)
    rounded = not (new.exact and old.exact)
    if same_step:
        # Batches of a wave have close figures on days apart: only a rounded figure may lie further off than the day itself.
        near = days <= ((ROUNDED_DAYS_DATED if new.dated and old.dated else ROUNDED_DAYS) if rounded else 0)
    else:
        # Two figures that differ are seldom of one group weeks apart, unless large and nearly equal, or from the same town.
        same_town = bool((new.places & old.places) - TRANSIT)
        large = min(new.low or 0, old.low or 0) >= CROWD and ratio(new, old) <= (MOVED_ROUNDED if rounded else MOVED_CLOSE)
        near = days <= MOVED_CLOSE_DAYS and (same_town or (large and not elsewhere(new, old)))
    if not near:
        return None
    score = 0.65 if same_step else 0.6
    return Match(score, f"close figures: {_number(new)} and {_number(old)} {_who(new, old)}, {_steps(new, old)}, {_apart_words(new, old)}")


def _part(new: Group, old: Group) -> Match | None:
    """One report tells of all, with this part by name; the other of the part alone."""
    days = days_between(new, old)
    if days > (1 if new.dated and old.dated else 3) or new.recalled or old.recalled:
        return None
    whole, part = sorted((new, old), key=lambda group: -(group.low or 0))
    return Match(0.75, f"part of them: {part.low} of {whole.low} {_who(part, part)}, {_steps(new, old)}, {_apart_words(new, old)}")


def _same_parts(new: Group, old: Group) -> Match | None:
    """Two reports that round the whole, or leave out who they are, and name the same part."""
    common = [(number, nations) for number, nations in new.inside if number >= FEW and nations and (number, nations) in old.inside]
    if not common or days_between(new, old) > ROUNDED_DAYS:
        return None
    number, nations = max(common, key=lambda part: part[0])
    return Match(0.8, f"same part of them: {number} {peoples(sorted(nations))}, {_steps(new, old)}, {_apart_words(new, old)}")


def _unknown(new: Group, old: Group, same_step: bool) -> Match | None:
    if not new.nationality and not old.nationality:
        if same_step and days_between(new, old) <= 2 and (new.places & old.places) - TRANSIT:
            place = min((new.places & old.places) - TRANSIT)
            return Match(0.5, f"same step at the same place: {_steps(new, old)}, {place}, {_apart_words(new, old)}")
        return None
    if not much_overlap(new, old) or days_between(new, old) > (3 if same_step else 10):
        return None
    score = 0.6 if same_step else 0.5
    return Match(score, f"no figure to compare: {_who(new, old)}, {_steps(new, old)}, {_apart_words(new, old)}")


def _revised(new: Group, old: Group, same_step: bool) -> Match | None:
    """Other figures, still one event: told for the same day, or of people who are being gathered from day to day."""
    if not same_step or not much_overlap(new, old):
        return None
    days = days_between(new, old)
    if ratio(new, old) <= REVISED and days == 0:
        return Match(0.55, f"figures differ for one day: {_number(new)} and {_number(old)} {_who(new, old)}, {_steps(new, old)}")
    if moving(new, old):
        earlier, later = sorted((old, new), key=lambda group: group.day)
        reason = f"a figure that moves: {_number(earlier)}, then {_number(later)} {_who(new, old)}, {_apart_words(new, old)}"
        return Match(0.55, reason, moving=True)
    return None


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
    days = days_between(new, old)
    return "same day" if days == 0 else "1 day apart" if days == 1 else f"{days} days apart"
