"""Bytes of a feed -> the same feed in clean UTF-8, so that one bad byte or reference costs a character and not the feed.

feedparser raises over a single `&#xD800;` and takes a whole Khmer feed for Western European after a single broken byte. Nothing of XML
is understood here; the encoding is told from the byte order mark, from the bytes themselves, then from what the feed and the server say.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from watcher.errors import ParseError

# Encodings that feeds really use. Anything else Python can decode (rot13, zlib, utf-7, idna) is a way to smuggle, and is never decoded.
_ALLOWED_TEXT = """
utf-8 utf-8-sig utf-16 utf-16-le utf-16-be utf-32 utf-32-le utf-32-be ascii
iso8859-1 iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-9 iso8859-10 iso8859-11 iso8859-13 iso8859-14
iso8859-15 iso8859-16 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp874 cp932 cp949 cp950
big5 big5hkscs gb2312 gbk gb18030 shift_jis euc_jp euc_kr koi8-r koi8-u tis-620 mac-roman
"""
_ALLOWED = frozenset(codecs.lookup(name).name for name in _ALLOWED_TEXT.split())
# What is labelled with the left is written in the right, which holds more characters.
_WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "cp950",
    "tis-620": "cp874",
    "iso8859-11": "cp874",
}
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"))
_BOMS_16 = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_UNMARKED = ((b"<\0\0\0", "utf-32-le"), (b"\0\0\0<", "utf-32-be"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"), (b"{\0", "utf-16-le"))
_DECLARATION = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']\s*([A-Za-z0-9._:-]{1,40})\s*[\"'][^>]{0,100}\?>")
_CONTROLS = bytes(code for code in range(32) if code not in (9, 10, 13)) + b"\x7f"
_REFERENCE = re.compile(rb"&#(?:[xX]([0-9A-Fa-f]{1,8})|([0-9]{1,10}));?")
_REPLACEMENT = "\ufffd".encode()
# Where at most one in so many characters is broken, it is UTF-8 with accidents; else it was never UTF-8.
_MOSTLY = 4


@dataclass(frozen=True, slots=True)
class Clean:
    """A body in UTF-8 that every parser takes, and a word on what was wrong with it."""

    body: bytes
    warning: str | None = None


def preclean(body: bytes, charset: str | None = None) -> Clean:
    """Return the body in UTF-8 without control characters and forbidden references; `charset` is what the server said.

    Raises ParseError where the encoding is none that we read and the bytes are no UTF-8 either.
    """
    text, warning = _to_utf8(body, charset)
    found = _DECLARATION.match(text[:400])
    if found is not None:
        text = text[: found.start(1)] + b"utf-8" + text[found.end(1) :]
    text = text.translate(None, _CONTROLS).replace(b"\xef\xbf\xbe", _REPLACEMENT).replace(b"\xef\xbf\xbf", _REPLACEMENT)
    if b"&#" in text:
        text = _REFERENCE.sub(_checked, text)
    return Clean(text, warning)


def _to_utf8(body: bytes, charset: str | None) -> tuple[bytes, str | None]:
    marked = next((name for bom, name in (*_BOMS, *_BOMS_16) if body.startswith(bom)), None)
    if marked == "utf-8":
        body = body[3:]
    elif marked is not None:
        return body.decode(marked, "replace").lstrip("\ufeff").encode(), None
    unmarked = next((name for start, name in _UNMARKED if body.startswith(start)), None)
    if unmarked is not None:
        return body.decode(unmarked, "replace").encode(), None
    label = _label(body, charset)
    name = _codec(label)
    if _is_utf8(body):
        if name is None:
            return body, f"says it is {label!r}, which is not read; taken as UTF-8"
        return body, None
    if name is None:
        raise ParseError(f"the feed says it is {label!r}, an encoding that is not read; ask the publisher for UTF-8")
    if name != "utf-8":
        return _decoded(body, _WIDER.get(name, name), label)
    return _mended(body)


def _label(body: bytes, charset: str | None) -> str:
    """Return the encoding the feed names, else the server's, else UTF-8."""
    declared = _DECLARATION.match(body[:400])
    return declared[1].decode("ascii") if declared is not None else charset or "utf-8"


def _codec(label: str) -> str | None:
    """Return Python's name of an encoding that is read, or None. A UTF-16 label over 8-bit bytes is simply wrong, so it counts as UTF-8."""
    try:
        name = codecs.lookup(label.strip()).name
    except (LookupError, ValueError):
        return None
    if name not in _ALLOWED:
        return None
    return "utf-8" if name.startswith("utf-") else name


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _decoded(body: bytes, name: str, label: str) -> tuple[bytes, str | None]:
    try:
        return body.decode(name).encode(), None
    except UnicodeDecodeError:
        return body.decode(name, "replace").encode(), f"has bytes that are not {label!r}"


def _mended(body: bytes) -> tuple[bytes, str | None]:
    """Read as UTF-8 where most of it is, else as Western European, the commonest mistake."""
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    beyond = sum(1 for _ in re.finditer("[^\x00-\x7f]", text)) - broken
    if beyond >= _MOSTLY * broken:
        return text.encode(), f"{broken} broken characters"
    return body.decode("cp1252", "replace").encode(), "says it is UTF-8 but is not; taken as Western European"


def _checked(reference: re.Match[bytes]) -> bytes:
    """Keep a numeric reference that XML allows, replace any other: it would cost the whole feed."""
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    allowed = code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code <= 0x10FFFF
    return reference[0] if allowed else _REPLACEMENT
