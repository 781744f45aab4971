"""`watcher check`: are the rules right; with --feeds, does every source answer; with --send-test, does a channel accept."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from watcher.cli.options import paths_of, paths_options

if TYPE_CHECKING:
    from watcher.pipeline.probe import Probed
    from watcher.pipeline.rules_file import RulesFile


@click.command(short_help="Are the rules right? Do the feeds answer? Does a channel accept?")
@paths_options
@click.option("--feeds", "try_feeds", is_flag=True, help="Ask every source once, from here, and print a table by language.")
@click.option("--send-test", metavar="CHANNEL", multiple=True, help="Send a test message to this channel.")
@click.pass_context
def check(context: click.Context, try_feeds: bool, send_test: tuple[str, ...]) -> None:
    """Check the rules file: every mistake at once, each with its line; examples of rules included.

    With --feeds every source is asked once from here (its fallbacks too); what answers as a feed is kept for the first
    poll, what never answered is listed. With --send-test a channel gets a real message.

    \b
    Examples:
      watcher check
      watcher check --feeds --send-test staff
    """
    import asyncio

    from watcher.cli.opening import nothing_called, open_rules
    from watcher.cli.show import counted, say

    rules = open_rules(context, warn=True)
    config = rules.watch.config
    channels = [config.channel(name) for name in send_test]
    for name, channel in zip(send_test, channels, strict=True):
        if channel is None:
            names = [one.name for one in config.channels]
            raise nothing_called("channel", name, names, f"the rules have: {', '.join(names)}")
    enabled = sum(feed.enabled != "no" for feed in config.feeds)
    examples = sum(len(rule.examples) for rule in config.rules)
    say(
        f"{rules.path}: right. {counted(len(config.rules), 'rule')}, {counted(examples, 'example')} as expected, "
        f"{counted(enabled, 'source')}, {counted(len(config.channels), 'channel')}."
    )
    for line in languages_lines(rules):
        say(line)
    if try_feeds or send_test:
        failed = asyncio.run(_try(context, rules, try_feeds, send_test))
        if failed:
            context.exit(1)
    _say_next(context, rules, try_feeds, bool(send_test))


def languages_lines(rules: RulesFile) -> list[str]:
    """Which languages are read and who has checked them; then what each file of the operator changes, and what is passed over."""
    from watcher.cli.show import counted, safe, wrapped

    spoken = rules.watch.spoken
    checked = sum(bool(one.checked_by) for one in spoken.languages)
    lines = [f"{counted(len(spoken.languages), 'language')}, {checked} checked by a speaker: `watcher languages`"]
    for own in spoken.own:
        does = {"new": "is a new language", "adds": "adds to the shipped file", "replaces": "is used instead of the shipped file"}[own.does]
        changes = ", ".join(own.changes) if own.changes else "nothing yet"
        left = f"; {counted(own.blanks, 'blank')} skipped" if own.blanks else ""
        lines += wrapped(f"languages/{safe(own.file)} ({safe(own.name)}) {does}: {safe(changes)}{left}", rest="  ")
    lines += [
        f"languages/{safe(name)} is not read: a file of a language is called by its code, such as am.toml" for name in spoken.texts.strays
    ]
    return lines


async def _try(context: click.Context, rules: RulesFile, try_feeds: bool, send_test: tuple[str, ...]) -> bool:
    """Ask the sources, send the tests; gives whether anything that must work did not."""
    from watcher.cli.opening import opened_tools
    from watcher.cli.show import note, say
    from watcher.errors import DeliveryError
    from watcher.pipeline.probe import probe, refused
    from watcher.pipeline.probe import send_test as send

    failed = False
    async with opened_tools(context, rules) as tools:
        for name in send_test:
            channel = rules.watch.config.channel(name)
            assert channel is not None, "checked by the caller"
            try:
                for line in await send(tools, channel):
                    say(line)
            except DeliveryError as error:
                failed = True
                note(refused(error))
        if try_feeds:
            total = sum(feed.enabled != "no" for feed in rules.watch.config.feeds)
            with click.progressbar(length=total, label="Asking the sources", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
                found = await probe(tools, on_answer=lambda _: bar.update(1))
            _show(found, rules)
            failed = failed or not any(one.answered for one in found)
    return failed


def _say_next(context: click.Context, rules: RulesFile, tried_feeds: bool, sent_test: bool) -> None:
    """On the way to the first start: what has not been tried yet, then the start."""
    from watcher.cli.show import note
    from watcher.store import open_reader, operations

    database = paths_of(context).database
    if database.exists() and "service" in operations.heartbeats(open_reader(database)):
        return
    told = [one for one in rules.watch.config.channels if not one.missing]
    left = ["" if tried_feeds else " --feeds", f" --send-test {told[0].name}" if told and not sent_test else ""]
    note(f"Next: watcher check{''.join(left)}" if any(left) else "Next: watcher run")


def _show(found: list[Probed], rules: RulesFile) -> None:
    """A table by language, then what never answered."""
    from watcher.cli.opening import zone_of
    from watcher.cli.show import safe, say, table, when
    from watcher.pipeline.probe import by_language
    from watcher.pipeline.tools import utc_now

    zone, now = zone_of(rules), utc_now()
    for language, group in by_language(found):
        say(f"\n{language}: {sum(one.answered for one in group)} of {len(group)} answered")
        rows = [
            (
                safe(one.feed.title, 34),
                "answers" if one.answered and not one.fetched.used_fallback else "by its fallback" if one.answered else "no answer",
                f"{len(one.fetched.entries)} items" if one.answered else "",
                f"newest {when(one.newest, zone, now)}" if one.newest else "",
                safe(
                    one.fetched.problem or one.fetched.warning or (f"moved to {one.fetched.moved_to}" if one.fetched.moved_to else ""), 80
                ),
            )
            for one in group
        ]
        for line in table(rows, indent="  "):
            say(line)
    silent = [one for one in found if not one.answered]
    say(f"\n{len(found) - len(silent)} of {len(found)} sources answered as a feed.")
    if silent:
        say(f"Never answered from here: {', '.join(safe(one.feed.title) for one in silent)}.")
        say("They are tried again at every poll. To leave one out: watcher feeds off NAME")
