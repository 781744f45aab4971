"""Web page -> the article in it, by trafilatura. Runs in a parse child only; nothing is fetched here."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from watcher.collect.jobs import ArticleJob
from watcher.collect.preclean import preclean
from watcher.errors import ParseError
from watcher.page import clip, to_text

TITLE = 500  # characters
TEXT = 60_000  # characters; a long report with all its background
SHORTEST = 300  # bytes of UTF-8: two sentences; less is a paywall's teaser, a cookie notice or an error page
_LANGUAGE = re.compile(r"<html[^>]{0,500}?\blang\s*=\s*[\"']?([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3})", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{2,40})", re.IGNORECASE)


def read_page(body: bytes, job: ArticleJob) -> dict[str, Any]:
    """Return title, text, language and date of a page's article. Raises ParseError where there is no text to judge."""
    from trafilatura import bare_extraction  # here, because it costs a feed child 30 MB and a second

    named = _META_CHARSET.search(body[:4096])
    page = preclean(body, job.charset or (named[1].decode("ascii") if named else None)).body.decode("utf-8", "replace")
    found = bare_extraction(page, url=job.url, with_metadata=True, include_comments=False, include_tables=True)
    said = {name: to_text(str(getattr(found, name, None) or "")) for name in ("title", "text", "date")}
    text = clip(said["text"], TEXT)
    if len(text.encode()) < SHORTEST:
        raise ParseError("no readable text on the page: a paywall, a cookie notice or a page made by scripts")
    language = _LANGUAGE.search(page[:20_000])
    return {
        "title": clip(said["title"].replace("\n", " "), TITLE),
        "text": text,
        "language": language[1] if language else None,
        "published": _day(said["date"]),
    }


def _day(printed: str) -> str | None:
    try:
        return datetime.fromisoformat(printed[:10]).replace(tzinfo=UTC).isoformat()
    except ValueError:
        return None
