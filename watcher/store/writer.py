"""The one writer: a thread that owns the only write connection of the process and runs every transaction.

SQLite connections belong to one thread, and a transaction must not be torn by another coroutine's write. So the event
loop hands whole functions over and waits; two never run at once. Other processes (the command line beside `run`)
have a writer of their own and take turns by SQLite's lock.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from sqlite_utils import Database

from watcher.store import open_store, transaction

P = ParamSpec("P")
T = TypeVar("T")


class Writer:
    """Runs `function(database, ...)` in the writer thread: `await writer.run(function, ...)`."""

    def __init__(self, path: Path, *, create: bool = True) -> None:
        self.path = path
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="writer")
        self._database: Database = self._thread.submit(open_store, path, create=create).result()

    async def run(self, function: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Give what `function` gives; what it raises is raised here. It runs in the caller's context: what it logs is about the same."""
        context = copy_context()
        return await asyncio.wrap_future(self._thread.submit(lambda: context.run(function, self._database, *args, **kwargs)))

    def now(self, function: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same for callers without an event loop (the command line)."""
        return self._thread.submit(function, self._database, *args, **kwargs).result()

    async def change(self, function: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run one write in a transaction of its own. A bare write would fail at once, not wait, while another process writes."""
        return await self.run(lambda database: _in_transaction(database, function, *args, **kwargs))

    def change_now(self, function: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same for callers without an event loop."""
        return self.now(lambda database: _in_transaction(database, function, *args, **kwargs))

    def close(self) -> None:
        """Finish what was handed over, then close the connection."""
        self._thread.submit(self._database.conn.close).result()
        self._thread.shutdown(wait=True)


def _in_transaction(database: Database, function: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    with transaction(database):
        return function(database, *args, **kwargs)
