"""The compose loop: what is told to whom, once, in which message; messages and their marks are one transaction."""

from __future__ import annotations

import json
import sqlite3
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from corridor import RULES, Clock, break_writes, bring, column, count, entry, mend_writes, polled, reopened, value
from sqlite_utils import Database

from watcher.pipeline import housekeeping
from watcher.pipeline.compose import compose, send_now
from watcher.pipeline.digests import preview
from watcher.pipeline.take_in import take_in
from watcher.store import telling

DAY = {"hours": 24}


def mails(database: Database, channel: str = "staff") -> list[str]:
    """The text parts of queued mails, oldest first."""
    found = []
    for payload in column(database, f"SELECT payload FROM outbox WHERE channel = '{channel}' ORDER BY id"):
        part = message_from_bytes(bytes(payload), policy=default).get_body(("plain",))  # type: ignore[arg-type]
        assert part is not None
        found.append(str(part.get_content()).replace("\r\n", "\n"))
    return found


def section(mail: str, head: str) -> str:
    """What stands in a mail under a heading, up to the next one."""
    _, found, rest = mail.partition(f"\n{head}")
    lines = rest.splitlines()[1:] if found else []
    heads = [number for number, line in enumerate(lines) if line[:4].isupper() and not line.startswith(("#", " "))]
    return "\n".join(lines[: heads[0]] if heads else lines)


def slack(database: Database) -> list[str]:
    return [bytes(payload).decode() for payload in column(database, "SELECT payload FROM outbox WHERE channel = 'team' ORDER BY id")]  # type: ignore[arg-type]


@pytest.fixture
def set_rules(rules, database, clock: Clock):
    """Edit the rules file, as an operator does, and take it into force."""

    def edit(*changes: tuple[str, str]) -> None:
        text = RULES
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        rules.path.write_text(text + f"\n# {clock.now.isoformat()}\n", encoding="utf-8")
        assert rules.reread()
        assert rules.problem is None
        housekeeping.apply(database, rules, clock())

    return edit


async def test_a_live_story_is_told_once_to_each_audience(tools, database, watch, clock) -> None:
    """An alert at once, the digest in the morning, and then silence."""
    await compose(tools)
    bring(database, watch, "Courier", clock.forward(minutes=5), entry(31, "Thais", clock.now))
    assert (await compose(tools)).alerts == 1
    assert (await compose(tools)).alerts == 0
    for _ in range(3):
        clock.forward(**DAY)
        assert (await compose(tools)).digests == 1
        assert (await compose(tools)).messages == 0
    assert [text.count("31 Thai") > 0 for text in slack(database)] == [True]
    listed = [bool(section(mail, "NEW")) for mail in mails(database)]
    assert listed == [True, False, False]


@pytest.mark.parametrize("write", ["INSERT ON outbox", "INSERT ON told", "INSERT ON digests", "INSERT ON digest_dates"])
async def test_messages_and_what_they_tell_are_marked_together(write, tools, database, path, watch, clock) -> None:
    """A mark without its message would lose the story; a message without its mark would tell it twice."""
    await compose(tools)
    bring(database, watch, "Courier", clock.forward(minutes=5), entry(31, "Thais", clock.now))
    clock.forward(**DAY)
    break_writes(database, write)
    with pytest.raises((sqlite3.IntegrityError, ExceptionGroup)):
        await compose(tools)
    with reopened(path) as after:
        daily = "(SELECT id FROM audiences WHERE name = 'digest:daily')"
        assert count(after, f"told WHERE audience = {daily}") == count(after, f"digests WHERE audience = {daily}") == 0
        assert count(after, "outbox WHERE kind = 'digest'") == count(after, "digest_dates") == 0
        mend_writes(after)
    await compose(tools)
    assert [bool(section(mail, "NEW")) for mail in mails(database)] == [True]
    assert count(database, "outbox WHERE kind = 'alert'") == 2


async def test_one_audience_that_cannot_be_served_does_not_stop_the_others(tools, database, watch, clock) -> None:
    """A digest that fails to render must not keep back the alert."""
    await compose(tools)
    bring(database, watch, "Courier", clock.forward(minutes=5), entry(31, "Thais", clock.now))
    clock.forward(**DAY)
    break_writes(database, "INSERT ON digest_dates")
    with pytest.raises(sqlite3.IntegrityError, match="this write fails"):
        await compose(tools)
    assert column(database, "SELECT DISTINCT kind FROM outbox") == ["alert"]


async def test_a_digest_stands_for_its_local_date_once(tools, database, clock) -> None:
    """Whatever the clock does, and however often the loop turns, a morning has one mail."""
    await compose(tools)
    assert count(database, "digests") == 0, "an audience made at 07:00 gets its first mail tomorrow"
    clock.forward(hours=23, minutes=59)
    assert (await compose(tools)).digests == 0
    clock.forward(minutes=1)
    assert (await compose(tools)).digests == 1
    clock.forward(minutes=-30)
    assert (await compose(tools)).digests == 0
    clock.forward(hours=2)
    assert (await compose(tools)).digests == 0
    assert column(database, "SELECT local_date FROM digest_dates") == ["2023-11-10"]


async def test_missed_mornings_are_one_mail(tools, database, clock) -> None:
    """After four days off, staff get one mail for all of them, not five."""
    await compose(tools)
    clock.forward(**DAY)
    await compose(tools)
    clock.forward(days=4)
    assert (await compose(tools)).digests == 1
    assert count(database, "outbox WHERE kind = 'digest'") == 2
    assert len(column(database, "SELECT local_date FROM digest_dates WHERE digest = 2")) == 4


async def test_the_first_mail_lists_what_the_first_poll_found_and_never_as_new(tools, database, watch, feed_of, clock) -> None:
    """On the day of installing the audience is older than the first poll: START lists its stories, and the mail goes out."""
    await compose(tools)
    take_in(database, [polled(feed_of("Courier"), clock.forward(minutes=1), entry(31, "Thais", clock.now))], watch)
    bring(database, watch, "Herald", clock.forward(minutes=1), entry(450, "Chinese", clock.now, source="Herald"))
    clock.now += timedelta(days=1)
    assert (await compose(tools)).digests == 1
    (first,) = mails(database)
    subject = value(database, "SELECT subject FROM digests WHERE audience = (SELECT id FROM audiences WHERE name = 'digest:daily')")
    assert str(subject).startswith("START")
    assert "31 Thai" in first and "31 Thai" not in section(first, "NEW")
    assert "450 Chinese" in section(first, "NEW")
    clock.now += timedelta(days=1)
    await compose(tools)
    assert "31 Thai" not in section(mails(database)[1], "NEW")


async def test_what_the_first_mail_listed_is_later_an_update_with_its_before(tools, database, watch, feed_of, clock) -> None:
    """Readers saw the arrest in the first mail; the deportation is told as the next step of the same case."""
    await compose(tools)
    take_in(database, [polled(feed_of("Courier"), clock.forward(minutes=1), entry(31, "Thais", clock.now, step="arrested"))], watch)
    clock.now += timedelta(days=1)
    await compose(tools)
    bring(database, watch, "Courier", clock.forward(hours=1), entry(31, "Thais", clock.now))
    assert count(database, "stories") == 1
    clock.now += timedelta(hours=23)
    await compose(tools)
    update = section(mails(database)[1], "UPDATES")
    assert "31" in update and "deported" in update and "Before: 31 Thai" in update and "arrested" in update


async def test_a_step_is_told_as_an_update_with_its_before(tools, database, watch, clock) -> None:
    """Arrest and deportation of one group are one story: the second message says what was said first."""
    await compose(tools)
    bring(database, watch, "Courier", clock.forward(minutes=1), entry(31, "Thais", clock.now, step="arrested"))
    await compose(tools)
    bring(database, watch, "Courier", clock.forward(hours=5), entry(31, "Thais", clock.now, source="Herald"))
    await compose(tools)
    assert count(database, "stories") == 1
    assert column(database, "SELECT kind FROM told WHERE told = 1 ORDER BY at") == ["new", "stage"]
    assert "before" in slack(database)[1].lower() and "arrested" in slack(database)[1]
    events = [json.loads(bytes(one)) for one in column(database, "SELECT payload FROM outbox WHERE channel = 'ledger' ORDER BY id")]  # type: ignore[arg-type]
    assert [one["type"] for one in events] == ["story.new", "story.changed"]
    assert events[1]["data"]["change"]["kind"] == "stage" and events[1]["data"]["change"]["before"]


async def test_a_story_has_one_figure_update_a_day_and_the_next_one_waits(tools, database, watch, clock, set_rules) -> None:
    """A count that climbs by the hour is told once a day, and its last state is not lost."""
    set_rules(('on = ["new", "stage", "withdrawn"]', 'on = ["new", "figure"]'))
    clock.forward(hours=3)
    await compose(tools)
    for figure in (31, 60, 90):
        bring(database, watch, "Courier", clock.forward(minutes=30), entry(figure, "Thais", clock.now, key="a"))
        await compose(tools)
    assert column(database, "SELECT kind FROM told WHERE told = 1 ORDER BY change") == ["new", "figure"]
    assert len(slack(database)) == 2 and "60" in slack(database)[1] and "31" in slack(database)[1]
    clock.now += timedelta(days=1)
    assert (await compose(tools)).alerts == 1
    assert "90 Thai" in slack(database)[2] and "60" in slack(database)[2]
    assert (await compose(tools)).alerts == 0


async def test_more_coverage_alone_tells_nobody_and_says_why(tools, database, watch, clock) -> None:
    """The fifth outlet with the same story is no news; the reason of the silence is kept."""
    await compose(tools)
    bring(database, watch, "Courier", clock.forward(minutes=1), entry(31, "Thais", clock.now))
    await compose(tools)
    bring(database, watch, "Herald", clock.forward(minutes=9), entry(31, "Thais", clock.now, source="Herald"))
    assert (await compose(tools)).alerts == 0
    alert = "(SELECT id FROM audiences WHERE name = 'alert:at-once')"
    assert column(database, f"SELECT reason FROM told WHERE told = 0 AND audience = {alert}") == [
        "already told; since then more coverage only"
    ]


async def test_a_live_article_about_an_old_event_tells_nobody(tools, database, watch, clock) -> None:
    """A feed that reprints a case of last spring is no news; it is stored, and the reason can be read."""
    await compose(tools)
    bring(database, watch, "Courier", clock.forward(minutes=1), entry(31, "Thais", clock.now - timedelta(days=40)))
    assert (await compose(tools)).alerts == 0
    assert "held back as old" in str(value(database, "SELECT reason FROM told"))
    assert count(database, "stories") == 1


async def test_a_first_poll_tells_nobody_until_a_live_article_brings_the_story(tools, database, watch, feed_of, clock) -> None:
    """The archive is silent by itself; but an audience that was never told hears of it with the first live report."""
    await compose(tools)
    take_in(database, [polled(feed_of("Courier"), clock.forward(minutes=1), entry(31, "Thais", clock.now))], watch)
    assert (await compose(tools)).alerts == 0
    bring(database, watch, "Herald", clock.forward(hours=1), entry(31, "Thais", clock.now, source="Herald"))
    assert (await compose(tools)).alerts == 1
    assert "31 Thai" in slack(database)[0]


async def test_a_live_feed_that_shows_what_a_first_poll_had_already_brings_it_to_light(tools, database, watch, feed_of, clock) -> None:
    """A new search feed finds the story of the last hour on its first poll; the outlet's own feed shows it later: it must be told."""
    await compose(tools)
    same = "https://courier.test/a"
    take_in(database, [polled(feed_of("Herald"), clock.forward(minutes=1), entry(31, "Thais", clock.now, url=same))], watch)
    assert (await compose(tools)).alerts == 0
    bring(database, watch, "Courier", clock.forward(minutes=9), entry(31, "Thais", clock.now, url=same))
    assert (count(database, "articles"), (await compose(tools)).alerts) == (1, 1)
    bring(database, watch, "Courier", clock.forward(minutes=9), entry(31, "Thais", clock.now, url=same, key="once more"))
    assert (await compose(tools)).alerts == 0


async def test_an_audience_starts_at_its_creation(tools, database, watch, clock, set_rules) -> None:
    """A channel that is added today does not get the last months as news."""
    await compose(tools)
    bring(database, watch, "Courier", clock.forward(minutes=1), entry(31, "Thais", clock.now))
    await compose(tools)
    extra = '\n[[alerts]]\nname = "later"\non = ["new"]\nchannels = ["staff"]\nwait = "0s"\n'
    set_rules(('wait = "0s"\n', f'wait = "0s"\n{extra}'))
    clock.forward(minutes=1)
    assert (await compose(tools)).alerts == 0
    bring(database, watch, "Courier", clock.forward(minutes=1), entry(450, "Chinese", clock.now))
    assert (await compose(tools)).alerts == 2
    (told,) = mails(database)
    assert "450 Chinese" in told and "31 Thai" not in told


async def test_an_alert_gathers_first_coverage_and_keeps_quiet_at_night(tools, database, watch, clock, set_rules) -> None:
    """One message with three outlets instead of three; nobody is woken."""
    set_rules(('wait = "0s"', 'wait = "60m"\nquiet = "20:00-07:00"'))
    await compose(tools)
    bring(database, watch, "Courier", clock.forward(hours=11), entry(31, "Thais", clock.now))  # 18:00 in Phnom Penh
    clock.forward(minutes=59)
    assert (await compose(tools)).alerts == 0
    bring(database, watch, "Courier", clock.now, entry(450, "Chinese", clock.now))
    clock.forward(minutes=1, seconds=1)
    assert (await compose(tools)).alerts == 1, "both stories in one message"
    bring(database, watch, "Courier", clock.forward(hours=2), entry(77, "Japanese", clock.now))
    clock.forward(hours=5)
    assert (await compose(tools)).alerts == 0
    clock.forward(hours=5)
    await compose(tools)
    assert [("31 Thai" in text, "450 Chinese" in text, "77 Japanese" in text) for text in slack(database)] == [
        (True, True, False), (False, False, True),
    ]  # fmt: skip


async def test_a_kind_that_an_alert_does_not_ask_for_is_settled_with_its_reason(tools, database, watch, clock, set_rules) -> None:
    """Who asked for withdrawals only is not told of steps, now or later."""
    set_rules(('on = ["new", "stage", "withdrawn"]', 'on = ["withdrawn"]'))
    await compose(tools)
    bring(database, watch, "Courier", clock.forward(minutes=1), entry(31, "Thais", clock.now))
    assert (await compose(tools)).alerts == 0
    assert column(database, "SELECT reason FROM told") == ["new is not in `on` of this alert"]


async def test_where_leaves_out_what_an_audience_did_not_ask_for(tools, database, watch, clock, set_rules) -> None:
    """An embassy hears of its own nationals."""
    set_rules(('wait = "0s"', 'wait = "0s"\nwhere = { nationality = ["JP"] }'))
    await compose(tools)
    bring(database, watch, "Courier", clock.forward(minutes=1), entry(31, "Thais", clock.now), entry(77, "Japanese", clock.now))
    await compose(tools)
    (text,) = slack(database)
    assert "77 Japanese" in text and "31 Thai" not in text


async def test_a_quiet_day_is_said_or_skipped_as_asked(tools, database, clock, set_rules) -> None:
    """By default silence is accounted for; who skips empty days gets none, but always the first."""
    await compose(tools)
    clock.now += timedelta(days=1)
    await compose(tools)
    set_rules(('at = "07:00"', 'at = "07:00"\nwhen_empty = "skip"'))
    clock.now += timedelta(days=1)
    assert (await compose(tools)).messages == 0
    assert column(database, "SELECT digest FROM digest_dates ORDER BY local_date") == [1, None]
    set_rules(('at = "07:00"', 'at = "07:00"\nwhen_empty = "send"'))
    clock.now += timedelta(days=1)
    assert (await compose(tools)).digests == 1
    assert "No new stor" in mails(database)[1]


async def test_a_digest_made_by_hand_counts_as_told_and_the_mornings_one_still_comes(tools, database, watch, clock) -> None:
    """`watcher digest --send` before a meeting: its stories are not repeated at seven."""
    await compose(tools)
    bring(database, watch, "Courier", clock.forward(minutes=1), entry(31, "Thais", clock.now))
    subject, text, _, queued = await send_now(tools, tools.rules.watch.config.digests[0])
    assert queued == 1 and subject and "31 Thai" in section(text, "NEW")
    clock.now += timedelta(days=1)
    assert (await compose(tools)).digests == 1
    assert not section(mails(database)[1], "NEW")


async def test_a_preview_shows_the_next_digest_and_writes_nothing(tools, database, watch, clock) -> None:
    """Looking is harmless."""
    await compose(tools)
    bring(database, watch, "Courier", clock.forward(minutes=1), entry(31, "Thais", clock.now))
    before = database.conn.total_changes
    _, text, _ = preview(database, tools.rules, tools.rules.watch.config.digests[0], clock())
    assert "31 Thai" in section(text, "NEW")
    assert (database.conn.total_changes, count(database, "digests")) == (before, 0)


async def test_the_operator_hears_of_a_broken_file_and_once_a_day_of_what_stays(tools, rules, database, clock) -> None:
    """Often enough to act, seldom enough to be read."""
    await compose(tools)
    rules.path.write_text(RULES.replace("@deported", "@deportedd"), encoding="utf-8")
    rules.reread()
    housekeeping.apply(database, rules, clock.forward(minutes=1))
    await compose(tools)
    await compose(tools)
    assert len(mails(database, "ops")) == 1
    assert "watcher check" in mails(database, "ops")[0]
    clock.forward(hours=19)
    await compose(tools)
    assert len(mails(database, "ops")) == 1
    clock.forward(hours=6)
    await compose(tools)
    assert len(mails(database, "ops")) == 2


async def test_history_says_who_was_told_what_and_who_not(tools, database, watch, clock) -> None:
    """ "Was Dara told of #1?" has an answer."""
    await compose(tools)
    bring(database, watch, "Courier", clock.forward(minutes=1), entry(31, "Thais", clock.now))
    await compose(tools)
    history = telling.history(database, 1)
    assert [(row["audience"], row["told"], row["kind"]) for row in history] == [("alert:at-once", 1, "new")]
