"""Measure judging stored texts again after a rule change: 100,000 of them, read from and written to SQLite.

    make bench-rejudge                       # about five minutes on two cores, most of it to build the archive
    python bench/rejudge.py --texts 10000    # a quick look

The archive is made up here: texts of 1 to 3 kB in twelve languages, of made-up words, the language's small words and, in a third of
them, single terms of the rules; 5 % name Cambodia beside scams or sentences (leads), 2 % tell of people sent home (matches). Four rule
changes are timed one after the other, as `watcher run` and `watcher rules apply` do them, and so is a judging without any children.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import random
import re
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from watcher.model import Entry, Language, Level, Verdict
from watcher.pipeline.check import Watch, check
from watcher.pipeline.rejudge import Work, come_into_force, judge_again
from watcher.store import Database, entries, feeds, rejudging, select, transaction, verdicts
from watcher.store.writer import Writer

PROJECT = Path(__file__).resolve().parent.parent
LANGUAGES = ("en", "en", "en", "zh", "km", "th", "ko", "vi", "id", "ja", "ru", "hi", "ar", "fr")
FEEDS = 40
MATCHES, LEADS, STRAYS = 0.02, 0.05, 0.30  # shares of all texts
NOW = datetime(2023, 11, 9, tzinfo=UTC)
STAGES = ("deported", "arrested", "rescued")
CHANGES: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("first rules: every verdict is another, every match is found", lambda text: text),
    ("a distance in one query: few verdicts differ", lambda text: text.replace("NEAR/12", "NEAR/10", 1)),
    (
        "a slip, a word nobody prints: every reason differs, every match is lost",
        lambda text: text.replace("@cambodia AND", "unheardof AND @cambodia AND"),
    ),
    ("back to the first rules: every match is found again", lambda text: text),
)
EXAMPLES = re.compile(r"\[\[rules\.examples\]\].*?(?=\n\[\[|\n#|\Z)", re.DOTALL)  # a slip would be refused because of them


def edited(edit: Callable[[str], str], name: str, rules: str) -> str:
    """The rules after one of CHANGES. An edit that finds nothing to change would measure nothing."""
    text = edit(rules)
    if text == rules and not name.endswith(("found", "again")):
        raise SystemExit(f"bench/rejudge.py: nothing to edit for '{name}'; the shipped rules have changed, change CHANGES too")
    return text


def main() -> int:
    """Build, judge again four times, print; gives 1 where the slowest took more than a minute for each 100,000 texts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=100_000)
    parser.add_argument("--rules", type=Path, default=PROJECT / "rules.toml")
    parser.add_argument("--folder", type=Path, help="where to put the database; a temporary folder where none is named")
    parser.add_argument("--no-children", action="store_true", help="judge in one thread beside the writer")
    options = parser.parse_args()
    rules = EXAMPLES.sub("", options.rules.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        path = Path(folder) / "watcher.db"
        writer = Writer(path)
        began = time.perf_counter()
        size = build(writer, check(rules, file="rules.toml", environment={}), options.texts)
        print(
            f"{options.texts:,} texts, {size / 1e6:.0f} MB of UTF-8, database {path.stat().st_size / 1e6:.0f} MB; built in {time.perf_counter() - began:.0f} s"
        )
        rows = [
            measure(writer, path, name, check(edited(edit, name, rules), file="rules.toml", environment={}), options)
            for name, edit in CHANGES
        ]
        writer.close()
    output = PROJECT / "bench-output"
    output.mkdir(exist_ok=True)
    (output / "rejudge.json").write_text(json.dumps(rows, indent=1), encoding="utf-8")
    return int(max(row["seconds"] for row in rows) > 60 * options.texts / 100_000)


def measure(writer: Writer, path: Path, name: str, watch: Watch, options: argparse.Namespace) -> dict[str, Any]:
    """One rule change, from the file's being read to the last verdict."""
    used, used_here = _cpu(), time.process_time()
    began = time.perf_counter()
    writer.now(come_into_force, watch, NOW)
    longest = asyncio.run(_judge(writer, watch, few=10**9 if options.no_children else 0))
    seconds, here = time.perf_counter() - began, time.process_time() - used_here
    while multiprocessing.active_children():  # their CPU is counted when they have ended
        time.sleep(0.05)
    change, outcome, written = writer.now(_result)
    row: dict[str, Any] = {
        "change": name, "seconds": round(seconds, 1), "texts": change.judged, "gained": outcome.gained, "lost": outcome.lost,
        "verdicts": written, "cpu_seconds": round(_cpu() - used, 1), "of_it_here": round(here, 1), "load": round(os.getloadavg()[0], 1), "longest_wait_of_another_write": round(longest, 3),
        "database_mb": round(path.stat().st_size / 1e6), "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "peak_mb_child": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
    }  # fmt: skip
    print(
        f"{seconds:6.1f} s  {change.judged / seconds:6,.0f} texts/s  {row['cpu_seconds']} s of CPU ({row['of_it_here']} here), load {row['load']}  gained {outcome.gained}, lost {outcome.lost}, "
        f"levels {written}, database {row['database_mb']} MB, longest wait of another write {longest * 1000:.0f} ms, "
        f"peak {row['peak_mb']} + {row['peak_mb_child']} MB  {name}",
        flush=True,
    )
    return row


async def _judge(writer: Writer, watch: Watch, few: int) -> float:
    """Judge to the end; gives the longest time in seconds that another write had to wait meanwhile, asked every 50 ms."""
    longest = 0.0

    async def ask() -> None:
        nonlocal longest
        while True:
            began = time.perf_counter()
            await writer.run(lambda database: database.conn.execute("SELECT 1").fetchone())
            longest = max(longest, time.perf_counter() - began)
            await asyncio.sleep(0.05)

    asking = asyncio.create_task(ask())
    await judge_again(Work(writer, lambda: watch, lambda: datetime.now(UTC), "bench", few=few, niceness=0))
    asking.cancel()
    return longest


def _result(database: Database) -> tuple[rejudging.RuleChange, rejudging.Outcome, dict[str, int]]:
    change = rejudging.newest(database)
    assert change is not None
    assert not change.open
    sql = "SELECT level, count(*) AS n FROM verdicts WHERE id IN (SELECT max(id) FROM verdicts GROUP BY revision) GROUP BY level"
    return change, rejudging.outcome(database, change.id), {row["level"]: row["n"] for row in select(database, sql)}


def _cpu() -> float:
    """Seconds of CPU of this process and its ended children."""
    return sum(use.ru_utime + use.ru_stime for use in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


# ---------------------------------------------------------------- the archive


def build(writer: Writer, watch: Watch, texts: int) -> int:
    """Store made-up texts with a verdict of rules that no longer exist; gives their bytes."""
    chance = random.Random(20231109)
    languages = {language.code: Words(language, chance) for language in watch.vocabulary.languages}
    writer.now(_feeds)
    size = 0
    made = (_entry(number, languages[LANGUAGES[number % len(LANGUAGES)]], chance) for number in range(texts))
    for start in range(0, texts, 1000):
        batch = [next(made) for _ in range(min(1000, texts - start))]
        size += sum(len(one.title.encode()) + len(one.text.encode()) for one in batch)
        writer.now(_store, batch, 1 + start // 1000 % FEEDS, NOW - timedelta(days=80) * (1 - start / texts))
    return size


class Words:
    """What texts of one language are made of."""

    def __init__(self, language: Language, chance: random.Random) -> None:
        self.language, self.chance = language, chance
        self.code = language.tags[0]
        self.gap = " " if language.spaces else ""
        letters = sorted({letter for terms in language.concepts.values() for term in terms for letter in term if letter.isalpha()})
        made_up = ["".join(chance.choices(letters, k=chance.randint(2, 9))) for _ in range(2000)]
        self.words = [*made_up, *list(language.frequent) * (1000 // max(1, len(language.frequent)))]
        self.terms = [term for terms in language.concepts.values() for term in terms]

    def one_of(self, concept: str) -> str:
        """A term of a concept, as it is printed."""
        return self.chance.choice(self.language.concepts.get(concept) or [concept]).rstrip("*")

    def sentences(self, size: int) -> Iterator[str]:
        """So many bytes of running text."""
        while size > 0:
            sentence = self.gap.join(self.chance.choices(self.words, k=self.chance.randint(6, 20))) + (". " if self.gap else "。")
            size -= len(sentence.encode())
            yield sentence


def _entry(number: int, words: Words, chance: random.Random) -> Entry:
    published = NOW - timedelta(days=80 * chance.random())
    parts = list(words.sentences(chance.randint(1000, 3000)))
    kind = chance.random()
    title = words.gap.join(chance.choices(words.words, k=8))
    if kind < MATCHES:
        people = chance.choice([one for ones in words.language.demonyms.values() for one in ones] or ["people"]).rstrip("*")
        count = chance.randint(3, 400)
        said = (words.one_of("cambodia"), words.one_of(chance.choice(STAGES)), str(count), people, words.one_of("scam"))
        title, parts[:1] = words.gap.join(said), [(words.gap or " ").join(said) + ". ", *parts[:1]]
    elif kind < MATCHES + LEADS:
        parts.insert(
            len(parts) // 2, words.gap.join((words.one_of("cambodia"), *chance.choices(words.words, k=3), words.one_of("scam"))) + ". "
        )
    elif kind < MATCHES + LEADS + STRAYS:
        parts.insert(len(parts) // 2, chance.choice(words.terms).rstrip("*") + words.gap)
    address = f"https://outlet{number % FEEDS}.test/{number}"
    return Entry(
        key=str(number), url=address, canonical_url=address, title=title, text="".join(parts), language=words.code, published=published,
        source=f"Outlet {number % FEEDS}",
    )  # fmt: skip


def _feeds(database: Database) -> None:
    configured = [feeds.Configured(url=f"https://outlet{number}.test/feed", title=f"Outlet {number}") for number in range(FEEDS)]
    with transaction(database):
        feeds.configure(database, configured, NOW)


def _store(database: Database, batch: list[Entry], feed: int, at: datetime) -> None:
    nothing = Verdict(Level.NO, missing=("@before",), reason="no match: nothing of @before")
    with transaction(database):
        rules = verdicts.rule_set(database, "rules that no longer exist", "", at)
        saved = entries.save(database, feed, [entries.Judged(one, nothing) for one in batch], {}, now=at, live=True)
        verdicts.save(database, saved, rules, at)


if __name__ == "__main__":
    sys.exit(main())
