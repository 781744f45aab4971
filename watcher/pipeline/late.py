"""What waited for over a day while a channel was away -> one message a recipient that tells all of it, oldest first.

Mail and Slack only: people read one message, not a pile. A webhook's receiver needs each event, in order, and knows a repeat
by its id; a folder keeps each file. What may have arrived already is not taken in: it is sent again only under its own name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from watcher.config import Config
from watcher.deliver.readable import Readable, readable
from watcher.deliver.slack import escape
from watcher.errors import DeliveryError
from watcher.model import Channel, ChannelKind, MessageKind, Rendered
from watcher.pipeline.messages import Envelope, for_recipient
from watcher.store import Database, outbox
from watcher.store import outbox_keeping as keeping
from watcher.store.outbox_keeping import Open

OLD = timedelta(days=1)  # what waited longer is summed up
LONGEST = 1_000_000  # characters of a summary's text; beyond it messages are named only, with the command that shows them
_FOR_PEOPLE = (ChannelKind.EMAIL, ChannelKind.SLACK)
_NEWS = (MessageKind.DIGEST, MessageKind.ALERT, MessageKind.SUMMARY)


@dataclass(frozen=True, slots=True)
class Waited:
    """One message that waited, with all its parts: its number in the outbox, when it was made, what it says."""

    id: int
    made: datetime
    said: tuple[Readable, ...]


def waiting_too_long(config: Config, found: Sequence[Open], now: datetime) -> list[tuple[Channel, list[Open]]]:
    """For each recipient of a channel that is back: what is to be summed up, oldest first. Pure."""
    groups: dict[tuple[str, str], list[Open]] = {}
    for one in found:
        old = one.kind == MessageKind.SUMMARY or now - one.created >= OLD
        if one.state == "pending" and one.kind in _NEWS and old and not one.in_doubt:
            groups.setdefault((one.channel, one.recipient), []).append(one)
    wanted = []
    for (name, _), rows in groups.items():
        channel = config.channel(name)
        usable = channel is not None and channel.kind in _FOR_PEOPLE and not channel.missing
        several = (
            len({(row.digest, row.kind) if row.digest else row.id for row in rows if row.kind != MessageKind.SUMMARY} | _summaries(rows))
            > 1
        )
        due = any(row.due_at is not None and row.due_at <= now for row in rows)
        if channel is not None and usable and several and due:
            wanted.append((channel, rows))
    return wanted


def sum_up(database: Database, config: Config, channel: Channel, rows: Sequence[Open], now: datetime) -> int:
    """Queue the one message that tells what these rows would have told, and settle them as told by it; gives how many rows it took in."""
    before = [row.id for row in rows if row.kind == MessageKind.SUMMARY]
    originals = [row.id for row in rows if row.kind != MessageKind.SUMMARY] + (keeping.covered(database, before) if before else [])
    waited = _waited(database, originals)
    if not waited:
        return 0
    zone = config.settings.time_zone
    envelope = Envelope(MessageKind.SUMMARY, "late", f"late {max(originals)}", zone, now)
    try:
        queue = for_recipient(database, config, channel, rows[0].recipient, told_late(waited, ZoneInfo(zone)), envelope)
    except DeliveryError:  # nobody can be written to there: each message says so itself when its turn comes
        return 0
    if outbox.add(database, queue, digest=None, now=now) != len(queue):
        return 0
    keeping.cover(database, [*originals, *before], queue[0].key, now)
    return len(rows)


def told_late(waited: Sequence[Waited], zone: ZoneInfo) -> Rendered:
    """The words of a summary. Pure; every text in it was cleaned and escaped when its own message was made."""
    first, last = _day(waited[0].made, zone), _day(waited[-1].made, zone)
    count = "1 message" if len(waited) == 1 else f"{len(waited)} messages"
    span = first if first == last else f"{first} to {last}"
    intro = f"While this channel was away, {count} waited for you: {span}. All of it stands below, oldest first."
    text, paragraphs, length = [intro], [escape(intro)], 0
    for place, one in enumerate(waited, start=1):
        moment = one.made.astimezone(zone)
        head = f"{place} of {len(waited)}. {_day(one.made, zone)}, {moment:%H:%M}. {one.said[0].subject}"
        length += sum(len(said.text) for said in one.said)
        if length > LONGEST:
            text.append(f"{'-' * 40}\n{head}\n\nToo long for this message. Ask the operator: watcher outbox show {one.id}")
            paragraphs.append(f"{escape(head)}\nToo long for this message. Ask the operator: watcher outbox show {one.id}")
            continue
        text.append(f"{'-' * 40}\n{head}\n\n" + "\n\n".join(said.text for said in one.said))
        paragraphs += [escape(head), *(paragraph for said in one.said for paragraph in said.paragraphs)]
    return Rendered(subject=f"Late: {count} that waited, {span}", text="\n\n".join(text) + "\n", html="", slack=tuple(paragraphs))


def _waited(database: Database, originals: Sequence[int]) -> list[Waited]:
    """The messages with their parts, as they were made: one digest or alert is one, whatever its number of parts."""
    digests = {row.id: row.digest for one in originals if (row := outbox.row(database, one))}
    parts: dict[object, list[tuple[int, datetime, Readable]]] = {}
    for identity, payload, made in keeping.payloads(database, originals):
        key = ("digest", digests[identity]) if digests[identity] is not None else identity
        parts.setdefault(key, []).append((identity, made, readable(payload)))
    return [Waited(group[0][0], group[0][1], tuple(said for _, _, said in group)) for group in parts.values()]


def _summaries(rows: Sequence[Open]) -> set[object]:
    """Summaries that wait already, each counted once however many parts it has."""
    return {("summary", row.created) for row in rows if row.kind == MessageKind.SUMMARY}


def _day(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local.day} {local:%b %Y}"
