"""Rendered -> Frozen: what one outbox row holds, fixed at creation so that every attempt sends the same bytes.

No channel's own form is made here; that is each channel's file.
"""

from __future__ import annotations

from dataclasses import dataclass

from watcher.deliver.plain import one_line
from watcher.model import Rendered


@dataclass(frozen=True, slots=True)
class Frozen:
    """One row's bytes: the message, and the plainer form that is tried once when the message itself is refused.

    `part` counts from 1 where one digest needs several messages; it belongs into the row's key.
    """

    payload: bytes
    bare: bytes
    part: int = 1


def story_lines(rendered: Rendered) -> list[str]:
    """Return `#12 headline` for each change: all that a bare form says of a story."""
    lines = []
    for event in rendered.events:
        data = event.get("data")
        story = data.get("story") if isinstance(data, dict) else None
        if isinstance(story, dict):
            lines.append(one_line(f"#{story.get('id')} {story.get('headline', '')}", longest=200))
    return lines
