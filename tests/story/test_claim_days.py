"""story.claim_days: the day a reader is shown for a claim, and where it is from."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from story_archive import Archive, claim, report

from watcher.model import Claim, Report
from watcher.story.claim_days import shown_date
from watcher.story.groups import event_day, groups
from watcher.story.ledger import story_json

REPORTED = date(2023, 11, 10)


def undated(number: int | None = 25, who: str | None = "JP", stage: str = "deported", day: date = REPORTED, **more: object) -> Claim:
    """A claim whose text names no day, in a report of `day`."""
    return replace(claim(number, who, stage, **more), reported=day)


def shown(one: Claim, *others: Report, on: str = "2023-11-10") -> tuple[str | None, str | None]:
    own = report(one, on=on)
    return shown_date(one, own, [own, *others])


def test_a_printed_date_is_shown_as_precisely_as_it_is_printed() -> None:
    """ "In April" is no 1 April."""
    assert shown(claim(25, "JP", on="2023-11-08")) == ("2023-11-08", "text")
    assert shown(claim(25, "JP", on="2023-04")) == ("2023-04", "text")
    assert shown(claim(25, "JP", on="2023")) == ("2023", "text")
    assert shown(claim(25, "JP")) == (None, None)


def test_without_a_printed_day_the_day_of_the_report_is_shown_as_such() -> None:
    """Who cites the day must see that no text prints it."""
    assert shown(undated()) == ("2023-11-10", "publication")


def test_a_day_that_another_report_of_the_step_prints_is_shown() -> None:
    """One outlet writes "on Wednesday", the next only that it happened."""
    assert shown(undated(), report(claim(25, "JP", on="2023-11-08"))) == ("2023-11-08", "story")


@pytest.mark.parametrize(
    "other",
    [
        claim(25, "JP", on="2023-11-11"),  # behind the own publication
        claim(25, "JP", on="2023-11-06"),  # more than three days before it
        claim(25, "JP", "arrested", on="2023-11-09"),  # another step
        claim(25, "CN", on="2023-11-09"),  # other people
        claim(25, "JP", on="2023-11-09", role="background"),  # a look back
        claim(25, "JP", on="2023-11"),  # no day
    ],
)
def test_a_day_of_something_else_is_not_taken(other: Claim) -> None:
    """A day of other people is worse than that of the report."""
    assert shown(undated(), report(other)) == ("2023-11-10", "publication")


def test_the_day_of_the_same_figure_comes_before_the_latest() -> None:
    """In a count that moves each figure has its own day."""
    others = report(claim(25, "JP", on="2023-11-08")), report(claim(40, "JP", on="2023-11-10"))
    assert shown(undated(), *others) == ("2023-11-08", "story")
    assert shown(undated(30), *others) == ("2023-11-10", "story")


def test_who_told_of_the_same_figure_first_bounds_the_day() -> None:
    """What was reported on the 9th did not happen on the 10th."""
    assert shown(undated(), report(undated(day=REPORTED - timedelta(days=1)), on="2023-11-09")) == ("2023-11-09", "story")
    assert shown(undated(), report(undated(40, day=REPORTED - timedelta(days=1)), on="2023-11-09")) == ("2023-11-10", "publication")


def test_the_day_of_a_report_dates_no_group() -> None:
    """Joining knows only what is printed: the day of a report would make different batches alike."""
    one, plain = report(undated(), on="2023-11-10"), report(claim(25, "JP"), on="2023-11-10")
    assert groups(one) == groups(plain)
    assert not groups(one)[0].dated
    assert event_day(one) == event_day(plain)


def test_story_json_says_where_each_date_is_from() -> None:
    """The agreement with receivers: `date_from` stands beside every date of a claim."""
    archive = Archive()
    archive.add(report(claim(25, "JP", on="2023-11-08", places=("Phnom Penh",)), on="2023-11-08"))
    archive.add(report(undated(day=date(2023, 11, 9)), on="2023-11-09"))
    (story,) = archive.stories.values()
    claims = [one for article in story_json(story)["articles"] for one in article["claims"]]
    assert [(one["date"], one["date_from"]) for one in claims] == [("2023-11-08", "text"), ("2023-11-08", "story")]
