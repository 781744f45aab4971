"""Judged piece -> the archive: what other rules say of stored texts, and what follows from it; all of a piece is saved, or none.

A text that matches now joins stories as any report does, and is told only where the operator asked for that. One that does not
match any more stays in its story, as do the figures read from it: what was told must not change behind the reader's back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from watcher import store
from watcher.model import Change, ChangeKind, Level
from watcher.pipeline.check import Watch
from watcher.pipeline.rejudge_worker import Moved, Piece
from watcher.pipeline.take_in import join_story, report_of, reread_story
from watcher.store import Database, feeds, leads, operations, rejudging, stories, telling, verdicts
from watcher.store.entries import Judged, Saved
from watcher.store.rejudging import Part, RuleChange

LEASE, LEASE_LENGTH = "judging-again", timedelta(seconds=30)  # renewed with every piece; what was killed is free after this
MOST_LEADS = 100  # that one rule change opens: each is a request to somebody's server; at 20 a turn they are read within minutes


@dataclass(frozen=True, slots=True)
class _Context:
    """What every text of a piece is looked at with."""

    change: RuleChange
    watch: Watch
    now: datetime
    words: str

    @property
    def tell(self) -> bool:
        """Whether what is found is told, where it came in live and is fresh."""
        return self.watch.config.settings.after_rule_change == "tell"


def store_piece(
    database: Database, change: int, piece: Piece, watch: Watch, *, seconds: float, holder: str, now: datetime
) -> RuleChange | None:
    """Save a piece and what follows from it, and keep the lease. Gives the rule change as it is then; None, with nothing saved, where it is not to go on.

    That is so when other rules have come into force, or another process has saved this piece.
    """
    with store.transaction(database):
        known = rejudging.newest(database)
        if known is None or known.id != change or not known.open or known.following != piece.high:
            return None
        rewritten = {one.revision: one for one in piece.rewritten}
        concerned = [(moved, rewritten.pop(moved.revision, None)) for moved in piece.moved]
        verdicts.rewrite(database, list(rewritten.values()), known.rule_set, now)
        context = _Context(known, watch, now, in_words(known, watch))
        for moved, other in concerned:  # one after the other: whether an article matched before is asked of its other texts' verdicts
            if other:
                verdicts.rewrite(database, [other], known.rule_set, now)
            _follow(database, moved, context)
        part = Part(piece.judged, piece.without_text, len(piece.failed), seconds)
        rejudging.advance(database, change, piece.low, part)
        operations.take_lease(database, LEASE, holder, now, LEASE_LENGTH)
        return rejudging.newest(database)


def tell_found(database: Database, watch: Watch, now: datetime) -> Sequence[int]:
    """Have every audience decide now on what the newest rule change found, as if a live article had brought it; gives the stories.

    Old events stay held back as old. Doing it twice tells nothing twice.
    """
    with store.transaction(database):
        change = rejudging.newest(database)
        found = rejudging.found_stories(database, change.id) if change else []
        if change is None or not found or not rejudging.mark_told(database, change.id, now):
            return ()
        for known in stories.load_many(database, found):
            if known.id is not None and known.facts is not None:
                reason = f"the operator asked to tell what was found by {in_words(change, watch)}"
                seen = Change(known.id, ChangeKind.COVERAGE, before=known.facts, after=known.facts, reason=reason, live=True, at=now)
                telling.add_changes(database, [seen], now)
        return found


def in_words(change: RuleChange, watch: Watch) -> str:
    """How the reason of a change names the rule change that made it."""
    local = change.at.astimezone(ZoneInfo(watch.config.settings.time_zone))
    return f"the rule change of {local.day} {local:%b %Y, %H:%M}"


def _follow(database: Database, moved: Moved, context: _Context) -> None:
    """What follows from one text's new verdict."""
    level = moved.verdict.level
    if level is Level.MATCH:
        _matches(database, moved, context)
    elif level is Level.WATCH:
        _claims_of_no_match(database, moved, keep=True)
    elif moved.was in (Level.MATCH, Level.WATCH):
        _claims_of_no_match(database, moved, keep=False)
    if moved.was is Level.MATCH and level is not Level.MATCH:
        _lost(database, moved, context)
    if level is Level.LEAD and moved.was is not Level.LEAD:
        _may_open_lead(database, moved, context)


def _matches(database: Database, moved: Moved, context: _Context) -> None:
    """A text that matches: new claims, its story, and a note where no text of the article matched before."""
    gained = moved.was is not Level.MATCH
    first = gained and not rejudging.another_text_matches(database, moved.article, moved.revision)
    if not moved.same_claims:
        verdicts.save_claims(database, moved.revision, moved.claims)
    there = rejudging.places(database, moved.article)
    live = context.tell and rejudging.live_feed(database, moved.article) is not None
    opened = False
    if gained and all(revision < moved.revision for revision in there.values()):
        opened = _join(database, moved, context, live=live)
    else:  # a newer text of it counts there, or this one does and says something else now
        for identity, revision in there.items():
            if revision == moved.revision:
                reread_story(
                    database, identity, live=live, watch=context.watch, now=context.now, rule_change=f"read anew by {context.words}"
                )
    if first:
        found = next(iter(rejudging.places(database, moved.article)), None)
        rejudging.record(
            database,
            context.change.id,
            moved.article,
            moved.revision,
            moved.was,
            Level.MATCH,
            story=found,
            opened=opened and found is not None,
        )


def _join(database: Database, moved: Moved, context: _Context, *, live: bool) -> bool:
    """Join a story as any report does; gives whether that opened one."""
    report = report_of(
        moved.entry, article=moved.article, revision=moved.revision, claims=moved.claims, rules=moved.verdict.rules,
        first_seen=moved.first_seen, feed=feeds.by_id(database, rejudging.feed_of(database, moved.revision)),
    )  # fmt: skip
    happened = join_story(database, report, live=live, watch=context.watch, now=context.now, rule_change=f"found by {context.words}")
    return any(change.kind is ChangeKind.NEW for change in happened)


def _claims_of_no_match(database: Database, moved: Moved, *, keep: bool) -> None:
    """Claims of a text that does not match. Those of a text that counts in a story stay: its figures rest on them."""
    if moved.revision not in rejudging.places(database, moved.article).values():
        verdicts.save_claims(database, moved.revision, moved.claims if keep else ())


def _lost(database: Database, moved: Moved, context: _Context) -> None:
    """A match that is none any more: the article stays where it is, and that is noted."""
    if not rejudging.another_text_matches(database, moved.article, moved.revision):
        there = next(iter(rejudging.places(database, moved.article)), None)
        rejudging.record(
            database, context.change.id, moved.article, moved.revision, Level.MATCH, moved.verdict.level, story=there, opened=False
        )


def _may_open_lead(database: Database, moved: Moved, context: _Context) -> None:
    """Open a lead for what came in live and is fresh, was never one and stands in no story; only so many a rule change."""
    since = context.now - context.watch.config.settings.fresh_for
    if not moved.entry.url or moved.first_seen < since or (moved.entry.published and moved.entry.published < since):
        return
    feed = rejudging.live_feed(database, moved.article)
    if feed is None or rejudging.was_lead(database, moved.article) or rejudging.places(database, moved.article):
        return
    opens = rejudging.leads_opened(database, context.change.id) < MOST_LEADS
    if opens:
        judged = Judged(moved.entry, moved.verdict, moved.claims)
        leads.add(database, Saved(judged, moved.article, moved.revision, new_entry=False, new_text=False, live=True), feed, context.now)
    rejudging.count_lead(database, context.change.id, opened=opens)
