"""`watcher export`: files that others open, in which nothing from a feed runs, and that are whole or not there."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import pytest
from cli_terminal import Operator

from watcher.cli import export_sheets
from watcher.story.export import COLUMNS

FORMULAS = ('=HYPERLINK("http://evil.test","x")', "+1+1", "-2+3", "@SUM(A1)", "＝1+1", "=cmd|' /C calc'!A0")
NATIONS = ("Japanese", "Thais", "Chinese", "Vietnamese", "Malaysians", "Indonesians")
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture
def archive(started: Operator) -> Operator:
    """A story for each outlet whose name is a formula."""
    lines = []
    for number, (formula, people) in enumerate(zip(FORMULAS, NATIONS, strict=True), start=1):
        text = f"Cambodia deported {10 * number} {people} over an online scam in ភ្នំពេញ, Phnom Penh."
        lines.append(
            {
                "url": f"https://a.test/{number}?q==1",
                "title": f"{formula} scam in Cambodia",
                "text": text,
                "language": "en",
                "source": formula,
            }
        )
    dated = [json.dumps({**line, "published": f"2023-11-0{number}T05:00:00Z"}) for number, line in enumerate(lines, start=1)]
    (started.folder / "past.jsonl").write_text("\n".join(dated), "utf-8")
    assert started.watcher("backfill", "past.jsonl").status == 0
    return started


def sheet(path: Path) -> list[list[tuple[str, str]]]:
    """The cells of the one sheet as (type, value), read without the library that wrote it."""
    with zipfile.ZipFile(path) as book:
        assert not [name for name in book.namelist() if "externalLink" in name or "vba" in name]
        tree = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    assert tree.findall(f".//{_SHEET}f") == [], "a formula"
    assert tree.findall(f".//{_SHEET}hyperlink") == [], "a link"
    return [
        [(cell.get("t", "n"), "".join(cell.itertext())) for cell in row if cell.get("t") or len(cell)]
        for row in tree.findall(f".//{_SHEET}row")
    ]


def test_csv_no_text_of_a_feed_is_a_formula_in_csv(archive: Operator):
    """A spreadsheet would run it on the machine of whoever opens the file."""
    assert archive.watcher("export", "--csv", "out.csv").status == 0
    rows = list(csv.reader(io.StringIO((archive.folder / "out.csv").read_bytes().decode("utf-8-sig"), newline="")))
    assert rows[0] == list(COLUMNS)
    assert len(rows) == 1 + len(FORMULAS)
    cells = [cell for row in rows[1:] for cell in row]
    assert sorted(cell for cell in cells if cell.startswith("'")) == sorted(f"'{formula}" for formula in FORMULAS)
    assert not [cell for cell in cells if cell[:1] in tuple("=+-@\t\r\n＝＋－＠")]
    assert not [cell for cell in cells if "\n" in cell or "\t" in cell]


def test_csv_no_text_of_a_feed_is_a_formula_or_a_link_in_a_workbook(archive: Operator):
    """The same for Excel: figures are numbers, everything else is text."""
    assert archive.watcher("export", "--xlsx", "out.xlsx").status == 0
    rows = sheet(archive.folder / "out.xlsx")
    assert [value for _, value in rows[0]] == list(COLUMNS)
    found = {value: kind for row in rows[1:] for kind, value in row}
    assert {found[formula] for formula in FORMULAS} == {"inlineStr"}
    assert found["Japanese"] == "inlineStr"
    assert {found[count] for count in ("10", "20", "60")} == {"n"}
    assert all(value.replace(".", "").isdigit() for value, kind in found.items() if kind == "n")


def test_json_is_the_rows_with_their_types(archive: Operator):
    """For programs: lists are lists, and addresses are exactly as received."""
    rows = json.loads(archive.watcher("export", "--json", "-").out)
    assert [row["count"] for row in rows] == [10, 20, 30, 40, 50, 60]
    first = rows[0]
    assert (first["nationality"], first["people"], first["stage"], first["in_ledger"]) == (["JP"], ["Japanese"], "deported", True)
    assert (first["sources"], first["outlets"], first["checked_by"]) == ([FORMULAS[0]], 1, None)
    assert first["articles"] == ["https://a.test/1?q==1"]


def test_a_file_opens_in_excel_and_a_pipe_in_programs(archive: Operator):
    """Without a byte order mark Excel shows Khmer as rubbish; with one a program finds it in the first column's name."""
    archive.watcher("export", "--csv", "out.csv")
    assert (archive.folder / "out.csv").read_bytes().startswith(b"\xef\xbb\xbfid,")
    piped = archive.process("export", "--csv", "-")
    assert piped.out.startswith("id,headline,")
    assert "6 stories in 6 rows" in piped.err


def test_the_ending_says_the_format(archive: Operator):
    """What is typed most is the name of the file."""
    for name in ("a.csv", "b.JSON", "c.xlsx"):
        assert archive.watcher("export", name).status == 0
    assert json.loads((archive.folder / "b.JSON").read_text("utf-8"))
    assert zipfile.is_zipfile(archive.folder / "c.xlsx")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "say which format"),
        (("ledger.ods",), "say which format"),
        (("--csv", "--xlsx", "-"), "name one format"),
        (("--csv", "ledger.xlsx"), "name it ledger.csv"),
        (("--csv", "."), "is a folder; name a file in it"),
        (("nowhere/ledger.csv",), "the folder nowhere is not there"),
        (("past.jsonl", "--json"), "--force replaces it"),
        (("ledger.csv", "--as-of", "8 Nov"), "is no day"),
        (("ledger.csv", "--as-of", "2999-01-01"), "has not begun"),
    ],
)
def test_wrong_input_is_refused_and_writes_nothing(archive: Operator, arguments: Sequence[str], said: str):
    """Before any work, with what to do."""
    before = {path.name: path.read_bytes() for path in archive.folder.iterdir() if path.is_file()}
    answer = archive.watcher("export", *arguments)
    assert (answer.status, answer.out) == (2, "")
    assert said in " ".join(answer.err.split())
    assert {path.name: path.read_bytes() for path in archive.folder.iterdir() if path.is_file()} == before


def test_a_file_that_is_there_is_replaced_only_by_force(archive: Operator):
    """Somebody may have written remarks into last month's file."""
    file = archive.folder / "out.csv"
    file.write_text("remarks", "utf-8")
    assert archive.watcher("export", "out.csv").status == 2
    assert file.read_text("utf-8") == "remarks"
    assert archive.watcher("export", "out.csv", "--force").status == 0
    assert "Japanese" in file.read_text("utf-8-sig")


@pytest.mark.parametrize("name", ["out.csv", "out.json", "out.xlsx"])
def test_a_failed_export_leaves_the_old_file_and_no_rest(archive: Operator, name: str):
    """Half a ledger that looks whole is worse than none. Here every file that is written may have 0 blocks, as on a full disk."""
    (archive.folder / name).write_text("whole", "utf-8")
    names = sorted(path.name for path in archive.folder.iterdir())
    command = f"ulimit -f 0; exec {sys.executable} -m watcher export {name} --force"
    done = subprocess.run(["sh", "-c", command], cwd=archive.folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode in (1, 2), done
    assert "Traceback" not in done.stderr and done.stderr.strip()
    assert (archive.folder / name).read_text("utf-8") == "whole"
    assert sorted(path.name for path in archive.folder.iterdir()) == names


def test_only_checked_and_as_of_a_day_choose(archive: Operator):
    """Nobody confirmed anything here, and the archive is of today."""
    for arguments in (("--checked-only",), ("--as-of", "2023-11-08")):
        assert json.loads(archive.watcher("export", "--json", "-", *arguments).out) == []


def test_a_cell_is_cut_where_excel_ends():
    """The library leaves out a text that is longer, without a word."""
    urls = [f"https://a.test/{number}" for number in range(3000)]
    cell = export_sheets._fitted(str(export_sheets.cell("articles", urls)))
    assert len(cell) <= export_sheets.LONGEST_CELL
    assert cell.split()[-2] in urls and cell.endswith(" …")
