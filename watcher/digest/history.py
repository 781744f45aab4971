"""Change -> what moved, in words: before → after, as a person reads a ledger. Reasons and times are not here."""

from __future__ import annotations

from collections.abc import Callable

from watcher.digest.clean import one_line
from watcher.digest.days import UTC_TODAY_UNKNOWN, Days
from watcher.digest.figures import STAGE_WORDS, ahead, and_list, dated, furthest, what_happened
from watcher.digest.names import country_name
from watcher.model import Called, Change, Confidence, Facts, Status

NOTHING = "nothing"

_LABELS = {
    Confidence.ONE_SOURCE: "one source only",
    Confidence.INDEPENDENT: "independent sources",
    Confidence.STATE_ONLY: "state media only",
    Confidence.CHECKED: "checked",
}


def moves(change: Change, days: Days = UTC_TODAY_UNKNOWN) -> tuple[str, ...]:
    """Return a line for each thing that moved: "376 arrested, 9 Aug → 74 deported, 25 Aug", "sources: AP → AP, Kyodo"; of a first report what it said."""
    before, after = change.before, change.after
    if before is None:
        return (_people(after, days),)
    return tuple(
        f"{name}{_or_nothing(was)} → {_or_nothing(became)}"
        for name, words in _told(days)
        if (was := words(before)) != (became := words(after))
    )


def label(confidence: Confidence) -> str:
    """Return the label of how sure a story is, in words."""
    return _LABELS[confidence]


def _told(days: Days) -> tuple[tuple[str, Callable[[Facts], str]], ...]:
    """What a reader sees of facts, by name."""
    return (
        ("", lambda facts: _people(facts, days)),
        ("before that: ", lambda facts: _earlier(facts, days)),
        ("announced: ", lambda facts: dated(ahead(facts), days)),
        ("figures: ", _figures),
        ("day: ", lambda facts: days.short(facts.date) if facts.date else ""),
        ("from: ", lambda facts: and_list([one_line(place, 60) for place in facts.places]) or _country(facts.origin)),
        ("to: ", lambda facts: and_list([country_name(code) for code in facts.to])),
        ("called: ", lambda facts: "" if facts.called is Called.NOT_SAID else facts.called.value),
        ("sources: ", lambda facts: ", ".join(one_line(source, 60) for source in facts.sources)),
        ("repeated by: ", lambda facts: ", ".join(one_line(copy, 60) for copy, _ in facts.copies)),
        ("label: ", lambda facts: f"checked by {one_line(facts.checked_by, 60)}" if facts.checked_by else label(facts.confidence)),
    )


def _people(facts: Facts, days: Days) -> str:
    return dated(furthest(facts), days) or what_happened(facts)


def _earlier(facts: Facts, days: Days) -> str:
    last = furthest(facts)
    return dated([row for row in facts.people if row not in last and row.status is Status.DONE], days)


def _figures(facts: Facts) -> str:
    """Who says what, where sources differ."""
    return "; ".join(
        f"{one_line(source, 60)} {one_line(printed, 60)} {STAGE_WORDS[row.stage]}"
        for row in facts.people
        for source, printed in row.figures
    )


def _country(code: str | None) -> str:
    return country_name(code) if code else ""


def _or_nothing(words: str) -> str:
    return words or NOTHING
