"""One digest: what it says, its messages, the local dates it stands for, and what it tells marked as told.

All of it in one transaction, so that there is never half a digest, nor one that nobody remembers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from watcher import store, story
from watcher.config import DigestConfig
from watcher.digest.render import render
from watcher.digest.schedule import due_dates
from watcher.model import ChangeKind, Decision, Digest, Message, MessageKind, Rendered
from watcher.pipeline.account import account
from watcher.pipeline.audience import Settled, linked, mark, settle_changes, stories_json
from watcher.pipeline.messages import Envelope, channels_of, messages
from watcher.pipeline.rules_file import RulesFile
from watcher.store import Database, digests, outbox, stories, telling, verdicts

START_DAYS = timedelta(days=30)  # how far back the first mail lists what the archive holds


def make_if_due(database: Database, rules: RulesFile, wanted: DigestConfig, now: datetime) -> int | None:
    """Make a digest when a local date of it is due; gives how many messages, None where none is."""
    zone = ZoneInfo(wanted.time_zone)
    with store.transaction(database):
        of = telling.audience(database, f"digest:{wanted.name}", now)
        last = digests.last_date(database, of)
        dates = due_dates(every=wanted.every, at=wanted.at, zone=zone, last=last, created=of.created, now=now)
        if not dates:
            return None
        return _make(database, rules, wanted, of, dates, now)[1]


def send_now(database: Database, rules: RulesFile, wanted: DigestConfig, now: datetime) -> tuple[str, str, str, int]:
    """Make a digest now, whatever the time; gives subject, text, HTML and how many messages. It stands for no local date."""
    with store.transaction(database):
        of = telling.audience(database, f"digest:{wanted.name}", now)
        rendered, queued = _make(database, rules, wanted, of, [], now)
    return rendered.subject, rendered.text, rendered.html, queued


def _make(
    database: Database, rules: RulesFile, wanted: DigestConfig, of: telling.Audience, dates: Sequence[date], now: datetime
) -> tuple[Rendered, int]:
    """Decide, render, queue and mark, inside the caller's transaction. Gives the digest as rendered and how many messages."""
    config = rules.watch.config
    settled = settle_changes(database, of, config, wanted.where, now, ZoneInfo(wanted.time_zone))
    made = _digest(database, rules, wanted, of, settled, _dates_or_today(wanted, dates, now), now)
    rendered = render(made, stories_json(made.told))
    nothing = not made.told and not made.first and wanted.when_empty == "skip"
    if nothing:
        digests.skip(database, of, dates)
        mark(database, of, settled, None, now)
        return rendered, 0
    identity = digests.add(
        database, of, number=made.number, local_date=made.local_date, dates=dates, period=(made.period_start, made.period_end),
        rendered=(rendered.subject, rendered.text, rendered.html), now=now,
    )  # fmt: skip
    by_reads = {made.reads: rendered}
    envelope = Envelope(MessageKind.DIGEST, wanted.name, f"{wanted.name} {made.number}", wanted.time_zone, now)
    queue: list[Message] = []
    for channel in channels_of(config, wanted.channels):
        if channel.reads not in by_reads:
            by_reads[channel.reads] = render(replace(made, reads=channel.reads), stories_json(made.told))
        queue += messages(database, config, channel, by_reads[channel.reads], envelope)
    queued = outbox.add(database, queue, digest=identity, now=now, held=wanted.approve)
    listed = {one.id for one in made.start_stories}
    mark(database, of, [one for one in settled if one.story.id not in listed], identity, now)
    _mark_start(database, of, made, settled, identity, now)
    return rendered, queued


def _digest(
    database: Database,
    rules: RulesFile,
    wanted: DigestConfig,
    of: telling.Audience,
    settled: Sequence[Settled],
    dates: Sequence[date],
    now: datetime,
) -> Digest:
    """Everything a digest says, before it is rendered."""
    config, zone = rules.watch.config, ZoneInfo(wanted.time_zone)
    last = digests.last(database, of)
    start = last.period_end if last else of.created
    local_date = dates[-1]
    month = (local_date.year, local_date.month)
    month_people, month_stories = story.month_totals(stories.of_month(database, *month), *month)
    told = tuple(one.told for one in settled if one.decision.tell)
    possible = verdicts.possible(database, start)
    new_ids = {one.story.id for one in told}
    first = last is None
    return Digest(
        name=wanted.name,
        number=last.number + 1 if last else 1,
        local_date=local_date,
        time_zone=wanted.time_zone,
        at=f"{wanted.at:%H:%M}",
        every=wanted.every,
        period_start=start,
        period_end=now,
        told=told,
        possible=tuple(possible[:3]),
        possible_total=len(possible),
        account=account(database, rules, since=start, now=now),
        first=first,
        start_stories=tuple(one for one in stories.since(database, (now - START_DAYS).astimezone(zone).date()) if one.id not in new_ids)
        if first
        else (),
        month_totals=month_people,
        month_stories=month_stories,
        previous_number=last.number if last else None,
        previous_at=last.at if last else None,
        contact=config.settings.contact,
        reads=next((channel.reads for channel in channels_of(config, wanted.channels)), ()),
        missed_dates=tuple(dates[:-1]),
        linked=linked(database, told),
    )


def _dates_or_today(wanted: DigestConfig, dates: Sequence[date], now: datetime) -> Sequence[date]:
    """The dates a digest stands for; one made by hand stands for none, and is dated today."""
    return dates or [now.astimezone(ZoneInfo(wanted.time_zone)).date()]


def _mark_start(database: Database, of: telling.Audience, made: Digest, settled: Sequence[Settled], identity: int, now: datetime) -> None:
    """Stories listed in the first mail have been told: what happens to them later is an update with its "before".

    Each of their open changes is settled by that; where the audience is younger than the story, its newest one stands for it.
    """
    listed = Decision(True, ChangeKind.NEW, "listed in the first mail as already found")
    open_changes = {one.story.id: one.changes for one in settled}
    for one in made.start_stories:
        if one.id is None or one.facts is None:
            continue
        for change in open_changes.get(one.id) or telling.changes_of(database, one.id)[-1:]:
            telling.decide(database, of, change, listed, facts=one.facts, digest=identity, now=now, story=one.id)


def preview(database: Database, rules: RulesFile, wanted: DigestConfig, now: datetime) -> tuple[str, str, str]:
    """What a digest would say if it were made now; nothing is written. Gives subject, text and HTML."""
    of = telling.find_audience(database, f"digest:{wanted.name}") or telling.Audience(0, f"digest:{wanted.name}", now, 0)
    settled = settle_changes(database, of, rules.watch.config, wanted.where, now, ZoneInfo(wanted.time_zone))
    made = _digest(database, rules, wanted, of, settled, _dates_or_today(wanted, [], now), now)
    rendered = render(made)
    return rendered.subject, rendered.text, rendered.html
