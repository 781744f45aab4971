"""What feeds showed while they were not read: noticed, asked for, stored, and told; through kills and hostile sites."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from corridor import ENVIRONMENT, Clock, column, count, reopened, value
from gap_room import DAY, Newsroom, held, outage
from gap_site import News, deported, noises, rss, served

from watcher.pipeline.backfill_feeds import backfill_feeds
from watcher.pipeline.gaps import TRIES, refill_gaps
from watcher.pipeline.older import Manners
from watcher.pipeline.poll import poll
from watcher.pipeline.rules_file import RulesFile
from watcher.store import gaps


@pytest_asyncio.fixture
async def newsroom(tmp_path: Path, now: datetime) -> AsyncIterator[Callable[..., Newsroom]]:
    made: list[Newsroom] = []
    with ExitStack() as stack:

        def make(way: str, **more: str) -> Newsroom:
            site = stack.enter_context(served(way))
            site.add(*noises("old", 6, now - 3 * DAY))
            made.append(Newsroom(tmp_path, site, Clock(now - DAY), **more))
            return made[-1]

        yield make
        for one in made:
            await one.stop()


# ---- noticing


async def test_an_outage_that_the_feed_did_not_outlast_is_a_gap(newsroom) -> None:
    """What rolled out of the feed while nobody read it may be the story of the month."""
    room = newsroom("none")
    await room.read_before_the_outage()
    before = room.clock()
    outage(room)
    await room.polled()
    gap = room.gap()
    assert (gap.since, gap.until, gap.why, gap.state) == (before, room.clock(), "outage", "open")


async def test_a_feed_that_reaches_back_has_no_gap(newsroom) -> None:
    """Named without need, a gap teaches readers to look past it."""
    room = newsroom("none")
    await room.read_before_the_outage()
    outage(room, news=3)
    await room.polled()
    with reopened(room.path) as database:
        assert count(database, "gaps") == 0


async def test_a_feed_with_new_ids_for_old_items_has_no_gap(newsroom) -> None:
    """A site that was moved to another system shows nothing known, and yet nothing was missed."""
    room = newsroom("none")
    await room.read_before_the_outage()
    room.clock.forward(hours=3)
    room.site.news = noises("renamed", 6, room.clock() - timedelta(hours=1), timedelta(hours=30))
    await room.polled()
    with reopened(room.path) as database:
        assert count(database, "gaps") == 0


async def test_a_time_of_failure_is_a_gap_too(newsroom) -> None:
    """The site was down and came back with other news; the service ran all the while."""
    room = newsroom("none")
    await room.read_before_the_outage()
    room.site.broken["/news.xml"] = 500
    async with room.running() as tools:
        await poll(tools, everything=True)
    room.site.broken.clear()
    outage(room)
    await room.polled()
    assert room.gap().why == "failure"


async def test_a_first_poll_has_no_gap_and_a_feed_never_two_open_ones(newsroom) -> None:
    """What came before the first poll was never ours; and a second gap before the first is asked for is the same one, longer."""
    room = newsroom("none")
    await room.polled()
    with reopened(room.path) as database:
        assert count(database, "gaps") == 0
    await room.read_before_the_outage()
    since = room.clock()
    for name in ("one", "two"):
        outage(room, name=name)
        room.site.news = room.site.news[: room.site.shown]
        await room.polled()
        room.site.news = []
    gap = room.gap()
    assert (gap.since, gap.until) == (since, room.clock())


async def test_a_feed_that_changes_wholesale_all_day_is_not_asked_for_its_past_each_time(newsroom) -> None:
    """Else a hostile feed would make us load its older pages for ever, and fill every mail with its name."""
    room = newsroom("none")
    await room.read_before_the_outage()
    async with room.running() as tools:
        for turn in range(9):
            room.clock.forward(hours=1)
            room.site.news = noises(f"turn-{turn}", 5, room.clock(), timedelta(minutes=1))
            await poll(tools, everything=True)
            await refill_gaps(tools)
    with reopened(room.path) as database:
        assert count(database, "gaps WHERE tries > 0") == 4
        assert count(database, "gaps WHERE tries = 0 AND state = 'unfilled'") == 1
        assert "change too fast" in str(value(database, "SELECT problem FROM gaps WHERE tries = 0"))


# ---- asking


@pytest.mark.parametrize("way", ["archive", "paged", "wordpress"])
async def test_older_pages_refill_a_gap_as_far_as_it_goes(newsroom, way: str) -> None:
    """Archived and paged feeds (RFC 5005) and WordPress's pages; the walk ends where what is known begins."""
    room = newsroom(way)
    await room.read_before_the_outage()
    outage(room, held(room))
    async with room.running() as tools:
        await poll(tools, everything=True)
        asked = len(room.site.asked)
        report = await refill_gaps(tools)
    assert [gap.state for gap in report.refilled] == ["refilled"]
    assert len(room.site.asked) - asked == 4  # the feed for its links, and three of its five older pages
    assert room.gap().found == 10
    with reopened(room.path) as database:
        assert count(database, "entries WHERE late IS NOT NULL AND live = 1") == 10  # what stood in the feed still is of the last day
        assert column(database, "SELECT total FROM stories") == [25]
        assert column(database, "SELECT live FROM changes") == [1]
        assert gaps.refilled(database, room.gap().since) == [("Courier", room.gap().since, room.gap().until)]
        assert gaps.unfilled(database, room.gap().since) == []


async def test_undated_items_belong_to_the_gap_up_to_what_is_known(newsroom) -> None:
    """Many feeds print no dates; their order must do, and their oldest items must not be told as new."""
    room = newsroom("paged")
    room.site.news = [News(one.name, one.title, one.text, None) for one in room.site.news]
    room.site.news += [deported("ancient", 61, "Vietnamese", None)]
    await room.read_before_the_outage()
    outage(room, held(room))
    room.site.news = [News(one.name, one.title, one.text, None) for one in room.site.news]
    async with room.running() as tools:
        await poll(tools, everything=True)
        await refill_gaps(tools)
    assert room.gap().state == "refilled"
    with reopened(room.path) as database:
        assert column(database, "SELECT total FROM stories WHERE id IN (SELECT story FROM changes WHERE live = 1)") == [25]


async def test_a_site_without_older_pages_leaves_the_gap_named(newsroom) -> None:
    """Silence is never claimed: what could not be refilled is said, with why."""
    room = newsroom("none")
    await room.read_before_the_outage()
    outage(room, held(room))
    async with room.running() as tools:
        await poll(tools, everything=True)
        report = await refill_gaps(tools)
    (gap,) = report.unfilled
    assert gap.problem == "it links no older pages"
    with reopened(room.path) as database:
        assert gaps.unfilled(database, gap.since) == [("Courier", gap.since, gap.until)]
        assert gaps.unfilled(database, room.clock()) == []  # it was said once
        assert count(database, "stories") == 0


async def test_a_site_that_answers_every_page_with_its_first_is_not_believed(newsroom) -> None:
    """A path that ends in /feed/ is only a guess that it is WordPress."""
    room = newsroom("same")
    await room.read_before_the_outage()
    outage(room)
    async with room.running() as tools:
        await poll(tools, everything=True)
        await refill_gaps(tools)
    assert (room.gap().state, room.gap().problem) == ("unfilled", "it answers older pages with the same items")


async def test_the_search_that_stands_in_for_a_feed_is_asked_for_the_days(newsroom) -> None:
    """A search finds not everything, so what it holds is told, and the gap is still named."""
    room = newsroom("none")
    file = room.rules.path
    fallback = f'fallback = "{room.site.base}/search?q=site:courier.test+when:2d"'
    file.write_text(file.read_text("utf-8").replace("allow_private", f"{fallback}\nallow_private", 1), "utf-8")
    room.rules = RulesFile.load(file, environment=ENVIRONMENT)
    await room.read_before_the_outage()
    outage(room, held(room))
    async with room.running() as tools:
        await poll(tools, everything=True)
        await refill_gaps(tools)
    gap = room.gap()
    assert (gap.state, gap.way) == ("unfilled", "search")
    assert "links no older pages; a search was asked instead and gave" in (gap.problem or "")
    assert sum("after%3A" in path or "after:" in path for path in room.site.asked) == 3  # days of the gap, two at a time
    with reopened(room.path) as database:
        assert column(database, "SELECT total FROM stories") == [25]


async def test_a_search_is_asked_for_the_days_that_its_own_window_no_longer_shows(newsroom, tmp_path: Path) -> None:
    """`when:2d` after four days off shows the last two; the two before would be lost."""
    room = newsroom("none")
    search = f"{room.site.base}/search?q=site:courier.test+when:2d"
    file = tmp_path / "rules.toml"
    file.write_text(
        file.read_text("utf-8").replace(room.site.feed, search).replace('language = "en"', 'language = "en"\nkind = "search"', 1), "utf-8"
    )
    room.rules = RulesFile.load(file, environment=ENVIRONMENT)
    await room.polled()
    outage(room, held(room))
    room.site.answer = lambda path, query, real=room.site.answer: (  # type: ignore[method-assign]
        (200, rss(noises("today", 2, room.clock()), room.site.base)) if "when" in query["q"][0] else real(path, query)
    )
    async with room.running() as tools:
        await poll(tools, everything=True)
        await refill_gaps(tools)
    assert (room.gap().state, room.gap().way) == ("refilled", "search")
    with reopened(room.path) as database:
        assert column(database, "SELECT total FROM stories") == [25]


async def test_what_may_pass_is_tried_again_and_then_given_up(newsroom) -> None:
    """A site that is down for an hour must not cost the gap; one that is down for days must be named."""
    room = newsroom("paged")
    await room.read_before_the_outage()
    outage(room, held(room))
    async with room.running() as tools:
        await poll(tools, everything=True)
        room.site.broken["/news.xml?page=2"] = 502
        waits = []
        for _ in range(TRIES - 1):
            (gap,) = (await refill_gaps(tools)).later
            assert gap.due_at is not None
            waits.append(gap.due_at - room.clock())
            assert (await refill_gaps(tools)).later == ()  # not before its time
            room.clock.now = gap.due_at
        assert waits == sorted(set(waits))
        (gap,) = (await refill_gaps(tools)).unfilled
        assert "502" in (gap.problem or "")
        room.site.broken.clear()
        (gap,) = (await refill_gaps(tools, wanted=[gap])).refilled  # as `watcher backfill gaps` asks
    with reopened(room.path) as database:
        assert column(database, "SELECT total FROM stories") == [25]


async def test_a_page_that_is_gone_ends_the_walk_and_is_said(newsroom) -> None:
    """What was found on the way is kept."""
    room = newsroom("paged")
    await room.read_before_the_outage()
    outage(room, held(room))
    room.site.broken["/news.xml?page=3"] = 404
    async with room.running() as tools:
        await poll(tools, everything=True)
        await refill_gaps(tools)
    gap = room.gap()
    assert (gap.state, gap.found) == ("unfilled", 5)
    assert "404" in (gap.problem or "")


@pytest.mark.parametrize(
    ("way", "elsewhere", "asked", "why"),
    [
        ("loop", "", 3, "read already"),
        ("endless", "", 7, "in 6 pages"),
        ("elsewhere", "http://127.0.0.1:1/secret", 1, "another host"),
    ],
)
async def test_a_hostile_site_is_left_soon(newsroom, way: str, elsewhere: str, asked: int, why: str) -> None:
    """A loop, a thousand pages, a link into a private network or to a stranger: bounded, said, and nothing else waits."""
    room = newsroom(way)
    room.site.elsewhere = elsewhere
    await room.read_before_the_outage()
    outage(room)
    async with room.running() as tools:
        await poll(tools, everything=True)
        before, connects = len(room.site.asked), tools.client.connects
        await refill_gaps(tools, pages=6)
        assert tools.client.connects - connects <= 1
    assert len(room.site.asked) - before == asked
    assert room.gap().state == "unfilled"
    assert why in (room.gap().problem or "")


async def test_one_request_at_a_time_with_a_pause_between(newsroom) -> None:
    """Older pages come from no cache; a small paper's server must not notice us."""
    room = newsroom("archive")
    await room.read_before_the_outage()
    outage(room)
    async with room.running() as tools:
        await poll(tools, everything=True)
        before = len(room.site.times)
        await refill_gaps(tools, manners=Manners(own_pause=0.2))
    steps = [later - earlier for earlier, later in zip(room.site.times[before:], room.site.times[before + 1 :], strict=False)]
    assert len(steps) == 2
    assert min(steps) >= 0.19


async def test_a_host_that_says_not_now_is_left_alone_by_all(newsroom) -> None:
    """Sixty feeds may stand in for by one search engine; its refusal holds for every one of them."""
    room = newsroom("none")
    manners = Manners()
    async with room.running() as tools:
        from watcher.errors import FetchError
        from watcher.pipeline.older import read_page

        feed = (await tools.writer.run(_feeds))[0]
        room.site.broken["/news.xml?q=1"] = 429
        for path in ("/news.xml?q=1", "/news.xml?q=2"):
            with pytest.raises(FetchError, match=r"429|asked us to wait"):
                await read_page(tools, feed, room.site.base + path, manners)
    assert room.site.asked == ["/news.xml?q=1"]


def _feeds(database):
    from watcher.store import feeds

    return feeds.due(database, datetime(2100, 1, 1, tzinfo=None).astimezone(), everything=True)


# ---- what is stored, and when it is told


async def test_what_is_older_than_the_gap_fills_the_archive_only(newsroom) -> None:
    """The last page asked reaches behind the gap; its old stories are nobody's news."""
    room = newsroom("paged")
    await room.read_before_the_outage()
    room.site.news.insert(4, deported("older", 61, "Vietnamese", room.clock() - 5 * DAY))
    outage(room, news=15)
    async with room.running() as tools:
        await poll(tools, everything=True)
        await refill_gaps(tools)
    with reopened(room.path) as database:
        assert column(database, "SELECT live FROM changes") == [0]
        assert column(database, "SELECT late FROM entries WHERE key = 'older'") == [None]


async def test_a_process_killed_between_two_pages_is_simply_started_again(newsroom, tmp_path: Path) -> None:
    """`kill -9` of a real process: the gap is open, nothing is there twice, and the next run ends it."""
    room = newsroom("paged")
    await room.read_before_the_outage()
    outage(room, held(room))
    await room.polled()
    await room.stop()
    command = [sys.executable, "-m", "watcher", "backfill", "gaps", "--json", "--since", "2023-01-01"]
    room.site.hold["/news.xml?page=3"] = threading.Event()
    process = await asyncio.create_subprocess_exec(
        *command, cwd=tmp_path, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    until = time.monotonic() + 30
    while "/news.xml?page=3" not in room.site.asked and time.monotonic() < until:
        await asyncio.sleep(0.05)
    process.kill()
    await process.wait()
    with reopened(room.path) as database:
        assert column(database, "SELECT state FROM gaps") == ["open"]
        assert count(database, "entries WHERE late IS NOT NULL") == 5  # of the second page, whole
    room.site.hold.pop("/news.xml?page=3").set()
    done = await asyncio.to_thread(subprocess.run, command, cwd=tmp_path, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    (gap,) = json.loads(done.stdout)
    assert {"feed": "Courier", "why": "outage", "state": "refilled", "found": 10, "problem": None}.items() <= gap.items()
    assert b"older page" not in done.stderr  # progress is for terminals
    with reopened(room.path) as database:
        assert count(database, "entries") == count(database, "(SELECT DISTINCT key FROM entries)")
        assert column(database, "SELECT kind FROM changes") == ["new"]


async def test_a_gap_that_grows_while_it_is_asked_for_stays_open(newsroom) -> None:
    """Else the newer part of it would count as refilled and never be asked for."""
    room = newsroom("paged")
    await room.read_before_the_outage()
    outage(room)
    async with room.running() as tools:
        await poll(tools, everything=True)
        gap = room.gap()
        later = room.clock.forward(hours=2)
        await tools.writer.change(gaps.notice, gap.feed, since=gap.until, until=later, why="outage", asked_for=True, problem=None)
        report = await refill_gaps(tools, wanted=[gap])
    assert [one.state for one in report.later] == ["open"]
    assert room.gap().until == later


async def test_what_a_person_backfilled_in_between_is_told_all_the_same(newsroom) -> None:
    """`watcher backfill feeds` right after an outage tells nobody; the gap that held the story still does."""
    room = newsroom("paged")
    await room.read_before_the_outage()
    outage(room, held(room))
    async with room.running() as tools:
        await poll(tools, everything=True)
        (done,) = await backfill_feeds(tools, pages=9)
        assert (done.problem, done.new_stories) == (None, 1)
        assert done.end == "its older pages end without reaching back far enough"
    with reopened(room.path) as database:
        assert column(database, "SELECT live FROM changes") == [0]
    async with room.running() as tools:
        await refill_gaps(tools)
    with reopened(room.path) as database:
        assert column(database, "SELECT live FROM changes") == [0, 1]
        assert count(database, "changes WHERE late IS NOT NULL") == 1


async def test_backfilled_feeds_stop_at_the_day_wanted(newsroom) -> None:
    """A person fills the archive for one month, not for ten years."""
    room = newsroom("paged")
    room.site.add(*noises("many", 30, room.clock(), DAY))
    await room.polled()
    async with room.running() as tools:
        (done,) = await backfill_feeds(tools, pages=20, since=room.clock() - 12 * DAY)
    assert done.pages == 2
    assert done.taken.new_entries == 8  # of thirteen days five stood in the feed
    with reopened(room.path) as database:
        assert count(database, "entries WHERE live = 1") == 0
