"""Facts -> the short phrases that carry the figures: "110 to 112 Chinese deported", "Phnom Penh to Japan".

Numbers are printed as the facts have them: a range stays a range, and nothing is added up.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from watcher.digest.clean import TITLE_LENGTH, one_line
from watcher.digest.days import Days
from watcher.digest.names import country_name, people_name
from watcher.digest.persons import Named, named
from watcher.model import STAGE_RANK, Claim, Facts, PeopleRow, Qualifier, Stage, Status, StoryFile

STAGE_WORDS: dict[Stage, str] = {
    Stage.RAID: "found in a raid",
    Stage.ARRESTED: "arrested",
    Stage.DETAINED: "detained",
    Stage.RESCUED: "rescued",
    Stage.CHARGED: "charged",
    Stage.DEPORTED: "deported",
    Stage.REPATRIATED: "repatriated",
    Stage.EXTRADITED: "extradited",
    Stage.SENTENCED: "sentenced",
}
PLACES_SHOWN = 2


def and_list(words: Sequence[str]) -> str:
    """Return "a", "a and b", "a, b and c"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def number(count: int | None, count_max: int | None, qualifier: Qualifier, *, short: bool = False) -> str:
    """Return "25", "110 to 112", "at least 100", "" without a number; with `short` "110-112", "100+"."""
    low, high = (count, count_max) if count is not None else (count_max, None)
    if low is None:
        return ""
    if high is not None and high != low:
        return f"{low:,}{'-' if short else ' to '}{high:,}"
    if short and qualifier is Qualifier.AT_LEAST:
        return f"{low:,}+"
    words = {Qualifier.EXACT: "", Qualifier.ABOUT: "about ", Qualifier.AT_LEAST: "at least ", Qualifier.AT_MOST: "at most "}
    return f"{words[qualifier]}{low:,}"


def people(row: PeopleRow, *, short: bool = False) -> str:
    """Return who and how many: "25 Japanese", "376 Chinese and Taiwanese", "60 people", "Chinese, number not given,"."""
    exactly_one = row.count == 1 and row.count_max in (None, 1) and row.qualifier is Qualifier.EXACT
    names = [people_name(code, 1 if exactly_one else None) for code in row.nationality or ()]
    who = and_list(names) or ("person" if exactly_one else "people")
    figure = number(row.count, row.count_max, row.qualifier, short=short)
    if figure:
        return f"{figure} {who}"
    return who if short else f"{who} (number not given)"


def stage_words(stage: Stage, status: Status) -> str:
    """Return "deported", or "to be deported" for what is only announced."""
    if status is Status.DONE:
        return STAGE_WORDS[stage]
    return "raid announced" if stage is Stage.RAID else f"to be {STAGE_WORDS[stage]}"


def furthest(facts: Facts) -> tuple[PeopleRow, ...]:
    """Return the rows of the furthest stage that people of the story reached; done counts before announced."""
    done = [row for row in facts.people if row.status is Status.DONE] or list(facts.people)
    if not done:
        return ()
    rank = max(STAGE_RANK[row.stage] for row in done)
    return tuple(row for row in done if STAGE_RANK[row.stage] == rank)


def rows_phrase(rows: Sequence[PeopleRow], *, short: bool = False) -> str:
    """Return "25 Japanese and 60 Thai deported, 3 South Koreans extradited"."""
    groups = groupby(rows, key=lambda row: (row.stage, row.status))
    return ", ".join(f"{and_list([people(row, short=short) for row in same])} {stage_words(*kind)}" for kind, same in groups)


def what_happened(facts: Facts | None) -> str:
    """Return the one phrase that says what happened; the headline where no figure is known and it names no private person."""
    phrase = rows_phrase(furthest(facts)) if facts else ""
    headline = one_line(facts.headline, TITLE_LENGTH) if facts and named(facts.headline) is not Named.PRIVATE else ""
    return phrase or headline or "what happened is not known"


def other_rows(facts: Facts, days: Days) -> tuple[str, ...]:
    """Return a sentence for each other stage: "Before that: 376 arrested, 2 to 9 Aug.", "Announced: 60 to be deported."."""
    said = furthest(facts)
    rest = [row for row in facts.people if row not in said]
    earlier = [row for row in rest if row.status is Status.DONE]
    announced = [row for row in rest if row.status is Status.ANNOUNCED]
    return tuple(f"{label}: {dated(rows, days)}." for label, rows in (("Before that", earlier), ("Announced", announced)) if rows)


def dated(rows: Sequence[PeopleRow], days: Days) -> str:
    """Return rows with the days on which it happened: "376 Chinese and Taiwanese arrested, 2 to 9 Aug"."""
    when = days.dates([row.date for row in rows if row.date is not None])
    return rows_phrase(rows) + (f", {when}" if when else "")


def same_step(one: Stage, other: Stage) -> bool:
    """Whether two stages are one step of a story: outlets use "arrested" and "detained", and the ways out, for one another."""
    return STAGE_RANK[one] == STAGE_RANK[other] or {one, other} == {Stage.ARRESTED, Stage.DETAINED}


def exact(figure: PeopleRow | Claim) -> bool:
    """Whether this is one counted number, no range and no rounding."""
    return figure.count is not None and figure.count_max in (None, figure.count) and figure.qualifier is Qualifier.EXACT


def remaining(facts: Facts) -> int:
    """Return how many have not come as far, where earlier and furthest figures are exact and of the same people, else 0."""
    now = furthest(facts)
    before = [row for row in facts.people if row not in now and row.status is Status.DONE]
    if not before or not now or not all(exact(row) for row in (*before, *now)):
        return 0
    widest = max(STAGE_RANK[row.stage] for row in before)
    from_rows = [row for row in before if STAGE_RANK[row.stage] == widest]
    known = {code for row in from_rows for code in row.nationality or ()}
    if any(row.nationality is not None and not known.issuperset(row.nationality) for row in now) and known:
        return 0
    return max(0, sum(row.count or 0 for row in from_rows) - sum(row.count or 0 for row in now))


def route(facts: Facts) -> str:
    """Return "Phnom Penh to Japan", "Sihanoukville", "Cambodia to China", or "" where nothing is known."""
    places = [one_line(place, 60) for place in facts.places]
    more = len(places) - PLACES_SHOWN
    here = and_list(places) if more <= 0 else f"{', '.join(places[:PLACES_SHOWN])} and {more} more {'place' if more == 1 else 'places'}"
    start = here or (country_name(facts.origin) if facts.origin else "")
    target = and_list([country_name(code) for code in facts.to])
    if not target:
        return here
    return f"{start} to {target}" if start else f"To {target}"


def day_of(story: StoryFile, days: Days) -> str:
    """Return the day it happened, no more exactly than the sources gave it; "Date not given" without one."""
    facts = story.facts
    if facts is None or facts.date is None:
        return "Date not given"
    return days.precise(facts.date, _precision(story, facts.date))


def _precision(story: StoryFile, day: date) -> str | None:
    """The finest precision that any source gives for this day."""
    order = ("day", "month", "year")
    found = [claim.date_precision for report in story.reports for claim in report.claims if claim.date == day]
    return next((precision for precision in order if precision in found), None)
