"""The archive -> answers to "what became of this": an address, or the articles of a story. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from watcher.model import Entry, Report, StoryFile, Verdict
from watcher.store import Database, entries, labels, stories, telling, texts, verdicts
from watcher.store.labels import Label
from watcher.urls import canonical_url


@dataclass(frozen=True, slots=True)
class Archived:
    """One article as the archive has it: sightings, the verdict that counts, the stories it stands in, who was told."""

    article: int
    url: str
    title: str
    sightings: tuple[entries.Sighting, ...]
    verdict: Verdict | None
    judged_at: datetime | None
    lead: str | None
    stories: tuple[int, ...]
    told: tuple[tuple[str, datetime, str], ...]  # (audience, when, as what)
    label: Label | None = None
    entry: Entry | None = None  # its newest text; None where none is left

    def as_json(self) -> dict[str, Any]:
        """The same as one JSON object."""
        return {
            "url": self.url,
            "seen": True,
            "article": f"a{self.article}",
            "title": self.title,
            "sightings": [{"feed": one.feed, "first_seen": one.first_seen} for one in self.sightings],
            "level": self.verdict.level.value if self.verdict else None,
            "rules": list(self.verdict.rules) if self.verdict else [],
            "reason": self.verdict.reason if self.verdict else None,
            "judged_at": self.judged_at,
            "lead": self.lead,
            "stories": list(self.stories),
            "told": [{"audience": audience, "at": at, "kind": kind} for audience, at, kind in self.told],
            "label": {"wanted": self.label.wanted, "by": self.label.by, "at": self.label.at} if self.label else None,
        }


@dataclass(frozen=True, slots=True)
class Together:
    """A story with, for each article, the verdict that made it match."""

    story: StoryFile
    verdicts: tuple[tuple[Report, Verdict | None], ...]

    def as_json(self) -> dict[str, Any]:
        """The same as one JSON object."""
        return {
            "id": self.story.id,
            "headline": self.story.facts.headline if self.story.facts else "",
            "articles": [
                {
                    "url": report.url,
                    "source": report.source,
                    "rules": list(verdict.rules) if verdict else [],
                    "reason": verdict.reason if verdict else "",
                    "role": report.role.value,
                    "joined": report.reason,
                    "score": report.score,
                }
                for report, verdict in self.verdicts
            ],
            "links": [{"story": other, "kind": kind.value} for other, kind in self.story.links],
        }


def archived(database: Database, url: str) -> Archived | None:
    """What became of an address; None when no source ever had it."""
    article = entries.find_article(database, canonical_url(url))
    if article is None:
        return None
    judged = verdicts.latest(database, article)
    found = stories.of_article(database, article)
    told = [
        (str(row["audience"]), datetime.fromisoformat(str(row["at"])), str(row["kind"]))
        for story in found
        for row in telling.history(database, story)
        if row["told"]
    ]
    stored = texts.texts_of(database, [article]).get(article, [])
    return Archived(
        article=article,
        url=url,
        title=entries.title_of(database, article),
        sightings=tuple(entries.sightings(database, article)),
        verdict=judged[1] if judged else None,
        judged_at=judged[2] if judged else None,
        lead=entries.lead_of(database, article),
        stories=tuple(found),
        told=tuple(told),
        label=labels.of_article(database, article),
        entry=stored[-1].entry if stored else None,
    )


def why_together(database: Database, story: int) -> Together | None:
    """Why each article of a story is there; None when there is no such story."""
    found = stories.load(database, story)
    if found is None:
        return None
    pairs = []
    for report in found.reports:
        judged = verdicts.latest(database, report.article)
        pairs.append((report, judged[1] if judged else None))
    return Together(found, tuple(pairs))
