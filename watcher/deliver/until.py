"""Until when a message may be handed over: looked at right before the step after which it may be taken.

A timer alone does not hold: a process that was paused finds the server's answer and its own timer due together, and
asyncio.wait_for (Python 3.11, which the SMTP client uses) then gives the answer and forgets the cancellation.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_END: ContextVar[float | None] = ContextVar("end", default=None)  # of the running loop's clock, which goes on while we are paused


@contextmanager
def until(end: float) -> Iterator[None]:
    """Within, nothing may be handed over after `end` of the running loop's clock."""
    token = _END.set(end)
    try:
        yield
    finally:
        _END.reset(token)


def refuse_when_late() -> None:
    """Raise TimeoutError when the message may be another sender's by now."""
    end = _END.get()
    if end is not None and asyncio.get_running_loop().time() >= end:
        raise TimeoutError("paused or too slow; another sender may have the message")
