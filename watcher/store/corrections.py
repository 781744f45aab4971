"""What people decided about stories: dismissals, merges, splits, confirmed and edited figures; and what of it is in force.

Append-only but for undoing, which keeps the row. A story that was merged away hands what was decided of it to the story it
became, and gets it back when the merge is undone. What follows from a decision is not done here but in `pipeline`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlite_utils import Database

from watcher.model import PeopleRow
from watcher.store import execute, insert, select, select_one
from watcher.store.values import from_list, from_rows, from_time, known_time, required_time, to_list, to_rows


class Kind(StrEnum):
    """The closed list of what a person can decide."""

    DISMISS = "dismiss"
    MERGE = "merge"
    SPLIT = "split"
    CONFIRM = "confirm"
    EDIT = "edit"


@dataclass(frozen=True, slots=True)
class Figures:
    """What a confirmation or an edit says: rows that stand, rows whose place they took, places; `label` is "Dara, 10 Nov"."""

    rows: tuple[PeopleRow, ...]
    label: str
    replaced: tuple[PeopleRow, ...] = ()
    places: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """One decision. `articles` are those it names: dismissed, merged away, split off; `kept` those of the story that stays.

    `tell` is "tell" or "quiet", None where nobody had been told.
    """

    id: int
    kind: Kind
    story: int
    other: int | None
    articles: tuple[int, ...]
    kept: tuple[int, ...]
    figures: Figures | None
    by: str
    why: str
    at: datetime
    tell: str | None
    undone_by: str | None
    undone_at: datetime | None
    undone_why: str | None

    @property
    def name(self) -> str:
        """How lists print it: "c5"."""
        return f"c{self.id}"


@dataclass(frozen=True, slots=True)
class Decided:
    """Who decides, why, and whether those who were told before are told now; `tell` None: nothing was said of it."""

    by: str
    why: str
    tell: bool | None = None


@dataclass(slots=True)
class Applied:
    """What is in force for one story."""

    must: set[int] = field(default_factory=set)
    must_not: set[int] = field(default_factory=set)
    rows: tuple[PeopleRow, ...] = ()
    replaced: tuple[PeopleRow, ...] = ()
    places: tuple[str, ...] | None = None
    checked_by: str | None = None


_COLUMNS = "id, kind, story, other, articles, value, by, why, at, tell, undone_by, undone_at, undone_why"


def add(
    database: Database, kind: Kind, story: int, decided: Decided, now: datetime, *,
    other: int | None = None, articles: Sequence[int] = (), kept: Sequence[int] = (), figures: Figures | None = None, told: bool = False,
) -> int:  # fmt: skip
    """Write a decision down; gives its id. `told`: somebody was told of the story before. Inside the caller's transaction."""
    value = {"kept": sorted(kept)} if kept else None if figures is None else _from_figures(figures)
    return insert(
        database,
        "INSERT INTO corrections (kind, story, other, articles, value, by, why, at, tell) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            kind.value, story, other, to_list(sorted(articles)), json.dumps(value, ensure_ascii=False) if value else None,
            decided.by, decided.why, required_time(now), _answer(decided, told),
        ),
    )  # fmt: skip


def undo(database: Database, correction: int, decided: Decided, now: datetime, *, told: bool) -> None:
    """Take a decision back; its row stays, with who took it back and why. Inside the caller's transaction."""
    execute(
        database,
        "UPDATE corrections SET undone_by = ?, undone_at = ?, undone_why = ?, undone_tell = ? WHERE id = ?",
        (decided.by, required_time(now), decided.why, _answer(decided, told), correction),
    )


def load(database: Database, correction: int) -> Correction | None:
    """The decision of an id, None when there never was one."""
    row = select_one(database, f"SELECT {_COLUMNS} FROM corrections WHERE id = ?", (correction,))
    return _correction(row) if row else None


def every_id(database: Database, story: int) -> list[int]:
    """The id of a story and all ids that were merged into it, its own first."""
    return [story, *(row["alias"] for row in select(database, "SELECT alias FROM story_aliases WHERE story = ? ORDER BY alias", (story,)))]


def of_story(database: Database, story: int) -> list[Correction]:
    """Everything decided of a story and of those merged into it, undone decisions too, oldest first."""
    ids = every_id(database, story)
    marks = ",".join("?" * len(ids))
    rows = select(database, f"SELECT {_COLUMNS} FROM corrections WHERE story IN ({marks}) OR other IN ({marks}) ORDER BY id", [*ids, *ids])
    return [_correction(row) for row in rows]


def applied(database: Database, stories: Sequence[int]) -> dict[int, Applied]:
    """What is in force for each of these stories; those of which nothing was decided are left out."""
    marks = ",".join("?" * len(stories))
    home = {story: story for story in stories}
    for row in select(database, f"SELECT alias, story FROM story_aliases WHERE story IN ({marks})", list(stories)):
        home[row["alias"]] = row["story"]
    ids = list(home)
    marks = ",".join("?" * len(ids))
    rows = select(
        database,
        f"SELECT {_COLUMNS} FROM corrections WHERE story IN ({marks}) OR other IN ({marks}) ORDER BY id",
        [*ids, *ids],
    )
    every = [_correction(row) for row in rows]
    found: dict[int, Applied] = {}
    for one in every:
        if one.undone_at is not None or _of_another_whole(one, every):
            continue
        for story in dict.fromkeys(home[number] for number in (one.story, one.other) if number in home):
            _apply(one, found.setdefault(story, Applied()), kept=home.get(one.story) == story, moved=home.get(one.other or 0) == story)
    return found


def _apply(one: Correction, to: Applied, *, kept: bool, moved: bool) -> None:
    """One decision after the older ones; of two that contradict each other the newer holds."""
    if one.kind is Kind.MERGE or (one.kind is Kind.SPLIT and kept and moved):
        named = {*one.articles, *one.kept}
        to.must |= named
        to.must_not -= named
    elif one.kind is Kind.SPLIT:
        here, there = (one.kept, one.articles) if kept else (one.articles, one.kept)
        to.must, to.must_not = (to.must | set(here)) - set(there), (to.must_not | set(there)) - set(here)
        if kept:  # figures that were confirmed of the whole are not those of a part
            to.rows, to.replaced, to.places, to.checked_by = (), (), None, None
    elif one.figures is not None:
        new = one.figures
        gone = {_figure(row) for row in (*new.rows, *new.replaced)}
        to.rows = new.rows if one.kind is Kind.CONFIRM else (*(row for row in to.rows if _figure(row) not in gone), *new.rows)
        to.replaced = (*to.replaced, *new.replaced)
        to.places = to.places if new.places is None else new.places
        to.checked_by = new.label if new.rows or one.kind is Kind.CONFIRM else to.checked_by


def _of_another_whole(one: Correction, every: Sequence[Correction]) -> bool:
    """Whether figures were checked while a merge or split stood that was taken back since: they are of people put together otherwise."""
    if one.figures is None:
        return False
    numbers = {one.story}
    return any(
        other.kind in (Kind.MERGE, Kind.SPLIT) and other.undone_at is not None and other.id < one.id and one.at <= other.undone_at
        and bool(numbers & {other.story, other.other})
        for other in every
    )  # fmt: skip


def _figure(row: PeopleRow) -> tuple[object, ...]:
    return row.stage, row.status, row.nationality, row.date, row.count, row.count_max


def _answer(decided: Decided, told: bool) -> str | None:
    return ("tell" if decided.tell else "quiet") if told else None


def _from_figures(figures: Figures) -> dict[str, Any]:
    return {
        "rows": to_rows(figures.rows),
        "label": figures.label,
        "replaced": to_rows(figures.replaced),
        "places": None if figures.places is None else list(figures.places),
    }


def _figures(value: Mapping[str, Any]) -> Figures | None:
    if "rows" not in value:
        return None
    places = value.get("places")
    return Figures(
        from_rows(value["rows"]), value["label"], from_rows(value.get("replaced", [])), None if places is None else tuple(places)
    )


def _correction(row: sqlite3.Row) -> Correction:
    value = json.loads(row["value"]) if row["value"] else {}
    return Correction(
        id=row["id"], kind=Kind(row["kind"]), story=row["story"], other=row["other"], articles=from_list(row["articles"]),
        kept=tuple(value.get("kept", ())), figures=_figures(value), by=row["by"], why=row["why"], at=known_time(row["at"]), tell=row["tell"],
        undone_by=row["undone_by"], undone_at=from_time(row["undone_at"]), undone_why=row["undone_why"],
    )  # fmt: skip
