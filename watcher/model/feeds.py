"""What COLLECT brings: a Feed, what one poll of it fetched, its Entries, the Page behind a lead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher.model.lists import FeedKind


@dataclass(frozen=True, slots=True)
class Feed:
    """An address that is polled, as the database knows it now.

    `url` is as configured; `in_use` is the address that answers, where that is one of `fallbacks`. `validated_url` is the final URL that
    `etag` and `last_modified` belong to; they are sent back byte for byte and only there. `body_hash` is of the
    bytes on the wire; `items` are the fingerprints of the raw items of the newest body, in its order.
    """

    id: int
    url: str
    title: str
    kind: FeedKind = FeedKind.FEED
    language: str | None = None
    key: bool = False
    state_media: bool = False
    official: bool = False
    allow_private: bool = False
    fallbacks: tuple[str, ...] = ()
    in_use: str | None = None
    auto: bool = False  # `enabled = "auto"`: try the address, then the fallbacks, keep what answers
    time_zone: str | None = None  # for dates the feed prints without a zone
    interval: timedelta = timedelta(hours=1)
    etag: str | None = None
    last_modified: str | None = None
    validated_url: str | None = None
    body_hash: bytes | None = None
    items: bytes = b""
    failures: int = 0
    first_ok: datetime | None = None
    last_ok: datetime | None = None
    next_poll: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One sighting of an item in a feed, as plain text: no markup, bounded, but otherwise as printed.

    `key` is its identity within the feed: the id, else the canonical URL, else a hash of title and text.
    `url` is as received and may be empty. `source` is the outlet; `via` the search that found it, if one did.
    `text_from` says how much was there to judge: "feed", "page" (the article itself), "title" or "backfill".
    """

    key: str
    url: str
    canonical_url: str
    title: str
    text: str = ""
    language: str | None = None
    published: datetime | None = None
    source: str = ""
    via: str | None = None
    text_from: str = "feed"
    state_media: bool = False
    official: bool = False
    time_zone: str | None = None  # IANA, of the feed: "today" and "on Tuesday" are days there


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one poll of one feed brought. Exactly one of the three is the case: unchanged, entries, or problem."""

    feed_id: int
    at: datetime
    outcome: str  # "unchanged", "changed", "failed"; what `polls.outcome` holds
    status: int | None = None
    entries: tuple[Entry, ...] = ()
    known: int = 0  # items whose bytes were those of the poll before; not read again
    items: bytes = b""  # fingerprints of all items of this body
    body_hash: bytes | None = None
    etag: str | None = None
    last_modified: str | None = None
    final_url: str | None = None
    moved_to: str | None = None  # permanent redirects only: offered to the operator, never followed silently
    next_poll: datetime | None = None
    interval: timedelta | None = None
    feed_title: str | None = None
    feed_language: str | None = None
    warning: str | None = None  # read, but broken: "degraded parse: ..."
    problem: str | None = None  # not read: "403", "answers with a web page, not a feed"
    dropped: int = 0  # items over the limit of one feed; said, never silent
    wire_bytes: int = 0
    seconds: float = 0.0
    used_fallback: bool = False
    answered_url: str | None = None  # the configured address or fallback that answered


@dataclass(frozen=True, slots=True)
class Page:
    """The article behind a lead: its text, and the address it was really read from."""

    url: str
    final_url: str
    title: str
    text: str
    language: str | None = None
    published: datetime | None = None
    body_hash: bytes = b""
