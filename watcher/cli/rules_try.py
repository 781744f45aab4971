"""`watcher rules try NEW.toml`: what other rules would have done with the archive. Nothing is written."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from watcher.cli.options import json_option, paths_of, paths_options
from watcher.cli.since import since_option

if TYPE_CHECKING:
    from watcher.pipeline.check import Watch
    from watcher.pipeline.rules_file import RulesFile
    from watcher.pipeline.rules_trial import RulesTrial


@click.command("try", short_help="What other rules would have done with the archive.")
@paths_options
@click.argument("new", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="NEW.toml")
@since_option("90d", "Articles first seen since.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many of each list are shown.")
@json_option
@click.pass_context
def try_(context: click.Context, new: Path, since: timedelta | datetime, limit: int, as_json: bool) -> None:
    """Run the rules of NEW.toml and the rules in force over the stored texts and show the difference: articles gained
    and lost, stories that would be new, grow, or lose their articles, and how many matches a day there would be.

    Both are judged now, on the same texts; what was judged before plays no part. Nothing is written, nobody is told.
    Languages of your own are those beside NEW.toml, else those beside the rules in force.

    \b
    Examples:
      watcher rules try new.toml
      watcher rules try new.toml --since 30d
      watcher rules try new.toml --since 2023-11-01 --json
    """
    from watcher.cli.opening import existing, open_rules, zone_of
    from watcher.cli.rules_try_page import trial_json, trial_lines
    from watcher.cli.show import say, show_json
    from watcher.cli.since import moment
    from watcher.pipeline.rules_trial import rules_to_try
    from watcher.pipeline.tools import utc_now

    current = open_rules(context)
    candidate = rules_to_try(new, current)
    database = existing(paths_of(context).database)
    zone, now = zone_of(current), utc_now()
    trial = _tried(database, current, candidate, moment(since, now, zone), now)
    if as_json:
        show_json(trial_json(trial))
        return
    for line in trial_lines(trial, str(new), zone, now, limit=limit):
        say(line)


def _tried(database: Path, current: RulesFile, candidate: Watch, since: datetime, now: datetime) -> RulesTrial:
    """With a bar on a terminal, and nothing of it anywhere else."""
    from watcher.pipeline.rules_trial import try_rules

    with click.progressbar(length=1, label="Judging", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        return try_rules(database, current, candidate, since=since, now=now, progress=progress)
