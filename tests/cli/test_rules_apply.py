"""`watcher rules apply`: the archive judged again in the foreground, and what it says of that."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from watcher.cli.backfill import backfill
from watcher.cli.poll import poll
from watcher.cli.rules import rules
from watcher.cli.rules_apply import apply
from watcher.cli.stories import stories

RULES = """\
[watcher]
time_zone = "Asia/Phnom_Penh"
[[rules]]
name = "sent-home"
match = "@cambodia AND (@scam NEAR/60 (@deported))"
[[channels]]
name = "files"
kind = "folder"
folder = "out"
[[digests]]
name = "daily"
channels = ["files"]
"""
ARREST = {
    "url": "https://a.test/1", "title": "Cambodia: 31 Thais arrested over online scam", "language": "en", "published": "2023-11-08T08:00:00Z",
    "text": "Cambodia's police arrested 31 Thais who had worked in an online scam in Poipet.", "source": "Courier",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An archive of one arrest, with rules that do not ask for arrests."""
    (tmp_path / "rules.toml").write_text(RULES)
    (tmp_path / "articles.jsonl").write_text(json.dumps(ARREST))
    assert call(tmp_path, backfill, str(tmp_path / "articles.jsonl")).exit_code == 0
    return tmp_path


def call(folder: Path, command, *words: str) -> Result:
    return CliRunner().invoke(command, ["--rules", str(folder / "rules.toml"), "--db", str(folder / "watcher.db"), *words])


def widen(folder: Path) -> None:
    (folder / "rules.toml").write_text(RULES.replace("(@deported)", "(@deported OR @arrested)"))


def test_without_an_edit_nothing_is_judged_again(folder: Path) -> None:
    """Calling it too often costs nothing."""
    result = call(folder, apply)
    assert (result.exit_code, result.stdout.splitlines()) == (0, ["Nothing to judge again: the rules are those of before."])
    assert json.loads(call(folder, apply, "--json").stdout) == {"state": "nothing"}


def test_an_edit_is_applied_and_what_it_found_is_listed(folder: Path) -> None:
    """The operator sees what the new rule catches, and how to tell it."""
    widen(folder)
    result = call(folder, apply)
    said = " ".join(result.stdout.split())
    assert result.exit_code == 0, result.output
    assert "1 text; gained 1, lost 0." in said
    assert "1 story found, not told: #1. To tell what is fresh: watcher rules apply --tell" in said


def test_it_can_be_read_by_a_program(folder: Path) -> None:
    """A monitoring script asks for the same."""
    widen(folder)
    found = json.loads(call(folder, apply, "--json").stdout)
    assert (found["state"], found["judged"], found["texts"], found["gained"], found["stories_not_told"]) == ("done", 1, 1, 1, [1])


def test_telling_says_how_many_stories_are_put_before_the_audiences(folder: Path) -> None:
    """And a second time nothing is left to tell."""
    widen(folder)
    call(folder, apply)
    assert "1 story is put before every digest and alert" in call(folder, apply, "--tell").stderr
    assert "0 stories are put" in call(folder, apply, "--tell").stderr


def test_the_list_of_rules_says_what_their_last_change_found(folder: Path) -> None:
    """Whoever looks at the rules sees what they did; before that, that it is still to be done, and on stdout nothing of it as JSON."""
    assert "judged again" not in call(folder, rules).stdout.lower()
    widen(folder)
    assert "to do it now: watcher rules apply" in " ".join(call(folder, rules).stdout.split())
    call(folder, apply)
    said = " ".join(call(folder, rules).stdout.split())
    assert "gained 1, lost 0. After this rule change: 1 story found, not told: #1." in said
    assert [rule["name"] for rule in json.loads(call(folder, rules, "--json").stdout)] == ["sent-home"]
    (folder / "watcher.db").unlink()
    assert "sent-home" in call(folder, rules).stdout
    assert not (folder / "watcher.db").exists()


def test_a_story_marks_the_articles_that_its_rules_no_longer_match(folder: Path) -> None:
    """It stays as it was told; who opens it sees that today's rules would not have found this report."""
    widen(folder)
    call(folder, apply)
    assert "no longer match" not in call(folder, stories, "show", "1").stdout
    assert json.loads(call(folder, stories, "show", "1", "--json").stdout)["no_longer_matched"] == []
    (folder / "rules.toml").write_text(RULES)
    assert "No longer matched, but kept in their stories: articles of #1." in " ".join(call(folder, apply).stdout.split())
    (folder / "rules.toml").write_text("broken")
    shown = " ".join(call(folder, stories, "show", "1").stdout.split())
    assert re.search(
        r"Articles \(1\) Courier .* Since [^;]+ UTC the rules no longer match this article; it stays\. \[1\] 31 Thai", shown
    ), shown
    (mark,) = json.loads(call(folder, stories, "show", "1", "--json").stdout)["no_longer_matched"]
    assert mark["url"] == ARREST["url"]
    assert datetime.fromisoformat(mark["since"]).tzinfo is not None


def test_what_is_still_to_be_judged_is_said_by_commands_that_only_bring_new_texts(folder: Path, capsys) -> None:
    """`watcher poll` with an edited file does not judge the archive again, and says so."""
    import click

    from watcher.cli.options import Paths
    from watcher.cli.rules_apply import say_what_waits
    from watcher.pipeline.rules_file import RulesFile

    paths = Paths(folder / "rules.toml", folder / "watcher.db")
    for waits in (False, True):
        say_what_waits(click.Context(backfill, obj=paths), RulesFile.load(paths.rules))
        assert ("watcher rules apply" in capsys.readouterr().err) is waits
        for command, words in ((poll, ()), (poll, ("--json",)), (backfill, (str(folder / "articles.jsonl"),))):
            result = call(folder, command, *words)
            assert ("still to be judged by them: watcher rules apply" in result.stderr) is waits
            assert (result.exit_code, "rules apply" in result.stdout) == (0, False)
        widen(folder)
