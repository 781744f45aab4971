"""Door for people: the command `watcher`. The only place that prints.

Each command reads arguments, calls one function of the corridor, and prints what came of it: results to stdout, progress
and warnings to stderr. Heavy imports stand inside the commands, so that `watcher --help` answers at once.
Exit status: 0 done; 1 it ran and something failed; 2 usage, configuration, a second `run`, a refused file.
"""

from __future__ import annotations

import sys

import click

from watcher import __version__
from watcher.cli.backfill import backfill
from watcher.cli.channels import channels
from watcher.cli.check import check
from watcher.cli.demo import demo
from watcher.cli.digest import digest
from watcher.cli.explain import explain
from watcher.cli.feeds import feeds
from watcher.cli.init import init
from watcher.cli.options import Paths, paths_options
from watcher.cli.outbox import outbox
from watcher.cli.poll import poll
from watcher.cli.rules import rules
from watcher.cli.run import run
from watcher.cli.status import status
from watcher.cli.stories import stories
from watcher.errors import BusyError, ConfigError, StoreError, UsageError, WatcherError

COMMANDS = (init, check, run, poll, digest, backfill, stories, explain, rules, feeds, channels, outbox, status, demo)


class InOrder(click.Group):
    """A group whose help lists commands in the order in which an operator meets them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands as they were added."""
        return list(self.commands)


@click.group(cls=InOrder, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@paths_options
@click.version_option(__version__, prog_name="watcher")
@click.pass_context
def cli(context: click.Context) -> None:
    """Read news feeds for people deported from Cambodia over scam compounds, and tell each story once.

    \b
    A first hour:
      watcher init                               write rules.toml
      watcher check --feeds --send-test staff    try the feeds and a channel
      watcher run                                poll, tell, deliver, until stopped
      watcher status                             what runs, what is next, what to do
    """
    context.ensure_object(Paths)


for command in COMMANDS:
    cli.add_command(command)


def main() -> None:
    """Run the command line; every error a person can mend is one clear line on stderr, without a trace."""
    try:
        sys.exit(cli.main(standalone_mode=False) or 0)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (ConfigError, UsageError, BusyError, StoreError) as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    except WatcherError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except ExceptionGroup as errors:
        if errors.split(ConfigError)[1] is not None:
            raise
        for one in errors.exceptions:
            click.echo(str(one), err=True)
        sys.exit(2)
