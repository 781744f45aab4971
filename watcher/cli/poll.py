"""`watcher poll`: poll what is due once, store it, and say what came of it. Tells nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from watcher.cli.options import json_option, paths_options

if TYPE_CHECKING:
    from watcher.pipeline.leads import LeadsReport
    from watcher.pipeline.poll import PollReport
    from watcher.pipeline.rules_file import RulesFile


MOST_FAILED = 20  # failed feeds that are listed; the rest is counted


@click.command(short_help="Poll feeds once and store what they bring.")
@paths_options
@click.argument("feeds", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every feed now, whatever its schedule.")
@click.option("--strict", is_flag=True, help="Exit 1 when any feed could not be read.")
@click.option("--leads/--no-leads", default=True, help="Read the articles of leads too (default).")
@json_option
@click.pass_context
def poll(context: click.Context, feeds: tuple[str, ...], everything: bool, strict: bool, leads: bool, as_json: bool) -> None:
    """Poll FEEDS (titles or addresses; those that are due where none is named) and store what they bring.

    Safe beside `watcher run`: each item is stored once. Nothing is sent.

    \b
    Examples:
      watcher poll
      watcher poll --all
      watcher poll "Khmer Times"
    """
    import asyncio

    from watcher.cli.opening import open_rules
    from watcher.cli.rules_apply import say_what_waits

    rules = open_rules(context)
    check_names(rules, feeds)
    report, followed = asyncio.run(_poll(context, rules, feeds, everything, leads))
    if as_json:
        _show_json(report, followed)
    else:
        _show(report, followed, rules)
    say_what_waits(context, rules)
    nothing_read = report.polled > 0 and len(report.failed) == report.polled
    if nothing_read or (strict and report.failed):
        context.exit(1)


def check_names(rules: RulesFile, names: tuple[str, ...]) -> None:
    """Refuse a name that no feed has, and one that is off, before anything is asked. Raises UsageError."""
    from watcher.cli.opening import nothing_called, zone_of
    from watcher.errors import UsageError
    from watcher.pipeline.tools import utc_now

    configured = rules.watch.config.feeds
    for name in names:
        called = [feed for feed in configured if name.casefold() in (feed.title.casefold(), feed.url.casefold())]
        if not called:
            raise nothing_called("feed", name, [feed.title for feed in configured], "list them with: watcher feeds")
        today = utc_now().astimezone(zone_of(rules)).date()
        if not any(feed.is_read(today) for feed in called):
            raise UsageError(f'{name} is off; to read it again: watcher feeds on "{name}"')


async def _poll(
    context: click.Context, rules: RulesFile, names: tuple[str, ...], everything: bool, leads: bool
) -> tuple[PollReport, LeadsReport | None]:
    from watcher.cli.opening import opened_tools
    from watcher.pipeline.leads import follow_leads
    from watcher.pipeline.poll import poll as poll_feeds

    async with opened_tools(context, rules) as tools:
        report = await poll_feeds(tools, everything=everything, names=names)
        return report, await follow_leads(tools) if leads else None


def _show(report: PollReport, followed: LeadsReport | None, rules: RulesFile) -> None:
    from watcher.cli.opening import zone_of
    from watcher.cli.show import counted, safe, say, table, when
    from watcher.cli.story_page import where_and_when
    from watcher.model import ChangeKind
    from watcher.pipeline.tools import utc_now

    now, zone = utc_now(), zone_of(rules)
    changes = [*report.changes, *(followed.changes if followed else ())]
    new = sum(change.kind is ChangeKind.NEW for change in changes)
    updates = len({change.story for change in changes if change.kind is not ChangeKind.NEW})
    matches = report.taken.matches + (followed.matched if followed else 0)
    if not report.polled and not changes:
        say("No feed is due now. To poll every feed all the same: watcher poll --all")
        return
    say(
        f"{counted(report.polled, 'feed')}: {report.changed} changed, {report.unchanged} unchanged, {len(report.failed)} failed"
        f" · {counted(report.taken.new_entries, 'new entry', 'new entries')} · {counted(report.taken.leads, 'lead')}"
        f" · {counted(matches, 'match', 'matches')}"
        f" · {counted(new, 'new story', 'new stories')}, {counted(updates, 'update')} ({report.seconds:.1f} s)"
    )
    told = [
        (
            "new" if change.kind is ChangeKind.NEW else "update",
            f"#{change.story}",
            safe(", ".join(one for one in (change.after.headline, where_and_when(change.after)) if one), 70),
            safe(", ".join(change.after.sources), 40),
        )
        for change in changes
    ]
    failed = [
        ("failed", safe(feed.title, 30), f"{safe(fetched.problem or '', 70)}; next try {when(fetched.next_poll, zone, now)}")
        for feed, fetched in report.failed[:MOST_FAILED]
    ]
    for line in [*table(told, indent="  "), *table(failed, indent="  ")]:
        say(line)
    if len(report.failed) > MOST_FAILED:
        say(f"  and {len(report.failed) - MOST_FAILED} more; `watcher feeds` lists them")


def _show_json(report: PollReport, followed: LeadsReport | None) -> None:
    from watcher.cli.show import show_json

    changes = [*report.changes, *(followed.changes if followed else ())]
    show_json(
        {
            "feeds": report.polled,
            "changed": report.changed,
            "unchanged": report.unchanged,
            "failed": [{"feed": feed.title, "url": feed.url, "problem": fetched.problem} for feed, fetched in report.failed],
            "new_entries": report.taken.new_entries,
            "leads": report.taken.leads,
            "matches": report.taken.matches + (followed.matched if followed else 0),
            "changes": [{"story": change.story, "kind": change.kind.value, "headline": change.after.headline} for change in changes],
            "seconds": round(report.seconds, 3),
        }
    )
