"""Stored texts -> Judged part: a range of the archive read and judged by the rules in force, and what differs from before.

Runs in children of the service (or a thread of it, where there is little to do), reads the database and writes nothing: only
what differs travels back. What a difference leads to is in `rejudged`; the order and the pace are in `rejudge`.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path

from watcher.match import Rules, judge
from watcher.model import Claim, Entry, Level, Reading, Verdict, Vocabulary
from watcher.read import read
from watcher.store import open_reader
from watcher.store.rejudging import Stored, texts_between, without_text
from watcher.store.verdicts import Columns, Rewritten, columns_of

WORKERS = 2  # children; one a core of the smallest machine this runs on
LONGEST = 0.4  # seconds of one piece of work, so that stopping never waits longer; the rest of its range is handed out again
NICENESS = 5  # of children of the service: polling and delivery come first where cores are short
REMEMBERED = 4096  # verdicts whose columns are kept; as many as `match` shares
_CLAIMED = (Level.MATCH, Level.WATCH)
_LOOK = 1.0  # seconds between looks at whether the service is still there


@dataclass(frozen=True, slots=True)
class Moved:
    """A text whose new verdict may concern a story, a lead or stored claims. `same_claims`: those stored say the same."""

    revision: int
    article: int
    first_seen: datetime
    entry: Entry
    was: Level
    verdict: Verdict
    claims: tuple[Claim, ...]
    same_claims: bool


@dataclass(slots=True)
class Piece:
    """What came of the texts with an id above `low` and up to `high`: answers that differ, and those of them that may concern more."""

    low: int
    high: int
    judged: int = 0
    without_text: int = 0
    rewritten: list[Rewritten] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)  # in words; the verdict these have stays


class Judge:
    """The rules in force over one database. Opens it anew for every piece, so that no lock outlives one."""

    def __init__(self, path: Path, rules: Rules, vocabulary: Vocabulary, rule_set: int) -> None:
        self._path, self._rules, self._vocabulary, self._rule_set = path, rules, vocabulary, rule_set
        self._columns: dict[int, tuple[Verdict, Columns]] = {}  # of verdicts that many texts share, by identity

    def piece(self, low: int, high: int) -> Piece:
        """Judge the texts above `low` and up to `high`, newest first; where LONGEST is over, `low` of the answer is higher."""
        database = open_reader(self._path)
        try:
            texts = texts_between(database, low, high)
            done = Piece(low, high)
            until = time.monotonic() + LONGEST
            for stored in texts:
                self._add(done, stored)
                if time.monotonic() > until:
                    done.low = stored.revision - 1
                    break
            done.without_text = without_text(database, done.low, high)
        finally:
            database.conn.close()
        return done

    def _add(self, done: Piece, stored: Stored) -> None:
        done.judged += 1
        if stored.rule_set == self._rule_set:
            return  # judged by these rules already
        try:
            reading = read(stored.entry, self._vocabulary)
            verdict = judge(reading, self._rules)
            columns = self._shared(verdict) if reading.gated else columns_of(verdict)
            same = _same(stored.columns, columns)
            moved = _moved(stored, verdict, reading)
        except Exception as error:  # one text that brings out a bug must not stop the rest
            done.failed.append(f"revision {stored.revision} ({type(error).__name__}: {error})"[:300])
            return
        if not same:
            done.rewritten.append(Rewritten(stored.revision, stored.before, columns))
        if moved:
            done.moved.append(moved)

    def _shared(self, verdict: Verdict) -> Columns:
        """Texts that the gate stops are nearly all, and their verdicts few: `judge` gives the same object for them."""
        known = self._columns.get(id(verdict))
        if known is None:
            known = (verdict, columns_of(verdict))
            if len(self._columns) < REMEMBERED:
                self._columns[id(verdict)] = known
        return known[1]


class Judges:
    """Workers that judge pieces: children for much, one thread for little. Close them when done."""

    def __init__(self, judge: Judge, *, children: bool, niceness: int = NICENESS) -> None:
        self.at_once = WORKERS + 2 if children else 1  # pieces handed out: each child has the next one waiting
        self._piece: Callable[[int, int], Piece] = _piece if children else judge.piece
        self._pool: Executor
        if children:
            # Spawned, not forked: a fork of a process with threads and an open database may hang or harm it.
            context = get_context("spawn")
            self._pool = ProcessPoolExecutor(WORKERS, mp_context=context, initializer=_begin, initargs=(judge, os.getpid(), niceness))
        else:
            self._pool = ThreadPoolExecutor(1, thread_name_prefix="judge")

    def ask(self, low: int, high: int) -> Future[Piece]:
        """Hand out one piece."""
        return self._pool.submit(self._piece, low, high)

    def close(self) -> None:
        """Let go of the workers; they end with the piece they have."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _same(before: Columns | None, now: Columns) -> bool:
    """Whether the rules say the same. Places that several terms share come in no certain order."""
    if before is None or before[:2] + before[3:] != now[:2] + now[3:]:
        return False
    return before.evidence == now.evidence or sorted(map(str, json.loads(before.evidence))) == sorted(map(str, json.loads(now.evidence)))


def _moved(stored: Stored, verdict: Verdict, reading: Reading) -> Moved | None:
    """What the service must look at, None where nothing follows from the new verdict."""
    was = Level(stored.columns.level) if stored.columns else Level.NO
    if was is verdict.level and verdict.level not in _CLAIMED:
        return None  # and claims, which cost more than the verdict, are not even extracted
    claims = reading.claims or ()
    same_claims = claims == stored.claims
    other_claims = verdict.level in _CLAIMED and not same_claims
    other_rules = verdict.level is Level.MATCH and stored.columns is not None and json.loads(stored.columns.rules) != list(verdict.rules)
    if was is verdict.level and not other_claims and not other_rules:
        return None
    return Moved(stored.revision, stored.article, stored.first_seen, stored.entry, was, verdict, claims, same_claims)


# ---------------------------------------------------------------- in a child

_at_work: list[Judge] = []  # one, from the beginning of a child to its end


def _begin(judge: Judge, parent: int, niceness: int) -> None:
    """Make ready. Ctrl-C is the service's business; and a child whose service was killed must not stay behind."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(niceness)
    gc.set_threshold(20_000, 20, 20)  # a text makes many small objects that all die with it
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    _at_work.append(judge)


def _piece(low: int, high: int) -> Piece:
    return _at_work[0].piece(low, high)


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK)
    os._exit(1)
