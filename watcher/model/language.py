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
    ahead_after: tuple[str, ...] = ()  # the same as `ahead`, behind the word for leaving: Korean 송환 예정
    denied_after: tuple[str, ...] = ()  # the same as `denied`, behind the word: Hindi नहीं
    asked: tuple[str, ...] = ()  # who does so is out of the compound: "turned to their embassy", "asked to go home"
    counters: tuple[str, ...] = ()  # words for people that are counted: "nationals", 人, នាក់
    called: Mapping[Called, tuple[str, ...]] = field(default_factory=dict)
    parts: tuple[str, ...] = ()  # words that make a figure part of another: "of them", "women"
    not_people: tuple[str, ...] = ()  # units, money, groups, and people who are not the story: "officers"
    shares: tuple[str, ...] = ()  # between a part and its whole: the "of" in "48 of 68 South Koreans"
    shares_after: tuple[str, ...] = ()  # the same where the whole stands first: the में से of 68 में से 48
    withdrawn: tuple[str, ...] = ()  # before a figure that its source takes back: "earlier said"
    withdrawn_after: tuple[str, ...] = ()  # after one: the "not" of "15 not, but 14"
    citizens: tuple[str, ...] = ()  # right before a country's name: "citizens of"
    citizens_after: tuple[str, ...] = ()  # right after it
    arrivals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by country: words that say that its people came home
    coming_home: tuple[str, ...] = ()  # patterns of the same: "landed in {t}", a town of `towns`; "back in {c}", a town or a country
    towns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by country: towns and airports to which people come home
    apart: Mapping[Stage, tuple[tuple[str, str], ...]] = field(default_factory=dict)  # verbs in two words: "sends", "back"
    compatriots: tuple[str, ...] = ()  # people of whoever acts: "its nationals"
    other_case: tuple[str, ...] = ()  # words that begin another event of today: "in a separate operation"
    further: tuple[str, ...] = ()  # before a figure that goes on with the one before it: "another"
    climbed: tuple[str, ...] = ()  # before a count that moves: "climbed to", "passes"
    defrauding: tuple[str, ...] = ()  # verbs whose object lost money: "cheated"
    organisers: tuple[str, ...] = ()  # words for one who runs a ring, who needs no figure: "kingpin"
    closers: tuple[str, ...] = ()  # particles that end the words for a figure's people: the は of 29人は
    again: tuple[str, ...] = ()  # words for people already named: "they", "all of them"
    numbers: Mapping[str, int] = field(default_factory=dict)
    multipliers: Mapping[str, int] = field(default_factory=dict)
    vague: Mapping[str, int] = field(default_factory=dict)  # "dozens": at least 24
    qualifiers: Mapping[Qualifier, tuple[str, ...]] = field(default_factory=dict)
    months: Mapping[str, int] = field(default_factory=dict)
    weekdays: Mapping[str, int] = field(default_factory=dict)  # Monday is 0
    days: Mapping[str, int] = field(default_factory=dict)  # "yesterday": -1
    week_words: Mapping[str, int] = field(default_factory=dict)  # "last week": -1
    month_words: Mapping[str, int] = field(default_factory=dict)  # "this month": 0
    year_words: Mapping[str, int] = field(default_factory=dict)  # "last year": -1
    dates: tuple[str, ...] = ()  # patterns of {y} {m} {d} {month}, and of {yy} {roc} {reiwa} {n}
    said: tuple[str, ...] = ()  # words for telling; a day beside one is when it was told
    clauses: tuple[str, ...] = ()  # words that begin another clause: "after", "who"
    past: tuple[str, ...] = ()  # anchors of an older event: "last year"
    since: tuple[str, ...] = ()  # anchors of a running total: "since", "so far"
    totals: tuple[str, ...] = ()  # patterns of {n} {month} that make a running total: "in the last {n} months"
    to_before: tuple[str, ...] = ()
    to_after: tuple[str, ...] = ()
    from_before: tuple[str, ...] = ()
    from_after: tuple[str, ...] = ()
