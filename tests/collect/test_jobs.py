"""collect.jobs: what a parse child answers, as values."""

from __future__ import annotations

from watcher.collect.jobs import parsed_feed

ANSWER = {
    "entries": [["k", "https://a.test/1", "https://a.test/1", "Title", "Text", "en", "2026-02-10T22:00:00+00:00", "A", None]],
    "title": "A", "language": "en", "ttl": None, "skip_hours": [], "dropped": 0, "warning": None,
}  # fmt: skip


def test_entries_carry_the_zone_of_their_feed() -> None:
    """ "On Tuesday" is a day where the paper is printed; only the feed knows where."""
    assert parsed_feed(ANSWER, time_zone="Asia/Tokyo").entries[0].time_zone == "Asia/Tokyo"
    assert parsed_feed(ANSWER).entries[0].time_zone is None
