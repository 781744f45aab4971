"""Bytes of a feed -> its items: where each begins and ends, a fingerprint of each, and the body without those already read.

A feed of 35 items usually brings one or two new ones, and feedparser needs 25 ms to read all again. So items whose bytes were in the
answer before are cut out before it. Only bytes are looked at, in one pass, and nothing is understood: where anything looks odd
(unbalanced tags, items inside items, UTF-16, JSON), the body is passed on whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b

FINGERPRINT = 8  # bytes an item: one false match in 10^16 pairs
_MOST = 5_000  # items; more are no news feed, and looking at them would hold up the loop
_TAG = re.compile(rb"<(?:(item|entry)(?=[\s/>])|/(item|entry)\s*>)")


@dataclass(frozen=True, slots=True)
class Split:
    """`fingerprints` of all items in their order, empty where the body was left whole; `known` of them were cut out of `body`.

    `dropped` items stood behind the most that are read; they are cut out too and have no fingerprint, for they were not read.
    """

    fingerprints: bytes
    known: int
    body: bytes
    dropped: int = 0

    @property
    def count(self) -> int:
        """How many items the body has."""
        return len(self.fingerprints) // FINGERPRINT


def split(body: bytes, known: bytes = b"", limit: int = _MOST) -> Split:
    """Find the first `limit` items of `body` and cut out those whose fingerprints are in `known`."""
    bounds = _bounds(body)
    if not bounds:
        return Split(b"", 0, body)
    prints = [blake2b(body[start:end], digest_size=FINGERPRINT).digest() for start, end in bounds[:limit]]
    seen = as_set(known)
    old = [bound for bound, fingerprint in zip(bounds, prints, strict=False) if fingerprint in seen]
    cut = old + bounds[limit:]
    return Split(b"".join(prints), len(old), _without(body, cut) if cut else body, len(bounds[limit:]))


def first_items(body: bytes, limit: int) -> tuple[bytes, int]:
    """Return `body` with at most `limit` items, and how many were left out; a body that looks odd stays as it is."""
    tags = _TAG.finditer(body)
    closed = 0
    for tag in tags:
        if tag[2]:
            closed += 1
            if closed == limit:
                return _cut_after(body, tag.end())
    return body, 0


def count_items(body: bytes) -> int:
    """Count the tags that open an item."""
    return sum(1 for tag in _TAG.finditer(body) if tag[1])


def fingerprint(*texts: str) -> bytes:
    """Return the fingerprint of an item by what was read in it, for bodies that could not be split."""
    return blake2b("\0".join(texts).encode("utf-8", "replace"), digest_size=FINGERPRINT).digest()


def as_set(fingerprints: bytes) -> frozenset[bytes]:
    """Return the single fingerprints of a row of them."""
    return frozenset(fingerprints[i : i + FINGERPRINT] for i in range(0, len(fingerprints), FINGERPRINT))


def _bounds(body: bytes) -> list[tuple[int, int]]:
    """Return start and end of each item, or nothing where they cannot be told surely."""
    if b"\0" in body[:64] or body[:16].lstrip()[:1] in (b"{", b"["):
        return []
    bounds: list[tuple[int, int]] = []
    name, start = b"", -1
    for tag in _TAG.finditer(body):
        if tag[1]:
            if start >= 0:
                return []
            name, start = tag[1], tag.start()
        else:
            if start < 0 or tag[2] != name or len(bounds) == _MOST:
                return []
            bounds.append((start, tag.end()))
            start = -1
    return bounds if start < 0 else []


def _without(body: bytes, bounds: list[tuple[int, int]]) -> bytes:
    parts, at = [], 0
    for start, end in bounds:
        parts.append(body[at:start])
        at = end
    parts.append(body[at:])
    return b"".join(parts)


def _cut_after(body: bytes, end: int) -> tuple[bytes, int]:
    """Drop all items behind `end` and keep what closes the feed."""
    last, dropped = end, 0
    for tag in _TAG.finditer(body, end):
        if tag[2]:
            last = tag.end()
            dropped += 1
    return body[:end] + body[last:], dropped
