"""languages/schema: one wrong file each, and what its author is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from watcher.errors import ConfigError
from watcher.languages import OWN_CONCEPTS, read_file
from watcher.languages.guide import KEYS, TABLES
from watcher.languages.schema import SHAPE, parse

GOOD = """code = "am"
name = "Amharic"
tags = ["am"]

[script]
spaces = true

[places]
"Cambodia" = ["ካምቦዲያ"]

[stages]
deported = ["ተባረ*"]

[people]
counters = ["ሰዎች"]

[numbers]
words = { "ሁለት" = 2 }

[time]
weekdays = [["ሰኞ"], [], [], [], [], [], []]
dates = ["{d} {month}"]

[countries]
ET = ["ኢትዮጵያ"]

[demonyms]
ET = ["ኢትዮጵያውያን"]
compose = ["የ{c} ዜጎች"]
"""

DEPORTED, COUNTERS, WORDS, DATES, ET = (
    'deported = ["ተባረ*"]',
    'counters = ["ሰዎች"]',
    'words = { "ሁለት" = 2 }',
    '"{d} {month}"',
    'ET = ["ኢትዮጵያ"]',
)

WRONG = [
    (DEPORTED, 'deportd = ["ተባረ*"]', 12, "[stages] unknown key 'deportd'; did you mean deported?"),
    (DEPORTED, 'deported = ["ተ*ባረ"]', 12, '[stages] deported: "ተ*ባረ" has a * inside; only the last character may be one, so write the forms out'),
    (DEPORTED, 'deported = "ተባረ"', 12, '[stages] deported must be a list of words, such as deported = ["one word", "another"]'),
    (DEPORTED, 'deported = ["ተባረ", 7]', 12, '[stages] deported must be a list of words, such as deported = ["one word", "another"]'),
    (DEPORTED, 'deported = ["..."]', 12, '[stages] deported: "..." has no letters; remove it'),
    (DEPORTED, 'deported = ["ተ"]', 12, '[stages] deported: "ተ" is a single letter, which stands in nearly every text; use a longer word'),
    (DEPORTED, 'deported = [\n  "ተባረ*",\n  "ተ*ባረ",\n]', 14, '[stages] deported: "ተ*ባረ" has a * inside; only the last character may be one, so write the forms out'),
    (DEPORTED, 'deported = ["a\\nb"]', 12, '[stages] deported: "a\nb" holds a line break or another control character; write it on one line'),
    (DEPORTED, f'deported = ["{"ተ" * 81}"]', 12, f'[stages] deported: "{"ተ" * 81}" has over 80 characters; use the words that mark it, not the whole sentence'),
    ("[stages]", "[stage]", 11, "unknown table [stage]; did you mean stages?"),
    ("[script]\nspaces = true", "[script]\nspaces = 'yes'", 6, "[script] spaces must be true or false, such as spaces = true"),
    (COUNTERS, COUNTERS + '\nnot_people = ["ሰዎች"]', 16, '[people] not_people: "ሰዎች" stands in counters too; leave it in one of them'),
    (WORDS, 'words = { "ሁለት" = "2" }', 18, '[numbers] words must be a table of words and whole numbers, such as words = { "ten" = 10 }'),
    (WORDS, 'words = { "ሁለት" = -2 }', 18, '[numbers] words: "ሁለት" = -2 cannot be; write a number from 0 to 1000000000000'),
    (WORDS, 'multipliers = { "ሁለት" = 1 }', 18, '[numbers] multipliers: "ሁለት" = 1 cannot be; write a number from 2 to 1000000000000'),
    ("[], [], [], [], [], []]", "[], []]", 21, "[time] weekdays must have 7 lists, one for each; it has 3"),
    (DATES, '"{d} {day}"', 22, '[time] dates: "{d} {day}" must hold some of {y} {m} {d} {month}, and nothing else in braces'),
    (ET, 'Ethiopia = ["ኢትዮጵያ"]', 25, "[countries] 'Ethiopia' is no country code; use two capital letters of ISO 3166-1, such as JP"),
    ('"የ{c} ዜጎች"', '"የ ዜጎች"', 29, '[demonyms] compose: "የ ዜጎች" must hold {c} once, in the place of the country\'s name'),
    ('code = "am"', 'code = "ama"', 1, 'code is "ama" but the file is am.toml; make them the same'),
    ('name = "Amharic"\n', "", None, 'name is missing; it must be a text, such as name = "Amharic"'),
    ('tags = ["am"]', "tags = []", 3, 'tags is missing; it must be a list of words, such as tags = ["am"]'),
    ('tags = ["am"]', 'tags = ["am"]\nreplaces = "yes"', 4, "replaces must be true or false, such as replaces = true"),
    (DEPORTED, "deported = [ተባረ]", 12, "Invalid value; every word needs quotes on both sides, every list a closing bracket"),
]  # fmt: skip


def test_the_good_file_is_right() -> None:
    """Otherwise the table below would prove nothing."""
    assert parse(GOOD, "languages/am.toml", code="am").mistakes == ()


@pytest.mark.parametrize(("old", "new", "line", "told"), WRONG, ids=[told[:60] for *_, told in WRONG])
def test_a_mistake_is_told_with_its_line_and_what_to_do(tmp_path: Path, old: str, new: str, line: int | None, told: str) -> None:
    """Volunteers write these files; "invalid language" would not help them."""
    assert GOOD.count(old) == 1, old
    path = tmp_path / "am.toml"
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(ExceptionGroup) as caught:
        read_file(path)
    (mistake,) = caught.value.exceptions
    assert isinstance(mistake, ConfigError)
    assert (mistake.file, mistake.line, mistake.problem) == ("languages/am.toml", line, told)


def test_every_mistake_of_a_file_is_told_at_once_and_the_rest_is_understood() -> None:
    """One at a time would be a long evening."""
    text = GOOD.replace("[stages]", "[stage]").replace("spaces = true", "spaces = 1").replace(WORDS, "words = 3")
    parsed = parse(text, "languages/am.toml", code="am")
    assert [mistake.line for mistake in parsed.mistakes] == [6, 11, 18]
    assert parsed.data["places"] == {"Cambodia": ["ካምቦዲያ"]}
    assert "stage" not in parsed.data


def test_blanks_are_skipped_and_counted() -> None:
    """A template is used from its first filled line on."""
    text = GOOD.replace(DEPORTED, 'deported = ["", "ተባረ*", ""]\nraid = [""]').replace(WORDS, 'words = { "" = 2 }')
    parsed = parse(text, "languages/am.toml", code="am")
    assert (parsed.mistakes, parsed.blanks) == ((), 4)
    assert parsed.data["stages"] == {"deported": ["ተባረ*"]}
    assert parsed.data["time"]["weekdays"] == [["ሰኞ"], [], [], [], [], [], []], "an empty place in a list of days stays"


def test_a_space_is_a_mark_between_thousands_and_no_blank() -> None:
    """French writes 1 440."""
    parsed = parse(GOOD.replace("spaces = true", 'thousands = [" "]'), "languages/am.toml", code="am")
    assert parsed.data["script"] == {"thousands": [" "]}


def test_a_file_saved_by_a_windows_editor_is_read() -> None:
    """A byte order mark and CR LF are what Notepad writes."""
    parsed = parse("\ufeff" + GOOD.replace("\n", "\r\n"), "languages/am.toml", code="am")
    assert parsed.mistakes == ()


def test_every_key_of_the_format_is_explained() -> None:
    """Template, spreadsheet and page say what a key is for; a key without words would be left blank for ever."""
    assert set(TABLES) == set(SHAPE)
    for table, keys in SHAPE.items():
        for key in keys:
            assert key is None or KEYS.get((table, key)), f"say in languages/guide.py what [{table}] {key} is for"
    assert set(OWN_CONCEPTS) == set(SHAPE["concepts"])


def test_words_for_coming_home_stand_under_the_code_of_the_country(tmp_path: Path) -> None:
    """ "Back in Addis" says whose people they are; under a name that is no code it would say nothing."""
    path = tmp_path / "am.toml"
    path.write_text(GOOD + '\n[arrivals]\nET = ["አዲስ አበባ"]\n', encoding="utf-8")
    assert read_file(path).arrivals == {"ET": ("አዲስ አበባ",)}
    path.write_text(GOOD + '\n[arrivals]\nEthiopia = ["አዲስ አበባ"]\n', encoding="utf-8")
    with pytest.raises(ExceptionGroup) as caught:
        read_file(path)
    assert "no country code" in str(caught.value.exceptions[0])
