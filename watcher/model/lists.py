"""The closed lists: stages, roles, kinds. They are written here and nowhere else."""

from __future__ import annotations

from enum import StrEnum


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


class HealthState(StrEnum):
    """How a polled feed is, by what lasted and not by its newest poll; `collect/health.py` says when each is entered and left.

    Not read now: FAILING, DEAD, BLOCKED, NOT_A_FEED. Read, but what it brings cannot be trusted to be all: SHRUNK, FROZEN, SILENT, DEGRADED.
    Read in full, only its address is old: MOVED.
    """

    OK = "ok"
    FAILING = "failing"  # three polls or more in a row brought nothing, for an hour or more
    DEAD = "dead"  # the same for a day
    SILENT = "silent"  # read, but without a new item for longer than its own rhythm explains
    SHRUNK = "shrunk"  # no item at all, or far fewer than usual
    NOT_A_FEED = "not_a_feed"  # a web page where the feed was
    MOVED = "moved"  # every answer comes by a permanent redirect
    BLOCKED = "blocked"  # refused from here: 403, 429, 451, a page that checks the browser
    FROZEN = "frozen"  # the same bytes (or 304) for two weeks, while its rhythm says otherwise
    DEGRADED = "degraded"  # read, but only by the second reader, which sees less


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
    SUMMARY = "summary"  # what waited while a channel was away, in one message
