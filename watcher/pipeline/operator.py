"""Open faults -> a message to the operator's channels: once a day, and only when something changed or stays broken."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from watcher import store
from watcher.digest.render import render_operator
from watcher.model import MessageKind
from watcher.pipeline.faults import note_feed_faults
from watcher.pipeline.messages import Envelope, channels_of, messages
from watcher.pipeline.rules_file import RulesFile
from watcher.store import Database, operations, outbox

OPERATOR_AGAIN = timedelta(hours=24)  # what stays broken is said once a day


def tell_operator(database: Database, rules: RulesFile, now: datetime) -> int:
    """Faults, to the operator's channels: once a local day, and only when one is new, changed, or still there after a day.

    Urgent ones (delivery, rules) go at once when they are new.
    """
    config = rules.watch.config
    zone = ZoneInfo(config.settings.time_zone)
    with store.transaction(database):
        note_feed_faults(database, now)
        if not config.operator:
            return 0
        faults = operations.faults(database)
        fresh = [one for one in faults if one.told_at is None]
        lasting = [one for one in faults if one.told_at and now - one.told_at >= OPERATOR_AGAIN]
        last = operations.recall(database, "operator_told")
        today = now.astimezone(zone).date().isoformat()
        urgent = any(one.urgent for one in fresh)
        if not (urgent or ((fresh or lasting) and last != today)):
            return 0
        lines = [f"{one.text}  {one.mend}" for one in faults]
        rendered = render_operator(lines, now=now, time_zone=config.settings.time_zone, contact=config.settings.contact)
        envelope = Envelope(MessageKind.OPERATOR, "operator", f"operator {now.isoformat()}", config.settings.time_zone, now)
        queue = [one for channel in channels_of(config, config.operator) for one in messages(database, config, channel, rendered, envelope)]
        queued = outbox.add(database, queue, digest=None, now=now)
        operations.told(database, [one.subject for one in faults], now)
        operations.remember(database, "operator_told", today)
        return queued
