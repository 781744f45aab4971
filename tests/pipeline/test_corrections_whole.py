"""What every correction keeps to: refused with a reason, all or nothing, and never without a trace."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest
from corrected import QUIET, UNSAID, ZONE, facts, figures, one_of_two, two
from corridor import Clock, break_writes, bring, entry, mend_writes, reopened
from sqlite_utils import Database

from watcher.errors import UsageError
from watcher.model import Stage
from watcher.pipeline import corrections
from watcher.pipeline.compose import compose
from watcher.pipeline.corrections import confirm, dismiss, edit, merge, split
from watcher.pipeline.corrections_undo import undo
from watcher.story.corrections import Edit


def _mistakes(database: Database, clock: Clock) -> Iterable[tuple[str, object]]:
    yield "there is no story #9", lambda: dismiss(database, 9, UNSAID, clock.now)
    yield "#1: cannot be merged with itself", lambda: merge(database, 1, 1, UNSAID, clock.now)
    yield "a7: not in #1, which has a1", lambda: split(database, 1, [7], UNSAID, clock.now)
    yield "#1: has no other report", lambda: split(database, 1, [1], UNSAID, clock.now)
    yield "there is no correction c9", lambda: undo(database, UNSAID, clock.now, correction=9)
    yield "#1: no correction of it is in force", lambda: undo(database, UNSAID, clock.now, number=1)
    yield "--count 0: is no number of people", lambda: edit(database, 1, Edit(count=0), UNSAID, clock.now, ZONE)
    yield "--count -4: is no number of people", lambda: edit(database, 1, Edit(count=-4), UNSAID, clock.now, ZONE)
    yield "--count 4,000,000: is no number", lambda: edit(database, 1, Edit(count=4_000_000), UNSAID, clock.now, ZONE)
    yield "the highest count \\(3\\) is below", lambda: edit(database, 1, Edit(count=5, count_max=3), UNSAID, clock.now, ZONE)
    yield "has not come yet", lambda: edit(database, 1, Edit(date=(clock.now + timedelta(days=9)).date()), UNSAID, clock.now, ZONE)
    yield "is no day of such an event", lambda: edit(database, 1, Edit(date=clock.now.date().replace(year=1923)), UNSAID, clock.now, ZONE)
    yield "it says so already: 31 Thais deported", lambda: edit(database, 1, Edit(count=31), UNSAID, clock.now, ZONE)
    yield "nothing to change was named", lambda: edit(database, 1, Edit(), UNSAID, clock.now, ZONE)
    yield "there is no row 4; --row 1", lambda: edit(database, 1, Edit(count=3, row=4), UNSAID, clock.now, ZONE)


async def test_every_wrong_input_is_refused_with_its_reason_and_changes_nothing(database, watch, clock) -> None:
    """A slip of the fingers must not cost a figure."""
    bring(database, watch, "Courier", clock.now, entry(31, "Thais", clock.now))
    before = list(database.conn.iterdump())
    for message, attempt in _mistakes(database, clock):
        with pytest.raises(UsageError, match=message):
            attempt()  # type: ignore[operator]
    assert list(database.conn.iterdump()) == before


async def test_a_dismissed_story_is_changed_by_undo_only(database, watch, clock) -> None:
    """Dismissing twice, or merging into what is dismissed, says who dismissed it and how to take that back."""
    two(database, watch, clock)
    dismiss(database, 2, UNSAID, clock.now)
    for attempt in (lambda: dismiss(database, 2, UNSAID, clock.now), lambda: merge(database, 1, 2, UNSAID, clock.now)):
        with pytest.raises(UsageError, match=r"#2: was dismissed already by Dara on 2023-11-09 \(c1: Myanmar.*watcher stories undo 2"):
            attempt()


async def test_a_merged_away_id_is_understood(database, watch, clock) -> None:
    """Somebody quotes the old number: it is the story it became."""
    two(database, watch, clock)
    merge(database, 1, 2, UNSAID, clock.now)
    with pytest.raises(UsageError, match="#1 and #2 are one already: both lead to #1"):
        merge(database, 1, 2, UNSAID, clock.now)
    assert dismiss(database, 2, UNSAID, clock.now).story == 1


async def test_of_several_figures_the_one_that_is_meant_must_be_said(database, watch, clock) -> None:
    """Arrested and deported are two figures; a count alone could hit the wrong one."""
    bring(database, watch, "Courier", clock.now, entry(90, "Thais", clock.now, step="arrested"))
    bring(database, watch, "Courier", clock.forward(days=2), entry(90, "Thais", clock.now))
    with pytest.raises(UsageError, match=r"which figure\? --row 1 \(90 Thais? arrested.*--row 2 \(90 Thais? deported"):
        edit(database, 1, Edit(count=80), UNSAID, clock.now, ZONE)
    edit(database, 1, Edit(count=80, stage=Stage.DEPORTED), UNSAID, clock.now, ZONE)
    edit(database, 1, Edit(count=95, row=1), UNSAID, clock.now, ZONE)
    edit(database, 1, Edit(count=5, row=0, nationality=("JP",), stage=Stage.DEPORTED), UNSAID, clock.now, ZONE)
    assert figures(database, 1) == [("arrested", 95), ("deported", 80), ("deported", 5)]


ROWS = ["INSERT ON corrections", "INSERT ON changes", "UPDATE ON stories", "INSERT ON told"]
MOVED = [*ROWS, "INSERT ON story_merges", "DELETE ON story_articles", "INSERT ON story_aliases"]
BROKEN = {
    "dismiss": ROWS,
    "edit": [*ROWS, "INSERT ON story_compared"],
    "merge": MOVED,
    "split": [*ROWS, "INSERT ON stories", "UPDATE ON story_articles"],
    "undo": ["UPDATE ON corrections", "INSERT ON changes", "UPDATE ON stories", "DELETE ON story_articles", "UPDATE ON story_merges"],
}


@pytest.mark.parametrize(("what", "write"), [(what, write) for what, writes in BROKEN.items() for write in writes])
async def test_a_correction_that_breaks_off_leaves_nothing_behind(what, write, tools, database, watch, clock, path: Path) -> None:
    """kill -9 or a full disk in the middle: all of it or nothing."""
    await compose(tools)
    clock.forward(minutes=1)
    one_of_two(database, watch, clock)
    bring(database, watch, "Courier", clock.now, entry(450, "Chinese", clock.now))
    await compose(tools)
    made = merge(database, 1, 2, QUIET, clock.now).correction.id if what == "undo" else 0
    attempts = {
        "dismiss": lambda: dismiss(database, 1, QUIET, clock.now),
        "edit": lambda: edit(database, 1, Edit(count=77), QUIET, clock.now, ZONE),
        "merge": lambda: merge(database, 1, 2, QUIET, clock.now),
        "split": lambda: split(database, 1, [2], QUIET, clock.now),
        "undo": lambda: undo(database, QUIET, clock.now, correction=made),
    }
    break_writes(database, write)
    before = list(database.conn.iterdump())
    with pytest.raises(sqlite3.IntegrityError, match="this write fails"):
        attempts[what]()
    with reopened(path) as after:
        assert list(after.conn.iterdump()) == before
        mend_writes(after)
    attempts[what]()


def test_every_correction_leaves_a_change_with_the_facts_before_and_after(database, watch, clock) -> None:
    """The ledger of any day is read back from the changes: none of what a person did may be missing there."""
    two(database, watch, clock)
    confirm(database, 1, UNSAID, clock.forward(minutes=1), ZONE)
    edit(database, 1, Edit(count=26), UNSAID, clock.forward(minutes=1), ZONE)
    merge(database, 1, 2, UNSAID, clock.forward(minutes=1))
    undo(database, UNSAID, clock.forward(minutes=1), number=1)
    dismiss(database, 2, UNSAID, clock.forward(minutes=1))
    undo(database, UNSAID, clock.forward(minutes=1), number=2)
    rows = database.conn.execute(
        "SELECT correction, story, json_extract(after, '$.total') FROM changes WHERE correction IS NOT NULL ORDER BY id"
    )
    last: dict[int, object] = {}
    named = set()
    for correction, number, total in rows:
        named.add(correction)
        last[number] = total
    assert named == {1, 2, 3, 4}
    assert last == {1: facts(database, 1).total, 2: facts(database, 2).total}
    assert corrections.label_of("Dara", clock.now, ZONE) == "Dara, 9 Nov"
