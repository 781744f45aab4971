"""Feed -> Fetched: one poll of one feed, from the request to the entries and the time of the next poll.

Only the order of things is here: asking is in `fetch`, cutting out what is known in `items`, reading in the children of `workers`, and when
to come again in `cadence`. Nothing is stored, and what an entry means is not asked. A failure is an answer too: nothing is raised.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher.collect.cadence import Hints, Politeness, next_poll
from watcher.collect.fetch import Download, fetch
from watcher.collect.health import fault_of
from watcher.collect.items import as_set, fingerprint, split
from watcher.collect.jobs import MAX_ENTRIES, FeedJob, ParsedFeed
from watcher.collect.workers import Parsers
from watcher.errors import FetchError, ParseError, WatcherError
from watcher.model import Entry, Feed, FeedKind, Fetched
from watcher.net import Client

# A feed that once answered keeps its address through a bad hour; its fallback is another source with other links and ids.
_FAILURES_BEFORE_FALLBACK = 2


@dataclass(frozen=True, slots=True)
class _Occasion:
    """What a poll is done for and under which rules."""

    feed: Feed
    now: datetime
    politeness: Politeness
    jitter: float
    begun: float  # of the loop's clock, in seconds

    def seconds(self) -> float:
        return asyncio.get_running_loop().time() - self.begun

    def due(self, outcome: str, hints: Hints) -> tuple[datetime, timedelta]:
        return next_poll(self.feed, outcome, self.now, hints, self.politeness, self.jitter)


@dataclass(frozen=True, slots=True)
class _Reading:
    """A body that was read: the entries not known before, and what is known from now on."""

    parsed: ParsedFeed
    entries: tuple[Entry, ...]
    known: int
    items: bytes
    dropped: int


class _EmptyError(ParseError):
    """A feed without any item, where there were some."""


async def collect(feed: Feed, client: Client, parsers: Parsers, now: datetime, politeness: Politeness, jitter: float) -> Fetched:
    """Poll `feed` once. `jitter` is a random number from 0 to 1. Never raises WatcherError: a failure is `Fetched.problem`.

    A feed with `auto` that never answered, or failed twice before, is tried at its fallbacks too.
    """
    occasion = _Occasion(feed, now, politeness, jitter, asyncio.get_running_loop().time())
    problem: WatcherError | None = None
    fault: str | None = None
    for url in _addresses(feed):
        download: Download | None = None
        try:
            download = await fetch(feed, client, now, url=url)
            reading = None if download.body is None else await _read(feed, download, parsers, now)
        except (FetchError, ParseError) as error:
            problem, fault = problem or error, fault or _fault(error, download)
            continue
        return _fetched(occasion, download, reading, problem)
    assert problem is not None  # _addresses is never empty
    return _failed(occasion, problem, fault)


def _addresses(feed: Feed) -> list[str]:
    """Return the addresses to try in turn: the one in use, and where that seems lost, the configured one and its fallbacks."""
    current = feed.in_use or feed.url
    if not feed.auto or not (feed.first_ok is None or feed.failures >= _FAILURES_BEFORE_FALLBACK):
        return [current]
    return list(dict.fromkeys((current, feed.url, *feed.fallbacks)))


async def _read(feed: Feed, download: Download, parsers: Parsers, now: datetime) -> _Reading:
    """Read the items that were not in the body before."""
    assert download.body is not None
    parts = split(download.body, feed.items, MAX_ENTRIES)
    if parts.known and parts.known == parts.count:  # only the date of the feed itself is new
        return _Reading(ParsedFeed(()), (), parts.known, parts.fingerprints, parts.dropped)
    job = FeedJob(
        url=download.final_url,
        now=now.isoformat(),
        charset=download.charset,
        search=feed.kind is FeedKind.SEARCH,
        title=feed.title,
        language=feed.language,
        time_zone=feed.time_zone,
    )
    parsed = await parsers.parse(parts.body, job, state_media=feed.state_media, official=feed.official)
    if not parsed.entries and not parts.known and feed.items and feed.kind is not FeedKind.SEARCH:  # a search may find nothing
        raise _EmptyError("empty: a feed without any item, where there were some before")
    if parts.fingerprints:
        items = parts.fingerprints if not parsed.dropped else b""  # what was dropped was not read, so nothing is called known
        return _Reading(parsed, parsed.entries, parts.known, items, parts.dropped + parsed.dropped)
    return _by_content(feed, parsed)


def _by_content(feed: Feed, parsed: ParsedFeed) -> _Reading:
    """Tell known items by what was read in them, for a body that could not be split into its items."""
    prints = [fingerprint(entry.key, entry.url, entry.title, entry.text) for entry in parsed.entries]
    before = as_set(feed.items)
    new = tuple(entry for entry, one in zip(parsed.entries, prints, strict=True) if one not in before)
    return _Reading(parsed, new, len(prints) - len(new), b"".join(prints), parsed.dropped)


def _fetched(occasion: _Occasion, download: Download, reading: _Reading | None, problem: WatcherError | None) -> Fetched:
    """Return a poll that went well; `problem` is what the feed's own address answered where the fallback was read."""
    entries = reading.entries if reading is not None else ()
    parsed = reading.parsed if reading is not None else ParsedFeed(())
    outcome = "unchanged" if reading is None else "changed"  # a new body without a new item is a change too: its validators must be stored
    known = reading.known if reading is not None else 0
    hints = Hints(known + len(entries), len(entries), None, download.max_age, parsed.ttl, parsed.skip_hours, known if known else None)
    due, interval = occasion.due(outcome, hints)
    warning = parsed.warning
    if problem is not None:
        warning = f"{_words(problem)}; {download.url} was read instead" + (f"; {warning}" if warning else "")
    return Fetched(
        feed_id=occasion.feed.id,
        at=occasion.now,
        outcome=outcome,
        status=download.status,
        entries=entries,
        known=known,
        items=reading.items if reading is not None else occasion.feed.items,
        body_hash=download.body_hash,
        etag=download.etag,
        last_modified=download.last_modified,
        final_url=download.final_url,
        moved_to=download.moved_to,
        next_poll=due,
        interval=interval,
        feed_title=parsed.title or None,
        feed_language=parsed.language,
        warning=warning,
        dropped=reading.dropped if reading is not None else 0,
        wire_bytes=download.wire_bytes,
        seconds=occasion.seconds(),
        used_fallback=download.url != occasion.feed.url,
        answered_url=download.url,
        hints=hints,
        jitter=occasion.jitter,
    )


def _fault(error: WatcherError, download: Download | None) -> str:
    """Return the kind of a failure; of a page where the feed should be, by what the page is."""
    return "empty" if isinstance(error, _EmptyError) else fault_of(error, None if download is None else download.body)


def _failed(occasion: _Occasion, problem: WatcherError, fault: str | None) -> Fetched:
    """Return a poll that brought nothing; validators and items of the last good one stay as they are."""
    asked = problem if isinstance(problem, FetchError) else None
    due, interval = occasion.due("failed", Hints(retry_after=asked.retry_after if asked else None))
    return Fetched(
        feed_id=occasion.feed.id,
        at=occasion.now,
        outcome="failed",
        status=asked.status if asked else 200,
        next_poll=due,
        interval=interval,
        problem=_words(problem),
        fault=fault,
        seconds=occasion.seconds(),
    )


def _words(problem: WatcherError) -> str:
    """Return the problem without its subject; the reader sees it beside the feed's name."""
    return problem.problem if isinstance(problem, FetchError) else str(problem)
