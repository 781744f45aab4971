"""Every command, used as an operator does: exit statuses, JSON, what is said when something is wrong."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys

import click
import pytest

from watcher.cli import cli, trouble

# command line -> exit status in a newsroom that was polled and where no service runs; `None` is tested elsewhere (it runs for long)
STATUS: dict[str, int | None] = {
    "": 2,
    "init": 2,  # the rules file is there
    "check": 0,
    "run": None,
    "poll": 0,
    "digest": 0,
    "backfill past.jsonl": 1,  # one line is bad
    "backfill feeds": 0,
    "backfill gaps": 0,
    "stories": 0,
    "stories show 1": 0,
    "stories add http://127.0.0.1:1/x --by Dara": 1,  # nothing answers there
    "stories review": 0,
    "stories confirm 1 --by Dara --why read": 0,
    "stories edit 1 --count 9 --by Dara --why misread": 0,
    "stories merge 1 99 --by Dara --why same": 2,  # there is no #99
    "stories split 1 --articles a99 --by Dara --why other": 2,  # it is not in the story
    "stories undo 1 --by Dara --why mistake": 0,
    "stories dismiss 1 --by Dara --why wrong": 0,
    "export --csv -": 0,
    "explain article.txt": 0,
    "rules": 0,
    "rules missed": 0,
    "rules label #1 yes --by Dara": 0,
    "rules labels": 0,
    "rules test": 0,
    "rules try rules.toml": 0,
    "rules apply": 0,
    "languages": 0,
    "languages new am": 0,
    "languages check en article.txt": 0,
    "languages page km": 0,
    "terms": 0,
    "terms list scam en": 0,
    "terms add scam en phantasm": 0,
    "terms remove scam en phantasm": 0,
    "feeds": 0,
    "feeds add http://127.0.0.1:1/feed --no-fetch --allow-private": 0,
    "feeds off http://127.0.0.1:1/feed": 0,
    "feeds on http://127.0.0.1:1/feed": 0,
    "feeds health": 0,
    "feeds repair": 0,
    "feeds import list.opml": 0,
    "feeds export": 0,
    "channels": 0,
    "outbox": 0,
    "outbox list": 0,
    "outbox show 1": 2,  # there is no message 1
    "outbox retry 1": 2,
    "outbox hold --all": 1,  # nothing waits
    "outbox release --all": 1,
    "outbox discard --all --yes": 1,
    "outbox send": 0,
    "backup copy.db": 0,
    "restore copy.db": 0,
    "status": 1,  # nothing runs
    "demo": None,
}


def test_every_command_is_in_the_table_of_exit_statuses() -> None:
    """A new command cannot come without its exit status being tried."""
    named = {""} | {name for name, command in cli.commands.items()}
    named |= {f"{name} {below}" for name, group in cli.commands.items() if isinstance(group, click.Group) for below in group.commands}
    tried = {max((name for name in named if f"{line} ".startswith(f"{name} ") or not name), key=len) for line in STATUS}
    assert tried == named


def test_commands_end_with_the_status_that_scripts_rely_on(newsroom) -> None:
    """0 done, 1 it ran and something failed, 2 usage or configuration: a cron job has nothing else to go by."""
    (newsroom.folder / "article.txt").write_text("Cambodia deports 25 Japanese over phone scam", "utf-8")
    (newsroom.folder / "past.jsonl").write_text('{"url": "https://past.test/1", "title": "Old", "text": "Old."}\nnot json\n', "utf-8")
    (newsroom.folder / "list.opml").write_text(newsroom.watcher("feeds", "export").out, "utf-8")
    found = {line: newsroom.watcher(*line.split()).status for line, status in STATUS.items() if status is not None}
    assert found == {line: status for line, status in STATUS.items() if status is not None}


LISTS = ["stories", "stories --ledger", "export -", "feeds", "channels", "outbox", "outbox list", "rules", "status", "stories show 1", "explain #1", "explain https://news.test/1",
         "rules missed", "rules labels", "rules test", "rules try rules.toml", "rules apply", "languages", "terms", "terms list scam en",
         "explain https://never.test/", "poll --all --no-leads", "backup copy.db"]  # fmt: skip


@pytest.mark.parametrize("line", LISTS)
def test_json_is_one_document_and_nothing_else_on_stdout(newsroom, line: str) -> None:
    """A script that reads it must not meet a friendly sentence."""
    assert isinstance(json.loads(newsroom.watcher(*line.split(), "--json").out), list | dict)


def test_stories_json_has_the_agreed_names(newsroom) -> None:
    """Other programs read these; the address is as it was received."""
    story = json.loads(newsroom.watcher("stories", "--json").out)[0]
    assert set(story) == {
        "id", "headline", "stage", "date", "from", "to", "places", "called", "people", "total", "confidence", "checked_by", "links", "rules",
        "first_seen", "updated", "articles",
    }  # fmt: skip
    assert {article["url"] for article in story["articles"]} == {"https://news.test/1", "https://other.test/1"}


COMMANDS_THAT_SHOW = ["stories show 2", "stories show 2 --json", "explain #2", "explain https://past.test/9", "explain --jsonl hostile.jsonl",
                      "stories", "stories show 1", "explain #1", "explain https://other.test/1", "feeds", "digest", "stories --json", "poll --all --no-leads",
                      "explain #1 --json", "feeds --json", "feeds export"]  # fmt: skip


@pytest.mark.parametrize("line", COMMANDS_THAT_SHOW)
def test_xss_1_a_hostile_headline_never_reaches_the_terminal_raw(newsroom, line: str) -> None:
    """A feed that can clear the screen or turn a line around can make the operator believe anything."""
    answer = newsroom.watcher(*line.split())
    printed = answer.out + answer.err
    assert {one for one in printed if not one.isprintable()} <= {"\n", "\xa0", "\u3000"}
    assert answer.status == 0


def test_the_headline_itself_is_shown(newsroom) -> None:
    """The check above must not pass because nothing was printed."""
    assert "Japan: 25 suspects sent home from Cambodia" in newsroom.watcher("stories", "show", "1").out
    assert "Japan: 25 suspects sent home from Cambodia" in newsroom.watcher("stories", "show", "2").out


# ---- wrong input: what was typed, and a word that must stand in the answer
WRONG = {
    "stroies": "'stories'",
    "poll --al": "--all",
    "check --send-test fils": "did you mean 'files'?",
    "digest dayly": "did you mean 'daily'?",
    "digest --number 7": "never made",
    "poll Alpha-News": "did you mean 'Alpha News'?",
    "feeds off Alpha-News": "did you mean 'Alpha News'?",
    "feeds add not-an-address": "http://",
    "feeds add ftp://feed.test/": "http://",
    "feeds add http://127.0.0.1:1/ --allow-private": "--no-fetch",
    "feeds add http://feed.test/ --no-fetch --language Khmer": "'km'",
    "feeds import rules.toml": "OPML",
    "feeds import missing.opml": "does not exist",
    "stories show 99": "watcher stories",
    "stories show first": "watcher stories",
    "explain": "name one text file",
    "explain missing.txt": "no such file",
    "explain .": "is a folder",
    "explain #99": "watcher stories",
    "backfill missing.jsonl": "does not exist",
    "backfill .": "is a directory",
    "backfill feeds Alpha-News": "did you mean 'Alpha News'?",
    "backfill feeds --pages 0": "--pages",
    "backfill gaps --since soon": "--since",
    "outbox retry": "--channel",
    "outbox retry --channel fils": "did you mean 'files'?",
    "outbox retry 999": "there is no message 999",
    "outbox show 999": "there is no message 999",
    "outbox release": "--digest NAME",
    "outbox release 1 --all": "one of them",
    "outbox release --digest dayly": "did you mean 'daily'?",
    "outbox hold --channel fils": "did you mean 'files'?",
    "outbox --state lost": "'dead'",
    "backup watcher.db": "not overwritten",
    "backup nowhere/copy.db": "No such file",
    "--db missing.db stories": "--db",
    "--db . stories": "is a directory",
    "--db rules.toml stories": "not a database",
    "--rules missing.toml check": "watcher init",
    "--rules . check": "is a directory",
    "--rules watcher.db check": "UTF-8",
}


@pytest.mark.parametrize("line", WRONG)
def test_a_mistake_gets_one_clear_answer_and_status_2(started, line: str) -> None:
    """What is wrong and what to do instead, without a trace, and nothing else is printed."""
    started.watcher("feeds", "add", "https://alpha.test/", "--no-fetch", "--title", "Alpha News")
    started.watcher("backfill", "/dev/null")
    answer = started.watcher(*line.split())
    assert answer.status == 2
    assert WRONG[line] in answer.err
    assert answer.out == ""
    assert len(answer.err.splitlines()) <= 4


def test_a_database_of_another_program_is_refused_untouched(started) -> None:
    """A slip in --db must not ruin somebody's data."""
    other = started.folder / "other.db"
    with sqlite3.connect(other) as database:
        database.execute("CREATE TABLE theirs (a)")
    before = other.read_bytes()
    for command in ("stories", "poll", "status", "backup x.db"):
        answer = started.watcher("--db", "other.db", *command.split())
        assert (answer.status, "another program" in answer.err) == (2, True), command
    assert other.read_bytes() == before


def test_every_mistake_of_the_rules_file_is_said_at_once_with_its_line(operator) -> None:
    """An operator who mends one mistake to meet the next one gives up."""
    (operator.folder / "rules.toml").write_text(
        '[watcher]\ntime_zone = "Asia/Pnom_Penh"\ncontac = "x"\n[[channels]]\nname = "a"\nkind = "emial"\n', "utf-8"
    )
    for command in ("check", "run", "poll", "digest"):
        answer = operator.watcher(command)
        assert answer.status == 2
        assert [line.split(": ")[0] for line in answer.err.splitlines()] == [f"rules.toml:{number}" for number in (1, 2, 3, 6)]
    assert sorted(path.name for path in operator.folder.iterdir()) == ["rules.toml"]


def test_options_stand_before_or_after_the_command_and_win_over_the_environment(newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wrapper of an installation sets WATCHER_DB; what is typed must still be obeyed, also where it is the default's name."""
    moved = newsroom.folder / "moved.db"
    (newsroom.folder / "watcher.db").rename(moved)
    assert newsroom.watcher("stories").status == 2
    assert newsroom.watcher("--db", "moved.db", "stories").status == 0
    assert newsroom.watcher("stories", "--db", "moved.db").status == 0
    assert newsroom.watcher("--db", "wrong.db", "stories", "--db", "moved.db").status == 0
    monkeypatch.setenv("WATCHER_DB", "moved.db")
    assert newsroom.watcher("stories").status == 0
    assert newsroom.watcher("--db", "watcher.db", "stories").status == 2


def test_status_says_what_to_do_while_nothing_runs(newsroom) -> None:
    """It is the healthcheck, and the first thing an operator types."""
    answer = newsroom.watcher("status")
    assert answer.status == 1
    assert answer.out.startswith("Not well: the service does not run.\n")
    assert "Next: digest daily" in answer.out
    assert "watcher run" in answer.out.splitlines()[-1]


def test_warnings_stand_where_rules_are_looked_at_and_nowhere_else(started) -> None:
    """Said at every command they are noise, and noise is not read."""
    assert "No one is told: only files are written" in started.watcher("check").err
    assert started.watcher("rules").err == ""


def test_a_reader_that_leaves_early_is_no_error_to_look_at(newsroom) -> None:
    """`watcher stories | head -1` is how people look."""
    lines = "\n".join(
        json.dumps({"url": f"https://a.test/{number}", "title": "Cambodia deports 25 Japanese over phone scam"}) for number in range(400)
    )
    (newsroom.folder / "many.jsonl").write_text(lines, "utf-8")
    command = [sys.executable, "-m", "watcher", "explain", "--jsonl", "many.jsonl"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=newsroom.folder) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline().startswith(b'{"match": true')
        process.stdout.close()
        assert process.stderr.read() == b""


def test_a_terminal_without_khmer_letters_shows_marks_instead_of_failing(started) -> None:
    """Old servers speak latin-1; a list must not end at the first foreign name."""
    started.watcher("feeds", "add", "https://alpha.test/", "--no-fetch", "--title", "ភ្នំពេញ")
    answer = started.process("feeds", environment={"PYTHONIOENCODING": "latin-1"})
    assert (answer.status, "?????" in answer.out) == (0, True)
    listed = started.process("feeds", "--json", environment={"PYTHONIOENCODING": "latin-1"})
    assert json.loads(listed.out)[0]["title"] == "ភ្នំពេញ"


def test_standard_input_is_read_as_utf8_whatever_the_terminal_says(started) -> None:
    """Texts are pasted in every script."""
    text = "Cambodia (កម្ពុជា) deports 25 Japanese over a phone scam. They were sent home on Wednesday.".encode()
    answer = started.process("explain", "-", "--json", given=text, environment={"LC_ALL": "C", "PYTHONUTF8": "0"})
    assert json.loads(answer.out)["match"] is True
    assert started.process("explain", "-", given=b" \n").status == 2


def test_a_fault_of_the_program_is_one_line_to_report(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A trace frightens people and hides what happened; the place is kept for those who mend it."""
    monkeypatch.delenv(trouble.TRACE, raising=False)
    for error, status in (
        (ZeroDivisionError("x"), 1),
        (PermissionError(13, "no", "rules.toml"), 2),
        (sqlite3.OperationalError("disk full"), 1),
    ):
        assert trouble.say_what_went_wrong(error) == status
    printed = capsys.readouterr().err
    assert "Traceback" not in printed
    assert "ZeroDivisionError" in printed and "rules.toml: not allowed" in printed and "disk full" in printed


def test_jsonl_gives_one_object_a_line_in_order_without_a_database(started) -> None:
    """A file of thousands is judged in a pipe; a bad line must not shift those after it."""
    (started.folder / "a.jsonl").write_text(
        '{"url": "https://a.test/1", "title": "Cambodia deports 25 Japanese over phone scam"}\n[]\n{"url": "https://a.test/3", "title": "Rain"}\n',
        "utf-8",
    )
    answer = started.watcher("explain", "--jsonl", "a.jsonl")
    objects = [json.loads(line) for line in answer.out.splitlines()]
    assert [one["match"] for one in objects] == [True, False, False]
    assert objects[1]["error"].startswith("line 2: ")
    assert answer.status == 1
    assert not (started.folder / "watcher.db").exists()


def test_backup_is_whole_private_and_never_overwrites(newsroom) -> None:
    """The copy is what stands between an NGO and losing years of work."""
    answer = newsroom.watcher("backup", "copy.db")
    copy = newsroom.folder / "copy.db"
    assert (answer.status, copy.stat().st_mode & 0o777) == (0, 0o600)
    assert newsroom.watcher("--db", "copy.db", "stories").out == newsroom.watcher("stories").out
    before = copy.read_bytes()
    assert newsroom.watcher("backup", "copy.db").status == 2
    assert copy.read_bytes() == before
    assert "Last backup" in newsroom.watcher("status").out
    assert [path.name for path in newsroom.folder.glob(".copy*")] == []


def test_the_group_lists_and_its_commands_are_known() -> None:
    """`watcher stories` is short for what people want most."""
    groups = [command for command in cli.commands.values() if isinstance(command, click.Group)]
    assert {group.name for group in groups} == {"backfill", "stories", "rules", "feeds", "outbox", "languages", "terms"}
    assert all(group.invoke_without_command for group in groups)
