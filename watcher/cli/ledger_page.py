"""The ledger as lines for a terminal: a table where it fits, else sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from watcher.cli.show import MONTHS, columns, counted, pad, safe, width, wrapped
from watcher.model import MonthRead, Stage

if TYPE_CHECKING:
    from watcher.pipeline.ledger import Ledger
    from watcher.story.ledger_table import Cell, LedgerRow, Read

_TIMES = ("month", "year")
_NOT_KNOWN = {"nationality": "several or not said", "place": "several or not said", "month": "day not known", "year": "day not known"}
_BROKEN = {Stage.REPATRIATED: "repat-\nriated", Stage.EXTRADITED: "extra-\ndited", Stage.SENTENCED: "sen-\ntenced"}  # where room is short
Groups = Sequence[tuple["LedgerRow | None", "list[LedgerRow]"]]


class _Layout(NamedTuple):
    """Which columns a table has; `tight` breaks heads and ranges into two lines."""

    stages: Sequence[Stage]
    tight: bool


def ledger_lines(told: Ledger, by: Sequence[str]) -> list[str]:
    """The ledger as lines: a table where it fits the terminal, else sentences."""
    if not told.rows:
        return ["Nobody is counted: no story that is asked for reports people at a stage as done."]
    groups = _groups(told, by)
    used = [stage for stage in Stage if any(stage in row.cells for row in told.rows)]
    for layout in (_Layout(list(Stage), False), _Layout(used, False), _Layout(list(Stage), True), _Layout(used, True)):
        lines = _as_table(groups, by, layout)
        if max(map(width, lines)) <= columns():
            break
    else:
        lines = _as_sentences(groups, by)
    return [*lines, "", *_footer(told)]


def _groups(told: Ledger, by: Sequence[str]) -> list[tuple[LedgerRow | None, list[LedgerRow]]]:
    """Rows below the head that has their first key; without heads one group of all."""
    if not told.heads:
        return [(None, list(told.rows))]
    return [(head, [row for row in told.rows if row.keys[0] == head.keys[0]]) for head in told.heads]


def _as_table(groups: Groups, by: Sequence[str], layout: _Layout) -> list[str]:
    beside = any(row.read and (head is None or row.read != head.read) for head, rows in groups for row in rows)
    body: list[str | tuple[str, ...]] = []
    for head, rows in groups:
        if head is not None:
            body.append(_title(head, by))
        body += [_cells(_label(row, by, head), row, layout, beside=beside) for row in rows]
        if head is not None and len(rows) > 1:
            body.append(_cells(" all", head, layout, beside=beside))
    heads = ("", *(_BROKEN.get(stage, stage.value) if layout.tight else stage.value for stage in layout.stages))
    heads = (*heads, "outlets", "languages", "") if beside else heads
    table = [row for row in (heads, *body) if not isinstance(row, str)]
    widths = [max(width(line) for row in table for line in row[at].split("\n")) for at in range(len(heads))]
    left = {0, len(heads) - 1} if beside else {0}
    return [line for row in (heads, *body) for line in ([row] if isinstance(row, str) else _aligned(row, widths, left))]


def _aligned(row: Sequence[str], widths: Sequence[int], left: set[int]) -> list[str]:
    """Words to the left, figures to the right; as many lines as the cell with most has."""
    cells = [cell.split("\n") for cell in row]
    lines = []
    for number in range(max(map(len, cells))):
        parts = [(cell[number] if number < len(cell) else "", size) for cell, size in zip(cells, widths, strict=True)]
        lines.append(
            "  ".join(pad(text, size) if at in left else " " * (size - width(text)) + text for at, (text, size) in enumerate(parts))
        )
    return [line.rstrip() for line in lines]


def _cells(label: str, row: LedgerRow, layout: _Layout, *, beside: bool) -> tuple[str, ...]:
    figures = [_figure(row.cells.get(stage)) for stage in layout.stages]
    if layout.tight:
        figures = [figure.replace(" to ", " to\n") for figure in figures]
    read = row.read
    numbers = (str(read.outlets), str(read.languages), _mark(read)) if read else ("", "", "")
    return (label, *figures, *(numbers if beside else ()))


def _figure(cell: Cell | None) -> str:
    """`25`, `110 to 112`, `100+`, `?` without any number; empty where nobody is."""
    if cell is None:
        return ""
    if cell.low is None or cell.high is None:
        return "?"
    more = "+" if cell.at_least or cell.without else ""
    return (f"{cell.low:,}" if cell.low == cell.high else f"{cell.low:,} to {cell.high:,}") + more


def _title(head: LedgerRow, by: Sequence[str]) -> str:
    name = _name(head.keys[0], by[0])
    if head.read is None:
        return name
    read = f"{counted(head.read.outlets, 'outlet')} in {counted(head.read.languages, 'language')} read"
    return "  ".join(part for part in (name, read, _mark(head.read)) if part)


def _mark(read: Read) -> str:
    return ", ".join(word for word, said in (("incomplete", read.incomplete), ("not over", read.unfinished)) if said)


def _label(row: LedgerRow, by: Sequence[str], head: LedgerRow | None) -> str:
    names = [_name(key, name) for key, name in zip(row.keys, by, strict=True)][0 if head is None else 1 :]
    return ("" if head is None else " ") + ", ".join(names)


def _name(key: str | None, what: str) -> str:
    from watcher.digest.names import people_name

    if key is None:
        return _NOT_KNOWN[what]
    if what == "nationality":
        return people_name(key)
    return f"{MONTHS[int(key[5:]) - 1]} {key[:4]}" if what == "month" else safe(key, 30)


def _as_sentences(groups: Groups, by: Sequence[str]) -> list[str]:
    lines: list[str] = []
    for head, rows in groups:
        if head is not None:
            lines.append(_title(head, by))
        for row in [*rows, *([head] if head is not None and len(rows) > 1 else [])]:
            said = ", ".join(f"{_figure(row.cells[stage])} {stage.value}" for stage in Stage if stage in row.cells)
            read = (
                f" ({counted(row.read.outlets, 'outlet')}, {counted(row.read.languages, 'language')} read)" if row.read and not head else ""
            )
            label = "all" if row is head else _label(row, by, head)
            lines += wrapped(f"{label.strip()}: {said}{read}", first="  " if head else "", rest="    ")
    return lines


def _footer(told: Ledger) -> list[str]:
    """What a reader must know to use the figures."""
    shown = [_figure(cell) for row in told.rows for cell in row.cells.values()]
    lines = wrapped("People reported as done, each counted once a stage. In the sources we read. Not official statistics.")
    if any("+" in figure or figure == "?" for figure in shown):
        lines += wrapped("+ at least so many, or others for whom no number is given; ? no number is given.")
    reads = [row.read for row in (*told.rows, *told.heads) if row.read]
    if any(read.incomplete for read in reads):
        lines += wrapped(f"incomplete: less than half of what is read today ({_lately(told.lately)} in the last 30 days) was read of it.")
    if reads and all(read.incomplete is None for read in reads):
        lines += wrapped("Nothing was read in the last 30 days, so it is not known which months are incomplete.")
    return lines


def _lately(read: MonthRead) -> str:
    return f"{counted(len(read.outlets), 'outlet')}, {counted(len(read.languages), 'language')}"
