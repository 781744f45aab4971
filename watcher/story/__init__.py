"""Verdict -> Change: one story per group of people, its facts, what is worth telling, and the ledger.

The room is pure: no clock, network, database or files. It is used through these names:
`concerns` (audience), `join` (cluster) with `wanted`, `search_keys`, `index_keys`, `mention_keys`, `waiting_keys` and `window`
(keys), `decide` (facts), `between`, `merged` and `for_audience` (changes), `found_late` (late), `story_json`, `facts_json` and `month_totals` (ledger), `pack` and `FORM` (packed), `people` and `peoples` (words for nationalities).
"""

from watcher.story.audience import concerns
from watcher.story.changes import FRESH_FOR, MinChange, between, for_audience, merged
from watcher.story.cluster import join
from watcher.story.facts import decide
from watcher.story.groups import event_day
from watcher.story.keys import index_keys, mention_keys, search_keys, waiting_keys, wanted, window
from watcher.story.late import found_late
from watcher.story.ledger import facts_json, month_totals, story_json
from watcher.story.names import people, peoples
from watcher.story.packed import FORM, pack

__all__ = [
    "FORM",
    "FRESH_FOR",
    "MinChange",
    "between",
    "concerns",
    "decide",
    "event_day",
    "facts_json",
    "for_audience",
    "found_late",
    "index_keys",
    "join",
    "mention_keys",
    "merged",
    "month_totals",
    "pack",
    "people",
    "peoples",
    "search_keys",
    "story_json",
    "waiting_keys",
    "wanted",
    "window",
]
