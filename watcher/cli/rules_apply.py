"""`watcher rules apply`: judge stored texts again with the rules as they are now, and say what that found and lost."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from watcher.cli.options import json_option, paths_of, paths_options

if TYPE_CHECKING:
    from watcher.pipeline.rejudge import Work
    from watcher.pipeline.rules_file import RulesFile
    from watcher.store.rejudging import RuleChange

SHOWN_EVERY = 0.5  # seconds between two states of the progress line
LOOK_AGAIN = 1.0  # seconds, while another process does the work


@click.command("apply", short_help="Judge stored texts again with the rules as they are now.")
@paths_options
@click.option("--tell", is_flag=True, help="Tell what the newest rule change found, where it is fresh.")
@json_option
@click.pass_context
def apply(context: click.Context, tell: bool, as_json: bool) -> None:
    """Take the rules file into force and judge stored texts again with it, as `watcher run` does by itself after an edit.

    What becomes a story is listed and not told; with --tell every audience decides on it as if a live article had just
    brought it, so that old events stay untold. An article that no longer matches stays in its story and is marked.
    Safe to stop, to repeat, and beside `watcher run`.

    \b
    Examples:
      watcher rules apply
      watcher rules apply --tell
    """
    import asyncio
    import os
    import platform

    from watcher.cli.opening import existing, open_rules, zone_of
    from watcher.cli.rule_change_page import rule_change_lines
    from watcher.cli.show import counted, note, say, show_json
    from watcher.pipeline import rejudge
    from watcher.pipeline.rejudged import tell_found
    from watcher.pipeline.tools import utc_now
    from watcher.store.writer import Writer

    rules = open_rules(context)
    writer = Writer(existing(paths_of(context).database), create=False)
    try:
        writer.now(rejudge.come_into_force, rules.watch, utc_now())
        holder = f"{platform.node()}:{os.getpid()}"
        work = rejudge.Work(writer, lambda: rules.watch, utc_now, holder, progress=_progress(), niceness=0)
        asyncio.run(_to_the_end(work))
        told = writer.now(tell_found, rules.watch, utc_now()) if tell else ()
        found = writer.now(rejudge.judging_again, rules.watch, utc_now())
    finally:
        writer.close()
    if as_json:
        show_json(found.as_json() if found else {"state": "nothing"})
    else:
        for line in (
            rule_change_lines(found, zone_of(rules), utc_now()) if found else ["Nothing to judge again: the rules are those of before."]
        ):
            say(line)
    if tell:
        note(f"{counted(len(told), 'story is', 'stories are')} put before every digest and alert; old events stay untold.")
    if found and found.change.failed:
        context.exit(1)


def say_what_waits(context: click.Context, rules: RulesFile) -> None:
    """One line on stderr where stored texts are still to be judged by the rules in force: for `poll` and `backfill`."""
    from watcher.cli.opening import open_archive
    from watcher.cli.show import note
    from watcher.pipeline.rejudge import judging_again
    from watcher.pipeline.tools import utc_now

    found = judging_again(open_archive(context), rules.watch, utc_now())
    if found and found.under_way:
        note("New texts were judged by the rules as they are now; stored ones are still to be judged by them: watcher rules apply")


async def _to_the_end(work: Work) -> None:
    """Judge until nothing is left; where another process is at it, wait for it."""
    import asyncio

    from watcher.pipeline.rejudge import judge_again

    while (reached := await judge_again(work)) is not None and reached.open:
        work.progress(reached)
        await asyncio.sleep(LOOK_AGAIN)


def _progress() -> Callable[[RuleChange], None]:
    """A line that is written over itself, on a terminal only."""
    import sys

    shown = 0.0

    def show(change: RuleChange) -> None:
        nonlocal shown
        if not sys.stderr.isatty() or (time.monotonic() - shown < SHOWN_EVERY and change.following > change.stop):
            return
        shown = time.monotonic()
        left = change.seconds_left
        how_long = f", about {left:.0f} s left" if left else ""
        end = "\n" if change.following <= change.stop else ""
        click.echo(f"\r{change.judged:,} of {change.texts:,} texts judged again{how_long}    {end}", err=True, nl=False)

    return show
