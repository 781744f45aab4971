"""A lead's URL -> Page: the text of the article behind it, or the reason why it cannot be read.

What robots.txt forbids is not read. The page is taken apart in a parse child, like a feed; here is only who may be asked for what. Which
lead is worth it, and what its text means, is decided elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from watcher.collect.fetch import retry_after
from watcher.collect.jobs import ArticleJob
from watcher.collect.workers import Parsers
from watcher.errors import FetchError, ParseError
from watcher.model import Page
from watcher.net import Answer, Client, Limits
from watcher.urls import host_of

_ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
_ROBOTS_LIMITS = Limits(wire=512 << 10, body=1 << 20, seconds=15.0)  # RFC 9309 asks for at least 500 kB
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_READABLE = ("text/", "application/xhtml", "application/xml")
# Searches whose links are redirects of their own. Resolving one reads no page of theirs; what counts is the outlet behind it.
_SEARCHES = ("news.google.com", "www.google.com", "www.bing.com", "emm.newsbrief.eu")
_SEARCH_OWNERS = (".google.com", ".bing.com", ".newsbrief.eu")


@dataclass(slots=True)
class RobotsCache:
    """What robots.txt of each site allows, kept for a day; a site whose robots.txt cannot be read is asked again after an hour.

    RFC 9309: no such file allows everything, a server in trouble allows nothing.
    """

    keep: timedelta = timedelta(days=1)
    keep_failed: timedelta = timedelta(hours=1)
    most: int = 500  # sites; the oldest are forgotten
    _sites: dict[str, tuple[datetime, RobotFileParser | None]] = field(default_factory=dict)

    async def allows(self, url: str, client: Client, now: datetime, *, allow_private: bool = False) -> bool | None:
        """Say whether robots.txt lets us read `url`; None where it cannot be known now, and so is not allowed now."""
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}".lower()
        until, rules = self._sites.get(site, (None, None))
        if until is None or until <= now:
            rules = await _robots(site, client, allow_private)
            while len(self._sites) >= self.most:
                del self._sites[next(iter(self._sites))]
            self._sites[site] = (now + (self.keep_failed if rules is None else self.keep), rules)
        return None if rules is None else rules.can_fetch(client.user_agent.partition("/")[0] or "*", url)


async def read_article(
    url: str, client: Client, parsers: Parsers, robots: RobotsCache, now: datetime, *, allow_private: bool = False
) -> Page:
    """Fetch `url` and return the article on it.

    Raises FetchError: "robots" where it may not be read (with `retry_after` where that may pass), "status" with the status (403, 404, ...), "redirect" where a search's link does
    not lead to the outlet. Raises ParseError where the page holds no readable text.
    """
    if not host_of(url):
        raise FetchError(url, "not a plain http or https address; check its spelling", kind="refused_address")
    search = host_of(url) in _SEARCHES
    if not search:
        await _check_robots(url, client, robots, now, allow_private)
    answer = await client.get(url, headers={"Accept": _ACCEPT}, allow_private=allow_private)
    _check(url, answer, search, now)
    if host_of(answer.url) != host_of(url):
        await _check_robots(answer.url, client, robots, now, allow_private)
    charset = _CHARSET.search(answer.headers.get("content-type", ""))
    found = await parsers.article(answer.body, ArticleJob(answer.url, charset[1] if charset else None))
    return Page(url, answer.url, found.title, found.text, found.language, found.published, answer.wire_hash)


async def _check_robots(url: str, client: Client, robots: RobotsCache, now: datetime, allow_private: bool) -> None:
    allowed = await robots.allows(url, client, now, allow_private=allow_private)
    if allowed is None:
        problem = "robots.txt cannot be read now, so the page is not asked for"
        raise FetchError(url, problem, kind="robots", retry_after=robots.keep_failed)
    if not allowed:
        raise FetchError(url, "robots.txt asks programs not to read this page; open it by hand", kind="robots")


def _check(url: str, answer: Answer, search: bool, now: datetime) -> None:
    """Refuse what is no page of an outlet."""
    if answer.status != 200:
        wait = retry_after(answer.headers.get("retry-after", ""), now)
        raise FetchError(
            url, f"{answer.status}, the article cannot be read from here", kind="status", status=answer.status, retry_after=wait
        )
    if search and f".{host_of(answer.url)}".endswith(_SEARCH_OWNERS):
        raise FetchError(url, "the link does not lead to the outlet; open it by hand", kind="redirect")
    kind = answer.headers.get("content-type", "text/html").strip().lower()
    if not kind.startswith(_READABLE):
        raise ParseError(f"no readable text: not a web page but {kind.partition(';')[0][:60]}")


async def _robots(site: str, client: Client, allow_private: bool) -> RobotFileParser | None:
    """Return the rules of a site, None where they cannot be known now."""
    rules = RobotFileParser()
    try:
        answer = await client.get(f"{site}/robots.txt", limits=_ROBOTS_LIMITS, allow_private=allow_private)
    except FetchError:
        return None
    if answer.status >= 500 or answer.status == 429:
        return None
    text = answer.body.decode("utf-8", "replace") if answer.status == 200 else ""
    rules.parse(text.splitlines())
    return rules
