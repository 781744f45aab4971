"""The poll loop over real HTTP: what is due is asked, stored in batches, and one feed's failure stops no other."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from hashlib import sha256
from pathlib import Path

import pytest
import pytest_asyncio
from corridor import ENVIRONMENT, RULES, Clock, Reply, break_writes, column, count, mend_writes, value

from watcher.pipeline import housekeeping
from watcher.pipeline.poll import poll
from watcher.pipeline.rules_file import RulesFile
from watcher.pipeline.tools import Tools, open_tools
from watcher.store import operations


def rss(*titles: str) -> Reply:
    items = "".join(
        f"<item><guid>{one}</guid><link>https://news.test/{n}</link><title>{one}</title></item>" for n, one in enumerate(titles)
    )
    body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{items}</channel></rss>'.encode()
    return Reply(200, body, {"Content-Type": "application/rss+xml", "ETag": f'"{sha256(body).hexdigest()[:8]}"'})


STORY = "Cambodia deports 31 Thais over online scam"


@pytest_asyncio.fixture
async def newsroom(tmp_path: Path, path: Path, clock: Clock, web) -> AsyncIterator[Tools]:
    """Tools with two feeds on the loopback server: /courier and /herald."""
    web.replies = {"/courier": [rss(STORY, "Hotels expect guests")], "/herald": [rss("Weather")]}
    file = tmp_path / "rules.toml"
    file.write_text(
        RULES.replace("http://courier.test/feed", f"{web.base}/courier").replace("http://herald.test/feed", f"{web.base}/herald")
    )
    rules = RulesFile.load(file, environment=ENVIRONMENT)
    async with open_tools(rules, path, clock=clock) as tools:
        await tools.writer.run(housekeeping.start, rules, clock())
        yield tools


@pytest.fixture
def look(newsroom: Tools) -> Callable[[str], list[object]]:
    """A column of a query, asked in the writer's own thread."""
    return lambda sql: newsroom.writer.now(column, sql)


async def test_due_feeds_are_asked_and_stored(newsroom, look, web) -> None:
    """The plain case: two feeds, three items, one story."""
    report = await poll(newsroom)
    assert (report.polled, report.changed, report.unchanged, report.failed) == (2, 2, 0, ())
    assert (report.taken.new_entries, report.taken.matches, len(report.changes)) == (3, 1, 1)
    assert look("SELECT headline FROM stories") == ["31 Thais deported"]
    assert (await poll(newsroom)).polled == 0, "nothing is due so soon"


async def test_everything_and_names_ask_whatever_the_schedule(newsroom, web) -> None:
    """`watcher poll --all` and `watcher poll Courier`."""
    await poll(newsroom)
    assert (await poll(newsroom, everything=True)).unchanged == 2
    assert (await poll(newsroom, names=["courier"])).polled == 1


async def test_an_unchanged_feed_costs_no_work(newsroom, look, clock, web) -> None:
    """Same bytes: nothing is parsed, judged or written about items."""
    await poll(newsroom)
    clock.forward(hours=3)
    report = await poll(newsroom)
    assert (report.unchanged, report.taken.new_entries) == (2, 0)
    assert look("SELECT count(*) FROM verdicts") == [3]


@pytest.mark.parametrize("answer", [Reply(500), Reply(200, b"<html><body>We have moved", {"Content-Type": "text/html"}), Reply(200, b"")])
async def test_one_feeds_failure_stops_no_other(answer, newsroom, look, web) -> None:
    """The list of failed feeds names it; the rest is read."""
    web.replies["/herald"] = [answer]
    report = await poll(newsroom)
    assert [feed.title for feed, _ in report.failed] == ["Herald"]
    assert report.taken.matches == 1
    assert look("SELECT failures FROM feeds ORDER BY title") == [0, 1]
    assert look("SELECT first_ok IS NULL FROM feeds ORDER BY title") == [0, 1]


async def test_what_cannot_be_stored_of_one_feed_costs_that_feed_only(newsroom, look, web, clock) -> None:
    """A text that trips a bug must not silence every other source; it is said, and read again later."""

    def of(feed: str) -> str:
        return str(newsroom.writer.now(value, f"SELECT id FROM feeds WHERE title = '{feed}'"))

    newsroom.writer.now(break_writes, "INSERT ON entries", f"NEW.feed = {of('Herald')}")
    report = await poll(newsroom)
    assert [(feed.title, fetched.problem) for feed, fetched in report.failed] == [
        ("Herald", "a fault of this program (IntegrityError: this write fails)")
    ]
    assert report.taken.matches == 1
    assert look("SELECT etag IS NULL FROM feeds ORDER BY title") == [0, 1]
    newsroom.writer.now(mend_writes)
    clock.forward(hours=2)
    await poll(newsroom)
    assert look("SELECT failures FROM feeds") == [0, 0]
    assert newsroom.writer.now(count, "entries") == 3


async def test_a_bug_met_while_reading_one_feed_costs_that_feed_only(newsroom, look, web) -> None:
    """Whatever a feed brings out in the reader; here the dice break under the first feed."""
    dice = iter([0.5])
    object.__setattr__(newsroom, "jitter", lambda: next(dice))
    report = await poll(newsroom)
    assert (report.changed, len(report.failed)) == (1, 1)
    assert "a fault of this program" in str(report.failed[0][1].problem)


async def test_a_database_that_fails_is_no_fault_of_a_feed(newsroom, look, web) -> None:
    """A full disk must be said as what it is; and nothing was stored."""
    newsroom.writer.now(break_writes, "INSERT ON polls")
    with pytest.raises(sqlite3.IntegrityError):
        await poll(newsroom)
    assert look("SELECT count(*) FROM entries") == [0]
    assert look("SELECT failures FROM feeds") == [0, 0]


async def test_a_turn_leaves_its_heartbeat(newsroom, clock) -> None:
    """`status` judges by it whether the loop moves."""
    await poll(newsroom)
    beat = newsroom.writer.now(operations.heartbeats)["poll"]
    assert (beat.started, beat.finished, beat.problem) == (clock.now, clock.now, None)


async def test_a_feed_that_hangs_holds_up_none_that_comes_due_meanwhile(tmp_path, path, clock, web) -> None:
    """A turn lasts as long as its slowest server; the next must not wait for it, nor ask that server a second time."""
    asked, released = [], asyncio.Event()

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(1)
        await released.wait()
        writer.close()

    web.replies = {"/herald": [rss("Weather")]}
    async with await asyncio.start_server(hang, "127.0.0.1", 0) as server:
        text = RULES.replace("http://courier.test/feed", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        (tmp_path / "rules.toml").write_text(text.replace("http://herald.test/feed", f"{web.base}/herald"), encoding="utf-8")
        rules = RulesFile.load(tmp_path / "rules.toml", environment=ENVIRONMENT)
        async with open_tools(rules, path, clock=clock) as tools:
            await tools.writer.run(housekeeping.start, rules, clock())
            first = asyncio.create_task(poll(tools))
            while not (asked and tools.writer.now(count, "polls")):
                await asyncio.sleep(0.01)
            clock.forward(hours=2)
            report = await poll(tools)
            assert (report.polled, report.unchanged + report.changed) == (1, 1)
            assert len(asked) == 1
            released.set()
            assert len((await first).failed) == 1
            assert not tools.asking
