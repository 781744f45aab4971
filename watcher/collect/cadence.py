"""What a poll brought -> when the next one is due: a pure function of values, the clock's as well.

A feed is asked so often that its window, the items it shows, rolls over no faster than in three polls; the overlap between two polls proves
it. Where nothing overlaps, items may have been missed, and it is asked four times as often at once. It is asked less and less often when
nothing comes. What the publisher asks for (ttl, skipHours, max-age, Retry-After) is kept. A broken feed is asked less often, down to once
a day, and never given up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher.model import Feed, Hints

__all__ = ["Hints", "Politeness", "next_poll"]

WINDOW_SHARE = 3  # a window that is to roll over in three polls leaves room for a busy hour and a failed poll
NEARLY_OVER = 5  # less than a fifth of the items stood there before: the window nearly rolled over


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


def next_poll(feed: Feed, outcome: str, now: datetime, hints: Hints, politeness: Politeness, jitter: float) -> tuple[datetime, timedelta]:
    """Return when to ask `feed` again, and its interval from now on. `jitter` is a random number from 0 to 1, made by the caller."""
    if outcome == "failed":
        wait, interval = _back_off(feed, politeness), _within(feed.interval, politeness)
    else:
        interval = _interval(feed, outcome, now, hints, politeness)
        wait = max(interval, _asked_for(hints, politeness))
    wait *= 1 + politeness.jitter * (2 * min(max(jitter, 0.0), 1.0) - 1)
    wait = max(wait, hints.retry_after or timedelta(0))
    return _outside(now + wait, hints.skip_hours), interval


def _interval(feed: Feed, outcome: str, now: datetime, hints: Hints, politeness: Politeness) -> timedelta:
    """Return the interval that fits what the feed brought, and how much of it the poll before had too."""
    current = feed.interval
    if feed.first_ok is None:
        return _within(politeness.start, politeness)  # everything was new; that says nothing yet
    if outcome == "unchanged" or not hints.new:
        return _within(current * 1.25, politeness)
    if hints.overlap is None:  # nothing to compare with: another address, or items before that are not known
        return _within(current, politeness)
    if hints.overlap == 0:  # items may have been missed, and nobody knows how many
        return _within(current / 4, politeness)
    fits = _elapsed(feed, now) * max(hints.items, 1) / (WINDOW_SHARE * hints.new)
    if hints.overlap * NEARLY_OVER < hints.items:
        return _within(min(current / 2, fits), politeness)
    if fits < current:
        return _within(fits, politeness)
    return _within(current if hints.new * 10 >= hints.items else min(current * 1.1, fits), politeness)


def _elapsed(feed: Feed, now: datetime) -> timedelta:
    """Return the time in which the new items came: since the feed was read last."""
    since = now - feed.last_ok if feed.last_ok is not None else feed.interval
    return since if since > timedelta(0) else feed.interval


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
