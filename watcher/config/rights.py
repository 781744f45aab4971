"""rules.toml and .env -> a warning for each that holds a secret and that others on this machine may read or change.

A warning and not a refusal: a service that stayed down after an update, because of the rights of a file, would be the
silence this program is there to prevent. Files that NAME_FILE names are left out: Docker hands its secrets over readable
for all inside a container. Nothing is changed here.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from watcher.config.channels import INSIDE_THE_FILE
from watcher.config.environment import FILE
from watcher.config.settings import Config


def open_to_others(rules: Path, config: Config) -> tuple[str, ...]:
    """Return a line for each file at fault; `config` is what was read from `rules`."""
    problems = [_problem(rules.parent / FILE)]
    if any(INSIDE_THE_FILE in warning for warning in config.warnings):
        problems.append(_problem(rules))
    return tuple(problem for problem in problems if problem)


def _problem(path: Path) -> str:
    try:
        status = path.stat()
    except OSError:
        return ""  # no file, or one that is not ours to look at; whether it can be read is said elsewhere
    open_bits = status.st_mode & (stat.S_IRWXG | stat.S_IRWXO) & ~(stat.S_IXGRP | stat.S_IXOTH)
    if hasattr(os, "geteuid") and status.st_uid != os.geteuid():
        open_bits &= ~stat.S_IRGRP  # root:watcher 0640 is how a service is let read what is not its own
    if not open_bits:
        return ""
    who = "every user of this machine" if open_bits & (stat.S_IROTH | stat.S_IWOTH) else "its group"
    may = "read and change" if open_bits & (stat.S_IWGRP | stat.S_IWOTH) else "read"
    return f"{path.name}: it holds secrets, and {who} may {may} it; let only its owner: chmod 600 {path.name}"
