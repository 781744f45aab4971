"""The database -> Account: what was read since the last mail, and what was not. Silence is never claimed, it is accounted for."""

from __future__ import annotations

from datetime import datetime, timedelta

from watcher.model import Account, FeedKind, FeedProblem
from watcher.pipeline.rules_file import RulesFile
from watcher.pipeline.state import by_language
from watcher.store import Database, feeds, leads, outbox, verdicts

FAILING_AFTER = 2  # failures in a row before a source that was read before is named: one time-out is no news
SILENT_AFTER = timedelta(days=7)  # without a new item, for a source whose rhythm is not known better


def account(database: Database, rules: RulesFile, *, since: datetime, now: datetime) -> Account:
    """What a reader must know to believe a quiet day."""
    config = rules.watch.config
    enabled = [feed for feed in feeds.health(database) if feed.enabled]
    _, unreadable = leads.counts(database, since)
    return Account(
        read=by_language(enabled),
        problems=tuple(_problem(feed, since) for feed in enabled if _is_problem(feed)),
        silent=tuple(_silent(feed, since, now) for feed in enabled if _is_silent(feed, now)),
        gaps=tuple(feeds.gaps(database, since)),
        title_only=verdicts.judged_on_title(database, since),
        unread_leads=unreadable,
        not_covered=config.settings.not_covered or config.never_read,
        must_read=config.settings.must_read,
        undelivered=outbox.undelivered(database, now),
        rules_problem=rules.problem,
        items=feeds.items_read(database, since),
        never_answered=tuple(feed.title for feed in enabled if feed.first_ok is None and not _is_problem(feed)),
    )


def _is_problem(feed: feeds.FeedHealth) -> bool:
    """A source that was read before and is not now, and a key source in any case. Others that never answered are listed apart."""
    return feed.failures >= FAILING_AFTER if feed.first_ok is not None else feed.key and feed.failures > 0


def _problem(feed: feeds.FeedHealth, since: datetime) -> FeedProblem:
    began = feed.failing_since or feed.created
    return FeedProblem(feed.title, feed.language, began, feed.problem or "not read", new=began > since, key=feed.key)


def _is_silent(feed: feeds.FeedHealth, now: datetime) -> bool:
    """A search may find nothing for weeks; a feed of news may not."""
    return feed.kind is FeedKind.FEED and feed.failures == 0 and feed.last_new is not None and now - feed.last_new > SILENT_AFTER


def _silent(feed: feeds.FeedHealth, since: datetime, now: datetime) -> FeedProblem:
    assert feed.last_new is not None
    became = feed.last_new + SILENT_AFTER
    return FeedProblem(
        feed.title, feed.language, feed.last_new, f"no new item for {(now - feed.last_new).days} days", new=became > since, key=feed.key
    )
