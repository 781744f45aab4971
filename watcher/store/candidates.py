"""The stories that a new report could belong to: found by equal keys, the nearest in time where many share one, and loaded for comparing.

What is loaded is what joining compares, as it was written down when the story was stored: people, addresses, headlines, what a
person decided. Claims are read only of a story that has no such row yet, texts only of stories that a key of words found; facts
and links of none. A whole story is given by `stories.load`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache

from sqlite_utils import Database

from watcher.model import ArticleRole, Claim, Report, StoryFile
from watcher.store import corrections, execute, select
from watcher.store.values import from_time, known_time, required_time, to_time
from watcher.store.verdicts import claims_of

# How many stories of each kind of key are compared, the nearest in time first. Where more have the same figure and nationality
# within months, nobody could tell which is meant; the cost of a join must not grow with how busy a month was.
MOST_SURE, MOST_FIGURES, MOST_SIZES, MOST_COARSE = 8, 5, 4, 3
MOST_WORDS = 3  # copies of a text share most of its keys, chance neighbours one
MOST_READ = 40  # rows of coarse keys, which are asked for nearest day first; a busy week has hundreds

_ROLES = {one.value: one for one in ArticleRole}
_WITH_KEY = "FROM json_each(:{kind}) AS asked CROSS JOIN story_keys ON story_keys.key = asked.value"
_NEAREST = "ORDER BY abs(min(day) - :near), count(*) DESC, story"


def _most(kind: str, most: int, order: str = _NEAREST) -> str:
    rows = _WITH_KEY.format(kind=kind)
    if kind == "coarse":
        rows = f"FROM (SELECT story, day {rows} LIMIT {MOST_READ})"
    return f"SELECT * FROM (SELECT story, {int(kind == 'words')} AS worded {rows} GROUP BY story {order} LIMIT {most})"


# One statement, always of the same words, so that SQLite need not plan it again for every report. CROSS JOIN asks the index for each
# key: the planner could otherwise walk all keys. Whether anything was decided of a story, or of one merged into it, is asked beside.
_FIND = f"""
WITH found AS (
    {
    " UNION ALL ".join(
        (
            _most("sure", MOST_SURE),
            _most("figures", MOST_FIGURES),
            _most("sizes", MOST_SIZES),
            _most("coarse", MOST_COARSE),
            _most("words", MOST_WORDS, "HAVING count(*) > :chance ORDER BY count(*) DESC, story DESC"),
        )
    )
}
)
SELECT stories.id, stories.state, max(found.worded) AS worded, story_compared.people, story_compared.reports,
       EXISTS (SELECT 1 FROM corrections WHERE corrections.story = stories.id OR corrections.other = stories.id)
       OR EXISTS (SELECT 1 FROM story_aliases WHERE story_aliases.story = stories.id) AS decided
FROM found CROSS JOIN stories ON stories.id = found.story LEFT JOIN story_compared ON story_compared.story = stories.id AND story_compared.form = :form
WHERE stories.state <> 'merged' GROUP BY stories.id ORDER BY stories.id
"""


def find(
    database: Database,
    sure: Collection[str],
    figures: Collection[str],
    sizes: Collection[str],
    coarse: Sequence[str],
    words: Collection[str],
    near: date,
    form: int,
) -> list[StoryFile]:
    """Stories found by these keys, lowest id first; dismissed ones too, as a copy of a dismissed article belongs there.

    Of each kind the nearest to the day `near` are taken, of the coarse ones among the first that are read; of the words those with most
    in common. Where what is compared is not kept in this `form`, candidates come with their claims, and without `people`.
    """
    kinds = {"sure": sure, "figures": figures, "sizes": sizes, "coarse": coarse, "words": words}
    asked = {kind: json.dumps(list(keys)) for kind, keys in kinds.items()}
    chance = int(
        sum(key.startswith("text:") for key in words) > 1
    )  # how many words a neighbour shares by chance; a text of one sentence has but one
    rows = select(database, _FIND, {**asked, "near": near.toordinal(), "form": form, "chance": chance})
    by_words = {row["id"] for row in rows if row["worded"]}
    unpacked = [row["id"] for row in rows if row["people"] is None]
    from_claims = _from_claims(database, unpacked, by_words) if unpacked else {}
    reports = {row["id"]: _kept(row["reports"]) for row in rows if row["people"] is not None}
    _add_texts(database, reports, by_words)
    decided = [row["id"] for row in rows if row["decided"]]
    applied = corrections.applied(database, decided) if decided else {}
    return [_candidate(row, from_claims.get(row["id"]) or reports.get(row["id"], ()), applied) for row in rows]


def put(database: Database, story: int, reports: Iterable[Report], people: str, form: int) -> None:
    """Keep what a new report is compared with, beside the keys the story is found by. Inside the transaction that stores these."""
    sql = "INSERT OR REPLACE INTO story_compared (story, form, people, reports) VALUES (?, ?, ?, ?)"
    execute(database, sql, (story, form, people, json.dumps([_columns(report) for report in reports], ensure_ascii=False)))


def _candidate(row: sqlite3.Row, reports: Sequence[Report], applied: dict[int, corrections.Applied]) -> StoryFile:
    by_hand = applied.get(row["id"])
    return StoryFile(
        id=row["id"],
        reports=tuple(reports),
        must=frozenset(by_hand.must) if by_hand else frozenset(),
        must_not=frozenset(by_hand.must_not) if by_hand else frozenset(),
        dismissed=row["state"] == "dismissed",
        people=row["people"],
    )


def _columns(report: Report) -> tuple[object, ...]:
    return (
        report.article, report.revision, report.canonical_url, report.title, report.source, report.language, to_time(report.published),
        required_time(report.first_seen), report.via, report.role.value,
    )  # fmt: skip


@lru_cache(maxsize=1_024)  # reports of one event come in one poll, and meet the same stories
def _kept(kept: str) -> tuple[Report, ...]:
    """The reports of a story without texts and claims: what was compared of these is kept as the story's people."""
    return tuple(_kept_report(*columns) for columns in json.loads(kept))


def _kept_report(
    article: int, revision: int, url: str, title: str, source: str, language: str | None, published: str | None, first_seen: str,
    via: str | None, role: str,
) -> Report:  # fmt: skip
    return Report(
        article, revision, url, url, title, "", source, language, from_time(published), known_time(first_seen), (), via=via, role=_ROLES[role]
    )  # fmt: skip


def _add_texts(database: Database, reports: dict[int, tuple[Report, ...]], stories: set[int]) -> None:
    wanted = [report.revision for story in stories for report in reports.get(story, ())]
    if not wanted:
        return
    rows = select(database, "SELECT id, text FROM revisions WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(wanted),))
    texts = {row["id"]: row["text"] or "" for row in rows}
    for story in stories & reports.keys():
        reports[story] = tuple(replace(report, text=texts[report.revision]) for report in reports[story])


def _from_claims(database: Database, stories: Sequence[int], with_text: set[int]) -> dict[int, list[Report]]:
    rows = select(
        database,
        """
        SELECT story_articles.story, story_articles.article, story_articles.revision, story_articles.role, revisions.url,
               articles.canonical_url, revisions.title, revisions.source, revisions.language, revisions.published, articles.first_seen,
               revisions.via, CASE WHEN story_articles.story IN (SELECT value FROM json_each(:worded)) THEN revisions.text END AS text
        FROM story_articles JOIN revisions ON revisions.id = story_articles.revision
        JOIN articles ON articles.id = story_articles.article
        WHERE story_articles.story IN (SELECT value FROM json_each(:stories))
        ORDER BY story_articles.story, coalesce(revisions.published, articles.first_seen), story_articles.article
        """,
        {"worded": json.dumps(sorted(with_text)), "stories": json.dumps(stories)},
    )
    claims = claims_of(database, sorted({row["revision"] for row in rows})) if rows else {}
    found: dict[int, list[Report]] = {}
    for row in rows:
        found.setdefault(row["story"], []).append(_report(row, claims.get(row["revision"], ())))
    return found


def _report(row: sqlite3.Row, claims: tuple[Claim, ...]) -> Report:
    return Report(
        article=row["article"], revision=row["revision"], url=row["url"], canonical_url=row["canonical_url"], title=row["title"],
        text=row["text"] or "", source=row["source"], language=row["language"], published=from_time(row["published"]),
        first_seen=known_time(row["first_seen"]), claims=claims, via=row["via"], role=ArticleRole(row["role"]),
    )  # fmt: skip
