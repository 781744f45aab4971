"""Dates of claims in the database: the day of a report is kept beside the printed date, and a feed's zone goes with its texts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from watcher.model import Claim, Entry, Feed, Level, Role, Stage, Verdict
from watcher.store import entries, execute, rejudging, select, texts, transaction, verdicts
from watcher.store.schema import migrations

DAY = date(2023, 11, 8)
UNDATED = Claim(Role.MAIN, Stage.DEPORTED, count=25, sentence="Cambodia deports 25 Japanese", reported=DAY)
DATED = Claim(Role.MAIN, Stage.DEPORTED, count=25, date=DAY, date_precision="day", sentence="They left on Wednesday.")


def keep(database: Database, feed: Feed, now: datetime) -> int:
    """Store one matched article with both claims; its revision."""
    entry = Entry("one", "https://a.test/one", "https://a.test/one", "one", "one.")
    judged = [entries.Judged(entry, Verdict(Level.MATCH, ("any",)), (UNDATED, DATED))]
    with transaction(database):
        saved = entries.save(database, feed.id, judged, {}, now=now, live=True)
        verdicts.save(database, saved, verdicts.rule_set(database, "a", "", now), now)
    return int(select(database, "SELECT max(id) AS id FROM revisions")[0]["id"])


def test_the_day_of_the_report_comes_back_and_stays_apart(database: Database, feed: Feed, now: datetime) -> None:
    """A year later nobody may take it for a printed date."""
    revision = keep(database, feed, now)
    assert verdicts.claims_of(database, [revision]) == {revision: (UNDATED, DATED)}


def test_claims_of_an_old_database_have_none(tmp_path: Path) -> None:
    """What was read before the upgrade keeps what it had."""
    old, new = Database(tmp_path / "old.db"), Database(tmp_path / "new.db")
    migrations.apply(old, stop_before="m006_claim_dates")
    assert "reported" not in old["claims"].columns_dict
    migrations.apply(old)
    migrations.apply(new)
    assert old["claims"].columns_dict == new["claims"].columns_dict
    assert "reported" in new["claims"].columns_dict


def test_stored_texts_carry_the_zone_of_their_feed(database: Database, feed: Feed, now: datetime) -> None:
    """Judged again, "today" must be the same day as the first time."""
    revision = keep(database, feed, now)
    execute(database, "UPDATE feeds SET time_zone = 'Asia/Tokyo' WHERE id = ?", (feed.id,))
    (stored,) = rejudging.texts_between(database, 0, revision)
    assert stored.entry.time_zone == "Asia/Tokyo"
    (again,) = texts.texts_between(database, 0, 10, now - timedelta(days=1))
    assert again.entry == replace(again.entry, time_zone="Asia/Tokyo")
