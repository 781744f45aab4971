"""`check --feeds` and `--send-test`: try every source from where the service stands, and a channel with a real message.

Nothing is stored of what the feeds hold; of the sources only which address answered as a feed, so that the first poll
asks there. A test message goes straight to its channel, through the same templates and the same code as real mail.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from watcher import store
from watcher.collect import collect
from watcher.deliver import build, message_id, message_key, send
from watcher.digest.render import render_test
from watcher.errors import DeliveryError
from watcher.model import Channel, Feed, Fetched, Message, MessageKind
from watcher.pipeline.housekeeping import configured
from watcher.pipeline.tools import Tools, politeness
from watcher.store import Database, feeds, operations


@dataclass(frozen=True, slots=True)
class Probed:
    """How one source answered."""

    feed: Feed
    fetched: Fetched

    @property
    def newest(self) -> datetime | None:
        """The newest publication time among its items."""
        return max((entry.published for entry in self.fetched.entries if entry.published), default=None)

    @property
    def answered(self) -> bool:
        """Whether it answered as a feed."""
        return self.fetched.outcome != "failed"


async def probe(tools: Tools, *, on_answer: Callable[[Probed], None] = lambda _: None) -> list[Probed]:
    """Ask every enabled source once, its fallbacks too; remember which address answered."""
    await tools.writer.run(_configure, tools, tools.clock())
    wanted = await tools.writer.run(feeds.due, tools.clock(), everything=True)
    settings = tools.rules.watch.config.settings
    manners = politeness(settings)
    places = asyncio.Semaphore(settings.politeness.concurrency)

    async def one(feed: Feed) -> Probed:
        async with places:
            probed = Probed(feed, await collect(fresh(feed), tools.client, tools.parsers, tools.clock(), manners, 0.5))
        on_answer(probed)
        return probed

    found = await asyncio.gather(*(one(feed) for feed in wanted))
    await tools.writer.run(_keep_addresses, found)
    return found


async def send_test(tools: Tools, channel: Channel) -> list[str]:
    """Send one test message to each recipient of a channel; gives a line each of what was accepted. Raises DeliveryError."""
    settings = tools.rules.watch.config.settings
    now = tools.clock()
    rendered = render_test(channel.name, now=now, time_zone=settings.time_zone, contact=settings.contact)
    key = await tools.writer.run(_instance_key)
    accepted = []
    for recipient in channel.to or (channel.name,):
        row = message_key(MessageKind.TEST, channel.name, recipient, now.isoformat())
        domain = (channel.sender or settings.contact).rpartition("@")[2].strip("<> ")
        name = message_id(key, row, domain)
        frozen = build(
            rendered, channel, recipient=recipient, message_id=name, date=now.astimezone(ZoneInfo(settings.time_zone)), name="test",
            contact=settings.contact,
        )  # fmt: skip
        for part in frozen:
            message = Message(
                key=row,
                kind=MessageKind.TEST,
                channel=channel.name,
                recipient=recipient,
                payload=part.payload,
                message_id=name,
                created=now,
            )
            delivered = await send(message, channel, client=tools.client, now=now)
            accepted.append(f"{channel.name}: {recipient} accepted ({delivered.code or 'written'} {delivered.answer})".rstrip())
    return accepted


def by_language(found: Sequence[Probed]) -> list[tuple[str, list[Probed]]]:
    """Sources grouped by language, each group by title."""
    groups: dict[str, list[Probed]] = {}
    for one in sorted(found, key=lambda one: (one.feed.language or "~", one.feed.title.casefold())):
        groups.setdefault(one.feed.language or "unknown", []).append(one)
    return list(groups.items())


def fresh(feed: Feed) -> Feed:
    """The feed without what polls remember, so that it answers in full."""
    return Feed(
        id=feed.id, url=feed.url, title=feed.title, kind=feed.kind, language=feed.language, allow_private=feed.allow_private,
        fallbacks=feed.fallbacks, auto=feed.auto, time_zone=feed.time_zone,
    )  # fmt: skip


def refused(error: DeliveryError) -> str:
    """A refused test in words, with what to do."""
    return str(error) if "not set" in error.problem else f"{error}; check server, address and password, then try again"


def _configure(database: Database, tools: Tools, now: datetime) -> None:
    with store.transaction(database):
        feeds.configure(database, configured(tools.rules.watch.config, now), now)


def _keep_addresses(database: Database, found: Sequence[Probed]) -> None:
    with store.transaction(database):
        for one in found:
            if one.answered:
                feeds.use_address(database, one.feed.id, one.fetched.answered_url if one.fetched.used_fallback else None)


def _instance_key(database: Database) -> bytes:
    with store.transaction(database):
        return operations.instance_key(database)
