"""`watcher backfill FILE`: articles of the past into the archive. Tells nobody."""

from __future__ import annotations

from pathlib import Path

import click

from watcher.cli.options import json_option, paths_options


@click.command(short_help="Read articles of the past from a JSONL file; tells nobody.")
@paths_options
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True))
@json_option
@click.pass_context
def backfill(context: click.Context, file: Path, as_json: bool) -> None:
    """Match past articles of FILE against today's rules and put them into the archive, without telling anyone.

    FILE holds one JSON object a line: url (required), title, text or html, published (RFC 3339), language (BCP 47),
    source (outlet). A bad line is reported with its number and skipped; the rest goes on (exit 1 at the end).
    Safe to repeat: articles already stored are skipped.

    \b
    Example:
      watcher backfill articles.jsonl
    """
    import sys

    from watcher.cli.opening import open_rules
    from watcher.cli.options import paths_of
    from watcher.cli.rules_apply import say_what_waits
    from watcher.cli.show import counted, note, say, show_json
    from watcher.pipeline.backfill import backfill_file
    from watcher.pipeline.tools import utc_now
    from watcher.store.writer import Writer

    rules = open_rules(context)
    writer = Writer(paths_of(context).database)
    try:
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
