"""`watcher outbox`: what an operator sees of messages and does with them; nothing of a feed reaches the terminal raw, and no secret."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from cli_terminal import HOSTILE

from watcher.deliver import build
from watcher.model import Channel, ChannelKind, Message, MessageKind, Rendered
from watcher.store import open_store, outbox, transaction

NOW = datetime(2023, 11, 9, 7, 0, tzinfo=UTC)
FRESH_DIGEST = "INSERT INTO digests (id, audience, number, local_date, period_start, period_end, subject, text, html, at) VALUES ({0}, 1, {0}, '2023-11-0{0}', '2023-11-08', '2023-11-09', 's', 't', 'h', '2023-11-09T07:00:00.000Z')"


@pytest.fixture
def queued(started):
    """An outbox with one message of each kind: a mail, a Slack message, a webhook's event, and a digest that waits for approval."""
    database = open_store(started.folder / "watcher.db")
    rendered = Rendered(
        HOSTILE, f"Whole text.\n\n{HOSTILE}", "", slack=(f"*{HOSTILE}*",), events=({"type": "story.new", "data": {"x": HOSTILE}},)
    )
    kinds = {"files": ChannelKind.FOLDER, "slack": ChannelKind.SLACK, "hook": ChannelKind.WEBHOOK}
    with transaction(database):
        database.conn.execute("INSERT INTO audiences (id, name, created) VALUES (1, 'digest:daily', '2023-11-08T07:00:00.000Z')")
        for place, (name, kind) in enumerate(kinds.items(), start=1):
            identity = f"<{place:0>40}@ngo.example>"
            (frozen,) = build(
                rendered, Channel(name, kind), recipient=name, message_id=identity, date=NOW, name="daily", contact="ops@ngo.example"
            )
            message = Message(f"k{place}", MessageKind.ALERT, name, name, frozen.payload, identity, frozen.bare)
            outbox.add(database, [message], digest=None, now=NOW)
        for number in (1, 2):
            database.conn.execute(FRESH_DIGEST.format(number))
            message = Message(f"d{number}", MessageKind.DIGEST, "files", "files", frozen.payload, f"<d{number}@ngo.example>", frozen.bare)
            outbox.add(database, [message], digest=number, now=NOW, held=True)
    database.conn.close()
    return started


def only_printable(text: str) -> bool:
    return {one for one in text if not one.isprintable()} <= {"\n", "\xa0", "\u3000"}


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_message_is_shown_in_words_and_harmless_for_a_terminal(queued, number: int) -> None:
    """The operator reads what people will get; a headline must not be able to move the cursor."""
    answer = queued.watcher("outbox", "show", str(number))
    assert answer.status == 0
    assert only_printable(answer.out)
    assert "Japan: 25 suspects sent home from Cambodia" in answer.out
    assert "waits; due now" in answer.out
    assert "none yet" in answer.out


def test_a_list_says_the_state_in_words_and_gives_programs_the_same(queued) -> None:
    """`held` alone tells nobody what to do."""
    listed = queued.watcher("outbox", "list").out
    assert listed == queued.watcher("outbox").out
    assert "waits for approval" in listed
    rows = json.loads(queued.watcher("outbox", "list", "--state", "held", "--json").out)
    assert [row["state_in_words"] for row in rows] == ["waits for approval"] * 2
    shown = json.loads(queued.watcher("outbox", "show", "4", "--json").out)
    assert (shown["digest_name"], shown["digest_number"], shown["attempts"]) == ("digest:daily", 1, [])


def test_what_is_held_is_released_and_says_who_did_it(queued) -> None:
    """Two people work on one server: who stopped a message is written beside it."""
    assert "1 message held" in queued.watcher("outbox", "hold", "1", "--by", "Dara").out
    assert "held by a person" in queued.watcher("outbox").out
    assert queued.watcher("outbox", "hold", "1").status == 2
    assert "release 1" in queued.watcher("outbox", "retry", "1").err
    assert "1 message released" in queued.watcher("outbox", "release", "1", "--by", "Dara").out
    assert "by Dara" in queued.watcher("outbox", "show", "1").out


def test_dropping_asks_and_without_a_terminal_needs_yes(queued) -> None:
    """A script or a slip must not drop a week of mail."""
    refused = queued.process("outbox", "discard", "--all")
    assert (refused.status, "add --yes" in refused.err) == (2, True)
    assert queued.watcher("outbox", "discard", "1", "--yes", "--by", "Dara").status == 0
    assert "discarded by a person" in queued.watcher("outbox").out
    assert "retry 1" in queued.watcher("outbox", "discard", "1", "--yes").err
    assert queued.watcher("outbox", "retry", "1").status == 0


def test_several_numbers_of_a_digest_are_named_before_any_goes(queued) -> None:
    """The older one tells what the newer does not; a person says that both are meant."""
    refused = queued.watcher("outbox", "release", "--digest", "daily")
    assert (refused.status, "no. 1, 2 wait" in refused.err, "release 5" in refused.err) == (2, True, True)
    left = queued.watcher("outbox", "release", "--all")
    assert (left.status, "2 wait for approval" in left.err) == (1, True)
    assert "2 messages released" in queued.watcher("outbox", "release", "--digest", "daily", "--all").out


def test_what_was_sent_or_is_for_a_channel_that_is_gone_gets_a_clear_answer(queued) -> None:
    """The error says what to do, not only that it cannot be done."""
    database = open_store(queued.folder / "watcher.db")
    database.conn.execute("UPDATE outbox SET state = 'sent', settled = '2023-11-09T07:01:00.000Z' WHERE id = 1")
    database.conn.close()
    assert "not sent twice" in queued.watcher("outbox", "retry", "1").err
    assert "cannot be called back" in queued.watcher("outbox", "discard", "1", "--yes").err
    queued.watcher("outbox", "hold", "3")
    assert "rules.toml does not name" in queued.watcher("outbox", "release", "3").err
