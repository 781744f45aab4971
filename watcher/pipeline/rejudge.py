"""The judging-again loop: stored texts -> the verdicts of the rules in force, after the rules changed.

Newest texts first, in small transactions, as far as it comes: how far it is stands in the database, so that a restart or a crash
goes on there, and a rule change meanwhile starts over with the newest rules. New texts never wait for it: they are judged by the
rules in force as they come. What the rules say of one text is `rejudge_worker`, what follows from it `rejudged`.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from watcher import store
from watcher.errors import BusyError
from watcher.pipeline.check import Watch
from watcher.pipeline.rejudge_worker import NICENESS, Judge, Judges, Piece
from watcher.pipeline.rejudged import LEASE, LEASE_LENGTH, store_piece
from watcher.store import Database, operations, rejudging
from watcher.store.rejudging import Outcome, RuleChange
from watcher.store.writer import Writer

PIECE = 500  # revisions handed out at once: about a fifth of a second of a core's work, and as small a transaction
FEW = 2_000  # texts that a thread judges sooner than children start
LISTED = timedelta(days=7)  # how long what came of a rule change is listed after its end
SAID = timedelta(days=1)  # the same, where nothing came of it
_FAILURES_LOGGED = 5  # texts that broke the program, of one piece

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class JudgingAgain:
    """How far judging again is, and what came of it. `waits`: the rules given are not those the database has in force."""

    change: RuleChange
    outcome: Outcome
    waits: bool
    problem: str | None = None  # what stopped the last turn

    @property
    def under_way(self) -> bool:
        """Whether there is still something to do."""
        return self.change.open or self.waits

    def as_json(self) -> dict[str, Any]:
        """The same as one JSON object."""
        change, outcome = self.change, self.outcome
        left = change.seconds_left if change.open else None
        return {
            "rules_of": change.at,
            "state": "waits" if self.waits else "under_way" if change.open else "done",
            "judged": change.judged,
            "texts": change.texts,
            "seconds_left": None if left is None else round(left),
            "without_text": change.without_text,
            "could_not_be_judged": change.failed,
            "gained": outcome.gained,
            "lost": outcome.lost,
            "stories_opened": list(outcome.opened),
            "stories_not_told": list(outcome.untold),
            "stories_joined": list(outcome.joined),
            "stories_with_lost_articles": list(outcome.lost_in),
            "leads_opened": change.leads,
            "leads_left": change.leads_left,
            "finished": change.finished,
            "problem": self.problem,
        }


@dataclass(frozen=True, slots=True)
class Work:
    """What a turn works with. `in_force` gives the rules now: where they change, it ends. `holder` names this process."""

    writer: Writer
    in_force: Callable[[], Watch]
    clock: Callable[[], datetime]
    holder: str
    stopping: Callable[[], bool] = lambda: False
    progress: Callable[[RuleChange], None] = lambda change: None
    piece: int = PIECE
    few: int = FEW
    niceness: int = NICENESS


def come_into_force(database: Database, watch: Watch, now: datetime) -> None:
    """Write down that these rules are in force, with their text without secrets; what others judged is to be judged again."""
    with store.transaction(database):
        rejudging.come_into_force(database, watch.fingerprint, watch.kept_text, now)


def judging_again(database: Database, watch: Watch, now: datetime) -> JudgingAgain | None:
    """What is to be said of the newest rule change; None where there was none, or its end is long ago."""
    change = rejudging.newest(database)
    if change is None:
        return None
    outcome = rejudging.outcome(database, change.id)
    beat = operations.heartbeats(database).get("rejudge")
    found = JudgingAgain(change, outcome, change.fingerprint != watch.fingerprint, beat.problem if beat and change.open else None)
    if found.under_way:
        return found
    long = LISTED if outcome.gained or outcome.lost or change.leads_left or change.failed else SAID
    return None if change.texts == 0 or change.finished is None or now - change.finished > long else found


async def judge_again(work: Work) -> RuleChange | None:
    """Judge stored texts again as long as there are any and nothing stops it. Gives how far it came; None where nothing was to do.

    Where another process is at it, that is how far the other one is. Raises BusyError where a child died. Cancelling it loses the
    pieces under way and nothing else.
    """
    watch = work.in_force()
    change = await work.writer.run(rejudging.newest)
    if change is None or not change.open or change.fingerprint != watch.fingerprint:
        return None
    started = work.clock()
    if not await work.writer.change(operations.take_lease, LEASE, work.holder, started, LEASE_LENGTH):
        return change  # another process is at it
    judges = Judges(
        Judge(work.writer.path, watch.rules, watch.vocabulary, change.rule_set), children=change.texts - change.judged > work.few
    )
    try:
        while change.open and (reached := await _one_way(work, watch, judges, change)) is not None:
            change = reached
            if change.following > change.stop:
                return change
            ended = await work.writer.change(rejudging.finish, change, work.clock())
            if ended is None:
                return change
            log.info("judging again: %s", "texts that another process judged by other rules come too" if ended.open else "done")
            change = ended
    except BrokenProcessPool as error:
        raise BusyError("judging again: a child process ended; the next turn goes on. Has the machine too little memory?") from error
    finally:
        judges.close()
        await asyncio.shield(work.writer.change(operations.give_back, LEASE, work.holder))
    await work.writer.change(operations.beat, "rejudge", started=started, finished=work.clock())
    return change


async def _one_way(work: Work, watch: Watch, judges: Judges, change: RuleChange) -> RuleChange | None:
    """From where it is down to the end of the range, as far as nothing stops it; None where other rules or another process took over."""
    ranges = deque((max(change.stop, high - work.piece), high) for high in range(change.following, change.stop, -work.piece))
    asked: deque[tuple[int, Future[Piece]]] = deque()
    loop = asyncio.get_running_loop()
    began = loop.time()
    while (ranges or asked) and not work.stopping() and work.in_force() is watch:
        while ranges and len(asked) < judges.at_once:
            low, high = ranges.popleft()
            asked.append((low, judges.ask(low, high)))
        low, answer = asked.popleft()
        piece = await asyncio.wrap_future(answer)
        if piece.low > low:  # its time was over: the rest comes before what is older
            asked.appendleft((low, judges.ask(low, piece.low)))
        seconds, began = loop.time() - began, loop.time()
        reached = await work.writer.run(_store, change.id, piece, watch, seconds, work)
        if reached is None:
            return None
        change = reached
        work.progress(change)
    for _, answer in asked:
        answer.cancel()
    return change


def _store(database: Database, change: int, piece: Piece, watch: Watch, seconds: float, work: Work) -> RuleChange | None:
    """Save one piece, and log what could not be judged."""
    for problem in piece.failed[:_FAILURES_LOGGED]:
        log.error("judging again: %s", problem)
    return store_piece(database, change, piece, watch, seconds=seconds, holder=work.holder, now=work.clock())
