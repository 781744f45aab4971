"""Body -> rows of entries: feedparser, but a small reader for what is plain, and another for what it cannot read. In a parse child only.

feedparser is given `io.BytesIO` and nothing else: bytes or a string that look like a path are opened, those that look like a URL are
fetched. Its sanitising and its resolving of links are off, because text is taken out of markup and links are resolved in `entries`, for
every reader alike (and they cost half its time). Limits of time and memory are the child's, not this module's.
"""

from __future__ import annotations

import io
import json
import re
from datetime import datetime
from typing import Any

from watcher.collect import plain_reader, second_reader
from watcher.collect.entries import Context, Item, rows, via_name
from watcher.collect.items import count_items, first_items
from watcher.collect.jobs import MAX_ENTRIES, FeedJob
from watcher.collect.preclean import preclean
from watcher.errors import ParseError
from watcher.page import clip, to_text

_TTL = re.compile(rb"<ttl>\s*(\d{1,6})\s*</ttl>")
_SKIP_HOURS = re.compile(rb"<skipHours>(.{0,2000}?)</skipHours>", re.DOTALL)
_HOUR = re.compile(rb"<hour>\s*(\d{1,2})\s*</hour>")
_HEAD = 65_536  # bytes in which ttl and skipHours stand, if they do
# Elements of an item that nothing here reads. They are 40 % of feedparser's work, and its regular expression over authors is one that a
# hostile feed can make run for minutes. Only whole elements without other elements inside go; what looks otherwise stays.
_UNREAD = re.compile(
    rb"<((?:category|author|contributor|comments|enclosure|dc:(?:creator|subject|rights|publisher)|media:[a-z]{1,20}|slash:[a-z]{1,20}"
    rb"|wfw:[A-Za-z]{1,20}|thr:[a-z]{1,20}|itunes:[a-z]{1,20}|georss:[a-z]{1,20}|rdf:li))(?=[\s/>])[^<>]*+"
    rb"(?:(?<=/)>|>(?:<!\[CDATA\[[^\]<]*+\]\]>|\s*+(?:<(name|uri|email)>[^<]*+</\2>\s*+)++|[^<]*+)</\1\s*+>)\s*+"
)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)


def read_feed(body: bytes, job: FeedJob) -> dict[str, Any]:
    """Return what the body holds, in the shape `jobs.parsed_feed` reads. Raises ParseError where it is no feed."""
    if not body.strip():
        raise ParseError("answers with nothing: an empty page where the feed should be")
    clean = preclean(body, job.charset)
    head = clean.body[:_HEAD]
    if clean.body.lstrip()[:1] == b"{":
        title, language, items, dropped = _json_feed(clean.body)
        warning = clean.warning
    else:
        shortened, dropped = first_items(clean.body, MAX_ENTRIES)
        title, language, items, warning = _xml_feed(shortened, job)
        warning = warning or clean.warning
    dropped += max(0, len(items) - MAX_ENTRIES)
    via = via_name(to_text(title), job.title) if job.search else None
    context = Context(
        url=job.url,
        now=datetime.fromisoformat(job.now),
        title=job.title,
        search=job.search,
        language=job.language,
        feed_language=language,
        time_zone=job.time_zone,
        via=via,
        rough=job.second,
    )
    ttl, hours = _TTL.search(head), _SKIP_HOURS.search(head)
    return {
        "entries": rows(items[:MAX_ENTRIES], context),
        "title": clip(to_text(title[:2000]).replace("\n", " "), 300),
        "language": language[:35] if language else None,
        "ttl": None if ttl is None else int(ttl[1]),
        "skip_hours": [] if hours is None else sorted({int(hour) % 24 for hour in _HOUR.findall(hours[1])}),
        "dropped": dropped,
        "warning": warning,
    }


def _xml_feed(body: bytes, job: FeedJob) -> tuple[str, str | None, list[Item], str | None]:
    """Return title, language, items and a warning, by feedparser where it can."""
    if job.second:
        return _by_second(body, "the usual reader took too long")
    plain = plain_reader.read(body)
    if plain is not None:
        return plain.title, plain.language, plain.items, None
    try:
        title, language, items, version, flaw = _by_feedparser(body, job.url)
    except Exception as error:  # a library fed with hostile bytes may raise anything; the feed must not be lost for it
        return _by_second(body, f"the usual reader failed ({type(error).__name__})")
    if not version and not items:
        return _by_second(body, "the usual reader did not take it for a feed")
    if len(items) < count_items(body):
        items, flaw = _with_lost(items, body, flaw)
    return title, language, items, flaw


def _by_feedparser(body: bytes, url: str) -> tuple[str, str | None, list[Item], str, str | None]:
    import feedparser  # here, because the article child must not carry it

    feedparser.api.PREFERRED_XML_PARSERS = feedparser.PREFERRED_XML_PARSERS = []  # libxml2's driver would open a DOCTYPE's file
    based = b"xml:base" in body
    result = feedparser.parse(
        io.BytesIO(_UNREAD.sub(b"", body)),
        sanitize_html=False,
        resolve_relative_uris=based,
        response_headers={"content-location": url, "content-type": "application/xml"} if based else None,
    )
    items = [_item(entry) for entry in result.entries]
    flaw = None
    if result.get("bozo"):
        flaw = f"not well-formed: {_flaw(result.get('bozo_exception'))}"
    language = result.feed.get("language") or None
    return str(result.feed.get("title") or ""), language, items, str(result.get("version") or ""), flaw


def _flaw(error: Any) -> str:
    """Return what the XML parser did not like, and in which line."""
    if hasattr(error, "getLineNumber"):
        return f"{clip(to_text(str(error.getMessage())), 100)} in line {error.getLineNumber()}"
    return clip(to_text(str(error)), 100)


def _item(entry: dict[str, Any]) -> Item:
    """Take what is judged out of feedparser's entry. Read as a plain dict: its own `get` answers for other keys, with warnings."""
    links = dict.get(entry, "links") or []
    link = dict.get(entry, "link") or next((found.get("href", "") for found in links if found.get("rel") == "alternate"), "")
    texts = [str(part.get("value") or "") for part in dict.get(entry, "content") or []]
    texts.append(str(dict.get(entry, "summary") or ""))
    detail = dict.get(entry, "title_detail") or {}
    name = next((name for name in ("published", "created", "updated") if dict.get(entry, name)), "")
    return Item(
        str(dict.get(entry, "id") or ""),
        str(link or ""),
        str(dict.get(entry, "title") or ""),
        texts,
        str(dict.get(entry, name) or ""),
        dict.get(entry, f"{name}_parsed"),
        detail.get("language"),
        str((dict.get(entry, "source") or {}).get("title") or ""),
    )


def _by_second(body: bytes, why: str) -> tuple[str, str | None, list[Item], str | None]:
    found = second_reader.read(body, MAX_ENTRIES)
    if found is None:
        raise ParseError(_no_feed(body))
    return found.title, found.language, found.items, f"degraded parse: {why}"


def _with_lost(items: list[Item], body: bytes, flaw: str | None) -> tuple[list[Item], str | None]:
    """Add the items that only the second reader finds: one that breaks off early must not hide those behind it."""
    found = second_reader.read(body, MAX_ENTRIES)
    if found is None or len(found.items) <= len(items):
        return items, flaw
    seen = {(item.id or item.link) for item in items} | {item.link for item in items} | {item.title.strip() for item in items}
    lost = [item for item in found.items if not {item.id or item.link, item.link, item.title} & (seen - {""})]
    return [*items, *lost], f"degraded parse: {len(lost)} of {len(found.items)} items read by the second reader" if lost else flaw


def _json_feed(body: bytes) -> tuple[str, str | None, list[Item], int]:
    """Read a JSON Feed (jsonfeed.org, 1.0 and 1.1)."""
    try:
        feed = json.loads(body)
    except (ValueError, RecursionError):
        raise ParseError("answers with something that is neither a feed nor JSON") from None
    found = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(found, list):
        raise ParseError("answers with JSON that is not a feed")
    items = [_json_item(item) for item in found[:MAX_ENTRIES] if isinstance(item, dict)]
    return _string(feed, "title"), _string(feed, "language") or None, items, max(0, len(found) - MAX_ENTRIES)


def _json_item(item: dict[str, Any]) -> Item:
    texts = [_string(item, "content_html"), _string(item, "content_text"), _string(item, "summary")]
    link, date = _string(item, "url") or _string(item, "external_url"), _string(item, "date_published") or _string(item, "date_modified")
    return Item(_string(item, "id"), link, _string(item, "title"), texts, date, None, _string(item, "language") or None)


def _string(record: dict[str, Any], key: str) -> str:
    value = record.get(key)
    return str(value) if isinstance(value, str | int) else ""


def _no_feed(body: bytes) -> str:
    return "answers with a web page, not a feed" if _HTML.search(body[:_HEAD]) else "answers with something that is not a feed"
