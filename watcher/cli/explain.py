"""`watcher explain`: what the rules say of a text, and why; of a story or an address in the archive, what became of it."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from watcher.cli.explain_address import explain_address
from watcher.cli.options import json_option, paths_options

if TYPE_CHECKING:
    from watcher.model import Entry
    from watcher.pipeline.check import Watch


@click.command(short_help="What the rules say of a text, and why.")
@paths_options
@click.argument("what", required=False, metavar="FILE|URL|#ID|-")
@click.option(
    "--jsonl",
    "jsonl",
    type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True),
    help="Explain every line of a JSONL file, one object a line.",
)
@click.option("--tree", is_flag=True, help="Show every part of every rule, + where it held and - where not.")
@click.option("--fetch", is_flag=True, help="Of an address: fetch the page and judge it now. Nothing is stored.")
@click.option("--allow-private", is_flag=True, help="With --fetch: the page stands on the own network or this machine.")
@json_option
@click.pass_context
def explain(
    context: click.Context, what: str | None, jsonl: Path | None, tree: bool, fetch: bool, allow_private: bool, as_json: bool
) -> None:
    """Explain what the rules say of a text file (- for standard input): for each rule what was found, marked in the
    text, or the fewest parts that were missing.

    Of an address (https://...) it says what became of it in the archive, or why it was never seen; of a story (#12) why
    each article is there. With --jsonl every line of a file in the backfill format is judged, without the database.

    \b
    Examples:
      watcher explain article.txt
      watcher explain --tree article.txt
      watcher explain "#12"
      watcher explain https://www.example.org/news/1
      watcher explain --fetch https://www.example.org/news/1
      watcher explain --jsonl articles.jsonl > explained.jsonl
    """
    from watcher.cli.opening import open_rules

    if (what is None) == (jsonl is None):
        raise click.UsageError("name one text file, address or story (#12), or --jsonl FILE")
    is_address = bool(what and what.startswith(("http://", "https://")))
    if fetch and not is_address:
        raise click.UsageError("--fetch is for an address (https://...)")
    if what and what.startswith("#"):
        _explain_story(context, what, as_json)
        return
    rules = open_rules(context)
    if jsonl:
        with sys.stdin.buffer if str(jsonl) == "-" else jsonl.open("rb") as lines:
            if _explain_lines(lines, rules.watch):
                context.exit(1)
    elif is_address and what:
        explain_address(context, what, rules, fetch=fetch, allow_private=allow_private, tree=tree, as_json=as_json)
    else:
        _explain_text(_text_entry(what or "-"), rules.watch, tree, as_json)


def _text_entry(name: str) -> Entry:
    """A text as an entry: the first line is the title where a blank line follows it."""
    from watcher.cli.files import read_input
    from watcher.errors import UsageError
    from watcher.model import Entry

    if Path(name).is_dir():
        raise UsageError(f"{name}: is a folder; name a text file in it")
    if name != "-" and not Path(name).exists():
        raise UsageError(
            f"{name}: there is no such file; give a text file, an address (https://...), a story (#12) or - for standard input"
        )
    text = read_input(Path(name))
    if not text.strip():
        raise UsageError(f"{'standard input' if name == '-' else name}: holds no text; there is nothing to explain")
    first, _, rest = text.partition("\n")
    title, body = (first.strip(), rest.strip()) if rest.startswith("\n") else ("", text)
    return Entry(key="", url="", canonical_url="", title=title, text=body)


def _explain_text(entry: Entry, watch: Watch, tree: bool, as_json: bool) -> None:
    from watcher.cli.explain_page import explanation_lines
    from watcher.cli.show import say, show_json
    from watcher.match import explain as explain_reading
    from watcher.match import to_json
    from watcher.read import read

    explanation = explain_reading(read(entry, watch.vocabulary), watch.rules)
    if as_json:
        show_json(to_json(explanation))
        return
    for line in explanation_lines(entry, explanation, tree=tree):
        say(line)


def _explain_lines(lines: Iterable[bytes], watch: Watch) -> bool:
    """One object a line, in order; gives whether a line was bad."""
    from watcher.backfill.jsonl import BadLine, read_lines
    from watcher.cli.show import json_text
    from watcher.match import explain as explain_reading
    from watcher.match import to_json
    from watcher.read import read

    bad = False
    for one in read_lines(lines):
        if isinstance(one, BadLine):
            bad = True
            answer = {"match": False, "error": str(one)}
        else:
            answer = to_json(explain_reading(read(one, watch.vocabulary), watch.rules))
        click.echo(json_text(answer))
    return bad


def _explain_story(context: click.Context, what: str, as_json: bool) -> None:
    """Why each article of a story is there: what matched, and why it joined."""
    from watcher.cli.explain_page import story_reason_lines
    from watcher.cli.opening import open_archive
    from watcher.cli.show import say, show_json
    from watcher.errors import UsageError
    from watcher.pipeline.archive import why_together

    identity = what.removeprefix("#")
    found = why_together(open_archive(context), int(identity)) if identity.isdecimal() else None
    if found is None:
        raise UsageError(f"there is no story {what}; `watcher stories` lists them")
    if as_json:
        show_json(found.as_json())
        return
    for line in story_reason_lines(found):
        say(line)
