"""What a line of the log is about: which loop, which source, which message. Set by the corridor, read by whoever formats lines.

A context variable goes with the task that set it, also into the writer thread, so that forty feeds fetched at once never
mix up their lines. The run's id names this process: two services, or the lines before and after a restart, can be told apart.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

RUN = secrets.token_hex(4)

_NOTHING: Mapping[str, object] = MappingProxyType({})
_about: ContextVar[Mapping[str, object]] = ContextVar("about", default=_NOTHING)


@contextmanager
def about(**what: object) -> Iterator[None]:
    """Lines logged inside are about this too: `loop`, `feed` (its id) and `feed_title`, `lead`, `message_id` (in the outbox) and `channel`."""
    token = _about.set({**_about.get(), **what})
    try:
        yield
    finally:
        _about.reset(token)


def current() -> Mapping[str, object]:
    """What a line logged now is about."""
    return _about.get()
