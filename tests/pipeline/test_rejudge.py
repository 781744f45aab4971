"""Stored texts judged again after a rule change: what is found is listed, what is lost stays, and a crash costs nothing."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from corridor import ENVIRONMENT, RULES, break_writes, bring, column, count, entry, lead, live, mend_writes, noise, polled, value
from sqlite_utils import Database

from watcher.cli.rule_change_page import rule_change_lines
from watcher.model import Entry, Level
from watcher.pipeline import housekeeping
from watcher.pipeline.add_article import add_article, judge_by_hand
from watcher.pipeline.check import Watch, check
from watcher.pipeline.compose import compose
from watcher.pipeline.rejudge import JudgingAgain, Work, come_into_force, judge_again, judging_again
from watcher.pipeline.rejudged import MOST_LEADS, tell_found
from watcher.pipeline.take_in import take_in
from watcher.store import entries, rejudging, stories, verdicts
from watcher.store.writer import Writer

NARROW = RULES.replace("(@deported OR @arrested)", "@deported")  # an arrest is a lead with these, and no match
NARROWER = NARROW.replace("NEAR/60", "NEAR/40")
TELL = RULES.replace("[watcher]", '[watcher]\nafter_rule_change = "tell"')
DATE = "the rule change of 9 Nov 2023, 07:00"


def rules_of(text: str) -> Watch:
    return check(text.replace('text = "Cambodia deported', 'text = "Cambodia deported'), file="rules.toml", environment=ENVIRONMENT)


@pytest.fixture(scope="session")
def narrow() -> Watch:
    return rules_of(NARROW)


@pytest.fixture(scope="session")
def telling() -> Watch:
    return rules_of(TELL)


@pytest.fixture
def writer(path: Path, database: Database) -> Iterable[Writer]:
    opened = Writer(path)
    yield opened
    opened.close()


@pytest.fixture
def again(writer: Writer, database: Database, clock) -> Callable[..., JudgingAgain]:
    """Let rules come into force and judge to the end; gives what is said of it."""

    def run(watch: Watch, **options) -> JudgingAgain:
        come_into_force(database, watch, clock())
        asyncio.run(judge_again(Work(writer, lambda: watch, clock, "test", **options)))
        found = judging_again(database, watch, clock())
        assert found is not None
        return found

    return run


def arrest(count: int, people: str, at: datetime, **more) -> Entry:
    return entry(count, people, at, step="arrested", **more)


def levels(database: Database) -> list[str]:
    """The verdict that counts of each text, oldest text first."""
    sql = "SELECT level FROM verdicts WHERE id IN (SELECT max(id) FROM verdicts GROUP BY revision) ORDER BY revision"
    return [str(level) for level in column(database, sql)]


def said(found: JudgingAgain, now: datetime, zone: str = "UTC") -> str:
    """What a terminal shows, however wide it is."""
    return " ".join(" ".join(rule_change_lines(found, ZoneInfo(zone), now)).split())


def only_change(database: Database) -> rejudging.RuleChange:
    found = rejudging.newest(database)
    assert found is not None
    return found


# ---------------------------------------------------------------- what is found


def test_what_other_rules_find_becomes_a_story_and_is_listed(database, narrow, watch, again, now) -> None:
    """An operator who mends a rule sees at once what it would have caught."""
    bring(database, narrow, "Courier", now, arrest(31, "Thais", now), noise(now))
    assert count(database, "stories") == 0
    found = again(watch)
    assert (found.outcome.gained, found.outcome.lost, found.outcome.untold) == (1, 0, (1,))
    assert value(database, "SELECT headline FROM stories") == "31 Thais arrested"
    assert (found.change.judged, found.change.texts, found.change.open) == (2, 2, False)
    assert levels(database) == ["match", "no"]


def test_the_reason_of_the_change_names_the_rule_change(database, narrow, watch, again, now) -> None:
    """Months later somebody asks why this story was never in a mail."""
    bring(database, narrow, "Courier", now, arrest(31, "Thais", now))
    again(watch)
    assert value(database, "SELECT reason FROM changes") == f"first report of these people; found by {DATE}"


async def test_what_is_found_is_told_nobody(tools, database, narrow, watch, clock, now) -> None:
    """A slip in a rule must not put forty old stories into the morning's mail."""
    await compose(tools)
    bring(database, narrow, "Courier", now, arrest(31, "Thais", now))
    come_into_force(database, watch, now)
    clock.forward(minutes=5)
    await judge_again(Work(tools.writer, lambda: watch, clock, "test"))
    await compose(tools)
    assert (count(database, "stories"), count(database, "outbox WHERE kind = 'alert'")) == (1, 0)
    assert column(database, "SELECT DISTINCT told FROM told") == [0]


async def test_what_was_found_is_told_once_when_the_operator_asks(tools, database, narrow, watch, clock, now) -> None:
    """The list was read and is right: one command, and a second one tells nothing twice."""
    await compose(tools)
    bring(database, narrow, "Courier", now, arrest(31, "Thais", now))
    come_into_force(database, watch, now)
    clock.forward(minutes=5)
    await judge_again(Work(tools.writer, lambda: watch, clock, "test"))
    await compose(tools)
    for expected in ((1,), ()):
        assert tuple(tell_found(database, watch, clock.forward(minutes=1))) == expected
        await compose(tools)
        assert count(database, "outbox WHERE kind = 'alert'") == 2, "one for each channel of the alert"
    found = judging_again(database, watch, clock())
    assert found is not None
    assert found.outcome.untold == ()


async def test_an_old_event_stays_untold_whoever_asks(tools, database, narrow, watch, clock, now) -> None:
    """Age stops telling: nobody wants an arrest of October as news in November."""
    await compose(tools)
    bring(database, narrow, "Courier", now, arrest(31, "Thais", now - timedelta(days=20)))
    come_into_force(database, watch, now)
    clock.forward(minutes=5)
    await judge_again(Work(tools.writer, lambda: watch, clock, "test"))
    tell_found(database, watch, clock.forward(minutes=1))
    await compose(tools)
    assert (count(database, "stories"), count(database, "outbox WHERE kind = 'alert'")) == (1, 0)


async def test_with_tell_what_came_in_live_and_is_fresh_is_told(tools, database, narrow, telling, clock, now, feed_of) -> None:
    """`after_rule_change = "tell"`; what a first poll or an old article brought stays untold even then."""
    await compose(tools)
    take_in(database, [polled(feed_of("Herald"), now, arrest(45, "Chinese", now, source="Herald"))], narrow)
    bring(database, narrow, "Courier", now, arrest(31, "Thais", now), arrest(64, "Vietnamese", now - timedelta(days=30)))
    come_into_force(database, telling, now)
    clock.forward(minutes=5)
    await judge_again(Work(tools.writer, lambda: telling, clock, "test"))
    await compose(tools)
    told = column(database, "SELECT DISTINCT headline FROM told JOIN stories ON stories.id = told.story WHERE told = 1")
    assert told == ["31 Thais arrested"]


def test_a_found_article_joins_the_story_that_is_there(database, narrow, watch, again, now) -> None:
    """Other rules must not open a second story about the same people."""
    bring(database, narrow, "Courier", now, entry(31, "Thais", now))
    bring(database, narrow, "Herald", now, arrest(31, "Thais", now, source="Herald"))
    found = again(watch)
    assert (count(database, "stories"), count(database, "story_articles")) == (1, 2)
    assert (found.outcome.opened, found.outcome.joined) == ((), (1,))


def test_an_older_text_never_takes_the_place_of_a_newer_one(database, narrow, watch, again, now) -> None:
    """The outlet corrected its report; figures come from what it says now."""
    first = arrest(31, "Thais", now, key="a", url="https://courier.test/a")
    bring(database, narrow, "Courier", now, first)
    later = entry(33, "Thais", now, key="a", url="https://courier.test/a")
    bring(database, narrow, "Courier", now + timedelta(hours=1), later)
    found = again(watch)
    assert value(database, "SELECT revision FROM story_articles") == 2
    assert value(database, "SELECT headline FROM stories") == "33 Thais deported"
    assert found.outcome.gained == 0, "another text of this article matched before"


def test_an_old_text_that_is_watched_now_is_no_news_for_the_next_mail(database, watch, again, clock, now) -> None:
    """Possible stories are those seen since the last mail, whatever the rules say of older ones."""
    bring(database, watch, "Courier", now, noise(now))
    since = clock.forward(hours=1)
    clock.forward(hours=1)
    again(rules_of(RULES.replace('watch = "@cambodia AND @compound"', 'watch = "guest"')))
    assert levels(database) == ["watch"]
    assert verdicts.possible(database, since) == []
    assert len(verdicts.possible(database, now - timedelta(hours=1))) == 1


# ---------------------------------------------------------------- what is lost


def test_an_article_that_is_no_longer_matched_stays_in_its_story(database, watch, narrow, again, now) -> None:
    """A reader who was told of a story must find it as it was told."""
    bring(database, watch, "Courier", now, arrest(31, "Thais", now))
    told = stories.load(database, 1)
    found = again(narrow)
    kept = stories.load(database, 1)
    assert told is not None
    assert kept is not None
    assert (kept.facts, len(kept.reports), kept.reports[0].claims) == (told.facts, 1, told.reports[0].claims)
    assert (found.outcome.gained, found.outcome.lost, found.outcome.lost_in) == (0, 1, (1,))
    assert rejudging.no_longer_matched(database, 1) == {1: now}
    assert count(database, "changes") == 1


def test_an_article_that_is_matched_again_loses_its_mark(database, watch, narrow, again, now, clock) -> None:
    """The edit was a slip and is taken back: all is as before."""
    bring(database, watch, "Courier", now, arrest(31, "Thais", now))
    before = stories.load(database, 1)
    again(narrow)
    clock.forward(minutes=1)
    found = again(watch)
    assert rejudging.no_longer_matched(database, 1) == {}
    assert (found.outcome.gained, found.outcome.joined, count(database, "stories")) == (1, (1,), 1)
    after = stories.load(database, 1)
    assert before is not None
    assert after is not None
    assert after.facts == before.facts
    assert levels(database) == ["match"]


def test_a_newer_text_of_the_article_that_matches_takes_the_mark_away(database, watch, narrow, again, now, clock) -> None:
    """The outlet goes on reporting: what it says now is what the rules ask for."""
    bring(database, watch, "Courier", now, arrest(31, "Thais", now, key="a", url="https://courier.test/a"))
    again(narrow)
    later = clock.forward(hours=1)
    bring(database, narrow, "Courier", later, entry(31, "Thais", now, key="a", url="https://courier.test/a"))
    assert rejudging.no_longer_matched(database, 1) == {}


def by_hand(database: Database, watch: Watch, article: Entry, now: datetime) -> None:
    add_article(database, judge_by_hand(article, watch), watch, by="Dara", tell=False, outlet=None, now=now)


def test_an_article_put_in_by_hand_keeps_its_figures_whatever_rules_say(database, narrow, watch, again, now, clock) -> None:
    """Its story is made of its claims; no rule asked for it, so none can take it back."""
    article = arrest(31, "Thais", now)
    by_hand(database, narrow, replace(article, title="31 Thais held", text="Police in Poipet arrested 31 Thais on Tuesday."), now)
    told = stories.load(database, 1)
    assert told is not None and told.reports[0].claims
    assert levels(database) == ["no"]
    watched = RULES.replace("@cambodia AND @compound", "@cambodia AND @arrested")
    for text, level in (
        (watched, "watch"),
        (NARROWER, "no"),
        (RULES.replace("@scam NEAR/60 (", "(@cambodia OR "), "match"),
        (NARROW, "no"),
    ):
        clock.forward(minutes=1)
        again(rules_of(text))
        kept = stories.load(database, 1)
        assert kept is not None
        assert (levels(database), kept.reports[0].claims, kept.facts and kept.facts.total) == ([level], told.reports[0].claims, 31)
    assert rejudging.no_longer_matched(database, 1) == {1: clock()}


# ---------------------------------------------------------------- what else moves


def test_figures_that_other_rules_read_anew_are_written_down_and_not_told(database, watch, again, now) -> None:
    """Claims are taken from the text again; that a story's figures move by it is a change with its reason, for the list only."""
    bring(database, watch, "Courier", now, entry(31, "Thais", now))
    database.conn.execute("UPDATE claims SET count = 12, count_max = 12")  # as rules of before would have read it
    database.conn.execute("UPDATE stories SET facts = json_set(facts, '$.total', 12, '$.people[0].count', 12, '$.people[0].count_max', 12)")
    again(rules_of(RULES.replace("NEAR/60", "NEAR/50")))
    assert column(database, "SELECT count FROM claims WHERE role = 'main'") == [31] * count(database, "claims WHERE role = 'main'")
    kind, is_live, reason = database.conn.execute("SELECT kind, live, reason FROM changes ORDER BY id DESC LIMIT 1").fetchone()
    assert (kind, is_live) == ("figure", 0)
    assert reason.endswith(f"; read anew by {DATE}")


def test_the_names_of_rules_follow_the_file(database, watch, again, now) -> None:
    """An audience that asks for one rule by name must find its stories after the rule was renamed."""
    bring(database, watch, "Courier", now, entry(31, "Thais", now))
    found = again(rules_of(RULES.replace('name = "scam-deportation"', 'name = "sent-home"')))
    story = stories.load(database, 1)
    assert story is not None
    assert story.facts is not None
    assert story.facts.rules == ("sent-home",)
    assert (found.outcome.gained, found.outcome.lost, count(database, "changes")) == (0, 0, 1)


def test_a_verdict_that_stays_the_same_is_not_written_again(database, watch, again, now) -> None:
    """An archive must not grow by a row for each text whenever somebody saves the rules file."""
    bring(database, watch, "Courier", now, entry(31, "Thais", now), noise(now), lead("https://courier.test/l", now))
    before = database.conn.execute("SELECT * FROM verdicts ORDER BY id").fetchall()
    found = again(rules_of(RULES + '\n[[rules]]\nname = "other"\nmatch = "title:unheardof AND @raid"\n'))
    assert found.change.judged == 3
    assert database.conn.execute("SELECT * FROM verdicts ORDER BY id").fetchall() == before


def test_a_no_says_what_the_rules_in_force_miss(database, watch, again, now, clock) -> None:
    """Every no has a reason, and the reason is of today's rules; old reasons do not pile up."""
    bring(database, watch, "Courier", now, noise(now))
    for distance in (50, 40, 30, 20):
        clock.forward(minutes=1)
        again(rules_of(RULES.replace("@cambodia AND (@scam", f"@cambodia AND (@thailand NEAR/{distance} @raid OR @compound OR @scam", 1)
                       .replace("@thailand", "@compound")))  # fmt: skip
    article = entries.find_article(database, "https://courier.test/noise")
    assert article is not None
    found = verdicts.latest(database, article)
    assert found is not None
    assert found[1].level is Level.NO
    assert "nothing of" in found[1].reason
    assert count(database, "verdicts") <= 2


def test_texts_that_were_dropped_keep_their_verdict_and_are_counted(database, narrow, watch, again, now, clock) -> None:
    """What has no text left cannot be judged; to call it a no would be a lie."""
    bring(database, narrow, "Courier", now, arrest(31, "Thais", now))
    later = clock.forward(days=91)
    entries.forget_texts(database, later, timedelta(days=90))
    bring(database, narrow, "Courier", later, noise(later))
    found = again(watch)
    assert (found.change.judged, found.change.without_text, found.outcome.gained) == (1, 1, 0)
    assert levels(database) == ["lead", "no"]
    assert "1 older text had been dropped (`keep_text`)" in said(found, clock())


# ---------------------------------------------------------------- leads


@pytest.fixture
def no_leads() -> Watch:
    return rules_of(RULES.replace('lead = "@cambodia AND @scam"\n', ""))


def test_only_what_came_in_live_and_is_fresh_opens_a_lead(database, watch, no_leads, again, now, feed_of, clock) -> None:
    """A lead is a request to somebody's server: an archive of years must not become a hundred thousand of them."""
    take_in(database, [polled(feed_of("Herald"), now, lead("https://herald.test/first-poll", now))], no_leads)
    old = now - timedelta(days=20)
    bring(database, no_leads, "Courier", old, lead("https://courier.test/seen-long-ago", old))
    bring(database, no_leads, "Courier", now, lead("https://courier.test/old", old), lead("https://courier.test/fresh", now))
    assert count(database, "leads") == 0
    found = again(watch)
    assert column(database, "SELECT url || ' ' || state FROM leads") == ["https://courier.test/fresh open"]
    assert found.change.leads == 1


def test_one_rule_change_opens_only_so_many_leads(database, watch, no_leads, again, now) -> None:
    """A lead rule that holds for everything costs a hundred requests, and says how many it did not make."""
    bring(database, no_leads, "Courier", now, *(lead(f"https://courier.test/{n}", now) for n in range(MOST_LEADS + 7)))
    found = again(watch)
    assert (count(database, "leads"), found.change.leads, found.change.leads_left) == (MOST_LEADS, MOST_LEADS, 7)


def test_an_article_that_was_read_as_a_lead_is_not_asked_for_again(database, watch, no_leads, again, now) -> None:
    """Its page is in the archive and is judged there."""
    bring(database, watch, "Courier", now, lead("https://courier.test/a", now))
    database.conn.execute("UPDATE leads SET state = 'read', due_at = NULL")
    again(no_leads)
    again(watch)
    assert column(database, "SELECT state FROM leads") == ["read"]


# ---------------------------------------------------------------- interruptions

PEOPLES = ("Thais", "Chinese", "Vietnamese", "Indonesians", "Malaysians", "Indians", "Pakistanis", "Filipinos", "Japanese", "Koreans")
ARCHIVE = [(12 + 9 * n, people) for n, people in enumerate(PEOPLES)]


def fill(database: Database, watch: Watch, now: datetime) -> None:
    """Ten arrests of different people, of which each is a story with the other rules, two matches and much noise."""
    for n, (number, people) in enumerate(ARCHIVE):
        bring(database, watch, "Courier", now, arrest(number, people, now), replace(noise(now), key=f"noise-{n}", title=f"Hotels {n}"))
    bring(database, watch, "Herald", now, entry(77, "Kenyans", now, source="Herald"))


def everything(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """What a rule change may write, without times and ids of rows."""
    tables = {
        "verdicts": "SELECT revision, level, rules, reason FROM verdicts WHERE id IN (SELECT max(id) FROM verdicts GROUP BY revision) ORDER BY 1",
        "stories": "SELECT id, headline FROM stories ORDER BY 1",
        "articles": "SELECT story, article, revision, reason FROM story_articles ORDER BY 1, 2",
        "claims": "SELECT revision, count, sentence FROM claims ORDER BY 1, 2, 3",
        "changes": "SELECT story, kind, reason FROM changes ORDER BY id",
        "leads": "SELECT article, state FROM leads ORDER BY 1",
        "outcome": "SELECT article, was, became, story, opened FROM rule_change_articles ORDER BY 1",
    }
    return {name: database.conn.execute(sql).fetchall() for name, sql in tables.items()}


@pytest.fixture
def undisturbed(tmp_path: Path, rules, narrow, watch, now) -> dict[str, list[tuple[object, ...]]]:
    """The end of the same archive where nothing went wrong."""
    writer = Writer(tmp_path / "undisturbed.db")
    try:
        writer.now(housekeeping.start, rules, now)
        writer.now(fill, narrow, now)
        writer.now(come_into_force, narrow, now)
        asyncio.run(judge_again(Work(writer, lambda: narrow, lambda: now, "test")))
        writer.now(come_into_force, watch, now)
        asyncio.run(judge_again(Work(writer, lambda: watch, lambda: now, "test", piece=3)))
        return writer.now(everything)
    finally:
        writer.close()


@pytest.fixture
def edited(database: Database, narrow: Watch, again, now) -> Database:
    """The same archive just before the rules change."""
    fill(database, narrow, now)
    again(narrow)
    return database


WRITES = (
    "INSERT ON verdicts", "INSERT ON claims", "INSERT ON stories", "INSERT ON story_articles", "INSERT ON changes", "UPDATE ON rule_changes",
    "INSERT ON rule_change_articles", "INSERT ON leases",
)  # fmt: skip


@pytest.mark.parametrize("write", WRITES)
def test_a_crash_at_any_line_of_a_piece_leaves_nothing_of_it(write, edited, watch, writer, undisturbed, now, clock) -> None:
    """A story without its note, or a note without its verdict, would be wrong for ever; the next turn does the piece again."""
    come_into_force(edited, watch, now)
    before = everything(edited)
    work = Work(writer, lambda: watch, clock, "test", piece=3)
    break_writes(edited, write)
    with pytest.raises(sqlite3.IntegrityError, match="this write fails"):
        asyncio.run(judge_again(work))
    after, reached = everything(edited), only_change(edited)
    mend_writes(edited)
    assert reached.judged < reached.texts
    assert len(after["outcome"]) == len(after["stories"]) - len(before["stories"])
    asyncio.run(judge_again(work))
    assert everything(edited) == undisturbed


KILLED = """
import asyncio, os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from corridor import ENVIRONMENT, RULES
from watcher.pipeline.check import check
from watcher.pipeline.rejudge import Work, judge_again
from watcher.store.writer import Writer
left = int(sys.argv[3])
def progress(change):
    global left
    left -= 1
    if left <= 0:
        os.kill(os.getpid(), signal.SIGKILL)
async def main():
    watch = check(RULES, file="rules.toml", environment=ENVIRONMENT)
    writer = Writer(Path(sys.argv[2]))
    now = datetime(2023, 11, 9, tzinfo=UTC)
    await judge_again(Work(writer, lambda: watch, lambda: now, "test", progress=progress, piece=3, few=int(sys.argv[4])))
    writer.close()
if __name__ == "__main__":
    asyncio.run(main())
"""


def killed(folder: Path, path: Path, *, after: int, few: int = 1000) -> subprocess.Popen[bytes]:
    """A process that judges again and is killed after so many pieces."""
    script = folder / "killed.py"
    script.write_text(KILLED)
    return subprocess.Popen([sys.executable, script, Path(__file__).parent, path, str(after), str(few)])


@pytest.mark.parametrize("after", [1, 4])
def test_kill_9_between_pieces_loses_nothing_and_does_nothing_twice(after, edited, watch, path, writer, undisturbed, tmp_path, now) -> None:
    """The server's memory runs out in the middle: the next start goes on where it was."""
    come_into_force(edited, watch, now)
    assert killed(tmp_path, path, after=after).wait(60) == -signal.SIGKILL
    reached = only_change(edited)
    # A piece may be cut short where a slow machine builds a language for the first time; it never holds more than three texts.
    assert reached.open
    assert after <= reached.judged <= 3 * after < reached.texts
    come_into_force(edited, watch, now)  # the restart
    asyncio.run(judge_again(Work(writer, lambda: watch, lambda: now, "test", piece=3)))
    assert everything(edited) == undisturbed
    assert only_change(edited).judged == only_change(edited).texts


def test_children_end_with_the_service_that_was_killed(edited, watch, path, tmp_path, now) -> None:
    """Two processes of a hundred megabytes must not stay behind after each crash."""
    come_into_force(edited, watch, now)
    process = killed(tmp_path, path, after=1, few=0)
    seen: set[int] = set()
    while process.poll() is None:
        seen |= {pid for pid in _children(process.pid) if "spawn_main" in _command(pid)}
        time.sleep(0.02)
    assert process.returncode == -signal.SIGKILL
    assert seen, "children were at work"
    until = time.monotonic() + 20
    while any("spawn_main" in _command(pid) for pid in seen) and time.monotonic() < until:
        time.sleep(0.1)
    assert [pid for pid in seen if "spawn_main" in _command(pid)] == []


def _children(pid: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""


def test_children_find_what_a_thread_finds(edited, watch, again, undisturbed) -> None:
    """Rules and vocabulary travel to other processes; they must say the same there."""
    again(watch, piece=3, few=0)
    assert everything(edited) == undisturbed


def test_it_stops_when_asked_to_and_goes_on_later(edited, watch, writer, clock, undisturbed, now) -> None:
    """SIGTERM must not wait for a hundred thousand texts."""
    come_into_force(edited, watch, now)
    seen: list[rejudging.RuleChange] = []
    work = Work(writer, lambda: watch, clock, "test", stopping=lambda: bool(seen), progress=seen.append, piece=3)
    reached = asyncio.run(judge_again(work))
    assert reached is not None
    assert (reached.open, reached.judged, len(seen)) == (True, 3, 1)
    asyncio.run(judge_again(replace(work, stopping=lambda: False)))
    assert everything(edited) == undisturbed


def test_a_turn_that_is_cut_off_costs_the_piece_under_way_only(edited, watch, writer, clock, undisturbed, now) -> None:
    """The service cuts the turn off when it stops; another one begins at once, nothing holds it up."""
    come_into_force(edited, watch, now)

    async def cut() -> None:
        turn: asyncio.Task[object] | None = None

        def progress(change: rejudging.RuleChange) -> None:
            assert turn is not None
            turn.cancel()

        turn = asyncio.create_task(judge_again(Work(writer, lambda: watch, clock, "test", progress=progress, piece=3)))
        with pytest.raises(asyncio.CancelledError):
            await turn

    asyncio.run(cut())
    asyncio.run(judge_again(Work(writer, lambda: watch, clock, "another process", piece=3)))
    assert everything(edited) == undisturbed


def test_another_rule_change_starts_over_with_the_newest_rules(edited, watch, narrow, writer, clock, undisturbed, now) -> None:
    """The operator mends a slip while the archive is being judged: in the end all of it is judged by what stands in the file."""
    other = rules_of(NARROWER)
    come_into_force(edited, other, now)
    in_force = [other]

    def progress(change: rejudging.RuleChange) -> None:
        if in_force[0] is other and change.judged >= 6:
            come_into_force(edited, watch, now)
            in_force[0] = watch

    work = Work(writer, lambda: in_force[0], clock, "test", progress=progress, piece=3)
    asyncio.run(judge_again(work))
    assert count(edited, "rule_changes WHERE state = 'replaced'") == 1
    asyncio.run(judge_again(work))
    reached = only_change(edited)
    assert (reached.open, reached.judged, reached.fingerprint) == (False, reached.texts, watch.fingerprint)
    assert everything(edited) == undisturbed


def test_two_processes_do_not_do_the_same_work(edited, watch, writer, clock, now) -> None:
    """`watcher rules apply` beside the service waits for it."""
    come_into_force(edited, watch, now)
    seen: list[rejudging.RuleChange] = []
    asyncio.run(judge_again(Work(writer, lambda: watch, clock, "service", piece=3, progress=lambda _: os.kill(os.getpid(), 0))))
    come_into_force(edited, rules_of(NARROWER), now)
    edited.conn.execute(
        "INSERT OR REPLACE INTO leases (name, holder, until) VALUES ('judging-again', 'service', '2023-11-09T00:00:20.000Z')"
    )
    mine = rules_of(NARROWER)
    reached = asyncio.run(judge_again(Work(writer, lambda: mine, clock, "apply", progress=seen.append)))
    assert reached is not None
    assert (reached.open, seen) == (True, [])
    clock.forward(minutes=1)  # the service was killed: its lease has ended
    assert asyncio.run(judge_again(Work(writer, lambda: mine, clock, "apply", progress=seen.append))) is not None
    assert seen


def test_a_service_with_other_rules_leaves_the_work_alone(edited, watch, narrow, writer, clock, now) -> None:
    """Rules that a command took into force are judged with by whoever has read the file again, not by who still has the old ones."""
    come_into_force(edited, watch, now)
    assert asyncio.run(judge_again(Work(writer, lambda: narrow, clock, "test"))) is None


# ---------------------------------------------------------------- what is said


def test_the_service_notes_rules_at_its_start_and_when_the_file_changes(database, tools, rules, now) -> None:
    """A channel's edit is no rule change; a query's is one."""
    assert only_change(database).fingerprint == rules.watch.fingerprint
    for text, changes in ((RULES.replace('at = "07:00"', 'at = "08:00"'), 1), (NARROW, 2)):
        time.sleep(0.01)
        rules.path.write_text(text, encoding="utf-8")
        assert asyncio.run(housekeeping.reread_rules(tools))
        assert count(database, "rule_changes") == changes


def test_progress_says_how_far_it_is_and_how_long_it_takes(edited, watch, narrow, writer, clock, now) -> None:
    """Somebody who has just saved the file wants to know when it counts."""
    come_into_force(edited, watch, now)
    shown: list[str] = []

    def progress(change: rejudging.RuleChange) -> None:
        found = judging_again(edited, watch, clock())
        assert found is not None
        if found.change.open and not shown:
            shown.append(said(found, clock(), "Asia/Phnom_Penh"))
            assert found.as_json()["state"] == "under_way"

    asyncio.run(judge_again(Work(writer, lambda: watch, clock, "test", progress=progress, piece=3)))
    assert re.match(r"Judging again with the rules of 07:00: 3 of 21 texts, about \d+ s left; gained \d, lost 0", shown[0])


def test_rules_that_no_service_has_taken_into_force_are_said(edited, watch, narrow, now) -> None:
    """`watcher status` with an edited file and no service."""
    found = judging_again(edited, watch, now)
    assert found is not None
    assert found.waits
    assert "watcher rules apply" in said(found, now)


def test_what_came_of_it_is_listed_for_a_week(edited, watch, again, clock) -> None:
    """The list is for the operator to act on; after that events are too old to be told anyway."""
    found = again(watch)
    lines = said(found, clock())
    assert f"{len(ARCHIVE)} stories found, not told: #2, #3" in lines
    assert "watcher rules apply --tell" in lines
    assert judging_again(edited, watch, clock.forward(days=6)) is not None
    assert judging_again(edited, watch, clock.forward(days=2)) is None


def test_a_text_that_breaks_the_program_is_counted_and_stops_nothing(edited, watch, again, database) -> None:
    """One damaged row must not keep a hundred thousand others with the old rules."""
    database.conn.execute("UPDATE verdicts SET rules = 'broken', level = 'match' WHERE revision = 5")
    found = again(watch, piece=3)
    assert found.change.failed == 1
    assert found.change.judged == found.change.texts


def test_live_is_what_a_feed_showed_as_news(database, narrow, telling, again, now, feed_of) -> None:
    """The helper of these tests brings live news; a first poll does not."""
    take_in(database, [polled(feed_of("Courier"), now, arrest(31, "Thais", now))], narrow)
    take_in(database, [polled(live(feed_of("Courier"), now), now, arrest(32, "Chinese", now))], narrow)
    again(telling)
    assert sorted(column(database, "SELECT live FROM changes")) == [0, 1]
