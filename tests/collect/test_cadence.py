"""When a feed is asked again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from collect_feeds import a_feed
from hypothesis import given
from hypothesis import strategies as st

from watcher.collect.cadence import Hints, Politeness, next_poll

NOW = datetime(2023, 11, 9, tzinfo=UTC)
KNOWN = replace(a_feed("https://news.example/"), first_ok=NOW, interval=timedelta(hours=1))
RULES = Politeness()


def interval(outcome: str = "changed", *, interval: timedelta = timedelta(hours=1), **hints: int) -> timedelta:
    return next_poll(replace(KNOWN, interval=interval), outcome, NOW, Hints(**hints), RULES, 0.5)[1]  # type: ignore[arg-type]


def wait(outcome: str = "unchanged", *, failures: int = 0, jitter: float = 0.5, now: datetime = NOW, **hints: object) -> timedelta:
    return next_poll(replace(KNOWN, failures=failures), outcome, now, Hints(**hints), RULES, jitter)[0] - now  # type: ignore[arg-type]


def test_a_window_that_rolled_over_is_asked_twice_as_often() -> None:
    """Items may have been missed between two polls."""
    assert interval(items=20, new=20) == timedelta(minutes=30)


def test_a_feed_without_news_is_asked_less_often_down_to_the_ceiling() -> None:
    """Publishers ask for it, and nothing is lost."""
    assert interval(items=20) == timedelta(minutes=75)
    assert interval("unchanged", interval=timedelta(hours=6)) == timedelta(hours=6)


def test_a_busy_feed_is_never_asked_more_often_than_the_floor() -> None:
    """A reader that hammers is blocked, and then reads nothing."""
    assert interval(items=20, new=20, interval=timedelta(minutes=15)) == timedelta(minutes=15)


def test_a_first_poll_says_nothing_about_the_pace() -> None:
    """Everything is new then."""
    first = replace(KNOWN, first_ok=None, interval=timedelta(hours=3))
    assert next_poll(first, "changed", NOW, Hints(20, 20), RULES, 0.5)[1] == timedelta(hours=1)


@pytest.mark.parametrize(("failures", "hours"), [(0, 0.25), (1, 0.5), (3, 2), (6, 16), (7, 24), (1000, 24)])
def test_a_broken_feed_is_tried_soon_then_daily_and_never_given_up(failures: int, hours: float) -> None:
    """A site that comes back after a month is read again without anybody's doing."""
    assert wait("failed", failures=failures) == timedelta(hours=hours)


def test_what_the_server_asks_for_is_kept_whatever_the_jitter() -> None:
    """Asked before its Retry-After, a server blocks for good."""
    assert wait("failed", retry_after=timedelta(hours=5), jitter=0.0) == timedelta(hours=5)


def test_ttl_and_max_age_lengthen_the_wait_within_the_ceiling() -> None:
    """A cache's year-long max-age must not silence a feed."""
    assert wait(ttl=180) == timedelta(hours=3)
    assert wait(max_age=timedelta(hours=2)) == timedelta(hours=2)
    assert wait(max_age=timedelta(days=365), ttl=10**9) == timedelta(hours=6)


def test_hours_to_skip_are_skipped() -> None:
    """The publisher says when nothing is published; all 24 hours can only be a mistake."""
    assert wait(skip_hours=(1, 2)) == timedelta(hours=3)
    assert wait(skip_hours=tuple(range(24))) == timedelta(minutes=75)


@given(st.floats(0, 1), st.integers(0, 50), st.integers(0, 50))
def test_jitter_stays_within_a_tenth(jitter: float, items: int, new: int) -> None:
    """Feeds must not all come due together, nor drift away from what was decided."""
    due, chosen = next_poll(KNOWN, "changed", NOW, Hints(items, new), RULES, jitter)
    assert chosen * 0.9 - timedelta(seconds=1) <= due - NOW <= chosen * 1.1 + timedelta(seconds=1)
