"""A story -> Filed: texts as read with their hashes, links both ways, corrections, who was told by which message. Reads only."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlite_utils import Database

from watcher.model import (
    ChangeKind,
    Filed,
    FiledCorrection,
    FiledLink,
    FiledSource,
    FiledTelling,
    KeptText,
    LinkKind,
    Seen,
    Sent,
    StoryFile,
)
from watcher.store import corrections, rejudging, select, stories, telling
from watcher.store.values import from_facts, from_time, hash64, known_time


def file_of(database: Database, story: StoryFile) -> Filed:
    """Return everything the archive has of a stored story."""
    assert story.id is not None
    links = _links(database, story.id)
    others = stories.load_many(database, sorted({link.story for link in links}))
    return Filed(
        story=story,
        sources=_sources(database, story),
        links=links,
        changes=tuple(telling.changes_of(database, story.id)),
        corrections=tuple(_correction(one, story.id) for one in corrections.of_story(database, story.id)),
        tellings=_tellings(database, story.id),
        numbers=tuple(stories.numbers_of(database, story.id)[1:]),
        linked={one.id: one.facts for one in others if one.id is not None and one.facts is not None},
    )


def _sources(database: Database, story: StoryFile) -> tuple[FiledSource, ...]:
    articles = [report.article for report in story.reports]
    texts, seen = _texts(database, articles), _sightings(database, articles)
    lost = rejudging.no_longer_matched(database, story.id or 0)
    joined = {
        row["article"]: (row["by"], from_time(row["at"]))
        for row in select(database, "SELECT article, by, at FROM story_articles WHERE story = ?", (story.id,))
    }
    found = []
    for report in story.reports:
        every = texts[report.article]
        counts = next(text for text in every if text.revision == report.revision)
        by, at = joined.get(report.article, (None, None))
        found.append(
            FiledSource(
                report, counts, tuple(text for text in every if text is not counts), tuple(seen.get(report.article, ())), by, at,
                lost.get(report.article),
            )
        )  # fmt: skip
    return tuple(found)


def _texts(database: Database, articles: Sequence[int]) -> dict[int, list[KeptText]]:
    """Every text of these articles, oldest first."""
    found: dict[int, list[KeptText]] = {}
    rows = select(
        database,
        f"""
        SELECT revisions.id, revisions.article, revisions.hash, revisions.url, revisions.title, revisions.text, revisions.language,
               revisions.text_from, revisions.final_url, revisions.page_hash, revisions.read_at, feeds.title AS feed
        FROM revisions JOIN feeds ON feeds.id = revisions.feed WHERE article IN ({_marks(articles)}) ORDER BY revisions.id
        """,
        list(articles),
    )
    for row in rows:
        found.setdefault(row["article"], []).append(_text(row))
    return found


def _text(row: sqlite3.Row) -> KeptText:
    page_hash = row["page_hash"]
    return KeptText(
        revision=row["id"], title=row["title"], text=row["text"], url=row["url"], final_url=row["final_url"], text_from=row["text_from"],
        feed=row["feed"], read_at=known_time(row["read_at"]), language=row["language"],
        stored_hash=row["hash"].to_bytes(8, "big", signed=True).hex(),
        intact=None if row["text"] is None else hash64(row["title"], row["text"]) == row["hash"],
        page_hash=bytes(page_hash).hex() if page_hash else None,
    )  # fmt: skip


def _sightings(database: Database, articles: Sequence[int]) -> dict[int, list[Seen]]:
    found: dict[int, list[Seen]] = {}
    rows = select(
        database,
        f"""
        SELECT entries.article, feeds.title AS feed, entries.first_seen, entries.live FROM entries JOIN feeds ON feeds.id = entries.feed
        WHERE entries.article IN ({_marks(articles)}) ORDER BY entries.first_seen, entries.id
        """,
        list(articles),
    )
    for row in rows:
        found.setdefault(row["article"], []).append(Seen(row["feed"], known_time(row["first_seen"]), bool(row["live"])))
    return found


def _links(database: Database, story: int) -> tuple[FiledLink, ...]:
    rows = select(
        database,
        "SELECT story, other, kind, reason FROM story_links WHERE story = :id OR other = :id ORDER BY at, story, other",
        {"id": story},
    )
    return tuple(
        FiledLink(row["other"] if row["story"] == story else row["story"], LinkKind(row["kind"]), row["reason"], row["story"] == story)
        for row in rows
    )


def _correction(one: corrections.Correction, story: int) -> FiledCorrection:
    what = f"articles {', '.join(f'a{number}' for number in one.articles)}" if one.articles else ""
    if one.other is not None:
        what = f"with #{one.other if one.story == story else one.story}" + (f", {what}" if what else "")
    undone = f"by {one.undone_by}" + (f": {one.undone_why}" if one.undone_why else "") if one.undone_at else ""
    return FiledCorrection(one.name, one.kind.value, what, one.by, one.why, one.at, undone)


def _tellings(database: Database, story: int) -> tuple[FiledTelling, ...]:
    """One row a moment, audience and answer: a message may settle several changes at once."""
    rows = select(
        database,
        """
        SELECT DISTINCT told.at, audiences.name AS audience, told.told, told.kind, told.reason, told.story, told.facts, told.digest, digests.number
        FROM told JOIN audiences ON audiences.id = told.audience LEFT JOIN digests ON digests.id = told.digest
        WHERE told.story = :id OR told.story IN (SELECT alias FROM story_aliases WHERE story_aliases.story = :id)
        ORDER BY told.at, audiences.name, told.story
        """,
        {"id": story},
    )
    sent = _sent(database, sorted({row["digest"] for row in rows if row["digest"] is not None and row["told"]}))
    return tuple(
        FiledTelling(
            known_time(row["at"]), row["audience"], bool(row["told"]), ChangeKind(row["kind"]), row["reason"], row["story"], row["number"],
            from_facts(row["facts"]), sent.get(row["digest"], ()) if row["told"] else (),
        )
        for row in rows
    )  # fmt: skip


def _sent(database: Database, digests: Sequence[int]) -> Mapping[int, tuple[Sent, ...]]:
    """The messages of these digests, by channel. Recipients are counted, never named."""
    found: dict[int, list[Sent]] = {}
    rows = select(
        database,
        f"""
        SELECT digest, channel, count(*) AS recipients, sum(state = 'sent') AS taken, max(CASE WHEN state = 'sent' THEN settled END) AS last
        FROM outbox WHERE digest IN ({_marks(digests)}) GROUP BY digest, channel ORDER BY digest, channel
        """,
        list(digests),
    )
    for row in rows:
        last: datetime | None = from_time(row["last"])
        found.setdefault(row["digest"], []).append(Sent(row["channel"], row["recipients"], row["taken"], last))
    return {digest: tuple(of) for digest, of in found.items()}


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))
