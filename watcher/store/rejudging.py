"""Rule changes: when other rules came into force, how far stored texts were judged again with them, and what came of it.

The newest row of `rule_changes` is the one that counts. Texts are taken from the newest to the oldest by revision id, so one
number says how far it is. What a changed verdict leads to (stories, leads) is decided in `pipeline`.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from watcher.model import Claim, Entry, Level
from watcher.store import execute, insert, select, select_one
from watcher.store.values import from_time, known_time, required_time
from watcher.store.verdicts import Columns, claims_of, rule_set


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One row of `rule_changes`: what is still to be judged are texts with an id above `stop` and up to `following`."""

    id: int
    rule_set: int
    fingerprint: str
    at: datetime
    open: bool
    following: int
    stop: int
    texts: int
    judged: int
    without_text: int
    failed: int
    leads: int
    leads_left: int
    seconds: float
    finished: datetime | None

    @property
    def seconds_left(self) -> float | None:
        """How long the rest takes at the pace so far; None while there is no pace yet."""
        return self.seconds / self.judged * max(0, self.texts - self.judged) if self.judged else None


@dataclass(frozen=True, slots=True)
class Stored:
    """One stored text with the verdict that counts so far (`before` None: never judged) and the claims it had."""

    revision: int
    article: int
    first_seen: datetime
    entry: Entry
    before: int | None
    rule_set: int | None
    columns: Columns | None
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What one turn adds to a rule change's counts."""

    judged: int
    without_text: int
    failed: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rule change came to: stories it opened, and which of them nobody was told of; stories it added articles to; the lost."""

    gained: int
    lost: int
    opened: tuple[int, ...]
    untold: tuple[int, ...]
    joined: tuple[int, ...]
    lost_in: tuple[int, ...]


def newest(database: Database) -> RuleChange | None:
    """The rule change that counts; None before any rules were in force."""
    row = select_one(
        database,
        """
        SELECT rule_changes.id, rule_set, hash, at, state, next, stop, texts, judged, without_text, failed, leads, leads_left, seconds, finished
        FROM rule_changes JOIN rule_sets ON rule_sets.id = rule_changes.rule_set ORDER BY rule_changes.id DESC LIMIT 1
        """,
    )
    if row is None:
        return None
    return RuleChange(
        id=row["id"], rule_set=row["rule_set"], fingerprint=row["hash"], at=known_time(row["at"]), open=row["state"] == "open",
        following=row["next"], stop=row["stop"], texts=row["texts"], judged=row["judged"], without_text=row["without_text"],
        failed=row["failed"], leads=row["leads"], leads_left=row["leads_left"], seconds=row["seconds"], finished=from_time(row["finished"]),
    )  # fmt: skip


def come_into_force(database: Database, fingerprint: str, text: str, now: datetime) -> None:
    """Write down that these rules are in force. Where texts were judged by others, they are to be judged again; other open work ends.

    Inside the caller's transaction. The same rules again change nothing, unless another process has judged texts by others meanwhile.
    """
    rules = rule_set(database, fingerprint, text, now)
    known = newest(database)
    last = _last_revision(database)
    if known and known.rule_set == rules:
        if not known.open:
            _look_at_later_ones(database, known, last)
        return
    execute(database, "UPDATE rule_changes SET state = 'replaced', finished = ? WHERE state = 'open'", (required_time(now),))
    texts = _texts(database)
    is_open = texts > 0 and (known is not None or judged_by_others(database, rules, above=0) is not None)
    state, following, finished = ("open", last, None) if is_open else ("done", 0, required_time(now))
    insert(
        database,
        "INSERT INTO rule_changes (rule_set, at, state, newest, next, texts, finished) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (rules, required_time(now), state, last, following, texts if is_open else 0, finished),
    )


def judged_by_others(database: Database, rules: int, *, above: int) -> int | None:
    """The newest text with an id above a number whose verdict is not of these rules; None where there is none."""
    row = select_one(
        database,
        """
        SELECT revisions.id FROM revisions
        WHERE revisions.id > ? AND revisions.text IS NOT NULL
          AND (SELECT rule_set FROM verdicts WHERE verdicts.revision = revisions.id ORDER BY verdicts.id DESC LIMIT 1) <> ?
        ORDER BY revisions.id DESC LIMIT 1
        """,
        (above, rules),
    )
    return int(row["id"]) if row else None


def texts_between(database: Database, low: int, high: int) -> list[Stored]:
    """The stored texts with an id above `low` and up to `high`, newest first. The self-test's are left out."""
    rows = select(
        database,
        """
        SELECT revisions.id, revisions.article, articles.first_seen, articles.canonical_url, revisions.url, revisions.title, revisions.text,
               revisions.language, revisions.published, revisions.source, revisions.via, revisions.text_from, feeds.time_zone,
               verdicts.id AS verdict, verdicts.rule_set, verdicts.level, verdicts.rules, verdicts.evidence, verdicts.missing, verdicts.reason
        FROM revisions JOIN articles ON articles.id = revisions.article JOIN feeds ON feeds.id = revisions.feed
        LEFT JOIN verdicts ON verdicts.id = (SELECT max(newer.id) FROM verdicts AS newer WHERE newer.revision = revisions.id)
        WHERE revisions.id > ? AND revisions.id <= ? AND revisions.text IS NOT NULL AND feeds.kind <> 'canary'
        ORDER BY revisions.id DESC
        """,
        (low, high),
    )
    claims = claims_of(database, [row["id"] for row in rows if row["level"] in (Level.MATCH, Level.WATCH)])
    return [_stored(row, claims) for row in rows]


def without_text(database: Database, low: int, high: int) -> int:
    """How many revisions of such a range have no text left."""
    sql = """
        SELECT count(*) AS n FROM revisions JOIN feeds ON feeds.id = revisions.feed
        WHERE revisions.id > ? AND revisions.id <= ? AND revisions.text IS NULL AND feeds.kind <> 'canary'
    """
    return int(select(database, sql, (low, high))[0]["n"])


def advance(database: Database, change: int, low: int, part: Part) -> None:
    """Write down that everything above `low` is done."""
    execute(
        database,
        """
        UPDATE rule_changes SET next = ?, judged = judged + ?, without_text = without_text + ?, failed = failed + ?, seconds = seconds + ?
        WHERE id = ?
        """,
        (low, part.judged, part.without_text, part.failed, part.seconds, change),
    )


def finish(database: Database, change: RuleChange, now: datetime) -> RuleChange | None:
    """End a rule change that has nothing left, or go on with texts that another process judged by other rules meanwhile: it is open then.

    None, with nothing changed, where other rules have come into force. Inside the caller's transaction.
    """
    known = newest(database)
    if known is None or known.id != change.id or not known.open:
        return None
    since = int(select(database, "SELECT newest FROM rule_changes WHERE id = ?", (change.id,))[0]["newest"])
    last = _last_revision(database)
    if judged_by_others(database, change.rule_set, above=since) is not None:
        _reopen(database, change.id, last)
    else:
        execute(
            database, "UPDATE rule_changes SET state = 'done', newest = ?, finished = ? WHERE id = ?", (last, required_time(now), change.id)
        )
    return newest(database)


def record(
    database: Database, change: int, article: int, revision: int, was: Level, became: Level, *, story: int | None, opened: bool
) -> None:
    """Note an article that other rules found, or no longer match. What an older text of it takes back is noted no more."""
    execute(
        database,
        """
        INSERT INTO rule_change_articles (rule_change, article, revision, was, became, story, opened) VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (rule_change, article) DO UPDATE SET became = excluded.became, revision = excluded.revision, story = excluded.story
        """,
        (change, article, revision, was.value, became.value, story, opened),
    )
    execute(
        database,
        "DELETE FROM rule_change_articles WHERE rule_change = ? AND article = ? AND (was = 'match') = (became = 'match')",
        (change, article),
    )


def another_text_matches(database: Database, article: int, revision: int) -> bool:
    """Whether the verdict that counts of another text of an article is a match."""
    return (
        select_one(
            database,
            """
            SELECT 1 FROM revisions JOIN verdicts
              ON verdicts.id = (SELECT max(newer.id) FROM verdicts AS newer WHERE newer.revision = revisions.id)
            WHERE revisions.article = ? AND revisions.id <> ? AND verdicts.level = 'match' LIMIT 1
            """,
            (article, revision),
        )
        is not None
    )


def places(database: Database, article: int) -> dict[int, int]:
    """The stories an article stands in, in any role, each with the text of it that counts there."""
    rows = select(
        database,
        """
        SELECT story, revision FROM story_articles JOIN stories ON stories.id = story_articles.story
        WHERE article = ? AND stories.state <> 'merged' ORDER BY story
        """,
        (article,),
    )
    return {row["story"]: row["revision"] for row in rows}


def feed_of(database: Database, revision: int) -> int:
    """Which source brought a text."""
    return int(select(database, "SELECT feed FROM revisions WHERE id = ?", (revision,))[0]["feed"])


def live_feed(database: Database, article: int) -> int | None:
    """The first feed that showed an article as news; None where only first polls or backfills brought it."""
    row = select_one(database, "SELECT feed FROM entries WHERE article = ? AND live = 1 ORDER BY id LIMIT 1", (article,))
    return int(row["feed"]) if row else None


def was_lead(database: Database, article: int) -> bool:
    """Whether a lead was ever opened for an article."""
    return select_one(database, "SELECT 1 FROM leads WHERE article = ?", (article,)) is not None


def leads_opened(database: Database, change: int) -> int:
    """How many leads a rule change has opened so far."""
    return int(select(database, "SELECT leads FROM rule_changes WHERE id = ?", (change,))[0]["leads"])


def count_lead(database: Database, change: int, *, opened: bool) -> None:
    """Count a lead that was opened, or left."""
    column = "leads" if opened else "leads_left"
    execute(database, f"UPDATE rule_changes SET {column} = {column} + 1 WHERE id = ?", (change,))


def outcome(database: Database, change: int) -> Outcome:
    """What a rule change came to so far. Stories that were merged stand under the id they became."""
    rows = select(
        database,
        """
        SELECT article, became, opened, coalesce(story_aliases.story, rule_change_articles.story) AS story
        FROM rule_change_articles LEFT JOIN story_aliases ON story_aliases.alias = rule_change_articles.story
        WHERE rule_change = ? ORDER BY 4
        """,
        (change,),
    )
    found = [row for row in rows if row["became"] == Level.MATCH]
    lost = [row for row in rows if row["became"] != Level.MATCH]
    opened = tuple(dict.fromkeys(row["story"] for row in found if row["opened"]))
    joined = tuple(dict.fromkeys(row["story"] for row in found if row["story"] and row["story"] not in opened))
    told = {row["story"] for row in select(database, "SELECT DISTINCT story FROM told WHERE told = 1")} if opened else set()
    return Outcome(
        gained=len(found),
        lost=len(lost),
        opened=opened,
        untold=tuple(story for story in opened if story not in told),
        joined=joined,
        lost_in=tuple(dict.fromkeys(row["story"] for row in lost if row["story"])),
    )


def found_stories(database: Database, change: int) -> list[int]:
    """Every story that a rule change opened or added an article to."""
    found = outcome(database, change)
    return sorted({*found.opened, *found.joined})


def mark_told(database: Database, change: int, now: datetime) -> bool:
    """Note that a person asked to tell what a rule change found; False where that was done before."""
    return execute(database, "UPDATE rule_changes SET told = ? WHERE id = ? AND told IS NULL", (required_time(now), change)) == 1


def no_longer_matched(database: Database, story: int) -> dict[int, datetime]:
    """The articles of a story that the rules do not match any more, each with when the rules changed."""
    rows = select(
        database,
        """
        SELECT story_articles.article, max(rule_changes.at) AS at
        FROM story_articles
        JOIN rule_change_articles ON rule_change_articles.article = story_articles.article
        JOIN rule_changes ON rule_changes.id = rule_change_articles.rule_change
        WHERE story_articles.story = ? AND rule_change_articles.became <> 'match'
          AND NOT EXISTS (
            SELECT 1 FROM revisions JOIN verdicts
              ON verdicts.id = (SELECT max(newer.id) FROM verdicts AS newer WHERE newer.revision = revisions.id)
            WHERE revisions.article = story_articles.article AND verdicts.level = 'match')
        GROUP BY story_articles.article
        """,
        (story,),
    )
    return {row["article"]: known_time(row["at"]) for row in rows}


def _look_at_later_ones(database: Database, known: RuleChange, last: int) -> None:
    """The same rules as before: texts since then may have been judged by others, by a command with an edited file."""
    row = select(database, "SELECT newest FROM rule_changes WHERE id = ?", (known.id,))[0]
    if judged_by_others(database, known.rule_set, above=row["newest"]) is not None:
        _reopen(database, known.id, last)
    else:
        execute(database, "UPDATE rule_changes SET newest = ? WHERE id = ?", (last, known.id))


def _reopen(database: Database, change: int, last: int) -> None:
    """Go on from the newest text down to where this rule change began."""
    later = "SELECT count(*) FROM revisions WHERE id > rule_changes.newest AND text IS NOT NULL"
    execute(
        database,
        f"""
        UPDATE rule_changes SET state = 'open', finished = NULL, stop = newest, texts = texts + ({later}), next = :last, newest = :last
        WHERE id = :id
        """,
        {"last": last, "id": change},
    )


def _last_revision(database: Database) -> int:
    return int(select(database, "SELECT coalesce(max(id), 0) AS id FROM revisions")[0]["id"])


def _texts(database: Database) -> int:
    """How many texts are there; answered from the index `revisions_with_text` alone."""
    return int(select(database, "SELECT count(*) AS n FROM revisions WHERE text IS NOT NULL")[0]["n"])


def _stored(row: sqlite3.Row, claims: dict[int, tuple[Claim, ...]]) -> Stored:
    entry = Entry(
        key=row["canonical_url"], url=row["url"], canonical_url=row["canonical_url"], title=row["title"], text=row["text"],
        language=row["language"], published=from_time(row["published"]), source=row["source"], via=row["via"], text_from=row["text_from"],
        time_zone=row["time_zone"],
    )  # fmt: skip
    columns = None
    if row["verdict"] is not None:
        columns = Columns(row["level"], row["rules"], row["evidence"], row["missing"], row["reason"])
    return Stored(
        row["id"], row["article"], known_time(row["first_seen"]), entry, row["verdict"], row["rule_set"], columns, claims.get(row["id"], ())
    )
