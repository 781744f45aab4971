"""`watcher init`: ask what must be known, and write a commented rules.toml."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from watcher.cli.options import paths_of, paths_options

if TYPE_CHECKING:
    from watcher.config import Answers


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
    ask = not yes
    zone = zone or (_ask_zone() if ask else Answers().time_zone)
    contact = contact or (click.prompt("Your contact address (feed owners and readers see it)") if ask else Answers().contact)
    kind = ChannelKind(
        channel
        or (click.prompt("First channel", type=click.Choice(["email", "slack", "webhook", "folder"]), default="email") if ask else "folder")
    )
    if kind is ChannelKind.EMAIL:
        to = to or (_addresses("Who gets the daily mail (addresses, with commas)") if ask else ())
        sender = sender or (click.prompt("From address of the mails", default=contact) if ask else contact)
        operator = operator or (_addresses("Who hears of faults", default=contact) if ask else ())
    if dead_man is None:
        dead_man = click.confirm("Ping an outside watchdog while all is well (recommended)?", default=True) if ask else False
    answers = Answers(
        time_zone=zone, contact=contact, channel=kind, to=to, sender=sender or "", operator=operator, dead_man=dead_man,
        folder=str(Path("digests")),
    )  # fmt: skip
    text = write_new(answers)
    load(text, file=path.name, environment={})  # what was answered may be wrong: each mistake is said, nothing is written
    write_text(path, text)
    say(f"Written: {path}")
    _say_next(answers, secret_lines(answers))


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


def _addresses(question: str, default: str | None = None) -> tuple[str, ...]:
    return tuple(one.strip() for one in str(click.prompt(question, default=default)).split(",") if one.strip())


def _say_next(answers: Answers, secrets: tuple[tuple[str, str], ...]) -> None:
    from watcher.cli.show import say
    from watcher.model import ChannelKind

    if secrets:
        say("Put these into .env (or the environment), with your own values:")
        for name, looks_like in secrets:
            say(f"  {name}={looks_like}")
    test = "" if answers.channel is ChannelKind.FOLDER else " --send-test staff"
    say(f"Then: watcher check --feeds{test}")
    if answers.channel is ChannelKind.FOLDER:
        say("No one is told yet: this channel only writes files.")
