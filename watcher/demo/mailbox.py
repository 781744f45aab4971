"""SMTP on 127.0.0.1 -> Letter: a mail server that keeps what it gets and sends nothing on.

Just enough of RFC 5321 for one well-behaved sender on the same machine: no TLS, no login, no delivery.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

LARGEST = 10 * 1024 * 1024  # bytes of one letter; what many mail servers take
_LINE = 64 * 1024  # bytes of one line that the reader holds at most; RFC 5321 allows 1,000
_OK = "250 OK"


@dataclass(frozen=True, slots=True)
class Letter:
    """One accepted mail: the envelope, and the content byte for byte (CRLF lines)."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes


class Mailbox:
    """A running mail server, to be used as a context. `letters` holds what was accepted, in order."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.port = 0
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="mailbox", daemon=True)
        self._ready = threading.Event()
        self._end: Callable[[], object] = lambda: None

    @property
    def url(self) -> str:
        """The address in the form channels have it."""
        return f"smtp://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._end()
        self._thread.join()

    async def _serve(self) -> None:
        """Answer until the context ends; asyncio.run then breaks off talks that still go on."""
        ended, loop = asyncio.Event(), asyncio.get_running_loop()
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0, limit=_LINE)
        self.port = server.sockets[0].getsockname()[1]
        self._end = lambda: loop.call_soon_threadsafe(ended.set)
        self._ready.set()
        await ended.wait()
        server.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = _Talk(reader, writer, self.letters)
        try:
            await talk.hold()
        except (ConnectionError, asyncio.IncompleteReadError, ValueError):
            pass  # the sender hung up, or sent a line no mail has; either way there is nobody left to answer
        finally:
            writer.close()


class _Talk:
    """One connection: the envelope so far, and the answers to the sender's commands."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, letters: list[Letter]) -> None:
        self._reader, self._writer, self._letters = reader, writer, letters
        self._sender: str | None = None
        self._recipients: list[str] = []

    async def hold(self) -> None:
        await self._say("220 mailbox.example ready")
        while line := await self._reader.readline():
            verb, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
            if verb.upper() == "QUIT":
                await self._say("221 Bye")
                return
            await self._say(await self._answer(verb.upper(), rest))

    async def _answer(self, verb: str, rest: str) -> str:
        if verb in ("EHLO", "HELO"):
            self._forget()
            return _OK if verb == "HELO" else f"250-mailbox.example\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE {LARGEST}"
        if verb == "MAIL":
            self._forget()
            self._sender = _address(rest)
            return _OK
        if verb == "RCPT":
            return self._add_recipient(rest)
        if verb == "DATA":
            return await self._take_content() if self._recipients else "503 RCPT first"
        if verb == "RSET":
            self._forget()
        return _OK if verb in ("RSET", "NOOP") else "502 Command not implemented"

    def _add_recipient(self, rest: str) -> str:
        if self._sender is None:
            return "503 MAIL first"
        self._recipients.append(_address(rest))
        return _OK

    async def _take_content(self) -> str:
        await self._say("354 End with a dot on a line of its own")
        lines, size = [], 0
        while (line := await self._reader.readline()) != b".\r\n":
            if not line:
                raise ConnectionError("the sender hung up within a letter")
            size += len(line)
            if size <= LARGEST:
                lines.append(line[1:] if line.startswith(b".") else line)  # dot stuffing, RFC 5321 section 4.5.2
        if size > LARGEST:
            self._forget()
            return "552 Letter too large"
        self._letters.append(Letter(self._sender or "", tuple(self._recipients), b"".join(lines)))
        self._forget()
        return f"250 OK kept as {len(self._letters)}"

    def _forget(self) -> None:
        self._sender, self._recipients = None, []

    async def _say(self, answer: str) -> None:
        self._writer.write(answer.encode() + b"\r\n")
        await self._writer.drain()


def _address(rest: str) -> str:
    """Take the address out of `FROM:<a@example.org> SIZE=12`."""
    return rest.partition("<")[2].partition(">")[0]
