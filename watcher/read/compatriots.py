"""Scene -> whose people "its nationals" are: of the country that acts in the sentence, else of the readers' own.

"Thailand takes back 217 of its nationals" names no people of its own; a paper in a language of one country means its own by "our people".
"""

from __future__ import annotations

from watcher.read.scene import GAP_STOP, Scene

NEAR = 40  # characters between a figure and the word
BEFORE = 20  # the same where the word stands first


def compatriots(scene: Scene, start: int, end: int) -> str | None:
    """Return the country whose own people the figure in [start, end) counts, or None where no such word stands beside it."""
    after = next(scene.marks.within(end, min(scene.end, end + NEAR), "compatriots"), None)
    before = list(scene.marks.within(max(scene.start, start - BEFORE - NEAR), start, "compatriots"))
    beside = (after is not None and not GAP_STOP.search(scene.text[end : after.start])) or (
        bool(before) and start - before[-1].end <= BEFORE and not GAP_STOP.search(scene.text[before[-1].end : start])
    )
    if not beside:
        return None
    acting = [str(mark.value) for mark in scene.marks.within(scene.start, start, "country") if mark.value != "KH"]
    if acting:
        return acting[0]
    home = scene.language.home
    return home[0] if len(home) == 1 else None
