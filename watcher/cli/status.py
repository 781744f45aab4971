"""`watcher status`: is it well, what is next, what is to do. Also the healthcheck of a container."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from watcher.cli.options import json_option, paths_of, paths_options

if TYPE_CHECKING:
    from datetime import datetime

    from watcher.cli.options import Paths
    from watcher.pipeline.state import State

PATIENCE = 5.0  # seconds for a lock; a healthcheck is given up after 30


@click.command(short_help="Is it well, what is next, what is to do. Exit 1 when stuck.")
@paths_options
@json_option
@click.option("--metrics", is_flag=True, help="The same as numbers, for the textfile collector of node_exporter.")
@click.pass_context
def status(context: click.Context, as_json: bool, metrics: bool) -> None:
    """Say whether the service is well: what is held, last poll, sources, messages, self-test, backup, what is next and what to do.

    Exits 1 when a loop, the store or the sender is stuck, so that it serves as a healthcheck. --metrics needs the extra
    "metrics" (pip install 'watcher[metrics]'); a line of cron like the second example brings them to Prometheus.

    \b
    Examples:
      watcher status
      */5 * * * * cd /var/lib/node_exporter && watcher status --metrics > w.tmp; mv w.tmp watcher.prom
    """
    from watcher.cli.show import say, show_json
    from watcher.cli.status_page import status_lines
    from watcher.pipeline.tools import utc_now

    now = utc_now()
    if metrics:
        from watcher.cli.status_metrics import exposition, require_library

        require_library()
    found, problem = _read(paths_of(context), now)
    if metrics:
        click.echo(exposition(found), nl=False)
    elif found is None:
        if as_json:
            show_json({"well": False, "stuck": [problem]})
        else:
            say(f"Not well: {problem}.")
    elif as_json:
        show_json(found.as_json())
    else:
        for line in status_lines(found, now):
            say(line)
    if found is None or found.stuck:
        context.exit(1)


def _read(paths: Paths, now: datetime) -> tuple[State | None, str]:
    """The state, or why it cannot be read now. What is no passing matter (no database, another program's) is raised."""
    from watcher.cli.opening import existing
    from watcher.errors import StoreError
    from watcher.pipeline import housekeeping
    from watcher.pipeline.rules_file import RulesFile
    from watcher.pipeline.state import state
    from watcher.store import DatabaseError, open_reader, operations

    try:
        database = open_reader(existing(paths.database, say=False), patience=PATIENCE)
        try:
            rules = RulesFile.load(paths.rules, last_good=operations.recall(database, housekeeping.GOOD_RULES))
            return state(database, rules, now), ""
        finally:
            database.conn.close()
    except (StoreError, DatabaseError) as error:
        if not _is_locked(error):
            raise
    return None, f"store: the database is locked by another program for over {PATIENCE:g} s; look for a backup or a tool that has it open"


def _is_locked(error: BaseException) -> bool:
    from watcher.store import DatabaseError

    cause = error if isinstance(error, DatabaseError) else error.__cause__
    return isinstance(cause, DatabaseError) and "locked" in str(cause)
