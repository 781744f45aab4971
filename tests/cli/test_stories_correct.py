"""`watcher stories dismiss|merge|split|confirm|edit|undo`: what an operator types, what is asked and said, and what a reader gets."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys
import termios
import time
from datetime import UTC, datetime, timedelta

import pytest
from cli_terminal import Operator
from rule_samples import backfill

BY = ("--by", "Dara", "--why", "not Cambodia")


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WATCHER_USER", raising=False)


def article(count: int, people: str, number: int, *, step: str = "deported", outlet: str = "Courier") -> dict[str, str]:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    return {
        "url": f"https://{outlet.lower()}.test/{number}", "title": f"Cambodia: {count} {people} {step} over online scam", "source": outlet,
        "text": f"Cambodia {step} {count} {people} over an online scam in Poipet.", "published": yesterday.isoformat(),
    }  # fmt: skip


@pytest.fixture
def archive(operator: Operator) -> Operator:
    """#1: 42 Thais, by a1 and a2; #2: 90 Japanese, by a3; nobody was told."""
    backfill(operator, article(42, "Thais", 1), article(44, "Thais", 2, outlet="Herald"), article(90, "Japanese", 3))
    return operator


@pytest.fixture
def told(archive: Operator) -> Operator:
    """The same, told in the first daily mail."""
    assert archive.watcher("digest", "--send").status == 0
    return archive


def digest(operator: Operator) -> str:
    return " ".join(operator.watcher("digest").out.split())


def ids(operator: Operator) -> list[int]:
    return sorted(story["id"] for story in json.loads(operator.watcher("stories", "--json").out))


def test_a_dismissal_says_what_it_did_and_how_to_take_it_back(archive) -> None:
    """One line of result; the way back stands below it."""
    answer = archive.watcher("stories", "dismiss", "#2", *BY)
    assert (answer.status, answer.out) == (0, "#2 dismissed (c1): 90 Japanese deported. It is out of lists, totals and digests.\n")
    assert answer.err == "To take it back: watcher stories undo c1\n"
    assert ids(archive) == [1]
    assert json.loads(archive.watcher("stories", "--state", "dismissed", "--json").out)[0]["id"] == 2


@pytest.mark.parametrize("command", ["dismiss 1", "merge 1 2", "split 1 --articles a1", "edit 1 --count 7 --nationality Thai"])
def test_what_was_told_needs_a_word_on_whom_to_tell(told, command: str) -> None:
    """Off a terminal nothing is guessed: who was told is listed, nothing is done, and both ways on are named."""
    answer = told.watcher("stories", *command.split(), *BY)
    assert (answer.status, answer.out) == (2, "")
    assert re.search(r"They were told of it:\n  daily, mail no\. 1, \d+ \w{3} \d{4} \d\d:\d\d\n", answer.err)
    assert "Add --tell (they get it in their next mail) or --quiet (nobody is told)" in answer.err
    assert ids(told) == [1, 2]


def test_with_tell_the_next_mail_begins_with_the_withdrawal(told) -> None:
    """The reader reads the operator's own reason."""
    answer = told.watcher("stories", "dismiss", "2", *BY, "--tell")
    assert "Told before, and told of this first in their next mail: daily, mail no. 1" in answer.out
    assert "CORRECTIONS #2 WITHDRAWN. On" in digest(told)
    assert '"90 Japanese deported". It is wrong: not Cambodia. Do not use it.' in digest(told)


def test_with_quiet_the_next_mail_says_nothing_and_the_file_keeps_why(told) -> None:
    """A silence with its reason."""
    answer = told.watcher("stories", "edit", "2", "--count", "60", *BY, "--quiet")
    assert "Nobody is told of this; the reason is kept." in answer.out
    assert "CORRECTIONS" not in digest(told)
    assert "Dara asked to tell nobody: not Cambodia" in " ".join(told.watcher("stories", "show", "2").out.split())


def test_an_edit_shows_each_figure_and_who_stands_for_it(told) -> None:
    """The figure, the label a reader will see, and what sources say otherwise."""
    answer = told.watcher("stories", "edit", "2", "--count", "86", "--by", "Dara", "--why", "the embassy's list", "--tell")
    assert answer.out.startswith("#2 edited (c1): 86 Japanese deported. Before: 90 Japanese deported.\n  86 Japanese deported, ")
    assert ", checked by Dara, " in answer.out
    mail = digest(told)
    assert 'we told you "90 Japanese deported". Now: 86 Japanese deported. The embassy' in mail
    assert "Checked by Dara, " in mail and "Sources say otherwise: Courier 90." in mail


def test_a_merge_and_a_split_name_both_numbers(told) -> None:
    """Numbers stand in letters and tables: where each leads must be said."""
    merged = told.watcher("stories", "merge", "2", "1", *BY, "--tell")
    assert "#2 is now #1 (c1): " in merged.out and "#2 leads there for ever." in merged.out
    assert told.watcher("stories", "show", "2").out.startswith("#1")
    assert "#1 MERGED." in digest(told)
    undone = told.watcher("stories", "undo", "#2", "--by", "Sok", "--why", "two flights")
    assert undone.out.startswith("c1 undone (merge by Dara). #1: ") and "#2 is a story again: 90 Japanese deported." in undone.out
    assert "CORRECTIONS" not in digest(told), "it had not gone out"
    split = told.watcher("stories", "split", "1", "--articles", "a2", *BY, "--quiet")
    assert [line.split(":")[0] for line in split.out.splitlines()[:2]] == ["#1 keeps a1", "#3 is new, with a2"]


def test_a_check_is_a_label_and_tells_nobody(told) -> None:
    """No --tell is needed: nothing that was told is wrong."""
    answer = told.watcher("stories", "confirm", "2", "--by", "Dara", "--why", "asked the embassy")
    assert re.match(r"#2 checked by Dara, \d+ \w{3} \(c1\): 90 Japanese deported\.", answer.out)
    (checked,) = json.loads(told.watcher("stories", "--checked", "--json").out)
    assert (checked["id"], checked["confidence"], checked["checked_by"][:5]) == (2, "checked", "Dara,")
    again = told.watcher("stories", "confirm", "2", "--by", "Dara", "--why", "asked the embassy")
    assert (again.status, "#2: was checked by Dara" in again.err) == (2, True)


def test_json_is_one_object_with_the_facts_before_and_after(told) -> None:
    """Other programs correct stories too; they are never asked anything."""
    done = json.loads(told.watcher("stories", "edit", "2", "--count", "86", *BY, "--tell", "--json").out)
    assert (done["correction"], done["kind"], done["story"], done["by"], done["why"]) == ("c1", "edit", 2, "Dara", "not Cambodia")
    assert (done["before"]["total"], done["after"]["total"], done["tell"], done["told"][0]["number"]) == (90, 86, True, 1)


WRONG = {
    "dismiss 2 --why x": "Add --by NAME, or set WATCHER_USER",
    "dismiss 2 --by Dara": "Missing option '--why'",
    "dismiss 9 --by Dara --why x": "there is no story #9",
    "dismiss twelve --by Dara --why x": "twelve: is no story",
    "dismiss 2 --by Dara --why x --tell --quiet --nonsense": "No such option",
    "merge 2 2 --by Dara --why x": "#2: cannot be merged with itself",
    "split 1 --articles a9 --by Dara --why x": "a9: not in #1, which has a1, a2",
    "split 1 --articles a1,a2 --by Dara --why x": "#1: has no other report",
    "split 1 --articles 31 --by Dara --why x": "31: is no article",
    "edit 2 --count -1 --by Dara --why x": "--count -1: is no number of people",
    "edit 2 --count 900000000 --by Dara --why x": "is no number of people; give one from 1 to 200,000",
    "edit 2 --count many --by Dara --why x": "'many' is not a valid integer",
    "edit 2 --nationality Klingon --by Dara --why x": "'Klingon' is no country or people",
    "edit 2 --nationality Japanes --by Dara --why x": "did you mean 'Japanese'?",
    "edit 2 --stage eaten --by Dara --why x": "'eaten' is not one of",
    "edit 2 --date yesterday --by Dara --why x": "'yesterday' is no day; write it as 2023-11-08",
    "edit 2 --row 0 --count 3 --by Dara --why x": "is no row; write its number from 1, or new",
    "edit 2 --by Dara --why x": "nothing to change was named",
    "undo 2 --by Dara --why x": "#2: no correction of it is in force",
    "undo c7 --by Dara --why x": "there is no correction c7",
    f"dismiss 2 --by Dara --why {'long' * 60}": "a mail prints 200",
}


@pytest.mark.parametrize("line", WRONG)
def test_what_cannot_be_right_is_refused_in_one_line(archive, line: str) -> None:
    """Exit status 2, what is wrong and what to do; nothing is changed."""
    answer = archive.watcher("stories", *line.split())
    assert (answer.status, answer.out) == (2, "")
    assert WRONG[line] in answer.err
    assert ids(archive) == [1, 2]


def test_the_name_may_come_from_the_environment(archive, monkeypatch) -> None:
    """Who corrects ten stories types the name once."""
    monkeypatch.setenv("WATCHER_USER", "Sok")
    assert archive.watcher("stories", "dismiss", "2", "--why", "x").status == 0
    refused = archive.watcher("stories", "dismiss", "2", "--why", "x")
    assert (refused.status, "#2: was dismissed already by Sok on " in refused.err) == (2, True)


def test_review_lists_what_nobody_has_checked_where_there_is_no_terminal(archive) -> None:
    """In a script or a mail to oneself; what was checked is not in it."""
    archive.watcher("stories", "confirm", "1", "--by", "Dara", "--why", "x")
    answer = archive.watcher("stories", "review")
    assert (answer.out.split()[0], "1 story that nobody has checked." in answer.err) == ("#2", True)
    assert [story["id"] for story in json.loads(archive.watcher("stories", "review", "--json").out)] == [2]
    assert "Every story like that was checked" in archive.watcher("stories", "review", "--nationality", "Thai").out
    archive.watcher("stories", "confirm", "2", "--by", "Dara", "--why", "x")
    assert archive.watcher("stories", "review").out == "Every story was checked by a person.\n"


class Terminal:
    """A command on a terminal of its own: what it shows, and keys for it."""

    def __init__(self, operator: Operator, *arguments: str) -> None:
        self.screen, terminal = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "watcher", *arguments], cwd=operator.folder, stdin=terminal, stdout=terminal, stderr=terminal,
            env={**os.environ, "TERM": "dumb", "COLUMNS": "100"},
        )  # fmt: skip
        os.close(terminal)
        self.shown = ""

    def wait_for(self, text: str) -> str:
        """Everything shown up to this text; it is not looked at again."""
        deadline = time.monotonic() + 30
        while text not in self.shown:
            ready, _, _ = select.select([self.screen], [], [], max(0, deadline - time.monotonic()))
            assert ready, f"{text!r} was not shown, but: {self.shown}"
            try:
                self.shown += os.read(self.screen, 65536).decode("utf-8", "replace")
            except OSError:  # the other end is closed
                break
        before, found, self.shown = self.shown.partition(text)
        assert found, f"{text!r} was not shown, but: {before}"
        return before

    def type(self, keys: str) -> None:
        os.write(self.screen, keys.encode())

    def press(self, key: str) -> None:
        """One key, once the command waits for one: what is typed before that is thrown away."""
        deadline = time.monotonic() + 30
        while termios.tcgetattr(self.screen)[3] & termios.ICANON:
            assert time.monotonic() < deadline, "the command never waited for a key"
            time.sleep(0.005)
        self.type(key)

    def ended(self) -> int:
        status = self.process.wait(timeout=30)
        os.close(self.screen)
        return status


def test_on_a_terminal_it_is_asked_whether_to_tell(told) -> None:
    """Nobody knows by heart who read the mail of three weeks ago."""
    terminal = Terminal(told, "stories", "dismiss", "2", *BY)
    assert "daily, mail no. 1" in terminal.wait_for("Tell them?")
    terminal.type("t\n")
    terminal.wait_for("#2 dismissed (c1)")
    assert terminal.ended() == 0
    assert "#2 WITHDRAWN." in digest(told)


def test_review_goes_through_the_stories_one_key_each(told) -> None:
    """Confirm one, look at the links of another, edit it, skip none; all of it stored at once."""
    terminal = Terminal(told, "stories", "review", "--by", "Dara")
    first = terminal.wait_for("q quit")
    assert (
        "(2 left)" in first and "90 Japanese deported" in first and "“Cambodia: 90 Japanese deported over online scam” (main 90)" in first
    )
    terminal.press("o")
    assert "https://courier.test/3" in terminal.wait_for("q quit")
    terminal.press("c")
    terminal.wait_for("Why [")
    terminal.type("\n")
    terminal.wait_for("#2 checked by Dara")
    second = terminal.wait_for("q quit")
    assert "(1 left)" in second and "figures differ: Courier 42; Herald 44" in second
    terminal.press("e")
    terminal.wait_for("How many people")
    terminal.type("43\n")
    terminal.wait_for("Why")
    terminal.type("asked both\n")
    terminal.wait_for("Tell them?")
    terminal.type("q\n")
    terminal.wait_for("#1 edited")
    terminal.wait_for("2 stories done. That was the last one.")
    assert terminal.ended() == 0
    found = {story["id"]: (story["total"], story["checked_by"][:5]) for story in json.loads(told.watcher("stories", "--json").out)}
    assert found == {1: (43, "Dara,"), 2: (90, "Dara,")}


def test_review_stays_at_a_story_after_a_slip_and_quits_with_what_is_left(archive) -> None:
    """A wrong number to merge with is no reason to lose the place."""
    terminal = Terminal(archive, "stories", "review", "--by", "Dara")
    terminal.wait_for("q quit")
    terminal.press("m")
    terminal.wait_for("Merge with story number")
    terminal.type("2\n")
    terminal.wait_for("Why")
    terminal.type("same\n")
    terminal.wait_for("#2: cannot be merged with itself")
    terminal.wait_for("q quit")
    terminal.press("d")
    terminal.wait_for("Why")
    terminal.type("a film\n")
    terminal.wait_for("#2 dismissed")
    terminal.wait_for("q quit")
    terminal.press("q")
    terminal.wait_for("1 story done, 1 left.")
    assert terminal.ended() == 0
    assert ids(archive) == [1]
