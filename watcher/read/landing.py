"""Scene -> whether people were taken into custody where they landed, and not in Cambodia.

"The 25 were arrested on arrival in Tokyo" is what another country did with people who had left. What it means beside their deportation
is for `roles`.
"""

from __future__ import annotations

from watcher.model import Stage
from watcher.read.scene import Scene

_CUSTODY = (Stage.ARRESTED, Stage.DETAINED)
_HERE = "KH"


def landed(scene: Scene, stage: Stage | None) -> bool:
    """Return whether a sentence of custody plays in another country: it names a town or an arrival there, and nothing of Cambodia."""
    if stage not in _CUSTODY:
        return False
    abroad = any(mark.value != _HERE for mark in scene.marks.within(scene.start, scene.end, "arrival", "town"))
    if not abroad and not any(scene.marks.within(scene.start, scene.end, "home_place")):
        return False
    here = any(mark.value == _HERE for mark in scene.marks.within(scene.start, scene.end, "country"))
    return not here and not any(scene.marks.within(scene.start, scene.end, "place"))
