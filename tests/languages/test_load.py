"""languages: files are read whole, checked at load, and wrong ones name file, line and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from watcher.errors import ConfigError
from watcher.fold import folded
from watcher.languages import BUILT_CONCEPTS, load, read_file
from watcher.model import Language, Stage

CODES = tuple("en km zh ja ko th vi id ms hi mr ne bn ur ta ml tl ru pt fr es ar tr de it my lo".split())  # noqa: SIM905 - a list to read

GOOD = """code = "am"
name = "Amharic"
tags = ["am"]

[script]
spaces = true

[places]
"Cambodia" = ["ካምቦዲያ"]

[stages]
deported = ["ተባረ*"]

[demonyms]
ET = ["ኢትዮጵያውያን"]
"""


@pytest.fixture(scope="module")
def shipped() -> dict[str, Language]:
    return {language.code: language for language in load()}


def test_all_languages_are_there(shipped: dict[str, Language]) -> None:
    """Each is read by somebody's outlet; a file that fell out would be a silent hole."""
    assert set(shipped) == set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_each_language_can_say_the_main_thing(shipped: dict[str, Language], code: str) -> None:
    """Without a word for Cambodia, for a scam and for sending people out no story of that language can ever match."""
    for concept in ("cambodia", "scam", "deported"):
        assert shipped[code].concepts[concept], concept


def test_no_term_hides_in_common_words(shipped: dict[str, Language]) -> None:
    """国公 (Koh Kong) stands in 中国公民 and 國人 in 中國人: such terms would hit every Chinese story."""
    common = "中国公民外国人中國人韓國人西港人员"
    for name in ("cambodia", "other_country"):
        hits = [term for term in shipped["zh"].concepts[name] if folded(term) in folded(common)]
        assert not [term for term in hits if term != "西港"]


def test_stages_make_the_concepts(shipped: dict[str, Language]) -> None:
    """A word added to a stage must be found by the rules too, not only by the reader of claims."""
    english = shipped["en"]
    assert set(english.stages[Stage.EXTRADITED]) <= set(english.concepts["deported"])
    assert set(english.places["Poipet"]) <= set(english.concepts["cambodia"])
    assert "Cambodian*" not in english.concepts["nationals"]
    assert set(BUILT_CONCEPTS) <= set(english.concepts)


def test_nationalities_are_composed(shipped: dict[str, Language]) -> None:
    """Nobody should have to write 40 forms by hand: 越南 and {c}人 make 越南人."""
    assert "越南人" in shipped["zh"].demonyms["VN"]
    assert "ベトナム人" in shipped["ja"].demonyms["VN"]


def test_an_operators_file_adds_a_language(tmp_path: Path) -> None:
    """A new language must need no new version of the program."""
    (tmp_path / "am.toml").write_text(GOOD, encoding="utf-8")
    added = {language.code: language for language in load(tmp_path)}
    assert added["am"].concepts["deported"] == ("ተባረ*",)
    assert "en" in added


def test_an_operators_file_replaces_a_shipped_one(tmp_path: Path) -> None:
    """Who knows better may say so, without touching the installed package."""
    text = GOOD.replace('"am"', '"lo"').replace("Amharic", "Lao, ours")
    (tmp_path / "lo.toml").write_text(text, encoding="utf-8")
    assert {language.code: language for language in load(tmp_path)}["lo"].name == "Lao, ours"


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('deported = ["ተባረ*"]', 'deportd = ["ተባረ*"]', 12, "did you mean deported?"),
        ('deported = ["ተባረ*"]', 'deported = ["ተ*ባረ"]', 12, "* inside"),
        ('deported = ["ተባረ*"]', 'deported = "ተባረ"', 12, "a list of words"),
        ("[stages]", "[stage]", 11, "did you mean stages?"),
        ("spaces = true", 'spaces = "yes"', 6, "true or false"),
        ('ET = ["', 'Ethiopia = ["', 15, "two capital letters"),
        ('code = "am"', 'code = "ama"', 1, "make them the same"),
        ('name = "Amharic"\n', "", None, "name is missing"),
    ],
)
def test_a_mistake_names_file_line_and_key(tmp_path: Path, old: str, new: str, line: int | None, words: str) -> None:
    """Volunteers write these files; "invalid language" would not help them."""
    path = tmp_path / "am.toml"
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(ExceptionGroup) as caught:
        read_file(path)
    (mistake,) = caught.value.exceptions
    assert isinstance(mistake, ConfigError)
    assert (mistake.file, mistake.line) == ("languages/am.toml", line)
    assert words in mistake.problem


def test_every_mistake_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    """One at a time would be a long evening."""
    (tmp_path / "am.toml").write_text(GOOD.replace("[stages]", "[stage]").replace("spaces = true", "spaces = 1"), encoding="utf-8")
    (tmp_path / "xx.toml").write_text("code = ", encoding="utf-8")
    with pytest.raises(ExceptionGroup) as caught:
        load(tmp_path)
    assert len(caught.value.exceptions) == 3


def test_a_word_for_a_group_is_no_word_for_people(shipped: dict[str, Language]) -> None:
    """ "One group" would be one person."""
    words = {
        "en": "group",
        "vi": "nhóm",
        "id": "kelompok",
        "ms": "kumpulan",
        "zh": "批",
        "ja": "グループ",
        "th": "กลุ่ม",
        "km": "ក្រុម",
        "fr": "groupe*",
    }
    for code, word in words.items():
        assert word in shipped[code].not_people, code
        assert word not in shipped[code].counters, code


def test_no_word_is_people_and_not_people(shipped: dict[str, Language]) -> None:
    """Such a word would reject the very figures it is to find."""
    for language in shipped.values():
        assert not set(language.counters) & set(language.not_people), language.code
