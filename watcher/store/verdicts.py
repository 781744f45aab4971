"""Rule sets, verdicts and claims: what was judged by which rules, why, and what it states."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from sqlite_utils import Database

from watcher.model import Called, Claim, Evidence, Level, Possible, Qualifier, Role, Span, Stage, Status, Verdict
from watcher.store import execute, insert, select, select_one
from watcher.store.entries import Saved
from watcher.store.values import from_day, from_list, required_time, to_list, to_time

# Looking a word up is four times as fast as making the member from it; claims are read by the thousand.
_ROLES: dict[str, Role] = {one.value: one for one in Role}
_STAGES: dict[str, Stage] = {one.value: one for one in Stage}
_STATUSES: dict[str, Status] = {one.value: one for one in Status}
_QUALIFIERS: dict[str, Qualifier] = {one.value: one for one in Qualifier}
_CALLED: dict[str, Called] = {one.value: one for one in Called}


class Columns(NamedTuple):
    """What the rules said, as the table holds it: two answers are the same where these are."""

    level: str
    rules: str
    evidence: str
    missing: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rewritten:
    """Another answer about a text; `before` is the id of the verdict that counted so far, None where there was none."""

    revision: int
    before: int | None
    columns: Columns


def rule_set(database: Database, fingerprint: str, text: str, now: datetime) -> int:
    """The id of a rule set, stored when it is first used. The first one of a database is in force from then on."""
    found = select_one(database, "SELECT id FROM rule_sets WHERE hash = ?", (fingerprint,))
    if found:
        return int(found["id"])
    at = required_time(now)
    identity = insert(database, "INSERT INTO rule_sets (hash, text, since) VALUES (?, ?, ?)", (fingerprint, text, at))
    execute(
        database,
        """
        INSERT INTO rule_changes (rule_set, at, state, newest, next, texts, finished) SELECT :id, :at, 'done', 0, 0, 0, :at
        WHERE NOT EXISTS (SELECT 1 FROM rule_sets WHERE id <> :id) AND NOT EXISTS (SELECT 1 FROM rule_changes)
        """,
        {"id": identity, "at": at},
    )
    return identity


def save(database: Database, saved: Sequence[Saved], rules: int, now: datetime) -> None:
    """Store the verdict of each new text, and the claims of those that matched or are watched."""
    fresh = [one for one in saved if one.new_text]
    at = required_time(now)
    database.conn.executemany(
        """
        INSERT INTO verdicts (revision, rule_set, level, rules, evidence, missing, reason, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (revision, rule_set) DO NOTHING
        """,
        [_verdict_row(one.revision, rules, one.judged.verdict, at) for one in fresh],
    )
    for one in fresh:
        if one.judged.verdict.level in (Level.MATCH, Level.WATCH):
            save_claims(database, one.revision, one.judged.claims)


def save_one(database: Database, revision: int, verdict: Verdict, claims: Sequence[Claim], rules: int, now: datetime) -> None:
    """Store the verdict of one revision (a lead's page, a second judgement)."""
    database.conn.execute(
        """
        INSERT INTO verdicts (revision, rule_set, level, rules, evidence, missing, reason, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (revision, rule_set) DO NOTHING
        """,
        _verdict_row(revision, rules, verdict, required_time(now)),
    )
    if verdict.level in (Level.MATCH, Level.WATCH):
        save_claims(database, revision, claims)


def save_claims(database: Database, revision: int, claims: Sequence[Claim]) -> None:
    """Replace the claims of a revision."""
    database.conn.execute("DELETE FROM claims WHERE revision = ?", (revision,))
    database.conn.executemany(
        """
        INSERT INTO claims (revision, role, stage, status, count, count_max, qualifier, printed, nationality, foreigners, called, word,
            origin, "to", places, date, date_precision, reported, person, sentence, field, start, "end")
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [_claim_row(revision, claim) for claim in claims],
    )


def claims_of(database: Database, revisions: Sequence[int]) -> dict[int, tuple[Claim, ...]]:
    """Claims by revision, in the order in which the text has them."""
    marks = ",".join("?" * len(revisions))
    found: dict[int, list[Claim]] = {revision: [] for revision in revisions}
    for row in select(database, f"SELECT * FROM claims WHERE revision IN ({marks}) ORDER BY id", list(revisions)):
        found[row["revision"]].append(_claim(row))
    return {revision: tuple(claims) for revision, claims in found.items()}


def rewrite(database: Database, again: Sequence[Rewritten], rules: int, now: datetime) -> None:
    """Store what other rules say of texts judged before; only answers that differ are given.

    An answer that is not in force any more stays as history: every one but a `no`, and of these the one before. Otherwise each
    edit of a rule would add a row for each text of the archive. Rules that come back replace the row they left, so that the
    newest row of a revision is always the one that counts.
    """
    at = required_time(now)
    database.conn.executemany(
        "DELETE FROM verdicts WHERE revision = ? AND level = 'no' AND id < ?", [(one.revision, one.before) for one in again if one.before]
    )
    database.conn.executemany(
        """
        INSERT OR REPLACE INTO verdicts (revision, rule_set, level, rules, evidence, missing, reason, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [(one.revision, rules, *one.columns, at) for one in again],
    )


def columns_of(verdict: Verdict) -> Columns:
    """A verdict as its columns hold it."""
    evidence = [(one.concept, one.term, one.span.field, one.span.start, one.span.end) for one in verdict.evidence]
    return Columns(verdict.level.value, to_list(verdict.rules), to_list(evidence), to_list(verdict.missing), verdict.reason)


def latest(database: Database, article: int) -> tuple[int, Verdict, datetime] | None:
    """The strongest of the latest verdicts on an article's texts: (revision, verdict, when); None when never judged."""
    row = select_one(
        database,
        """
        SELECT verdicts.* FROM verdicts JOIN revisions ON revisions.id = verdicts.revision
        WHERE revisions.article = ?
          AND verdicts.id = (SELECT max(newer.id) FROM verdicts AS newer WHERE newer.revision = verdicts.revision)
        ORDER BY CASE level WHEN 'match' THEN 0 WHEN 'watch' THEN 1 WHEN 'lead' THEN 2 ELSE 3 END, verdicts.id DESC LIMIT 1
        """,
        (article,),
    )
    return (row["revision"], _verdict(row), datetime.fromisoformat(row["at"])) if row else None


def possible(database: Database, since: datetime, seen: tuple[int, int] | None = None) -> list[Possible]:
    """Possible stories seen since, newest first: watched texts, leads that could not be read, and matches that stand in no story.

    A lead counts from when it was given up, which may be hours and a mail after it was opened. The last only look back
    at a case that is not in the archive. What only a first poll brought is no news and is left out, and so is an older
    text that other rules judge otherwise now.

    `seen` is the highest verdict and the highest settled lead that an audience was shown (`digests.Seen`). Then these count and no time
    does: a text that was fetched before a mail and stored after it is in the next one. Without it, what is newer than `since` counts.
    """
    judged = "verdicts.at > :since AND revisions.read_at > :since"
    settled = "leads.settled > :since"
    if seen:
        # Its first verdict is new too: an older text that other rules judge otherwise now was known when the last mail was made.
        judged = """verdicts.id > :verdict
            AND NOT EXISTS (SELECT 1 FROM verdicts AS older WHERE older.revision = verdicts.revision AND older.id <= :verdict)"""
        settled = "leads.settled_order > :lead"
    rows = select(
        database,
        f"""
        SELECT revisions.title, revisions.source, revisions.via, revisions.url, revisions.language, verdicts.reason, verdicts.at,
               leads.reason AS lead_reason, leads.state, verdicts.level
        FROM verdicts JOIN revisions ON revisions.id = verdicts.revision
        JOIN feeds ON feeds.id = revisions.feed
        LEFT JOIN leads ON leads.article = revisions.article
        WHERE feeds.kind NOT IN ('canary', 'backfill')
          AND ((verdicts.level IN ('watch', 'match') AND {judged})
               OR (verdicts.level = 'lead' AND leads.state = 'unreadable' AND {settled}))
          AND verdicts.id = (SELECT max(newer.id) FROM verdicts AS newer WHERE newer.revision = verdicts.revision)
          AND NOT EXISTS (SELECT 1 FROM story_articles WHERE story_articles.article = revisions.article)
          AND EXISTS (SELECT 1 FROM entries WHERE entries.article = revisions.article AND entries.live = 1)
        GROUP BY revisions.article ORDER BY verdicts.id DESC
        """,
        {"since": to_time(since), "verdict": seen[0] if seen else None, "lead": seen[1] if seen else None},
    )
    return [Possible(row["title"], _outlet(row), row["url"], row["language"], _why_possible(row)) for row in rows]


def judged_on_title(database: Database, since: datetime) -> int:
    """How many articles were only ever judged on their title since: search results whose article could not be read."""
    rows = select(
        database,
        """
        SELECT count(DISTINCT revisions.article) AS n FROM revisions JOIN feeds ON feeds.id = revisions.feed
        WHERE read_at > ? AND text_from = 'title' AND feeds.kind <> 'canary'
          AND NOT EXISTS (SELECT 1 FROM revisions AS fuller WHERE fuller.article = revisions.article AND fuller.text_from <> 'title')
        """,
        (to_time(since),),
    )
    return int(rows[0]["n"])


def _why_possible(row: sqlite3.Row) -> str:
    if row["level"] == "match":
        return "only looks back at an earlier case"
    return str(row["lead_reason"] or row["reason"] or "no people named")


def _outlet(row: sqlite3.Row) -> str:
    return f"{row['source']}, via {row['via']}" if row["via"] else row["source"]


def _verdict_row(revision: int, rules: int, verdict: Verdict, at: str) -> tuple[object, ...]:
    return (revision, rules, *columns_of(verdict), at)


def _verdict(row: sqlite3.Row) -> Verdict:
    evidence = tuple(Evidence(concept, term, Span(where, start, end)) for concept, term, where, start, end in json.loads(row["evidence"]))
    return Verdict(Level(row["level"]), from_list(row["rules"]), evidence, from_list(row["missing"]), row["reason"])


def _claim_row(revision: int, claim: Claim) -> tuple[object, ...]:
    return (
        revision, claim.role.value, claim.stage.value if claim.stage else None, claim.status.value, claim.count, claim.count_max,
        claim.qualifier.value, claim.printed, None if claim.nationality is None else to_list(claim.nationality), claim.foreigners,
        claim.called.value, claim.word, claim.origin, to_list(claim.to), to_list(claim.places), claim.date.isoformat() if claim.date else None,
        claim.date_precision, claim.reported.isoformat() if claim.reported else None, claim.person, claim.sentence, claim.field, claim.start, claim.end,
    )  # fmt: skip


def _claim(row: sqlite3.Row) -> Claim:
    return Claim(
        role=_ROLES[row["role"]], stage=_STAGES[row["stage"]] if row["stage"] else None, status=_STATUSES[row["status"]], count=row["count"],
        count_max=row["count_max"], qualifier=_QUALIFIERS[row["qualifier"]], printed=row["printed"],
        nationality=None if row["nationality"] is None else _codes(row["nationality"]), foreigners=bool(row["foreigners"]),
        called=_CALLED[row["called"]], word=row["word"], origin=row["origin"], to=_codes(row["to"]), places=_codes(row["places"]),
        date=from_day(row["date"]), date_precision=row["date_precision"], reported=from_day(row["reported"]), person=row["person"], sentence=row["sentence"],
        field=row["field"], start=row["start"], end=row["end"],
    )  # fmt: skip


@lru_cache(maxsize=4_096)  # the same few lists stand in every claim; joining reads thousands of them a second
def _codes(value: str) -> tuple[str, ...]:
    return from_list(value)
