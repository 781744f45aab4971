"""The deliver loop: a due message of the outbox -> its channel.

Claim (a lease) in one transaction, send with no transaction open, settle in another right after the answer. Each channel
works on its own, one message at a time, so that one bad destination never blocks another.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher import store
from watcher.deliver import next_try, send
from watcher.errors import DeliveryError
from watcher.model import Channel, Message
from watcher.pipeline.tools import Tools
from watcher.store import Database, operations, outbox

AT_ONCE = 50  # messages of one channel in one turn
CHANNEL_GONE = timedelta(hours=24)  # between looks at a channel that cannot come back without a person (a removed webhook)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What one turn did."""

    sent: int = 0
    again: int = 0
    dead: int = 0

    def plus(self, other: DeliveryReport) -> DeliveryReport:
        """Both together."""
        return DeliveryReport(self.sent + other.sent, self.again + other.again, self.dead + other.dead)


async def deliver(tools: Tools, *, holder: str, stopping: asyncio.Event | None = None) -> DeliveryReport:
    """Send what is due, on every channel that can. `holder` must have the sender's lease; it is renewed before each message."""
    started = tools.clock()
    channels = [channel for channel in tools.rules.watch.config.channels if not channel.missing]
    # One channel that breaks in a way nobody foresaw must not cut off the others in the middle of a send.
    ended = await asyncio.gather(*(_one_channel(tools, channel, holder, stopping) for channel in channels), return_exceptions=True)
    for one in ended:
        if isinstance(one, BaseException):
            raise one
    await tools.writer.change(operations.beat, "deliver", started=started, finished=tools.clock())
    total = DeliveryReport()
    for report in ended:
        assert isinstance(report, DeliveryReport)
        total = total.plus(report)
    return total


async def _one_channel(tools: Tools, channel: Channel, holder: str, stopping: asyncio.Event | None) -> DeliveryReport:
    """One channel's due messages, oldest first, one at a time: a lease never outlives the sends before it."""
    total = DeliveryReport()
    for _ in range(AT_ONCE):
        if stopping is not None and stopping.is_set():
            break
        claimed = await tools.writer.run(_claim, holder, channel.name, tools.clock())
        if not claimed:
            break
        result = await _send(tools, claimed[0], channel)
        total = total.plus(result)
    return total


def _claim(database: Database, holder: str, channel: str, now: datetime) -> Sequence[Message]:
    """Take the next due message, if we still are the sender. Where nothing is due, nothing is written."""
    if not outbox.any_due(database, now, channel):
        return ()
    with store.transaction(database):
        if not operations.take_lease(database, "sender", holder, now):
            return ()
        return outbox.claim(database, now, [channel], limit=1)


async def _send(tools: Tools, message: Message, channel: Channel) -> DeliveryReport:
    try:
        delivered = await send(message, channel, client=tools.client, now=tools.clock())
    except DeliveryError as error:
        return await tools.writer.run(_refused, message, channel, error, tools.clock(), tools.jitter())
    return await tools.writer.run(_accepted, message, delivered.code, delivered.answer, tools.clock())


def _accepted(database: Database, message: Message, code: int | None, answer: str, now: datetime) -> DeliveryReport:
    with store.transaction(database):
        outbox.sent(database, message, code=code, answer=answer, now=now)
        operations.mended(database, f"channel:{message.channel}", now)
        operations.mended(database, f"message:{message.id}", now)
    return DeliveryReport(sent=1)


def _refused(database: Database, message: Message, channel: Channel, error: DeliveryError, now: datetime, jitter: float) -> DeliveryReport:
    """Again in its plain form, again at its time, when the channel is mended, or never.

    The operator hears of a channel's fault and of what was given up.
    """
    at = _when_again(message, channel, error, now, jitter)
    with store.transaction(database):
        if error.whole_channel and at is not None:
            outbox.pause(database, channel.name, at, now)
        if at is None:
            outbox.dead(database, message, code=error.code, answer=error.problem, now=now)
        else:
            outbox.again(
                database,
                message,
                at=at,
                code=error.code,
                answer=error.problem,
                now=now,
                ambiguous=error.ambiguous,
                bare=_plainer_form_left(message, error),
                counted=not error.whole_channel,
            )
        if at is None or error.whole_channel:
            _tell_operator(database, message, channel, error, given_up=at is None, now=now)
    log.warning("%s: %s", channel.name, error.problem)
    return DeliveryReport(dead=1) if at is None else DeliveryReport(again=1)


def _when_again(message: Message, channel: Channel, error: DeliveryError, now: datetime, jitter: float) -> datetime | None:
    """When to try next, None to give up. `jitter` is from 0 to 1."""
    if _plainer_form_left(message, error):
        return now
    at = next_try(message.kind, channel.kind, message.attempt, error, now, 2 * jitter - 1)
    if at is None and error.whole_channel:
        return now + CHANNEL_GONE  # the fault is not the message's: it waits until a person has mended the channel
    return at


def _plainer_form_left(message: Message, error: DeliveryError) -> bool:
    return error.bare and bool(message.bare) and message.payload != message.bare


def _tell_operator(database: Database, message: Message, channel: Channel, error: DeliveryError, *, given_up: bool, now: datetime) -> None:
    if given_up:
        subject, text = f"message:{message.id}", f"Message {message.id} could not be delivered on {channel.name}: {error.problem}"
        mend = f"watcher outbox retry {message.id}"
    else:
        subject, text = f"channel:{channel.name}", f"{channel.name} refused us: {error.problem}. Its messages wait."
        mend = f"watcher outbox retry --channel {channel.name}"
    operations.fault(database, subject, text, mend, now, urgent=True)


def take_lease(database: Database, holder: str, now: datetime) -> bool:
    """Become the sender; False while another process is."""
    with store.transaction(database):
        return operations.take_lease(database, "sender", holder, now)


def give_back_lease(database: Database, holder: str) -> None:
    """Stop being the sender."""
    with store.transaction(database):
        operations.give_back(database, "sender", holder)
