"""`watcher run`: poll, tell and deliver until stopped."""

from __future__ import annotations

import click

from watcher.cli.options import paths_of, paths_options


@click.command(short_help="Poll, tell and deliver until stopped.")
@paths_options
@click.option("--log-format", type=click.Choice(["text", "json"]), default="text", envvar="WATCHER_LOG_FORMAT", help="Log lines to stderr.")
@click.option("--log-level", type=click.Choice(["DEBUG", "INFO", "WARNING", "ERROR"]), default="INFO", envvar="WATCHER_LOG_LEVEL")
@click.option(
    "--speed", type=click.FloatRange(0.1, 100), default=1.0, hidden=True, help="Divides the seconds between looks at what is due."
)
@click.pass_context
def run(context: click.Context, log_format: str, log_level: str, speed: float) -> None:
    """Run the service: it polls feeds, makes digests and alerts, and delivers them, until SIGTERM or Ctrl-C.

    One a database: a second `run` is refused. An edited rules file is read again between polls; a wrong one leaves the
    last good rules in force and says so.

    \b
    Example:
      watcher --rules /etc/watcher/rules.toml --db /var/lib/watcher/watcher.db run
    """
    import asyncio

    from watcher.cli.opening import open_rules_or_last_good
    from watcher.cli.show import note, start_logging
    from watcher.service import only_one, serve

    paths = paths_of(context)
    start_logging(log_level, log_format)
    rules = open_rules_or_last_good(paths)  # before anything is made: a first start with wrong rules leaves no trace
    paths.database.parent.mkdir(parents=True, exist_ok=True)
    lock = only_one(paths.database)
    try:
        for warning in rules.watch.config.warnings:
            note(warning)
        if rules.problem:
            note(f"The last good rules stay in force, because the file is wrong:\n{rules.problem}")
        asyncio.run(serve(rules, paths.database, speed=speed, ready=lambda: note("watcher runs. Stop it with Ctrl-C or SIGTERM.")))
        note("watcher stopped.")
    finally:
        lock.release()
