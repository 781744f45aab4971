"""Measure what reading claims costs on one core: gated articles a second, for reading alone and for reading, rules and claims.

    taskset -c 1 python bench/claims.py               # one core, under a minute
    taskset -c 1 python bench/claims.py --rounds 20   # on a busy machine: more rounds, for the fastest one

The texts are the labelled articles of `tests/evaluation` (a title and some 1,000 characters, in fourteen languages), and the same ones as
feeds summarise them: the title and the sentences of the first 250 characters. Only those behind the gate are counted, for claims are read
of no others. `read` is language, folding and terms; `claims` is that with sentences and claims, which are made of every text; `judge` is
that with the rules, as a poll does it: claims are made only where a rule asks for them. A figure is the fastest of several rounds in CPU time, so that
other work on the machine disturbs it less; the median stands beside it. What joining costs behind it is in `join.py`.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from watcher.backfill.jsonl import BadLine, read_lines
from watcher.model import Entry
from watcher.pipeline.check import Watch, check
from watcher.pipeline.take_in import judge_entry
from watcher.read import read

PROJECT = Path(__file__).resolve().parents[1]
SUMMARY = 250  # characters; the median length of what feeds give as a summary lies near it
ENDERS = (". ", "。", "। ", "។", "\n")


def articles() -> list[Entry]:
    """The labelled articles, without what is on their labels."""
    folder = PROJECT / "tests" / "evaluation"
    lines = [line for path in sorted(folder.rglob("*.jsonl")) for line in path.read_bytes().splitlines() if line.strip()]
    return [entry for entry in read_lines(lines) if not isinstance(entry, BadLine)]


def summary(entry: Entry) -> Entry:
    """The same article as a feed shortens it: up to the last sentence that ends in time."""
    begin = entry.text[:SUMMARY]
    end = max(begin.rfind(ender) for ender in ENDERS)
    return replace(entry, text=begin[: end + 1] if end > 0 else begin)


def measure(work: Callable[[Entry], object], entries: Sequence[Entry], rounds: int) -> list[float]:
    """CPU milliseconds an article, for each round; the first, which fills what is kept, is left out."""
    spent = []
    for _ in range(rounds + 1):
        began = time.process_time()
        for entry in entries:
            work(entry)
        spent.append(1000 * (time.process_time() - began) / len(entries))
    return spent[1:]


def steps(watch: Watch) -> dict[str, Callable[[Entry], object]]:
    """What is measured, by name; each is all of the one before and more."""
    return {
        "read": lambda entry: read(entry, watch.vocabulary),
        "claims": lambda entry: read(entry, watch.vocabulary).claims,
        "judge": lambda entry: judge_entry(entry, watch),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=8)
    options = parser.parse_args()
    watch = check((PROJECT / "rules.toml").read_text(encoding="utf-8"), file="rules.toml", environment={})
    whole = articles()
    for name, entries in (("articles", whole), ("summaries", [summary(entry) for entry in whole])):
        gated = [entry for entry in entries if not read(entry, watch.vocabulary).gated]
        size = statistics.mean(len(entry.text) for entry in gated)
        print(f"{name}: {len(gated)} of {len(entries)} behind the gate, {size:,.0f} characters on average")
        for step, work in steps(watch).items():
            spent = measure(work, gated, options.rounds)
            print(f"  {step:7} {min(spent):6.2f} ms (median {statistics.median(spent):.2f}): {1000 / min(spent):,.0f} articles/s")


if __name__ == "__main__":
    main()
