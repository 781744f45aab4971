"""docs/ledger.md: what it shows can be typed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from watcher.cli import cli

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "ledger.md").read_text("utf-8")
COMMANDS = [line.removeprefix("$ ") for block in re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_of_the_page_can_be_typed(line: str) -> None:
    """People copy from the page; what it shows must not be refused."""
    words = shlex.split(line)
    command = cli.commands[words[1]]
    with command.make_context(words[1], words[2:], parent=click.Context(cli)) as context:
        assert context.params


def test_the_page_shows_what_it_is_there_for() -> None:
    """The check above must not pass because nothing was found on the page."""
    assert len(COMMANDS) == 12
