"""No address out of a feed, a redirect or a settings file reaches the own network, by any client and in any spelling.

Connections are counted where Python makes them (its audit event `socket.connect`), so that no way round a client is missed.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from collect_feeds import a_feed
from delivery_servers import row, smtp_server
from http_faults import names

from watcher.addresses import may_connect
from watcher.collect import Parsers, Politeness, RobotsCache, collect
from watcher.collect.article import read_article
from watcher.collect.discovery import discover
from watcher.deliver import email, slack, webhook
from watcher.deliver.smtp import Patience
from watcher.errors import DeliveryError, FetchError, WatcherError
from watcher.model import Channel, ChannelKind
from watcher.net import Client, Limits

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
HOUR = timedelta(hours=1)
MANNERS = Politeness(floor=HOUR, start=HOUR, ceiling=HOUR, longest=HOUR)
SHORT = Patience(connect=timedelta(seconds=2), command=timedelta(seconds=1), before_the_dot=timedelta(seconds=3))
MAILS = Channel("staff", ChannelKind.EMAIL, to=("dara@ngo.example",), sender="watcher@ngo.example", tls="none")

# Special networks of the IANA registries that Python's own `is_global` calls public, or that tunnel to private ones.
SPECIAL = [
    "100.64.0.1",
    "192.88.99.1",
    "224.0.0.1",
    "239.255.255.250",
    "ff02::1",
    "ff0e::1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "3fff::1",
    "::7f00:1",
    "::ffff:10.0.0.1",
    "fec0::1",
    "2001:db8::1",
    "2001::1",
    "5f00::1",
    "100::1",
    "0.0.0.0",
    "255.255.255.255",
    "198.18.0.1",
    "192.0.0.1",
    "240.0.0.1",
    "4000::1",
    "fc00::1",
    "fe80::1",
]


class _Connects:
    """Counts connections that this process begins, while it is switched on."""

    def __init__(self) -> None:
        self.on, self.made = False, list[object]()
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.on and event == "socket.connect":
            self.made.append(arguments[1])


_ALL = _Connects()  # an audit hook stays for the life of the process, so there is one


@pytest.fixture
def connects() -> Iterator[list[object]]:
    """The addresses connected to while the test runs."""
    _ALL.made, _ALL.on = [], True
    yield _ALL.made
    _ALL.on = False


@dataclass
class Room:
    """What the clients of the program need."""

    client: Client
    parsers: Parsers
    now: datetime
    resolve: Callable[[str, int], Awaitable[Sequence[str]]] | None = None


async def by_feed(url: str, room: Room) -> None:
    fetched = await collect(a_feed(url, allow_private=False), room.client, room.parsers, room.now, MANNERS, 0.5)
    if fetched.outcome == "failed":
        raise FetchError(url, str(fetched.problem), kind="refused_address")


async def by_article(url: str, room: Room) -> None:
    await read_article(url, room.client, room.parsers, RobotsCache(), room.now)


async def by_discovery(url: str, room: Room) -> None:
    await discover(url, room.client)


async def by_webhook(url: str, room: Room) -> None:
    await webhook.send(row(b"{}"), Channel("w", ChannelKind.WEBHOOK, url=url, secret=SECRET), client=room.client, now=room.now)


async def by_slack(url: str, room: Room) -> None:
    await slack.send(row(b"{}"), Channel("s", ChannelKind.SLACK, url=url), client=room.client, now=room.now)


async def by_mail(url: str, room: Room) -> None:
    server = "smtp" + url.removeprefix("https").removeprefix("http").rstrip("/")
    more = {"resolve": room.resolve} if room.resolve else {}
    await email.send(row(b"x"), replace(MAILS, server=server), patience=SHORT, **more)  # type: ignore[arg-type]


CLIENTS = [by_feed, by_article, by_discovery, by_webhook, by_slack, by_mail]
FOLLOWERS = [by_feed, by_article, by_discovery]
Way = Callable[[str, Room], Awaitable[None]]


@asynccontextmanager
async def room_with(client: Client, now: datetime, **more: object) -> AsyncIterator[Room]:
    parsers = Parsers(1)  # no child starts before there is something to parse
    async with client:
        yield Room(client, parsers, now, **more)  # type: ignore[arg-type]
    await parsers.close()


def ssrf(shared_folder: Path) -> dict[str, list[str]]:
    cases: dict[str, list[str]] = json.loads((shared_folder / "corpora" / "ssrf-own" / "ssrf.json").read_text())
    assert (len(cases["hosts"]), len(cases["urls"])) == (61, 26)
    return cases


OWN_SPELLINGS = ["127.0.0.1", "127.1", "0x7f000001", "2130706433", "localhost.", "[::1]", "[::ffff:7f00:1]", "①②⑦.⓪.⓪.①", "169.254.169.254"]


@pytest.mark.parametrize("way", CLIENTS, ids=lambda way: way.__name__)
async def test_ssrf_1_no_spelling_of_an_inner_address_is_connected_to(way: Way, connects: list[object], now: datetime) -> None:
    """The spellings that every list begins with, where the whole list is not at hand."""
    async with room_with(Client("w"), now) as room:
        for host in OWN_SPELLINGS:
            with pytest.raises(WatcherError):
                await way(f"http://{host}/", room)
    assert connects == []


@pytest.mark.shared
@pytest.mark.parametrize("way", CLIENTS, ids=lambda way: way.__name__)
async def test_ssrf_1_no_case_of_the_list_is_connected_to(way: Way, shared_folder: Path, connects: list[object], now: datetime) -> None:
    """61 hosts and 26 addresses; 20 of 46 such spellings once reached loopback through httpx."""
    cases = ssrf(shared_folder)
    urls = [f"http://{host}/" for host in cases["hosts"]] + (cases["urls"] if way is not by_mail else [])
    async with room_with(Client("w"), now) as room:
        for url in urls:
            with pytest.raises(WatcherError):
                await way(url, room)
    assert connects == []


class Elsewhere(Client):
    """The real client, for which the host public.example is a server of this test: as if it stood on the public internet."""

    def __init__(self, port: int) -> None:
        super().__init__("w")
        self._port = port

    async def _connect(self, target, way):  # type: ignore[no-untyped-def]
        from watcher.net import _Stream

        if target.host == b"public.example":
            return _Stream(*await asyncio.open_connection("127.0.0.1", self._port))
        return await super()._connect(target, way)


@asynccontextmanager
async def redirecting(where: list[str]) -> AsyncIterator[int]:
    """A public site: /0, /1 ... lead to each of `where`, each with another status; it has no robots.txt."""
    statuses = ("301 Moved", "302 Found", "303 See", "307 Temporary", "308 Moved")

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, OSError):
            while asked := await reader.readuntil(b"\r\n\r\n"):
                path = asked.split(b" ")[1].decode()
                if path[1:].isdigit():
                    number = int(path[1:])
                    lines = [f"HTTP/1.1 {statuses[number % 5]}", f"Location: {where[number]}", "Content-Length: 0", "", ""]
                else:
                    lines = ["HTTP/1.1 404 Not Found", "Content-Length: 0", "", ""]
                writer.write("\r\n".join(lines).encode())
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(one, "127.0.0.1", 0)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()


async def _none_is_reached(way: Way, where: list[str], connects: list[object], now: datetime) -> None:
    async with redirecting(where) as port, room_with(Elsewhere(port), now) as room:
        for number in range(len(where)):
            with pytest.raises(WatcherError):
                await way(f"http://public.example/{number}", room)
        assert room.client.connects == 0
    assert {address[1] for address in connects if isinstance(address, tuple)} <= {port}


@pytest.mark.parametrize("way", FOLLOWERS, ids=lambda way: way.__name__)
async def test_ssrf_4_a_redirect_is_checked_like_a_first_address(way: Way, connects: list[object], now: datetime) -> None:
    """The first hop is harmless; the guard must look at each, at its scheme and at where it leads."""
    others = [
        "file:///etc/passwd",
        "source:file:///etc/passwd",
        "gopher://127.0.0.1:25/_HELO",
        "http://a.example\\@127.0.0.1/",
        "FILE:/etc",
    ]
    await _none_is_reached(way, [f"http://{host}/" for host in OWN_SPELLINGS if host.isascii()] + others, connects, now)


@pytest.mark.shared
@pytest.mark.parametrize("way", FOLLOWERS, ids=lambda way: way.__name__)
async def test_ssrf_4_no_case_of_the_list_is_reached_by_a_redirect(
    way: Way, shared_folder: Path, connects: list[object], now: datetime
) -> None:
    """A public host that answers 301, 302, 303, 307 or 308 to each host and address of the list."""
    cases = ssrf(shared_folder)
    where = [f"http://{host}/" for host in cases["hosts"]] + [url for url in cases["urls"] if not url.startswith(("//", "ht\t"))]
    await _none_is_reached(way, where, connects, now)


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "file:///etc/passwd", "dict://127.0.0.1/", "data:text/xml,x", "//127.0.0.1/", "ftp://a.example/"]
)
async def test_ssrf_4_only_http_and_https_are_asked(link: str, connects: list[object], now: datetime) -> None:
    """Whatever else a library knows how to open."""
    async with room_with(Client("w"), now) as room:
        for way in (by_feed, by_article, by_discovery, by_webhook, by_slack):
            with pytest.raises(WatcherError):
                await way(link, room)
    assert connects == []


@pytest.mark.parametrize(
    "url", ["http://a.example\\@127.0.0.1/", "http://u:p@a.example/", "http://a.example /", "http://a\r\n.example/", "http://a%00.example/"]
)
async def test_ssrf_2_an_address_that_programs_read_in_two_ways_is_refused(url: str, connects: list[object], now: datetime) -> None:
    """The check would look at one host and the connection go to the other."""
    async with room_with(Client("w", resolve=names(None, "127.0.0.1")), now) as room:
        for way in (by_feed, by_article, by_discovery, by_webhook, by_slack):
            with pytest.raises(WatcherError):
                await way(url, room)
    assert connects == []


@pytest.mark.parametrize("address", SPECIAL)
def test_ssrf_3_special_networks_are_refused_whatever_python_calls_them(address: str) -> None:
    """`is_global` is True for ten of these on Python 3.11."""
    assert not may_connect(address, allow_private=False)


@pytest.mark.parametrize("found", [["127.0.0.1"], ["93.184.215.14", "10.0.0.1"], ["::ffff:10.0.0.1"], ["64:ff9b::7f00:1"], ["fe80::1%lo"]])
@pytest.mark.parametrize("way", CLIENTS, ids=lambda way: way.__name__)
async def test_ssrf_5_rebinding_every_answer_of_a_name_is_checked(
    way: Way, found: list[str], connects: list[object], now: datetime
) -> None:
    """A name that was public yesterday, or has a private address beside a public one, in every client."""
    resolve = names(None, *found)
    async with room_with(Client("w", resolve=resolve), now, resolve=resolve) as room:
        with pytest.raises(WatcherError):
            await way("http://rebind.example/", room)
    assert connects == []


@dataclass
class OneAnswer:
    """A name server that tells the truth once."""

    truth: str
    asked: list[str] = field(default_factory=list)

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        return [self.truth if len(self.asked) == 1 else "169.254.169.254"]


async def test_ssrf_5_rebinding_mail_goes_to_the_address_that_was_checked() -> None:
    """A name is asked for once, and what was checked is what is connected to; the rest of the program is tested in test_net."""
    resolve = OneAnswer("127.0.0.1")
    async with smtp_server() as server:
        channel = replace(MAILS, server=f"smtp://mail.example:{server.port}", allow_private=True)
        await email.send(row(b"Subject: x\r\n\r\nx\r\n"), channel, patience=SHORT, resolve=resolve)
    assert resolve.asked == ["mail.example"]
    assert len(server.mails) == 1


async def test_ssrf_5_mail_to_the_own_network_needs_the_operators_word(connects: list[object]) -> None:
    """A relay in the office is fine when somebody says so; by accident nothing goes there, and the error says what to write."""
    async with smtp_server() as server:
        channel = replace(MAILS, server=f"smtp://127.0.0.1:{server.port}")
        with pytest.raises(DeliveryError, match="add allow_private = true") as caught:
            await email.send(row(b"x"), channel, patience=SHORT)
        assert (caught.value.retry, caught.value.whole_channel, connects) == (True, True, [])
        await email.send(row(b"Subject: x\r\n\r\nx\r\n"), replace(channel, allow_private=True), patience=SHORT)
    assert len(server.mails) == 1


async def test_ssrf_5_mail_tries_the_other_addresses_of_a_name(unused_tcp_port: int) -> None:
    """A server with an address that does not answer (IPv6 without a route, most often) still gets its mail."""
    async with smtp_server() as server:
        channel = replace(MAILS, server=f"smtp://mail.example:{server.port}", allow_private=True)
        await email.send(row(b"Subject: x\r\n\r\nx\r\n"), channel, patience=SHORT, resolve=names(None, "127.0.0.3", "127.0.0.1"))
        assert len(server.mails) == 1


async def test_ssrf_5_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch, connects: list[object], now: datetime) -> None:
    """A proxy would connect for us, to where the guard does not look."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    resolve = names(socket.gaierror, code=socket.EAI_NONAME)
    async with room_with(Client("w", resolve=resolve), now, resolve=resolve) as room:
        for way in CLIENTS:
            with pytest.raises(WatcherError):
                await way("http://public.example/", room)
    assert connects == []


async def test_ssrf_6_the_counter_counts(connects: list[object]) -> None:
    """The tests above must not pass because nothing is ever heard."""
    async with smtp_server() as server, Client("w") as client:
        with pytest.raises(FetchError):
            await client.get(f"http://127.0.0.1:{server.port}/", limits=Limits(seconds=1.0), allow_private=True)
    assert connects == [("127.0.0.1", server.port)]
