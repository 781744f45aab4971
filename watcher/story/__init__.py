"""Verdict -> Change: one story per group of people, its facts, what is worth telling, and the ledger.

The room is pure: no clock, network, database or files. It is used through these names:
`concerns` (audience), `join` with `search_keys`, `index_keys` and `window` (cluster), `decide` (facts), `between` and `for_audience`
(changes), `story_json`, `facts_json` and `month_totals` (ledger), `people` and `peoples` (words for nationalities).
"""

from watcher.story.audience import concerns
from watcher.story.changes import FRESH_FOR, MinChange, between, for_audience
from watcher.story.cluster import index_keys, join, search_keys, window
from watcher.story.facts import decide
from watcher.story.groups import event_day
from watcher.story.ledger import facts_json, month_totals, story_json
from watcher.story.names import people, peoples

__all__ = [
    "FRESH_FOR",
    "MinChange",
    "between",
    "concerns",
    "decide",
    "event_day",
    "facts_json",
    "for_audience",
    "index_keys",
    "join",
    "month_totals",
    "people",
    "peoples",
    "search_keys",
    "story_json",
    "window",
]
