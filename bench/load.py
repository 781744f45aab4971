"""Measure what each start pays: reading the languages, compiling the shipped rules, building the automaton.

    for run in 1 2 3 4 5 6 7; do taskset -c 1 python bench/load.py; done

CPU time of one process; a second load in the same process would find half of it done.
"""

from __future__ import annotations

import time
from pathlib import Path

from watcher import languages
from watcher.config import load
from watcher.match import compile
from watcher.read.terms import scanner

RULES = Path(__file__).resolve().parents[1] / "rules.toml"


def main() -> None:
    config = load(RULES.read_text(encoding="utf-8"), environment={})
    began = time.process_time()
    spoken = languages.load()
    loaded = time.process_time()
    _, vocabulary = compile(config.rules, config.concepts, spoken, config.people, config.queries)
    compiled = time.process_time()
    scanner(vocabulary)
    built = time.process_time()
    parts = {"languages": loaded - began, "compile": compiled - loaded, "automaton": built - compiled, "all": built - began}
    print(f"{len(vocabulary.terms):,} terms: " + ", ".join(f"{name} {seconds * 1000:.0f} ms" for name, seconds in parts.items()))


if __name__ == "__main__":
    main()
