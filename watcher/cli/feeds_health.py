"""`watcher feeds health`: the state of every source by what lasted, its rhythm, and how one of them was polled lately."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from watcher.cli.options import json_option, paths_options

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from watcher.store.feeds import FeedHealth, PollRow

POLLS_SHOWN = 20  # of one source


@click.command("health", short_help="The state of each source, worst first.")
@paths_options
@click.argument("name", required=False)
@json_option
@click.pass_context
def feeds_health(context: click.Context, name: str | None, as_json: bool) -> None:
    """List sources by state, worst first: since when, how often it brings news, when it is asked next. With NAME: its last polls too.

    A state is what lasted, not one bad answer: three failures in a row make "failing", a day of them "dead"; "silent" is longer without
    news than the source's own rhythm explains. Exit status 1 where a source is not ok.

    \b
    Examples:
      watcher feeds health
      watcher feeds health "Koh Santepheap"
    """
    from watcher.cli.opening import nothing_called, open_archive, open_rules, zone_of
    from watcher.cli.show import say, show_json
    from watcher.pipeline.tools import utc_now
    from watcher.store import feeds as sources

    rules = open_rules(context)
    database = open_archive(context)
    known = [feed for feed in sources.health(database) if feed.enabled]
    chosen = [feed for feed in known if name is None or name.casefold() in (feed.title.casefold(), feed.url.casefold())]
    if name and not chosen:
        raise nothing_called("source", name, [feed.title for feed in known], "list those that are read with: watcher feeds")
    zone, now = zone_of(rules), utc_now()
    polls = sources.recent_polls(database, chosen[0].id, POLLS_SHOWN) if name else []
    if as_json:
        show_json([_as_json(feed) for feed in chosen] if not name else {**_as_json(chosen[0]), "polls": [_poll_json(one) for one in polls]})
    else:
        lines = _details(chosen[0], polls, zone, now) if name else _listed(chosen, zone, now)
        for line in lines:
            say(line)
    if any(_is_wrong(feed) for feed in chosen):
        context.exit(1)


def _listed(feeds: Sequence[FeedHealth], zone: ZoneInfo, now: datetime) -> list[str]:
    """One line a source, those with a fault first; below, how many of each state and what to do."""
    from collections import Counter

    from watcher.cli.show import counted, safe, table, when
    from watcher.pipeline.faults import mend_of

    if not feeds:
        return ["No source was configured yet. The first `watcher poll` or `watcher run` reads them from the rules file."]
    ordered = sorted(feeds, key=lambda feed: (not _is_wrong(feed), _word(feed), feed.title.casefold()))
    rows = [
        (
            _word(feed),
            safe(feed.title, 34),
            feed.language or "?",
            when(_since(feed), zone, now) if _is_wrong(feed) else "",
            _rhythm(feed),
            when(feed.last_new, zone, now) if feed.last_new else "never",
            safe(_why(feed), 60),
        )
        for feed in ordered
    ]
    counts = Counter(_word(feed) for feed in feeds)
    lines = table(rows, ("state", "source", "language", "since", "rhythm", "last news", ""))
    lines += ["", f"{counted(len(feeds), 'source')}: {', '.join(f'{count} {word}' for word, count in counts.most_common())}."]
    commands = dict.fromkeys(command for feed in ordered if _is_wrong(feed) and (command := mend_of(feed)))
    return [*lines, *(f"To do: {safe(command)}" for command in commands)]


def _details(feed: FeedHealth, polls: Sequence[PollRow], zone: ZoneInfo, now: datetime) -> list[str]:
    """One source with its last polls."""
    from watcher.cli.show import safe, table, when
    from watcher.pipeline.faults import mend_of

    since = f" since {when(_since(feed), zone, now)}" if _is_wrong(feed) and _since(feed) else ""
    lines = [f"{safe(feed.title)}: {_word(feed)}{since}. {safe(_why(feed))}".rstrip(), f"  address    {safe(feed.in_use or feed.url)}"]
    if feed.moved_to:
        lines.append(f"  moved to   {safe(feed.moved_to)}")
    lines.append(f"  rhythm     {_rhythm(feed)}")
    lines.append(f"  last news  {when(feed.last_new, zone, now) if feed.last_new else 'never'}")
    lines.append(f"  next poll  {when(feed.next_poll, zone, now) if feed.next_poll else 'with the next turn'}")
    if _is_wrong(feed) and mend_of(feed):
        lines.append(f"  to do      {safe(mend_of(feed))}")
    rows = [
        (
            when(one.at, zone, now), one.outcome, str(one.status or ""), str(one.items), str(one.new),
            "" if one.overlap is None else "none" if one.overlap == 0 else str(one.overlap), safe(one.problem or "", 60),
        )
        for one in polls
    ]  # fmt: skip
    return [*lines, "", *(table(rows, ("polled", "outcome", "status", "items", "new", "known", "")) or ["It was not polled yet."])]


def _is_wrong(feed: FeedHealth) -> bool:
    from watcher.model import HealthState

    return feed.state is not HealthState.OK or (feed.first_ok is None and feed.failures > 0)


def _word(feed: FeedHealth) -> str:
    """The state as a person reads it."""
    from watcher.model import HealthState

    if feed.first_ok is None and feed.state in (HealthState.OK, HealthState.FAILING, HealthState.DEAD):
        return "never answered" if feed.last_attempt else "not tried yet"
    return feed.state.value.replace("_", " ")


def _since(feed: FeedHealth) -> datetime | None:
    return feed.failing_since or feed.state_since


def _why(feed: FeedHealth) -> str:
    return feed.reason or feed.problem or feed.warning or ""


def _rhythm(feed: FeedHealth) -> str:
    from watcher.cli.show import span

    return f"news every {span(feed.rhythm)}" if feed.rhythm else "not known yet"


def _as_json(feed: FeedHealth) -> dict[str, object]:
    return {
        "title": feed.title,
        "url": feed.url,
        "language": feed.language,
        "kind": feed.kind.value,
        "key": feed.key,
        "state": feed.state.value,
        "state_since": feed.state_since,
        "reason": feed.reason,
        "rhythm_hours": round(feed.rhythm.total_seconds() / 3600, 1) if feed.rhythm else None,
        "last_read": feed.last_ok,
        "last_new": feed.last_new,
        "next_poll": feed.next_poll,
        "failures": feed.failures,
        "failing_since": feed.failing_since,
        "problem": feed.problem,
        "warning": feed.warning,
        "moved_to": feed.moved_to,
        "in_use": feed.in_use,
    }


def _poll_json(one: PollRow) -> dict[str, object]:
    return {name: getattr(one, name) for name in one.__slots__}
