"""What commands that correct stories have in common: ids as people type them, who and why, whom to tell, and what is said then."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

import click

from watcher.cli.options import paths_of
from watcher.cli.person import person

if TYPE_CHECKING:
    from watcher.model import Facts
    from watcher.pipeline.corrections_told import Done
    from watcher.store import Database
    from watcher.store.corrections import Decided

F = TypeVar("F", bound=Callable[..., Any])
Told = Sequence[tuple[str, int | None, datetime]]

LONGEST_WHY = 200  # characters: a digest prints no more of a reason
_NUMBER = re.compile(r"#?(\d{1,18})")
_CORRECTION = re.compile(r"c(\d{1,18})", re.IGNORECASE)
_ARTICLE = re.compile(r"a(\d{1,18})", re.IGNORECASE)


def why_option(function: F) -> F:
    """Add --why."""
    return click.option("--why", metavar="TEXT", required=True, help="The reason; whoever is told of it reads it.")(function)


def tell_options(function: F) -> F:
    """Add --tell and --quiet, as `tell`: True, False or None."""
    function = click.option("--quiet", "tell", flag_value="quiet", help="Tell nobody; the reason is kept.")(function)
    return click.option("--tell", "tell", flag_value="tell", help="Tell those who were told before, first in their next mail.")(function)


def story_number(typed: str) -> int:
    """The number of `12` or `#12`. Raises UsageError for anything else."""
    from watcher.errors import UsageError

    found = _NUMBER.fullmatch(typed.strip())
    if found is None:
        raise UsageError(f'{typed}: is no story; write its number, 12 or "#12", as `watcher stories` prints it')
    return int(found[1])


def correction_number(typed: str) -> int | None:
    """The number of a correction, `c5`; None where something else was typed."""
    found = _CORRECTION.fullmatch(typed.strip())
    return int(found[1]) if found else None


def article_numbers(typed: str) -> list[int]:
    """The numbers of `a31,a35`. Raises UsageError for anything else."""
    from watcher.errors import UsageError

    found = []
    for one in re.split(r"[,\s]+", typed.strip(", ")):
        number = _ARTICLE.fullmatch(one)
        if number is None:
            raise UsageError(f"{one or '--articles'}: is no article; write them as `watcher stories show` prints them: a31,a35")
        found.append(int(number[1]))
    return found


def decided(by: str | None, why: str, tell: str | None) -> Decided:
    """Who, why, and whether to tell. Raises UsageError without a name or a reason."""
    from watcher.errors import UsageError
    from watcher.store.corrections import Decided

    who, reason = person(by), " ".join(why.split())
    if not reason or not reason.isprintable():
        raise UsageError("the reason is missing: what a person decides is kept with why. Add --why TEXT")
    if len(reason) > LONGEST_WHY:
        raise UsageError(f"the reason has {len(reason)} characters; a mail prints {LONGEST_WHY}. Say it shorter")
    return Decided(who, reason, None if tell is None else tell == "tell")


def on_terminal() -> bool:
    """Whether a person sits there who can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def correct(
    context: click.Context, decided: Decided, attempt: Callable[[Database, Decided, datetime], Done], zone: ZoneInfo, *, ask: bool
) -> Done:
    """Do it in one transaction; where people were told before and nothing was said of that, `ask` first. Raises UsageError where nobody can be asked."""
    from watcher.cli.opening import existing
    from watcher.errors import AlreadyToldError
    from watcher.pipeline.tools import utc_now
    from watcher.store.writer import Writer

    writer = Writer(existing(paths_of(context).database), create=False)
    try:
        try:
            return writer.now(attempt, decided, utc_now())
        except AlreadyToldError as error:
            _list_told(error.told, zone)
            if not ask:
                raise
            return writer.now(attempt, replace(decided, tell=_ask()), utc_now())
    finally:
        writer.close()


def _ask() -> bool:
    answer = click.prompt(
        "Tell them? t: yes, first in their next mail; q: quietly, nobody is told", type=click.Choice(["t", "q"]), err=True
    )
    return bool(answer == "t")


def _list_told(told: Told, zone: ZoneInfo) -> None:
    from watcher.cli.show import note

    note("They were told of it:")
    for line in told_lines(told, zone):
        note(f"  {line}")


def told_lines(told: Told, zone: ZoneInfo) -> list[str]:
    """`daily, mail no. 3, 8 Nov 2023 07:00`, a line an audience."""
    from watcher.cli.show import MONTHS

    lines = []
    for audience, number, at in told:
        kind, _, name = audience.partition(":")
        which = f", {'mail' if kind == 'digest' else kind} no. {number}" if number else ""
        local = at.astimezone(zone)
        lines.append(f"{name or audience}{which}, {local.day} {MONTHS[local.month - 1]} {local.year} {local:%H:%M}")
    return lines


def say_done(done: Done, lines: Sequence[str], zone: ZoneInfo, typed: Sequence[int], *, as_json: bool) -> None:
    """Print what came of it: `lines` of result, then who is told, and how to take it back."""
    from watcher.cli.show import note, say, show_json

    if as_json:
        show_json(_as_json(done))
        return
    for number in typed:
        if number not in (done.story, done.other):
            note(f"#{number} was merged into #{done.story}.")
    for line in (*lines, *done.notes):
        say(line)
    names = "; ".join(told_lines([(one.audience.name, one.number, one.last.at) for one in done.told], zone))
    if done.tell:
        say(f"Told before, and told of this first in their next mail: {names}.")
    elif done.told:
        say(f"Told before: {names}. Nobody is told of this; the reason is kept.")
    if not done.undone:
        note(f"To take it back: watcher stories undo {done.correction.name}")


def what(facts: Facts | None) -> str:
    """A story's headline, fit for a line."""
    from watcher.cli.show import safe

    return safe(facts.headline, 100) if facts else ""


def _as_json(done: Done) -> dict[str, Any]:
    from watcher.story import facts_json

    one = done.correction
    return {
        "correction": one.name, "kind": one.kind.value, "undone": done.undone, "story": done.story, "other": done.other,
        "articles": [f"a{article}" for article in one.articles], "by": one.by, "why": one.why, "at": one.at,
        "undone_by": one.undone_by, "undone_why": one.undone_why,
        "before": facts_json(done.before), "after": facts_json(done.after),
        "other_after": facts_json(done.other_after) if done.other_after else None,
        "told": [{"audience": to.audience.name, "number": to.number, "at": to.last.at} for to in done.told],
        "tell": done.tell, "notes": list(done.notes),
    }  # fmt: skip
