"""Claim and the reports of its story -> the date a reader is shown, and where it is from.

A text that prints no day for its news is shown with the day of the report; where another report of the same step prints one shortly
before, or told of it earlier, with that. What is shown joins nothing: stories are joined by what is printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from watcher.model import Claim, Report, Role, Status
from watcher.story.groups import CUSTODY, OUT, phase

TEXT, PUBLICATION, STORY = "text", "publication", "story"
BEFORE = timedelta(days=3)  # a report that names no day comes out so soon after the event; a printed day before it is another event's


def shown_date(claim: Claim, report: Report, reports: Sequence[Report]) -> tuple[str | None, str | None]:
    """Return the date in ISO 8601, as precise as the source ("2023-04" where it says "in April"), and "text", "publication" or "story".

    "story": another report of the same step prints the day, or came out before. Both None where there is no date.
    """
    if claim.reported is not None:
        found = _day_in_story(claim, claim.reported, [other for other in reports if other.article != report.article])
        return ((found or claim.reported).isoformat(), STORY if found else PUBLICATION)
    if claim.date is None:
        return None, None
    return claim.date.isoformat()[: {"year": 4, "month": 7}.get(claim.date_precision or "day", 10)], TEXT


def _day_in_story(claim: Claim, reported: date, others: Iterable[Report]) -> date | None:
    """The latest printed day of the step, of the same figure first; else when the same figure was first told, as it cannot be later."""
    same_step = [other for report in others for other in report.claims if _is_same_step(other, claim)]
    printed = [other for other in same_step if other.reported is None and other.date_precision == "day" and _is_near(other.date, reported)]
    same = [other for other in printed if _is_same_figure(other, claim)]
    days = [other.date for other in same or printed if other.date is not None]
    if days:
        return max(days)
    if claim.status is not Status.DONE:
        return None
    told = [other.reported for other in same_step if other.reported is not None and _is_same_figure(other, claim)]
    earlier = sorted(day for day in told if day < reported and _is_near(day, reported))
    return earlier[0] if earlier else None


def _is_near(day: date | None, reported: date) -> bool:
    return day is not None and reported - BEFORE <= day <= reported


def _is_same_step(one: Claim, other: Claim) -> bool:
    if one.role is not Role.MAIN or other.role is not Role.MAIN or _reached(one) is None or _reached(one) != _reached(other):
        return False
    return not one.nationality or not other.nationality or bool(set(one.nationality) & set(other.nationality))


def _is_same_figure(one: Claim, other: Claim) -> bool:
    return one.count is not None and one.count == other.count


def _reached(claim: Claim) -> int | None:
    """The phase of a claim's step; who is only to be sent home is still held."""
    reached = phase(claim.stage)
    return CUSTODY if claim.status is Status.ANNOUNCED and reached == OUT else reached
