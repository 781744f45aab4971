"""`watcher outbox`: what waits to be sent, was sent, was given up or is held; what one message says; another try.

Holding, releasing and dropping is `outbox_hold`.
"""

from __future__ import annotations

import click

from watcher.cli.options import json_option, paths_of, paths_options
from watcher.cli.outbox_hold import discard, hold, release, retry

NEWEST = 50  # messages that are listed
_STATES = click.Choice(["pending", "sending", "sent", "dead", "held", "discarded", "covered"])


@click.group(invoke_without_command=True, short_help="What waits, was sent, was given up, is held.")
@paths_options
@click.option("--state", type=_STATES, help="Only these.")
@json_option
@click.pass_context
def outbox(context: click.Context, state: str | None, as_json: bool) -> None:
    """List messages, newest first: one row a recipient and channel.

    \b
    Examples:
      watcher outbox
      watcher outbox --state dead
      watcher outbox show 17
      watcher outbox retry --channel slack
      watcher outbox release --digest daily
      watcher outbox send
    """
    if not context.invoked_subcommand:
        _show_list(context, state, as_json=as_json)


@outbox.command("list", short_help="List messages, newest first.")
@paths_options
@click.option("--state", type=_STATES, help="Only these.")
@json_option
@click.pass_context
def list_(context: click.Context, state: str | None, as_json: bool) -> None:
    """List messages, newest first; the same as `watcher outbox`.

    \b
    Example:
      watcher outbox list --state held
    """
    _show_list(context, state, as_json=as_json)


@outbox.command(short_help="One message: its state, tries, what it tells and says.")
@paths_options
@click.argument("identity", metavar="ID", type=int)
@json_option
@click.pass_context
def show(context: click.Context, identity: int, as_json: bool) -> None:
    """Show one message: its state in words, every try with its answer, which digest and stories it tells, and its text.

    \b
    Example:
      watcher outbox show 17
    """
    from watcher.cli.opening import open_archive, open_rules, zone_of
    from watcher.cli.outbox_page import page, page_json
    from watcher.cli.show import say, show_json
    from watcher.errors import UsageError
    from watcher.pipeline.tools import utc_now
    from watcher.store import outbox as messages
    from watcher.store import outbox_hands

    archive = open_archive(context)
    row, content = messages.row(archive, identity), outbox_hands.content(archive, identity)
    if row is None or content is None:
        raise UsageError(f"there is no message {identity}; `watcher outbox` lists them")
    zone, now = zone_of(open_rules(context)), utc_now()
    if as_json:
        show_json(page_json(row, content, zone, now))
        return
    for line in page(row, content, zone, now):
        say(line)


@outbox.command(short_help="Deliver what is due, once, without a running service.")
@paths_options
@click.pass_context
def send(context: click.Context) -> None:
    """Deliver what is due, once. Refused while a `watcher run` holds the sender's lease.

    \b
    Example:
      watcher digest daily --send && watcher outbox send
    """
    import asyncio

    from watcher.cli.opening import existing, open_archive, open_rules, opened_tools
    from watcher.cli.show import counted, note, say
    from watcher.errors import BusyError
    from watcher.pipeline.deliver import DeliveryReport, deliver, give_back_lease, take_lease
    from watcher.service import holder
    from watcher.store import outbox as messages

    rules = open_rules(context)
    existing(paths_of(context).database)

    async def turn() -> DeliveryReport:
        async with opened_tools(context, rules) as tools:
            if not await tools.writer.run(take_lease, holder(), tools.clock()):
                raise BusyError("a running `watcher run` sends what is due; nothing to do here")
            try:
                return await deliver(tools, holder=holder())
            finally:
                await tools.writer.run(give_back_lease, holder())

    report = asyncio.run(turn())
    say(f"{report.sent} sent, {report.again} to be tried again, {report.dead} given up")
    waiting = messages.channels(open_archive(context))
    paused = [one for one in rules.watch.config.channels if one.missing and one.name in waiting and waiting[one.name].pending]
    for one in paused:
        note(
            f"{counted(waiting[one.name].pending, 'message waits', 'messages wait')}: channel {one.name} is paused, {', '.join(one.missing)} is not set"
        )
    if report.again or report.dead:
        note("Why: watcher outbox")
    if report.again or report.dead or paused:
        context.exit(1)


def _show_list(context: click.Context, state: str | None, *, as_json: bool) -> None:
    from watcher.cli.opening import open_archive, open_rules, zone_of
    from watcher.cli.outbox_page import as_json as row_json
    from watcher.cli.outbox_page import listed
    from watcher.cli.show import note, say, show_json
    from watcher.pipeline.tools import utc_now
    from watcher.store import outbox as messages

    rows = messages.listing(open_archive(context), state=state, newest=NEWEST)
    zone, now = zone_of(open_rules(context)), utc_now()
    if as_json:
        show_json([row_json(row, zone, now) for row in rows])
        return
    for line in listed(rows, zone, now) or [_nothing(state)]:
        say(line)
    if len(rows) == NEWEST:
        note(f"These are the newest {NEWEST}.")
    if any(row.state == "dead" for row in rows):
        note("Given up: mend the channel, then: watcher outbox retry --channel NAME")
    if any(row.state == "held" for row in rows):
        note("Held: look with watcher outbox show ID, then: watcher outbox release ID, or watcher outbox discard ID")


def _nothing(state: str | None) -> str:
    return f"No message is {state}." if state else "The outbox is empty. A digest fills it at its time, or now: watcher digest --send"


for command in (retry, hold, release, discard):
    outbox.add_command(command)
