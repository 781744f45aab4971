"""(Phase, code) -> Meaning: what a mail server's refusal means for a message and for its channel.

Pure; the conversation itself is smtp.py. Source: RFC 5321 section 4.2.1 and 4.3.2; where servers use a code in two
ways, the reading that loses nothing is taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum

GREYLIST_WAIT = timedelta(minutes=5)  # before coming back to a server that said "later" to a recipient

_NEEDS_LOGIN = (503, 530, 535)  # the server wants a login first: nothing is wrong with this recipient
_MAILBOX_FULL = 552  # as often "mailbox full" as "too large": later, for a day


class Phase(IntEnum):
    """How far a conversation came; only in the last one may the server have taken the message."""

    CONNECT = 1
    HELLO = 2
    TLS = 3
    LOGIN = 4
    SENDER = 5
    RECIPIENT = 6
    DATA = 7
    BODY = 8
    ANSWER = 9


WHILE: dict[Phase, str] = {
    Phase.CONNECT: "when we connected",
    Phase.HELLO: "to our greeting",
    Phase.TLS: "when encryption was to start",
    Phase.LOGIN: "to the login",
    Phase.SENDER: "to the sender's address",
    Phase.RECIPIENT: "to the recipient's address",
    Phase.DATA: "before the message",
    Phase.BODY: "within the message",
    Phase.ANSWER: "to the whole message",
}


@dataclass(frozen=True, slots=True)
class Meaning:
    """The flags of DeliveryError, which explains them."""

    retry: bool = True
    whole_channel: bool = False
    ambiguous: bool = False
    bare: bool = False
    retry_after: timedelta | None = None


LATER = Meaning()
CHANNEL_FAULT = Meaning(whole_channel=True)
DOUBT = Meaning(ambiguous=True)
DEAD = Meaning(retry=False)
PLAINER = Meaning(retry=False, bare=True)


def meaning(phase: Phase, code: int) -> Meaning:
    """Return what `code` (an answer that is no yes; outside 200 to 599 it is garbage) means in `phase`."""
    for_good = 500 <= code <= 599
    if phase is Phase.ANSWER:
        return PLAINER if for_good else LATER if 400 <= code <= 499 else DOUBT
    if phase is Phase.RECIPIENT:
        return _of_recipient(code)
    if for_good and phase in (Phase.TLS, Phase.LOGIN, Phase.SENDER, Phase.DATA):
        return CHANNEL_FAULT
    return LATER


def _of_recipient(code: int) -> Meaning:
    if 400 <= code <= 499 or code == _MAILBOX_FULL:
        return Meaning(retry_after=GREYLIST_WAIT)
    if code in _NEEDS_LOGIN:
        return CHANNEL_FAULT
    return DEAD if 500 <= code <= 599 else LATER
