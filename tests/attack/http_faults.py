"""Every way an HTTP server is known to fail, as a server on loopback that does just that, and what each must come to.

`feed` is what a poll must make of it: "read" (entries), "failed" and words of the problem, and whether the server's wish
when to come back is kept. `hook` and `slack` are the flags of the DeliveryError, or "sent".
"""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from collect_feeds import item, rss

FEED = rss(item(1), item(2))
READ, SENT = "read", "sent"
AGAIN, DOUBT, CHANNEL, GONE, PLAINER = "retry", "retry ambiguous", "retry whole_channel", "whole_channel", "bare"

Handler = Callable[[asyncio.StreamWriter], Awaitable[None]]
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]


@dataclass(frozen=True)
class Fault:
    """One case. `answer` is what the server writes, or a function that misbehaves; `wait` the seconds it asked for."""

    name: str
    answer: bytes | Handler
    feed: str
    hook: str
    slack: str
    wait: int | None = None
    tls: str = ""  # "", "good", "unknown", "expired", "elsewhere"
    resolve: Resolver | None = None
    private: bool = True  # whether the operator said `allow_private`
    listens: str = "yes"  # "yes", "no", "hangs"
    slow: bool = False  # takes until the deadline
    mute: bool = field(default=False)  # nothing of it may have been asked: no request reached a server


def http(status: str = "200 OK", *headers: str, body: bytes = b"") -> bytes:
    """A whole answer that closes the connection."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def head(status: str = "200 OK", *headers: str) -> bytes:
    """The head of an answer whose body is a matter of its own."""
    return "\r\n".join([f"HTTP/1.1 {status}", *headers]).encode("latin-1") + b"\r\n\r\n"


def to(location: str, status: str = "302 Found") -> bytes:
    return http(status, f"Location: {location}")


def dripping(start: bytes, byte: bytes) -> Handler:
    async def handle(writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while not writer.is_closing():
            writer.write(byte)
            await writer.drain()
            await asyncio.sleep(0.01)

    return handle


def hanging(start: bytes) -> Handler:
    async def handle(writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        await writer.drain()
        await asyncio.sleep(3_600)

    return handle


def reset(start: bytes = b"") -> Handler:
    async def handle(writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        await writer.drain()
        writer.transport.abort()

    return handle


def flood(start: bytes, chunk: bytes, times: int) -> Handler:
    async def handle(writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        for _ in range(times):
            writer.write(chunk)
            await writer.drain()

    return handle


def names(error: type[OSError] | None, *found: str, code: int = 0, seconds: float = 0.0) -> Resolver:
    """A name server: an error, an answer, or no answer for a while."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        await asyncio.sleep(seconds)
        if error is not None:
            raise error(code, "no")
        return found

    return resolve


def _gzipped(body: bytes, times: int = 1) -> bytes:
    for _ in range(times):
        body = gzip.compress(body)
    return body


def _packed(body: bytes, encoding: str) -> bytes:
    return http("200 OK", f"Content-Encoding: {encoding}", body=body)


_BOMB = gzip.compress(b"\0" * 60_000_000, compresslevel=9)
_CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"

# fmt: off
FAULTS = [
    # ---- the line
    Fault("nobody listens", b"", "failed no connection", AGAIN, AGAIN, listens="no", mute=True),
    Fault("hang at connect", b"", "failed no connection", AGAIN, AGAIN, listens="hangs", slow=True, mute=True),
    Fault("reset before headers", reset(), "failed", AGAIN, DOUBT),
    Fault("reset in headers", reset(b"HTTP/1.1 200 OK\r\nX: "), "failed", AGAIN, DOUBT),
    Fault("reset after headers", reset(head("200 OK", "Content-Length: 9")), "failed", SENT, DOUBT),
    Fault("hang before headers", hanging(b""), "failed no whole answer", AGAIN, DOUBT, slow=True),
    Fault("hang in headers", hanging(b"HTTP/1.1 200 OK\r\nX: "), "failed no whole answer", AGAIN, DOUBT, slow=True),
    Fault("hang in body", hanging(head("200 OK", "Content-Length: 9") + b"o"), "failed no whole answer", SENT, DOUBT, slow=True),
    Fault("drip headers", dripping(b"HTTP/1.1 200 OK\r\nX: ", b"x"), "failed no whole answer", AGAIN, DOUBT, slow=True),
    Fault("drip body", dripping(head("200 OK", "Content-Length: 99999"), b"x"), "failed no whole answer", SENT, DOUBT, slow=True),
    # ---- TLS
    Fault("TLS, good", http(body=FEED), READ, SENT, DOUBT, tls="good"),
    Fault("TLS, unknown authority", http(body=FEED), "failed TLS", AGAIN, AGAIN, tls="unknown", mute=True),
    Fault("TLS, expired", http(body=FEED), "failed TLS", AGAIN, AGAIN, tls="expired", mute=True),
    Fault("TLS, wrong host", http(body=FEED), "failed TLS", AGAIN, AGAIN, tls="elsewhere", mute=True),
    Fault("https to http", to("http://127.0.0.1/x", "301 Moved"), "failed from https to http", CHANNEL, CHANNEL, tls="good"),
    # ---- DNS
    Fault("NXDOMAIN", b"", "failed cannot be resolved", AGAIN, AGAIN, resolve=names(socket.gaierror, code=socket.EAI_NONAME), mute=True),
    Fault("SERVFAIL", b"", "failed cannot be resolved", AGAIN, AGAIN, resolve=names(socket.gaierror, code=socket.EAI_AGAIN), mute=True),
    Fault("DNS without an address", b"", "failed no address", AGAIN, AGAIN, resolve=names(None), mute=True),
    Fault("DNS timeout", b"", "failed not resolved", AGAIN, AGAIN, resolve=names(None, "127.0.0.1", seconds=3_600), slow=True, mute=True),
    Fault("DNS rebinds to loopback", b"", "failed private", CHANNEL, CHANNEL, resolve=names(None, "127.0.0.1"), private=False, mute=True),
    Fault("DNS mixes public and private", b"", "failed private", CHANNEL, CHANNEL, resolve=names(None, "93.184.215.14", "10.0.0.1"),
          private=False, mute=True),
    # ---- length and framing
    Fault("empty 200", http(), "failed", SENT, DOUBT),
    Fault("shorter than said", head("200 OK", "Content-Length: 999", "Connection: close") + b"ok", "failed", SENT, SENT),
    Fault("longer than said", http("200 OK", body=FEED) + b"rest", READ, SENT, DOUBT),
    Fault("bad chunk", _CHUNKS + b"zz\r\nbad\r\n", "failed not HTTP", SENT, DOUBT),
    Fault("chunks without an end", flood(_CHUNKS, b"10000\r\n" + b"x" * 65_536 + b"\r\n", 120), "failed longer than", SENT, DOUBT),
    Fault("length and chunks", head("200 OK", "Content-Length: 5", "Transfer-Encoding: chunked", "Connection: close")
          + b"2\r\nok\r\n0\r\n\r\n", "failed", SENT, SENT),
    Fault("two lengths", head("200 OK", "Content-Length: 5", "Content-Length: 6") + b"hello", "failed not HTTP", AGAIN, DOUBT),
    Fault("5 MB and one byte", http(body=b"x" * ((5 << 20) + 1)), "failed longer than", SENT, DOUBT),
    Fault("50 MB header", flood(b"HTTP/1.1 200 OK\r\nX: ", b"a" * (1 << 20), 50), "failed not HTTP", AGAIN, DOUBT),
    Fault("20,000 headers", head("200 OK", *(f"X-{number}: {'a' * 20}" for number in range(20_000))), "failed not HTTP", AGAIN, DOUBT),
    Fault("HTTP/0.9", b"<rss>hello</rss>\r\n\r\n", "failed not HTTP", AGAIN, DOUBT),
    Fault("garbage", b"\x00\xff" * 200 + b"\r\n\r\n", "failed not HTTP", AGAIN, DOUBT),
    Fault("another protocol", b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "failed not HTTP", AGAIN, DOUBT),
    # ---- packing
    Fault("gzip, good", _packed(_gzipped(FEED), "gzip"), READ, SENT, DOUBT),
    Fault("gzip, bad", _packed(b"no gzip", "gzip"), "failed damaged", SENT, DOUBT),
    Fault("gzip, broken off", _packed(_gzipped(FEED)[:-9], "gzip"), "failed broken off", SENT, DOUBT),
    Fault("gzip bomb", _packed(_BOMB, "gzip"), "failed unpacks to more", SENT, DOUBT),
    Fault("gzip in gzip", _packed(_gzipped(FEED, 2), "gzip, gzip"), "failed did not ask for", SENT, DOUBT),
    Fault("gzip fifty times", _packed(_gzipped(FEED, 50), ", ".join(["gzip"] * 50)), "failed did not ask for", SENT, DOUBT),
    Fault("deflate", _packed(zlib.compress(FEED), "deflate"), "failed did not ask for", SENT, DOUBT),
    Fault("br by name", _packed(FEED, "br"), "failed did not ask for", SENT, DOUBT),
    # ---- status
    Fault("204", head("204 No Content", "Connection: close"), "failed 204", SENT, DOUBT),
    Fault("206", http("206 Partial Content", body=FEED), "failed 206", SENT, DOUBT),
    Fault("304 on a first poll", http("304 Not Modified"), "failed 304", CHANNEL, CHANNEL),
    Fault("401", http("401 Unauthorized"), "failed 401", AGAIN, CHANNEL),
    Fault("403 with a page of a proxy", http("403 Forbidden", body=b"<html>checking your browser</html>"), "failed 403", AGAIN, CHANNEL),
    Fault("404", http("404 Not Found", body=b"no_service"), "failed 404", AGAIN, GONE),
    Fault("400", http("400 Bad Request", body=b"invalid_payload"), "failed 400", AGAIN, PLAINER),
    Fault("408", http("408 Request Timeout"), "failed 408", AGAIN, AGAIN),
    Fault("410", http("410 Gone"), "failed 410", GONE, GONE),
    Fault("413", http("413 Too Large"), "failed 413", AGAIN, PLAINER),
    Fault("418", http("418 Teapot"), "failed 418", AGAIN, AGAIN),
    Fault("421", http("421 Misdirected"), "failed 421", AGAIN, AGAIN),
    Fault("425", http("425 Too Early"), "failed 425", AGAIN, AGAIN),
    Fault("429", http("429 Slow Down"), "failed 429", AGAIN, AGAIN),
    Fault("429, seconds", http("429 Slow Down", "Retry-After: 7200"), "failed 429", AGAIN, AGAIN, wait=7_200),
    Fault("429, a date", http("429 Slow Down", "Retry-After: Thu, 09 Nov 2023 03:00:00 GMT"), "failed 429", AGAIN, AGAIN, wait=10_800),
    Fault("429, a date in the past", http("429 Slow Down", "Retry-After: Thu, 09 Nov 2000 03:00:00 GMT"), "failed 429", AGAIN, AGAIN),
    Fault("429, minus one", http("429 Slow Down", "Retry-After: -1"), "failed 429", AGAIN, AGAIN),
    Fault("429, 10^12", http("429 Slow Down", "Retry-After: 1000000000000"), "failed 429", AGAIN, AGAIN, wait=86_400),
    Fault("429, words", http("429 Slow Down", "Retry-After: soon"), "failed 429", AGAIN, AGAIN),
    Fault("500", http("500 Oops"), "failed 500", AGAIN, AGAIN),
    Fault("502", http("502 Bad Gateway"), "failed 502", AGAIN, DOUBT),
    Fault("503, seconds", http("503 Unavailable", "Retry-After: 7200"), "failed 503", AGAIN, AGAIN, wait=7_200),
    Fault("504", http("504 Gateway Timeout"), "failed 504", AGAIN, DOUBT),
    Fault("520", http("520 Web Server Error"), "failed 520", AGAIN, AGAIN),
    Fault("999", http("999 Odd"), "failed 999", AGAIN, AGAIN),
    # ---- redirects
    Fault("300", http("300 Choices"), "failed 300", CHANNEL, CHANNEL),
    Fault("301 into the metadata service", to("http://169.254.169.254/latest/", "301 Moved"), "failed private", CHANNEL, CHANNEL),
    Fault("302 to itself", to("/"), "failed more than 5 redirects", CHANNEL, CHANNEL),
    Fault("302 without Location", http("302 Found"), "failed 302", CHANNEL, CHANNEL),
    Fault("302 to file:", to("file:///etc/passwd"), "failed no web address", CHANNEL, CHANNEL),
    Fault("302 to javascript:", to("javascript:alert(1)"), "failed no web address", CHANNEL, CHANNEL),
    Fault("302 with a backslash", to("http://127.0.0.1\\@b.example/"), "failed no web address", CHANNEL, CHANNEL),
    Fault("302 with a user name", to("http://user:pw@127.0.0.1/"), "failed no web address", CHANNEL, CHANNEL),
    Fault("307", to("/elsewhere", "307 Temporary"), "failed more than 5 redirects", CHANNEL, CHANNEL),
    # ---- what is said and what is there
    Fault("a page for a feed", http(body=b"<!doctype html><html><title>checking your browser</title></html>"), "failed", SENT, DOUBT),
    Fault("JSON for a feed", http("200 OK", "Content-Type: application/json", body=b'{"hello": 1}'), "failed", SENT, DOUBT),
    Fault("wrong charset", http("200 OK", "Content-Type: text/xml; charset=utf-16", body=FEED), READ, SENT, DOUBT),
    Fault("charset that smuggles", http("200 OK", "Content-Type: text/xml; charset=utf-7", body=FEED), READ, SENT, DOUBT),
    Fault("byte order mark against the header", http("200 OK", "Content-Type: text/xml; charset=iso-8859-1", body=b"\xef\xbb\xbf" + FEED),
          READ, SENT, DOUBT),
    Fault("Last-Modified in 2099", http("200 OK", "Last-Modified: Fri, 09 Jan 2099 00:00:00 GMT", body=FEED), READ, SENT, DOUBT),
    Fault("ETag of 9 kB", http("200 OK", f'ETag: "{"e" * 9_000}"', body=FEED), READ, SENT, DOUBT),
    Fault("Set-Cookie", http("200 OK", "Set-Cookie: id=1; Path=/", body=FEED), READ, SENT, DOUBT),
    Fault("garbage behind the feed", http(body=FEED + b"\0\0<junk"), READ, SENT, DOUBT),
    Fault("a body where none belongs", head("204 No Content", "Content-Length: 2", "Connection: close") + b"ok", "failed 204", SENT, DOUBT),
    Fault("100 before 200", b"HTTP/1.1 100 Continue\r\n\r\n" + http(body=FEED), READ, SENT, DOUBT),
    Fault("only 100", b"HTTP/1.1 100 Continue\r\n\r\n", "failed", AGAIN, DOUBT),
]
# fmt: on


@dataclass
class FaultServer:
    """Does one thing wrong, and remembers what it was asked."""

    port: int = 0
    asked: list[bytes] = field(default_factory=list)


@asynccontextmanager
async def faulty(fault: Fault, tls: ssl.SSLContext | None, address: str = "127.0.0.1") -> AsyncIterator[FaultServer]:
    """The server of one case, on a free port of loopback."""
    state = FaultServer()
    tasks: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.current_task())  # type: ignore[arg-type]
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError, ssl.SSLError):
            asked = await reader.readuntil(b"\r\n\r\n")
            state.asked.append(asked)
            for line in asked.lower().split(b"\r\n"):
                if line.startswith(b"content-length:"):
                    await reader.readexactly(int(line[15:]))
            if isinstance(fault.answer, bytes):
                writer.write(fault.answer)
                await writer.drain()
            else:
                await fault.answer(writer)
            writer.close()
            await writer.wait_closed()
        writer.transport.abort()

    if fault.listens != "yes":
        with _deaf(address, hangs=fault.listens == "hangs") as port:
            yield FaultServer(port)
        return
    server = await asyncio.start_server(handle, address, 0, ssl=tls)
    state.port = server.sockets[0].getsockname()[1]
    try:
        yield state
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _deaf:  # noqa: N801 - used as a function
    """A port where nobody listens; with `hangs` one whose queue is full, so that a connection is never made."""

    def __init__(self, address: str, *, hangs: bool) -> None:
        self.held = [socket.socket()]
        self.held[0].bind((address, 0))
        self.port = int(self.held[0].getsockname()[1])
        if hangs:
            self.held[0].listen(0)
            for _ in range(4):
                waiting = socket.socket()
                waiting.setblocking(False)
                waiting.connect_ex((address, self.port))
                self.held.append(waiting)

    def __enter__(self) -> int:
        return self.port

    def __exit__(self, *_: object) -> None:
        for one in self.held:
            one.close()
