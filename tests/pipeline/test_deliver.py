"""The deliver loop: claim, send, settle; what a channel answers decides, and one channel never stops another."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from corridor import ENVIRONMENT, RULES, Clock, Reply, break_writes, column, count, mend_writes, value

from watcher.deliver.retry import DOUBT
from watcher.model import Message, MessageKind
from watcher.pipeline import housekeeping
from watcher.pipeline.deliver import deliver, give_back_lease, take_lease, take_over
from watcher.pipeline.rules_file import RulesFile
from watcher.pipeline.tools import Tools, open_tools
from watcher.store import operations, outbox, outbox_hands, transaction
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
    await die_after_sending(sender, database)
    clock.forward(seconds=LEASE.total_seconds() - 1)
    assert (await deliver(sender, holder="me")).sent == 0, "somebody may still be sending it"
    clock.forward(seconds=2)
    assert (await deliver(sender, holder="me")).sent == 1
    assert web.bodies[0] == web.bodies[1]
    assert column(database, "SELECT outcome FROM attempts ORDER BY id") == [None, "sent"]


async def die_after_sending(tools: Tools, database) -> None:
    """A turn whose process ends after the receiver's answer and before its record: what it remembered is gone."""
    break_writes(database, "UPDATE OF state ON outbox", when="NEW.state = 'sent'")
    with pytest.raises(sqlite3.IntegrityError):
        await deliver(tools, holder="me")
    mend_writes(database)
    tools.unsettled.clear()


async def test_who_knows_its_predecessor_to_be_dead_sends_at_once_where_repeats_are_known_and_after_the_doubt_elsewhere(
    sender, database, web, clock
) -> None:
    """After a restart nobody waits for a lease of twenty minutes; Slack, which cannot know a repeat, gets the ten that a server may need."""
    queue(sender, "1", channel="ledger")
    await die_after_sending(sender, database)
    queue(sender, "2", channel="team")
    await die_after_sending(sender, database)
    assert await take_over(sender, holder="another") == 0, "what others send is theirs"
    assert await take_over(sender, holder="me") == 2
    assert (await deliver(sender, holder="me")).sent == 1
    clock.forward(seconds=DOUBT.total_seconds() - 1)
    assert (await deliver(sender, holder="me")).sent == 0
    clock.forward(seconds=1)
    assert (await deliver(sender, holder="me")).sent == 1
    assert sorted(web.bodies[:2]) == sorted(web.bodies[2:]), "the same bytes, and so the same names"


async def test_what_ends_the_program_twice_is_held_and_told_and_goes_on_when_a_person_says_so(sender, database, web, clock) -> None:
    """One poisoned message must not end the service again and again, and is not dropped either."""
    queue(sender, "1")
    for _ in range(2):
        await die_after_sending(sender, database)
        await take_over(sender, holder="me")
        clock.forward(minutes=11)
    queue(sender, "2")
    assert (await deliver(sender, holder="me")).sent == 1, "the others go on"
    assert column(database, "SELECT state || ' ' || coalesce(held_for, '') FROM outbox ORDER BY id") == ["held crashed", "sent "]
    (fault,) = operations.faults(database)
    assert (fault.mend, fault.urgent) == ("watcher outbox release 1", True)
    assert "twice" in outbox.undelivered_list(database, clock())[0].why
    sender.writer.change_now(outbox_hands.release, [1], clock(), by="dara")
    assert (await deliver(sender, holder="me")).sent == 1
    await deliver(sender, holder="me")
    assert operations.faults(database) == []


async def test_an_answer_that_cannot_be_written_down_stops_all_sending_until_it_can(sender, database, web, clock) -> None:
    """A full disk: what was sent and is not known as sent would be sent again, and so would all that follows."""
    queue(sender, "1")
    queue(sender, "2")
    break_writes(database, "UPDATE OF state ON outbox", when="NEW.state = 'sent'")
    for _ in range(3):
        with pytest.raises(sqlite3.IntegrityError):
            await deliver(sender, holder="me")
        clock.forward(hours=1)
    assert len(web.bodies) == 1
    mend_writes(database)
    assert (await deliver(sender, holder="me")).sent == 1
    assert [json.loads(body)["text"] for body in web.bodies] == ["1", "2"], "each once"
    assert column(database, "SELECT state FROM outbox") == ["sent", "sent"]


async def test_a_message_our_program_fails_on_is_tried_in_its_plainer_form_then_held_and_costs_nothing_else(
    sender, database, web, clock
) -> None:
    """A bug in one way out is told with a command, and costs that message only."""
    queue(sender, "1", channel="staff")  # a folder takes mails, and this is none
    queue(sender, "2")
    report = await deliver(sender, holder="me")
    assert (report.sent, report.again) == (1, 1)
    clock.forward(minutes=11)
    assert (await deliver(sender, holder="me")).dead == 1
    await deliver(sender, holder="me")
    assert column(database, "SELECT state FROM outbox ORDER BY id") == ["held", "sent"]
    (fault,) = operations.faults(database)
    assert (fault.mend, fault.urgent) == ("watcher outbox release 1", True)
    assert "ValueError" in fault.text


async def test_a_receiver_that_says_no_three_times_is_told_to_the_operator_while_we_go_on(sender, database, web, clock) -> None:
    """A 422 may be a bug over there: a person should look, and the event waits for them."""
    web.replies["/ledger"] = [Reply(422, b"unknown field")]
    queue(sender, "1", channel="ledger")
    for tries in range(1, 4):
        assert (await deliver(sender, holder="me")).again == 1
        assert len(operations.faults(database)) == (tries == 3)
        clock.forward(hours=1)


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


async def test_log_1_no_secret_is_in_the_database_after_failures(sender, database, web, path) -> None:
    """Backups go to places that addresses with tokens must not."""
    web.replies["/slack"] = [Reply(500, b"error at /slack with token")]
    queue(sender, "1")
    await deliver(sender, holder="me")
    assert count(database, "attempts") == 1
    assert f"{web.base}/slack".encode() not in path.read_bytes()


async def test_what_comes_due_while_one_destination_hangs_goes_out_all_the_same(tmp_path, path, clock, environment, database, web) -> None:
    """A mail server may take ten minutes for one answer; Slack must not wait for it, nor hear anything twice."""
    released = asyncio.Event()

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await released.wait()
        writer.close()

    async with await asyncio.start_server(hang, "127.0.0.1", 0) as server:
        hanging = {**environment, "LEDGER_URL": f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"}
        (tmp_path / "rules.toml").write_text(RULES, encoding="utf-8")
        rules = RulesFile.load(tmp_path / "rules.toml", environment=hanging)
        async with open_tools(rules, path, clock=clock) as tools:
            await tools.writer.run(housekeeping.start, rules, clock())
            queue(tools, "1", "ledger")
            first = asyncio.create_task(deliver(tools, holder="me"))
            while not column(database, "SELECT id FROM outbox WHERE state = 'sending'"):
                await asyncio.sleep(0.01)
            queue(tools, "2", "team")
            queue(tools, "3", "ledger")
            assert (await deliver(tools, holder="me")).sent == 1
            assert not first.done()
            assert column(database, "SELECT state FROM outbox ORDER BY id") == ["sending", "sent", "pending"], "one at a time to one place"
            released.set()
            assert (await first).again == 2
    assert web.asked == ["/slack"]
