"""Rendered -> Block Kit messages for a Slack incoming webhook.

Facts and links, nothing unfurled, no mention of anybody. When to try again is not decided here. Slack has no key
by which it could recognise a repeat: each message carries a reference by which people can.

Limits: 50 blocks and 3,000 characters a section (Slack's reference); about 13,200 characters a message were seen to
be refused (bolt-js issue 2509), so we split at 10,000.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from watcher.deliver.frozen import Frozen
from watcher.deliver.http_answers import Reply, fault, post
from watcher.deliver.identity import reference
from watcher.deliver.plain import many_lines, one_line
from watcher.errors import DeliveryError
from watcher.model import Channel, Delivered, Message, Rendered

if TYPE_CHECKING:
    from watcher.net import Client

MOST_SECTIONS = 48  # and one context block: under 50
LONGEST_SECTION = 3_000  # characters
LONGEST_MESSAGE = 10_000  # characters of all texts together
_LONGEST_LINK = 2_000  # characters; a longer one is shown by its label only
_LONGEST_TEXT = 300  # characters of the text in notifications and screen readers
_RESERVE = 400  # characters of a message kept for that text and the reference

# The only markup in angle brackets that leaves this program: <!channel>, <@U123> and <#C123> would call people.
_LINK = re.compile(r"<((?:https?://|mailto:)[^<>|\s]+)(?:\|([^<>|\n]*))?>")


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
    """Return one payload for each Slack message that the digest needs, in order."""
    pieces = [piece for paragraph in rendered.slack for piece in _pieces(_tame(many_lines(paragraph)))]
    pieces = pieces or [escape(one_line(rendered.subject, longest=_LONGEST_TEXT))]
    messages = _filled(pieces)
    subject = escape(one_line(rendered.news or rendered.subject, longest=_LONGEST_TEXT))
    return [
        Frozen(
            payload=_payload(subject, sections, _footer(message_id, part, len(messages))),
            bare=_bare_payload(subject, sections, _footer(message_id, part, len(messages))),
            part=part,
        )
        for part, sections in enumerate(messages, start=1)
    ]


async def send(message: Message, channel: Channel, *, client: Client | None, now: datetime) -> Delivered:
    """Post one message; raises DeliveryError. A lost answer is ambiguous: Slack cannot recognise a repeat."""
    headers = {"content-type": "application/json; charset=utf-8"}
    reply = await post(message.payload, channel, client=client, headers=headers, now=now, doubt=True)
    if reply.status == 200 and _is_yes(reply.text):
        return Delivered(code=200, answer=reply.text)
    raise _meaning(reply, channel)


def escape(text: str) -> str:
    """Escape the three characters that Slack reads as control characters."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _meaning(reply: Reply, channel: Channel) -> DeliveryError:
    status = reply.status
    if 200 <= status < 300:
        return fault(channel, 'not Slack\'s "ok"; is the address a Slack webhook?', reply, ambiguous=True)
    if 300 <= status < 400:
        return fault(channel, "the address has moved and we do not follow; put the new one in .env", reply, whole_channel=True)
    if status in (400, 413):
        return fault(channel, "Slack did not take this form of the message", reply, retry=False, bare=True)
    if status in (401, 403):
        return fault(channel, "Slack refused us; look at the app's rights, or put a new address in .env", reply, whole_channel=True)
    if status in (404, 410):
        return fault(channel, "the webhook or its channel was removed; put a new address in .env", reply, retry=False, whole_channel=True)
    # A gateway that got no answer from Slack cannot say whether Slack has the message.
    return fault(channel, "we try again", reply, ambiguous=status in (502, 504))


def _is_yes(text: str) -> bool:
    if text == "ok":
        return True
    try:
        answer = json.loads(text)
    except ValueError:
        return False
    return isinstance(answer, dict) and answer.get("ok") is True


def _tame(mrkdwn: str) -> str:
    """Return the paragraph with every angle bracket escaped that is not part of a web or mail link."""
    tamed, end = [], 0
    for link in _LINK.finditer(mrkdwn):
        tamed.append(_brackets(mrkdwn[end : link.start()]))
        tamed.append(link.group() if len(link.group()) <= _LONGEST_LINK else _brackets((link.group(2) or "link too long")[:_LONGEST_TEXT]))
        end = link.end()
    return "".join([*tamed, _brackets(mrkdwn[end:])]).strip()


def _brackets(text: str) -> str:
    return text.replace("<", "&lt;").replace(">", "&gt;")


def _pieces(text: str) -> list[str]:
    """Cut a tame paragraph into sections: at a line end, else at a blank, never within a link or an entity."""
    pieces = []
    while len(text) > LONGEST_SECTION:
        cut = _place_to_cut(text)
        pieces.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [piece for piece in [*pieces, text] if piece]


def _place_to_cut(text: str) -> int:
    limit = LONGEST_SECTION
    at = max(text.rfind("\n", limit // 2, limit), 0) or max(text.rfind(" ", limit // 2, limit), 0) or limit
    opened = text.rfind("<", 0, at)
    if opened > text.rfind(">", 0, at):
        at = opened
    entity = text.rfind("&", max(0, at - 5), at)
    if entity > 0 and ";" not in text[entity:at]:
        at = entity
    return at or limit


def _filled(pieces: list[str]) -> list[list[str]]:
    """Share the sections out over as few messages as the limits allow, in order."""
    messages: list[list[str]] = [[]]
    length = 0
    for piece in pieces:
        if messages[-1] and (len(messages[-1]) == MOST_SECTIONS or length + len(piece) > LONGEST_MESSAGE - _RESERVE):
            messages.append([])
            length = 0
        messages[-1].append(piece)
        length += len(piece)
    return messages


def _footer(message_id: str, part: int, parts: int) -> str:
    return f"ref {reference(message_id)}" + (f", {part} of {parts}" if parts > 1 else "")


def _payload(subject: str, sections: list[str], footer: str) -> bytes:
    blocks: list[dict[str, Any]] = [{"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}} for text in sections]
    blocks.append({"type": "context", "elements": [{"type": "plain_text", "text": footer, "emoji": False}]})
    return _json({"text": subject, "blocks": blocks, "unfurl_links": False, "unfurl_media": False})


def _bare_payload(subject: str, sections: list[str], footer: str) -> bytes:
    """Return ids and titles without blocks, links and formatting."""
    plain = [_LINK.sub(lambda link: link.group(2) or "", section).replace("*", "") for section in sections]
    text = "\n".join([subject, *plain, footer])
    return _json({"text": text, "mrkdwn": False, "unfurl_links": False, "unfurl_media": False})


def _json(value: dict[str, Any]) -> bytes:
    # "replace" turns a lone surrogate into "?"; Slack refuses JSON with one.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
