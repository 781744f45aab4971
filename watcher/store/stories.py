"""Stories: their articles with the reason of each join, their facts, keys, links and what a person corrected.

Candidates for a join come through `story_keys` (typed facts and a day), never by a scan of all stories.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlite_utils import Database

from watcher.model import ArticleRole, Claim, Facts, Join, LinkKind, Report, StoryFile
from watcher.store import execute, insert, select, select_one
from watcher.store.values import from_list, from_time, known_facts, required_time, to_facts
from watcher.store.verdicts import claims_of


@dataclass(frozen=True, slots=True)
class StoryFilter:
    """Which stories a list wants; None asks for all."""

    state: str = "open"
    newest: int | None = None


def candidates(database: Database, keys: Iterable[str]) -> list[StoryFile]:
    """Stories that are found by any of these keys, lowest id first; dismissed ones too, as a copy of a dismissed article belongs there."""
    wanted = sorted(keys)
    if not wanted:
        return []
    marks = ",".join("?" * len(wanted))
    rows = select(
        database,
        f"""
        SELECT DISTINCT story_keys.story FROM story_keys JOIN stories ON stories.id = story_keys.story
        WHERE key IN ({marks}) AND stories.state <> 'merged' ORDER BY story_keys.story
        """,
        wanted,
    )
    return load_many(database, [row["story"] for row in rows])


def load(database: Database, story: int) -> StoryFile | None:
    """The story of an id; an id that was merged away leads to the story it became. None when there never was one."""
    found = load_many(database, [resolve(database, story)])
    return found[0] if found else None


def load_many(database: Database, stories: Sequence[int]) -> list[StoryFile]:
    """Stories with all their reports and claims, in the order of the ids asked for."""
    if not stories:
        return []
    marks = ",".join("?" * len(stories))
    heads = {row["id"]: row for row in select(database, f"SELECT * FROM stories WHERE id IN ({marks})", list(stories))}
    reports = _reports(database, stories)
    links: dict[int, list[tuple[int, LinkKind]]] = {}
    for row in select(database, f"SELECT story, other, kind FROM story_links WHERE story IN ({marks})", list(stories)):
        links.setdefault(row["story"], []).append((row["other"], LinkKind(row["kind"])))
    wanted, barred = _named(database, stories, ("merge", "confirm")), _named(database, stories, ("split", "dismiss"))
    return [
        StoryFile(
            id=story,
            reports=tuple(reports.get(story, ())),
            facts=known_facts(heads[story]["facts"]),
            first_seen=from_time(heads[story]["first_seen"]),
            updated=from_time(heads[story]["updated"]),
            links=tuple(links.get(story, ())),
            must=frozenset(wanted.get(story, ())),
            must_not=frozenset(barred.get(story, ())),
            dismissed=heads[story]["state"] == "dismissed",
        )
        for story in stories
        if story in heads
    ]


def listing(database: Database, wanted: StoryFilter | None = None) -> list[StoryFile]:
    """Stories, newest first (by their day, then by id)."""
    wanted = wanted or StoryFilter()
    limit = "" if wanted.newest is None else f"LIMIT {int(wanted.newest)}"
    rows = select(database, f"SELECT id FROM stories WHERE state = ? ORDER BY day DESC, id DESC {limit}", (wanted.state,))
    ids = [row["id"] for row in rows]
    return [story for start in range(0, len(ids), 200) for story in load_many(database, ids[start : start + 200])]


def of_article(database: Database, article: int) -> list[int]:
    """The stories that an article stands in, as report or copy."""
    rows = select(
        database,
        """
        SELECT story FROM story_articles JOIN stories ON stories.id = story_articles.story
        WHERE article = ? AND role <> 'background' AND stories.state <> 'merged' ORDER BY story
        """,
        (article,),
    )
    return [row["story"] for row in rows]


def create(database: Database, facts: Facts, *, first_seen: datetime, now: datetime) -> int:
    """A new story without articles yet; gives its id, which is never reused."""
    return insert(
        database,
        """
        INSERT INTO stories (facts, headline, stage, total, total_max, confidence, first_seen, updated) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        (*_fact_columns(facts), required_time(first_seen), required_time(now)),
    )


def put_article(database: Database, story: int, report: Report, join: Join, now: datetime) -> bool:
    """Put a report into a story, or its newer text; gives whether the article is new there. The first reason stays."""
    known = select_one(database, "SELECT 1 FROM story_articles WHERE story = ? AND article = ?", (story, report.article))
    database.conn.execute(
        """
        INSERT INTO story_articles (story, article, revision, role, reason, score, at) VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (story, article) DO UPDATE SET revision = excluded.revision
        """,
        (story, report.article, report.revision, join.role.value, join.reason, join.score, required_time(now)),
    )
    for other, kind in join.links:
        link(database, story, other, kind, join.reason, now)
    for other, kind in join.linked_from:
        link(database, other, story, kind, join.reason, now)
    return known is None


def link(database: Database, story: int, other: int, kind: LinkKind, reason: str, now: datetime) -> None:
    """Say that two stories belong together; a story is never linked to itself."""
    if story == other:
        return
    database.conn.execute(
        "INSERT OR IGNORE INTO story_links (story, other, kind, reason, at) VALUES (?, ?, ?, ?, ?)",
        (story, other, kind.value, reason, required_time(now)),
    )


def set_facts(database: Database, story: int, facts: Facts, keys: Iterable[str], day: date, now: datetime) -> None:
    """Store what a story says now, its day, and the keys it is found by."""
    execute(
        database,
        """
        UPDATE stories SET facts = ?, headline = ?, stage = ?, total = ?, total_max = ?, confidence = ?, day = ?, updated = ? WHERE id = ?
        """,
        (*_fact_columns(facts), day.isoformat(), required_time(now), story),
    )
    execute(database, "DELETE FROM story_keys WHERE story = ?", (story,))
    database.conn.executemany("INSERT OR IGNORE INTO story_keys (key, story) VALUES (?, ?)", [(key, story) for key in keys])


def merge(database: Database, into: int, other: int, now: datetime) -> None:
    """Make two stories one: the lower id survives (`into` must be it), the other resolves to it for ever."""
    assert into < other, "the lower id survives a merge"
    at = required_time(now)
    database.conn.execute(
        """
        INSERT OR IGNORE INTO story_articles (story, article, revision, role, reason, score, by, at)
        SELECT ?, article, revision, role, reason, score, by, at FROM story_articles WHERE story = ?
        """,
        (into, other),
    )
    database.conn.execute("DELETE FROM story_articles WHERE story = ?", (other,))
    database.conn.execute("DELETE FROM story_keys WHERE story = ?", (other,))
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
    database.conn.execute("DELETE FROM story_links WHERE story = ? OR other = ?", (other, other))
    database.conn.execute("UPDATE stories SET state = 'merged', updated = ? WHERE id = ?", (at, other))
    database.conn.execute("UPDATE story_aliases SET story = ? WHERE story = ?", (into, other))
    database.conn.execute("INSERT INTO story_aliases (alias, story, at) VALUES (?, ?, ?)", (other, into, at))


def of_month(database: Database, year: int, month: int) -> list[StoryFile]:
    """Open stories whose day, or whose people's rows, may fall in a month: those of the month and two to either side."""
    first = date(year, month, 1) - timedelta(days=62)
    last = date(year, month, 28) + timedelta(days=65)
    rows = select(
        database,
        "SELECT id FROM stories WHERE state = 'open' AND day BETWEEN ? AND ? ORDER BY id",
        (first.isoformat(), last.isoformat()),
    )
    return load_many(database, [row["id"] for row in rows])


def since(database: Database, first: date) -> list[StoryFile]:
    """Open stories with a day from `first` on, newest first."""
    rows = select(database, "SELECT id FROM stories WHERE state = 'open' AND day >= ? ORDER BY day DESC, id DESC", (first.isoformat(),))
    return load_many(database, [row["id"] for row in rows])


def resolve(database: Database, story: int) -> int:
    """The id that an id leads to after merges; itself when it was never merged away."""
    seen = set()
    while story not in seen:
        seen.add(story)
        row = select_one(database, "SELECT story FROM story_aliases WHERE alias = ?", (story,))
        if row is None:
            return story
        story = row["story"]
    return story


def count(database: Database) -> int:
    """How many open stories there are."""
    return int(select(database, "SELECT count(*) AS n FROM stories WHERE state = 'open'")[0]["n"])


def _fact_columns(facts: Facts) -> tuple[object, ...]:
    return (
        to_facts(facts), facts.headline, facts.stage.value if facts.stage else None, facts.total, facts.total_max, facts.confidence.value,
    )  # fmt: skip


def _reports(database: Database, stories: Sequence[int]) -> dict[int, list[Report]]:
    marks = ",".join("?" * len(stories))
    rows = select(
        database,
        f"""
        SELECT story_articles.story, story_articles.article, story_articles.revision, story_articles.role, story_articles.reason,
               story_articles.score, revisions.url, articles.canonical_url, revisions.title, revisions.text, revisions.source,
               revisions.language, revisions.published, articles.first_seen, revisions.via, revisions.text_from,
               feeds.state_media, feeds.official,
               (SELECT rules FROM verdicts WHERE verdicts.revision = revisions.id ORDER BY verdicts.id DESC LIMIT 1) AS rules
        FROM story_articles JOIN revisions ON revisions.id = story_articles.revision
        JOIN articles ON articles.id = story_articles.article JOIN feeds ON feeds.id = revisions.feed
        WHERE story_articles.story IN ({marks})
        ORDER BY story_articles.story, coalesce(revisions.published, articles.first_seen), story_articles.article
        """,
        list(stories),
    )
    claims = claims_of(database, sorted({row["revision"] for row in rows})) if rows else {}
    found: dict[int, list[Report]] = {}
    for row in rows:
        found.setdefault(row["story"], []).append(_report(row, claims))
    return found


def _report(row: sqlite3.Row, claims: dict[int, tuple[Claim, ...]]) -> Report:
    return Report(
        article=row["article"], revision=row["revision"], url=row["url"], canonical_url=row["canonical_url"], title=row["title"],
        text=row["text"] or "", source=row["source"], language=row["language"], published=from_time(row["published"]),
        first_seen=datetime.fromisoformat(row["first_seen"]), claims=claims.get(row["revision"], ()), rules=from_list(row["rules"]),
        via=row["via"], text_from=row["text_from"], state_media=bool(row["state_media"]), official=bool(row["official"]),
        role=ArticleRole(row["role"]), reason=row["reason"], score=row["score"],
    )  # fmt: skip


def _named(database: Database, stories: Sequence[int], kinds: tuple[str, str]) -> dict[int, set[int]]:
    """Articles that corrections of these kinds name, by story: those a person has said belong, or do not belong, there."""
    marks = ",".join("?" * len(stories))
    found: dict[int, set[int]] = {}
    rows = select(
        database,
        f"SELECT story, articles FROM corrections WHERE kind IN (?, ?) AND undone_at IS NULL AND story IN ({marks})",
        [*kinds, *stories],
    )
    for row in rows:
        found.setdefault(row["story"], set()).update(from_list(row["articles"]))
    return found
