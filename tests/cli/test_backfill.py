"""`watcher backfill`: a file as ever, feeds' older pages, and gaps."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from cli_terminal import Operator, rss

from watcher.store import gaps, open_store

TEXT = "Cambodia deported 25 Japanese nationals who had worked in an online scam compound in Poipet, police said."
LINE = json.dumps({"url": "https://news.test/past", "title": "25 Japanese deported from Cambodia over online scam", "text": TEXT})


def test_a_file_is_read_wherever_the_options_stand(started: Operator) -> None:
    """Scripts call it as it was before it had commands of its own."""
    (started.folder / "past.jsonl").write_text(LINE, "utf-8")
    lines = ("past.jsonl --json", "--json past.jsonl", "--rules rules.toml --db watcher.db past.jsonl --json", "--json -- past.jsonl")
    answers = [started.watcher("backfill", *line.split()) for line in lines]
    assert [answer.status for answer in answers] == [0, 0, 0, 0]
    assert [json.loads(answer.out)["new"] for answer in answers] == [1, 0, 0, 0]


def test_a_file_called_like_a_command_is_named_with_its_folder(started: Operator) -> None:
    """The command wins; help says how to mean the file."""
    (started.folder / "gaps").write_text(LINE, "utf-8")
    assert "nothing to refill" in started.watcher("backfill", "gaps").out
    assert started.watcher("backfill", "./gaps").out.startswith("1 line: 1 new")
    assert started.process("backfill", "-", given=LINE.encode()).out.startswith("1 line: 0 new")


def test_plain_mistakes_are_answered_as_before(started: Operator) -> None:
    """A missing file, none, and one too many."""
    for typed, said in (
        ((), "Missing argument 'FILE'"),
        (("no.jsonl",), "does not exist"),
        (("rules.toml", "feeds"), "unexpected extra argument"),
    ):
        answer = started.watcher("backfill", *typed)
        assert (answer.status, answer.out) == (2, "")
        assert said in answer.err


@pytest.fixture
def paged(started: Operator, site) -> Operator:
    """One feed with an older page, polled once, and one that answers nothing."""
    old = rss("Alpha News", ("https://news.test/old", "25 Japanese deported from Cambodia over online scam", TEXT))
    link = f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="next" href="{site.url}/older.rss"/>'
    new = rss("Alpha News", ("https://news.test/new", "Hotels expect guests", "Guest houses are full.")).replace(
        "<item>", f"{link}<item>", 1
    )
    site.serve("/older.rss", old)
    started.watcher("feeds", "add", site.serve("/a.rss", new), "--allow-private", "--title", "Alpha News", "--no-fetch")
    started.watcher("feeds", "add", site.serve("/b.rss", "gone", status=410), "--allow-private", "--title", "Beta News", "--no-fetch")
    started.watcher("poll", "--all")
    return started


def test_older_pages_go_into_the_archive_and_nobody_is_told(paged: Operator) -> None:
    """Filling the archive of a new source must not mail its past to everybody. What has none is said, and is no failure."""
    answer = paged.watcher("backfill", "feeds")
    assert answer.status == 0
    assert answer.out.startswith("2 feeds: 1 older page, 1 new entry, 1 match, 1 new story")
    assert "Beta News" in answer.out
    assert "410" in answer.out
    assert "No one was told" in answer.err
    assert "Alpha News: older page" not in answer.err
    assert json.loads(paged.watcher("stories", "--json").out)[0]["total"] == 25
    (again,) = json.loads(paged.watcher("backfill", "feeds", "Alpha News", "--json").out)
    assert (again["feed"], again["pages"], again["new"], again["problem"]) == ("Alpha News", 1, 0, None)


def test_a_named_feed_that_cannot_be_read_is_a_failure(paged: Operator) -> None:
    """A script that asks for one feed must see that it was not read."""
    answer = paged.watcher("backfill", "feeds", "Beta News")
    assert answer.status == 1
    assert paged.watcher("backfill", "feeds", "Alpha-News").status == 2


def test_gaps_are_listed_with_what_became_of_them(paged: Operator) -> None:
    """Refilled or not, with why; exit 1 while something is missing."""
    now = datetime.now(UTC)
    database = open_store(paged.folder / "watcher.db")
    identity = database.conn.execute("SELECT id FROM feeds WHERE title = 'Alpha News'").fetchone()[0]
    gaps.notice(database, identity, since=now - timedelta(days=4), until=now, why=gaps.OUTAGE, asked_for=True, problem=None)
    database.conn.close()
    answer = paged.watcher("backfill", "gaps")
    assert answer.status == 1
    assert answer.out.startswith("1 gap: 0 refilled, 1 not, 0 to be tried again · 1 match")
    assert "its older pages end without reaching back far enough" in answer.out
    (gap,) = json.loads(paged.watcher("backfill", "gaps", "--json").out)
    assert (gap["feed"], gap["state"], gap["why"], gap["found"]) == ("Alpha News", "unfilled", "outage", 1)
    assert json.loads(paged.watcher("backfill", "gaps", "--json", "--since", "2100-01-01").out) == []
