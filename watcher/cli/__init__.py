"""Door for people: the command `watcher`. The only place that prints.

Each command reads arguments, calls one function of the corridor, and prints what came of it: results to stdout, progress
and warnings to stderr. Heavy imports stand inside the commands, so that `watcher --help` answers at once.
Exit status: 0 done; 1 it ran and something failed; 2 usage, configuration, a second `run`, a refused file.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from watcher import __version__
from watcher.cli.backfill import backfill
from watcher.cli.backup import backup
from watcher.cli.channels import channels
from watcher.cli.check import check
from watcher.cli.demo import demo
from watcher.cli.digest import digest
from watcher.cli.explain import explain
from watcher.cli.export import export
from watcher.cli.feeds import feeds
from watcher.cli.init import init
from watcher.cli.languages import languages
from watcher.cli.options import Paths, paths_options
from watcher.cli.outbox import outbox
from watcher.cli.poll import poll
from watcher.cli.restore import restore
from watcher.cli.rules import rules
from watcher.cli.run import run
from watcher.cli.status import status as status_command
from watcher.cli.stories import stories
from watcher.cli.terms import terms
from watcher.cli.trouble import INTERRUPTED, say_what_went_wrong

COMMANDS = (
    init,
    check,
    run,
    poll,
    digest,
    backfill,
    stories,
    export,
    explain,
    rules,
    terms,
    languages,
    feeds,
    channels,
    outbox,
    backup,
    restore,
    status_command,
    demo,
)


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


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line (of this process, where none is given); what goes wrong is said on stderr, without a trace."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without Khmer letters shows ? instead of ending the command
    try:
        status = cli.main(arguments, prog_name="watcher", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except click.exceptions.Exit as done:
        status = done.exit_code
    except click.Abort:
        click.echo("Stopped.", err=True)
        status = INTERRUPTED
    except Exception as error:
        status = say_what_went_wrong(error)
    sys.exit(status or 0)
