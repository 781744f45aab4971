"""`watcher backup`: one file with the whole archive, checked, while the service runs."""

from __future__ import annotations

from pathlib import Path

import click

from watcher.cli.options import json_option, paths_of, paths_options


@click.command(short_help="Copy the database into one new file, and check it.")
@paths_options
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@json_option
@click.pass_context
def backup(context: click.Context, file: Path, as_json: bool) -> None:
    """Copy the whole database into the new FILE and read it back: stories, what was told to whom, messages that wait.

    Safe beside `watcher run`, which waits for a moment. An existing FILE is never overwritten. Only its owner can read
    it. The rules file and the secrets are not in it: copy them too.

    \b
    Example:
      watcher backup backup-2023-11-09.db
    """
    from watcher.cli.opening import existing
    from watcher.cli.show import counted, say, show_json
    from watcher.pipeline.tools import utc_now
    from watcher.store.backup import back_up

    paths = paths_of(context)
    existing(paths.database)
    copied = back_up(paths.database, file, utc_now())
    if as_json:
        show_json({"file": str(copied.path), "bytes": copied.bytes, "rows": copied.rows})
        return
    stories, articles = (copied.rows.get(name, 0) for name in ("stories", "articles"))
    size = f"{copied.bytes / 1e6:.1f} MB"
    say(f"Written and checked: {copied.path} ({size}; {counted(stories, 'story', 'stories')}, {counted(articles, 'article')}).")
    say(f"It is on this machine only. Put it on another one, with {paths.rules} and the secrets.")
