"""`watcher rules test`: the rules held against labelled articles; precision and recall, and everything that is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from watcher.cli.options import json_option, paths_of, paths_options

if TYPE_CHECKING:
    from watcher.pipeline.check import Watch
    from watcher.pipeline.examine import Examined, Judgement, Score


@click.command(short_help="Hold the rules against labelled articles: precision and recall.")
@paths_options
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="[FILE.jsonl]...")
@json_option
@click.pass_context
def test(context: click.Context, files: tuple[Path, ...], as_json: bool) -> None:
    """Hold the rules against everything that is labelled: the examples in the rules file, the articles that people
    labelled in the archive (where there is one), and the FILEs given.

    A FILE has one JSON object a line in the backfill format (url, title, text, language ...), with "wanted": true or
    false, or "label": positive or pending (must match), negative. Rows with "unsure": true are skipped and counted.
    Found means matched; what is only watched, or read in full first, counts as lost.

    Precision: of what matched, the share that should. Recall: of what should match, the share that did.
    Exit status 1 when a labelled yes is lost, so that a change of the rules can be refused by a script.

    \b
    Examples:
      watcher rules test
      watcher rules test articles.jsonl
      watcher --rules new.toml rules test articles.jsonl --json
    """
    from watcher.cli.opening import open_rules
    from watcher.cli.show import say, show_json

    examined = _examined(context, open_rules(context).watch, files)
    if as_json:
        show_json(_as_json(examined))
    else:
        for line in _lines(examined):
            say(line)
    if examined.lost:
        context.exit(1)


def _examined(context: click.Context, watch: Watch, files: tuple[Path, ...]) -> Examined:
    """Everything labelled, judged. Raises an ExceptionGroup of UsageError for lines that cannot be used."""
    from watcher.cli.opening import open_archive
    from watcher.errors import UsageError
    from watcher.pipeline import examine

    examples, unsure, without_text = examine.examples_of_rules(watch), 0, 0
    if paths_of(context).database.exists():
        labelled, without_text = examine.examples_of_archive(open_archive(context))
        examples += labelled
    mistakes: list[str] = []
    for file in files:
        with file.open("rb") as lines:
            found, skipped, wrong = examine.examples_of_file(file.name, lines)
        if not found and not skipped and not wrong:
            mistakes.append(f"{file.name}: holds no article; one JSON object a line, with url, text and wanted")
        examples, unsure, mistakes = examples + found, unsure + skipped, mistakes + wrong
    if mistakes:
        raise ExceptionGroup("labelled articles", [UsageError(one) for one in mistakes])
    return examine.Examined(examine.examine(examples, watch), unsure, without_text)


def _lines(examined: Examined) -> list[str]:
    from watcher.cli.show import counted, table

    if not examined.judgements:
        return [
            "Nothing is labelled: the rules have no examples, and no article has a label. Add [[rules.examples]], or: watcher rules label URL yes"
        ]
    heads = ("labels", "articles", "yes", "found", "lost", "false hits", "precision", "recall")
    lines = table([*_rows(examined.by_origin()), _row("all", examined.score())], heads)
    lines += ["", *table(_rows(examined.by_language()), ("language", *heads[1:]))]
    lines += _listed("LOST: labelled yes, and not matched", examined.lost)
    lines += _listed("FALSE HITS: labelled no, and matched", examined.false_hits)
    if not examined.lost and not examined.false_hits:
        lines += ["", "Every label is as the rules say."]
    if examined.unsure:
        lines += ["", f"{counted(examined.unsure, 'row')} marked unsure: skipped."]
    if examined.without_text:
        lines += ["", f"{counted(examined.without_text, 'labelled article')} without text (dropped after keep_text): not tested."]
    return lines


def _rows(scores: dict[str, Score]) -> list[tuple[str, ...]]:
    return [_row(name, score) for name, score in scores.items()]


def _row(name: str, score: Score) -> tuple[str, ...]:
    wanted = score.found + score.lost
    counts = (wanted + score.false + score.kept_out, wanted, score.found, score.lost, score.false)
    return (name, *map(str, counts), _share(score.precision), _share(score.recall))


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _listed(head: str, judgements: list[Judgement]) -> list[str]:
    from watcher.cli.show import safe, wrapped

    lines = ["", f"{head} ({len(judgements)})"] if judgements else []
    for one in judgements:
        entry = one.example.entries[-1]
        rule = f"rule {one.example.rule}, " if one.example.rule else ""
        lines += wrapped(
            f"{safe(entry.title or entry.text, 150)} ({one.language}; {rule}{safe(one.example.place)})", first="  ", rest="    "
        )
        lines += wrapped(safe(one.why), first="    ", rest="      ")
        if entry.url:
            lines.append(f"    {safe(entry.url)}")
    return lines


def _as_json(examined: Examined) -> dict[str, Any]:
    return {
        "all": _score_json(examined.score()),
        "sets": {name: _score_json(score) for name, score in examined.by_origin().items()},
        "languages": {name: _score_json(score) for name, score in examined.by_language().items()},
        "lost": [_judgement_json(one) for one in examined.lost],
        "false_hits": [_judgement_json(one) for one in examined.false_hits],
        "unsure": examined.unsure,
        "without_text": examined.without_text,
    }


def _score_json(score: Score) -> dict[str, Any]:
    return {
        "articles": score.found + score.lost + score.false + score.kept_out,
        "yes": score.found + score.lost,
        "found": score.found,
        "lost": score.lost,
        "false_hits": score.false,
        "precision": score.precision,
        "recall": score.recall,
    }


def _judgement_json(one: Judgement) -> dict[str, Any]:
    entry = one.example.entries[-1]
    return {
        "url": entry.url,
        "title": entry.title or entry.text[:150],
        "language": one.language,
        "from": one.example.place,
        "rule": one.example.rule,
        "level": one.verdict.level.value,
        "rules": list(one.verdict.rules),
        "missing": list(one.verdict.missing),
        "reason": one.why,
    }
