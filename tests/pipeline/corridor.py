"""Rules, entries and polls for the corridor's tests, and ways to look into the database afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from watcher.model import Entry, Feed, Fetched
from watcher.pipeline.check import Watch
from watcher.pipeline.take_in import TakenIn, take_in
from watcher.store import feeds, open_store

SECRET = "whsec_" + "c2l4dHktZm91ci1iaXRzLWFyZS1ub3QtZW5vdWdoLWhlcmU="
ENVIRONMENT = {"SLACK_URL": "http://127.0.0.1:9/slack", "LEDGER_URL": "http://127.0.0.1:9/ledger", "LEDGER_SECRET": SECRET}

RULES = """\
[watcher]
time_zone = "Asia/Phnom_Penh"
contact = "ops@ngo.example"

[operator]
to = ["ops"]

[[feeds]]
url = "http://courier.test/feed"
title = "Courier"
language = "en"
allow_private = true

[[feeds]]
url = "http://herald.test/feed"
title = "Herald"
language = "en"
allow_private = true

[[rules]]
name = "scam-deportation"
match = "@cambodia AND (@scam NEAR/60 (@deported OR @arrested))"
watch = "@cambodia AND @compound"
lead = "@cambodia AND @scam"

[[rules.examples]]
text = "Cambodia deported 40 foreigners who worked in an online scam."
match = true

[[channels]]
name = "staff"
kind = "folder"
folder = "staff"

[[channels]]
name = "ops"
kind = "folder"
folder = "ops"

[[channels]]
name = "team"
kind = "slack"
url = "${SLACK_URL}"
allow_private = true

[[channels]]
name = "ledger"
kind = "webhook"
url = "${LEDGER_URL}"
secret = "${LEDGER_SECRET}"
allow_private = true

[[digests]]
name = "daily"
at = "07:00"
channels = ["staff"]

[[alerts]]
name = "at-once"
on = ["new", "stage", "withdrawn"]
channels = ["team", "ledger"]
wait = "0s"
"""


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Web:
    base: str = ""
    replies: dict[str, list[Reply]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)


def entry(
    count: int, people: str, published: datetime, *, key: str = "", step: str = "deported", source: str = "Courier", url: str = ""
) -> Entry:
    """A report that matches: so many people of one nationality, deported or arrested."""
    key = key or f"{source}-{count}-{people}-{step}"
    address = url or f"https://{source.lower()}.test/{key}"
    return Entry(
        key=key,
        url=address,
        canonical_url=address,
        title=f"Cambodia: {count} {people} {step} over online scam",
        text=f"Cambodia's police {step} {count} {people} who had worked in an online scam in Poipet.",
        language="en",
        published=published,
        source=source,
    )


def lead(url: str, published: datetime) -> Entry:
    """A snippet that only promises something."""
    return Entry(
        key=url, url=url, canonical_url=url, title="Embassy asks Cambodia about an online scam", text="No figures were given.", language="en",
        published=published, source="Courier",
    )  # fmt: skip


def noise(published: datetime) -> Entry:
    return Entry(
        key="noise", url="https://courier.test/noise", canonical_url="https://courier.test/noise", title="Hotels expect guests",
        text="Guest houses in Siem Reap are full.", language="en", published=published, source="Courier",
    )  # fmt: skip


def polled(feed: Feed, at: datetime, *entries: Entry, etag: str = '"v1"') -> tuple[Feed, Fetched]:
    """A poll that brought these entries."""
    return feed, Fetched(
        feed.id, at, "changed", status=200, entries=entries, items=bytes(8 * len(entries)), body_hash=b"body", etag=etag, final_url=feed.url,
        next_poll=at + timedelta(hours=1), interval=timedelta(hours=1), answered_url=feed.url,
    )  # fmt: skip


def live(feed: Feed, at: datetime) -> Feed:
    """The feed as it is after a first poll: from here on its news are live."""
    return replace(feed, first_ok=at)


def bring(database: Database, watch: Watch, title: str, at: datetime, *entries: Entry) -> TakenIn:
    """A poll of a feed that was read before."""
    (feed,) = feeds.due(database, at, everything=True, names=[title])
    return take_in(database, [polled(live(feed, at), at, *entries)], watch)


def count(database: Database, what: str) -> int:
    """`count(db, "entries")`, `count(db, "outbox WHERE state = 'sent'")`."""
    return int(database.conn.execute(f"SELECT count(*) FROM {what}").fetchone()[0])


def value(database: Database, sql: str) -> object:
    row = database.conn.execute(sql).fetchone()
    return row[0] if row else None


def column(database: Database, sql: str) -> list[object]:
    return [row[0] for row in database.conn.execute(sql)]


@contextmanager
def reopened(path: Path) -> Iterator[Database]:
    """The file as the next process finds it."""
    database = open_store(path)
    try:
        yield database
    finally:
        database.conn.close()


def break_writes(database: Database, what: str, when: str = "") -> None:
    """Make one kind of write fail inside the database itself: `break_writes(db, "INSERT ON claims")`."""
    database.conn.execute(
        f"CREATE TRIGGER broken BEFORE {what} {f'WHEN {when}' if when else ''} BEGIN SELECT RAISE(ABORT, 'this write fails'); END"
    )


def mend_writes(database: Database) -> None:
    database.conn.execute("DROP TRIGGER broken")
