"""One article that a person wants in the archive -> its story, whatever the rules say of it.

One transaction: entry, revision, verdict, claims, story, change. An article that stands in a story already is left as it
is; only `tell` brings its story to those who were never told of it. Fetching is not done here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from watcher import store, story
from watcher.match import judge
from watcher.model import ArticleRole, Change, ChangeKind, Entry, Feed, Join, Report, StoryFile, Verdict
from watcher.pipeline.check import Watch
from watcher.pipeline.one_article import unlocked
from watcher.pipeline.take_in import join_story, refresh, report_of
from watcher.read import read
from watcher.store import Database, by_hand, entries, feeds, stories, telling, verdicts
from watcher.store.entries import Judged, Saved


@dataclass(frozen=True, slots=True)
class Added:
    """Where an article stands now. `already` is True where it stood there before and nothing new was put in."""

    article: int
    story: int
    role: str
    headline: str
    new_story: bool
    already: bool
    dismissed: bool
    verdict: Verdict | None
    told: bool  # somebody was told of its story
    told_later: bool  # its story is open to be told, as far as each audience was not told of it


def standing(database: Database, canonical_url: str) -> Added | None:
    """Where an article stands already; None where it is in no story."""
    article = entries.find_article(database, canonical_url)
    return _standing(database, article) if article is not None else None


def judge_by_hand(entry: Entry, watch: Watch) -> Judged:
    """Judge one entry and read what it says of people, also where no rule asks for it. Pure; holds no lock."""
    reading = read(entry, unlocked(watch.vocabulary))
    return Judged(entry, judge(reading, watch.rules), reading.claims or ())


def add_article(database: Database, judged: Judged, watch: Watch, *, by: str, tell: bool, outlet: int | None, now: datetime) -> Added:
    """Put an article into its story, or a new one. `outlet` is the row of its outlet's feed. Runs in the writer thread.

    Without `tell` nothing of it is live: it is listed and told to nobody by itself.
    """
    with store.transaction(database):
        article = entries.find_article(database, judged.entry.canonical_url)
        before = _standing(database, article) if article is not None else None
        if before is not None:
            return _bring_to_light(database, before, by, now) if tell else before
        saved = _save(database, judged, watch, outlet, live=tell, now=now)
        report = report_of(
            judged.entry, article=saved.article, revision=saved.revision, claims=judged.claims, rules=judged.verdict.rules,
            first_seen=now, feed=_feed(database, outlet),
        )  # fmt: skip
        happened = join_story(database, report, live=tell, watch=watch, now=now)
        if not by_hand.standing(
            database, saved.article
        ):  # it only looks back at what the archive does not have: a person wants it all the same
            happened = _open_story(database, report, live=tell, now=now)
        for identity, _, _ in by_hand.standing(database, saved.article):
            by_hand.sign(database, identity, saved.article, by, f"put in by hand by {by}")
        done = _standing(database, saved.article)
        assert done is not None, "the article was just put into a story"
        new = any(change.kind is ChangeKind.NEW for change in happened)
        return replace(done, already=False, new_story=new, verdict=judged.verdict, told_later=tell)


def _save(database: Database, judged: Judged, watch: Watch, outlet: int | None, *, live: bool, now: datetime) -> Saved:
    """The entry under the feed row of what people put in; its text counts as the outlet's."""
    feed = by_hand.source(database, now)
    rules = verdicts.rule_set(database, watch.fingerprint, watch.kept_text, now)
    already = entries.known(database, feed, [judged.entry.key])
    (saved,) = entries.save(database, feed, [judged], already, now=now, live=live)
    verdicts.save_one(database, saved.revision, judged.verdict, judged.claims, rules, now)
    verdicts.save_claims(database, saved.revision, judged.claims)  # of a `no` too: its story is made of them
    if outlet is not None and saved.new_text:
        by_hand.brought_by(database, saved.revision, outlet)
    return saved


def _open_story(database: Database, report: Report, *, live: bool, now: datetime) -> tuple[Change, ...]:
    """A story of its own."""
    report = replace(report, role=ArticleRole.REPORT, reason="no story has the same people")
    alone = StoryFile(id=None, reports=(report,), first_seen=report.first_seen)
    identity = stories.create(database, story.decide(alone), first_seen=report.first_seen, now=now)
    stories.put_article(database, identity, report, Join(None, report.role, report.reason), now)
    after = refresh(database, identity, now)
    happened = story.between(None, after, story=identity, live=live, new_article=True, at=now)
    telling.add_changes(database, happened, now)
    return happened


def _bring_to_light(database: Database, before: Added, by: str, now: datetime) -> Added:
    """A person wants a story told that a first poll or a backfill had brought: who was never told of it is asked about now."""
    known = stories.load(database, before.story)
    if known is not None and known.facts is not None:
        reason = f"{by} asked for it to be told"
        seen = Change(before.story, ChangeKind.COVERAGE, before=known.facts, after=known.facts, reason=reason, live=True, at=now)
        telling.add_changes(database, [seen], now)
    return replace(before, told_later=True)


def _standing(database: Database, article: int) -> Added | None:
    """Where an article stands: as a report or copy rather than as background."""
    found = sorted(by_hand.standing(database, article), key=lambda one: (one[1] == ArticleRole.BACKGROUND, one[0]))
    if not found:
        return None
    identity, role, state = found[0]
    known = stories.load(database, identity)
    judged = verdicts.latest(database, article)
    return Added(
        article=article, story=identity, role=role, headline=known.facts.headline if known and known.facts else "", new_story=False,
        already=True, dismissed=state == "dismissed", verdict=judged[1] if judged else None, told_later=False,
        told=any(row["told"] for row in telling.history(database, identity)),
    )  # fmt: skip


def _feed(database: Database, outlet: int | None) -> Feed | None:
    return feeds.by_id(database, outlet) if outlet is not None else None
