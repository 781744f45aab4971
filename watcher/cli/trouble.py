"""What went wrong -> lines on stderr and an exit status. A person never sees a trace, unless they ask for one.

Exit status: 1 it ran and something failed; 2 usage, configuration, a second `run`, a refused file.
"""

from __future__ import annotations

import os
import traceback

from watcher.cli.show import note
from watcher.errors import BusyError, ConfigError, StoreError, UsageError, WatcherError

FAILED, REFUSED, INTERRUPTED = 1, 2, 130
TRACE = "WATCHER_TRACE"  # set to anything, it shows the trace of a fault of the program


def say_what_went_wrong(error: Exception) -> int:
    """Print what a person needs to mend it; gives the exit status."""
    if isinstance(error, ExceptionGroup):
        return max(say_what_went_wrong(one) for one in error.exceptions)
    if isinstance(error, WatcherError):
        note(str(error))
        return REFUSED if isinstance(error, (ConfigError, UsageError, BusyError, StoreError)) else FAILED
    if isinstance(error, PermissionError):
        note(f"{error.filename or 'a file'}: not allowed for this user; look at its owner and rights, or at those of its folder")
        return REFUSED
    if isinstance(error, OSError):
        note(f"{error.filename or 'watcher'}: {error.strerror or error}; look at the disk and the path, then try again")
        return FAILED
    if _is_of_the_database(error):
        note(f"The database: {error}; nothing was half done. Look at the free space and the rights of its folder, then try again")
        return FAILED
    if os.environ.get(TRACE):
        traceback.print_exception(error)
    where = traceback.extract_tb(error.__traceback__)
    place = f" in {where[-1].name}, line {where[-1].lineno}" if where else ""
    note(f"watcher: a fault of this program ({type(error).__name__}{place}: {error})")
    note(f"Please report this line. With {TRACE}=1 before the command it shows more.")
    return FAILED


def _is_of_the_database(error: Exception) -> bool:
    """Whether the database raised it. Asked only when something went wrong: opening the store's room takes time."""
    from watcher.store import DatabaseError

    return isinstance(error, DatabaseError)
