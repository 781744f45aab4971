"""The compose loop: untold changes -> digests, alerts and operator messages in the outbox.

For each audience one transaction: its messages, the local dates they stand for, and what they tell marked as told to
it. What is due comes from the database; the rooms decide what is worth telling and how it reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from watcher import store, story
from watcher.config import AlertConfig, Config, DigestConfig, Where
from watcher.deliver import build, message_id, message_key
from watcher.digest.render import render, render_alert, render_operator
from watcher.digest.schedule import alert_due, due_dates, instant, start_of_day
from watcher.model import Change, ChangeKind, Channel, Decision, Digest, Message, MessageKind, Rendered, StoryFile, Told
from watcher.pipeline.account import account
from watcher.pipeline.faults import note_feed_faults
from watcher.pipeline.rules_file import RulesFile
from watcher.pipeline.tools import Tools
from watcher.store import Database, digests, operations, outbox, stories, telling, verdicts

START_DAYS = timedelta(days=30)  # how far back the first mail lists what the archive holds
OPERATOR_AGAIN = timedelta(hours=24)  # what stays broken is said once a day


@dataclass(frozen=True, slots=True)
class ComposeReport:
    """What one turn queued."""

    digests: int = 0
    alerts: int = 0
    messages: int = 0


@dataclass(frozen=True, slots=True)
class _Settled:
    """One story's untold changes with what was decided of them for an audience."""

    story: StoryFile
    changes: tuple[Change, ...]
    decision: Decision
    told: Told


async def compose(tools: Tools) -> ComposeReport:
    """Make every digest, alert and operator message that is due."""
    started = tools.clock()
    report = await tools.writer.run(_compose_all, tools.rules, started)
    await tools.writer.run(operations.beat, "compose", started=started, finished=tools.clock())
    return report


async def send_now(tools: Tools, wanted: DigestConfig) -> tuple[str, str, str, int]:
    """Make one digest now, whatever the time, and queue it; gives subject, text, HTML and how many messages."""
    return await tools.writer.run(_send_now, tools.rules, wanted, tools.clock())


def preview(database: Database, rules: RulesFile, wanted: DigestConfig, now: datetime) -> tuple[str, str, str]:
    """What a digest would say if it were made now; nothing is written. Gives subject, text and HTML."""
    of = telling.find_audience(database, f"digest:{wanted.name}") or telling.Audience(0, f"digest:{wanted.name}", now, 0)
    settled = _settle_changes(database, of, rules.watch.config, wanted.where, now, ZoneInfo(wanted.time_zone))
    made = _digest(database, rules, wanted, of, settled, _dates_or_today(wanted, [], now), now)
    rendered = render(made)
    return rendered.subject, rendered.text, rendered.html


def _compose_all(database: Database, rules: RulesFile, now: datetime) -> ComposeReport:
    """Every audience on its own: what goes wrong for one is raised only when all others were served."""
    config = rules.watch.config
    turns: list[Callable[[], int | None]] = [
        *(partial(_make_digest_if_due, database, rules, wanted, now) for wanted in config.digests),
        *(partial(_make_alert_if_due, database, rules, alert, now) for alert in config.alerts),
        partial(_tell_operator, database, rules, now),
    ]
    queued: list[int | None] = []
    problems: list[Exception] = []
    for turn in turns:
        try:
            queued.append(turn())
        except Exception as problem:  # raised below; but no alert waits because a digest cannot be made
            queued.append(None)
            problems.append(problem)
    if problems:
        raise problems[0] if len(problems) == 1 else ExceptionGroup("several audiences could not be served", problems)
    digests_made = sum(one is not None for one in queued[: len(config.digests)])
    alerts_made = sum(one is not None for one in queued[len(config.digests) : -1])
    return ComposeReport(digests_made, alerts_made, sum(one or 0 for one in queued))


# ------------------------------------------------------------------ digests


def _make_digest_if_due(database: Database, rules: RulesFile, wanted: DigestConfig, now: datetime) -> int | None:
    zone = ZoneInfo(wanted.time_zone)
    with store.transaction(database):
        of = telling.audience(database, f"digest:{wanted.name}", now)
        last = digests.last_date(database, of)
        dates = due_dates(every=wanted.every, at=wanted.at, zone=zone, last=last, created=of.created, now=now)
        if not dates:
            return None
        return _make_digest(database, rules, wanted, of, dates, now)[1]


def _send_now(database: Database, rules: RulesFile, wanted: DigestConfig, now: datetime) -> tuple[str, str, str, int]:
    with store.transaction(database):
        of = telling.audience(database, f"digest:{wanted.name}", now)
        rendered, queued = _make_digest(database, rules, wanted, of, [], now)
    return rendered.subject, rendered.text, rendered.html, queued


def _make_digest(
    database: Database, rules: RulesFile, wanted: DigestConfig, of: telling.Audience, dates: Sequence[date], now: datetime
) -> tuple[Rendered, int]:
    """Decide, render, queue and mark, inside the caller's transaction. Gives the digest as rendered and how many messages."""
    config = rules.watch.config
    settled = _settle_changes(database, of, config, wanted.where, now, ZoneInfo(wanted.time_zone))
    made = _digest(database, rules, wanted, of, settled, _dates_or_today(wanted, dates, now), now)
    rendered = render(made, _stories_json(made.told))
    nothing = not made.told and not made.first and wanted.when_empty == "skip"
    if nothing:
        digests.skip(database, of, dates)
        _mark(database, of, settled, None, now)
        return rendered, 0
    identity = digests.add(
        database, of, number=made.number, local_date=made.local_date, dates=dates, period=(made.period_start, made.period_end),
        rendered=(rendered.subject, rendered.text, rendered.html), now=now,
    )  # fmt: skip
    by_reads = {made.reads: rendered}
    messages = []
    for channel in _channels(config, wanted.channels):
        if channel.reads not in by_reads:
            by_reads[channel.reads] = render(replace(made, reads=channel.reads), _stories_json(made.told))
        messages += _messages(
            database,
            config,
            channel,
            by_reads[channel.reads],
            MessageKind.DIGEST,
            wanted.name,
            f"{wanted.name} {made.number}",
            now,
            wanted.time_zone,
        )
    queued = outbox.add(database, messages, digest=identity, now=now, held=wanted.approve)
    listed = {one.id for one in made.start_stories}
    _mark(database, of, [one for one in settled if one.story.id not in listed], identity, now)
    _mark_start(database, of, made, settled, identity, now)
    return rendered, queued


def _digest(
    database: Database,
    rules: RulesFile,
    wanted: DigestConfig,
    of: telling.Audience,
    settled: Sequence[_Settled],
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
        reads=_reads(config, wanted.channels),
        missed_dates=tuple(dates[:-1]),
        linked=_linked(database, told),
    )


def _dates_or_today(wanted: DigestConfig, dates: Sequence[date], now: datetime) -> Sequence[date]:
    """The dates a digest stands for; one made by hand stands for none, and is dated today."""
    return dates or [now.astimezone(ZoneInfo(wanted.time_zone)).date()]


def _mark_start(database: Database, of: telling.Audience, made: Digest, settled: Sequence[_Settled], identity: int, now: datetime) -> None:
    """Stories listed in the first mail have been told: what happens to them later is an update with its "before".

    Each of their open changes is settled by that; where the audience is younger than the story, its newest one stands for it.
    """
    listed = Decision(True, ChangeKind.NEW, "listed in the first mail as already found")
    open_changes = {one.story.id: one.changes for one in settled}
    for one in made.start_stories:
        if one.id is None or one.facts is None:
            continue
        for change in open_changes.get(one.id) or telling.changes_of(database, one.id)[-1:]:
            telling.decide(database, of, change, listed, facts=one.facts, digest=identity, now=now)


# ------------------------------------------------------------------ alerts


def _make_alert_if_due(database: Database, rules: RulesFile, alert: AlertConfig, now: datetime) -> int | None:
    zone = ZoneInfo(alert.time_zone)
    config = rules.watch.config
    with store.transaction(database):
        of = telling.audience(database, f"alert:{alert.name}", now)
        settled = _settle_changes(database, of, config, alert.where, now, zone)
        wanted = [one for one in settled if one.decision.tell and one.decision.kind in alert.on]
        _mark(database, of, [one for one in settled if one not in wanted], None, now, not_for=alert)
        if not wanted:
            return None
        day = start_of_day(now, zone)
        due, _ = alert_due(
            first_change=min(change.at or now for one in wanted for change in one.changes), wait=alert.wait, quiet=alert.quiet, zone=zone,
            sent_today=digests.made_since(database, of, day), max_per_day=alert.max_per_day, now=now,
        )  # fmt: skip
        return _make_alert(database, config, alert, of, wanted, now) if due else None


def _make_alert(
    database: Database, config: Config, alert: AlertConfig, of: telling.Audience, wanted: Sequence[_Settled], now: datetime
) -> int:
    """One message for everything that waited."""
    last = digests.last(database, of)
    number = last.number + 1 if last else 1
    told = tuple(one.told for one in wanted)
    linked = {one.id: one.facts for one in _linked(database, told) if one.id is not None and one.facts}
    by_reads: dict[tuple[str, ...], Rendered] = {}
    messages: list[Message] = []
    for channel in _channels(config, alert.channels):
        if channel.reads not in by_reads:
            by_reads[channel.reads] = render_alert(
                told, now=now, time_zone=alert.time_zone, name=alert.name, contact=config.settings.contact, reads=channel.reads, linked=linked,
                stories=_stories_json(told),
            )  # fmt: skip
        messages += _messages(
            database,
            config,
            channel,
            by_reads[channel.reads],
            MessageKind.ALERT,
            alert.name,
            f"{alert.name} {number}",
            now,
            alert.time_zone,
        )
    rendered = next(iter(by_reads.values()), Rendered("", "", ""))
    identity = digests.add(
        database, of, number=number, local_date=now.astimezone(ZoneInfo(alert.time_zone)).date(), dates=(),
        period=(last.period_end if last else of.created, now), rendered=(rendered.subject, rendered.text, rendered.html), now=now,
    )  # fmt: skip
    queued = outbox.add(database, messages, digest=identity, now=now)
    _mark(database, of, wanted, identity, now)
    return queued


# ------------------------------------------------------------------ the operator


def _tell_operator(database: Database, rules: RulesFile, now: datetime) -> int:
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
        messages = [
            message
            for channel in _channels(config, config.operator)
            for message in _messages(
                database,
                config,
                channel,
                rendered,
                MessageKind.OPERATOR,
                "operator",
                f"operator {now.isoformat()}",
                now,
                config.settings.time_zone,
            )
        ]
        queued = outbox.add(database, messages, digest=None, now=now)
        operations.told(database, [one.subject for one in faults], now)
        operations.remember(database, "operator_told", today)
        return queued


# ------------------------------------------------------------------ shared


def _settle_changes(
    database: Database, of: telling.Audience, config: Config, where: Where, now: datetime, zone: ZoneInfo
) -> list[_Settled]:
    """Decide every untold change for an audience, story by story. Writes nothing."""
    by_story: dict[int, list[Change]] = {}
    for change in telling.undecided(database, of, now):
        by_story.setdefault(stories.resolve(database, change.story), []).append(change)
    today = telling.told_today(database, of, start_of_day(now, zone))
    settled = []
    for identity, changes in by_story.items():
        found = stories.load(database, identity)
        if found is None or found.facts is None:
            continue
        before = telling.last_told(database, of, identity)
        decision = _decide(found, before, changes, config, where, now, zone, figure_told_today=today.get(identity) is ChangeKind.FIGURE)
        told = Told(found, decision.kind, decision.reason, before.facts if before else None, before.at if before else None)
        settled.append(_Settled(found, tuple(changes), decision, told))
    return settled


def _decide(
    found: StoryFile,
    before: telling.LastTold | None,
    changes: Sequence[Change],
    config: Config,
    where: Where,
    now: datetime,
    zone: ZoneInfo,
    *,
    figure_told_today: bool,
) -> Decision:
    assert found.facts is not None
    if not story.concerns(found, nationality=where.nationality, stage=where.stage, language=where.language, rule=where.rule):
        return Decision(False, ChangeKind.COVERAGE, "not what this audience asked for (`where`)")
    limits = config.settings.min_figure_change
    day = found.facts.date or min(one.time for one in found.reports).astimezone(zone).date()
    return story.for_audience(
        before.facts if before else None, found.facts, changes, event_day=day, now=now, fresh_for=config.settings.fresh_for,
        figure_told_today=figure_told_today, min_change=(limits.percent / 100, limits.people), dismissed=found.dismissed,
    )  # fmt: skip


def _mark(
    database: Database,
    of: telling.Audience,
    settled: Sequence[_Settled],
    digest: int | None,
    now: datetime,
    *,
    not_for: AlertConfig | None = None,
) -> None:
    """Write down what was decided, so that it is not decided again. What only waits stays open."""
    for one in settled:
        decision = one.decision
        if decision.wait:
            continue
        if not_for is not None and decision.tell:
            decision = Decision(False, decision.kind, f"{decision.kind.value} is not in `on` of this alert", decision.before)
        for change in one.changes:
            telling.decide(database, of, change, decision, facts=one.story.facts, digest=digest, now=now)


def _messages(
    database: Database,
    config: Config,
    channel: Channel,
    rendered: Rendered,
    kind: MessageKind,
    name: str,
    subject: str,
    now: datetime,
    zone: str,
) -> list[Message]:
    """The rows of one channel: one a recipient, several where a channel's limits split what is said."""
    key = operations.instance_key(database)
    domain = (channel.sender or config.settings.contact).rpartition("@")[2].strip("<> ")
    local = now.astimezone(ZoneInfo(zone))
    made = []
    for recipient in channel.to or (channel.name,):
        first = message_key(kind, channel.name, recipient, subject)
        frozen = build(
            rendered, channel, recipient=recipient, message_id=message_id(key, first, domain), date=local, name=name,
            contact=config.settings.contact, list_id=f"{name}.{domain}" if domain else "",
        )  # fmt: skip
        for part in frozen:
            row_key = message_key(kind, channel.name, recipient, subject, part=part.part)
            made.append(
                Message(
                    key=row_key, kind=kind, channel=channel.name, recipient=recipient, payload=part.payload,
                    message_id=message_id(key, row_key, domain), bare=part.bare,
                )
            )  # fmt: skip
    return made


def _channels(config: Config, names: Sequence[str]) -> list[Channel]:
    """The channels of these names, paused ones too: their messages wait until the secret is there."""
    return [channel for name in names if (channel := config.channel(name))]


def _reads(config: Config, names: Sequence[str]) -> tuple[str, ...]:
    """The languages that the archive's own copy of a digest quotes in: those of its first channel."""
    found = _channels(config, names)
    return found[0].reads if found else ()


def _linked(database: Database, told: Sequence[Told]) -> tuple[StoryFile, ...]:
    """Stories that told ones link to, for the one line about each."""
    shown = {one.story.id for one in told}
    wanted = sorted({other for one in told for other, _ in one.story.links} - shown)
    return tuple(stories.load_many(database, wanted))


def _stories_json(told: Sequence[Told]) -> Mapping[int, Mapping[str, Any]]:
    return {one.story.id: story.story_json(one.story) for one in told if one.story.id is not None}


def next_instant(wanted: DigestConfig, day: date) -> datetime:
    """When the digest of a local date goes out, in UTC."""
    return instant(day, wanted.at, ZoneInfo(wanted.time_zone))
