"""`watcher stories`: what the archive holds, one story per group of people; `show` is the file of one."""

from __future__ import annotations

import click

from watcher.cli.options import json_option, paths_options
from watcher.cli.stories_add import add


@click.group(invoke_without_command=True, short_help="Stories of the archive, newest first.")
@paths_options
@click.option("--state", type=click.Choice(["open", "dismissed", "merged"]), default="open", help="Which stories (open).")
@json_option
@click.pass_context
def stories(context: click.Context, state: str, as_json: bool) -> None:
    """List stories, newest first.

    \b
    Examples:
      watcher stories
      watcher stories --json
      watcher stories show 12
      watcher stories add https://www.example.org/news/1 --by Dara
    """
    if context.invoked_subcommand:
        return
    from watcher.cli.opening import open_archive
    from watcher.cli.show import counted, day, note, safe, say, show_json, table
    from watcher.store import stories as archive
    from watcher.story import ledger

    found = archive.listing(open_archive(context), archive.StoryFilter(state=state))
    if as_json:
        show_json([ledger.story_json(story) for story in found])
        return
    rows = [
        (
            f"#{story.id}",
            day(story.facts.date),
            safe(story.facts.headline, 60),
            counted(len(story.reports), "article"),
            safe(", ".join(story.facts.sources), 50),
        )
        for story in found
        if story.facts
    ]
    for line in table(rows) or [_nothing(state)]:
        say(line)
    if rows:
        note('All of one story: watcher stories show ID. Why its articles stand together: watcher explain "#ID"')


def _nothing(state: str) -> str:
    return "No stories yet. `watcher poll` or `watcher backfill FILE` brings some." if state == "open" else f"No story is {state}."


@stories.command(short_help="The file of one story.")
@paths_options
@click.argument("story", metavar="#ID")
@json_option
@click.pass_context
def show(context: click.Context, story: str, as_json: bool) -> None:
    """Show one story: its facts, every article with the reason why it is here, what happened, and who was told what.

    An article that the rules of today no longer match stays and is marked.

    \b
    Example:
      watcher stories show 12
    """
    from watcher.cli.opening import open_archive
    from watcher.cli.show import say, show_json
    from watcher.cli.story_page import story_lines
    from watcher.errors import UsageError
    from watcher.pipeline.tools import utc_now
    from watcher.store import rejudging, telling
    from watcher.store import stories as archive
    from watcher.story import ledger

    database = open_archive(context)
    identity = story.removeprefix("#")
    found = archive.load(database, int(identity)) if identity.isdecimal() else None
    if found is None or found.id is None:
        raise UsageError(f"there is no story {story}; `watcher stories` lists them")
    told = telling.history(database, found.id)
    lost = rejudging.no_longer_matched(database, found.id)
    if as_json:
        marks = [
            {"url": report.url, "canonical_url": report.canonical_url, "since": lost[report.article]}
            for report in found.reports
            if report.article in lost
        ]
        show_json({**ledger.story_json(found), "told": told, "no_longer_matched": marks})
        return
    for line in story_lines(found, telling.changes_of(database, found.id), told, lost=lost, now=utc_now()):
        say(line)


stories.add_command(add)
