"""Reports made by hand, and an archive in memory that joins them the way the corridor does: through keys, never by a scan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from hashlib import sha256
from itertools import count
from typing import Any

from watcher.model import ArticleRole, Claim, Join, LinkKind, Report, Role, Stage, StoryFile
from watcher.story import index_keys, join, mention_keys, search_keys, waiting_keys

_numbers = count(1)


def claim(
    number: int | None = None,
    who: str | None = None,
    stage: str | None = "deported",
    on: str | None = None,
    role: str = "main",
    **more: Any,
) -> Claim:
    """A claim: 25, "JP", "deported", "2023-11-08". `who` may name several: "CN TW". `on` may be a month or a year."""
    precision = {4: "year", 7: "month", 10: "day"}[len(on)] if on else None
    day = date.fromisoformat({"year": f"{on}-01-01", "month": f"{on}-01"}.get(precision or "", on)) if on else None
    fields: dict[str, Any] = {"count_max": number, "printed": "" if number is None else str(number), **more}
    return Claim(
        role=Role(role),
        stage=Stage(stage) if stage else None,
        count=number,
        nationality=tuple(who.split()) if who else None,
        date=day,
        date_precision=precision,
        **fields,
    )


def report(*claims: Claim, on: str = "2023-11-08", source: str = "", title: str = "", text: str = "", **more: Any) -> Report:
    """A report published at noon of a day; each has its own address, outlet and headline (nothing like another's) unless given."""
    number = next(_numbers)
    published = datetime.combine(date.fromisoformat(on), time(12), UTC)
    fields: dict[str, Any] = {
        "url": f"https://outlet{number}.example/news/{number}?utm_source=feed",
        "canonical_url": f"https://outlet{number}.example/news/{number}",
        "language": "en",
        "published": published,
        "first_seen": published,
        **more,
    }
    return Report(
        article=number,
        revision=number,
        title=title or sha256(str(number).encode()).hexdigest()[:40],
        text=text,
        source=source or f"Outlet {number}",
        claims=claims,
        **fields,
    )


def story(*reports: Report, **more: Any) -> StoryFile:
    return StoryFile(**{"id": 1, "reports": reports, **more})


class Archive:
    """Stories in memory with the index that the database keeps: key -> stories."""

    def __init__(self) -> None:
        self.stories: dict[int, StoryFile] = {}
        self.index: dict[str, set[int]] = {}
        self.links: set[tuple[int, int, LinkKind]] = set()
        self.joins: list[Join] = []
        self.ids = count(1)
        self.waiting: list[Report] = []
        self.largest = 0  # most candidates that one report was compared with

    def add(self, new: Report) -> Join:
        found = {number for key in search_keys(new) for number in self.index.get(key, ())}
        self.largest = max(self.largest, len(found))
        answer = join(new, [self.stories[number] for number in sorted(found)])
        self.joins.append(answer)
        if answer.story is None and answer.role is ArticleRole.BACKGROUND:
            self.waiting.append(new)
            return answer
        number = answer.story if answer.story is not None else next(self.ids)
        old = self.stories.get(number, StoryFile(id=number, reports=()))
        merged = [r for other in answer.merges for r in self.stories.pop(other).reports]
        self.stories[number] = replace(old, reports=(*old.reports, *merged, replace(new, role=answer.role, reason=answer.reason)))
        for key in index_keys(self.stories[number]):
            self.index.setdefault(key, set()).add(number)
        for gone in answer.merges:
            for known in self.index.values():
                known.discard(gone)
        self.links |= {(number, other, kind) for other, kind in answer.links} | {
            (other, number, kind) for other, kind in answer.linked_from
        }
        self._bring_in_who_looked_back(number, new)
        return answer

    def _bring_in_who_looked_back(self, number: int, new: Report) -> None:
        """Articles that looked back at these people before they were in the archive."""
        keys = waiting_keys(new)
        for early in [one for one in self.waiting if keys & mention_keys(one)]:
            answer = join(early, [self.stories[number]])
            if answer.story is not None:
                file = self.stories[number]
                self.stories[number] = replace(file, reports=(*file.reports, replace(early, role=answer.role, reason=answer.reason)))
                self.waiting.remove(early)

    def standing(self) -> dict[int, int]:
        """In which story each article stands; who only looks back stands in none."""
        return {
            one.article: number for number, file in self.stories.items() for one in file.reports if one.role is not ArticleRole.BACKGROUND
        }

    def add_all(self, reports: Iterable[Report]) -> Archive:
        for one in reports:
            self.add(one)
        return self

    def parts(self) -> set[frozenset[int]]:
        """The partition: which articles are together."""
        return {frozenset(one.article for one in file.reports) for file in self.stories.values()}
