"""The parent's side of the parse children: starts, asks, times and kills them.

A feed is hostile until proved otherwise, and Python cannot be interrupted inside a regular expression; so each body is read in a process
that can be killed. Children start when first needed, do one job at a time, are replaced after JOBS jobs, and end by themselves when the
pipe closes. What they do is in `worker`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from dataclasses import replace
from datetime import timedelta
from typing import Any

from watcher.collect.jobs import MAX_BODY, MAX_RESULT, ArticleJob, FeedJob, ParsedArticle, ParsedFeed, frame, parsed_article, parsed_feed
from watcher.errors import ParseError

WALL = timedelta(seconds=15)  # of one body, for both readers together
_SECOND = timedelta(
    seconds=4
)  # of it kept for the second reader; the first one's CPU limit of 10 s ends it before unless the machine is busy
JOBS = 500  # of one child; what libraries leak goes with it
_ARTICLE_IDLE = 30.0  # seconds after which the article child, the biggest, is let go
_GOODBYE = 2.0  # seconds to end after the pipe was closed
# What a child may know of our environment: where Python and its libraries are. No secret passes.
_ENVIRONMENT = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TZ", "TZDIR", "COVERAGE_PROCESS_START")


class Parsers:
    """A pool of `count` children for feeds, and one for articles; a child is replaced after `jobs` jobs. Close it when done."""

    def __init__(self, count: int = 2, *, wall: timedelta = WALL, jobs: int = JOBS) -> None:
        self._feeds, self._articles = _Pool(count, jobs), _Pool(1, jobs)
        self._wall, self._second = wall.total_seconds(), min(_SECOND, wall / 2).total_seconds()
        self._retiring: asyncio.TimerHandle | None = None
        self._ending: set[asyncio.Task[None]] = set()

    @property
    def pids(self) -> list[int]:
        """The process ids of the living children."""
        return [child.process.pid for pool in (self._feeds, self._articles) for child in pool.children if child.process.returncode is None]

    async def parse(self, body: bytes, job: FeedJob, *, state_media: bool = False, official: bool = False) -> ParsedFeed:
        """Read `body` as a feed. Raises ParseError where it is none; where the usual reader dies of it, the second one reads it."""
        result = await self._feeds.ask(job, body, self._wall - self._second)
        if (result is None or result.get("died")) and not job.second:
            result = await self._feeds.ask(replace(job, second=True), body, self._second)
        try:
            return parsed_feed(_answered(result), state_media=state_media, official=official, time_zone=job.time_zone)
        except (KeyError, TypeError, ValueError) as error:
            raise ParseError(f"cannot be read: the parse child answered nonsense ({type(error).__name__})") from error

    async def article(self, body: bytes, job: ArticleJob) -> ParsedArticle:
        """Read `body` as a web page. Raises ParseError where it holds no readable article."""
        try:
            return parsed_article(_answered(await self._articles.ask(job, body, self._wall)))
        except (KeyError, TypeError, ValueError) as error:
            raise ParseError(f"cannot be read: the parse child answered nonsense ({type(error).__name__})") from error
        finally:
            self._retire_later()

    async def close(self) -> None:
        """End all children and wait for them."""
        if self._retiring is not None:
            self._retiring.cancel()
        await asyncio.gather(self._feeds.close(), self._articles.close(), *self._ending)

    def _retire_later(self) -> None:
        if self._retiring is not None:
            self._retiring.cancel()
        self._retiring = asyncio.get_running_loop().call_later(_ARTICLE_IDLE, self._retire)

    def _retire(self) -> None:
        task = asyncio.get_running_loop().create_task(self._articles.end_idle())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)


class _Pool:
    """At most `count` children, each with one job at a time."""

    def __init__(self, count: int, jobs: int) -> None:
        self.children: list[_Child] = []
        self._idle: list[_Child] = []
        self._turn, self._jobs = asyncio.Semaphore(count), jobs

    async def ask(self, job: FeedJob | ArticleJob, body: bytes, seconds: float) -> dict[str, Any] | None:
        """Return a child's answer, or None where it died of the job or was killed for taking too long."""
        if len(body) > MAX_BODY:
            raise ParseError(f"longer than {MAX_BODY >> 20} MB; no feed is")
        async with self._turn:
            child = self._idle.pop() if self._idle else await self._start()
            done = False
            try:
                async with asyncio.timeout(seconds):
                    answer = await child.ask(frame(job, body))
                done = True
                return answer
            except (TimeoutError, asyncio.IncompleteReadError, OSError, ValueError):
                return None
            finally:  # cancelled too: a child with half a job in its pipe is of no use
                if done and child.jobs < self._jobs and child.process.returncode is None:
                    self._idle.append(child)
                else:
                    self.children.remove(child)
                    await child.kill()

    async def end_idle(self) -> None:
        """Let go of the children that have nothing to do."""
        idle, self._idle = self._idle, []
        for child in idle:
            self.children.remove(child)
            await child.end()

    async def close(self) -> None:
        """End every child, the busy ones too."""
        children, self.children, self._idle = self.children, [], []
        await asyncio.gather(*(child.end() for child in children))

    async def _start(self) -> _Child:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "watcher.collect.worker"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            limit=1 << 20,
        )
        child = _Child(process)
        self.children.append(child)
        return child


class _Child:
    """One process and its two pipes."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process, self.jobs = process, 0

    async def ask(self, framed: bytes) -> dict[str, Any]:
        """Send one job and return the answer; raises when the child is gone or says what is no answer."""
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None and stdout is not None
        self.jobs += 1
        stdin.write(framed)
        await stdin.drain()
        size = int.from_bytes(await stdout.readexactly(4), "big")
        if size > MAX_RESULT:
            raise ValueError("more than a result may be")
        answer = json.loads(await stdout.readexactly(size))
        await stdout.readexactly(4)  # the empty body of a result
        if not isinstance(answer, dict):
            raise ValueError("not an answer")
        return answer

    async def end(self) -> None:
        """Close the pipe and wait; kill where that does not help."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        try:
            async with asyncio.timeout(_GOODBYE):
                await self.process.wait()
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        """End the process at once, and wait so that no zombie stays."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await asyncio.shield(self.process.wait())


def _answered(result: dict[str, Any] | None) -> dict[str, Any]:
    if result is None:
        raise ParseError("cannot be read: it takes too long or too much memory; tell the publisher")
    if "error" in result:
        raise ParseError(str(result["error"]))
    return result
