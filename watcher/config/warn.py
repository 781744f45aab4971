"""A good `Config` -> the same with what deserves a look: it starts, but somebody may wait for news in vain."""

from __future__ import annotations

from dataclasses import replace

from watcher.config.mistakes import Mistakes
from watcher.config.settings import Config

_EXAMPLE_HOSTS = ("@example.org", "@example.com")


def warn_of(config: Config, mistakes: Mistakes) -> Config:
    """Return the configuration with every warning in it, those of secrets too."""
    _contact(config, mistakes)
    _who_is_told(config, mistakes)
    _languages(config, mistakes)
    _backup(config, mistakes)
    return replace(config, warnings=mistakes.warnings())


def _contact(config: Config, mistakes: Mistakes) -> None:
    contact = config.settings.contact
    if not contact:
        mistakes.warn(("watcher",), 'no contact is set: servers that are asked cannot reach you; add contact = "you@your.org"')
    elif contact.endswith(_EXAMPLE_HOSTS):
        mistakes.warn(("watcher", "contact"), f"the contact is still the example {contact}; write an address that somebody reads")


def _who_is_told(config: Config, mistakes: Mistakes) -> None:
    if not config.digests and not config.alerts:
        mistakes.warn(("digests",), "there is no digest and no alert: no one is told of anything; add one as [[digests]]")
    elif config.only_folders:
        mistakes.warn(("channels",), "No one is told: only files are written; add a channel of kind email, slack or webhook")
    if config.alerts and not config.digests:
        problem = (
            "alerts have a limit a day and no digest tells the rest: it goes in one more message at the end of the day; add a [[digests]]"
        )
        mistakes.warn(("alerts",), problem)
    if not config.operator:
        mistakes.warn(("operator",), 'no operator is set: nobody is told of faults; add [operator] with to = ["the name of a channel"]')
    used = {
        *config.operator,
        config.settings.canary_channel,
        *(name for each in config.audiences for name in each.channels),
        *(channel.fallback for channel in config.channels),
    }
    for index, channel in enumerate(config.channels):
        if channel.name not in used:
            mistakes.warn(("channels", index, "name"), f"channel '{channel.name}' is used by no digest, no alert and not by [operator]")


def _backup(config: Config, mistakes: Mistakes) -> None:
    if config.backup.off:
        mistakes.warn(("backup", "off"), "no backup is made by itself: a lost disk loses what was told to whom; remove off = true")


def _languages(config: Config, mistakes: Mistakes) -> None:
    read = {feed.language.partition("-")[0] for feed in config.feeds if feed.language and feed.enabled != "no"}
    for place, language in enumerate(config.settings.must_read):
        if language.partition("-")[0] not in read:
            mistakes.warn(
                ("watcher", "must_read", place), f"'{language}' must be read, but no feed is in it; add one, or take it from must_read"
            )
