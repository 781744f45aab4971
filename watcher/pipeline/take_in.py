"""Polled feeds -> the archive: read, match and story for a batch of answers; all of it is saved, or none.

Shared by the loops that bring texts in (poll, leads, backfill). Judging comes first and holds no lock; then one
transaction: entries, verdicts, story join, untold changes, leads, and last the validators.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from watcher import store, story
from watcher.collect import cadence, health
from watcher.collect import overlap as window
from watcher.match import judge
from watcher.model import ArticleRole, Change, ChangeKind, Claim, Entry, Facts, Feed, Fetched, HealthMemory, Level, Report, StoryFile
from watcher.pipeline import bulk
from watcher.pipeline.check import Watch
from watcher.pipeline.gap_notice import gap_in, held_back
from watcher.pipeline.tools import politeness
from watcher.read import read
from watcher.store import Database, candidates, entries, feeds, gaps, leads, mentions, merging, stories, telling, verdicts
from watcher.store import health as feed_health


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What a batch came to, for the line that a person reads."""

    new_entries: int = 0
    matches: int = 0
    leads: int = 0
    changes: tuple[Change, ...] = ()

    def plus(self, other: TakenIn) -> TakenIn:
        """Both together."""
        return TakenIn(
            self.new_entries + other.new_entries, self.matches + other.matches, self.leads + other.leads, (*self.changes, *other.changes)
        )


class _Gone(NamedTuple):
    """A number whose story was merged into another, and what that story said."""

    number: int
    facts: Facts | None


def judge_entry(entry: Entry, watch: Watch) -> entries.Judged:
    """Read and match one entry. Pure; holds no lock."""
    reading = read(entry, watch.vocabulary)
    verdict = judge(reading, watch.rules)
    claims = reading.claims if verdict.level in (Level.MATCH, Level.WATCH) else ()  # no other text's are kept, and they cost the most
    return entries.Judged(entry, verdict, claims or ())


def take_in(database: Database, polled: Sequence[tuple[Feed, Fetched]], watch: Watch) -> TakenIn:
    """Store what these polls brought. Runs in the writer thread; one transaction of one or more whole feeds."""
    judged = {feed.id: _judge_fresh(database, feed, fetched, watch) for feed, fetched in polled if fetched.entries}
    total = TakenIn()
    with store.transaction(database):
        rules = verdicts.rule_set(database, watch.fingerprint, watch.kept_text, polled[0][1].at) if judged else 0
        for feed, fetched in polled:
            overlap = _overlap(database, feed, fetched)  # before its entries are in: it asks what was there
            taken = _take_in_feed(database, feed, fetched, judged.get(feed.id, []), watch, rules)
            total = total.plus(taken)
            gap_in(database, feed, fetched, overlap)
            known = _health(database, feed, fetched, taken.new_entries)
            # Last: an ETag saved without its entries would hide them behind a 304 for ever.
            feeds.polled(
                database,
                feed,
                _with_next_poll(feed, fetched, overlap, watch),
                new=taken.new_entries,
                overlap=overlap,
                health=known,
                rhythm=health.rhythm(known),
            )
    return total


def take_in_past(database: Database, feed_id: int, judged: Sequence[entries.Judged], watch: Watch, now: datetime) -> TakenIn:
    """Store a batch of a backfill: as a poll's, but nothing of it is live and it opens no leads."""
    total = TakenIn()
    with store.transaction(database):
        rules = verdicts.rule_set(database, watch.fingerprint, watch.kept_text, now)
        already = entries.known(database, feed_id, [one.entry.key for one in judged])
        fresh = [one for one in judged if _is_fresh(one.entry, already)]
        saved = entries.save(database, feed_id, fresh, already, now=now, live=False)
        verdicts.save(database, saved, rules, now)
        for one in saved:
            total = total.plus(_follow(database, one, watch, now, feed=None))
    return total


def take_in_found(
    database: Database, feed: Feed, judged: Sequence[entries.Judged], late: Mapping[str, datetime], watch: Watch, now: datetime
) -> TakenIn:
    """Store what older pages or a search gave for a gap, inside the caller's transaction.

    Entries whose key is in `late` were held by the gap: they are live, and would have been found then. All others fill the archive and tell
    nobody. What the feed showed already is left as it is, but what a person's backfill stored meanwhile and the gap held comes to light.
    """
    rules = verdicts.rule_set(database, watch.fingerprint, watch.kept_text, now)
    already = entries.known(database, feed.id, [one.entry.key for one in judged])
    unknown = [one for one in judged if one.entry.key not in already]
    total = TakenIn()
    for live in (True, False):
        part = [one for one in unknown if (one.entry.key in late) is live]
        saved = entries.save(database, feed.id, part, already, now=now, live=live)
        gaps.mark_late(database, feed.id, {one.entry.key: late[one.entry.key] for one in part if live})
        verdicts.save(database, saved, rules, now)
        for one in saved:
            total = total.plus(_follow(database, one, watch, now, feed=feed if live else None))
    for shown in judged:
        key = shown.entry.key
        if key in already and key in late:
            _backfilled(database, feed, shown, already[key], late[key], now)
    return total


def _backfilled(database: Database, feed: Feed, judged: entries.Judged, known: entries.Known, late: datetime, now: datetime) -> None:
    """A gap held an entry that a backfill stored since, quietly: now it is live, its story is asked about, a lead is opened."""
    if not gaps.make_live(database, known.entry, late):
        return
    _bring_to_light(database, known.article, now)
    if judged.verdict.level is Level.LEAD and judged.entry.url:
        leads.add(database, entries.Saved(judged, known.article, known.revision, new_entry=False, new_text=False, live=True), feed.id, now)


def _judge_fresh(database: Database, feed: Feed, fetched: Fetched, watch: Watch) -> list[entries.Judged]:
    """Judge what the feed did not show before; entry ids are asked of the store before any work on text."""
    already = entries.known(database, feed.id, [entry.key for entry in fetched.entries])
    return [judge_entry(entry, watch) for entry in fetched.entries if _is_fresh(entry, already)]


def _is_fresh(entry: Entry, already: Mapping[str, entries.Known]) -> bool:
    """Whether an entry is new, or shows a text that is not the one it showed last."""
    known = already.get(entry.key)
    return known is None or known.text_hash != entries.text_hash(entry)


def _take_in_feed(database: Database, feed: Feed, fetched: Fetched, judged: list[entries.Judged], watch: Watch, rules: int) -> TakenIn:
    """One feed's answer, inside the transaction."""
    if fetched.outcome != "changed":
        return TakenIn()
    already = entries.known(database, feed.id, [entry.key for entry in fetched.entries])
    first_poll = feed.first_ok is None
    fresh = [one for one in judged if _is_fresh(one.entry, already)]
    before = bulk.shown_before(database, feed, fetched, fresh, already)
    unseen, again = [one for one in fresh if one.entry.key not in before], [one for one in fresh if one.entry.key in before]
    saved = entries.save(database, feed.id, unseen, already, now=fetched.at, live=not first_poll)
    saved += entries.save(database, feed.id, again, already, now=fetched.at, live=False)
    held = held_back(feed, fetched.at, saved)
    gaps.mark_late(database, feed.id, held)
    bulk.note(database, feed, fetched, [one.judged.entry.key for one in saved if one.new_entry and one.judged.entry.key not in held])
    verdicts.save(database, saved, rules, fetched.at)
    entries.seen_again(database, [one.entry for one in already.values()], fetched.at)
    total = TakenIn()
    for one in saved:
        total = total.plus(_follow(database, one, watch, fetched.at, feed=feed))
    return total


def _overlap(database: Database, feed: Feed, fetched: Fetched) -> int | None:
    """How many items the poll before had too; the archive is asked only where their bytes do not say it."""
    before = window.Shown()
    if window.needs_archive(feed, fetched):
        before = window.shown(feeds.newest_entries(database, feed.id, window.reach(feed)))
    return window.overlap(feed, fetched, before)


def _health(database: Database, feed: Feed, fetched: Fetched, new: int) -> HealthMemory:
    """How the feed is after this poll; the memory of one that was polled before health was kept is begun from its polls."""
    memory = feed_health.remembered(database, feed.id)
    if memory is None:
        memory = HealthMemory()
        if feed.first_ok is not None or feed.failures:
            past = feed_health.history(database, feed.id)
            memory = health.begun(feed, past.news, past.sizes, past.failing_since)
    return health.after(memory, feed, fetched, new=new)


def _with_next_poll(feed: Feed, fetched: Fetched, overlap: int | None, watch: Watch) -> Fetched:
    """The answer with the time of the next poll that fits what the archive says of it: which items only look new is not known before."""
    if fetched.hints is None or fetched.outcome != "changed":
        return fetched
    hints = replace(fetched.hints, overlap=overlap, new=max(0, fetched.hints.items - (overlap or 0)))
    due, interval = cadence.next_poll(feed, fetched.outcome, fetched.at, hints, politeness(watch.config.settings), fetched.jitter)
    return replace(fetched, next_poll=due, interval=interval)


def _follow(database: Database, saved: entries.Saved, watch: Watch, now: datetime, *, feed: Feed | None) -> TakenIn:
    """What a stored verdict leads to: a story, an open lead, or nothing."""
    level = saved.judged.verdict.level
    counted = TakenIn(new_entries=int(saved.new_entry))
    first_live = entries.first_live(database, saved)
    if first_live:
        _bring_to_light(database, saved.article, now)
    if level is Level.MATCH:
        report = _report(database, saved, now)
        happened = join_story(database, report, live=saved.live, watch=watch, now=now)
        return counted.plus(TakenIn(matches=1, changes=happened))
    if level is Level.LEAD and feed is not None and (saved.new_text or first_live) and saved.judged.entry.url:
        leads.add(database, saved, feed.id, now)
        return counted.plus(TakenIn(leads=1))
    return counted


def _bring_to_light(database: Database, article: int, now: datetime) -> None:
    """A live source shows an article that only a first poll or a backfill had: who was never told of its story is asked about now."""
    late = gaps.came_late(database, article)
    for known in stories.load_many(database, stories.of_article(database, article)):
        if known.id is not None and known.facts is not None:
            reason = "a live source brings an article that the archive had already"
            seen = Change(known.id, ChangeKind.COVERAGE, before=known.facts, after=known.facts, reason=reason, live=True, at=now, late=late)
            telling.add_changes(database, [seen], now)


def join_story(database: Database, report: Report, *, live: bool, watch: Watch, now: datetime, rule_change: str = "") -> tuple[Change, ...]:
    """Put a report where it belongs, decide the facts anew, and write down what changed. Inside the caller's transaction.

    `rule_change` says, in words, that other rules brought an old text here. Gives what is worth telling somebody; more
    coverage is written down too, but not given.
    """
    where = story.join(report, _candidates(database, report))
    if where.story is None and where.role is ArticleRole.BACKGROUND:
        mentions.keep(database, report, story.mention_keys(report))  # it only looks back at what is not in the archive; until that comes
        return ()
    report = replace(report, role=where.role, reason=where.reason, score=where.score)
    before: Facts | None = None
    gone: list[_Gone] = []
    if where.story is None:
        alone = StoryFile(id=None, reports=(report,), first_seen=report.first_seen)
        identity = stories.create(database, story.decide(alone), first_seen=report.first_seen, now=now)
    else:
        identity = where.story
        for other in where.merges:
            identity, merged_away = _merge(database, identity, other, now)
            gone += merged_away
        before = stories.facts_of(database, identity)
    new_article = stories.put_article(database, identity, report, where, now)
    mentions.settle(database, report.article)
    _bring_in_who_looked_back(database, identity, report, now)
    late = gaps.came_late(database, report.article) if live and not rule_change else None
    happened = _follow_up(
        database, identity, before, live=live, new_article=new_article, watch=watch, now=now, rule_change=rule_change, late=late
    )
    return (*happened, *_merged(database, identity, gone, where.reason, live=live, now=now, rule_change=rule_change))


def _bring_in_who_looked_back(database: Database, identity: int, report: Report, now: datetime) -> None:
    """Articles that looked back at these people before any story told of them; they stand in it as background."""
    early = mentions.waiting(database, story.waiting_keys(report))
    known = stories.load(database, identity) if early else None
    for one in early:
        where = story.join(one, [known] if known else [])
        if where.story is not None:
            stories.put_article(database, identity, one, where, now)
            mentions.settle(database, one.article)


def reread_story(database: Database, identity: int, *, live: bool, watch: Watch, now: datetime, rule_change: str) -> None:
    """Decide a story's facts anew after other rules have read one of its articles otherwise, and write down what changed."""
    known = stories.load(database, identity)
    before = known.facts if known else None
    _follow_up(database, identity, before, live=live, new_article=False, watch=watch, now=now, rule_change=rule_change)


def _follow_up(
    database: Database,
    identity: int,
    before: Facts | None,
    *,
    live: bool,
    new_article: bool,
    watch: Watch,
    now: datetime,
    rule_change: str,
    late: datetime | None = None,
) -> tuple[Change, ...]:
    """New facts and keys for a story, and its changes written down; gives those that are worth telling."""
    after = refresh(database, identity, now)
    limits = watch.config.settings.min_figure_change
    happened = story.between(
        before, after, story=identity, live=live, new_article=new_article, min_change=(limits.percent / 100, limits.people), at=now
    )
    if rule_change:
        happened = tuple(_by_rule_change(change, rule_change) for change in happened)
    if late is not None:
        happened = tuple(replace(change, late=late) for change in happened)
    telling.add_changes(database, happened, now)
    return tuple(change for change in happened if change.kind is not ChangeKind.COVERAGE)


def _merged(
    database: Database, into: int, gone: Sequence[_Gone], why: str, *, live: bool, now: datetime, rule_change: str
) -> tuple[Change, ...]:
    """That numbers now lead to another story, written down under each of them, for those who were told of both."""
    known = stories.load(database, into) if gone else None
    if known is None or known.facts is None:
        return ()
    happened = tuple(story.merged(one.facts, known.facts, away=one.number, into=into, why=why, live=live, at=now) for one in gone)
    if rule_change:
        happened = tuple(_by_rule_change(change, rule_change) for change in happened)
    telling.add_changes(database, happened, now)
    return tuple(change for change in happened if change.kind is not ChangeKind.COVERAGE)


def _by_rule_change(change: Change, rule_change: str) -> Change:
    """A change with its reason. What the operator did not ask to tell is not told as a correction either: a slip in a rule would mail many."""
    quiet = change.kind in (ChangeKind.CORRECTION, ChangeKind.MERGED) and not change.live
    return replace(change, kind=ChangeKind.COVERAGE if quiet else change.kind, reason=f"{change.reason}; {rule_change}")


def refresh(database: Database, identity: int, now: datetime) -> Facts:
    """Decide a story's facts anew from its reports, and store them with the keys it is found by."""
    stored = stories.load(database, identity)
    assert stored is not None, f"story {identity} was just written"
    after = story.decide(stored)
    stories.set_facts(database, identity, after, story.index_keys(stored), _day(stored, after), now)
    candidates.put(database, identity, stored.reports, story.pack(stored), story.FORM)
    return after


def report_of(
    entry: Entry, *, article: int, revision: int, claims: tuple[Claim, ...], rules: tuple[str, ...], first_seen: datetime, feed: Feed | None
) -> Report:
    """A judged entry as the story room takes it."""
    return Report(
        article=article,
        revision=revision,
        url=entry.url,
        canonical_url=entry.canonical_url,
        title=entry.title,
        text=entry.text,
        source=entry.source,
        language=entry.language,
        published=entry.published,
        first_seen=first_seen,
        claims=claims,
        rules=rules,
        via=entry.via,
        text_from=entry.text_from,
        state_media=feed.state_media if feed else entry.state_media,
        official=feed.official if feed else entry.official,
    )


def _report(database: Database, saved: entries.Saved, now: datetime) -> Report:
    one = saved.judged
    return report_of(
        one.entry, article=saved.article, revision=saved.revision, claims=one.claims, rules=one.verdict.rules, first_seen=now, feed=None
    )


def _candidates(database: Database, report: Report) -> list[StoryFile]:
    """Where a report could belong. An article that stands in a story stays there, whatever a newer text of it looks like."""
    already_in = stories.of_article(database, report.article)
    if already_in:
        return stories.load_many(database, already_in[:1])
    found = candidates.find(database, *story.wanted(report))
    for old in found:
        if old.id is not None and old.people is None:  # stored by an older version
            candidates.put(database, old.id, old.reports, story.pack(old), story.FORM)
    return found


def _merge(database: Database, one: int, other: int, now: datetime) -> tuple[int, list[_Gone]]:
    """Two stories that a late report proves to be one; the lower id survives. Gives it, and the numbers that lead to it now."""
    into, away = min(one, other), max(one, other)
    known = stories.load(database, away)
    gone = [_Gone(number, known.facts if known else None) for number in stories.numbers_of(database, away)]
    merging.merge(database, into, away, now)
    return into, gone


def _day(stored: StoryFile, after: Facts) -> date:
    """The day a story stands under: that of its facts, else of its first report."""
    return after.date or min(story.event_day(report) for report in stored.reports)
