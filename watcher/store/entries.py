"""Entries, articles and revisions: what was seen, and every text of it.

The hot path of a poll: one call a feed, a few statements a call, ids counted here so that rows go in by executemany.
Each text goes in once: a second outlet's link to the same article adds an entry, not a revision.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from watcher.model import Claim, Entry, Verdict
from watcher.store import execute, select, select_one
from watcher.store.values import hash64, known_time, required_time, to_time

_AT_ONCE = 500  # values in one IN (...); SQLite's own limit is 32,766


@dataclass(frozen=True, slots=True)
class Known:
    """An entry as it is stored: which article and revision it showed last, and the hash of that text."""

    entry: int
    article: int
    revision: int
    text_hash: int


@dataclass(frozen=True, slots=True)
class Judged:
    """An entry with what the rules said of it."""

    entry: Entry
    verdict: Verdict
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class Saved:
    """Where a judged entry went. `new_text` is False where this very text of the article was already known."""

    judged: Judged
    article: int
    revision: int
    new_entry: bool
    new_text: bool
    live: bool


@dataclass(frozen=True, slots=True)
class Sighting:
    """One source that showed an article."""

    feed: str
    kind: str
    first_seen: datetime
    live: bool


def known(database: Database, feed_id: int, keys: Iterable[str]) -> dict[str, Known]:
    """Those of these keys that the feed showed before, by key; former keys of a moved feed lead to the same entry."""
    by_hash = {hash64(key): key for key in keys}
    found: dict[str, Known] = {}
    for part in _parts(list(by_hash)):
        marks = ",".join("?" * len(part))
        rows = select(
            database,
            f"""
            SELECT entries.key_hash AS sought, entries.id, entries.article, entries.revision, revisions.hash
            FROM entries JOIN revisions ON revisions.id = entries.revision WHERE entries.feed = ? AND entries.key_hash IN ({marks})
            UNION ALL
            SELECT entry_aliases.key_hash, entries.id, entries.article, entries.revision, revisions.hash
            FROM entry_aliases JOIN entries ON entries.id = entry_aliases.entry JOIN revisions ON revisions.id = entries.revision
            WHERE entry_aliases.feed = ? AND entry_aliases.key_hash IN ({marks})
            """,
            [feed_id, *part, feed_id, *part],
        )
        for row in rows:
            found[by_hash[row["sought"]]] = Known(row["id"], row["article"], row["revision"], row["hash"])
    return found


def text_hash(entry: Entry) -> int:
    """The identity of a text: title and body, as printed."""
    return hash64(entry.title, entry.text)


def save(
    database: Database,
    feed_id: int,
    judged: Sequence[Judged],
    already: dict[str, Known],
    *,
    now: datetime,
    live: bool,
) -> list[Saved]:
    """Store entries that are new or show a changed text; `already` is what `known` said of their keys.

    Inside the caller's transaction. Verdicts and claims are stored by `verdicts.save` from what this gives.
    """
    articles = _articles(database, feed_id, judged, already, now)
    revisions, fresh = _revisions(database, feed_id, judged, articles, now)
    saved = [
        Saved(one, article, revision, one.entry.key not in already, is_new, live)
        for one, article, revision, is_new in zip(judged, articles, revisions, fresh, strict=True)
    ]
    at = required_time(now)
    database.conn.executemany(
        """
        INSERT INTO entries (feed, key_hash, key, article, revision, first_seen, last_seen, live) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (feed, key_hash) DO UPDATE SET revision = excluded.revision, last_seen = excluded.last_seen
        """,
        [
            (feed_id, hash64(one.judged.entry.key), one.judged.entry.key, one.article, one.revision, at, at, live)
            for one in saved
            if one.new_entry
        ],
    )
    database.conn.executemany(
        "UPDATE entries SET revision = ?, last_seen = ? WHERE id = ?",
        [(one.revision, at, already[one.judged.entry.key].entry) for one in saved if not one.new_entry],
    )
    return saved


def first_live(database: Database, saved: Saved) -> bool:
    """Whether this entry is the first live sighting of an article that first polls or a backfill had shown before."""
    if not (saved.live and saved.new_entry):
        return False
    row = select(database, "SELECT count(*) AS n, sum(live) AS live FROM entries WHERE article = ?", (saved.article,))[0]
    return int(row["n"]) > 1 and int(row["live"]) == 1


def seen_again(database: Database, entry_ids: Sequence[int], now: datetime) -> None:
    """Mark entries that a changed body still shows, unchanged."""
    at = required_time(now)
    database.conn.executemany("UPDATE entries SET last_seen = ? WHERE id = ?", [(at, entry) for entry in entry_ids])


def add_revision(
    database: Database, article: int, feed_id: int, entry: Entry, *, now: datetime, final_url: str | None, page_hash: bytes | None
) -> tuple[int, bool]:
    """Store one more text of an article (the page behind a lead); gives the revision and whether it is new."""
    found = select_one(database, "SELECT id FROM revisions WHERE article = ? AND hash = ?", (article, text_hash(entry)))
    if found:
        return int(found["id"]), False
    identity = _next_id(database, "revisions")
    database.conn.execute(_INSERT_REVISION, (*_revision_row(identity, article, feed_id, entry, now), final_url, page_hash))
    return identity, True


def find_article(database: Database, canonical_url: str) -> int | None:
    """The article of a canonical URL, None when no entry ever had it."""
    row = select_one(database, "SELECT id FROM articles WHERE url_hash = ?", (hash64(canonical_url),))
    return int(row["id"]) if row else None


def sightings(database: Database, article: int) -> list[Sighting]:
    """Which sources showed an article, first first."""
    rows = select(
        database,
        """
        SELECT feeds.title AS feed, feeds.kind, entries.first_seen, entries.live FROM entries JOIN feeds ON feeds.id = entries.feed
        WHERE entries.article = ? ORDER BY entries.first_seen, entries.id
        """,
        (article,),
    )
    return [Sighting(row["feed"], row["kind"], known_time(row["first_seen"]), bool(row["live"])) for row in rows]


def title_of(database: Database, article: int) -> str:
    """The title of an article's newest text."""
    row = select_one(database, "SELECT title FROM revisions WHERE article = ? ORDER BY id DESC LIMIT 1", (article,))
    return str(row["title"]) if row else ""


def lead_of(database: Database, article: int) -> str | None:
    """What became of an article's lead, in words; None where it was none."""
    row = select_one(database, "SELECT state, reason FROM leads WHERE article = ?", (article,))
    if row is None:
        return None
    return "its full article is still to be read" if row["state"] == "open" else str(row["reason"])


def forget_texts(database: Database, now: datetime, keep: timedelta) -> int:
    """Drop the text of revisions older than `keep` that the rules do not match and that stand in no story; gives how many.

    Entry, title, hash, verdict and reason stay. Watched texts go too: they are for review, not evidence. So does what only
    other rules matched, before. Texts of labelled articles stay: a person's judgement is worth nothing without what it is of.
    """
    return execute(
        database,
        """
        UPDATE revisions SET text = NULL WHERE text IS NOT NULL AND read_at < ?
            AND (SELECT level FROM verdicts WHERE verdicts.revision = revisions.id ORDER BY verdicts.id DESC LIMIT 1) IS NOT 'match'
            AND NOT EXISTS (SELECT 1 FROM story_articles WHERE story_articles.article = revisions.article)
            AND NOT EXISTS (SELECT 1 FROM labels WHERE labels.article = revisions.article)
        """,
        (to_time(now - keep),),
    )


_INSERT_REVISION = """
    INSERT INTO revisions (id, article, hash, feed, url, title, text, language, published, source, via, text_from, read_at, final_url, page_hash)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


def _articles(database: Database, feed_id: int, judged: Sequence[Judged], already: dict[str, Known], now: datetime) -> list[int]:
    """The article of each entry, made where its canonical URL is new. An entry keeps its article when its link changes."""
    urls = [one.entry.canonical_url or f"entry:{feed_id}:{hash64(one.entry.key)}" for one in judged]
    hashes = [hash64(url) for url in urls]
    ids: dict[int, int] = {}
    for part in _parts(list(set(hashes))):
        marks = ",".join("?" * len(part))
        ids |= {
            row["url_hash"]: row["id"] for row in select(database, f"SELECT url_hash, id FROM articles WHERE url_hash IN ({marks})", part)
        }
    rows = []
    following = _next_id(database, "articles")
    found: list[int] = []
    for one, url, url_hash in zip(judged, urls, hashes, strict=True):
        if one.entry.key in already:
            found.append(already[one.entry.key].article)
            continue
        if url_hash not in ids:
            ids[url_hash] = following
            rows.append((following, url_hash, url, required_time(now)))
            following += 1
        found.append(ids[url_hash])
    database.conn.executemany("INSERT INTO articles (id, url_hash, canonical_url, first_seen) VALUES (?, ?, ?, ?)", rows)
    return found


def _revisions(
    database: Database, feed_id: int, judged: Sequence[Judged], articles: Sequence[int], now: datetime
) -> tuple[list[int], list[bool]]:
    """The revision of each entry, made where the article has not shown this text."""
    ids: dict[tuple[int, int], int] = {}
    for part in _parts(list(set(articles))):
        marks = ",".join("?" * len(part))
        for row in select(database, f"SELECT id, article, hash FROM revisions WHERE article IN ({marks})", part):
            ids[row["article"], row["hash"]] = row["id"]
    rows = []
    following = _next_id(database, "revisions")
    found, fresh = [], []
    for one, article in zip(judged, articles, strict=True):
        name = (article, text_hash(one.entry))
        fresh.append(name not in ids)
        if name not in ids:
            ids[name] = following
            rows.append((*_revision_row(following, article, feed_id, one.entry, now), None, None))
            following += 1
        found.append(ids[name])
    database.conn.executemany(_INSERT_REVISION, rows)
    return found, fresh


def _revision_row(identity: int, article: int, feed_id: int, entry: Entry, now: datetime) -> tuple[object, ...]:
    return (
        identity, article, text_hash(entry), feed_id, entry.url, entry.title, entry.text, entry.language, to_time(entry.published),
        entry.source, entry.via, entry.text_from, required_time(now),
    )  # fmt: skip


def _next_id(database: Database, table: str) -> int:
    """The id of the next row. Safe inside a transaction: nobody else can write."""
    return int(database.conn.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {table}").fetchone()[0])


def _parts(values: list[int]) -> Iterable[list[int]]:
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))
