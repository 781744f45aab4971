"""[[feeds]] and the catalogues -> one list of feeds, in which what rules.toml says wins.

An own table with the address or the title of a catalogue's feed changes that feed and is not a second one: so
`title` and `enabled = false` are enough to turn one off. Nothing is asked over the network here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from watcher.config.catalogue import Catalogue, catalogue_names, load_catalogue
from watcher.config.mistakes import Mistakes
from watcher.config.schema import FeedTable
from watcher.config.settings import FeedConfig
from watcher.config.values import did_you_mean
from watcher.model import FeedKind


def read_catalogues(names: Sequence[str], mistakes: Mistakes) -> tuple[Catalogue, ...]:
    """Load the catalogues that [watcher] names; an unknown one is a mistake."""
    known = catalogue_names()
    for place, name in enumerate(names):
        if name not in known:
            mistakes.add(("watcher", "catalogues", place), f"there is no catalogue '{name}'; {did_you_mean(name, known)}")
    return tuple(load_catalogue(name) for name in dict.fromkeys(names) if name in known)


def merge_feeds(tables: dict[int, FeedTable], catalogues: Sequence[Catalogue], mistakes: Mistakes) -> tuple[FeedConfig, ...]:
    """Return own feeds first, then those of the catalogues that are not changed by an own one."""
    shipped = [feed for catalogue in catalogues for feed in catalogue.feeds]
    by_url = {feed.url: feed for feed in reversed(shipped)}
    by_title = {feed.title.casefold(): feed for feed in reversed(shipped)}
    own: list[FeedConfig] = []
    changed: set[str] = set()
    seen: dict[str, int] = {}
    for index, table in tables.items():
        base = by_url.get(table.url or "") or by_title.get((table.title or "").casefold())
        if base is None and table.url is None:
            mistakes.add(("feeds", index), _no_url(table, [feed.title for feed in shipped]))
            continue
        feed = _overlaid(table, base, mistakes.line("feeds", index))
        _find_twice(feed, index, seen, mistakes)
        own.append(feed)
        if base is not None:
            changed.add(base.url)
    taken = changed | {feed.url for feed in own}
    rest: dict[str, FeedConfig] = {}
    for feed in shipped:
        if feed.url not in taken:
            rest.setdefault(feed.url, feed)
    return (*own, *rest.values())


def title_from(url: str) -> str:
    """A name for a feed that has none: host and path, which tell two feeds of one outlet apart."""
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}{query}"[:80]


def _overlaid(table: FeedTable, base: FeedConfig | None, line: int) -> FeedConfig:
    given: dict[str, Any] = table.model_dump(exclude_none=True)
    if "kind" in given:
        given["kind"] = FeedKind(given["kind"])
    first = [given.pop("fallback")] if "fallback" in given else []
    if first or "fallbacks" in given:
        given["fallbacks"] = tuple(dict.fromkeys((*first, *given.get("fallbacks", ()))))
    if base is None:
        given.setdefault("title", title_from(given["url"]))
        return FeedConfig(**given, line=line)
    if given.get("url", base.url) != base.url:
        given.setdefault("was", base.url)
    return replace(base, **given, line=line)


def _no_url(table: FeedTable, titles: list[str]) -> str:
    if table.title is None:
        return "a feed has neither 'url' nor 'title'; add url = \"https://...\""
    near = did_you_mean(table.title, titles, otherwise="add its 'url'")
    return f"feed '{table.title}' has no 'url', and no catalogue named in [watcher] has a feed of this title; {near}"


def _find_twice(feed: FeedConfig, index: int, seen: dict[str, int], mistakes: Mistakes) -> None:
    for key, value in (("url", feed.url), ("title", feed.title.casefold())):
        first = seen.setdefault(f"{key} {value}", index)
        if first != index:
            line = mistakes.line("feeds", first, key)
            shown = feed.url if key == "url" else feed.title
            mistakes.add(("feeds", index, key), f"{key} '{shown}' stands twice, first in line {line}; remove one of the two")
            return
