"""`watcher backup` into its folder, `watcher restore`, and what every command says while everything is held."""

from __future__ import annotations

import json

from cli_terminal import Operator


def _one_backup(newsroom: Operator) -> str:
    assert newsroom.watcher("backup").status == 0
    (made,) = json.loads(newsroom.watcher("backup", "--list", "--json").out)
    return str(made["file"])


def test_a_backup_without_a_name_goes_into_its_folder_and_is_listed(newsroom: Operator) -> None:
    """The operator should not have to think of a name, nor of which ones to throw away."""
    assert "No backup is kept" in newsroom.watcher("backup", "--list").out
    file = _one_backup(newsroom)
    assert "/backups/watcher-" in file
    assert "watcher-" in newsroom.watcher("backup", "--list").out
    assert newsroom.watcher("backup", "--list", "copy.db").status == 2


def test_after_a_restore_every_command_says_that_nothing_is_sent(newsroom: Operator) -> None:
    """Nobody may believe that mails go out while they wait for a decision; JSON on stdout stays JSON."""
    file = _one_backup(newsroom)
    answer = newsroom.watcher("restore", file)
    assert answer.status == 0
    assert "The database of before is kept as" in answer.out
    assert "may come a second time" in answer.err
    assert "watcher outbox release --all" in answer.err
    assert "watcher outbox discard --all" in answer.err
    for words in (["stories"], ["stories", "--json"], ["outbox"], ["feeds"], ["backup", "again.db"]):
        said = newsroom.watcher(*words)
        assert said.err.count("HELD since") == 1, words
        assert "HELD" not in said.out, words
    json.loads(newsroom.watcher("stories", "--json").out)
    assert newsroom.watcher("outbox", "release", "--all").status in (0, 1)
    assert "HELD" not in newsroom.watcher("stories").err


def test_a_wrong_file_is_refused_with_status_2(newsroom: Operator) -> None:
    """A mistyped name must not cost the database."""
    for file, problem in (("rules.toml", "not an SQLite database"), ("nowhere.db", "no such file"), ("watcher.db", "the database itself")):
        answer = newsroom.watcher("restore", file)
        assert (answer.status, problem in answer.err) == (2, True), answer.err


def test_a_database_that_is_gone_is_not_made_anew_beside_its_backups(newsroom: Operator) -> None:
    """`run` begins a database on its first start only; later it names the backup that brings the old one back."""
    file = _one_backup(newsroom)
    (newsroom.folder / "watcher.db").unlink()
    for words in (["run"], ["poll"], ["stories"]):
        answer = newsroom.watcher(*words)
        assert answer.status == 2, words
        assert f"watcher restore {file}" in answer.err or "watcher restore backups/" in answer.err, answer.err
    assert not (newsroom.folder / "watcher.db").exists()
    assert newsroom.watcher("restore", file).status == 0
    assert newsroom.watcher("stories").status == 0


def test_a_damaged_database_is_refused_untouched(newsroom: Operator) -> None:
    """Status 2 and the command that helps; the damaged file may still be worth something."""
    _one_backup(newsroom)
    damaged = b"SQLite format 3\x00" + b"\xff" * 5000
    (newsroom.folder / "watcher.db").write_bytes(damaged)
    answer = newsroom.watcher("run")
    assert answer.status == 2
    assert "watcher restore backups/" in answer.err
    assert (newsroom.folder / "watcher.db").read_bytes() == damaged
