"""The file of a story, Filed: what stands behind it in the archive, for a page that a figure is defended with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from watcher.model.lists import ChangeKind, LinkKind
from watcher.model.stories import Change, Facts, Report, StoryFile


@dataclass(frozen=True, slots=True)
class KeptText:
    """One text of an article as it was read. `text` is None where it was dropped after `keep_text`.

    `text_from` is "feed", "page", "title" or "backfill"; `url` as received, `final_url` where a page was really read from. `stored_hash` was
    made when the text was read: BLAKE2b of 8 bytes, in hexadecimal, of title, NUL, text, NUL. `intact` says whether the text kept still
    has it, None without a text. `page_hash` is of the page's bytes as they came over the wire, in hexadecimal.
    """

    revision: int
    title: str
    text: str | None
    url: str
    final_url: str | None
    text_from: str
    feed: str
    read_at: datetime
    language: str | None
    stored_hash: str
    intact: bool | None
    page_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """One source that showed an article, and when it first did."""

    feed: str
    first_seen: datetime
    live: bool


@dataclass(frozen=True, slots=True)
class FiledSource:
    """An article of the story: the text that counts, its other texts (oldest first), who showed it, who put it here and when."""

    report: Report
    text: KeptText
    others: tuple[KeptText, ...] = ()
    seen: tuple[Seen, ...] = ()
    by: str | None = None  # None: the program joined it
    joined: datetime | None = None
    lost: datetime | None = None  # since when the rules of today no longer match it


@dataclass(frozen=True, slots=True)
class FiledLink:
    """A link to or from another story. `outward`: this story points there."""

    story: int
    kind: LinkKind
    reason: str
    outward: bool


@dataclass(frozen=True, slots=True)
class FiledCorrection:
    """What a person decided of the story, in their own words."""

    name: str  # "c5", for `undo`
    kind: str
    what: str
    by: str
    why: str
    at: datetime
    undone: str = ""  # "by Dara, 10 Nov: a mistake"; "" while it is in force


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that told it, by channel: to how many recipients, how many of them took it, and when the last did."""

    channel: str
    recipients: int
    taken: int
    last: datetime | None


@dataclass(frozen=True, slots=True)
class FiledTelling:
    """What was decided for one audience at one moment: told, or not told and why. `story` is the number the reader saw."""

    at: datetime
    audience: str
    told: bool
    kind: ChangeKind
    reason: str
    story: int
    number: int | None = None  # of the digest or alert
    facts: Facts | None = None  # as told
    sent: tuple[Sent, ...] = ()


@dataclass(frozen=True, slots=True)
class Filed:
    """Everything of one story. `numbers` were merged into it; `linked` has the facts of the stories it is linked with."""

    story: StoryFile
    sources: tuple[FiledSource, ...]
    links: tuple[FiledLink, ...] = ()
    changes: tuple[Change, ...] = ()
    corrections: tuple[FiledCorrection, ...] = ()
    tellings: tuple[FiledTelling, ...] = ()
    numbers: tuple[int, ...] = ()
    linked: Mapping[int, Facts] = field(default_factory=dict)
