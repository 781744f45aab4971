"""Two Groups -> how they stand to each other: out of one country, in one town, days apart, a part, one figure, a moving count.

Each answer is yes, no or a number, from the two alone; what follows for the people is `compare`, what speaks against it `apart`.
"""

from __future__ import annotations

from collections.abc import Sequence

from watcher.story.counts import fits, ratio
from watcher.story.groups import Group

FEW = 5  # below this many people an equal figure is often chance
GROWN, GROWN_DAYS = 2.0, 4  # largest ratio and distance between two figures of people who are being gathered
CROWD, CROWD_GROWN, CROWD_DAYS = 100, 4.0, 7  # the same for a crowd, such as people queuing at their embassy: 440, 1,440, 2,277
GATHERED_FALL = 1.4  # 440 one day and 375 the next are two counts of one crowd; 611 and then 409 are not
FIGURE_DAYS = 3  # within these an equal figure of equal people is one statement, whatever word stands for the step
WAVE_DAYS = 7  # batches this near belong to one wave
TRANSIT = frozenset({"Phnom Penh", "Cambodia"})  # everyone passes there: no evidence that two groups are one


def days_between(new: Group, old: Group) -> int:
    """How many days lie between two groups at least: a month that is given for a day reaches over all its days."""
    return max(0, abs((new.day - old.day).days) - new.reach - old.reach)


def vetoed(new: Group, old: Group) -> bool:
    """Other nationalities, or out of another country: never the same people."""
    if new.nationality and old.nationality and not new.nationality & old.nationality and not (holds(new, old) or holds(old, new)):
        return True
    return new.origin is not None and old.origin is not None and new.origin != old.origin


def much_overlap(new: Group, old: Group) -> bool:
    """One set of nationalities within the other, or half of all named in both; a single one is not "within" a long list."""
    common = new.nationality & old.nationality
    if not common:
        return False
    return 2 * len(common) >= len(new.nationality | old.nationality)


def elsewhere(new: Group, old: Group) -> bool:
    """Whether each names a town, and not the same one. Outlets say town or province, so that alone rules nothing out."""
    one, other = new.places - TRANSIT, old.places - TRANSIT
    return bool(one) and bool(other) and not one & other


def in_order(new: Group, old: Group) -> bool:
    """Whether the earlier step lies before the later one; three days' grace, as publication may stand for a date."""
    if new.phase is None or old.phase is None:
        return True
    first, last = (new, old) if new.phase < old.phase else (old, new)
    return (last.day - first.day).days + first.reach + last.reach >= (-1 if first.dated and last.dated else -3)


def holds(whole: Group, part: Group) -> bool:
    """Whether an article on people of several nations names `part` as those of one nation: 428 Vietnamese of the 740."""
    if not whole.inside or not part.nationality:
        return False
    named = (nations for number, nations in whole.inside if number == part.low and nations & part.nationality)
    return any(not whole.nationality or whole.nationality - nations for nations in named)


def batch_of(whole: Group, part: Group) -> bool:
    """Whether an article on `whole` names `part` as one of its batches ("1,060 in four days: 110, 312, ..."), within a week."""
    if (
        not whole.inside
        or not part.exact
        or not part.low
        or part.low < FEW
        or whole.phase != part.phase
        or part.recalled
        or vetoed(whole, part)
    ):
        return False
    if not (whole.low or 0) > part.low or days_between(whole, part) > WAVE_DAYS:
        return False
    return any(number == part.low and (not nations or nations & part.nationality) for number, nations in whole.inside)


def wave(new: Group, old: Group) -> int | None:
    """Return how many days lie between two batches of one wave, None if they are none."""
    alike = bool(new.nationality) and much_overlap(new, old) and new.phase == old.phase and not new.person and not old.person
    return days_between(new, old) if alike and days_between(new, old) <= WAVE_DAYS and not vetoed(new, old) else None


def same_figure(new: Group, old: Group) -> bool:
    """Whether two groups are one counted figure, of one day's news."""
    if new is old or not new.exact or not old.exact or new.low != old.low or (new.low or 0) < FEW or new.person or old.person:
        return False
    if new.nationality and old.nationality and not (new.nationality <= old.nationality or old.nationality <= new.nationality):
        return False
    return days_between(new, old) <= FIGURE_DAYS and not (new.hinted or old.hinted)


def nearest_ratio(new: Sequence[Group], old: Sequence[Group]) -> float:
    """Return how near the nearest figures of one step lie, as larger over smaller: 1.0 is equal."""
    return min((ratio(one, other) for one in new for other in old if one.phase == other.phase), default=float("inf"))


def moving(new: Group, old: Group) -> bool:
    """Whether two figures can be counts, on two days, of people who are still being gathered, as before an embassy."""
    if not (new.gathering and old.gathering) or new.nationality != old.nationality or falls(new, old):
        return False
    crowd = min(new.low or 0, old.low or 0) >= CROWD
    if fits(new, old) or fits(old, new):
        return days_between(new, old) <= CROWD_DAYS
    return ratio(new, old) <= (CROWD_GROWN if crowd else GROWN) and days_between(new, old) <= (CROWD_DAYS if crowd else GROWN_DAYS)


def falls(new: Group, old: Group) -> bool:
    """Whether a count of people who gather falls by more than outlets differ: then it is of another crowd."""
    earlier, later = sorted((new, old), key=lambda group: group.day)
    return (later.day - earlier.day).days > 2 and (earlier.low or 0) > GATHERED_FALL * (later.high or 0)
