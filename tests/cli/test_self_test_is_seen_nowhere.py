"""Every command says the same with and without the rows of a self-test: nobody must ever count, export or send a made-up report."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cli_terminal import Operator

from watcher.pipeline import canary
from watcher.pipeline.deliver import deliver
from watcher.pipeline.rules_file import RulesFile
from watcher.pipeline.self_test import self_test
from watcher.pipeline.tools import open_tools
from watcher.store import open_reader

# Every command that shows something of the archive; those that only write, or show files of the operator, have nothing to leak.
VIEWS = [
    "stories --json", "stories --ledger --json", "stories show 1", "stories review", "stories --search Norwegians", "export --csv -",
    "explain #1 --json", "rules missed --json", "rules labels --json", "rules test --json", "rules try rules.toml --json", "rules apply --json",
    "feeds --json", "feeds health --json", "channels --json", "outbox --json", "backfill gaps",
]  # fmt: skip
WORDS = ("norwegian", "4711", "4,711", "self-test:", "made up by watcher", "self-test.invalid")


def test_no_command_shows_or_counts_a_self_test(newsroom: Operator) -> None:
    """With the rows of two days there, one message still on its way, every command prints what it printed before."""
    newsroom.watcher("poll", "--no-leads")
    before = {line: _printed(newsroom, line) for line in VIEWS}
    digest, status = _digest(newsroom), _status(newsroom)
    asyncio.run(_self_tests(newsroom.folder))
    rows = open_reader(newsroom.folder / "watcher.db").execute(
        "SELECT count(*) FROM entries JOIN feeds ON feeds.id = entries.feed WHERE kind = 'canary'"
    )
    assert rows.fetchone()[0] == 2
    after = {line: _printed(newsroom, line) for line in VIEWS}
    assert {line: answer for line, answer in after.items() if answer != before[line]} == {}
    assert _digest(newsroom) == digest
    assert _status(newsroom) == status
    printed = "".join((*after.values(), digest)).lower()
    assert [word for word in WORDS if word in printed.replace("--search norwegians", "").replace('"norwegians"', "")] == []


async def _self_tests(folder: Path) -> None:
    """One that passed a day ago, and one whose message is not delivered yet."""
    rules = RulesFile.load(folder / "rules.toml")
    for ago, delivered in ((1, True), (0, False)):
        moment = datetime.now(UTC) - timedelta(days=ago)
        async with open_tools(rules, folder / "watcher.db", clock=lambda at=moment: at) as tools:
            await self_test(tools)
            if delivered:
                await deliver(tools, holder="test")
                await self_test(tools)
    assert list(Path(canary.own_folder(folder / "watcher.db").folder).glob("*.eml"))


def _printed(newsroom: Operator, line: str) -> str:
    """What a command prints, without the time at which it was asked."""
    answer = newsroom.watcher(*line.split())
    asked = answer.out if "rules try" not in line else re.sub(r'"(since|seconds)": .*', "", answer.out)
    return f"{answer.status} {asked} {answer.err}"


def _digest(newsroom: Operator) -> str:
    """The digest but for the one line that is about the self-test, and the minute it was made."""
    lines = newsroom.watcher("digest").out.splitlines()
    return "\n".join(line for line in lines if "elf-test" not in line and ":" not in line)


def _status(newsroom: Operator) -> dict[str, object]:
    found: dict[str, object] = json.loads(newsroom.watcher("status", "--json").out)
    return {key: value for key, value in found.items() if key not in ("self_test", "watchdog")}
