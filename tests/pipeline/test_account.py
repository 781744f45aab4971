"""What a mail says was read, from a real database: fresh reads, gaps and outages, what did not arrive, and what came in while it was made."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from corridor import bring, count, entry, lead, live, polled
from test_compose import mails, section, set_rules  # noqa: F401  set_rules is a fixture

from watcher.digest.verdict import Reliance, verdict
from watcher.model import Account, HealthState
from watcher.pipeline.account import account, is_read, rules_word
from watcher.pipeline.compose import compose
from watcher.pipeline.take_in import take_in
from watcher.store import feeds, leads, telling, verdicts


@pytest.fixture
def accounted(database, rules, clock):
    """The account of the daily digest as it would be made now."""

    def look(hours: float = 24) -> Account:
        of = telling.find_audience(database, "digest:daily") or telling.Audience(0, "digest:daily", clock.now, 0)
        return account(database, rules, of, since=clock.now - timedelta(hours=hours), now=clock.now)

    return look


def fails(database, feed, at, times: int = 1) -> None:
    """Polls of a feed that bring nothing, an hour apart."""
    for number in range(times):
        (asked,) = feeds.due(database, at, everything=True, names=[feed.title])
        _, fetched = polled(asked, at + timedelta(hours=number))
        failed = replace(fetched, outcome="failed", status=403, problem="403", items=b"", entries=())
        feeds.polled(database, asked, failed, new=0, overlap=None)
    database.conn.commit()


def test_a_fresh_install_says_not_to_rely_on_its_first_mail(accounted) -> None:
    """No source answered yet: whatever the reason, silence means nothing."""
    made = accounted()
    assert made.read == (("en", 0, 2),) and set(made.never_answered) == {"Courier", "Herald"}
    assert verdict(made)[1] is Reliance.DO_NOT_RELY
    assert not made.self_test_expected, "but a missing self-test is no fault on the first day"


def test_one_time_out_in_the_morning_is_no_unread_source(database, watch, clock, feed_of, accounted) -> None:
    """A source that was read two hours ago was read today; a warning for each time-out would be there every day."""
    for title in ("Courier", "Herald"):
        bring(database, watch, title, clock.now)
    fails(database, feed_of("Courier"), clock.forward(hours=2))
    bring(database, watch, "Herald", clock.now)
    assert accounted().read == (("en", 2, 2),)


def test_a_source_that_nobody_asked_since_last_week_was_not_read(database, watch, clock, accounted) -> None:
    """After an outage the newest poll of every source was good, and five days old."""
    for title in ("Courier", "Herald"):
        bring(database, watch, title, clock.now)
    clock.forward(days=5)
    made = accounted()
    assert made.read == (("en", 0, 2),)
    assert {(one.title, one.state) for one in made.problems} == {("Courier", None), ("Herald", None)}
    assert verdict(made)[0] == "Do not rely on this mail: no source was read."


@pytest.mark.parametrize(
    ("state", "where"),
    [
        (HealthState.FAILING, "problems"), (HealthState.DEAD, "problems"), (HealthState.BLOCKED, "problems"), (HealthState.NOT_A_FEED, "problems"),
        (HealthState.SHRUNK, "partial"), (HealthState.FROZEN, "partial"), (HealthState.DEGRADED, "partial"), (HealthState.SILENT, "silent"),
        (HealthState.MOVED, None), (HealthState.OK, None),
    ],
)  # fmt: skip
def test_each_state_of_a_source_has_its_place(database, watch, clock, accounted, state, where) -> None:
    """Not read, read but not to be trusted, silent by its own rhythm: three different things to a reader."""
    for title in ("Courier", "Herald"):
        bring(database, watch, title, clock.now)
    database.conn.execute("UPDATE feeds SET state = ?, state_since = '2023-11-08T20:00:00.000Z' WHERE title = 'Herald'", (state.value,))
    made = accounted()
    named = {place: [one.title for one in getattr(made, place)] for place in ("problems", "partial", "silent")}
    assert named == {place: ["Herald"] if place == where else [] for place in named}
    assert made.read == (("en", 1 if where == "problems" else 2, 2),)


def test_gaps_that_were_refilled_are_not_named_and_open_ones_are(database, watch, clock, accounted) -> None:
    """ "May have missed items" under items that were read since is untrue; with no must-read languages each one matters."""
    for title in ("Courier", "Herald"):
        bring(database, watch, title, clock.now)
    for title in ("Courier", "Herald"):
        database.conn.execute(
            """
            INSERT INTO gaps (feed, since, until, why, state, created)
            SELECT id, '2023-11-08T20:00:00.000Z', '2023-11-09T00:00:00.000Z', 'no overlap', 'open', '2023-11-09T00:00:00.000Z' FROM feeds
            WHERE title = ?
            """,
            (title,),
        )
    assert accounted().must_gaps == ("Courier", "Herald")
    database.conn.execute("UPDATE gaps SET state = 'refilled', settled = '2023-11-09T00:30:00.000Z' WHERE id = 1")
    assert [title for title, _, _ in accounted().gaps] == ["Herald"]


async def test_a_short_outage_is_in_the_next_mail_though_the_mail_is_in_time(tools, database, watch, clock) -> None:
    """Off from ten to six, back before seven: the mail comes in time and says that nothing was read that night."""
    bring(database, watch, "Courier", clock.now)
    await compose(tools)
    clock.forward(hours=15)
    await compose(tools)
    clock.forward(hours=8)
    await compose(tools)
    for title in ("Courier", "Herald"):
        bring(database, watch, title, clock.now)
    clock.forward(hours=1)
    await compose(tools)
    (mail,) = mails(database)
    assert "nothing was read 9 Nov 22:00 to 10 Nov 06:00 (the service was off)" in " ".join(mail.split())


async def test_a_mail_that_did_not_arrive_is_in_the_next_one_without_an_address(tools, database, watch, clock) -> None:
    """The reader of no. 2 must know that no. 1 did not reach everybody."""
    await compose(tools)
    clock.forward(days=1)
    await compose(tools)
    database.conn.execute(
        "UPDATE outbox SET state = 'dead', settled = '2023-11-10T00:05:00.000Z', due_at = NULL, answer = '550 no such user dara@ngo.example'"
    )
    for title in ("Courier", "Herald"):
        bring(database, watch, title, clock.forward(hours=12))
    await compose(tools)
    mail = " ".join(mails(database)[1].split())
    assert "digest daily no. 1 of 2023-11-10 (staff)" in mail and "dara@" not in mail


def test_a_mail_to_this_audience_that_waits_forbids_the_first_sentence(database, watch, clock, accounted) -> None:
    """Other people's undelivered messages are listed; one's own change what one knows."""
    of = telling.audience(database, "digest:daily", clock.now - timedelta(days=2))
    other = telling.audience(database, "alert:at-once", clock.now)
    for audience in (of, other):
        database.conn.execute(
            """
            INSERT INTO digests (id, audience, number, local_date, period_start, period_end, subject, text, html, at)
            VALUES (?, ?, 7, '2023-11-08', '2023-11-07T00:00:00.000Z', '2023-11-08T00:00:00.000Z', '', '', '', '2023-11-08T00:00:00.000Z')
            """,
            (audience.id, audience.id),
        )
        database.conn.execute(
            """
            INSERT INTO outbox (key, kind, digest, channel, recipient, payload, message_id, state, due_at, created)
            VALUES (?, 'digest', ?, 'staff', 'x@ngo.example', x'00', 'm', 'pending', '2023-11-09T00:00:00.000Z', '2023-11-08T00:00:00.000Z')
            """,
            (audience.name, audience.id),
        )
    made = accounted()
    assert made.own_undelivered == (7,) and len(made.undelivered) == 2


async def test_a_watched_text_that_was_fetched_before_a_mail_and_stored_after_it_is_in_the_next(
    tools, database, watch, clock, feed_of
) -> None:
    """The poll was under way at seven; by its time it belongs to yesterday's mail, which did not have it."""
    bring(database, watch, "Courier", clock.now)
    await compose(tools)
    fetched_at = clock.forward(hours=23, minutes=59)
    clock.forward(minutes=1)
    await compose(tools)
    watched = replace(
        entry(0, "", fetched_at, key="w"),
        title="Cambodia: a compound was searched",
        text="Cambodia's police looked at a scam compound in Poipet.",
    )
    take_in(database, [polled(live(feed_of("Courier"), fetched_at), fetched_at, watched)], watch)
    assert count(database, "verdicts WHERE level = 'watch'") == 1
    clock.forward(days=1)
    await compose(tools)
    clock.forward(days=1)
    await compose(tools)
    assert ["a compound was searched" in mail for mail in mails(database)] == [False, True, False]


async def test_a_lead_that_was_given_up_before_a_mail_and_stored_after_it_is_in_the_next(tools, database, watch, clock) -> None:
    """The same for an article that could not be read: the list and the number both have it, once."""
    bring(database, watch, "Courier", clock.now, lead("https://courier.test/l", clock.now))
    await compose(tools)
    (opened,) = leads.due(database, clock.now, 5)
    given_up = clock.forward(hours=23, minutes=59)
    clock.forward(minutes=1)
    await compose(tools)
    leads.settle(database, opened.id, state="unreadable", reason="full article could not be read: 403", now=given_up)
    for _ in range(2):
        clock.forward(days=1)
        await compose(tools)
    assert ["Embassy asks Cambodia" in mail for mail in mails(database)] == [False, True, False]
    assert ["Articles that may matter, not readable: 1" in mail for mail in mails(database)] == [False, True, False]


async def test_other_rules_bring_no_older_text_into_the_list(tools, database, watch, clock) -> None:
    """By number as by time: a text that was known when the last mail was made is not new because it is judged anew."""
    bring(database, watch, "Courier", clock.now, entry(31, "Thais", clock.now))
    await compose(tools)
    clock.forward(days=1)
    await compose(tools)
    newest = int(database.conn.execute("SELECT max(id) FROM verdicts").fetchone()[0])
    rule_set = verdicts.rule_set(database, "other", "", clock.now)
    database.conn.execute(
        "INSERT INTO verdicts (revision, rule_set, level, at) VALUES (1, ?, 'watch', '2023-11-10T01:00:00.000Z')", (rule_set,)
    )
    database.conn.execute("DELETE FROM story_articles")
    assert verdicts.possible(database, clock.now, (newest, 0)) == []
    assert len(verdicts.possible(database, clock.now, (newest - 1, 0))) == 1


def test_leads_that_wait_too_long_count_as_not_read(database, watch, clock, accounted) -> None:
    """A stopped leads loop leaves them open for ever, and every mail would say that all was read."""
    bring(database, watch, "Courier", clock.now, lead("https://courier.test/l", clock.now))
    assert accounted().waiting_leads == 0
    clock.forward(hours=7)
    assert accounted().waiting_leads == 1


def test_two_mails_with_the_same_word_were_judged_by_the_same_rules(accounted, watch) -> None:
    """Short enough to be read out over the phone."""
    assert accounted().rules == rules_word(watch.fingerprint) == f"{watch.fingerprint[:4]}-{watch.fingerprint[4:8]}"
    assert accounted().rules_since is not None


def test_a_source_that_answers_with_nothing_at_all_was_not_read(database, watch, clock) -> None:
    """No item where forty are usual is as good as no answer."""
    bring(database, watch, "Courier", clock.now)
    (one,) = [feed for feed in feeds.health(database) if feed.title == "Courier"]
    assert is_read(one, clock.now)
    assert is_read(replace(one, state=HealthState.SHRUNK), clock.now)
    assert not is_read(replace(one, state=HealthState.SHRUNK, problem="no item"), clock.now)
