"""What readers get: the Digest with its Account, the forms it is rendered in, the Message for one recipient, the Channel."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from watcher.model.lists import ChangeKind, ChannelKind, MessageKind
from watcher.model.stories import Facts, StoryFile


@dataclass(frozen=True, slots=True)
class Told:
    """One story as one audience is told it: what is said now, and what was said before."""

    story: StoryFile
    kind: ChangeKind
    reason: str
    before: Facts | None = None
    before_at: datetime | None = None
    late: bool = False  # found late: an outage or a gap held it
    before_as: int | None = None  # the number under which it was told before
    before_kind: ChangeKind | None = None  # as what it was told before: who was told that it is wrong is told that it stands again
    said: tuple[tuple[int, Facts, datetime], ...] = ()  # what was told last under each number that is this story now, newest first


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
