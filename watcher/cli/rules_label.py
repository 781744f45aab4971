"""`watcher rules label` and `watcher rules labels`: a person's yes or no on articles, for testing rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from watcher.cli.options import json_option, paths_of, paths_options
from watcher.cli.person import by_option, person

if TYPE_CHECKING:
    from watcher.pipeline.labelling import Labelled


@click.command(short_help="Say of an article that the rules must match it, or must not.")
@paths_options
@click.argument("entry", metavar="URL|a12|#12")
@click.argument("answer", metavar="yes|no", required=False)
@click.option("--remove", is_flag=True, help="Forget the label instead.")
@by_option
@click.pass_context
def label(context: click.Context, entry: str, answer: str | None, remove: bool, by: str | None) -> None:
    """Record your judgement of an article: yes, the rules must match it; no, they must not.

    The article is named by its address, by its id (a12, as `watcher rules missed` prints it), or by a story (#12): then
    all its articles get the label. `watcher rules test` holds the rules against it. It changes no story.

    \b
    Examples:
      watcher rules label a12 no
      watcher rules label https://www.example.org/news/1 yes --by Dara
      watcher rules label "#12" yes
      watcher rules label a12 --remove
    """
    from watcher.cli.opening import existing, open_archive
    from watcher.cli.show import say
    from watcher.pipeline.labelling import articles_named
    from watcher.pipeline.labelling import label as record
    from watcher.pipeline.tools import utc_now
    from watcher.store.writer import Writer

    wanted = _wanted(answer, remove)
    who = person(by)
    articles = articles_named(open_archive(context), entry)
    writer = Writer(existing(paths_of(context).database), create=False)
    try:
        done = writer.now(record, articles, wanted=wanted, by=who, now=utc_now())
    finally:
        writer.close()
    for one in done:
        say(_line(one, who))


@click.command(short_help="The articles that were labelled, newest label first.")
@paths_options
@json_option
@click.pass_context
def labels(context: click.Context, as_json: bool) -> None:
    """List what people said of articles, newest first: yes, the rules must match it, or no.

    \b
    Example:
      watcher rules labels
    """
    from watcher.cli.opening import open_archive
    from watcher.cli.show import counted, note, safe, say, show_json, table
    from watcher.store import labels as archive

    found = archive.listing(open_archive(context))
    if as_json:
        show_json(
            [
                {"article": f"a{one.article}", "wanted": one.wanted, "by": one.by, "at": one.at, "url": one.url, "title": one.title}
                for one in found
            ]
        )
        return
    rows = [
        (f"a{one.article}", "yes" if one.wanted else "no", safe(one.by, 20), f"{one.at:%Y-%m-%d}", safe(one.title, 60) or safe(one.url))
        for one in found
    ]
    for line in table(rows) or ["No article is labelled yet. watcher rules label URL yes"]:
        say(line)
    if rows:
        note(
            f"{counted(len(rows), 'label')}, {sum(one.wanted for one in found)} of them yes. Hold the rules against them: watcher rules test"
        )


def _wanted(answer: str | None, remove: bool) -> bool | None:
    """Yes, no, or None for a label to be removed. Raises UsageError for anything else."""
    if remove:
        if answer is not None:
            raise click.UsageError("give yes or no, or --remove, not both")
        return None
    if answer is None or answer.lower() not in ("yes", "no"):
        said = f"{answer!r} is neither; " if answer else ""
        raise click.UsageError(f"{said}say yes (the rules must match it) or no, or --remove")
    return answer.lower() == "yes"


def _line(one: Labelled, who: str) -> str:
    """What became of one article's label, and what it replaced."""
    from watcher.cli.show import safe

    before = f"{'yes' if one.before.wanted else 'no'} by {safe(one.before.by)}, {one.before.at:%Y-%m-%d}" if one.before else ""
    what = f"a{one.article}  {safe(one.title, 70) or safe(one.url)}"
    if one.now is None:
        return f"{what}: label removed (it was {before})" if before else f"{what}: had no label"
    replaced = f" (before: {before})" if before else ""
    return f"{what}: {'yes' if one.now else 'no'}, by {safe(who)}{replaced}"
