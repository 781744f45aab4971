"""A language as a spreadsheet, for a volunteer who does not edit TOML: one line a word, English beside an empty cell.

UTF-8 with a byte order mark, without which Excel reads other scripts wrong. No cell can be taken for a formula. What
comes back is matched by its first three columns, so lines may be sorted or left out.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from watcher.errors import ConfigError
from watcher.languages.guide import Blank, blanks
from watcher.languages.schema import SHAPE

COLUMNS = ("table", "key", "english", "translation", "note")
BETWEEN = ";"  # between several words in one cell
MANY = 20_000  # lines; a sheet that we write has about 600
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet program runs a cell that begins so


def write_sheet() -> bytes:
    """Return the sheet to fill in."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for blank in blanks():
        writer.writerow([_inert(cell) for cell in (blank.table, blank.key, blank.english, "", _note(blank))])
    return b"\xef\xbb\xbf" + file.getvalue().encode("utf-8")


def read_sheet(raw: bytes, file: str) -> dict[Blank, list[str]]:
    """Return what was filled in. Raises an ExceptionGroup of ConfigError with every wrong line."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ExceptionGroup(file, [ConfigError("is not in UTF-8; save it as 'CSV UTF-8'", file=file)]) from None
    known = {(blank.table, blank.key, blank.english): blank for blank in blanks()}
    filled: dict[Blank, list[str]] = {}
    mistakes: list[Exception] = []
    for line, row in _rows(text, file):
        table, key, english, translation, *_ = (_plain(cell) for cell in (*row, "", "", "", ""))
        words = [word.strip() for word in translation.split(BETWEEN) if word.strip()]
        if not words:
            continue
        blank = known.get((table, key, english)) or _added(table, key, english)
        if blank is None:
            where = f"{table}, {key}, {english}" if any((table, key, english)) else "an empty line"
            problem = f"'{where}' is no line of the sheet; leave the columns table, key and english as they are"
            mistakes.append(ConfigError(problem, file=file, line=line))
        else:
            filled.setdefault(blank, []).extend(words)
    if mistakes:
        raise ExceptionGroup(file, mistakes)
    if not filled:
        raise ExceptionGroup(file, [ConfigError("nothing is filled in; write into the column 'translation'", file=file)])
    return filled


def _rows(text: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """The lines below the heads. Excel writes semicolons or tabs between cells where a country's settings say so."""
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        heads = [cell.strip().casefold() for cell in next(reader, [])]
        if heads[:4] != list(COLUMNS[:4]):
            problem = f"has not the columns {', '.join(COLUMNS)}; write a new sheet with: watcher languages new CODE --csv"
            raise ExceptionGroup(file, [ConfigError(problem, file=file, line=1)])
        for row in reader:
            if reader.line_num > MANY:
                raise ExceptionGroup(file, [ConfigError(f"has over {MANY} lines; this is no sheet of ours", file=file)])
            yield reader.line_num, row
    except csv.Error as error:
        raise ExceptionGroup(file, [ConfigError(f"cannot be read as CSV ({error}); save it as 'CSV UTF-8'", file=file)]) from None


def _added(table: str, key: str, english: str) -> Blank | None:
    """A line that a volunteer added: a list of words that the format knows, without its English."""
    alike = next((blank for blank in blanks() if (blank.table, blank.key) == (table, key)), None)
    if english or alike is None or alike.value is not None or key not in {*SHAPE.get(table, {}), alike.key}:
        return None
    return Blank(table, key, "", alike.note)


def _note(blank: Blank) -> str:
    return f"{blank.note} (the word for {blank.value})" if blank.value is not None and blank.table == "numbers" else blank.note


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _plain(cell: str) -> str:
    cell = cell.strip()
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(_FORMULA) else cell
