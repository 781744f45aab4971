"""Two figures -> how they stand to each other: equal as counted, close, another, or not to be compared.

Each figure with its wording: "about 400" is close to 376, "more than 100" to 112. Nothing here knows of people, steps or days.
"""

from __future__ import annotations

from enum import Enum

from watcher.model import Qualifier
from watcher.story.groups import ROUNDED, Group

CLOSE = 0.15  # figures this near may be one event told by two outlets (prototype's threshold, cross-validated)
VAGUE = 5.0  # "hundreds" (at least 200) may be said of 900, "dozens" of 99


class Figures(Enum):
    """How two figures stand to each other."""

    EQUAL = "equal"
    CLOSE = "close"
    OTHER = "other"
    UNKNOWN = "unknown"


def figures(new: Group, old: Group) -> Figures:
    """Compare two figures, each with its wording: "about 400" is close to 376, "more than 100" to 112; only counted ones are equal."""
    if new.low is None or old.low is None or new.high is None or old.high is None:
        return Figures.UNKNOWN
    counted = Qualifier.EXACT in (new.qualifier, old.qualifier) and new.qualifier is old.qualifier
    if counted and new.low <= old.high and old.low <= new.high:
        return Figures.EQUAL
    if ratio(new, old) <= 1 + CLOSE or fits(new, old) or fits(old, new):
        return Figures.CLOSE
    return Figures.OTHER


def ratio(new: Group, old: Group) -> float:
    """How far apart two figures are, as larger over smaller; of their nearest ends."""
    if not new.low or not new.high or not old.low or not old.high:
        return float("inf")
    if new.low <= old.high and old.low <= new.high:
        return 1.0
    return max(new.low / old.high, old.low / new.high)


def fits(rounded: Group, other: Group) -> bool:
    """Whether a rounded figure ("more than 100", "up to 60", "nearly 400") is said of the other one."""
    if rounded.low is None or other.low is None:
        return False
    match rounded.qualifier:
        case Qualifier.AT_LEAST:
            return rounded.low <= other.low <= (VAGUE if rounded.vague else ROUNDED) * rounded.low
        case Qualifier.AT_MOST:
            return rounded.low / ROUNDED <= other.low <= rounded.low
        case Qualifier.ABOUT:
            return abs(rounded.low - other.low) < _unit(rounded.low) and ratio(rounded, other) <= ROUNDED
        case _:
            return False


def _unit(number: int) -> int:
    """What a number is rounded to: 400 to hundreds, 1,440, 200 and 60 to tens."""
    unit = 1
    while number >= 30 * unit and number % (10 * unit) == 0:
        unit *= 10
    return max(unit, 10) if number % 10 == 0 else unit
