"""`--since`: a length of time back from now (7d, 12h, 4w) or a day (2023-11-08), as a moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import click

F = TypeVar("F", bound=Callable[..., Any])


class Since(click.ParamType):  # type: ignore[type-arg,unused-ignore]  # generic in newer releases of click only
    """Read what was typed, as it is: which day it is in which zone is known only with the rules."""

    name = "since"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """A timedelta, or a datetime without zone for a day."""
        if isinstance(value, (timedelta, datetime)):
            return value
        from watcher.config.values import to_duration

        try:
            return to_duration(value)
        except ValueError:
            pass
        try:
            return datetime.combine(datetime.strptime(value, "%Y-%m-%d").date(), time())  # noqa: DTZ007  # the zone comes with the rules
        except ValueError:
            self.fail(f"{value!r} is neither a length of time (7d, 12h, 4w) nor a day (2023-11-08)", param, ctx)


def since_option(default: str, what: str) -> Callable[[F], F]:
    """Add --since with a default."""
    return click.option("--since", type=Since(), default=default, show_default=True, metavar="7d|DATE", help=what)


def moment(since: timedelta | datetime, now: datetime, zone: ZoneInfo) -> datetime:
    """The moment that was meant, in UTC; before the first year there is nothing, so the longest length is all of time."""
    if isinstance(since, datetime):
        return since.replace(tzinfo=zone).astimezone(UTC)
    try:
        return now - since
    except OverflowError:
        return datetime(1, 1, 1, tzinfo=UTC)
