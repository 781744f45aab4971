"""`${NAME}` in a channel's setting -> its value from the environment, or from the file that NAME_FILE names.

What is unset or unreadable is named, never raised: one channel without its password must not stop the others.
No value ever appears in a problem's text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
LARGEST_FILE = 64 * 1024  # bytes; a password is shorter, and a wrong path may lead to a log of gigabytes


@dataclass(frozen=True, slots=True)
class Resolved:
    """A setting with its references replaced. `missing` are names without a value, `problems` say why, in words."""

    value: str = field(default="", repr=False)
    names: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def resolve(text: str, environment: Mapping[str, str]) -> Resolved:
    """Replace each `${NAME}`; where one has no value the whole result is empty, as half an address helps nobody."""
    names = tuple(dict.fromkeys(_REFERENCE.findall(text)))
    values: dict[str, str] = {}
    problems: list[str] = []
    for name in names:
        value, problem = _look_up(name, environment)
        if value:
            values[name] = value
        else:
            problems.append(problem)
    missing = tuple(name for name in names if name not in values)
    value = "" if missing else _REFERENCE.sub(lambda found: values[found[1]], text)
    return Resolved(value, names, missing, tuple(problems))


def has_reference(text: str) -> bool:
    """Return whether the text takes anything from the environment."""
    return _REFERENCE.search(text) is not None


def _look_up(name: str, environment: Mapping[str, str]) -> tuple[str, str]:
    """Return (value, "") or ("", what is wrong). An empty variable counts as unset: compose files pass those on."""
    value = environment.get(name, "").strip()
    if value:
        return value, ""
    path = environment.get(f"{name}_FILE", "").strip()
    if not path:
        return "", f"{name} is not set; put it in .env, or the path of a file with it into {name}_FILE"
    try:
        with Path(path).open("rb") as file:
            value = file.read(LARGEST_FILE).decode("utf-8").strip()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "not a text file"
        return "", f"{name}_FILE names a file that cannot be read ({reason}); make it readable for this user"
    return (value, "") if value else ("", f"{name}_FILE names an empty file; write the secret into it")
