"""`watcher stories undo`: take back what a person decided; it stays listed as undone."""

from __future__ import annotations

import click

from watcher.cli.correcting import correct, correction_number, decided, on_terminal, say_done, story_number, tell_options, what, why_option
from watcher.cli.days import local_zone
from watcher.cli.options import json_option, paths_options
from watcher.cli.person import by_option


@click.command(short_help="Take back a dismissal, merge, split, check or edit.")
@paths_options
@click.argument("what_to_undo", metavar="#ID|c5")
@why_option
@tell_options
@by_option
@json_option
@click.pass_context
def undo(context: click.Context, what_to_undo: str, why: str, tell: str | None, by: str | None, as_json: bool) -> None:
    """Take back the newest correction of a story, or the one named (c5, as `watcher stories show` lists them).

    The story is then as it would be without it. An undone merge gives the other number its story back; an undone split makes
    one story again. Only where people were told of the correction, say --tell or --quiet; what still waited is not sent.

    \b
    Examples:
      watcher stories undo 12 --by Dara --why "it was Cambodia after all" --tell
      watcher stories undo c5 --by Dara --why "two flights" --quiet
    """
    from watcher.pipeline.corrections_undo import undo as take_back

    correction = correction_number(what_to_undo)
    number = story_number(what_to_undo) if correction is None else None
    person, zone = decided(by, why, tell), local_zone(context)
    done = correct(
        context, person, lambda database, one, now: take_back(database, one, now, correction=correction, number=number), zone,
        ask=on_terminal() and not as_json,
    )  # fmt: skip
    one = done.correction
    lines = [f"{one.name} undone ({one.kind} by {one.by}). #{done.story}: {what(done.after)}."]
    if done.other is not None:
        other = (
            f"#{done.other} is a story again: {what(done.other_after)}." if done.other_after else f"#{done.other} leads to #{done.story}."
        )
        lines.append(other)
    say_done(done, lines, zone, [number] if number is not None else [], as_json=as_json)
