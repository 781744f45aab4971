"""What the servers share: which phase is reached, what was accepted, and when the child is to die.

A server says `reached("slack: body read")` wherever a process may die while it talks to it. Where that is the phase
of the run, the child is dead when the call returns, and the server goes on as servers do.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

PATIENCE = 8.0  # seconds in which a child that was told yes must have written that down, whatever the link does


@dataclass(frozen=True)
class Point:
    """The nth time (from 1) that something happens."""

    name: str
    nth: int = 1

    def __str__(self) -> str:
        return f"{self.name} #{self.nth}"


@dataclass(frozen=True)
class Accepted:
    """A message that a server took: `identity` is what a receiver knows a repeat by."""

    channel: str  # mail, slack, hook
    identity: str
    recipient: str
    body: bytes


class GoneError(Exception):
    """The child was killed at this phase: the server has nothing more to say."""


class Stage:
    """One for all servers of a world."""

    def __init__(self) -> None:
        self.kill: Callable[[], None] = lambda: None
        self.written_down: Callable[[str], bool] = lambda identity: True
        self._lock = threading.Lock()
        self._active = 0
        self.begin(None)

    def begin(self, point: Point | None) -> None:
        """Forget what was; kill at `point`."""
        self.accepted: list[Accepted] = []
        self.late: list[str] = []  # what a child had not written down in time
        self.arm(point)

    def arm(self, point: Point | None) -> None:
        """Kill at this point from now on; phases are counted anew, what was accepted stays."""
        self.phases: list[Point] = []
        self._counts: Counter[str] = Counter()
        self._armed = point

    def reached(self, phase: str) -> None:
        """Count a phase; raises GoneError where the child was to die at it."""
        if self._is_it(phase):
            self.kill()
            raise GoneError

    def held(self, phase: str, identity: str) -> None:
        """The yes is out, the link stays open: a child that writes it down only at the link's end is not done by then."""
        if self._is_it(phase):
            waiting = threading.Event()
            for _ in range(int(PATIENCE / 0.01)):
                if self.written_down(identity):
                    break
                waiting.wait(0.01)
            else:
                self.late.append(f"{identity} was told yes, and after {PATIENCE:.0f} s on an open link that is not written down")
            self.kill()
            raise GoneError

    def accept(self, message: Accepted) -> None:
        """A server takes a message: from here on it must never be told again, but for the one doubt."""
        with self._lock:
            self.accepted.append(message)

    def enter(self) -> None:
        with self._lock:
            self._active += 1

    def leave(self) -> None:
        with self._lock:
            self._active -= 1

    @property
    def busy(self) -> bool:
        """Whether a server still reads what a dead child had sent."""
        return self._active > 0

    def _is_it(self, phase: str) -> bool:
        with self._lock:
            self._counts[phase] += 1
            point = Point(phase, self._counts[phase])
            self.phases.append(point)
            if self._armed != point:
                return False
            self._armed = None
            return True
