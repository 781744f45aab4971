"""The database -> Account: what was read since the last mail, and what was not. Silence is never claimed, it is accounted for.

A source was read where its state says so and its last good poll is fresh; one time-out this morning is no problem, one that was not
asked since last week is. What that means for the mail is `digest.verdict`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from watcher.model import Account, FeedKind, FeedProblem, HealthState
from watcher.pipeline.rules_file import RulesFile
from watcher.store import Database, digests, feeds, gaps, leads, outages, outbox, rejudging, self_tests, telling, verdicts

FRESH_FOR = timedelta(hours=12)  # a source that was read since then was read, though its newest poll failed; two of the longest intervals
OVERDUE_BY = timedelta(hours=1)  # a source that should have been asked so long ago was not asked
LEAD_PATIENCE = timedelta(hours=6)  # its tries take four hours (pipeline.leads); an older open lead was not read in time
FIRST_DAY = timedelta(hours=26)  # a service so young need not have passed a self-test: the first one comes within a day

NOT_READ = frozenset({HealthState.FAILING, HealthState.DEAD, HealthState.BLOCKED, HealthState.NOT_A_FEED})
PARTIAL = frozenset({HealthState.SHRUNK, HealthState.FROZEN, HealthState.DEGRADED})


def account(database: Database, rules: RulesFile, of: telling.Audience, *, since: datetime, now: datetime) -> Account:
    """What a reader of an audience must know to believe a quiet day. `since` is when the last mail looked."""
    settings = rules.watch.config.settings
    enabled = [feed for feed in feeds.health(database) if feed.enabled]
    read = {feed.id for feed in enabled if is_read(feed, now)}
    unread = [feed for feed in enabled if feed.id not in read and (feed.first_ok is not None or (feed.key and feed.failures > 0))]
    holes = gaps.unfilled(database, since)
    change = rejudging.newest(database)
    last = digests.last(database, of)
    failure = self_tests.last_failure(database)
    passed = self_tests.last_passed(database)
    return Account(
        read=_by_language(enabled, read),
        problems=tuple(_not_read(feed, since) for feed in unread),
        partial=tuple(_doubtful(feed, since) for feed in enabled if feed.id in read and feed.state in PARTIAL),
        silent=tuple(_silent(feed, since) for feed in enabled if feed.id in read and feed.state is HealthState.SILENT),
        gaps=tuple(holes),
        must_gaps=_that_matter([title for title, _, _ in holes], enabled, settings.must_read),
        outages=tuple((max(start, since), end) for start, end in outages.between(database, since, now)),
        title_only=verdicts.judged_on_title(database, since),
        unread_leads=leads.unreadable(database, since, last.seen.lead if last and last.seen else None),
        waiting_leads=leads.waiting(database, now - LEAD_PATIENCE),
        not_covered=settings.not_covered or rules.watch.config.never_read,
        must_read=settings.must_read,
        undelivered=tuple((one.what, one.channel) for one in outbox.undelivered_list(database, now, given_up_since=since)),
        own_undelivered=tuple(digests.undelivered(database, of, now, since)),
        rules=rules_word(rules.watch.fingerprint),
        rules_since=change.at if change and change.fingerprint == rules.watch.fingerprint else None,
        rules_problem=rules.problem,
        self_test=passed,
        self_test_failed=failure[0] if failure and (passed is None or failure[0] > passed) else None,
        self_test_expected=any(now - feed.created > FIRST_DAY for feed in enabled),
        items=feeds.items_read(database, since),
        never_answered=tuple(feed.title for feed in enabled if feed.first_ok is None and feed not in unread),
    )


def is_read(feed: feeds.FeedHealth, now: datetime) -> bool:
    """Whether a source counts as read today: it is not out of order, and its last good poll is as fresh as its interval allows."""
    if feed.last_ok is None or feed.state in NOT_READ or feed.first_ok is None:
        return False
    if feed.state is HealthState.SHRUNK and feed.problem:  # it answers with nothing at all
        return False
    if feed.failures == 0 and (feed.next_poll is None or now - feed.next_poll <= OVERDUE_BY):
        return True
    return now - feed.last_ok <= FRESH_FOR


def rules_word(fingerprint: str) -> str:
    """A word that names a rule set and that two people can compare over the phone: "7f3a-91c2"."""
    return f"{fingerprint[:4]}-{fingerprint[4:8]}"


def _by_language(enabled: Sequence[feeds.FeedHealth], read: set[int]) -> tuple[tuple[str, int, int], ...]:
    """(language, sources read, sources in all), most sources first."""
    of = Counter(feed.language or "unknown" for feed in enabled)
    got = Counter(feed.language or "unknown" for feed in enabled if feed.id in read)
    return tuple((language, got[language], count) for language, count in of.most_common())


def _not_read(feed: feeds.FeedHealth, since: datetime) -> FeedProblem:
    """A source that was not read, since when it fails; one that was only not asked, since when it was read last."""
    out_of_order = feed.state in NOT_READ or feed.failures > 0
    began = (feed.failing_since if out_of_order else feed.last_ok) or feed.created
    state = (feed.state if feed.state in NOT_READ or feed.state is HealthState.SHRUNK else HealthState.FAILING) if out_of_order else None
    return FeedProblem(feed.title, feed.language, began, feed.problem or "not read", new=began > since, key=feed.key, state=state)


def _doubtful(feed: feeds.FeedHealth, since: datetime) -> FeedProblem:
    began = (feed.last_new if feed.state is HealthState.FROZEN else feed.state_since) or feed.created
    new = (feed.state_since or began) > since
    return FeedProblem(feed.title, feed.language, began, feed.reason or "", new=new, key=feed.key, state=feed.state)


def _silent(feed: feeds.FeedHealth, since: datetime) -> FeedProblem:
    """A source without news, since its newest item. Searches too: their own rhythm says when silence is strange."""
    began = feed.last_new or feed.state_since or feed.created
    new = (feed.state_since or began) > since
    return FeedProblem(feed.title, feed.language, began, feed.reason or "", new=new, key=feed.key, state=feed.state)


def _that_matter(titles: Sequence[str], enabled: Sequence[feeds.FeedHealth], must_read: Sequence[str]) -> tuple[str, ...]:
    """Those of some sources that are `key` or in a must-read language; every one where nobody named any."""
    must = {code.partition("-")[0] for code in must_read}
    mattering = {feed.title for feed in enabled if feed.kind is FeedKind.FEED and (feed.key or not must or _primary(feed.language) in must)}
    return tuple(dict.fromkeys(title for title in titles if title in mattering))


def _primary(language: str | None) -> str:
    return (language or "").partition("-")[0]
