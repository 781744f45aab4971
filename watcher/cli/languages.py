"""`watcher languages`: which languages are read and who has checked them; templates, spreadsheets and trials for speakers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from watcher.cli.options import json_option, paths_of, paths_options

if TYPE_CHECKING:
    from watcher.model import Entry, Language
    from watcher.pipeline.check import Watch

COUNTED = ("cambodia", "scam", "compound", "deported", "arrested", "rescued")  # concepts that the list counts


@click.group(invoke_without_command=True, short_help="Languages: how many words each has, who checked them.")
@paths_options
@json_option
@click.pass_context
def languages(context: click.Context, as_json: bool) -> None:
    """List the languages: how many words each has for the main concepts, and the speaker who has checked them.

    Own files stand in the folder languages/ beside the rules file; they add to shipped languages, or bring new ones.

    \b
    Examples:
      watcher languages
      watcher languages new am
      watcher languages check am article.txt
      watcher languages page km > khmer.md
    """
    if context.invoked_subcommand:
        return
    from watcher.cli.show import counted, note, safe, say, show_json, table

    watch, _ = _watch(context)
    rows = [_row(watch, language) for language in sorted(watch.spoken.languages, key=lambda one: one.code)]
    if as_json:
        show_json(rows)
        return
    lines = [
        (row["code"], safe(row["name"], 24), *(str(row["terms"].get(name, 0)) for name in COUNTED), row["from"], safe(row["checked_by"] or "not checked", 30))
        for row in rows
    ]  # fmt: skip
    for line in table(lines, ("code", "language", *COUNTED, "from", "checked by")):
        say(line)
    checked = sum(bool(row["checked_by"]) for row in rows)
    say(f"\n{counted(len(rows), 'language')}, {checked} checked by a speaker.")
    for name in watch.spoken.texts.strays:
        note(f"languages/{safe(name)}: is not read; only files that are called as am.toml are")


@languages.command(short_help="A template, or a spreadsheet, for a speaker to fill in.")
@paths_options
@click.argument("code")
@click.option("--name", help="What the language is called in English; known for most codes.")
@click.option("--csv", "as_csv", is_flag=True, help="A spreadsheet instead, for someone who does not edit TOML.")
@click.option("--from-csv", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Make the file from a filled spreadsheet.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Where to; beside the rules file, or CODE.csv here.")
@click.pass_context
def new(context: click.Context, code: str, name: str | None, as_csv: bool, from_csv: Path | None, output: Path | None) -> None:
    """Write languages/CODE.toml beside the rules file: every table and key, with the English beside each blank.

    Blanks are skipped, so the file works from its first word on. A file that is there is never overwritten. For a language that
    is shipped, what is filled in is added to it.

    \b
    Examples:
      watcher languages new am
      watcher languages new am --csv
      watcher languages new am --from-csv am.csv
    """
    from watcher.cli.show import note, say
    from watcher.errors import UsageError
    from watcher.languages import read_sheet, shipped_tables, template, write_sheet
    from watcher.pipeline.rules_file import languages_beside

    if as_csv and from_csv:
        raise click.UsageError("--csv writes a spreadsheet, --from-csv reads one; give one of them")
    name = _name_of(code, name)
    path = output or (Path(f"{code}.csv") if as_csv else languages_beside(paths_of(context).rules) / f"{code}.toml")
    if path.exists():
        raise UsageError(f"{path}: is there already, and is not overwritten; edit it, or name another file with --output")
    if as_csv:
        _write(path, write_sheet())
        say(f"{path}: {name}, for the column 'translation'. When it is filled in: watcher languages new {code} --from-csv {path}")
        return
    filled = read_sheet(from_csv.read_bytes(), from_csv.name) if from_csv else None
    text = template(code, name, filled, adds=shipped_tables(code) is not None)
    _write(path, text.encode("utf-8"))
    say(f"{path}: {name}{', from ' + str(from_csv) if from_csv else ', with the English beside each blank'}.")
    note(f"Next: watcher check; then watcher languages check {code} article.txt")


@languages.command(short_help="What a language's file finds in a text.")
@paths_options
@click.argument("code")
@click.argument("file")
@json_option
@click.pass_context
def check(context: click.Context, code: str, file: str, as_json: bool) -> None:
    """Show what the words of language CODE find in a text FILE (- for standard input): each concept, the people, the verdict.

    \b
    Example:
      watcher languages check am article.txt
    """
    from watcher.cli.languages_page import as_json as trial_json
    from watcher.cli.languages_page import trial_lines
    from watcher.cli.show import note, say, show_json
    from watcher.pipeline.language_trial import tried
    from watcher.pipeline.terms import language_called

    watch, said = _watch(context)
    if said:
        note(said)
    found = tried(watch, language_called(watch, code), _entry(file))
    if as_json:
        show_json(trial_json(found))
        return
    for line in trial_lines(found):
        say(line)


@languages.command(short_help="The words of each language as a page for its speakers.")
@paths_options
@click.argument("codes", nargs=-1, metavar="[CODE]...")
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), help="Write languages.md and a page a language there.")
@click.pass_context
def page(context: click.Context, codes: tuple[str, ...], folder: Path | None) -> None:
    """Print the words of the languages named (of all, where none is) as Markdown, with their English, for a speaker to check.

    \b
    Examples:
      watcher languages page km > khmer.md
      watcher languages page --folder docs
    """
    from watcher.errors import UsageError
    from watcher.languages import page as page_of
    from watcher.languages import pages
    from watcher.pipeline.terms import language_called

    watch, _ = _watch(context)
    if folder is not None:
        if codes:
            raise UsageError("--folder writes the pages of all languages; leave the codes out")
        for name, text in pages(watch.spoken).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return
    click.echo(page_of(watch.spoken, [language_called(watch, code).code for code in codes]), nl=False)


def _watch(context: click.Context) -> tuple[Watch, str]:
    """The rules with the languages beside them; those of `init` where there is no rules file, with a line that says so."""
    from watcher.cli.opening import open_rules
    from watcher.config import new_file
    from watcher.pipeline.rules_file import checked_text

    path = paths_of(context).rules
    if path.exists():
        return open_rules(context).watch, ""
    return checked_text(path, new_file(), {}), f"{path}: there is no such file, so the rules that `watcher init` writes are used"


def _entry(file: str) -> Entry:
    """A text file as an entry: the first line is the title where a blank line follows it."""
    from watcher.cli.files import read_input
    from watcher.errors import UsageError
    from watcher.model import Entry

    text = read_input(Path(file))
    if not text.strip():
        raise UsageError(f"{'standard input' if file == '-' else file}: holds no text; there is nothing to look for")
    first, _, rest = text.partition("\n")
    title, body = (first.strip(), rest.strip()) if rest.startswith("\n") else ("", text)
    return Entry(key="", url="", canonical_url="", title=title, text=body)


def _row(watch: Watch, language: Language) -> dict[str, Any]:
    own = next((one for one in watch.spoken.own if one.code == language.code), None)
    where = (
        "shipped"
        if own is None
        else {"new": f"languages/{own.file}", "adds": f"shipped + languages/{own.file}", "replaces": f"languages/{own.file} alone"}[
            own.does
        ]
    )
    return {
        "code": language.code,
        "name": language.name,
        "tags": list(language.tags),
        "from": where,
        "checked_by": language.checked_by or None,
        "blanks": own.blanks if own else 0,
        "terms": {name: len(found) for name, found in language.concepts.items()},
    }


def _name_of(code: str, name: str | None) -> str:
    """What a code is called. Raises UsageError for a code that no language has, with what to do."""
    import re

    from watcher.config.values import check_language, did_you_mean
    from watcher.errors import UsageError
    from watcher.languages import language_names, load

    names = language_names()
    try:
        check_language(code)
    except ValueError as error:
        raise UsageError(str(error)) from None
    if not re.fullmatch("[a-z]{2,3}", code):
        raise UsageError(f"'{code}' is a variant; its file is {code.partition('-')[0]}.toml, which names the variant in its tags")
    if code not in names and not name:
        called = {label.casefold(): known for known, label in names.items()}
        hint = (
            f"did you mean '{called[code]}'?"
            if code in called
            else did_you_mean(code, list(names), otherwise="its list is the IANA Language Subtag Registry.")
        )
        raise UsageError(f"there is no language '{code}'; {hint} If the code is right, say what it is called with --name")
    other = next((one for one in load() if code in one.tags and code != one.code), None)
    if other is not None:
        raise UsageError(
            f"'{code}' is a code of {other.name}, which is shipped as {other.code}.toml; to add to it: watcher languages new {other.code}"
        )
    return " ".join((name or names[code]).split())


def _write(path: Path, content: bytes) -> None:
    """Write a new file whole; one that is there stays as it is, whoever made it in the meantime."""
    from watcher.errors import UsageError

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError:
        raise UsageError(f"{path}: is there already, and is not overwritten; name another file with --output") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}); is the folder yours?") from error
