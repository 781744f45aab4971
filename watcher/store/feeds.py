"""Feeds and polls: what is polled, when next, with which validators, and how each fared."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from watcher.model import Feed, FeedKind, Fetched, HealthMemory, HealthState
from watcher.store import execute, insert, select, select_one
from watcher.store import health as feed_health
from watcher.store.values import from_time, known_time, required_time, to_list, to_time

UNCHANGED_ROW_EVERY = timedelta(hours=6)  # an unchanged poll leaves a row of its own only this often
KEEP_POLLS = timedelta(days=400)  # a year of health, with a margin

_COLUMNS = """id, url, title, kind, language, key, state_media, official, allow_private, time_zone, auto, fallbacks, in_use,
    etag, last_modified, validated_url, body_hash, items, interval_s, next_poll, first_ok, last_ok, failures, state"""


@dataclass(frozen=True, slots=True)
class Configured:
    """A feed as configuration has it now; `was` is the address it had before, whose entries and state it keeps."""

    url: str
    title: str
    kind: FeedKind = FeedKind.FEED
    language: str | None = None
    key: bool = False
    state_media: bool = False
    official: bool = False
    allow_private: bool = False
    time_zone: str | None = None
    origin: str = "rules"
    auto: bool = False
    fallbacks: tuple[str, ...] = ()
    was: str | None = None


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """How a feed fared, for lists, `status` and the account of a digest.

    `state` is what lasted, entered and left with care (`collect/health.py`); `failures` and `problem` are of the newest polls. Not read
    now: failing, dead, blocked, not_a_feed, and shrunk where `problem` is set. `state_since` is when the state was entered, None where it
    was never another than ok; the trouble itself began earlier: `failing_since` for what is not read, `last_new` for silent and frozen.
    `reason` is in words and does not change while the state holds. `rhythm` is the feed's own usual longest wait for a new item within a
    day that brings some (a daily's night, a weekly's week), None while too little is known of it.
    """

    id: int
    url: str
    title: str
    kind: FeedKind
    language: str | None
    key: bool
    origin: str
    enabled: bool
    auto: bool
    in_use: str | None
    first_ok: datetime | None
    last_attempt: datetime | None
    last_ok: datetime | None
    last_new: datetime | None
    next_poll: datetime | None
    failures: int
    failing_since: datetime | None
    problem: str | None
    warning: str | None
    moved_to: str | None
    entries: int
    created: datetime
    state: HealthState = HealthState.OK
    state_since: datetime | None = None
    reason: str | None = None
    rhythm: timedelta | None = None
    fallback_since: datetime | None = None  # a fallback answers in the stead of an address that was read before


@dataclass(frozen=True, slots=True)
class PollRow:
    """How one poll of a feed fared. `overlap` are items also in the poll before, None where there was nothing to compare."""

    at: datetime
    outcome: str
    status: int | None
    items: int
    new: int
    overlap: int | None
    seconds: float
    problem: str | None


def configure(database: Database, feeds: Sequence[Configured], now: datetime) -> None:
    """Make the table say what configuration says: new feeds in, changed ones changed, missing ones off (entries stay)."""
    present = {row["url"]: row for row in select(database, "SELECT id, url FROM feeds WHERE kind IN ('feed', 'search')")}
    for feed in feeds:
        if feed.was and feed.was in present and feed.url not in present:
            _move(database, present.pop(feed.was)["id"], feed.url)
            present[feed.url] = select(database, "SELECT id, url FROM feeds WHERE url = ?", (feed.url,))[0]
    database.conn.executemany(
        """
        INSERT INTO feeds (url, title, kind, language, key, state_media, official, allow_private, time_zone, origin, auto, fallbacks, created)
        VALUES (:url, :title, :kind, :language, :key, :state_media, :official, :allow_private, :time_zone, :origin, :auto, :fallbacks, :now)
        ON CONFLICT (url) DO UPDATE SET title = excluded.title, kind = excluded.kind, language = excluded.language, key = excluded.key,
            state_media = excluded.state_media, official = excluded.official, allow_private = excluded.allow_private,
            time_zone = excluded.time_zone, origin = excluded.origin, auto = excluded.auto, fallbacks = excluded.fallbacks, enabled = 1
        """,
        [_configured_values(feed, now) for feed in feeds],
    )
    wanted = {feed.url for feed in feeds}
    gone = [(row["id"],) for url, row in present.items() if url not in wanted]
    database.conn.executemany("UPDATE feeds SET enabled = 0 WHERE id = ?", gone)


def source(database: Database, name: str, title: str, kind: FeedKind, now: datetime) -> int:
    """The feed row of a source that is not polled (a backfill, the self-test), made where missing; gives its id."""
    found = select_one(database, "SELECT id FROM feeds WHERE url = ?", (name,))
    if found:
        return int(found["id"])
    return insert(
        database,
        "INSERT INTO feeds (url, title, kind, origin, enabled, first_ok, created) VALUES (?, ?, ?, 'command', 0, ?, ?)",
        (name, title, kind.value, required_time(now), required_time(now)),
    )


def due(database: Database, now: datetime, *, everything: bool = False, names: Iterable[str] = ()) -> list[Feed]:
    """Feeds to poll now, longest waiting first; all enabled ones with `everything`; only those of these titles or addresses."""
    rows = select(
        database,
        f"""
        SELECT {_COLUMNS} FROM feeds
        WHERE enabled = 1 AND kind IN ('feed', 'search') AND (:everything OR next_poll IS NULL OR next_poll <= :now OR last_attempt > :soon)
        ORDER BY next_poll IS NOT NULL, next_poll, id
        """,
        {"everything": everything, "now": to_time(now), "soon": to_time(now + timedelta(hours=1))},  # asked tomorrow: the clock ran ahead
    )
    wanted = {name.casefold() for name in names}
    return [_feed(row) for row in rows if not wanted or {row["url"].casefold(), row["title"].casefold()} & wanted]


def by_id(database: Database, feed_id: int) -> Feed | None:
    """One feed."""
    row = select_one(database, f"SELECT {_COLUMNS} FROM feeds WHERE id = ?", (feed_id,))
    return _feed(row) if row else None


def polled(
    database: Database,
    feed: Feed,
    fetched: Fetched,
    *,
    new: int,
    overlap: int | None,
    health: HealthMemory | None = None,
    rhythm: timedelta | None = None,
) -> None:
    """Record one poll and what it means for the feed: validators, when next, and its health as it was decided. The last write of its
    transaction. Without `health` the state stays as it is.
    """
    at = required_time(fetched.at)
    if fetched.outcome == "failed":
        _failed(database, feed, fetched, at)
    elif fetched.outcome == "unchanged":
        _unchanged(database, feed, fetched, at)
    else:
        _changed(database, feed, fetched, at, new=new)
    if health is not None:
        feed_health.remember(database, feed.id, health, rhythm)
    if fetched.outcome != "unchanged" or _wants_row(database, feed, fetched.at):
        insert(
            database,
            """
            INSERT INTO polls (feed, at, outcome, status, items, new, overlap, seconds, bytes, problem, before)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            (
                feed.id, at, fetched.outcome, fetched.status, len(fetched.items) // 8, new, overlap, round(fetched.seconds, 3),
                fetched.wire_bytes, fetched.problem, to_time(feed.last_ok),
            ),
        )  # fmt: skip


def poll_soon(database: Database, feed_id: int) -> None:
    """Poll this feed with the next turn."""
    execute(database, "UPDATE feeds SET next_poll = NULL WHERE id = ?", (feed_id,))


def use_address(database: Database, feed_id: int, address: str | None) -> None:
    """Ask this fallback of a feed from now on; None: the configured address."""
    execute(database, "UPDATE feeds SET in_use = ? WHERE id = ? AND in_use IS NOT ?", (address, feed_id, address))


def health(database: Database, *, count_entries: bool = False) -> list[FeedHealth]:
    """Every polled feed, by language and title; those turned off too. Entries are counted (0 else) only where asked: it takes a scan."""
    counted = "(SELECT count(*) FROM entries WHERE entries.feed = feeds.id)" if count_entries else "0"
    rows = select(
        database,
        f"""
        SELECT id, url, title, kind, language, key, origin, enabled, auto, in_use, first_ok, last_attempt, last_ok, last_new, next_poll,
               failures, failing_since, problem, warning, moved_to, created,
               state, state_since, state_reason, rhythm_s, json_extract(health, '$.fallback_since') AS fallback_since,
               {counted} AS entries
        FROM feeds WHERE kind IN ('feed', 'search') ORDER BY language IS NULL, language, title
        """,
    )
    return [_health(row) for row in rows]


def gaps(database: Database, since: datetime) -> list[tuple[str, datetime, datetime]]:
    """Polls that shared no item with the poll before: (title, that poll, this poll). Items between may have been missed."""
    rows = select(
        database,
        """
        SELECT feeds.title, polls.at, coalesce(polls.before,
               (SELECT max(earlier.at) FROM polls AS earlier WHERE earlier.feed = polls.feed AND earlier.at < polls.at
                AND earlier.outcome <> 'failed')) AS before
        FROM polls JOIN feeds ON feeds.id = polls.feed
        WHERE polls.at > ? AND polls.overlap = 0 AND feeds.enabled = 1 AND feeds.kind = 'feed' ORDER BY polls.at
        """,
        (to_time(since),),
    )
    found = [(row["title"], from_time(row["before"]), from_time(row["at"])) for row in rows]
    return [(title, before, at) for title, before, at in found if before and at]


def recent_polls(database: Database, feed_id: int, newest: int) -> list[PollRow]:
    """A feed's last polls that are written down, newest first; a plain "unchanged" is so only every UNCHANGED_ROW_EVERY."""
    rows = select(
        database,
        "SELECT at, outcome, status, items, new, overlap, seconds, problem FROM polls WHERE feed = ? ORDER BY at DESC, id DESC LIMIT ?",
        (feed_id, newest),
    )
    return [PollRow(**{**dict(row), "at": known_time(row["at"])}) for row in rows]


def newest_entries(database: Database, feed_id: int, limit: int) -> list[tuple[str, str, str]]:
    """What a feed showed last, newest first: (key, canonical URL, title). Goes back over the newest entries of all feeds until it has them."""
    rows = select(
        database,
        """
        SELECT entries.key, articles.canonical_url, revisions.title
        FROM entries JOIN articles ON articles.id = entries.article JOIN revisions ON revisions.id = entries.revision
        WHERE +entries.feed = ? ORDER BY entries.id DESC LIMIT ?
        """,
        (feed_id, limit),
    )
    return [(row["key"], row["canonical_url"], row["title"]) for row in rows]


def items_read(database: Database, since: datetime) -> int:
    """How many entries were first seen since."""
    rows = select(
        database,
        "SELECT count(*) AS n FROM entries JOIN feeds ON feeds.id = entries.feed WHERE first_seen > ? AND feeds.kind <> 'canary'",
        (to_time(since),),
    )
    return int(rows[0]["n"])


def forget_old_polls(database: Database, now: datetime) -> int:
    """Drop poll rows over KEEP_POLLS old; gives how many. Which feeds were read in a month stays known: the ledger says it for ever."""
    before = (to_time(now - KEEP_POLLS),)
    kept = "INSERT OR IGNORE INTO months_read (month, feed) SELECT substr(at, 1, 7), feed FROM polls WHERE at < ? AND outcome <> 'failed'"
    execute(database, kept, before)
    return execute(database, "DELETE FROM polls WHERE at < ?", before)


def _changed(database: Database, feed: Feed, fetched: Fetched, at: str, *, new: int) -> None:
    execute(
        database,
        """
        UPDATE feeds SET etag = :etag, last_modified = :last_modified, validated_url = :validated_url, body_hash = :body_hash, items = :items,
            interval_s = :interval, next_poll = :next, first_ok = coalesce(first_ok, :at), last_attempt = :at, last_ok = :at,
            last_new = CASE WHEN :new > 0 THEN :at ELSE last_new END, failures = 0, failing_since = NULL, problem = NULL,
            warning = :warning, moved_to = :moved, in_use = :in_use
        WHERE id = :id
        """,
        {
            "id": feed.id, "etag": fetched.etag, "last_modified": fetched.last_modified, "validated_url": fetched.final_url,
            "body_hash": fetched.body_hash, "items": fetched.items, "interval": _seconds(fetched, feed), "next": to_time(fetched.next_poll),
            "at": at, "new": new, "warning": fetched.warning, "moved": fetched.moved_to, "in_use": _in_use(feed, fetched),
        },
    )  # fmt: skip


def _unchanged(database: Database, feed: Feed, fetched: Fetched, at: str) -> None:
    execute(
        database,
        """
        UPDATE feeds SET interval_s = ?, next_poll = ?, first_ok = coalesce(first_ok, ?), last_attempt = ?, last_ok = ?,
            failures = 0, failing_since = NULL, problem = NULL, moved_to = ?
        WHERE id = ?
        """,
        (_seconds(fetched, feed), to_time(fetched.next_poll), at, at, at, fetched.moved_to, feed.id),
    )


def _failed(database: Database, feed: Feed, fetched: Fetched, at: str) -> None:
    execute(
        database,
        """
        UPDATE feeds SET interval_s = ?, next_poll = ?, last_attempt = ?, failures = failures + 1,
            failing_since = coalesce(failing_since, ?), problem = ?
        WHERE id = ?
        """,
        (_seconds(fetched, feed), to_time(fetched.next_poll), at, at, fetched.problem, feed.id),
    )


def _wants_row(database: Database, feed: Feed, at: datetime) -> bool:
    newest = select_one(database, "SELECT max(at) AS at FROM polls WHERE feed = ?", (feed.id,))
    last = from_time(newest["at"]) if newest else None
    return last is None or at - last >= UNCHANGED_ROW_EVERY


def _in_use(feed: Feed, fetched: Fetched) -> str | None:
    """The address that answered, where it is not the configured one."""
    return fetched.answered_url if fetched.used_fallback else None


def _seconds(fetched: Fetched, feed: Feed) -> int:
    return int((fetched.interval or feed.interval).total_seconds())


def _move(database: Database, feed_id: int, url: str) -> None:
    """A moved feed keeps its entries; its validators belong to the old address and go."""
    execute(
        database,
        """
        UPDATE feeds SET url = ?, etag = NULL, last_modified = NULL, validated_url = NULL, body_hash = NULL, in_use = NULL,
            next_poll = NULL, moved_to = NULL, failures = 0, failing_since = NULL, problem = NULL WHERE id = ?
        """,
        (url, feed_id),
    )
    feed_health.forget_address(database, feed_id)


def _configured_values(feed: Configured, now: datetime) -> dict[str, object]:
    return {
        "url": feed.url, "title": feed.title, "kind": feed.kind.value, "language": feed.language, "key": feed.key,
        "state_media": feed.state_media, "official": feed.official, "allow_private": feed.allow_private, "time_zone": feed.time_zone,
        "origin": feed.origin, "auto": feed.auto, "fallbacks": to_list(feed.fallbacks), "now": to_time(now),
    }  # fmt: skip


def _feed(row: sqlite3.Row) -> Feed:
    fallbacks = json.loads(row["fallbacks"])
    return Feed(
        id=row["id"], url=row["url"], title=row["title"], kind=FeedKind(row["kind"]), language=row["language"], key=bool(row["key"]),
        state_media=bool(row["state_media"]), official=bool(row["official"]), allow_private=bool(row["allow_private"]),
        fallbacks=tuple(fallbacks), in_use=row["in_use"], auto=bool(row["auto"]), time_zone=row["time_zone"],
        interval=timedelta(seconds=row["interval_s"]), etag=row["etag"], last_modified=row["last_modified"],
        validated_url=row["validated_url"], body_hash=row["body_hash"], items=row["items"], failures=row["failures"],
        first_ok=from_time(row["first_ok"]), last_ok=from_time(row["last_ok"]), next_poll=from_time(row["next_poll"]),
        state=HealthState(row["state"]),
    )  # fmt: skip


def _health(row: sqlite3.Row) -> FeedHealth:
    return FeedHealth(
        id=row["id"], url=row["url"], title=row["title"], kind=FeedKind(row["kind"]), language=row["language"], key=bool(row["key"]),
        origin=row["origin"], enabled=bool(row["enabled"]), auto=bool(row["auto"]), in_use=row["in_use"], first_ok=from_time(row["first_ok"]),
        last_attempt=from_time(row["last_attempt"]), last_ok=from_time(row["last_ok"]), last_new=from_time(row["last_new"]),
        next_poll=from_time(row["next_poll"]), failures=row["failures"], failing_since=from_time(row["failing_since"]),
        problem=row["problem"], warning=row["warning"], moved_to=row["moved_to"], entries=row["entries"],
        created=known_time(row["created"]), state=HealthState(row["state"]), state_since=from_time(row["state_since"]),
        reason=row["state_reason"], rhythm=timedelta(seconds=row["rhythm_s"]) if row["rhythm_s"] is not None else None,
        fallback_since=from_time(row["fallback_since"]),
    )  # fmt: skip
