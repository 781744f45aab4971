"""Report and candidate stories -> Join: which story a report belongs to, why, and how sure.

Order: what a person has said; the same address; the same text; the same people by typed facts (nationality, figure,
step, day); near-equal headlines of articles whose facts do not contradict. Words alone never join what facts keep
apart. Where candidates come from is `keys`; what two groups have in common is `compare`; nothing is stored here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from watcher.model import ArticleRole, Join, LinkKind, Report, StoryFile
from watcher.story import keys
from watcher.story.compare import GATHERED_SPAN, Match, apart, contradict, mentioned, part_of, same_people, wave
from watcher.story.groups import CUSTODY, OUT, Group, groups, looks_back_only, mentions, reported_day
from watcher.story.keys import index_keys, search_keys, window
from watcher.story.sources import repeated
from watcher.story.text import equal_titles, same_title

__all__ = ["index_keys", "join", "search_keys", "window"]

SURE = 0.7  # a score from which two stories with the same people are merged, and a dismissed story takes a report
MOST_WAVE_LINKS = 3  # nearest batches of a wave that are linked; the others are reached through them


class _Found(NamedTuple):
    story: StoryFile
    match: Match
    days: int
    copy_of: Report | None = None
    partial: bool = False


def join(report: Report, candidates: Sequence[StoryFile]) -> Join:
    """Return where `report` goes among the stories found by `search_keys(report)`; pure, the candidates' order does not matter."""
    known = [story for story in candidates if story.id is not None]
    for story in known:
        if report.article in story.must:
            return _joined(report, _Found(story, Match(1.0, "a person put it here"), 0), known, ())
    allowed = [story for story in known if report.article not in story.must_not]
    for story in allowed:
        if any(report.article == other.article for other in story.reports):
            return _joined(report, _Found(story, Match(1.0, "same article, read again"), 0), known, ())
    if looks_back_only(report):
        return _looks_back(report, allowed)
    found = sorted(_findings(report, allowed), key=lambda one: (-one.match.score, one.days, one.story.id))
    if not found:
        return _opens(report, known)
    return _joined(report, found[0], known, tuple(found[1:]))


def _findings(report: Report, allowed: Sequence[StoryFile]) -> Iterator[_Found]:
    """Every candidate that the report could belong to. Some of a larger group is said only of a sole such story."""
    mine = groups(report)
    found = [one for story in allowed if (one := _find(report, mine, story))]
    partial = [one for one in found if one.partial]
    yield from (one for one in found if not one.partial or len(partial) == 1)


def _find(report: Report, mine: Sequence[Group], story: StoryFile) -> _Found | None:
    theirs = [group for other in story.reports for group in groups(other)]
    days = min((abs((one.day - other.day).days) for one in mine for other in theirs), default=_days_between(report, story))
    same_address = _names_an_article(report.canonical_url) and any(report.canonical_url == other.canonical_url for other in story.reports)
    if same_address:
        return _Found(story, Match(1.0, "same address"), days)
    facts = max((match for one in mine for other in theirs if (match := _same(one, other, theirs))), default=None)
    if facts and not (story.dismissed and (facts.score < SURE or _goes_further(mine, theirs))):
        return _Found(story, facts, days)
    contradicts = contradict(mine, theirs)
    if not contradicts and (original := repeated(report, story.reports)):
        return _Found(story, Match(0.95, f"repeats the text of {_name(original)}"), days, original)
    if story.dismissed:  # it covers its articles and their copies; what else is said of these people is news again
        return None
    if not contradicts and (twin := _same_headline(report, story)):
        return _Found(story, Match(0.65, f"nearly the headline of {_name(twin)}, within {keys.TITLE_DAYS} days"), days)
    return _partial(mine, theirs, story, days)


def _same(one: Group, other: Group, theirs: Sequence[Group]) -> Match | None:
    """Why two groups are the same people, unless the rest of the story speaks against it.

    A story that knows of one flight takes no second one because the arrest fits both: without this, arrests and
    flights of a busy month chain into one story. An article that names the arrest itself is let in by that figure.
    """
    match = same_people(one, other)
    if match is None:
        return None
    same_step = [group for group in theirs if group.phase == one.phase and not group.recalled and not group.person]
    if one.phase != other.phase and same_step and not one.person and all(apart(one, group) for group in same_step):
        return None
    if match.moving and max(abs((one.day - group.day).days) for group in same_step) > GATHERED_SPAN:
        return None
    return match


def _partial(mine: Sequence[Group], theirs: Sequence[Group], story: StoryFile, days: int) -> _Found | None:
    """Some of the people the story has in custody; only a first flight, as a second could as well be of others."""
    if any(group.phase == OUT for group in theirs):
        return None
    match = max((match for one in mine for other in theirs if (match := part_of(one, other))), default=None)
    return _Found(story, match, days, partial=True) if match else None


def _joined(report: Report, best: _Found, known: Sequence[StoryFile], others: Sequence[_Found]) -> Join:
    """The report's place in the best story; other stories that it proves to be of the same people are merged into it."""
    story, mine = best.story, groups(report)
    original = best.copy_of or repeated(report, story.reports)
    # The lower id survives a merge: people may have quoted it.
    first, *merges = sorted({story.id or 0, *(one.story.id or 0 for one in others if _proves_one(best, one))})
    rest = [other for other in known if other.id not in (first, *merges)]
    reason = best.match.reason if original is None or best.copy_of else f"{best.match.reason}; repeats the text of {_name(original)}"
    return Join(
        story=first,
        role=ArticleRole.COPY if original else ArticleRole.REPORT,
        reason=reason,
        score=best.match.score,
        links=_looked_back_at(report, rest) + _batches(mine, rest),
        linked_from=_looking_back(mine, rest),
        merges=tuple(merges),
    )


def _opens(report: Report, known: Sequence[StoryFile]) -> Join:
    mine = groups(report)
    links = _looked_back_at(report, known) + _batches(mine, known)
    reason = "no story has the same people" if mine else "no people named, and no story has its words"
    return Join(None, ArticleRole.REPORT, reason, links=links, linked_from=_looking_back(mine, known))


def _looks_back(report: Report, allowed: Sequence[StoryFile]) -> Join:
    """An article that only tells of an older event belongs to that story as background, else to none."""
    for claim in mentions(report):
        older = [story for story in allowed if any(mentioned(claim, group) for group in _groups(story))]
        if older:
            first = min(older, key=lambda story: story.id or 0)
            return Join(first.id, ArticleRole.BACKGROUND, f"only looks back at it: {claim.printed or claim.count}, {claim.date}", 0.7)
    return Join(None, ArticleRole.BACKGROUND, "only looks back at an event that is not in the archive; opens no story")


def _looked_back_at(report: Report, stories: Sequence[StoryFile]) -> tuple[tuple[int, LinkKind], ...]:
    """Links to the older stories that this report mentions."""
    claims = mentions(report)
    return tuple(
        (story.id, LinkKind.BACKGROUND)
        for story in stories
        if story.id is not None and any(mentioned(claim, group) for claim in claims for group in _groups(story))
    )


def _looking_back(mine: Sequence[Group], stories: Sequence[StoryFile]) -> tuple[tuple[int, LinkKind], ...]:
    """Links from stories that mentioned this report's people before they were in the archive."""
    return tuple(
        (story.id, LinkKind.BACKGROUND)
        for story in stories
        if story.id is not None and any(mentioned(claim, group) for other in story.reports for claim in mentions(other) for group in mine)
    )


def _batches(mine: Sequence[Group], stories: Sequence[StoryFile]) -> tuple[tuple[int, LinkKind], ...]:
    """Links to the nearest other batches of the same wave."""
    near: list[tuple[int, int]] = []
    for story in stories:
        days = [days for one in mine for other in _groups(story) if (days := wave(one, other)) is not None]
        if days and story.id is not None and not story.dismissed:
            near.append((min(days), story.id))
    return tuple((story, LinkKind.WAVE) for _, story in sorted(near)[:MOST_WAVE_LINKS])


def _goes_further(mine: Sequence[Group], theirs: Sequence[Group]) -> bool:
    """Whether a report says of dismissed people what was not known of them: a later step makes it news again."""
    return max((one.phase or CUSTODY for one in mine), default=CUSTODY) > max((one.phase or CUSTODY for one in theirs), default=CUSTODY)


def _proves_one(best: _Found, other: _Found) -> bool:
    """Whether a report that belongs to two stories shows them to be one, and no person has kept them apart."""
    one, two = best.story, other.story
    articles = {report.article for report in one.reports}, {report.article for report in two.reports}
    if one.dismissed or two.dismissed or articles[0] & two.must_not or articles[1] & one.must_not:
        return False
    if other.match.moving:
        return True
    if min(best.match.score, other.match.score) < SURE:
        return False
    return _two_steps(_groups(one), _groups(two)) or not contradict(_groups(one), _groups(two))


def _two_steps(one: Sequence[Group], other: Sequence[Group]) -> bool:
    """Whether two stories can be arrest and departure of one group: one only in custody, one out, of a nationality in common."""
    phases = [max((group.phase or CUSTODY for group in groups_), default=CUSTODY) for groups_ in (one, other)]
    named = [frozenset(code for group in groups_ for code in group.nationality) for groups_ in (one, other)]
    return sorted(phases) == [CUSTODY, OUT] and bool(named[0] & named[1])


def _same_headline(report: Report, story: StoryFile) -> Report | None:
    day = reported_day(report)
    near = (other for other in story.reports if abs((reported_day(other) - day).days) <= keys.TITLE_DAYS)
    return next((other for other in near if _alike(report, other)), None)


def _alike(report: Report, other: Report) -> bool:
    """Whether two headlines are nearly equal; equal ones whatever language their feeds declare, which is often wrong."""
    if report.language != other.language:
        return equal_titles(report.title, other.title)
    return same_title(report.title, other.title)


def _names_an_article(url: str) -> bool:
    """Whether an address is an article's: feeds that link every item to the home page would make them all one story."""
    parts = urlsplit(url)
    return bool(parts.path.strip("/") or parts.query)


def _groups(story: StoryFile) -> list[Group]:
    return [group for report in story.reports for group in groups(report)]


def _days_between(report: Report, story: StoryFile) -> int:
    return min((abs((reported_day(report) - reported_day(other)).days) for other in story.reports), default=0)


def _name(report: Report) -> str:
    outlet = report.source or "an article without a named outlet"
    return f"{outlet}, via {report.via}" if report.via else outlet
