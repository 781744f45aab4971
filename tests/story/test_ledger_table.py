"""The ledger as a pure function of what stories say: who is counted, where, and what was read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from watcher.model import Called, Confidence, Coverage, Facts, LinkKind, MonthRead, PeopleRow, Qualifier, Stage, Standing, Status
from watcher.story.export import COLUMNS, export_rows
from watcher.story.ledger_table import Asked, Cell, LedgerRow, chosen, ledger, ledger_json, read_of_month

NOW = datetime(2023, 11, 20, tzinfo=UTC)
NOTHING = MonthRead(frozenset(), frozenset())


def read(outlets: int, *languages: str) -> MonthRead:
    return MonthRead(frozenset(f"outlet {number}" for number in range(outlets)), frozenset(languages))


def coverage(lately: MonthRead = NOTHING, **months: MonthRead) -> Coverage:
    return Coverage({name.removeprefix("m").replace("_", "-"): one for name, one in months.items()}, lately, NOW)


def people(count: int | None, who: str | None = None, stage: str = "deported", on: str | None = "2023-11-08", **more: Any) -> PeopleRow:
    fields: dict[str, Any] = {"status": Status.DONE, "count_max": count, "qualifier": Qualifier.EXACT, **more}
    return PeopleRow(
        stage=Stage(stage),
        nationality=tuple(who.split()) if who else None,
        count=count,
        date=date.fromisoformat(on) if on else None,
        **fields,
    )


def story(identity: int, *rows: PeopleRow, links: tuple[tuple[int, LinkKind], ...] = (), **more: Any) -> Standing:
    fields: dict[str, Any] = {
        "headline": f"Story {identity}", "stage": rows[0].stage if rows else None, "date": date(2023, 11, 8), "origin": "KH", "to": (), "places": (),
        "called": Called.NOT_SAID, "people": rows, "total": None, "total_max": None, "confidence": Confidence.ONE_SOURCE, "sources": ("AP",), **more,
    }  # fmt: skip
    return Standing(identity, Facts(**fields), NOW, NOW, links, (f"https://a.test/{identity}",))


def part_of(*others: int) -> tuple[tuple[int, LinkKind], ...]:
    return tuple((other, LinkKind.PART_OF) for other in others)


def rows(*stories: Standing, by: tuple[str, ...] = ("nationality",), read: Coverage | None = None, **asked: Any) -> tuple[LedgerRow, ...]:
    return ledger(chosen(stories, Asked(**asked)), by, read or coverage())


def figures(*stories: Standing, **more: Any) -> dict[tuple[str | None, ...], dict[str, tuple[int | None, int | None]]]:
    return {row.keys: {stage.value: (cell.low, cell.high) for stage, cell in row.cells.items()} for row in rows(*stories, **more)}


def test_ranges_add_up_at_both_ends():
    """110 to 112 and 25 are 135 to 137, and never 136."""
    assert figures(story(1, people(110, "CN", count_max=112)), story(2, people(25, "CN"))) == {("CN",): {"deported": (135, 137)}}


def test_an_empty_cell_is_none_and_a_group_without_number_is_no_zero():
    """Zero would say that somebody counted and found nobody."""
    (row,) = rows(story(1, people(None, "TH")), story(2, people(7, "TH", "arrested")))
    assert row.cells == {Stage.DEPORTED: Cell(None, None, without=1), Stage.ARRESTED: Cell(7, 7)}
    told = ledger_json(row, ("nationality",))
    assert told["people"]["raid"] is None
    assert told["people"]["deported"] == {"count": None, "count_max": None, "at_least": False, "groups_without_figure": 1}
    assert "outlets_read" not in told


def test_a_figure_beside_a_group_without_one_says_so():
    """Seven, and others: who reads only seven reads too few."""
    (row,) = rows(story(1, people(7, "TH")), story(2, people(None, "TH")), story(3, people(100, "TH", qualifier=Qualifier.AT_LEAST)))
    assert row.cells[Stage.DEPORTED] == Cell(107, 107, at_least=True, without=1)


def test_a_figure_that_has_only_an_upper_end_counts_as_it():
    """ "Up to 60" is 60 at most; the ledger must not lose them."""
    assert figures(story(1, people(None, "TH", count_max=60))) == {("TH",): {"deported": (60, 60)}}


def test_announced_people_are_not_counted():
    """They may never leave."""
    assert figures(story(1, people(60, "TH", status=Status.ANNOUNCED))) == {}


def test_parts_of_parts_of_a_counted_whole_are_not_counted():
    """740 are 428 and 312, and 428 are 400 and 28: five stories, 740 people."""
    whole = story(1, people(740))
    assert figures(whole, story(2, people(428, "VN"), links=part_of(1)), story(3, people(400, "VN"), links=part_of(2))) == {
        (None,): {"deported": (740, 740)}
    }


def test_a_part_counts_where_its_whole_gives_no_figure_or_is_not_open():
    """A whole that was dismissed, or says "dozens", counts nobody; its parts must not vanish with it."""
    part = story(2, people(428, "VN"), links=part_of(1))
    assert figures(part) == {("VN",): {"deported": (428, 428)}}
    assert figures(story(1, people(None)), part)["VN",] == {"deported": (428, 428)}
    assert figures(story(1, people(740, status=Status.ANNOUNCED)), part) == {("VN",): {"deported": (428, 428)}}


def test_a_part_deported_of_a_whole_arrested_counts_in_its_own_column():
    """376 arrested in August, 74 of them deported in October as a story of its own."""
    assert figures(story(1, people(376, "CN", "detained")), story(2, people(74, "CN"), people(74, "CN", "arrested"), links=part_of(1))) == {
        ("CN",): {"detained": (376, 376), "deported": (74, 74)}
    }


def test_two_stories_that_are_each_part_of_the_other_are_counted_once():
    """A slip in a link must neither lose people nor count them twice, nor never end."""
    one, other = story(1, people(30, "TH"), links=part_of(2)), story(2, people(30, "TH"), links=part_of(1))
    assert figures(one, other) == {("TH",): {"deported": (30, 30)}}
    three = [story(number, people(30, "TH"), links=part_of(number % 3 + 1)) for number in (1, 2, 3)]
    assert figures(*three) == {("TH",): {"deported": (30, 30)}}


def test_several_nationalities_and_several_places_stand_under_neither():
    """Who is Chinese of 376 Chinese and Taiwanese nobody said."""
    both = story(1, people(376, "CN TW"), places=("Bavet", "Poipet"))
    alone = story(2, people(25, "JP"), places=("Poipet",))
    assert figures(both, alone, by=("nationality", "place")) == {
        ("JP", "Poipet"): {"deported": (25, 25)},
        (None, None): {"deported": (376, 376)},
    }


def test_people_stand_in_the_month_in_which_it_happened_to_them():
    """A story of September whose people were sentenced in November is a figure of both months, each in its column."""
    moved = story(1, people(9, "TH", "arrested", on="2023-09-30"), people(9, "TH", "sentenced", on="2023-11-01"))
    undated = story(2, people(4, "TH", on=None), date=date(2023, 10, 5))
    assert figures(moved, undated, by=("month",)) == {
        ("2023-11",): {"sentenced": (9, 9)}, ("2023-10",): {"deported": (4, 4)}, ("2023-09",): {"arrested": (9, 9)},
    }  # fmt: skip
    assert list(figures(moved, undated, by=("year",))) == [("2023",)]


def test_rows_stand_latest_first_then_by_size_and_the_rest_last():
    """What a reader looks for first stands first."""
    found = rows(
        story(1, people(5, "TH"), people(900, None), people(80, "CN", on="2023-10-01")), story(2, people(6, "JP"), people(1, None, on=None), date=None),
        by=("month", "nationality"),
    )  # fmt: skip
    assert [row.keys for row in found] == [("2023-11", "JP"), ("2023-11", "TH"), ("2023-11", None), ("2023-10", "CN"), (None, None)]
    assert [row.stories for row in found][:2] == [(2,), (1,)]


def test_a_month_read_with_less_than_half_of_today_is_incomplete():
    """In outlets or in languages: Khmer police news alone is no half of the news."""
    today = read(10, "en", "km", "zh", "th")
    known = coverage(today, m2023_07=read(5, "en", "km"), m2023_06=read(4, "en", "km", "zh", "th"), m2023_05=read(10, "en"), m2023_11=today)
    assert {month: read_of_month(known, month).incomplete for month in ("2023-07", "2023-06", "2023-05", "2023-04", "2023-11")} == {
        "2023-07": False, "2023-06": True, "2023-05": True, "2023-04": True, "2023-11": False,
    }  # fmt: skip
    assert [read_of_month(known, month).unfinished for month in ("2023-11", "2023-07")] == [True, False]


def test_without_reading_today_nobody_knows_what_is_incomplete():
    """An archive that was filled once and never polled has nothing to compare a month with."""
    assert read_of_month(coverage(m2023_07=read(5, "en")), "2023-07").incomplete is None


def test_a_year_is_incomplete_where_one_of_its_months_is():
    """Its sum is too small as soon as one month is missing."""
    months = {f"m2023_{number:02}": read(10, "en") for number in range(1, 12)}
    full = coverage(read(10, "en"), **months)
    holed = coverage(read(10, "en"), **{**months, "m2023_03": read(2, "en")})
    found = [rows(story(1, people(5, "TH")), by=("year",), read=known)[0].read for known in (full, holed)]
    assert [one and (one.outlets, one.languages, one.incomplete, one.unfinished) for one in found] == [
        (10, 1, False, True),
        (10, 1, True, True),
    ]


def test_the_month_stands_beside_a_row_whatever_else_is_in_its_keys():
    """Beside each row of a month what was read of it; beside others nothing, rather than something that is not theirs."""
    known = coverage(read(4, "en"), m2023_11=read(3, "en"))
    one = story(1, people(5, "TH"))
    assert [row.read and row.read.outlets for row in rows(one, by=("nationality", "month"), read=known)] == [3]
    assert [row.read for row in rows(one, by=("nationality",), read=known)] == [None]
    told = ledger_json(rows(one, by=("month",), read=known)[0], ("month",))
    assert (told["month"], told["outlets_read"], told["languages_read"], told["incomplete"], told["stories"]) == (
        "2023-11",
        3,
        1,
        False,
        [1],
    )


def test_an_export_has_a_row_for_a_story_without_people_too():
    """A story that nobody put a number to is a story."""
    (row,) = export_rows([story(1)])
    assert tuple(row) == COLUMNS
    assert (row["id"], row["stage"], row["count"], row["in_ledger"], row["articles"]) == (1, None, None, False, ["https://a.test/1"])


def test_outlets_that_repeat_another_are_counted_as_outlets_and_are_no_sources():
    """Seven outlets with one text are one source."""
    (row,) = export_rows([story(1, people(25, "JP"), sources=("AP",), copies=(("Post", "AP"), ("Star", "AP")))])
    assert (row["sources"], row["copies"], row["outlets"]) == (["AP"], ["Post", "Star"], 3)
