"""Text that goes where control characters are commands."""

from __future__ import annotations

import pytest

from watcher.deliver.plain import many_lines, one_line, secrets_of_url, slug, without_secrets

HOOK = "https://hooks.slack.com/services/T012AB3C4/B056DE7F8/abcdefGHIJKLmnopQRSTuvwx"


@pytest.mark.parametrize("separator", ["\r\n", "\n", "\r", "\x00", "\x0b", "\x0c", "\x1b", "\x85", "\u2028", "\u2029"])
def test_one_line_is_one_line(separator):
    """A title with any of these would otherwise end a header or a log line."""
    assert one_line(f"a{separator}b", longest=50) == "a b"


def test_direction_overrides_are_taken_out():
    """They make a headline show another number than it holds."""
    assert one_line("\u202e52\u202c deported", longest=50) == "52 deported"


def test_many_lines_keeps_lines_and_tabs_only():
    """The text part stays readable, and a terminal that shows it is not steered."""
    assert many_lines("a\r\nb\rc\td\x1b[31m\ud800") == "a\nb\nc\td [31m\ufffd"


@pytest.mark.parametrize(
    "answer",
    [
        f"no such page {HOOK}",
        "no such page /services/T012AB3C4/B056DE7F8/abcdefGHIJKLmnopQRSTuvwx",
        "token abcdefGHIJKLmnopQRSTuvwx is revoked",
        "TOKEN ABCDEFGHIJKLMNOPQRSTUVWX",
        '{"url": "https:\\/\\/hooks.slack.com\\/services\\/T012AB3C4\\/B056DE7F8\\/abcdefGHIJKLmnopQRSTuvwx"}',
    ],
)
def test_log_1_a_server_that_repeats_our_address_cannot_put_it_into_an_error(answer):
    """Who has the address of a webhook can post in the NGO's name."""
    shown = without_secrets(answer, secrets_of_url(HOOK))
    assert "abcdefghijkl" not in shown.lower()
    assert "B056DE7F8" not in shown


@pytest.mark.parametrize(
    ("name", "file"),
    [("Daily Digest", "daily-digest"), ("../../etc/passwd", "etc-passwd"), ("ប្រចាំថ្ងៃ", "message"), ("Été", "ete"), ("CON\x00", "con")],
)
def test_a_slug_has_no_meaning_to_a_system(name, file):
    """A digest's name becomes part of a file's name."""
    assert slug(name) == file
