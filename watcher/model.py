"""The nouns that travel between rooms: frozen, typed, no I/O.

In the order in which they come to be: Feed, Entry, Vocabulary, Reading, Verdict, Claim, StoryFile and Facts,
Change, Account, Digest, Message. Closed lists (stages, roles, kinds) are written here and nowhere else. Times
are aware datetimes in UTC; days are dates; countries ISO 3166-1 alpha-2; languages BCP 47.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

# ------------------------------------------------------------------ closed lists


class Stage(StrEnum):
    """What happened to people, in order; the three ways out of the country are one rank (see STAGE_RANK)."""

    RAID = "raid"
    ARRESTED = "arrested"
    DETAINED = "detained"
    RESCUED = "rescued"
    CHARGED = "charged"
    DEPORTED = "deported"
    REPATRIATED = "repatriated"
    EXTRADITED = "extradited"
    SENTENCED = "sentenced"


STAGE_RANK: dict[Stage, int] = {
    Stage.RAID: 0,
    Stage.ARRESTED: 1,
    Stage.DETAINED: 2,
    Stage.RESCUED: 3,
    Stage.CHARGED: 4,
    Stage.DEPORTED: 5,
    Stage.REPATRIATED: 5,
    Stage.EXTRADITED: 5,
    Stage.SENTENCED: 6,
}


class Status(StrEnum):
    """Whether a stage is reported as done or only announced."""

    DONE = "done"
    ANNOUNCED = "announced"


class Called(StrEnum):
    """What the source calls the people; the source's own word is kept beside it."""

    SUSPECTS = "suspects"
    VICTIMS = "victims"
    MIXED = "mixed"
    NOT_SAID = "not_said"


class Qualifier(StrEnum):
    """How a count is meant."""

    EXACT = "exact"
    ABOUT = "about"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


class Role(StrEnum):
    """What a claim is to its article."""

    MAIN = "main"
    PART = "part"
    BACKGROUND = "background"
    TALLY = "tally"


class Level(StrEnum):
    """What rules said of one revision, strongest first; a rule itself has one of the first three."""

    MATCH = "match"
    WATCH = "watch"
    LEAD = "lead"
    NO = "no"


class FeedKind(StrEnum):
    """Where entries come from; every source is a feed, the past and the self-test too."""

    FEED = "feed"
    SEARCH = "search"
    BACKFILL = "backfill"
    CANARY = "canary"


class ChangeKind(StrEnum):
    """What happened to a story. COVERAGE is more of the same: counted, never told by itself."""

    NEW = "new"
    STAGE = "stage"
    FIGURE = "figure"
    CORRECTION = "correction"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"
    COVERAGE = "coverage"


class Confidence(StrEnum):
    """The one label of how sure a story is."""

    ONE_SOURCE = "one_source"
    INDEPENDENT = "independent"
    STATE_ONLY = "state_only"
    CHECKED = "checked"


class ArticleRole(StrEnum):
    """What an article is to its story."""

    REPORT = "report"
    COPY = "copy"
    BACKGROUND = "background"


class LinkKind(StrEnum):
    """How two stories belong together without being one."""

    BACKGROUND = "background"
    WAVE = "wave"
    PART_OF = "part_of"


class ChannelKind(StrEnum):
    """The ways out."""

    EMAIL = "email"
    SLACK = "slack"
    WEBHOOK = "webhook"
    FOLDER = "folder"


class MessageKind(StrEnum):
    """Why a message is sent; it decides how long and how often we try."""

    DIGEST = "digest"
    ALERT = "alert"
    OPERATOR = "operator"
    TEST = "test"


# ------------------------------------------------------------------ collect


@dataclass(frozen=True, slots=True)
class Feed:
    """An address that is polled, as the database knows it now.

    `url` is as configured; `in_use` is the address that answers, where that is one of `fallbacks`. `validated_url` is the final URL that
    `etag` and `last_modified` belong to; they are sent back byte for byte and only there. `body_hash` is of the
    bytes on the wire; `items` are the fingerprints of the raw items of the newest body, in its order.
    """

    id: int
    url: str
    title: str
    kind: FeedKind = FeedKind.FEED
    language: str | None = None
    key: bool = False
    state_media: bool = False
    official: bool = False
    allow_private: bool = False
    fallbacks: tuple[str, ...] = ()
    in_use: str | None = None
    auto: bool = False  # `enabled = "auto"`: try the address, then the fallbacks, keep what answers
    time_zone: str | None = None  # for dates the feed prints without a zone
    interval: timedelta = timedelta(hours=1)
    etag: str | None = None
    last_modified: str | None = None
    validated_url: str | None = None
    body_hash: bytes | None = None
    items: bytes = b""
    failures: int = 0
    first_ok: datetime | None = None
    last_ok: datetime | None = None
    next_poll: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One sighting of an item in a feed, as plain text: no markup, bounded, but otherwise as printed.

    `key` is its identity within the feed: the id, else the canonical URL, else a hash of title and text.
    `url` is as received and may be empty. `source` is the outlet; `via` the search that found it, if one did.
    `text_from` says how much was there to judge: "feed", "page" (the article itself), "title" or "backfill".
    """

    key: str
    url: str
    canonical_url: str
    title: str
    text: str = ""
    language: str | None = None
    published: datetime | None = None
    source: str = ""
    via: str | None = None
    text_from: str = "feed"
    state_media: bool = False
    official: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one poll of one feed brought. Exactly one of the three is the case: unchanged, entries, or problem."""

    feed_id: int
    at: datetime
    outcome: str  # "unchanged", "changed", "failed"; what `polls.outcome` holds
    status: int | None = None
    entries: tuple[Entry, ...] = ()
    known: int = 0  # items whose bytes were those of the poll before; not read again
    items: bytes = b""  # fingerprints of all items of this body
    body_hash: bytes | None = None
    etag: str | None = None
    last_modified: str | None = None
    final_url: str | None = None
    moved_to: str | None = None  # permanent redirects only: offered to the operator, never followed silently
    next_poll: datetime | None = None
    interval: timedelta | None = None
    feed_title: str | None = None
    feed_language: str | None = None
    warning: str | None = None  # read, but broken: "degraded parse: ..."
    problem: str | None = None  # not read: "403", "answers with a web page, not a feed"
    dropped: int = 0  # items over the limit of one feed; said, never silent
    wire_bytes: int = 0
    seconds: float = 0.0
    used_fallback: bool = False
    answered_url: str | None = None  # the configured address or fallback that answered


@dataclass(frozen=True, slots=True)
class Page:
    """The article behind a lead: its text, and the address it was really read from."""

    url: str
    final_url: str
    title: str
    text: str
    language: str | None = None
    published: datetime | None = None
    body_hash: bytes = b""


# ------------------------------------------------------------------ read and match


@dataclass(frozen=True, slots=True)
class Span:
    """Characters of the original title or text, end not included."""

    field: str  # "title" or "text"
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Term:
    """One word or phrase that rules look for, folded. `concept` is None for a word written into a rule itself."""

    text: str
    concept: str | None
    language: str | None
    prefix: bool = False  # `scam*`: the word may go on
    whole_word: bool = True  # False in scripts without spaces


@dataclass(frozen=True, eq=False)
class Language:
    """What `languages/<code>.toml` says of one language. Terms are as written there: a final `*` means that the word may go on.

    `concepts` holds every concept a rule can name, those built from stages, places and demonyms too. Mappings
    by ISO code are countries; `places` goes from the English name to the terms for it.
    """

    code: str
    name: str
    tags: tuple[str, ...]  # BCP 47 tags that mean this file; the first is the usual one
    checked_by: str = ""  # the speaker who has read it; empty until one has
    spaces: bool = True  # False: words are written together, terms match anywhere
    prefix: bool = False  # True: particles and endings are glued on, so that every term may go on
    glued: tuple[str, ...] = ()  # particles written together with the word after them (Arabic)
    enders: tuple[str, ...] = (".", "!", "?")
    abbreviations: tuple[str, ...] = ()  # their full stop ends no sentence
    frequent: tuple[str, ...] = ()  # its most frequent small words, which tell it from others of its script
    thousands: tuple[str, ...] = (",",)
    concepts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    places: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    countries: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    demonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stages: Mapping[Stage, tuple[str, ...]] = field(default_factory=dict)
    pending: tuple[str, ...] = ()
    ahead: tuple[str, ...] = ()  # before a word for leaving: "will", "ask for"; it is not done
    denied: tuple[str, ...] = ()  # before a word for a step: "not"; it was not taken
    counters: tuple[str, ...] = ()  # words for people that are counted: "nationals", 人, នាក់
    called: Mapping[Called, tuple[str, ...]] = field(default_factory=dict)
    parts: tuple[str, ...] = ()  # words that make a figure part of another: "of them", "women"
    not_people: tuple[str, ...] = ()  # units, money, groups, and people who are not the story: "officers"
    shares: tuple[str, ...] = ()  # between a part and its whole: the "of" in "48 of 68 South Koreans"
    closers: tuple[str, ...] = ()  # particles that end the words for a figure's people: the は of 29人は
    again: tuple[str, ...] = ()  # words for people already named: "they", "all of them"
    numbers: Mapping[str, int] = field(default_factory=dict)
    multipliers: Mapping[str, int] = field(default_factory=dict)
    vague: Mapping[str, int] = field(default_factory=dict)  # "dozens": at least 24
    qualifiers: Mapping[Qualifier, tuple[str, ...]] = field(default_factory=dict)
    months: Mapping[str, int] = field(default_factory=dict)
    weekdays: Mapping[str, int] = field(default_factory=dict)  # Monday is 0
    days: Mapping[str, int] = field(default_factory=dict)  # "yesterday": -1
    dates: tuple[str, ...] = ()  # patterns of {y} {m} {d} {month}
    past: tuple[str, ...] = ()  # anchors of an older event: "last year"
    since: tuple[str, ...] = ()  # anchors of a running total: "since", "so far"
    to_before: tuple[str, ...] = ()
    to_after: tuple[str, ...] = ()
    from_before: tuple[str, ...] = ()
    from_after: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Every term that the compiled rules need, and the gate.

    `terms[i]` is what a Hit's `term` points to. `gate` holds, for each rule, alternatives of term sets of which
    each must have a hit for the rule to hold at all; where no rule's gate opens, nothing else is looked for.
    Compared by identity: a new rule set is a new Vocabulary.
    """

    terms: tuple[Term, ...]
    gate: tuple[tuple[frozenset[int], ...], ...]
    languages: tuple[Language, ...] = ()  # for sentences and claims
    people: tuple[str, ...] = ()  # the operator's list of named persons (kingpins)


@dataclass(frozen=True, slots=True)
class RuleText:
    """A rule as it is written: one query a level, each optional, and where it stands in which file."""

    name: str
    match: str | None = None
    watch: str | None = None
    lead: str | None = None
    examples: tuple[tuple[str, bool], ...] = ()  # (text, whether it must match)
    file: str = "rules.toml"
    line: int = 0
    query_lines: tuple[tuple[str, int], ...] = ()  # ("match", 12), ("lead", 13): for errors
    example_lines: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ConceptEdit:
    """What rules.toml does to a concept in one language: `"scam.en" = { add = ["love scam"] }`."""

    concept: str
    language: str
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    replace: tuple[str, ...] | None = None
    line: int = 0


class Hit(NamedTuple):
    """One term found: offsets are of the folded field; `Reading.span` leads back to the original.

    A tuple, because a text with common words makes dozens and a frozen dataclass costs three times as much to make.
    """

    term: int
    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Claim:
    """One fact that one revision states about a number of people.

    `count` is the lower figure and `count_max` the upper one; both None when no number is printed ("dozens" is
    at_least with a count). `printed` is the figure as the source has it. `nationality` is None where the text
    names none, ("foreigners" is None too). `word` is the source's own word for the people. `start` and `end`
    lie on `sentence` in the original field.
    """

    role: Role
    stage: Stage | None
    status: Status = Status.DONE
    count: int | None = None
    count_max: int | None = None
    qualifier: Qualifier = Qualifier.EXACT
    printed: str = ""
    nationality: tuple[str, ...] | None = None
    foreigners: bool = False
    called: Called = Called.NOT_SAID
    word: str | None = None
    origin: str | None = None  # from which country
    to: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    date: date | None = None
    date_precision: str | None = None  # "day", "month", "year"; None without a date
    person: str | None = None  # of the operator's list only
    sentence: str = ""
    field: str = "text"
    start: int = 0
    end: int = 0


class FoldedText(Protocol):
    """Text in the one form in which terms are looked for, with its way back; `watcher.fold` makes it."""

    @property
    def text(self) -> str:
        """The folded text."""

    @property
    def source(self) -> str:
        """The original."""

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Lead offsets of the folded text back to the original characters."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence; offsets are of the folded field, end not included."""

    field: str
    start: int
    end: int


@dataclass(frozen=True, eq=False, slots=True)
class Reading:
    """What was seen in one entry: every hit of the vocabulary and, where the gate opened, sentences and claims.

    `sentences` and `claims` are None where they were not looked for, which is not the same as none found.
    """

    entry: Entry
    language: str | None
    title: FoldedText
    text: FoldedText
    hits: tuple[Hit, ...]
    hit_terms: frozenset[int]
    gated: bool  # True: no rule can hold, nothing more was looked for
    sentences: tuple[Sentence, ...] | None = None
    claims: tuple[Claim, ...] | None = None

    def folded(self, name: str) -> FoldedText:
        """Return the field that a hit or sentence names."""
        return self.title if name == "title" else self.text

    def span(self, hit: Hit | Sentence) -> Span:
        """Return where a hit lies in the original title or text."""
        start, end = self.folded(hit.field).original(hit.start, hit.end)
        return Span(hit.field, start, end)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One place in the original text that made a rule hold."""

    concept: str | None
    term: str
    span: Span


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules said of one revision under one rule set.

    `rules` are the names that held at `level`. `missing` names the parts whose absence made the nearest rule
    fail; `reason` is the same in words: every "no" has one.
    """

    level: Level
    rules: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    missing: tuple[str, ...] = ()
    reason: str = ""


# ------------------------------------------------------------------ story


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
    dismissed: bool = False


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


# ------------------------------------------------------------------ digest


@dataclass(frozen=True, slots=True)
class Told:
    """One story as one audience is told it: what is said now, and what was said before."""

    story: StoryFile
    kind: ChangeKind
    reason: str
    before: Facts | None = None
    before_at: datetime | None = None
    late: bool = False  # found late: an outage or a gap held it


@dataclass(frozen=True, slots=True)
class Possible:
    """A possible story, not counted: a lead that could not be read, or a rule that nearly held."""

    title: str
    source: str
    url: str
    language: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class FeedProblem:
    """A source that was not read, and since when."""

    title: str
    language: str | None
    since: datetime | None
    problem: str
    new: bool
    key: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """What a reader must know to believe a quiet day: what was read, and what was not."""

    read: tuple[tuple[str, int, int], ...] = ()  # (language, sources read, sources in all)
    problems: tuple[FeedProblem, ...] = ()
    silent: tuple[FeedProblem, ...] = ()
    gaps: tuple[tuple[str, datetime, datetime], ...] = ()  # (feed title, from, to)
    title_only: int = 0
    unread_leads: int = 0
    not_covered: tuple[str, ...] = ()
    must_read: tuple[str, ...] = ()  # languages whose silence goes into the subject
    undelivered: int = 0
    rules_problem: str | None = None
    self_test: datetime | None = None  # None: no self-test ran
    items: int = 0
    never_answered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Digest:
    """The changes for one audience and period, before it is rendered."""

    name: str
    number: int
    local_date: date
    time_zone: str
    at: str  # "07:00", for "Not here by 08:00?"
    every: str
    period_start: datetime
    period_end: datetime
    told: tuple[Told, ...]
    possible: tuple[Possible, ...]
    possible_total: int
    account: Account
    first: bool = False  # the START mail
    start_stories: tuple[StoryFile, ...] = ()  # what the archive held before the first mail
    month_totals: tuple[tuple[str | None, int, int], ...] = ()  # (nationality, low, high) out of Cambodia this month
    month_stories: int = 0
    previous_number: int | None = None
    previous_at: datetime | None = None
    contact: str = ""
    reads: tuple[str, ...] = ()
    missed_dates: tuple[date, ...] = ()  # local dates without a mail that this one stands for
    linked: tuple[StoryFile, ...] = ()  # stories that told ones link to, for the one line about each


@dataclass(frozen=True, slots=True)
class Rendered:
    """A digest or alert in the forms that channels take. `events` are the webhook's objects, one a change."""

    subject: str
    text: str
    html: str
    slack: tuple[str, ...] = ()  # mrkdwn paragraphs, feed text already escaped
    events: tuple[dict[str, Any], ...] = ()
    preview: str = ""
    news: str = ""  # the subject without what was not read: for channels that never speak of sources


@dataclass(frozen=True, slots=True)
class Message:
    """One digest or alert for one recipient on one channel: a row of the outbox.

    `key` makes enqueueing idempotent; `message_id` is derived from it and stays over all attempts.
    `payload` is frozen at creation: every attempt sends the same bytes. `bare` is the plainer form.
    """

    key: str
    kind: MessageKind
    channel: str
    recipient: str
    payload: bytes
    message_id: str
    bare: bytes = b""
    id: int | None = None
    attempt: int = 0
    lease: str = ""
    created: datetime | None = None


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a channel answered to an accepted message."""

    code: int | None = None
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Channel:
    """A way out, with its secrets resolved. Never stored, never printed: `repr` shows name and kind only."""

    name: str
    kind: ChannelKind
    to: tuple[str, ...] = ()
    sender: str = field(default="", repr=False)
    server: str = field(default="", repr=False)  # smtp(s)://user:password@host:port
    url: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    folder: str = ""
    reads: tuple[str, ...] = ()
    tls: str = "require"  # email: "require", "starttls", "tls", "none"
    bounce: str = ""
    allow_private: bool = False
    missing: tuple[str, ...] = ()  # names of unset secrets: the channel is paused, alone
