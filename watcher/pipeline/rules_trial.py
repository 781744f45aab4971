"""Two rule sets and the archive -> what other rules would have done: gained, lost, changed stories, volume. Nothing is written.

Both rule sets judge the same texts now; stored verdicts are not asked, as older rules may have made them. The work is
shared out to processes of their own, each with a reading connection of its own. What it means for stories is `trial_stories`.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import groupby
from multiprocessing import get_context
from pathlib import Path
from zoneinfo import ZoneInfo

from watcher.config.environment import environment_beside
from watcher.languages import OwnTexts
from watcher.model import Level
from watcher.pipeline.check import Watch, check
from watcher.pipeline.judging import strongest_of
from watcher.pipeline.rules_file import RulesFile, languages_beside
from watcher.pipeline.rules_trial_stories import StoryMove, story_moves
from watcher.store import Database, open_reader, stories, texts

AT_ONCE = 500  # articles in one piece of work: under a second, so that progress is seen
ALONE = 2000  # articles up to which starting other processes takes longer than it saves
MOST_PROCESSES = 8


@dataclass(frozen=True, slots=True)
class Moved:
    """An article that only one of the two rule sets matches. `reason` says why the other does not."""

    article: int
    title: str
    url: str
    source: str
    language: str | None
    first_seen: datetime
    rules: tuple[str, ...]  # those that match it
    level: Level  # what it is to the rule set that does not match it
    reason: str
    stories: tuple[int, ...] = ()  # where it stands now


@dataclass(frozen=True, slots=True)
class Day:
    """Articles of one local day that match: by the rules in force, by the new ones."""

    day: date
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class RulesTrial:
    """What the new rules would have done with the articles first seen since."""

    since: datetime
    first: datetime | None  # when the first of them was seen
    articles: int  # judged by both
    without_text: int  # their texts were dropped: not judged
    levels_before: Counter[Level]
    levels_after: Counter[Level]
    gained: tuple[Moved, ...]
    lost: tuple[Moved, ...]
    days: tuple[Day, ...]  # those with a match
    span_days: int  # days from the first article to now, at least one
    moves: tuple[StoryMove, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """What judging some articles came to; small, as it goes from process to process."""

    articles: int = 0
    before: Counter[Level] = field(default_factory=Counter)
    after: Counter[Level] = field(default_factory=Counter)
    matches: tuple[tuple[datetime, bool, bool], ...] = ()
    gained: tuple[Moved, ...] = ()
    lost: tuple[Moved, ...] = ()


def rules_to_try(path: Path, current: RulesFile) -> Watch:
    """The rules at `path`, checked like rules in force. A file that stands elsewhere is tried with the own languages and secrets of those.

    Raises ExceptionGroup of ConfigError with every mistake.
    """
    if languages_beside(path).exists():
        return RulesFile.load(path).watch
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return RulesFile.load(path).watch  # which says what is wrong with the file
    return check(text, file=path.name, environment=environment_beside(current.path), own=current.watch.spoken.texts)


def try_rules(
    path: Path,
    current: RulesFile,
    new: Watch,
    *,
    since: datetime,
    now: datetime,
    progress: Callable[[int, int], None] = lambda done, total: None,
    processes: int | None = None,
) -> RulesTrial:
    """Judge every article of the database at `path` first seen since by both rule sets. Opens it for reading only.

    `progress` is told how many of how many articles are judged. `processes`: as many as there are cores where none is given.
    """
    database = open_reader(path)
    window = texts.window(database, since)
    pieces = []
    done = 0
    for piece in _judged(path, current, new, window.articles, since, processes):
        pieces.append(piece)
        done += piece.articles
        progress(done, len(window.articles))
    zone = ZoneInfo(current.watch.config.settings.time_zone)
    gained = _placed(database, [one for piece in pieces for one in piece.gained])
    lost = _placed(database, [one for piece in pieces for one in piece.lost])
    span = (now.astimezone(zone).date() - (window.first or now).astimezone(zone).date()).days + 1
    return RulesTrial(
        since=since,
        first=window.first,
        articles=done,
        without_text=window.without_text,
        levels_before=sum((piece.before for piece in pieces), Counter()),
        levels_after=sum((piece.after for piece in pieces), Counter()),
        gained=gained,
        lost=lost,
        days=_days([one for piece in pieces for one in piece.matches], zone),
        span_days=max(1, span),
        moves=story_moves(database, [one.article for one in gained], [one.article for one in lost], new),
    )


def _judged(
    path: Path, current: RulesFile, new: Watch, articles: Sequence[int], since: datetime, processes: int | None
) -> Iterator[_Piece]:
    """The pieces of work, as they are done."""
    ranges = [(articles[start], articles[min(start + AT_ONCE, len(articles)) - 1]) for start in range(0, len(articles), AT_ONCE)]
    count = min(processes or min(os.cpu_count() or 1, MOST_PROCESSES), len(ranges))
    if count <= 1 or (processes is None and len(articles) <= ALONE):
        worker = _Worker(open_reader(path), current.watch, new, since)
        yield from (worker.judge(first, last) for first, last in ranges)
        return
    start = (path, _sent(current.watch), _sent(new), dict(environment_beside(current.path)), since)
    with ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_start, initargs=start) as pool:
        try:
            for done in as_completed([pool.submit(_work, first, last) for first, last in ranges]):
                yield done.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


class _Worker:
    """Judges ranges of articles by both rule sets."""

    def __init__(self, database: Database, current: Watch, new: Watch, since: datetime) -> None:
        self.database, self.current, self.new, self.since = database, current, new, since

    def judge(self, first: int, last: int) -> _Piece:
        """Both judgements of the articles with these ids, both included."""
        before, after = Counter[Level](), Counter[Level]()
        matches, gained, lost, count = [], [], [], 0
        found = texts.texts_between(self.database, first, last, self.since)
        for _, group in groupby(found, key=lambda one: one.article):
            stored = list(group)
            old, new = strongest_of(stored, self.current), strongest_of(stored, self.new)
            count += 1
            before[old.level] += 1
            after[new.level] += 1
            was, is_now = old.level is Level.MATCH, new.level is Level.MATCH
            if was or is_now:
                matches.append((stored[0].first_seen, was, is_now))
            if was and not is_now:
                lost.append(_moved(old.text, old.judged.verdict.rules, new.level, new.judged.verdict.reason))
            elif is_now and not was:
                gained.append(_moved(new.text, new.judged.verdict.rules, old.level, old.judged.verdict.reason))
        return _Piece(count, before, after, tuple(matches), tuple(gained), tuple(lost))


_Sent = tuple[str, dict[str, str]]  # what travels of a rule set: its text, and own languages by file name
_worker: list[_Worker] = []  # of this process, made once by `_start`


def _start(path: Path, current: _Sent, new: _Sent, environment: dict[str, str], since: datetime) -> None:
    """Make this process ready: rules are compiled here, as compiled ones do not travel."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the parent, which ends us
    before, after = (check(text, file="rules.toml", environment=environment, own=OwnTexts(own)) for text, own in (current, new))
    _worker[:] = [_Worker(open_reader(path), before, after, since)]


def _sent(watch: Watch) -> _Sent:
    """A rule set as text, with the operator's own languages."""
    return watch.text, dict(watch.spoken.texts.texts)


def _work(first: int, last: int) -> _Piece:
    return _worker[0].judge(first, last)


def _moved(text: texts.StoredText, rules: tuple[str, ...], level: Level, reason: str) -> Moved:
    entry = text.entry
    return Moved(
        article=text.article, title=entry.title, url=entry.url, source=entry.source, language=entry.language, first_seen=text.first_seen,
        rules=rules, level=level, reason=reason,
    )  # fmt: skip


def _placed(database: Database, moved: Sequence[Moved]) -> tuple[Moved, ...]:
    """The same, newest first, each with the stories it stands in now."""
    ordered = sorted(moved, key=lambda one: (-one.first_seen.timestamp(), -one.article))
    return tuple(replace(one, stories=tuple(stories.of_article(database, one.article))) for one in ordered)


def _days(matches: Sequence[tuple[datetime, bool, bool]], zone: ZoneInfo) -> tuple[Day, ...]:
    before, after = Counter[date](), Counter[date]()
    for seen, was, is_now in matches:
        day = seen.astimezone(zone).date()
        before[day] += was
        after[day] += is_now
    return tuple(Day(day, before[day], after[day]) for day in sorted({*before, *after}))
