"""`watcher channels`: who gets what, and when each channel last accepted or failed."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import TYPE_CHECKING

import click

from watcher.cli.options import json_option, paths_of, paths_options

if TYPE_CHECKING:
    from watcher.config import Config
    from watcher.model import Channel
    from watcher.store.outbox import ChannelState


@click.command(short_help="Who gets what; last accepted, last failed.")
@paths_options
@json_option
@click.pass_context
def channels(context: click.Context, as_json: bool) -> None:
    """List the channels: their kind, what is sent there, when one was last accepted and last failed.

    \b
    Example:
      watcher channels
    """
    from watcher.cli.opening import open_archive, open_rules, zone_of
    from watcher.cli.show import safe, say, show_json, table, when
    from watcher.pipeline.tools import utc_now
    from watcher.store import outbox

    rules = open_rules(context)
    config, zone, now = rules.watch.config, zone_of(rules), utc_now()
    states = outbox.channels(open_archive(context)) if paths_of(context).database.exists() else {}
    rows = [_row(config, channel, states.get(channel.name)) for channel in config.channels]
    if as_json:
        show_json([dataclasses.asdict(row) for row in rows])
        return
    lines = [
        (
            row.name, row.kind, safe(", ".join(row.to), 40) or "-", ", ".join(row.gets) or "nothing", when(row.last_sent, zone, now),
            when(row.last_failed, zone, now), "; ".join(row.paused) or (safe(row.problem or "", 50) if row.waiting or row.dead else ""),
        )
        for row in rows
    ]  # fmt: skip
    for line in table(lines, ("channel", "kind", "to", "gets", "last accepted", "last failed", "")):
        say(line)
    if config.only_folders:
        say("No one is told: only files are written.")


@dataclasses.dataclass(frozen=True)
class _Row:
    name: str
    kind: str
    to: list[str]
    gets: list[str]
    paused: list[str]
    last_sent: datetime | None
    last_failed: datetime | None
    problem: str | None
    waiting: int
    dead: int


def _row(config: Config, channel: Channel, state: ChannelState | None) -> _Row:
    """One channel: what goes there, and how it fares."""
    gets = [f"digest {one.name}" for one in config.digests if channel.name in one.channels]
    gets += [f"alert {one.name}" for one in config.alerts if channel.name in one.channels]
    gets += ["faults"] if channel.name in config.operator else []
    return _Row(
        name=channel.name,
        kind=channel.kind.value,
        to=list(channel.to) or ([channel.folder] if channel.folder else []),
        gets=gets,
        paused=[f"{name} is not set" for name in channel.missing],
        last_sent=state.last_sent if state else None,
        last_failed=state.last_failed if state else None,
        problem=state.last_problem if state else None,
        waiting=state.pending if state else 0,
        dead=state.dead if state else 0,
    )
