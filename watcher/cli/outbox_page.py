"""How `watcher outbox` shows messages: their state in plain words, their tries, and what they say."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from watcher.cli.show import counted, safe, table, when
from watcher.deliver.identity import reference
from watcher.deliver.readable import readable
from watcher.pipeline.outbox_asked import HELD_FOR
from watcher.store.outbox import Row
from watcher.store.outbox_hands import Attempt, Content

_DONE = {
    "sent": "accepted",
    "again": "not now",
    "ambiguous": "may have arrived: no answer came",
    "never": "refused for good",
    "held": "held",
    "released": "released",
    "retried": "made due at once",
    "discarded": "dropped",
}


def state_words(row: Row, zone: ZoneInfo, now: datetime) -> str:
    """The state of a message as a person says it."""
    if row.state == "pending":
        at = when(row.due_at, zone, now) if row.due_at and row.due_at > now else "now"
        if row.outcome in ("", "ambiguous"):
            return f"may have arrived; sent again {at} under the same number"
        return f"not taken yet; next try {at}" if row.outcome else f"waits; due {at}"
    if row.state == "held":
        return HELD_FOR.get(row.held_for or "", "held")
    said = {"sending": "is being sent", "sent": "sent", "dead": "given up", "discarded": "discarded by a person"}
    return said.get(row.state) or f"told by the summary {row.covered_by}"


def listed(rows: Sequence[Row], zone: ZoneInfo, now: datetime) -> list[str]:
    """The table of messages."""
    lines = [
        (
            str(row.id), row.kind, row.channel, safe(row.recipient, 36), when(row.settled or row.created, zone, now),
            counted(row.attempt, "try", "tries"), state_words(row, zone, now), safe(row.answer or "", 60),
        )
        for row in rows
    ]  # fmt: skip
    return table(lines, ("id", "what", "channel", "to", "at", "tries", "state", "answer"))


def as_json(row: Row, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    """One message as lists give it to programs."""
    return {name: getattr(row, name) for name in row.__slots__} | {"state_in_words": state_words(row, zone, now)}


def page(row: Row, content: Content, zone: ZoneInfo, now: datetime) -> Iterator[str]:
    """All of one message: state, what it tells, tries, text. Every text in it came from feeds or servers."""
    said = readable(content.payload)
    yield f"Message {row.id}: {row.kind} to {safe(row.recipient, 80)} on {row.channel}"
    yield f"State     {state_words(row, zone, now)}"
    yield f"Made      {when(row.created, zone, now)}; ref {reference(content.message_id)}"
    yield f"Tells     {_tells(content)}"
    if row.instead_of:
        yield f"Instead   of message {row.instead_of}, which its channel had not taken"
    yield "Tries" if content.attempts else "Tries     none yet"
    yield from table([_try(one, zone, now) for one in content.attempts], indent="  ")
    yield ""
    yield f"Subject   {safe(said.subject)}" + ("   (plainer form)" if content.plainer else "")
    yield ""
    if said.data is None:
        yield from said.text.split("\n")
    else:
        yield from json.dumps(said.data, ensure_ascii=False, indent=1, default=str).split("\n")


def page_json(row: Row, content: Content, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    """The same for programs."""
    said = readable(content.payload)
    return as_json(row, zone, now) | {
        "reference": reference(content.message_id),
        "digest_name": content.digest_name,
        "digest_number": content.digest_number,
        "digest_date": content.digest_date,
        "stories": list(content.stories),
        "covers": list(content.covers),
        "attempts": [{name: getattr(one, name) for name in one.__slots__} for one in content.attempts],
        "subject": said.subject,
        "text": None if said.data is not None else said.text,
        "data": said.data,
    }


def _tells(content: Content) -> str:
    parts = []
    if content.digest_name:
        parts.append(f"{content.digest_name.replace(':', ' ')} no. {content.digest_number} of {content.digest_date}")
    if content.covers:
        parts.append(f"what waited: {counted(len(content.covers), 'message')} ({', '.join(map(str, content.covers))})")
    if content.stories:
        parts.append("stories " + ", ".join(f"#{one}" for one in content.stories))
    return "; ".join(parts) or "no story"


def _try(one: Attempt, zone: ZoneInfo, now: datetime) -> tuple[str, str, str]:
    did = "no answer was written: under way, or the program ended" if one.outcome is None else _DONE.get(one.outcome, one.outcome)
    by_person = one.outcome in ("held", "released", "retried", "discarded")
    answer = f"by {one.answer}" if by_person else " ".join(filter(None, (str(one.code or ""), one.answer or "")))
    return when(one.at, zone, now), did, safe(answer, 200)
