"""Held messages -> lines for the operator, each with the command that mends it; a line closes when nothing waits for it any more.

What was refused, and what was given up, is told where that happens: `deliver`.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import datetime

from watcher.store import Database, operations
from watcher.store import outbox_keeping as keeping
from watcher.store.outbox_keeping import Open

PREFIX = "held:"  # of the subjects of these lines


def note(database: Database, now: datetime) -> None:
    """Open, change and close the lines, inside the caller's transaction."""
    for subject, line in differences(database, keeping.open_messages(database, now, dead_for=now - now)).items():
        if line is None:
            operations.mended(database, subject, now)
        else:
            operations.fault(database, subject, line[0], line[1], now, urgent=line[2])


def differences(database: Database, found: Sequence[Open]) -> dict[str, tuple[str, str, bool] | None]:
    """Lines (text, command, urgent) that are new or say something else now; None: the line is to be closed."""
    wanted = _wanted(database, [one for one in found if one.state == "held"])
    standing = {fault.subject: fault.text for fault in operations.faults(database) if fault.subject.startswith(PREFIX)}
    changed: dict[str, tuple[str, str, bool] | None] = {
        subject: line for subject, line in wanted.items() if standing.get(subject) != line[0]
    }
    return changed | dict.fromkeys(standing.keys() - wanted.keys())


def _wanted(database: Database, held: Sequence[Open]) -> dict[str, tuple[str, str, bool]]:
    lines: dict[str, tuple[str, str, bool]] = {}
    for name in sorted({one.channel for one in held if one.held_for == "channel"}):
        waiting = [one for one in held if one.held_for == "channel" and one.channel == name]
        text = (
            f"{_messages(len(waiting))} for the channel {name} {_wait(len(waiting))}: rules.toml names it no more. "
            "Put it back and they go by themselves, or drop them:"
        )
        lines[f"{PREFIX}channel:{name}"] = text, f"watcher outbox discard --channel {shlex.quote(name)}", True
    for one in held:
        if one.held_for == "crashed":
            text = f"Message {one.id} to {one.channel} is held: {one.answer or 'the program failed on it'}. Look at it, then release it:"
            lines[f"{PREFIX}message:{one.id}"] = text, f"watcher outbox release {one.id}", True
    lines |= _approvals(database, [one for one in held if one.held_for == "approval"])
    by_person = [one for one in held if one.held_for == "person"]
    if by_person:
        lines[f"{PREFIX}person"] = (
            f"{_messages(len(by_person))} {_wait(len(by_person))} because a person held them:",
            "watcher outbox --state held",
            False,
        )
    return lines


def _approvals(database: Database, held: Sequence[Open]) -> dict[str, tuple[str, str, bool]]:
    """One line a digest's name; where several of its numbers wait, it names them all: none goes silently beside another."""
    known = keeping.digest_names(database, {one.digest for one in held if one.digest is not None})
    lines = {}
    for name in sorted({name for name, _ in known.values()}):
        numbers = sorted({known[one.digest][1] for one in held if one.digest in known and known[one.digest][0] == name})
        said = f"no. {numbers[0]}" if len(numbers) == 1 else f"no. {', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"
        count = sum(one.digest in known and known[one.digest][0] == name for one in held)
        text = f"Digest {name} {said} {_wait(len(numbers))} for your approval ({_messages(count)}). Send it:"
        several = " --all" if len(numbers) > 1 else ""
        lines[f"{PREFIX}approval:{name}"] = text, f"watcher outbox release --digest {shlex.quote(name)}{several}", True
    return lines


def _messages(count: int) -> str:
    return "1 message" if count == 1 else f"{count} messages"


def _wait(count: int) -> str:
    return "waits" if count == 1 else "wait"
