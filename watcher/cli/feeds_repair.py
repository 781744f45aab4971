"""`watcher feeds repair`: find where a source can be read now, show what it holds, ask, and change its address."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

from watcher.cli.options import paths_of, paths_options

if TYPE_CHECKING:
    from watcher.pipeline.repair import Candidate, Search
    from watcher.pipeline.rules_file import RulesFile

ITEMS_SHOWN = 5  # of a found address: enough to see whether it is the same source


@click.command(short_help="Find the new address of a source that is not read.")
@paths_options
@click.argument("names", nargs=-1)
@click.option("--yes", is_flag=True, help="Take an address that is surely the same source without asking.")
@click.pass_context
def repair(context: click.Context, names: tuple[str, ...], yes: bool) -> None:
    """Try sources again that are not read (all of them, or those of these NAMES): their own address, where they moved to, what
    their site names as its feed, their fallbacks.

    What an address holds is shown before you are asked. A source keeps its entries and stories at its new address.

    \b
    Examples:
      watcher feeds repair
      watcher feeds repair "Koh Santepheap"
    """
    import asyncio

    from watcher.cli.opening import open_rules
    from watcher.cli.poll import check_names
    from watcher.cli.show import say

    rules = open_rules(context)
    check_names(rules, names)
    searches = asyncio.run(_search(context, rules, names))
    if not searches:
        say("Every source that is on was read by its newest poll. Nothing to repair.")
        return
    mended = [_offer(context, search, yes=yes) for search in searches]
    if not all(mended):
        context.exit(1)


async def _search(context: click.Context, rules: RulesFile, names: tuple[str, ...]) -> list[Search]:
    from watcher.cli.opening import opened_tools
    from watcher.cli.show import counted, note
    from watcher.pipeline.repair import ask_soon, look_for, wanted

    async with opened_tools(context, rules) as tools:
        sources = await tools.writer.run(wanted, names)
        if len(sources) > 1:
            note(f"{counted(len(sources), 'source is', 'sources are')} tried; this takes up to a minute each.")
        found = []
        for feed, moved_to in sources:
            found.append(search := await look_for(tools, feed, moved_to))
            if search.reads_again:
                await tools.writer.run(ask_soon, feed)
        return found


def _offer(context: click.Context, search: Search, *, yes: bool) -> bool:
    """Show what was found for one source and change its address where that is wanted; gives whether it can be read now."""
    from watcher.cli.show import counted, safe, say

    title = search.feed.title
    if search.reads_again:
        say(f"{safe(title)}: its own address answers again, with {counted(len(search.found[0].items), 'item')}. It is polled next.")
        return True
    for candidate in search.found:
        _show(title, candidate)
        if _is_wanted(candidate, yes=yes):
            _use(context, title, candidate.url)
            return True
    if not search.found:
        say(f"{safe(title)}: no address was found that answers as a feed.")
    for url, problem in search.tried:
        say(f"  {safe(url, 90)}: {safe(problem, 90)}")
    if not search.found:
        say(
            f"  Look on its site for RSS, then: watcher feeds add ADDRESS. To stop reading it: watcher feeds off {shlex.quote(safe(title))}"
        )
    return False


def _show(title: str, candidate: Candidate) -> None:
    from watcher.cli.show import counted, day, safe, say

    say(
        f"{safe(title)}: {safe(candidate.url, 120)} answers ({candidate.how}): {counted(len(candidate.items), 'item')}, {_share(candidate)}."
    )
    for item in candidate.items[:ITEMS_SHOWN]:
        say(f"  {day(item.published.date()) if item.published else 'no date':<12} {safe(item.title, 90)}")


def _share(candidate: Candidate) -> str:
    if candidate.known == len(candidate.items):
        return "all of them known from this or another source"
    return f"{candidate.known} of them known already" if candidate.known else "none of them known: look whether it is the same outlet"


def _is_wanted(candidate: Candidate, *, yes: bool) -> bool:
    from watcher.cli.show import note
    from watcher.pipeline.repair import FALLBACK

    if candidate.how == FALLBACK:
        note("  The fallback is asked by itself while the address fails; taking it for good needs your yes.")
    if yes:
        if not candidate.is_the_same:
            note("  Not taken by --yes: it may be another source. Call without --yes to decide.")
        return candidate.is_the_same
    try:
        return click.confirm("  Read it there from now on?", default=False, err=True)
    except click.Abort:  # no terminal, or Ctrl-D
        note("  Nothing was changed. To take what is surely the same source: watcher feeds repair --yes")
        return False


def _use(context: click.Context, title: str, url: str) -> None:
    from watcher.cli.files import read_text, write_text
    from watcher.cli.show import safe, say
    from watcher.config import move_feed

    path = paths_of(context).rules
    write_text(path, move_feed(read_text(path), title, url))
    say(f"  {path} now says: {safe(title)} is at {safe(url, 120)}. A running service reads it there within a minute.")
