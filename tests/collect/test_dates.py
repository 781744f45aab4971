"""Dates as news sites of the region print them."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from watcher.collect.dates import AHEAD, EARLIEST, published

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
THREE = datetime(2026, 11, 22, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    "printed",
    [
        "Sun, 22 Nov 2026 10:00:00 +0700",
        "Sun, 22 Nov 2026 10:00:00 ICT",
        "Sun, 22 Nov 2026 10:00:00 GMT+7",
        "Sun, 22 Nov 2026 10:00:00",
        "Sun, 22 Nov 2026 03:00:00 GMT",
        "Sun, 22 Nov 2026 03:00:00 UT",
        "2026-11-22T03:00:00Z",
        "2026-11-22T10:00:00.123+07:00",
        "2026-11-22 10:00",
        "2569-11-22T10:00:00+07:00",
        "22/11/2026 10:00",
        "11/22/2026 10:00 AM",
        "22/11/2026 - 10:00",
        "2026年11月22日 10:00",
        "2026년 11월 22일 10:00",
        "២០២៦-១១-២២ ១០:០០",
        "Sat, 21 Nov 2026 22:00:00 -0500",
        "Sat, 21 Nov 2026 22:00:00 EST",
    ],
)
def test_one_moment_in_the_ways_it_is_printed(printed: str) -> None:
    """feedparser reads ICT as UTC and a Buddhist year as it stands; a story would be dated seven hours or 543 years off."""
    assert published(printed, None, "Asia/Phnom_Penh", NOW) == THREE


def test_without_a_zone_and_a_setting_it_is_utc() -> None:
    """Nothing better is known."""
    assert published("2026-11-22T03:00:00", None, None, NOW) == THREE
    assert published("2026-11-22T03:00:00", None, "No/Such", NOW) == THREE


@pytest.mark.parametrize(
    "printed",
    ["", "today", "Mon, 01 Jan 0000 00:00:00 GMT", "9999-12-31T23:59:59-12:00", "2026-02-30", "2026-11-25T00:00:00Z", "1234567890", "-1"],
)
def test_g11_what_is_no_date_of_news_is_none(printed: str) -> None:
    """A wrong date at the top of a digest is worse than none."""
    assert published(printed, None, "Asia/Phnom_Penh", NOW) is None


def test_feedparsers_reading_is_taken_where_ours_fails() -> None:
    """It knows forms of a few other languages."""
    guess = time.struct_time((2026, 11, 22, 3, 0, 0, 6, 326, 0))
    assert published("Κυρ, 22 Νοέ 2026 03:00:00", guess, None, NOW) == THREE
    assert published("11111111", guess, None, NOW) is None
    assert published("x 1:00", time.struct_time((99999, 1, 1, 0, 0, 0, 0, 1, 0)), None, NOW) is None


@pytest.mark.shared
def test_g11_no_hostile_date_raises_or_leaves_the_range(shared_folder: Path) -> None:
    """Years -1 and 10000 make datetime raise, which would cost the feed."""
    for printed in json.loads((shared_folder / "corpora" / "hostile" / "vectors.json").read_text())["dates"]:
        found = published(printed, None, "Asia/Phnom_Penh", NOW)
        assert found is None or EARLIEST < found <= NOW + AHEAD
