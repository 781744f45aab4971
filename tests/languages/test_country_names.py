"""packaging/country_names.py and what it wrote: names of countries, without those that mean something else too."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from watcher.languages import country_names, load

SCRIPT = Path(__file__).resolve().parents[2] / "packaging" / "country_names.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    pytest.importorskip("babel", reason="Babel is not here: it is needed at development time only")
    spec = importlib.util.spec_from_file_location("country_names", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_files_are_what_the_script_writes(script: ModuleType) -> None:
    """Generated files that somebody edited would lose the edit at the next run."""
    if script.get_cldr_version() != script.CLDR:
        pytest.skip(f"Babel here has CLDR {script.get_cldr_version()}, the files are of {script.CLDR}: not compared")
    wrong = [path.name for path, text in script.files().items() if not path.exists() or path.read_text("utf-8") != text]
    assert not wrong, "run: .venv/bin/python packaging/country_names.py"


def test_every_shipped_language_has_names(script: ModuleType) -> None:
    """A shipped language without them would know only those written by hand."""
    for language in load():
        assert len(country_names(language.code)) > 200, language.code


@pytest.mark.parametrize(
    ("code", "country", "word"),
    [("en", "TD", "Chad"), ("en", "JO", "Jordan"), ("en", "GE", "Georgia"), ("tl", "ML", "Mali"), ("id", "PE", "Peru"), ("ru", "TG", "Того"), ("fr", "RE", "La Réunion"), ("ko", "SD", "수단"), ("zh", "SD", "苏丹"), ("ja", "AW", "アルバ"), ("vi", "AT", "Áo")],
)  # fmt: skip
def test_a_name_that_is_a_word_too_is_left_out(code: str, country: str, word: str) -> None:
    """ "Deported to Jordan" by a Mr Jordan, アルバイト as a man from Aruba: such names make people out of nothing."""
    language = {one.code: one for one in load()}[code]
    assert country not in country_names(code)
    assert word not in language.countries.get(country, ())


def test_no_name_is_one_sign_or_two_letters() -> None:
    """泰 and 美 stand in other words, Ý is a word."""
    for language in load():
        short = [
            name for names in country_names(language.code).values() for name in names if len(name) < (2 if not name[0].isascii() else 3)
        ]
        assert not short, language.code


def test_no_generated_name_is_another_word_of_its_language() -> None:
    """The Thai word for "check" is the name of Czechia: a term and a country at once would be read as both."""
    for language in load():
        terms = {
            term.casefold()
            for words in (language.counters, language.not_people, language.frequent, language.again, language.parts)
            for term in words
        }
        names = {name.casefold() for names in country_names(language.code).values() for name in names}
        assert not terms & names, language.code


def test_names_by_hand_stand_before_the_generated_ones_and_all_are_composed() -> None:
    """Short forms are what newspapers print; both make words for people."""
    chinese = {one.code: one for one in load()}["zh"]
    assert chinese.countries["MN"] == ("蒙古国", "蒙古國")
    assert chinese.countries["MM"][0] == "缅甸"
    assert "哥伦比亚人" in chinese.demonyms["CO"]


def test_a_reason_stands_beside_every_name_left_out(script: ModuleType) -> None:
    """Else the next one to look would put it back."""
    for codes, what, reason in script.AMBIGUOUS:
        assert codes.split() and what and len(reason) > 3
        assert set(codes.split()) <= set(script.LOCALES)
    assert all(len(reason) > 3 for reason in script.EVERYWHERE.values())
