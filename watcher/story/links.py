"""Report and stories -> links between stories that belong together without being one: background, wave, part of a whole.

Each kind is found from both ends, so that it does not matter which of two stories came first. Nothing joins here.
"""

from __future__ import annotations

from collections.abc import Sequence

from watcher.model import ArticleRole, Claim, Join, LinkKind, Report
from watcher.story.compare import mentioned
from watcher.story.groups import Group, mentions
from watcher.story.kinship import Known
from watcher.story.pairs import batch_of, wave

MOST_WAVE_LINKS = 3  # nearest batches of a wave that are linked; the others are reached through them

Links = tuple[tuple[int, LinkKind], ...]


def links_of(report: Report, mine: Sequence[Group], others: Sequence[Known]) -> tuple[Links, Links]:
    """Return the links from the report's story to others, and those from others to it."""
    waves = _batches(mine, others)
    to = _looked_back_at(report, others) + waves + _parts(others, mine, whole_is_mine=False)
    back = _looking_back(mine, others) + waves + _parts(others, mine, whole_is_mine=True)
    return to, back


def looks_back(report: Report, allowed: Sequence[Known]) -> Join:
    """Return the story that an article only looks back at: it stands there as background, else nowhere until that story comes."""
    for claim in mentions(report):
        older = [story.id for story in allowed if _tells_of(story, claim)]
        if older:
            return Join(min(older), ArticleRole.BACKGROUND, f"only looks back at it: {claim.printed or claim.count}, {claim.date}", 0.7)
    return Join(None, ArticleRole.BACKGROUND, "only looks back at an event that is not in the archive; opens no story")


def _looked_back_at(report: Report, stories: Sequence[Known]) -> Links:
    """The older stories that this report mentions."""
    claims = mentions(report)
    return tuple((story.id, LinkKind.BACKGROUND) for story in stories if any(_tells_of(story, claim) for claim in claims))


def _looking_back(mine: Sequence[Group], stories: Sequence[Known]) -> Links:
    """The stories that mentioned this report's people before they were in the archive."""
    own = [group for group in mine if not group.hinted]
    return tuple(
        (story.id, LinkKind.BACKGROUND) for story in stories if any(mentioned(claim, group) for claim in story.mentions for group in own)
    )


def _batches(mine: Sequence[Group], stories: Sequence[Known]) -> Links:
    """The nearest other batches of the same wave; said of both, so that either leads to the other."""
    near: list[tuple[int, int]] = []
    for story in stories:
        days = [days for one in mine for other in story.groups if (days := wave(one, other)) is not None]
        if days and not story.story.dismissed:
            near.append((min(days), story.id))
    return tuple((story, LinkKind.WAVE) for _, story in sorted(near)[:MOST_WAVE_LINKS])


def _parts(stories: Sequence[Known], mine: Sequence[Group], *, whole_is_mine: bool) -> Links:
    """Stories that are a batch of a larger whole with a story of its own ("1,060 in four days: 110, ..."), seen from either end."""
    found = []
    for story in stories:
        pairs = ((one, other) if whole_is_mine else (other, one) for one in mine for other in story.groups)
        if not story.story.dismissed and any(batch_of(whole, part) for whole, part in pairs):
            found.append((story.id, LinkKind.PART_OF))
    return tuple(found)


def _tells_of(story: Known, claim: Claim) -> bool:
    return any(mentioned(claim, group) for group in story.groups if not group.hinted)
