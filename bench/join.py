"""Measure what joining one report costs, against archives of 1,000 and of 100,000 stories.

    python bench/join.py                              # both, some ten minutes: the archives are filled by the store's own functions
    python bench/join.py --stories 1000 10000         # a quick look
    python bench/join.py --keep /tmp/archives         # keep the archives, and use them again (made anew after a change of keys)

Real SQLite files, real store functions, no reader: claims are made by hand (`story_archive` has none of a bench's size). The stories of
either archive lie within the same fifteen years, of which some months are ten times as busy as others, so the larger is a hundred times
as dense. The reports measured are the same for both: half are one more outlet on people that both archives know, half on people that
none knows. `find and join` is what the archive's size can change: candidates by their keys, loaded, and compared. `the whole` adds what
is written: story, facts, keys, change. Each report's transaction is rolled back, so that the archive stays as it was. CPU time of one
process; a figure is the mean, with the median and the slowest of a hundred.
"""

from __future__ import annotations

import argparse
import math
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from watcher import store, story
from watcher.model import ArticleRole, Claim, Entry, FeedKind, Join, Level, Report, Role, Stage, StoryFile, Verdict
from watcher.pipeline.check import Watch, check
from watcher.pipeline.take_in import join_story, report_of
from watcher.store import Database, candidates, entries, feeds, stories, verdicts

RULES = Path(__file__).resolve().parents[1] / "rules.toml"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
FIRST, YEARS = date(2011, 1, 1), 15
BUSY, BUSIER = 0.08, 10  # share of months that are busy, and how much busier
NATIONS, SHARES = ("CN", "VN", "TH", "ID", "JP", "KR", "TW", "MY", "IN", "PH"), (30, 14, 10, 12, 6, 8, 6, 6, 5, 3)
PLACES = ("Phnom Penh", "Sihanoukville", "Poipet", "Bavet", "Kampot", "Kandal", "Siem Reap", "Koh Kong")
WORDS = [
    "police",
    "embassy",
    "phone",
    "guard",
    "court",
    "relatives",
    "ministry",
    "building",
    "flight",
    "border",
    "passport",
    "room",
    "desk",
    "lawyer",
    "bus",
    "night",
    "gate",
    "river",
]
SHARED = 400  # stories that every archive begins with; half of the measured reports are about some of them
REPORTS = 400
BATCH = 500  # stories in one transaction while an archive is filled


@dataclass(frozen=True)
class Event:
    """One group of people, and on how many articles it is known."""

    nation: str
    number: int
    stage: Stage
    day: date
    place: str
    articles: int


def events(seed: int) -> Iterator[Event]:
    """Groups of people without end, drawn from a seed: sizes, nations, steps and months as uneven as in real coverage."""
    chance = random.Random(seed)
    months = [FIRST + timedelta(days=30 * month) for month in range(YEARS * 12)]
    weights = [BUSIER if random.Random(month).random() < BUSY else 1 for month in range(len(months))]
    while True:
        start = chance.choices(months, weights)[0]
        yield Event(
            nation=chance.choices(NATIONS, SHARES)[0],
            number=min(2_000, max(1, round(math.exp(chance.gauss(3.5, 1.1))))),
            stage=chance.choice((Stage.ARRESTED, Stage.DEPORTED, Stage.DEPORTED, Stage.RESCUED)),
            day=start + timedelta(days=chance.randrange(30)),
            place=chance.choice(PLACES),
            articles=1 + min(12, int(chance.expovariate(1.1))),
        )


def entry(event: Event, number: int, chance: random.Random) -> tuple[Entry, tuple[Claim, ...]]:
    """An article on a group of people, in words of its own, and what it claims."""
    url = f"https://outlet{chance.randrange(400)}.example/news/{number}"
    text = " ".join(" ".join(chance.choices(WORDS, k=11)).capitalize() + "." for _ in range(8))
    title = f"{event.number} {event.nation} {event.stage}: " + " ".join(chance.choices(WORDS, k=6))
    published = datetime.combine(event.day + timedelta(days=chance.randint(0, 2)), datetime.min.time(), UTC)
    claim = Claim(
        role=Role.MAIN, stage=event.stage, count=event.number, count_max=event.number, printed=str(event.number), nationality=(event.nation,),
        origin="KH", places=(event.place,), date=event.day if chance.random() < 0.7 else None, sentence=text[:120], field="title",
    )  # fmt: skip
    claim = replace(claim, date_precision="day" if claim.date else None)
    made = Entry(key=url, url=url, canonical_url=url, title=title, text=text, language="en", published=published, source=url[8:30])
    return made, (claim, replace(claim, field="text", start=10))


def fill(database: Database, wanted: int) -> None:
    """Put so many stories into an archive: the shared ones first, then others."""
    chance, number = random.Random(1), 0
    shared, others = events(7), events(wanted)
    feed = feeds.source(database, "backfill:bench", "Bench", FeedKind.BACKFILL, NOW)
    for begin in range(0, wanted, BATCH):
        batch = [next(shared) if begin + at < SHARED else next(others) for at in range(min(BATCH, wanted - begin))]
        with store.transaction(database):
            rules = verdicts.rule_set(database, "bench", "", NOW)
            for event in batch:
                made = [entry(event, number + at, chance) for at in range(event.articles)]
                number += len(made)
                _add_story(database, made, feed, rules)


def _add_story(database: Database, made: list[tuple[Entry, tuple[Claim, ...]]], feed: int, rules: int) -> None:
    judged = [entries.Judged(one, Verdict(Level.MATCH, ("bench",)), claims) for one, claims in made]
    saved = entries.save(database, feed, judged, {}, now=NOW, live=False)
    verdicts.save(database, saved, rules, NOW)
    reports = tuple(_report(one.judged.entry, one.judged.claims, one.article, one.revision) for one in saved)
    file = StoryFile(id=None, reports=reports, first_seen=NOW)
    facts = story.decide(file)
    identity = stories.create(database, facts, first_seen=NOW, now=NOW)
    for report in reports:
        stories.put_article(database, identity, report, Join(identity, ArticleRole.REPORT, "made", 0.9), NOW)
    stories.set_facts(database, identity, facts, story.index_keys(file), facts.date or NOW.date(), NOW)
    candidates.put(database, identity, reports, story.pack(file), story.FORM)


def _report(one: Entry, claims: tuple[Claim, ...], article: int, revision: int) -> Report:
    return report_of(one, article=article, revision=revision, claims=claims, rules=("bench",), first_seen=NOW, feed=None)


def measured() -> list[tuple[Entry, tuple[Claim, ...]]]:
    """The reports to join, the same for every archive."""
    chance, known, new = random.Random(3), events(7), events(99)
    return [entry(next(known) if at % 2 else next(new), 10_000_000 + at, chance) for at in range(REPORTS)]


def measure(database: Database, watch: Watch) -> tuple[dict[str, list[float]], dict[str, list[int]]]:
    """CPU milliseconds of each report; and how many statements finding takes, how many stories and reports are compared."""
    spent: dict[str, list[float]] = {"find and join": [], "the whole": []}
    counted: dict[str, list[int]] = {"statements": [], "candidates": [], "their reports": []}
    feed = feeds.source(database, "backfill:measured", "Measured", FeedKind.BACKFILL, NOW)
    for one, claims in measured():
        database.conn.execute("BEGIN IMMEDIATE")
        rules = verdicts.rule_set(database, "bench", "", NOW)
        saved = entries.save(database, feed, [entries.Judged(one, Verdict(Level.MATCH, ("bench",)), claims)], {}, now=NOW, live=False)
        verdicts.save(database, saved, rules, NOW)
        report = _report(one, claims, saved[0].article, saved[0].revision)
        began = time.process_time()
        story.join(report, candidates.find(database, *story.wanted(report)))
        spent["find and join"].append(1000 * (time.process_time() - began))
        for name, number in _counted(database, report).items():
            counted[name].append(number)
        found = time.process_time()
        join_story(database, report, live=False, watch=watch, now=NOW)
        spent["the whole"].append(1000 * (time.process_time() - found))
        database.conn.rollback()
    return spent, counted


def _counted(database: Database, report: Report) -> dict[str, int]:
    asked: list[str] = []
    database.conn.set_trace_callback(asked.append)
    found = candidates.find(database, *story.wanted(report))
    database.conn.set_trace_callback(None)
    return {"statements": len(asked), "candidates": len(found), "their reports": sum(len(one.reports) for one in found)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--stories", type=int, nargs="+", default=[1_000, 100_000])
    parser.add_argument("--keep", type=Path, help="folder of archives that are kept")
    options = parser.parse_args()
    watch = check(RULES.read_text(encoding="utf-8"), file="rules.toml", environment={})
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        means: dict[str, list[float]] = {}
        for wanted in options.stories:
            path = folder / f"{wanted}.db"
            database = store.open_store(path)
            if not stories.count(database):
                fill(database, wanted)
            database.conn.execute("ANALYZE")
            every, counted = measure(database, watch)
            for name, spent in every.items():
                means.setdefault(name, []).append(statistics.mean(spent))
                slowest = sorted(spent)[-len(spent) // 100 or -1]
                size = f"{stories.count(database):>9,} stories, {path.stat().st_size / 1e6:,.0f} MB"
                print(
                    f"{size}: {name:14} mean {means[name][-1]:.2f} ms, median {statistics.median(spent):.2f}, slowest of 100 {slowest:.2f}"
                )
            print(f"{size}: " + ", ".join(f"{name} {statistics.mean(numbers):.1f}" for name, numbers in counted.items()) + " a join")
        print(
            f"SQLite {sqlite3.sqlite_version}; last over first: "
            + ", ".join(f"{name} {all_[-1] / all_[0]:.2f}" for name, all_ in means.items())
        )


if __name__ == "__main__":
    main()
