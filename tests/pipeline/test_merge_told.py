"""Two stories that an article proves to be one: who was told of both hears it once, nobody else is bothered."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from corridor import RULES, bring, column, count, entry, noise, value

from watcher import store
from watcher.model import Claim, Role, Stage
from watcher.pipeline import housekeeping
from watcher.pipeline.compose import compose
from watcher.pipeline.digests import preview
from watcher.pipeline.take_in import join_story, report_of
from watcher.store import entries, stories, telling, verdicts

NAMED = '\n[[alerts]]\nname = "{name}"\non = ["new", "stage", "figure", "correction", "merged", "withdrawn"]\nchannels = ["ledger"]\nwait = "0s"\n'


@pytest.fixture
def alerts(rules, database, clock):
    """Two more audiences: one hears of arrests only until it is asked otherwise, one of everything."""
    text = RULES + NAMED.format(name="all") + NAMED.format(name="arrests") + '[alerts.where]\nstage = ["arrested"]\n'
    rules.path.write_text(text, encoding="utf-8")
    assert rules.reread(), rules.problem
    assert rules.problem is None
    housekeeping.apply(database, rules, clock())


def one_article_names_both(database, watch, at):
    """An article whose claims name the arrest and the flight; how they are read from its words is another room's matter."""
    seen = replace(noise(at), source="Herald")
    bring(database, watch, "Herald", at, seen)
    article = entries.find_article(database, seen.canonical_url)
    steps = ((376, Stage.ARRESTED, date(2023, 11, 4)), (74, Stage.DEPORTED, date(2023, 11, 7)))
    claims = tuple(
        Claim(Role.MAIN, stage, count=n, count_max=n, printed=str(n), nationality=("CN",), date=day, date_precision="day", sentence="s")
        for n, stage, day in steps
    )
    with store.transaction(database):
        revision = value(database, f"SELECT id FROM revisions WHERE article = {article}")
        verdicts.save_claims(database, revision, claims)
        report = report_of(seen, article=article, revision=revision, claims=claims, rules=(), first_seen=at, feed=None)
        join_story(database, report, live=True, watch=watch, now=at)


async def two_told_stories(tools, database, watch, clock):
    """An arrest and a flight, each told to whoever asked for it."""
    await compose(tools)
    arrest = replace(
        entry(376, "Chinese", clock.now, step="arrested"),
        text="Cambodia's police arrested 376 Chinese on 4 November over an online scam in Poipet.",
    )
    flight = replace(
        entry(74, "Chinese", clock.now, source="Herald"),
        text="Cambodia deported 74 Chinese on 7 November. They had worked in an online scam.",
    )
    for feed, one in (("Herald", flight), ("Courier", arrest)):
        bring(database, watch, feed, clock.forward(minutes=1), one)
        await compose(tools)
    assert count(database, "stories") == 2


def told_to(database, name):
    """What an audience was told, one line a message and story; a message may settle several changes."""
    sql = """
        SELECT DISTINCT told.at, told.kind || ' ' || told.story AS said FROM told JOIN audiences ON audiences.id = audience
        WHERE name = ? AND told = 1 ORDER BY told.at, change
    """
    return [row[1] for row in database.conn.execute(sql, (name,))]


async def test_a_merge_is_told_once_to_whoever_was_told_of_both(tools, rules, database, watch, clock, alerts) -> None:
    """Staff who added 376 and 74 up must hear that the 74 are some of the 376; it stands first in their mail."""
    await two_told_stories(tools, database, watch, clock)
    clock.forward(days=1)
    await compose(tools)
    one_article_names_both(database, watch, clock.forward(hours=1))
    assert column(database, "SELECT state FROM stories ORDER BY id") == ["open", "merged"]
    _, text, _ = preview(database, rules, rules.watch.config.digests[0], clock.now)
    words = " ".join(text.split())
    assert 'CORRECTIONS #1 MERGED. We told you "74 Chinese deported" (#1' in words
    assert '"376 Chinese arrested" (#2' in words and "#2 is now #1" in words
    await compose(tools)
    assert told_to(database, "alert:all") == ["new 1", "new 2", "merged 1"]
    events = [json.loads(bytes(one)) for one in column(database, "SELECT payload FROM outbox WHERE channel = 'ledger'")]
    (merged,) = [one["data"] for one in events if one["type"] == "story.merged"]
    assert (merged["story"]["id"], merged["change"]["kind"], merged["change"]["merged"]) == (1, "merged", [2])
    clock.forward(hours=23)
    await compose(tools)
    assert told_to(database, "digest:daily") == ["new 1", "new 2", "merged 1"]
    await compose(tools)
    assert told_to(database, "alert:all") == ["new 1", "new 2", "merged 1"]


async def test_a_merge_is_an_update_for_who_was_told_of_one(tools, database, watch, clock, alerts) -> None:
    """They know #2 as 376 arrested; that 74 of them left is news, and the mail says under which number they know it."""
    await two_told_stories(tools, database, watch, clock)
    one_article_names_both(database, watch, clock.forward(hours=1))
    await compose(tools)
    assert told_to(database, "alert:arrests") == ["new 2", "stage 1"]


async def test_history_of_a_merged_story_holds_both_numbers(tools, database, watch, clock, alerts) -> None:
    """Years later the file of #1 says what was told under #2."""
    await two_told_stories(tools, database, watch, clock)
    one_article_names_both(database, watch, clock.forward(hours=1))
    assert stories.resolve(database, 2) == 1
    assert {change.kind.value for change in telling.changes_of(database, 1)} >= {"new", "merged"}
    assert [change.story for change in telling.changes_of(database, 1) if change.kind.value == "merged"] == [2]
    assert {row["audience"] for row in telling.history(database, 1) if row["told"]} >= {"alert:all", "alert:arrests"}
