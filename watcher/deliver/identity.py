"""Message -> its names: the key that makes enqueueing idempotent, and the id that lets a receiver know a repeat.

No randomness, no clock and no host name: the same message has the same names after a crash and on another machine.
"""

from __future__ import annotations

import hashlib
import hmac

from watcher.model import MessageKind

_DIGITS = 40  # hexadecimal digits of the HMAC: 160 bits


def message_key(kind: MessageKind, channel: str, recipient: str, subject: str, *, part: int = 1) -> str:
    """Return the stable key of one outbox row: `kind|channel|recipient|subject`, with `|2` from the second part on.

    `subject` is what the message is about, not its headline: the local date of a digest (`daily 2023-11-09`),
    the ids of the changes of an alert.
    """
    fields = [str(kind), channel, recipient, subject] + ([str(part)] if part > 1 else [])
    return "|".join(field.replace("%", "%25").replace("|", "%7C") for field in fields)


def message_id(instance_key: bytes, key: str, domain: str) -> str:
    """Return the Message-ID of a row, `<40 hex digits@domain>`; nobody without `instance_key` can forge or read it."""
    digits = hmac.new(instance_key, key.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:_DIGITS]
    return f"<{digits}@{ascii_domain(domain) or 'watcher.invalid'}>"


def webhook_id(message_id: str) -> str:
    """Return the `webhook-id` that belongs to a Message-ID: `msg_` and its digits, the same over all attempts."""
    return f"msg_{_digits(message_id)}"


def reference(message_id: str) -> str:
    """Return what people compare to recognise a repeat, such as `ABC-123`."""
    digits = _digits(message_id)[:6].upper()
    return f"{digits[:3]}-{digits[3:]}"


def ascii_domain(domain: str) -> str:
    """Return `domain` as it goes over the wire (IDNA), or "" where it is no domain name."""
    try:
        plain = domain.strip().rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""
    return plain if plain and all(character.isalnum() or character in ".-" for character in plain) else ""


def _digits(message_id: str) -> str:
    return message_id.strip("<>").partition("@")[0]
