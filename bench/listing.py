"""Measure finding and counting stories among 100,000, and what keeping them findable costs each join.

    python bench/listing.py                     # about three minutes, most of it to build the archive
    python bench/listing.py --stories 10000     # a quick look

The archive is made up here: stories of two texts of 200 to 1,500 characters in eight scripts, of words that most texts have, of
common and of rare ones. A line for each search: its time (best of three), and how many stories it found.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from watcher.model import Called, Confidence, Facts, PeopleRow, Qualifier, Stage, Status
from watcher.pipeline.ledger import export_rows, ledger
from watcher.store import Database, listing, open_store, search, transaction
from watcher.store.values import to_facts
from watcher.story.ledger_table import Asked

NOW = datetime(2023, 11, 9, tzinfo=UTC)
AT = "2023-11-09T00:00:00.000Z"
SCRIPTS = {  # (letters, blank between words)
    "en": ("abcdefghijklmnopqrstuvwxyz", " "),
    "ru": ("абвгдежзиклмнопрстуфхцчшщ", " "),
    "ko": ("가나다라마바사아자차카타파하강남동서북원인민국", " "),
    "zh": ("".join(chr(0x4E00 + 7 * number) for number in range(2500)), ""),
    "ja": ("".join(chr(0x3041 + number) for number in range(80)), ""),
    "km": ("".join(chr(0x1780 + number) for number in range(34)), ""),
    "th": ("".join(chr(0x0E01 + number) for number in range(46)), ""),
    "my": ("".join(chr(0x1000 + number) for number in range(33)), ""),
}
COMMON = {
    "en": "cambodia",
    "zh": "柬埔寨",
    "km": "កម្ពុជា",
    "th": "กัมพูชา",
    "ko": "캄보디아",
    "ja": "カンボジア",
    "ru": "камбоджа",
    "my": "ကမ္ဘောဒီးယား",
}


class Words:
    """Made-up words of one script; few of them are most of a text, as in any language."""

    def __init__(self, code: str, chance: random.Random) -> None:
        letters, self.blank = SCRIPTS[code]
        long = 2 if code == "zh" else 4
        self.known = ["".join(chance.choices(letters, k=chance.randint(long, long + 3))) for _ in range(4000)]
        self.weights = [1 / (number + 1) for number in range(len(self.known))]
        self.common, self.chance = COMMON[code], chance

    def text(self, size: int) -> str:
        words = self.chance.choices(self.known, self.weights, k=max(3, size // 6))
        return self.blank.join([self.common, *words])


def build(database: Database, count: int) -> tuple[float, float]:
    """Make the archive; gives microseconds a story for its facts' columns, and a text for its words."""
    chance = random.Random(4)
    languages = {code: Words(code, chance) for code in SCRIPTS}
    facts_cost = words_cost = 0.0
    for start in range(0, count, 1000):
        with transaction(database):
            for story in range(start + 1, min(start + 1000, count) + 1):
                said = _facts(chance, story)
                database.conn.execute(
                    "INSERT INTO stories (id, facts, headline, stage, day, confidence, first_seen, updated) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (story, to_facts(said), said.headline, said.stage, str(said.date), said.confidence.value, AT, AT),
                )
                database.conn.execute(
                    "INSERT INTO changes (story, kind, after, reason, live, at) VALUES (?, 'new', ?, '', 0, ?)", (story, to_facts(said), AT)
                )
                began = time.perf_counter()
                listing.put(database, story, said)
                facts_cost += time.perf_counter() - began
                for number in (2 * story - 1, 2 * story):
                    words_cost += _article(database, story, number, languages[chance.choice(list(SCRIPTS))], chance)
    return facts_cost / count * 1e6, words_cost / (2 * count) * 1e6


def _article(database: Database, story: int, number: int, words: Words, chance: random.Random) -> float:
    title, text = words.text(60), words.text(chance.randint(200, 1500))
    values = (number, number, number, f"https://a.test/{number}", title, text, "en", AT, AT)
    database.conn.execute(
        "INSERT INTO articles (id, url_hash, canonical_url, first_seen) VALUES (?, ?, ?, ?)", (number, number, str(number), AT)
    )
    database.conn.execute(
        """
        INSERT INTO revisions (id, article, hash, feed, url, title, text, language, published, source, text_from, read_at)
        VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, 'Outlet', 'feed', ?)
        """,
        values,
    )
    database.conn.execute(
        "INSERT INTO story_articles (story, article, revision, role, reason, at) VALUES (?, ?, ?, 'report', '', ?)",
        (story, number, number, AT),
    )
    began = time.perf_counter()
    search.put_report(database, number, title, text, "Outlet")
    return time.perf_counter() - began


def _facts(chance: random.Random, story: int) -> Facts:
    day = date(2013, 1, 1) + timedelta(days=chance.randrange(3900))
    count = chance.randrange(1, 500)
    code, people = chance.choice((("CN", "Chinese"), ("JP", "Japanese"), ("VN", "Vietnamese"), ("TH", "Thai"), ("ID", "Indonesians")))
    rows = (PeopleRow(Stage.ARRESTED, Status.DONE, (code,), count, count, Qualifier.EXACT, day), PeopleRow(Stage.DEPORTED, Status.DONE, (code,), count, count, Qualifier.EXACT, day))  # fmt: skip
    return Facts(
        headline=f"{count} {people} deported", stage=Stage.DEPORTED, date=day, origin="KH", to=(code,), places=(chance.choice(("Poipet", "Bavet", "Phnom Penh")),),
        called=Called.SUSPECTS, people=rows, total=count, total_max=count, confidence=Confidence.ONE_SOURCE, sources=(f"Outlet {story % 200}",), articles=(2 * story - 1, 2 * story),
    )  # fmt: skip


def best(function: Callable[[], Any]) -> tuple[float, Any]:
    """The shortest of three times in milliseconds, and what came of it."""
    times = []
    for _ in range(3):
        began = time.perf_counter()
        result = function()
        times.append((time.perf_counter() - began) * 1e3)
    return min(times), result


def searches() -> Sequence[tuple[str, str, dict[str, Any]]]:
    """(what it shows, words typed, filters)."""
    return (
        ("two Chinese characters", "柬埔", {}),
        ("a Khmer word in an eighth of the texts", "កម្ពុជា", {}),
        ("a Thai word", "กัมพูชา", {}),
        ("an outlet in one of 200", '"outlet 77"', {}),
        ("a word in every text", "outlet", {}),
        ("two words", "cambodia 柬埔寨", {}),
        ("a word in every text, and a rare one", '"outlet 77" 柬埔寨 outlet', {}),
        ("a beginning", "camb*", {}),
        ("no such word", "mongolia", {}),
        ("a nationality and a stage", "", {"nationality": "JP", "stage": Stage.DEPORTED}),
        ("a place", "", {"place": "poipet"}),
        ("days", "", {"since": date(2023, 1, 1)}),
        ("words, nationality, place and days", "柬埔寨", {"nationality": "JP", "place": "bavet", "since": date(2020, 1, 1)}),
        ("everything", "", {}),
    )


def main() -> None:
    """Build, then ask."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, default=100_000)
    count = parser.parse_args().stories
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "watcher.db"
        database = open_store(path)
        database.conn.execute("INSERT INTO feeds (id, url, title, kind, created) VALUES (1, 'http://a.test/', 'Outlet', 'feed', ?)", (AT,))
        facts_cost, words_cost = build(database, count)
        print(f"{count:,} stories of two texts, {path.stat().st_size / 1e6:,.0f} MB")
        print(f"each join: {facts_cost:.0f} µs for people, places and headline, {words_cost:.0f} µs for the words of its text")
        for name, typed, filters in searches():
            for limit in (100, None):
                took, found = best(
                    lambda t=typed, f=filters, n=limit: listing.find(database, listing.Wanted(phrases=search.phrases(t), limit=n, **f))
                )  # type: ignore[misc]
                print(f"{took:9.1f} ms  {name}{', the newest 100' if limit else ', all'}: {len(found):,}")
        took, rows = best(lambda: ledger(database, ("month", "nationality"), Asked(), now=NOW).rows)
        print(f"{took:9.1f} ms  the ledger: {len(rows):,} rows")
        took, rows = best(lambda: sum(1 for _ in export_rows(database)))
        print(f"{took:9.1f} ms  the rows of an export: {rows:,}")
        took, rows = best(lambda: sum(1 for _ in export_rows(database, as_of=NOW)))
        print(f"{took:9.1f} ms  the same as of a day: {rows:,}")


if __name__ == "__main__":
    main()
