"""Envelope -> a mail server's acceptance: one SMTP conversation, and what each way it can fail means.

The only module that opens an SMTP connection, and only to an address that was checked as the HTTP client's are. It returns
right after the server's answer to the final dot and waits for nothing more: the caller must be able to write down the
acceptance before anything else can go wrong.

Sources: RFC 5321 (4.2.1 reply classes, 4.5.3.2 time limits), RFC 3207 (STARTTLS), RFC 1047 (duplicates come from a
link lost after the final dot). aiosmtplib's own `data()` cannot tell a loss before that dot from one after it.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import re
import socket
import ssl
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import unquote, urlsplit

import aiosmtplib
from aiosmtplib import SMTPResponse
from aiosmtplib.protocol import SMTPProtocol

from watcher.deliver.plain import without_secrets
from watcher.deliver.smtp_answers import CHANNEL_FAULT, DOUBT, LATER, WHILE, Meaning, Phase, meaning
from watcher.deliver.until import refuse_when_late
from watcher.errors import DeliveryError
from watcher.lookup import LookupProblem, Resolver, addresses_of, ask_system
from watcher.model import Channel

SUBMISSIONS_PORT, SUBMISSION_PORT, PLAIN_PORT = 465, 587, 25  # RFC 8314, RFC 6409, RFC 5321
_PIECE = 64 << 10  # bytes of a mail that are written at a time; what a transport lets wait before it asks for a pause
_ADDRESSES = 4  # of one name that are tried in turn, as the HTTP client does


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for what. `answer` is the reply to the final dot: who hangs up earlier makes the repeat himself."""

    connect: timedelta = timedelta(seconds=30)
    command: timedelta = timedelta(seconds=60)
    before_the_dot: timedelta = timedelta(minutes=5)  # everything up to the final dot together
    answer: timedelta = timedelta(minutes=10)  # RFC 5321 4.5.3.2.6


@dataclass(frozen=True, slots=True)
class Server:
    """Where and how to hand mail over, read from a channel."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    tls: str = "starttls"  # "tls" from the first byte, "starttls" before anything else, "none"
    allow_private: bool = False  # may stand on loopback or the own network


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the server is told: where bounces go, who gets it, the frozen bytes."""

    sender: str
    recipient: str = field(repr=False)
    data: bytes = field(repr=False)


def server_of(channel: Channel) -> Server:
    """Read `smtp(s)://user:password@host:port` and `tls`; raises DeliveryError for the whole channel, without the URL."""
    try:
        parts = urlsplit(channel.server)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")  # the parser's own words would repeat the password
    if parts.scheme not in ("smtp", "smtps") or not host or parts.path.strip("/") or parts.query or parts.fragment:
        problem = "`server` is not smtp://user:password@host:port; write each of :/?#@% in user and password as %XX"
        raise DeliveryError(channel.name, problem, retry=True, whole_channel=True)
    implicit = channel.tls == "tls" or parts.scheme == "smtps" or (channel.tls == "require" and port == SUBMISSIONS_PORT)
    if channel.tls == "none" and parts.scheme != "smtps":
        tls, usual = "none", PLAIN_PORT
    else:
        tls, usual = ("tls", SUBMISSIONS_PORT) if implicit else ("starttls", SUBMISSION_PORT)
    return Server(host, port or usual, unquote(parts.username or ""), unquote(parts.password or ""), tls, channel.allow_private)


async def hand_over(
    envelope: Envelope,
    server: Server,
    *,
    channel: str,
    patience: Patience,
    tls_context: ssl.SSLContext | None = None,
    resolve: Resolver = ask_system,
) -> SMTPResponse:
    """Return the server's acceptance of one message; raises DeliveryError as the answers say."""
    talk = _Talk(envelope, server, channel, patience, tls_context, resolve)
    try:
        async with asyncio.timeout(patience.before_the_dot.total_seconds()):
            await talk.up_to_the_dot()
        answer = await talk.final_dot()
    except aiosmtplib.SMTPResponseException as error:
        raise talk.refused(error.code, error.message) from None  # its text may hold what we sent
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        raise talk.broken(error) from None
    finally:
        talk.leave()
    return answer


def secrets_of(server: Server, envelope: Envelope) -> list[str]:
    """Return what no error may repeat: the password in every form it travels in, and the recipient's address."""
    login = [server.password, f"\0{server.user}\0{server.password}"] if server.password else []
    return [*login, envelope.recipient]


def is_near(peer: object) -> bool:
    """Whether the connected address is this machine or the operator's own network."""
    try:
        address = ipaddress.ip_address(str(peer[0]).partition("%")[0]) if isinstance(peer, tuple) else None
    except ValueError:
        return False
    return address is not None and (address.is_loopback or address.is_private)


class _Talk:
    """One conversation; `phase` is what was being done when it ended."""

    def __init__(
        self,
        envelope: Envelope,
        server: Server,
        channel: str,
        patience: Patience,
        tls_context: ssl.SSLContext | None,
        resolve: Resolver,
    ) -> None:
        self.envelope, self.server, self.channel, self.patience, self.resolve = envelope, server, channel, patience, resolve
        self.phase = Phase.CONNECT
        self.in_step = False  # True while the server awaits a command, so that QUIT makes sense to it
        self.client = aiosmtplib.SMTP(
            hostname=server.host,  # the name in the certificate; the connection itself is made below, to a checked address
            local_hostname=envelope.sender.rpartition("@")[2] or "localhost",  # never this machine's own name
            timeout=patience.command.total_seconds(),
            use_tls=server.tls == "tls",
            start_tls=False,  # done below, as a step of its own: an absent STARTTLS must be an error
            tls_context=tls_context,
        )

    async def up_to_the_dot(self) -> None:
        """Everything that can be repeated without harm."""
        await self.client.connect(sock=await self._connected(), timeout=self.patience.connect.total_seconds())
        await self._hello()
        if self.server.tls == "starttls":
            await self._start_tls()
        if self.server.user or self.server.password:
            await self._log_in()
        self.phase = Phase.SENDER
        await self.client.mail(self.envelope.sender)
        self.phase = Phase.RECIPIENT
        await self.client.rcpt(self.envelope.recipient)
        self.phase = Phase.DATA
        answer = await self.client.execute_command(b"DATA")
        if answer.code != 354:
            raise aiosmtplib.SMTPDataError(answer.code, answer.message)
        self.phase, self.in_step = Phase.BODY, False
        await self._body()

    async def final_dot(self) -> SMTPResponse:
        """From here on the server may have the message, whatever happens."""
        protocol = self._protocol()
        refuse_when_late()  # synchronous, with no await before the dot: a timer's cancellation can be lost
        self.phase = Phase.ANSWER
        protocol.write(b".\r\n")
        answer = await protocol.read_response(timeout=self.patience.answer.total_seconds())
        self.in_step = True
        if not 200 <= answer.code < 300:
            raise aiosmtplib.SMTPDataError(answer.code, answer.message)
        return answer

    def leave(self) -> None:
        """Say QUIT where the server listens, and go without waiting: nothing after the acceptance may undo it."""
        if self.in_step and self.client.protocol is not None:
            with contextlib.suppress(aiosmtplib.SMTPException, OSError, RuntimeError):
                self.client.protocol.write(b"QUIT\r\n")
        elif isinstance(self.client.transport, asyncio.WriteTransport):
            self.client.transport.abort()
        self.client.close()

    async def _connected(self) -> socket.socket:
        """Resolve, check every address, connect to a checked one. Raises OSError where none answers."""
        try:
            async with asyncio.timeout(self.patience.connect.total_seconds()):
                addresses = await addresses_of(
                    self.server.host, self.server.port, resolve=self.resolve, allow_private=self.server.allow_private
                )
        except LookupProblem as problem:
            raise self._error(*_of_lookup(problem, self.server.host)) from None
        last: OSError = ConnectionRefusedError()
        for address in addresses[:_ADDRESSES]:
            try:
                async with asyncio.timeout(self.patience.connect.total_seconds()):
                    return await _open(address, self.server.port)
            except OSError as error:  # TimeoutError too
                last = error
        raise last

    async def _hello(self) -> None:
        self.phase, self.in_step = Phase.HELLO, True
        try:
            await self.client.ehlo()
        except aiosmtplib.SMTPHeloError:
            if self.server.tls == "starttls" or self.server.user or not self.client.is_connected:
                raise
            await self.client.helo()  # a server of before 1995; without TLS and login it will do

    async def _start_tls(self) -> None:
        self.phase = Phase.TLS
        if not self.client.supports_extension("starttls"):
            problem = f'{self.server.host} offers no encryption (STARTTLS); use another port, or tls = "none" on your own network'
            raise self._error(problem, CHANNEL_FAULT)
        self.in_step = False
        await self.client.starttls()
        await self._hello()

    async def _log_in(self) -> None:
        self.phase = Phase.LOGIN
        if self.server.tls == "none" and not is_near(self.client.get_transport_info("peername")):
            problem = f'the password would go to {self.server.host} unencrypted; set tls = "require"'
            raise self._error(problem, CHANNEL_FAULT)
        offered = self.client.supported_auth_methods
        if not offered:
            problem = f"{self.server.host} offers no login that we know; check the port, or leave user and password out"
            raise self._error(problem, CHANNEL_FAULT)
        # One way only: aiosmtplib's login() would try a wrong password once for each way, and accounts get locked.
        ways = {"plain": self.client.auth_plain, "login": self.client.auth_login, "cram-md5": self.client.auth_crammd5}
        await next(ways[way] for way in ways if way in offered)(self.server.user, self.server.password)

    async def _body(self) -> None:
        """Write all but the final dot and see it off, so that a link lost until here was lost before acceptance."""
        protocol = self._protocol()
        data = self.envelope.data if self.envelope.data.endswith(b"\r\n") else self.envelope.data + b"\r\n"
        stuffed = re.sub(rb"(?m)^\.", b"..", data)  # RFC 5321 4.5.2
        transport = protocol.transport
        # In pieces: TLS takes what it gets as a whole and then has nothing left to wait for, while the line has all of it.
        for start in range(0, len(stuffed), _PIECE):
            protocol.write(stuffed[start : start + _PIECE])
            await asyncio.sleep(0)
            # Only its protocol, which is aiosmtplib's, hears when a transport's buffer is empty; so we look.
            while isinstance(transport, asyncio.WriteTransport) and transport.get_write_buffer_size() and not transport.is_closing():  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            self._protocol()  # raises where the link is gone
        await asyncio.sleep(0)  # let a loss that is already known be heard

    def _protocol(self) -> SMTPProtocol:
        if self.client.protocol is None or not self.client.is_connected:
            raise aiosmtplib.SMTPServerDisconnected("connection lost")
        return self.client.protocol

    def refused(self, code: int, text: str) -> DeliveryError:
        """What an answer of the server means, by how far we were."""
        in_smtp = 200 <= code <= 599
        said = f"{self.server.host} answered {code}" if in_smtp else f"{self.server.host} did not answer in SMTP"
        reason = without_secrets(text, secrets_of(self.server, self.envelope), instead="(hidden)")
        problem = f"{said} {WHILE[self.phase]}: {reason}" if reason and in_smtp else f"{said} {WHILE[self.phase]}"
        return self._error(problem, meaning(self.phase, code), code=code if in_smtp else None)

    def broken(self, error: Exception) -> DeliveryError:
        """What a lost, silent or unreadable server means: nothing but doubt once the final dot was sent."""
        problem = f"{self.server.host} {_reason(error)} {WHILE[self.phase]}"
        return self._error(problem, DOUBT if self.phase is Phase.ANSWER else LATER)

    def _error(self, problem: str, means: Meaning, *, code: int | None = None) -> DeliveryError:
        return DeliveryError(
            self.channel,
            problem,
            retry=means.retry,
            code=code,
            retry_after=means.retry_after,
            whole_channel=means.whole_channel,
            ambiguous=means.ambiguous,
            bare=means.bare,
        )


async def _open(address: str, port: int) -> socket.socket:
    """Connect to an IP address; no name is looked up any more."""
    opened = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        opened.setblocking(False)
        await asyncio.get_running_loop().sock_connect(opened, (address, port))
    except BaseException:
        opened.close()
        raise
    return opened


def _of_lookup(problem: LookupProblem, host: str) -> tuple[str, Meaning]:
    """What a name means that leads nowhere, or to where we do not go: only the second needs a person."""
    if problem.inside:
        said = f"{host} is a private or reserved address; if your mail server stands there, add allow_private = true to this channel"
        return said, CHANNEL_FAULT
    if problem.kind == "refused_address":
        return f"{host} cannot be asked: {problem}", CHANNEL_FAULT
    return f"{host} has no address (DNS); no answer {WHILE[Phase.CONNECT]}", LATER


def _reason(error: Exception) -> str:
    """Why there was no answer, in our own words: a library's may hold what was sent."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"has a certificate that we cannot trust ({cause.verify_message.rstrip('.')}); no answer"
        if isinstance(cause, ssl.SSLError):
            return "could not agree on encryption; no answer"
        if isinstance(cause, TimeoutError):
            return "gave no answer in time"
        if isinstance(cause, ConnectionRefusedError):
            return "refused the connection"
        cause = cause.__cause__ or cause.__context__
    return "broke the link off, no answer" if isinstance(error, OSError) else "gave an answer that we cannot read"
