"""What one language file says, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from watcher.model.lists import Called, Qualifier, Stage


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
    home: tuple[str, ...] = ()  # ISO codes of the countries whose press writes in it: people come home there
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
