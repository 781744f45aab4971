"""The outbox: queued once, claimed by one, settled by whoever holds the lease, never lost."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlite_utils import Database

from watcher.model import Message, MessageKind
from watcher.store import execute, holding, outbox, outbox_keeping, select, transaction

MAIL = Message(
    key="digest|staff|a@b.test|1",
    kind=MessageKind.DIGEST,
    channel="staff",
    recipient="a@b.test",
    payload=b"full",
    message_id="<1@b.test>",
    bare=b"bare",
)


def queue(database: Database, now: datetime, *messages: Message) -> int:
    with transaction(database):
        return outbox.add(database, messages or (MAIL,), digest=None, now=now)


def claim(database: Database, now: datetime) -> list[Message]:
    with transaction(database):
        return outbox.claim(database, now, ["staff"])


def test_a_key_is_queued_once(database: Database, now: datetime):
    """Composing again after a crash adds nothing."""
    assert (queue(database, now), queue(database, now)) == (1, 0)


def test_a_claimed_message_is_hidden_until_its_lease_ends(database: Database, now: datetime):
    """A worker that dies leaves its message due again; nothing has to notice the death."""
    queue(database, now)
    assert [one.attempt for one in claim(database, now)] == [1]
    assert claim(database, now + outbox.LEASE - timedelta(seconds=1)) == []
    assert [one.attempt for one in claim(database, now + outbox.LEASE)] == [2]


def test_a_late_worker_cannot_settle(database: Database, now: datetime):
    """A paused process that wakes after its lease must not mark what another is sending."""
    queue(database, now)
    late = claim(database, now)[0]
    current = claim(database, now + outbox.LEASE)[0]
    with transaction(database):
        assert not outbox.dead(database, late, code=550, answer="no", now=now)
        assert outbox.sent(database, current, code=250, answer="ok", now=now)
    assert outbox.listing(database)[0].state == "sent"
    assert [row["outcome"] for row in select(database, "SELECT outcome FROM attempts ORDER BY id")] == ["never", "sent"]


def test_a_sent_message_stays_sent_and_a_frozen_one_stays_frozen(database: Database, now: datetime):
    """The database itself refuses to send twice or to change what was promised."""
    queue(database, now)
    message = claim(database, now)[0]
    with transaction(database):
        outbox.sent(database, message, code=250, answer="ok", now=now)
    with pytest.raises(sqlite3.IntegrityError, match="stays sent"):
        execute(database, "UPDATE outbox SET state = 'pending'")
    with pytest.raises(sqlite3.IntegrityError, match="frozen"):
        execute(database, "UPDATE outbox SET payload = x'00'")
    with transaction(database):
        assert outbox.retry(database, now=now, channel="staff") == 0


def test_a_refused_form_is_tried_again_in_its_plain_form(database: Database, now: datetime):
    """A server that chokes on the full mail gets the bare one, under the same id."""
    queue(database, now)
    message = claim(database, now)[0]
    with transaction(database):
        outbox.again(database, message, at=now, code=554, answer="content", now=now, ambiguous=False, bare=True)
    again = claim(database, now)[0]
    assert (again.payload, again.message_id) == (b"bare", message.message_id)


def test_a_dead_message_stays_and_can_be_tried_again(database: Database, now: datetime):
    """Given up is not lost."""
    queue(database, now)
    with transaction(database):
        outbox.dead(database, claim_inside(database, now), code=550, answer="no such user", now=now)
    assert outbox.undelivered(database, now) == 1
    with transaction(database):
        assert outbox.retry(database, now=now, ids=[1]) == 1
    assert len(claim(database, now)) == 1


def claim_inside(database: Database, now: datetime) -> Message:
    return outbox.claim(database, now, ["staff"])[0]


def test_only_the_channels_asked_for_are_claimed(database: Database, now: datetime):
    """A paused channel's messages wait; the others go."""
    queue(database, now)
    with transaction(database):
        assert outbox.claim(database, now, ["slack"]) == []
        assert outbox.claim(database, now, []) == []


def test_what_did_not_get_through_is_listed_by_what_it_is_and_without_an_address(database: Database, now: datetime):
    """The next mail names it to other people: a server's answer likes to repeat whom it refused."""
    queue(database, now)
    queue(database, now, replace(MAIL, key="digest|staff|b@b.test|1", recipient="b@b.test"))
    queue(database, now, replace(MAIL, key="test|staff", kind=MessageKind.TEST))
    with transaction(database):
        for message in claim_all(database, now)[:2]:
            outbox.dead(database, message, code=550, answer=f"5.1.1 <{message.recipient}>: see https://mail.test/x?token=1", now=now)
    (found,) = outbox.undelivered_list(database, now + timedelta(days=1))
    assert (found.messages, found.channel, found.since) == (2, "staff", now)
    assert found.why == "given up: 5.1.1 (address): see (address)"
    assert outbox.undelivered_list(database, now + timedelta(days=1), given_up_since=now + timedelta(hours=1)) == []


def claim_all(database: Database, now: datetime) -> list[Message]:
    return outbox.claim(database, now, ["staff"])


def test_what_a_summary_tells_is_not_sent_beside_it_and_only_a_replaced_summary_may_be_emptied(database: Database, now: datetime):
    """The database itself refuses to tell twice, and to lose what a message said."""
    queue(database, now)
    queue(database, now, replace(MAIL, key="summary", kind=MessageKind.SUMMARY))
    with transaction(database):
        outbox_keeping.cover(database, [1], "summary", now)
    with pytest.raises(sqlite3.IntegrityError, match="not sent beside it"):
        execute(database, "UPDATE outbox SET state = 'pending' WHERE id = 1")
    with pytest.raises(sqlite3.IntegrityError, match="frozen"):
        execute(database, "UPDATE outbox SET payload = x'' WHERE id = 1")
    with pytest.raises(sqlite3.IntegrityError, match="frozen"):
        execute(database, "UPDATE outbox SET payload = x'' WHERE id = 2")
    assert outbox.row(database, 1).covered_by == 2


def test_everything_waits_while_a_restore_holds(database: Database, now: datetime):
    """What was sent since the backup is unknown; nothing new may overtake the answer."""
    with transaction(database):
        holding.hold(database, "restored", now)
    queue(database, now)
    assert (outbox.row(database, 1).state, outbox.row(database, 1).held_for) == ("held", "restore")


def test_what_was_put_off_while_the_clock_ran_a_year_ahead_is_due_again(database: Database, now: datetime):
    """For an hour the server believed it was next year; its messages must not wait until then."""
    queue(database, now)
    ahead = now + timedelta(days=365)
    claimed = claim(database, ahead)[0]
    with transaction(database):
        outbox.again(database, claimed, at=ahead + timedelta(hours=1), code=503, answer="busy", now=ahead, ambiguous=False, bare=False)
    assert not outbox.any_due(database, ahead, "staff"), "an hour is an hour"
    assert outbox.any_due(database, now, "staff")
    assert [one.id for one in claim(database, now)] == [claimed.id]
