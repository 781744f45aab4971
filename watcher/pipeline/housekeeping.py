"""What a running service does around its loops: start, reread of rules.toml, tidying, and writing down a loop's failure."""

from __future__ import annotations

import logging
from datetime import datetime
from zoneinfo import ZoneInfo

from watcher import store
from watcher.config import Config, FeedConfig
from watcher.pipeline.rules_file import RulesFile
from watcher.pipeline.tools import Tools
from watcher.store import Database, entries, feeds, operations, rejudging

log = logging.getLogger(__name__)
GOOD_RULES, RULES_PROBLEM = "good_rules", "rules_problem"  # names in the table `meta`


def start(database: Database, rules: RulesFile, now: datetime) -> None:
    """Make the database say what configuration says, and that a service begins."""
    with store.transaction(database):
        apply_rules(database, rules, now)
        rejudging.come_into_force(database, rules.watch.fingerprint, rules.good_text, now)
        operations.beat(database, "service", started=now)
        operations.instance_key(database)


def stop(database: Database, holder: str, now: datetime) -> None:
    """Write down that the service ends on purpose, and free the sender's lease: the next one need not wait for its end."""
    with store.transaction(database):
        operations.give_back(database, "sender", holder)
        operations.beat(database, "service", finished=now)


def apply_rules(database: Database, rules: RulesFile, now: datetime) -> None:
    """Feeds as configured; the rules in force are kept as the last good ones; a problem with the file is written down."""
    feeds.configure(database, configured(rules.watch.config, now), now)
    operations.remember(database, GOOD_RULES, rules.good_text)
    operations.remember(database, RULES_PROBLEM, rules.problem)
    if rules.problem:
        text = f"rules.toml is wrong, the last good rules stay in force: {rules.problem.splitlines()[0]}"
        operations.fault(database, "rules", text, "watcher check", now)
    else:
        operations.mended(database, "rules", now)
    for channel in rules.watch.config.channels:
        if channel.missing:
            text = f"Channel {channel.name} is paused: {', '.join(channel.missing)} is not set"
            operations.fault(database, f"secret:{channel.name}", text, f"set {channel.missing[0]} in .env and restart", now)
        else:
            operations.mended(database, f"secret:{channel.name}", now)


async def reread_rules(tools: Tools) -> bool:
    """Take an edited rules.toml into force between cycles; a wrong one changes nothing but says so. Gives whether it was read anew."""
    if not tools.rules.reread():
        return False
    await tools.writer.run(_take_into_force, tools.rules, tools.clock())
    log.info("rules.toml was read again: %s", tools.rules.problem or "in force")
    return True


async def tidy(tools: Tools) -> None:
    """Drop texts that never matched after `keep_text`, and old poll rows; read again what was off until today."""
    await tools.writer.run(_tidy, tools.rules.watch.config, tools.clock())


def loop_failed(database: Database, loop: str, problem: str, now: datetime) -> None:
    """Write down that a turn of a loop failed; `status` and the operator see it until a turn succeeds."""
    with store.transaction(database):
        operations.beat(database, loop, problem=problem)


def configured(config: Config, now: datetime) -> list[feeds.Configured]:
    """The feeds that a configuration wants read now, as the store takes them."""
    today = now.astimezone(ZoneInfo(config.settings.time_zone)).date()
    return [_configured(feed) for feed in config.feeds if feed.is_read(today)]


def _configured(feed: FeedConfig) -> feeds.Configured:
    return feeds.Configured(
        url=feed.url,
        title=feed.title,
        kind=feed.kind,
        language=feed.language,
        key=feed.key,
        state_media=feed.state_media,
        official=feed.official,
        allow_private=feed.allow_private,
        time_zone=feed.time_zone,
        origin=feed.origin,
        auto=feed.enabled == "auto",
        fallbacks=feed.fallbacks,
        was=feed.was,
    )


def apply(database: Database, rules: RulesFile, now: datetime) -> None:
    """`apply_rules` in a transaction of its own. What is stored already is not judged again by that: the service does it, and `rules apply`."""
    with store.transaction(database):
        apply_rules(database, rules, now)


def _take_into_force(database: Database, rules: RulesFile, now: datetime) -> None:
    with store.transaction(database):
        apply_rules(database, rules, now)
        rejudging.come_into_force(database, rules.watch.fingerprint, rules.good_text, now)


def _tidy(database: Database, config: Config, now: datetime) -> None:
    with store.transaction(database):
        entries.forget_texts(database, now, config.settings.keep_text)
        feeds.forget_old_polls(database, now)
        if any(feed.off_until for feed in config.feeds):
            feeds.configure(database, configured(config, now), now)
