"""Wrong variants of the service, each a known way to lose or repeat news: the harness must find every one of them.

Put into the child only, over the real code. `HUNTED_AT` names points at which each shows in the small form.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from stage import Point

FORGETFUL = "forget what cannot be written down"  # shows by a fault of the disk, not by a kill
HUNTED_AT: dict[str, tuple[Point, ...]] = {
    "mark before send": (Point("mail: connected", 1), Point("slack: connected", 1)),
    "mark at the end of the run": (Point("mail: connected", 4), Point("hook: connected", 3)),
    "ETag in a commit before the entries": (Point("before INSERT entries", 1),),
    "settle after QUIT": (Point("mail: 250 said, link held", 1),),
    "with db.conn for a transaction": (Point("before INSERT told", 3), Point("before INSERT outbox", 2)),
    "a random Message-ID": (Point("mail: taken, no answer", 1), Point("hook: taken, no answer", 1)),
    "newness by the dates in feeds": (Point("before COMMIT", 1),),
}


def mark_before_send() -> None:
    """As Healthchecks does: written down as sent, then sent."""
    from watcher.pipeline import deliver

    async def send(tools: Any, message: Any, channel: Any, end: float) -> Any:
        report = await tools.writer.run(deliver._accepted, message, 250, "", tools.clock())
        await deliver.send(message, channel, client=tools.client, now=tools.clock())
        return report

    deliver._send = send


def mark_at_the_end() -> None:
    """As rss2email does: what was sent is written down when the run ends."""
    from watcher import service
    from watcher.pipeline import deliver

    waiting: list[Any] = []
    real = deliver.deliver

    async def settle(tools: Any, write: Any) -> Any:
        waiting.append(write)
        return deliver.DeliveryReport(sent=1)

    async def run(tools: Any, **how: Any) -> Any:
        report = await real(tools, **how)
        while waiting:
            await tools.writer.run(waiting.pop(0))
        return report

    deliver._settle, service.deliver = settle, run  # type: ignore[assignment]


def validators_first() -> None:
    """An ETag in a transaction of its own, before the entries that it stands for."""
    from watcher import store
    from watcher.pipeline import poll
    from watcher.store import feeds

    real = poll.take_in

    def take_in(database: Any, polled: Sequence[Any], watch: Any) -> Any:
        with store.transaction(database):
            for feed, fetched in polled:
                feeds.polled(database, feed, fetched, new=0, overlap=None)
        return real(database, polled, watch)

    poll.take_in = take_in


def forget_what_cannot_be_written() -> None:
    """The disk is full just when an answer is to be written down: the next message is sent all the same."""
    from watcher.pipeline import deliver

    async def settle(tools: Any, write: Any) -> Any:
        return await tools.writer.run(write)

    deliver._settle = settle


def settle_after_quit() -> None:
    """A polite client that waits for the server's goodbye before it writes anything down."""
    from watcher.deliver import smtp

    real = smtp._Talk.final_dot

    async def final_dot(self: Any) -> Any:
        answer = await real(self)
        await self.client.quit()
        return answer

    smtp._Talk.final_dot = final_dot  # type: ignore[method-assign]


def no_transaction() -> None:
    """`with connection:` looks like a transaction, and is none where nothing has begun one."""
    from watcher import store
    from watcher.store import backup, writer

    @contextmanager
    def transaction(database: Any) -> Iterator[None]:
        with database.conn:
            yield

    store.transaction = writer.transaction = backup.transaction = transaction  # type: ignore[assignment]


def random_identity() -> None:
    """A new Message-ID for each try, as many programs make it."""
    from watcher.deliver import reference
    from watcher.pipeline import deliver

    real = deliver.send

    async def send(message: Any, channel: Any, **how: Any) -> Any:
        other = f"<{secrets.token_hex(20)}@ngo.example>"
        payload = message.payload.replace(message.message_id.encode(), other.encode())
        payload = payload.replace(reference(message.message_id).encode(), reference(other).encode())
        return await real(replace(message, message_id=other, payload=payload), channel, **how)

    deliver.send = send  # type: ignore[assignment]


def newness_by_dates() -> None:
    """What is dated before the last look was seen then."""
    from watcher.pipeline import take_in

    real = take_in._judge_fresh

    def judge_fresh(database: Any, feed: Any, fetched: Any, watch: Any) -> Any:
        judged = real(database, feed, fetched, watch)
        return [one for one in judged if feed.last_ok is None or one.entry.published is None or one.entry.published > feed.last_ok]

    take_in._judge_fresh = judge_fresh


MUTANTS: dict[str, Callable[[], None]] = {
    "mark before send": mark_before_send,
    "mark at the end of the run": mark_at_the_end,
    "ETag in a commit before the entries": validators_first,
    "settle after QUIT": settle_after_quit,
    FORGETFUL: forget_what_cannot_be_written,
    "with db.conn for a transaction": no_transaction,
    "a random Message-ID": random_identity,
    "newness by the dates in feeds": newness_by_dates,
}
