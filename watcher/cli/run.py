"""`watcher run`: poll, tell and deliver until stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from watcher.cli.options import paths_of, paths_options

if TYPE_CHECKING:
    from watcher.pipeline.rules_file import RulesFile


@click.command(short_help="Poll, tell and deliver until stopped.")
@paths_options
@click.option("--init", "anew", is_flag=True, help="Begin with an empty database although backups of one are here.")
@click.option("--log-format", type=click.Choice(["text", "json"]), default="text", envvar="WATCHER_LOG_FORMAT", help="Log lines to stderr.")
@click.option("--log-level", type=click.Choice(["DEBUG", "INFO", "WARNING", "ERROR"]), default="INFO", envvar="WATCHER_LOG_LEVEL")
@click.option(
    "--speed", type=click.FloatRange(0.1, 100), default=1.0, hidden=True, help="Divides the seconds between looks at what is due."
)
@click.pass_context
def run(context: click.Context, log_format: str, log_level: str, speed: float, anew: bool) -> None:
    """Run the service: it polls feeds, makes digests and alerts, and delivers them, until SIGTERM or Ctrl-C.

    One a database: a second `run` is refused. The first start makes the database; where it is gone and its backups are
    here, the start is refused and the newest backup is named. An edited rules file is read again between polls; a wrong
    one leaves the last good rules in force and says so.

    \b
    Example:
      watcher --rules /etc/watcher/rules.toml --db /var/lib/watcher/watcher.db run
    """
    import asyncio
    import logging

    from watcher.cli.opening import open_rules_or_last_good
    from watcher.cli.show import note, start_logging
    from watcher.config.hidden import hidden_values
    from watcher.pipeline.guard import refuse_unset_clock
    from watcher.pipeline.tools import utc_now
    from watcher.service import only_one, serve

    paths = paths_of(context)
    in_force: list[RulesFile] = []
    start_logging(log_level, log_format, hidden=lambda: hidden_values(in_force[0].watch.config) if in_force else ())
    refuse_unset_clock(utc_now())
    rules = open_rules_or_last_good(paths)  # before anything is made: a first start with wrong rules leaves no trace
    in_force.append(rules)
    say = note if log_format == "text" else logging.getLogger("watcher.run").info  # every line of JSON is JSON
    paths.database.parent.mkdir(parents=True, exist_ok=True)
    lock = only_one(paths.database)
    try:
        _look_at_database(context, rules, anew=anew)
        for warning in rules.watch.config.warnings:
            say(warning)
        if rules.problem:
            say(f"The last good rules stay in force, because the file is wrong:\n{rules.problem}")
        asyncio.run(serve(rules, paths.database, speed=speed, ready=lambda: say("watcher runs. Stop it with Ctrl-C or SIGTERM.")))
        say("watcher stopped.")
    finally:
        lock.release()


def _look_at_database(context: click.Context, rules: RulesFile, *, anew: bool) -> None:
    """Make it on a first start only; refuse a damaged one, and to begin anew where backups of one are. Raises StoreError."""
    from watcher.cli.opening import open_archive
    from watcher.pipeline.backups import refuse_to_begin_anew
    from watcher.store import check_whole, open_store

    database = paths_of(context).database
    if database.exists() and database.stat().st_size:
        check_whole(database)
        open_archive(context).conn.close()  # says so where everything is held
        return
    if not anew:
        refuse_to_begin_anew(rules.watch.config.backup, database)
    open_store(database, anew=anew).conn.close()
