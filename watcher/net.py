"""URL -> Answer: the one guarded HTTP client, and the only module that imports httpx and httpcore.

Whatever address comes from a feed, a redirect or a settings file passes here: what may be asked (scheme, port, no user name), where
the connection really goes (every resolved address is checked, and the checked one is connected to), how much may come back, and how long
all of it may take. No proxy, no cookie, no retry after an answer, no parsing and no decision what a status means: those are the rooms'.

httpx gives the reading of URLs, httpcore the HTTP/1.1 connection. httpx's own client and httpcore's pool are left out because they
cost 2.5 and 6 ms of CPU a request with 50 hosts (this: 0.5 ms), and because neither bounds inflation, address or total time.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from hashlib import blake2b
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import certifi
import httpcore
import httpx

from watcher.errors import FetchError, FetchKind
from watcher.inflate import UnpackError, unpack
from watcher.lookup import LookupProblem, Resolver, addresses_of, ask_system
from watcher.urls import host_only, is_web_link, next_hop

# Both write whole URLs at INFO, and a webhook's URL is a secret.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)

PORTS = frozenset((80, 443))
CONNECT_SECONDS = 10.0  # one address; name, TLS and answer share the deadline of the whole request
KEEP_ALIVE = 15.0  # seconds; many servers close after 5 to 60
_ADDRESSES = 4  # of one name that are tried in turn
_DNS_THREADS = 16  # a name server that hangs must not hold up other feeds
_PERMANENT = frozenset((301, 308))
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_WORDS = 64 << 10  # bytes of the answer to a POST that are read: its status decides, the body only says why
_WORDS_SECONDS = 5.0  # and for how long
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_UNTIL: Mapping[FetchKind, str] = MappingProxyType({"dns": "the name was not resolved", "connect": "no connection"})  # ... within 30 s


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may cost: bytes on the wire, bytes inflated, seconds for everything, redirects."""

    wire: int = 5 << 20
    body: int = 10 << 20
    seconds: float = 30.0
    redirects: int = 5


FEED_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered, whatever its status. `headers` has lower-case names; repeated ones are joined by a comma.

    `url` is the final one. `moved_to` is set only where every redirect on the way was permanent. `wire_hash` is of
    the bytes as they came, still compressed; `body` is inflated.
    """

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes
    wire_hash: bytes
    wire_bytes: int
    moved_to: str | None = None


_Key = tuple[bytes, bytes, int, bool]


class _Target(NamedTuple):
    """A checked URL in the parts that go on the wire, and what of it may be shown in an error."""

    url: str
    shown: str
    scheme: bytes
    host: bytes
    port: int
    path: bytes
    host_header: bytes
    private: bool

    @property
    def key(self) -> _Key:
        """What a kept connection must have been made for to be used again."""
        return self.scheme, self.host, self.port, self.private


@dataclass(slots=True)
class _Way:
    """How far a request came: what a timeout then means. Only from "timeout" on may the server have it."""

    at: FetchKind = "dns"


class _TroubleError(Exception):
    """A refusal below the level that knows the URL."""

    def __init__(self, kind: FetchKind, problem: str) -> None:
        super().__init__(problem)
        self.kind, self.problem = kind, problem


class Client:
    """The guarded client; use it as an async context manager, one for the whole program.

    `per_host` requests at a time a host, `concurrency` in all. `ports` are those of public addresses; a request with
    `allow_private` may use any port and reach the own network, but never a metadata service. Connections made with
    and without it are kept apart. `resolve` and `tls` stand in for DNS and the system's certificates.
    """

    def __init__(
        self,
        user_agent: str,
        *,
        per_host: int = 2,
        concurrency: int = 64,
        ports: frozenset[int] = PORTS,
        tls: ssl.SSLContext | None = None,
        resolve: Resolver | None = None,
    ) -> None:
        self.user_agent = user_agent
        self.connects = 0  # TCP connections tried so far
        self._per_host, self._ports, self._tls = per_host, ports, tls
        self._dns = ThreadPoolExecutor(_DNS_THREADS, thread_name_prefix="dns")
        self._resolve = resolve or partial(ask_system, threads=self._dns)
        self._all = asyncio.Semaphore(concurrency)
        self._hosts: dict[bytes, tuple[asyncio.Semaphore, list[None]]] = {}
        self._idle: dict[_Key, list[httpcore.AsyncHTTP11Connection]] = {}
        self._most_idle = 2 * concurrency

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(self, *_: object) -> None:
        for connection in [connection for kept in self._idle.values() for connection in kept]:
            await connection.aclose()
        self._idle.clear()
        self._dns.shutdown(wait=False, cancel_futures=True)
        await asyncio.sleep(0)  # lets the transports say goodbye before the loop is gone

    async def get(
        self, url: str, *, headers: Mapping[str, str] = _NO_HEADERS, limits: Limits = FEED_LIMITS, allow_private: bool = False
    ) -> Answer:
        """Ask for `url` and follow redirects, each one checked as the first. Any status is an Answer; no answer is a FetchError."""
        permanent, left, asked = True, limits.seconds, url
        for _ in range(limits.redirects + 1):
            started = asyncio.get_running_loop().time()
            target = self._target(url, url, allow_private)
            answer, waited = await self._ask(b"GET", target, headers, b"", limits, left)
            location = answer.headers.get("location")
            if answer.status not in _REDIRECTS or location is None:
                return replace(answer, moved_to=url) if permanent and url != asked else answer
            permanent = permanent and answer.status in _PERMANENT
            left -= asyncio.get_running_loop().time() - started - waited
            url = next_hop(url, location)
        raise FetchError(asked, f"more than {limits.redirects} redirects", kind="redirect")

    async def post(
        self, url: str, body: bytes, *, headers: Mapping[str, str] = _NO_HEADERS, limits: Limits = FEED_LIMITS, allow_private: bool = False
    ) -> Answer:
        """Send `body` to `url` once; any status is an Answer, a redirect too, and however its body is broken.

        A kept connection is never used: where it broke, nobody could tell whether the body had arrived. Errors name
        the host only, because the rest of a webhook's URL is its secret. Of the answer only the first 64 kB are read,
        for at most 5 s: who answered 200 has the message, whatever becomes of the rest.
        """
        target = self._target(url, host_only(url), allow_private)
        answer, _ = await self._ask(b"POST", target, headers, body, limits, limits.seconds)
        return answer

    def _target(self, url: str, shown: str, allow_private: bool) -> _Target:
        """Check what can be checked before anything is connected."""
        if not is_web_link(url):
            raise FetchError(
                shown, "not a plain http or https address; user names, blanks and backslashes are refused", kind="refused_address"
            )
        try:
            parsed = httpx.URL(url)
            host = parsed.raw_host
        except (httpx.InvalidURL, UnicodeError, ValueError):
            raise FetchError(shown, "not an address that can be asked; check its spelling", kind="refused_address") from None
        written = urlsplit(url).hostname or ""
        if not host or (written.isascii() and written.encode() != host.lower()):
            raise FetchError(shown, "the address names its host in two ways; write it plainly", kind="refused_address")
        port = parsed.port or (443 if parsed.scheme == "https" else 80)
        if port not in self._ports and not allow_private:
            raise FetchError(shown, f"port {port} is not allowed; only {sorted(self._ports)} are", kind="refused_address")
        return _Target(url, shown, parsed.raw_scheme, host, port, parsed.raw_path, parsed.netloc, allow_private)

    async def _ask(
        self, method: bytes, target: _Target, headers: Mapping[str, str], body: bytes, limits: Limits, seconds: float
    ) -> tuple[Answer, float]:
        """One request, one answer, and the seconds it waited for its turn; every library error is translated here."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        async with self._turn(target.host):
            waited, way = loop.time() - begun, _Way()
            try:
                async with asyncio.timeout(max(seconds, 0.001)):
                    request = _request(method, target, self.user_agent, headers, body)
                    status, received, raw = await self._exchange(request, target, limits, way)
                return _answer(status, target.url, received, raw, limits, decided=method == b"POST"), waited
            except _TroubleError as trouble:
                raise FetchError(target.shown, trouble.problem, kind=trouble.kind) from None
            except TimeoutError:
                what = _UNTIL.get(way.at, "no whole answer")
                raise FetchError(target.shown, f"{what} within {limits.seconds:g} s", kind=way.at) from None
            except (httpcore.ProtocolError, httpcore.ConnectionNotAvailable) as error:
                raise FetchError(target.shown, f"not HTTP as agreed: {str(error)[:120] or 'broken off'}", kind="protocol") from None
            except (httpcore.NetworkError, OSError):
                raise FetchError(target.shown, "the connection broke off", kind="protocol") from None

    async def _exchange(
        self, request: httpcore.Request, target: _Target, limits: Limits, way: _Way
    ) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        """Send the request on a kept connection or a new one, and read all of the answer."""
        kept = await self._kept(target.key) if request.method == b"GET" else None
        if kept is not None:
            try:
                way.at = "timeout"
                return await self._send(request, kept, target.key, limits)
            except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.ConnectionNotAvailable):
                pass  # the server had closed it meanwhile; that says nothing about the feed
        stream = await self._connect(target, way)
        way.at = "timeout"
        origin = httpcore.Origin(target.scheme, target.host, target.port)
        connection = httpcore.AsyncHTTP11Connection(origin, stream, keepalive_expiry=KEEP_ALIVE)
        return await self._send(request, connection, target.key, limits)

    async def _send(
        self, request: httpcore.Request, connection: httpcore.AsyncHTTP11Connection, key: _Key, limits: Limits
    ) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        response = await connection.handle_async_request(request)
        try:
            raw = await (_read(response, limits.wire) if request.method == b"GET" else _words(response, limits.seconds))
        finally:
            await response.aclose()  # closes the connection too where the body was not read to its end
        kept = self._idle.setdefault(key, [])
        if request.method == b"GET" and connection.is_idle() and len(kept) < self._per_host:
            kept.append(connection)
            await self._close_oldest()
        else:
            await connection.aclose()
        return response.status, response.headers, raw

    async def _kept(self, key: _Key) -> httpcore.AsyncHTTP11Connection | None:
        """Take a connection that is still good, or None."""
        kept = self._idle.pop(key, [])
        while kept:
            connection = kept.pop()
            if connection.is_idle() and not connection.has_expired():
                self._idle[key] = kept  # last in the dictionary again: the oldest hosts are closed first
                return connection
            await connection.aclose()
        return None

    async def _close_oldest(self) -> None:
        while len(self._idle) > self._most_idle:
            for connection in self._idle.pop(next(iter(self._idle))):
                await connection.aclose()

    @asynccontextmanager
    async def _turn(self, host: bytes) -> AsyncIterator[None]:
        """Wait for a place at this host, then for one of all; a slow host's queue holds none of the places of all."""
        turn, users = self._hosts.setdefault(host, (asyncio.Semaphore(self._per_host), []))
        users.append(None)
        try:
            async with turn, self._all:
                yield
        finally:
            users.pop()
            if not users:
                self._hosts.pop(host, None)

    async def _connect(self, target: _Target, way: _Way) -> _Stream:
        """Resolve, check every address, connect to a checked one. One bad address refuses the whole name."""
        way.at = "dns"
        try:
            addresses = await addresses_of(target.host.decode("ascii"), target.port, resolve=self._resolve, allow_private=target.private)
        except LookupProblem as problem:
            advice = "; feeds there need `allow_private`" if problem.inside else ""
            raise _TroubleError(problem.kind, f"{problem}{advice}") from None
        way.at = "connect"
        context = self._context() if target.scheme == b"https" else None
        for address in addresses[:_ADDRESSES]:
            self.connects += 1
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    return await _open(address, target, context)
            except ssl.SSLError as error:
                raise _TroubleError("tls", f"TLS failed: {getattr(error, 'verify_message', '') or error.reason or 'broken off'}") from None
            except OSError:  # TimeoutError too
                continue
        raise _TroubleError("connect", "no connection; the server is down or a firewall stands between")

    def _context(self) -> ssl.SSLContext:
        """Return the one TLS context; making one costs 26 ms."""
        if self._tls is None:
            self._tls = ssl.create_default_context()
            if not self._tls.get_ca_certs():  # slim images come without certificates
                self._tls.load_verify_locations(certifi.where())
        return self._tls


class _Stream(httpcore.AsyncNetworkStream):
    """asyncio's streams as httpcore wants them. Timeouts are not kept here: the whole request has one deadline."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's signature
        try:
            return await self._reader.read(max_bytes)
        except OSError as error:
            raise httpcore.ReadError(str(error)) from error

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore's signature
        try:
            self._writer.write(buffer)
            await self._writer.drain()
        except OSError as error:
            raise httpcore.WriteError(str(error)) from error

    async def aclose(self) -> None:
        self._writer.transport.abort()  # close() would wait up to 30 s for a TLS goodbye that nobody needs

    def get_extra_info(self, info: str) -> Any:
        """Answer the one question httpcore asks: has the server closed?"""
        return info == "is_readable" and (self._reader.at_eof() or self._writer.is_closing())


async def _open(address: str, target: _Target, context: ssl.SSLContext | None) -> _Stream:
    if context is None:
        return _Stream(*await asyncio.open_connection(address, target.port))
    name = target.host.decode("ascii")
    return _Stream(
        *await asyncio.open_connection(address, target.port, ssl=context, server_hostname=name, ssl_handshake_timeout=CONNECT_SECONDS)
    )


def _request(method: bytes, target: _Target, user_agent: str, headers: Mapping[str, str], body: bytes) -> httpcore.Request:
    lines = [(b"Host", target.host_header), (b"User-Agent", user_agent.encode("latin-1", "replace")), (b"Accept-Encoding", b"gzip")]
    lines += [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers.items()]
    if method == b"POST":
        lines.append((b"Content-Length", str(len(body)).encode()))
    url = httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
    return httpcore.Request(method, url, headers=lines, content=body)


async def _read(response: httpcore.Response, limit: int) -> bytes:
    chunks, size = [], 0
    async for chunk in response.aiter_stream():
        size += len(chunk)
        if size > limit:
            raise _TroubleError("too_large", f"the answer is longer than {limit >> 20} MB")
        chunks.append(chunk)
    return b"".join(chunks)


async def _words(response: httpcore.Response, seconds: float) -> bytes:
    """Read the beginning of a body, as far as it comes while the `seconds` of the whole request are not over."""
    words = b""
    with suppress(TimeoutError, httpcore.ProtocolError, httpcore.NetworkError, OSError):
        async with asyncio.timeout(min(_WORDS_SECONDS, seconds / 2)):
            async for chunk in response.aiter_stream():
                words += chunk
                if len(words) >= _WORDS:
                    break
    return words[:_WORDS]


def _answer(status: int, url: str, received: list[tuple[bytes, bytes]], raw: bytes, limits: Limits, *, decided: bool) -> Answer:
    """Return the answer unpacked. Where the status alone has `decided`, a body that cannot be unpacked is none."""
    headers: dict[str, str] = {}
    for key, value in received:
        name, text = key.decode("latin-1").lower(), value.decode("latin-1")
        headers[name] = f"{headers[name]}, {text}" if name in headers else text
    try:
        body = unpack(raw, headers.get("content-encoding", ""), limits.body)
    except UnpackError as error:
        if decided:
            return Answer(status, url, headers, b"", blake2b(raw, digest_size=16).digest(), len(raw))
        raise _TroubleError("too_large" if error.too_large else "encoding", str(error)) from None
    return Answer(status, url, headers, body, blake2b(raw, digest_size=16).digest(), len(raw))
