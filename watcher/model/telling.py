"""What readers get: the Digest with its Account, the forms it is rendered in, the Message for one recipient, the Channel."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from watcher.model.lists import ChangeKind, ChannelKind, HealthState, MessageKind
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
    """A source that was not read, or perhaps not in full, and since when."""

    title: str
    language: str | None
    since: datetime | None
    problem: str
    new: bool
    key: bool = False
    state: HealthState | None = None  # None: it was not asked when it should have been


@dataclass(frozen=True, slots=True)
class Account:
    """What a reader must know to believe a quiet day: what was read, and what was not."""

    read: tuple[tuple[str, int, int], ...] = ()  # (language, sources read, sources in all)
    problems: tuple[FeedProblem, ...] = ()  # not read
    partial: tuple[FeedProblem, ...] = ()  # read, but what they show is perhaps not all: far fewer items, always the same, half readable
    silent: tuple[FeedProblem, ...] = ()  # without a new item for longer than their own rhythm explains
    gaps: tuple[tuple[str, datetime, datetime], ...] = ()  # (feed title, from, to) that nobody read, then or later
    must_gaps: tuple[str, ...] = ()  # titles of those with a gap that are `key` or in a must-read language
    outages: tuple[tuple[datetime, datetime], ...] = ()  # the service did not run, from when to when
    title_only: int = 0
    unread_leads: int = 0
    waiting_leads: int = 0  # articles that may matter, not read yet
    not_covered: tuple[str, ...] = ()
    must_read: tuple[str, ...] = ()  # languages whose silence goes into the subject
    undelivered: tuple[tuple[str, str], ...] = ()  # (what, channel) of messages to anybody; never an address
    own_undelivered: tuple[int, ...] = ()  # numbers of this audience's mails that did not reach somebody
    rules: str = ""  # names the rules in force: two mails with the same word were judged alike
    rules_since: datetime | None = None
    rules_problem: str | None = None
    self_test: datetime | None = None  # when one passed last; None: none ever did
    self_test_failed: datetime | None = None  # when one failed, where none passed since
    self_test_expected: bool = False  # True from the second day on
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
    missed_dates: tuple[date, ...] = ()  # local dates whose mail did not come in its time; this one stands for them
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
    Who gets it and what it says are not in its `repr`, which may end in a log.
    """

    key: str = field(repr=False)
    kind: MessageKind
    channel: str
    recipient: str = field(repr=False)
    payload: bytes = field(repr=False)
    message_id: str
    bare: bytes = field(default=b"", repr=False)
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
    """A way out, with its secrets resolved. Never stored, never printed: `repr` shows neither secrets nor readers."""

    name: str
    kind: ChannelKind
    to: tuple[str, ...] = field(default=(), repr=False)
    sender: str = field(default="", repr=False)
    server: str = field(default="", repr=False)  # smtp(s)://user:password@host:port
    url: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    folder: str = ""
    reads: tuple[str, ...] = ()
    tls: str = "require"  # email: "require", "starttls", "tls", "none"
    bounce: str = field(default="", repr=False)
    allow_private: bool = False
    missing: tuple[str, ...] = ()  # names of unset secrets: the channel is paused, alone
    fallback: str = ""  # name of the channel that also gets an alert which this one does not take
