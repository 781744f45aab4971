"""Files a person owns: written whole or not at all, and never made world-readable when they may hold secrets."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from watcher.errors import UsageError


def write_text(path: Path, text: str, *, private: bool = False) -> None:
    """Replace a file in one step: a reader sees the old text or the new one. Keeps its permissions.

    Raises UsageError when the folder cannot be written to.
    """
    try:
        mode = path.stat().st_mode & 0o777 if path.exists() else (0o600 if private else 0o644)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).chmod(mode)
        Path(file.name).replace(path)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}); is the folder there, and yours?") from error
