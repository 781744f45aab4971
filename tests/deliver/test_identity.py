"""Names of messages: the same over attempts, crashes and machines, and different where messages differ."""

from __future__ import annotations

import pytest

from watcher.deliver.identity import message_id, message_key, reference, webhook_id
from watcher.model import MessageKind

KEY = message_key(MessageKind.DIGEST, "staff", "dara@ngo.example", "daily 2023-11-09")


def test_a_message_keeps_its_id():
    """The id is what a reader's mail program, and a receiver of webhooks, recognise a repeat by."""
    assert message_id(b"instance", KEY, "ngo.example") == "<5089c41db3768aff6d135d69068988bcb8734648@ngo.example>"
    assert message_id(b"other", KEY, "ngo.example") != message_id(b"instance", KEY, "ngo.example")


def test_an_id_gives_nothing_away():
    """Message-IDs are kept in archives that staff do not control."""
    identity = message_id(b"instance", KEY, "Ngo.Example.")
    assert identity.endswith("@ngo.example>")
    assert "dara" not in identity
    assert len(identity.partition("@")[0]) == 41


def test_webhook_id_and_reference_belong_to_the_message():
    """All names of one message can be told from each other's."""
    assert webhook_id("<abc123def456@ngo.example>") == "msg_abc123def456"
    assert reference("<abc123def456@ngo.example>") == "ABC-123"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("a|b", "c", "d", 1), ("a", "b|c", "d", 1)),
        (("a", "b", "c", 1), ("a", "b", "c", 2)),
        (("a", "b", "c|2", 1), ("a", "b", "c", 2)),
        (("a%7C", "b", "c", 1), ("a|", "b", "c", 1)),
    ],
)
def test_different_messages_never_share_a_key(one, other):
    """Two messages with one key would be one row: one of them would never be sent."""
    keys = [message_key(MessageKind.ALERT, channel, recipient, subject, part=part) for channel, recipient, subject, part in (one, other)]
    assert keys[0] != keys[1]


@pytest.mark.parametrize("domain", ["", "bad domain", "a\r\nBcc: x", "x" * 70])
def test_a_domain_that_is_none_does_not_get_into_a_header(domain):
    """The domain comes from rules.toml."""
    assert message_id(b"instance", KEY, domain).endswith("@watcher.invalid>")
