"""`watcher status`: is it well, what is next, what is to do. Also the healthcheck of a container."""

from __future__ import annotations

import click

from watcher.cli.options import json_option, paths_options


@click.command(short_help="Is it well, what is next, what is to do. Exit 1 when stuck.")
@paths_options
@json_option
@click.pass_context
def status(context: click.Context, as_json: bool) -> None:
    """Say whether the service is well: last poll, sources, messages waiting, what is next and what to do.

    Exits 1 when a loop, the store or the sender is stuck, so that it serves as a healthcheck.

    \b
    Example:
      watcher status
    """
    from watcher.cli.opening import open_archive, open_rules_or_last_good
    from watcher.cli.options import paths_of
    from watcher.cli.show import say, show_json
    from watcher.cli.status_page import status_lines
    from watcher.pipeline.state import state
    from watcher.pipeline.tools import utc_now

    database = open_archive(context)
    now = utc_now()
    found = state(database, open_rules_or_last_good(paths_of(context)), now)
    if as_json:
        show_json(found.as_json())
    else:
        for line in status_lines(found, now):
            say(line)
    if found.stuck:
        context.exit(1)
