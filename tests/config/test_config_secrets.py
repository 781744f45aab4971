"""Secrets: from the environment, from files, and what happens to one channel without its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from watcher.config import Config, load, without_secrets

TEXT = """
[watcher]
time_zone = "UTC"
contact = "ops@watch.test"
dead_man = "${DEAD_MAN_URL}"
[operator]
to = ["slack"]
[[rules]]
name = "r"
match = "x"
[[channels]]
name = "mail"
kind = "email"
server = "${SMTP_URL}"
from = "a@watch.test"
to = ["b@watch.test"]
[[channels]]
name = "slack"
kind = "slack"
url = "${SLACK_URL}"
[[digests]]
name = "daily"
channels = ["mail"]
"""
GOOD = {"SMTP_URL": "smtp://me:hunter2@mail.test", "SLACK_URL": "https://hooks.slack.test/hunter2", "DEAD_MAN_URL": "https://ping.test/x"}


def without(name: str, **more: str) -> Config:
    return load(TEXT, environment={key: value for key, value in GOOD.items() if key != name} | more)


def test_an_unset_secret_pauses_its_channel_alone() -> None:
    """A forgotten Slack address must not stop the mail of the morning."""
    config = without("SLACK_URL")
    mail, slack = config.channels
    assert (mail.missing, mail.server) == ((), GOOD["SMTP_URL"])
    assert (slack.missing, slack.url) == (("SLACK_URL",), "")
    assert config.warnings == (
        "rules.toml:20: channel 'slack' is paused: SLACK_URL is not set; put it in .env, or the path of a file with it into SLACK_URL_FILE",
    )


def test_an_empty_secret_counts_as_unset() -> None:
    """Compose files pass on variables that .env does not set as empty ones."""
    assert without("SMTP_URL", SMTP_URL=" ").channels[0].missing == ("SMTP_URL",)


def test_a_secret_may_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    """Docker and systemd hand secrets over as files."""
    path = tmp_path / "smtp_url"
    path.write_text(GOOD["SMTP_URL"] + "\n")
    config = without("SMTP_URL", SMTP_URL_FILE=str(path))
    assert config.channels[0].server == GOOD["SMTP_URL"]


def test_an_unreadable_secret_file_pauses_the_channel_and_says_why(tmp_path: Path) -> None:
    """A wrong mount is the usual mistake; the reason saves an hour."""
    config = without("SMTP_URL", SMTP_URL_FILE=str(tmp_path / "absent"))
    assert config.channels[0].missing == ("SMTP_URL",)
    assert "SMTP_URL_FILE names a file that cannot be read (No such file or directory)" in config.warnings[0]


def test_a_wrong_value_pauses_the_channel_and_is_not_printed() -> None:
    """The value may be a password in the wrong place."""
    config = without("SMTP_URL", SMTP_URL="hunter2")
    assert config.channels[0].missing == ("SMTP_URL",)
    assert "the value of SMTP_URL is not smtp://user:password@host:port" in config.warnings[0]
    assert "hunter2" not in "".join(config.warnings) + repr(config)


def test_a_secret_written_into_the_file_works_and_is_warned_of() -> None:
    """rules.toml is mailed around and kept in repositories."""
    config = load(TEXT.replace("${SLACK_URL}", GOOD["SLACK_URL"]), environment=GOOD)
    assert config.channels[1].url == GOOD["SLACK_URL"]
    assert config.warnings[0].startswith("rules.toml:20: channel 'slack' has a secret in this file ('url')")
    assert "hunter2" not in "".join(config.warnings)


def test_a_watchdog_without_its_address_is_warned_of() -> None:
    """Otherwise a dead server would be noticed by nobody, while the file looks right."""
    config = without("DEAD_MAN_URL")
    assert config.settings.dead_man == ""
    assert "no outside watchdog is told" in config.warnings[0]


def test_the_text_kept_in_the_database_holds_no_secret_and_keeps_its_lines() -> None:
    """The last good rules are kept to survive a broken edit; a backup of the database must not give a password away."""
    hook = '[[channels]]\nname = "h"\nkind = "webhook"\nurl = "https://x.test/hunter2" # was hunter2\nsecret = "whsec_aHVudGVyMg=="\n'
    text = TEXT.replace("${SLACK_URL}", GOOD["SLACK_URL"]).replace("${DEAD_MAN_URL}", "https://ping.test/hunter2") + "# hunter2\n" + hook
    kept = without_secrets(text)
    assert "hunter2" not in kept
    assert "aHVudGVyMg" not in kept
    config = load(kept, environment=GOOD)
    assert [(channel.name, bool(channel.missing)) for channel in config.channels] == [("mail", False), ("slack", True), ("h", True)]
    assert config.rules[0].line == load(text, environment=GOOD).rules[0].line


def test_a_number_sign_inside_a_text_is_no_comment() -> None:
    """A rule that loses its end would catch something else."""
    text = TEXT.replace('match = "x"', 'match = "x # y"  # why')
    assert load(without_secrets(text), environment=GOOD).rules[0].match == "x # y"


@pytest.mark.parametrize(
    "server", ["smtp://127.0.0.1:25", "smtp://[::1]", "smtp://10.1.2.3", "smtp://localhost:1025", "smtp://mailpit:1025"]
)
def test_ssrf_1_a_mail_server_inside_needs_a_word_and_the_check_says_so(server: str) -> None:
    """Who has a relay in the office hears of it when checking, not when the first mail is due."""
    (said,) = without("SMTP_URL", SMTP_URL=server).warnings
    assert said.startswith("rules.toml:14: channel 'mail': its server is on this machine or on your own network")
    assert "allow_private = true" in said
    allowed = TEXT.replace('to = ["b@watch.test"]', 'to = ["b@watch.test"]\nallow_private = true')
    config = load(allowed, environment={**GOOD, "SMTP_URL": server})
    assert (config.warnings, config.channels[0].allow_private) == ((), True)
