"""`watcher export`: the ledger story by story, for a spreadsheet or another program; today's, or as it stood on a day."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from watcher.cli.days import Day, end_of_day
from watcher.cli.options import paths_options

FORMATS = ("csv", "json", "xlsx")


@click.command(short_help="The stories as a file: CSV, JSON or Excel.")
@paths_options
@click.argument("file", metavar="FILE|-", type=click.Path(path_type=Path), default="-")
@click.option("--csv", "formats", flag_value="csv", multiple=True, help="Comma-separated values, for every spreadsheet.")
@click.option("--json", "formats", flag_value="json", multiple=True, help="A JSON array, for programs.")
@click.option("--xlsx", "formats", flag_value="xlsx", multiple=True, help="An Excel workbook.")
@click.option("--checked-only", is_flag=True, help="Only stories whose figures a person has confirmed.")
@click.option("--as-of", type=Day(), metavar="DATE", help="As it stood at the end of that day, in the zone of the rules.")
@click.option("--force", is_flag=True, help="Replace FILE where it is there already.")
@click.pass_context
def export(context: click.Context, file: Path, formats: tuple[str, ...], checked_only: bool, as_of: date | None, force: bool) -> None:
    """Write one row a story, nationality and stage to FILE, or to standard output for -.

    Without --csv, --json or --xlsx the ending of FILE says which. Dismissed stories are left out. The column in_ledger says which
    rows count: what is reported as done, nobody twice. Add up those, and nothing else. A file that is there is kept, as somebody may
    have written into it; --force replaces it.

    \b
    Examples:
      watcher export ledger.xlsx
      watcher export --csv -
      watcher export --csv 2023.csv --as-of 2023-12-31 --checked-only
      watcher export --json ledger.json --force
    """
    from watcher.cli.opening import open_archive
    from watcher.cli.show import counted, note
    from watcher.pipeline import ledger
    from watcher.pipeline.tools import utc_now

    kind = _format(file, formats)
    _check_place(file, kind, force=force)
    moment = end_of_day(context, as_of, utc_now()) if as_of else None
    rows = list(ledger.export_rows(open_archive(context), checked_only=checked_only, as_of=moment))
    if str(file) == "-":
        _to_stdout(rows, kind)
    else:
        _to_file(rows, kind, file)
    said = f"{counted(len({row['id'] for row in rows}), 'story', 'stories')} in {counted(len(rows), 'row')}"
    note(f"{said}{'' if str(file) == '-' else f' written to {file}'}")


def _format(file: Path, formats: Sequence[str]) -> str:
    """The one format that is meant. Raises UsageError for none, two, or an ending that says another."""
    from watcher.errors import UsageError

    ending = file.suffix.lower().removeprefix(".")
    asked = set(formats)
    if len(asked) > 1:
        raise UsageError(f"{' and '.join(f'--{one}' for one in sorted(asked))}: name one format; a second export makes the other file")
    if not asked and ending not in FORMATS:
        raise UsageError(f"{file}: say which format it is to have: --csv, --json or --xlsx")
    kind = asked.pop() if asked else ending
    if ending in FORMATS and ending != kind:
        raise UsageError(f"{file}: it would hold {kind}, and its ending says {ending}; name it {file.with_suffix(f'.{kind}')}")
    return kind


def _check_place(file: Path, kind: str, *, force: bool) -> None:
    """Refuse before any work what could not be written. Raises UsageError."""
    from watcher.errors import UsageError

    if str(file) == "-":
        if kind == "xlsx" and sys.stdout.isatty():
            raise UsageError("--xlsx -: a workbook is nothing for a terminal; name a file")
    elif file.is_dir():
        raise UsageError(f"{file}: is a folder; name a file in it: {file / f'ledger.{kind}'}")
    elif not file.parent.is_dir():
        raise UsageError(f"{file}: the folder {file.parent} is not there; make it first")
    elif file.exists() and not force:
        raise UsageError(f"{file}: is there already, and somebody may have written into it; --force replaces it")


def _to_file(rows: Iterable[dict[str, Any]], kind: str, path: Path) -> None:
    """Whole or not at all. The CSV begins with a byte order mark: without one Excel takes Khmer and Chinese for Western letters."""
    from watcher.cli.export_sheets import workbook, write_csv
    from watcher.cli.files import replaced
    from watcher.story.export import COLUMNS

    with replaced(path) as part:
        if kind == "xlsx":
            part.write_bytes(workbook(rows, COLUMNS))
        elif kind == "csv":
            with part.open("w", encoding="utf-8-sig", errors="replace", newline="") as text:
                write_csv(rows, COLUMNS, text)
        else:
            part.write_text(_json(rows), encoding="utf-8")


def _to_stdout(rows: Iterable[dict[str, Any]], kind: str) -> None:
    """For programs, so without a byte order mark."""
    from watcher.cli.export_sheets import workbook, write_csv
    from watcher.story.export import COLUMNS

    if kind == "json":
        click.echo(_json(rows), nl=False)
    elif kind == "csv":
        text = io.StringIO(newline="")
        write_csv(rows, COLUMNS, text)
        click.echo(text.getvalue().encode("utf-8", "replace"), nl=False)
    else:
        click.echo(workbook(rows, COLUMNS), nl=False)


def _json(rows: Iterable[dict[str, Any]]) -> str:
    from watcher.cli.show import json_text

    return json_text(list(rows), indent=1) + "\n"
