"""An alert that its channel does not take -> the same words on the channel's fallback, which says why it comes there.

Under a name of its own, and beside the first: that one stays in the outbox and goes when its channel takes it again. Messages to
the operator do the same. Digests do not: they wait, and their readers see the gap in the numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from watcher.config import Config
from watcher.deliver.readable import readable
from watcher.deliver.slack import escape
from watcher.model import Channel, MessageKind, Rendered
from watcher.pipeline.messages import Envelope, messages
from watcher.store import Database, outbox
from watcher.store import outbox_keeping as keeping
from watcher.store.outbox_keeping import Open

AFTER = timedelta(minutes=15)  # unsent for so long, an alert takes the other way
UNTIL = timedelta(days=1)  # older ones come as a summary when their channel is back; a new `fallback` must not flood its channel
_KINDS = (MessageKind.ALERT, MessageKind.OPERATOR)


@dataclass(frozen=True, slots=True)
class Detour:
    """One alert that goes by the other way: its messages for one recipient, and the channel that takes them instead."""

    rows: tuple[Open, ...]
    instead: Channel


def detours(database: Database, config: Config, found: Sequence[Open], now: datetime) -> list[Detour]:
    """Alerts that no recipient of a channel got in time, and that the channel's fallback does not tell already."""
    groups: dict[tuple[str, str, object], dict[str, list[Open]]] = {}
    for one in found:
        if one.kind in _KINDS and one.state in ("pending", "dead", "sending") and now - one.created < UNTIL and _way(config, one.channel):
            alert = groups.setdefault((one.kind, one.channel, one.digest or one.created), {})
            alert.setdefault(one.recipient, []).append(one)
    wanted = []
    for recipients in groups.values():
        rows = next(iter(recipients.values()))
        instead = _way(config, rows[0].channel)
        late = all(
            row.state == "dead" or (row.state == "pending" and now - row.created >= AFTER) for each in recipients.values() for row in each
        )
        if late and instead is not None and not _known(database, rows[0], recipients, instead.name):
            wanted.append(Detour(tuple(rows), instead))
    return wanted


def take(database: Database, config: Config, detour: Detour, now: datetime) -> int:
    """Queue one alert for the other channel; gives how many messages."""
    first = detour.rows[0]
    envelope = Envelope(MessageKind(first.kind), "instead", f"instead of {first.key}", config.settings.time_zone, now)
    said = [readable(payload) for _, payload, _ in keeping.payloads(database, [row.id for row in detour.rows])]
    since = first.created.astimezone(ZoneInfo(config.settings.time_zone))
    why = f"The channel {first.channel} has not taken this message since {since:%H:%M}, so it comes here. It may also come there later."
    rendered = Rendered(
        subject=f"{said[0].subject} (not taken by {first.channel})",
        text="\n\n".join([why, *(one.text for one in said)]) + "\n",
        html="",
        slack=(escape(why), *(paragraph for one in said for paragraph in one.paragraphs)),
    )
    queue = messages(database, config, detour.instead, rendered, envelope)
    return outbox.add(database, queue, digest=first.digest, now=now, instead_of=first.id)


def _way(config: Config, name: str) -> Channel | None:
    """The fallback of a channel, where it can take a message now."""
    channel = config.channel(name)
    instead = config.channel(channel.fallback) if channel and channel.fallback else None
    return instead if instead is not None and not instead.missing else None


def _known(database: Database, first: Open, recipients: dict[str, list[Open]], instead: str) -> bool:
    """Whether the alert goes that way already: by an earlier detour, or because the alert names that channel itself.

    Also where somebody on the channel has the whole of it: what one mailbox does not take is told to the operator.
    """
    if keeping.told_instead(database, [row.id for rows in recipients.values() for row in rows]):
        return True
    if first.digest is None:
        return False
    states = keeping.states_of(database, first.digest)
    if any(channel == instead for channel, _, _ in states):
        return True
    here = [(recipient, state) for channel, recipient, state in states if channel == first.channel]
    return any(all(state == "sent" for who, state in here if who == recipient) for recipient in {who for who, _ in here})
