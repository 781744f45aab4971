"""Digests fall once on each local date, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from watcher.digest.schedule import alert_due, due_dates, in_quiet_hours, instant, next_due

BERLIN, PHNOM_PENH, APIA = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Phnom_Penh"), ZoneInfo("Pacific/Apia")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def test_a_time_in_the_spring_gap_becomes_the_first_moment_after_it():
    """02:30 does not exist on 31 March 2024 in Berlin; the digest comes at 03:00, not a day late."""
    assert instant(date(2024, 3, 31), time(2, 30), BERLIN) == utc(2024, 3, 31, 1, 0)


def test_a_time_in_the_autumn_fold_is_the_first_of_the_two():
    """02:30 exists twice on 27 October 2024 in Berlin."""
    assert instant(date(2024, 10, 27), time(2, 30), BERLIN) == utc(2024, 10, 27, 0, 30)


def test_an_audience_made_after_todays_time_starts_tomorrow():
    """A service installed at ten in the morning does not send the seven o'clock mail at once."""
    created = utc(2023, 11, 9, 3, 0)  # 10:00 in Phnom Penh
    settings = {"every": "day", "at": time(7, 0), "zone": PHNOM_PENH, "last": None, "created": created}
    assert due_dates(**settings, now=utc(2023, 11, 9, 23, 59)) == []
    assert due_dates(**settings, now=utc(2023, 11, 10, 0, 0)) == [date(2023, 11, 10)]


def test_missed_dates_are_all_due_at_once():
    """After an outage one mail stands for all of them."""
    found = due_dates(
        every="day", at=time(7, 0), zone=PHNOM_PENH, last=date(2023, 11, 4), created=utc(2023, 1, 1), now=utc(2023, 11, 9, 1, 0)
    )
    assert found == [date(2023, 11, day) for day in (5, 6, 7, 8, 9)]


def test_a_date_that_a_zone_skipped_has_no_digest():
    """Samoa had no 30 December 2011."""
    found = due_dates(every="day", at=time(7, 0), zone=APIA, last=date(2011, 12, 28), created=utc(2011, 1, 1), now=utc(2011, 12, 31, 12))
    assert date(2011, 12, 30) not in found
    assert {date(2011, 12, 29), date(2011, 12, 31)} <= set(found)


@pytest.mark.parametrize(("every", "day"), [("monday", date(2023, 11, 13)), ("month", date(2023, 12, 1)), ("day", date(2023, 11, 10))])
def test_the_next_date_follows_the_rhythm(every: str, day: date):
    """`status` says when the next mail goes."""
    found = next_due(every=every, at=time(7, 0), zone=PHNOM_PENH, last=date(2023, 11, 9), now=utc(2023, 11, 9, 5))
    assert found == instant(day, time(7, 0), PHNOM_PENH)


def test_one_year_in_berlin_has_one_digest_a_date():
    """Folds, gaps and a clock that steps back an hour now and then: never two, never none."""
    last, made, now = date(2023, 12, 31), [], utc(2024, 1, 1)
    step = 0
    while now < utc(2025, 1, 1):
        for day in due_dates(every="day", at=time(2, 30), zone=BERLIN, last=last, created=utc(2023, 1, 1), now=now):
            made.append(day)
            last = day
        step += 1
        now += timedelta(hours=-1) if step % 50 == 0 else timedelta(hours=3)
    assert made == [date(2024, 1, 1) + timedelta(days=number) for number in range(366)]


def test_quiet_hours_go_over_midnight():
    """An alert at three at night waits for the morning."""
    quiet = (time(20, 0), time(7, 0))
    assert in_quiet_hours(time(3, 0), quiet)
    assert in_quiet_hours(time(20, 0), quiet)
    assert not in_quiet_hours(time(7, 0), quiet)


def test_an_alert_waits_then_goes_then_stops_at_its_limit():
    """Gather, keep quiet hours, and leave the rest to the digest."""
    settings = {
        "first_change": utc(2023, 11, 8, 5),
        "wait": timedelta(hours=1),
        "quiet": (time(20, 0), time(7, 0)),
        "zone": PHNOM_PENH,
        "max_per_day": 6,
    }
    assert alert_due(**settings, sent_today=0, now=utc(2023, 11, 8, 5, 30)) == (False, "waits for first coverage")
    assert alert_due(**settings, sent_today=0, now=utc(2023, 11, 8, 6))[0]
    assert alert_due(**settings, sent_today=6, now=utc(2023, 11, 8, 6)) == (False, "over the limit of a day; in the next digest")
    assert alert_due(**settings, sent_today=0, now=utc(2023, 11, 8, 14)) == (False, "held until 07:00")
