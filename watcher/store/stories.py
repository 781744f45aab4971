"""Stories: their articles with the reason of each join, their facts, keys, links and what a person corrected.

Which of them a new report could belong to is found in `candidates`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlite_utils import Database

from watcher.model import ArticleRole, Claim, Facts, Join, LinkKind, Report, StoryFile
from watcher.store import corrections, execute, insert, search, select, select_one
from watcher.store import listing as listed
from watcher.store.values import from_list, from_time, known_facts, required_time, to_facts
from watcher.store.verdicts import claims_of


@dataclass(frozen=True, slots=True)
class StoryFilter:
    """Which stories a list wants; None asks for all."""

    state: str = "open"
    newest: int | None = None


def load(database: Database, story: int) -> StoryFile | None:
    """The story of an id; an id that was merged away leads to the story it became. None when there never was one."""
    found = load_many(database, [resolve(database, story)])
    return found[0] if found else None


def facts_of(database: Database, story: int) -> Facts | None:
    """What a story says now, without its reports; None when there is none of this id."""
    row = select_one(database, "SELECT facts FROM stories WHERE id = ?", (story,))
    return known_facts(row["facts"]) if row else None


def load_many(database: Database, stories: Sequence[int]) -> list[StoryFile]:
    """Stories with all their reports and claims, in the order of the ids asked for."""
    if not stories:
        return []
    marks = ",".join("?" * len(stories))
    heads = {row["id"]: row for row in select(database, f"SELECT * FROM stories WHERE id IN ({marks})", list(stories))}
    reports = _reports(database, stories)
    links: dict[int, list[tuple[int, LinkKind]]] = {}
    to_open = f"SELECT story, other, kind FROM story_links JOIN stories ON stories.id = other WHERE story IN ({marks}) AND state = 'open'"
    for row in select(database, to_open, list(stories)):  # what a person dismissed is no "earlier case" to any reader
        links.setdefault(row["story"], []).append((row["other"], LinkKind(row["kind"])))
    decided = corrections.applied(database, stories)
    nothing = corrections.Applied()
    return [
        StoryFile(
            id=story,
            reports=tuple(reports.get(story, ())),
            facts=known_facts(heads[story]["facts"]),
            first_seen=from_time(heads[story]["first_seen"]),
            updated=from_time(heads[story]["updated"]),
            links=tuple(links.get(story, ())),
            must=frozenset(by_hand.must),
            must_not=frozenset(by_hand.must_not),
            checked_by=by_hand.checked_by,
            confirmed=by_hand.rows,
            replaced=by_hand.replaced,
            own_places=by_hand.places,
            dismissed=heads[story]["state"] == "dismissed",
        )
        for story in stories
        if story in heads
        for by_hand in (decided.get(story, nothing),)
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
    search.put_report(database, report.revision, report.title, report.text, report.source)
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


def set_state(database: Database, story: int, state: str, now: datetime) -> None:
    """Open or dismiss a story."""
    execute(database, "UPDATE stories SET state = ?, updated = ? WHERE id = ?", (state, required_time(now), story))


def set_facts(database: Database, story: int, facts: Facts, keys: Iterable[str], day: date, now: datetime) -> None:
    """Store what a story says now, its day, and the keys it is found by."""
    _set_keys(database, story, set(keys), day)
    execute(
        database,
        """
        UPDATE stories SET facts = ?, headline = ?, stage = ?, total = ?, total_max = ?, confidence = ?, day = ?, updated = ?,
            checked_by = ?, checked_at = CASE WHEN ? THEN (SELECT max(at) FROM corrections
                WHERE story = stories.id AND kind IN ('confirm', 'edit') AND undone_at IS NULL) END
        WHERE id = ?
        """,
        (*_fact_columns(facts), day.isoformat(), required_time(now), facts.checked_by, facts.checked_by is not None, story),
    )
    listed.put(database, story, facts)


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


def numbers_of(database: Database, story: int) -> list[int]:
    """Every number that leads to a story, its own first."""
    return [story, *(row["alias"] for row in select(database, "SELECT alias FROM story_aliases WHERE story = ? ORDER BY alias", (story,)))]


def count(database: Database) -> int:
    """How many open stories there are."""
    return int(select(database, "SELECT count(*) AS n FROM stories WHERE state = 'open'")[0]["n"])


def _set_keys(database: Database, story: int, keys: set[str], day: date) -> None:
    """Write the keys that differ: one more report on a story leaves most as they were. Each has the day of its story."""
    known = {row["key"] for row in select(database, "SELECT key FROM story_keys WHERE story = ?", (story,))}
    gone = known - keys
    if gone:
        database.conn.executemany("DELETE FROM story_keys WHERE key = ? AND story = ?", [(key, story) for key in gone])
    if known & keys:
        # The day of a story changes seldom; all its keys have the same.
        execute(database, "UPDATE story_keys SET day = ?1 WHERE story = ?2 AND day IS NOT ?1", (day.toordinal(), story))
    values = [(key, story, day.toordinal()) for key in keys - known]
    database.conn.executemany("INSERT OR IGNORE INTO story_keys (key, story, day) VALUES (?, ?, ?)", values)


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
