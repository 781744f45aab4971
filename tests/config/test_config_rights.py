"""Files with secrets that others may read are named, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from watcher.pipeline.rules_file import RulesFile

RULES = """\
[watcher]
time_zone = "UTC"
[[rules]]
name = "r"
match = "@cambodia AND @deported"
[[channels]]
name = "slack"
kind = "slack"
url = "{url}"
"""
INLINE = "https://hooks.slack.test/services/T0/B0/hunter2hunter2"


def warnings(folder: Path, *, rules: int = 0o600, env: int | None = None, url: str = "${SLACK_URL}") -> list[str]:
    """What is said of rights, with the files of these."""
    path = folder / "rules.toml"
    path.write_text(RULES.format(url=url), "utf-8")
    path.chmod(rules)
    if env is not None:
        (folder / ".env").write_text(f"SLACK_URL='{INLINE}'\n", "utf-8")
        (folder / ".env").chmod(env)
    return [one for one in RulesFile.load(path).watch.config.warnings if "chmod" in one]


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        (0o644, "every user of this machine may read it"),
        (0o640, "its group may read it"),
        (0o660, "its group may read and change it"),
        (0o602, "every user of this machine may read and change it"),
    ],
)
def test_log_1_secrets_that_others_may_read_are_named(tmp_path: Path, mode: int, said: str) -> None:
    """A Slack address that anyone on a shared server may read is one that anyone may post to."""
    (line,) = warnings(tmp_path, env=mode)
    assert line.startswith(".env: ")
    assert said in line
    assert line.endswith("chmod 600 .env")
    assert "hunter2" not in line


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o700])
def test_a_file_of_its_owner_alone_is_fine(tmp_path: Path, mode: int) -> None:
    """A warning that always stands there is read by nobody."""
    assert warnings(tmp_path, env=mode) == []


def test_rules_without_a_secret_may_be_read_by_all(tmp_path: Path) -> None:
    """They are an ordinary file, as the packages install it."""
    assert warnings(tmp_path, rules=0o644) == []


def test_log_1_rules_with_a_secret_in_them_are_named(tmp_path: Path) -> None:
    """Some write the address into the rules all the same."""
    (line,) = warnings(tmp_path, rules=0o644, url=INLINE)
    assert line.startswith("rules.toml: it holds secrets")
    assert warnings(tmp_path, rules=0o600, url=INLINE) == []
