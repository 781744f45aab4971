"""Client -> Reply or DeliveryError: one POST to a secret address, and what all HTTP channels read alike.

What a status means is each channel's own file. Here lives the rule that an address of a channel is a secret: it is
in no error, also not where a server or a library repeats it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from watcher.deliver.plain import secrets_of_url, without_secrets
from watcher.deliver.retry import retry_after
from watcher.errors import DeliveryError, FetchError
from watcher.model import Channel

if TYPE_CHECKING:
    from watcher.net import Client  # httpx takes long to import, and only the caller needs it


# Nothing of the message left this machine.
_BEFORE_THE_BODY = {
    "dns": "has no address (DNS)",
    "connect": "cannot be reached",
    "tls": "could not agree on encryption, or its certificate cannot be trusted",
}
_WITH_DOUBT = {"timeout": "gave no answer in time", "protocol": "broke the link off"}


@dataclass(frozen=True, slots=True)
class Reply:
    """What the receiver answered: status, its words without our secrets, and when it wants us back."""

    status: int
    text: str
    retry_after: timedelta | None = None


async def post(body: bytes, channel: Channel, *, client: Client | None, headers: Mapping[str, str], now: datetime, doubt: bool) -> Reply:
    """Return what the channel's address answers, whatever the status.

    Raises DeliveryError where there was no answer. `doubt` says that the receiver cannot recognise a repeat: a
    link lost after the body went out is then ambiguous.
    """
    if client is None:
        raise TypeError("an HTTP channel needs a client")
    try:
        answer = await client.post(channel.url, body, headers=headers, allow_private=channel.allow_private)
    except FetchError as error:
        if error.status is not None:
            return Reply(error.status, "", error.retry_after)
        raise _no_answer(error, channel, doubt=doubt) from None  # its text holds the address
    text = without_secrets(answer.body[:2_000].decode("utf-8", "replace"), [*secrets_of_url(channel.url), channel.secret])
    return Reply(answer.status, text, retry_after(answer.headers, now))


def fault(
    channel: Channel,
    problem: str,
    reply: Reply,
    *,
    retry: bool = True,
    whole_channel: bool = False,
    ambiguous: bool = False,
    bare: bool = False,
) -> DeliveryError:
    """Return the error for an answer that is no yes: its status, its words, what to do."""
    said = f"answered {reply.status}"
    words = f' "{reply.text}"' if reply.text else ""
    return DeliveryError(
        channel.name,
        f"{said}{words}; {problem}" if problem else f"{said}{words}",
        retry=retry,
        code=reply.status,
        retry_after=reply.retry_after,
        whole_channel=whole_channel,
        ambiguous=ambiguous,
        bare=bare,
    )


def _no_answer(error: FetchError, channel: Channel, *, doubt: bool) -> DeliveryError:
    if error.kind == "refused_address":
        problem = "the address is private or not allowed; set allow_private = true if it is on your own network"
        return DeliveryError(channel.name, problem, retry=True, whole_channel=True)
    if error.kind == "redirect":
        return DeliveryError(channel.name, "the address has moved; put the new one in .env", retry=True, whole_channel=True)
    if error.kind in _BEFORE_THE_BODY:
        return DeliveryError(channel.name, f"the address {_BEFORE_THE_BODY[error.kind]}", retry=True, retry_after=error.retry_after)
    what = _WITH_DOUBT.get(error.kind, "gave an answer that we cannot read")
    return DeliveryError(channel.name, f"the address {what}", retry=True, retry_after=error.retry_after, ambiguous=doubt)
