"""`watcher digest`: what the next digest would say, or a past one; with --send it is queued now."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from watcher.cli.options import paths_options

if TYPE_CHECKING:
    from watcher.config import DigestConfig


@click.command(short_help="Show the next digest, or a past one; --send queues it.")
@paths_options
@click.argument("name", required=False)
@click.option("--send", is_flag=True, help="Make it now and queue it; `watcher run` or `watcher outbox send` delivers.")
@click.option("--html", "html_file", type=click.Path(path_type=Path, dir_okay=False), help="Write the HTML form to this file.")
@click.option("--number", type=int, help="Show this past digest as it was sent.")
@click.pass_context
def digest(context: click.Context, name: str | None, send: bool, html_file: Path | None, number: int | None) -> None:
    """Show what the digest NAME would say if it were made now (the first one configured, where none is named).

    Nothing is stored or sent without --send.

    \b
    Examples:
      watcher digest
      watcher digest daily --html digest.html
      watcher digest daily --number 12
      watcher digest daily --send
    """
    import asyncio

    from watcher.cli.files import write_text
    from watcher.cli.opening import open_archive, open_rules, opened_tools
    from watcher.cli.show import counted, note, say
    from watcher.errors import UsageError
    from watcher.pipeline.compose import send_now
    from watcher.pipeline.digests import preview
    from watcher.pipeline.tools import utc_now
    from watcher.store import digests

    rules = open_rules(context)
    wanted = _wanted(rules.watch.config.digests, name)
    if number is not None:
        made = [one for one in digests.listing(open_archive(context), f"digest:{wanted.name}", 100_000) if one.number == number]
        if not made:
            raise UsageError(f"digest {wanted.name!r} number {number} was never made; without --number the next one is shown")
        subject, text, html = made[0].subject, made[0].text, made[0].html
    elif send:

        async def queue() -> tuple[str, str, str, int]:
            async with opened_tools(context, rules) as tools:
                return await send_now(tools, wanted)

        subject, text, html, queued = asyncio.run(queue())
        note(f"{counted(queued, 'message')} queued. `watcher run` delivers, or now: watcher outbox send")
    else:
        subject, text, html = preview(open_archive(context), rules, wanted, utc_now())
    if html_file:
        write_text(html_file, html)
        note(f"Written: {html_file}")
    say(f"Subject: {subject}\n\n{text}")


def _wanted(configured: Sequence[DigestConfig], name: str | None) -> DigestConfig:
    for one in configured:
        if name in (None, one.name):
            return one
    from watcher.cli.opening import nothing_called
    from watcher.errors import UsageError

    if not configured:
        raise UsageError("the rules have no [[digests]]; add one, with a name, a time and channels")
    names = [one.name for one in configured]
    raise nothing_called("digest", name or "", names, f"the rules have: {', '.join(names)}")
