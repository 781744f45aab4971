"""What is printed: harmless on a terminal, aligned in any script, JSON that reads back as it was."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from watcher.cli.show import counted, fit, harmless, json_text, safe, table, width

HOSTILE = ["a\x1b[2Jb", "a\x9b31mb", "a\u202eb", "a\rb", "a\x7fb", "a\u2066b\u2069", "a\u2028b", "a\ud800b", "\U000e0041a\x00b", "a\u200fb"]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_of_a_feed_cannot_act_on_a_terminal(text: str) -> None:
    """A headline must not clear the screen, hide a line, or show its end first."""
    for shown in (safe(text), harmless(text)):
        assert all(one.isprintable() or (one.isspace() and one == " ") or one == "\ufffd" for one in shown)
        assert shown.startswith("a")
        assert shown.endswith("b")


@pytest.mark.parametrize("text", HOSTILE)
def test_json_escapes_what_a_terminal_acts_on_and_loses_nothing(text: str) -> None:
    """Scripts get the very text of the feed; a person who looks at it is safe."""
    printed = json_text({text: [text]})
    assert printed.isprintable()
    assert json.loads(printed) == {text: [text]}


def test_json_keeps_khmer_readable_and_writes_times_as_iso() -> None:
    """Staff look at the JSON too, and every language reads ISO 8601."""
    printed = json_text({"title": "ប៉ោយប៉ែត 詐欺", "at": datetime(2023, 11, 8, 14, 20, tzinfo=UTC)})
    assert printed == '{"title": "ប៉ោយប៉ែត 詐欺", "at": "2023-11-08T14:20:00Z"}'


def test_columns_stand_under_each_other_in_every_script() -> None:
    """Wide and combining letters take another room than their number says."""
    lines = table([("詐欺", "1"), ("scam", "2"), ("ភ្នំ", "3")], ("word", "n"))
    assert {width(line[: -len(line.split()[-1])]) for line in lines} == {width("scam  ")}


def test_what_is_cut_says_so_and_fits() -> None:
    """Half a figure would be a wrong figure."""
    assert fit("柬埔寨遣返詐騙嫌犯", 7) == "柬埔寨…"
    assert fit("short", 7) == "short"


def test_one_is_singular() -> None:
    """'1 feeds' looks like a mistake, and makes the rest look like one."""
    assert (counted(1, "feed"), counted(2, "story", "stories"), counted(0, "feed")) == ("1 feed", "2 stories", "0 feeds")
