"""Rendered -> rows of the outbox: one a recipient, several where a channel's limits split what is said.

A recipient or sender that cannot be written to at all costs only itself, and the operator hears of it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from watcher.config import Config
from watcher.deliver import Frozen, build, message_id, message_key
from watcher.deliver.frozen import story_lines
from watcher.deliver.plain import one_line
from watcher.deliver.slack import escape
from watcher.errors import DeliveryError
from watcher.model import Channel, ChannelKind, Message, MessageKind, Rendered, StoryFile
from watcher.store import Database, operations

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a message is, apart from what it says. `subject` names it for its key: "daily 143"."""

    kind: MessageKind
    name: str
    subject: str
    time_zone: str
    now: datetime


def messages(database: Database, config: Config, channel: Channel, rendered: Rendered, envelope: Envelope) -> list[Message]:
    """The rows of one channel, inside the caller's transaction."""
    made: list[Message] = []
    for recipient in _recipients(channel):
        try:
            made += for_recipient(database, config, channel, recipient, rendered, envelope)
        except DeliveryError as error:
            operations.fault(
                database, f"channel:{channel.name}", f"{error}; nothing is sent to {recipient}", "watcher check", envelope.now, urgent=True
            )
    return made


def for_recipient(
    database: Database, config: Config, channel: Channel, recipient: str, rendered: Rendered, envelope: Envelope
) -> list[Message]:
    """The rows of one recipient. Raises DeliveryError where it cannot be written to at all."""
    key = operations.instance_key(database)
    domain = (channel.sender or config.settings.contact).rpartition("@")[2].strip("<> ")
    how: dict[str, Any] = {
        "recipient": recipient,
        "message_id": message_id(key, message_key(envelope.kind, channel.name, recipient, envelope.subject), domain),
        "name": envelope.name,
        "contact": config.settings.contact,
        "list_id": f"{envelope.name}.{domain}" if domain else "",
    }
    date = envelope.now.astimezone(ZoneInfo(envelope.time_zone))
    frozen = _frozen(rendered, channel, envelope, date=date, **how)
    made = []
    for part in frozen:
        row_key = message_key(envelope.kind, channel.name, recipient, envelope.subject, part=part.part)
        made.append(
            Message(
                key=row_key,
                kind=envelope.kind,
                channel=channel.name,
                recipient=recipient,
                payload=part.payload,
                message_id=message_id(key, row_key, domain),
                bare=part.bare,
            )
        )
    return made


def _frozen(rendered: Rendered, channel: Channel, envelope: Envelope, **how: Any) -> list[Frozen]:
    """The bytes; where our own program fails on them, those of a form that says only numbers and headlines.

    Raises DeliveryError where neither can be written: then nothing is queued, and the operator hears of it.
    """
    try:
        return build(rendered, channel, **how)
    except DeliveryError:
        raise
    except Exception as error:
        log.error("%s: %s cannot be written (%s); its plain form is sent", channel.name, envelope.subject, type(error).__name__)
    try:
        return build(_plain(rendered, envelope), channel, **how)
    except DeliveryError:
        raise
    except Exception as error:
        problem = f"{envelope.subject} cannot be written, not even in its plain form: a fault of this program ({type(error).__name__})"
        raise DeliveryError(channel.name, problem, retry=False) from error


def _plain(rendered: Rendered, envelope: Envelope) -> Rendered:
    """The least that can be said: numbers and headlines, cleaned, in a form that every channel takes."""
    lines = story_lines(rendered) or ["The text of this message could not be written. Ask the operator for it."]
    return Rendered(
        subject=f"watcher: {envelope.name} (plain form)", text="\n".join(lines) + "\n", html="", slack=tuple(map(escape, lines))
    )


def written(make: Callable[[], Rendered], told: Sequence[StoryFile], name: str) -> Rendered:
    """What `make` renders; where our own program fails on it, numbers and titles only: what people wait for is not held up by its look."""
    try:
        return make()
    except Exception as error:
        log.exception("%s cannot be rendered (%s); its plain form is sent", name, type(error).__name__)
    lines = [one_line(f"#{one.id} {one.reports[0].title if one.reports else ''}", longest=200) for one in told]
    lines = ["This message could not be written in its usual form. Ask the operator.", *lines]
    return Rendered(
        subject=f"watcher: {one_line(name, longest=60)} (plain form)",
        text="\n".join(lines) + "\n",
        html="",
        slack=tuple(map(escape, lines)),
    )


def channels_of(config: Config, names: Sequence[str]) -> list[Channel]:
    """The channels of these names, paused ones too: their messages wait until the secret is there."""
    return [channel for name in names if (channel := config.channel(name))]


def _recipients(channel: Channel) -> tuple[str, ...]:
    """Mail goes to people, all else to the channel itself. Mail without an address goes to nobody: the unset variable is a fault of its own."""
    return channel.to if channel.kind is ChannelKind.EMAIL else (channel.name,)
