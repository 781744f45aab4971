"""Ask one feed for news: `Feed` in, `Download` out, without a body where nothing changed.

Talks HTTP and nothing else: no parsing, no database, no schedule.

Validators go back byte for byte, and only on the way they came: they belong to `Feed.validated_url`, the end of the redirects that began at
the feed's address in use. They are sent along those redirects, and where a 304 comes from another end, it is not believed and the body is asked for.

Sources: RFC 9110 section 13.1 (If-None-Match, If-Modified-Since) and 10.2.3 (Retry-After); RFC 9111 section 5.2.2.1 (max-age).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from watcher.collect.health import is_challenge
from watcher.errors import FetchError
from watcher.model import Feed, HealthState
from watcher.net import Answer, Client

LONGEST_WAIT = timedelta(hours=24)  # of a Retry-After; a server that asks for more is asked again after a day
# Quiet for longer than its rhythm explains: its cache may say "unchanged" of what it lost, so the body itself is asked for.
_DOUBTED = (HealthState.SILENT, HealthState.FROZEN)
_VALIDATOR = 1_000  # characters; longer ones are no use to anybody
_ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_WORDS = {
    401: "asks for a password",
    403: "blocked from here",
    404: "not found",
    410: "gone for good",
    429: "asked too often",
    451: "withheld for legal reasons",
    503: "not available now",
}


@dataclass(frozen=True, slots=True)
class Download:
    """What a feed's server sent. `body` is None where nothing changed; `charset` and the hints are what its headers say."""

    url: str
    final_url: str
    status: int
    body: bytes | None
    body_hash: bytes | None = None
    charset: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    moved_to: str | None = None
    max_age: timedelta | None = None
    wire_bytes: int = 0


async def fetch(feed: Feed, client: Client, now: datetime, *, url: str | None = None) -> Download:
    """Ask `feed` at the address in use, or at `url` in its stead, for news. Raises FetchError where there is no body and no "unchanged"."""
    in_use = feed.in_use or feed.url
    address = url or in_use
    validators = _validators(feed) if address == in_use else {}
    answer = await client.get(address, headers={"Accept": _ACCEPT, **validators}, allow_private=feed.allow_private)
    if answer.status == 304 and validators and answer.url != feed.validated_url:
        answer = await client.get(address, headers={"Accept": _ACCEPT}, allow_private=feed.allow_private)
        validators = {}
    if answer.status == 304 and not validators:
        raise FetchError(address, "304: says nothing changed without being asked; its cache is broken", kind="status", status=304)
    if answer.status not in (200, 203, 304):
        raise _refusal(address, answer, now)
    same = answer.status == 304 or (answer.wire_hash == feed.body_hash and answer.url == feed.validated_url and address == in_use)
    return Download(
        url=address,
        final_url=answer.url,
        status=answer.status,
        body=None if same else answer.body,
        body_hash=feed.body_hash if answer.status == 304 else answer.wire_hash,
        charset=_charset(answer),
        etag=_validator(answer, "etag") or (feed.etag if answer.status == 304 else None),
        last_modified=_validator(answer, "last-modified") or (feed.last_modified if answer.status == 304 else None),
        moved_to=answer.moved_to,
        max_age=max_age(answer.headers.get("cache-control", "")),
        wire_bytes=answer.wire_bytes,
    )


def retry_after(text: str, now: datetime) -> timedelta | None:
    """Return how long a server asks us to wait, at most LONGEST_WAIT; None for what is past, negative or no time at all."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        wait = timedelta(seconds=min(int(text[:12]), int(LONGEST_WAIT.total_seconds())))
    else:
        try:
            moment = parsedate_to_datetime(text[:80])
        except (ValueError, TypeError, IndexError):
            return None
        wait = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
    return min(wait, LONGEST_WAIT) if wait > timedelta(0) else None


def max_age(cache_control: str) -> timedelta | None:
    """Return for how long the server says its answer stays good, or None."""
    found = _MAX_AGE.search(cache_control)
    return timedelta(seconds=int(found[1])) if found else None


def _validators(feed: Feed) -> dict[str, str]:
    if feed.validated_url is None or feed.state in _DOUBTED:
        return {}
    found = {"If-None-Match": feed.etag, "If-Modified-Since": feed.last_modified}
    return {name: value for name, value in found.items() if value}


def _validator(answer: Answer, name: str) -> str | None:
    value = answer.headers.get(name)
    return value if value and len(value) <= _VALIDATOR else None


def _charset(answer: Answer) -> str | None:
    found = _CHARSET.search(answer.headers.get("content-type", ""))
    return found[1] if found else None


def _refusal(address: str, answer: Answer, now: datetime) -> FetchError:
    """Return a status that is no answer as an error, with the server's own wish when to come again."""
    status = answer.status
    words = _WORDS.get(status) or ("the server is broken" if status >= 500 else "no feed")
    wait = retry_after(answer.headers.get("retry-after", ""), now)
    if answer.headers.get("cf-mitigated") == "challenge" or is_challenge(answer.body):
        return FetchError(
            address, f"{status}, blocked from here by a page that checks the browser", kind="challenge", status=status, retry_after=wait
        )
    return FetchError(address, f"{status}, {words}", kind="status", status=status, retry_after=wait)
