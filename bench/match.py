"""Measure folding, scanning and judging on one core, beside `re`, pyahocorasick and ripgrep.

    make bench-match                                        # all of it, under five minutes
    python bench/match.py --texts /usr/share/doc            # real files beside the made-up articles
    python bench/match.py --articles 300 --rounds 2         # a quick look

Every round runs each engine once, in turned order, over the same texts; a figure is the median of CPU time, so that other work on the
machine disturbs it less, with the smallest and largest. All but `fold` and the whole get text that is folded already. pyahocorasick is
put into a folder of its own with `--install` (BENCH_VENVS says where; else the temporary folder) and left out where it is not; so is
ripgrep. The last table is the time to load languages, rules and automaton in a process of its own.
"""

from __future__ import annotations

import argparse
import gc
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from match_texts import COMMON, RARE, Texts, read_folder, rules

from watcher.fold import fold, folded
from watcher.languages import load
from watcher.match import Rules, compile, judge
from watcher.model import Entry, Vocabulary
from watcher.read import read
from watcher.read.terms import scanner

PROJECT = Path(__file__).resolve().parent.parent
PEERS = Path(os.environ.get("BENCH_VENVS", tempfile.gettempdir())) / "match-peers"
TERMS, RULES = 1000, (50, 100, 333, 1000)
CHECKED = 100  # rules of the main figures
RE_BYTES = 40_000  # a naive alternation is a thousand times slower: it gets a share of the texts
LOADING = """
import sys, time
from pathlib import Path
began = time.process_time()
from watcher.config import load as config
from watcher.languages import load
from watcher.match import compile
from watcher.read.terms import scanner
told = config(Path(sys.argv[1]).read_text(encoding="utf-8"), environment={})
imported = time.process_time()
languages = load()
loaded = time.process_time()
_, vocabulary = compile(told.rules, told.concepts, languages, told.people, told.queries)
compiled = time.process_time()
scanner(vocabulary)
built = time.process_time()
print(len(vocabulary.terms), *(1000 * each for each in (imported - began, loaded - imported, compiled - loaded, built - compiled)))
"""

Engine = Callable[[], int]  # goes over all texts; gives the number of hits, or of matches


def main() -> int:
    """Print the tables; gives 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=1500)
    parser.add_argument("--texts", type=Path, help="a folder of real texts to add, as many as articles")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--install", action="store_true", help="install pyahocorasick into a folder of its own first")
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    if options.install:
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--target", str(PEERS), "pyahocorasick"], check=False)
    sys.path.append(str(PEERS))
    texts = Texts(load())
    articles = texts.articles(options.articles)
    if options.texts:
        real = list(read_folder(options.texts, options.articles))
        texts.learn(text for _, text in real)
        articles += real
    size = sum(len(article.encode()) for _, article in articles)
    plain = sum(article.isascii() for _, article in articles) / len(articles)
    print(f"{len(articles):,} texts, {size / 1e6:.1f} MB of UTF-8, {plain:.0%} pure ASCII; {options.rounds} rounds, CPU time of one core\n")
    for name, first in (("common words", COMMON), ("rare words and phrases", RARE)):
        terms = list(dict.fromkeys(map(folded, texts.terms(TERMS, first, phrases=first == RARE))))
        print(f"## {len(terms):,} terms, {name}\n")
        _table(_engines(articles, terms), len(articles), size, options.rounds)
    _by_language(texts, terms, options.rounds)
    _load_times(options.rounds + 2)
    return 0


def _engines(told: list[tuple[str, str]], terms: list[str]) -> dict[str, tuple[Engine, float]]:
    """By name: what goes over the texts, and which share of them it gets."""
    articles = [article for _, article in told]
    forms = [fold(article).text for article in articles]
    entries = [Entry(str(number), "", "", *article.partition("\n")[::2], language=code) for number, (code, article) in enumerate(told)]
    compiled = {count: compile(rules(terms, count), [], []) for count in RULES}
    scan = scanner(compiled[CHECKED][1])
    whole = {
        f"watcher: fold, scan, judge by {count:,} rules": (lambda pair=pair: _whole(entries, *pair), 1.0)
        for count, pair in compiled.items()
    }
    with_claims = compile(rules(terms, CHECKED), [], load())
    found: dict[str, tuple[Engine, float]] = {
        "watcher: fold": (lambda: sum(len(fold(article).text) for article in articles) * 0, 1.0),
        # Python keeps the UTF-8 form of a text once it was asked for it; a new text each time, as in the service.
        "watcher: scan": (lambda: sum(len(scan.scan(("text", form[:-1] + " ")).terms) for form in forms), 1.0),
        **whole,
        "the same by 100, sentences and claims of 27 languages too": (lambda: _with_claims(entries, *with_claims), 1.0),
    }
    found.update(_alternation(forms, terms))
    found.update(_pyahocorasick(forms, terms))
    found.update(_ripgrep(forms, terms))
    return found


def _whole(entries: list[Entry], compiled: Rules, vocabulary: Vocabulary) -> int:
    return sum(len(judge(read(entry, vocabulary), compiled).rules) for entry in entries)


def _with_claims(entries: list[Entry], compiled: Rules, vocabulary: Vocabulary) -> int:
    """The same, with the claims of every text behind the gate, which are extracted where a rule asks for people."""
    found = 0
    for entry in entries:
        reading = read(entry, vocabulary)
        found += len(judge(reading, compiled).rules)
        assert reading.claims is None or not reading.gated
    return found


def _alternation(forms: list[str], terms: list[str]) -> dict[str, tuple[Engine, float]]:
    pattern = re.compile(r"\b(?:" + "|".join(map(re.escape, sorted(terms, key=len, reverse=True))) + r")\b")
    few, size = [], 0
    for form in forms:
        if size < RE_BYTES:
            few.append(form)
            size += len(form.encode())
    share = size / sum(len(form.encode()) for form in forms)
    return {"re, one alternation": (lambda: sum(len(set(pattern.findall(form))) for form in few), share)}


def _pyahocorasick(forms: list[str], terms: list[str]) -> dict[str, tuple[Engine, float]]:
    try:
        import ahocorasick  # type: ignore[import-not-found]
    except ImportError:
        print("pyahocorasick is not in", PEERS, "and is left out; --install puts it there.")
        return {}
    automaton = ahocorasick.Automaton()
    for number, term in enumerate(terms):
        automaton.add_word(term, (number, len(term)))
    automaton.make_automaton()

    def run() -> int:
        count = 0
        for form in forms:
            hits = set()
            for end, (number, length) in automaton.iter(form):
                start = end + 1 - length
                if not (start and form[start - 1].isalnum()) and not (end + 1 < len(form) and form[end + 1].isalnum()):
                    hits.add(number)
            count += len(hits)
        return count

    return {"pyahocorasick, boundaries in Python": (run, 1.0)}


def _ripgrep(forms: list[str], terms: list[str]) -> dict[str, tuple[Engine, float]]:
    program = shutil.which("rg")
    if program is None:
        print("ripgrep is not installed here and is left out.")
        return {}
    folder = Path(tempfile.mkdtemp(prefix="bench-match-"))
    (folder / "texts").write_text("\n".join(form.replace("\n", " ") for form in forms), encoding="utf-8")
    (folder / "terms").write_text("\n".join(terms), encoding="utf-8")

    def run(*more: str) -> int:
        command = [program, "-j1", "-F", "-o", "--no-filename", *more, "-f", str(folder / "terms"), str(folder / "texts")]
        with (folder / "found").open("wb") as found:
            subprocess.run(command, stdout=found, check=False)
        return (folder / "found").read_bytes().count(b"\n")

    return {"rg -F -o (no boundaries)": (lambda: run(), 1.0), "rg -F -o -w": (lambda: run("-w"), 1.0)}


def _table(engines: dict[str, tuple[Engine, float]], texts: int, size: int, rounds: int) -> None:
    """Run every engine once a round, in turned order, and print a row for each."""
    seconds: dict[str, list[float]] = {name: [] for name in engines}
    hits: dict[str, int] = {}
    memory = {name: _memory(engine) for name, (engine, _) in engines.items()}
    for engine, _ in engines.values():
        engine()  # once before the clock: automata are built, and what is remembered of characters is there, as in a service that runs
    for number in range(rounds):
        names = list(engines)
        for name in names if number % 2 == 0 else reversed(names):
            gc.collect()
            began = _cpu()
            hits[name] = engines[name][0]()
            seconds[name].append(_cpu() - began)
    print("| | MB/s, median (min-max) | hits or rules held a text | MB more at its peak |\n|---|---|---|---|")
    for name, (_, share) in engines.items():
        speeds = sorted(size * share / 1e6 / second for second in seconds[name])
        shown = "-" if not hits[name] else f"{hits[name] / (texts * share):.1f}"
        print(f"| {name} | {_short(statistics.median(speeds))} ({_short(speeds[0])}-{_short(speeds[-1])}) | {shown} | {memory[name]} |")
    print()


def _by_language(texts: Texts, terms: list[str], rounds: int) -> None:
    """Folding beside the scan for rare terms, the cheapest there is, one language at a time."""
    scan = scanner(compile(rules(terms, CHECKED), [], [])[1])
    print("## Folding beside scanning for rare terms, by language, MB/s: median (min-max)\n\n| | fold | scan |\n|---|---|---|")
    for code in texts.languages:
        articles = [texts.article(code) for _ in range(60)]
        forms = [fold(article).text for article in articles]
        size = sum(len(article.encode()) for article in articles)
        speeds: dict[str, list[float]] = {"fold": [], "scan": []}
        for _ in range(2 * rounds + 1):
            for name in speeds:
                fresh = [form[:-1] + " " for form in forms]
                began = time.process_time()
                if name == "fold":
                    for article in articles:
                        fold(article)
                else:
                    for form in fresh:
                        scan.scan(("text", form))
                speeds[name].append(size / 1e6 / (time.process_time() - began))
        print(
            f"| {code} | "
            + " | ".join(f"{_short(statistics.median(each))} ({_short(min(each))}-{_short(max(each))})" for each in speeds.values())
            + " |"
        )
    print()


def _short(number: float) -> str:
    return f"{number:.0f}" if number >= 10 else f"{number:.2g}"


def _cpu() -> float:
    """Seconds of CPU of this process and of those it ran."""
    ran = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ran.ru_utime + ran.ru_stime


def _memory(engine: Engine) -> int:
    """Megabytes that one run needs beyond what the process has; in a child, whose peak is its own."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        engine()
        after = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        os.write(writer, str(max(0, after - before) // 1024).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        shown = int(answer.read() or 0)
    os.waitpid(child, 0)
    return shown


def _load_times(rounds: int) -> None:
    command = [sys.executable, "-c", LOADING, str(PROJECT / "rules.toml")]
    rows = [list(map(float, subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())) for _ in range(rounds)]
    terms, imports, languages, rule, automaton = (statistics.median(column) for column in zip(*rows, strict=True))
    print("## Loading, CPU ms in a new process, the shipped rules\n")
    print(f"{terms:.0f} terms: languages {languages:.0f}, compile {rule:.0f}, automaton {automaton:.0f}: ", end="")
    print(f"{languages + rule + automaton:.0f} ms together, after {imports:.0f} ms of imports and rules.toml")


if __name__ == "__main__":
    sys.exit(main())
