"""`watcher stories`: what the archive holds, one story per group of people; `show` is the file of one."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from watcher.cli.days import Day
from watcher.cli.files import write_new
from watcher.cli.options import json_option, paths_options
from watcher.cli.stories_add import add
from watcher.cli.stories_correct import confirm, dismiss, edit, merge, split
from watcher.cli.stories_list import Filters, Searchable, filter_options, list_stories
from watcher.cli.stories_review import review
from watcher.cli.stories_undo import undo


@click.group(
    cls=Searchable, invoke_without_command=True, subcommand_metavar="[WORDS]... | COMMAND ...", short_help="Find, list and count stories."
)
@paths_options
@filter_options
@click.option("--ledger", is_flag=True, help="Instead of a list, how many people: each counted once a stage.")
@click.option("--by", metavar="KEYS", help="With --ledger, what rows are: month, year, nationality, place (month,nationality).")
@click.option("--as-of", type=Day(), metavar="DATE", help="With --ledger, as it stood at the end of that day.")
@json_option
@click.pass_context
def stories(context: click.Context, /, ledger: bool, by: str | None, as_of: date | None, as_json: bool, **filters: Any) -> None:
    """List stories, newest first; WORDS are looked for in any script, and all must be there.

    They are looked for in headlines, titles, texts, places and outlets. Two characters of Chinese are enough, and Khmer, Thai, Lao
    and Burmese need no spaces. A word that is also a command is looked for with --search.

    \b
    Examples:
      watcher stories
      watcher stories 柬埔寨 遣返
      watcher stories '"phone scam" deport*' --since 90d
      watcher stories --nationality Japanese --stage deported --until 2023-12-31
      watcher stories --place Poipet --unchecked --json
      watcher stories --ledger
      watcher stories --ledger --by year,place --nationality JP
      watcher stories --ledger --as-of 2023-11-08 --json
      watcher stories show 12
      watcher stories add https://www.example.org/news/1 --by Dara
    """
    if context.invoked_subcommand:
        return
    from watcher.cli.stories_ledger import DEFAULT_BY, show_ledger
    from watcher.errors import UsageError

    wanted = Filters(**filters)
    if ledger:
        show_ledger(context, wanted, by=by if by is not None else DEFAULT_BY, as_of=as_of, as_json=as_json)
    elif by is not None or as_of is not None:
        raise UsageError(f"{'--by' if by is not None else '--as-of'} goes with --ledger; add it")
    else:
        list_stories(context, wanted, as_json=as_json)


@stories.command(short_help="The file of one story.")
@paths_options
@click.argument("story", metavar="#ID")
@click.option("--html", "file", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="Write it as one page to print.")
@json_option
@click.pass_context
def show(context: click.Context, story: str, file: Path | None, as_json: bool) -> None:
    """Show one story: its facts, every article with the reason why it is here, what happened, and who was told what.

    --html FILE writes the same as one page that needs nothing else, with each text as it was read, where and when, and its
    hash, so that a figure can be defended when the article is gone. It holds names: only you can read the file, and a file
    that is there is never overwritten. An article that the rules of today no longer match stays and is marked.

    \b
    Examples:
      watcher stories show 12
      watcher stories show 12 --html story-12.html
    """
    from watcher.cli.days import local_zone
    from watcher.cli.opening import open_archive
    from watcher.cli.show import note, say, show_json
    from watcher.cli.story_page import story_file_json, story_lines
    from watcher.digest.render import render_story_file
    from watcher.digest.story_file import file_page
    from watcher.errors import UsageError
    from watcher.pipeline.tools import utc_now
    from watcher.store import evidence
    from watcher.store import stories as archive

    database = open_archive(context)
    number = story.removeprefix("#")
    found = archive.load(database, int(number)) if number.isdecimal() and len(number) < 19 else None
    if found is None or found.id is None:
        raise UsageError(f"there is no story {story}; `watcher stories` lists them")
    filed = evidence.file_of(database, found)
    if str(found.id) != number:
        note(f"#{number} is #{found.id} now: two numbers were one case.")
    if file is not None:
        write_new(file, render_story_file(filed, now=utc_now(), time_zone=local_zone(context).key), private=True)
        note(f"{file}: written. It holds texts in full, with names: only you can read it, and it is for staff.")
    if as_json:
        show_json(story_file_json(filed))
    elif file is None:
        for line in story_lines(file_page(filed, now=utc_now(), time_zone="UTC")):  # a broken rules file hides no story
            say(line)


for correction in (add, review, dismiss, merge, split, confirm, edit, undo):
    stories.add_command(correction)
