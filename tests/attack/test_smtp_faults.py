"""Every phase of a conversation with a mail server, and every way it can end there: each comes to its class.

One conversation has all phases: TLS is started within it, then a login. The classes are those of the answers table:
a safe repeat, a fault of the channel, of the recipient, of this form of the message, a doubt, or sent.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from delivery_servers import row, smtp_server
from http_faults import _deaf, names

from watcher.deliver import email
from watcher.deliver.smtp import Patience
from watcher.errors import DeliveryError
from watcher.model import Channel, ChannelKind, Delivered

SHORT = Patience(
    connect=timedelta(seconds=0.3), command=timedelta(seconds=0.3), before_the_dot=timedelta(seconds=2), answer=timedelta(seconds=0.4)
)
MAIL = b"Subject: x\r\n\r\ntext\r\n"
LOGIN = "watcher:hunter2hunter2@"
MAILS = Channel("staff", ChannelKind.EMAIL, to=("dara@ngo.example",), sender="watcher@ngo.example", allow_private=True)

SAFE, CHANNEL, DOUBT, DEAD, PLAINER, SENT = "retry", "retry whole_channel", "retry ambiguous", "", "bare", "sent"
BROKEN = ("drop", "hang", "garbage", "drip")  # the link or the language broke, not the message


def _phase(step: str, later: str, refused: dict[str, str], broken: str) -> list[tuple[str, str, str]]:
    """The ways one phase can end: busy, later, refused for good, broken, slow."""
    cases = [(step, "421 busy", later), (step, "451 later", later), (step, "slow", SENT)]
    return cases + [(step, what, broken) for what in BROKEN] + [(step, f"{code} no", means) for code, means in refused.items()]


FAULTS = [
    *_phase("greeting", SAFE, {"554": SAFE, "500": SAFE}, SAFE),
    *_phase("ehlo", SAFE, {"550": SAFE, "502": SAFE}, SAFE),
    *_phase("starttls", SAFE, {"501": CHANNEL, "554": CHANNEL}, SAFE),
    *_phase("auth", SAFE, {"535": CHANNEL, "534": CHANNEL, "550": CHANNEL}, SAFE),
    *_phase("mail", SAFE, {"550": CHANNEL, "553": CHANNEL, "530": CHANNEL}, SAFE),
    *_phase(
        "rcpt", SAFE, {"550": DEAD, "551": DEAD, "553": DEAD, "501": DEAD, "554": DEAD, "552": SAFE, "530": CHANNEL, "535": CHANNEL}, SAFE
    ),
    *_phase("data", SAFE, {"554": CHANNEL, "250": SAFE}, SAFE),
    ("body", "drop", SAFE),
    ("body", "hang", SAFE),
    *_phase("dot", SAFE, {"550": PLAINER, "552": PLAINER, "554": PLAINER, "354": DOUBT}, DOUBT),
    *_phase("quit", SENT, {"500": SENT}, SENT),
]


def flags(error: DeliveryError) -> str:
    return " ".join(name for name in ("retry", "whole_channel", "ambiguous", "bare") if getattr(error, name))


async def outcome(
    channel: Channel, tls: ssl.SSLContext | None = None, resolve: object = None, data: bytes = MAIL
) -> Delivered | DeliveryError:
    """What came of one mail."""
    more = {} if resolve is None else {"resolve": resolve}
    try:
        return await email.send(row(data), channel, patience=SHORT, tls_context=tls, **more)  # type: ignore[arg-type]
    except DeliveryError as error:
        assert "hunter2" not in str(error)
        assert "dara@" not in str(error)
        return error


@pytest.mark.parametrize(("step", "what", "means"), FAULTS)
async def test_every_fault_of_every_phase_comes_to_its_class(
    step: str, what: str, means: str, server_tls: Callable[[str], ssl.SSLContext | None], our_tls: ssl.SSLContext
) -> None:
    """Wrong one way a mail is lost; wrong the other way staff get it twice."""
    started = time.monotonic()
    data = MAIL if step != "body" else b"x" * 76 + b"\r\n" + (b"y" * 76 + b"\r\n") * 100_000
    async with smtp_server(faults={step: what}, tls=server_tls("good"), starttls=True) as server:
        result = await outcome(replace(MAILS, server=f"smtp://{LOGIN}127.0.0.1:{server.port}"), our_tls, data=data)
    assert time.monotonic() - started < 4
    if means == SENT:
        assert isinstance(result, Delivered), result
        assert server.mails == [MAIL]
        return
    assert isinstance(result, DeliveryError)
    assert flags(result) == means, result
    assert result.code == (int(what[:3]) if what[:3].isdigit() else None)
    assert len(server.mails) == (1 if step == "dot" and means == DOUBT else 0)
    if step == "rcpt" and what.startswith("4"):
        assert result.retry_after == timedelta(minutes=5)
    if step in ("greeting", "ehlo", "starttls"):
        assert not any(command.startswith(("AUTH", "MAIL")) for command in server.commands)


# name, the server's address, the resolver, what it means, whether the operator said `allow_private`
CONNECTING = [
    ("nobody listens", "127.0.0.1", None, SAFE, True),
    ("hangs", "127.0.0.1", None, SAFE, True),
    ("NXDOMAIN", "mail.example", names(socket.gaierror, code=socket.EAI_NONAME), SAFE, True),
    ("SERVFAIL", "mail.example", names(socket.gaierror, code=socket.EAI_AGAIN), SAFE, True),
    ("no address", "mail.example", names(None), SAFE, True),
    ("DNS hangs", "mail.example", names(None, "127.0.0.1", seconds=30), SAFE, True),
    ("rebinds", "mail.example", names(None, "127.0.0.1"), CHANNEL, False),
    ("mixed", "mail.example", names(None, "93.184.215.14", "10.0.0.1"), CHANNEL, False),
    ("metadata service", "169.254.169.254", None, CHANNEL, True),
]


@pytest.mark.parametrize(("name", "host", "resolve", "means", "private"), CONNECTING, ids=[case[0] for case in CONNECTING])
async def test_every_fault_before_the_greeting_comes_to_its_class(name: str, host: str, resolve: object, means: str, private: bool) -> None:
    """Nothing has left this machine: always safe to repeat, unless a person must say where mail may go."""
    with _deaf("127.0.0.1", hangs=name == "hangs") as port:
        result = await outcome(replace(MAILS, server=f"smtp://{host}:{port}", allow_private=private), resolve=resolve)
    assert isinstance(result, DeliveryError)
    assert flags(result) == means, result
    assert ("allow_private = true" in str(result)) == (means == CHANNEL)


@pytest.mark.parametrize("certificate", ["unknown", "expired", "elsewhere"])
@pytest.mark.parametrize("starttls", [True, False])
async def test_no_mail_goes_to_a_server_whose_certificate_is_wrong(
    certificate: str, starttls: bool, server_tls: Callable[[str], ssl.SSLContext | None], our_tls: ssl.SSLContext
) -> None:
    """It may be somebody who listens in; the mail waits, and neither password nor address is given away."""
    async with smtp_server(tls=server_tls(certificate), starttls=starttls) as server:
        scheme = "smtp" if starttls else "smtps"
        result = await outcome(replace(MAILS, server=f"{scheme}://{LOGIN}127.0.0.1:{server.port}"), our_tls)
    assert isinstance(result, DeliveryError)
    assert flags(result) == SAFE, result
    assert not any(command.startswith(("AUTH", "MAIL")) for command in server.commands)


async def test_a_slow_mail_server_delays_no_other(server_tls: Callable[[str], ssl.SSLContext | None]) -> None:
    """Each channel has its own conversation; one that hangs must not hold the loop."""
    async with smtp_server(faults={"greeting": "hang"}) as bad, smtp_server() as good:
        waiting = asyncio.create_task(outcome(replace(MAILS, tls="none", server=f"smtp://127.0.0.1:{bad.port}")))
        await asyncio.sleep(0)
        started = time.monotonic()
        assert isinstance(await outcome(replace(MAILS, tls="none", server=f"smtp://127.0.0.1:{good.port}")), Delivered)
        assert time.monotonic() - started < 0.25
        assert isinstance(await waiting, DeliveryError)
