"""`watcher backfill feeds` and `watcher backfill gaps`: older pages of feeds, for the archive and for what an outage held."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from watcher.cli.options import json_option, paths_options
from watcher.cli.since import Since, moment, since_option

if TYPE_CHECKING:
    from watcher.pipeline.backfill_feeds import Backfilled
    from watcher.pipeline.gaps import GapsReport
    from watcher.pipeline.rules_file import RulesFile
    from watcher.store.gaps import Gap

PAGES = 5  # of one feed, where a person says no number: enough for a week of most


@click.command("feeds", short_help="Fill the archive from feeds' older pages; tells nobody.")
@paths_options
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--pages", type=click.IntRange(1, 500), default=PAGES, show_default=True, help="Older pages of each feed at most.")
@click.option("--since", type=Since(), metavar="7d|DATE", help="Stop at what is older. Searches are asked for these days.")
@json_option
@click.pass_context
def of_feeds(context: click.Context, names: tuple[str, ...], pages: int, since: datetime | timedelta | None, as_json: bool) -> None:
    """Ask feeds (all, or those of these titles or addresses) for their older pages and put these into the archive. Nobody is told.

    Older pages are those a feed links to (RFC 5005), and WordPress's. Most feeds have none; that is said and no failure.
    Exit 1 when no feed could be read, or one that was named. Safe to repeat, to stop, and beside `watcher run`.

    \b
    Examples:
      watcher backfill feeds
      watcher backfill feeds "Khmer Times" --pages 10
      watcher backfill feeds --since 2023-11-01
    """
    import asyncio

    from watcher.cli.opening import open_rules, opened_tools, zone_of
    from watcher.cli.poll import check_names
    from watcher.cli.rules_apply import say_what_waits
    from watcher.cli.show import show_json
    from watcher.pipeline.backfill_feeds import backfill_feeds
    from watcher.pipeline.tools import utc_now

    rules = open_rules(context)
    check_names(rules, names)
    back_to = None if since is None else moment(since, utc_now(), zone_of(rules))

    async def turn() -> list[Backfilled]:
        async with opened_tools(context, rules) as tools:
            return await backfill_feeds(tools, names=names, pages=pages, since=back_to, on_page=_progress())

    done = asyncio.run(turn())
    if as_json:
        show_json([_feed_json(one) for one in done])
    else:
        _show_feeds(done)
    say_what_waits(context, rules)
    failed = [one for one in done if one.problem]
    if failed and (names or len(failed) == len(done)):
        context.exit(1)


@click.command("gaps", short_help="Try now to refill what outages and gaps held.")
@paths_options
@since_option("30d", "Gaps that were given up: those found since. Open ones are always tried.")
@click.option("--pages", type=click.IntRange(1, 500), default=20, show_default=True, help="Older pages of each feed at most.")
@json_option
@click.pass_context
def of_gaps(context: click.Context, since: datetime | timedelta, pages: int, as_json: bool) -> None:
    """Ask now for what feeds showed while they were not read, by their older pages, else by their search.

    A service does this by itself. What a gap held is told once, as found late, by the next digest. A gap counts as
    refilled where its far end was seen. Exit 1 when one is not. Safe to repeat, to stop, and beside `watcher run`.

    \b
    Examples:
      watcher backfill gaps
      watcher backfill gaps --pages 100
      watcher backfill gaps --since 2023-11-01 --json
    """
    import asyncio

    from watcher.cli.opening import open_rules, opened_tools, zone_of
    from watcher.cli.rules_apply import say_what_waits
    from watcher.cli.show import show_json
    from watcher.pipeline.gaps import refill_gaps
    from watcher.pipeline.tools import utc_now
    from watcher.store import gaps

    rules = open_rules(context)
    back_to = moment(since, utc_now(), zone_of(rules))

    async def turn() -> GapsReport:
        async with opened_tools(context, rules) as tools:
            wanted = await tools.writer.run(gaps.not_refilled, back_to)
            return await refill_gaps(tools, wanted=wanted, pages=pages, on_page=_progress())

    report = asyncio.run(turn())
    tried = sorted((*report.refilled, *report.unfilled, *report.later), key=lambda gap: (gap.since, gap.id))
    if as_json:
        show_json([_gap_json(gap) for gap in tried])
    else:
        _show_gaps(report, tried, rules)
    say_what_waits(context, rules)
    if len(report.refilled) < len(tried):
        context.exit(1)


def _show_feeds(done: list[Backfilled]) -> None:
    from watcher.cli.show import counted, note, safe, say, table

    new, matches = sum(one.taken.new_entries for one in done), sum(one.taken.matches for one in done)
    say(
        f"{counted(len(done), 'feed')}: {counted(sum(one.pages for one in done), 'older page')}, {counted(new, 'new entry', 'new entries')}, "
        f"{counted(matches, 'match', 'matches')}, {counted(sum(one.new_stories for one in done), 'new story', 'new stories')}"
    )
    rows = [
        (safe(one.feed.title, 34), counted(one.pages, "page"), f"{one.taken.new_entries} new", safe(one.problem or one.end, 90))
        for one in done
    ]
    for line in table(rows, indent="  "):
        say(line)
    note("No one was told. `watcher stories` lists what is there.")


def _show_gaps(report: GapsReport, tried: list[Gap], rules: RulesFile) -> None:
    from watcher.cli.opening import zone_of
    from watcher.cli.show import counted, note, safe, say, table, when
    from watcher.pipeline.tools import utc_now

    if not tried:
        say("No gap is open, and none was given up in that time: nothing to refill.")
        return
    now, zone = utc_now(), zone_of(rules)
    say(
        f"{counted(len(tried), 'gap')}: {len(report.refilled)} refilled, {len(report.unfilled)} not, {len(report.later)} to be tried again · "
        f"{counted(report.taken.matches, 'match', 'matches')}"
    )
    rows = [
        (
            gap.state, safe(gap.title, 34), f"{when(gap.since, zone, now)} to {when(gap.until, zone, now)}", f"{gap.found} found",
            safe(gap.problem or "", 100),
        )
        for gap in tried
    ]  # fmt: skip
    for line in table(rows, indent="  "):
        say(line)
    if report.taken.matches:
        note("The next digest tells under FOUND LATE what of it is worth telling.")


def _feed_json(one: Backfilled) -> dict[str, Any]:
    return {
        "feed": one.feed.title,
        "url": one.feed.url,
        "pages": one.pages,
        "new": one.taken.new_entries,
        "matches": one.taken.matches,
        "stories": one.new_stories,
        "end": one.end,
        "problem": one.problem,
    }


def _gap_json(gap: Gap) -> dict[str, Any]:
    return {
        "feed": gap.title,
        "since": gap.since,
        "until": gap.until,
        "why": gap.why,
        "state": gap.state,
        "asked": gap.way,
        "pages": gap.pages,
        "found": gap.found,
        "problem": gap.problem,
        "next_try": gap.due_at,
    }


def _progress() -> Callable[[str, int], None]:
    """A line that is written over itself, on a terminal only."""
    import sys

    from watcher.cli.show import pad, safe

    def show(title: str, pages: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r{pad(safe(f'{title}: older page {pages}', 70), 70)}\r", err=True, nl=False)

    return show
