"""`watcher rules`: the rules in force, with their queries; below it what an operator needs to make better ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from watcher.cli.options import json_option, paths_of, paths_options
from watcher.cli.rules_apply import apply
from watcher.cli.rules_label import label, labels
from watcher.cli.rules_missed import missed
from watcher.cli.rules_test import test
from watcher.cli.rules_try import try_

if TYPE_CHECKING:
    from watcher.pipeline.rules_file import RulesFile


@click.group(invoke_without_command=True, short_help="The rules in force: list, test, try, label.")
@paths_options
@json_option
@click.pass_context
def rules(context: click.Context, as_json: bool) -> None:
    """List the rules with their queries, by level: match (told), watch (listed for review), lead (article read first).

    Below them stands what judging stored texts again after the last rule change found and lost.

    \b
    Examples:
      watcher rules
      watcher rules missed --since 7d
      watcher rules label a12 no --by Dara
      watcher rules test articles.jsonl
      watcher rules try new.toml --since 90d
      watcher rules apply
    """
    if context.invoked_subcommand:
        return
    from watcher.cli.opening import open_rules
    from watcher.cli.show import counted, say, show_json, wrapped

    in_force = open_rules(context)
    found = in_force.watch.config.rules
    levels = ("match", "watch", "lead")
    if as_json:
        show_json(
            [{"name": rule.name, **{level: getattr(rule, level) for level in levels}, "examples": len(rule.examples)} for rule in found]
        )
        return
    for rule in found:
        say(f"{rule.name}  ({counted(len(rule.examples), 'example')}, all as expected)")
        for level in levels:
            if query := getattr(rule, level):
                for line in wrapped(" ".join(query.split()), first=f"  {level:6} ", rest=" " * 9):
                    say(line)
    for line in _last_change(context, in_force):
        say(line)


def _last_change(context: click.Context, rules: RulesFile) -> list[str]:
    """What the newest rule change found and lost in the archive; nothing where there is no archive or nothing to say."""
    from watcher.cli.opening import open_archive, zone_of
    from watcher.cli.rule_change_page import rule_change_lines
    from watcher.pipeline.rejudge import judging_again
    from watcher.pipeline.tools import utc_now

    if not paths_of(context).database.exists():
        return []
    found = judging_again(open_archive(context), rules.watch, utc_now())
    return ["", *rule_change_lines(found, zone_of(rules), utc_now())] if found else []


for command in (missed, label, labels, test, try_, apply):
    rules.add_command(command)
