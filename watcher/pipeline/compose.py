"""The compose loop: untold changes -> digests, alerts and operator messages in the outbox.

For each audience one transaction: its messages, the local dates they stand for, and what they tell marked as told to
it. What is due comes from the database; the rooms decide what is worth telling and how it reads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from watcher import store
from watcher.config import DigestConfig
from watcher.pipeline import alerts, digests
from watcher.pipeline.due import note_absence
from watcher.pipeline.operator import tell_operator
from watcher.pipeline.rules_file import RulesFile
from watcher.pipeline.tools import Tools
from watcher.store import Database, operations


@dataclass(frozen=True, slots=True)
class ComposeReport:
    """What one turn queued."""

    digests: int = 0
    alerts: int = 0
    messages: int = 0


async def compose(tools: Tools) -> ComposeReport:
    """Make every digest, alert and operator message that is due."""
    started = tools.clock()
    report = await tools.writer.run(_compose_all, tools.rules, started)
    await tools.writer.change(operations.beat, "compose", started=started, finished=tools.clock())
    return report


async def send_now(tools: Tools, wanted: DigestConfig) -> tuple[str, str, str, int]:
    """Make one digest now, whatever the time, and queue it; gives subject, text, HTML and how many messages."""
    return await tools.writer.run(digests.send_now, tools.rules, wanted, tools.clock())


def _compose_all(database: Database, rules: RulesFile, now: datetime) -> ComposeReport:
    """Every audience on its own: what goes wrong for one is raised only when all others were served."""
    config = rules.watch.config
    with store.transaction(database):
        note_absence(database, now)
    turns: list[Callable[[], int | None]] = [
        *(partial(digests.make_if_due, database, rules, wanted, now) for wanted in config.digests),
        *(partial(alerts.make_if_due, database, rules, alert, now) for alert in config.alerts),
        partial(tell_operator, database, rules, now),
    ]
    queued: list[int | None] = []
    problems: list[Exception] = []
    for turn in turns:
        try:
            queued.append(turn())
        except Exception as problem:  # raised below; but no alert waits because a digest cannot be made
            queued.append(None)
            problems.append(problem)
    if problems:
        raise problems[0] if len(problems) == 1 else ExceptionGroup("several audiences could not be served", problems)
    digests_made = sum(one is not None for one in queued[: len(config.digests)])
    alerts_made = sum(one is not None for one in queued[len(config.digests) : -1])
    return ComposeReport(digests_made, alerts_made, sum(one or 0 for one in queued))
