"""The guarded client against real servers on loopback: what it refuses, what it survives, what it keeps."""

from __future__ import annotations

import asyncio
import gzip
import logging
import ssl
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import pytest
import trustme

from watcher.addresses import may_connect
from watcher.errors import FetchError
from watcher.inflate import UnpackError, unpack
from watcher.net import Answer, Client, Limits

Handler = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(handle: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """A server that hands each request's head to `handle`, which writes whatever bytes the test is about."""

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                await handle(head, writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(one, "127.0.0.1", 0, ssl=tls)
    try:
        yield (
            f"{'https' if tls else 'http'}://localhost:{server.sockets[0].getsockname()[1]}"
            if tls
            else f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        )
    finally:
        server.close()


def answer(body: bytes = b"", status: str = "200 OK", *headers: str) -> bytes:
    """Return a whole answer as bytes."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def always(raw: bytes, *, then_close: bool = False) -> Handler:
    """Answer every request with the same bytes."""

    async def handle(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        if then_close:
            await writer.drain()
            writer.close()

    return handle


def paths(routes: dict[str, bytes]) -> Handler:
    """Answer each path with its bytes."""

    async def handle(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(routes[head.split(b" ")[1].decode()])

    return handle


async def get(url: str, **limits: float) -> Answer:
    async with Client("watcher-test/1") as client:
        return await client.get(url, allow_private=True, limits=Limits(**limits))  # type: ignore[arg-type]


async def refusal(url: str, **limits: float) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await get(url, **limits)
    return caught.value


async def test_any_status_is_an_answer_and_bytes_are_counted() -> None:
    """What a 304 or 404 means is decided by the room that asked."""
    body = gzip.compress(b"news " * 100, mtime=0)
    async with serving(always(answer(body, "404 Not Found", "Content-Encoding: gzip", 'ETag: "a"', "X-A: 1", "X-A: 2"))) as url:
        found = await get(url)
    assert (found.status, found.body, found.wire_bytes) == (404, b"news " * 100, len(body))
    assert (found.headers["etag"], found.headers["x-a"], len(found.wire_hash), found.moved_to) == ('"a"', "1, 2", 16, None)


async def test_connections_are_kept_and_a_closed_one_is_replaced() -> None:
    """A hundred feeds on one host should not cost a hundred handshakes, and a server's timeout is no failure of a feed."""
    drop = False

    async def handle(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(b"x"))
        if drop:
            await writer.drain()
            writer.close()

    async with serving(handle) as url, Client("w") as client:
        await client.get(url, allow_private=True)
        await client.get(url, allow_private=True)
        assert client.connects == 1
        drop = True
        await client.get(url, allow_private=True)
        await client.get(url, allow_private=True)
        assert client.connects == 2


async def test_a_host_is_asked_by_two_requests_at_a_time_at_most() -> None:
    """Small newspapers run on small servers."""
    now = most = 0

    async def handle(head: bytes, writer: asyncio.StreamWriter) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.01)
        now -= 1
        writer.write(answer(b"x"))

    async with serving(handle) as url, Client("w") as client:
        await asyncio.gather(*(client.get(f"{url}/{number}", allow_private=True) for number in range(10)))
    assert most == 2


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"", "protocol"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", "protocol"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nbad\r\n", "protocol"),
        (b"<rss>HTTP/0.9</rss>\r\n\r\n", "protocol"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 300_000 + b"\r\n\r\n", "protocol"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", "protocol"),
        (answer(gzip.compress(b"x" * 10_000, mtime=0)[:-9], "200 OK", "Content-Encoding: gzip"), "encoding"),
        (answer(b"not gzip", "200 OK", "Content-Encoding: gzip"), "encoding"),
        (answer(b"x", "200 OK", "Content-Encoding: br"), "encoding"),
        (answer(zlib.compress(b"x"), "200 OK", "Content-Encoding: deflate"), "encoding"),
        (answer(gzip.compress(gzip.compress(b"x", mtime=0), mtime=0), "200 OK", "Content-Encoding: gzip, gzip"), "encoding"),
        (answer(b"x" * 1_200_000), "too_large"),
        (answer(gzip.compress(b"\0" * 30_000_000, mtime=0), "200 OK", "Content-Encoding: gzip"), "too_large"),
        (answer(b"", "302 Found", "Location: file:///etc/passwd"), "redirect"),
        (answer(b"", "302 Found", "Location: http://a.example\\@b.example/"), "redirect"),
        (answer(b"", "302 Found", "Location: javascript:alert(1)"), "redirect"),
        (answer(b"", "302 Found", "Location: http://user:pw@127.0.0.1/"), "redirect"),
        (answer(b"", "302 Found", "Location: /"), "redirect"),
        (answer(b"", "302 Found", "Location: http://169.254.169.254/latest/meta-data/"), "refused_address"),
    ],
)
async def test_g2_a_broken_or_hostile_answer_is_a_fetch_error_of_its_kind(raw: bytes, kind: str) -> None:
    """Each of these came from a real server or attack; none may crash a poll, pass for a feed or eat the memory."""
    async with serving(always(raw, then_close=True)) as url:
        assert (await refusal(url, wire=1_000_000)).kind == kind


async def test_g2_a_server_that_drips_ends_at_the_deadline() -> None:
    """A byte every moment never trips a timeout for each read; only one deadline for all frees the place."""

    async def drip(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(1000):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with serving(drip) as url:
        started = time.monotonic()
        assert (await refusal(url, seconds=0.2)).kind == "timeout"
        assert time.monotonic() - started < 1.0


async def test_a_reset_is_a_fetch_error() -> None:
    """Some firewalls answer a request with a reset."""

    async def reset(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    async with serving(reset) as url:
        assert (await refusal(url)).kind == "protocol"


async def test_nobody_listening_is_a_fetch_error() -> None:
    """A server that is down is the commonest failure of all."""
    async with serving(always(answer())) as url:
        pass
    assert (await refusal(url)).kind == "connect"


async def test_permanent_redirects_are_reported_and_others_not() -> None:
    """The operator is offered the new address only where the publisher says it is for good."""
    routes = {
        "/old": answer(b"", "301 Moved", "Location: /newer"),
        "/newer": answer(b"", "308 Moved", "Location: new"),
        "/mixed": answer(b"", "301 Moved", "Location: /temporary"),
        "/temporary": answer(b"", "302 Found", "Location: /new"),
        "/new": answer(b"feed"),
    }
    async with serving(paths(routes)) as url, Client("w") as client:
        moved = await client.get(f"{url}/old", allow_private=True)
        mixed = await client.get(f"{url}/mixed", allow_private=True)
    assert (moved.url, moved.moved_to, moved.body) == (f"{url}/new", f"{url}/new", b"feed")
    assert (mixed.url, mixed.moved_to) == (f"{url}/new", None)


async def test_log_1_a_post_is_sent_once_and_its_errors_hide_the_path() -> None:
    """A webhook's path is its secret, and a redirect could carry the message to anybody."""
    seen: list[bytes] = []

    async def handle(head: bytes, writer: asyncio.StreamWriter) -> None:
        seen.append(head)
        writer.write(answer(b"", "307 Temporary", "Location: /elsewhere"))

    async with serving(handle) as url, Client("w") as client:
        found = await client.post(f"{url}/services/SECRET", b'{"a":1}', headers={"Content-Type": "application/json"}, allow_private=True)
    assert found.status == 307
    assert len(seen) == 1
    assert b"Content-Length: 7" in seen[0]
    async with Client("w") as client:
        with pytest.raises(FetchError) as caught:
            await client.post(f"{url}/services/SECRET", b"x", allow_private=True)
    assert "SECRET" not in str(caught.value)
    assert "SECRET" not in caught.value.url
    assert caught.value.__cause__ is None


async def test_log_1_urls_do_not_reach_the_log() -> None:
    """httpx and httpcore log whole URLs at INFO, secrets included."""
    assert logging.getLogger("httpx").getEffectiveLevel() >= logging.WARNING
    assert logging.getLogger("httpcore").getEffectiveLevel() >= logging.WARNING


class TestTls:
    """Certificates are checked, and a secure address never leads to an open one."""

    @pytest.fixture
    def authority(self) -> trustme.CA:
        return trustme.CA()

    @pytest.fixture
    def server_side(self, authority: trustme.CA) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("localhost").configure_cert(context)
        return context

    @pytest.fixture
    def client_side(self, authority: trustme.CA) -> ssl.SSLContext:
        context = ssl.create_default_context()
        authority.configure_trust(context)
        return context

    async def test_a_known_certificate_is_accepted_and_kept(self, server_side: ssl.SSLContext, client_side: ssl.SSLContext) -> None:
        """Most feeds are https; a handshake a poll would be most of the cost."""
        async with serving(always(answer(b"feed")), server_side) as url, Client("w", tls=client_side) as client:
            assert (await client.get(url, allow_private=True)).body == b"feed"
            assert (await client.get(url, allow_private=True)).body == b"feed"
            assert client.connects == 1

    async def test_an_unknown_certificate_is_refused(self, server_side: ssl.SSLContext) -> None:
        """Whoever sits between could change what a feed says."""
        async with serving(always(answer(b"feed")), server_side) as url:
            assert (await refusal(url)).kind == "tls"

    async def test_g1_https_does_not_lead_to_http(self, server_side: ssl.SSLContext, client_side: ssl.SSLContext) -> None:
        """The same, by way of a redirect."""
        redirect = always(answer(b"", "301 Moved", "Location: http://localhost/feed"))
        async with serving(redirect, server_side) as url, Client("w", tls=client_side) as client:
            with pytest.raises(FetchError) as caught:
                await client.get(url, allow_private=True)
        assert caught.value.kind == "redirect"


def resolving_to(*answers: Sequence[str]) -> tuple[Callable[[str, int], Awaitable[Sequence[str]]], list[str]]:
    """A name server that gives one answer after the other, and what it was asked."""
    asked: list[str] = []

    async def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return answers[min(len(asked), len(answers)) - 1]

    return resolve, asked


class TestAddresses:
    """A link out of a feed must not reach the server's own network."""

    @pytest.mark.parametrize(
        "found",
        [
            ["127.0.0.1"],
            ["8.8.8.8", "10.0.0.1"],
            ["::ffff:10.0.0.1"],
            ["64:ff9b::7f00:1"],
            ["2002:7f00:1::"],
            ["fe80::1%lo"],
            ["nonsense"],
            [],
        ],
    )
    async def test_ssrf_5_a_name_is_judged_by_every_address_it_has(self, found: list[str]) -> None:
        """A public address beside a private one is how guards are slipped past."""
        resolve, _ = resolving_to(found)
        async with Client("w", resolve=resolve) as client:
            with pytest.raises(FetchError) as caught:
                await client.get("http://rebind.example/")
            assert caught.value.kind in ("refused_address", "dns")
            assert client.connects == 0

    async def test_ssrf_5_the_checked_address_is_the_one_connected_to(self) -> None:
        """A name that answers differently the second time is never asked a second time."""
        resolve, asked = resolving_to(["127.0.0.1"], ["8.8.8.8"])
        async with serving(always(answer(b"mine"))) as url, Client("w", resolve=resolve) as client:
            port = url.rpartition(":")[2]
            assert (await client.get(f"http://name.example:{port}/", allow_private=True)).body == b"mine"
        assert asked == ["name.example"]

    async def test_g1_a_private_connection_is_not_reused_for_a_public_feed(self) -> None:
        """Kept connections must not carry a permission from one feed to another."""
        async with serving(always(answer(b"x"))) as url, Client("w", ports=frozenset((int(url.rpartition(":")[2]),))) as client:
            await client.get(url, allow_private=True)
            with pytest.raises(FetchError) as caught:
                await client.get(url)
        assert caught.value.kind == "refused_address"

    @pytest.mark.parametrize("address", ["169.254.169.254", "100.100.100.200", "fd00:ec2::254", "0.0.0.0", "224.0.0.1", "::"])
    def test_ssrf_3_metadata_services_are_refused_even_to_private_feeds(self, address: str) -> None:
        """They hand out the keys of the machine."""
        assert not may_connect(address, allow_private=True)

    @pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
    def test_public_addresses_are_allowed(self, address: str) -> None:
        """A guard that refuses everything guards nothing."""
        assert may_connect(address, allow_private=False)

    async def test_g1_only_the_usual_ports_are_asked(self) -> None:
        """Feeds stand on 80 and 443; on others stand mail servers and databases."""
        async with Client("w") as client:
            with pytest.raises(FetchError) as caught:
                await client.get("http://news.example:25/")
        assert caught.value.kind == "refused_address"


class TestUnpack:
    """What comes out of gzip is bounded while it comes out."""

    def test_g2_a_bomb_stops_at_the_limit(self) -> None:
        """1 MB of it once took 3 GB of memory."""
        with pytest.raises(UnpackError) as caught:
            unpack(gzip.compress(b"\0" * 50_000_000, mtime=0), "gzip", 10_000_000)
        assert caught.value.too_large

    def test_parts_one_after_another_are_one_body(self) -> None:
        """Some caches glue gzip files together, which the format allows."""
        assert unpack(gzip.compress(b"a", mtime=0) + gzip.compress(b"b", mtime=0), "x-gzip", 100) == b"ab"

    def test_garbage_behind_the_end_is_ignored(self) -> None:
        """Seen from an old cache; the body itself is whole."""
        assert unpack(gzip.compress(b"a", mtime=0) + b"\0\0junk", "gzip", 100) == b"a"

    def test_thousands_of_parts_are_refused(self) -> None:
        """Each costs a copy of the rest, so many would hold up the loop."""
        with pytest.raises(UnpackError):
            unpack(gzip.compress(b"", mtime=0) * 50, "gzip", 100)

    def test_an_empty_body_needs_no_gzip(self) -> None:
        """A 304 often repeats the header of the body it does not have."""
        assert unpack(b"", "gzip", 100) == b""
