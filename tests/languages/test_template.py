"""Templates and spreadsheets for speakers, and the page that they read."""

from __future__ import annotations

import csv
import io
import tomllib
from pathlib import Path

import pytest

from watcher.languages import NONE, combine, page, pages, read_sheet, template, write_sheet
from watcher.languages.guide import blanks
from watcher.languages.schema import SHAPE, parse

DOCUMENTATION = Path(__file__).resolve().parents[2] / "docs"


def sheet() -> list[list[str]]:
    return list(csv.reader(io.StringIO(write_sheet().decode("utf-8-sig"))))


def saved(rows: list[list[str]], delimiter: str = ",") -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter).writerows(rows)
    return file.getvalue().encode("utf-8-sig")


def put(rows: list[list[str]], table: str, key: str, english: str, words: str) -> None:
    next(row for row in rows if row[:3] == [table, key, english])[3] = words


def problems(raw: bytes) -> list[str]:
    with pytest.raises(ExceptionGroup) as caught:
        read_sheet(raw, "am.csv")
    return [str(one) for one in caught.value.exceptions]


@pytest.mark.parametrize(("code", "adds"), [("am", False), ("xx", False), ("km", True), ("en", True)])
def test_a_template_loads_as_it_is_and_changes_nothing(code: str, adds: bool) -> None:
    """A half-filled file must never stop a service."""
    parsed = parse(template(code, "A language", adds=adds), f"languages/{code}.toml", code=code, adds=adds)
    assert parsed.mistakes == ()
    assert parsed.blanks > 500
    words = [value for table, content in parsed.data.items() if table in SHAPE for value in content.values()]
    assert not [value for value in words if not isinstance(value, bool) and value]


def test_a_template_has_every_table_and_key_of_the_format() -> None:
    """What is not in the template is never filled in, what English lacks too."""
    data = tomllib.loads(template("am", "Amharic"))
    assert set(data) >= set(SHAPE)
    for table, keys in SHAPE.items():
        missing = {key for key in keys if key is not None} - set(data[table])
        assert not missing, table


def test_the_english_stands_beside_each_blank() -> None:
    """A volunteer needs no second file."""
    text = template("am", "Amharic")
    assert '    "",    # online scam*\n' in text
    assert '"Phnom Penh" = [""]    # Phnom Penh' in text
    assert '# "" = 20    # twenty\n' in text
    assert 'JP = [""]    # Japanese\n' in text


def test_a_template_knows_which_languages_have_no_spaces() -> None:
    """Tibetan terms would never be found at the edges of words."""
    assert "spaces = false" in template("bo", "Tibetan")
    assert "spaces = true" in template("am", "Amharic")


def test_the_sheet_opens_in_a_spreadsheet_and_no_cell_is_a_formula() -> None:
    """Without the mark Excel shows other scripts as garbage; a cell that begins with = is run."""
    assert write_sheet().startswith(b"\xef\xbb\xbftable,key,english,translation,note\r\n")
    assert not [cell for row in sheet() for cell in row if cell.startswith(("=", "+", "-", "@", "\t"))]
    assert len(sheet()) == 1 + len(list(blanks()))


def test_a_filled_sheet_becomes_the_file() -> None:
    """The volunteer's way: no TOML."""
    rows = sheet()
    put(rows, "places", "Cambodia", "Cambodia, Cambodian", "ካምቦዲያ")
    put(rows, "concepts", "scam", "scams", 'ማጭበርበር; "የማጭ\\ን" ;')
    put(rows, "numbers", "words", "two", "ሁለት")
    put(rows, "time", "months", "march", "መጋቢት")
    put(rows, "time", "days", "yesterday", "ትናንት")
    put(rows, "demonyms", "JP", "Japanese", "'=ጃፓናዊ")
    rows.append(["stages", "deported", "", "ተባረ*", "added by me"])
    text = template("am", "Amharic", read_sheet(saved(rows), "am.csv"))
    data = parse(text, "languages/am.toml", code="am").data
    assert data["places"] == {"Cambodia": ["ካምቦዲያ"]}
    assert data["concepts"] == {"scam": ["ማጭበርበር", '"የማጭ\\ን"']}
    assert (data["numbers"], data["time"]["days"], data["time"]["months"][2]) == ({"words": {"ሁለት": 2}}, {"ትናንት": -1}, ["መጋቢት"])
    assert data["demonyms"] == {"JP": ["=ጃፓናዊ"]}
    assert data["stages"] == {"deported": ["ተባረ*"]}


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_sheet_saved_with_other_separators_is_read(delimiter: str) -> None:
    """Excel writes semicolons where a country uses the comma in numbers; sorting the lines does no harm either."""
    rows = sheet()
    put(rows, "stages", "raid", "crackdown", "word")
    rows[1:] = sorted(rows[1:])
    assert list(read_sheet(saved(rows, delimiter), "am.csv").values()) == [["word"]]


def test_wrong_sheets_are_told_with_their_lines() -> None:
    """A volunteer may have changed the columns that must stay, or sent the wrong file."""
    rows = sheet()
    rows[3][1:4] = ["Sihanouk", "x", "word"]
    rows[5][2:4] = ["other", "word"]
    found = problems(saved(rows))
    assert found[0].startswith("am.csv:4: 'places, Sihanouk, x' is no line of the sheet; leave the columns")
    assert found[1].startswith("am.csv:6: ")
    assert problems(saved(sheet())) == ["am.csv: nothing is filled in; write into the column 'translation'"]
    assert problems(b"a,b\r\n1,2\r\n")[0].startswith("am.csv:1: has not the columns table, key, english, translation, note")
    assert problems("é".encode("latin-1")) == ["am.csv: is not in UTF-8; save it as 'CSV UTF-8'"]


def test_the_page_for_speakers_is_up_to_date() -> None:
    """A speaker must read what is looked for, not what was."""
    wanted = pages(combine(NONE))
    found = {path.relative_to(DOCUMENTATION).as_posix(): path for path in DOCUMENTATION.glob("languages/*.md")}
    assert {"languages.md", *found} == set(wanted)
    for name, text in wanted.items():
        assert (DOCUMENTATION / name).read_text("utf-8") == text, "run: watcher --rules rules.toml languages page --folder docs"


def test_the_page_shows_every_word_that_was_written() -> None:
    """A word that is not on the page is never checked."""
    spoken = combine(NONE)
    for language in spoken.languages:
        part = page(spoken, [language.code]).replace("\\", "")
        written = [
            term
            for table in ("concepts", "stages", "people", "places")
            for terms in spoken.tables[language.code].get(table, {}).values()
            for term in terms
        ]
        assert written and not [term for term in written if term not in part], language.code


def test_no_word_breaks_the_page() -> None:
    """A word with | would move all that follows into other columns; one with < would be a tag."""
    lines = page(combine(NONE)).splitlines()
    rows = [line.replace("\\|", "") for line in lines if line.startswith("| ") and " | " in line]
    assert {row.count("|") for row in rows} == {4, 7}
    assert not [row for row in rows if "<" in row.replace("\\<", "")]
