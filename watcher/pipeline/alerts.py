"""One alert: what waited for it goes as one message, and is marked as told, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from watcher import store
from watcher.config import AlertConfig, Config
from watcher.digest.render import render_alert
from watcher.digest.schedule import alert_due, start_of_day
from watcher.model import Message, MessageKind, Rendered
from watcher.pipeline.audience import Settled, linked, mark, settle_changes, stories_json
from watcher.pipeline.messages import Envelope, channels_of, messages
from watcher.pipeline.rules_file import RulesFile
from watcher.store import Database, digests, outbox, telling


def make_if_due(database: Database, rules: RulesFile, alert: AlertConfig, now: datetime) -> int | None:
    """Make an alert when something waits for it and its time has come; gives how many messages, None where it is not due."""
    zone = ZoneInfo(alert.time_zone)
    config = rules.watch.config
    with store.transaction(database):
        of = telling.audience(database, f"alert:{alert.name}", now)
        settled = settle_changes(database, of, config, alert.where, now, zone)
        wanted = [one for one in settled if one.decision.tell and (one.decision.kind in alert.on or one.by_person)]
        mark(database, of, [one for one in settled if one not in wanted], None, now, not_asked_for=True)
        if not wanted:
            return None
        day = start_of_day(now, zone)
        due, _ = alert_due(
            first_change=min(change.at or now for one in wanted for change in one.changes), wait=alert.wait, quiet=alert.quiet, zone=zone,
            sent_today=digests.made_since(database, of, day), max_per_day=alert.max_per_day, now=now,
        )  # fmt: skip
        return _make(database, config, alert, of, wanted, now) if due else None


def _make(database: Database, config: Config, alert: AlertConfig, of: telling.Audience, wanted: Sequence[Settled], now: datetime) -> int:
    """One message for everything that waited."""
    last = digests.last(database, of)
    number = last.number + 1 if last else 1
    told = tuple(one.told for one in wanted)
    others = {one.id: one.facts for one in linked(database, told) if one.id is not None and one.facts}
    by_reads: dict[tuple[str, ...], Rendered] = {}
    envelope = Envelope(MessageKind.ALERT, alert.name, f"{alert.name} {number}", alert.time_zone, now)
    queue: list[Message] = []
    for channel in channels_of(config, alert.channels):
        if channel.reads not in by_reads:
            by_reads[channel.reads] = render_alert(
                told, now=now, time_zone=alert.time_zone, name=alert.name, contact=config.settings.contact, reads=channel.reads, linked=others,
                stories=stories_json(told),
            )  # fmt: skip
        queue += messages(database, config, channel, by_reads[channel.reads], envelope)
    rendered = next(iter(by_reads.values()), Rendered("", "", ""))
    identity = digests.add(
        database, of, number=number, local_date=now.astimezone(ZoneInfo(alert.time_zone)).date(), dates=(),
        period=(last.period_end if last else of.created, now), rendered=(rendered.subject, rendered.text, rendered.html), now=now,
    )  # fmt: skip
    queued = outbox.add(database, queue, digest=identity, now=now)
    mark(database, of, wanted, identity, now)
    return queued
