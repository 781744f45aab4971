"""Facts -> the short phrases that carry the figures: "110 to 112 Chinese deported", "Phnom Penh to Japan".

Numbers are printed as the facts have them: a range stays a range, and only counted groups of one flight after another are added up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
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
    last = max(done, key=lambda row: STAGE_RANK[row.stage])
    return tuple(row for row in done if same_step(row.stage, last.stage))


def ahead(facts: Facts) -> tuple[PeopleRow, ...]:
    """Return the rows of what is announced beyond all that is done; nothing where nothing is done yet."""
    done = [STAGE_RANK[row.stage] for row in facts.people if row.status is Status.DONE]
    return tuple(row for row in facts.people if done and row.status is Status.ANNOUNCED and STAGE_RANK[row.stage] > max(done))


def rows_phrase(rows: Sequence[PeopleRow], *, short: bool = False) -> str:
    """Return "25 Japanese and 60 Thai deported, 3 South Koreans extradited", "174 Chinese deported in 2 groups"."""
    groups = groupby(rows, key=lambda row: (row.stage, row.status))
    return ", ".join(_phrase(list(same), short) for _, same in groups)


def together(rows: Sequence[PeopleRow]) -> tuple[PeopleRow, ...]:
    """Return one row for counted groups of one nationality that left on several days: they have nobody in common; all else as it is."""
    one_people = len(rows) > 1 and len({(row.stage, row.status, row.nationality) for row in rows}) == 1
    if not one_people or not all(exact(row) for row in rows):
        return tuple(rows)
    count = sum(row.count or 0 for row in rows)
    return (replace(rows[0], count=count, count_max=count, figures=()),)


def _phrase(rows: Sequence[PeopleRow], short: bool) -> str:
    """Rows of one stage: "174 Chinese deported in 2 groups"."""
    shown = together(rows)
    groups = f" in {len(rows)} groups" if len(shown) < len(rows) and not short else ""
    return f"{and_list([people(row, short=short) for row in shown])} {stage_words(rows[0].stage, rows[0].status)}{groups}"


def what_happened(facts: Facts | None) -> str:
    """Return the one phrase that says what happened; the headline where no figure is known and it names no private person."""
    phrase = rows_phrase(furthest(facts)) if facts else ""
    headline = one_line(facts.headline, TITLE_LENGTH) if facts and named(facts.headline) is not Named.PRIVATE else ""
    return phrase or headline or "what happened is not known"


def other_rows(facts: Facts, days: Days) -> tuple[str, ...]:
    """Return a sentence for each other stage: "Before that: 376 arrested, 2 to 9 Aug.", "Announced: 60 to be deported.".

    Without a day of its own a step may as well have come after (arrested on the plane): then it is only "also reported".
    """
    said = furthest(facts)
    rest = [row for row in facts.people if row not in said]
    last = min((row.date for row in said if row.date), default=None)
    done = [row for row in rest if row.status is Status.DONE]
    earlier = [row for row in done if row.date and last and row.date < last]
    others = [row for row in done if row not in earlier]
    announced = [row for row in rest if row.status is Status.ANNOUNCED]
    labelled = (("Before that", earlier), ("Also reported", others), ("Announced", announced))
    return tuple(f"{label}: {dated(rows, days)}." for label, rows in labelled if rows)


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
