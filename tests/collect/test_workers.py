"""The parse children: what they survive, what they may not, and that they never stay behind."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from collect_feeds import item, rss

from watcher.collect import Parsers
from watcher.collect.jobs import ArticleJob, FeedJob
from watcher.errors import ParseError

# feedparser needs minutes for these attributes; nothing but a kill stops it.
HANGS = rss("<item " + " ".join(f'a{number}="1"' for number in range(60_000)) + "><title>poison</title></item>")


def gone(pid: int) -> bool:
    """Say whether a process has ended (a zombie has)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


async def until(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Wait for `condition`, a moment at a time."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        await asyncio.sleep(0.01)
    return condition()


async def test_children_start_when_needed_and_are_kept(parsers: Parsers, job: FeedJob) -> None:
    """`watcher --help` and a poll of unchanged feeds should pay for none."""
    assert parsers.pids == []
    await parsers.parse(rss(item(1)), job)
    (pid,) = parsers.pids
    await parsers.parse(rss(item(2)), job)
    assert parsers.pids == [pid]


async def test_g5_a_body_that_hangs_the_reader_is_read_by_the_second(job: FeedJob) -> None:
    """One poisoned item costs its own feed a few seconds, and no story."""
    parsers = Parsers(1, wall=timedelta(seconds=3))
    await parsers.parse(rss(item(1)), job)
    (first,) = parsers.pids
    body = HANGS.replace(b"</channel>", item(1).encode() + item(2).encode() + b"</channel>")
    found = await parsers.parse(body, job)
    assert [entry.key for entry in found.entries][-2:] == ["id-1", "id-2"]
    assert found.warning is not None
    assert found.warning.startswith("degraded parse")
    assert gone(first)
    assert [entry.key for entry in (await parsers.parse(rss(item(3)), job)).entries] == ["id-3"]
    await parsers.close()


async def test_a_child_that_was_killed_is_replaced(parsers: Parsers, job: FeedJob) -> None:
    """The machine may run out of memory and take a child."""
    await parsers.parse(rss(item(1)), job)
    os.kill(parsers.pids[0], 9)
    assert len((await parsers.parse(rss(item(1)), job)).entries) == 1


async def test_a_child_is_replaced_after_its_jobs(job: FeedJob) -> None:
    """What a library leaks ends with the process."""
    parsers = Parsers(1, jobs=2)
    await parsers.parse(rss(item(1)), job)
    (pid,) = parsers.pids
    await parsers.parse(rss(item(1)), job)
    assert gone(pid)
    await parsers.parse(rss(item(1)), job)
    assert parsers.pids not in ([], [pid])
    await parsers.close()


async def test_a_cancelled_job_leaves_no_half_answer(parsers: Parsers, job: FeedJob) -> None:
    """On a shutdown in the middle, the next job must not get the answer of this one."""
    asked = asyncio.create_task(parsers.parse(rss(*(item(number) for number in range(900))), job))
    assert await until(lambda: bool(parsers.pids))
    await asyncio.sleep(0.05)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert [entry.key for entry in (await parsers.parse(rss(item(7)), job)).entries] == ["id-7"]


async def test_closing_ends_every_child(job: FeedJob) -> None:
    """A stopped service leaves no process behind."""
    parsers = Parsers(2)
    await asyncio.gather(*(parsers.parse(rss(item(1)), job) for _ in range(4)))
    pids = parsers.pids
    await parsers.close()
    assert len(pids) == 2
    assert all(gone(pid) for pid in pids)


async def test_children_end_when_the_parent_dies() -> None:
    """After kill -9 of the service, nothing may go on in its name."""
    program = (
        "import asyncio\n"
        "from watcher.collect import Parsers\n"
        "from watcher.collect.jobs import FeedJob\n"
        "async def main():\n"
        "    parsers = Parsers(1)\n"
        "    await parsers.parse(b'<rss><channel/></rss>', FeedJob('https://news.example/', '2023-11-09T00:00:00+00:00'))\n"
        "    print(parsers.pids[0], flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child = int(await parent.stdout.readline())
    assert not gone(child)
    parent.kill()
    await parent.wait()
    assert await until(lambda: gone(child))


async def test_log_1_a_child_knows_no_secret(parsers: Parsers, job: FeedJob, monkeypatch: pytest.MonkeyPatch) -> None:
    """It reads hostile bytes; what it does not have, it cannot give away."""
    monkeypatch.setenv("SMTP_URL", "smtps://user:password@mail.example")
    await parsers.parse(rss(item(1)), job)
    environment = Path(f"/proc/{parsers.pids[0]}/environ").read_bytes()
    assert b"password" not in environment


async def test_g5_a_child_may_write_no_file_and_has_bounded_memory(parsers: Parsers, job: FeedJob) -> None:
    """The limits stand even if a library is talked into something."""
    await parsers.parse(rss(item(1)), job)
    limits = Path(f"/proc/{parsers.pids[0]}/limits").read_text()
    rows = {line[:26].strip(): line[26:].split()[0] for line in limits.splitlines()}
    assert rows["Max file size"] == "0"
    assert int(rows["Max address space"]) == 512 << 20
    assert 10 <= int(rows["Max cpu time"]) <= 13


async def test_a_child_carries_no_http_client(parsers: Parsers, job: FeedJob) -> None:
    """It must never fetch anything, and 20 MB a child are saved."""
    await parsers.parse(rss(item(1)), job)
    maps = Path(f"/proc/{parsers.pids[0]}/maps").read_text()
    assert "trafilatura" not in maps
    program = "import sys, watcher.collect.worker, watcher.collect.parse; print([n for n in ('httpx', 'httpcore', 'feedparser', 'trafilatura', 'asyncio') if n in sys.modules])"
    loaded = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


async def test_dos_1_a_body_over_the_limit_is_refused_without_a_child(parsers: Parsers, job: FeedJob) -> None:
    """The client cuts off before; this is the second lock."""
    with pytest.raises(ParseError):
        await parsers.parse(b"x" * (10 << 20) + b"x", job)
    assert parsers.pids == []


async def test_a_result_over_the_limit_is_shortened_and_said(parsers: Parsers, job: FeedJob) -> None:
    """Two thousand long texts would be 40 MB of JSON."""
    body = rss(*(item(number, text=f"{number} " + "x" * 4_000) for number in range(1_900)))
    found = await parsers.parse(body, job)
    assert len(found.entries) + found.dropped == 1_900
    assert 1_000 < len(found.entries) < 1_400


async def test_pages_are_read_by_a_child_of_their_own(parsers: Parsers) -> None:
    """Its libraries are three times as big; feeds should not carry them."""
    page = (
        "<html lang='en'><head><title>T</title></head><body><article><h1>Raid</h1>"
        + "<p>Police raided a compound and sent people home.</p>"
    )
    text = "".join(f"<p>Paragraph {number} tells how the police sent {number} people home from the compound.</p>" for number in range(8))
    found = await parsers.article((page + text + "</article></body></html>").encode(), ArticleJob("https://news.example/1"))
    assert "Paragraph 7" in found.text
    assert found.language == "en"
    with pytest.raises(ParseError, match="no readable text"):
        await parsers.article(b"<html><body><p>Subscribe to read.</p></body></html>", ArticleJob("https://news.example/1"))


async def test_an_unknown_encoding_is_a_parse_error(parsers: Parsers, job: FeedJob) -> None:
    """The child's own refusals come back as they are."""
    with pytest.raises(ParseError, match="rot13"):
        await parsers.parse(b"<?xml version='1.0' encoding='rot13'?><rss>\xff</rss>", replace(job))
