"""Item, as some reader found it -> Entry as a row: plain bounded text, one identity, a resolved link, a date or none.

The same for feedparser, the second reader and JSON Feed. Runs in a parse child, so that markup, links and dates of hostile feeds cost
the service nothing; rows are lists of strings in the order of `model.Entry`, ready for JSON.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b

from watcher.collect.dates import published
from watcher.page import clip, rough_text, tidy, to_text
from watcher.urls import canonical_url, join_url

TITLE = 500  # characters; longer ones are no titles
TEXT = 20_000  # characters; about 3,000 words, beyond which no rule needs to look
IDENTITY = 2_000  # characters of an id or link
OUTLET = 200  # characters
RAW_TEXT = 10 * TEXT  # characters of markup that are looked at for TEXT characters of text
_SUFFIX = 60  # characters of " - Outlet" where the feed does not name the outlet apart

Row = list[str | None]


@dataclass(slots=True)
class Item:
    """What a reader found of one item, still as printed: markup in `title` and `texts`, `link` maybe relative."""

    id: str = ""
    link: str = ""
    title: str = ""
    texts: list[str] = field(default_factory=list)
    date: str = ""
    guess: time.struct_time | None = None  # feedparser's reading of the date, in UTC
    language: str | None = None
    outlet: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """What all items of one body share. `language` is the operator's word and wins; `feed_language` is the feed's own, often a default."""

    url: str
    now: datetime
    title: str
    search: bool = False
    language: str | None = None
    feed_language: str | None = None
    time_zone: str | None = None
    via: str | None = None
    rough: bool = False  # take text out of markup by the quick way: the careful one may be what a child died of


def rows(items: Iterable[Item], context: Context) -> list[Row]:
    """Return the entries of a body in its order. The same item twice is one; two items under one id are two."""
    made: dict[str, Row] = {}
    for item in items:
        row = _row(item, context)
        if row is None:
            continue
        key = str(row[0])
        if key in made and _content(made[key]) != _content(row):
            # A careless site gives one id to several articles. Folded, all but one would be lost.
            key = row[0] = f"{key} #{_content(row)}"
        made.setdefault(key, row)
    return list(made.values())


def via_name(feed_title: str, fallback: str) -> str:
    """Return the name of a search from the title of its feed: `"scam" Cambodia - Google News` -> `Google News`."""
    name = feed_title.rpartition(" - ")[2].strip()
    return name if 0 < len(name) <= _SUFFIX and name != feed_title else fallback


def _row(item: Item, context: Context) -> Row | None:
    """Return the entry, or None where there is nothing to judge and nothing to open."""
    plain = rough_text if context.rough else to_text
    title = plain(item.title[: 20 * TITLE])
    text = _text([plain(markup[:RAW_TEXT]) for markup in item.texts if markup])
    outlet = plain(item.outlet[: 10 * OUTLET]) if item.outlet else ""
    if context.search:
        title, outlet = _without_outlet(title, outlet)
    title = clip(title.replace("\n", " "), TITLE)
    if _adds_nothing(text, title, outlet):
        text = ""
    url = join_url(context.url, item.link)
    url = url if len(url) <= IDENTITY else ""
    canonical = canonical_url(url) if url else ""
    if not title and not text:
        return None
    date = published(item.date, item.guess, context.time_zone, context.now) if item.date else None
    return [
        _identity(item.id, canonical, title, text),
        url,
        canonical,
        title,
        text,
        context.language or _language(item.language) or _language(context.feed_language),
        None if date is None else date.isoformat(),
        clip(outlet, OUTLET) if context.search else context.title,
        context.via,
    ]


def _text(texts: list[str]) -> str:
    """Return the longest of an item's texts, with a shorter one before it only where the longer does not hold it."""
    if len(texts) == 1:
        return clip(texts[0], TEXT)
    found = sorted({text for text in texts if text}, key=len, reverse=True)
    if not found:
        return ""
    whole = found[0]
    for other in found[1:]:
        start = other.rstrip("….[] ")[:80]
        if start and " ".join(start.split()) not in " ".join(whole.split()):
            whole = f"{other}\n{whole}"
    return clip(whole, TEXT)


def _identity(printed: str, canonical: str, title: str, text: str) -> str:
    printed = tidy(printed[: 2 * IDENTITY]).replace("\n", " ")
    if len(printed) > IDENTITY:
        return f"{printed[:200]} #{_hash(printed)}"
    return printed or canonical or f"text:{_hash(title, text)}"


def _without_outlet(title: str, outlet: str) -> tuple[str, str]:
    """Take " - Outlet" off a search result's title."""
    if outlet:
        return title.removesuffix(f" - {outlet}").rstrip() or title, outlet
    front, _, back = title.rpartition(" - ")
    return (front.rstrip(), back.strip()) if front and 0 < len(back) <= _SUFFIX else (title, "")


def _adds_nothing(text: str, title: str, outlet: str) -> bool:
    """Say whether the text only repeats the title: a search prints title and outlet again as its summary."""
    rest = text.replace("\n", " ").removeprefix(title)
    return len(rest) < len(text) and rest.strip(" -–—·|\u00a0").lower() in ("", outlet.lower())


def _language(tag: str | None) -> str | None:
    tag = (tag or "").strip()
    return tag if 1 < len(tag) <= 35 and tag.replace("-", "").isascii() and tag.replace("-", "").isalnum() else None


def _content(row: Row) -> str:
    return _hash(row[2] or "", row[3] or "")


def _hash(*texts: str) -> str:
    return blake2b("\0".join(texts).encode("utf-8", "replace"), digest_size=8).hexdigest()
