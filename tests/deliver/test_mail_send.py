"""Handing mail over: what each failure of a mail server means, step by step."""

from __future__ import annotations

import asyncio
import base64
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from delivery_servers import read_mail, row, smtp_server

from watcher.deliver import email
from watcher.deliver.smtp import Patience, is_near, server_of
from watcher.errors import DeliveryError
from watcher.model import Channel

SHORT = Patience(
    connect=timedelta(seconds=0.3), command=timedelta(seconds=0.3), before_the_dot=timedelta(seconds=2), answer=timedelta(seconds=0.4)
)
MAIL = b"Subject: x\r\n\r\n.a line with a dot\r\n"
PASSWORD = "s3cret/p%ss"
LOGIN = "watcher:s3cret%2Fp%25ss@"

SAFE = "retry"
CHANNEL = "retry whole_channel"
DOUBT = "retry ambiguous"
DEAD = ""
PLAINER = "bare"


def flags(error: DeliveryError) -> str:
    return " ".join(name for name in ("retry", "whole_channel", "ambiguous", "bare") if getattr(error, name))


async def fail(channel: Channel, server, *, tls=None, data: bytes = MAIL, scheme: str = "smtp", login: str = "") -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await email.send(row(data), replace(channel, server=f"{scheme}://{login}127.0.0.1:{server.port}"), patience=SHORT, tls_context=tls)
    error = caught.value
    assert PASSWORD not in str(error)
    assert "dara@" not in str(error)
    assert base64.b64encode(f"\0watcher\0{PASSWORD}".encode()).decode() not in str(error)
    return error


async def test_a_server_without_a_login_is_a_fault_of_the_channel(mail_channel):
    """Most often the port is wrong; the mails wait until it is put right."""
    async with smtp_server(login=False) as server:
        error = await fail(mail_channel, server, login=LOGIN)
    assert flags(error) == CHANNEL
    assert "offers no login" in str(error)


async def test_a_server_that_knows_no_ehlo_still_gets_mail(mail_channel):
    """Some relays inside an office are that old."""
    async with smtp_server(faults={"ehlo": "502 what"}) as server:
        await email.send(row(MAIL), replace(mail_channel, server=f"smtp://127.0.0.1:{server.port}"), patience=SHORT)
    assert server.mails == [MAIL]


@pytest.mark.parametrize(("sender", "recipient", "meaning"), [("", "dara@ngo.example", CHANNEL), ("w@ngo.example", "dara\r\nDATA@x", DEAD)])
async def test_no_envelope_is_sent_with_an_address_that_is_none(sender, recipient, meaning, mail_channel):
    """An empty sender would make bounces vanish; a line break would be a second command."""
    async with smtp_server() as server:
        channel = replace(mail_channel, sender=sender, server=f"smtp://127.0.0.1:{server.port}")
        with pytest.raises(DeliveryError, match="no mail address") as caught:
            await email.send(row(MAIL, recipient=recipient), channel, patience=SHORT)
    assert flags(caught.value) == meaning
    assert server.connections == 0


async def test_greylisting_is_waited_for(mail_channel):
    """A greylisting server lets in who comes back after some minutes, and blocks who hammers."""
    async with smtp_server(faults={"rcpt": "450 greylisted"}) as server:
        error = await fail(mail_channel, server)
    assert error.retry_after == timedelta(minutes=5)


async def test_a_link_lost_within_the_message_is_safe_to_repeat(mail_channel):
    """The server has no final dot, so it cannot have accepted: no reader gets this twice."""
    async with smtp_server(faults={"body": "drop"}) as server:
        error = await fail(mail_channel, server, data=b"x" * 76 + b"\r\n" + (b"y" * 76 + b"\r\n") * 200_000)
    assert flags(error) == SAFE, error


async def test_accepted_mail_arrives_byte_for_byte(mail_channel):
    """Dots at line starts are stuffed on the wire and come out as they were."""
    async with smtp_server() as server:
        delivered = await email.send(row(MAIL), replace(mail_channel, server=f"smtp://127.0.0.1:{server.port}"), patience=SHORT)
    assert server.mails == [MAIL]
    assert delivered.code == 250
    assert delivered.answer == "queued as 77"
    assert server.commands[:3] == ["EHLO ngo.example", "MAIL FROM:<watcher@ngo.example>", "RCPT TO:<dara@ngo.example>"]


@pytest.mark.parametrize("what", ["hang", "drop", "garbage", "421 bye", "500 what"])
async def test_nothing_after_the_acceptance_can_undo_it(what, mail_channel):
    """A success that waits for QUIT is a success that a crash can turn into a repeat."""
    async with smtp_server(faults={"quit": what}) as server:
        start = time.monotonic()
        delivered = await email.send(row(MAIL), replace(mail_channel, server=f"smtp://127.0.0.1:{server.port}"))
        assert time.monotonic() - start < 2
        assert delivered.code == 250
        await asyncio.wait_for(server.said_quit.wait(), 2)


async def test_bounces_go_to_the_bounce_address(mail_channel):
    """A full mailbox's complaint reaches the operator, not the address staff answer to."""
    async with smtp_server() as server:
        channel = replace(mail_channel, server=f"smtp://127.0.0.1:{server.port}", bounce="bounces@ngo.example")
        await email.send(row(MAIL), channel, patience=SHORT)
    assert "MAIL FROM:<bounces@ngo.example>" in server.commands


async def test_nobody_listens(mail_channel, unused_tcp_port):
    """A mail server that restarts costs a wait, not the mail."""
    with pytest.raises(DeliveryError, match="refused the connection") as caught:
        await email.send(row(MAIL), replace(mail_channel, server=f"smtp://127.0.0.1:{unused_tcp_port}"), patience=SHORT)
    assert flags(caught.value) == SAFE


@pytest.mark.parametrize("starttls", [True, False])
async def test_mail_goes_encrypted(starttls, mail_channel, server_tls, our_tls):
    """STARTTLS and TLS from the first byte both work with a certificate that is checked."""
    async with smtp_server(tls=server_tls, starttls=starttls) as server:
        channel = replace(mail_channel, tls="require", server=f"{'smtp' if starttls else 'smtps'}://{LOGIN}127.0.0.1:{server.port}")
        await email.send(row(MAIL), channel, patience=Patience(), tls_context=our_tls)
    assert server.mails == [MAIL]
    assert [command for command in server.commands if command.startswith("AUTH")] == [
        "AUTH PLAIN " + base64.b64encode(f"\0watcher\0{PASSWORD}".encode()).decode()
    ]


@pytest.mark.parametrize("starttls", [True, False])
@pytest.mark.parametrize("trusted", [True, False])
async def test_a_wrong_certificate_gets_no_mail_and_no_password(starttls, trusted, mail_channel, server_tls, wrong_tls, our_tls):
    """Another host's certificate, or one of an unknown authority, may be somebody who listens in."""
    server_side, client_side = (wrong_tls, our_tls) if trusted else (server_tls, None)
    async with smtp_server(tls=server_side, starttls=starttls) as server:
        error = await fail(
            replace(mail_channel, tls="require"), server, tls=client_side, scheme="smtp" if starttls else "smtps", login=LOGIN
        )
    assert flags(error) == SAFE
    assert "certificate that we cannot trust" in str(error)
    assert not any(command.startswith(("AUTH", "MAIL")) for command in server.commands)


async def test_a_server_without_encryption_is_a_fault_of_the_channel(mail_channel):
    """A stripped STARTTLS must be an error, never a mail in clear."""
    async with smtp_server() as server:
        error = await fail(replace(mail_channel, tls="require"), server, login=LOGIN)
    assert flags(error) == CHANNEL
    assert "offers no encryption" in str(error)
    assert not any(command.startswith(("AUTH", "MAIL")) for command in server.commands)


async def test_log_1_a_server_that_repeats_our_password_cannot_put_it_into_an_error(mail_channel):
    """Errors are stored, mailed and pasted into bug reports."""
    coded = base64.b64encode(f"\0watcher\0{PASSWORD}".encode()).decode()
    async with smtp_server(faults={"auth": f"535 no: {PASSWORD} {coded} for dara@ngo.example"}) as server:
        error = await fail(mail_channel, server, login=LOGIN)
    assert "(hidden)" in str(error)


@pytest.mark.parametrize(
    ("url", "tls", "port", "how"),
    [
        ("smtp://mail.example", "require", 587, "starttls"),
        ("smtp://mail.example:465", "require", 465, "tls"),
        ("smtps://mail.example", "require", 465, "tls"),
        ("smtp://mail.example", "tls", 465, "tls"),
        ("smtp://mail.example:2525", "starttls", 2525, "starttls"),
        ("smtp://mail.example", "none", 25, "none"),
        ("smtps://mail.example", "none", 465, "tls"),
    ],
)
def test_encryption_follows_address_and_setting(url, tls, port, how, mail_channel):
    """Whatever is not said is the safe way."""
    server = server_of(replace(mail_channel, server=url, tls=tls))
    assert (server.port, server.tls) == (port, how)


@pytest.mark.parametrize(
    "url", ["", "mail.example", "http://u:hunter22@h", "smtp://u:hunter22/x@h:25", "smtp://u:hunter22@h:port", "smtp://[x"]
)
def test_an_address_that_cannot_be_read_is_not_repeated(url, mail_channel):
    """The mistake is most often an unescaped character in the password."""
    with pytest.raises(DeliveryError, match="smtp://user:password@host:port") as caught:
        server_of(replace(mail_channel, server=url))
    assert "hunter22" not in str(caught.value)
    assert flags(caught.value) == CHANNEL


@pytest.mark.parametrize(
    ("peer", "near"),
    [
        (("127.0.0.1", 25), True),
        (("::1", 25, 0, 0), True),
        (("10.0.0.5", 25), True),
        (("fe80::1%eth0", 25, 0, 2), True),
        (("93.184.215.14", 25), False),
        (("2606:2800:21f::1", 25, 0, 0), False),
        (("mail", 25), False),
        (None, False),
    ],
)
def test_a_password_goes_unencrypted_to_the_own_network_only(peer, near):
    """Beyond it anybody on the way could read it, whatever the settings say."""
    assert is_near(peer) is near


class Refusing:
    """A real server's handler that refuses the first message and takes the second."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.seen.append(envelope.content)
        return "451 try again" if len(self.seen) == 1 else "250 taken"


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
async def test_a_server_that_refuses_then_accepts_sees_the_same_bytes_and_id(rendered, mail_channel, names, unused_tcp_port):
    """A reader's mail program can show both copies as one, should the first have arrived after all."""
    handler = Refusing()
    controller = Controller(
        handler, hostname="127.0.0.1", port=unused_tcp_port, auth_require_tls=False, auth_required=True,
        authenticator=lambda *_: AuthResult(success=True),
    )  # fmt: skip
    controller.start()
    try:
        channel = replace(mail_channel, server=f"smtp://{LOGIN}127.0.0.1:{controller.port}")
        frozen = email.build(rendered, channel, recipient="dara@ngo.example", **names)[0]
        with pytest.raises(DeliveryError) as caught:
            await email.send(row(frozen.payload), channel, patience=SHORT)
        assert flags(caught.value) == SAFE
        delivered = await email.send(row(frozen.payload), channel, patience=SHORT)
    finally:
        controller.stop()
    assert delivered.code == 250
    assert handler.seen[0] == handler.seen[1] == frozen.payload
    assert read_mail(handler.seen[1])["Message-ID"] == names["message_id"]


async def test_a_real_server_that_refuses_the_login_pauses_the_channel(mail_channel, unused_tcp_port):
    """A changed password is one fault of the channel, not one of each mail that waits."""
    controller = Controller(
        Refusing(), hostname="127.0.0.1", port=unused_tcp_port, auth_require_tls=False,
        authenticator=lambda *_: AuthResult(success=False, handled=False),
    )  # fmt: skip
    controller.start()
    try:
        error = await fail(mail_channel, controller, login=LOGIN)
    finally:
        controller.stop()
    assert flags(error) == CHANNEL
    assert error.code == 535
