"""`watcher stories dismiss|merge|split|confirm|edit`: what a person decides about a story; it outlives every later run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import click

from watcher.cli.correcting import (
    article_numbers,
    correct,
    decided,
    on_terminal,
    say_done,
    story_number,
    tell_options,
    what,
    why_option,
)
from watcher.cli.days import Day, local_zone
from watcher.cli.options import json_option, paths_options
from watcher.cli.person import by_option
from watcher.cli.stories_list import Nationality
from watcher.model import Qualifier, Stage, Status

NOBODY_NAMED = "none"  # --nationality none: the sources name no nationality


@click.command(short_help="A story is none of ours: out of lists, totals and digests.")
@paths_options
@click.argument("story", metavar="#ID")
@why_option
@tell_options
@by_option
@json_option
@click.pass_context
def dismiss(context: click.Context, story: str, why: str, tell: str | None, by: str | None, as_json: bool) -> None:
    """Say that a story is none of ours: it leaves lists, totals and digests, with its articles and copies of them.

    A later report of another nationality, stage or materially other number is new again. Where people were told of it, say
    --tell (a withdrawal goes to exactly those) or --quiet; on a terminal you are asked.

    \b
    Examples:
      watcher stories dismiss 12 --by Dara --why "Myanmar, not Cambodia" --tell
      watcher stories dismiss "#12" --by Dara --why "a film, not news" --quiet
    """
    from watcher.pipeline import corrections

    number, person, zone = story_number(story), decided(by, why, tell), local_zone(context)
    done = correct(
        context, person, lambda database, one, now: corrections.dismiss(database, number, one, now), zone, ask=on_terminal() and not as_json
    )
    lines = [f"#{done.story} dismissed ({done.correction.name}): {what(done.before)}. It is out of lists, totals and digests."]
    say_done(done, lines, zone, [number], as_json=as_json)


@click.command(short_help="Two stories are of the same people.")
@paths_options
@click.argument("story", metavar="#ID")
@click.argument("other", metavar="#ID")
@why_option
@tell_options
@by_option
@json_option
@click.pass_context
def merge(context: click.Context, story: str, other: str, why: str, tell: str | None, by: str | None, as_json: bool) -> None:
    """Say that two stories are of the same people. The lower number stays; the other leads to it for ever.

    What was told of both counts as told. With --tell, who was told of both is told once that they are one.

    \b
    Example:
      watcher stories merge 12 15 --by Dara --why "one flight, two figures" --tell
    """
    from watcher.pipeline import corrections

    first, second, person, zone = story_number(story), story_number(other), decided(by, why, tell), local_zone(context)
    done = correct(
        context, person, lambda database, one, now: corrections.merge(database, first, second, one, now), zone,
        ask=on_terminal() and not as_json,
    )  # fmt: skip
    lines = [f"#{done.other} is now #{done.story} ({done.correction.name}): {what(done.after)}. #{done.other} leads there for ever."]
    say_done(done, lines, zone, [first, second], as_json=as_json)


@click.command(short_help="Some articles of a story are of other people.")
@paths_options
@click.argument("story", metavar="#ID")
@click.option("--articles", metavar="a31,a35", required=True, help="The articles of one half, as `watcher stories show` prints them.")
@why_option
@tell_options
@by_option
@json_option
@click.pass_context
def split(context: click.Context, story: str, articles: str, why: str, tell: str | None, by: str | None, as_json: bool) -> None:
    """Say that some articles of a story are of other people: they and the rest become two stories that nothing joins again.

    The half with the oldest report keeps the number, whichever half you named.

    \b
    Example:
      watcher stories split 12 --articles a31,a35 --by Dara --why "two flights" --tell
    """
    from watcher.pipeline import corrections

    number, named, person, zone = story_number(story), article_numbers(articles), decided(by, why, tell), local_zone(context)
    done = correct(
        context, person, lambda database, one, now: corrections.split(database, number, named, one, now), zone,
        ask=on_terminal() and not as_json,
    )  # fmt: skip
    went, stayed = (", ".join(f"a{article}" for article in half) for half in (done.correction.articles, done.correction.kept))
    lines = [
        f"#{done.story} keeps {stayed}: {what(done.after)}. ({done.correction.name})",
        f"#{done.other} is new, with {went}: {what(done.other_after)}.",
    ]
    say_done(done, lines, zone, [number], as_json=as_json)


@click.command(short_help="You have checked the figures of a story.")
@paths_options
@click.argument("story", metavar="#ID")
@why_option
@by_option
@json_option
@click.pass_context
def confirm(context: click.Context, story: str, why: str, by: str | None, as_json: bool) -> None:
    """Say that you checked the figures: the story is marked "Checked by Dara, 10 Nov", and its figures are frozen.

    Later reports with other figures are shown beside them and do not replace them. A later step (deported after arrested) is
    not checked by this. Nobody is told of a check.

    \b
    Example:
      watcher stories confirm 12 --by Dara --why "asked the embassy"
    """
    from watcher.pipeline import corrections
    from watcher.story.corrections import row_words

    number, person, zone = story_number(story), decided(by, why, None), local_zone(context)
    done = correct(context, person, lambda database, one, now: corrections.confirm(database, number, one, now, zone), zone, ask=False)
    lines = [f"#{done.story} checked by {done.after.checked_by} ({done.correction.name}): {what(done.after)}."]
    lines += [f"  {row_words(row)}" for row in done.after.people]
    say_done(done, lines, zone, [number], as_json=as_json)


class _Row(click.ParamType):  # type: ignore[type-arg,unused-ignore]  # generic in newer releases of click only
    """The number of a row, or `new`."""

    name = "row"

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number; 0 for a new row."""
        if isinstance(value, int):
            return value
        if value.lower() != "new" and not (value.isdecimal() and int(value)):
            self.fail(f"{value!r} is no row; write its number from 1, or new", param, ctx)
        return 0 if value.lower() == "new" else int(value)


class _People(Nationality):
    """Countries or peoples, with commas between; `none` where nobody is named."""

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """Their codes."""
        if isinstance(value, tuple):
            return value
        names = [name.strip() for name in str(value).split(",") if name.strip()]
        if [name.lower() for name in names] == [NOBODY_NAMED]:
            return ()
        return tuple(dict.fromkeys(super(_People, self).convert(name, param, ctx) for name in names or [""]))


@click.command(short_help="Set a figure, its stage, people, day, or the places.")
@paths_options
@click.argument("story", metavar="#ID")
@click.option("--count", type=int, metavar="N", help="How many people; with --count-max the lowest figure.")
@click.option("--count-max", type=int, metavar="N", help="The highest figure, where it is a range.")
@click.option("--qualifier", type=click.Choice([one.value for one in Qualifier]), help="How the figure is meant (exact).")
@click.option("--stage", type=click.Choice([one.value for one in Stage]), help="What happened to them.")
@click.option("--status", type=click.Choice([one.value for one in Status]), help="Whether it is done or only announced.")
@click.option("--nationality", type=_People(), metavar="JP|CN,TW|none", help="Who they are.")
@click.option("--date", "day", type=Day(), metavar="DATE", help="The day on which it happened, 2023-11-08.")
@click.option("--place", "places", multiple=True, metavar="NAME", help="Where, instead of the places sources name; may be repeated.")
@click.option("--row", type=_Row(), metavar="N|new", help="Which figure of several; new adds one.")
@why_option
@tell_options
@by_option
@json_option
@click.pass_context
def edit(
    context: click.Context, story: str, count: int | None, count_max: int | None, qualifier: str | None, stage: str | None,
    status: str | None, nationality: tuple[str, ...] | None, day: date | None, places: Sequence[str], row: int | None, why: str,
    tell: str | None, by: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Set a figure of a story. It stands as checked by you; what sources say otherwise is shown beside it.

    Where a story has several figures (arrested and deported, two nationalities), --stage and --nationality say which one is
    meant; to change these themselves, name the figure with --row. Where people were told of it, say --tell or --quiet.

    \b
    Examples:
      watcher stories edit 12 --count 26 --by Dara --why "the embassy's list" --tell
      watcher stories edit 12 --stage deported --count 110 --count-max 112 --by Dara --why "two lists"
      watcher stories edit 12 --row 2 --nationality TW --by Dara --why "passports" --quiet
      watcher stories edit 12 --row new --stage sentenced --count 3 --by Dara --why "the court"
    """
    from watcher.pipeline import corrections
    from watcher.story.corrections import Edit, row_words

    named = tuple(dict.fromkeys(" ".join(place.split()) for place in places if place.strip())) or None
    typed = Edit(
        count, count_max, Qualifier(qualifier) if qualifier else None, Stage(stage) if stage else None, Status(status) if status else None,
        nationality, day, named, row,
    )  # fmt: skip
    number, person, zone = story_number(story), decided(by, why, tell), local_zone(context)
    done = correct(
        context, person, lambda database, one, now: corrections.edit(database, number, typed, one, now, zone), zone,
        ask=on_terminal() and not as_json,
    )  # fmt: skip
    before = f" Before: {what(done.before)}." if done.before.headline != done.after.headline else ""
    lines = [f"#{done.story} edited ({done.correction.name}): {what(done.after)}.{before}"]
    lines += [f"  {row_words(one)}" + (f", checked by {one.checked_by}" if one.checked_by else "") for one in done.after.people]
    lines += [f"  in {', '.join(done.after.places)}"] if named else []
    say_done(done, lines, zone, [number], as_json=as_json)
