"""`watcher backfill FILE`: articles of the past into the archive; tells nobody. `backfill feeds` and `backfill gaps` ask feeds' older pages."""

from __future__ import annotations

from pathlib import Path

import click

from watcher.cli.backfill_older import of_feeds, of_gaps
from watcher.cli.options import json_option, paths_options

_WITH_VALUE = ("--rules", "--db")  # options before the first word that take the next one


class _FileOrCommand(click.Group):
    """A command with an argument that is also a group: what is called like one of its commands is that command, anything else is FILE."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the plain form as a plain command does: options before or after FILE, nothing behind it."""
        place = _first_word(args)
        if place is not None and args[place] in self.commands:
            return super().parse_args(ctx, [*args[:place], "-", *args[place:]])  # a stand-in for FILE, which is not looked at
        ctx.allow_interspersed_args, ctx.allow_extra_args = True, False
        return super().parse_args(ctx, args)


class _File(click.Argument):
    """FILE, named once in the usage line and not in front of the commands."""

    def get_usage_pieces(self, ctx: click.Context) -> list[str]:  # click's signature
        """Nothing: the group names it."""
        return []


@click.group(
    cls=_FileOrCommand,
    invoke_without_command=True,
    subcommand_metavar="FILE | feeds | gaps",
    short_help="Read articles of the past; tells nobody.",
)
@paths_options
@click.argument("file", cls=_File, type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True))
@json_option
@click.pass_context
def backfill(context: click.Context, file: Path, as_json: bool) -> None:
    """Match past articles of FILE against today's rules and put them into the archive, without telling anyone.

    FILE holds one JSON object a line: url (required), title, text or html, published (RFC 3339), language (BCP 47),
    source (outlet). A bad line is reported with its number and skipped; the rest goes on (exit 1 at the end).
    Safe to repeat: articles already stored are skipped. A file called feeds or gaps is named ./feeds or ./gaps.

    \b
    Examples:
      watcher backfill articles.jsonl
      watcher backfill feeds "Khmer Times" --pages 10
      watcher backfill gaps
    """
    if context.invoked_subcommand:
        return
    import sys

    from watcher.cli.opening import open_rules, say_if_held
    from watcher.cli.options import paths_of
    from watcher.cli.rules_apply import say_what_waits
    from watcher.cli.show import counted, note, say, show_json
    from watcher.pipeline.backfill import backfill_file
    from watcher.pipeline.tools import utc_now
    from watcher.store.writer import Writer

    rules = open_rules(context)
    writer = Writer(paths_of(context).database)
    try:
        writer.now(lambda database: say_if_held(context, database))
        with sys.stdin.buffer if str(file) == "-" else file.open("rb") as lines:
            report = backfill_file(writer, lines, rules.watch, now=utc_now(), on_bad_line=note)
    finally:
        writer.close()
    if as_json:
        show_json(
            {"lines": report.lines, "new": report.new, "matches": report.matches, "stories": report.new_stories, "bad_lines": report.bad}
        )
    else:
        say(
            f"{counted(report.lines, 'line')}: {report.new} new, {counted(report.matches, 'match', 'matches')}, "
            f"{counted(report.new_stories, 'new story', 'new stories')}, {counted(report.bad, 'bad line')}"
        )
        note("No one was told. `watcher stories` lists what is there.")
    say_what_waits(context, rules)
    if report.bad:
        context.exit(1)


def _first_word(args: list[str]) -> int | None:
    """Where the first word stands that is neither an option nor the value of one."""
    skip = False
    for place, one in enumerate(args):
        if skip:
            skip = False
        elif one in _WITH_VALUE:
            skip = True
        elif one == "--":
            return None
        elif not one.startswith("-") or one == "-":
            return place
    return None


backfill.add_command(of_feeds)
backfill.add_command(of_gaps)
