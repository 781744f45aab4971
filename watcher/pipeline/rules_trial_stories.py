"""Articles that other rules would gain or lose -> what that means for stories. Nothing is written.

Gained articles are put where the story room would put them, one after the other as they came in, so that two of one new
story are counted once. A story loses its articles only in the count: a running service never takes one out of a story.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from watcher import story
from watcher.model import ArticleRole, Level, Report, StoryFile
from watcher.pipeline.check import Watch
from watcher.pipeline.judging import strongest_of
from watcher.pipeline.take_in import report_of
from watcher.store import Database, by_hand, candidates, stories, telling, texts

AT_ONCE = 200  # stories loaded together
Kind = Literal["new", "gains", "loses some", "loses all"]


@dataclass(frozen=True, slots=True)
class StoryMove:
    """What becomes of one story. `story` is None for a new one; `articles` are those gained or lost, `left` those that stay."""

    kind: Kind
    story: int | None
    headline: str
    articles: tuple[int, ...]
    left: int = 0
    told: bool = False  # somebody was told of it


def story_moves(database: Database, gained: Sequence[int], lost: Sequence[int], new: Watch) -> tuple[StoryMove, ...]:
    """What the new rules would do to stories: new ones, those that gain articles, those that lose some or all."""
    return (*_Gains(database, new).take(gained), *_losses(database, lost, new))


class _Gains:
    """Puts gained articles into stories that exist only here: new ones have ids below zero."""

    def __init__(self, database: Database, new: Watch) -> None:
        self.database, self.new = database, new
        self.made: dict[int, StoryFile] = {}
        self.by_key: dict[str, set[int]] = {}
        self.joined: dict[int, list[int]] = {}

    def take(self, articles: Sequence[int]) -> list[StoryMove]:
        """Each article in the order in which it came in, but those that stand in a story already."""
        found = texts.texts_of(self.database, sorted(articles))
        for article in sorted(found):
            if stories.of_article(self.database, article):
                continue
            again = strongest_of(found[article], self.new)
            text, judged = again.text, again.judged
            report = report_of(
                text.entry, article=article, revision=text.revision, claims=judged.claims, rules=judged.verdict.rules,
                first_seen=text.first_seen, feed=None,
            )  # fmt: skip
            self._join(report)
        return [self._move(identity, articles) for identity, articles in self.joined.items()]

    def _join(self, report: Report) -> None:
        keys = story.search_keys(report)
        here = {identity for key in keys for identity in self.by_key.get(key, ())}
        where = story.join(
            report, [*candidates.find(self.database, *story.wanted(report)), *(self.made[identity] for identity in sorted(here))]
        )
        if where.story is None and where.role is ArticleRole.BACKGROUND:
            return  # it only looks back at something that is not in the archive
        known = sorted(one for one in (where.story, *where.merges) if one is not None and one > 0)
        identity = known[0] if known else where.story
        if identity is None:
            identity = -1 - len(self.made)
            self.made[identity] = StoryFile(id=identity, reports=(), first_seen=report.first_seen)
        self.joined.setdefault(identity, []).append(report.article)
        if identity < 0:
            self._keep(identity, replace(report, role=where.role, reason=where.reason, score=where.score))

    def _keep(self, identity: int, report: Report) -> None:
        """A new story with one more report, found from now on by what it says."""
        grown = self.made[identity] = replace(self.made[identity], reports=(*self.made[identity].reports, report))
        for key in story.index_keys(grown):
            self.by_key.setdefault(key, set()).add(identity)

    def _move(self, identity: int, articles: list[int]) -> StoryMove:
        if identity < 0:
            return StoryMove("new", None, story.decide(self.made[identity]).headline, tuple(articles))
        known = stories.load(self.database, identity)
        return StoryMove("gains", identity, _headline(known), tuple(articles), len(known.reports) if known else 0)


def _losses(database: Database, lost: Iterable[int], new: Watch) -> list[StoryMove]:
    """Stories that lost articles stand in. What a person put in, what has no text left, and what still matches stays."""
    gone = set(lost)
    touched = sorted({identity for article in gone for identity in stories.of_article(database, article)})
    moves = []
    for known in _loaded(database, touched):
        here = [report.article for report in known.reports if report.role is not ArticleRole.BACKGROUND]
        fixed = by_hand.articles(database, known.id or 0) | known.must
        others = [article for article in here if article not in gone and article not in fixed]
        kept = texts.texts_of(database, others)
        fallen = {article for article, stored in kept.items() if strongest_of(stored, new).level is not Level.MATCH}
        away = tuple(article for article in here if article in gone - fixed or article in fallen)
        if away:
            told = any(row["told"] for row in telling.history(database, known.id or 0))
            kind: Kind = "loses all" if len(away) == len(here) else "loses some"
            moves.append(StoryMove(kind, known.id, _headline(known), away, len(here) - len(away), told))
    return moves


def _loaded(database: Database, identities: Sequence[int]) -> Iterator[StoryFile]:
    for start in range(0, len(identities), AT_ONCE):
        yield from stories.load_many(database, identities[start : start + AT_ONCE])


def _headline(known: StoryFile | None) -> str:
    return known.facts.headline if known and known.facts else ""
