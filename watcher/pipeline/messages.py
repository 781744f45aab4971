"""Rendered -> rows of the outbox: one a recipient, several where a channel's limits split what is said.

A recipient or sender that cannot be written to at all costs only itself, and the operator hears of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from watcher.config import Config
from watcher.deliver import build, message_id, message_key
from watcher.errors import DeliveryError
from watcher.model import Channel, ChannelKind, Message, MessageKind, Rendered
from watcher.store import Database, operations


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
    key = operations.instance_key(database)
    made: list[Message] = []
    for recipient in _recipients(channel):
        try:
            made += _for_one(key, config, channel, recipient, rendered, envelope)
        except DeliveryError as error:
            operations.fault(
                database, f"channel:{channel.name}", f"{error}; nothing is sent to {recipient}", "watcher check", envelope.now, urgent=True
            )
    return made


def channels_of(config: Config, names: Sequence[str]) -> list[Channel]:
    """The channels of these names, paused ones too: their messages wait until the secret is there."""
    return [channel for name in names if (channel := config.channel(name))]


def _recipients(channel: Channel) -> tuple[str, ...]:
    """Mail goes to people, all else to the channel itself. Mail without an address goes to nobody: the unset variable is a fault of its own."""
    return channel.to if channel.kind is ChannelKind.EMAIL else (channel.name,)


def _for_one(key: bytes, config: Config, channel: Channel, recipient: str, rendered: Rendered, envelope: Envelope) -> list[Message]:
    domain = (channel.sender or config.settings.contact).rpartition("@")[2].strip("<> ")
    frozen = build(
        rendered,
        channel,
        recipient=recipient,
        message_id=message_id(key, message_key(envelope.kind, channel.name, recipient, envelope.subject), domain),
        date=envelope.now.astimezone(ZoneInfo(envelope.time_zone)),
        name=envelope.name,
        contact=config.settings.contact,
        list_id=f"{envelope.name}.{domain}" if domain else "",
    )
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
