"""The past -> the archive: entries of a backfill source, judged and stored in short transactions. Nobody is told.

Safe to repeat and to kill: a batch is stored whole or not at all, and what is stored already is skipped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from watcher import store
from watcher.backfill.jsonl import BadLine, read_lines
from watcher.model import ChangeKind, Entry, FeedKind
from watcher.pipeline.check import Watch
from watcher.pipeline.take_in import judge_entry, take_in_past
from watcher.store import Database, feeds
from watcher.store.writer import Writer

BATCH = 100  # articles in one transaction: well under half a second, so that a running service never waits for it
SOURCE = "backfill:jsonl"


@dataclass(frozen=True, slots=True)
class BackfillReport:
    """What a backfill came to."""

    lines: int = 0
    new: int = 0
    matches: int = 0
    new_stories: int = 0
    bad: int = 0


def backfill_file(
    writer: Writer, lines: Iterable[bytes], watch: Watch, *, now: datetime, on_bad_line: Callable[[str], None]
) -> BackfillReport:
    """Take in every line of a JSONL file; a bad one is handed to `on_bad_line` and skipped."""
    feed = writer.now(_source, now)
    count = bad = new = matches = found = 0
    for batch in _batches(lines, on_bad_line):
        entries = [one for one in batch if isinstance(one, Entry)]
        bad += len(batch) - len(entries)
        count += len(batch)
        if not entries:
            continue
        judged = [judge_entry(entry, watch) for entry in _once(entries)]
        taken = writer.now(take_in_past, feed, judged, watch, now)
        new, matches = new + taken.new_entries, matches + taken.matches
        found += sum(change.kind is ChangeKind.NEW for change in taken.changes)
    return BackfillReport(count, new, matches, found, bad)


def _source(database: Database, now: datetime) -> int:
    with store.transaction(database):
        return feeds.source(database, SOURCE, "Backfill", FeedKind.BACKFILL, now)


def _batches(lines: Iterable[bytes], on_bad_line: Callable[[str], None]) -> Iterable[list[Entry | BadLine]]:
    batch: list[Entry | BadLine] = []
    for one in read_lines(lines):
        if isinstance(one, BadLine):
            on_bad_line(str(one))
        batch.append(one)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _once(entries: Iterable[Entry]) -> list[Entry]:
    """The last of entries with one key: a file may name an article twice."""
    return list({entry.key: entry for entry in entries}.values())
