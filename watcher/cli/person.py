"""Who decides: --by NAME, else WATCHER_USER. What a person decides outlives every run, so it carries a name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

LONGEST = 80  # characters of a name


def by_option(function: F) -> F:
    """Add --by."""
    return click.option("--by", metavar="NAME", envvar="WATCHER_USER", help="Who decides this; else WATCHER_USER.")(function)


def person(by: str | None) -> str:
    """The name given. Raises UsageError without one."""
    from watcher.errors import UsageError

    name = " ".join((by or "").split())
    if not name or not name.isprintable() or len(name) > LONGEST:
        said = "is no name" if name else "is missing"
        raise UsageError(f"your name {said}: what a person decides is kept with who decided it. Add --by NAME, or set WATCHER_USER")
    return name
