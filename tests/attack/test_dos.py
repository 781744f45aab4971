"""Bodies made to cost time or memory, or to make a parser open a file or an address: contained, and the good items stay."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path

import pytest
from collect_feeds import item, rss
from http_faults import FEED, READ, SENT, Fault, faulty

from watcher.collect import Parsers
from watcher.collect.jobs import FeedJob
from watcher.errors import ParseError

pytestmark = pytest.mark.asyncio(loop_scope="module")
GOOD = 20


def job(now: datetime) -> FeedJob:
    return FeedJob(url="https://news.example/feed/", now=now.isoformat(), title="News Example")


def with_doctype(declarations: str, reference: str) -> bytes:
    """Good items, and one whose title and text are an entity."""
    good = "".join(item(number) for number in range(1, GOOD + 1))
    return (
        f'<?xml version="1.0"?>\n<!DOCTYPE rss [{declarations}]>\n<rss version="2.0"><channel><title>News Example</title>{good}'
        f"{item(0, reference, text=reference)}</channel></rss>"
    ).encode()


LAUGHS = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 11))
QUADRATIC = f'<!ENTITY a "{"x" * 100_000}">'


async def seen(body: bytes, parsers: Parsers, now: datetime) -> tuple[int, str]:
    """How many good items were read, and all text of all items together."""
    started = time.monotonic()
    try:
        found = await parsers.parse(body, job(now))
    except ParseError as error:
        return 0, str(error)
    assert time.monotonic() - started < 15
    keys = {entry.key for entry in found.entries}
    return len(keys & {f"id-{number}" for number in range(1, GOOD + 1)}), " ".join(f"{entry.title} {entry.text}" for entry in found.entries)


@pytest.mark.parametrize(
    ("declarations", "reference"), [(LAUGHS, "&a10;"), (QUADRATIC, "&a;" * 20_000)], ids=["billion laughs", "quadratic"]
)
async def test_dos_2_entities_do_not_expand(declarations: str, reference: str, parsers: Parsers, now: datetime) -> None:
    """Ten lines once became gigabytes in every XML reader; and the items beside them are still news."""
    good, text = await seen(with_doctype(declarations, reference), parsers, now)
    assert good == GOOD
    assert len(text) < 100_000


async def test_dos_2_no_entity_opens_a_file_or_an_address(parsers: Parsers, now: datetime, tmp_path: Path) -> None:
    """A feed could read the operator's secrets, or ask the own network, by the reader instead of the client."""
    secret = tmp_path / "secret.txt"
    secret.write_text("hunter2hunter2", "utf-8")
    async with faulty(Fault("entity", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", READ, SENT, SENT), None) as server:
        url = f"http://127.0.0.1:{server.port}/x"
        for declarations in (
            f'<!ENTITY x SYSTEM "file://{secret}">',
            f'<!ENTITY x SYSTEM "{secret}">',
            f'<!ENTITY x SYSTEM "{url}">',
            f'<!ENTITY % p SYSTEM "{url}"> %p; <!ENTITY x "y">',
            f'<!ENTITY x PUBLIC "-//W3C//DTD" "{url}">',
        ):
            good, text = await seen(with_doctype(declarations, "&x;"), parsers, now)
            assert good == GOOD
            assert "hunter2" not in text
        outside = FEED.replace(b"<rss ", f'<!DOCTYPE rss SYSTEM "{url}">\n<rss '.encode(), 1)
        include = rss(item(1), f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file://{secret}" parse="text"/>')
        for body in (outside, include):
            _, text = await seen(body, parsers, now)
            assert "hunter2" not in text
        assert server.asked == []


async def test_dos_1_a_huge_token_ends_in_time(parsers: Parsers, now: datetime) -> None:
    """A comment that does not end cost expat minutes (CVE-2023-52425); the body's limit keeps it to seconds."""
    body = rss(*(item(number) for number in range(1, GOOD + 1))).replace(b"</channel>", b"<!--" + b"a" * 4_500_000)
    good, _ = await seen(body, parsers, now)
    assert good == GOOD


async def test_dos_3_an_author_of_eighty_kilobytes_ends_in_time(parsers: Parsers, now: datetime) -> None:
    """feedparser takes 34 s for it by a quadratic pattern (its issue 562), and for twice as much three minutes."""
    for author in ("a@a." * 20_000 + "!", "a" * 80_000):
        body = rss(*(item(number) for number in range(1, GOOD + 1)), item(0, extra=f"<author>{author}</author>"))
        good, _ = await seen(body, parsers, now)
        assert good == GOOD
