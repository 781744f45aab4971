"""The drill of the worst day: backup, more is sent, restore; nothing goes out by itself, and a person decides."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from corridor import ENVIRONMENT, RULES, Clock, Reply, column

from watcher.model import Message, MessageKind
from watcher.pipeline import housekeeping
from watcher.pipeline.deliver import deliver
from watcher.pipeline.rules_file import RulesFile
from watcher.pipeline.tools import Tools, open_tools
from watcher.store import holding, open_reader, outbox, outbox_hands, transaction
from watcher.store.backup import back_up_into
from watcher.store.restore import restore


@pytest.fixture
def rules(tmp_path: Path, web) -> RulesFile:
    web.replies = {"/slack": [Reply(200, b"ok")]}
    file = tmp_path / "rules.toml"
    file.write_text(RULES, encoding="utf-8")
    return RulesFile.load(file, environment={**ENVIRONMENT, "SLACK_URL": f"{web.base}/slack"})


def _queue(tools: Tools, key: str) -> None:
    payload = json.dumps({"text": key}).encode()
    message = Message(
        key=key, kind=MessageKind.ALERT, channel="team", recipient="team", payload=payload, message_id=f"<{key:0>40}@ngo.example>"
    )

    def add(database) -> None:
        with transaction(database):
            outbox.add(database, [message], digest=None, now=tools.clock())

    tools.writer.now(add)


def _let_go(database, now, *, discard: bool) -> None:
    """What `watcher outbox release --all` and `discard --all` do."""
    with transaction(database):
        ids = [row[0] for row in database.conn.execute("SELECT id FROM outbox WHERE state = 'held'")]
        if discard:
            outbox_hands.discard(database, ids, now, by="a person")
        else:
            outbox_hands.release(database, ids, now)
        holding.release(database, now)


@pytest.mark.parametrize("discard", [False, True])
async def test_a_restore_sends_nothing_unasked(tmp_path: Path, path: Path, clock: Clock, rules: RulesFile, web, discard: bool) -> None:
    """Of a message that was sent after the backup nobody knows any more; it must not go again before a person said so."""
    async with open_tools(rules, path, clock=clock) as tools:
        await tools.writer.run(housekeeping.start, rules, clock())
        _queue(tools, "before the backup")
        assert (await deliver(tools, holder="here:run")).sent == 1
        _queue(tools, "waiting at the backup")
        saved = back_up_into(path, tmp_path / "backups", clock()).path
        assert (await deliver(tools, holder="here:run")).sent == 1
        clock.forward(hours=2)
        _queue(tools, "after the backup")
        assert (await deliver(tools, holder="here:run")).sent == 1
    assert len(web.asked) == 3

    done = restore(saved, path, clock(), holder="here:run")
    assert done.held == 1
    async with open_tools(rules, path, clock=clock) as tools:
        await tools.writer.run(housekeeping.start, rules, clock())
        _queue(tools, "made after the restore")
        for _ in range(10):
            clock.forward(hours=2)
            await deliver(tools, holder="here:run")
        assert len(web.asked) == 3, "nothing goes out unasked"
        tools.writer.now(_let_go, clock(), discard=discard)
        _queue(tools, "made after the release")
        clock.forward(minutes=1)
        sent = (await deliver(tools, holder="here:run")).sent
    assert sent == (1 if discard else 3)
    bodies = [json.loads(body)["text"] for body in web.bodies]
    assert bodies.count("before the backup") == 1, "what the backup knows to be sent is never sent again"
    assert bodies.count("waiting at the backup") == (1 if discard else 2), "the choice of a person, with the same bytes"
    assert column(open_reader(path), "SELECT count(*) FROM outbox WHERE state = 'held'") == [0]
