"""When to try again: long enough to outlive a broken server, seldom enough not to be blocked, and not for ever."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.deliver.retry import next_try, retry_after
from watcher.errors import DeliveryError
from watcher.model import ChannelKind, MessageKind

NOW = datetime(2023, 11, 9, tzinfo=UTC)
LATER = DeliveryError("staff", "451", retry=True)


def waits(kind: MessageKind, channel: ChannelKind, error: DeliveryError = LATER) -> list[float]:
    """All waits of a schedule in minutes, without jitter."""
    found = []
    for attempt in count(1):
        when = next_try(kind, channel, attempt, error, NOW, 0.0)
        if when is None:
            return found
        found.append((when - NOW) / timedelta(minutes=1))
    raise AssertionError


def test_a_digest_by_mail_is_tried_for_five_days():
    """A mail server that is down over a long weekend costs nobody the digest."""
    schedule = waits(MessageKind.DIGEST, ChannelKind.EMAIL)
    assert schedule[:7] == [5, 15, 30, 60, 120, 240, 240]
    assert 116 <= sum(schedule) / 60 <= 120


def test_an_alert_is_tried_sooner_and_as_long():
    """An alert is worth something in its first minutes, and the story behind it for days."""
    schedule = waits(MessageKind.ALERT, ChannelKind.SLACK)
    assert schedule[:8] == [0.5, 2, 5, 10, 15, 30, 60, 120]
    assert 116 <= sum(schedule) / 60 <= 120


@pytest.mark.shared
def test_webhooks_keep_the_standard_schedule(shared_folder):
    """Receivers of Standard Webhooks know what to expect of a sender."""
    import json

    published = json.loads((shared_folder / "corpora/standard-webhooks/vectors.json").read_text())["retry_schedule_seconds"]
    assert [0, *(wait * 60 for wait in waits(MessageKind.DIGEST, ChannelKind.WEBHOOK))] == published


def test_a_test_message_does_not_come_tomorrow():
    """The operator waits for it now; a late one only confuses."""
    assert sum(waits(MessageKind.TEST, ChannelKind.EMAIL)) <= 60


def test_a_full_mailbox_is_tried_for_a_day():
    """552 is a full mailbox as often as a message too large."""
    full = DeliveryError("staff", "552", retry=True, code=552)
    assert 20 <= sum(waits(MessageKind.DIGEST, ChannelKind.EMAIL, full)) / 60 <= 24


def test_no_second_try_where_it_cannot_help():
    """A recipient who does not exist is not asked for again."""
    assert next_try(MessageKind.DIGEST, ChannelKind.EMAIL, 1, DeliveryError("staff", "550", retry=False), NOW, 0.0) is None


@pytest.mark.parametrize("attempt", [1, 40, 4_000])
def test_messages_of_a_refused_channel_do_not_age(attempt):
    """A wrong password found after two weeks must not have cost two weeks of digests."""
    refused = DeliveryError("staff", "535", retry=True, whole_channel=True)
    assert next_try(MessageKind.DIGEST, ChannelKind.EMAIL, attempt, refused, NOW, 0.0) == NOW + timedelta(hours=1)


def test_what_may_have_arrived_is_not_repeated_at_once():
    """In ten minutes a slow server has mostly shown whether it took the message."""
    doubt = DeliveryError("slack", "timeout", retry=True, ambiguous=True)
    assert next_try(MessageKind.ALERT, ChannelKind.SLACK, 1, doubt, NOW, -1.0) == NOW + timedelta(minutes=10)


@given(
    attempt=st.integers(1, 60),
    jitter=st.floats(-5, 5),
    wish=st.one_of(st.none(), st.timedeltas()),
    kind=st.sampled_from(MessageKind),
    channel=st.sampled_from(ChannelKind),
)
def test_a_wish_is_kept_and_bounded(attempt, jitter, wish, kind, channel):
    """Who asks us to wait is obeyed, but nobody can stop us for more than a day."""
    when = next_try(kind, channel, attempt, DeliveryError("c", "429", retry=True, retry_after=wish), NOW, jitter)
    plain = next_try(kind, channel, attempt, LATER, NOW, 0.0)
    assert (when is None) == (plain is None)
    if when is not None and plain is not None:
        wanted = min(max(wish or timedelta(), timedelta()), timedelta(hours=24))
        assert when - NOW >= wanted
        assert (plain - NOW) * 0.899 <= when - NOW <= max((plain - NOW) * 1.101, wanted)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("5", 5),
        ("0", 0),
        (" 120 ", 120),
        ("1000000000000", 86_400),
        ("9" * 5_000, 86_400),
        ("Thu, 09 Nov 2023 00:10:00 GMT", 600),
        ("Thu, 09 Nov 2023 00:10:00", 600),
        ("Thu, 09 Nov 2099 00:10:00 GMT", 86_400),
        ("Wed, 08 Nov 2023 00:00:00 GMT", None),
        ("-1", None),
        ("soon", None),
        ("٥", None),
        ("1.5", None),
        ("Thu, 99 Nov 2023 99:99:99 GMT", None),
        ("", None),
    ],
)
def test_retry_after_in_both_forms_and_garbage(value, seconds):
    """A broken header must not stop a channel, and a huge one must not stop it for years."""
    wish = retry_after({"retry-after": value}, NOW)
    assert wish == (None if seconds is None else timedelta(seconds=seconds))


@given(st.text(max_size=40))
def test_no_retry_after_can_break_the_sender(value):
    """The header is whatever a stranger's server sends."""
    wish = retry_after({"retry-after": value}, NOW)
    assert wish is None or timedelta() <= wish <= timedelta(hours=24)


def test_jitter_moves_a_wait_by_a_tenth():
    """Services that failed together do not come back together."""
    early, late = (next_try(MessageKind.DIGEST, ChannelKind.EMAIL, 1, LATER, NOW, jitter) for jitter in (-1.0, 1.0))
    assert early is not None
    assert late is not None
    assert math.isclose((early - NOW) / timedelta(minutes=5), 0.9)
    assert math.isclose((late - NOW) / timedelta(minutes=5), 1.1)
