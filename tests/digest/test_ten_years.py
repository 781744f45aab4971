"""One digest on every local date and never two, through folds, gaps, clock steps, restarts and outages: a year a zone.

All of ten years: `python tests/digest/ten_years.py`, or WATCHER_FULL=1.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from ten_years import ZONES, live_through, main
from whole_mails import make_mail, prepare

HALF_A_YEAR = timedelta(days=190)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("at", [time(7, 0), time(2, 30)], ids=["seven", "half past two, which some nights do not have"])
def test_half_a_year_has_one_digest_on_each_local_date(tmp_path: Path, zone: str, at: time) -> None:
    """Readers count on the morning; who gets two mails of one day stops reading them. Apia loses a day at the end of 2011."""
    start = datetime(2011, 9, 1, tzinfo=UTC)
    years = live_through(tmp_path, zone, at, seed=at.hour, start=start, length=HALF_A_YEAR)
    assert (years.missing, years.twice) == ([], [])
    assert years.steps > 3 and years.turns > 500
    assert (date(2011, 12, 30) in years.dates) is (zone != "Pacific/Apia")


def test_the_whole_way_of_a_mail_keeps_to_one_a_date_too(tmp_path: Path) -> None:
    """Account, both forms and outbox included: what is due is decided there as well."""
    start = datetime(2011, 12, 10, tzinfo=UTC)
    years = live_through(
        tmp_path,
        "Pacific/Apia",
        time(7, 0),
        seed=3,
        start=start,
        length=timedelta(days=40),
        make=make_mail(tmp_path),
        prepare=prepare(tmp_path),
    )
    assert (years.missing, years.twice) == ([], [])
    assert years.digests > 20


@pytest.mark.skipif(not os.environ.get("WATCHER_FULL"), reason="ten years in six zones take a minute; set WATCHER_FULL=1")
def test_ten_years_have_one_digest_on_each_local_date() -> None:
    """The same over every rule that these zones had in ten years."""
    assert main(whole=False) == 0
