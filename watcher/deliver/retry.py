"""DeliveryError -> when to try again, or never.

Pure: the clock and the dice are arguments. Nothing is sent and nothing is stored here.

Sources: Standard Webhooks 1.0.0 (schedule of webhooks, Retry-After), RFC 5321 section 4.5.4.1 (mail: give up after
4 to 5 days), RFC 9110 section 10.2.3 (the two forms of Retry-After).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import chain, repeat

from watcher.errors import DeliveryError
from watcher.model import ChannelKind, MessageKind

_SECOND, _MINUTE, _HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)

JITTER = 0.1  # share of a wait, either way: two services that failed together do not come back together
LONGEST_WISH = timedelta(hours=24)  # a Retry-After beyond this is a mistake or an attack
DOUBT = timedelta(minutes=10)  # before repeating what may have arrived: the server's own last chance to answer (RFC 5321 4.5.3.2.6)
CHANNEL_PROBE = timedelta(hours=1)  # between tries of a channel that refused us as a whole
MAILBOX_FULL_FOR = timedelta(hours=24)  # 552 at RCPT is often "mailbox full"; a day is enough to tidy up
TEST_FOR = timedelta(hours=1)  # a person waits for a test; one that comes tomorrow only confuses
GIVE_UP = timedelta(days=5)

# Waits after the first, second ... failure.
_WEBHOOK = (5 * _SECOND, 5 * _MINUTE, 30 * _MINUTE, 2 * _HOUR, 5 * _HOUR, 10 * _HOUR, 14 * _HOUR, 20 * _HOUR, 24 * _HOUR)
_DIGEST = (5 * _MINUTE, 15 * _MINUTE, 30 * _MINUTE, 1 * _HOUR, 2 * _HOUR)  # then each 4 hours
_ALERT = (30 * _SECOND, 2 * _MINUTE, 5 * _MINUTE, 10 * _MINUTE, *_DIGEST[1:])  # then each 4 hours
_LATER = 4 * _HOUR


def next_try(kind: MessageKind, channel: ChannelKind, attempt: int, error: DeliveryError, now: datetime, jitter: float) -> datetime | None:
    """Return when to try again after failure number `attempt` (from 1), None to give up.

    `jitter` is a random number from -1 to 1. A channel that refused us as a whole is probed each hour and its
    messages do not age; None then means: it cannot come back without a person. For an error with `bare`, None
    means that the same form must not be sent again; whether the bare form is left to try, the caller knows.
    """
    if not error.retry:
        return None
    wish = min(max(error.retry_after or timedelta(), timedelta()), LONGEST_WISH)
    if error.whole_channel:
        return now + max(_shaken(CHANNEL_PROBE, jitter), wish)
    wait = _wait(kind, channel, attempt, error)
    if wait is None:
        return None
    return now + max(_shaken(wait, jitter), wish, DOUBT if error.ambiguous else timedelta())


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return the wish of a `retry-after` header, in seconds or as a date; None for none, garbage and the past."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return min(timedelta(seconds=min(int(value[:12]), 10**9)), LONGEST_WISH)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    wish = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
    return min(wish, LONGEST_WISH) if wish > timedelta() else None


def _wait(kind: MessageKind, channel: ChannelKind, attempt: int, error: DeliveryError) -> timedelta | None:
    """The schedule's own wait after failure `attempt`, or None where the sum of waits would pass its end."""
    end = TEST_FOR if kind is MessageKind.TEST else GIVE_UP
    if channel is ChannelKind.EMAIL and error.code == 552:
        end = min(end, MAILBOX_FULL_FOR)
    waited = timedelta()
    for number, wait in enumerate(_waits(kind, channel), start=1):
        waited += wait
        if waited > end:
            return None
        if number == attempt:
            return wait
    return None


def _waits(kind: MessageKind, channel: ChannelKind) -> Iterator[timedelta]:
    if channel is ChannelKind.WEBHOOK:
        return iter(_WEBHOOK)
    return chain(_DIGEST if kind in (MessageKind.DIGEST, MessageKind.SUMMARY) else _ALERT, repeat(_LATER))


def _shaken(wait: timedelta, jitter: float) -> timedelta:
    return wait * (1 + JITTER * max(-1.0, min(1.0, jitter)))
