"""Message -> the world: frozen bytes for each channel, one attempt to send them, and when to try again.

No outbox, no lease and no schedule of runs here: a caller builds once, stores, sends, and settles what came of it.
A new channel is one new file with `build` and `send`, and a line in the two functions below.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from watcher.deliver import email, folder, slack, webhook
from watcher.deliver.frozen import Frozen
from watcher.deliver.identity import message_id, message_key, reference
from watcher.deliver.retry import next_try
from watcher.errors import DeliveryError
from watcher.model import Channel, ChannelKind, Delivered, Message, Rendered

if TYPE_CHECKING:
    from watcher.net import Client

__all__ = ["LONGEST_SEND", "Frozen", "build", "message_id", "message_key", "next_try", "reference", "send"]

LONGEST_SEND = email.LONGEST_SEND  # one attempt on any channel ends within this; a lease must be longer

_BUILDERS = {
    ChannelKind.EMAIL: email.build,
    ChannelKind.SLACK: slack.build,
    ChannelKind.WEBHOOK: webhook.build,
    ChannelKind.FOLDER: folder.build,
}


def build(
    rendered: Rendered,
    channel: Channel,
    *,
    recipient: str,
    message_id: str,
    date: datetime,
    name: str,
    contact: str,
    list_id: str = "",
) -> list[Frozen]:
    """Return what the outbox keeps for one recipient: one Frozen a row, in order; several only on Slack and webhooks.

    Pure and the same for the same input. `name` is the digest's or alert's, `date` becomes the Date header (local
    time with its offset). Raises DeliveryError where the channel or the recipient cannot be written to at all.
    """
    return _BUILDERS[channel.kind](
        rendered, channel, recipient=recipient, message_id=message_id, date=date, name=name, contact=contact, list_id=list_id
    )


async def send(message: Message, channel: Channel, *, client: Client | None, now: datetime) -> Delivered:
    """Try once to hand `message.payload` over, within LONGEST_SEND; raises DeliveryError.

    `client` may be None for mail and folders. To try the bare form, pass the message with `bare` as its payload.
    """
    if channel.missing:
        problem = f"{', '.join(channel.missing)} is not set; put it in .env"
        raise DeliveryError(channel.name, problem, retry=False, whole_channel=True)
    if channel.kind is ChannelKind.EMAIL:
        return await email.send(message, channel)
    if channel.kind is ChannelKind.FOLDER:
        return await folder.send(message, channel)
    if channel.kind is ChannelKind.SLACK:
        return await slack.send(message, channel, client=client, now=now)
    return await webhook.send(message, channel, client=client, now=now)
