"""Webhooks: signed as the specification says, and what a receiver's answers mean."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from delivery_servers import http_answer, http_server, read_json, row
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from watcher.deliver import webhook
from watcher.errors import DeliveryError
from watcher.model import Channel, ChannelKind
from watcher.net import Client, Limits

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_" + "c2Vjb25kIGtleSBvZiB0d28gaW4gcm90YXRpb24="
PATH = "/hook/very-secret-part"
CHANNEL = Channel("case-files", ChannelKind.WEBHOOK, secret=SECRET, allow_private=True)


def build(rendered, names):
    return webhook.build(rendered, CHANNEL, recipient="case-files", **names)


@pytest.mark.shared
def test_the_signature_is_the_published_one(shared_folder):
    """Receivers check it with libraries that somebody else wrote."""
    vector = json.loads((shared_folder / "corpora/standard-webhooks/vectors.json").read_text())["sign"][0]
    moment = datetime.fromtimestamp(vector["timestamp"], UTC)
    for zone in (UTC, timezone(timedelta(hours=7))):
        signed = webhook.signature(replace(CHANNEL, secret=vector["key"]), vector["id"], moment.astimezone(zone), vector["body"].encode())
        assert signed == vector["expected"]


async def send_to(*answers, now, channel=CHANNEL, payload=b'{"type":"digest"}', times=1):
    async with http_server(*answers) as server, Client("watcher-test") as client:
        there = replace(channel, url=f"http://127.0.0.1:{server.port}{PATH}")
        for _ in range(times):
            delivered = await webhook.send(row(payload), there, client=client, now=now)
    return delivered, server


async def test_a_receiver_can_verify_what_it_gets(rendered, names):
    """The receiver's library takes it, and takes nothing that was changed on the way."""
    payload = build(rendered, names)[0].payload
    _, server = await send_to(http_answer(204), now=datetime.now(UTC), payload=payload)
    assert Webhook(SECRET).verify(server.bodies[0], server.headers[0])["type"] == "story.new"
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(server.bodies[0].replace(b"25", b"52"), server.headers[0])
    with pytest.raises(WebhookVerificationError):
        Webhook(OTHER).verify(server.bodies[0], server.headers[0])


async def test_both_keys_sign_while_a_key_is_changed(now):
    """A secret can be changed without losing a message: receivers with the old or the new one accept."""
    _, server = await send_to(http_answer(200), now=datetime.now(UTC), channel=replace(CHANNEL, secret=f"{SECRET} {OTHER}"))
    for secret in (SECRET, OTHER):
        Webhook(secret).verify(server.bodies[0], server.headers[0])


async def test_the_id_stays_and_the_time_is_of_the_attempt(now):
    """The receiver drops a repeat by its id, and a replay by its time."""
    _, first = await send_to(http_answer(200), now=now)
    _, second = await send_to(http_answer(200), now=now + timedelta(hours=2))
    assert first.headers[0]["webhook-id"] == second.headers[0]["webhook-id"] == "msg_" + "ab" * 20
    assert int(second.headers[0]["webhook-timestamp"]) - int(first.headers[0]["webhook-timestamp"]) == 7_200
    assert first.bodies == second.bodies


@pytest.mark.parametrize("secret", ["", "whsec_", "not base64!", "whsec_ភ្នំពេញ", "whsec_c2hvcnQ=", f"{SECRET} oops"])
async def test_a_wrong_secret_is_a_fault_of_the_channel_and_not_shown(secret, now):
    """An unsigned message would teach the receiver to accept anybody's."""
    with pytest.raises(DeliveryError, match="secret is missing or not whsec_") as caught:
        await send_to(http_answer(200), now=now, channel=replace(CHANNEL, secret=secret))
    assert caught.value.whole_channel
    assert "base64!" not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
async def test_any_2xx_is_an_acceptance(status, now):
    """The specification lets the receiver choose."""
    delivered, _ = await send_to(http_answer(status), now=now)
    assert delivered.code == status


@pytest.mark.parametrize(
    ("answer", "flags", "wish"),
    [
        (http_answer(301, Location="/elsewhere"), "retry whole_channel", None),
        (http_answer(302, Location="http://127.0.0.1:1/"), "retry whole_channel", None),
        (http_answer(304), "retry whole_channel", None),
        (http_answer(400, b"what"), "retry", None),
        (http_answer(401), "retry", None),
        (http_answer(404), "retry", None),
        (http_answer(408), "retry", None),
        (http_answer(410), "whole_channel", None),
        (http_answer(425), "retry", None),
        (http_answer(429, Retry_After="120"), "retry", 120),
        (http_answer(429, Retry_After="Thu, 09 Nov 2023 02:00:00 GMT"), "retry", 7_200),
        (http_answer(429, Retry_After="1000000000000"), "retry", 86_400),
        (http_answer(500), "retry", None),
        (http_answer(503, Retry_After="-1"), "retry", None),
        (http_answer(520, b"cloud"), "retry", None),
        (b"garbage\r\n\r\n", "retry", None),
        ("reset", "retry", None),
    ],
)
async def test_each_answer_is_read_right(answer, flags, wish, now):
    """The receiver recognises a repeat, so trying again is always safe; only who tries for ever does harm."""
    with pytest.raises(DeliveryError) as caught:
        await send_to(answer, now=now)
    error = caught.value
    assert " ".join(name for name in ("retry", "whole_channel", "ambiguous", "bare") if getattr(error, name)) == flags, error
    assert error.retry_after == (None if wish is None else timedelta(seconds=wish))
    assert "very-secret" not in str(error)
    assert SECRET not in str(error)


async def test_a_receiver_that_hangs_is_tried_again(now):
    """It cannot hold the sender for longer than the client's deadline."""

    class Hasty(Client):
        async def post(self, url, body, *, headers, allow_private=False):
            return await super().post(url, body, headers=headers, limits=Limits(seconds=0.2), allow_private=allow_private)

    async with http_server("hang") as server, Hasty("watcher-test") as client:
        with pytest.raises(DeliveryError, match="no answer in time") as caught:
            await webhook.send(row(b"{}"), replace(CHANNEL, url=f"http://127.0.0.1:{server.port}{PATH}"), client=client, now=now)
    assert caught.value.retry
    assert not caught.value.ambiguous


async def test_a_redirect_is_not_followed(now):
    """Following would send the story, and its signature, to an address that nobody chose."""
    async with http_server(http_answer(200)) as other, http_server(
        http_answer(307, Location=f"http://127.0.0.1:{other.port}/")
    ) as server, Client("watcher-test") as client:  # fmt: skip
        with pytest.raises(DeliveryError, match="has moved"):
            await webhook.send(row(b"{}"), replace(CHANNEL, url=f"http://127.0.0.1:{server.port}{PATH}"), client=client, now=now)
        assert other.bodies == []


def test_each_change_is_one_message(rendered, names):
    """A receiver handles one change at a time, and one that it refuses does not hold up the others."""
    event = rendered.events[0]
    frozen = build(replace(rendered, events=(event, {**event, "type": "story.changed"})), names)
    assert [read_json(part.payload)["type"] for part in frozen] == ["story.new", "story.changed"]
    assert [part.part for part in frozen] == [1, 2]


def test_a_digest_without_changes_is_still_an_event(rendered, names):
    """A receiver that hears nothing could not tell a quiet day from a broken sender."""
    (frozen,) = build(replace(rendered, events=()), names)
    assert read_json(frozen.payload) == {
        "type": "digest",
        "timestamp": "2023-11-09T00:00:00Z",
        "data": {"name": "daily", "subject": rendered.subject, "text": rendered.text},
    }


def test_a_story_with_many_articles_stays_under_twenty_kilobytes(rendered, names):
    """Receivers refuse large bodies; what was left out is said."""
    event = rendered.events[0]
    articles = [{"url": f"https://news.example/{number}", "title": "ជនជាតិជប៉ុន" * 20} for number in range(100)]
    story = {**event["data"]["story"], "articles": articles}
    (frozen,) = build(replace(rendered, events=({**event, "data": {**event["data"], "story": story}},)), names)
    written = read_json(frozen.payload)["data"]["story"]
    assert 15_000 < len(frozen.payload) <= 20_000
    assert written["articles"] == articles[: len(written["articles"])]
    assert written["articles_left_out"] == 100 - len(written["articles"])


def test_an_event_that_cannot_be_shortened_becomes_bare(rendered, names):
    """Even then the receiver learns which story it was."""
    event = rendered.events[0]
    story = {"id": 12, "headline": "h" * 30_000, "articles": []}
    (frozen,) = build(replace(rendered, events=({**event, "data": {"story": story}},)), names)
    assert read_json(frozen.payload) == {
        "type": "story.new",
        "timestamp": event["timestamp"],
        "data": {"story": {"id": 12, "headline": "h" * 500}, "shortened": True},
    }
    assert frozen.payload == frozen.bare
