"""What `watcher init` writes, and the rules.toml that is shipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from watcher.config import Answers, load, secret_lines, write_new
from watcher.model import ChannelKind

PROJECT = Path(__file__).resolve().parents[2]


def test_the_shipped_rules_file_is_what_init_writes_without_answers() -> None:
    """One text to keep right, and the README's file is the one people get."""
    assert (PROJECT / "rules.toml").read_text("utf-8") == write_new(Answers())


def test_the_shipped_rules_file_loads_with_feeds_and_rules_with_examples_of_both_kinds() -> None:
    """A fresh installation must run as it is."""
    config = load(write_new(Answers()), environment={})
    assert len(config.feeds) > 100
    assert [rule.name for rule in config.rules] == ["scam-deportation", "scam-raid-arrest-rescue", "organisers-by-name"]
    assert all({match for _, match in rule.examples} == {True, False} for rule in config.rules[:2])  # the list of persons ships empty
    assert "rules.toml" in config.warnings[0]


@pytest.mark.parametrize("kind", list(ChannelKind))
def test_each_first_channel_gives_a_file_that_loads_and_names_its_secrets(kind: ChannelKind) -> None:
    """Whatever is answered, the next command must not meet a mistake; unset secrets are listed for .env."""
    answers = Answers("Europe/Berlin", "dara@ngo.test", kind, to=("staff@ngo.test",), operator=("dara@ngo.test",), dead_man=True)
    config = load(write_new(answers), environment={})
    assert (config.settings.time_zone, config.settings.contact) == ("Europe/Berlin", "dara@ngo.test")
    assert config.channels[0].kind is kind
    missing = {name for channel in config.channels for name in channel.missing}
    assert missing | {"DEAD_MAN_URL"} == {name for name, _ in secret_lines(answers)}


def test_answers_with_quotes_stay_inside_their_text() -> None:
    """A name with a quote in it must not break the file, nor add a table to it."""
    config = load(write_new(Answers(contact='"]\n[x]\\', folder="a\"b'c")), environment={})
    assert config.settings.contact == '"]\n[x]\\'
    assert config.channels[0].folder == "a\"b'c"


def test_the_operator_gets_a_channel_of_his_own_when_he_reads_other_mail() -> None:
    """Faults never go to those who read the news."""
    answers = Answers(channel=ChannelKind.EMAIL, to=("staff@ngo.test",), operator=("dara@ngo.test",), sender="watcher@ngo.test")
    config = load(write_new(answers), environment={"SMTP_URL": "smtp://mail.test"})
    ops = config.channel("ops")
    assert config.operator == ("ops",)
    assert ops is not None
    assert ops.to == ("dara@ngo.test",)
    assert config.digests[0].channels == ("staff",)
