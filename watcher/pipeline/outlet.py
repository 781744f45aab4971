"""An address -> the outlet it stands on, as configuration and database know it: is it read, when was it last, how far back did it go.

Reads only. An address belongs to an outlet when its host is the feed's, with or without `www.`, or one below the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from watcher.config import Config, FeedConfig
from watcher.model import FeedKind
from watcher.store import Database, feeds
from watcher.store.oldest import oldest_shown
from watcher.urls import host_of


@dataclass(frozen=True, slots=True)
class Outlet:
    """A configured feed of an outlet. Times are None while it was never read, `oldest` also where nothing of it is known."""

    feed: FeedConfig
    row: int | None = None  # its row in the database
    last_ok: datetime | None = None
    problem: str | None = None
    oldest: datetime | None = None  # of the items that its newest answer showed


def outlets_of(url: str, config: Config, database: Database | None) -> list[Outlet]:
    """The configured feeds of the outlet that `url` stands on, those that are off too."""
    host = _plain(host_of(url))
    named = [feed for feed in config.feeds if feed.kind is FeedKind.FEED and host and _same(host, _plain(host_of(feed.url)))]
    if database is None or not named:
        return [Outlet(feed) for feed in named]
    rows = {health.url: health for health in feeds.health(database)}
    found = []
    for feed in named:
        row = rows.get(feed.url)
        oldest = oldest_shown(database, row.id) if row else None
        found.append(Outlet(feed, row.id, row.last_ok, row.problem, oldest) if row else Outlet(feed))
    return found


def _plain(host: str) -> str:
    return host.removeprefix("www.")


def _same(one: str, other: str) -> bool:
    """`en.example.org` and `example.org` are one outlet; `example.org` and `org` are none."""
    return bool(other) and (one == other or one.endswith(f".{other}") or (other.endswith(f".{one}") and "." in one))
