"""Wrong rules files: a file per bad case in bad/, which says in its last lines (`#! line: message`) what must be said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from watcher.config import load, load_file
from watcher.errors import ConfigError

BAD = sorted((Path(__file__).parent / "bad").glob("*.toml"))


def mistakes(text: str, **environment: str) -> list[str]:
    with pytest.raises(ExceptionGroup) as caught:
        load(text, environment=environment)
    assert all(isinstance(error, ConfigError) for error in caught.value.exceptions)
    return [str(error) for error in caught.value.exceptions]


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_every_mistake_of_a_bad_file_is_said_with_its_line_and_what_to_do(path: Path) -> None:
    """An operator corrects a file in one go, without reading the manual."""
    text = path.read_text("utf-8")
    expected = [f"rules.toml:{line[3:]}" for line in text.splitlines() if line.startswith("#! ")]
    assert expected
    assert mistakes(text) == expected


def test_every_message_names_a_line_a_problem_and_a_remedy() -> None:
    """The form `rules.toml:LINE: what is wrong; what to do` is what editors and people rely on."""
    for path in BAD:
        for message in mistakes(path.read_text("utf-8")):
            assert re.fullmatch(r"rules\.toml:\d+: .+[;:] .+", message), message


def test_a_password_in_a_wrong_address_is_not_repeated() -> None:
    """Errors end in logs and terminals of other people."""
    text = """
[watcher]
time_zone = "UTC"
[[rules]]
name = "r"
match = "x"
[[feeds]]
url = "https://me:hunter2@feeds.test/rss"
[[channels]]
name = "mail"
kind = "email"
server = "smtp//me:hunter2@mail.test"
from = "a@watch.test"
to = ["b@watch.test"]
[[channels]]
name = "slack"
kind = "slack"
url = "hooks.slack.test/hunter2"
[[channels]]
name = "hook"
kind = "webhook"
url = "https://x.test/"
secret = "hunter2"
"""
    said = mistakes(text)
    assert len(said) == 4
    assert "hunter2" not in "".join(said)


def test_a_missing_file_says_how_to_get_one(tmp_path: Path) -> None:
    """The first thing a new operator meets."""
    with pytest.raises(ExceptionGroup) as caught:
        load_file(tmp_path / "rules.toml", {})
    assert "watcher init" in str(caught.value.exceptions[0])


def test_a_file_in_another_encoding_is_refused_with_the_way_out(tmp_path: Path) -> None:
    """Editors on old machines save in a local encoding; Khmer words would be read as others."""
    path = tmp_path / "rules.toml"
    path.write_bytes('[watcher]\ntime_zone = "UTC" # caf\xe9'.encode("latin-1"))
    with pytest.raises(ExceptionGroup) as caught:
        load_file(path, {})
    assert "save it as UTF-8" in str(caught.value.exceptions[0])
