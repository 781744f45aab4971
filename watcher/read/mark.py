"""One word of a language found in a text, with what it says; who finds them is `marks`."""

from __future__ import annotations

from typing import NamedTuple


class Mark(NamedTuple):
    """One word found; `value` depends on `kind`: an ISO code, a Stage, a number, an English place name."""

    kind: str
    value: object
    start: int
    end: int
