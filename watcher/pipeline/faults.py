"""Feed health -> lines for the operator: sources that do not answer, each with the command that mends it.

Only what lasts is said: one time-out is no news. A line closes by itself when the source is read again.
"""

from __future__ import annotations

import shlex
from datetime import datetime, timedelta

from watcher.store import Database, feeds, operations

TOLD_AFTER_FAILURES = 3  # in a row
NEVER_ANSWERED_AFTER = timedelta(days=1)  # since it was configured
ONE_LINE_FROM = 5  # sources that never answered are told in one line from this number on: a fresh catalogue has many


def note_feed_faults(database: Database, now: datetime) -> None:
    """Open, change and close the operator's lines about sources. Inside the caller's transaction."""
    open_lines = {fault.subject for fault in operations.faults(database)}
    enabled = [feed for feed in feeds.health(database) if feed.enabled]
    never = [feed for feed in enabled if feed.first_ok is None and feed.failures and now - feed.created >= NEVER_ANSWERED_AFTER]
    failing = [feed for feed in enabled if feed.first_ok is not None and feed.failures >= TOLD_AFTER_FAILURES]
    wanted = {f"feed:{feed.id}": _failing_line(feed) for feed in failing}
    if len(never) >= ONE_LINE_FROM:
        wanted["feeds:never"] = f"{len(never)} sources never answered from here", "watcher feeds"
    else:
        wanted |= {f"feed:{feed.id}": (f"{feed.title} never answered from here: {feed.problem}", _off(feed)) for feed in never}
    for subject, (text, mend) in wanted.items():
        operations.fault(database, subject, text, mend, now)
    for subject in open_lines - wanted.keys():
        if subject.startswith(("feed:", "feeds:")):
            operations.mended(database, subject, now)


def _failing_line(feed: feeds.FeedHealth) -> tuple[str, str]:
    since = f" since {feed.failing_since.day} {feed.failing_since:%b}" if feed.failing_since else ""
    if feed.moved_to:
        return f"{feed.title} answers {feed.problem}{since}; it moved to {feed.moved_to}", f"watcher feeds add {shlex.quote(feed.moved_to)}"
    return f"{feed.title} is not read{since}: {feed.problem}", _off(feed)


def _off(feed: feeds.FeedHealth) -> str:
    return f"watcher feeds off {shlex.quote(feed.title)}"  # the line is pasted into a shell, and titles come from lists of others
