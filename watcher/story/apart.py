"""Two Groups -> whether they cannot be the same people, or speak against it.

The other side of `compare`: what no likeness of words or of another figure may join.
"""

from __future__ import annotations

from collections.abc import Sequence

from watcher.story.compare import GATHERED_SPAN, MOVED_DAYS, REVISED, SAME_STEP_DAYS, SAME_STEP_DAYS_UNDATED
from watcher.story.counts import Figures, figures, ratio
from watcher.story.groups import Group
from watcher.story.pairs import GROWN, days_between, falls, holds, moving, vetoed


def contradict(new: Sequence[Group], old: Sequence[Group]) -> bool:
    """Whether the facts of two articles rule out that they tell the same, whatever their words; False where one has none."""
    return bool(new) and bool(old) and all(apart(one, other) for one in new for other in old)


def apart(new: Group, old: Group) -> bool:
    """Whether two groups cannot be the same even where the words are: other people, or the same step on other days with another figure."""
    if new.person != old.person or vetoed(new, old):
        return True
    if new.phase is not None and old.phase is not None and new.phase != old.phase:
        return days_between(new, old) > 2 * MOVED_DAYS
    if new.dated and old.dated and days_between(new, old) > SAME_STEP_DAYS:
        return True
    if holds(new, old) or holds(old, new):
        return days_between(new, old) > SAME_STEP_DAYS
    stand = figures(new, old)
    if stand in (Figures.CLOSE, Figures.OTHER) and days_between(new, old) > GATHERED_SPAN:
        return True
    return stand is Figures.OTHER and not (days_between(new, old) <= 1 and ratio(new, old) <= GROWN)


def clash(new: Group, old: Group) -> bool | None:
    """Whether two groups of one step speak against being one; None where nothing can be said (a rounded figure, other people).

    Compared are counted figures of a common nationality: batches of a wave differ by little and lie a day apart.
    """
    if new.phase is None or new.phase != old.phase or not new.nationality & old.nationality or new.recalled or old.recalled:
        return None
    if new.gathering and old.gathering:
        return False if moving(new, old) else falls(new, old) or None
    if holds(new, old) or holds(old, new):
        return None
    if new.person or old.person or not new.exact or not old.exact:
        return True if figures(new, old) is Figures.OTHER else None
    if new.low == old.low:
        return days_between(new, old) > (SAME_STEP_DAYS if new.dated and old.dated else SAME_STEP_DAYS_UNDATED)
    return days_between(new, old) > 0 or ratio(new, old) > REVISED
