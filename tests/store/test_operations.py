"""What the service remembers about itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlite_utils import Database

from watcher.store import operations, transaction


def test_a_lease_has_one_holder_until_it_ends(database: Database, now: datetime):
    """Two services started by mistake: one sends."""
    with transaction(database):
        assert operations.take_lease(database, "sender", "one", now)
        assert not operations.take_lease(database, "sender", "two", now)
        assert operations.take_lease(database, "sender", "one", now + timedelta(minutes=1))
        assert not operations.take_lease(database, "sender", "two", now + timedelta(minutes=2))
        assert operations.take_lease(database, "sender", "two", now + timedelta(minutes=4))
        assert not operations.take_lease(database, "sender", "one", now + timedelta(minutes=4))


def test_a_fault_said_again_is_not_said_anew(database: Database, now: datetime):
    """The operator hears of changes, not of every poll."""
    later = now + timedelta(hours=1)
    with transaction(database):
        operations.fault(database, "feed:1", "403", "repair", now)
        operations.told(database, ["feed:1"], now)
        operations.fault(database, "feed:1", "403", "repair", later)
    (same,) = operations.faults(database)
    assert (same.since, same.changed, same.told_at) == (now, now, now)
    with transaction(database):
        operations.fault(database, "feed:1", "404", "repair", later)
    (changed,) = operations.faults(database)
    assert (changed.since, changed.changed, changed.told_at) == (now, later, None)


def test_a_mended_fault_that_comes_back_is_new(database: Database, now: datetime):
    """It was well in between; since when counts from now."""
    later = now + timedelta(days=2)
    with transaction(database):
        operations.fault(database, "rules", "wrong", "check", now)
        operations.told(database, ["rules"], now)
        operations.mended(database, "rules", now)
    assert operations.faults(database) == []
    with transaction(database):
        operations.fault(database, "rules", "wrong", "check", later)
    (again,) = operations.faults(database)
    assert (again.since, again.told_at) == (later, None)


def test_the_instance_key_is_made_once(database: Database):
    """Message ids stay the same over restarts."""
    with transaction(database):
        assert operations.instance_key(database) == operations.instance_key(database)


def test_a_quiet_service_does_not_write_at_every_turn(database: Database, now: datetime):
    """Four loops tick every few seconds for years; a good turn is noted twice a minute, a bad one at once."""
    operations.beat(database, "poll", started=now, finished=now)
    before = database.conn.total_changes
    operations.beat(database, "poll", started=now, finished=now + timedelta(seconds=5))
    assert database.conn.total_changes == before
    operations.beat(database, "poll", problem="disk full")
    assert operations.heartbeats(database)["poll"].problem == "disk full"
    operations.beat(database, "poll", started=now, finished=now + timedelta(seconds=10))
    assert operations.heartbeats(database)["poll"].problem is None
    operations.beat(database, "poll", started=now, finished=now + timedelta(seconds=45))
    assert operations.heartbeats(database)["poll"].finished == now + timedelta(seconds=45)
