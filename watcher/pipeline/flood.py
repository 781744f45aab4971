"""What an alert would tell -> without what floods it: one notice to the operator, and all of it in the next digest.

A source that was taken over, or whose items were all new at once (`bulk`), must neither drown people nor use up what others' stories
need. So only what it alone reports is left to the digest: a story that any other source reports too is told at once, and one that another
source reports later is told then. What no digest would tell is never left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from watcher.config import AlertConfig, Config
from watcher.model import Decision
from watcher.pipeline.audience import Settled
from watcher.pipeline.left_over import left_to_digests
from watcher.store import Database, flood, operations, telling

WITHIN = timedelta(hours=1)
OF_ONE_FEED = 20  # stories that one source alone reports, told by one alert within WITHIN
OF_ALL = 60  # stories told by one alert within WITHIN


def leave_floods(
    database: Database, config: Config, alert: AlertConfig, of: telling.Audience, settled: Sequence[Settled], now: datetime
) -> list[Settled]:
    """Return what was settled for an alert, with a no for what floods it and a digest tells. Writes nothing but the operator's line."""
    wanted = [
        one for one in settled if one.decision.tell and one.decision.kind in alert.on and not one.by_person and one.story.id is not None
    ]
    over = _over(database, of, wanted, now)
    if not over:
        return list(settled)
    left = {one.story.id for one in left_to_digests(database, config, alert, [one for one in wanted if one.story.id in over], now).stories}
    names = sorted({over[one] for one in left if one is not None and over[one]})
    if names:
        text = f"Alert {alert.name}: too many stories at once from {', '.join(names)}. What is over the limit stands in the next digest. Look at it:"
        operations.fault(database, f"flood:{alert.name}", text, "watcher stories", now)
    return [replace(one, decision=_no(one.decision)) if one.story.id in left else one for one in settled]


def _over(database: Database, of: telling.Audience, wanted: Sequence[Settled], now: datetime) -> dict[int, str]:
    """Stories over a limit or of a bulk poll, with whose they are ("" for a bulk poll). Those that several sources report come first and are never of a flood."""
    if not wanted:
        return {}
    told = flood.told_since(database, of, now - WITHIN)
    ids = [one.story.id for one in wanted if one.story.id is not None]
    sources = flood.sources(database, {*ids, *told})
    of_feed: dict[int, int] = {}
    for story in told:
        if len(sources.get(story, ())) == 1:
            of_feed[sources[story][0].feed] = of_feed.get(sources[story][0].feed, 0) + 1
    count, over = len(told), dict[int, str]()
    for story in sorted(ids, key=lambda one: (len(sources.get(one, ())) == 1, one)):
        alone = sources[story][0] if len(sources.get(story, ())) == 1 else None
        if alone and alone.bulk:
            over[story] = ""  # the operator was told when the poll was stored
        elif alone and of_feed.get(alone.feed, 0) >= OF_ONE_FEED:
            over[story] = alone.title
        elif count >= OF_ALL and alone:
            over[story] = "several sources"
        elif story not in told:
            count += 1
            if alone:
                of_feed[alone.feed] = of_feed.get(alone.feed, 0) + 1
    return over


def _no(decision: Decision) -> Decision:
    return Decision(False, decision.kind, "too many at once from one source; left to the digest", decision.before)
