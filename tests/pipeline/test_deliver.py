"""The deliver loop: claim, send, settle; what a channel answers decides, and one channel never stops another."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from corridor import ENVIRONMENT, RULES, Clock, Reply, break_writes, column, count, mend_writes, value

from watcher.model import Message, MessageKind
from watcher.pipeline import housekeeping
from watcher.pipeline.deliver import deliver, give_back_lease, take_lease
from watcher.pipeline.rules_file import RulesFile
from watcher.pipeline.tools import Tools, open_tools
from watcher.store import operations, outbox, transaction
from watcher.store.outbox import LEASE

OK = Reply(200, b"ok")


@pytest.fixture
def environment(web) -> dict[str, str]:
    web.replies = {"/slack": [OK], "/ledger": [OK]}
    return {**ENVIRONMENT, "SLACK_URL": f"{web.base}/slack", "LEDGER_URL": f"{web.base}/ledger"}


@pytest_asyncio.fixture
async def sender(tmp_path: Path, path: Path, clock: Clock, environment: dict[str, str]) -> AsyncIterator[Tools]:
    """Tools whose Slack and ledger are the server on loopback, and whose dice always fall in the middle."""
    file = tmp_path / "rules.toml"
    file.write_text(RULES, encoding="utf-8")
    rules = RulesFile.load(file, environment=environment)
    async with open_tools(rules, path, clock=clock) as tools:
        object.__setattr__(tools, "jitter", lambda: 0.5)
        await tools.writer.run(housekeeping.start, rules, clock())
        yield tools


def queue(tools: Tools, key: str, channel: str = "team", kind: MessageKind = MessageKind.ALERT) -> None:
    message = Message(
        key=key, kind=kind, channel=channel, recipient=channel, payload=json.dumps({"text": key}).encode(),
        bare=json.dumps({"text": f"{key}, plainer"}).encode(), message_id=f"<{key:0>40}@ngo.example>",
    )  # fmt: skip

    def add(database) -> None:
        with transaction(database):
            outbox.add(database, [message], digest=None, now=tools.clock())

    tools.writer.now(add)


async def test_an_accepted_message_is_settled_and_never_sent_again(sender, database, web) -> None:
    """The plain case."""
    queue(sender, "1")
    assert (await deliver(sender, holder="me")).sent == 1
    assert (await deliver(sender, holder="me")).sent == 0
    assert web.asked == ["/slack"]
    assert column(database, "SELECT state FROM outbox") == ["sent"]
    assert column(database, "SELECT outcome FROM attempts") == ["sent"]


async def test_what_may_pass_is_tried_again_at_its_time_with_the_same_bytes(sender, database, web, clock) -> None:
    """Slack under load says when to come back; until then it is left alone."""
    web.replies["/slack"] = [Reply(429, b"", {"Retry-After": "90"}), Reply(503), OK]
    queue(sender, "1")
    assert (await deliver(sender, holder="me")).again == 1
    clock.forward(seconds=89)
    assert await deliver(sender, holder="me") == type(await deliver(sender, holder="me"))()
    clock.forward(seconds=2)
    assert (await deliver(sender, holder="me")).again == 1
    clock.forward(minutes=11)
    assert (await deliver(sender, holder="me")).sent == 1
    assert web.bodies[0] == web.bodies[1] == web.bodies[2]
    assert column(database, "SELECT outcome FROM attempts ORDER BY id") == ["again", "again", "sent"]


async def test_a_form_that_is_refused_is_sent_once_more_in_its_plain_form(sender, database, web) -> None:
    """A block that Slack does not like must not cost the story."""
    web.replies["/slack"] = [Reply(400, b"invalid_blocks"), OK]
    queue(sender, "1")
    assert (await deliver(sender, holder="me")).sent == 1
    assert [json.loads(body)["text"] for body in web.bodies] == ["1", "1, plainer"]


async def test_what_can_never_be_taken_is_dead_and_told_to_the_operator_until_it_was_sent(sender, database, web) -> None:
    """Given up is not forgotten: the row stays, the operator gets the command, and the line closes when it worked."""
    web.replies["/slack"] = [Reply(400, b"invalid_blocks"), Reply(400, b"invalid_blocks"), OK]
    queue(sender, "1")
    report = await deliver(sender, holder="me")
    assert (report.dead, value(database, "SELECT state FROM outbox")) == (1, "dead")
    (fault,) = operations.faults(database)
    assert (fault.mend, fault.urgent) == ("watcher outbox retry 1", True)
    sender.writer.now(outbox.retry, now=sender.clock(), ids=[1])
    assert (await deliver(sender, holder="me")).sent == 1
    assert operations.faults(database) == []


async def test_a_fault_of_the_channel_makes_all_its_messages_wait_and_no_other(sender, database, web, clock) -> None:
    """A revoked webhook: its messages keep until it is mended, and the other system hears all the same."""
    web.replies["/slack"] = [Reply(403, b"invalid_token")]
    for key in ("1", "2", "3"):
        queue(sender, key)
    queue(sender, "4", channel="ledger")
    report = await deliver(sender, holder="me")
    assert (report.sent, report.again, report.dead) == (1, 1, 0)
    assert web.asked.count("/slack") == 1
    assert column(database, "SELECT state FROM outbox ORDER BY id") == ["pending", "pending", "pending", "sent"]
    (fault,) = operations.faults(database)
    assert (fault.subject, fault.mend) == ("channel:team", "watcher outbox retry --channel team")
    web.replies["/slack"] = [OK]
    sender.writer.now(outbox.retry, now=clock(), channel="team")
    assert (await deliver(sender, holder="me")).sent == 3
    assert operations.faults(database) == []


async def test_a_removed_webhook_keeps_its_messages(sender, database, web, clock) -> None:
    """404 cannot pass by itself, but a person can put a new address into .env; nothing is given up meanwhile."""
    web.replies["/slack"] = [Reply(404, b"no_service")]
    queue(sender, "1")
    for _ in range(12):
        await deliver(sender, holder="me")
        clock.forward(days=1, minutes=5)
    assert column(database, "SELECT state FROM outbox") == ["pending"]
    assert [fault.subject for fault in operations.faults(database)] == ["channel:team"]


async def test_a_message_does_not_age_while_its_channel_is_down(sender, database, web, clock) -> None:
    """Slack refused us for a month; the first hiccup after it was mended must not end the message's life."""
    web.replies["/slack"] = [Reply(403)]
    queue(sender, "1")
    for _ in range(40):
        await deliver(sender, holder="me")
        clock.forward(hours=2)
    assert web.asked.count("/slack") == 40
    web.replies["/slack"] = [Reply(500), OK]
    assert (await deliver(sender, holder="me")).again == 1
    clock.forward(minutes=1)
    assert (await deliver(sender, holder="me")).sent == 1


async def test_a_channel_without_its_secret_is_paused_alone(tmp_path, path, clock, environment, web, database) -> None:
    """Its messages wait for the secret; the others go out."""
    (tmp_path / "rules.toml").write_text(RULES, encoding="utf-8")
    without = {name: text for name, text in environment.items() if name != "SLACK_URL"}
    async with open_tools(RulesFile.load(tmp_path / "rules.toml", environment=without), path, clock=clock) as tools:
        queue(tools, "1")
        queue(tools, "2", channel="ledger")
        assert (await deliver(tools, holder="me")).sent == 1
    assert web.asked == ["/ledger"]
    assert column(database, "SELECT state FROM outbox ORDER BY id") == ["pending", "sent"]
    assert column(database, "SELECT attempt FROM outbox ORDER BY id") == [0, 1], "waiting is no failed try"


async def test_a_crash_between_the_answer_and_its_record_repeats_the_message_under_its_name(sender, database, web, clock) -> None:
    """The one place where a repeat cannot be avoided: the receiver knows it by its id."""
    queue(sender, "1", channel="ledger")
    break_writes(database, "UPDATE OF state ON outbox", when="NEW.state = 'sent'")
    with pytest.raises(sqlite3.IntegrityError):
        await deliver(sender, holder="me")
    assert value(database, "SELECT state FROM outbox") == "sending"
    mend_writes(database)
    clock.forward(seconds=LEASE.total_seconds() - 1)
    assert (await deliver(sender, holder="me")).sent == 0, "somebody may still be sending it"
    clock.forward(seconds=2)
    assert (await deliver(sender, holder="me")).sent == 1
    assert web.bodies[0] == web.bodies[1]
    assert column(database, "SELECT outcome FROM attempts ORDER BY id") == [None, "sent"]


async def test_a_channel_that_breaks_unforeseen_does_not_stop_the_others(sender, database, web) -> None:
    """A bug in one way out is shown, and costs that way only."""
    queue(sender, "1", channel="staff")  # a folder takes mails, and this is none
    queue(sender, "2")
    with pytest.raises(ValueError, match="Invalid date"):
        await deliver(sender, holder="me")
    assert value(database, "SELECT state FROM outbox WHERE channel = 'team'") == "sent"


async def test_only_one_sender_at_a_time(sender, database, web, clock) -> None:
    """Two services started by mistake, on two machines: one of them sends."""
    queue(sender, "1")
    assert sender.writer.now(take_lease, "the other", clock())
    assert (await deliver(sender, holder="me")).sent == 0
    sender.writer.now(give_back_lease, "the other")
    assert (await deliver(sender, holder="me")).sent == 1


async def test_a_dead_senders_lease_ends_by_itself(sender, web, clock) -> None:
    """Nobody has to notice the death."""
    queue(sender, "1")
    assert sender.writer.now(take_lease, "the dead", clock())
    clock.now += operations.SENDER_LEASE + timedelta(seconds=1)
    assert (await deliver(sender, holder="me")).sent == 1


async def test_no_secret_is_in_the_database_after_failures(sender, database, web, path) -> None:
    """Backups go to places that addresses with tokens must not."""
    web.replies["/slack"] = [Reply(500, b"error at /slack with token")]
    queue(sender, "1")
    await deliver(sender, holder="me")
    assert count(database, "attempts") == 1
    assert f"{web.base}/slack".encode() not in path.read_bytes()
