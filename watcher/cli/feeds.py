"""`watcher feeds`: which sources are read and how each fares; add, turn off, import and export."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from watcher.cli.feeds_health import feeds_health
from watcher.cli.feeds_repair import repair
from watcher.cli.options import json_option, paths_of, paths_options

if TYPE_CHECKING:
    from watcher.config import FeedConfig
    from watcher.store.feeds import FeedHealth

T = TypeVar("T")


@click.group(invoke_without_command=True, short_help="Sources, and how each fares.")
@paths_options
@json_option
@click.pass_context
def feeds(context: click.Context, as_json: bool) -> None:
    """List every source by language: when it was read last, what it holds, what is wrong with it.

    \b
    Examples:
      watcher feeds
      watcher feeds add https://www.example.org/
      watcher feeds health
      watcher feeds repair
      watcher feeds off "Khmer Times" --until 2026-12-01
      watcher feeds import list.opml
    """
    if context.invoked_subcommand:
        return
    from watcher.cli.opening import open_archive, open_rules, zone_of
    from watcher.cli.show import safe, say, show_json, table, when
    from watcher.pipeline.tools import utc_now
    from watcher.store import feeds as sources

    rules = open_rules(context)
    database = paths_of(context).database
    known = {feed.url: feed for feed in sources.health(open_archive(context), count_entries=True)} if database.exists() else {}
    configured = sorted(rules.watch.config.feeds, key=lambda feed: (feed.language or "~", feed.title))
    if as_json:
        show_json([_as_json(feed, known.get(feed.url)) for feed in configured])
        return
    zone, now = zone_of(rules), utc_now()
    rows = []
    for feed in configured:
        health = known.get(feed.url)
        read = when(health.last_ok, zone, now) if health else "never"
        rows.append(
            (
                feed.language or "?",
                safe(feed.title, 34),
                _word(feed, health, now.astimezone(zone).date()),
                read,
                str(health.entries) if health else "0",
                safe(_note(health), 70),
            )
        )
    for line in table(rows, ("language", "source", "state", "last read", "items", "")):
        say(line)
    _say_sum([row[2] for row in rows])


@feeds.command(short_help="Add a feed, or find the feed of a home page.")
@paths_options
@click.argument("url")
@click.option("--title", help="What it is called; the feed's own title where none is given.")
@click.option("--language", help="BCP 47, such as km or zh-Hant.")
@click.option("--allow-private", is_flag=True, help="It stands on the own network or this machine.")
@click.option("--no-fetch", is_flag=True, help="Add the address as it is, without trying it.")
@click.pass_context
def add(context: click.Context, url: str, title: str | None, language: str | None, allow_private: bool, no_fetch: bool) -> None:
    """Add the feed at URL to the rules file; of a home page, the feed it names.

    \b
    Examples:
      watcher feeds add https://www.khmertimeskh.com/feed/ --language en
      watcher feeds add https://www.example.org/
    """
    import asyncio

    from watcher.cli.files import read_text, write_text
    from watcher.cli.show import note, safe, say
    from watcher.config import FeedConfig, add_feeds
    from watcher.errors import UsageError

    path = paths_of(context).rules
    text = read_text(path, missing="")
    _check_address(url, language)
    found_url, found_title = (url, title or "") if no_fetch else asyncio.run(_find(url, allow_private))
    feed = FeedConfig(url=found_url, title=title or found_title, language=language, allow_private=allow_private)
    result = _changed(path, lambda: add_feeds(text, [feed]))
    for other, reason in result.skipped:
        raise UsageError(f"{other}: {reason}")
    write_text(path, result.text)
    say(f"Added to {path}: {safe(result.added[0].title)}, {found_url}")
    _say_made(path, text)
    if not language:
        note('No language was given. If it is Khmer, write into its [[feeds]]: language = "km"')


@feeds.command(short_help="Stop reading a source; its entries stay.")
@paths_options
@click.argument("name")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Read it again from this day on, such as 2026-12-01.")
@click.pass_context
def off(context: click.Context, name: str, until: datetime | None) -> None:
    """Turn the source NAME (title or address) off in the rules file, for good or until a day. Its entries and stories stay.

    \b
    Examples:
      watcher feeds off "Khmer Times"
      watcher feeds off "Khmer Times" --until 2026-12-01
    """
    from watcher.cli.opening import open_rules, zone_of
    from watcher.cli.show import day
    from watcher.config import turn_off
    from watcher.errors import UsageError
    from watcher.pipeline.tools import utc_now

    if until and until.date() <= utc_now().astimezone(zone_of(open_rules(context))).date():
        raise UsageError(f"--until {until:%Y-%m-%d}: is not in the future; name the first day on which it is to be read again")
    last = until.date() if until else None
    how_long = f"off until {day(last)}. To read it before" if last else "off. To read it again"
    _edit(context, lambda text: turn_off(text, name, until=last), f'{name} is {how_long}: watcher feeds on "{name}"')


@feeds.command(short_help="Read a source again.")
@paths_options
@click.argument("name")
@click.pass_context
def on(context: click.Context, name: str) -> None:
    """Turn the source NAME (title or address) on again.

    \b
    Example:
      watcher feeds on "Khmer Times"
    """
    from watcher.config import turn_on

    _edit(context, lambda text: turn_on(text, name), f"{name} is on.")


@feeds.command("import", short_help="Add the feeds of an OPML list.")
@paths_options
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True))
@click.option("--allow-private", is_flag=True, help="They stand on the own network or this machine.")
@click.pass_context
def import_(context: click.Context, file: Path, allow_private: bool) -> None:
    """Add the feeds of an OPML FILE (- for standard input) to the rules file; a missing rules file is made.

    \b
    Example:
      watcher feeds import subscriptions.opml
    """
    from watcher.cli.files import read_input, read_text, write_text
    from watcher.cli.show import counted, note, safe, say
    from watcher.config import add_feeds, import_opml

    path = paths_of(context).rules
    text = read_text(path, missing="")
    feeds = import_opml(read_input(file), allow_private=allow_private)
    result = _changed(path, lambda: add_feeds(text, feeds))
    if result.added:
        write_text(path, result.text)
    for url, reason in result.skipped:
        note(f"Skipped {safe(url)}: {reason}")
    say(f"{counted(len(result.added), 'feed')} added to {path}, {len(result.skipped)} skipped")
    if result.added:
        _say_made(path, text)
        note("Next: watcher check --feeds")


@feeds.command(short_help="Print the sources as OPML.")
@paths_options
@click.pass_context
def export(context: click.Context) -> None:
    """Print every enabled source as an OPML list, for a feed reader.

    \b
    Example:
      watcher feeds export > sources.opml
    """
    from watcher.cli.opening import open_rules
    from watcher.config import export_opml

    config = open_rules(context).watch.config
    click.echo(export_opml([feed for feed in config.feeds if feed.enabled != "no"]))


feeds.add_command(feeds_health)
feeds.add_command(repair)


def _edit(context: click.Context, change: Callable[[str], str], done: str) -> None:
    from watcher.cli.files import read_text, write_text
    from watcher.cli.show import say

    path = paths_of(context).rules
    text = read_text(path)
    write_text(path, _changed(path, lambda: change(text)))
    say(done)


def _changed(path: Path, change: Callable[[], T]) -> T:
    """What `change` gives; a mistake in the text is said with the name of its file."""
    from watcher.errors import ConfigError

    try:
        return change()
    except ExceptionGroup as errors:
        named = [ConfigError(one.problem, file=path.name, line=one.line) for one in errors.exceptions if isinstance(one, ConfigError)]
        raise ExceptionGroup(path.name, named) from None


def _check_address(url: str, language: str | None) -> None:
    """Say at once what can never be right, before anything is asked over the network."""
    from watcher.config.values import check_feed_url, check_language
    from watcher.errors import UsageError

    try:
        check_feed_url(url)
        if language:
            check_language(language)
    except ValueError as error:
        raise UsageError(f"{url}: {error}") from error


def _say_made(path: Path, before: str) -> None:
    from watcher.cli.show import note

    if not before:
        note(f"{path} is new: it has two rules and writes digests into a folder. Look at it, then: watcher check")


def _say_sum(states: list[str]) -> None:
    """The line below the list: how many of each, and what to do."""
    from collections import Counter

    from watcher.cli.show import counted, say

    if not states:
        say("No sources yet. Add one: watcher feeds add https://www.example.org/")
        return
    say(f"\n{counted(len(states), 'source')}: {', '.join(f'{count} {state}' for state, count in Counter(states).most_common())}.")
    if set(states) <= {"not tried yet", "off"}:
        say("To try them all now: watcher check --feeds")


async def _find(url: str, allow_private: bool) -> tuple[str, str]:
    """The feed at an address, or the one its page names. Raises UsageError when there is none, with what to do."""
    from watcher.cli.show import note, safe
    from watcher.collect import discover
    from watcher.config import Settings
    from watcher.errors import UsageError, WatcherError
    from watcher.net import Client
    from watcher.pipeline.tools import user_agent

    async with Client(user_agent(Settings(time_zone="UTC"))) as client:
        try:
            found = await discover(url, client, allow_private=allow_private)
        except WatcherError as error:
            private = " If it stands on your own network, add --allow-private." if getattr(error, "kind", "") == "refused_address" else ""
            raise UsageError(f"{error}.{private} To add it all the same: watcher feeds add --no-fetch {url}") from error
    if not found:
        raise UsageError(f"{url}: no feed there, and its page names none; look on the site for RSS or Atom, and add that address")
    for other in found[1:]:
        note(f"Also there: {safe(other.title)} {other.url}")
    return found[0].url, found[0].title


def _word(feed: FeedConfig, health: FeedHealth | None, today: date) -> str:
    if not feed.is_read(today):
        return f"off until {feed.off_until.isoformat()}" if feed.enabled != "no" and feed.off_until else "off"
    if health is None or health.first_ok is None:
        return "not answered yet" if health and health.last_attempt else "not tried yet"
    return "failing" if health.failures else "read"


def _note(health: FeedHealth | None) -> str:
    if health is None:
        return ""
    notes = [health.problem or "", health.warning or "", f"moved to {health.moved_to}" if health.moved_to else ""]
    return "; ".join(note for note in (*notes, f"by its fallback {health.in_use}" if health.in_use else "") if note)


def _as_json(feed: FeedConfig, health: FeedHealth | None) -> dict[str, object]:
    return {
        "title": feed.title,
        "url": feed.url,
        "language": feed.language,
        "kind": feed.kind.value,
        "enabled": feed.enabled,
        "off_until": feed.off_until,
        "origin": feed.origin,
        "key": feed.key,
        "evidence": feed.evidence,
        "fallbacks": list(feed.fallbacks),
        "in_use": health.in_use if health else None,
        "last_read": health.last_ok if health else None,
        "last_new": health.last_new if health else None,
        "entries": health.entries if health else 0,
        "failures": health.failures if health else 0,
        "failing_since": health.failing_since if health else None,
        "problem": health.problem if health else None,
        "warning": health.warning if health else None,
        "moved_to": health.moved_to if health else None,
    }
