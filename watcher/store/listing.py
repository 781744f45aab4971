"""Which stories a list shows: by words, people, day, place and how sure they are, all on indexed columns.

Also what keeps those columns true whenever a story's facts are stored. Words are cut and found in `search`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlite_utils import Database

from watcher.fold import folded
from watcher.model import Confidence, Facts, Stage
from watcher.store import execute, search, select
from watcher.store.values import known_facts

_BATCH = 500  # stories filled in at once


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list asks for; None asks for all. `nationality` and `stage` must hold of the same people. Days are both included."""

    state: str = "open"
    phrases: tuple[str, ...] = ()  # from search.phrases
    nationality: str | None = None
    stage: Stage | None = None
    since: date | None = None
    until: date | None = None
    place: str | None = None  # or a part of its name
    confidence: Confidence | None = None
    checked: bool | None = None
    limit: int | None = None


def find(database: Database, wanted: Wanted) -> list[int]:
    """The ids of the stories that are wanted, newest first (by their day, then by id)."""
    common = None if wanted.limit is None else search.COMMON
    conditions = [search.condition(database, phrase, common=common) for phrase in wanted.phrases]
    conditions += [one for one in (_people(wanted), _place(wanted)) if one]
    columns: list[tuple[str, object]] = [("state = ?", wanted.state)]
    if wanted.since:
        columns.append(("day >= ?", wanted.since.isoformat()))
    if wanted.until:
        columns.append(("day <= ?", wanted.until.isoformat()))
    if wanted.confidence:
        columns.append(("confidence = ?", wanted.confidence.value))
    if wanted.checked is not None:
        columns.append((f"confidence {'=' if wanted.checked else '<>'} ?", Confidence.CHECKED.value))
    where = " AND ".join([*(sql for sql, _ in columns), *(one.sql for one in conditions)])
    values = [*(value for _, value in columns), *(value for one in conditions for value in one.values)]
    limit = "" if wanted.limit is None else f"LIMIT {int(wanted.limit)}"
    return [row["id"] for row in select(database, f"SELECT id FROM stories WHERE {where} ORDER BY day DESC, id DESC {limit}", values)]


def places(database: Database) -> list[str]:
    """Every place that a story names, folded; to say which was meant."""
    return [row["place"] for row in select(database, "SELECT DISTINCT place FROM story_places ORDER BY place")]


def put(database: Database, story: int, facts: Facts) -> None:
    """Keep the columns of a story's facts that lists ask for. Inside the transaction that stores the facts."""
    execute(database, "DELETE FROM story_people WHERE story = ?", (story,))
    database.conn.executemany(
        """
        INSERT OR IGNORE INTO story_people (story, position, nationality, stage, status, count, count_max, date)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
            (
                story, position, nationality, row.stage.value, row.status.value, row.count, row.count_max,
                row.date.isoformat() if row.date else None,
            )
            for position, row in enumerate(facts.people)
            for nationality in row.nationality or ("",)
        ],
    )  # fmt: skip
    execute(database, "DELETE FROM story_places WHERE story = ?", (story,))
    named = [(folded(place), story) for place in facts.places]
    database.conn.executemany("INSERT OR IGNORE INTO story_places (place, story) VALUES (?, ?)", named)
    search.put_story(database, story, facts)


def fill(database: Database) -> None:
    """Make the columns and words of every story that has none: for a database from before they were kept."""
    after = 0
    while rows := select(database, "SELECT id, facts FROM stories WHERE id > ? ORDER BY id LIMIT ?", (after, _BATCH)):
        for row in rows:
            put(database, row["id"], known_facts(row["facts"]))
        after = rows[-1]["id"]
    for row in select(database, "SELECT DISTINCT revision FROM story_articles ORDER BY revision"):
        for text in select(database, "SELECT title, text, source FROM revisions WHERE id = ?", (row["revision"],)):
            search.put_report(database, row["revision"], text["title"], text["text"] or "", text["source"])


def _people(wanted: Wanted) -> search.Condition | None:
    """The people asked for; those of merged and dismissed stories are left out by the state of the story."""
    asked = [("nationality = ?", wanted.nationality), ("stage = ?", wanted.stage.value if wanted.stage else None)]
    asked = [(sql, value) for sql, value in asked if value is not None]
    if not asked:
        return None
    where = " AND ".join(sql for sql, _ in asked)
    return search.Condition(f"stories.id IN (SELECT story FROM story_people WHERE {where})", tuple(value for _, value in asked))


def _place(wanted: Wanted) -> search.Condition | None:
    if wanted.place is None:
        return None
    return search.Condition("stories.id IN (SELECT story FROM story_places WHERE instr(place, ?) > 0)", (folded(wanted.place),))
