"""The archive -> Standing: every open story as the ledger needs it, now or as it stood at a moment of the past.

The past is read back, not kept: what a story said from `changes`, which are append-only; which stories were dismissed or merged
away then from `corrections` and `story_merges`; links from the rows that a merge kept. Nothing is counted here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlite_utils import Database

from watcher.model import LinkKind, Standing
from watcher.store import select
from watcher.store.values import known_facts, known_time, required_time

_TODAY = """
SELECT stories.id, stories.facts, stories.first_seen, coalesce(max(changes.at), stories.updated) AS updated
FROM stories LEFT JOIN changes ON changes.story = stories.id WHERE stories.state = 'open' GROUP BY stories.id ORDER BY stories.id
"""
_THEN = """
SELECT stories.id, changes.after AS facts, stories.first_seen, changes.at AS updated
FROM stories JOIN changes ON changes.id = (SELECT max(id) FROM changes WHERE changes.story = stories.id AND changes.at <= :until)
WHERE NOT EXISTS (SELECT 1 FROM story_merges WHERE story_merges.alias = stories.id AND story_merges.at <= :until
                  AND (story_merges.undone_at IS NULL OR story_merges.undone_at > :until))
  AND NOT EXISTS (SELECT 1 FROM corrections WHERE corrections.story = stories.id AND corrections.kind = 'dismiss'
                  AND corrections.at <= :until AND (corrections.undone_at IS NULL OR corrections.undone_at > :until))
ORDER BY stories.id
"""


class _Link(NamedTuple):
    story: int
    other: int
    kind: str
    at: str


class _Merge(NamedTuple):
    """`links`: those of both stories before it; None where that was not kept."""

    alias: int
    story: int
    links: frozenset[_Link] | None
    at: str
    undone_at: str | None


def standing(database: Database, until: datetime | None = None, *, urls: bool = True) -> list[Standing]:
    """Return the open stories, lowest id first; with `until`, those that were open at that moment and what they said then.

    Without `urls` those are not looked up: figures do not need them.
    """
    rows = select(database, _THEN, {"until": required_time(until)}) if until else select(database, _TODAY)
    links = _links_at(database, required_time(until)) if until else _links_now(database)
    stories = {row["id"]: (known_facts(row["facts"]), row["first_seen"], row["updated"]) for row in rows}
    found = _urls(database, {article for facts, _, _ in stories.values() for article in facts.articles}) if urls else {}
    old = _articles(database, [identity for identity, (facts, _, _) in stories.items() if not facts.articles], until) if urls else {}
    return [
        Standing(
            id=identity,
            facts=facts,
            first_seen=known_time(first_seen),
            updated=known_time(updated),
            links=tuple(sorted((link.other, LinkKind(link.kind)) for link in links.get(identity, ()) if link.other in stories)),
            urls=tuple(found[article] for article in facts.articles if article in found) or old.get(identity, ()),
        )
        for identity, (facts, first_seen, updated) in stories.items()
    ]


def _links_now(database: Database) -> dict[int, set[_Link]]:
    return _by_story(_Link(*row) for row in select(database, "SELECT story, other, kind, at FROM story_links"))


def _links_at(database: Database, until: str) -> dict[int, set[_Link]]:
    """The links of a moment: those that were there before any merge, at the ids that their ends had then."""
    merges = [_merge(*row) for row in select(database, "SELECT alias, story, before, at, undone_at FROM story_merges ORDER BY id")]
    links = {_Link(*row) for row in select(database, "SELECT story, other, kind, at FROM story_links")}
    for merge in reversed(merges):
        if merge.links is not None and merge.undone_at is None:
            moved = {_ends(link, {merge.alias: merge.story}) for link in merge.links}
            links = {link for link in links if _ends(link, {}) not in moved} | merge.links
    into = {merge.alias: merge.story for merge in merges if merge.at <= until and (merge.undone_at is None or merge.undone_at > until)}
    then = (_Link(*_ends(link, into), link.at) for link in links if link.at <= until)
    return _by_story(link for link in then if link.story != link.other)


def _merge(alias: int, story: int, before: str, at: str, undone_at: str | None) -> _Merge:
    kept = json.loads(before).get("links")
    links = None if kept is None else frozenset(_Link(row["story"], row["other"], row["kind"], row["at"]) for row in kept)
    return _Merge(alias, story, links, at, undone_at)


def _ends(link: _Link, into: Mapping[int, int]) -> tuple[int, int, str]:
    """What a link says, at the ids that its ends have after these merges."""
    return _home(link.story, into), _home(link.other, into), link.kind


def _home(story: int, into: Mapping[int, int]) -> int:
    seen = {story}
    while story in into and into[story] not in seen:
        story = into[story]
        seen.add(story)
    return story


def _by_story(links: Iterable[_Link]) -> dict[int, set[_Link]]:
    found: dict[int, dict[tuple[int, str], _Link]] = {}
    for link in links:
        found.setdefault(link.story, {})[link.other, link.kind] = link
    return {story: set(of_story.values()) for story, of_story in found.items()}


def _urls(database: Database, articles: set[int]) -> dict[int, str]:
    """The address of each article as it was first received, which never changes; its canonical one where it came without."""
    if not articles:
        return {}
    rows = select(
        database,
        """
        SELECT articles.id, coalesce(nullif(revisions.url, ''), articles.canonical_url) AS url
        FROM articles JOIN revisions ON revisions.id = (SELECT min(id) FROM revisions WHERE revisions.article = articles.id)
        WHERE articles.id IN (SELECT value FROM json_each(?))
        """,
        (json.dumps(sorted(articles)),),
    )
    return {row["id"]: row["url"] for row in rows}


def _articles(database: Database, stories: list[int], until: datetime | None) -> dict[int, tuple[str, ...]]:
    """Addresses of stories whose facts are from before they named their articles: those that stand there now and came by then."""
    if not stories:
        return {}
    rows = select(
        database,
        """
        SELECT story, article FROM story_articles
        WHERE story IN (SELECT value FROM json_each(:stories)) AND role <> 'background' AND (:until IS NULL OR at <= :until) ORDER BY article
        """,
        {"stories": json.dumps(stories), "until": required_time(until) if until else None},
    )
    urls = _urls(database, {row["article"] for row in rows})
    found: dict[int, tuple[str, ...]] = {}
    for row in rows:
        found[row["story"]] = (*found.get(row["story"], ()), urls[row["article"]])
    return found
