"""Bytes on the wire -> body: gzip unpacked within bounds, everything else refused.

httpx inflates whatever it is sent: 1 MB of gzip took 3 GB of memory, and a body that broke off came back as 200 and empty. Here the size
is bounded while unpacking, and half a body never passes for a whole one. Pure: nothing is read from the network here.
"""

from __future__ import annotations

import zlib

_RATIO = 200  # inflated to wire; the text of feeds reaches 10, a bomb 1,000
_RATIO_FROM = 1 << 20  # bytes; below it a ratio says nothing
_MEMBERS = 16  # gzip parts in one body; more is no feed but an attempt to keep us busy


class UnpackError(ValueError):
    """The body cannot be unpacked. `too_large` says that it could, but must not."""

    def __init__(self, problem: str, *, too_large: bool = False) -> None:
        super().__init__(problem)
        self.too_large = too_large


def unpack(raw: bytes, encoding: str, limit: int) -> bytes:
    """Return the body of at most `limit` bytes; `encoding` is the Content-Encoding header. Raises UnpackError."""
    encoding = encoding.strip().lower()
    if encoding in ("", "identity") or not raw:
        if len(raw) > limit:
            raise UnpackError(f"the answer is longer than {limit >> 20} MB", too_large=True)
        return raw
    if encoding not in ("gzip", "x-gzip"):
        raise UnpackError(f"packed as {encoding[:40]!r}, which we did not ask for")
    return _inflate(raw, min(limit, max(_RATIO_FROM, _RATIO * len(raw))))


def _inflate(raw: bytes, limit: int) -> bytes:
    parts, size = [], 0
    for _ in range(_MEMBERS):
        inflater = zlib.decompressobj(31)  # 31: gzip with its header and checksum, nothing else
        try:
            part = inflater.decompress(raw, limit - size + 1)
        except zlib.error:
            raise UnpackError("the gzip body is damaged") from None
        size += len(part)
        if size > limit:
            raise UnpackError("the gzip body unpacks to more than a feed can be", too_large=True)
        if not inflater.eof:
            raise UnpackError("the gzip body is broken off")
        parts.append(part)
        raw = inflater.unused_data
        if not raw.startswith(b"\x1f\x8b"):  # nothing more, or garbage behind the end, which harms nobody
            return b"".join(parts)
    raise UnpackError(f"the gzip body has more than {_MEMBERS} parts")
