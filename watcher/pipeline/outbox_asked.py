"""What a person asks of the outbox -> which messages that means, and what is done to them; or why it cannot be.

Each call is one transaction. Printing is the door's; the statements are `outbox_hands`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from watcher.config import Config
from watcher.config.values import did_you_mean
from watcher.errors import UsageError
from watcher.pipeline import outbox_lines
from watcher.store import Database, holding, operations, outbox, outbox_hands
from watcher.store import outbox_keeping as keeping
from watcher.store.outbox import Row

_MAY = {
    "hold": ("pending",),
    "release": ("held",),
    "discard": ("pending", "held", "dead"),
    "retry": ("pending", "dead", "discarded"),
}
HELD_FOR = {
    "approval": "waits for approval",
    "restore": "held after a restore",
    "channel": "held: rules.toml names its channel no more",
    "crashed": "held: the program failed on it",
    "person": "held by a person",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which messages: by id, all of a channel, all of a digest that waits for approval, or everything."""

    ids: tuple[int, ...] = ()
    channel: str | None = None
    digest: str | None = None
    everything: bool = False

    def check(self, command: str) -> None:
        """Raise UsageError unless it names messages in one way."""
        ways = [bool(self.ids), self.channel is not None, self.digest is not None]
        if sum(ways) > 1 or (self.everything and (self.ids or self.channel is not None)):
            raise UsageError(f"watcher outbox {command}: name ids, --channel, --digest or --all, one of them")
        if not any(ways) and not self.everything:
            raise UsageError(
                f"watcher outbox {command}: name message ids, --channel NAME, --digest NAME or --all; `watcher outbox` lists messages"
            )


@dataclass(frozen=True, slots=True)
class Meant:
    """The messages that a command is about, and those that it leaves alone with the reason in words."""

    rows: tuple[Row, ...]
    left: tuple[str, ...] = ()
    ends_hold: bool = False  # releasing all of it ends the hold after a restore

    @property
    def ids(self) -> list[int]:
        """Their numbers."""
        return [row.id for row in self.rows]


def meant(database: Database, config: Config, asked: Asked, command: str) -> Meant:
    """Find the messages that `hold`, `release`, `discard` or `retry` is about. Raises UsageError with what to do instead."""
    asked.check(command)
    if asked.ids:
        rows = [_one(database, identity, command) for identity in dict.fromkeys(asked.ids)]
    elif asked.digest is not None:
        rows = _of_digest(database, config, asked.digest, command, everything=asked.everything)
    else:
        if asked.channel is not None:
            _known_channel(database, config, asked.channel)
        rows = outbox_hands.find(database, _MAY[command] if command != "retry" else ("pending", "dead"), channel=asked.channel)
    return _releasable(database, config, asked, rows) if command == "release" else Meant(tuple(rows))


def hold(database: Database, rows: Meant, by: str, now: datetime) -> int:
    """Keep messages back until a person releases them; gives how many. Inside the caller's transaction, as all of these."""
    return _with_lines(database, now, outbox_hands.hold(database, rows.ids, "person", now, by))


def release(database: Database, rows: Meant, by: str, now: datetime) -> int:
    """Let held messages go; what is older than a day goes as one message a recipient."""
    if rows.ends_hold:
        holding.release(database, now)
    return _with_lines(database, now, outbox_hands.release(database, rows.ids, now, by))


def discard(database: Database, rows: Meant, by: str, now: datetime) -> int:
    """Drop messages; what they tell counts as told."""
    dropped = outbox_hands.discard(database, rows.ids, now, by)
    for identity in rows.ids:
        operations.mended(database, f"message:{identity}", now)
    return _with_lines(database, now, dropped)


def retry(database: Database, rows: Meant, by: str, now: datetime) -> int:
    """Make messages due now."""
    return outbox.retry(database, now=now, ids=rows.ids, by=by) if rows.rows else 0


def _with_lines(database: Database, now: datetime, count: int) -> int:
    outbox_lines.note(database, now)
    return count


def _one(database: Database, identity: int, command: str) -> Row:
    """A message that the command may be used on, by its id."""
    row = outbox.row(database, identity)
    if row is None:
        raise UsageError(f"there is no message {identity}; `watcher outbox` lists them")
    if row.state in _MAY[command]:
        return row
    if row.state == "held" and command == "retry":
        raise UsageError(
            f"message {identity} is not tried: it {HELD_FOR.get(row.held_for or '', 'is held')}. To let it go: watcher outbox release {identity}"
        )
    raise UsageError(f"message {identity} {_why_not(row, command)}")


def _why_not(row: Row, command: str) -> str:
    at = f" on {row.settled:%Y-%m-%d %H:%M} UTC" if row.settled else ""
    said = {
        "sent": f"was sent{at}; what was sent cannot be called back, and is not sent twice",
        "sending": "is being sent now; look again in some minutes: watcher outbox show " + str(row.id),
        "covered": f"is told by the summary {row.covered_by}; name that one: watcher outbox {command} {row.covered_by}",
        "discarded": f"was dropped{at}; to send it all the same: watcher outbox retry {row.id}",
        "dead": f"was given up, not held; to try it again: watcher outbox retry {row.id}",
        "held": f"is held already ({HELD_FOR.get(row.held_for or '', 'held')}); to let it go: watcher outbox release {row.id}",
        "pending": f"is not held, it waits for its time; to try it now: watcher outbox retry {row.id}",
    }
    return said[row.state]


def _known_channel(database: Database, config: Config, name: str) -> None:
    known = sorted({channel.name for channel in config.channels} | set(outbox.channels(database)))
    if name not in known:
        raise UsageError(
            f"there is no channel {name!r}; {did_you_mean(name, known, otherwise='no message was ever made for it; `watcher channels` lists all')}"
        )


def _of_digest(database: Database, config: Config, name: str, command: str, *, everything: bool) -> list[Row]:
    """A digest that waits for approval. Where several numbers of it wait, a person says that all are meant: none goes silently beside another."""
    if command in ("hold", "retry"):
        rows = outbox_hands.find(database, _MAY[command], digest=name)
    else:
        rows = outbox_hands.find(database, ("held",), digest=name, held_for="approval")
    if not rows:
        known = [one.name for one in config.digests]
        if name not in known:
            raise UsageError(f"there is no digest {name!r}; {did_you_mean(name, known, otherwise='`watcher digest` lists them')}")
        return []
    numbers = sorted(
        {number for _, number in keeping.digest_names(database, {row.digest for row in rows if row.digest is not None}).values()}
    )
    if len(numbers) > 1 and not everything and command in ("release", "discard"):
        newest = keeping.digest_names(database, {row.digest for row in rows if row.digest is not None})
        ids = [row.id for row in rows if row.digest is not None and newest[row.digest][1] == numbers[-1]]
        raise UsageError(
            f"digest {name}: no. {', '.join(map(str, numbers))} wait, and each tells what the others do not. All of them, oldest first: "
            f"watcher outbox {command} --digest {name} --all. Only the newest: watcher outbox {command} {' '.join(map(str, ids))}"
        )
    return rows


def _releasable(database: Database, config: Config, asked: Asked, rows: Sequence[Row]) -> Meant:
    """Of held messages those that can go: not for a channel that is gone, nothing while all is held, no approval by the way."""
    since = holding.held_since(database)
    if since is not None and not asked.everything:
        raise UsageError(
            f"everything is held since {since:%Y-%m-%d %H:%M} UTC ({holding.reason(database)}). Drop what was sent before (watcher outbox "
            "discard ID), then let the rest go: watcher outbox release --all"
        )
    names = {channel.name for channel in config.channels}
    gone = [row for row in rows if row.channel not in names]
    if gone and asked.ids:
        name = gone[0].channel
        raise UsageError(
            f"message {gone[0].id} is for the channel {name!r}, which rules.toml does not name; put it back and its messages go by themselves"
        )
    approvals = [row for row in rows if row.held_for == "approval" and not asked.ids and asked.digest is None]
    left = []
    if gone:
        left.append(
            f"{len(gone)} for a channel that rules.toml does not name: put it back, or: watcher outbox discard --channel {gone[0].channel}"
        )
    if approvals:
        left.append(f"{len(approvals)} wait for approval: watcher outbox release --digest NAME")
    apart = {row.id for row in (*gone, *approvals)}
    ends_hold = since is not None and asked.everything and asked.digest is None
    return Meant(tuple(row for row in rows if row.id not in apart), tuple(left), ends_hold)
