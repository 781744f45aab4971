"""The operator's languages: what they add, replace and bring, and what makes a new rule set."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from watcher.languages import NONE, OwnTexts, combine, read_folder, shipped_tables
from watcher.model import Language

NEW = 'code = "am"\nname = "Amharic"\ntags = ["am"]\n[places]\nCambodia = ["ካምቦዲያ"]\n'


def with_file(name: str, text: str) -> dict[str, Language]:
    spoken = combine(OwnTexts({name: text}))
    assert spoken.mistakes == ()
    return {language.code: language for language in spoken.languages}


SHIPPED = {language.code: language for language in combine(NONE).languages}


def test_a_file_of_a_shipped_language_adds_to_it() -> None:
    """One more word must not cost the hundred that are there, nor what an upgrade brings."""
    text = 'code = "lo"\n[concepts]\nscam = ["ຄຳໃໝ່"]\n[stages]\ndeported = ["ຄຳອື່ນ"]\n'
    lao = with_file("lo.toml", text)["lo"]
    assert lao.concepts["scam"] == (*SHIPPED["lo"].concepts["scam"], "ຄຳໃໝ່")
    assert "ຄຳອື່ນ" in lao.concepts["deported"]
    assert lao.months == SHIPPED["lo"].months
    assert (lao.name, lao.tags, lao.spaces) == ("Lao", ("lo",), False)


def test_single_values_override_and_months_are_added_place_by_place() -> None:
    """A speaker who has read the file says so in a file of the operator's."""
    months = "[" + ", ".join(["[]"] * 4 + ['["ພຶດສະພາ"]'] + ["[]"] * 7) + "]"
    lao = with_file("lo.toml", f'code = "lo"\nchecked_by = "A. Speaker"\n[script]\nprefix = true\n[time]\nmonths = {months}\n')["lo"]
    assert (lao.checked_by, lao.prefix) == ("A. Speaker", True)
    assert lao.months["ພຶດສະພາ"] == 5
    assert lao.months.items() >= SHIPPED["lo"].months.items()


def test_a_file_that_replaces_is_the_whole_language() -> None:
    """Who knows better may say so, without touching the installed package."""
    text = NEW.replace('"am"', '"lo"').replace("Amharic", "Lao, ours").replace("[places]", "replaces = true\n[places]")
    lao = with_file("lo.toml", text.replace("\nreplaces", "\nreplaces", 1))["lo"]
    assert lao.name == "Lao, ours"
    assert lao.concepts["cambodia"] == ("ካምቦዲያ",)
    assert "scam" not in lao.concepts and not lao.countries


def test_a_new_code_is_a_new_language_that_knows_countries_already() -> None:
    """Nobody should have to write the names of 200 countries by hand."""
    languages = with_file("am.toml", NEW)
    assert languages["am"].concepts["cambodia"] == ("ካምቦዲያ",)
    assert languages["am"].countries["AU"]
    assert len(languages) == len(SHIPPED) + 1


def test_languages_without_a_file_of_ones_own_stay_the_very_same_values() -> None:
    """Automata are kept for each; a file for one language must not build all others anew."""
    languages = with_file("am.toml", NEW)
    assert all(languages[code] is SHIPPED[code] for code in SHIPPED)


def test_the_own_file_says_what_it_changes() -> None:
    """`watcher check` prints it: a file in the wrong folder, or one that adds nothing new, is seen at once."""
    there = shipped_tables("lo")["concepts"]["scam"][0]  # type: ignore[index]
    (own,) = combine(OwnTexts({"lo.toml": f'code = "lo"\n[concepts]\nscam = ["{there}", "ຄຳໃໝ່", ""]\n[script]\nprefix = true\n'})).own
    assert (own.does, own.changes, own.blanks) == ("adds", ("scam +1", "prefix"), 1)


@pytest.mark.parametrize(
    ("text", "is_new"),
    [
        ('code = "lo"\n[concepts]\nscam = ["ຄຳໃໝ່"]', True),
        ('code = "lo"\n[people]\ncounters = ["ຄຳໃໝ່"]', True),
        ('code = "lo"\n[time]\npast = ["ຄຳໃໝ່"]', True),
        ('code = "lo"\n[countries]\nFI = ["ຄຳໃໝ່"]', True),
        ('code = "lo"\nchecked_by = "A. Speaker"', False),
        ('code = "lo"\n# a comment', False),
        ('code = "lo"\n[concepts]\nscam = [""]', False),
    ],
)
def test_what_reading_uses_makes_a_new_rule_set(text: str, is_new: bool) -> None:
    """An edit that changes figures is judged again; a comment or a name is not worth it."""
    assert (combine(OwnTexts({"lo.toml": text})).fingerprint != combine(NONE).fingerprint) is is_new


@pytest.mark.parametrize("value", ["2024-01-01", "1.5", "[[1]]", "{ x = 2024-01-01T00:00:00Z }", "99999999999999999999999"])
def test_values_of_other_kinds_are_mistakes_and_stop_nothing(value: str) -> None:
    """One date among the words must be told with its line, not end the service."""
    for key in ("scam", "odd"):
        spoken = combine(OwnTexts({"lo.toml": f'code = "lo"\nchecked = {value}\n[concepts]\n{key} = {value}\n'}))
        assert [mistake.line for mistake in spoken.mistakes] == [2, 4]
        assert spoken.fingerprint == combine(NONE).fingerprint


def test_the_fingerprint_is_the_same_in_every_process() -> None:
    """One that differed would have the whole window judged again at each start."""
    command = "from watcher.languages import NONE, combine; print(combine(NONE).fingerprint)"
    for seed in "12":
        told = subprocess.run([sys.executable, "-c", command], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True)
        assert told.stdout.decode().strip() == combine(NONE).fingerprint


def test_a_tag_of_another_language_is_refused() -> None:
    """A feed in `fil` would be read as one or the other by chance."""
    (mistake,) = combine(OwnTexts({"am.toml": NEW.replace('["am"]', '["am", "fil"]')})).mistakes
    assert str(mistake) == 'languages/am.toml: tags: "fil" is a tag of Filipino (tl.toml) already; remove it here'


def test_a_folder_is_read_and_what_is_no_language_is_named(tmp_path: Path) -> None:
    """am.toml.txt, as Windows saves it, would be overlooked for weeks."""
    (tmp_path / "am.toml").write_text(NEW, encoding="utf-8")
    (tmp_path / "si.toml.txt").write_text(NEW, encoding="utf-8")
    (tmp_path / ".am.toml.swp").write_text("x", encoding="utf-8")
    (tmp_path / "am.toml~").write_text("x", encoding="utf-8")
    (tmp_path / "th.toml").write_bytes(b"\xff\xfe\x00")
    own = read_folder(tmp_path)
    assert list(own.texts) == ["am.toml"]
    assert own.strays == ("si.toml.txt",)
    assert [str(one) for one in own.mistakes] == ["languages/th.toml: is not a text file in UTF-8; save it as UTF-8"]


def test_no_folder_is_no_mistake_and_a_file_in_its_place_is_one(tmp_path: Path) -> None:
    """Most operators have none."""
    assert read_folder(tmp_path / "languages") == NONE
    (tmp_path / "languages").write_text("", encoding="utf-8")
    (mistake,) = read_folder(tmp_path / "languages").mistakes
    assert "must be a folder" in mistake.problem


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    """Docker and another owner: the commonest reason."""
    path = tmp_path / "am.toml"
    path.write_text(NEW, encoding="utf-8")
    path.chmod(0)
    (mistake,) = read_folder(tmp_path).mistakes
    assert "look at its owner and rights" in mistake.problem
