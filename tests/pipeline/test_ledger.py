"""The ledger and its export, on an archive that the real corridor made: figures that add up, and any day read back as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from corridor import Clock, bring, entry, noise, value
from sqlite_utils import Database

from watcher import store
from watcher.model import Entry, LinkKind, Stage
from watcher.pipeline.check import Watch
from watcher.pipeline.corrections import Decided, confirm, dismiss, edit, merge, split
from watcher.pipeline.corrections_undo import undo
from watcher.pipeline.ledger import end_of, export_rows, ledger
from watcher.store import listing, search, stories
from watcher.story.corrections import Edit
from watcher.story.ledger_table import Asked, Cell

ZONE = ZoneInfo("Asia/Phnom_Penh")
DARA = Decided("Dara", "the ministry says so", False)


def said(title: str, text: str, at: datetime, *, source: str = "Courier", language: str = "en") -> Entry:
    """A report in words of its own."""
    key = f"{source}-{title}"
    url = f"https://{source.casefold()}.test/{abs(hash(key))}"
    return Entry(key=key, url=url, canonical_url=url, title=title, text=text, language=language, published=at, source=source)


def cells(database: Database, now: datetime, by: Sequence[str] = ("month", "nationality"), **asked: Any) -> dict[tuple[Any, ...], str]:
    """The ledger as {(month, nationality, stage): figure}."""
    rows = ledger(database, by, Asked(**asked), now=now).rows
    return {(*row.keys, stage.value): figure(cell) for row in rows for stage, cell in row.cells.items()}


def figure(cell: Cell) -> str:
    return f"{cell.low}" if cell.low == cell.high else f"{cell.low} to {cell.high}"


def number(database: Database, headline: str) -> int:
    found = value(database, f"SELECT id FROM stories WHERE headline LIKE '%{headline}%' AND state = 'open'")
    assert isinstance(found, int), [tuple(row) for row in database.conn.execute("SELECT id, headline, state FROM stories")]
    return found


@pytest.fixture
def november(database: Database, watch: Watch, clock: Clock) -> Database:
    """A month as it comes: two outlets, a range, a sum, parts, an announcement, a running total, an older case, a mistake."""
    at = clock.now
    courier = [
        entry(25, "Japanese", at),
        entry(110, "Chinese", at),
        said(
            "Cambodia: 376 Chinese and Taiwanese arrested over online scam",
            "Police in Cambodia arrested 376 Chinese and Taiwanese who ran an online scam in Bavet.",
            at,
        ),
        said(
            "Cambodia to deport 60 Thais over online scam",
            "Cambodia will deport 60 Thais who had worked in an online scam in Poipet next week.",
            at,
        ),
        entry(9, "Indonesians", at),
        said(
            "Cambodia deports 740 foreigners over online scam",
            "Cambodia deported 740 foreigners who had worked in an online scam in Kampot.",
            at,
        ),
    ]
    herald = [
        said(
            "25 Japanese are sent home from Cambodia over an online scam",
            "Cambodia deported 25 Japanese over an online scam. In April, 19 Japanese were deported. Since June, 3,455 foreigners were deported.",
            at, source="Herald",
        ),
        replace(entry(112, "Chinese", at, source="Herald"), text="A charter flight took home 112 Chinese whom Cambodia deported over an online scam, the airport said."),
        entry(428, "Vietnamese", at + timedelta(hours=3), source="Herald"),
    ]  # fmt: skip
    bring(database, watch, "Courier", clock.forward(minutes=5), *courier)
    bring(database, watch, "Herald", clock.forward(minutes=5), *herald)
    part, whole = number(database, "428 Vietnamese"), number(database, "740 foreigners")
    with store.transaction(database):
        stories.link(database, part, whole, LinkKind.PART_OF, "428 of the 740", clock.now)
    dismiss(database, number(database, "9 Indonesians"), DARA, clock.forward(minutes=5))
    return database


def test_a_month_adds_up_by_hand(november: Database, clock: Clock):
    """A figure that counts somebody twice, or a total of an official, ends a ministry's trust in all others."""
    assert cells(november, clock.now) == {
        ("2023-11", "JP", "deported"): "25",  # by two outlets; neither the 19 of April nor the 3,455 since June
        ("2023-11", "CN", "deported"): "110 to 112",  # the outlets differ
        ("2023-11", None, "deported"): "740",  # of no nationality; the 428 Vietnamese are among them
        ("2023-11", None, "arrested"): "376",  # Chinese and Taiwanese, without a figure for each
    }  # not the 60 Thais, who are only to be deported; not the 9 Indonesians, which a person dismissed


def test_the_head_of_a_month_is_the_sum_of_its_rows(november: Database, clock: Clock):
    """What stands under "all" must be what a reader gets who adds up the rows."""
    told = ledger(november, ("month", "nationality"), Asked(), now=clock.now)
    (head,) = told.heads
    assert {stage: figure(cell) for stage, cell in head.cells.items()} == {Stage.ARRESTED: "376", Stage.DEPORTED: "875 to 877"}


def test_the_rows_of_the_export_that_count_add_up_to_the_ledger(november: Database, clock: Clock):
    """Who adds up the spreadsheet must come to the same figures; in_ledger says with which rows."""
    rows = [row for row in export_rows(november) if row["in_ledger"]]
    totals = {stage: sum(row["count"] for row in rows if row["stage"] == stage) for stage in ("arrested", "deported")}
    assert totals == {"arrested": 376, "deported": 875}
    left_out = {row["headline"] for row in export_rows(november) if not row["in_ledger"]}
    assert len(left_out) == 2 and any("428" in one for one in left_out) and any("60" in one for one in left_out)


def test_a_part_counts_at_a_stage_that_its_whole_does_not_count(november: Database, watch: Watch, clock: Clock):
    """Of 740 deported, 428 are sentenced at home weeks later: nobody else says so, and they must not be lost."""
    report = said(
        "428 Vietnamese deported by Cambodia sentenced over online scam",
        "A court sentenced 428 Vietnamese whom Cambodia had deported over an online scam.",
        clock.now,
    )
    bring(november, watch, "Courier", clock.forward(days=1), report)
    found = cells(november, clock.now, by=("nationality",))
    assert found["VN", "sentenced"] == "428"
    assert ("VN", "deported") not in found


def test_people_at_two_stages_are_counted_once_a_stage(database: Database, watch: Watch, clock: Clock):
    """Arrested and deported are the same people: in each column once, and never as twice as many."""
    bring(database, watch, "Courier", clock.now, entry(31, "Thai", clock.now, step="arrested"))
    at = clock.forward(days=2)
    bring(database, watch, "Herald", at, entry(31, "Thai", at, source="Herald"))
    assert cells(database, at) == {("2023-11", "TH", "arrested"): "31", ("2023-11", "TH", "deported"): "31"}


def test_merged_stories_count_once(database: Database, watch: Watch, clock: Clock):
    """Two stories that a person says are one group are one figure."""
    bring(database, watch, "Courier", clock.now, entry(31, "Thai", clock.now), entry(80, "Thai", clock.now))
    assert cells(database, clock.now) == {("2023-11", "TH", "deported"): "111"}
    merge(database, number(database, "31 Thai"), number(database, "80 Thai"), DARA, clock.forward(minutes=1))
    (total,) = cells(database, clock.now).values()
    assert total in ("80", "31 to 80")


def test_what_is_asked_for_chooses_among_those_counted(november: Database, clock: Clock):
    """A filter must not bring people in that the whole ledger counts elsewhere."""
    assert cells(november, clock.now, nationality="VN") == {}  # among the 740
    assert cells(november, clock.now, nationality="TW") == {("2023-11", None, "arrested"): "376"}
    assert cells(november, clock.now, stage=Stage.ARRESTED) == {("2023-11", None, "arrested"): "376"}
    assert cells(november, clock.now, place="bavet") == {("2023-11", None, "arrested"): "376"}
    assert cells(november, clock.now, since=date(2023, 12, 1)) == {}
    assert cells(november, clock.now, checked=True) == {}
    found = listing.find(november, listing.Wanted(phrases=search.phrases("kampot")))
    assert cells(november, clock.now, stories=frozenset(found)) == {("2023-11", None, "deported"): "740"}


def test_outlets_and_languages_of_the_month_stand_beside_it(november: Database, watch: Watch, clock: Clock):
    """A month with few cases and a month of which little was read look the same without them."""
    old = said(
        "Cambodia: 7 Indonesians deported over online scam",
        "Cambodia deported 7 Indonesians over an online scam in Poipet.",
        datetime(2023, 3, 4, tzinfo=UTC),
    )
    bring(november, watch, "Courier", clock.forward(minutes=1), old)
    rows = {row.keys[0]: row.read for row in ledger(november, ("month",), Asked(), now=clock.now).rows}
    assert (rows["2023-11"].outlets, rows["2023-11"].languages, rows["2023-11"].incomplete) == (2, 1, False)
    assert (rows["2023-03"].outlets, rows["2023-03"].languages) == (1, 1)
    assert rows["2023-11"].unfinished and not rows["2023-03"].unfinished
    before = ledger(november, ("month",), Asked(), now=clock.now, as_of=clock.now - timedelta(minutes=1)).rows
    assert [row.keys for row in before] == [("2023-11",)]
    late = replace(noise(clock.now), source="Gazette", published=datetime(2023, 11, 2, tzinfo=UTC))
    bring(november, watch, "Courier", clock.forward(days=1), late)
    reads = [
        ledger(november, ("month",), Asked(), now=clock.now, as_of=moment).rows[0].read for moment in (None, clock.now - timedelta(hours=1))
    ]
    assert [read and read.outlets for read in reads] == [3, 2]  # what was read of November after that moment was not known then


def test_any_day_is_read_back_as_it_was(november: Database, watch: Watch, clock: Clock):
    """ "What did your ledger say on 9 November?" must have one answer for ever, through corrections, merges, splits and undoing."""
    database = november
    then = {}

    def at_the_end_of_the_day() -> None:
        clock.now = datetime.combine(clock.now.astimezone(ZONE).date(), datetime.min.time(), ZONE).astimezone(UTC) + timedelta(hours=23)
        day = clock.now.astimezone(ZONE).date()
        then[day] = (list(export_rows(database)), ledger(database, ("month", "nationality"), Asked(), now=clock.now).rows)
        clock.forward(hours=10)

    at_the_end_of_the_day()
    japanese = number(database, "25 Japanese")
    edit(database, japanese, Edit(count=26), DARA, clock.now, ZONE)
    bring(database, watch, "Courier", clock.forward(hours=1), entry(31, "Thai", clock.now), entry(64, "Koreans", clock.now))
    bring(database, watch, "Herald", clock.forward(hours=1), entry(80, "Thai", clock.now, source="Herald"))
    with store.transaction(database):
        stories.link(database, number(database, "80 Thai"), japanese, LinkKind.BACKGROUND, "goes to the survivor with the merge", clock.now)
    confirm(database, number(database, "376"), DARA, clock.forward(hours=1), ZONE)
    at_the_end_of_the_day()
    thai = number(database, "31 Thai")
    with store.transaction(database):
        stories.link(database, thai, number(database, "64"), LinkKind.WAVE, "the same week", clock.now)
    merge(database, thai, number(database, "80 Thai"), DARA, clock.forward(hours=1))
    with store.transaction(database):
        stories.link(database, thai, number(database, "110 to 112"), LinkKind.BACKGROUND, "seen only after the merge", clock.now)
    gone = merge(database, number(database, "428 Vietnamese"), number(database, "740 foreigners"), DARA, clock.forward(hours=1))
    at_the_end_of_the_day()
    undo(database, DARA, clock.now, correction=gone.correction.id)
    undo(database, DARA, clock.forward(hours=1), correction=value(database, "SELECT id FROM corrections WHERE kind = 'dismiss'"))
    moved = [report.article for report in stories.load(database, thai).reports if report.source == "Herald"]
    split(database, thai, moved, DARA, clock.forward(hours=1))
    at_the_end_of_the_day()

    assert len({len(rows) for rows, _ in then.values()}) > 1, "the days must differ, else this shows nothing"
    assert all(row["articles"] for rows, _ in then.values() for row in rows)
    for day, (rows, counted) in then.items():
        assert list(export_rows(database, as_of=end_of(day, ZONE))) == rows, day
        read_back = ledger(database, ("month", "nationality"), Asked(), now=clock.now, as_of=end_of(day, ZONE)).rows
        assert [(row.keys, row.cells, row.stories) for row in read_back] == [(row.keys, row.cells, row.stories) for row in counted], day
    assert list(export_rows(database, as_of=end_of(min(then) - timedelta(days=1), ZONE))) == []


def test_checked_only_gives_what_a_person_has_confirmed(november: Database, clock: Clock):
    """What goes to a ministry is what somebody stands behind, with the name."""
    confirm(november, number(november, "25 Japanese"), DARA, clock.forward(minutes=1), ZONE)
    (row,) = export_rows(november, checked_only=True)
    assert (row["count"], row["nationality"], row["confidence"]) == (25, ["JP"], "checked")
    assert "Dara" in row["checked_by"]
