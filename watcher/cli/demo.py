"""`watcher demo`: the whole way on a sample newsroom, on this machine, without touching anything of yours."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(short_help="Try the whole way on a sample newsroom; leaves a digest to look at.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("watcher-demo"),
    help="Where the digest is left (watcher-demo here).",
)
@click.option("--open", "open_browser", is_flag=True, help="Open the digest in a browser.")
def demo(folder: Path, open_browser: bool) -> None:
    """Serve a sample newsroom on this machine, poll it twice, and send the digest to a mail sink and a folder.

    About 25 invented entries in several languages; nothing leaves this machine. Leaves the digest as HTML, text and .eml.

    \b
    Example:
      watcher demo --open
    """
    from watcher.cli.show import say
    from watcher.demo.run import demo as run_demo
    from watcher.pipeline.tools import utc_now

    report = run_demo(folder, now=utc_now(), open_browser=open_browser)
    for line in report.lines:
        say(line)
