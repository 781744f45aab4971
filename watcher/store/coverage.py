"""The archive -> Coverage: which outlets were read in each month, and in which languages.

An outlet was read in a month where one of its feeds answered a poll in that month, or where the archive holds an article of it that
was published in that month (that is all there is of months before the first poll, and of outlets that only a search or a backfill
brought). Months are those of UTC. The self-test is no outlet. What counts as too little is not decided here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlite_utils import Database

from watcher.model import Coverage, MonthRead
from watcher.store import select
from watcher.store.values import required_time

LATELY = timedelta(days=30)  # what a month is compared with

_POLLS = """
SELECT DISTINCT {month} AS month, feeds.title AS outlet, feeds.kind, feeds.language FROM polls JOIN feeds ON feeds.id = polls.feed
WHERE polls.outcome <> 'failed' AND feeds.kind IN ('feed', 'search') AND polls.at <= :until AND polls.at > :since
"""
_POLLS_BEFORE = """
SELECT months_read.month, feeds.title AS outlet, feeds.kind, feeds.language FROM months_read JOIN feeds ON feeds.id = months_read.feed
WHERE feeds.kind IN ('feed', 'search') AND months_read.month <= substr(:until, 1, 7)
"""
_ARTICLES = """
SELECT DISTINCT {month} AS month, revisions.source AS outlet, 'feed' AS kind, revisions.language FROM revisions JOIN feeds ON feeds.id = revisions.feed
WHERE feeds.kind <> 'canary' AND revisions.read_at <= :until
  AND coalesce(revisions.published, revisions.read_at) <= :until AND coalesce(revisions.published, revisions.read_at) > :since
"""


def coverage(database: Database, until: datetime) -> Coverage:
    """Return what was read up to a moment, by month, and in the 30 days before it."""
    always = {"until": required_time(until), "since": ""}
    months = [*select(database, _POLLS.format(month="substr(polls.at, 1, 7)"), always), *select(database, _POLLS_BEFORE, always)]
    months += select(database, _ARTICLES.format(month="substr(coalesce(revisions.published, revisions.read_at), 1, 7)"), always)
    lately = {"until": required_time(until), "since": required_time(until - LATELY)}
    recent = [*select(database, _POLLS.format(month="''"), lately), *select(database, _ARTICLES.format(month="''"), lately)]
    by_month: dict[str, list[sqlite3.Row]] = {}
    for row in months:
        by_month.setdefault(row["month"], []).append(row)
    return Coverage({month: _read(rows) for month, rows in sorted(by_month.items())}, _read(recent), until)


def _read(rows: Iterable[sqlite3.Row]) -> MonthRead:
    """A search is no outlet, but it is read in a language."""
    rows = list(rows)
    outlets = frozenset(name for row in rows if row["kind"] != "search" and (name := " ".join(row["outlet"].casefold().split())))
    return MonthRead(outlets, frozenset(row["language"].split("-")[0].lower() for row in rows if row["language"]))
