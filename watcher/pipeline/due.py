"""The database and the clock -> which local dates of a digest are to be made now, and whether the service was away.

Inside the caller's transaction. The calendar is `digest.schedule`; here is what the database remembers: dates that are settled, the
schedule as last seen, and when the compose loop last turned.

    the clock says                  what happens
    a new date, its time is past    the digest is made, once
    an hour or a day back           nothing: its dates are settled
    a day ahead, then right again   tomorrow's is made early, and tomorrow none
    a year ahead, then right again  one late mail that names dates of the future; from then on a mail on every date as before, for
                                    dates that a clock settled that ran ahead do not count (`store.digests`)
    a year back                     nothing is made, for all dates are settled; the operator is told at once, and so is `status`
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from watcher.config import DigestConfig
from watcher.digest.schedule import Rhythm, due_dates, late_dates, owed_at_edit
from watcher.store import Database, digests, feeds, gaps, operations, outages, telling

AWAY_AFTER = timedelta(hours=1)  # without a turn of the compose loop: the service was off, asleep or stuck
CATCH_UP = timedelta(minutes=30)  # a late mail waits so long for the sources to be read again and their gaps to be asked for
OVERDUE = timedelta(minutes=30)  # a source that should have been read so long ago was not read when it should have been
FIRST_MAIL_DAYS = 31  # a first mail stands for no more dates than this, however long the service was away before it
CLOCK = "clock"  # the operator's line


def dates_due(database: Database, of: telling.Audience, wanted: DigestConfig, now: datetime) -> list[date]:
    """The local dates that a digest must be made for now, oldest first. `note_schedule` follows once they are made, or where there are none."""
    rhythm = Rhythm(wanted.every, wanted.at, ZoneInfo(wanted.time_zone))
    last = digests.last_date(database, of, now)
    created = of.schedule_since or of.created
    if of.created > now + digests.AHEAD and last is None:  # made by a clock that ran ahead: its first mail must not wait until then
        created = now
        telling.began(database, of, now)
    old = _parsed(of.schedule)
    if old and old != rhythm:
        return owed_at_edit(old, rhythm, last=last, created=created, now=now)
    found = due_dates(every=rhythm.every, at=rhythm.at, zone=rhythm.zone, last=last, created=created, now=now)
    return found if last else found[-FIRST_MAIL_DAYS:]


def note_schedule(database: Database, of: telling.Audience, wanted: DigestConfig, now: datetime) -> None:
    """Write down when a digest comes, where that is new or was edited; the edited one holds from now on."""
    schedule = str(Rhythm(wanted.every, wanted.at, ZoneInfo(wanted.time_zone)))
    if of.schedule != schedule:
        telling.scheduled(database, of, schedule, now if of.schedule else of.created)


def waits_to_catch_up(database: Database, wanted: DigestConfig, dates: list[date], now: datetime) -> bool:
    """Whether a late mail waits a little, so that it tells what the time away held and not only that it was away.

    As long as sources that were read before are overdue or gaps wait for their first try, but no longer than CATCH_UP.
    """
    if not late_dates(dates, at=wanted.at, zone=ZoneInfo(wanted.time_zone), now=now):
        return False
    if not outages.between(database, now - CATCH_UP, now):
        return False
    return gaps.untried(database) > 0 or any(
        feed.enabled and feed.first_ok and feed.next_poll and now - feed.next_poll > OVERDUE for feed in feeds.health(database)
    )


def note_absence(database: Database, now: datetime) -> None:
    """Write down that nothing ran since the last turn, where that is long ago; and say so where the clock went back for days."""
    beat = operations.heartbeats(database).get("compose")
    last = beat.finished if beat else None
    if last is None:
        return
    if now - last > AWAY_AFTER:
        outages.add(database, last, now)
    if last - now > digests.AHEAD:
        text = f"The clock of this machine went back from {last:%d %b %Y %H:%M} to {now:%d %b %Y %H:%M} UTC. While it is wrong, no mail may come"
        operations.fault(database, CLOCK, text, "timedatectl", now, urgent=True)
    elif any(one.subject == CLOCK and one.told_at for one in operations.faults(database)):
        operations.mended(database, CLOCK, now)


def _parsed(schedule: str | None) -> Rhythm | None:
    try:
        return Rhythm.parse(schedule) if schedule else None
    except (ValueError, KeyError, ZoneInfoNotFoundError):  # a zone that this machine does not know any more
        return None
