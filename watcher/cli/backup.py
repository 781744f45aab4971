"""`watcher backup`: one file with the whole archive, checked, while the service runs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from watcher.cli.options import json_option, paths_of, paths_options


@click.command(short_help="Copy the database into one new file, and check it.")
@paths_options
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option("--list", "only_list", is_flag=True, help="List the backups that are kept; make none.")
@json_option
@click.pass_context
def backup(context: click.Context, file: Path | None, only_list: bool, as_json: bool) -> None:
    """Copy the whole database into the new FILE and read it back: stories, what was told to whom, messages that wait.

    Without FILE it goes where `watcher run` puts one every night ([backup] of the rules file), with a copy in `copy_to`,
    and the oldest there goes. Safe beside `watcher run`, which waits for a moment. An existing FILE is never overwritten.
    Only its owner can read it. The rules file and the secrets are not in it: copy them too.

    \b
    Examples:
      watcher backup
      watcher backup before-the-move.db
      watcher backup --list
    """
    from watcher.cli.opening import existing
    from watcher.cli.show import counted, say, show_json
    from watcher.pipeline.tools import utc_now
    from watcher.store.backup import back_up

    if only_list:
        if file:
            raise click.UsageError("--list makes no backup; leave FILE or --list out")
        _list(context, as_json)
        return
    paths, now = paths_of(context), utc_now()
    existing(paths.database)
    longest = _longest(paths.database)
    elsewhere = None
    if file:
        copied = back_up(paths.database, file, now, longest=longest)
    else:
        from watcher.cli.opening import open_rules
        from watcher.pipeline.backups import back_up_by_hand

        copied, elsewhere = back_up_by_hand(paths.database, open_rules(context).watch.config.backup, now, longest=longest)
    if as_json:
        show_json(
            {"file": str(copied.path), "bytes": copied.bytes, "rows": copied.rows, "copied_to": str(elsewhere) if elsewhere else None}
        )
        return
    stories, articles = (copied.rows.get(name, 0) for name in ("stories", "articles"))
    size = f"{copied.bytes / 1e6:.1f} MB"
    say(f"Written and checked: {copied.path} ({size}; {counted(stories, 'story', 'stories')}, {counted(articles, 'article')}).")
    if elsewhere:
        say(f"Copied to {elsewhere} and compared. Keep {paths.rules} and the secrets there too.")
    else:
        say(f"It is on this machine only. Put it on another one, with {paths.rules} and the secrets.")


def _longest(database: Path) -> timedelta | None:
    """How long writers may have to wait: a running service's give up after 30 s; without one nobody waits."""
    from watcher.errors import BusyError
    from watcher.service import only_one
    from watcher.store.backup import LONGEST

    try:
        only_one(database).release()
    except BusyError:
        return LONGEST
    return None


def _list(context: click.Context, as_json: bool) -> None:
    from watcher.cli.opening import open_rules, zone_of
    from watcher.cli.show import note, say, show_json, table, when
    from watcher.pipeline.backups import kept
    from watcher.pipeline.tools import utc_now

    paths, rules, now = paths_of(context), open_rules(context), utc_now()
    found = kept(rules.watch.config.backup, paths.database)
    if as_json:
        show_json([{"file": str(one.path), "made": one.made, "bytes": one.bytes, "before_changes_from": one.state} for one in found])
        return
    rows = [
        (
            when(one.made, zone_of(rules), now),
            f"{one.bytes / 1e6:.1f} MB",
            str(one.path),
            f"before tables changed ({one.state})" if one.state else "",
        )
        for one in found
    ]
    for line in table(rows, ("made", "size", "file", "")) or ["No backup is kept. The next night makes one, or now: watcher backup"]:
        say(line)
    if found:
        note("To go back to one: stop `watcher run`, then: watcher restore FILE")
