"""`watcher stories add`: one article by hand, fetched or copied, listed or told, and never half stored."""

from __future__ import annotations

import json
import sqlite3

import pytest
from cli_terminal import FeedServer, Operator
from rule_samples import MATCHED, NEARLY, NOTHING, RULES, backfill

PAGE = """<html lang="en"><head><title>{title}</title><meta property="article:published_time" content="2026-01-02T08:00:00Z"></head>
<body><article><h1>{title}</h1><p>{text} It was the first such group this year, an official said at the airport.</p>
<p>The embassy said that more flights would follow next week, and thanked the authorities of the province for their help with papers and rooms.</p>
<p>Relatives waited at the airport from early in the morning. Some of them had not heard from a son or a daughter for half a year, they told reporters there.</p>
<p>A spokesman declined to say how the journey was paid for, or whether anybody would be questioned after the arrival of the plane in the evening.</p></article></body></html>"""


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WATCHER_USER", raising=False)


@pytest.fixture
def page(feed_server: FeedServer) -> str:
    """An article that the rules do not match."""
    return feed_server.serve("/nearly.html", PAGE.format(**NEARLY), "text/html")


def _rows(operator: Operator, sql: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(operator.folder / "watcher.db") as database:
        return database.execute(sql).fetchall()


def _add(operator: Operator, url: str, *more: str):
    return operator.watcher("stories", "add", url, "--by", "Dara", "--allow-private", *more)


def test_an_article_that_the_rules_refuse_opens_a_story_signed_by_who_put_it_in(operator, page) -> None:
    """The rules missed it; a person did not. Its facts are read all the same."""
    backfill(operator, NOTHING)
    answer = _add(operator, page)
    assert answer.status == 0, answer.err
    assert answer.out.startswith("New story #1: ")
    assert "By the rules: No match: nothing of @scam." in answer.out
    (story,) = json.loads(operator.watcher("stories", "--json").out)
    assert (story["total"], story["articles"][0]["url"], story["articles"][0]["published"][:10]) == (18, page, "2026-01-02")
    shown = " ".join(operator.watcher("stories", "show", "1").out.split())
    assert "by Dara: put in by hand by Dara; " in shown
    assert "put in by hand by Dara" in operator.watcher("explain", "#1").out
    assert "Put in by hand " in operator.watcher("explain", page).out
    assert _rows(operator, "SELECT by FROM story_articles") == [("Dara",)]


def test_without_tell_nobody_hears_of_it_and_with_tell_everybody_does(operator, feed_server) -> None:
    """The harmless way is the default."""
    backfill(operator, NOTHING)
    quiet = feed_server.serve("/quiet.html", PAGE.format(**NEARLY), "text/html")
    loud = feed_server.serve("/loud.html", PAGE.format(**MATCHED), "text/html")
    assert "Nobody is told of it by this." in _add(operator, quiet).err
    answer = _add(operator, loud, "--tell")
    assert "is told with the next digest or alert" in answer.out
    assert _rows(operator, "SELECT story, live FROM changes ORDER BY id") == [(1, 0), (2, 1)]


def test_it_joins_the_story_of_the_same_people(operator, feed_server) -> None:
    """A second outlet's article belongs to the story, not beside it."""
    backfill(operator, MATCHED)
    other = feed_server.serve(
        "/again.html", PAGE.format(title="42 Thais flown home", text="Cambodia deported 42 Thais on Thursday."), "text/html"
    )
    answer = _add(operator, other)
    assert answer.out.startswith("Put into #1: ")
    assert len(json.loads(operator.watcher("stories", "--json").out)[0]["articles"]) == 2


def test_what_is_there_already_is_said_and_stays_as_it_is(operator, page) -> None:
    """Two people put in the same link on the same morning."""
    backfill(operator, NOTHING)
    _add(operator, page)
    before = _rows(operator, "SELECT count(*) FROM revisions")
    again = _add(operator, page + "?utm_source=mail")
    assert (again.status, again.out.partition(".")[0]) == (0, "Already there: a2 stands in #1 as report")
    assert _rows(operator, "SELECT count(*) FROM revisions") == before
    told = _add(operator, page, "--tell")
    assert "Already there: a2" in told.out and "is told with the next digest" in told.out
    assert _rows(operator, "SELECT kind, live FROM changes ORDER BY id") == [("new", 0), ("coverage", 1)]


def test_an_article_of_the_archive_that_stood_in_no_story_gets_one(operator) -> None:
    """What `rules missed` lists is put in by its address; its text may be typed where the page is gone."""
    backfill(operator, NEARLY)
    (operator.folder / "copied.txt").write_text(NEARLY["text"], "utf-8")
    answer = _add(operator, NEARLY["url"], "--title", NEARLY["title"], "--text-file", "copied.txt", "--published", "2026-01-02")
    assert answer.out.startswith("New story #1: ")
    assert _rows(operator, "SELECT count(*) FROM articles") == [(1,)]
    assert json.loads(operator.watcher("rules", "missed", "--json").out) == []


def test_an_article_that_only_looks_back_gets_a_story_because_a_person_wants_it(operator) -> None:
    """By itself it would open none."""
    backfill(operator, NOTHING)
    text = "Last year Cambodia deported 61 Koreans over an online scam."
    (operator.folder / "copied.txt").write_text(text, "utf-8")
    answer = _add(operator, "https://herald.test/back", "--title", "A look back", "--text-file", "copied.txt")
    assert (answer.status, answer.out.startswith("New story #1: ")) == (0, True)


def test_an_outlet_of_the_rules_lends_its_name_language_and_standing(operator, feed_server, page) -> None:
    """State media stay state media when a person brings their article."""
    feed = f'[[feeds]]\nurl = "{feed_server.url}/feed"\ntitle = "Courier"\nlanguage = "en"\nstate_media = true\nallow_private = true\n'
    backfill(operator, NOTHING, rules=RULES + feed)
    assert operator.watcher("stories", "add", page, "--by", "Dara").status == 0
    (story,) = json.loads(operator.watcher("stories", "--json").out)
    assert (story["confidence"], story["articles"][0]["source"]) == ("state_only", "Courier")


@pytest.mark.parametrize("path", ["/gone.html", "/blank.html", "/list.pdf"])
def test_a_page_that_cannot_be_read_leaves_nothing_behind(operator, feed_server, path: str) -> None:
    """Half a story is worse than none; the way out is said."""
    backfill(operator, NOTHING)
    feed_server.serve("/blank.html", "<html><body></body></html>", "text/html")
    feed_server.serve("/list.pdf", "%PDF-1.4", "application/pdf")
    counts = "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM entries), (SELECT count(*) FROM stories), (SELECT count(*) FROM verdicts)"
    before = _rows(operator, counts)
    answer = _add(operator, feed_server.url + path, "--tell")
    assert (answer.status, answer.out) == (1, "")
    assert "Nothing was stored." in answer.err and "--text-file FILE" in answer.err
    assert _rows(operator, counts) == before


WRONG = {
    "not-an-address --by Dara": "http",
    "ftp://a.test/1 --by Dara": "http",
    "https://a.test/1": "--by NAME, or set WATCHER_USER",
    "https://a.test/1 --by Dara --language Khmer": "'km'",
    "https://a.test/1 --by Dara --text-file past.jsonl": "--title",
    "https://a.test/1 --by Dara --title x --text-file nowhere.txt": "does not exist",
    "https://a.test/1 --by Dara --title x --text-file blank.txt": "holds no text",
    "https://a.test/1 --by Dara --published yesterday": "yesterday",
}


@pytest.mark.parametrize("line", WRONG)
def test_what_cannot_be_right_is_refused_before_anything_is_asked(operator, line: str) -> None:
    """Exit status 2 and one line to act on."""
    backfill(operator, NOTHING)
    (operator.folder / "blank.txt").write_text(" \n", "utf-8")
    answer = operator.watcher("stories", "add", *line.split())
    assert (answer.status, answer.out) == (2, "")
    assert WRONG[line] in answer.err


def test_a_write_that_fails_leaves_no_part_of_the_article(operator) -> None:
    """A full disk in the middle: entry, text, verdict and story come together or not at all."""
    backfill(operator, NOTHING)
    (operator.folder / "copied.txt").write_text(NEARLY["text"], "utf-8")
    with sqlite3.connect(operator.folder / "watcher.db") as database:
        database.execute("CREATE TRIGGER broken BEFORE INSERT ON changes BEGIN SELECT RAISE(ABORT, 'this write fails'); END")
    answer = _add(operator, NEARLY["url"], "--title", NEARLY["title"], "--text-file", "copied.txt")
    assert answer.status == 1
    assert _rows(operator, "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM stories), (SELECT count(*) FROM claims)") == [
        (1, 0, 0)
    ]
