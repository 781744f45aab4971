"""What waits and for what: removed channels, approvals, a restore; what people get of it when a channel is back; the other way."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from corridor import ENVIRONMENT, RULES, Clock, Reply, column, count, value

from watcher.deliver import build
from watcher.deliver.readable import readable
from watcher.errors import UsageError
from watcher.model import Channel, ChannelKind, Message, MessageKind, Rendered
from watcher.pipeline import housekeeping, outbox_asked
from watcher.pipeline.deliver import deliver
from watcher.pipeline.outbox_asked import Asked
from watcher.pipeline.rules_file import RulesFile
from watcher.pipeline.tools import Tools, open_tools
from watcher.store import holding, operations, outbox, transaction
from watcher.store.telling import audience

OK = Reply(200, b"ok")
GONE = RULES.replace('channels = ["team", "ledger"]', 'channels = ["ledger"]').replace(
    '[[channels]]\nname = "team"\nkind = "slack"\nurl = "${SLACK_URL}"\nallow_private = true\n', ""
)
DETOUR = RULES.replace('name = "team"\nkind = "slack"', 'name = "team"\nfallback = "ops"\nkind = "slack"')


@pytest.fixture
def environment(web) -> dict[str, str]:
    web.replies = {"/slack": [OK], "/ledger": [OK]}
    return {**ENVIRONMENT, "SLACK_URL": f"{web.base}/slack", "LEDGER_URL": f"{web.base}/ledger"}


@pytest_asyncio.fixture
async def with_rules(tmp_path: Path, path: Path, clock: Clock, environment: dict[str, str]) -> AsyncIterator[Callable[[str], Tools]]:
    """Tools with the rules given, on one database; the Slack and the ledger in them are the server on loopback."""
    opened = []

    async def start(text: str = RULES) -> Tools:
        (tmp_path / "rules.toml").write_text(text, encoding="utf-8")
        rules = RulesFile.load(tmp_path / "rules.toml", environment=environment)
        manager = open_tools(rules, path, clock=clock)
        tools = await manager.__aenter__()
        opened.append(manager)
        object.__setattr__(tools, "jitter", lambda: 0.5)
        await tools.writer.run(housekeeping.start, rules, clock())
        return tools

    yield start
    for manager in opened:
        await manager.__aexit__(None, None, None)


def queue(
    tools: Tools, key: str, channel: str = "team", *, kind: MessageKind = MessageKind.ALERT, digest: str | None = None, held: bool = False
) -> None:
    """A real message of its channel's kind, made now; of a digest's or alert's newest number where one is named."""
    kinds = {one.name: one.kind for one in tools.rules.watch.config.channels} | {"team": ChannelKind.SLACK}
    rendered = Rendered(f"Story {key}", f"The whole of story {key}.", "", slack=(f"The whole of *story {key}*.",))
    target = tools.rules.watch.config.channel(channel) or Channel(channel, kinds[channel])
    name = f"<{key.encode().hex():0>40}@ngo.example>"
    frozen = build(rendered, target, recipient=channel, message_id=name, date=tools.clock(), name="test", contact="ops@ngo.example")
    message = Message(key, kind, channel, channel, frozen[0].payload, name, frozen[0].bare)

    def add(database) -> None:
        with transaction(database):
            outbox.add(database, [message], digest=_number(database, digest, tools) if digest else None, now=tools.clock(), held=held)

    tools.writer.now(add)


def _number(database, name: str, tools: Tools) -> int:
    """One more number of a digest, as compose makes it."""
    of = audience(database, name, tools.clock())
    number = 1 + database.conn.execute("SELECT count(*) FROM digests WHERE audience = ?", (of.id,)).fetchone()[0]
    at = tools.clock().isoformat()
    return database.conn.execute(
        "INSERT INTO digests (audience, number, local_date, period_start, period_end, subject, text, html, at) VALUES (?,?,?,?,?,'','','',?)",
        (of.id, number, at[:10], at, at, at),
    ).lastrowid


def states(database) -> list[object]:
    return column(database, "SELECT state || coalesce(' ' || held_for, '') FROM outbox ORDER BY id")


def texts(web) -> list[str]:
    return [readable(body).text for body in web.bodies]


def faults(database) -> dict[str, str]:
    return {one.subject: one.mend for one in operations.faults(database)}


async def test_messages_of_a_removed_channel_are_held_and_told_and_go_when_it_is_back(with_rules, database, web, clock) -> None:
    """A name lost in an edit of rules.toml must cost no message, and nobody has to know a command."""
    tools = await with_rules()
    queue(tools, "1")
    queue(tools, "2")
    tools = await with_rules(GONE)
    assert (await deliver(tools, holder="me")).sent == 0
    assert states(database) == ["held channel", "held channel"]
    assert faults(database) == {"held:channel:team": "watcher outbox discard --channel team"}
    tools = await with_rules()
    assert (await deliver(tools, holder="me")).sent == 2
    assert faults(database) == {}


async def test_while_a_restore_holds_nothing_leaves_until_it_is_released(with_rules, database, web, clock) -> None:
    """What was sent since the backup is unknown: neither what waited in it nor what is new may go by itself."""
    tools = await with_rules()
    queue(tools, "1")
    tools.writer.change_now(holding.hold, "restored from the backup of 9 Nov", clock())
    queue(tools, "2")
    assert (await deliver(tools, holder="me")).sent == 0
    assert states(database) == ["held restore", "held restore"]
    with pytest.raises(UsageError, match="release --all"):
        outbox_asked.meant(database, tools.rules.watch.config, Asked(ids=(1,)), "release")
    meant = outbox_asked.meant(database, tools.rules.watch.config, Asked(everything=True), "release")
    assert tools.writer.change_now(outbox_asked.release, meant, "dara", clock()) == 2
    assert holding.held_since(database) is None
    assert (await deliver(tools, holder="me")).sent == 2


async def test_what_waited_over_a_day_for_people_comes_as_one_message_that_tells_all_of_it_in_order(
    with_rules, database, web, clock
) -> None:
    """A week of mail at once is a pile that nobody reads; and nothing of it may be missing."""
    web.replies["/slack"] = [Reply(403)]
    tools = await with_rules()
    for number in range(1, 5):
        queue(tools, str(number), kind=MessageKind.DIGEST)
        assert (await deliver(tools, holder="me")).sent == 0
        clock.forward(days=1)
    web.replies["/slack"] = [OK]
    queue(tools, "new")
    web.bodies.clear()
    assert (await deliver(tools, holder="me")).sent == 2
    late, fresh = texts(web)
    assert [late.index(f"The whole of story {number}.") for number in range(1, 5)] == sorted(
        late.index(f"The whole of story {number}.") for number in range(1, 5)
    )
    assert late.startswith("While this channel was away, 4 messages waited")
    assert fresh == "The whole of story new."
    assert column(database, "SELECT state FROM outbox WHERE kind = 'digest'") == ["covered"] * 4
    assert value(database, "SELECT count(DISTINCT covered_by) FROM outbox WHERE kind = 'digest'") == 1
    assert count(database, "outbox WHERE kind = 'summary' AND state = 'covered' AND length(payload) > 0") == 0, (
        "an emptied one tells nothing twice"
    )
    clock.forward(days=2)
    assert (await deliver(tools, holder="me")).sent == 0


async def test_one_message_alone_and_what_may_have_arrived_go_as_they_are(with_rules, database, web, clock) -> None:
    """What may have arrived is repeated only under its own name; a summary would hide that it is a repeat."""
    web.replies["/slack"] = [Reply(504), Reply(403)]
    tools = await with_rules()
    queue(tools, "1")
    queue(tools, "2")
    await deliver(tools, holder="me")
    clock.forward(days=2)
    first = web.bodies[0]
    web.replies["/slack"] = [OK]
    web.bodies.clear()
    assert (await deliver(tools, holder="me")).sent == 2
    assert sorted(texts(web)) == ["The whole of story 1.", "The whole of story 2."]
    assert first in web.bodies


async def test_a_receiver_that_is_a_machine_gets_each_event_in_order(with_rules, database, web, clock) -> None:
    """It knows a repeat by its id and cannot read a summary."""
    web.replies["/ledger"] = [Reply(410)]
    tools = await with_rules()
    for number in range(3):
        queue(tools, str(number), channel="ledger")
        await deliver(tools, holder="me")
        clock.forward(days=1)
    await deliver(tools, holder="me")
    web.replies["/ledger"] = [OK]
    web.bodies.clear()
    clock.forward(days=2)
    assert (await deliver(tools, holder="me")).sent == 3
    assert [json.loads(body)["data"]["subject"] for body in web.bodies] == ["Story 0", "Story 1", "Story 2"]


async def test_an_alert_that_its_channel_does_not_take_goes_the_other_way_once_and_says_so(
    with_rules, database, web, clock, tmp_path
) -> None:
    """The webhook was removed at night: the story reaches somebody within a quarter of an hour."""
    web.replies["/slack"] = [Reply(404)]
    tools = await with_rules(DETOUR)
    queue(tools, "1", digest="alert:at-once")
    await deliver(tools, holder="me")
    clock.forward(minutes=14)
    assert (await deliver(tools, holder="me")).sent == 0
    clock.forward(minutes=1)
    assert (await deliver(tools, holder="me")).sent == 1
    for _ in range(5):
        clock.forward(hours=1)
        assert (await deliver(tools, holder="me")).sent == 0
    payload = value(database, "SELECT payload FROM outbox WHERE channel = 'ops' AND state = 'sent'")
    said = readable(payload)
    assert said.subject == "Story 1 (not taken by team)"
    assert "The channel team has not taken this message" in said.text
    assert "The whole of story 1." in said.text
    assert value(database, "SELECT digest FROM outbox WHERE instead_of = 1") == value(database, "SELECT digest FROM outbox WHERE id = 1")
    web.replies["/slack"] = [OK]
    clock.forward(days=1)
    assert (await deliver(tools, holder="me")).sent == 1, "and there too, when it is mended"


async def test_no_other_way_where_the_alert_goes_there_already_or_is_a_digest(with_rules, database, web, clock) -> None:
    """Nobody gets the same twice because one of two channels is down."""
    web.replies["/slack"] = [Reply(404)]
    tools = await with_rules(DETOUR)
    queue(tools, "1", digest="alert:at-once")
    database.conn.execute(
        "INSERT INTO outbox (key, kind, digest, channel, recipient, payload, message_id, state, created, settled) "
        "SELECT 'there', 'alert', digest, 'ops', 'ops', x'00', '<2@x>', 'sent', created, created FROM outbox"
    )
    queue(tools, "3", kind=MessageKind.DIGEST)
    clock.forward(hours=2)
    await deliver(tools, holder="me")
    assert count(database, "outbox WHERE instead_of IS NOT NULL") == 0


async def test_a_digest_that_waits_for_approval_is_told_and_goes_by_its_name(with_rules, database, web, clock) -> None:
    """The operator reads it first; the line with the command is there until it went."""
    tools = await with_rules()
    queue(tools, "1", kind=MessageKind.DIGEST, digest="digest:daily", held=True)
    assert (await deliver(tools, holder="me")).sent == 0
    assert faults(database) == {"held:approval:daily": "watcher outbox release --digest daily"}
    meant = outbox_asked.meant(database, tools.rules.watch.config, Asked(digest="daily"), "release")
    tools.writer.change_now(outbox_asked.release, meant, "dara", clock())
    assert faults(database) == {}
    assert (await deliver(tools, holder="me")).sent == 1


async def test_an_older_digest_never_goes_silently_beside_a_newer_one(with_rules, database, web, clock) -> None:
    """Each tells what the other does not: a person says that both are meant, or drops the old one knowingly."""
    tools = await with_rules()
    for number in ("1", "2"):
        queue(tools, number, kind=MessageKind.DIGEST, digest="digest:daily", held=True)
        clock.forward(days=1)
    await deliver(tools, holder="me")
    assert faults(database) == {"held:approval:daily": "watcher outbox release --digest daily --all"}
    config = tools.rules.watch.config
    with pytest.raises(UsageError, match="release 2"):
        outbox_asked.meant(database, config, Asked(digest="daily"), "release")
    everything = outbox_asked.meant(database, config, Asked(everything=True), "release")
    assert not everything.rows, "--all alone approves nothing"
    assert "wait for approval" in everything.left[0]
    meant = outbox_asked.meant(database, config, Asked(digest="daily", everything=True), "release")
    tools.writer.change_now(outbox_asked.release, meant, "dara", clock())
    assert (await deliver(tools, holder="me")).sent == 1, "both in one message: they are days old"
    assert [f"story {one}" in texts(web)[0] for one in (1, 2)] == [True, True]


async def test_retrying_a_channel_does_not_approve_what_waits_there(with_rules, database, web, clock) -> None:
    """The command that follows a mended password must not send a digest nobody has read."""
    tools = await with_rules()
    queue(tools, "1", kind=MessageKind.DIGEST, digest="digest:daily", held=True)
    assert tools.writer.change_now(outbox.retry, now=clock(), channel="team") == 0
    with pytest.raises(UsageError, match=r"waits for approval.*release 1"):
        outbox_asked.meant(database, tools.rules.watch.config, Asked(ids=(1,)), "retry")


async def test_a_dropped_message_stays_and_can_still_be_sent_by_its_number(with_rules, database, web, clock) -> None:
    """Dropping is a decision with a name on it, not a deletion."""
    tools = await with_rules()
    queue(tools, "1")
    config = tools.rules.watch.config
    tools.writer.change_now(outbox_asked.discard, outbox_asked.meant(database, config, Asked(ids=(1,)), "discard"), "dara", clock())
    assert (await deliver(tools, holder="me")).sent == 0
    assert states(database) == ["discarded"]
    assert column(database, "SELECT outcome || ' by ' || answer FROM attempts") == ["discarded by dara"]
    assert outbox.undelivered_list(database, clock() + timedelta(days=1)) == []
    with pytest.raises(UsageError, match="was dropped"):
        outbox_asked.meant(database, config, Asked(ids=(1,)), "release")
    tools.writer.change_now(outbox_asked.retry, outbox_asked.meant(database, config, Asked(ids=(1,)), "retry"), "dara", clock())
    assert (await deliver(tools, holder="me")).sent == 1


async def test_a_quiet_outbox_is_only_read(with_rules, database, web, clock, path) -> None:
    """A look every five seconds must not wear out the disk of a small machine."""
    tools = await with_rules()
    queue(tools, "1")
    await deliver(tools, holder="me")
    before = path.stat().st_mtime_ns
    for _ in range(5):
        clock.forward(seconds=5)
        await deliver(tools, holder="me")
    assert path.stat().st_mtime_ns == before
