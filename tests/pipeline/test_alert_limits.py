"""Alerts: what is over a day's limit is told by the next digest or in full, corrections keep quiet hours only, nothing is lost."""

from __future__ import annotations

import json
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from corridor import ENVIRONMENT, RULES, bring, column, count, entry
from test_compose import mails, section, set_rules, slack  # noqa: F401  set_rules is a fixture

from watcher.digest.schedule import closing_time, held_over_night, in_quiet_hours
from watcher.pipeline.check import check
from watcher.pipeline.compose import compose
from watcher.pipeline.corrections import dismiss
from watcher.store.corrections import Decided

LIMIT = ('wait = "0s"', 'wait = "0s"\nmax_per_day = 2')
PEOPLE = ("Thais", "Chinese", "Japanese", "Vietnamese", "Indonesians")


async def _one_an_hour(tools, database, watch, clock, first: int = 0, last: int = 5) -> None:
    """Five stories, an hour apart, from eight in the morning."""
    for number in range(first, last):
        clock.forward(hours=1)
        bring(database, watch, "Courier", clock.now, entry(31 + number * 17, PEOPLE[number], clock.now))
        await compose(tools)


async def test_over_the_limit_one_line_says_how_many_and_tomorrows_mail_tells_them(tools, database, watch, clock, set_rules) -> None:  # noqa: F811
    """Two alerts, then silence until the evening, one line, and all three in the morning's mail."""
    set_rules(LIMIT)
    await compose(tools)
    await _one_an_hour(tools, database, watch, clock)
    assert len(slack(database)) == 2
    clock.forward(hours=7)  # 19:00
    assert (await compose(tools)).alerts == 0
    clock.forward(hours=1)  # 20:00
    assert (await compose(tools)).alerts == 1
    assert (await compose(tools)).alerts == 0
    assert "3 more in tomorrow's mail." in slack(database)[2] and "Japanese" not in slack(database)[2]
    clock.forward(hours=11)
    assert (await compose(tools)).digests == 1
    news = section(mails(database)[-1], "NEW")
    assert all(one in news for one in ("65 Japanese", "82 Vietnamese", "99 Indonesian"))


async def test_a_webhook_gets_every_event_of_what_is_over_the_limit(tools, database, watch, clock, set_rules) -> None:  # noqa: F811
    """Another system reads no mail: it must not lose a story to a limit that is made for people."""
    set_rules(LIMIT)
    await compose(tools)
    await _one_an_hour(tools, database, watch, clock)
    clock.forward(hours=8)
    await compose(tools)
    events = [json.loads(bytes(one)) for one in column(database, "SELECT payload FROM outbox WHERE channel = 'ledger' ORDER BY id")]
    assert sorted(one["data"]["story"]["id"] for one in events if one["type"] == "story.new") == [1, 2, 3, 4, 5]


async def test_what_no_digest_tells_goes_in_full_at_the_end_of_the_day(tools, database, watch, clock, set_rules) -> None:  # noqa: F811
    """The only digest is for Japan: the Vietnamese would be told by nobody."""
    set_rules(LIMIT, ('at = "07:00"', 'at = "07:00"\nwhere = { nationality = ["JP"] }'))
    await compose(tools)
    await _one_an_hour(tools, database, watch, clock)
    clock.forward(hours=8)
    await compose(tools)
    closing = slack(database)[2]
    assert "82 Vietnamese" in closing and "99 Indonesian" in closing and "65 Japanese" not in closing
    assert "1 more in tomorrow's mail." in closing


async def test_what_waits_over_the_limit_when_the_service_stops_is_told_the_next_day(tools, database, watch, clock, set_rules) -> None:  # noqa: F811
    """Off in the evening: no line was sent, so nothing was settled and nothing is lost."""
    set_rules(LIMIT)
    await compose(tools)
    await _one_an_hour(tools, database, watch, clock)
    clock.forward(hours=20)  # eight the next morning
    assert (await compose(tools)).alerts == 1
    assert all(one in slack(database)[2] for one in ("65 Japanese", "82 Vietnamese", "99 Indonesian"))


async def test_a_correction_waits_for_no_coverage_and_no_limit(tools, database, watch, clock, set_rules) -> None:  # noqa: F811
    """Who was told sixty and may use it must hear at once that it is wrong."""
    set_rules(('wait = "0s"', 'wait = "0s"\nmax_per_day = 1'))
    await compose(tools)
    await _one_an_hour(tools, database, watch, clock, last=2)
    assert len(slack(database)) == 1
    dismiss(database, 1, Decided("Dara", "another country", tell=True), clock.forward(minutes=5))
    assert (await compose(tools)).alerts == 1
    assert "withdrawn" in slack(database)[1] and "Chinese" not in slack(database)[1]


async def test_a_correction_keeps_quiet_hours_and_stands_first_in_the_morning(tools, database, watch, clock, set_rules) -> None:  # noqa: F811
    """Nobody uses a figure while asleep; nobody is woken for one."""
    set_rules(('wait = "0s"', 'wait = "0s"\nquiet = "20:00-07:00"'))
    await compose(tools)
    await _one_an_hour(tools, database, watch, clock, last=1)
    clock.forward(hours=14)  # 22:00
    bring(database, watch, "Courier", clock.now, entry(48, "Chinese", clock.now))
    dismiss(database, 1, Decided("Dara", "another country", tell=True), clock.forward(minutes=5))
    assert (await compose(tools)).alerts == 0
    clock.forward(hours=9)
    assert (await compose(tools)).alerts == 1
    morning = slack(database)[1]
    assert 0 <= morning.index("withdrawn") < morning.index("48 Chinese")
    assert "Held until morning." in morning


def test_an_alert_without_any_digest_is_warned_of() -> None:
    """`watcher check` says what becomes of the rest."""
    without = RULES.replace('[[digests]]\nname = "daily"\nat = "07:00"\nchannels = ["staff"]\n', "")
    warnings = check(without, file="rules.toml", environment=ENVIRONMENT).config.warnings
    assert any("no digest tells the rest" in one for one in warnings)
    assert not any("no digest tells the rest" in one for one in check(RULES, file="rules.toml", environment=ENVIRONMENT).config.warnings)


@pytest.mark.parametrize("night", [(2024, 3, 31), (2024, 10, 27), (2024, 6, 1)], ids=["clocks forward", "clocks back", "an ordinary night"])
def test_quiet_hours_hold_over_midnight_and_clock_changes(night) -> None:
    """From eight in the evening to seven in the morning nothing goes, by the wall clock, on every night."""
    berlin = ZoneInfo("Europe/Berlin")
    quiet = (time(20, 0), time(7, 0))
    evening = (datetime(*night, 12, tzinfo=berlin) - timedelta(days=1)).replace(hour=20)
    moment, end = evening.astimezone(ZoneInfo("UTC")), datetime(*night, 7, tzinfo=berlin).astimezone(ZoneInfo("UTC"))
    while moment < end:
        assert in_quiet_hours(moment.astimezone(berlin).time(), quiet)
        moment += timedelta(minutes=10)
    assert not in_quiet_hours(end.astimezone(berlin).time(), quiet)


def test_the_closing_line_comes_before_quiet_hours_and_never_in_them() -> None:
    """At seven in the evening where quiet begins at eight; at eight where no quiet hours are set."""
    zone = ZoneInfo("Asia/Phnom_Penh")

    def at(hour: int) -> datetime:
        return datetime(2023, 11, 9, hour, 0, tzinfo=zone)

    quiet = (time(20, 0), time(7, 0))
    assert [hour for hour in range(24) if closing_time(at(hour), quiet, zone)] == [19]
    assert [hour for hour in range(24) if closing_time(at(hour), None, zone)] == [20, 21, 22, 23]
    assert [hour for hour in range(24) if closing_time(at(hour), (time(0, 30), time(6, 0)), zone)] == [20, 21, 22, 23]


def test_only_what_quiet_hours_really_held_is_said_to_be_held() -> None:
    """ "Held until morning" under a story of ten in the morning would be untrue."""
    zone, wait, quiet = ZoneInfo("Asia/Phnom_Penh"), timedelta(hours=1), (time(20, 0), time(7, 0))
    held = [
        hour
        for hour in range(24)
        if held_over_night(first_change=datetime(2023, 11, 9, hour, 30, tzinfo=zone), wait=wait, quiet=quiet, zone=zone)
    ]
    assert held == [0, 1, 2, 3, 4, 5, 19, 20, 21, 22, 23]
    assert not held_over_night(first_change=datetime(2023, 11, 9, 3, 0, tzinfo=zone), wait=wait, quiet=None, zone=zone)


async def test_nothing_is_told_twice_by_an_alert_after_it_was_left_to_the_digest(tools, database, watch, clock, set_rules) -> None:  # noqa: F811
    """What the evening's line counted is settled for the alert."""
    set_rules(LIMIT)
    await compose(tools)
    await _one_an_hour(tools, database, watch, clock)
    clock.forward(hours=8)
    await compose(tools)
    clock.forward(hours=12)
    await compose(tools)
    assert len(slack(database)) == 3
    assert count(database, "told WHERE told = 0 AND reason LIKE 'over the limit of 2 a day%'") == 3
