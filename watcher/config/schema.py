"""The shape of rules.toml and of a catalogue: which tables and keys there are, and the type of each.

Only shapes, checked one value at a time; what tables mean together is `checks.py`. Defaults stand in
`settings.py`, so a key left out is None here.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from watcher.config.settings import AfterRuleChange, Every, Politeness, WhenEmpty
from watcher.config.values import (
    Clock,
    Count,
    Countries,
    Country,
    Days,
    Duration,
    EnabledText,
    FeedUrl,
    Filled,
    Language,
    Languages,
    Name,
    Names,
    Quiet,
    SomeNames,
    Texts,
    Wait,
    Zone,
    to_list,
)

Kind = Literal["email", "slack", "webhook", "folder"]
StageName = Literal["raid", "arrested", "detained", "rescued", "charged", "deported", "repatriated", "extradited", "sentenced"]
TellableChange = Literal["new", "stage", "figure", "correction", "merged", "withdrawn"]  # more coverage alone is never told


class Table(BaseModel):
    """A table whose keys are all known; numbers in quotes are not numbers."""

    model_config = ConfigDict(extra="forbid", strict=True)


class PolitenessTable(Table):
    """[watcher.politeness]."""

    floor: Wait | None = None
    start: Wait | None = None
    ceiling: Wait | None = None
    back_off: Wait | None = None
    per_host: Count | None = None
    concurrency: Count | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        meant = Politeness(**self.model_dump(exclude_none=True))
        if meant.floor <= meant.start <= meant.ceiling <= meant.back_off:
            return self
        raise ValueError(
            "floor, start, ceiling and back_off (15m, 1h, 6h, 24h where not given) must not get shorter in this order; correct them"
        )


class FigureChangeTable(Table):
    """`min_figure_change` of [watcher]."""

    percent: int | None = Field(None, ge=0, le=1000)
    people: int | None = Field(None, ge=0, le=100_000)


class WatcherTable(Table):
    """[watcher]."""

    time_zone: Zone
    contact: str | None = None
    catalogues: Names = []
    must_read: Languages = []
    not_covered: Texts | None = None
    people: Texts = []
    fresh_for: Days | None = None
    keep_text: Days | None = None
    min_figure_change: FigureChangeTable | None = None
    after_rule_change: AfterRuleChange | None = None
    politeness: PolitenessTable | None = None
    dead_man: str | None = None
    dead_man_private: bool | None = None
    canary_channel: Name | None = None


class OperatorTable(Table):
    """[operator]."""

    to: SomeNames


class BackupTable(Table):
    """[backup]."""

    folder: Filled | None = None
    at: Clock | None = None
    keep: Count | None = None
    copy_to: Filled | None = None
    off: bool | None = None

    @model_validator(mode="after")
    def _two_folders(self) -> Self:
        if self.copy_to is None or self.copy_to.rstrip("/") != (self.folder or "backups").rstrip("/"):
            return self
        raise ValueError("folder and copy_to are the same; name a folder on another disk as copy_to, or remove it")


class FeedTable(Table):
    """[[feeds]] of rules.toml; `url` may be left out where `title` is that of a catalogue's feed."""

    url: FeedUrl | None = None
    title: Name | None = None
    kind: Literal["feed", "search"] | None = None
    language: Language | None = None
    country: Country | None = None
    key: bool | None = None
    state_media: bool | None = None
    official: bool | None = None
    allow_private: bool | None = None
    enabled: EnabledText | None = None
    off_until: date | None = None
    fallbacks: list[FeedUrl] | None = None
    fallback: FeedUrl | None = None
    was: FeedUrl | None = None
    time_zone: Zone | None = None


class CatalogueFeedTable(FeedTable):
    """[[feeds]] of a catalogue: what it is and why it is believed to answer; no language where it prints several."""

    url: FeedUrl
    title: Name
    evidence: str
    last_verified: date | None = None


class EditTable(Table):
    """What [concepts] does to one concept in one language."""

    add: Texts = []
    remove: Texts = []
    replace: Texts | None = None


class ExampleTable(Table):
    """[[rules.examples]]."""

    text: Filled
    match: bool


class RuleTable(Table):
    """[[rules]]."""

    name: Name
    match: Filled | None = None
    watch: Filled | None = None
    lead: Filled | None = None
    examples: list[ExampleTable] = []


class ChannelTable(Table):
    """[[channels]]; which keys a kind needs and allows is `channels.py`."""

    name: Name
    kind: Kind
    to: Texts = []
    from_: str | None = Field(None, alias="from")
    server: str | None = None
    tls: Literal["require", "starttls", "tls", "none"] | None = None
    bounce: str | None = None
    reads: Languages = []
    url: str | None = None
    secret: str | None = None
    folder: str | None = None
    allow_private: bool | None = None
    fallback: Name | None = None


class WhereTable(Table):
    """`where` of a digest or alert."""

    nationality: Countries = []
    stage: Annotated[list[StageName], BeforeValidator(to_list)] = []
    language: Languages = []
    rule: Names = []


class DigestTable(Table):
    """[[digests]]."""

    name: Name
    channels: SomeNames
    every: Every | None = None
    at: Clock | None = None
    time_zone: Zone | None = None
    when_empty: WhenEmpty | None = None
    where: WhereTable | None = None
    approve: bool | None = None
    was: Name | None = None


class AlertTable(Table):
    """[[alerts]]."""

    name: Name
    channels: SomeNames
    on: Annotated[list[TellableChange], BeforeValidator(to_list), Field(min_length=1)] | None = None
    wait: Duration | None = None
    quiet: Quiet | None = None
    max_per_day: Count | None = None
    time_zone: Zone | None = None
    where: WhereTable | None = None
    was: Name | None = None


class CatalogueTable(Table):
    """[catalogue]."""

    title: str
    note: str = ""
    never_read: list[str] = []


class CatalogueFile(Table):
    """The whole of a catalogue."""

    catalogue: CatalogueTable
    feeds: list[CatalogueFeedTable]


SINGLE: dict[str, type[Table]] = {"watcher": WatcherTable, "operator": OperatorTable, "backup": BackupTable}  # written [watcher]
LISTS: dict[str, type[Table]] = {  # written [[feeds]]
    "feeds": FeedTable,
    "rules": RuleTable,
    "channels": ChannelTable,
    "digests": DigestTable,
    "alerts": AlertTable,
}
TOP = (*SINGLE, *LISTS, "concepts", "queries")

# Which table a path leads to, without the numbers in it: for "unknown key" and its nearest known one.
SHAPES: dict[tuple[str, ...], type[Table]] = {
    **{(name,): shape for name, shape in (SINGLE | LISTS).items()},
    ("watcher", "politeness"): PolitenessTable,
    ("watcher", "min_figure_change"): FigureChangeTable,
    ("rules", "examples"): ExampleTable,
    ("digests", "where"): WhereTable,
    ("alerts", "where"): WhereTable,
}
