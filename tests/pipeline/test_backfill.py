"""The past comes into the archive, once, and tells nobody."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from corridor import Clock, break_writes, bring, column, count, entry, mend_writes

from watcher.pipeline.backfill import BATCH, BackfillReport, backfill_file
from watcher.pipeline.compose import compose
from watcher.store.writer import Writer


@pytest.fixture
def writer(path: Path, database) -> Iterator[Writer]:
    opened = Writer(path)
    yield opened
    opened.close()


def line(number: int, **changes: object) -> bytes:
    return json.dumps(
        {
            "url": f"https://courier.test/{number}",
            "title": f"Cambodia deports {number} Thais over online scam",
            "published": "2023-03-02T08:00:00Z",
            "source": "Courier",
            **changes,
        }
    ).encode()


def fill(writer: Writer, lines: list[bytes], watch, now: datetime) -> tuple[BackfillReport, list[str]]:
    bad: list[str] = []
    return backfill_file(writer, lines, watch, now=now, on_bad_line=bad.append), bad


def test_a_repeat_adds_nothing(writer, database, watch, now) -> None:
    """An operator who is not sure whether it ran starts it again."""
    lines = [line(31), line(450), line(7, title="Hotels expect guests")]
    first, _ = fill(writer, lines, watch, now)
    tables = {table: count(database, table) for table in ("entries", "revisions", "verdicts", "stories", "changes")}
    second, _ = fill(writer, lines, watch, now + timedelta(days=1))
    assert (first.new, first.matches, first.new_stories) == (3, 2, 2)
    assert (second.new, second.matches, second.new_stories) == (0, 0, 0)
    assert {table: count(database, table) for table in tables} == tables


def test_a_changed_text_is_judged_again(writer, database, watch, now) -> None:
    """A better export of the same articles is worth a second run."""
    fill(writer, [line(31, title="Report")], watch, now)
    second, _ = fill(writer, [line(31)], watch, now)
    assert (second.new, second.matches, second.new_stories) == (0, 1, 1)


def test_a_bad_line_is_named_and_the_rest_goes_on(writer, watch, now) -> None:
    """Numbers are those of the file, from 1, over all batches."""
    lines = [line(number + 1, title="Hotels") for number in range(BATCH + 5)]
    lines[2], lines[BATCH + 1] = b"{broken", b'{"title": "no url"}'
    report, bad = fill(writer, lines, watch, now)
    assert (report.lines, report.new, report.bad) == (BATCH + 5, BATCH + 3, 2)
    assert [one.partition(":")[0] for one in bad] == ["line 3", f"line {BATCH + 2}"]


def test_a_killed_backfill_keeps_whole_batches_and_is_started_again(writer, database, watch, now) -> None:
    """A batch is stored whole or not at all."""
    lines = [line(number + 1, title="Hotels") for number in range(BATCH + 5)]
    break_writes(database, "INSERT ON entries", when=f"NEW.key LIKE '%/{BATCH + 3}'")
    with pytest.raises(sqlite3.IntegrityError):
        fill(writer, lines, watch, now)
    assert count(database, "entries") == BATCH
    mend_writes(database)
    report, _ = fill(writer, lines, watch, now)
    assert (report.new, count(database, "entries")) == (5, BATCH + 5)


async def test_it_tells_nobody_until_a_live_article_brings_the_story(writer, database, watch, tools, clock: Clock) -> None:
    """Old cases are no news; but a first live report of a backfilled story is one for those who were never told."""
    await compose(tools)
    fill(writer, [line(31, published=clock.now.isoformat())], watch, clock.forward(minutes=1))
    report = await compose(tools)
    assert (report.alerts, count(database, "outbox")) == (0, 0)
    bring(database, watch, "Courier", clock.forward(minutes=1), entry(31, "Thais", clock.now, source="Herald"))
    assert count(database, "stories") == 1
    assert (await compose(tools)).alerts == 1


def test_it_opens_no_leads(writer, database, watch, now) -> None:
    """Thousands of old pages are not fetched because of a snippet."""
    fill(writer, [line(1, title="Embassy asks Cambodia about an online scam")], watch, now)
    assert column(database, "SELECT level FROM verdicts") == ["lead"]
    assert count(database, "leads") == 0
