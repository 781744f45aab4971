"""Days as a person types them: `2023-11-08`, in the zone of the rules; and that zone, even where the rules are wrong."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import click

from watcher.cli.options import paths_of


class Day(click.ParamType):  # type: ignore[type-arg,unused-ignore]  # generic in newer releases of click only
    """A day, `2023-11-08`."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """A date."""
        if isinstance(value, date):
            return value
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            self.fail(f"{value!r} is no day; write it as 2023-11-08", param, ctx)


def local_zone(context: click.Context) -> ZoneInfo:
    """The zone of the rules file; UTC, with a note, where none can be read: a broken rules file hides no story."""
    from watcher.cli.show import note
    from watcher.config.load import load_as_far_as_right, read_text

    path = paths_of(context).rules
    try:
        config, _ = load_as_far_as_right(read_text(path), file=path.name, environment={})
    except ExceptionGroup:
        note(f"{path}: cannot be read, so days are those of UTC here. Name the file with --rules; `watcher check` says what is wrong")
        return ZoneInfo("UTC")
    return ZoneInfo(config.settings.time_zone)


def first_day(context: click.Context, since: timedelta | datetime | None, now: datetime) -> date | None:
    """The day that --since means; of a length of time the local day so long ago."""
    if since is None or isinstance(since, datetime):
        return since.date() if since else None
    try:
        return (now - since).astimezone(local_zone(context)).date()
    except OverflowError:
        return None  # before the first year: all of time


def end_of_day(context: click.Context, day: date, now: datetime) -> datetime:
    """The last moment of a local day. Raises UsageError for a day that has not begun."""
    from watcher.errors import UsageError
    from watcher.pipeline.ledger import end_of

    zone = local_zone(context)
    if day > now.astimezone(zone).date():
        raise UsageError(f"--as-of {day}: that day has not begun; name today or a day before")
    return end_of(day, zone)
