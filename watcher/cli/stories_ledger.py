"""`watcher stories --ledger`: what is asked for, as typed; its lines are made in `ledger_page`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from watcher.cli.days import end_of_day
from watcher.cli.ledger_page import ledger_lines
from watcher.cli.show import safe, say, show_json

if TYPE_CHECKING:
    from watcher.cli.stories_list import Filters

DEFAULT_BY = "month,nationality"


def keys_of(by: str) -> tuple[str, ...]:
    """The names in --by. Raises UsageError for others, or for one said twice."""
    from watcher.config.values import did_you_mean
    from watcher.errors import UsageError
    from watcher.story.ledger_table import BY

    keys = tuple(key.strip().casefold() for key in by.split(",") if key.strip())
    for key in keys:
        if key not in BY:
            raise UsageError(f"--by {safe(by)}: {safe(key)!r} is not what rows can be made of; {did_you_mean(key, BY)}")
    if not keys or len(set(keys)) < len(keys):
        raise UsageError(f"--by {safe(by)}: name each of {', '.join(BY)} once at most, with commas between: month,nationality")
    return keys


def show_ledger(context: click.Context, filters: Filters, *, by: str, as_of: date | None, as_json: bool) -> None:
    """Print the ledger. Raises UsageError for filters that a ledger cannot have."""
    from watcher.cli.opening import open_archive
    from watcher.pipeline import ledger
    from watcher.pipeline.tools import utc_now
    from watcher.store import listing
    from watcher.story.ledger_table import Asked, ledger_json

    keys, now, database = keys_of(by), utc_now(), open_archive(context)
    _check(context, filters, as_of)
    wanted = filters.wanted(context, database, now)
    found = listing.find(database, listing.Wanted(phrases=wanted.phrases)) if wanted.phrases else None
    asked = Asked(
        nationality=wanted.nationality, stage=wanted.stage, since=wanted.since, until=wanted.until, place=wanted.place,
        confidence=wanted.confidence, checked=wanted.checked, stories=None if found is None else frozenset(found),
    )  # fmt: skip
    told = ledger.ledger(database, keys, asked, now=now, as_of=end_of_day(context, as_of, now) if as_of else None)
    if as_json:
        show_json([ledger_json(row, keys) for row in told.rows])
        return
    for line in ledger_lines(told, keys):
        say(line)


def _check(context: click.Context, filters: Filters, as_of: date | None) -> None:
    from watcher.cli.stories_list import searched
    from watcher.errors import UsageError

    if filters.limit is not None or filters.state != "open":
        raise UsageError("--ledger counts every open story: leave --limit and --state away; --since, --nationality and others choose rows")
    if as_of and searched(context, filters):
        raise UsageError("--as-of: words are looked for in the archive of today only; leave them away, or choose by --nationality, --place")
