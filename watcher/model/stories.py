"""What STORY works on: Reports, a StoryFile with its Facts, how a report joins, what changed and whether it is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from watcher.model.judging import Claim
from watcher.model.lists import ArticleRole, Called, ChangeKind, Confidence, Level, LinkKind, Qualifier, Stage, Status


@dataclass(frozen=True, slots=True)
class Report:
    """One judged article, ready for the story room: what it says, and nothing about where it goes."""

    article: int
    revision: int
    url: str
    canonical_url: str
    title: str
    text: str
    source: str
    language: str | None
    published: datetime | None
    first_seen: datetime
    claims: tuple[Claim, ...]
    rules: tuple[str, ...] = ()
    via: str | None = None
    text_from: str = "feed"
    state_media: bool = False
    official: bool = False
    role: ArticleRole = ArticleRole.REPORT
    reason: str = ""
    score: float = 0.0
    level: Level = Level.MATCH

    @property
    def time(self) -> datetime:
        """Story time without a dated claim: publication, else first sight. Never the clock of a run."""
        return self.published or self.first_seen


@dataclass(frozen=True, slots=True)
class PeopleRow:
    """People of a story who reached one stage; `figures` keeps every source's number where they differ."""

    stage: Stage
    status: Status
    nationality: tuple[str, ...] | None
    count: int | None
    count_max: int | None
    qualifier: Qualifier
    date: date | None = None
    figures: tuple[tuple[str, str], ...] = ()  # (source, printed), only where sources disagree
    checked_by: str | None = None  # who set or confirmed this figure, with the day: "Dara, 10 Nov"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a story says, decided from its claims by rules that a person can read."""

    headline: str
    stage: Stage | None
    date: date | None
    origin: str | None
    to: tuple[str, ...]
    places: tuple[str, ...]
    called: Called
    people: tuple[PeopleRow, ...]
    total: int | None
    total_max: int | None
    confidence: Confidence
    sources: tuple[str, ...]  # independent outlets, first reporter first
    copies: tuple[tuple[str, str], ...] = ()  # (outlet, whose text it repeats)
    checked_by: str | None = None
    rules: tuple[str, ...] = ()
    articles: tuple[int, ...] = field(default=(), compare=False)  # behind the figures, first report first; so that any day can be read back


@dataclass(frozen=True, slots=True)
class Standing:
    """A story as the ledger needs it, today's or as it stood on a day: what it said, and what stood behind it. No texts."""

    id: int
    facts: Facts
    first_seen: datetime
    updated: datetime  # when something last happened to it
    links: tuple[tuple[int, LinkKind], ...] = ()
    urls: tuple[str, ...] = ()  # of its articles, exactly as first received


@dataclass(frozen=True, slots=True)
class MonthRead:
    """What was read of one month: outlets, and their languages."""

    outlets: frozenset[str]
    languages: frozenset[str]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was read, by month ("2023-11"), and in the 30 days before the moment it is asked of."""

    months: dict[str, MonthRead]
    lately: MonthRead
    until: datetime


@dataclass(frozen=True, slots=True)
class StoryFile:
    """A story with everything the story room needs to decide about it. `id` is None until it is stored."""

    id: int | None
    reports: tuple[Report, ...]
    facts: Facts | None = None
    first_seen: datetime | None = None
    updated: datetime | None = None
    links: tuple[tuple[int, LinkKind], ...] = ()
    must: frozenset[int] = frozenset()  # articles a person has said belong here
    must_not: frozenset[int] = frozenset()  # articles a person has said do not belong here
    checked_by: str | None = None  # who confirmed the figures, with the day: "Dara, 10 Nov"
    confirmed: tuple[PeopleRow, ...] = ()  # figures a person set; they stand in place of those decided from claims
    replaced: tuple[PeopleRow, ...] = ()  # rows of claims that a person found wrong: of other people, or of another stage
    own_places: tuple[str, ...] | None = None  # places a person set
    dismissed: bool = False
    people: str | None = None  # what its reports say of people, kept for comparing (`story.pack`); they come without claims then


@dataclass(frozen=True, slots=True)
class Join:
    """Where a report goes: an existing story, or a new one (`story` None), with the reason and score of it.

    `story` None with the role BACKGROUND opens no story: the article only looks back at something not in the
    archive. `links` go from the report's story to older ones; `linked_from` are stories that look back at the
    report's story, seen only now. `merges` are other stories that this report proves to be the same.
    """

    story: int | None
    role: ArticleRole
    reason: str
    score: float = 0.0
    links: tuple[tuple[int, LinkKind], ...] = ()
    linked_from: tuple[tuple[int, LinkKind], ...] = ()
    merges: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened to a story. `live` is False for what a first poll or a backfill brought."""

    story: int
    kind: ChangeKind
    before: Facts | None
    after: Facts
    reason: str
    live: bool = True
    at: datetime | None = None
    id: int | None = None
    correction: int | None = None  # the person's correction behind it
    late: datetime | None = None  # when it would have been found, had no outage or gap held it; None: found in time


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether an audience is told of a story now, as what, and why (the "no" ones too).

    `wait` is True where it is only too early: the changes stay undecided and are asked about again.
    """

    tell: bool
    kind: ChangeKind
    reason: str
    before: Facts | None = None
    wait: bool = False
