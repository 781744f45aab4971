"""Rendered -> signed JSON for another system: one POST a change, by the Standard Webhooks specification 1.0.0.

The receiver recognises a repeat by `webhook-id`, which stays over all attempts; so no failure here is ambiguous.
When to try again is not decided here.
"""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from watcher.deliver.frozen import Frozen
from watcher.deliver.http_answers import fault, post
from watcher.deliver.identity import webhook_id
from watcher.errors import DeliveryError
from watcher.model import Channel, Delivered, Message, Rendered

if TYPE_CHECKING:
    from watcher.net import Client

LONGEST_PAYLOAD = 20_000  # bytes; the specification asks receivers for no more than 20 kB

SHORTEST_KEY = 24  # bytes; the specification asks for 24 to 64

_AGAIN = (408, 425, 429)  # and every 5xx


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
    """Return one payload for each change; a digest without one is itself an event, so that silence is visible.

    An event over the limit loses articles from the end, and says how many in `articles_left_out`.
    """
    events = rendered.events or (_digest_event(rendered, date, name),)
    return [Frozen(payload=_within_limit(event), bare=_json(_bare(event)), part=part) for part, event in enumerate(events, start=1)]


async def send(message: Message, channel: Channel, *, client: Client | None, now: datetime) -> Delivered:
    """Post one payload, signed for this attempt; raises DeliveryError."""
    identity = webhook_id(message.message_id)
    headers = {
        "content-type": "application/json",
        "webhook-id": identity,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature(channel, identity, now, message.payload),
    }
    reply = await post(message.payload, channel, client=client, headers=headers, now=now, doubt=False)
    if 200 <= reply.status < 300:
        return Delivered(code=reply.status, answer=reply.text)
    if 300 <= reply.status < 400:
        raise fault(channel, "the address has moved and we do not follow; put the new one in .env", reply, whole_channel=True)
    if reply.status == 410:
        raise fault(
            channel,
            "the receiver wants no more messages; remove the channel or put a new address in .env",
            reply,
            retry=False,
            whole_channel=True,
        )
    if reply.status in _AGAIN or reply.status >= 500:
        raise fault(channel, "we try again", reply)
    raise fault(channel, "look at the receiver; we try again for three days", reply)


def signature(channel: Channel, identity: str, now: datetime, payload: bytes) -> str:
    """Return `v1,...` for each secret of the channel, with blanks between: two while a key is being changed.

    Raises DeliveryError for the whole channel where a secret is missing or no base64.
    """
    try:
        # The library takes the clock face of a datetime for UTC, whatever its zone.
        signed = [Webhook(_key(secret)).sign(identity, now.astimezone(UTC), payload.decode()) for secret in channel.secret.split()]
    except (ValueError, EmptyWebhookSecretError):
        signed = []
    if not signed:
        problem = f"the secret is missing or not whsec_ and at least {SHORTEST_KEY} bytes in base64; put a right one in .env"
        raise DeliveryError(channel.name, problem, retry=True, whole_channel=True) from None
    return " ".join(signed)


def _key(secret: str) -> bytes:
    """Decode a secret strictly: the library skips what is no base64, and so takes a password for a key of some bytes."""
    coded = secret.removeprefix("whsec_").rstrip("=")
    key = base64.b64decode(coded + "=" * (-len(coded) % 4), validate=True)
    if len(key) < SHORTEST_KEY:
        raise ValueError
    return key


def _digest_event(rendered: Rendered, date: datetime, name: str) -> dict[str, Any]:
    moment = date.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return {"type": "digest", "timestamp": moment, "data": {"name": name, "subject": rendered.subject, "text": rendered.text}}


def _within_limit(event: dict[str, Any]) -> bytes:
    """Return the event's JSON, with as many of the story's articles as fit; bare where not even one does."""
    whole = _json(event)
    if len(whole) <= LONGEST_PAYLOAD:
        return whole
    data = event.get("data")
    story = data.get("story") if isinstance(data, dict) else None
    articles = story.get("articles") if isinstance(story, dict) else None
    if isinstance(data, dict) and isinstance(story, dict) and isinstance(articles, list):
        for kept in range(len(articles) - 1, -1, -1):
            shorter = {**story, "articles": articles[:kept], "articles_left_out": len(articles) - kept}
            written = _json({**event, "data": {**data, "story": shorter}})
            if len(written) <= LONGEST_PAYLOAD:
                return written
    return _json(_bare(event))


def _bare(event: dict[str, Any]) -> dict[str, Any]:
    """Return type, time, and of the story its id and headline."""
    data = event.get("data")
    data = data if isinstance(data, dict) else {}
    story = data.get("story")
    if isinstance(story, dict):
        short: dict[str, Any] = {"story": {"id": story.get("id"), "headline": str(story.get("headline", ""))[:500]}}
    else:
        short = {key: str(data[key])[:2_000] for key in ("name", "subject") if key in data}
    return {"type": event.get("type"), "timestamp": event.get("timestamp"), "data": {**short, "shortened": True}}


def _json(value: dict[str, Any]) -> bytes:
    # "replace" turns a lone surrogate into "?": JSON with one is refused by many receivers.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str).encode("utf-8", "replace")
