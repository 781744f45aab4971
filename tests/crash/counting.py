"""A SQLite connection that counts what writes, and can end its own process before or after any of it.

It is put in place of `sqlite3.connect` by the launcher, in the child only: the store opens it and knows nothing of it.
Statements are seen by SQLite's own trace, so that rows of an `executemany` count one by one; what a trigger or the full
text index does within a statement is part of that statement.
"""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

from stage import Point

_VERB = re.compile(r"\s*(?:--[^\n]*\n\s*)*(\w+)(?:\s+(?:OR\s+\w+\s+)?(?:INTO\s+|FROM\s+)?[\"'\[]?(\w+))?", re.IGNORECASE)
_READS = frozenset({"SELECT", "EXPLAIN", "PRAGMA"})
_ENDS = frozenset({"COMMIT", "ROLLBACK", "BEGIN", "END"})

connect = sqlite3.connect  # the real one


class Count:
    """What was written so far, and where to die."""

    def __init__(self, point: Point | None = None, fault_from: Point | None = None) -> None:
        self.point, self.fault_from = point, fault_from
        self.begin_fault: Callable[[], None] = lambda: None
        self.points: list[Point] = []
        self.problems: list[str] = []  # what SQLite raised
        self.on_commit: Callable[[sqlite3.Connection], None] = lambda connection: None
        self.lock_wait: float | None = None  # seconds, instead of the store's own
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def reached(self, name: str) -> None:
        with self._lock:
            self._counts[name] += 1
            point = Point(name, self._counts[name])
            self.points.append(point)
        if point == self.fault_from:
            self.begin_fault()
        if point == self.point:
            os.kill(os.getpid(), signal.SIGKILL)

    def connect(self, *args: Any, **kwargs: Any) -> sqlite3.Connection:
        """What `sqlite3.connect` is in the child."""
        if self.lock_wait is not None:
            kwargs["timeout"] = self.lock_wait
        return connect(*args, **{**kwargs, "factory": _factory(self)})


def _factory(counter: Count) -> type[sqlite3.Connection]:
    class Connection(sqlite3.Connection):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.set_trace_callback(self._traced)

        def execute(self, sql: str, *args: Any) -> sqlite3.Cursor:  # type: ignore[override]
            return _watched(counter, self, sql, lambda: super(Connection, self).execute(sql, *args))

        def executemany(self, sql: str, *args: Any) -> sqlite3.Cursor:  # type: ignore[override]
            return _watched(counter, self, sql, lambda: super(Connection, self).executemany(sql, *args))

        def cursor(self, factory: Any = None) -> Any:
            return super().cursor(factory or Cursor)

        def commit(self) -> None:
            _watched(counter, self, "COMMIT" if self.in_transaction else "SELECT", super().commit)

        def rollback(self) -> None:
            _watched(counter, self, "ROLLBACK" if self.in_transaction else "SELECT", super().rollback)

        def _traced(self, sql: str) -> None:
            if not sql.startswith("--") and (name := _name(sql)):
                counter.reached(f"before {name}")

    class Cursor(sqlite3.Cursor):
        def execute(self, sql: str, *args: Any) -> sqlite3.Cursor:  # type: ignore[override]
            return _watched(counter, self.connection, sql, lambda: super(Cursor, self).execute(sql, *args))

        def executemany(self, sql: str, *args: Any) -> sqlite3.Cursor:  # type: ignore[override]
            return _watched(counter, self.connection, sql, lambda: super(Cursor, self).executemany(sql, *args))

    return Connection


def _watched(counter: Count, connection: sqlite3.Connection, sql: str, run: Callable[[], Any]) -> Any:
    try:
        result = run()
    except sqlite3.Error as error:
        counter.problems.append(f"{_name(sql) or 'reading'}: {error}")
        raise
    if name := _name(sql):
        if not connection.in_transaction:
            counter.on_commit(connection)
        counter.reached(f"after {name}")
    return result


def _name(sql: str) -> str:
    """What a statement does to what: "INSERT outbox"; nothing for one that only reads."""
    found = _VERB.match(sql)
    if found is None or (verb := found[1].upper()) in _READS:
        return ""
    return verb if verb in _ENDS else f"{verb} {found[2] or ''}".strip()
