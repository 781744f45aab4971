"""A catalogue's name -> the feeds and searches that are shipped with the program.

Reads only the package's own files. What rules.toml changes about a shipped feed is `feeds.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from pydantic import ValidationError

from watcher.config.mistakes import Mistakes
from watcher.config.schema import CatalogueFeedTable, CatalogueFile
from watcher.config.settings import FeedConfig
from watcher.config.tables import parse
from watcher.config.values import did_you_mean
from watcher.errors import ConfigError
from watcher.model import FeedKind

_FOLDER = resources.files("watcher") / "catalogues"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Feeds that are shipped together, and what of their field no program can poll."""

    name: str
    title: str
    feeds: tuple[FeedConfig, ...]
    never_read: tuple[str, ...] = ()


def catalogue_names() -> tuple[str, ...]:
    """The catalogues that are shipped."""
    return tuple(sorted(file.name.removesuffix(".toml") for file in _FOLDER.iterdir() if file.name.endswith(".toml")))


@lru_cache(maxsize=8)
def load_catalogue(name: str) -> Catalogue:
    """Return a shipped catalogue; raises ConfigError for an unknown name."""
    if name not in catalogue_names():
        raise ConfigError(f"there is no catalogue '{name}'; {did_you_mean(name, catalogue_names())}")
    return read_catalogue((_FOLDER / f"{name}.toml").read_text("utf-8"), name)


def read_catalogue(text: str, name: str) -> Catalogue:
    """Read a catalogue's text; raises an ExceptionGroup with a ConfigError for each mistake in it."""
    file = f"{name}.toml"
    data, mistakes = parse(text, file), Mistakes(file, text)
    feeds: tuple[FeedConfig, ...] = ()
    title, never_read = name, tuple[str, ...]()
    try:
        checked = CatalogueFile.model_validate(data)
        title, never_read = checked.catalogue.title, tuple(checked.catalogue.never_read)
        feeds = tuple(_feed(table, name) for table in checked.feeds)
    except ValidationError as error:
        mistakes.add_refused((), error)
    _find_twice(feeds, mistakes)
    mistakes.raise_if_any()
    return Catalogue(name, title, feeds, never_read)


def _feed(table: CatalogueFeedTable, catalogue: str) -> FeedConfig:
    given = table.model_dump(exclude_none=True)
    given["kind"] = FeedKind(given.get("kind", "feed"))
    given["fallbacks"] = (*given.get("fallbacks", ()), *([given.pop("fallback")] if "fallback" in given else []))
    return FeedConfig(**given, origin=catalogue)


def _find_twice(feeds: tuple[FeedConfig, ...], mistakes: Mistakes) -> None:
    seen: dict[str, int] = {}
    for index, feed in enumerate(feeds):
        for value in (feed.url, feed.title.casefold()):
            if seen.setdefault(value, index) != index:
                mistakes.add(("feeds", index), f"'{value}' stands in this catalogue twice; remove one")
