"""docs/rules.md: what it shows can be typed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from watcher.cli import cli
from watcher.match import parse
from watcher.match.query import show
from watcher.pipeline.check import check

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "rules.md").read_text("utf-8")
WHOLE = re.findall(r"```query\n(.*?)```", PAGE, re.DOTALL)
TABLE = re.findall(r"^\| `([^`]+)` \|", PAGE.partition("## The query language")[2].partition("Some whole queries")[0], re.MULTILINE)
TOML = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
COMMANDS = [line.removeprefix("$ ") for block in re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]


@pytest.mark.parametrize("query", [*TABLE, *WHOLE])
def test_every_query_of_the_page_can_be_read(query: str) -> None:
    """People copy from the page; what it shows must not be refused."""
    node = parse(query.strip())
    assert parse(show(node)) == node


@pytest.mark.parametrize("text", TOML, ids=range(len(TOML)))
def test_every_piece_of_rules_on_the_page_is_right(text: str) -> None:
    """The examples of its rules are judged too."""
    head = '[watcher]\ntime_zone = "Asia/Phnom_Penh"\ncontact = "ops@ngo.test"\n'
    rule = '[[rules]]\nname = "one-more"\nmatch = "@cambodia AND @scam"\n'
    channel = (
        '[[channels]]\nname = "files"\nkind = "folder"\nfolder = "out"\n[[digests]]\nname = "daily"\nat = "07:00"\nchannels = ["files"]\n'
    )
    check(f"{head}{text}\n{rule}{channel}", file="rules.toml", environment={})


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_of_the_page_exists_with_its_options(line: str) -> None:
    """A page that names an option of last year sends people away."""
    words = shlex.split(line)
    assert words[0] == "watcher"
    command: click.Command = cli
    rest = words[1:]
    while isinstance(command, click.Group) and rest and rest[0] in command.commands:
        command = command.commands[rest.pop(0)]
    known = {name for option in command.params for name in option.opts}
    assert command is not cli, line
    assert not isinstance(command, click.Group), f"{line}: there is no such command below it"
    assert {word for word in rest if word.startswith("--")} <= known


def test_the_page_shows_what_it_is_there_for() -> None:
    """The checks above must not pass because nothing was found on the page."""
    assert (len(WHOLE), len(TABLE) > 12, len(TOML), len(COMMANDS) > 18) == (6, True, 3, True)
