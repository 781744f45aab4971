"""`watcher rules missed`: possible stories that the rules did not catch, most nearly first."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from watcher.cli.options import json_option, paths_options
from watcher.cli.since import since_option

if TYPE_CHECKING:
    from watcher.store.nearly import Nearly


@click.command(short_help="Possible stories that the rules did not catch.")
@paths_options
@since_option("7d", "Articles first seen since.")
@click.option("--limit", type=click.IntRange(1), default=30, show_default=True, help="How many are listed.")
@json_option
@click.pass_context
def missed(context: click.Context, since: timedelta | datetime, limit: int, as_json: bool) -> None:
    """List possible stories that the rules did not catch, most nearly first, each with what was missing.

    Listed are articles that stand in no story and carry no label: watched ones, leads that lack up to three parts
    of a match, and others that lack exactly one part. Order: fewest missing parts; then watch before lead before no;
    then newest. What you decide about one is kept with `watcher rules label`, and it is not listed again.

    \b
    Examples:
      watcher rules missed
      watcher rules missed --since 30d --limit 100
      watcher rules missed --since 2023-11-08 --json
    """
    from watcher.cli.opening import open_archive, open_rules, zone_of
    from watcher.cli.show import counted, note, say, show_json
    from watcher.cli.since import moment
    from watcher.pipeline import missed as archive
    from watcher.pipeline.tools import utc_now

    rules = open_rules(context)
    zone, now = zone_of(rules), utc_now()
    found, total = archive.missed(open_archive(context), moment(since, now, zone), limit)
    if as_json:
        show_json([_as_json(one) for one in found])
        return
    for line in [line for one in found for line in (*_lines(one, when_seen=_when(one, zone, now)), "")]:
        say(line)
    if not found:
        say("Nothing was nearly a match in this time.")
        return
    more = f" The first {limit} are listed; more with --limit." if total > limit else ""
    note(f"{counted(total, 'article')}.{more}")
    note("Judge one: watcher rules label a12 no. Put one in by hand: watcher stories add URL. Why: watcher explain URL")


def _lines(one: Nearly, when_seen: str) -> list[str]:
    from watcher.cli.show import counted, safe, wrapped

    outlet = f"{one.source}, via {one.via}" if one.via else one.source
    lacks = counted(len(one.missing), "part") + " missing" if one.missing else "nothing missing"
    lines = wrapped(f"a{one.article}  {safe(one.title) or '(no title)'}", rest="    ")
    lines.append(f"    {safe(outlet)} ({one.language or '?'}), {when_seen}: {one.level.value}, {lacks}")
    lines += wrapped(safe(one.reason), first="    ", rest="      ")
    if one.lead:
        lines += wrapped(safe(one.lead), first="    ", rest="      ")
    return [*lines, f"    {safe(one.url)}"]


def _when(one: Nearly, zone: Any, now: datetime) -> str:
    from watcher.cli.show import when

    return when(one.first_seen, zone, now)


def _as_json(one: Nearly) -> dict[str, Any]:
    return {
        "article": f"a{one.article}",
        "url": one.url,
        "title": one.title,
        "source": one.source,
        "via": one.via,
        "language": one.language,
        "first_seen": one.first_seen,
        "level": one.level.value,
        "rules": list(one.rules),
        "missing": list(one.missing),
        "reason": one.reason,
        "lead": one.lead,
    }
