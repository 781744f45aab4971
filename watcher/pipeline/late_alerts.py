"""What an alert would tell -> without what was found so late that it is no alarm any more, where a digest tells it.

What an outage held for over a day is told under FOUND LATE, in a digest. But nothing caught is lost: what no digest will tell, nor has told,
the alert tells all the same. Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from watcher.config import AlertConfig, Config
from watcher.model import Decision
from watcher.pipeline.audience import Settled
from watcher.pipeline.left_over import left_to_digests
from watcher.store import Database, telling

LATE_WITHIN = timedelta(days=1)  # a day after it would have been found, nobody's hurry helps anybody


def leave_late(database: Database, config: Config, alert: AlertConfig, settled: Sequence[Settled], now: datetime) -> list[Settled]:
    """Return what was settled for an alert, with a no for what is too late for it and a digest tells or has told."""
    late = [one for one in settled if one.decision.tell and one.late is not None and now - one.late > LATE_WITHIN]
    if not late:
        return list(settled)
    left = {one.story.id for one in left_to_digests(database, config, alert, late, now).stories}
    left |= {one.story.id for one in late if _told_by_digest(database, config, one)}
    return [replace(one, decision=_left(one.decision)) if one in late and one.story.id in left else one for one in settled]


def _told_by_digest(database: Database, config: Config, one: Settled) -> bool:
    audiences = [telling.find_audience(database, f"digest:{wanted.name}") for wanted in config.digests]
    return one.story.id is not None and any(of is not None and telling.last_told(database, of, one.story.id) for of in audiences)


def _left(decision: Decision) -> Decision:
    return Decision(
        False, decision.kind, f"found late, over {LATE_WITHIN.days} day after it was reported; left to the digest", decision.before
    )
