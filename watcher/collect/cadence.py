"""What a poll brought -> when the next one is due: a pure function of values, the clock's as well.

A feed is asked as often as it brings news: twice as often when its window rolled over or half of it was new, less and less often when
nothing comes. What the publisher asks for (ttl, skipHours, max-age, Retry-After) is kept. A broken feed is asked less often, down to once
a day, and never given up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher.model import Feed


@dataclass(frozen=True, slots=True)
class Politeness:
    """How often a feed may and should be asked. The floor and the start are what publishers of feeds ask readers for.

    `jitter` is the share by which a wait is lengthened or shortened, so that feeds do not all come due together.
    """

    floor: timedelta = timedelta(minutes=15)
    start: timedelta = timedelta(minutes=60)
    ceiling: timedelta = timedelta(hours=6)
    longest: timedelta = timedelta(hours=24)  # between two tries of a broken feed
    jitter: float = 0.1


@dataclass(frozen=True, slots=True)
class Hints:
    """What one poll told about the next: items in the body, how many were new, and what the publisher asks for.

    `ttl` is in minutes; `skip_hours` are hours of the day in GMT.
    """

    items: int = 0
    new: int = 0
    retry_after: timedelta | None = None
    max_age: timedelta | None = None
    ttl: int | None = None
    skip_hours: tuple[int, ...] = ()


def next_poll(feed: Feed, outcome: str, now: datetime, hints: Hints, politeness: Politeness, jitter: float) -> tuple[datetime, timedelta]:
    """Return when to ask `feed` again, and its interval from now on. `jitter` is a random number from 0 to 1, made by the caller."""
    if outcome == "failed":
        wait, interval = _back_off(feed, politeness), _within(feed.interval, politeness)
    else:
        interval = _interval(feed, outcome, hints, politeness)
        wait = max(interval, _asked_for(hints, politeness))
    wait *= 1 + politeness.jitter * (2 * min(max(jitter, 0.0), 1.0) - 1)
    wait = max(wait, hints.retry_after or timedelta(0))
    return _outside(now + wait, hints.skip_hours), interval


def _interval(feed: Feed, outcome: str, hints: Hints, politeness: Politeness) -> timedelta:
    """Return the interval that fits what the feed brought."""
    current = feed.interval
    if feed.first_ok is None:
        return _within(politeness.start, politeness)  # everything was new; that says nothing yet
    if outcome == "unchanged" or not hints.new:
        return _within(current * 1.25, politeness)
    if hints.new * 2 >= hints.items:  # half the window, or no overlap at all: items may have been missed
        return _within(current / 2, politeness)
    return _within(current if hints.new * 10 >= hints.items else current * 1.1, politeness)


def _back_off(feed: Feed, politeness: Politeness) -> timedelta:
    """Return the wait after failure number `feed.failures` + 1: soon at first, for most faults pass, then twice as long each time."""
    doublings = min(max(feed.failures, 0), 16)
    return min(politeness.floor * (1 << doublings), politeness.longest)


def _asked_for(hints: Hints, politeness: Politeness) -> timedelta:
    """Return the wait the publisher asks for. Caches' year-long max-age and a careless ttl must not silence a feed: both end at the ceiling."""
    ttl = timedelta(minutes=min(hints.ttl or 0, 60 * 24))
    return min(max(ttl, hints.max_age or timedelta(0)), politeness.ceiling)


def _within(interval: timedelta, politeness: Politeness) -> timedelta:
    return min(max(interval, politeness.floor), politeness.ceiling)


def _outside(moment: datetime, skip_hours: tuple[int, ...]) -> datetime:
    """Move on to the next hour (GMT) in which the publisher wants to be asked; a feed that skips every hour is asked all the same."""
    if len(set(skip_hours)) >= 24:
        return moment
    while moment.hour in skip_hours:
        moment = moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return moment
