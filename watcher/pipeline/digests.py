"""One digest: what it says, its messages, the local dates it stands for, and what it tells marked as told.

All of it in one transaction, so that there is never half a digest, nor one that nobody remembers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from watcher import store, story
from watcher.config import DigestConfig
from watcher.digest.render import render
from watcher.digest.schedule import late_dates
from watcher.model import ChangeKind, Decision, Digest, Message, MessageKind, Rendered
from watcher.pipeline.account import account
from watcher.pipeline.audience import Settled, linked, mark, settle_changes, stories_json
from watcher.pipeline.due import dates_due, note_schedule, waits_to_catch_up
from watcher.pipeline.messages import Envelope, channels_of, messages, written
from watcher.pipeline.rules_file import RulesFile
from watcher.store import Database, digests, outbox, stories, telling, verdicts

START_DAYS = timedelta(days=30)  # how far back the first mail lists what the archive holds
SAME_TIME = timedelta(hours=1)  # a poll that was under way at the last mail is told from then on


def make_if_due(database: Database, rules: RulesFile, wanted: DigestConfig, now: datetime) -> int | None:
    """Make a digest when a local date of it is due; gives how many messages, None where none is."""
    with store.transaction(database):
        of = telling.audience(database, f"digest:{wanted.name}", now, was=_was(wanted))
        dates = dates_due(database, of, wanted, now)
        if waits_to_catch_up(database, wanted, dates, now):
            return None
        note_schedule(database, of, wanted, now)
        return _make(database, rules, wanted, of, dates, now)[1] if dates else None


def send_now(database: Database, rules: RulesFile, wanted: DigestConfig, now: datetime) -> tuple[str, str, str, int]:
    """Make a digest now, whatever the time; gives subject, text, HTML and how many messages. It stands for no local date."""
    with store.transaction(database):
        of = telling.audience(database, f"digest:{wanted.name}", now, was=_was(wanted))
        rendered, queued = _make(database, rules, wanted, of, [], now)
    return rendered.subject, rendered.text, rendered.html, queued


def _make(
    database: Database, rules: RulesFile, wanted: DigestConfig, of: telling.Audience, dates: list[date], now: datetime
) -> tuple[Rendered, int]:
    """Decide, render, queue and mark, inside the caller's transaction. Gives the digest as rendered and how many messages."""
    config = rules.watch.config
    settled = settle_changes(database, of, config, wanted.where, now, ZoneInfo(wanted.time_zone))
    made = _digest(database, rules, wanted, of, settled, dates, now)
    listed_in_it = [*(one.story for one in made.told), *made.start_stories]
    rendered = written(partial(render, made, stories_json(made.told)), listed_in_it, wanted.name)
    nothing = not made.told and not made.first and wanted.when_empty == "skip"
    if nothing:
        digests.skip(database, of, dates, now)
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
            other = replace(made, reads=channel.reads)
            by_reads[channel.reads] = written(partial(render, other, stories_json(made.told)), listed_in_it, wanted.name)
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
    dates: list[date],
    now: datetime,
) -> Digest:
    """Everything a digest says, before it is rendered."""
    config, zone = rules.watch.config, ZoneInfo(wanted.time_zone)
    last = digests.last(database, of)
    since = digests.looked_until(database, of, now)
    first = last is None
    local_date = dates[-1] if dates else now.astimezone(zone).date()  # one made by hand stands for no date, and is dated today
    month = (local_date.year, local_date.month)
    month_people, month_stories = story.month_totals(stories.of_month(database, *month), *month)
    told = tuple(one.told for one in settled if one.decision.tell)
    possible = verdicts.possible(database, since, (last.seen.verdict, last.seen.lead) if last and last.seen else None)
    new_ids = {one.story.id for one in told}
    return Digest(
        name=wanted.name,
        number=last.number + 1 if last else 1,
        local_date=local_date,
        time_zone=wanted.time_zone,
        at=f"{wanted.at:%H:%M}",
        every=wanted.every,
        period_start=_said_since(last, since),
        period_end=now,
        told=told,
        possible=tuple(possible[:3]),
        possible_total=len(possible),
        account=account(database, rules, of, since=since, now=now),
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
        missed_dates=() if first else tuple(late_dates(dates, at=wanted.at, zone=zone, now=now)),
        linked=linked(database, told),
    )


def _said_since(last: digests.Made | None, since: datetime) -> datetime:
    """The moment a reader is told: that of the last mail, where the account does not begin long before it."""
    return last.period_end if last and timedelta(0) <= last.period_end - since < SAME_TIME else since


def _was(wanted: DigestConfig) -> str | None:
    return f"digest:{wanted.was}" if wanted.was else None


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
    of = telling.find_audience(database, f"digest:{wanted.name}", _was(wanted)) or telling.Audience(0, f"digest:{wanted.name}", now, 0)
    settled = settle_changes(database, of, rules.watch.config, wanted.where, now, ZoneInfo(wanted.time_zone))
    made = _digest(database, rules, wanted, of, settled, [], now)
    rendered = render(made)
    return rendered.subject, rendered.text, rendered.html
