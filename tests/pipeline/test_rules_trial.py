"""rules_trial: two rule sets over the archive, in one process and in several."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from corridor import ENVIRONMENT, RULES, entry, noise
from sqlite_utils import Database

from watcher.model import FeedKind, Level
from watcher.pipeline.rules_file import RulesFile
from watcher.pipeline.rules_trial import RulesTrial, rules_to_try, try_rules
from watcher.pipeline.take_in import judge_entry, take_in_past
from watcher.store import feeds, transaction

WIDER = RULES.replace('match = "@cambodia AND (@scam NEAR/60 (@deported OR @arrested))"', 'match = "@cambodia AND @deported"')


def _bring(database: Database, rules: RulesFile, now: datetime, *items: object) -> None:
    with transaction(database):
        feed = feeds.source(database, "backfill:jsonl", "Backfill", FeedKind.BACKFILL, now)
    take_in_past(database, feed, [judge_entry(one, rules.watch) for one in items], rules.watch, now)  # type: ignore[arg-type]


def _wider(rules: RulesFile, text: str = WIDER) -> Path:
    file = rules.path.parent / "new.toml"
    file.write_text(text, "utf-8")
    return file


def _tried(path: Path, rules: RulesFile, now: datetime, **more: object) -> RulesTrial:
    given = {"since": now - timedelta(days=90), "now": now, **more}
    return try_rules(path, rules, rules_to_try(_wider(rules), rules), **given)  # type: ignore[arg-type]


def _plain(count: int, now: datetime) -> list[object]:
    """Reports without a scam: only the wider rules want them."""
    found = [entry(number + 2, "Thais", now, key=f"plain-{number}") for number in range(count)]
    return [replace(one, title=f"Cambodia: {one.key} deported", text=f"{one.key} deported from Cambodia.") for one in found]


def test_several_processes_say_what_one_says(database: Database, path: Path, rules: RulesFile, now: datetime) -> None:
    """On a larger archive the work is shared out; the answer must not depend on it."""
    _bring(database, rules, now, *[entry(number + 10, "Thais", now) for number in range(4)], *_plain(600, now), noise(now))
    told: list[tuple[int, int]] = []
    alone = _tried(path, rules, now)
    shared = _tried(path, rules, now, processes=2, progress=lambda done, total: told.append((done, total)))
    assert shared == alone
    assert (alone.articles, len(alone.gained), alone.levels_before[Level.MATCH]) == (605, 600, 4)
    assert told[-1] == (605, 605)
    assert len(told) == 2


def test_only_the_window_is_judged_and_days_are_those_of_the_operator(
    database: Database, path: Path, rules: RulesFile, now: datetime
) -> None:
    """What came in at 23:30 UTC came in the next morning in Phnom Penh; that is the day on which a person would have read it."""
    _bring(database, rules, now - timedelta(days=200), entry(5, "Thais", now, key="old"))
    _bring(database, rules, now - timedelta(days=3, minutes=30), entry(6, "Thais", now, key="late"))
    _bring(database, rules, now, *_plain(2, now))
    trial = _tried(path, rules, now)
    assert (trial.articles, trial.span_days) == (3, 4)
    assert [(f"{one.day:%m-%d}", one.before, one.after) for one in trial.days] == [("11-06", 1, 1), ("11-09", 0, 2)]


def test_an_article_counts_by_the_best_of_its_texts(database: Database, path: Path, rules: RulesFile, now: datetime) -> None:
    """A later, shorter text of an article does not undo what an earlier one said; so it was when they came in."""
    full = entry(7, "Thais", now)
    _bring(database, rules, now, full)
    _bring(database, rules, now, replace(full, title="Updated", text="See below."))
    trial = _tried(path, rules, now)
    assert (trial.articles, trial.levels_before[Level.MATCH], trial.lost) == (1, 1, ())


def test_a_file_elsewhere_is_tried_with_the_own_languages_of_the_rules_in_force(
    database: Database, path: Path, rules: RulesFile, now: datetime, tmp_path: Path
) -> None:
    """A copy in another folder must not lose every article of a language that the operator added."""
    own = tmp_path / "languages"
    own.mkdir()
    (own / "en.toml").write_text('code = "en"\n[concepts]\nscam = ["pig butchering farm"]\n', "utf-8")
    current = RulesFile.load(rules.path, environment=ENVIRONMENT)
    assert current.watch.spoken.texts.texts, "the operator's file is read"
    elsewhere = tmp_path / "drafts"
    elsewhere.mkdir()
    (elsewhere / "new.toml").write_text(RULES, "utf-8")
    assert rules_to_try(elsewhere / "new.toml", current).fingerprint == current.watch.fingerprint


def test_the_trial_cannot_write_even_if_it_wanted_to(database: Database, path: Path, rules: RulesFile, now: datetime) -> None:
    """Nothing written is promised by the connection, not by care."""
    _bring(database, rules, now, *_plain(1, now))
    before = path.read_bytes()
    _tried(path, rules, now)
    assert path.read_bytes() == before
    from watcher.store import DatabaseError, open_reader

    with pytest.raises(DatabaseError, match="readonly"):
        open_reader(path).conn.execute("DELETE FROM verdicts")
