"""Good rules files: what they mean, what is worth a warning, and how fast a long one is read."""

from __future__ import annotations

import time as clock
from dataclasses import FrozenInstanceError
from datetime import time, timedelta
from typing import get_args

import pytest

from watcher.config import Config, FigureChange, load, schema
from watcher.model import ChangeKind, ChannelKind, ConceptEdit, FeedKind, Stage

SMALL = """
[watcher]
time_zone = "Asia/Phnom_Penh"
contact = "ops@watch.test"
{more}
[[rules]]
name = "deported"
match = "@cambodia AND @deported"
"""

FULL = """
[watcher]
time_zone = "Asia/Phnom_Penh"
contact = "ops@watch.test"
must_read = ["km"]
not_covered = ["Facebook"]
people = ["Ann Example"]
fresh_for = "3d"
keep_text = "2w"
min_figure_change = { percent = 20, people = 8 }
after_rule_change = "tell"
dead_man = "${DEAD_MAN_URL}"
canary_channel = "files"
[watcher.politeness]
floor = "5m"
per_host = 1

[operator]
to = ["mail"]

[[feeds]]
url = "https://a.test/feed"
title = "A News"
language = "km"
key = true
allow_private = true
was = "https://old.test/feed"
fallback = "https://b.test/feed"
[[feeds]]
url = "https://search.test/rss?q=x"
kind = "search"
enabled = "auto"

[concepts]
"scam.en" = { add = ["love scam"], remove = ["extortion"] }
raid.th = { replace = ["x"] }

[[rules]]
name = "deported"
match = '''
@cambodia
AND @deported'''
lead = "@cambodia"
[[rules.examples]]
text = "Cambodia deported 4 men."
match = true
[[rules.examples]]
text = "Rain in Cambodia."
match = false

[[channels]]
name = "mail"
kind = "email"
server = "${SMTP_URL}"
from = "Watcher <watcher@watch.test>"
to = ["a@watch.test", "${MORE_READERS}"]
reads = ["en", "km"]
bounce = "bounce@watch.test"
[[channels]]
name = "slack"
kind = "slack"
url = "${SLACK_URL}"
[[channels]]
name = "hook"
kind = "webhook"
url = "https://x.test/hook"
secret = "${HOOK_SECRET}"
[[channels]]
name = "files"
kind = "folder"
folder = "digests"

[[digests]]
name = "daily"
channels = ["mail", "files"]
every = "monday"
at = "06:30"
when_empty = "skip"
approve = true
where = { nationality = ["JP", "KR"], stage = "deported", language = ["ja"], rule = ["deported"] }

[[alerts]]
name = "now"
channels = ["slack", "hook"]
on = ["new", "withdrawn"]
wait = "1h30m"
quiet = "20:00-07:00"
max_per_day = 3
time_zone = "Asia/Tokyo"
"""
SECRETS = {
    "SMTP_URL": "smtp://me:hunter2@mail.watch.test:587",
    "MORE_READERS": "b@watch.test, c@watch.test",
    "SLACK_URL": "https://hooks.slack.test/hunter2",
    "HOOK_SECRET": "whsec_aHVudGVyMmh1bnRlcjI=",
    "DEAD_MAN_URL": "https://ping.test/hunter2",
}


def small(more: str = "") -> str:
    return SMALL.replace("{more}", more)


@pytest.fixture
def full() -> Config:
    return load(FULL, environment=SECRETS)


def test_settings_are_read_and_what_is_left_out_has_its_default(full: Config) -> None:
    """Defaults are promises of the documentation."""
    settings, plain = full.settings, load(small(), environment={}).settings
    assert (settings.fresh_for, settings.keep_text, settings.after_rule_change) == (timedelta(days=3), timedelta(days=14), "tell")
    assert settings.min_figure_change == FigureChange(20, 8)
    assert (settings.politeness.floor, settings.politeness.per_host, settings.politeness.start) == (
        timedelta(minutes=5),
        1,
        timedelta(hours=1),
    )
    assert (plain.fresh_for, plain.keep_text, plain.min_figure_change) == (timedelta(days=7), timedelta(days=90), FigureChange(10, 5))
    assert full.people == ("Ann Example",)


def test_feeds_keep_their_settings_and_lines(full: Config) -> None:
    """A feed on the own network must not lose its permission on the way, nor a moved one its past."""
    first, second = full.feeds
    assert (first.url, first.language, first.key, first.allow_private, first.enabled) == ("https://a.test/feed", "km", True, True, "yes")
    assert (first.was, first.fallback) == ("https://old.test/feed", "https://b.test/feed")
    assert (second.kind, second.enabled, second.title) == (FeedKind.SEARCH, "auto", "search.test/rss?q=x")
    assert FULL.splitlines()[first.line - 1] == "[[feeds]]"


def test_named_queries_carry_the_line_in_which_their_text_begins() -> None:
    """A mistake in one is shown there, by who compiles it."""
    lines = ["[queries]", 'elsewhere = "title:@other_country"', "held = '''", "@arrested", "OR /jail(ed)?/'''", 'short = """a OR b"""']
    text = small("\n".join(lines))
    config = load(text, environment={})
    assert [(query.name, query.text) for query in config.queries] == [
        ("elsewhere", "title:@other_country"),
        ("held", "@arrested\nOR /jail(ed)?/"),
        ("short", "a OR b"),
    ]
    assert [text.splitlines()[query.line - 1] for query in config.queries] == [lines[1], lines[3], lines[5]]
    assert load(small(), environment={}).queries == ()


def test_rules_and_concepts_carry_the_lines_of_their_parts(full: Config) -> None:
    """A query that cannot be read is reported where it stands, by who compiles it."""
    (rule,), lines = full.rules, FULL.splitlines()
    assert rule.examples == (("Cambodia deported 4 men.", True), ("Rain in Cambodia.", False))
    assert [lines[line - 1][:5] for _, line in rule.query_lines] == ["@camb", "lead "]
    assert [lines[line][:13] for line in rule.example_lines] == ['text = "Cambo', 'text = "Rain ']
    assert full.concepts == (
        ConceptEdit(
            "scam",
            "en",
            ("love scam",),
            ("extortion",),
            None,
            lines.index('"scam.en" = { add = ["love scam"], remove = ["extortion"] }') + 1,
        ),
        ConceptEdit("raid", "th", (), (), ("x",), lines.index('raid.th = { replace = ["x"] }') + 1),
    )


def test_channels_have_their_secrets_and_audiences_their_times(full: Config) -> None:
    """What is written as ${NAME} is what is sent to."""
    mail, slack, hook, files = full.channels
    assert mail.server == SECRETS["SMTP_URL"]
    assert mail.to == ("a@watch.test", "b@watch.test", "c@watch.test")
    assert (slack.url, hook.secret, files.folder) == (SECRETS["SLACK_URL"], SECRETS["HOOK_SECRET"], "digests")
    assert not any(channel.missing for channel in full.channels)
    (digest,), (alert,) = full.digests, full.alerts
    assert (digest.every, digest.at, digest.when_empty, digest.approve, digest.time_zone) == (
        "monday",
        time(6, 30),
        "skip",
        True,
        "Asia/Phnom_Penh",
    )
    assert (digest.where.nationality, digest.where.stage) == (("JP", "KR"), (Stage.DEPORTED,))
    assert (alert.on, alert.wait, alert.quiet) == ((ChangeKind.NEW, ChangeKind.WITHDRAWN), timedelta(minutes=90), (time(20), time(7)))
    assert (alert.max_per_day, alert.time_zone) == (3, "Asia/Tokyo")
    assert full.warnings == ()


def test_no_secret_shows_when_a_configuration_is_printed(full: Config) -> None:
    """A configuration ends in a log or a traceback sooner or later."""
    assert "hunter2" not in repr(full) + str(full)
    assert "aHVudGVy" not in repr(full) + str(full)


def test_a_configuration_cannot_be_changed_once_checked(full: Config) -> None:
    """What passed the checks is what runs."""
    with pytest.raises(FrozenInstanceError):
        full.file = "other"  # type: ignore[misc]


def test_the_lists_accepted_here_are_those_of_the_model() -> None:
    """A new stage or channel that configuration refuses could never be used."""
    assert set(get_args(schema.StageName)) == set(Stage)
    assert set(get_args(schema.TellableChange)) == set(ChangeKind) - {ChangeKind.COVERAGE}
    assert set(get_args(schema.Kind)) == set(ChannelKind)


def test_while_only_folders_are_written_it_is_said_that_no_one_is_told() -> None:
    """A first installation looks like it works while nobody would ever get a mail."""
    text = small() + '[[channels]]\nname = "f"\nkind = "folder"\nfolder = "x"\n[[digests]]\nname = "d"\nchannels = ["f"]\n'
    config = load(text, environment={})
    assert config.only_folders
    assert any("No one is told: only files are written" in warning for warning in config.warnings)


def test_a_must_read_language_without_a_feed_is_a_warning_with_its_line() -> None:
    """Its silence could never be seen, as nothing would ever be read in it."""
    config = load(small('must_read = ["km"]'), environment={})
    assert "rules.toml:5: 'km' must be read, but no feed is in it; add one, or take it from must_read" in config.warnings


def test_an_example_contact_and_an_unused_channel_are_warned_of() -> None:
    """Both look right in the file and reach nobody."""
    text = small().replace("ops@watch.test", "ops@example.org") + '[[channels]]\nname = "f"\nkind = "folder"\nfolder = "x"\n'
    said = "\n".join(load(text, environment={}).warnings)
    assert "rules.toml:4: the contact is still the example" in said
    assert "channel 'f' is used by no digest" in said


def test_a_byte_order_mark_and_windows_line_ends_are_no_mistake() -> None:
    """Notepad writes both; lines must still be counted right."""
    config = load("\ufeff" + small().replace("\n", "\r\n"), environment={})
    assert config.rules[0].line == 6


def test_a_thousand_feeds_are_checked_in_a_moment() -> None:
    """`check` and a reread between polls must not hold the service up: 150 ms is meant, a slow machine gets ten times that."""
    row = '[[feeds]]\nurl = "https://h{0}.test/feed"\ntitle = "Feed {0}"\nlanguage = "en"\nallow_private = true\n'
    text = small() + "".join(row.format(number) for number in range(1000))
    started = clock.process_time()
    config = load(text, environment={})
    assert len(config.feeds) == 1000
    assert text.splitlines()[config.feeds[-1].line] == 'url = "https://h999.test/feed"'
    assert clock.process_time() - started < 1.5
