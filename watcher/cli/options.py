"""What every command takes: --rules PATH and --db PATH, before or after the command's name, and --json where it lists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

DEFAULT_RULES = Path("rules.toml")
DEFAULT_DATABASE = Path("watcher.db")


@dataclass
class Paths:
    """Where rules and database are, as given so far."""

    rules: Path = DEFAULT_RULES
    database: Path = DEFAULT_DATABASE
    typed: set[str] = field(default_factory=set)  # which of them an option named, so that no environment variable replaces it


def paths_options(function: F) -> F:
    """Add --rules and --db; they also read WATCHER_RULES and WATCHER_DB."""
    function = click.option(
        "--db", metavar="PATH", type=click.Path(path_type=Path, dir_okay=False), envvar="WATCHER_DB", expose_value=False,
        callback=_keep("database"), help="The database (watcher.db here).",
    )(function)  # fmt: skip
    return click.option(
        "--rules", metavar="PATH", type=click.Path(path_type=Path, dir_okay=False), envvar="WATCHER_RULES", expose_value=False,
        callback=_keep("rules"), help="The rules file (rules.toml here).",
    )(function)  # fmt: skip


def json_option(function: F) -> F:
    """Add --json."""
    return click.option("--json", "as_json", is_flag=True, help="One JSON document instead of text.")(function)


def paths_of(context: click.Context) -> Paths:
    """Where rules and database are for this command."""
    return context.ensure_object(Paths)


def _keep(name: str) -> Callable[[click.Context, click.Parameter, Path | None], None]:
    def callback(context: click.Context, parameter: click.Parameter, value: Path | None) -> None:
        paths = context.ensure_object(Paths)
        typed = context.get_parameter_source(parameter.name or "") is click.core.ParameterSource.COMMANDLINE
        # An environment variable fills in what no option said; an option after the command wins over one before it.
        if value is not None and (typed or name not in paths.typed):
            setattr(paths, name, value)
            paths.typed |= {name} if typed else set()

    return callback
