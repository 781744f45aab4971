"""Rendered -> a mail, and a mail -> a mail server: one message a recipient, so that staff addresses do not leak.

The conversation with the server is smtp.py, the bytes are mime.py; here they meet a channel. When to try again is
not decided here.
"""

from __future__ import annotations

import re
import ssl
from datetime import datetime

from watcher.deliver import smtp
from watcher.deliver.frozen import Frozen, story_lines
from watcher.deliver.mime import Letter, ascii_address, header_text, letter_bytes
from watcher.deliver.plain import many_lines, slug, without_secrets
from watcher.errors import DeliveryError
from watcher.lookup import Resolver, ask_system
from watcher.model import Channel, Delivered, Message, Rendered

LONGEST_BARE = 4_000  # characters of a bare mail: enough for the stories, too little to be a problem
PATIENCE = smtp.Patience()
LONGEST_SEND = PATIENCE.before_the_dot + PATIENCE.answer  # a lease must be longer than this


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
    """Return the one mail for `recipient`, frozen.

    `list_id` is the identifier of List-Id (RFC 2919), by default the digest's name in the sender's domain. Raises
    DeliveryError for the whole channel where `from`, or for good where the recipient, is no mail address.
    """
    sender, to = ascii_address(channel.sender), ascii_address(recipient)
    if not sender:
        raise _no_sender(channel)
    if not to:
        raise _no_recipient(channel)
    letter = Letter(
        sender=channel.sender,
        recipient=to,
        subject=rendered.subject,
        date=date,
        message_id=message_id,
        list_id=list_header(name, list_id or f"{slug(name)}.{sender.rpartition('@')[2]}"),
        text=rendered.text,
        html=rendered.html or None,
        reply_to=contact,
    )
    bare = bare_letter(rendered, letter, name=name, contact=contact)
    return [Frozen(payload=letter_bytes(letter) or bare, bare=bare)]


async def send(
    message: Message,
    channel: Channel,
    *,
    patience: smtp.Patience = PATIENCE,
    tls_context: ssl.SSLContext | None = None,
    resolve: Resolver = ask_system,
) -> Delivered:
    """Hand one mail over and return as soon as the server has accepted it; raises DeliveryError.

    `tls_context` and `resolve` stand in for the system's authorities and DNS.
    """
    server = smtp.server_of(channel)
    sender, recipient = ascii_address(channel.bounce) or ascii_address(channel.sender), ascii_address(message.recipient)
    if not sender:  # an empty one is legal in SMTP, and bounces would vanish
        raise _no_sender(channel)
    if not recipient:
        raise _no_recipient(channel)
    envelope = smtp.Envelope(sender=sender, recipient=recipient, data=message.payload)
    answer = await smtp.hand_over(envelope, server, channel=channel.name, patience=patience, tls_context=tls_context, resolve=resolve)
    return Delivered(code=answer.code, answer=without_secrets(answer.message, smtp.secrets_of(server, envelope)))


def list_header(name: str, list_id: str) -> str:
    """Return the value of List-Id: a name for people and an identifier in angle brackets."""
    return f"watcher {slug(name)} <{re.sub(r'[^A-Za-z0-9.-]', '', list_id) or 'watcher.invalid'}>"


def bare_letter(rendered: Rendered, letter: Letter, *, name: str, contact: str) -> bytes:
    """Return the plainer form: ASCII subject, text only, ids and headlines, no link. It can always be written."""
    lines = story_lines(rendered) or _without_links(many_lines(rendered.text)).splitlines()
    ask = header_text(contact) or "the operator of watcher"
    text = "\n".join([f"This message could not be sent in its usual form. For the whole of it ask {ask}.", "", *lines])
    plain = Letter(
        sender=ascii_address(letter.sender),
        recipient=letter.recipient,
        subject=f"watcher: {slug(name)} (plain form)",
        date=letter.date,
        message_id=letter.message_id,
        list_id=letter.list_id,
        text=text[:LONGEST_BARE],
        reply_to=letter.reply_to,
    )
    written = letter_bytes(plain)
    if written is None:  # nothing of a feed is in a header here; this is a bug of ours, not an input
        raise AssertionError("the bare form of a mail cannot be written")
    return written


def _without_links(text: str) -> str:
    return re.sub(r"\b(?:https?|mailto):\S+", "(link left out)", text)


def _no_sender(channel: Channel) -> DeliveryError:
    return DeliveryError(channel.name, "`from` is no mail address; write watcher@your-domain", retry=True, whole_channel=True)


def _no_recipient(channel: Channel) -> DeliveryError:
    return DeliveryError(channel.name, "an address in `to` is no mail address (ASCII before the @); correct it", retry=False)
