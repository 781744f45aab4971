"""Changes of a story -> when it would have been found, where an outage or a gap held it. Pure.

What was found late is told once like anything else, only in a place of its own; and whether its event was fresh is asked as of the time when
it would have been found, so that a long outage makes no news too old to tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from watcher.model import Change, ChangeKind

_NEVER = datetime.max.replace(tzinfo=UTC)


def found_late(kinds: Sequence[Change]) -> datetime | None:
    """Return when these changes would first have been known; None where the first of them was found in time, or none is live.

    What only adds coverage counts where nothing else happened: an old step seen late makes no late news of a later one.
    """
    live = [change for change in kinds if change.live]
    telling = [change for change in live if change.kind is not ChangeKind.COVERAGE] or live
    return min(telling, key=lambda change: change.late or change.at or _NEVER).late if telling else None
