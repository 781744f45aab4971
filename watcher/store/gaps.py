"""Gaps of feeds: times of which items may have been missed, how they were asked for, and what was found late.

What is a gap is decided by `pipeline.gap_notice`, how it is refilled by `pipeline.gaps`; here are only the rows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from watcher.store import execute, insert, select, select_one
from watcher.store.values import CLOCK_RAN_AHEAD, from_time, hash64, known_time, required_time, to_time

OPEN, REFILLED, UNFILLED = "open", "refilled", "unfilled"  # what `gaps.state` holds
OUTAGE, FAILURE, NO_OVERLAP = "outage", "failure", "no overlap"  # what `gaps.why` holds
OLDER_PAGES, SEARCH = "older pages", "search"  # what `gaps.way` holds

_COLUMNS = """gaps.id, gaps.feed, feeds.title, feeds.language, gaps.since, gaps.until, gaps.why, gaps.state, gaps.way, gaps.tries, gaps.pages,
    gaps.found, gaps.problem, gaps.due_at, gaps.created, gaps.settled"""
_AT_ONCE = 500  # values in one IN (...)


@dataclass(frozen=True, slots=True)
class Gap:
    """A time of which a feed's items may have been missed. Columns as in the table `gaps`; `title` and `language` are the feed's."""

    id: int
    feed: int
    title: str
    language: str | None
    since: datetime
    until: datetime
    why: str
    state: str
    way: str | None
    tries: int
    pages: int
    found: int
    problem: str | None
    due_at: datetime | None
    created: datetime
    settled: datetime | None


@dataclass(frozen=True, slots=True)
class Sighted:
    """An entry as a feed showed it: when first, and whether live."""

    entry: int
    article: int
    first_seen: datetime
    live: bool


def unfilled(database: Database, since: datetime) -> list[tuple[str, datetime, datetime]]:
    """What a reader must be told of: (feed title, from, to), oldest first.

    Gaps that are still open, whenever they were found, and those given up since `since`. Of feeds that are read today.
    """
    return _named(database, "(gaps.state = 'open' OR (gaps.state = 'unfilled' AND gaps.settled > ?))", since)


def refilled(database: Database, since: datetime) -> list[tuple[str, datetime, datetime]]:
    """Gaps whose items were all read later, settled since `since`: (feed title, from, to), oldest first."""
    return _named(database, "(gaps.state = 'refilled' AND gaps.settled > ?)", since)


def untried(database: Database) -> int:
    """How many gaps wait for their first try. A late mail that waits for none of these tells what they held."""
    row = select_one(
        database,
        "SELECT count(*) AS n FROM gaps JOIN feeds ON feeds.id = gaps.feed WHERE gaps.state = 'open' AND gaps.tries = 0 AND feeds.enabled = 1",
    )
    return int(row["n"]) if row else 0


def notice(database: Database, feed: int, *, since: datetime, until: datetime, why: str, asked_for: bool, problem: str | None) -> None:
    """Write down a gap. One that is open for this feed is stretched instead, so that a feed never has two. Inside a transaction.

    Unless `asked_for`, it is unfilled from the start, for `problem`; of those in a row there is one.
    """
    at = required_time(until)
    stretched = execute(
        database,
        """
        UPDATE gaps SET until = :at, since = min(since, :since), settled = CASE WHEN state = 'open' THEN NULL ELSE :at END
        WHERE id = (SELECT max(id) FROM gaps WHERE feed = :feed) AND (state = 'open' OR (tries = 0 AND NOT :asked_for))
        """,
        {"at": at, "since": required_time(since), "feed": feed, "asked_for": asked_for},
    )
    if stretched:
        return
    state, due_at, settled = (OPEN, at, None) if asked_for else (UNFILLED, None, at)
    insert(
        database,
        "INSERT INTO gaps (feed, since, until, why, state, problem, due_at, created, settled) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (feed, required_time(since), at, why, state, problem, due_at, at, settled),
    )


def found_since(database: Database, feed: int, since: datetime) -> int:
    """How many gaps of a feed were found since."""
    row = select_one(database, "SELECT count(*) AS n FROM gaps WHERE feed = ? AND created > ?", (feed, required_time(since)))
    return int(row["n"]) if row else 0


def due(database: Database, now: datetime, limit: int) -> list[Gap]:
    """Open gaps to try now, of feeds that are read, longest waiting first."""
    sql = f"SELECT {_COLUMNS} FROM gaps JOIN feeds ON feeds.id = gaps.feed WHERE gaps.state = 'open' AND (gaps.due_at <= ? OR gaps.due_at > ?) AND feeds.enabled = 1 ORDER BY gaps.due_at, gaps.id LIMIT ?"
    return [_gap(row) for row in select(database, sql, (to_time(now), to_time(now + CLOCK_RAN_AHEAD), limit))]


def not_refilled(database: Database, since: datetime) -> list[Gap]:
    """Every open gap, and those given up that were found since; of feeds that are read, oldest first."""
    sql = f"""
        SELECT {_COLUMNS} FROM gaps JOIN feeds ON feeds.id = gaps.feed
        WHERE feeds.enabled = 1 AND (gaps.state = 'open' OR (gaps.state = 'unfilled' AND gaps.created > ?)) ORDER BY gaps.since, gaps.id
        """
    return [_gap(row) for row in select(database, sql, (required_time(since),))]


def by_id(database: Database, gap: int) -> Gap | None:
    """One gap as it stands now."""
    row = select_one(database, f"SELECT {_COLUMNS} FROM gaps JOIN feeds ON feeds.id = gaps.feed WHERE gaps.id = ?", (gap,))
    return _gap(row) if row else None


def asked(database: Database, gap: int, *, way: str, pages: int, found: int) -> None:
    """So many more pages were asked for a gap, and gave so many entries that it held; the last write of the transaction that stores them."""
    execute(database, "UPDATE gaps SET way = ?, pages = pages + ?, found = found + ? WHERE id = ?", (way, pages, found, gap))


def try_again(database: Database, gap: int, *, at: datetime, problem: str) -> None:
    """A try failed for what may pass; the gap stays open."""
    execute(
        database,
        "UPDATE gaps SET tries = tries + 1, problem = ?, due_at = ? WHERE id = ? AND state = 'open'",
        (problem, required_time(at), gap),
    )


def settle(database: Database, gap: int, *, state: str, problem: str | None, now: datetime, until: datetime) -> bool:
    """A gap is done with, refilled or not; False, and nothing done, where a poll moved its end beyond `until` meanwhile."""
    changed = execute(
        database,
        "UPDATE gaps SET tries = tries + 1, state = ?, problem = ?, due_at = NULL, settled = ? WHERE id = ? AND until <= ?",
        (state, problem, required_time(now), gap, required_time(until)),
    )
    return changed == 1


def sighted(database: Database, feed: int, keys: Iterable[str]) -> dict[str, Sighted]:
    """Those of these keys that the feed showed before, by key; former keys of a moved feed lead to the same entry."""
    by_hash = {hash64(key): key for key in keys}
    found: dict[str, Sighted] = {}
    hashes = list(by_hash)
    for part in (hashes[start : start + _AT_ONCE] for start in range(0, len(hashes), _AT_ONCE)):
        marks = ",".join("?" * len(part))
        rows = select(
            database,
            f"""
            SELECT key_hash AS sought, id, article, first_seen, live FROM entries WHERE feed = ? AND key_hash IN ({marks})
            UNION ALL
            SELECT entry_aliases.key_hash, entries.id, article, first_seen, live FROM entry_aliases JOIN entries ON entries.id = entry_aliases.entry
            WHERE entry_aliases.feed = ? AND entry_aliases.key_hash IN ({marks})
            """,
            [feed, *part, feed, *part],
        )
        for row in rows:
            found[by_hash[row["sought"]]] = Sighted(row["id"], row["article"], known_time(row["first_seen"]), bool(row["live"]))
    return found


def mark_late(database: Database, feed: int, late: Mapping[str, datetime]) -> None:
    """Say of entries of a feed, by key, when they would have been found."""
    database.conn.executemany(
        "UPDATE entries SET late = ? WHERE feed = ? AND key_hash = ?",
        [(required_time(moment), feed, hash64(key)) for key, moment in late.items()],
    )


def make_live(database: Database, entry: int, late: datetime) -> bool:
    """An entry that a person's backfill had stored turns out to be what a gap held: it is live, and late. False where it was live before."""
    return execute(database, "UPDATE entries SET live = 1, late = ? WHERE id = ? AND live = 0", (required_time(late), entry)) == 1


def came_late(database: Database, article: int) -> datetime | None:
    """When an article would have been found, where every live sighting of it came late; None where one came in time, or none is live."""
    row = select_one(
        database, "SELECT count(*) AS live, count(late) AS late, min(late) AS first FROM entries WHERE article = ? AND live = 1", (article,)
    )
    return from_time(row["first"]) if row and row["live"] and row["live"] == row["late"] else None


def _named(database: Database, condition: str, since: datetime) -> list[tuple[str, datetime, datetime]]:
    rows = select(
        database,
        f"SELECT feeds.title, gaps.since, gaps.until FROM gaps JOIN feeds ON feeds.id = gaps.feed WHERE feeds.enabled = 1 AND {condition} ORDER BY gaps.since, gaps.id",
        (required_time(since),),
    )
    return [(row["title"], known_time(row["since"]), known_time(row["until"])) for row in rows]


def _gap(row: sqlite3.Row) -> Gap:
    return Gap(
        id=row["id"], feed=row["feed"], title=row["title"], language=row["language"], since=known_time(row["since"]),
        until=known_time(row["until"]), why=row["why"], state=row["state"], way=row["way"], tries=row["tries"], pages=row["pages"],
        found=row["found"], problem=row["problem"], due_at=from_time(row["due_at"]), created=known_time(row["created"]),
        settled=from_time(row["settled"]),
    )  # fmt: skip
