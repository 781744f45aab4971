"""The leads loop: an open lead -> its article -> judged on the full text.

One at a time a host, a bounded number a turn. An article that cannot be read (403, robots.txt, paywall, a redirect that
does not lead to the outlet) is kept as a possible story with its reason.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from watcher import store
from watcher.collect import read_article
from watcher.errors import FetchError, ParseError, WatcherError
from watcher.model import Change, Entry, Level, Page
from watcher.pipeline.check import Watch
from watcher.pipeline.take_in import join_story, judge_entry, report_of
from watcher.pipeline.tools import Tools
from watcher.pipeline.trail import about
from watcher.store import Database, entries, feeds, leads, operations, verdicts
from watcher.urls import canonical_url, host_of

AT_ONCE = 20  # leads in one turn; a first poll of many feeds opens hundreds, and they are worked off turn by turn
TRIES = 4  # for what may pass: time-outs, 429, 5xx
WAITS = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=3))
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class LeadsReport:
    """What one turn did."""

    read: int = 0
    matched: int = 0
    unreadable: int = 0
    later: int = 0
    changes: tuple[Change, ...] = ()


async def follow_leads(tools: Tools, *, limit: int = AT_ONCE) -> LeadsReport:
    """Read and judge the articles of the leads that are due."""
    started = tools.clock()
    due = await tools.writer.run(leads.due, started, limit)
    by_host: dict[str, list[leads.Lead]] = {}
    for lead in due:
        by_host.setdefault(host_of(lead.url), []).append(lead)
    reports = await asyncio.gather(*(_one_host(tools, group) for group in by_host.values()))
    await tools.writer.change(operations.beat, "leads", started=started, finished=tools.clock())
    flat = [report for group in reports for report in group]
    return LeadsReport(
        read=sum(one.read for one in flat),
        matched=sum(one.matched for one in flat),
        unreadable=sum(one.unreadable for one in flat),
        later=sum(one.later for one in flat),
        changes=tuple(change for one in flat for change in one.changes),
    )


async def _one_host(tools: Tools, group: Sequence[leads.Lead]) -> list[LeadsReport]:
    """One host's leads, one after the other."""
    reports = []
    for lead in group:
        with about(feed=lead.feed, lead=lead.id):
            reports.append(await _follow(tools, lead))
    return reports


async def _follow(tools: Tools, lead: leads.Lead) -> LeadsReport:
    now = tools.clock()
    try:
        page = await read_article(lead.url, tools.client, tools.parsers, tools.robots, now, allow_private=lead.allow_private)
    except (FetchError, ParseError) as error:
        return await tools.writer.run(_not_read, lead, error, now)
    return await tools.writer.run(_take_in_page, lead, page, tools.rules.watch, now)


def _not_read(database: Database, lead: leads.Lead, error: WatcherError, now: datetime) -> LeadsReport:
    """Try again what may pass; settle the rest as a possible story, with its reason."""
    passing = isinstance(error, FetchError) and (
        error.kind in ("dns", "connect", "timeout", "protocol")
        or error.status in PASSING
        or (error.kind == "robots" and error.retry_after is not None)
    )
    reason = f"full article could not be read: {error.problem if isinstance(error, FetchError) else error}"
    with store.transaction(database):
        if passing and lead.attempt + 1 < TRIES:
            wait = (error.retry_after if isinstance(error, FetchError) else None) or WAITS[min(lead.attempt, len(WAITS) - 1)]
            leads.try_again(database, lead.id, at=now + wait, reason=reason)
            return LeadsReport(later=1)
        leads.settle(database, lead.id, state="unreadable", reason=reason, now=now)
    return LeadsReport(unreadable=1)


def _take_in_page(database: Database, lead: leads.Lead, page: Page, watch: Watch, now: datetime) -> LeadsReport:
    """Judge the full text, then in one transaction: revision, verdict, story join, changes, the lead's outcome."""
    entry = _entry(lead, page)
    judged = judge_entry(entry, watch)
    feed = feeds.by_id(database, lead.feed)
    happened: tuple[Change, ...] = ()
    matched = judged.verdict.level is Level.MATCH
    with store.transaction(database):
        rules = verdicts.rule_set(database, watch.fingerprint, watch.kept_text, now)
        revision, new = entries.add_revision(
            database, lead.article, lead.feed, entry, now=now, final_url=page.final_url, page_hash=page.body_hash
        )
        if new:
            verdicts.save_one(database, revision, judged.verdict, judged.claims, rules, now)
        if matched:
            report = report_of(
                entry,
                article=lead.article,
                revision=revision,
                claims=judged.claims,
                rules=judged.verdict.rules,
                first_seen=lead.first_seen,
                feed=feed,
            )
            happened = join_story(database, report, live=lead.live, watch=watch, now=now)
        leads.settle(database, lead.id, state="read", reason=judged.verdict.reason, now=now)
    return LeadsReport(read=1, matched=int(matched), changes=happened)


def _entry(lead: leads.Lead, page: Page) -> Entry:
    """The lead's entry with the article's text. A search result whose link led to the outlet is the outlet's own from here on."""
    snippet = Entry(
        key=lead.canonical_url,
        url=lead.url,
        canonical_url=lead.canonical_url,
        title=lead.title,
        text=lead.text,
        language=page.language or lead.language,
        published=lead.published or page.published,
        source=lead.source,
        via=lead.via,
        time_zone=lead.time_zone,
    )
    resolved = lead.via is not None and host_of(page.final_url) != host_of(lead.url)
    entry = replace(snippet, text=page.text, text_from="page", title=lead.title or page.title)
    return replace(entry, via=None, url=page.final_url, canonical_url=canonical_url(page.final_url)) if resolved else entry
