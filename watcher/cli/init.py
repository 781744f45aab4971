"""`watcher init`: ask what must be known, and write a commented rules.toml."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from watcher.cli.options import paths_of, paths_options

if TYPE_CHECKING:
    from watcher.config import Answers


_ADDRESS = re.compile(r"[^@\s,<>\"]+@[^@\s,<>\"]+\.[^@\s,<>\".]+")  # catches slips of the hand; the mail server decides what is one


@click.command(short_help="Ask a few questions and write rules.toml.")
@paths_options
@click.option("--zone", help="IANA time zone of the readers, such as Asia/Phnom_Penh.")
@click.option("--contact", help="Mail address for feed owners and readers.")
@click.option("--channel", type=click.Choice(["email", "slack", "webhook", "folder"]), help="The first way out.")
@click.option("--to", multiple=True, help="Mail address of a reader; give it again for more.")
@click.option("--sender", help="The mail's From; the contact where none is given.")
@click.option("--operator", multiple=True, help="Mail address that hears of faults.")
@click.option("--dead-man/--no-dead-man", default=None, help="Whether an outside watchdog is pinged.")
@click.option("--yes", is_flag=True, help="Ask nothing; use what is given and the defaults.")
@click.pass_context
def init(
    context: click.Context,
    zone: str | None,
    contact: str | None,
    channel: str | None,
    to: tuple[str, ...],
    sender: str | None,
    operator: tuple[str, ...],
    dead_man: bool | None,
    yes: bool,
) -> None:
    """Ask for zone, contact, operator, the first channel and an outside watchdog, and write a commented rules.toml.

    Secrets are not asked for: the file names them, and they stand in the environment (or .env).
    An existing file is never overwritten.

    \b
    Examples:
      watcher init
      watcher init --yes --contact ops@example.org --channel email --to staff@example.org
    """
    from watcher.cli.files import write_text
    from watcher.cli.show import say
    from watcher.config import Answers, load, secret_lines, write_new
    from watcher.errors import UsageError
    from watcher.model import ChannelKind

    path = paths_of(context).rules
    if path.exists():
        raise UsageError(f"{path} is there already and is not overwritten; edit it, or name another with --rules")
    answers = Answers(
        time_zone=zone or "", contact=contact or "", channel=ChannelKind(channel) if channel else ChannelKind.FOLDER, to=to,
        sender=sender or "", operator=operator, dead_man=bool(dead_man),
    )  # fmt: skip
    answers = _defaults(answers) if yes else _asked(answers, kind_given=bool(channel), dead_man_given=dead_man is not None)
    text = write_new(answers)
    load(text, file=path.name, environment={})  # what was answered may be wrong: each mistake is said, nothing is written
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, text)
    say(f"Written: {path}")
    _say_next(path, answers, secret_lines(answers))


def _defaults(given: Answers) -> Answers:
    """What was not given, without asking."""
    from watcher.config import Answers
    from watcher.errors import UsageError
    from watcher.model import ChannelKind

    mail = given.channel is ChannelKind.EMAIL
    if mail and not given.to:
        raise UsageError("--channel email needs a reader: add --to ADDRESS (again for each reader)")
    contact = given.contact or Answers().contact
    return replace(
        given, time_zone=given.time_zone or Answers().time_zone, contact=contact, sender=given.sender or (contact if mail else ""),
        operator=given.operator or ((contact,) if mail else ()),
    )  # fmt: skip


def _asked(given: Answers, *, kind_given: bool, dead_man_given: bool) -> Answers:
    """What was not given, asked one by one. Raises UsageError where nobody is there to answer."""
    from watcher.errors import UsageError

    try:
        return _questions(given, kind_given, dead_man_given)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        raise UsageError(
            "\nno more answers came, so nothing was written; without a terminal: watcher init --yes --contact ADDRESS"
        ) from None


def _questions(given: Answers, kind_given: bool, dead_man_given: bool) -> Answers:
    from watcher.model import ChannelKind

    zone = given.time_zone or _ask_zone()
    contact = given.contact or _address("Your contact address (readers and owners of feeds see it)")
    kinds = [one.value for one in (ChannelKind.EMAIL, ChannelKind.SLACK, ChannelKind.WEBHOOK, ChannelKind.FOLDER)]
    kind = given.channel if kind_given else ChannelKind(click.prompt("First channel", type=click.Choice(kinds), default="email"))
    to, sender, operator = given.to, given.sender, given.operator
    if kind is ChannelKind.EMAIL:
        to = to or _addresses("Who gets the daily mail (addresses, with commas)")
        sender = sender or _address("From address of the mails", default=contact)
    if kind is not ChannelKind.FOLDER:
        operator = operator or _addresses("Who hears of faults (mail addresses, with commas)", default=contact)
    dead_man = (
        given.dead_man if dead_man_given else click.confirm("Ping an outside watchdog while all is well (recommended)?", default=True)
    )
    return replace(given, time_zone=zone, contact=contact, channel=kind, to=to, sender=sender, operator=operator, dead_man=dead_man)


def _ask_zone() -> str:
    from zoneinfo import available_timezones

    while True:
        zone = str(click.prompt("Time zone of the readers", default="Asia/Phnom_Penh"))
        if zone in available_timezones():
            return zone
        wanted = zone.rpartition("/")[2].casefold().replace(" ", "_")
        near = sorted(one for one in available_timezones() if wanted and wanted in one.casefold())[:5]
        click.echo(
            f"There is no zone {zone!r}. " + (f"Did you mean {', '.join(near)}?" if near else "Examples: Asia/Phnom_Penh, Europe/Berlin."),
            err=True,
        )


def _address(question: str, default: str | None = None) -> str:
    while True:
        given = _addresses(question, default)
        if len(given) == 1:
            return given[0]
        click.echo("One address here, please.", err=True)


def _addresses(question: str, default: str | None = None) -> tuple[str, ...]:
    """Mail addresses; asked again until each looks like one, so that a slip does not end the questions."""
    while True:
        given = tuple(one.strip() for one in str(click.prompt(question, default=default)).split(",") if one.strip())
        wrong = [one for one in given if not _ADDRESS.fullmatch(one)]
        if given and not wrong:
            return given
        click.echo(f"{', '.join(map(repr, wrong)) or 'This'} is not a mail address; write one such as dara@your.org.", err=True)


def _say_next(path: Path, answers: Answers, secrets: tuple[tuple[str, str], ...]) -> None:
    from watcher.cli.show import say
    from watcher.model import ChannelKind

    if secrets:
        say(f"Write these, with your own values, into {path.parent / '.env'}, which only you may read (chmod 600):")
        for name, looks_like in secrets:
            say(f"  {name}='{looks_like}'")
    if answers.channel is ChannelKind.FOLDER:
        say("No one is told: only files are written. To tell people, add a channel of kind email, slack or webhook.")
    test = "" if answers.channel is ChannelKind.FOLDER else " --send-test staff"
    say(f"{'Then' if secrets else 'Next'}: watcher check --feeds{test}")
