"""Rule changes in the database: old files get the tables, and what is to be judged again is known from the file alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from watcher.model import Entry, Feed, Level, Verdict
from watcher.store import entries, open_store, rejudging, select, transaction, verdicts
from watcher.store.schema import migrations

NO = Verdict(Level.NO, missing=("@scam",), reason="no match: nothing of @scam")


def keep(database: Database, feed: Feed, rules: str, now: datetime, *names: str) -> None:
    """Store a text for each name, judged by rules of this fingerprint."""
    judged = [entries.Judged(Entry(name, f"https://a.test/{name}", f"https://a.test/{name}", name, f"{name}."), NO) for name in names]
    with transaction(database):
        saved = entries.save(database, feed.id, judged, {}, now=now, live=True)
        verdicts.save(database, saved, verdicts.rule_set(database, rules, "", now), now)


def take(database: Database, rules: str, now: datetime) -> rejudging.RuleChange:
    """Let rules come into force."""
    with transaction(database):
        rejudging.come_into_force(database, rules, "", now)
    found = rejudging.newest(database)
    assert found is not None
    return found


def go(database: Database, change: rejudging.RuleChange, now: datetime) -> rejudging.RuleChange | None:
    """All of it judged, and ended where nothing else came."""
    with transaction(database):
        rejudging.advance(database, change.id, change.stop, rejudging.Part(change.texts, 0, 0, 1.0))
        return rejudging.finish(database, change, now)


def test_an_old_database_keeps_its_rows_and_ends_as_a_new_one(tmp_path: Path):
    """An upgrade must neither lose the archive nor leave a table out."""
    old, new = Database(tmp_path / "old.db"), Database(tmp_path / "new.db")
    migrations.apply(old, stop_before="m002_rule_changes")
    old.conn.execute("INSERT INTO rule_sets (hash, text, since) VALUES ('a', '', '2023-11-08T00:00:00.000Z')")
    old.conn.commit()
    migrations.apply(old)
    migrations.apply(new)
    assert old.schema == new.schema
    assert old["rule_sets"].count == 1


def test_an_empty_database_has_nothing_to_judge_again(database: Database, now: datetime):
    """A first start begins with polling, not with work on nothing."""
    change = take(database, "a", now)
    assert (change.open, change.texts) == (False, 0)


def test_a_database_from_before_rule_changes_were_kept_is_looked_at_once(database: Database, feed: Feed, now: datetime):
    """After the upgrade nobody knows which rules the service ran with; the verdicts do."""
    keep(database, feed, "a", now, "one")
    database.conn.execute("DELETE FROM rule_changes")
    assert take(database, "a", now).open is False


def test_an_upgraded_archive_of_other_rules_is_judged_again(database: Database, feed: Feed, now: datetime):
    """The same, where the rules were edited in the days of the old version."""
    keep(database, feed, "a", now, "one")
    keep(database, feed, "b", now, "two")
    database.conn.execute("DELETE FROM rule_changes")
    change = take(database, "b", now)
    assert (change.open, change.texts) == (True, 2)


def test_texts_judged_by_other_rules_are_to_be_judged_again(database: Database, feed: Feed, now: datetime):
    """The rules were edited while the service was off."""
    keep(database, feed, "a", now, "one", "two")
    known = rejudging.newest(database)
    assert known is not None
    assert known.fingerprint == "a", "the first rules are in force without a service, too"
    change = take(database, "b", now)
    assert (change.open, change.texts, change.fingerprint) == (True, 2, "b")


def test_the_same_rules_again_change_nothing(database: Database, feed: Feed, now: datetime):
    """Restarts, and edits of a channel, must not judge the archive again."""
    take(database, "a", now)
    keep(database, feed, "a", now, "one")
    assert take(database, "a", now + timedelta(days=1)).open is False
    assert database["rule_changes"].count == 1


def test_a_restart_goes_on_where_it_was(database: Database, feed: Feed, now: datetime, path: Path):
    """How far it came stands in the file."""
    take(database, "a", now)
    keep(database, feed, "a", now, "one", "two", "three")
    change = take(database, "b", now)
    with transaction(database):
        rejudging.advance(database, change.id, 1, rejudging.Part(2, 0, 0, 1.0))
    again = take(open_store(path), "b", now + timedelta(hours=1))
    assert (again.id, again.open, again.following, again.judged) == (change.id, True, 1, 2)
    assert again.seconds_left == pytest.approx(0.5)


def test_rules_changed_meanwhile_start_over(database: Database, feed: Feed, now: datetime):
    """What the first edit's rules have judged already is judged by the second's too."""
    take(database, "a", now)
    keep(database, feed, "a", now, "one", "two")
    first = take(database, "b", now)
    second = take(database, "c", now)
    assert (second.open, second.following) == (True, 2)
    assert select(database, "SELECT state FROM rule_changes WHERE id = ?", (first.id,))[0]["state"] == "replaced"


def test_what_a_command_with_other_rules_brought_meanwhile_is_judged_too(database: Database, feed: Feed, now: datetime):
    """`watcher poll` with an edited file beside the service: at the end no text is left with a verdict of other rules."""
    take(database, "a", now)
    keep(database, feed, "a", now, "one")
    change = take(database, "b", now)
    keep(database, feed, "a", now, "late")
    reached = go(database, change, now)
    assert reached is not None
    assert (reached.open, reached.following, reached.stop, reached.texts) == (True, 2, 1, 2)


def test_what_other_rules_took_over_is_not_ended(database: Database, feed: Feed, now: datetime):
    """The file was edited in the moment in which the last text was judged: the new rules' work is not called done."""
    take(database, "a", now)
    keep(database, feed, "a", now, "one")
    change = take(database, "b", now)
    take(database, "c", now)
    assert go(database, change, now) is None
    reached = rejudging.newest(database)
    assert reached is not None
    assert (reached.fingerprint, reached.open) == ("c", True)


def test_rules_that_come_back_look_at_what_others_judged_meanwhile(database: Database, feed: Feed, now: datetime):
    """The file was edited, polled with by hand, and put back, all while the service was off."""
    take(database, "a", now)
    keep(database, feed, "b", now, "one")
    assert take(database, "a", now).open is True


def test_the_newest_row_of_a_text_is_the_one_that_counts(database: Database, feed: Feed, now: datetime):
    """Rules that come back take their own row up again, as the newest."""
    keep(database, feed, "a", now, "one")
    for rules, reason in (("b", "no match: x"), ("a", "no match: nothing of @scam"), ("b", "no match: x"), ("c", "no match: y")):
        rule_set = verdicts.rule_set(database, rules, "", now)
        before = int(select(database, "SELECT max(id) AS id FROM verdicts")[0]["id"])
        again = verdicts.Rewritten(1, before, verdicts.columns_of(Verdict(Level.NO, reason=reason)))
        verdicts.rewrite(database, [again], rule_set, now)
        found = verdicts.latest(database, 1)
        assert found is not None
        assert found[1].reason == reason
    assert len(select(database, "SELECT id FROM verdicts")) == 2, "of the noes the one that counts and the one before"


def test_a_yes_of_earlier_rules_stays_on_record(database: Database, feed: Feed, now: datetime):
    """Why staff were told of something in March must be answerable in June."""
    keep(database, feed, "a", now, "one")
    for rules, level in (("b", Level.MATCH), ("c", Level.NO), ("d", Level.NO), ("e", Level.NO)):
        before = int(select(database, "SELECT max(id) AS id FROM verdicts")[0]["id"])
        again = verdicts.Rewritten(1, before, verdicts.columns_of(Verdict(level, reason=rules)))
        verdicts.rewrite(database, [again], verdicts.rule_set(database, rules, "", now), now)
    assert [row["level"] for row in select(database, "SELECT level FROM verdicts ORDER BY id")] == ["match", "no", "no"]
    found = verdicts.latest(database, 1)
    assert found is not None
    assert found[1].level is Level.NO
