"""Measure joining: one generated set of articles, in the order they came and shuffled.

    python bench/stories.py                         # 300 articles, 3 shuffles; seconds
    python bench/stories.py --full                  # 2,000 articles, 20 shuffles; some minutes
    python bench/stories.py --full --differences    # and every story that is split or mixed, in the order they came

Made-up articles in ten languages (`tests/story/generated`) are read by the shipped reader and joined through keys, in memory. B-cubed
precision, recall and F1 (Bagga and Baldwin 1998) against the truth; then, for each shuffle, of its stories against those of the given
order. `--articles FILE` measures the order of arrival on articles of the backfill format instead.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT / "tests" / "story"))

from generated import articles, b_cubed, differences  # noqa: E402  the tests' own generator and score
from story_archive import Archive  # noqa: E402

from watcher.match import judge  # noqa: E402
from watcher.model import Entry, Level, Report  # noqa: E402
from watcher.pipeline.check import Watch, check  # noqa: E402
from watcher.read import read  # noqa: E402


def read_reports(entries: Sequence[Entry], watch: Watch, *, only_matches: bool) -> list[Report]:
    """Reports as the shipped reader sees these entries; article numbers count from 1."""
    found = []
    for number, entry in enumerate(entries, start=1):
        reading = read(entry, watch.vocabulary)
        if only_matches and judge(reading, watch.rules).level is not Level.MATCH:
            continue
        found.append(
            Report(
                article=number, revision=number, url=entry.url, canonical_url=entry.canonical_url, title=entry.title, text=entry.text,
                source=entry.source, language=entry.language, published=entry.published, first_seen=entry.published or datetime.now(UTC),
                claims=reading.claims or (),
            )
        )  # fmt: skip
    return found


def joined(reports: Sequence[Report]) -> dict[int, int]:
    """In which story each article stands, not as background."""
    return Archive().add_all(reports).standing()


def compare(reports: list[Report], truth: dict[int, str], shuffles: int, *, show: bool) -> None:
    """Print how the given order fares against the truth, and each shuffle against the given order."""
    began = time.process_time()
    given = joined(reports)
    spent = 1000 * (time.process_time() - began) / len(reports)
    score = b_cubed(truth, given)
    print(f"{len(reports):,} articles, {len(set(truth.values()))} events, {len(set(given.values()))} stories, {spent:.2f} ms an article")
    print(f"given order against the truth: precision {score.precision:.3f}, recall {score.recall:.3f}, F1 {score.f1:.3f}")
    for line in differences(truth, given) if show else ():
        print(f"  {line}")
    standing = {article: given.get(article, -article) for article in truth}
    found = []
    for seed in range(shuffles):
        order = list(reports)
        random.Random(seed).shuffle(order)
        shuffled = joined(order)
        found.append(b_cubed(standing, shuffled).f1)
        print(f"shuffle {seed}: F1 {found[-1]:.4f} against the given order, {b_cubed(truth, shuffled).f1:.4f} against the truth")
        for line in differences(standing, shuffled) if show else ():
            print(f"  {line}")
    if found:
        print(f"mean of {shuffles} shuffles against the given order: {statistics.mean(found):.4f}, lowest {min(found):.4f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--full", action="store_true", help="2,000 articles and 20 shuffles")
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--differences", action="store_true", help="list every story that is split or mixed")
    parser.add_argument("--articles", type=Path, help="labelled articles, a JSON object a line")
    options = parser.parse_args()
    watch = check((PROJECT / "rules.toml").read_text(encoding="utf-8"), file="rules.toml", environment={})
    if options.articles:
        rows = [json.loads(line) for line in options.articles.read_text(encoding="utf-8").splitlines()]
        entries = [_labelled(row) for row in rows]
        truth = {number: row["event"] for number, row in enumerate(rows, start=1) if row.get("event") and not row.get("unsure")}
    else:
        made = articles(2_000 if options.full else 300, options.seed)
        entries = [one.entry() for one in made]
        truth = {one.number: one.event for one in made if one.event}
    reports = read_reports(entries, watch, only_matches=bool(options.articles))
    compare(reports, truth, 20 if options.full or options.articles else 3, show=options.differences)


def _labelled(row: dict[str, str | None]) -> Entry:
    url, published = row["url"] or "", row.get("published")
    return Entry(
        key=url, url=url, canonical_url=url, title=row.get("title") or "", text=row.get("text") or "", language=row.get("language"),
        published=datetime.fromisoformat(published) if published else None, source=row.get("source") or "",
    )  # fmt: skip


if __name__ == "__main__":
    main()
