"""`watcher stories add URL`: one article into the archive by hand, whatever the rules say of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from watcher.cli.options import json_option, paths_options
from watcher.cli.person import by_option, person

if TYPE_CHECKING:
    from watcher.model import Entry
    from watcher.pipeline.add_article import Added
    from watcher.pipeline.outlet import Outlet
    from watcher.pipeline.rules_file import RulesFile
    from watcher.pipeline.tools import Tools


@click.command(short_help="Put one article in by hand.")
@paths_options
@click.argument("url")
@click.option("--tell", is_flag=True, help="Tell it to the audiences like news; without it it is only listed.")
@click.option("--title", help="Its headline, where the page cannot be read or has another.")
@click.option(
    "--text-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True),
    help="Its text, copied from a page that cannot be read from here (- for standard input). Nothing is fetched.",
)
@click.option("--published", type=click.DateTime(["%Y-%m-%d"]), help="The day it was published, where the page does not say.")
@click.option("--language", help="BCP 47, such as km or zh-Hant.")
@click.option("--allow-private", is_flag=True, help="The page stands on the own network or this machine.")
@by_option
@json_option
@click.pass_context
def add(
    context: click.Context, url: str, tell: bool, title: str | None, text_file: Path | None, published: datetime | None,
    language: str | None, allow_private: bool, by: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Put the article at URL into the archive and into its story, or a new one, also when the rules say no.

    The page is fetched as the articles of leads are: robots.txt, limits and addresses are checked. Without --tell it is
    only listed. With --tell its story is told in the next digest and alerts to those who were not told of it, unless
    the event is older than `fresh_for` in the rules (7 days). An article that stands in a story already stays there.

    \b
    Examples:
      watcher stories add https://www.example.org/news/1 --by Dara
      watcher stories add https://www.example.org/news/1 --by Dara --tell
      watcher stories add https://www.example.org/2 --by Dara --title "9 deported" --text-file a.txt
    """
    import asyncio

    from watcher.cli.opening import open_rules
    from watcher.cli.show import note
    from watcher.errors import FetchError, ParseError

    who = person(by)
    _check(url, language, title, text_file)
    rules = open_rules(context)
    given = replace(_given(url, title or "", text_file), language=language, published=published.replace(tzinfo=UTC) if published else None)
    try:
        done = asyncio.run(_add(context, rules, given, fetch=text_file is None, tell=tell, by=who, allow_private=allow_private))
    except (FetchError, ParseError) as error:
        note(f"{error if isinstance(error, FetchError) else f'{url}: {error}'}. Nothing was stored.")
        note(f'With its text copied into a file: watcher stories add {url} --title "..." --text-file FILE')
        context.exit(1)
    _say(done, tell, as_json)


def _check(url: str, language: str | None, title: str | None, text_file: Path | None) -> None:
    """Refuse at once what can never be right. Raises UsageError."""
    from watcher.config.values import check_language, url_problem
    from watcher.errors import UsageError

    if problem := url_problem(url):
        raise UsageError(f"{url}: {problem}")
    if language:
        try:
            check_language(language)
        except ValueError as error:
            raise UsageError(f"--language {language}: {error}") from error
    if text_file and not (title or "").strip():
        raise UsageError("--text-file needs the headline too: --title")


def _given(url: str, title: str, text_file: Path | None) -> Entry:
    """What was typed of the article; what is not there comes from the page."""
    from watcher.cli.files import read_input
    from watcher.errors import UsageError
    from watcher.pipeline.one_article import entry_of_text

    text = read_input(text_file).replace("\0", "").strip() if text_file else ""
    if text_file and not text:
        raise UsageError(f"{text_file}: holds no text")
    return entry_of_text(url, title.strip(), text)


async def _add(context: click.Context, rules: RulesFile, given: Entry, *, fetch: bool, tell: bool, by: str, allow_private: bool) -> Added:
    """Look whether it is there, fetch what is to be fetched, judge, store."""
    from watcher.cli.opening import opened_tools
    from watcher.pipeline.add_article import add_article, judge_by_hand, standing
    from watcher.pipeline.outlet import outlets_of

    async with opened_tools(context, rules) as tools:
        there = await tools.writer.run(standing, given.canonical_url)
        if there is not None and not tell:
            return there
        outlets = await tools.writer.run(lambda database: outlets_of(given.url, rules.watch.config, database))
        outlet = next(iter(outlets), None)
        entry = await _fetched(tools, given, outlet, allow_private) if fetch and there is None else _of(given, outlet)
        judged = judge_by_hand(entry, rules.watch)
        row = outlet.row if outlet else None
        return await tools.writer.run(add_article, judged, rules.watch, by=by, tell=tell, outlet=row, now=tools.clock())


async def _fetched(tools: Tools, given: Entry, outlet: Outlet | None, allow_private: bool) -> Entry:
    """The page; what a person typed of it wins."""
    from watcher.pipeline.one_article import Fetching, entry_of_page, fetch_article

    fetching = Fetching(tools.client, tools.parsers, tools.robots)
    private = allow_private or bool(outlet and outlet.feed.allow_private)
    page = await fetch_article(given.url, fetching, tools.clock(), allow_private=private)
    entry = entry_of_page(given.url, page, outlet)
    return replace(
        entry,
        title=given.title or entry.title,
        published=given.published or entry.published,
        language=given.language or entry.language,
    )


def _of(given: Entry, outlet: Outlet | None) -> Entry:
    from watcher.pipeline.one_article import of_outlet

    return of_outlet(given, outlet)


def _say(done: Added, tell: bool, as_json: bool) -> None:
    from watcher.cli.explain_page import verdict_words
    from watcher.cli.show import note, safe, say, show_json

    if as_json:
        show_json(
            {
                "article": f"a{done.article}", "story": done.story, "role": done.role, "headline": done.headline, "already": done.already,
                "new_story": done.new_story, "level": done.verdict.level.value if done.verdict else None, "told_later": done.told_later,
            }
        )  # fmt: skip
        return
    headline = safe(done.headline, 80)
    if done.already:
        say(f"Already there: a{done.article} stands in #{done.story} as {done.role}. {headline}")
    else:
        say(f"{'New story' if done.new_story else 'Put into'} #{done.story}: {headline} (article a{done.article}, {done.role})")
    if done.verdict:
        say(f"By the rules: {verdict_words(done.verdict)}")
    if done.dismissed:
        say(f"#{done.story} was dismissed: it is told to nobody.")
    elif done.told_later:
        say("Who was not told of it is told with the next digest or alert, unless the event is older than fresh_for.")
    elif done.told:
        note(f"It was told already: watcher stories show {done.story}")
    else:
        note(f"Nobody is told of it by this. To tell it: add --tell. All of the story: watcher stories show {done.story}")
