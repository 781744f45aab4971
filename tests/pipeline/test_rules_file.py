"""rules.toml on disk: what is in force while it is edited, broken, missing, or the service starts anew."""

from __future__ import annotations

from pathlib import Path

import pytest
from corridor import ENVIRONMENT, RULES, value

from watcher.pipeline import housekeeping
from watcher.pipeline.rules_file import RulesFile
from watcher.store import operations

BROKEN = RULES.replace("@deported", "@deportedd")


def save(rules: RulesFile, text: str) -> None:
    """Replace the file as editors do."""
    new = rules.path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.replace(rules.path)


def test_an_unchanged_file_is_not_read_again(rules) -> None:
    """Rules are compiled in a second; a service looks every quarter of a minute."""
    before = rules.watch
    assert rules.reread() is False
    assert rules.watch is before


def test_an_edit_comes_into_force(rules) -> None:
    """No restart is needed for a new digest time."""
    save(rules, RULES.replace('at = "07:00"', 'at = "18:30"'))
    assert rules.reread() is True
    assert rules.problem is None
    assert rules.watch.config.digests[0].at.hour == 18


@pytest.mark.parametrize("text", [BROKEN, "this is no TOML", "", RULES.replace("[[digests]]", "[[digest]]")])
def test_a_broken_edit_leaves_the_last_good_rules_in_force(text, rules) -> None:
    """A typo on Friday evening must not stop the mail of Saturday."""
    before = rules.watch
    save(rules, text)
    assert rules.reread() is True
    assert rules.watch is before
    assert rules.problem is not None and rules.problem.startswith("rules.toml")
    save(rules, RULES)
    assert rules.reread() is True
    assert rules.problem is None


def test_a_file_that_vanished_leaves_the_last_good_rules_in_force(rules) -> None:
    """An unmounted folder is no order to stop."""
    rules.path.unlink()
    assert rules.reread() is True
    assert rules.problem is not None and "no such file" in rules.problem
    save(rules, RULES)
    assert rules.reread() is True
    assert rules.problem is None


def test_a_restart_with_a_broken_file_goes_on_with_what_the_database_keeps(rules, database, now) -> None:
    """A power cut after the typo: the service starts all the same, and says what is wrong."""
    save(rules, BROKEN)
    restarted = RulesFile.load(rules.path, last_good=operations.recall(database, housekeeping.GOOD_RULES), environment=ENVIRONMENT)
    assert restarted.problem is not None and "@deportedd" in restarted.problem
    assert restarted.watch.fingerprint == rules.watch.fingerprint


def test_a_first_start_with_a_broken_file_refuses(rules) -> None:
    """Before any good rules there is nothing to go on with."""
    save(rules, BROKEN)
    with pytest.raises(ExceptionGroup):
        RulesFile.load(rules.path, environment=ENVIRONMENT)


def test_a_wrong_file_is_said_to_the_operator_until_it_is_mended(rules, database, now) -> None:
    """`status`, the operator's mail and the digest read it from here."""
    save(rules, BROKEN)
    rules.reread()
    housekeeping.apply(database, rules, now)
    (fault,) = operations.faults(database)
    assert (fault.subject, fault.mend, fault.urgent) == ("rules", "watcher check", True)
    assert operations.recall(database, housekeeping.GOOD_RULES) == RULES
    save(rules, RULES)
    rules.reread()
    housekeeping.apply(database, rules, now)
    assert operations.faults(database) == []
    assert operations.recall(database, housekeeping.RULES_PROBLEM) is None


def test_a_secret_that_stands_in_the_file_is_not_kept_in_the_database(tmp_path: Path, database, now) -> None:
    """Backups and researchers get the database; passwords must not be in it."""
    file = tmp_path / "rules.toml"
    file.write_text(RULES.replace("${SLACK_URL}", "https://hooks.slack.test/services/T0/B0/very-secret"), encoding="utf-8")
    rules = RulesFile.load(file, environment=ENVIRONMENT)
    housekeeping.apply(database, rules, now)
    assert "very-secret" not in str(value(database, "SELECT group_concat(value) FROM meta"))
    again = RulesFile.load(file, last_good=operations.recall(database, housekeeping.GOOD_RULES), environment=ENVIRONMENT)
    assert again.watch.config.channel("team") is not None


def test_a_missing_secret_is_said_and_pauses_its_channel_alone(rules, database, now) -> None:
    """One unset variable must not stop the others, and must not be overlooked."""
    without = RulesFile.load(rules.path, environment={name: text for name, text in ENVIRONMENT.items() if name != "SLACK_URL"})
    housekeeping.apply(database, without, now)
    (fault,) = operations.faults(database)
    assert (fault.subject, "SLACK_URL is not set" in fault.text) == ("secret:team", True)
    assert [channel.name for channel in without.watch.config.channels if channel.missing] == ["team"]
    housekeeping.apply(database, rules, now)
    assert operations.faults(database) == []
