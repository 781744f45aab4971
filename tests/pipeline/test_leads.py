"""The leads loop: a snippet that promises something, its article, and the judgement on the full text."""

from __future__ import annotations

import sqlite3

import pytest
from corridor import Reply, break_writes, bring, column, count, lead, mend_writes, polled, reopened, value

from watcher.pipeline.leads import follow_leads
from watcher.pipeline.take_in import take_in
from watcher.store import leads, verdicts

HTML = {"Content-Type": "text/html; charset=utf-8"}
TEXT = (
    "The embassy thanked officers in Phnom Penh on behalf of the families of those concerned.",
    "Cambodia deported 18 South Koreans who had worked in an online scam compound in Kandal, the immigration police said.",
    "The eighteen were handed over at the airport to officers who had come from Seoul, and left in the evening.",
)
OTHER = (
    "The embassy wants to know more about an online scam that was reported from Cambodia last week.",
    "It has asked for the names of its nationals and for the places where they were last seen by their families.",
    "The ministry in Phnom Penh says that it will answer the letter of the embassy in the coming days.",
)


def page(paragraphs: tuple[str, ...]) -> Reply:
    body = "".join(f"<p>{one}</p>" for one in paragraphs)
    return Reply(200, f"<!doctype html><html lang=en><title>t</title><body><article><h1>Embassy</h1>{body}</article>".encode(), HTML)


@pytest.fixture
def article(web, database, watch, now) -> str:
    """A live lead whose article tells the story."""
    web.replies["/robots.txt"] = [Reply(200, b"User-agent: *\nDisallow: /closed/\n", {"Content-Type": "text/plain"})]
    web.replies["/a"] = [page(TEXT)]
    assert bring(database, watch, "Courier", now, lead(f"{web.base}/a", now)).leads == 1
    return "/a"


async def test_the_full_article_decides(tools, database, article, web) -> None:
    """Many feeds print one sentence; the figure and the step stand in the article."""
    report = await follow_leads(tools)
    assert (report.read, report.matched, len(report.changes)) == (1, 1, 1)
    assert value(database, "SELECT headline FROM stories") == "18 South Koreans deported"
    assert column(database, "SELECT level FROM verdicts ORDER BY id") == ["lead", "match"]
    assert column(database, "SELECT text_from FROM revisions ORDER BY id") == ["feed", "page"]
    assert (value(database, "SELECT state FROM leads"), value(database, "SELECT live FROM changes")) == ("read", 1)
    assert (await follow_leads(tools)).read == 0
    assert web.asked.count(article) == 1


@pytest.mark.parametrize(
    "write", ["INSERT ON revisions", "INSERT ON verdicts", "INSERT ON stories", "INSERT ON changes", "UPDATE ON leads"]
)
async def test_a_lead_survives_a_crash_at_any_line(write, tools, database, path, article) -> None:
    """A lead that is marked as read before its story is stored would be lost for ever."""
    break_writes(database, write)
    with pytest.raises(sqlite3.IntegrityError, match="this write fails"):
        await follow_leads(tools)
    with reopened(path) as after:
        assert (value(after, "SELECT state FROM leads"), count(after, "revisions"), count(after, "stories")) == ("open", 1, 0)
        mend_writes(after)
    assert (await follow_leads(tools)).matched == 1
    assert count(database, "changes") == 1


async def test_an_article_that_does_not_match_settles_the_lead_with_the_reason(tools, database, article, web) -> None:
    """The lead is done with; why it came to nothing can be read."""
    web.replies[article] = [page(OTHER)]
    report = await follow_leads(tools)
    assert (report.read, report.matched) == (1, 0)
    assert value(database, "SELECT state FROM leads") == "read"
    assert str(value(database, "SELECT reason FROM leads"))
    assert count(database, "stories") == 0


@pytest.mark.parametrize(
    ("path_of_article", "reply", "words"),
    [
        ("/a", Reply(403, b"no", HTML), "403"),
        ("/a", Reply(404, b"no", HTML), "404"),
        ("/a", Reply(200, b"%PDF-1.7", {"Content-Type": "application/pdf"}), "application/pdf"),
        ("/closed/a", page(TEXT), "robots.txt"),
    ],
)
async def test_an_unreadable_lead_is_a_possible_story_with_its_reason(
    path_of_article, reply, words, tools, database, web, watch, now, clock
) -> None:
    """What could not be read is listed for people to open by hand; it is never dropped in silence."""
    web.replies["/robots.txt"] = [Reply(200, b"User-agent: *\nDisallow: /closed/\n", {"Content-Type": "text/plain"})]
    web.replies[path_of_article] = [reply]
    bring(database, watch, "Courier", now, lead(web.base + path_of_article, now))
    assert (await follow_leads(tools)).unreadable == 1
    (possible,) = verdicts.possible(database, clock.now.replace(year=2022))
    assert possible.reason.startswith("full article could not be read: ")
    assert words in possible.reason
    assert leads.counts(database, clock.now.replace(year=2022)) == (0, 1)


async def test_a_site_in_trouble_is_asked_again_and_given_up_after_four_tries(tools, database, article, web, clock) -> None:
    """A server that is down for ten minutes must not cost the story; one that stays down must not be asked for ever."""
    web.replies[article] = [Reply(503, b"", HTML)]
    for waited in (0, 6, 31, 181):
        clock.forward(minutes=waited)
        assert (await follow_leads(tools)).read == 0
        assert (await follow_leads(tools)).later == 0, "not before its time"
    assert web.asked.count(article) == 4
    assert value(database, "SELECT state FROM leads") == "unreadable"


async def test_a_robots_txt_that_cannot_be_read_now_is_no_refusal(tools, database, article, web, clock) -> None:
    """Nobody forbade the page; a site that was down for a minute must not cost its story."""
    allowed = web.replies["/robots.txt"][0]
    web.replies["/robots.txt"] = [Reply(503), allowed]
    assert (await follow_leads(tools)).later == 1
    assert web.asked.count(article) == 0, "what is not known to be allowed is not asked for"
    clock.forward(minutes=61)
    assert (await follow_leads(tools)).matched == 1


async def test_a_lead_given_up_after_a_digest_is_in_the_next_one(tools, database, article, web, clock) -> None:
    """It was opened before this morning's mail and given up after it: tomorrow's must list it."""
    web.replies[article] = [Reply(403, b"", HTML)]
    mail = clock.forward(hours=1)
    assert verdicts.possible(database, mail) == []
    clock.forward(hours=2)
    await follow_leads(tools)
    assert len(verdicts.possible(database, mail)) == 1
    assert verdicts.possible(database, clock.forward(hours=1)) == []


async def test_a_lead_of_a_first_poll_tells_nobody(tools, database, watch, feed_of, web, now) -> None:
    """Its article is read for the archive, and stays as old as the poll that found it."""
    web.replies["/a"] = [page(TEXT)]
    take_in(database, [polled(feed_of("Courier"), now, lead(f"{web.base}/a", now))], watch)
    await follow_leads(tools)
    assert column(database, "SELECT live FROM changes") == [0]


async def test_a_lead_of_a_first_poll_that_a_live_feed_shows_too_is_live(tools, database, watch, feed_of, web, now) -> None:
    """The outlet's own feed shows what a new search had found a minute before: its article is news."""
    web.replies["/a"] = [page(TEXT)]
    take_in(database, [polled(feed_of("Herald"), now, lead(f"{web.base}/a", now))], watch)
    bring(database, watch, "Courier", now, lead(f"{web.base}/a", now))
    await follow_leads(tools)
    assert column(database, "SELECT live FROM changes") == [1]


async def test_a_story_whose_lead_was_read_before_a_live_feed_showed_it_comes_to_light(tools, database, watch, feed_of, web, now) -> None:
    """The same, when the article was read between the two: the live sighting is written down for those never told."""
    web.replies["/a"] = [page(TEXT)]
    take_in(database, [polled(feed_of("Herald"), now, lead(f"{web.base}/a", now))], watch)
    await follow_leads(tools)
    bring(database, watch, "Courier", now, lead(f"{web.base}/a", now))
    await follow_leads(tools)
    assert column(database, "SELECT kind || live FROM changes ORDER BY id") == ["new0", "coverage1"]
    assert web.asked.count("/a") == 1
