"""The two functions that the rest of the program knows of this room."""

from __future__ import annotations

from dataclasses import replace

import pytest
from delivery_servers import http_answer, http_server, row, smtp_server

from watcher import deliver
from watcher.errors import DeliveryError
from watcher.model import Channel, ChannelKind
from watcher.net import Client

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.mark.parametrize("kind", ChannelKind)
async def test_what_is_built_for_a_channel_can_be_sent_there(kind, rendered, names, now, tmp_path):
    """Each way out works from the rendered digest to the receiver, and so does its bare form."""
    async with smtp_server() as mail, http_server(http_answer(200, b"ok")) as web, Client("watcher-test") as client:
        channel = Channel(
            "way", kind, sender="watcher@ngo.example", server=f"smtp://127.0.0.1:{mail.port}", tls="none",
            url=f"http://127.0.0.1:{web.port}/x", secret=SECRET, folder=str(tmp_path), allow_private=True,
        )  # fmt: skip
        frozen = deliver.build(rendered, channel, recipient="dara@ngo.example", **names)[0]
        for payload in (frozen.payload, frozen.bare):
            await deliver.send(row(payload), channel, client=client, now=now)
    arrived = {ChannelKind.EMAIL: mail.mails, ChannelKind.FOLDER: [path.read_bytes() for path in tmp_path.glob("*.eml")]}
    assert arrived.get(kind, web.bodies)[-1] == frozen.bare
    assert len(arrived.get(kind, web.bodies)) == (1 if kind is ChannelKind.FOLDER else 2)


async def test_a_channel_with_a_missing_secret_is_paused_and_says_which(now):
    """The other channels go on, and the operator reads what to put where."""
    channel = Channel("way", ChannelKind.SLACK, missing=("SLACK_URL",))
    with pytest.raises(DeliveryError, match="SLACK_URL is not set") as caught:
        await deliver.send(row(b"{}"), channel, client=None, now=now)
    assert caught.value.whole_channel
    assert not caught.value.retry


@pytest.mark.parametrize("kind", ChannelKind)
def test_building_twice_gives_the_same_bytes(kind, rendered, names):
    """A crash between building and storing must not make another message of it."""
    channel = Channel("way", kind, sender="watcher@ngo.example")
    once, twice = (deliver.build(rendered, channel, recipient="dara@ngo.example", **names) for _ in range(2))
    assert once == twice


def test_a_lease_can_be_longer_than_the_longest_send():
    """Two workers must never send one message at the same time."""
    assert deliver.LONGEST_SEND.total_seconds() == 900


@pytest.mark.parametrize("kind", [ChannelKind.SLACK, ChannelKind.WEBHOOK])
def test_no_address_of_a_channel_is_in_what_is_stored(kind, rendered, names):
    """The outbox may be copied into a bug report."""
    channel = Channel("way", kind, url="https://hooks.example/services/abcdefgh", secret=SECRET)
    for frozen in deliver.build(replace(rendered), channel, recipient="way", **names):
        assert b"hooks.example" not in frozen.payload + frozen.bare
        assert b"whsec" not in frozen.payload + frozen.bare
