"""rules.toml and a wish -> rules.toml: feeds added or turned off, with every comment kept.

Text in, text out: who calls writes the file. Feeds are checked as `load` would check them, so that an edit never
makes a good file a bad one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from watcher.config.blocks import insert_tables, quote, set_values
from watcher.config.catalogue import catalogue_names, load_catalogue
from watcher.config.feeds import title_from
from watcher.config.lines import without_comments
from watcher.config.new import Answers, write_new
from watcher.config.secrets import has_reference
from watcher.config.settings import FeedConfig
from watcher.config.tables import parse
from watcher.config.values import check_feed_url, check_language, did_you_mean
from watcher.errors import UsageError
from watcher.model import FeedKind

NOT_KEPT = "${NOT_KEPT_IN_DATABASE}"  # what stands for a secret that was written into the file itself


@dataclass(frozen=True, slots=True)
class Added:
    """What adding feeds brought. `skipped` are (url, reason)."""

    text: str
    added: tuple[FeedConfig, ...]
    skipped: tuple[tuple[str, str], ...]


def new_file() -> str:
    """The smallest file worth having: shipped rules, one folder, no catalogue. For feeds that are added before `init`."""
    return write_new(Answers(catalogues=()))


def add_feed(text: str, feed: FeedConfig) -> str:
    """Return the text with one feed more; raises UsageError when it is there already or cannot be one."""
    result = add_feeds(text, [feed])
    for url, reason in result.skipped:
        raise UsageError(f"{url}: {reason}")
    return result.text


def add_feeds(text: str, feeds: Iterable[FeedConfig]) -> Added:
    """Return the text with every feed that is new and right; an empty text becomes `new_file` first.

    Titles that are taken get the host behind them. Raises the ExceptionGroup of `load` when the text is no TOML.
    """
    text = text if text.strip() else new_file()
    urls, titles = _taken(parse(text, "rules.toml"))
    added: list[FeedConfig] = []
    skipped: list[tuple[str, str]] = []
    for feed in feeds:
        problem = _problem(feed, urls)
        if problem:
            skipped.append((feed.url, problem))
            continue
        urls.add(feed.url)
        added.append(_with_free_title(feed, titles))
    if added:
        text = insert_tables(text, "feeds", "".join(_written(feed) for feed in added))
    return Added(text, tuple(added), tuple(skipped))


def turn_off(text: str, name: str, *, until: date | None = None) -> str:
    """Return the text with the feed of this title or address off, for good or until a date; raises UsageError when there is none."""
    if until is None:
        return _changed(text, name, {"enabled": False, "off_until": None})
    return _changed(turn_on(text, name), name, {"off_until": until})


def turn_on(text: str, name: str) -> str:
    """Return the text with the feed of this title or address on, as it was before; raises UsageError when there is none.

    What turned it off is taken out, not overruled: a shipped feed with fallbacks (`enabled = "auto"`) gets them back.
    """
    data = parse(text, "rules.toml")
    own = next((table for table in data.get("feeds", []) if _is_called(table, name)), None)
    shipped = next((feed for feed in _shipped(data) if _is(feed, name) or (own and _is(feed, str(own.get("title", ""))))), None)
    if own is None and shipped and shipped.enabled != "no":
        return text
    off_as_shipped = shipped is not None and shipped.enabled == "no"
    is_off = own is not None and own.get("enabled") is False
    enabled = {"enabled": True if off_as_shipped else None} if is_off or off_as_shipped else {}
    return _changed(text, name, {**enabled, "off_until": None})


def move_feed(text: str, name: str, url: str) -> str:
    """Return the text with the feed of this title or address asked at `url` from now on; it keeps its entries and stories.

    Raises UsageError when there is no such feed, when another has that address, or when it is no address of a feed.
    """
    data = parse(text, "rules.toml")
    urls, _ = _taken(data)
    problem = _problem(FeedConfig(url=url, title=name), urls)
    if problem:
        raise UsageError(f"{url}: {problem}")
    own = next((table for table in data.get("feeds", []) if _is_called(table, name)), None)
    was = str(own["url"]) if own and "url" in own else next((feed.url for feed in _shipped(data) if _is(feed, name)), "")
    return _changed(text, name, {"url": url, "was": was})


def without_secrets(text: str) -> str:
    """Return the text as it may be kept in a database: secrets written into it replaced, comments gone, lines in place.

    Addresses of webhooks count as secrets too. A channel of such a text is paused until the file itself is read again.
    """
    data = parse(text, "rules.toml")
    for index, channel in enumerate(data.get("channels", [])):
        found = {key: NOT_KEPT for key in ("server", "url", "secret") if _is_open(channel.get(key))}
        if found:
            text = set_values(text, "channels", index, found)
    dead_man = data.get("watcher", {}).get("dead_man")
    if _is_open(dead_man):
        text = text.replace(quote(dead_man), quote(NOT_KEPT)).replace(f"'{dead_man}'", quote(NOT_KEPT))
    return without_comments(text)


def _changed(text: str, name: str, values: Mapping[str, str | bool | date | None]) -> str:
    """Set values of one feed; one of a catalogue gets a table of its own, which names it by its title."""
    data = parse(text, "rules.toml")
    for index, table in enumerate(data.get("feeds", [])):
        if _is_called(table, name):
            return set_values(text, "feeds", index, values)
    shipped = _shipped(data)
    for feed in shipped:
        if _is(feed, name):
            rows = [f"title = {quote(feed.title)}", *(f"{key} = {_value(value)}" for key, value in values.items() if value is not None)]
            return insert_tables(text, "feeds", "\n".join(("[[feeds]]", *rows)) + "\n")
    titles = [str(table["title"]) for table in data.get("feeds", []) if "title" in table] + [feed.title for feed in shipped]
    raise UsageError(f"there is no feed '{name}'; {did_you_mean(name, titles, otherwise='list them with: watcher feeds')}")


def _is_called(table: Mapping[str, Any], name: str) -> bool:
    return name.casefold() in (str(table.get("title", "")).casefold(), str(table.get("url", "")).casefold())


def _is(feed: FeedConfig, name: str) -> bool:
    return name.casefold() in (feed.title.casefold(), feed.url.casefold())


def _value(value: str | bool | date) -> str:
    """Write a value as TOML does."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else quote(value)


def _taken(data: Mapping[str, Any]) -> tuple[set[str], set[str]]:
    """Addresses and titles that stand in the file or in its catalogues."""
    own = data.get("feeds", [])
    shipped = _shipped(data)
    urls = {str(table.get("url")) for table in own} | {feed.url for feed in shipped}
    titles = {str(table.get("title") or title_from(str(table.get("url")))).casefold() for table in own}
    return urls, titles | {feed.title.casefold() for feed in shipped}


def _shipped(data: Mapping[str, Any]) -> list[FeedConfig]:
    known = catalogue_names()
    names = data.get("watcher", {}).get("catalogues", [])
    return [feed for name in names if name in known for feed in load_catalogue(name).feeds]


def _problem(feed: FeedConfig, urls: set[str]) -> str | None:
    if feed.url in urls:
        return "is there already; nothing to add"
    try:
        check_feed_url(feed.url)
        if feed.language:
            check_language(feed.language)
    except ValueError as error:
        return str(error)
    return None


def _with_free_title(feed: FeedConfig, titles: set[str]) -> FeedConfig:
    plain = " ".join("".join(character if character.isprintable() else " " for character in feed.title).split())[:60].strip()
    first = title = plain or title_from(feed.url)
    number = 1
    while title.casefold() in titles:
        host = urlsplit(feed.url).netloc[:40]
        title = f"{first[:30]} ({host})" if number == 1 else f"{first[:30]} ({host} {number})"[:80]
        number += 1
    titles.add(title.casefold())
    return replace(feed, title=title)


def _written(feed: FeedConfig) -> str:
    rows = ["[[feeds]]", f"url = {quote(feed.url)}", f"title = {quote(feed.title)}"]
    rows += [f"{key} = {quote(value)}" for key in ("language", "country", "was", "time_zone") if (value := getattr(feed, key))]
    rows += ['kind = "search"'] if feed.kind is FeedKind.SEARCH else []
    rows += [f"{key} = true" for key in ("key", "state_media", "official", "allow_private") if getattr(feed, key)]
    if feed.fallbacks:
        rows.append(f"fallbacks = [{', '.join(quote(url) for url in feed.fallbacks)}]")
    if feed.enabled != "yes":
        rows.append(f"enabled = {'false' if feed.enabled == 'no' else quote('auto')}")
    return "\n".join(rows) + "\n\n"


def _is_open(value: Any) -> bool:
    return isinstance(value, str) and bool(value) and not has_reference(value)
