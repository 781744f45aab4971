"""--help: quick, everywhere, with an example."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from watcher.cli import cli

HEAVY = ("httpx", "feedparser", "sqlite_utils", "jinja2", "lxml", "trafilatura", "pydantic", "apscheduler", "aiosmtplib")


def _commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            yield from _commands(child, (*path, name))


ALL = list(_commands(cli))


def test_no_help_imports_a_heavy_library() -> None:
    """Help that takes a second is not asked for; a door that loads everything makes every command slow."""
    program = (
        "import sys\nfrom click.testing import CliRunner\nfrom watcher.cli import cli\n"
        f"for path in {ALL!r}:\n    assert CliRunner().invoke(cli, [*path, '--help']).exit_code == 0, path\n"
        f"print(*sorted(name for name in {HEAVY!r} if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_command_explains_itself_with_an_example(path: tuple[str, ...]) -> None:
    """An operator learns a command from its example; both spellings of help work."""
    shown = CliRunner().invoke(cli, [*path, "-h"], prog_name="watcher")
    assert shown.exit_code == 0
    assert shown.output == CliRunner().invoke(cli, [*path, "--help"], prog_name="watcher").output
    example = " ".join(("watcher", *path))
    lines = [line.strip() for line in shown.output.splitlines()]
    assert any(
        line.startswith(example) or f"&& {example}" in line or (line.startswith("watcher --rules") and path[-1] in line) for line in lines
    )
    assert all(len(line) <= 100 for line in shown.output.splitlines())


@pytest.mark.parametrize("path", [path for path in ALL if path and path != ("demo",)], ids=" ".join)
def test_rules_and_db_stand_after_every_command_too(path: tuple[str, ...]) -> None:
    """Nobody remembers on which side of the command an option belongs."""
    output = CliRunner().invoke(cli, [*path, "--help"]).output
    assert "--rules PATH" in output
    assert "--db PATH" in output


def test_python_m_watcher_is_the_same_command() -> None:
    """Where the script is not on the path, the module is."""
    done = subprocess.run([sys.executable, "-m", "watcher", "--version"], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.startswith("watcher, version ")
