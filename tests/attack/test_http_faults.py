"""The whole list of HTTP faults through a poll, a webhook and Slack: each comes to its class, and none gets out."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from ssl import SSLContext
from typing import Any

import pytest
from collect_feeds import a_feed, item, rss
from delivery_servers import row
from http_faults import FAULTS, FEED, READ, SENT, Fault, faulty, http

from watcher.collect import Parsers, Politeness, collect
from watcher.deliver import slack, webhook
from watcher.errors import DeliveryError
from watcher.model import Channel, ChannelKind, Delivered, Fetched
from watcher.net import FEED_LIMITS, Answer, Client, Limits

pytestmark = pytest.mark.asyncio(loop_scope="module")
FULL = os.environ.get("WATCHER_FULL") == "1"
PATIENCE = 30.0 if FULL else 0.25  # seconds of the whole request; the service has 30
MANNERS = Politeness(floor=timedelta(minutes=15), start=timedelta(hours=1), ceiling=timedelta(hours=6), longest=timedelta(hours=24))
NONE: Mapping[str, str] = {}
NAME = "name.example"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
IDS = [fault.name for fault in FAULTS]


class Hasty(Client):
    """The real client with a shorter patience for everything it is asked."""

    async def get(
        self, url: str, *, headers: Mapping[str, str] = NONE, limits: Limits = FEED_LIMITS, allow_private: bool = False
    ) -> Answer:
        return await super().get(url, headers=headers, limits=replace(limits, seconds=PATIENCE), allow_private=allow_private)

    async def post(
        self, url: str, body: bytes, *, headers: Mapping[str, str] = NONE, limits: Limits = FEED_LIMITS, allow_private: bool = False
    ) -> Answer:
        return await super().post(url, body, headers=headers, limits=replace(limits, seconds=PATIENCE), allow_private=allow_private)


def client_for(fault: Fault, tls: SSLContext) -> Hasty:
    return Hasty("watcher-test", tls=tls, resolve=fault.resolve)


def url_of(fault: Fault, port: int, path: str = "/") -> str:
    host = NAME if fault.resolve else "127.0.0.1"
    return f"{'https' if fault.tls else 'http'}://{host}" + (f":{port}" if fault.private else "") + path


def flags(error: DeliveryError) -> str:
    return " ".join(name for name in ("retry", "whole_channel", "ambiguous", "bare") if getattr(error, name))


@pytest.mark.parametrize("fault", FAULTS, ids=IDS)
async def test_a_poll_makes_the_right_thing_of_every_fault(
    fault: Fault, our_tls: SSLContext, server_tls: Callable[[str], SSLContext | None], parsers: Parsers, now: datetime
) -> None:
    """What is no feed must never pass for a quiet day, and what is one must be read however odd its server."""
    started = time.monotonic()
    async with faulty(fault, server_tls(fault.tls)) as server, client_for(fault, our_tls) as client:
        feed = a_feed(url_of(fault, server.port), allow_private=fault.private)
        fetched = await collect(feed, client, parsers, now, MANNERS, 0.5)
    assert time.monotonic() - started < PATIENCE + 5
    said = f"{fetched.outcome} {fetched.problem}"
    if fault.feed == READ:
        assert (fetched.outcome, len(fetched.entries)) == ("changed", 2), said
        assert b"cookie" not in b"".join(server.asked).lower()
        return
    outcome, _, words = fault.feed.partition(" ")
    assert fetched.outcome == outcome, said
    assert words.lower() in said.lower(), said
    assert fetched.etag is None, "the validators of a bad answer would hide the next good one"
    assert fetched.next_poll is not None
    asked_for = timedelta(seconds=fault.wait or 0)
    assert fetched.next_poll - now >= max(asked_for, MANNERS.floor)
    if fault.wait is None:
        assert fetched.next_poll - now <= timedelta(hours=3), "garbage in Retry-After put the feed to sleep"
    assert not (fault.mute and server.asked)


@pytest.mark.parametrize("kind", [ChannelKind.WEBHOOK, ChannelKind.SLACK], ids=["webhook", "slack"])
@pytest.mark.parametrize("fault", FAULTS, ids=IDS)
async def test_a_channel_makes_the_right_thing_of_every_fault(
    fault: Fault, kind: ChannelKind, our_tls: SSLContext, server_tls: Callable[[str], SSLContext | None], now: datetime
) -> None:
    """Wrong one way a message is lost; wrong the other way people get it twice, or a broken channel hammers for days."""
    expected = fault.hook if kind is ChannelKind.WEBHOOK else fault.slack
    send = webhook.send if kind is ChannelKind.WEBHOOK else slack.send
    started = time.monotonic()
    result: Delivered | DeliveryError
    async with faulty(fault, server_tls(fault.tls)) as server, client_for(fault, our_tls) as client:
        address = url_of(fault, server.port, "/services/T0/hunter2hunter2")
        channel = Channel("news", kind, url=address, secret=SECRET, allow_private=fault.private)
        try:
            result = await send(row(b'{"text":"x"}'), channel, client=client, now=now)
        except DeliveryError as error:
            result = error
    assert time.monotonic() - started < PATIENCE + 5
    if expected == SENT:
        assert isinstance(result, Delivered), result
    else:
        assert isinstance(result, DeliveryError), result
        assert flags(result) == expected, result
        assert result.retry_after == (timedelta(seconds=fault.wait) if fault.wait else None)
        assert "hunter2" not in str(result)
    assert len(server.asked) == (0 if fault.mute else 1), "sent not at all, or more than once"


async def test_validators_that_lie_hide_nothing(parsers: Parsers, now: datetime) -> None:
    """An ETag that changes at each answer, or stays while the body changes: both times the new item is read."""
    for tags in (('"1"', '"2"'), ('"1"', '"1"')):
        feed = a_feed("")
        seen: list[Fetched] = []
        for tag, body in zip(tags, (FEED, rss(item(1), item(2), item(3))), strict=True):
            fault = Fault("tag", http("200 OK", f"ETag: {tag}", body=body), READ, SENT, SENT)
            async with faulty(fault, None) as server, Hasty("watcher-test") as client:
                url = f"http://127.0.0.1:{server.port}/"
                feed = replace(feed, url=url, validated_url=feed.validated_url and url)
                seen.append(await collect(feed, client, parsers, now, MANNERS, 0.5))
                feed = replace(feed, etag=seen[-1].etag, validated_url=url, items=seen[-1].items, body_hash=seen[-1].body_hash)
        assert [len(one.entries) for one in seen] == [2, 1]


SLOW_OR_LARGE = [fault for fault in FAULTS if fault.slow or "bomb" in fault.name or "MB" in fault.name or "without an end" in fault.name]


@pytest.mark.parametrize("fault", SLOW_OR_LARGE, ids=[fault.name for fault in SLOW_OR_LARGE])
async def test_no_fault_delays_twenty_good_feeds_by_a_second(
    fault: Fault, our_tls: SSLContext, server_tls: Callable[[str], SSLContext | None], parsers: Parsers, now: datetime
) -> None:
    """One newspaper's broken server must not cost the readers the news of the others."""
    good = Fault("good", http(body=FEED), READ, SENT, SENT)
    async with faulty(fault, server_tls(fault.tls), "127.0.0.2") as bad, faulty(good, None) as fine, client_for(fault, our_tls) as client:

        async def one(number: int) -> float:
            fetched = await collect(a_feed(f"http://127.0.0.1:{fine.port}/{number}"), client, parsers, now, MANNERS, 0.5)
            assert len(fetched.entries) == 2, fetched.problem
            return time.monotonic()

        async def twenty() -> float:
            started = time.monotonic()
            return max(await asyncio.gather(*map(one, range(20)))) - started

        await one(99)  # the children are awake
        delays = []
        while not delays or (delays[-1] >= 1.0 and len(delays) < 3):  # a machine with much else to do may be late by itself
            alone = await twenty()
            address = url_of(fault, bad.port).replace("127.0.0.1", "127.0.0.2")
            broken = a_feed(address, allow_private=fault.private)
            waiting = asyncio.create_task(collect(broken, client, parsers, now, MANNERS, 0.5))
            await asyncio.sleep(0)
            delays.append(await twenty() - alone)
            assert (await waiting).outcome == "failed"
    assert delays[-1] < 1.0, delays


async def test_the_largest_answers_cost_little_memory() -> None:
    """A service on the smallest machine must live through a bomb: at most 64 MB over what it had (measured in a process of its own)."""
    code = """
import asyncio, resource, sys
from http_faults import FAULTS, faulty
from watcher.errors import FetchError
from watcher.net import Client

def megabytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

async def main():
    async with Client("watcher-test") as client:
        base = 0.0
        for fault in [None] + [one for one in FAULTS if one.name in sys.argv[1:]]:
            if fault is None:
                base = megabytes()
                continue
            for ask in ("get", "post"):
                async with faulty(fault, None) as server:
                    url = f"http://127.0.0.1:{server.port}/"
                    try:
                        await (client.get(url, allow_private=True) if ask == "get" else client.post(url, b"x", allow_private=True))
                    except FetchError:
                        pass
        print(round(megabytes() - base))
asyncio.run(main())
"""
    here = Path(__file__).parent
    names = ["chunks without an end", "5 MB and one byte", "50 MB header", "20,000 headers", "gzip bomb", "gzip fifty times"]
    environment: dict[str, Any] = {**os.environ, "PYTHONPATH": os.pathsep.join([str(here), str(here.parent / "collect")])}
    done = subprocess.run([sys.executable, "-c", code, *names], capture_output=True, text=True, timeout=60, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) <= 64
