"""Feed -> Entry: asks feeds for news, reads what they answer, and fetches the article behind a lead.

The only room, with `deliver` and `backfill`, that touches the network; it knows no database and decides nothing about what an entry means.

Names are loaded when they are first used, because the parse children import this package too: each would carry an HTTP client (20 MB)
that it must never use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from watcher.collect.article import RobotsCache, read_article
    from watcher.collect.cadence import Politeness
    from watcher.collect.discovery import Found, discover
    from watcher.collect.poll import collect
    from watcher.collect.workers import Parsers

__all__ = ["Found", "Parsers", "Politeness", "RobotsCache", "collect", "discover", "read_article"]

_WHERE = {
    "Found": "discovery",
    "Parsers": "workers",
    "Politeness": "cadence",
    "RobotsCache": "article",
    "collect": "poll",
    "discover": "discovery",
    "read_article": "article",
}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
