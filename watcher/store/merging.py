"""Two stories made one, and apart again: ids that lead elsewhere, and the rows that went with them.

Every merge keeps what both stories were, so that it can be taken back. Whether to merge is not decided here.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from watcher.store import execute, insert, select, select_one
from watcher.store.values import required_time

_ARTICLE = ("story", "article", "revision", "role", "reason", "score", "by", "at")
_LINK = ("story", "other", "kind", "reason", "at")


@dataclass(frozen=True, slots=True)
class Merge:
    """One merge as it was made. `gave` and `had` are the articles that came with the id that went, and those that were there."""

    id: int
    alias: int
    story: int
    gave: frozenset[int]
    had: frozenset[int]


def merge(database: Database, into: int, other: int, now: datetime, *, correction: int | None = None) -> None:
    """Make two stories one: the lower id survives (`into` must be it), the other resolves to it. `correction`: a person's."""
    assert into < other, "the lower id survives a merge"
    at = required_time(now)
    before = {"articles": _articles(database, into, other), "links": _links(database, into, other)}
    database.conn.execute(
        """
        INSERT INTO story_articles (story, article, revision, role, reason, score, by, at)
        SELECT ?, article, revision, role, reason, score, by, at FROM story_articles WHERE story = ?
        ON CONFLICT (story, article) DO UPDATE SET role = excluded.role, reason = excluded.reason WHERE story_articles.role = 'background'
        """,
        (into, other),
    )
    execute(database, "DELETE FROM story_articles WHERE story = ?", (other,))
    execute(database, "DELETE FROM story_keys WHERE story = ?", (other,))
    execute(database, "DELETE FROM story_compared WHERE story = ?", (other,))
    database.conn.execute(
        """
        INSERT OR IGNORE INTO story_links (story, other, kind, reason, at)
        SELECT ?, other, kind, reason, at FROM story_links WHERE story = ? AND other <> ?
        """,
        (into, other, into),
    )
    database.conn.execute(
        """
        INSERT OR IGNORE INTO story_links (story, other, kind, reason, at)
        SELECT story, ?, kind, reason, at FROM story_links WHERE other = ? AND story <> ?
        """,
        (into, other, into),
    )
    execute(database, "DELETE FROM story_links WHERE story = ? OR other = ?", (other, other))
    execute(database, "UPDATE stories SET state = 'merged', updated = ? WHERE id = ?", (at, other))
    execute(database, "UPDATE story_aliases SET story = ? WHERE story = ?", (into, other))
    database.conn.execute("INSERT INTO story_aliases (alias, story, at) VALUES (?, ?, ?)", (other, into, at))
    database.conn.execute(
        "INSERT INTO story_merges (alias, story, correction, before, at) VALUES (?, ?, ?, ?, ?)",
        (other, into, correction, json.dumps(before, ensure_ascii=False), at),
    )


def of_correction(database: Database, correction: int) -> Merge | None:
    """The merge that a correction made, where it is in force."""
    row = select_one(
        database, "SELECT id, alias, story, before FROM story_merges WHERE correction = ? AND undone_at IS NULL", (correction,)
    )
    if row is None:
        return None
    rows = json.loads(row["before"]).get("articles", [])
    named = {side: frozenset(one["article"] for one in rows if one["story"] == side) for side in (row["alias"], row["story"])}
    return Merge(row["id"], row["alias"], row["story"], named[row["alias"]], named[row["story"]])


def take_apart(database: Database, one: Merge, home: int, later: Collection[int], now: datetime) -> None:
    """Give an id back the articles that came with it, as far as they stand in `home` now, with `later` ones that are its own too.

    Both stories' links are again as they were, and newer links stay with the story that survived. The merge stays on record.
    """
    before = json.loads(select(database, "SELECT before FROM story_merges WHERE id = ?", (one.id,))[0]["before"])
    here = {
        row["article"]: row["revision"] for row in select(database, "SELECT article, revision FROM story_articles WHERE story = ?", (home,))
    }
    execute(database, "UPDATE stories SET state = 'open', updated = ? WHERE id = ?", (required_time(now), one.alias))
    for row in before.get("articles", ()):
        if row["article"] not in here:
            continue  # split off since
        if row["story"] == one.alias:
            if row["article"] not in one.had:
                execute(database, "DELETE FROM story_articles WHERE story = ? AND article = ?", (home, row["article"]))
            _put(database, "story_articles", _ARTICLE, {**row, "revision": here[row["article"]]})
        elif row["article"] in one.gave:
            sql = "UPDATE story_articles SET role = ?, reason = ? WHERE story = ? AND article = ?"
            execute(database, sql, (row["role"], row["reason"], home, row["article"]))
    move(database, later, home, one.alias)
    execute(database, "UPDATE story_merges SET undone_at = ? WHERE id = ?", (required_time(now), one.id))
    _give_links_back(database, one, home, before.get("links", []))
    _lead_anew(database)


def move(database: Database, articles: Iterable[int], story: int, to: int, *, by: str | None = None, reason: str = "") -> None:
    """Put articles of one story into another; `by` and `reason` say who wanted that, before the reason they had."""
    for article in sorted(articles):
        execute(
            database,
            """
            UPDATE story_articles SET story = :to, by = coalesce(:by, by), reason = :reason || reason
            WHERE story = :story AND article = :article
            """,
            {"to": to, "by": by, "reason": f"{reason}; " if reason else "", "story": story, "article": article},
        )


def _give_links_back(database: Database, one: Merge, home: int, rows: Sequence[dict[str, Any]]) -> None:
    """The links of both as they were. Those that the survivor has only from the merge go; links between the two come back too."""
    had = {(row["story"], row["other"], row["kind"]) for row in rows}
    for row in rows:
        if one.alias in (row["story"], row["other"]):
            mine = {name: home if row[name] == one.alias else row[name] for name in ("story", "other")}
            if (mine["story"], mine["other"], row["kind"]) not in had:
                sql = "DELETE FROM story_links WHERE story = ? AND other = ? AND kind = ?"
                execute(database, sql, (mine["story"], mine["other"], row["kind"]))
            ends = {name: home if row[name] == one.story else row[name] for name in ("story", "other")}
            _put(database, "story_links", _LINK, {**row, **ends})


def _lead_anew(database: Database) -> None:
    """Write down anew where every merged id leads, from the merges in force."""
    to = {row["alias"]: (row["story"], row["at"]) for row in _in_force(database)}
    execute(database, "DELETE FROM story_aliases")
    for alias, (next_, at) in to.items():
        home = next_
        while home in to:
            home = to[home][0]
        insert(database, "INSERT INTO story_aliases (alias, story, at) VALUES (?, ?, ?)", (alias, home, at))


def _in_force(database: Database) -> list[Any]:
    return select(database, "SELECT alias, story, at FROM story_merges WHERE undone_at IS NULL ORDER BY id")


def _articles(database: Database, *stories: int) -> list[dict[str, Any]]:
    marks = ",".join("?" * len(stories))
    return [dict(row) for row in select(database, f"SELECT {', '.join(_ARTICLE)} FROM story_articles WHERE story IN ({marks})", stories)]


def _links(database: Database, *stories: int) -> list[dict[str, Any]]:
    marks = ",".join("?" * len(stories))
    sql = f"SELECT {', '.join(_LINK)} FROM story_links WHERE story IN ({marks}) OR other IN ({marks})"
    return [dict(row) for row in select(database, sql, (*stories, *stories))]


def _put(database: Database, table: str, columns: Sequence[str], row: dict[str, Any]) -> None:
    sql = f"INSERT OR REPLACE INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    database.conn.execute(sql, [row[name] for name in columns])
