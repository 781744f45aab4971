"""`stories show`: the file of a story on a terminal, as JSON, and as a page to print."""

from __future__ import annotations

import json
import re
import sqlite3
import stat
import unicodedata

import pytest
from cli_terminal import Operator


def _width(line: str) -> int:
    return sum(0 if unicodedata.category(c) in ("Mn", "Me", "Cf") else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def test_the_file_of_a_story_says_what_it_rests_on(newsroom: Operator) -> None:
    """Figures with who prints them, each claim with its sentence, why each article is here, what happened, who was told."""
    shown = newsroom.watcher("stories", "show", "#1").out
    for head in ("Figures, and who prints them", "Articles (2)", "Corrected by people", "What happened", "Who was told"):
        assert f"\n{head}\n" in shown
    words = " ".join(shown.split())
    assert "“Cambodia deports 25 Japanese over phone scam”" in words
    assert "by the program: no story has the same people" in words
    assert re.search(r"Stored hash: [0-9a-f]{16} \(the text kept still has it\)", words)


def test_it_fits_a_terminal_of_80_columns(newsroom: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator reads it over ssh; only addresses are longer than a line."""
    monkeypatch.setenv("COLUMNS", "80")
    lines = newsroom.watcher("stories", "show", "1").out.splitlines()
    assert [line for line in lines if _width(line) > 80 and "://" not in line] == []


def test_a_broken_rules_file_hides_no_story(newsroom: Operator) -> None:
    """The archive is there to be looked at, above all while something is wrong."""
    (newsroom.folder / "rules.toml").write_text("not = [toml", "utf-8")
    assert newsroom.watcher("stories", "show", "1").status == 0
    assert newsroom.watcher("stories", "show", "1", "--html", "1.html").status == 0


def test_the_page_is_for_its_owner_only_and_overwrites_nothing(newsroom: Operator) -> None:
    """It holds names in full; and the page of last year, with its hashes, is evidence that a slip must not replace."""
    answer = newsroom.watcher("stories", "show", "1", "--html", "story.html")
    page = newsroom.folder / "story.html"
    assert (answer.status, answer.out) == (0, "")
    assert "names" in answer.err
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    before = page.read_bytes()
    again = newsroom.watcher("stories", "show", "1", "--html", "story.html")
    assert (again.status, page.read_bytes()) == (2, before)
    assert "is there already and is not overwritten" in again.err
    assert b"<script" not in before
    assert b"\x1b" not in before


def test_a_folder_that_is_not_there_is_said(newsroom: Operator) -> None:
    """No traceback, and what to do."""
    answer = newsroom.watcher("stories", "show", "1", "--html", "nowhere/story.html")
    assert (answer.status, "cannot be written" in answer.err) == (2, True)


def test_json_has_the_file_as_well(newsroom: Operator) -> None:
    """Another system may want the hashes and the history, too."""
    told = json.loads(newsroom.watcher("stories", "show", "1", "--json").out)
    assert {"articles", "people", "texts", "changes", "corrections", "told", "numbers", "linked_from", "no_longer_matched"} <= set(told)
    assert told["changes"][0]["kind"] == "new"
    assert len(told["texts"]) == len(told["articles"])
    assert all(re.fullmatch("[0-9a-f]{16}", text["hash"]) for text in told["texts"])


@pytest.mark.parametrize("number", ["99", "#99", "x", "99999999999999999999"])
def test_a_number_that_never_was_is_a_users_mistake(newsroom: Operator, number: str) -> None:
    """Also one that is too large for the database."""
    answer = newsroom.watcher("stories", "show", number)
    assert (answer.status, "there is no story" in answer.err) == (2, True)


def test_a_number_that_was_merged_away_leads_on_and_says_so(newsroom: Operator) -> None:
    """Somebody quoted #2 in a report; it resolves for ever."""
    with sqlite3.connect(newsroom.folder / "watcher.db") as database:
        database.execute("INSERT INTO story_aliases (alias, story, at) VALUES (2, 1, '2023-11-09T00:00:00.000Z')")
        database.execute("UPDATE stories SET state = 'merged' WHERE id = 2")
    answer = newsroom.watcher("stories", "show", "2")
    assert answer.out.startswith("#1 (before: #2)")
    assert "#2 is #1 now" in answer.err
