"""Corrections in the database: what is in force for a story, merges that come apart, and an older database brought up to date."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from watcher.model import (
    ArticleRole,
    Called,
    Confidence,
    Entry,
    Facts,
    Feed,
    Join,
    Level,
    LinkKind,
    PeopleRow,
    Qualifier,
    Report,
    Stage,
    Status,
    Verdict,
)
from watcher.store import APPLICATION_ID, corrections, entries, merging, open_reader, open_store, select, stories, transaction
from watcher.store.corrections import Decided, Figures, Kind
from watcher.store.schema import migrations

DARA = Decided("Dara", "checked")


def row(count: int, nationality: str = "TH", stage: Stage = Stage.DEPORTED) -> PeopleRow:
    return PeopleRow(stage, Status.DONE, (nationality,), count, count, Qualifier.EXACT, date(2023, 11, 8), checked_by="Dara, 9 Nov")


FACTS = Facts("31 Thais deported", Stage.DEPORTED, None, "KH", (), (), Called.NOT_SAID, (row(31),), 31, 31, Confidence.ONE_SOURCE, ("AP",))


@pytest.fixture
def archive(database: Database, feed: Feed, now: datetime) -> Database:
    """Stories #1, #2 and #3 with articles 1, 2 and 3."""
    for number in (1, 2, 3):
        url = f"http://a.test/{number}"
        entry = Entry(key=url, url=url, canonical_url=url, title=f"t{number}", text=f"x{number}", source="AP")
        with transaction(database):
            entries.save(database, feed.id, [entries.Judged(entry, Verdict(Level.MATCH), ())], {}, now=now, live=True)
            put(database, stories.create(database, FACTS, first_seen=now, now=now), number, now)
    return database


def put(database: Database, story: int, number: int, now: datetime, role: ArticleRole = ArticleRole.REPORT) -> None:
    url = f"http://a.test/{number}"
    report = Report(number, number, url, url, "t", "x", "AP", "en", now, now, ())
    stories.put_article(database, story, report, Join(story, role, "because"), now)


def articles(database: Database, story: int) -> list[tuple[int, str]]:
    return [
        (one["article"], one["role"])
        for one in select(database, "SELECT article, role FROM story_articles WHERE story = ? ORDER BY 1", (story,))
    ]


def test_of_two_words_on_the_same_articles_the_newer_holds(archive, now) -> None:
    """Split in March, merged in April: the articles belong together."""
    corrections.add(archive, Kind.SPLIT, 1, DARA, now, other=2, articles=[2], kept=[1])
    found = corrections.applied(archive, [1, 2, 3])
    assert {story: (one.must, one.must_not) for story, one in found.items()} == {1: ({1}, {2}), 2: ({2}, {1})}
    merge = corrections.add(archive, Kind.MERGE, 1, DARA, now, other=2, articles=[2], kept=[1])
    merging.merge(archive, 1, 2, now, correction=merge)
    found = corrections.applied(archive, [1])
    assert (found[1].must, found[1].must_not) == ({1, 2}, set())


def test_an_edit_replaces_one_figure_and_a_check_all_of_them(archive, now) -> None:
    """Each figure stands as the last person left it."""
    corrections.add(archive, Kind.CONFIRM, 1, DARA, now, figures=Figures((row(31), row(9, "JP")), "Dara, 9 Nov"))
    corrections.add(archive, Kind.EDIT, 1, DARA, now, figures=Figures((row(8, "JP"),), "Sok, 10 Nov", (row(9, "JP"),), ("Bavet",)))
    one = corrections.applied(archive, [1])[1]
    assert (one.rows, one.places, one.checked_by) == ((row(31), row(8, "JP")), ("Bavet",), "Sok, 10 Nov")
    corrections.add(archive, Kind.CONFIRM, 1, DARA, now, figures=Figures((row(30),), "Dara, 11 Nov"))
    assert corrections.applied(archive, [1])[1].rows == (row(30),)


def test_a_figure_is_read_back_as_it_was_stored(archive, now) -> None:
    """Day, stage, people and name: nothing of it may fade."""
    figures = Figures((row(31),), "Dara, 9 Nov", (row(9, "JP", Stage.ARRESTED),), ("Poipet", "Bavet"))
    number = corrections.add(archive, Kind.EDIT, 1, Decided("Dara", "list", True), now, figures=figures, told=True)
    found = corrections.load(archive, number)
    assert found is not None
    assert (found.figures, found.by, found.why, found.at, found.tell, found.name) == (figures, "Dara", "list", now, "tell", "c1")


def test_what_was_decided_of_a_merged_away_story_holds_for_what_it_became(archive, now) -> None:
    """#2 was split from #3 and then merged into #1: #1 still takes nothing of #3."""
    corrections.add(archive, Kind.SPLIT, 2, DARA, now, other=3, articles=[3], kept=[2])
    merging.merge(archive, 1, 2, now)
    assert corrections.applied(archive, [1])[1].must_not == {3}
    assert [one.kind for one in corrections.of_story(archive, 1)] == ["split"]


def test_an_undone_word_stays_listed_and_holds_no_more(archive, now) -> None:
    """Who took it back, when and why."""
    number = corrections.add(archive, Kind.EDIT, 1, DARA, now, figures=Figures((row(8),), "Dara, 9 Nov"))
    corrections.undo(archive, number, Decided("Sok", "a slip", False), now + timedelta(days=1), told=True)
    assert corrections.applied(archive, [1]) == {}
    (one,) = corrections.of_story(archive, 1)
    assert (one.undone_by, one.undone_why, one.undone_at) == ("Sok", "a slip", now + timedelta(days=1))
    assert [row["undone_tell"] for row in select(archive, "SELECT undone_tell FROM corrections")] == ["quiet"]


def test_a_merge_taken_apart_leaves_rows_and_links_as_they_were(archive, now) -> None:
    """Roles, reasons and links of both, a background article in both, and what was linked between the two."""
    put(archive, 1, 3, now, ArticleRole.BACKGROUND)
    put(archive, 2, 3, now)
    stories.link(archive, 2, 1, LinkKind.WAVE, "near", now)
    stories.link(archive, 2, 3, LinkKind.BACKGROUND, "looks back", now)
    stories.link(archive, 3, 2, LinkKind.WAVE, "near", now)
    tables = {table: f"SELECT * FROM {table} ORDER BY 1, 2, 3" for table in ("story_articles", "story_links")}
    before = {table: [tuple(one) for one in select(archive, sql)] for table, sql in tables.items()}
    number = corrections.add(archive, Kind.MERGE, 1, DARA, now, other=2)
    merging.merge(archive, 1, 2, now, correction=number)
    assert articles(archive, 1) == [(1, "report"), (2, "report"), (3, "report")], "a report is more than a look back"
    assert [(one["story"], one["other"]) for one in select(archive, "SELECT story, other FROM story_links ORDER BY 1, 2")] == [
        (1, 3),
        (3, 1),
    ]
    made = merging.of_correction(archive, number)
    assert made is not None
    merging.take_apart(archive, made, 1, (), now)
    assert {table: [tuple(one) for one in select(archive, sql)] for table, sql in tables.items()} == before
    assert (stories.resolve(archive, 2), merging.of_correction(archive, number)) == (2, None)


def test_a_dismissed_story_is_no_earlier_case_of_another(archive, now) -> None:
    """A mail must not point readers to what was withdrawn."""
    stories.link(archive, 1, 2, LinkKind.BACKGROUND, "looks back", now)
    assert stories.load_many(archive, [1])[0].links == ((2, LinkKind.BACKGROUND),)
    stories.set_state(archive, 2, "dismissed", now)
    assert stories.load_many(archive, [1])[0].links == ()


def test_an_older_database_keeps_its_merges_and_can_be_read_at_once(path: Path, now: datetime) -> None:
    """After an upgrade the first command may be one that only reads."""
    old = Database(path)
    old.conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    migrations.apply(old, stop_before="m004_corrections")
    for _ in (1, 2):
        stories.create(old, FACTS, first_seen=now, now=now)
    old.conn.execute("INSERT INTO story_aliases (alias, story, at) VALUES (2, 1, ?)", (now.isoformat(),))
    old.conn.commit()
    old.conn.close()
    reader = open_reader(path)
    assert [tuple(one) for one in select(reader, "SELECT alias, story, correction, undone_at FROM story_merges")] == [(2, 1, None, None)]
    assert corrections.applied(reader, [1, 2]) == {}
    assert not migrations.pending(open_store(path))
