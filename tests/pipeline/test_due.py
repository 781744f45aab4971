"""Which dates a digest is due for: edited, renamed and added digests, clocks that run ahead or back, late mails that wait a little."""

from __future__ import annotations

from datetime import timedelta

import pytest
from corridor import RULES, Clock, bring, column, count, entry, value
from test_compose import mails, section, set_rules  # noqa: F401  set_rules is a fixture

from watcher.pipeline.compose import compose
from watcher.store import gaps

DAILY = 'name = "daily"\nat = "07:00"'
SUBJECT = "SELECT subject FROM digests WHERE audience = (SELECT id FROM audiences WHERE name = 'digest:daily') ORDER BY number DESC"


def dates(database, name: str = "digest:daily") -> list[object]:
    """Local dates that have their mail."""
    return column(
        database,
        f"SELECT local_date FROM digest_dates WHERE audience = (SELECT id FROM audiences WHERE name = '{name}') ORDER BY local_date",
    )


async def test_a_weekly_digest_that_becomes_daily_is_not_late_for_the_days_between(tools, database, clock, set_rules) -> None:  # noqa: F811
    """Who edits `every` on a Thursday wants Friday's mail, and none about days on which none was promised."""
    set_rules((DAILY, 'name = "daily"\nevery = "monday"\nat = "07:00"'))
    await compose(tools)
    clock.forward(days=4)  # Monday, 13 November
    assert (await compose(tools)).digests == 1
    clock.forward(days=2, hours=3)  # Wednesday, ten in the morning
    set_rules((DAILY, DAILY))
    assert (await compose(tools)).digests == 0
    clock.forward(hours=21)
    assert (await compose(tools)).digests == 1
    assert dates(database) == ["2023-11-13", "2023-11-16"]
    assert "Late mail" not in str(value(database, SUBJECT))


async def test_a_daily_digest_that_becomes_weekly_comes_next_on_its_day(tools, database, clock, set_rules) -> None:  # noqa: F811
    """From now on Mondays."""
    await compose(tools)
    clock.forward(days=1)
    await compose(tools)
    set_rules((DAILY, 'name = "daily"\nevery = "monday"\nat = "07:00"'))
    for _ in range(6):
        await compose(tools)
        clock.forward(days=1)
    assert dates(database) == ["2023-11-10", "2023-11-13"]


@pytest.mark.parametrize(
    ("new", "made"),
    [("05:00", ["2023-11-10", "2023-11-11"]), ("09:00", ["2023-11-10"])],
    ids=["earlier, already past", "later, still to come"],
)
async def test_an_edited_hour_neither_skips_nor_doubles_todays_mail(tools, database, clock, set_rules, new, made) -> None:  # noqa: F811
    """Edited at six: with five o'clock it comes at once, with nine o'clock it comes at nine."""
    await compose(tools)
    clock.forward(days=1)
    await compose(tools)
    clock.forward(hours=23)  # six in the morning of the 11th
    set_rules((DAILY, f'name = "daily"\nat = "{new}"'))
    await compose(tools)
    assert dates(database) == made
    clock.forward(hours=3)
    await compose(tools)
    assert dates(database) == ["2023-11-10", "2023-11-11"]
    clock.forward(hours=20)
    await compose(tools)
    assert dates(database) == ["2023-11-10", "2023-11-11"] + (["2023-11-12"] if new == "05:00" else [])


async def test_an_edited_zone_gives_no_date_a_second_mail(tools, database, clock, set_rules) -> None:  # noqa: F811
    """The office moves to Berlin: today had its mail at seven in Phnom Penh; the next is tomorrow at seven in Berlin."""
    await compose(tools)
    clock.forward(days=1)
    await compose(tools)
    set_rules((DAILY, f'{DAILY}\ntime_zone = "Europe/Berlin"'))
    for _ in range(29):
        await compose(tools)
        clock.forward(hours=1)
    assert dates(database) == ["2023-11-10"]
    clock.forward(hours=2)
    await compose(tools)
    assert dates(database) == ["2023-11-10", "2023-11-11"]


async def test_an_edit_during_an_outage_still_owes_the_missed_dates(tools, database, clock, set_rules) -> None:  # noqa: F811
    """Off for four days, edited, started: readers hear of the days without a mail."""
    await compose(tools)
    clock.forward(days=1)
    await compose(tools)
    clock.forward(days=4, hours=2)
    set_rules((DAILY, 'name = "daily"\nat = "08:00"'))
    assert (await compose(tools)).digests == 1
    assert dates(database)[1:] == [f"2023-11-{day}" for day in (11, 12, 13, 14)]
    assert str(value(database, SUBJECT)).startswith("Late mail: service was off 11-13 Nov")


async def test_a_renamed_digest_goes_on_with_its_numbers_and_memory(tools, database, watch, clock, set_rules) -> None:  # noqa: F811
    """`was` says that it is the same: no START, no story told again, no date twice."""
    await compose(tools)
    bring(database, watch, "Courier", clock.forward(minutes=1), entry(31, "Thais", clock.now))
    clock.now += timedelta(hours=23, minutes=59)
    await compose(tools)
    set_rules((DAILY, 'name = "morning"\nwas = "daily"\nat = "07:00"'))
    assert (await compose(tools)).digests == 0
    clock.forward(days=1)
    assert (await compose(tools)).digests == 1
    assert column(database, "SELECT name FROM audiences WHERE name LIKE 'digest:%'") == ["digest:morning"]
    newest = mails(database)[-1]
    assert "Mail no. 2" in newest and not section(newest, "NEW")


async def test_a_renamed_digest_without_was_is_a_new_one_and_says_so(tools, database, watch, clock, set_rules) -> None:  # noqa: F811
    """Without `was` it begins: its first mail lists what is known already, as not new."""
    await compose(tools)
    bring(database, watch, "Courier", clock.forward(minutes=1), entry(31, "Thais", clock.now))
    clock.now += timedelta(hours=23, minutes=59)
    await compose(tools)
    set_rules((DAILY, 'name = "morning"\nat = "07:00"'))
    await compose(tools)
    clock.forward(days=1)
    await compose(tools)
    assert "START: 1 story already found" in mails(database)[-1] and not section(mails(database)[-1], "NEW")


def test_was_must_be_a_name_that_is_free(rules) -> None:
    """Two digests cannot go on as one; the mistake has its line."""
    text = RULES.replace(DAILY, f'{DAILY}\nwas = "daily"')
    rules.path.write_text(text, encoding="utf-8")
    rules.reread()
    assert rules.problem is not None and "'daily' is still the name" in rules.problem
    assert f"rules.toml:{text[: text.index('was =')].count(chr(10)) + 1}: " in rules.problem


async def test_a_digest_added_at_noon_comes_tomorrow(tools, database, clock, set_rules) -> None:  # noqa: F811
    """Nobody who adds a digest wants a mail about this morning."""
    await compose(tools)
    clock.forward(hours=5)
    set_rules((DAILY, f'{DAILY}\nchannels = ["staff"]\n\n[[digests]]\nname = "second"\nat = "07:00"'))
    assert (await compose(tools)).digests == 0
    clock.forward(hours=19)
    assert (await compose(tools)).digests == 2


async def test_a_clock_that_says_next_year_for_an_hour_costs_one_mail_and_no_more(tools, database, watch, clock: Clock) -> None:
    """Else every date of a year would be settled, and the readers hear nothing until then."""
    await compose(tools)
    clock.forward(days=1)
    await compose(tools)
    right = clock.now
    clock.forward(days=366, hours=2)
    await compose(tools)
    assert count(database, "digest_dates") > 300
    clock.now = right + timedelta(hours=1)
    bring(database, watch, "Courier", clock.now, entry(31, "Thais", clock.now))
    for day in (11, 12, 13):
        await compose(tools)
        clock.now = right + timedelta(days=day - 10)
        await compose(tools)
        assert f"2023-11-{day}" == max(str(one) for one in dates(database) if str(one) < "2024")
    assert max(dates(database)) == "2023-11-13", "the dates of next year are open again"
    assert ["31 Thai" in section(mail, "NEW") for mail in mails(database)[-3:]] == [True, False, False]
    assert "since Fri 10 Nov 2023, 07:00" in mails(database)[-3], "and its account begins at the last mail that can be believed"


async def test_what_a_clock_that_ran_ahead_wrote_down_is_told_when_it_is_right_again(tools, database, watch, clock: Clock) -> None:
    """A story that came in the wrong hour is news like any other."""
    await compose(tools)
    right = clock.now
    clock.forward(days=366)
    await compose(tools)
    bring(database, watch, "Courier", clock.now, entry(31, "Thais", right))
    clock.now = right + timedelta(hours=1)
    await compose(tools)
    clock.now = right + timedelta(days=1)
    await compose(tools)
    alerts = [bytes(one).decode() for one in column(database, "SELECT payload FROM outbox WHERE channel = 'team'")]  # type: ignore[arg-type]
    assert ["31 Thai" in one for one in alerts] == [True]
    assert "31 Thai" in section(mails(database)[-1], "NEW")


async def test_a_clock_that_says_last_year_makes_no_mail_and_calls_the_operator(tools, database, clock: Clock) -> None:
    """A battery is empty, the machine boots in 2020: its dates had their mails; what is wrong is said at once."""
    await compose(tools)
    clock.forward(days=1)
    await compose(tools)
    right, made = clock.now, count(database, "digests")
    clock.now = right.replace(year=2020)
    report = await compose(tools)
    assert (report.digests, count(database, "digests")) == (0, made)
    assert "clock of this machine went back" in mails(database, "ops")[-1]
    clock.now = right + timedelta(days=1)
    assert (await compose(tools)).digests == 1
    assert dates(database) == ["2023-11-10", "2023-11-11"]


async def test_a_late_mail_waits_until_the_sources_were_read_again(tools, database, watch, clock: Clock) -> None:
    """Made in the second of the start it could only say that nothing was read; half an hour later it tells what the outage held."""
    bring(database, watch, "Courier", clock.now)
    await compose(tools)
    clock.forward(days=3, hours=3)
    assert (await compose(tools)).digests == 0, "Courier is overdue"
    bring(database, watch, "Courier", clock.forward(minutes=1))
    assert (await compose(tools)).digests == (0 if gaps.untried(database) else 1)
    clock.forward(minutes=30)
    await compose(tools)
    (first,) = mails(database)
    assert "The service was off: 9 Nov 07:00 to 10:00" not in first and "The service was off:" in first
    assert "All must-read sources were read." not in first


async def test_a_late_mail_does_not_wait_for_ever(tools, database, watch, clock: Clock) -> None:
    """A source that does not come back must not keep the mail back."""
    bring(database, watch, "Courier", clock.now)
    await compose(tools)
    clock.forward(days=3, hours=3)
    await compose(tools)
    clock.forward(minutes=31)
    assert (await compose(tools)).digests == 1
    assert "Do not rely on this mail: no source was read." in mails(database)[0]
