"""When changes would first have been known, had no outage held them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from watcher.model import Called, Change, ChangeKind, Confidence, Facts
from watcher.story import found_late

NOW = datetime(2023, 11, 9, 7, tzinfo=UTC)
FACTS = Facts("", None, None, None, (), (), Called.NOT_SAID, (), None, None, Confidence.ONE_SOURCE, (), ())


def change(kind: ChangeKind = ChangeKind.NEW, *, late: float | None = None, hours_ago: float = 0, live: bool = True) -> Change:
    """A change of so many hours ago; `late`: in how many hours before now it would have been found."""
    found = None if late is None else NOW - timedelta(hours=late)
    return Change(1, kind, None, FACTS, "", live=live, at=NOW - timedelta(hours=hours_ago), late=found)


def test_what_only_a_gap_brought_is_late() -> None:
    """The earliest counts: the event was fresh then."""
    assert found_late([change(late=50), change(ChangeKind.COVERAGE, late=90), change(ChangeKind.FIGURE, late=70)]) == NOW - timedelta(
        hours=70
    )


def test_what_was_found_in_time_first_is_not() -> None:
    """A refill that adds a source to a story of last night must not move it to the end of the mail."""
    assert found_late([change(hours_ago=60), change(ChangeKind.STAGE, late=50)]) is None


def test_what_is_reported_anew_today_but_was_missed_before_is_late() -> None:
    """The follow-up was polled first, the gap asked for after it: the reader should have heard days ago."""
    assert found_late([change(hours_ago=1), change(ChangeKind.FIGURE, late=50)]) == NOW - timedelta(hours=50)


def test_coverage_from_a_gap_makes_no_late_news_of_a_new_step() -> None:
    """An old article about a known story, and today's deportation: the deportation is news."""
    assert found_late([change(ChangeKind.COVERAGE, late=90), change(ChangeKind.STAGE)]) is None


def test_an_article_that_comes_to_light_late_is_late() -> None:
    """The archive had it from a backfill; the gap shows that it was live."""
    assert found_late([change(live=False), change(ChangeKind.COVERAGE, late=50)]) == NOW - timedelta(hours=50)


def test_the_past_is_never_late() -> None:
    """What tells nobody by itself has no time at which it would have."""
    assert found_late([change(live=False)]) is None
    assert found_late([]) is None
