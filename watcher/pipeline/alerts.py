"""One alert: what waited for it goes as one message, and is marked as told, in one transaction.

Over a day's limit nothing is lost and nothing is said twice: at the end of the day one closing message says how much the next digest
tells ("4 more in tomorrow's mail"), and tells in full what no digest will tell. A webhook gets every event of it: machines read no mail.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from watcher import store
from watcher.config import AlertConfig, Config
from watcher.digest.render import render_alert
from watcher.digest.schedule import OVER_LIMIT, alert_due, closing_time, held_over_night, start_of_day
from watcher.model import ChangeKind, Decision, Message, MessageKind, Rendered
from watcher.pipeline.audience import Settled, linked, mark, settle_changes, stories_json
from watcher.pipeline.flood import leave_floods
from watcher.pipeline.late_alerts import leave_late
from watcher.pipeline.left_over import Left, left_to_digests
from watcher.pipeline.messages import Envelope, channels_of, messages, written
from watcher.pipeline.rules_file import RulesFile
from watcher.store import Database, digests, outbox, telling

CORRECTIONS = frozenset({ChangeKind.WITHDRAWN, ChangeKind.CORRECTION})


def make_if_due(database: Database, rules: RulesFile, alert: AlertConfig, now: datetime) -> int | None:
    """Make an alert when something waits for it and its time has come; gives how many messages, None where it is not due."""
    zone = ZoneInfo(alert.time_zone)
    config = rules.watch.config
    with store.transaction(database):
        of = telling.audience(database, f"alert:{alert.name}", now, was=f"alert:{alert.was}" if alert.was else None)
        settled = leave_late(database, config, alert, settle_changes(database, of, config, alert.where, now, zone), now)
        settled = leave_floods(database, config, alert, of, settled, now)
        wanted = [one for one in settled if one.decision.tell and (one.decision.kind in alert.on or one.by_person)]
        mark(database, of, [one for one in settled if one not in wanted], None, now, not_asked_for=True)
        corrections = [one for one in wanted if one.by_person and one.decision.kind in CORRECTIONS]
        due, why = _due(database, of, alert, wanted, now)
        if due:
            return _make(database, config, alert, of, wanted, now)
        if _due(database, of, alert, corrections, now, correction=True)[0]:
            return _make(database, config, alert, of, corrections, now)
        if why == OVER_LIMIT and closing_time(now, alert.quiet, zone):
            return _close_the_day(database, config, alert, of, wanted, now)
        return None


def _due(
    database: Database, of: telling.Audience, alert: AlertConfig, waiting: Sequence[Settled], now: datetime, *, correction: bool = False
) -> tuple[bool, str]:
    """Whether what waits goes out now, and why (not)."""
    if not waiting:
        return False, "nothing waits"
    zone = ZoneInfo(alert.time_zone)
    return alert_due(
        first_change=_first_change(waiting, now), wait=alert.wait, quiet=alert.quiet, zone=zone, now=now, max_per_day=alert.max_per_day,
        sent_today=digests.made_since(database, of, start_of_day(now, zone)), correction=correction,
    )  # fmt: skip


def _close_the_day(
    database: Database, config: Config, alert: AlertConfig, of: telling.Audience, waiting: Sequence[Settled], now: datetime
) -> int | None:
    """The one message over the limit: how much the next digest tells, and in full what none will."""
    if digests.made_since(database, of, start_of_day(now, ZoneInfo(alert.time_zone))) > alert.max_per_day:
        return None  # closed already, or a correction took the place; what came since waits for tomorrow
    left = left_to_digests(database, config, alert, waiting, now)
    in_full = [one for one in waiting if one not in left.stories]
    for one in left.stories:
        why = Decision(False, one.decision.kind, f"over the limit of {alert.max_per_day} a day; left to the digest", one.decision.before)
        for change in one.changes:
            telling.decide(database, of, change, why, facts=None, digest=None, now=now, story=one.story.id)
    return _make(database, config, alert, of, in_full, now, left)


def _make(
    database: Database,
    config: Config,
    alert: AlertConfig,
    of: telling.Audience,
    wanted: Sequence[Settled],
    now: datetime,
    left: Left | None = None,
) -> int:
    """One message for everything that waited, what a person takes back first."""
    left = left or Left((), "")
    last = digests.last(database, of)
    number = last.number + 1 if last else 1
    told = tuple(one.told for one in sorted(wanted, key=lambda one: one.decision.kind not in CORRECTIONS))
    others = {one.id: one.facts for one in linked(database, told) if one.id is not None and one.facts}
    more = tuple(one.told for one in left.stories)
    by_reads: dict[tuple[str, ...], Rendered] = {}
    envelope = Envelope(MessageKind.ALERT, alert.name, f"{alert.name} {number}", alert.time_zone, now)
    queue: list[Message] = []
    for channel in channels_of(config, alert.channels):
        if channel.reads not in by_reads:
            make = partial(
                render_alert, told, now=now, time_zone=alert.time_zone, name=alert.name, contact=config.settings.contact, reads=channel.reads,
                linked=others, stories=stories_json((*told, *more)), more=more, more_in=left.mail, held=_held(alert, wanted, now),
            )  # fmt: skip
            by_reads[channel.reads] = written(make, [one.story for one in told], alert.name)
        queue += messages(database, config, channel, by_reads[channel.reads], envelope)
    rendered = next(iter(by_reads.values()), Rendered("", "", ""))
    identity = digests.add(
        database, of, number=number, local_date=now.astimezone(ZoneInfo(alert.time_zone)).date(), dates=(),
        period=(last.period_end if last else of.created, now), rendered=(rendered.subject, rendered.text, rendered.html), now=now,
    )  # fmt: skip
    queued = outbox.add(database, queue, digest=identity, now=now)
    mark(database, of, wanted, identity, now)
    return queued


def _first_change(waiting: Sequence[Settled], now: datetime) -> datetime:
    return min(change.at or now for one in waiting for change in one.changes)


def _held(alert: AlertConfig, wanted: Sequence[Settled], now: datetime) -> bool:
    """Whether quiet hours held the oldest of what is told: not what came in the morning itself."""
    if not wanted:
        return False
    return held_over_night(first_change=_first_change(wanted, now), wait=alert.wait, quiet=alert.quiet, zone=ZoneInfo(alert.time_zone))
