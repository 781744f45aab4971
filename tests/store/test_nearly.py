"""nearly: a long list of verdicts is gone through quickly, and only the nearest are brought back."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from watcher.store import Database, open_store
from watcher.store.nearly import nearly

NOW = datetime(2026, 1, 9, tzinfo=UTC)
ROWS = 100_000
ALLOWED = 3.0  # seconds of this process; about 0.3 on a quiet core


def _filled(path: Path) -> Database:
    """A year's verdicts: 99 of 100 lack two parts, the rest one; half of them first seen within the week."""
    database = open_store(path)
    at = "2026-01-08T00:00:00.000Z"
    database.conn.execute("BEGIN")
    database.conn.execute("INSERT INTO feeds (id, url, title, kind, created) VALUES (1, 'f', 'F', 'feed', ?)", (at,))
    database.conn.execute("INSERT INTO rule_sets (id, hash, text, since) VALUES (1, 'h', '', ?)", (at,))
    seen = ("2025-01-08T00:00:00.000Z", at)
    database.conn.executemany(
        "INSERT INTO articles (id, url_hash, canonical_url, first_seen) VALUES (?, ?, ?, ?)",
        ((number, number, f"https://a.test/{number}", seen[number // 100 % 2]) for number in range(1, ROWS + 1)),
    )
    database.conn.executemany(
        "INSERT INTO revisions (id, article, hash, feed, url, title, text, source, text_from, read_at) VALUES (?, ?, 1, 1, ?, 'T', '', 'S', 'feed', ?)",
        ((number, number, f"https://a.test/{number}", at) for number in range(1, ROWS + 1)),
    )
    database.conn.executemany(
        "INSERT INTO verdicts (revision, rule_set, level, missing, reason, at) VALUES (?, 1, 'no', ?, 'no match', ?)",
        ((number, '["@scam"]' if number % 100 == 0 else '["@scam", "@cambodia"]', at) for number in range(1, ROWS + 1)),
    )
    database.conn.execute("COMMIT")
    return database


def test_a_hundred_thousand_verdicts_are_asked_in_a_moment(tmp_path: Path) -> None:
    """A list that takes a minute is not looked at every morning."""
    database = _filled(tmp_path / "watcher.db")
    started = time.process_time()
    found, total = nearly(database, NOW - timedelta(days=7), no_lacks=1, lead_lacks=3, limit=30)
    taken = time.process_time() - started
    assert (len(found), total) == (30, ROWS // 200)
    assert found[0].article > found[-1].article
    assert taken < ALLOWED


def test_a_newer_verdict_or_a_newer_text_takes_an_article_off_the_list(tmp_path: Path) -> None:
    """What other rules said once, or what an older text said, is no longer so."""
    database = _filled(tmp_path / "watcher.db")
    before = nearly(database, NOW - timedelta(days=7), no_lacks=1, lead_lacks=3, limit=30)[1]
    newest = nearly(database, NOW - timedelta(days=7), no_lacks=1, lead_lacks=3, limit=2)[0]
    database.conn.execute("INSERT INTO rule_sets (id, hash, text, since) VALUES (2, 'h2', '', '2026-01-08T01:00:00.000Z')")
    database.conn.execute(
        "INSERT INTO verdicts (revision, rule_set, level, missing, reason, at) VALUES (?, 2, 'no', '[\"a\", \"b\"]', '', '2026-01-08T01:00:00.000Z')",
        (newest[0].article,),
    )
    database.conn.execute(
        "INSERT INTO revisions (article, hash, feed, url, title, text, source, text_from, read_at) SELECT article, 2, feed, url, title, '', source, 'page', read_at "
        "FROM revisions WHERE id = ?",
        (newest[1].article,),
    )
    assert nearly(database, NOW - timedelta(days=7), no_lacks=1, lead_lacks=3, limit=30)[1] == before - 2
