"""The database -> how the service fares: what `watcher status` says and judges a healthcheck by."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from watcher.digest.schedule import next_due
from watcher.pipeline.rejudge import JudgingAgain, judging_again
from watcher.pipeline.rules_file import RulesFile
from watcher.store import Database, digests, feeds, operations, outbox, stories, telling
from watcher.store.backup import LAST_BACKUP
from watcher.store.values import from_time

# A loop is stuck when no turn of it ended for this long although the service has run that long. A poll turn can take the
# longest: 100 slow hosts at 30 s each, eight at a time; a delivery can wait ten minutes after the final dot.
STUCK_AFTER = {"poll": timedelta(minutes=20), "compose": timedelta(minutes=5), "deliver": timedelta(minutes=20)}
SENDER_STUCK_AFTER = timedelta(minutes=30)  # a due message that nobody took


@dataclass(frozen=True, slots=True)
class NextMail:
    """The next digest: when, its name, and how many people get it."""

    name: str
    at: datetime
    recipients: int


@dataclass(frozen=True, slots=True)
class State:
    """How the service fares now. `stuck` names what does not move; `to_do` are lines that end in a command."""

    zone: ZoneInfo
    running_since: datetime | None
    last_poll: datetime | None
    feeds: int
    feeds_read: int
    feeds_failing: int
    feeds_never: int
    by_language: tuple[tuple[str, int, int], ...]
    stories: int
    waiting: int
    dead: int
    rules_problem: str | None
    next_mail: NextMail | None
    watchdog: bool
    only_folders: bool
    last_backup: datetime | None
    stuck: tuple[str, ...]
    to_do: tuple[tuple[str, str], ...]
    judging_again: JudgingAgain | None = None

    def as_json(self) -> dict[str, Any]:
        """The same as one JSON object."""
        return {
            "well": not self.stuck,
            "stuck": list(self.stuck),
            "running_since": self.running_since,
            "last_poll": self.last_poll,
            "feeds": {"all": self.feeds, "read": self.feeds_read, "failing": self.feeds_failing, "never_answered": self.feeds_never},
            "by_language": [{"language": language, "read": read, "of": of} for language, read, of in self.by_language],
            "stories": self.stories,
            "messages": {"waiting": self.waiting, "given_up": self.dead},
            "rules_problem": self.rules_problem,
            "next_mail": {"digest": self.next_mail.name, "at": self.next_mail.at, "people": self.next_mail.recipients}
            if self.next_mail
            else None,
            "outside_watchdog": self.watchdog,
            "last_backup": self.last_backup,
            "judging_again": self.judging_again.as_json() if self.judging_again else None,
            "to_do": [{"text": text, "command": command} for text, command in self.to_do],
        }


def state(database: Database, rules: RulesFile, now: datetime) -> State:
    """Read how the service fares."""
    config = rules.watch.config
    enabled = [feed for feed in feeds.health(database) if feed.enabled]
    beats = operations.heartbeats(database)
    waiting, _ = outbox.waiting(database)
    faults = operations.faults(database)
    return State(
        zone=ZoneInfo(config.settings.time_zone),
        running_since=_running_since(beats),
        last_poll=max((feed.last_attempt for feed in enabled if feed.last_attempt), default=None),
        feeds=len(enabled),
        feeds_read=sum(_read(feed) for feed in enabled),
        feeds_failing=sum(feed.first_ok is not None and feed.failures > 0 for feed in enabled),
        feeds_never=sum(feed.first_ok is None for feed in enabled),
        by_language=by_language(enabled),
        stories=stories.count(database),
        waiting=waiting,
        dead=sum(one.dead for one in outbox.channels(database).values()),
        rules_problem=rules.problem or operations.recall(database, "rules_problem"),
        next_mail=_next_mail(database, rules, now),
        watchdog=bool(config.settings.dead_man),
        only_folders=config.only_folders,
        last_backup=from_time(operations.recall(database, LAST_BACKUP)),
        stuck=_stuck(database, beats, now),
        to_do=_to_do(database, beats, faults, enabled),
        judging_again=judging_again(database, rules.watch, now),
    )


def by_language(enabled: list[feeds.FeedHealth]) -> tuple[tuple[str, int, int], ...]:
    """(language, sources read, sources in all), most sources first."""
    of, read = Counter[str](), Counter[str]()
    for feed in enabled:
        language = feed.language or "unknown"
        of[language] += 1
        read[language] += _read(feed)
    return tuple((language, read[language], count) for language, count in of.most_common())


def _read(feed: feeds.FeedHealth) -> bool:
    """A source counts as read when its newest poll was."""
    return feed.last_ok is not None and feed.failures == 0


def _running_since(beats: dict[str, operations.Heartbeat]) -> datetime | None:
    service = beats.get("service")
    return service.started if service and (service.finished is None or (service.started and service.finished < service.started)) else None


def _to_do(
    database: Database, beats: dict[str, operations.Heartbeat], faults: list[operations.Fault], enabled: list[feeds.FeedHealth]
) -> tuple[tuple[str, str], ...]:
    """What a person can mend, each with its command: the start first, then open faults, then messages that were given up."""
    found = [] if _running_since(beats) else [("Start the service; until then nothing is read and nobody is told.", "watcher run")]
    if any(feed.last_attempt for feed in enabled) and not any(_read(feed) for feed in enabled):
        found.append(("No source could be read. Is this machine on the network?", "watcher check --feeds"))
    found += [(one.text, one.mend) for one in faults]
    for name, channel in outbox.channels(database).items():
        if channel.dead:
            what = "message was" if channel.dead == 1 else "messages were"
            found.append((f"{channel.dead} {what} given up on channel {name}.", f"watcher outbox retry --channel {name}"))
    return tuple(found)


def _stuck(database: Database, beats: dict[str, operations.Heartbeat], now: datetime) -> tuple[str, ...]:
    """What does not move: a loop without a finished turn, a due message nobody took. Nothing while no service runs on purpose."""
    since = _running_since(beats)
    found = [] if since else ["the service does not run"]
    for loop, patience in STUCK_AFTER.items():
        beat = beats.get(loop)
        if beat and beat.problem:
            found.append(f"{loop}: {beat.problem}")
        elif since and now - max(since, (beat.finished if beat and beat.finished else since)) > patience:
            found.append(f"{loop}: no turn ended since {beat.finished if beat and beat.finished else since:%d %b %H:%M} UTC")
    oldest = outbox.oldest_due(database, now)
    if oldest and now - oldest > SENDER_STUCK_AFTER:
        found.append(f"deliver: a message has been due since {oldest:%d %b %H:%M} UTC")
    return tuple(found)


def _next_mail(database: Database, rules: RulesFile, now: datetime) -> NextMail | None:
    config = rules.watch.config
    found = []
    for one in config.digests:
        audience = telling.find_audience(database, f"digest:{one.name}")
        last = digests.last_date(database, audience) if audience else None
        zone = ZoneInfo(one.time_zone)
        people = sum(max(1, len(channel.to)) for name in one.channels if (channel := config.channel(name)) and not channel.missing)
        found.append(NextMail(one.name, next_due(every=one.every, at=one.at, zone=zone, last=last, now=now), people))
    return min(found, key=lambda mail: mail.at, default=None)
