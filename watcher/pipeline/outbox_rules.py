"""What waits in the outbox -> what the rules do with it, before a sender looks for what is due.

Held: what is for a channel that rules.toml names no more, what two dead senders left behind, all of it after a restore.
Back: what was held for a channel that is there again. Summed up: what is older than a day (`late`). By another way: alerts
that wait too long (`fallback`). Last the operator's lines about all that is held. Nothing is written where nothing is to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from watcher import store
from watcher.config import Config
from watcher.model import Channel, ChannelKind
from watcher.pipeline import fallback, late, outbox_lines
from watcher.store import Database, holding, operations, outbox_hands
from watcher.store import outbox_keeping as keeping
from watcher.store.outbox_keeping import Open

CRASHES = 2  # tries in a row that ended with the program and without an answer: the message may be what ends it
CRASHED = "the program ended twice while sending it, and no answer was written"
_IN_DOUBT = (ChannelKind.EMAIL, ChannelKind.SLACK)  # whose receivers cannot know a repeat by themselves


@dataclass(slots=True)
class Plan:
    """What there is to do."""

    hold: list[tuple[int, str]] = field(default_factory=list)  # (message, for what)
    crashed: list[int] = field(default_factory=list)
    back: list[int] = field(default_factory=list)
    late: list[tuple[Channel, list[Open]]] = field(default_factory=list)
    detours: list[fallback.Detour] = field(default_factory=list)
    lines: bool = False

    def __bool__(self) -> bool:
        return bool(self.hold or self.crashed or self.back or self.late or self.detours or self.lines)


def apply(database: Database, config: Config, holder: str, now: datetime) -> None:
    """Do what the rules ask for, in one transaction; nothing where another process is the sender."""
    if not plan(database, config, now):
        return
    with store.transaction(database):
        if operations.take_lease(database, "sender", holder, now):
            _do(database, config, plan(database, config, now), now)


def plan(database: Database, config: Config, now: datetime) -> Plan:
    """Read what is open, and say what is to be done with it. Writes nothing."""
    found = keeping.open_messages(database, now, dead_for=fallback.UNTIL)
    made = Plan()
    made.hold, made.crashed, made.back = _to_hold(database, config, found, now)
    touched = {one for one, _ in made.hold} | set(made.crashed)
    free = [one for one in found if one.id not in touched]
    if holding.held_since(database) is None:
        made.late = late.waiting_too_long(config, free, now)
        summed = {row.id for _, rows in made.late for row in rows}
        made.detours = fallback.detours(database, config, [one for one in free if one.id not in summed], now)
    made.lines = bool(outbox_lines.differences(database, found))
    return made


def recover(database: Database, config: Config, holder: str, now: datetime, doubt: timedelta) -> int:
    """A sender of this name is dead, and its successor knows: what it was sending waits no longer than the doubt lasts.

    Gives how many messages. Only for who holds the database's lock: the name is the same in every process that may have it.
    """
    sure = {channel.name for channel in config.channels if channel.kind not in _IN_DOUBT}
    with store.transaction(database):
        return keeping.recover(database, holder, sure, doubt, now)


def _to_hold(
    database: Database, config: Config, found: Sequence[Open], now: datetime
) -> tuple[list[tuple[int, str]], list[int], list[int]]:
    names = {channel.name for channel in config.channels}
    restored = holding.held_since(database) is not None
    hold, crashed, back = [], [], []
    for one in found:
        if one.unanswered >= CRASHES and _left_behind(one, now):
            crashed.append(one.id)
        elif one.state == "pending" and restored:
            hold.append((one.id, "restore"))
        elif one.state == "pending" and one.channel not in names:
            hold.append((one.id, "channel"))
        elif one.held_for == "channel" and one.channel in names and not restored:
            back.append(one.id)
    return hold, crashed, back


def _left_behind(one: Open, now: datetime) -> bool:
    """Whether nobody is sending it now."""
    return one.state == "pending" or (one.state == "sending" and one.due_at is not None and one.due_at <= now)


def _do(database: Database, config: Config, made: Plan, now: datetime) -> None:
    for identity, why in made.hold:
        outbox_hands.hold(database, [identity], why, now)
    for identity in made.crashed:
        keeping.hold_left(database, identity, CRASHED)
    outbox_hands.release(database, made.back, now)
    for channel, rows in made.late:
        late.sum_up(database, config, channel, rows, now)
    for detour in made.detours:
        fallback.take(database, config, detour, now)
    outbox_lines.note(database, now)
