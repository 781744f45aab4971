"""From an outage to the mail: what it held is told once, in its own place, and what could not be refilled is named."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest_asyncio
from corridor import Clock, column, count, reopened, value
from gap_room import DAY, Newsroom, held, outage
from gap_site import deported, noises, served

from watcher.pipeline.compose import compose
from watcher.pipeline.gaps import refill_gaps
from watcher.pipeline.leads import follow_leads
from watcher.pipeline.poll import poll


@pytest_asyncio.fixture
async def room(tmp_path: Path, now: datetime) -> AsyncIterator[Newsroom]:
    """Two sites: of one older pages can be read, of the other not. It is eight in the morning, the day's mail is out."""
    with ExitStack() as stack:
        sites = [stack.enter_context(served(way)) for way in ("paged", "none")]
        for site in sites:
            site.add(*noises("old", 6, now - 3 * DAY))
        made = Newsroom(tmp_path, sites[0], Clock(now + timedelta(hours=1)), beside=sites[1:])
        yield made
        await made.stop()


async def _cycle(room: Newsroom) -> None:
    """One turn of the loops of a service that was just started."""
    async with room.running() as tools:
        await compose(tools)  # the first turn finds the mail due: it must wait for what the outage held
        await poll(tools)
        await refill_gaps(tools)
        await follow_leads(tools)
        await compose(tools)


def _mails(room: Newsroom) -> list[str]:
    with reopened(room.path) as database:
        found = column(
            database, "SELECT text FROM digests JOIN audiences ON audiences.id = audience WHERE name = 'digest:daily' ORDER BY number"
        )
    return [str(one) for one in found]


def _alerts(room: Newsroom) -> int:
    with reopened(room.path) as database:
        return count(database, "digests JOIN audiences ON audiences.id = audience WHERE name LIKE 'alert:%'")


async def _ready(room: Newsroom) -> None:
    """Read, and mailed: the START mail is out, the next one is an ordinary one."""
    await room.read_before_the_outage()
    await _cycle(room)
    room.clock.forward(days=1)
    await _cycle(room)
    assert len(_mails(room)) == 1


async def test_what_an_outage_held_is_told_once_under_found_late(room: Newsroom) -> None:
    """Four days off: the story rolled out of the feed meanwhile. The late mail has it, the next one not, and no alarm rings at night."""
    await _ready(room)
    await room.stop()
    outage(room, held(room, 25, "Japanese"), news=14)
    await _cycle(room)
    (_, late) = _mails(room)
    assert "FOUND LATE" in late
    assert "25 Japanese" in late.partition("FOUND LATE")[2]
    assert "NEW\n" not in late
    assert _alerts(room) == 0

    for _ in range(3):
        room.clock.forward(days=1)
        await _cycle(room)
    later = _mails(room)[2:]
    assert len(later) == 3
    assert not any("25 Japanese" in text.partition("REPORTED IN")[0] or "FOUND LATE" in text for text in later)


async def test_the_late_mail_names_the_feed_whose_gap_could_not_be_refilled(room: Newsroom) -> None:
    """Silence is never claimed: of one paper four days are missing for good, and the reader is told which and when. Once."""
    await _ready(room)
    outage(room, news=14)
    await _cycle(room)
    account = _mails(room)[1].partition("SOURCES")[2]
    assert "Beside 1" in account
    assert "Courier" not in account.partition("May have missed")[2].partition("\n")[0]
    room.clock.forward(days=1)
    await _cycle(room)
    assert "May have missed" not in _mails(room)[2]


async def test_an_outage_makes_no_news_too_old_to_tell(room: Newsroom) -> None:
    """Three weeks off: by the day it is found the event is long past `fresh_for`, but nobody heard of it."""
    await _ready(room)
    room.site.shown = 20
    outage(room, held(room, 25, "Japanese", days=2), days=21, news=30)
    await _cycle(room)
    assert "25 Japanese" in _mails(room)[1].partition("FOUND LATE")[2]


async def test_what_was_old_already_when_the_gap_began_is_not_told(room: Newsroom) -> None:
    """An older page also shows what was there before the outage; that is the archive's."""
    await _ready(room)
    room.site.news.insert(4, deported("older", 61, "Vietnamese", room.clock() - 20 * DAY))
    outage(room, news=14)
    await _cycle(room)
    assert "61 Vietnamese" not in "".join(_mails(room)[1:]).replace("REPORTED IN", "")
    assert "FOUND LATE" not in "".join(_mails(room))


async def test_an_item_that_still_stood_in_the_feed_after_days_off_is_late_too(room: Newsroom) -> None:
    """A small paper's feed outlasts the outage: nothing was missed, but the story is four days old all the same."""
    await _ready(room)
    outage(room, held(room, 25, "Japanese", days=0.4), news=2)
    await _cycle(room)
    with reopened(room.path) as database:
        assert count(database, "gaps WHERE feed = 1") == 0
    assert "25 Japanese" in _mails(room)[1].partition("FOUND LATE")[2]


async def test_what_another_source_reports_in_time_is_not_late(room: Newsroom) -> None:
    """A gap of one feed among sixty: the story was caught elsewhere and told; the refill adds a source and says nothing again."""
    await _ready(room)
    room.site.broken["/news.xml"] = 500
    room.site.add(held(room, 25, "Japanese", days=0.1))
    room.beside[0].add(deported("elsewhere", 25, "Japanese", room.clock() + timedelta(hours=3)))
    for _ in range(4):
        room.clock.forward(days=1)
        await _cycle(room)
    assert ["25 Japanese" in text.partition("REPORTED IN")[0] for text in _mails(room)[1:]] == [True, False, False, False]
    room.site.broken.clear()
    room.site.add(*noises("during", 14, room.clock(), timedelta(hours=5)))
    for _ in range(2):
        room.clock.forward(days=1)
        await _cycle(room)
    with reopened(room.path) as database:
        assert column(database, "SELECT state FROM gaps WHERE why = 'failure'") == ["refilled"]
        assert count(database, "story_articles") == 2
    assert not any("FOUND LATE" in text or "25 Japanese" in text.partition("REPORTED IN")[0] for text in _mails(room)[5:])


async def test_where_there_is_no_digest_alerts_tell_it(room: Newsroom) -> None:
    """Nothing caught is lost: what no digest tells, an alert tells, however late."""
    file = room.rules.path
    text = file.read_text("utf-8")
    digest = text[text.index("[[digests]]") : text.index("[[alerts]]")]
    file.write_text(text.replace(digest, ""), "utf-8")
    room.rules.reread()
    assert room.rules.problem is None
    await room.read_before_the_outage()
    await _cycle(room)
    outage(room, held(room, 25, "Japanese"), news=14)
    await _cycle(room)
    assert _alerts(room) == 1


async def test_a_lead_that_a_gap_held_is_late_as_well(room: Newsroom) -> None:
    """Many feeds print a line only; the story stands in the article, and it is as late as its snippet."""
    from dataclasses import replace

    await _ready(room)
    snippet = replace(held(room), title="Embassy asks Cambodia about an online scam", text="No figures were given.")
    outage(room, snippet, news=14)
    await _cycle(room)
    with reopened(room.path) as database:
        assert value(database, "SELECT live FROM leads") == 1
        from watcher.store import gaps

        article = value(database, "SELECT article FROM leads")
        assert isinstance(article, int)
        assert gaps.came_late(database, article) is not None
