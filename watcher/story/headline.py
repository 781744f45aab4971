"""Rows of people -> the plain words over a story: "110 to 112 Chinese deported".

Only words; which figures they are is decided in `rows`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from watcher.model import STAGE_RANK, Claim, PeopleRow, Qualifier, Report, Role, Stage, Status
from watcher.story.names import peoples
from watcher.story.rows import total

LONGEST_TITLE = 120  # characters of an outlet's headline, where a story has no people to name

_DONE = {
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
_WORDS = {Qualifier.ABOUT: "about ", Qualifier.AT_LEAST: "at least ", Qualifier.AT_MOST: "up to ", Qualifier.EXACT: ""}


def headline(rows: Sequence[PeopleRow], reports: Sequence[Report], coming: Sequence[PeopleRow] = ()) -> str:
    """Return the headline for rows of one step; without rows, for a total or the first outlet's own headline.

    `coming` are the rows of what is announced beyond it: "27 Indians rescued, to be repatriated".
    """
    if not rows:
        return _tally(reports) or _title(reports)
    stage, announced = rows[0].stage, all(row.status is Status.ANNOUNCED for row in rows)
    done = f"to be {_DONE[stage]}" if announced else _DONE[stage]
    if named := _person(reports):
        return f"{named} {done}"
    return _capital(f"{how_many(rows, _unnamed(rows, reports))} {done}") + _ahead(rows, coming)


def _ahead(rows: Sequence[PeopleRow], coming: Sequence[PeopleRow]) -> str:
    """What is announced, behind what is done; the number only where it is another: "376 Chinese arrested, 74 to be deported"."""
    if not coming:
        return ""
    low, high = total(coming)
    if low is None or (low, high) == total(rows) or any(row.qualifier is not Qualifier.EXACT for row in coming):
        return f", to be {_DONE[coming[0].stage]}"
    return f", {low:,}" + (f" to {high:,}" if high != low else "") + f" to be {_DONE[coming[0].stage]}"


def how_many(rows: Sequence[PeopleRow], unnamed: str = "foreigners") -> str:
    """Return number and people: "25 Japanese", "about 400 Chinese and Taiwanese"; `unnamed` is the word where no nationality is named."""
    low, high = total(rows)
    nations = list(dict.fromkeys(code for row in rows for code in row.nationality or ()))
    only = low if low == high else None
    who = peoples(nations, only) if nations and all(row.nationality for row in rows) else _one(unnamed) if only == 1 else unnamed
    if low is None:
        return who
    qualifiers = {row.qualifier for row in rows}
    word = _WORDS[qualifiers.pop()] if len(qualifiers) == 1 else "about "
    number = f"{low:,}" if low == high else f"{low:,} to {high:,}"
    return f"{word}{number} {who}"


def _unnamed(rows: Sequence[PeopleRow], reports: Iterable[Report]) -> str:
    """Who is sent out of the country is a foreigner; of others only where a source says so."""
    said = any(claim.foreigners for report in reports for claim in report.claims if claim.role is Role.MAIN)
    return "foreigners" if said or STAGE_RANK[rows[0].stage] == STAGE_RANK[Stage.DEPORTED] else "people"


def _one(plural: str) -> str:
    return "person" if plural == "people" else plural.removesuffix("s")


def _person(reports: Iterable[Report]) -> str | None:
    """A person of the operator's list, where that is all the story is about."""
    mains = [claim for report in reports for claim in report.claims if claim.role is Role.MAIN]
    named = {claim.person for claim in mains}
    return next(iter(named)) if len(named) == 1 else None


def _tally(reports: Iterable[Report]) -> str:
    """A total given by an official is said to be one: it never looks like an event."""
    tallies: list[Claim] = [c for report in reports for c in report.claims if c.role is Role.TALLY and c.count and c.stage]
    if not tallies:
        return ""
    largest = max(tallies, key=lambda claim: claim.count or 0)
    assert largest.count is not None and largest.stage is not None
    who = peoples(largest.nationality) if largest.nationality else "people"
    return f"Total given: {_WORDS[largest.qualifier]}{largest.count:,} {who} {_DONE[largest.stage]}"


def _title(reports: Sequence[Report]) -> str:
    first = min(reports, key=lambda report: (report.time, report.article), default=None)
    title = " ".join(first.title.split()) if first else ""
    return title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1].rstrip() + "…"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
