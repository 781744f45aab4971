"""`watcher explain URL`: what became of an address in the archive; with --fetch, what the rules say of its page now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from watcher.cli.options import paths_of

if TYPE_CHECKING:
    from watcher.match import Explanation
    from watcher.model import Entry
    from watcher.pipeline.outlet import Outlet
    from watcher.pipeline.rules_file import RulesFile
    from watcher.store import Database


def explain_address(
    context: click.Context, url: str, rules: RulesFile, *, fetch: bool, allow_private: bool, tree: bool, as_json: bool
) -> None:
    """Look into the archive first; then judge the text that is there, or the page where `fetch` asks for it.

    Raises FetchError or ParseError where the page cannot be read.
    """
    from watcher.cli.opening import open_archive
    from watcher.pipeline.archive import archived
    from watcher.pipeline.outlet import outlets_of

    database: Database | None = open_archive(context) if paths_of(context).database.exists() else None
    found = archived(database, url) if database is not None else None
    outlets = outlets_of(url, rules.watch.config, database) if fetch or found is None else []
    fetched = _fetched(url, rules, outlets, allow_private) if fetch else None
    entry = fetched or (found.entry if found else None)
    explained = _explanation(entry, rules) if entry else None
    answer: dict[str, Any] = found.as_json() if found else {"url": url, "seen": False, "outlets": [_outlet_json(one) for one in outlets]}
    if as_json:
        _show_json(answer, fetched is not None, explained)
        return
    from watcher.cli.explain_page import archived_lines, explanation_lines, unseen_lines
    from watcher.cli.opening import zone_of
    from watcher.cli.show import note, say
    from watcher.pipeline.tools import utc_now

    zone, now = zone_of(rules), utc_now()
    shown = archived_lines(found, zone, now) if found else unseen_lines(url, outlets, zone, now, fetched=fetched is not None)
    if entry and explained:
        of = "the page as it is now (nothing was stored)" if fetched else "its newest text"
        shown += ["", f"What the rules in force say of {of}:", *explanation_lines(entry, explained, tree=tree)]
    elif found:
        shown.append("No text of it is left: what did not match is dropped after keep_text. To read the page again: --fetch")
    for line in shown:
        say(line)
    if found is None and fetched is None and not outlets:
        note("An address is looked up without its tracking parts; a short link or a search's link stands under the address it leads to.")


def _fetched(url: str, rules: RulesFile, outlets: list[Outlet], allow_private: bool) -> Entry:
    import asyncio

    from watcher.pipeline.one_article import entry_of_page, fetch_article, open_fetching
    from watcher.pipeline.tools import utc_now

    private = allow_private or any(one.feed.allow_private for one in outlets)

    async def fetch() -> Entry:
        async with open_fetching(rules.watch.config.settings) as tools:
            page = await fetch_article(url, tools, utc_now(), allow_private=private)
        return entry_of_page(url, page, next(iter(outlets), None))

    return asyncio.run(fetch())


def _explanation(entry: Entry, rules: RulesFile) -> Explanation:
    from watcher.match import explain
    from watcher.read import read

    return explain(read(entry, rules.watch.vocabulary), rules.watch.rules)


def _show_json(answer: dict[str, Any], fetched: bool, explained: Explanation | None) -> None:
    from watcher.cli.show import show_json
    from watcher.match import to_json

    show_json({**answer, "fetched": fetched, "explanation": to_json(explained) if explained else None})


def _outlet_json(outlet: Outlet) -> dict[str, Any]:
    return {
        "feed": outlet.feed.title,
        "url": outlet.feed.url,
        "enabled": outlet.feed.enabled != "no",
        "last_read": outlet.last_ok,
        "oldest_item": outlet.oldest,
        "problem": outlet.problem,
    }
