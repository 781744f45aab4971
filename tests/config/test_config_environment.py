"""`.env` beside the rules file: the same lines that docker compose and systemd read."""

from __future__ import annotations

from pathlib import Path

import pytest

from watcher.config.environment import environment_beside

LINES = {
    "A='smtps://u:p#w@h:465'": "smtps://u:p#w@h:465",
    'A="two words"': "two words",
    "A=plain": "plain",
    "A=with#hash": "with#hash",
    "A=value # a comment": "value",
    "A='value' # a comment": "value",
    "export A='value'": "value",
    "A=": "",
    "A=''": "",
    "\ufeffA=value\r": "value",
}


@pytest.mark.parametrize("line", LINES)
def test_a_line_means_what_it_means_to_docker_compose(tmp_path: Path, line: str) -> None:
    """One file serves every way of starting; a password may hold a #."""
    (tmp_path / ".env").write_text(f"{line}\n# B='no'\n\n", "utf-8", newline="")
    assert environment_beside(tmp_path / "rules.toml", {}) == {"A": LINES[line]}


def test_the_environment_wins_unless_it_is_empty(tmp_path: Path) -> None:
    """A container hands on empty variables; they must not hide the file."""
    (tmp_path / ".env").write_text("A='file'\nB='file'\n", "utf-8")
    assert environment_beside(tmp_path / "rules.toml", {"A": "set", "B": ""}) == {"A": "set", "B": "file"}


def test_without_the_file_nothing_changes(tmp_path: Path) -> None:
    """It is one way among others."""
    assert environment_beside(tmp_path / "rules.toml", {"A": "set"}) == {"A": "set"}


def test_bad_lines_are_said_at_once_and_without_their_content(tmp_path: Path) -> None:
    """The line may hold the password."""
    (tmp_path / ".env").write_text("A 'geheim'\nB='x'\nC='geheim\n", "utf-8")
    with pytest.raises(ExceptionGroup) as caught:
        environment_beside(tmp_path / "rules.toml", {})
    said = [str(error) for error in caught.value.exceptions]
    assert [text.partition(".env")[2][:3] for text in said] == [":1:", ":3:"]
    assert "geheim" not in " ".join(said)
