"""The file `.env` beside rules.toml -> values that stand in for environment variables which are not set.

The same lines that `docker compose` and systemd read: NAME='value', comments with #. Nothing is ever filled in from
other names, and no value appears in an error.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from watcher.errors import ConfigError

FILE = ".env"
_LINE = re.compile(r"""(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(?:'([^']*)'|"([^"]*)"|([^'"\s][^\n]*?)|)\s*(?:\s\#.*)?""")


def environment_beside(rules: Path, environment: Mapping[str, str] | None = None) -> Mapping[str, str]:
    """Return the environment (of this process, where none is given), filled up with `.env` in the folder of the rules file.

    What is set already wins; an empty variable counts as unset. Raises ExceptionGroup of ConfigError, one a bad line.
    """
    present = os.environ if environment is None else environment
    path = rules.parent / FILE
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return present
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not a text file in UTF-8"
        raise ExceptionGroup(FILE, [ConfigError(f"cannot be read ({reason}); look at its owner and rights", file=str(path))]) from None
    return {**_values(text, str(path)), **{name: value for name, value in present.items() if value.strip()}}


def _values(text: str, file: str) -> dict[str, str]:
    values: dict[str, str] = {}
    mistakes: list[ConfigError] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _LINE.fullmatch(line.strip())
        if found is None:
            mistakes.append(
                ConfigError(
                    "this line is not NAME='value'; write the name, an equals sign, the value in single quotes", file=file, line=number
                )
            )
            continue
        values[found[1]] = found[2] or found[3] or found[4] or ""
    if mistakes:
        raise ExceptionGroup(file, mistakes)
    return values
