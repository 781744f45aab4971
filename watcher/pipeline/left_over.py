"""What is over an alert's limit of a day -> which of it a digest will really tell, and in which mail.

A digest has conditions of its own (`where`, how old an event may be, what it told already). So each is asked, as of the moment when
its next mail goes. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from watcher.config import AlertConfig, Config, DigestConfig
from watcher.digest.schedule import WEEKDAYS, next_due
from watcher.pipeline.audience import Settled, settle_changes
from watcher.store import Database, digests, telling


@dataclass(frozen=True, slots=True)
class Left:
    """What is left to digests, and the mail that tells it: "tomorrow's mail", "Monday's mail"."""

    stories: tuple[Settled, ...]
    mail: str


def left_to_digests(database: Database, config: Config, alert: AlertConfig, waiting: Sequence[Settled], now: datetime) -> Left:
    """Of what waits, that which some digest tells in its next mail, and which mail that is: the latest, where several are needed."""
    zone = ZoneInfo(alert.time_zone)
    left: dict[int | None, Settled] = {}
    latest = now
    for wanted in sorted(config.digests, key=lambda one: _next(database, one, now)):
        at = _next(database, wanted, now)
        tells = _told_by(database, config, wanted, at)
        fresh = [one for one in waiting if one.story.id in tells and one.story.id not in left]
        if fresh:
            left |= {one.story.id: one for one in fresh}
            latest = at
    return Left(tuple(left.values()), _mail(latest, now, zone) if left else "")


def _next(database: Database, wanted: DigestConfig, now: datetime) -> datetime:
    of = telling.find_audience(database, f"digest:{wanted.name}")
    last = digests.last_date(database, of, now) if of else None
    at = next_due(
        every=wanted.every, at=wanted.at, zone=ZoneInfo(wanted.time_zone), last=last, now=now, since=of.schedule_since if of else None
    )
    return max(at, now)


def _told_by(database: Database, config: Config, wanted: DigestConfig, at: datetime) -> set[int | None]:
    """Stories that a digest would tell at a moment, and those it has told as they are now."""
    of = telling.find_audience(database, f"digest:{wanted.name}")
    if of is None:
        return set()
    settled = settle_changes(database, of, config, wanted.where, at, ZoneInfo(wanted.time_zone))
    return {one.story.id for one in settled if one.decision.tell}


def _mail(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    day, today = at.astimezone(zone).date(), now.astimezone(zone).date()
    if day <= today:
        return "today's mail"
    if day == today + timedelta(days=1):
        return "tomorrow's mail"
    return f"{WEEKDAYS[day.weekday()].capitalize()}'s mail" if day - today < timedelta(days=7) else "the next mail"
