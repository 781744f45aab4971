"""Labelled articles -> how well their claims and stories were read: shares of right figures, and B-cubed of the stories.

Strict, as a reader is: a wrong figure beside the right one is wrong. Of an article's main claims those of the step that its label
names are asked for count and people, where there are any; all of them for day and step. A day may differ by one, for outlets do.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from generated import b_cubed

from watcher import story
from watcher.pipeline.backfill import backfill_file
from watcher.pipeline.check import Watch
from watcher.store import listing, open_reader, stories
from watcher.store.writer import Writer

NOW = datetime(2026, 11, 1, tzinfo=UTC)
STEPS = (("raid",), ("arrested", "detained"), ("rescued",), ("charged",), ("deported", "repatriated", "extradited"), ("sentenced",))
MANY = 4  # nationalities from which a list is seldom printed whole

Article = dict[str, Any]


@dataclass
class Scores:
    """`right` and `asked` by fact; `f1` of the stories, and what nationality and month alone would give."""

    right: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    f1: float = 0.0
    f1_of_nationality_and_month: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def share(self, fact: str) -> float:
        """The share of articles whose fact was read as labelled."""
        return self.right[fact] / self.asked[fact]


def measure(path: Path, watch: Watch, database: Path) -> Scores:
    """Take the articles of a file into a new archive, and compare its stories and claims with the labels."""
    lines = [line for line in path.read_bytes().splitlines() if line.strip()]
    labelled = [article for article in map(json.loads, lines) if article.get("event") and not article.get("unsure")]
    writer = Writer(database)
    backfill_file(writer, lines, watch, now=NOW, on_bad_line=_refuse)
    writer.close()
    found = _stories(database)
    claims = {one["url"]: one["claims"] for told in found for one in told["articles"]}
    place = {one["url"]: told["id"] for told in found for one in told["articles"]}
    scores = Scores()
    for article in labelled:
        _facts(article, [claim for claim in claims.get(article["url"], ()) if claim["role"] == "main"], scores)
    events = {article["url"]: article["event"] for article in labelled}
    scores.f1 = b_cubed(events, place).f1
    scores.f1_of_nationality_and_month = b_cubed(events, {article["url"]: _month(article) for article in labelled}).f1
    return scores


def _refuse(problem: str) -> None:
    raise AssertionError(problem)


def _stories(database: Path) -> list[dict[str, Any]]:
    opened = open_reader(database)
    return [story.story_json(one) for one in stories.load_many(opened, listing.find(opened, listing.Wanted()))]


def _month(article: Article) -> str:
    return f"{sorted(article['facts']['nationality'])} {article['facts']['date'][:7]}"


def _facts(article: Article, mains: list[dict[str, Any]], scores: Scores) -> None:
    facts = article["facts"]
    wanted = _step(facts["stage"])
    own = [claim for claim in mains if _step(claim["stage"]) == wanted] or mains
    checks = {
        "count": facts["count"] is None or _count(own, facts["count"]),
        "nationality": _people(own, set(facts["nationality"])),
        "date": _day(mains, facts["date"]),
        "stage": max((_step(claim["stage"]) for claim in mains), default=-1) == wanted,
    }
    for fact, right in checks.items():
        if fact == "count" and facts["count"] is None:
            continue
        scores.asked[fact] += 1
        scores.right[fact] += right
        if not right:
            scores.wrong.append(f"{fact} {article['id']} wanted {facts[fact]}: {article['title']}")


def _step(stage: str | None) -> int:
    return next((place for place, words in enumerate(STEPS) if stage in words), -1)


def _count(claims: list[dict[str, Any]], wanted: int) -> bool:
    """One figure and no other, or a few that add up; a larger beside smaller ones of other people is right too."""
    counted = [claim for claim in claims if claim["count"]]
    spoken = [claim for claim in counted if claim["qualifier"] == "exact"] or counted
    counts = [claim["count"] for claim in spoken]
    if set(counts) == {wanted} or (2 <= len(counts) <= MANY and sum(counts) == wanted):
        return True
    people = {code for claim in spoken if claim["count"] == wanted for code in claim["nationality"] or ()}
    others = [set(claim["nationality"] or ()) for claim in spoken if claim["count"] != wanted]
    return bool(people) and max(counts) == wanted and all(other and not other & people for other in others)


def _people(claims: list[dict[str, Any]], wanted: set[str]) -> bool:
    found = {code for claim in claims for code in claim["nationality"] or ()}
    return found == wanted or (len(wanted) >= MANY and bool(found) and found < wanted)


def _day(claims: list[dict[str, Any]], wanted: str) -> bool:
    """The main claims agree within two days, and one is a day from the wanted one at most; of a month any day will do."""
    if len(wanted) < 10:
        return any((claim["date"] or "").startswith(wanted) for claim in claims)
    days = sorted(date.fromisoformat(claim["date"]) for claim in claims if len(claim["date"] or "") == 10)
    agree = bool(days) and (days[-1] - days[0]).days <= 2
    return agree and any(abs((day - date.fromisoformat(wanted)).days) <= 1 for day in days)
