"""The database -> how the service fares: what `watcher status` says and judges a healthcheck by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from watcher.digest.schedule import next_due
from watcher.pipeline.rejudge import JudgingAgain, judging_again
from watcher.pipeline.rules_file import RulesFile
from watcher.pipeline.self_test import FAULT as SELF_TEST_FAULT
from watcher.pipeline.self_test import self_test_due
from watcher.pipeline.watchdog import STUCK_AFTER, is_read, last_ok, running_since, wellness
from watcher.store import (
    Database,
    backup,
    digests,
    feeds,
    gaps,
    holding,
    operations,
    outbox,
    outbox_hands,
    self_tests,
    stories,
    telling,
)

SENDER_STUCK_AFTER = timedelta(minutes=30)  # a due message that nobody took
LATE_BACKUP = timedelta(hours=36)  # a nightly one with a margin


@dataclass(frozen=True, slots=True)
class NextMail:
    """The next digest: when, its name, and how many people get it."""

    name: str
    at: datetime
    recipients: int


@dataclass(frozen=True, slots=True)
class Backups:
    """When the last backup was made and checked, and when one was last put on another disk."""

    last: datetime | None = None
    elsewhere: datetime | None = None


@dataclass(frozen=True, slots=True)
class SelfTests:
    """When the self-test passed last, when it failed since (and how), and when the next is due."""

    passed: datetime | None
    failed: datetime | None
    problem: str | None
    next: datetime


@dataclass(frozen=True, slots=True)
class Pings:
    """The outside watchdog: whether one is set, when it last took an "all is well", and what keeps the next one back."""

    is_set: bool
    last_ok: datetime | None
    held_back_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Messages:
    """Messages that are not there yet, or will not be. `held` counts by why: approval, restore, channel, crashed, person."""

    waiting: int
    dead: int
    held: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class State:
    """How the service fares now. `stuck` names what does not move; `to_do` are lines that end in a command."""

    zone: ZoneInfo
    held_since: datetime | None
    held_reason: str | None
    running_since: datetime | None
    last_poll: datetime | None
    feeds: int
    feeds_read: int
    feeds_failing: int
    feeds_never: int
    by_state: tuple[tuple[str, int], ...]
    by_language: tuple[tuple[str, int, int], ...]
    gaps: tuple[tuple[str, datetime, datetime], ...]
    stories: int
    messages: Messages
    rules_problem: str | None
    next_mail: NextMail | None
    self_tests: SelfTests
    pings: Pings
    only_folders: bool
    backups: Backups
    stuck: tuple[str, ...]
    to_do: tuple[tuple[str, str], ...]
    judging_again: JudgingAgain | None = None

    def as_json(self) -> dict[str, Any]:
        """The same as one JSON object; docs/status.md has its keys."""
        return {
            "well": not self.stuck,
            "stuck": list(self.stuck),
            "held": {"since": self.held_since, "reason": self.held_reason} if self.held_since else None,
            "running_since": self.running_since,
            "last_poll": self.last_poll,
            "feeds": {
                "all": self.feeds, "read": self.feeds_read, "failing": self.feeds_failing, "never_answered": self.feeds_never,
                "by_state": dict(self.by_state),
            },
            "by_language": [{"language": language, "read": read, "of": of} for language, read, of in self.by_language],
            "gaps": [{"feed": title, "from": since, "to": until} for title, since, until in self.gaps],
            "stories": self.stories,
            "messages": {"waiting": self.messages.waiting, "given_up": self.messages.dead, "held": dict(self.messages.held)},
            "rules_problem": self.rules_problem,
            "next_mail": {"digest": self.next_mail.name, "at": self.next_mail.at, "people": self.next_mail.recipients}
            if self.next_mail
            else None,
            "self_test": {
                "passed": self.self_tests.passed, "failed": self.self_tests.failed, "problem": self.self_tests.problem,
                "next": self.self_tests.next,
            },
            "outside_watchdog": self.pings.is_set,
            "watchdog": {"set": self.pings.is_set, "last_ok": self.pings.last_ok, "held_back_by": list(self.pings.held_back_by)},
            "last_backup": self.backups.last,
            "last_backup_elsewhere": self.backups.elsewhere,
            "judging_again": self.judging_again.as_json() if self.judging_again else None,
            "to_do": [{"text": text, "command": command} for text, command in self.to_do],
        }  # fmt: skip


def state(database: Database, rules: RulesFile, now: datetime) -> State:
    """Read how the service fares."""
    config = rules.watch.config
    enabled = [feed for feed in feeds.health(database) if feed.enabled]
    beats = operations.heartbeats(database)
    began = running_since(beats)
    return State(
        zone=ZoneInfo(config.settings.time_zone),
        held_since=holding.held_since(database),
        held_reason=holding.reason(database),
        running_since=began,
        last_poll=max((feed.last_attempt for feed in enabled if feed.last_attempt), default=None),
        feeds=len(enabled),
        feeds_read=sum(map(is_read, enabled)),
        feeds_failing=sum(feed.first_ok is not None and feed.failures > 0 for feed in enabled),
        feeds_never=sum(feed.first_ok is None for feed in enabled),
        by_state=_by_state(enabled),
        by_language=_by_language(enabled),
        gaps=tuple(gaps.unfilled(database, now - timedelta(days=1))),
        stories=stories.count(database),
        messages=_messages(database),
        rules_problem=rules.problem or operations.recall(database, "rules_problem"),
        next_mail=_next_mail(database, rules, now),
        self_tests=_self_tests(database, rules, now),
        pings=Pings(bool(config.settings.dead_man), last_ok(database), _held_back_by(database, rules, now) if began else ()),
        only_folders=config.only_folders,
        backups=Backups(backup.last(database), backup.last_elsewhere(database)),
        stuck=_stuck(database, beats, began, now),
        to_do=_to_do(database, began, enabled, now),
        judging_again=judging_again(database, rules.watch, now),
    )


def _by_state(enabled: Sequence[feeds.FeedHealth]) -> tuple[tuple[str, int], ...]:
    """(state, sources), most first; a source that never answered is in no state of health."""
    found = Counter(feed.state.value for feed in enabled if feed.first_ok is not None)
    return tuple(found.most_common())


def _by_language(enabled: Sequence[feeds.FeedHealth]) -> tuple[tuple[str, int, int], ...]:
    """(language, sources read, sources in all), most sources first."""
    of, read = Counter[str](), Counter[str]()
    for feed in enabled:
        language = feed.language or "unknown"
        of[language] += 1
        read[language] += is_read(feed)
    return tuple((language, read[language], count) for language, count in of.most_common())


def _messages(database: Database) -> Messages:
    waiting, _ = outbox.waiting(database)
    held = outbox_hands.summary_of(database)
    dead = sum(one.dead for one in outbox.channels(database).values())
    return Messages(
        waiting, dead, tuple((why or "person", count) for why, (count, _) in sorted(held.items(), key=lambda one: one[0] or ""))
    )


def _self_tests(database: Database, rules: RulesFile, now: datetime) -> SelfTests:
    passed, failure = self_tests.last_passed(database), self_tests.last_failure(database)
    failed, problem = failure if failure and (passed is None or failure[0] > passed) else (None, None)
    return SelfTests(passed, failed, problem, self_test_due(rules.watch.config, now))


def _held_back_by(database: Database, rules: RulesFile, now: datetime) -> tuple[str, ...]:
    found = wellness(database, rules.watch.config, now)
    return (*found.broken, *found.waits)


def _to_do(database: Database, began: datetime | None, enabled: Sequence[feeds.FeedHealth], now: datetime) -> tuple[tuple[str, str], ...]:
    """What a person can mend, each with its command: what is held after a restore, the start, open faults, messages given up, the backup."""
    found = []
    if holding.held_since(database):
        found.append(("Nothing is sent since the restore. Look at what waits, then let it go or drop it.", "watcher outbox release --all"))
    if began is None:
        found.append(("Start the service; until then nothing is read and nobody is told.", "watcher run"))
    if any(feed.last_attempt for feed in enabled) and not any(map(is_read, enabled)):
        found.append(("No source could be read. Is this machine on the network?", "watcher check --feeds"))
    faults = operations.faults(database)
    found += [(one.text, one.mend) for one in sorted(faults, key=lambda one: (not one.urgent, one.subject != SELF_TEST_FAULT))]
    for name, channel in outbox.channels(database).items():
        if channel.dead:
            what = "message was" if channel.dead == 1 else "messages were"
            found.append((f"{channel.dead} {what} given up on channel {name}.", f"watcher outbox retry --channel {name}"))
    last = backup.last(database)
    if any(feed.created < now - LATE_BACKUP for feed in enabled) and (last is None or now - last > LATE_BACKUP):
        found.append(("There is no backup of the last night.", "watcher backup"))
    return tuple(found)


def _stuck(database: Database, beats: dict[str, operations.Heartbeat], since: datetime | None, now: datetime) -> tuple[str, ...]:
    """What does not move: a loop without a finished turn, a due message nobody took, a channel that takes nothing."""
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
        last = digests.last_date(database, audience, now) if audience else None
        since = audience.schedule_since if audience else None
        zone = ZoneInfo(one.time_zone)
        people = sum(max(1, len(channel.to)) for name in one.channels if (channel := config.channel(name)) and not channel.missing)
        found.append(NextMail(one.name, next_due(every=one.every, at=one.at, zone=zone, last=last, now=now, since=since), people))
    return min(found, key=lambda mail: mail.at, default=None)
