"""A report's groups and a story's -> why they are the same people, or None; two stories -> whether they are one.

Two groups are compared in `compare`; here one pair that fits is weighed against all others: most of what both sides say
of one step must not be of other people (an average link, so that one slip of a reader decides nothing).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from watcher.model import Claim, StoryFile
from watcher.story.apart import clash, contradict
from watcher.story.compare import GATHERED_SPAN, Match, part_of, same_people
from watcher.story.groups import CUSTODY, OUT, Group
from watcher.story.packed import said
from watcher.story.pairs import holds, same_figure

SURE = 0.7  # a score from which two stories with the same people are merged, and a dismissed story takes a report
LIKELY = 0.6  # the same where one of them knows only rounded figures and the report gives one: close figures, not words or a moving count


@dataclass(frozen=True, slots=True)
class Known:
    """A candidate with what its reports say, each statement once: copies of a text say nothing more."""

    story: StoryFile
    groups: tuple[Group, ...]
    mentions: tuple[Claim, ...]

    @property
    def id(self) -> int:
        """The number of the story."""
        return self.story.id or 0


def known(story: StoryFile) -> Known:
    """Return a story as it is compared."""
    groups_, looked_back = said(story)
    return Known(story, agreed(groups_, groups_), looked_back)


def agreed(told: Sequence[Group], others: Sequence[Group]) -> tuple[Group, ...]:
    """Return groups, each with what others say of an equal figure: its parts, of whom, and whether it is still being counted.

    Outlets tell of one flight with and without its parts, and of freed people as if they were home already.
    """
    by_figure: dict[int | None, list[Group]] = {}
    for other in others:
        by_figure.setdefault(other.low, []).append(other)
    return tuple(dict.fromkeys(_with_others(group, by_figure.get(group.low, ())) for group in told))


def kin(mine: Sequence[Group], theirs: Sequence[Group]) -> Match | None:
    """Return why a report's people are a story's, None where nothing says so or the rest of the two speaks against it."""
    mine, theirs = agreed(mine, theirs), agreed(theirs, mine)
    found = [
        match
        for one in mine
        for other in theirs
        if (match := same_people(one, other)) and not _spoken_against(match, one, other, mine, theirs)
    ]
    return max(found, default=None)


def some_of(mine: Sequence[Group], theirs: Sequence[Group]) -> Match | None:
    """Return why people are some of those the other side has in custody, whichever was told first.

    Only a first flight, as a second could as well be of others.
    """
    if any(group.phase == OUT for group in theirs):
        if any(group.phase != CUSTODY for group in mine) or any(group.phase != OUT for group in theirs):
            return None
        mine, theirs = theirs, mine
    return max((match for one in mine for other in theirs if (match := part_of(one, other))), default=None)


def one_story(report: Sequence[Group], best: Match, one: Known, match: Match, other: Known) -> bool:
    """Whether a report that belongs to two stories shows them to be one, and no person has kept them apart."""
    articles = [{report.article for report in each.story.reports} for each in (one, other)]
    if one.story.dismissed or other.story.dismissed or articles[0] & other.story.must_not or articles[1] & one.story.must_not:
        return False
    mine, theirs = agreed(one.groups, report), agreed(other.groups, report)
    if _holds(report, mine) and _holds(report, theirs):
        return True
    if opposed(mine, theirs) or not _of_one_people(mine, theirs):
        return False
    if match.moving or best.moving:
        return True
    if min(match.score, best.score) >= SURE:
        return _two_steps(mine, theirs) or not contradict(mine, theirs)
    return _provisional(report, best, mine, match, theirs)


def opposed(mine: Sequence[Group], theirs: Sequence[Group]) -> bool:
    """Whether most figures that both sides give for one step are of different people."""
    answers = [clash(one, other) for one in mine for other in theirs]
    against, answered = sum(one is True for one in answers), sum(one is not None for one in answers)
    return 2 * against > answered


def _spoken_against(match: Match, one: Group, other: Group, mine: Sequence[Group], theirs: Sequence[Group]) -> bool:
    """Whether most of what is told of the same step is of other people.

    A story that knows of one flight takes no second one because the arrest fits both: without this, arrests and
    flights of a busy month chain into one story. An article that names the arrest itself is let in by that figure.
    """
    if match.moving:
        longest = max(abs((one.day - group.day).days) for group in theirs if group.gathering)
        return longest > GATHERED_SPAN or opposed(mine, theirs)
    if not (one.nationality and other.nationality) and not _of_one_people(mine, theirs):
        return True
    if (one.recalled and not one.hinted) or (other.recalled and not other.hinted) or one.person:
        return False
    if one.hinted or other.hinted:
        return opposed(mine, theirs)
    return opposed([one], theirs) or opposed([other], mine)


def _with_others(group: Group, others: Sequence[Group]) -> Group:
    for other in others:
        if not same_figure(group, other):
            continue
        inside = tuple(dict.fromkeys((*group.inside, *other.inside)))
        wider = bool(group.nationality) and group.nationality < other.nationality
        if not wider and len(inside) == len(group.inside) and group.gathering >= other.gathering:
            continue  # most say nothing more; a copy costs more than the comparison
        group = replace(
            group,
            inside=inside,
            gathering=group.gathering or other.gathering,
            nationality=other.nationality if wider else group.nationality,
        )
    return group


def _holds(report: Sequence[Group], theirs: Sequence[Group]) -> bool:
    """Whether a report on people of several nations names a story's as those of one nation."""
    return any(match.score >= SURE and holds(whole, part) for whole in report for part in theirs if (match := same_people(whole, part)))


def _of_one_people(mine: Sequence[Group], theirs: Sequence[Group]) -> bool:
    """Whether two sides have a nationality in common, as far as they name any. A survey of many countries proves nothing of them."""
    named = [frozenset(code for group in groups_ for code in group.nationality) for groups_ in (mine, theirs)]
    return not named[0] or not named[1] or bool(named[0] & named[1])


def _provisional(report: Sequence[Group], best: Match, mine: Sequence[Group], match: Match, theirs: Sequence[Group]) -> bool:
    """Whether one of two stories opened only because the report with the counted figure had not come yet."""
    if (best.score >= SURE and _only_rounded(theirs)) or (match.score >= SURE and _only_rounded(mine)):
        return True
    counted = all(group.low is not None for group in report)
    likely = counted and min(best.score, match.score) >= LIKELY and not contradict(mine, theirs)
    return likely and _only_rounded(mine) != _only_rounded(theirs)


def _only_rounded(theirs: Sequence[Group]) -> bool:
    """Whether a story knows no counted figure: it opened only because the report with the figure had not come yet."""
    return bool(theirs) and not any(group.exact for group in theirs)


def _two_steps(mine: Sequence[Group], theirs: Sequence[Group]) -> bool:
    """Whether two stories can be arrest and departure of one group: one only in custody, one out, of a nationality in common."""
    phases = [max((group.phase or CUSTODY for group in groups_), default=CUSTODY) for groups_ in (mine, theirs)]
    return sorted(phases) == [CUSTODY, OUT] and all(group.nationality for group in (*mine, *theirs)[:1]) and _of_one_people(mine, theirs)
