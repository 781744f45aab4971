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


def interval(
    outcome: str = "changed", *, interval: timedelta = timedelta(hours=1), since: timedelta | None = None, **hints: int
) -> timedelta:
    feed = replace(KNOWN, interval=interval, last_ok=NOW - (since or interval))
    return next_poll(feed, outcome, NOW, Hints(**hints), RULES, 0.5)[1]  # type: ignore[arg-type]


def wait(outcome: str = "unchanged", *, failures: int = 0, jitter: float = 0.5, now: datetime = NOW, **hints: object) -> timedelta:
    return next_poll(replace(KNOWN, failures=failures), outcome, now, Hints(**hints), RULES, jitter)[0] - now  # type: ignore[arg-type]


def test_a_window_that_rolled_over_is_asked_four_times_as_often_at_once() -> None:
    """Items may have been missed between two polls, and nobody knows how many."""
    assert interval(items=20, new=20, overlap=0, interval=timedelta(hours=4)) == timedelta(hours=1)


def test_a_window_that_nearly_rolled_over_is_asked_so_often_that_three_polls_fit_in() -> None:
    """A short feed loses items in a busy hour: 9 of 10 new in an hour is a poll in 22 minutes, at once and not after the loss."""
    assert interval(items=10, new=9, overlap=1, since=timedelta(hours=1)) == timedelta(seconds=3600 * 10 / 27)
    assert interval(items=30, new=15, overlap=15, since=timedelta(hours=1)) == timedelta(minutes=40)


def test_a_large_overlap_lets_a_feed_be_asked_less_often() -> None:
    """One new item of thirty proves that nothing is near to being lost."""
    assert interval(items=30, new=1, overlap=29) == timedelta(minutes=66)


def test_a_poll_after_a_long_wait_counts_by_the_time_that_really_passed() -> None:
    """After a day without service half the window is new; that is the day's doing, not the feed's pace."""
    assert interval(items=30, new=15, overlap=15, since=timedelta(days=1)) == timedelta(hours=1)


def test_what_cannot_be_compared_changes_nothing() -> None:
    """A fallback that answers for the first time shows only new items; it is no reason to hurry."""
    assert interval(items=30, new=30) == timedelta(hours=1)


def test_the_polls_of_a_busy_short_feed_come_to_miss_nothing() -> None:
    """Ten items, one every four minutes from now on: from six hours the interval is down to the window's length in two polls."""
    feed, lost = replace(KNOWN, interval=timedelta(hours=6), last_ok=NOW), []
    at = NOW
    for _ in range(8):
        wait = feed.interval
        at += wait
        new = min(10, int(wait / timedelta(minutes=4)))
        lost.append(int(wait / timedelta(minutes=4)) - new)
        _, chosen = next_poll(feed, "changed", at, Hints(10, new, overlap=10 - new), RULES, 0.5)
        feed = replace(feed, interval=chosen, last_ok=at)
    assert lost[2:] == [0] * 6


def test_a_feed_without_news_is_asked_less_often_down_to_the_ceiling() -> None:
    """Publishers ask for it, and nothing is lost."""
    assert interval(items=20) == timedelta(minutes=75)
    assert interval("unchanged", interval=timedelta(hours=6)) == timedelta(hours=6)


def test_a_busy_feed_is_never_asked_more_often_than_the_floor() -> None:
    """A reader that hammers is blocked, and then reads nothing."""
    assert interval(items=20, new=20, overlap=0, interval=timedelta(minutes=15)) == timedelta(minutes=15)


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
