"""The operator's mail: once a day, what changed and what stays broken; at once only what cannot wait."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlite_utils import Database

from watcher.model import Fetched, HealthMemory, HealthState
from watcher.pipeline import housekeeping
from watcher.pipeline.operator import again_due, tell_operator
from watcher.pipeline.rules_file import RulesFile
from watcher.store import feeds, operations, select, transaction
from watcher.store.operations import Fault

DAY = timedelta(days=1)


def mails(database: Database) -> list[str]:
    """The operator's mails, oldest first, as written into the folder."""
    rows = select(database, "SELECT payload FROM outbox WHERE channel = 'ops' ORDER BY id")
    return [bytes(row["payload"]).decode() for row in rows]


def put(database: Database, now: datetime, memory: HealthMemory, title: str = "Courier") -> None:
    feed = feeds.due(database, now, everything=True, names=[title])[0]
    with transaction(database):
        feeds.polled(database, feed, Fetched(feed.id, now, "unchanged"), new=0, overlap=None, health=memory)


def broken(since: datetime, state: HealthState = HealthState.DEAD, reason: str = "404, not found") -> HealthMemory:
    return HealthMemory(state=state, since=since, reason=reason)


def fault(database: Database, subject: str, now: datetime, *, urgent: bool = False, text: str = "It is broken") -> None:
    with transaction(database):
        operations.fault(database, subject, text, "watcher check", now, urgent=urgent)


def days_told(database: Database, rules: RulesFile, now: datetime, days: int) -> list[int]:
    """On which of the next days a mail comes, where the service looks every two hours."""
    told = []
    for hour in range(0, 24 * days, 2):
        if tell_operator(database, rules, now + timedelta(hours=hour)):
            told.append(hour // 24)
    return told


def test_what_stays_broken_is_said_weekly_and_later_every_fourth_week(database: Database, rules: RulesFile, now: datetime):
    """Said every day, nobody reads it; said once, it is forgotten."""
    put(database, now, broken(now))
    assert days_told(database, rules, now - timedelta(hours=1), 100) == [0, 7, 14, 21, 49, 77]


def test_a_key_source_and_delivery_are_said_every_day_for_a_week(database: Database, rules: RulesFile, now: datetime):
    """What the digests' readers suffer from is worth a nag."""
    put(database, now, broken(now))
    database.conn.execute("UPDATE feeds SET key = 1 WHERE title = 'Courier'")
    assert days_told(database, rules, now - timedelta(hours=1), 30) == [0, 1, 2, 3, 4, 5, 6, 13, 20, 27]


def test_a_line_said_again_says_that_it_is_known_and_for_how_long(database: Database, rules: RulesFile, now: datetime):
    """Word for word the same, a mail reads like the one that was dealt with."""
    put(database, now, broken(now))
    tell_operator(database, rules, now)
    tell_operator(database, rules, now + 7 * DAY)
    first, second = mails(database)
    assert "Courier is not read since 9 Nov: 404, not found" in first and "Still" not in first
    assert "Still, for 7 days: Courier is not read since 9 Nov" in second


def test_a_change_is_said_the_next_morning_and_known_ones_are_only_counted(database: Database, rules: RulesFile, now: datetime):
    """The mail is about what is new, but it never reads as if all else were well."""
    put(database, now, broken(now))
    tell_operator(database, rules, now)
    put(database, now + DAY, broken(now + DAY, HealthState.FROZEN, "the very same answer for 15 days"), "Herald")
    assert tell_operator(database, rules, now + timedelta(hours=3)) == 0
    assert tell_operator(database, rules, now + DAY) == 1
    second = mails(database)[1]
    assert "Herald is frozen" in second and "Courier" not in second
    assert "1 known problem is as before" in second


def test_what_is_read_again_is_one_line_in_the_next_mail(database: Database, rules: RulesFile, now: datetime):
    """Whoever was called must hear that it is over; once."""
    put(database, now, broken(now))
    tell_operator(database, rules, now)
    put(database, now + timedelta(hours=4), HealthMemory())
    tell_operator(database, rules, now + timedelta(hours=4))
    assert days_told(database, rules, now + timedelta(hours=5), 5) == [0]  # the next morning, 19 hours on
    assert "Courier is read again since 9 Nov 11:00" in mails(database)[1]


def test_what_came_and_went_between_two_mails_is_not_said(database: Database, rules: RulesFile, now: datetime):
    """A bad night of a server is no work for anybody."""
    night = now + timedelta(hours=14)
    put(database, night, broken(night))
    assert tell_operator(database, rules, night + timedelta(hours=5)) == 0  # two in the morning
    put(database, night + timedelta(hours=6), HealthMemory())
    assert days_told(database, rules, night + timedelta(hours=6), 3) == []


def test_at_once_goes_what_cannot_wait_and_one_mail_an_hour_at_most(database: Database, rules: RulesFile, now: datetime):
    """Failed delivery at three at night, a hundred messages: one mail, not a hundred."""
    night = now - timedelta(hours=4)
    for number in range(100):
        fault(database, f"message:{number}", night + timedelta(seconds=number), urgent=True)
        tell_operator(database, rules, night + timedelta(seconds=number))
    assert len(mails(database)) == 1
    tell_operator(database, rules, night + timedelta(hours=1))
    assert len(mails(database)) == 2
    tell_operator(database, rules, night + timedelta(hours=2))
    assert len(mails(database)) == 2


def test_what_was_told_at_once_and_changes_its_words_waits_for_the_morning(database: Database, rules: RulesFile, now: datetime):
    """A mail server answers each time with another queue number."""
    night = now - timedelta(hours=5)
    for hour in range(4):
        fault(database, "channel:staff", night + timedelta(hours=hour), urgent=True, text=f"staff refused us: 451 id {hour}")
        tell_operator(database, rules, night + timedelta(hours=hour))
    assert len(mails(database)) == 1
    assert tell_operator(database, rules, now) == 1


def test_a_mail_at_once_is_not_the_days_mail(database: Database, rules: RulesFile, now: datetime):
    """What waits for the morning still comes in the morning."""
    put(database, now, broken(now))
    fault(database, "channel:staff", now - timedelta(hours=3), urgent=True)
    assert tell_operator(database, rules, now - timedelta(hours=3)) == 1
    assert tell_operator(database, rules, now) == 1
    assert "Courier" not in mails(database)[0] and "Courier" in mails(database)[1]


def test_rules_and_sources_wait_for_the_morning(database: Database, rules: RulesFile, now: datetime):
    """At once is for failed delivery, disk and database alone: the last good rules stay in force meanwhile."""
    rules.path.write_text(rules.path.read_text(encoding="utf-8").replace("@deported", "@deportedd"), encoding="utf-8")
    rules.reread()
    housekeeping.apply(database, rules, now - timedelta(hours=4))
    put(database, now - timedelta(hours=4), broken(now))
    assert tell_operator(database, rules, now - timedelta(hours=4)) == 0
    assert tell_operator(database, rules, now) == 1
    assert "watcher check" in mails(database)[0] and "Courier" in mails(database)[0]


def test_a_full_disk_is_said_at_once_and_a_lock_is_not(database: Database, rules: RulesFile, now: datetime):
    """A full disk loses what comes; a lock is over with the next turn."""
    night = now - timedelta(hours=4)
    with transaction(database):
        operations.beat(database, "leads", problem="the database is locked by another writer for over 30 s")
    assert tell_operator(database, rules, night) == 0
    with transaction(database):
        operations.beat(database, "poll", problem="OperationalError: database or disk is full")
    assert tell_operator(database, rules, night + timedelta(minutes=1)) == 1
    assert "disk is full" in mails(database)[0] and "locked" not in mails(database)[0]
    with transaction(database):
        operations.beat(database, "poll", finished=night + timedelta(minutes=2))
        operations.beat(database, "leads", finished=night + timedelta(minutes=2))
    tell_operator(database, rules, now)
    assert "Over since" in mails(database)[1] and "locked" not in mails(database)[1]


@pytest.mark.parametrize(
    ("known", "told", "often", "due"),
    [(0, 0, False, False), (6, 6, False, False), (7, 7, False, True), (30, 8, False, False), (30, 28, False, True), (3, 1, True, True),
     (9, 1, True, False), (14, 7, True, True)],
)  # fmt: skip
def test_when_a_known_fault_is_due_again(known: int, told: int, often: bool, due: bool, now: datetime):
    """Days since it was told first, and since it was told last."""
    one = Fault("feed:1", "t", "m", False, now - 40 * DAY, now - 40 * DAY, now - told * DAY, now - known * DAY)
    assert again_due(one, often=often, now=now) is due
