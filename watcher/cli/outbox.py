"""`watcher outbox`: what waits to be sent, what was sent, what was given up, and another try."""

from __future__ import annotations

import click

from watcher.cli.options import json_option, paths_of, paths_options

NEWEST = 50  # messages that are listed


@click.group(invoke_without_command=True, short_help="What waits, was sent, was given up.")
@paths_options
@click.option("--state", type=click.Choice(["pending", "sending", "sent", "dead", "held"]), help="Only these.")
@json_option
@click.pass_context
def outbox(context: click.Context, state: str | None, as_json: bool) -> None:
    """List messages, newest first: one row a recipient and channel.

    \b
    Examples:
      watcher outbox
      watcher outbox --state dead
      watcher outbox retry --channel slack
      watcher outbox send
    """
    if context.invoked_subcommand:
        return
    from watcher.cli.opening import open_archive, open_rules, zone_of
    from watcher.cli.show import counted, note, safe, say, show_json, table, when
    from watcher.pipeline.tools import utc_now
    from watcher.store import outbox as messages

    rows = messages.listing(open_archive(context), state=state, newest=NEWEST)
    if as_json:
        show_json([{name: getattr(row, name) for name in row.__slots__} for row in rows])
        return
    zone, now = zone_of(open_rules(context)), utc_now()
    lines = [
        (
            str(row.id), row.state, row.kind, row.channel, safe(row.recipient, 36), counted(row.attempt, "try", "tries"),
            when(row.settled or row.created, zone, now), f"next {when(row.due_at, zone, now)}" if row.state == "pending" else "",
            safe(row.answer or "", 60),
        )
        for row in rows
    ]  # fmt: skip
    for line in table(lines, ("id", "state", "what", "channel", "to", "tries", "at", "", "answer")) or [_nothing(state)]:
        say(line)
    if len(rows) == NEWEST:
        note(f"These are the newest {NEWEST}.")
    if any(row.state in ("dead", "held") for row in rows):
        note("Given up (dead) or held: mend the channel, then: watcher outbox retry --channel NAME")


@outbox.command(short_help="Try messages again now.")
@paths_options
@click.argument("ids", nargs=-1, type=int)
@click.option("--channel", help="All of this channel that wait or were given up.")
@click.pass_context
def retry(context: click.Context, ids: tuple[int, ...], channel: str | None) -> None:
    """Make messages due now: by id, or all of a channel that wait, are held or were given up.

    \b
    Examples:
      watcher outbox retry 17
      watcher outbox retry --channel slack
    """
    if not ids and not channel:
        raise click.UsageError("name message ids, or --channel NAME; `watcher outbox` lists them")
    from watcher.cli.opening import existing, nothing_called, open_archive
    from watcher.cli.show import counted, say
    from watcher.pipeline.tools import utc_now
    from watcher.store import outbox as messages
    from watcher.store.writer import Writer

    known = messages.channels(open_archive(context))
    if channel and channel not in known:
        raise nothing_called("channel", channel, known, "no message was ever made for it; `watcher channels` lists all")
    writer = Writer(existing(paths_of(context).database), create=False)
    try:
        count = writer.change_now(messages.retry, now=utc_now(), channel=channel, ids=ids)
    finally:
        writer.close()
    if not count:
        say("Nothing to try again: what was sent is not sent twice. `watcher outbox` lists messages and their state.")
        context.exit(1)
    say(f"{counted(count, 'message')} will be tried now by `watcher run`, or by: watcher outbox send")


def _nothing(state: str | None) -> str:
    return f"No message is {state}." if state else "The outbox is empty. A digest fills it at its time, or now: watcher digest --send"


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
