"""`watcher restore`: a backup in the place of the database, held until a person says what becomes of what waits."""

from __future__ import annotations

from pathlib import Path

import click

from watcher.cli.options import json_option, paths_of, paths_options


@click.command(short_help="Put a backup in the place of the database.")
@paths_options
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@json_option
@click.pass_context
def restore(context: click.Context, file: Path, as_json: bool) -> None:
    """Check FILE, a backup, and put it in the place of the database. Stop `watcher run` first.

    The database of now is kept under a name that is printed; nothing is deleted. What was sent since the backup is not
    known to it, so everything that waits is held, and so is all that is made from now on, until you release or discard it.

    \b
    Example:
      watcher restore backups/watcher-20231109T193000Z.db
    """
    from watcher.cli.opening import said_already
    from watcher.cli.show import counted, note, say, show_json, span
    from watcher.pipeline.tools import utc_now
    from watcher.service import holder, only_one
    from watcher.store.restore import restore as put_in_place

    paths, now = paths_of(context), utc_now()
    lock = only_one(paths.database)
    try:
        done = put_in_place(file, paths.database, now, holder=holder(alone=True))
    finally:
        lock.release()
    said_already(context)
    if as_json:
        show_json(
            {"database": str(paths.database), "aside": str(done.aside) if done.aside else None, "until": done.until, "held": done.held}
        )
        return
    stories = done.rows.get("stories", 0)
    say(f"Restored: {paths.database} is now {file} ({counted(stories, 'story', 'stories')}; everything up to {_moment(done.until)}).")
    if done.aside:
        say(f"The database of before is kept as {done.aside}.")
    say(f"{counted(done.held, 'message waits and is held', 'messages wait and are held')}; so is everything that is made from now on.")
    since = span(now - done.until) if done.until else "an unknown time"
    note(
        f"What was sent in the {since} since the backup is not known any more. Start `watcher run`, look at what it made with "
        f"`watcher outbox --state held`, then choose:\n"
        f"  watcher outbox release --all   sends it: what people were told in those {since} may come a second time\n"
        f"  watcher outbox discard --all   drops it: what was found in those {since} and was not sent yet is told to nobody"
    )


def _moment(moment: object) -> str:
    from datetime import datetime

    return f"{moment:%Y-%m-%d %H:%M} UTC" if isinstance(moment, datetime) else "an unknown time"
