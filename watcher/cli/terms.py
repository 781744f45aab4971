"""`watcher terms`: the words behind each @concept; one more, or one less, without opening the rules file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from watcher.cli.options import json_option, paths_of, paths_options

if TYPE_CHECKING:
    from watcher.pipeline.check import Watch
    from watcher.pipeline.terms import ConceptTerms


@click.group(invoke_without_command=True, short_help="The words behind each @concept; add or remove one.")
@paths_options
@json_option
@click.pass_context
def terms(context: click.Context, as_json: bool) -> None:
    """List how many words each @concept of the rules has in each language, and change them.

    \b
    Examples:
      watcher terms
      watcher terms list scam en
      watcher terms add scam en "love scam"
      watcher terms remove scam en "phishing"
    """
    if context.invoked_subcommand is None:
        _list(context, None, None, as_json)


@terms.command("list", short_help="The words of one concept, or of one language.")
@paths_options
@click.argument("concept", required=False)
@click.argument("language", required=False)
@json_option
@click.pass_context
def list_(context: click.Context, concept: str | None, language: str | None, as_json: bool) -> None:
    """List the words of CONCEPT (of all, where none is named) in LANGUAGE, with what rules.toml adds (+) and removes (-).

    \b
    Examples:
      watcher terms list scam
      watcher terms list scam en
    """
    _list(context, concept, language, as_json)


@terms.command(short_help="One more word for a concept.")
@paths_options
@click.argument("concept")
@click.argument("language")
@click.argument("term")
@click.pass_context
def add(context: click.Context, concept: str, language: str, term: str) -> None:
    """Add TERM to CONCEPT in LANGUAGE (`any` for a word of all languages). A final * means that the word may go on.

    The rules file is checked as a whole before it is written; comments in it stay.

    \b
    Examples:
      watcher terms add scam en "love scam"
      watcher terms add kingpins any "Example Group"
    """
    _change(context, concept, language, term, adding=True)


@terms.command(short_help="One word less for a concept.")
@paths_options
@click.argument("concept")
@click.argument("language")
@click.argument("term")
@click.pass_context
def remove(context: click.Context, concept: str, language: str, term: str) -> None:
    """Remove TERM from CONCEPT in LANGUAGE, a shipped one too. `terms add` brings it back.

    \b
    Example:
      watcher terms remove scam en "phishing"
    """
    _change(context, concept, language, term, adding=False)


def _change(context: click.Context, concept: str, language: str, term: str, *, adding: bool) -> None:
    """Change one term, check the whole, show what changed, write."""
    from watcher.cli.files import read_text, write_text
    from watcher.cli.opening import open_rules
    from watcher.cli.show import safe, say
    from watcher.config.terms import add_term, remove_term
    from watcher.errors import UsageError
    from watcher.pipeline.rules_file import checked_text
    from watcher.pipeline.terms import ANY, check_concept, language_called, same_term, term_problem, terms_of

    path, watch = paths_of(context).rules, open_rules(context).watch
    concept, term = concept.removeprefix("@"), re.sub(" +", " ", term.strip())
    check_concept(watch, concept)
    spoken = None if language == ANY else language_called(watch, language)
    code = spoken.code if spoken else ANY
    before = terms_of(watch, concept, code)
    there = next((one for one in before.now if same_term(one, term)), None)
    if adding and there is not None:
        say(f"'{safe(there)}' is there already; nothing was written. @{concept}.{code} has {len(before.now)} words.")
        return
    if not adding and there is None:
        raise UsageError(f"'{term}' is not among the words of @{concept}.{code}; {_nearest(before, term)}")
    known = any(same_term(one, term) for one in before.removed)  # a shipped word comes back
    problem = term_problem(term, spoken) if adding and not known else None
    if problem:
        raise UsageError(f"'{term}' {problem}. Nothing was written; what must be all the same can be written into [concepts] by hand")
    edit = add_term if adding else remove_term
    text = edit(read_text(path), concept, code, term, shipped=before.shipped, same=same_term)
    after = terms_of(checked_text(path, text), concept, code)
    write_text(path, text)
    for one in dict.fromkeys((*before.now, *after.now)):
        if (one in before.now) != (one in after.now):
            say(f"{'+' if one in after.now else '-'} @{concept}.{code}: {safe(one)}")
    say(f"{path}: written and right. @{concept}.{code} has {len(after.now)} words. Try it: watcher explain article.txt")


def _nearest(found: ConceptTerms, term: str) -> str:
    from watcher.config.values import did_you_mean

    return did_you_mean(term, list(found.now), otherwise=f"list them with: watcher terms list {found.concept} {found.language}")


def _list(context: click.Context, concept: str | None, language: str | None, as_json: bool) -> None:
    from watcher.cli.opening import open_rules
    from watcher.cli.show import say, show_json, wrapped
    from watcher.pipeline.terms import ANY, all_terms, check_concept, language_called

    watch = open_rules(context).watch
    concept = concept.removeprefix("@") if concept else None
    if concept:
        check_concept(watch, concept)
    code = None if language is None else ANY if language == ANY else language_called(watch, language).code
    found = [one for one in all_terms(watch) if concept in (None, one.concept) and code in (None, one.language)]
    if as_json:
        show_json(
            [
                {"concept": one.concept, "language": one.language, "terms": one.now, "added": one.added, "removed": one.removed}
                for one in found
            ]
        )
    elif concept is None and code is None:
        _counts(watch, found)
    else:
        for one in found:
            for line in wrapped(_words(one), first=f"@{one.concept}.{one.language}  ", rest="  "):
                say(line)
        if not found:
            say(f"@{concept}.{code} has no words yet. Add one: watcher terms add {concept} {code} WORD")


def _words(found: ConceptTerms) -> str:
    """The words of one concept, those of rules.toml marked."""
    from watcher.cli.show import safe

    gone = [one for one in found.removed if one not in found.added]
    kept = [safe(one) for one in found.now if one not in found.added]
    return ", ".join([*kept, *(f"+{safe(one)}" for one in found.added), *(f"-{safe(one)}" for one in gone)])


def _counts(watch: Watch, found: list[ConceptTerms]) -> None:
    """How many words each concept has, language by language."""
    from watcher.cli.show import note, say, wrapped

    for concept in dict.fromkeys(one.concept for one in found):
        rows = [one for one in found if one.concept == concept]
        counts = ", ".join(f"{one.language} {len(one.now)}" for one in sorted(rows, key=lambda one: -len(one.now)))
        for line in wrapped(counts, first=f"@{concept:14} {sum(len(one.now) for one in rows):5}   ", rest=" " * 24):
            say(line)
    note("The words of one: watcher terms list scam en")
