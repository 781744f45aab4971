"""What a checked rules.toml says: `Config` and its parts, frozen, with every default and its unit.

No reading of files and no checking here. Secrets stand only in `Config.channels` and `Settings.dead_man`, and
neither shows them when printed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Literal

from watcher.model import ChangeKind, Channel, ChannelKind, ConceptEdit, FeedKind, QueryText, RuleText, Stage

Every = Literal["day", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "month"]
WhenEmpty = Literal["send", "skip"]
AfterRuleChange = Literal["list", "tell"]
Enabled = Literal["yes", "no", "auto"]


@dataclass(frozen=True, slots=True)
class Politeness:
    """How often and how hard other people's servers are asked."""

    floor: timedelta = timedelta(minutes=15)  # never asked more often, however busy the feed
    start: timedelta = timedelta(hours=1)  # until the feed's own rhythm is known
    ceiling: timedelta = timedelta(hours=6)  # never asked less often while it answers: a digest is daily
    back_off: timedelta = timedelta(hours=24)  # longest wait after failures; it never gives up
    per_host: int = 2  # requests at a time to one host
    concurrency: int = 32  # requests at a time in all


@dataclass(frozen=True, slots=True)
class FigureChange:
    """How much a figure must move before an audience is told: both must hold."""

    percent: int = 10
    people: int = 5


@dataclass(frozen=True, slots=True)
class Settings:
    """The table [watcher]."""

    time_zone: str  # IANA
    contact: str = ""  # in the User-Agent and in every mail's footer
    catalogues: tuple[str, ...] = ()
    must_read: tuple[str, ...] = ()  # languages whose silence goes into the subject
    not_covered: tuple[str, ...] = ()  # said in every digest as never read; the catalogues' own list where none is given
    fresh_for: timedelta = timedelta(days=7)  # how old an event may be and still be told as new
    keep_text: timedelta = timedelta(days=90)  # text of what did not match is dropped after this
    min_figure_change: FigureChange = FigureChange()
    after_rule_change: AfterRuleChange = "list"  # what an edited rule finds in the past: listed, or told
    politeness: Politeness = Politeness()
    dead_man: str = field(default="", repr=False)  # address pinged while all is well; empty: none is set
    dead_man_private: bool = False  # True: it may stand on loopback or the own network, on any port
    canary_channel: str | None = None  # where the daily self-test is delivered


@dataclass(frozen=True, slots=True)
class FeedConfig:
    """One address to poll, from rules.toml or a catalogue; what rules.toml says of a catalogue's feed wins."""

    url: str
    title: str
    kind: FeedKind = FeedKind.FEED
    language: str | None = None
    country: str | None = None  # ISO 3166-1 alpha-2, for tables; None for the world
    key: bool = False
    state_media: bool = False
    official: bool = False
    allow_private: bool = False
    enabled: Enabled = "yes"  # "auto": try the address, then each of `fallbacks`, keep what answers as a feed
    off_until: date | None = None  # not read before this local date; read again from then on
    fallbacks: tuple[str, ...] = ()  # in the order to be tried; a news search comes last
    was: str | None = None  # the address it had before, whose entries and state it keeps
    time_zone: str | None = None  # IANA; for dates the feed prints without one
    origin: str = "rules"  # or the catalogue's name
    evidence: str = ""  # why a catalogue believes in this address
    last_verified: date | None = None
    line: int = 0  # in rules.toml; 0 for what only a catalogue names

    def is_read(self, today: date) -> bool:
        """Whether it is to be polled on this local date."""
        return self.enabled != "no" and (self.off_until is None or today >= self.off_until)

    @property
    def fallback(self) -> str | None:
        """The first address to try when `url` does not answer as a feed."""
        return self.fallbacks[0] if self.fallbacks else None


@dataclass(frozen=True, slots=True)
class Where:
    """What an audience wants to hear of; an empty list means all."""

    nationality: tuple[str, ...] = ()  # ISO 3166-1 alpha-2
    stage: tuple[Stage, ...] = ()
    language: tuple[str, ...] = ()
    rule: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DigestConfig:
    """One [[digests]]: an audience that hears at a fixed local time. `every` "month" is the first day of it."""

    name: str
    channels: tuple[str, ...]
    every: Every = "day"
    at: time = time(7, 0)  # local time in `time_zone`
    time_zone: str = "UTC"  # that of [watcher] where none is given
    when_empty: WhenEmpty = "send"
    where: Where = Where()
    approve: bool = False  # True: waits for the operator's release
    was: str | None = None  # the name it had before, whose numbers and memory it keeps
    line: int = 0


@dataclass(frozen=True, slots=True)
class AlertConfig:
    """One [[alerts]]: an audience that hears of single changes soon after they are seen."""

    name: str
    channels: tuple[str, ...]
    on: tuple[ChangeKind, ...] = (ChangeKind.NEW, ChangeKind.STAGE, ChangeKind.CORRECTION, ChangeKind.WITHDRAWN)
    wait: timedelta = timedelta(minutes=60)  # gathers first coverage before telling
    quiet: tuple[time, time] | None = None  # local from, to; held till `to`, then one message
    max_per_day: int = 6  # messages; the rest is in the next digest
    time_zone: str = "UTC"
    where: Where = Where()
    was: str | None = None  # the name it had before, whose memory of what was told it keeps
    line: int = 0


@dataclass(frozen=True, slots=True)
class BackupConfig:
    """The table [backup]; a folder that is not absolute is beside the database."""

    folder: str = "backups"
    at: time = time(2, 30)  # local time in `time_zone` of [watcher]
    keep: int = 14  # the newest that stay, in each folder
    copy_to: str | None = None  # a second folder, on another disk; it must be there
    off: bool = False


@dataclass(frozen=True, slots=True)
class Config:
    """All of rules.toml, checked, with its catalogues read and its secrets resolved."""

    settings: Settings
    operator: tuple[str, ...] = ()  # names of channels
    backup: BackupConfig = BackupConfig()
    feeds: tuple[FeedConfig, ...] = ()  # own first, then the catalogues'; turned off ones too, with enabled "no"
    concepts: tuple[ConceptEdit, ...] = ()
    queries: tuple[QueryText, ...] = ()  # named ones, which rules use as @name
    rules: tuple[RuleText, ...] = ()
    people: tuple[str, ...] = ()  # persons who may be named (kingpins)
    channels: tuple[Channel, ...] = ()
    digests: tuple[DigestConfig, ...] = ()
    alerts: tuple[AlertConfig, ...] = ()
    warnings: tuple[str, ...] = ()  # each with its line, fit to be printed; nothing here stops a start
    file: str = "rules.toml"
    never_read: tuple[str, ...] = ()  # the catalogues' list of sources that nobody can poll

    @property
    def audiences(self) -> tuple[DigestConfig | AlertConfig, ...]:
        """Digests, then alerts: each hears of a change on its own account."""
        return (*self.digests, *self.alerts)

    @property
    def only_folders(self) -> bool:
        """True while nobody is told: every channel that digests and alerts use only writes files."""
        used = {name for audience in self.audiences for name in audience.channels}
        return all(channel.kind is ChannelKind.FOLDER for channel in self.channels if channel.name in used)

    def channel(self, name: str) -> Channel | None:
        """The channel of this name."""
        return next((channel for channel in self.channels if channel.name == name), None)
