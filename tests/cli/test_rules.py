"""`watcher rules` missed, label, labels, test and try, as an operator types them."""

from __future__ import annotations

import hashlib
import json

import pytest
from rule_samples import ALL, LEAD, MATCHED, NARROWER, NEARLY, NOTHING, RULES, TWO_LACK, WATCHED, WIDER, backfill, labelled


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WATCHER_USER", raising=False)


@pytest.fixture
def archive(operator):
    """Six articles: a1 matched, a2 watched, a3 a lead, a4 lacks one part, a5 two, a6 all."""
    backfill(operator, *ALL)
    return operator


# ---- missed


def test_missed_lists_the_nearest_first_with_what_each_lacks(archive) -> None:
    """An operator who reads ten lines must have read the ten likeliest."""
    found = json.loads(archive.watcher("rules", "missed", "--json").out)
    assert [(one["article"], one["level"], one["missing"]) for one in found] == [
        ("a2", "watch", ["@deported"]), ("a3", "lead", ["@deported"]), ("a4", "no", ["@scam"]),
    ]  # fmt: skip
    shown = archive.watcher("rules", "missed").out
    assert shown.index("a2  Job offers") < shown.index("a3  Embassy") < shown.index("a4  Cambodia sends home 18 Koreans")
    assert "no, 1 part missing\n    no match: nothing of @scam\n    https://courier.test/4" in shown


def test_missed_leaves_out_what_stands_in_a_story_and_what_was_labelled(archive) -> None:
    """What a person has decided need not be looked at again."""
    archive.watcher("rules", "label", "a4", "no", "--by", "Dara")
    archive.watcher(
        "stories", "add", NEARLY["url"].replace("4", "2"), "--title", "Job offers in Cambodia", "--text-file", "past.jsonl", "--by", "Dara"
    )
    assert [one["article"] for one in json.loads(archive.watcher("rules", "missed", "--json").out)] == ["a3"]


def test_missed_says_when_more_is_there_than_shown_and_when_there_is_nothing(archive) -> None:
    """A cut list that looks whole hides stories."""
    answer = archive.watcher("rules", "missed", "--limit", "1")
    assert "3 articles. The first 1 are listed; more with --limit." in answer.err
    assert archive.watcher("rules", "missed", "--since", "2099-01-01").out == "Nothing was nearly a match in this time.\n"


@pytest.mark.parametrize("since", ["soon", "7", "2023-13-01", "-7d", ""])
def test_a_time_that_cannot_be_read_is_said_with_examples(archive, since: str) -> None:
    """Nobody remembers how a program wants its dates."""
    answer = archive.watcher("rules", "missed", "--since", since)
    assert answer.status == 2
    assert "(7d, 12h, 4w) nor a day (2023-11-08)" in answer.err


def test_a_length_of_time_before_all_times_means_everything(archive) -> None:
    """ "All of it" is often typed as an absurd number."""
    assert len(json.loads(archive.watcher("rules", "missed", "--since", "99999w", "--json").out)) == 3


# ---- label


def test_a_label_is_kept_with_who_and_when_and_a_new_one_says_what_it_replaces(archive) -> None:
    """Two people disagree sooner or later; the file must show who said what."""
    assert archive.watcher("rules", "label", NEARLY["url"], "yes", "--by", "Dara").out.endswith("Koreans: yes, by Dara\n")
    again = archive.watcher("rules", "label", "a4", "no", "--by", "Sok").out
    assert ": no, by Sok (before: yes by Dara, " in again
    (label,) = json.loads(archive.watcher("rules", "labels", "--json").out)
    assert (label["article"], label["wanted"], label["by"], label["url"]) == ("a4", False, "Sok", NEARLY["url"])
    assert label["at"].startswith("20") and label["at"].endswith("Z")
    assert "Koreans: label removed (it was no by Sok, " in archive.watcher("rules", "label", "a4", "--remove", "--by", "Sok").out
    assert archive.watcher("rules", "labels").out.startswith("No article is labelled yet.")


def test_a_story_labels_all_its_articles(operator) -> None:
    """Nobody types eleven addresses of one story."""
    backfill(operator, MATCHED, {**MATCHED, "url": "https://herald.test/1", "source": "Herald"}, NOTHING)
    assert operator.watcher("rules", "label", "#1", "yes", "--by", "Dara").status == 0
    assert {one["article"] for one in json.loads(operator.watcher("rules", "labels", "--json").out)} == {"a1", "a2"}


def test_a_name_comes_from_the_environment_too_and_is_never_missing(archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """A judgement without a name cannot be asked about."""
    answer = archive.watcher("rules", "label", "a4", "no")
    assert (answer.status, "--by NAME, or set WATCHER_USER" in answer.err) == (2, True)
    monkeypatch.setenv("WATCHER_USER", "Sok")
    assert archive.watcher("rules", "label", "a4", "no").out.endswith("no, by Sok\n")


WRONG_LABELS = {
    "https://never.test/1 yes": "watcher stories add https://never.test/1",
    "#99 yes": "watcher stories",
    "a99 yes": "rules missed",
    "12 yes": 'a story is written "#12", an article a12',
    "a4": "say yes",
    "a4 maybe": "'maybe' is neither",
    "a4 yes --remove": "not both",
}


@pytest.mark.parametrize("line", WRONG_LABELS)
def test_a_label_on_nothing_is_refused_and_says_what_to_type(archive, line: str) -> None:
    """A label that lands nowhere would be believed to be there."""
    answer = archive.watcher("rules", "label", *line.split(), "--by", "Dara")
    assert answer.status == 2
    assert WRONG_LABELS[line] in answer.err
    assert json.loads(archive.watcher("rules", "labels", "--json").out) == []


# ---- test


def test_the_rules_are_held_against_examples_labels_and_files_together(archive) -> None:
    """One figure hides which half is weak: each set and each language has its own."""
    archive.watcher("rules", "label", "a1", "yes", "--by", "Dara")
    archive.watcher("rules", "label", "a6", "no", "--by", "Dara")
    file = labelled(
        archive, "more.jsonl",
        {**MATCHED, "url": "https://x.test/1", "label": "positive"},
        {**NEARLY, "url": "https://x.test/2", "label": "pending", "language": "fr"},
        {**MATCHED, "url": "https://x.test/3", "wanted": False, "title": "Cambodia deported them for a scam"},
        {**NOTHING, "url": "https://x.test/4", "label": "negative"},
        {**NOTHING, "url": "https://x.test/5", "label": "positive", "unsure": True},
    )  # fmt: skip
    answer = archive.watcher("rules", "test", file, "--json")
    assert answer.status == 1
    found = json.loads(answer.out)
    assert {name: (one["articles"], one["yes"], one["lost"], one["false_hits"]) for name, one in found["sets"].items()} == {
        "examples of the rules": (2, 1, 0, 0), "labelled in the archive": (2, 1, 0, 0), "more.jsonl": (4, 2, 1, 1),
    }  # fmt: skip
    assert (found["all"]["precision"], found["all"]["recall"]) == (3 / 4, 3 / 4)
    assert (found["languages"]["fr"]["recall"], found["languages"]["fr"]["precision"]) == (0.0, None)
    assert (found["unsure"], found["without_text"]) == (1, 0)
    (lost,), (false,) = found["lost"], found["false_hits"]
    assert (lost["from"], lost["missing"]) == ("more.jsonl:2", ["@scam"])
    assert (false["from"], false["rules"]) == ("more.jsonl:3", ["sent-home"])
    shown = archive.watcher("rules", "test", file).out
    assert "LOST: labelled yes, and not matched (1)" in shown and "no match: nothing of @scam" in shown
    assert "FALSE HITS: labelled no, and matched (1)" in shown and "matched by sent-home: " in shown
    assert "1 row marked unsure: skipped." in shown


def test_false_hits_alone_are_listed_and_do_not_fail(started) -> None:
    """A script that refuses a change must refuse what loses stories; noise is for a person to weigh."""
    (started.folder / "rules.toml").write_text(RULES, "utf-8")
    file = labelled(started, "no.jsonl", {**MATCHED, "wanted": False})
    answer = started.watcher("rules", "test", file)
    assert answer.status == 0
    assert "FALSE HITS" in answer.out
    assert not (started.folder / "watcher.db").exists()


def test_a_watched_yes_counts_as_lost_because_nobody_is_told(archive) -> None:
    """Recall that counts what no reader saw flatters the rules."""
    archive.watcher("rules", "label", "a2", "yes", "--by", "Dara")
    answer = archive.watcher("rules", "test")
    assert answer.status == 1
    assert "watch, no match: nothing of @deported" in answer.out


def test_every_unusable_line_is_said_at_once_and_nothing_is_scored(started) -> None:
    """A figure over half a file would be taken for the whole."""
    (started.folder / "rules.toml").write_text(RULES, "utf-8")
    file = labelled(
        started, "bad.jsonl", MATCHED, {**MATCHED, "label": "maybe"}, {**MATCHED, "wanted": 1}, {**MATCHED, "label": "negative", "wanted": True},
        {"wanted": True}, {**MATCHED, "wanted": True},
    )  # fmt: skip
    answer = started.watcher("rules", "test", file)
    assert (answer.status, answer.out) == (2, "")
    assert [line.split(": ")[0] for line in answer.err.splitlines()] == [f"bad.jsonl:{number}" for number in (1, 2, 3, 4, 5)]
    (started.folder / "empty.jsonl").write_text("\n", "utf-8")
    assert "holds no article" in started.watcher("rules", "test", "empty.jsonl").err


def test_rules_without_examples_and_labels_say_how_to_begin(started) -> None:
    """0.00 of nothing is no answer."""
    text = RULES.partition("[[rules.examples]]")[0] + RULES[RULES.index("[[channels]]") :]
    (started.folder / "rules.toml").write_text(text, "utf-8")
    answer = started.watcher("rules", "test")
    assert (answer.status, "watcher rules label URL yes" in answer.out) == (0, True)


# ---- try


def _try(operator, rules: str, *more: str):
    (operator.folder / "new.toml").write_text(rules, "utf-8")
    return operator.watcher("rules", "try", "new.toml", *more)


def test_wider_rules_show_what_they_would_gain_and_the_new_stories(archive) -> None:
    """The question before every edit: what would it have caught?"""
    found = json.loads(_try(archive, WIDER, "--json").out)
    assert {one["url"]: one["reason"] for one in found["gained"]} == {
        NEARLY["url"]: "no match: nothing of @scam", WATCHED["url"]: "watch, no match: nothing of @deported",
    }  # fmt: skip
    assert (found["articles"], found["lost"], found["before"]["match"], found["after"]["match"]) == (6, [], 1, 3)
    assert [(one["kind"], one["story"], len(one["articles"])) for one in found["stories"]] == [("new", None, 1), ("new", None, 1)]
    shown = _try(archive, WIDER).out
    assert "GAINED: matched by the new rules only (2)" in shown
    assert "Cambodia sends home 18 Koreans" in shown and NEARLY["url"] in shown
    assert "1.0 by the rules in force, 3.0 by the new ones, over 1 day" in shown


def test_narrower_rules_show_what_they_would_lose_and_which_story_with_it(archive) -> None:
    """A lost story is the one thing that must be seen before and not after."""
    found = json.loads(_try(archive, NARROWER, "--json").out)
    assert [(one["url"], one["stories"]) for one in found["lost"]] == [(MATCHED["url"], [1])]
    assert "excluded by" in found["lost"][0]["reason"]
    assert [(one["kind"], one["story"], one["articles"]) for one in found["stories"]] == [("loses all", 1, ["a1"])]
    assert "LOST: matched by the rules in force only (1)" in _try(archive, NARROWER).out


def test_what_a_person_put_in_is_never_counted_as_lost_from_its_story(archive) -> None:
    """Rules do not undo a person's decision, and the trial must not say they would."""
    (archive.folder / "copy.txt").write_text(MATCHED["text"], "utf-8")
    archive.watcher("stories", "add", "https://herald.test/9", "--title", MATCHED["title"], "--text-file", "copy.txt", "--by", "Dara")
    moves = json.loads(_try(archive, NARROWER, "--json").out)["stories"]
    assert [(one["kind"], one["story"], one["left"]) for one in moves] == [("loses some", 1, 1)]


def test_a_gained_article_goes_to_the_story_where_it_would_stand(operator) -> None:
    """One more article of a known story is no new story; two of one new story are one."""
    again = {
        **MATCHED,
        "url": "https://herald.test/1",
        "title": "42 Thais deported from Cambodia",
        "text": "Cambodia deported 42 Thais on Thursday.",
        "source": "Herald",
    }
    koreans = {**NEARLY, "url": "https://herald.test/2", "title": "18 Koreans sent home", "source": "Herald"}
    backfill(operator, MATCHED, again, NEARLY, koreans)
    moves = json.loads(_try(operator, WIDER, "--json").out)["stories"]
    assert sorted((one["kind"], one["story"], one["articles"]) for one in moves if one["kind"] == "gains") == [("gains", 1, ["a2"])]
    assert [one["articles"] for one in moves if one["kind"] == "new"] == [["a3", "a4"]]


def test_a_trial_leaves_the_database_byte_for_byte_as_it_was(archive) -> None:
    """A dry run that writes is worse than none."""
    before = hashlib.sha256((archive.folder / "watcher.db").read_bytes()).hexdigest()
    names = sorted(path.name for path in archive.folder.iterdir())
    for rules in (WIDER, NARROWER):
        assert _try(archive, rules).status == 0
    assert hashlib.sha256((archive.folder / "watcher.db").read_bytes()).hexdigest() == before
    assert sorted(path.name for path in archive.folder.iterdir()) == sorted([*names, "new.toml"])


def test_articles_whose_text_was_dropped_are_counted_not_judged(archive) -> None:
    """What cannot be judged must not look as if nothing had been found in it."""
    import sqlite3

    with sqlite3.connect(archive.folder / "watcher.db") as database:
        database.execute("UPDATE revisions SET text = NULL WHERE article = 4")
    found = json.loads(_try(archive, WIDER, "--json").out)
    assert (found["articles"], found["without_text"], [one["article"] for one in found["gained"]]) == (5, 1, ["a2"])
    assert "1 article more had no text left" in _try(archive, WIDER).out


def test_wrong_new_rules_print_every_mistake_with_its_line_as_check_does(archive) -> None:
    """The trial is where mistakes are made."""
    text = RULES.replace("@scam AND @deported", "@scma AND @deported").replace(
        'time_zone = "Asia/Phnom_Penh"', 'time_zone = "Asia/Pnom_Penh"'
    )
    answer = _try(archive, text)
    assert (answer.status, answer.out) == (2, "")
    (archive.folder / "rules.toml").write_text(text, "utf-8")
    checked = archive.watcher("check").err.splitlines()
    assert [line.replace("rules.toml", "new.toml") for line in checked] == answer.err.splitlines()
    assert [line.split(":")[1] for line in checked if line.startswith("rules.toml")] == ["2", "7"]


def test_the_same_rules_change_nothing_and_it_is_said(archive) -> None:
    """An empty answer must be told from a failed one."""
    answer = _try(archive, RULES)
    assert (answer.status, answer.out.splitlines()[-1]) == (0, "Both rule sets match the same articles.")


def test_a_trial_needs_a_database_and_a_file(started) -> None:
    """Both are named in the answer."""
    assert "new.toml" in started.watcher("rules", "try", "new.toml").err
    answer = _try(started, RULES)
    assert (answer.status, "there is no database yet" in answer.err) == (2, True)


def test_the_wide_helps_name_the_order_of_nearness(operator) -> None:
    """How near is near is not to be guessed."""
    shown = " ".join(operator.watcher("rules", "missed", "--help").out.split())
    assert "fewest missing parts; then watch before lead before no" in shown
    assert TWO_LACK["url"] not in shown and LEAD["url"] not in shown
