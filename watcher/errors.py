"""Every error this program raises on purpose.

    WatcherError
    ├── ConfigError        rules.toml, a language or a catalogue is wrong; a person must edit it
    ├── QueryError         a rule's query cannot be read; .position says where
    ├── FetchError         no usable answer from an address; .kind says why, .retry_after when to ask again
    ├── ParseError         an answer, but not a feed; or an article without readable text
    ├── StoreError         the database is missing, refused, damaged or of another program
    ├── LockedError        another writer held the database for too long; nothing was done, trying again may help
    ├── BusyError          another process holds what this one needs
    ├── UsageError         what a person typed cannot be done; the text says what to do instead
    │   └── AlreadyToldError  people were told before of what is corrected; a person must say whether they are told; .told names them
    └── DeliveryError      a channel refused a message; .retry says whether to try again

A library's error is translated once, at the edge, with `from error`. WatcherError is caught in two
places only: the loops over feeds, leads and messages (one bad one must not stop the rest), and the doors.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

SHOWN_BEFORE, SHOWN = 60, 100  # characters of a long line of a query: before the place, and in all


class WatcherError(Exception):
    """Base of all below; its text is fit to be shown to the operator and holds no secret."""


class ConfigError(WatcherError):
    """One mistake in a file that a person edits: `rules.toml:12: what is wrong; what to do`."""

    def __init__(self, problem: str, *, file: str = "rules.toml", line: int | None = None) -> None:
        super().__init__(f"{file}:{line}: {problem}" if line else f"{file}: {problem}")
        self.problem, self.file, self.line = problem, file, line


class QueryError(WatcherError):
    """A query that cannot be read; `problem` says what was expected. `position` counts characters from 0.

    Its text shows the line of the query with a caret below the place.
    """

    def __init__(self, problem: str, *, query: str, position: int) -> None:
        super().__init__(f"{problem}\n{_pointed(query, position)}")
        self.problem, self.query, self.position = problem, query, position


FetchKind = Literal[
    "refused_address",  # the guard said no: scheme, port, private address, userinfo
    "dns",
    "connect",
    "tls",
    "timeout",
    "redirect",  # too many, or to where we do not go
    "status",  # an HTTP status that is no answer; .status has it
    "challenge",  # a page that first looks at the browser (Cloudflare and the like); .status has its status
    "too_large",
    "encoding",  # a content encoding we did not ask for, or one that does not end
    "protocol",  # not HTTP, broken off, bad framing
    "robots",  # robots.txt forbids this page
]


class FetchError(WatcherError):
    """No usable answer. `retry_after` is the server's own wish, from now, where it sent one."""

    def __init__(self, url: str, problem: str, *, kind: FetchKind, status: int | None = None, retry_after: timedelta | None = None) -> None:
        super().__init__(f"{url}: {problem}")
        self.url, self.problem, self.kind, self.status, self.retry_after = url, problem, kind, status, retry_after


class ParseError(WatcherError):
    """A body that holds no feed or no article: HTML where a feed should be, empty, an unknown encoding."""


class StoreError(WatcherError):
    """The database cannot be used as it is; it was left untouched."""


class LockedError(WatcherError):
    """Another writer held the database for longer than we wait; nothing was written."""


class BusyError(WatcherError):
    """Another process holds the lock; nothing was done."""


class UsageError(WatcherError):
    """A person's mistake at the command line; exit status 2."""


class AlreadyToldError(UsageError):
    """A correction of what people were told, without a word on whether to tell them; nothing was done. `told`: (audience, number, when)."""

    def __init__(self, subject: str, told: Sequence[tuple[str, int | None, datetime]]) -> None:
        super().__init__(
            f"{subject}: people were told of it before. Add --tell (they get it in their next mail) or --quiet (nobody is told)"
        )
        self.told = tuple(told)


class DeliveryError(WatcherError):
    """A channel refused a message.

    `retry` is False when trying again cannot help. `whole_channel` is True when the fault is the channel's
    (a bad password, a removed webhook) and not this message's: its messages wait instead of failing one by one.
    `ambiguous` is True when the message may have been accepted: the link broke after it was handed over.
    `bare` is True when a plainer form of the same message might be taken.
    """

    def __init__(
        self,
        channel: str,
        problem: str,
        *,
        retry: bool,
        code: int | None = None,
        retry_after: timedelta | None = None,
        whole_channel: bool = False,
        ambiguous: bool = False,
        bare: bool = False,
    ) -> None:
        super().__init__(f"{channel}: {problem}")
        self.channel, self.problem, self.retry, self.code, self.retry_after = channel, problem, retry, code, retry_after
        self.whole_channel, self.ambiguous, self.bare = whole_channel, ambiguous, bare


def _pointed(query: str, position: int) -> str:
    """The line of a query that holds the position, and a caret below it; of a long line what is around."""
    start = query.rfind("\n", 0, position) + 1
    line = query[start:].partition("\n")[0].rstrip()
    column = position - start
    cut = max(0, column - SHOWN_BEFORE) if len(line) > SHOWN else 0
    before = ("…" if cut else "") + line[cut:column].ljust(column - cut)
    after = line[column:] if len(line) - cut <= SHOWN else line[column : cut + SHOWN] + "…"
    return f"    {before}{after}\n    {''.join(map(_blank, before))}^"


def _blank(character: str) -> str:
    """As much space as a terminal gives a character."""
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return ""
    if character == "\t":
        return character
    return "  " if unicodedata.east_asian_width(character) in "WF" else " "
