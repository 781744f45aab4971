"""Feed health -> lines for the operator: what is wrong with a source, each line with the command that mends it.

One line a source, opened, changed and closed with its state and not with its polls: what is said was decided to last (`collect/health.py`).
When lines are told, and how often again, is in `operator`.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from watcher.model import HealthState
from watcher.store import Database, feeds, operations

NEVER_ANSWERED_AFTER = timedelta(days=1)  # since it was configured
ONE_LINE_FROM = 5  # sources that never answered are told in one line from this number on: a fresh catalogue has many
ALL_AT_ONCE = 0.8  # of the sources that were read before: where so many fail, it is this server's line and not theirs
FALLBACK_AFTER = timedelta(days=1)  # a fallback that helps out for some hours needs nobody
NOT_READ = frozenset({HealthState.FAILING, HealthState.DEAD, HealthState.BLOCKED, HealthState.NOT_A_FEED})
PREFIXES = ("feed:", "feeds:")  # of the subjects of these lines
_HOPELESS = ("410", "401")  # gone for good, or behind a password: only leaving helps


def note_feed_faults(database: Database, now: datetime, zone: ZoneInfo) -> None:
    """Open, change and close the operator's lines about sources. Inside the caller's transaction."""
    open_lines = {fault.subject for fault in operations.faults(database)}
    wanted = _lines([feed for feed in feeds.health(database) if feed.enabled], now, zone)
    for subject, (text, mend) in wanted.items():
        operations.fault(database, subject, text, mend, now)
    for subject in open_lines - wanted.keys():
        if subject.startswith(PREFIXES):
            operations.mended(database, subject, now)


def feed_of(subject: str) -> int | None:
    """The id of the source that a line is about, None where it is about no single one."""
    return int(subject.removeprefix("feed:")) if subject.startswith("feed:") else None


def _lines(enabled: Sequence[feeds.FeedHealth], now: datetime, zone: ZoneInfo) -> dict[str, tuple[str, str]]:
    """Every line that is to stand now, by subject: (text, command)."""
    never = [feed for feed in enabled if feed.first_ok is None and feed.failures and now - feed.created >= NEVER_ANSWERED_AFTER]
    once_read = [feed for feed in enabled if feed.first_ok is not None]
    wanted = {f"feed:{feed.id}": line for feed in once_read if (line := _line(feed, now, zone)) is not None}
    gone = [feed for feed in once_read if feed.state in NOT_READ]
    if len(gone) >= ONE_LINE_FROM and len(gone) >= ALL_AT_ONCE * len(once_read):
        since = min(feed.failing_since or feed.state_since or now for feed in gone)
        text = f"{_roughly(len(gone), len(once_read))} sources cannot be read since {_day(since, zone)}: is this server's network down?"
        wanted = {subject: line for subject, line in wanted.items() if subject not in {f"feed:{feed.id}" for feed in gone}}
        wanted["feeds:all"] = text, "watcher feeds health"
    if len(never) >= ONE_LINE_FROM:
        wanted["feeds:never"] = f"{len(never)} sources never answered from here", "watcher feeds"
    else:
        wanted |= {f"feed:{feed.id}": (f"{feed.title} never answered from here: {feed.problem}", mend_of(feed)) for feed in never}
    return wanted


def _line(feed: feeds.FeedHealth, now: datetime, zone: ZoneInfo) -> tuple[str, str] | None:
    """What is to be said of one source, None where it is well."""
    began = _day(feed.failing_since or feed.state_since or now, zone)
    if feed.state in NOT_READ:
        moved = f"; it moved to {feed.moved_to}" if feed.moved_to else ""
        # Not `failing_since` alone: it is of the newest run of failures, and a source that comes and goes would be told anew each time.
        return f"{feed.title} is not read since {_day(feed.state_since or now, zone)}: {feed.reason}{moved}", mend_of(feed)
    if feed.state is HealthState.MOVED:
        return f"{feed.title} {feed.reason}. It is read there, but the old address may end any day", mend_of(feed)
    if feed.state is HealthState.DEGRADED:
        return f"{feed.title} can only be read in part since {began}: {feed.reason}", mend_of(feed)
    if feed.state is not HealthState.OK:
        return f"{feed.title} is {_STATES[feed.state]} since {_day(feed.state_since or now, zone)}: {feed.reason}", mend_of(feed)
    if feed.fallback_since is not None and now - feed.fallback_since >= FALLBACK_AFTER:
        return f"{feed.title} does not answer since {_day(feed.fallback_since, zone)}. Its fallback works", mend_of(feed)
    return None


_STATES = {HealthState.SHRUNK: "nearly empty", HealthState.SILENT: "silent", HealthState.FROZEN: "frozen"}


def mend_of(feed: feeds.FeedHealth) -> str:
    """The command that helps; it is pasted into a shell, and titles come from lists of others."""
    verb = "off" if (feed.problem or feed.reason or "").startswith(_HOPELESS) else "repair"
    return f"watcher feeds {verb} {shlex.quote(feed.title)}"


def _day(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local.day} {local:%b}"


def _roughly(some: int, whole: int) -> str:
    """A number that does not change with every source that comes back: the line would be told anew each time."""
    return "All" if some == whole else "Nearly all"
