"""Files a person owns: written whole or not at all, and never made world-readable when they may hold secrets."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from watcher.errors import UsageError


def read_text(path: Path, *, missing: str | None = None) -> str:
    """The text of a file a person edits; `missing` where it is not there. Raises UsageError when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if missing is not None:
            return missing
        raise UsageError(f"{path}: there is no such file; `watcher init` writes one") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); look at its owner and rights") from error
    except UnicodeDecodeError:
        raise UsageError(f"{path}: is not a text file in UTF-8; save it as UTF-8") from None


def read_input(path: Path) -> str:
    """The text of a file, or of standard input for `-`; what is not UTF-8 becomes U+FFFD. Raises UsageError when it cannot be read."""
    try:
        if str(path) != "-":
            return path.read_bytes().decode("utf-8", "replace")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from error
    if sys.stdin.isatty():
        sys.stderr.write("Type or paste the text, then press Ctrl-D on a line of its own.\n")
    return sys.stdin.buffer.read().decode("utf-8", "replace")


def write_new(path: Path, text: str, *, private: bool = False) -> None:
    """Write a file that is not there yet. Raises UsageError where one is: a person's file is never overwritten."""
    if path.exists() or path.is_symlink():
        raise UsageError(f"{path} is there already and is not overwritten; name another file, or remove it first")
    write_text(path, text, private=private)


def write_text(path: Path, text: str, *, private: bool = False) -> None:
    """Replace a file in one step: a reader sees the old text or the new one. Keeps its permissions.

    Raises UsageError when the folder cannot be written to.
    """
    with replaced(path, private=private) as part:
        part.write_text(text, encoding="utf-8")


@contextmanager
def replaced(path: Path, *, private: bool = False) -> Iterator[Path]:
    """Give a file beside it to write; it takes the place of `path` in one step, or is gone where writing failed. Keeps permissions.

    Raises UsageError when the folder cannot be written to.
    """
    part = None
    try:
        mode = path.stat().st_mode & 0o777 if path.exists() else (0o600 if private else 0o644)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            part = Path(file.name)
        yield part
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.chmod(mode)
        part.replace(path.resolve())
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}); is the folder there, and yours?") from error
    finally:
        if part:
            part.unlink(missing_ok=True)
