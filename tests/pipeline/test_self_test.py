"""The daily self-test: what passes, what each broken stage says, when it is due, and that it leaves nothing that is counted."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from corridor import ENVIRONMENT, RULES, Clock, break_writes, bring, column, count, entry, value
from sqlite_utils import Database

from watcher import store
from watcher.collect import plain_reader
from watcher.config import Config
from watcher.match import compile as compile_rules
from watcher.pipeline import canary, self_test
from watcher.pipeline.deliver import deliver
from watcher.pipeline.housekeeping import start
from watcher.pipeline.rules_file import RulesFile
from watcher.pipeline.self_test import AGAIN, PATIENCE, standing
from watcher.pipeline.tools import Tools, open_tools
from watcher.store import feeds, holding, leads, operations, outbox, rejudging, self_tests, verdicts

DAY = timedelta(days=1)


async def made(tools: Tools) -> self_tests.SelfTest | None:
    """One self-test as the service makes it: begun, delivered, looked at."""
    await self_test.self_test(tools)
    await deliver(tools, holder="test")
    await self_test.self_test(tools)
    return (await tools.writer.run(standing, tools.rules.watch.config, tools.clock())).test


def stage(found: self_tests.SelfTest | None) -> str | None:
    assert found is not None
    assert found.broken
    return found.stage


async def test_it_passes_when_its_message_stands_in_the_programs_own_folder(tools: Tools, path: Path, clock: Clock):
    """ "Self-test passed 06:58" must mean that a message arrived, not that nothing was raised."""
    found = await made(tools)
    assert found is not None
    assert (found.passed, found.failed) == (clock.now, None)
    (mail,) = (path.parent / "self-test").glob("*.txt")
    assert "made up" in mail.read_text()
    assert "4,711 Norwegians deported" in mail.read_text()


async def test_it_does_not_pass_before_the_message_is_delivered(tools: Tools, database: Database):
    """A sender that is stuck must not be covered by a test that went half the way."""
    await self_test.self_test(tools)
    await self_test.self_test(tools)
    assert self_tests.last_passed(database) is None


def test_each_of_the_two_feeds_goes_to_its_reader(now: datetime):
    """The quick reader reads most feeds and feedparser the rest: a test of one of them would say nothing of the other."""
    quick, usual = canary.bodies(now.date(), 1, now)
    assert plain_reader.read(quick.content) is not None
    assert plain_reader.read(usual.content) is None


async def test_a_message_goes_to_the_channel_that_is_named(rules: RulesFile, path: Path, database: Database, clock: Clock):
    """With `canary_channel` the test covers the way that people get their mail."""
    rules.path.write_text(RULES.replace("[watcher]", '[watcher]\ncanary_channel = "ops"'))
    named = RulesFile.load(rules.path, environment=ENVIRONMENT)
    folder = path.parent / "ops-files"
    channels = tuple(dataclasses.replace(one, folder=str(folder)) if one.name == "ops" else one for one in named.watch.config.channels)
    named.watch = dataclasses.replace(named.watch, config=dataclasses.replace(named.watch.config, channels=channels))
    async with open_tools(named, path, clock=clock) as tools:
        found = await made(tools)
    assert found is not None
    assert found.passed
    assert list(folder.glob("*self-test*.eml"))
    assert not (path.parent / "self-test").exists()


async def test_once_a_date(tools: Tools, clock: Clock, database: Database):
    """A second one a day would be a second message in somebody's channel."""
    await made(tools)
    clock.forward(hours=20)
    await made(tools)
    assert count(database, "self_tests") == 1
    clock.forward(hours=5)
    await made(tools)
    assert column(database, "SELECT local_date FROM self_tests ORDER BY 1") == ["2023-11-09", "2023-11-10"]


@pytest.mark.parametrize(
    "zone, days", [("Europe/Berlin", (date(2026, 3, 29), date(2026, 10, 25))), ("Australia/Lord_Howe", (date(2026, 4, 5),))]
)
def test_a_date_has_one_test_through_clock_changes(database: Database, zone: str, days: tuple[date, ...], rules: RulesFile):
    """On the night the clocks change a test is neither left out nor made twice."""
    config = in_zone(rules.watch.config, zone, time(2, 35))
    for day in days:
        begin = datetime.combine(day - DAY, time(0), tzinfo=ZoneInfo(zone)).astimezone(UTC)
        seen = [standing(database, config, begin + timedelta(minutes=10 * step)).day for step in range(6 * 72)]
        assert [one for index, one in enumerate(seen) if not index or seen[index - 1] != one][-3:] == [day - DAY, day, day + DAY]


def in_zone(config: Config, zone: str, at: time) -> Config:
    return dataclasses.replace(
        config,
        settings=dataclasses.replace(config.settings, time_zone=zone),
        digests=tuple(dataclasses.replace(one, time_zone=zone, at=at) for one in config.digests),
    )


def test_it_is_due_before_the_first_digest(database: Database, rules: RulesFile, now: datetime):
    """The mail at 07:00 can only say what was tested before; `now` is 07:00."""
    found = standing(database, rules.watch.config, now)
    assert (found.day, found.due) == (date(2023, 11, 9), now - timedelta(minutes=10))


# Each broken in the real part that does it: parse children that cannot be started, rules that hold nothing, a database that
# refuses one table, a folder that is a file.


async def test_broken_parse_children_are_named(tools: Tools, monkeypatch: pytest.MonkeyPatch):
    """A library that dies on every feed must not look like a quiet day."""
    monkeypatch.setenv("PYTHONHOME", "/nowhere")  # the child's Python finds no library and ends at once
    assert stage(await made(tools)) == "parse"


async def test_rules_in_force_that_hold_nothing_are_named(tools: Tools):
    """What `check` passed and what judges are one value; were they not, nothing would ever be found."""
    empty, _ = compile_rules((canary.RULE,), (), tools.rules.watch.spoken.languages)
    broken = dataclasses.replace(empty, examples=tools.rules.watch.rules.examples)
    tools.rules.watch = dataclasses.replace(tools.rules.watch, rules=broken)
    assert stage(await made(tools)) == "match"


@pytest.mark.parametrize(
    "table, wanted",
    [
        ("verdicts", "store"),
        ("entries", "store"),
        ("stories", "story"),
        ("story_keys", "story"),
        ("changes", "story"),
        ("outbox", "outbox"),
    ],
)
async def test_a_table_that_refuses_is_named_by_its_stage(tools: Tools, database: Database, table: str, wanted: str):
    """The operator's line says where to look; nothing half done stays behind."""
    break_writes(database, f"INSERT ON {table}")
    found = await made(tools)
    assert stage(found) == wanted
    assert count(database, "revisions") == 0
    (line,) = [one for one in operations.faults(database) if one.subject == "self-test"]
    assert line.mend.startswith("watcher ")


async def test_a_folder_that_cannot_be_written_fails_at_delivery(tools: Tools, path: Path, clock: Clock, database: Database):
    """The last step counts most: a message that lies in the outbox has reached nobody."""
    (path.parent / "self-test").write_text("a file where the folder should be")
    await made(tools)
    clock.now += PATIENCE + timedelta(minutes=1)
    assert stage(await made(tools)) == "delivery"
    failure = self_tests.last_failure(database)
    assert failure is not None
    assert failure[1].startswith("delivery: ")


async def test_a_file_that_vanished_fails_at_delivery(tools: Tools, path: Path):
    """Written and not there is not delivered."""
    await self_test.self_test(tools)
    await deliver(tools, holder="test")
    for file in (path.parent / "self-test").iterdir():
        file.unlink()
    await self_test.self_test(tools)
    found = (await tools.writer.run(standing, tools.rules.watch.config, tools.clock())).test
    assert stage(found) == "delivery"


async def test_held_after_a_restore_fails_at_the_outbox_and_passes_after_the_release(tools: Tools, clock: Clock, database: Database):
    """While nothing is sent, nobody may read that all was tested."""
    with store.transaction(database):
        holding.hold(database, "restored", clock.now)
    assert stage(await made(tools)) == "outbox"
    with store.transaction(database):
        holding.release(database, clock.now)
    clock.now += AGAIN
    found = await made(tools)
    assert found is not None
    assert found.passed


async def test_what_was_mended_is_tested_again_the_same_day_and_the_line_closes(tools: Tools, clock: Clock, database: Database):
    """A service that was mended at nine must not count as broken until tomorrow."""
    break_writes(database, "INSERT ON stories")
    await made(tools)
    database.conn.execute("DROP TRIGGER broken")
    clock.now += AGAIN
    found = await made(tools)
    assert found is not None
    assert found.passed == clock.now
    assert not [one for one in operations.faults(database) if one.subject == "self-test"]
    failure = self_tests.last_failure(database)
    assert failure is not None
    assert failure[0] < clock.now


async def test_no_story_key_word_change_or_audience_of_it_is_left(tools: Tools, database: Database, rules: RulesFile, clock: Clock):
    """Ids, search and counts of stories belong to what happened; the next real story gets the next number."""
    bring(database, rules.watch, "Courier", clock.now, entry(40, "Thai", clock.now))
    before = rows_by_table(database)
    await made(tools)
    grown = {table for table, rows in rows_by_table(database).items() if rows != before.get(table)}
    assert (
        grown
        == {"feeds", "articles", "revisions", "entries", "verdicts", "claims", "outbox", "attempts", "self_tests", "heartbeats", "leases"}
        & grown
    )
    assert {"entries", "verdicts", "revisions"} <= grown
    assert value(database, "SELECT kind FROM feeds WHERE url = 'self-test:'") == "canary"
    bring(database, rules.watch, "Courier", clock.now, entry(41, "Lao", clock.now))
    assert column(database, "SELECT id FROM stories") == [1, 2]


def rows_by_table(database: Database) -> dict[str, int]:
    return {str(table): count(database, f'"{table}"') for table in database.table_names()}


async def test_a_real_story_with_the_same_figures_is_not_touched(tools: Tools, database: Database, rules: RulesFile, clock: Clock):
    """Should 4,711 Norwegians ever be deported, their story must not gain a made-up source; the test says that it could not tell."""
    bring(database, rules.watch, "Courier", clock.now, entry(4711, "Norwegians", clock.now))
    before = column(database, "SELECT facts FROM stories")
    await made(tools)
    assert column(database, "SELECT facts FROM stories") == before
    assert count(database, "story_articles") == 1


async def test_old_ones_are_tidied_away(tools: Tools, clock: Clock, database: Database, path: Path):
    """A made-up report a day for ten years would be 3,650 rows that every query has to leave out."""
    for _ in range(6):
        await made(tools)
        clock.now += DAY
    assert count(database, "self_tests") == 6
    assert count(database, "entries") <= 4
    assert count(database, "outbox") <= 4
    assert database.conn.execute("PRAGMA foreign_key_check").fetchall() == []


async def test_a_rule_change_neither_counts_nor_judges_it(tools: Tools, database: Database, rules: RulesFile, clock: Clock):
    """ "12,001 texts to judge, 12,000 judged" would never end."""
    bring(database, rules.watch, "Courier", clock.now, entry(40, "Thai", clock.now))
    await made(tools)
    with store.transaction(database):
        rejudging.come_into_force(database, "other rules", "text", clock.now)
    change = rejudging.newest(database)
    assert change is not None
    assert change.texts == 1
    assert len(rejudging.texts_between(database, 0, 999)) == 1
    assert rejudging.without_text(database, 0, 999) == 0


async def test_no_store_view_sees_it(tools: Tools, database: Database, rules: RulesFile, clock: Clock):
    """Every question that a list, a count or an account asks of the store has the same answer with and without a self-test."""
    bring(database, rules.watch, "Courier", clock.now, entry(40, "Thai", clock.now))
    since = clock.now - DAY

    def views() -> dict[str, object]:
        return {
            "health": feeds.health(database, count_entries=True), "gaps": feeds.gaps(database, since), "items": feeds.items_read(database, since),
            "due": feeds.due(database, clock.now, everything=True), "leads": leads.counts(database, since),
            "title only": verdicts.judged_on_title(database, since), "outbox": outbox.listing(database), "channels": outbox.channels(database),
            "waiting": outbox.waiting(database), "undelivered": outbox.undelivered_list(database, clock.now + DAY),
            "oldest": outbox.oldest_due(database, clock.now + DAY),
        }  # fmt: skip

    before = views()
    await self_test.self_test(tools)  # queued and not delivered: the widest window
    assert views() == before
    await made(tools)
    assert views() == before


def test_a_service_that_starts_tests_at_once_what_is_missing(tmp_path: Path, rules: RulesFile, now: datetime):
    """At 05:00 yesterday's is the newest that is due, and a first start must not wait for tomorrow to know."""
    database = store.open_store(tmp_path / "new.db")
    at = now - timedelta(hours=2)
    start(database, rules, at)
    found = standing(database, rules.watch.config, at)
    assert (found.day, found.test) == (date(2023, 11, 8), None)
