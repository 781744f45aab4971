"""`watcher outbox retry|hold|release|discard`: what a person does with messages that were not sent."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from watcher.cli.options import paths_of, paths_options
from watcher.cli.person import by_option

if TYPE_CHECKING:
    from watcher.pipeline.outbox_asked import Meant
    from watcher.store import Database

F = TypeVar("F", bound=Callable[..., Any])
_NAMED = 8  # ids that a question names


def _which(function: F) -> F:
    """Add what every one of these commands takes: ids, or --channel, --digest, --all."""
    function = click.option("--all", "everything", is_flag=True, help="All of them; with --digest all its numbers.")(function)
    function = click.option("--digest", metavar="NAME", help="A digest that waits for approval.")(function)
    function = click.option("--channel", metavar="NAME", help="All of this channel.")(function)
    return click.argument("ids", metavar="[ID]...", nargs=-1, type=int)(function)


@click.command(short_help="Try messages again now.")
@paths_options
@_which
@by_option
@click.pass_context
def retry(context: click.Context, ids: tuple[int, ...], channel: str | None, digest: str | None, everything: bool, by: str | None) -> None:
    """Make messages due now that wait or were given up; by id also one that was dropped. What is held is released instead.

    \b
    Examples:
      watcher outbox retry 17
      watcher outbox retry --channel slack
    """
    from watcher.cli.show import counted, say
    from watcher.pipeline import outbox_asked

    asked = outbox_asked.Asked(ids, channel, digest, everything)
    _, count = _do(context, asked, "retry", by, outbox_asked.retry)
    if not count:
        say("Nothing to try again: what was sent is not sent twice. `watcher outbox` lists messages and their state.")
        context.exit(1)
    say(f"{counted(count, 'message')} will be tried now by `watcher run`, or by: watcher outbox send")


@click.command(short_help="Keep messages back until you release them.")
@paths_options
@_which
@by_option
@click.pass_context
def hold(context: click.Context, ids: tuple[int, ...], channel: str | None, digest: str | None, everything: bool, by: str | None) -> None:
    """Keep back messages that wait now. Later ones go on: to stop a channel, take it out of the digests in rules.toml.

    \b
    Examples:
      watcher outbox hold 17 18
      watcher outbox hold --channel staff
    """
    from watcher.cli.show import counted, say
    from watcher.pipeline import outbox_asked

    asked = outbox_asked.Asked(ids, channel, digest, everything)
    _, count = _do(context, asked, "hold", by, outbox_asked.hold)
    if not count:
        say("Nothing to hold: no such message waits. `watcher outbox` lists them.")
        context.exit(1)
    say(f"{counted(count, 'message')} held. To let them go: watcher outbox release ID, or --all. To drop them: watcher outbox discard ID")


@click.command(short_help="Let held messages go; approve a digest.")
@paths_options
@_which
@by_option
@click.pass_context
def release(
    context: click.Context, ids: tuple[int, ...], channel: str | None, digest: str | None, everything: bool, by: str | None
) -> None:
    """Let held messages go now: what you held, a digest that waits for approval, what a restore holds back.

    What waited longer than a day reaches people as one message, not as a pile. --all leaves digests alone that wait for approval.

    \b
    Examples:
      watcher outbox release --digest daily
      watcher outbox release 17
      watcher outbox release --all
    """
    from watcher.cli.show import counted, note, say
    from watcher.pipeline import outbox_asked

    asked = outbox_asked.Asked(ids, channel, digest, everything)
    meant, count = _do(context, asked, "release", by, outbox_asked.release)
    for line in meant.left:
        note(f"Left: {line}")
    if meant.ends_hold:
        say("Nothing is held back any more after the restore.")
    if count:
        say(f"{counted(count, 'message')} released; sent now by `watcher run`, or by: watcher outbox send")
    elif not meant.ends_hold:
        say("Nothing to release: no such message is held. `watcher outbox --state held` lists them.")
        context.exit(1)


@click.command(short_help="Drop messages that were not sent.")
@paths_options
@_which
@click.option("--yes", is_flag=True, help="Do not ask.")
@by_option
@click.pass_context
def discard(
    context: click.Context, ids: tuple[int, ...], channel: str | None, digest: str | None, everything: bool, yes: bool, by: str | None
) -> None:
    """Drop messages that wait, are held or were given up. They stay listed as discarded; what they tell counts as told.

    \b
    Examples:
      watcher outbox discard 17
      watcher outbox discard --channel old-slack --yes
    """
    from watcher.cli.show import counted, say
    from watcher.pipeline import outbox_asked

    def agreed(meant: Meant) -> None:
        if yes or not meant.rows:
            return
        named = ", ".join(str(row.id) for row in meant.rows[:_NAMED]) + (" ..." if len(meant.rows) > _NAMED else "")
        question = f"Drop {counted(len(meant.rows), 'message')} ({named})? What they tell counts as told and is not told again"
        if not sys.stdin.isatty():
            raise click.UsageError(f"this would drop {counted(len(meant.rows), 'message')} ({named}); add --yes to do it")
        click.confirm(question, abort=True, err=True)

    asked = outbox_asked.Asked(ids, channel, digest, everything)
    _, count = _do(context, asked, "discard", by, outbox_asked.discard, agreed)
    if not count:
        say("Nothing to drop: no such message waits, is held or was given up. `watcher outbox` lists them.")
        context.exit(1)
    say(f"{counted(count, 'message')} discarded. To send one all the same: watcher outbox retry ID")


def _do(
    context: click.Context,
    asked: Any,
    command: str,
    by: str | None,
    change: Callable[[Database, Meant, str, datetime], int],
    agreed: Callable[[Meant], None] = lambda _: None,
) -> tuple[Meant, int]:
    """Find the messages, ask where that is wanted, then change them in one transaction; gives them and how many changed."""
    from watcher.cli.opening import existing, open_archive, open_rules
    from watcher.pipeline import outbox_asked
    from watcher.pipeline.tools import utc_now
    from watcher.store.writer import Writer

    asked.check(command)
    config = open_rules(context).watch.config
    meant = outbox_asked.meant(open_archive(context), config, asked, command)
    agreed(meant)
    writer = Writer(existing(paths_of(context).database), create=False)
    try:
        count = writer.change_now(change, meant, _who(by), utc_now())
    finally:
        writer.close()
    return meant, count


def _who(by: str | None) -> str:
    """The name given, else that of the login: nobody has to type a name to stop a message."""
    import getpass

    from watcher.cli.person import person

    if by:
        return person(by)
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container's user without a name
        return "somebody at the command line"
