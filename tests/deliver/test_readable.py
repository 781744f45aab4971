"""Payloads read back: what the operator reads, and what a summary tells, is what people would have got."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from watcher.deliver import build
from watcher.deliver.readable import readable
from watcher.model import Channel, ChannelKind, Rendered

SAID = Rendered(
    "25 Japanese & others", "25 Japanese deported.\n\nខ្មែរ <b>", "<p>25</p>", slack=("*25 Japanese* &amp; others, <https://a.test/x|AP>",)
)


def payload(kind: ChannelKind) -> bytes:
    channel = Channel("c", kind, sender="watcher@ngo.example")
    at = datetime(2023, 11, 9, 7, tzinfo=UTC)
    name = f"<{'a' * 40}@ngo.example>"
    return build(SAID, channel, recipient="a@ngo.example", message_id=name, date=at, name="daily", contact="")[0].payload


@pytest.mark.parametrize("kind", [ChannelKind.EMAIL, ChannelKind.FOLDER])
def test_the_text_part_of_a_mail_is_decoded(kind: ChannelKind) -> None:
    """Base64 and quoted-printable are for servers, not for people."""
    said = readable(payload(kind))
    assert (said.subject, said.text) == ("25 Japanese & others", "25 Japanese deported.\n\nខ្មែរ <b>")
    assert said.paragraphs == ("25 Japanese deported.", "ខ្មែរ &lt;b&gt;"), "escaped for Slack, where it may be told again"


def test_slacks_blocks_are_read_as_text_with_addresses(kind: ChannelKind = ChannelKind.SLACK) -> None:
    """Without its markup, and with every link."""
    said = readable(payload(kind))
    assert said.text == "25 Japanese & others, AP: https://a.test/x"
    assert said.paragraphs == SAID.slack, "what Slack is told again is escaped as it was"


def test_an_event_is_its_json() -> None:
    """Programs get objects, and so does who looks at one."""
    said = readable(payload(ChannelKind.WEBHOOK))
    assert said.data is not None
    assert said.data["data"]["subject"] == SAID.subject


@pytest.mark.parametrize(
    ("broken", "shown"),
    [
        (b"", ""),
        (b"{", "{"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b"{}", "{}"),
        (b"Content-Type: text/plain; charset=nobody\r\n\r\nx", "Content-Type: text/plain; charset=nobody\n\nx"),
        (b'{"blocks": 7, "text": 3}', "3"),
    ],
)
def test_what_cannot_be_read_is_shown_all_the_same(broken: bytes, shown: str) -> None:
    """A look at a message must not end in a trace, nor hide what is there."""
    assert readable(broken).text == shown
