"""Servers on loopback that can be told at which step to fail, and small readers of what they were sent."""

from __future__ import annotations

import asyncio
import json
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

from watcher.model import Message, MessageKind


@dataclass
class SmtpServer:
    """A small SMTP server. `faults` maps a step to what happens there: an answer line, "drop", "hang", "garbage", "slow" or "drip"."""

    faults: dict[str, str] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    starttls: bool = False
    login: bool = True
    port: int = 0
    mails: list[bytes] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    said_quit: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            if await self.answer(writer, "greeting", "220 here"):
                while line := (await reader.readline()).decode("latin-1").strip():
                    self.commands.append(line)
                    if not await self.obey(line, reader, writer):
                        break
            writer.close()
            await writer.wait_closed()
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            writer.transport.abort()

    async def obey(self, line: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        step = line.partition(" ")[0].lower()
        if step == "ehlo":
            encrypted = writer.get_extra_info("sslcontext") is not None
            extension = "250-STARTTLS\r\n" if self.starttls and not encrypted else ""
            return await self.answer(writer, "ehlo", f"250-here\r\n{extension}250 {'AUTH PLAIN LOGIN' if self.login else 'HELP'}")
        if step == "starttls":
            if not await self.answer(writer, "starttls", "220 go"):
                return False
            await writer.start_tls(self.tls)
            return True
        if step == "data":
            return await self.answer(writer, "data", "354 go") and await self.take(reader, writer)
        if step == "quit":
            self.said_quit.set()
            return await self.answer(writer, "quit", "221 bye") and False
        return await self.answer(writer, step, "235 in" if step == "auth" else "250 fine")

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        if self.faults.get("data", "354").startswith(("4", "5")):
            return True
        if self.faults.get("body") == "drop":
            await reader.read(100)
            writer.transport.abort()
            return False
        if self.faults.get("body") == "hang":
            await asyncio.sleep(30)
        data = await reader.readuntil(b"\r\n.\r\n")
        if not self.faults.get("dot", "250").startswith(("4", "5")):
            self.mails.append(re.sub(rb"(?m)^\.\.", b".", data[:-3]))
        return await self.answer(writer, "dot", "250 queued as 77")

    async def answer(self, writer: asyncio.StreamWriter, step: str, usual: str) -> bool:
        """Answer one step; False ends the conversation."""
        what = self.faults.get(step, usual)
        if what == "drop":
            writer.transport.abort()
            return False
        if what == "hang":
            await asyncio.sleep(30)
        if what == "slow":
            await asyncio.sleep(0.1)
            what = usual
        while what == "drip":  # an answer that never ends
            writer.write(usual[:4].replace(" ", "-").encode() + b"x\r\n")
            await writer.drain()
            await asyncio.sleep(0.02)
        text = "how do you do\n\n" if what == "garbage" else what
        writer.write(text.encode() + b"\r\n")
        await writer.drain()
        return not text.startswith("421")


@asynccontextmanager
async def smtp_server(**settings: object) -> AsyncIterator[SmtpServer]:
    state = SmtpServer(**settings)  # type: ignore[arg-type]
    implicit = state.tls if not state.starttls else None
    tasks: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.current_task())  # type: ignore[arg-type]
        with suppress(asyncio.CancelledError):
            await state.serve(reader, writer)

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=implicit, limit=2**20)
    state.port = server.sockets[0].getsockname()[1]
    try:
        yield state
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@dataclass
class HttpServer:
    """A small HTTP server: what it answers to each request in turn (the last one for ever), and what it was sent."""

    answers: list[bytes | str]
    port: int = 0
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            pairs = (line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
            self.headers.append({name.lower(): value for name, value in pairs})
            self.bodies.append(await reader.readexactly(int(self.headers[-1]["content-length"])))
            answer = self.answers[min(len(self.bodies), len(self.answers)) - 1]
            if answer == "hang":
                await asyncio.sleep(30)
            if answer == "reset":
                writer.transport.abort()
                return
            assert isinstance(answer, bytes)
            writer.write(answer)
            writer.close()
            await writer.wait_closed()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.transport.abort()


def http_answer(status: int, body: bytes = b"", **headers: str) -> bytes:
    """The bytes of one HTTP answer; header names with _ for -."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@asynccontextmanager
async def http_server(*answers: bytes | str) -> AsyncIterator[HttpServer]:
    state = HttpServer(list(answers))
    tasks: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.current_task())  # type: ignore[arg-type]
        with suppress(asyncio.CancelledError):
            await state.serve(reader, writer)

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    state.port = server.sockets[0].getsockname()[1]
    try:
        yield state
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def row(payload: bytes, *, channel: str = "staff", recipient: str = "dara@ngo.example", bare: bytes = b"") -> Message:
    return Message("digest|key", MessageKind.DIGEST, channel, recipient, payload, f"<{'ab' * 20}@ngo.example>", bare=bare)


def read_mail(data: bytes) -> EmailMessage:
    return BytesParser(policy=default).parsebytes(data)


def read_json(data: bytes) -> dict[str, object]:
    value = json.loads(data)
    assert isinstance(value, dict)
    return value
