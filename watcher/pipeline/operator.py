"""Open faults -> a message to the operator's channels: once a day, of what changed and of what stays broken.

For a person who looks after this an hour a week. What is new or changed is said in the next daily mail, once. What stays broken is said
again, marked as known and for how long: delivery, rules and `key` sources every day for a week and then every week, any other source
every week and after four weeks every fourth. What is not due again is counted in one line, so that a short mail never reads as "all is
well". What is over is one short line, and only if it was told. Where nothing changed and nothing is due, no mail comes.

At once, at most one mail an hour, goes only what cannot wait for the morning: failed delivery, disk and database (`urgent` lines), and
of these only what is new.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from watcher import store
from watcher.config import Config
from watcher.digest.render import render_operator
from watcher.model import MessageKind
from watcher.pipeline.faults import feed_of, note_feed_faults
from watcher.pipeline.loop_faults import note_loop_faults
from watcher.pipeline.messages import Envelope, channels_of, messages
from watcher.pipeline.rules_file import RulesFile
from watcher.store import Database, feeds, operations, outbox
from watcher.store.operations import Fault

MORNING = 6  # the hour, local, before which no daily mail is made: what failed at night and came back is no news
AT_ONCE_EVERY = timedelta(hours=1)  # a hundred refused messages are one mail
NEXT_DAY = timedelta(hours=20)  # what was told yesterday afternoon may be told again this morning, what was told last night not
DAY, WEEK, MONTH = NEXT_DAY, timedelta(days=7) - timedelta(hours=4), timedelta(days=28) - timedelta(hours=4)
OFTEN_FOR, WEEKLY_FOR = timedelta(days=7), timedelta(days=28)  # since it was told first
KEPT_TOLD, KEPT_AT_ONCE = "operator_told", "operator_at_once"  # names in the table `meta`


def tell_operator(database: Database, rules: RulesFile, now: datetime) -> int:
    """Queue the operator's mail where one is due; gives the number of messages queued. In a transaction of its own."""
    config = rules.watch.config
    zone = ZoneInfo(config.settings.time_zone)
    with store.transaction(database):
        note_feed_faults(database, now, zone)
        note_loop_faults(database, now)
        if not config.operator:
            return 0
        return _at_once(database, config, now) + _daily(database, config, zone, now)


def again_due(fault: Fault, *, often: bool, now: datetime) -> bool:
    """Whether a fault that was told and is still there is to be told again. `often`: delivery, rules, `key` sources. Pure."""
    if fault.told_at is None:
        return True
    known_for = now - (fault.first_told or fault.told_at)
    first, later, change_after = (DAY, WEEK, OFTEN_FOR) if often else (WEEK, MONTH, WEEKLY_FOR)
    return now - fault.told_at >= (first if known_for < change_after else later)


def _at_once(database: Database, config: Config, now: datetime) -> int:
    """New faults of delivery, disk and database. They do not count as the day's mail."""
    new = [one for one in operations.faults(database) if one.urgent and one.first_told is None]
    last = operations.recall(database, KEPT_AT_ONCE)
    if not new or (last is not None and timedelta(0) <= now - datetime.fromisoformat(last) < AT_ONCE_EVERY):
        return 0
    operations.remember(database, KEPT_AT_ONCE, now.isoformat())
    operations.told(database, [one.subject for one in new], now)
    return _queue(database, config, [f"{one.text}  {one.mend}" for one in new], f"operator at once {now.isoformat()}", now)


def _daily(database: Database, config: Config, zone: ZoneInfo, now: datetime) -> int:
    """The day's mail, from MORNING on, where something changed or is due again."""
    local = now.astimezone(zone)
    today = local.date()
    if local.hour < MORNING or operations.recall(database, KEPT_TOLD) == today.isoformat():
        return 0
    known = {feed.id: feed for feed in feeds.health(database)}
    key = {number for number, feed in known.items() if feed.key}
    faults = operations.faults(database)
    due = [one for one in faults if again_due(one, often=feed_of(one.subject) is None or feed_of(one.subject) in key, now=now)]
    over = operations.recovered(database)
    if not due and not over:
        return 0
    lines = [_line(one, zone, today) for one in due]
    if due and len(faults) > len(due):
        lines.append(_unchanged(len(faults) - len(due)))
    operations.told(database, [one.subject for one in (*due, *over)], now)
    operations.remember(database, KEPT_TOLD, today.isoformat())
    return _queue(database, config, lines, f"operator {now.isoformat()}", now, over=[_over(one, known, zone) for one in over])


def _line(fault: Fault, zone: ZoneInfo, today: date) -> str:
    """A fault with its command; one that was told before says for how long it is known, so that no two days read the same."""
    if fault.told_at is None:
        return f"{fault.text}  {fault.mend}"
    days = max(1, (today - fault.since.astimezone(zone).date()).days)
    return f"Still, for {days} {'day' if days == 1 else 'days'}: {fault.text}  {fault.mend}"


def _unchanged(count: int) -> str:
    return f"{count} known {'problem is' if count == 1 else 'problems are'} as before  watcher status"


def _over(fault: Fault, known: dict[int, feeds.FeedHealth], zone: ZoneInfo) -> str:
    """What was told and is over."""
    assert fault.closed is not None
    local = fault.closed.astimezone(zone)
    since = f"since {local.day} {local:%b %H:%M}"
    number = feed_of(fault.subject)
    feed = known.get(number) if number is not None else None
    if feed is None:
        return f"Over {since}: {fault.text}"
    if not feed.enabled:
        return f"{feed.title} is off {since}"
    return f"{feed.title} is {'read' if ' is not read ' in fault.text or ' never answered ' in fault.text else 'well'} again {since}"


def _queue(database: Database, config: Config, lines: Sequence[str], subject: str, now: datetime, *, over: Sequence[str] = ()) -> int:
    zone = config.settings.time_zone
    rendered = render_operator(lines, over=over, now=now, time_zone=zone, contact=config.settings.contact)
    envelope = Envelope(MessageKind.OPERATOR, "operator", subject, zone, now)
    queue = [one for channel in channels_of(config, config.operator) for one in messages(database, config, channel, rendered, envelope)]
    return outbox.add(database, queue, digest=None, now=now)
