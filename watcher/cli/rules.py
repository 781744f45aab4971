"""`watcher rules`: the rules in force, with their queries."""

from __future__ import annotations

import click

from watcher.cli.options import json_option, paths_options


@click.group(invoke_without_command=True, short_help="The rules in force.")
@paths_options
@json_option
@click.pass_context
def rules(context: click.Context, as_json: bool) -> None:
    """List the rules with their queries, by level: match (told), watch (listed for review), lead (article read first).

    \b
    Example:
      watcher rules
    """
    if context.invoked_subcommand:
        return
    from watcher.cli.opening import open_rules
    from watcher.cli.show import counted, say, show_json, wrapped

    found = open_rules(context).watch.config.rules
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
