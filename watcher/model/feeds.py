"""What COLLECT brings: a Feed, what one poll of it fetched, its Entries, the Page behind a lead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher.model.lists import FeedKind, HealthState


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
    state: HealthState = HealthState.OK


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
class Hints:
    """What one poll told about the next: items in the body, how many were new, and what the publisher asks for.

    `overlap` is how many of the items the poll before had too, None where nothing can be compared; 0: items may have been missed.
    `ttl` is in minutes; `skip_hours` are hours of the day in GMT.
    """

    items: int = 0
    new: int = 0
    retry_after: timedelta | None = None
    max_age: timedelta | None = None
    ttl: int | None = None
    skip_hours: tuple[int, ...] = ()
    overlap: int | None = None


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
    fault: str | None = None  # the kind of problem: "blocked", "not_a_feed", "empty", "other"
    dropped: int = 0  # items over the limit of one feed; said, never silent
    wire_bytes: int = 0
    seconds: float = 0.0
    used_fallback: bool = False
    answered_url: str | None = None  # the configured address or fallback that answered
    hints: Hints | None = None  # of a body that was read: the next poll is decided again when the archive has said what overlaps
    jitter: float = 0.5  # of this poll, from 0 to 1, for that decision


@dataclass(frozen=True, slots=True)
class Sign:
    """Something a feed shows: in how many polls, for how many seconds of watched time, and in how many polls since it was not shown."""

    polls: int = 0
    seconds: int = 0
    clear: int = 0


@dataclass(frozen=True, slots=True)
class HealthMemory:
    """How a feed is, and what of its past the next decision needs. Seconds are of watched time: that of a service that was off counts nothing.

    `gaps` are the feed's waits for a new item, the longest of each UTC day that brought one, newest last; `sizes` the least number of
    items of each day. `reason` is in words, as it was when the state was entered.
    """

    state: HealthState = HealthState.OK
    since: datetime | None = None
    reason: str | None = None
    seen: datetime | None = None  # the newest poll
    address: str | None = None  # that was read last
    fallback_since: datetime | None = None  # since when a fallback answers in the stead of an address that was read before
    failing: Sign = Sign()
    fault: str | None = None  # the kind of the newest failures
    fault_sign: Sign = Sign()
    read_s: int = 0
    quiet_s: int = 0  # since the newest new item
    same_s: int = 0  # since the bytes changed
    gaps: tuple[int, ...] = ()
    news_day: str | None = None
    size: int = 0  # items of the newest body
    sizes: tuple[int, ...] = ()
    size_day: str | None = None
    few: Sign = Sign()
    degraded: Sign = Sign()
    moved: Sign = Sign()
    moved_to: str | None = None


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
