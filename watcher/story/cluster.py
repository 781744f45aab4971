"""Report and candidate stories -> Join: which story a report belongs to, why, and how sure.

Order: what a person has said; the same address; the same text; the same people by typed facts (nationality, figure,
step, day); near-equal headlines of articles whose facts do not contradict. Words alone never join what facts keep
apart. Where candidates come from is `keys`; why people are the same is `kinship`; links are in `links`; nothing is stored here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from watcher.model import ArticleRole, Join, Report, StoryFile
from watcher.story.apart import contradict
from watcher.story.compare import Match
from watcher.story.corrections import covered
from watcher.story.groups import Group, groups, looks_back_only, reported_day
from watcher.story.keys import TITLE_DAYS, index_keys, search_keys, window
from watcher.story.kinship import SURE, Known, kin, known, one_story, some_of
from watcher.story.links import links_of, looks_back
from watcher.story.pairs import nearest_ratio
from watcher.story.sources import repeated
from watcher.story.text import equal_titles, same_title

__all__ = ["index_keys", "join", "search_keys", "window"]


COPY_DAYS = 30  # agencies' texts are printed within days, and again in reviews of the month; later, outlets reuse their own wording


class _Found(NamedTuple):
    story: Known
    match: Match
    days: int
    copy_of: Report | None = None
    partial: bool = False
    apart: float = 0.0

    @property
    def first(self) -> date:
        """The story's first day: equally good stories are told apart by what they say, not by which came first."""
        return min((group.day for group in self.story.groups), default=date.max)


def join(report: Report, candidates: Sequence[StoryFile]) -> Join:
    """Return where `report` goes among the stories found by `search_keys(report)`; pure, the candidates' order does not matter."""
    stories = [known(story) for story in candidates if story.id is not None]
    mine = groups(report)
    for one in stories:
        if report.article in one.story.must:
            return _joined(report, mine, _Found(one, Match(1.0, "a person put it here"), 0), stories, ())
    allowed = [one for one in stories if report.article not in one.story.must_not]
    for one in allowed:
        if any(report.article == other.article for other in one.story.reports):
            return _joined(report, mine, _Found(one, Match(1.0, "same article, read again"), 0), stories, ())
    if looks_back_only(report):
        return looks_back(report, allowed)
    found = sorted(_findings(report, mine, allowed), key=lambda one: (-one.match.score, one.days, one.apart, one.first, one.story.id))
    if not found:
        return _opens(report, mine, stories)
    return _joined(report, mine, found[0], stories, tuple(found[1:]))


def _findings(report: Report, mine: Sequence[Group], allowed: Sequence[Known]) -> list[_Found]:
    """Every candidate that the report could belong to. Some of a larger group is said only of a sole such story."""
    found = [one for story in allowed if (one := _find(report, mine, story))]
    partial = sum(one.partial for one in found)
    return [one for one in found if not one.partial or partial == 1]


def _find(report: Report, mine: Sequence[Group], candidate: Known) -> _Found | None:
    story, theirs = candidate.story, candidate.groups
    days = min(abs((one.day - other.day).days) for one in mine for other in theirs) if mine and theirs else _days_between(report, story)
    same_address = _names_an_article(report.canonical_url) and any(report.canonical_url == other.canonical_url for other in story.reports)
    if same_address:
        return _Found(candidate, Match(1.0, "same address"), days)
    facts = kin(mine, theirs)
    news = story.dismissed and bool(mine) and not covered(mine, theirs)  # who says more than what was dismissed is heard
    if facts and not (story.dismissed and (facts.score < SURE or news)):
        return _Found(candidate, facts, days, apart=nearest_ratio(mine, theirs))
    contradicts = contradict(mine, theirs)
    if not contradicts and not news and (original := repeated(report, _of_these_weeks(report, story))):
        return _Found(candidate, Match(0.95, f"repeats the text of {_name(original)}"), days, original)
    if story.dismissed:  # it covers its articles and their copies; what else is said of these people is news again
        return None
    if not contradicts and (twin := _same_headline(report, story)):
        return _Found(candidate, Match(0.65, f"nearly the headline of {_name(twin)}, within {TITLE_DAYS} days"), days)
    partial = some_of(mine, theirs)
    return _Found(candidate, partial, days, partial=True) if partial else None


def _joined(report: Report, mine: Sequence[Group], best: _Found, stories: Sequence[Known], others: Sequence[_Found]) -> Join:
    """The report's place in the best story; other stories that it proves to be of the same people are merged into it."""
    original = best.copy_of or repeated(report, best.story.story.reports)
    same = {one.story.id for one in others if one_story(mine, best.match, best.story, one.match, one.story)}
    # The lower id survives a merge: people may have quoted it.
    first, *merges = sorted({best.story.id, *same})
    rest = [other for other in stories if other.id not in (first, *merges)]
    reason = best.match.reason if original is None or best.copy_of else f"{best.match.reason}; repeats the text of {_name(original)}"
    links, linked_from = links_of(report, mine, rest)
    role = ArticleRole.COPY if original else ArticleRole.REPORT
    return Join(first, role, reason, best.match.score, links, linked_from, tuple(merges))


def _opens(report: Report, mine: Sequence[Group], stories: Sequence[Known]) -> Join:
    links, linked_from = links_of(report, mine, stories)
    reason = "no story has the same people" if mine else "no people named, and no story has its words"
    return Join(None, ArticleRole.REPORT, reason, links=links, linked_from=linked_from)


def _of_these_weeks(report: Report, story: StoryFile) -> list[Report]:
    """A story's reports that words alone may join a report to: what is printed again a season later tells of others."""
    day = reported_day(report)
    # Of a text without a day of publication, as one put in by hand, nobody knows when it was printed.
    return [
        other for other in story.reports if not (report.published and other.published) or abs((reported_day(other) - day).days) <= COPY_DAYS
    ]


def _same_headline(report: Report, story: StoryFile) -> Report | None:
    day = reported_day(report)
    near = (other for other in story.reports if abs((reported_day(other) - day).days) <= TITLE_DAYS)
    return next((other for other in near if _alike(report, other)), None)


def _alike(report: Report, other: Report) -> bool:
    """Whether two headlines are nearly equal; equal ones whatever language their feeds declare, which is often wrong."""
    if report.language != other.language:
        return equal_titles(report.title, other.title)
    return same_title(report.title, other.title)


@lru_cache(maxsize=64)  # asked of one report for every candidate
def _names_an_article(url: str) -> bool:
    """Whether an address is an article's: feeds that link every item to the home page would make them all one story."""
    parts = urlsplit(url)
    return bool(parts.path.strip("/") or parts.query)


def _days_between(report: Report, story: StoryFile) -> int:
    return min((abs((reported_day(report) - reported_day(other)).days) for other in story.reports), default=0)


def _name(report: Report) -> str:
    outlet = report.source or "an article without a named outlet"
    return f"{outlet}, via {report.via}" if report.via else outlet
