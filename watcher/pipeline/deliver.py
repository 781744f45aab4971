"""The deliver loop: a due message of the outbox -> its channel.

Claim (a lease) in one transaction, send with no transaction open, settle in another right after the answer. Each channel
works on its own, one message at a time, so that one bad destination never blocks another: turns may overlap, and a turn
leaves out a channel on which an earlier one still sends. An answer that cannot be written down stops all sending until it
can: what is sent and not known to be sent would be sent again.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from watcher import store
from watcher.deliver import next_try, send
from watcher.deliver.retry import DOUBT
from watcher.deliver.until import until
from watcher.errors import DeliveryError
from watcher.model import Channel, ChannelKind, Delivered, Message
from watcher.pipeline import canary, outbox_rules
from watcher.pipeline.tools import Tools
from watcher.pipeline.trail import about
from watcher.store import Database, operations, outbox

AT_ONCE = 50  # messages of one channel in one turn
CHANNEL_GONE = timedelta(hours=24)  # between looks at a channel that cannot come back without a person (a removed webhook)
BREAKS = 2  # tries of one message that our own program may fail on; the second is in its plainer form, where it has one
REFUSALS = 3  # by a webhook's receiver, of a message that it may yet take, before the operator hears of it

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


@dataclass(frozen=True, slots=True)
class Terms:
    """On what a sender may send. `token` is the one its lease was given with at its start: with a later one in the database
    another took over while this process was paused, and it claims nothing more. None: whoever gets the lease sends.

    `message`: how long a claimed message is ours; its sending is cut off after four fifths of that, by a clock that goes on
    while a process is paused, before anybody else may take it.
    """

    token: int | None = None
    sender: timedelta = operations.SENDER_LEASE
    message: timedelta = outbox.LEASE


ANY_TERMS = Terms()


async def deliver(tools: Tools, *, holder: str, stopping: asyncio.Event | None = None, terms: Terms = ANY_TERMS) -> DeliveryReport:
    """Send what is due, on every channel that can. `holder` must have the sender's lease; it is renewed before each message."""
    started = tools.clock()
    await settle_first(tools)
    config = tools.rules.watch.config
    await tools.writer.run(outbox_rules.apply, config, holder, started)
    channels = [channel for channel in (*config.channels, canary.own_folder(tools.writer.path)) if not channel.missing]
    # One channel that breaks in a way nobody foresaw must not cut off the others in the middle of a send.
    ended = await asyncio.gather(*(_one_channel(tools, channel, holder, stopping, terms) for channel in channels), return_exceptions=True)
    for one in ended:
        if isinstance(one, BaseException):
            raise one
    await tools.writer.change(operations.beat, "deliver", started=started, finished=tools.clock())
    total = DeliveryReport()
    for report in ended:
        assert isinstance(report, DeliveryReport)
        total = total.plus(report)
    return total


async def take_over(tools: Tools, *, holder: str) -> int:
    """A sender of this name is dead: what it was sending goes on without waiting for the end of its lease. Gives how many.

    Only for the holder of the database's lock, who knows that nobody else has that name.
    """
    return await tools.writer.run(outbox_rules.recover, tools.rules.watch.config, holder, tools.clock(), DOUBT)


async def _one_channel(tools: Tools, channel: Channel, holder: str, stopping: asyncio.Event | None, terms: Terms) -> DeliveryReport:
    """One channel's due messages, unless an earlier turn still sends there."""
    if channel.name in tools.sending:
        return DeliveryReport()
    tools.sending.add(channel.name)
    try:
        return await _one_by_one(tools, channel, holder, stopping, terms)
    finally:
        tools.sending.discard(channel.name)


async def _one_by_one(tools: Tools, channel: Channel, holder: str, stopping: asyncio.Event | None, terms: Terms) -> DeliveryReport:
    """Oldest first, one at a time: a lease never outlives the sends before it."""
    total = DeliveryReport()
    for _ in range(AT_ONCE):
        if tools.unsettled or (stopping is not None and stopping.is_set()):
            break
        end = (
            asyncio.get_running_loop().time() + 0.8 * terms.message.total_seconds()
        )  # looked at before the claim: a pause may follow at any line
        claimed = await tools.writer.run(_claim, holder, channel.name, tools.clock(), terms)
        if not claimed:
            break
        with about(message_id=claimed[0].id, channel=channel.name):
            result = await _send(tools, claimed[0], channel, end)
        total = total.plus(result)
    return total


async def settle_first(tools: Tools) -> None:
    """Write down what could not be written down before; raises what still prevents it, and then nothing is sent."""
    while tools.unsettled:
        write = tools.unsettled.pop(0)  # at once: another turn must not write it a second time
        try:
            await tools.writer.run(write)
        except BaseException:
            tools.unsettled.insert(0, write)
            raise


def _claim(database: Database, holder: str, channel: str, now: datetime, terms: Terms) -> Sequence[Message]:
    """Take the next due message, if we still are the sender. Where nothing is due, nothing is written."""
    if not outbox.any_due(database, now, channel):
        return ()
    with store.transaction(database):
        if not operations.take_lease(database, "sender", holder, now, terms.sender, token=terms.token):
            return ()
        return outbox.claim(database, now, [channel], limit=1, holder=holder, lease=terms.message)


async def _send(tools: Tools, message: Message, channel: Channel, end: float) -> DeliveryReport:
    """Send what was claimed, until `end` of the loop's clock: afterwards it may be another's."""
    try:
        delivered = await _in_time(send(message, channel, client=tools.client, now=tools.clock()), channel, end)
    except DeliveryError as error:
        refusal, now, jitter = (
            error,
            tools.clock(),
            tools.jitter(),
        )  # the name `error` ends with this clause; the answer may be written later
        return await _settle(tools, lambda database: _refused(database, message, channel, refusal, now, jitter))
    except Exception as error:  # a fault of ours that this message brings out: it costs this message only
        # Without the error's own words: a library's may hold an address with its secret.
        log.error(
            "%s: message %s: %s\n%s", channel.name, message.id, type(error).__name__, "".join(traceback.format_tb(error.__traceback__))
        )
        now, kind = tools.clock(), type(error).__name__
        return await _settle(tools, lambda database: _failed_on(database, message, channel, kind, now))
    return await _settle(tools, partial(_accepted, message=message, code=delivered.code, answer=delivered.answer, now=tools.clock()))


async def _in_time(sending: Coroutine[Any, Any, Delivered], channel: Channel, end: float) -> Delivered:
    """Cut a send off when its time is over, before its next byte; one that is late already is not begun."""
    if asyncio.get_running_loop().time() >= end:
        sending.close()
        raise DeliveryError(channel.name, "this process was paused before it could send; nothing was sent by it", retry=True)
    try:
        async with asyncio.timeout_at(end):
            with until(end):
                return await sending
    except TimeoutError:
        raise DeliveryError(channel.name, "took too long and was cut off", retry=True, ambiguous=True) from None


async def _settle(tools: Tools, write: Callable[[Database], DeliveryReport]) -> DeliveryReport:
    """Write an answer down. Where that fails it is kept, and nothing more is sent before it is written."""
    try:
        return await tools.writer.run(write)
    except Exception:
        tools.unsettled.append(write)
        raise


def _accepted(database: Database, message: Message, code: int | None, answer: str, now: datetime) -> DeliveryReport:
    with store.transaction(database):
        outbox.sent(database, message, code=code, answer=answer, now=now)
        operations.mended(database, f"channel:{message.channel}", now)
        operations.mended(database, f"message:{message.id}", now)
    return DeliveryReport(sent=1)


def _failed_on(database: Database, message: Message, channel: Channel, kind: str, now: datetime) -> DeliveryReport:
    """Our program failed on a message: once more in its plainer form, then it waits for a person.

    Nobody knows how far it came, so the next try waits as after a lost answer.
    """
    answer = f"a fault of this program ({kind}); its trace is in the log"
    with store.transaction(database):
        plainer_left = bool(message.bare) and message.payload != message.bare
        if plainer_left or (not message.bare and message.attempt < BREAKS):
            outbox.again(database, message, at=now + DOUBT, code=None, answer=answer, now=now, ambiguous=True, bare=bool(message.bare))
            return DeliveryReport(again=1)
        outbox.broken(database, message, answer=answer, now=now)
    return DeliveryReport(dead=1)


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
        if at is None or error.whole_channel or _refused_often(message, channel, error):
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


def _refused_often(message: Message, channel: Channel, error: DeliveryError) -> bool:
    """Whether a receiver says no in a way that seldom passes by itself, for the third time: a person should look, while we go on."""
    no = error.code is not None and 400 <= error.code < 500 and error.code not in (408, 425, 429)
    return channel.kind is ChannelKind.WEBHOOK and no and message.attempt >= REFUSALS


def _tell_operator(database: Database, message: Message, channel: Channel, error: DeliveryError, *, given_up: bool, now: datetime) -> None:
    if given_up or not error.whole_channel:
        what = "could not be delivered" if given_up else f"was refused {REFUSALS} times and is still tried"
        subject, text = f"message:{message.id}", f"Message {message.id} {what} on {channel.name}: {error.problem}"
        mend = f"watcher outbox retry {message.id}"
    else:
        subject, text = f"channel:{channel.name}", f"{channel.name} refused us: {error.problem}. Its messages wait."
        mend = f"watcher outbox retry --channel {channel.name}"
    operations.fault(database, subject, text, mend, now, urgent=True)


def take_lease(database: Database, holder: str, now: datetime) -> bool:
    """Become the sender; False while another process is."""
    with store.transaction(database):
        return operations.take_lease(database, "sender", holder, now) > 0


def give_back_lease(database: Database, holder: str) -> None:
    """Stop being the sender."""
    with store.transaction(database):
        operations.give_back(database, "sender", holder)
