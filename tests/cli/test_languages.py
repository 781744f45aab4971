"""`watcher languages`, and what `watcher check` says of languages."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from cli_terminal import Operator

AMHARIC = """code = "am"
name = "Amharic"
tags = ["am"]
[places]
Cambodia = ["ካምቦዲያ"]
[concepts]
scam = ["ማጭበርበር"]
[stages]
deported = ["ተባረሩ"]
[people]
counters = ["ሰዎች"]
"""
ARTICLE = "25 ሰዎች ከካምቦዲያ ተባረሩ\n\nበ ካምቦዲያ በማጭበርበር የተያዙ 25 ሰዎች ረቡዕ ተባረሩ። ማጭበርበር ነው።\n"


def own(operator: Operator, name: str, text: str) -> Path:
    path = operator.folder / "languages" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_the_list_says_what_each_language_has_and_who_checked_it(started: Operator) -> None:
    """An unchecked language is a promise nobody has tested; the operator must see which."""
    own(started, "am.toml", AMHARIC.replace('tags = ["am"]', 'tags = ["am"]\nchecked_by = "A. Speaker"'))
    own(started, "km.toml", 'code = "km"\n[concepts]\nscam = ["ពាក្យថ្មី"]')
    own(started, "notes.txt", "")
    answer = started.watcher("languages")
    rows = {line.split()[0]: line for line in answer.out.splitlines() if line.strip()}
    assert rows["am"].split()[2:] == ["1", "1", "0", "1", "0", "0", "languages/am.toml", "A.", "Speaker"]
    assert "shipped + languages/km.toml" in rows["km"]
    assert "28 languages, 1 checked by a speaker." in answer.out
    assert "languages/notes.txt: is not read" in answer.err
    (amharic,) = [row for row in json.loads(started.watcher("languages", "--json").out) if row["code"] == "am"]
    assert (amharic["checked_by"], amharic["terms"]["scam"], amharic["from"]) == ("A. Speaker", 1, "languages/am.toml")


def test_check_says_what_own_files_change_and_counts_checked_languages(started: Operator) -> None:
    """A file that changes nothing, or stands under a wrong name, is seen at once."""
    assert "27 languages, 0 checked by a speaker: `watcher languages`" in started.watcher("check").out
    own(started, "km.toml", 'code = "km"\n[concepts]\nscam = ["ពាក្យថ្មី", ""]')
    own(started, "am.toml", AMHARIC)
    own(started, "si.toml.txt", AMHARIC)
    out = " ".join(started.watcher("check").out.split())
    assert "languages/km.toml (Khmer) adds to the shipped file: scam +1; 1 blank skipped" in out
    assert "languages/am.toml (Amharic) is a new language: Cambodia +1, scam +1, deported +1, counters +1" in out
    assert "languages/si.toml.txt is not read" in out


def test_mistakes_of_languages_and_rules_are_told_together(started: Operator) -> None:
    """Every mistake at once, each with its file and line."""
    own(started, "am.toml", AMHARIC.replace("scam =", "scma ="))
    rules = started.folder / "rules.toml"
    rules.write_text(started.rules().replace("@compound", "@compoundd", 1), "utf-8")
    answer = started.watcher("check")
    assert answer.status == 2
    lines = answer.err.strip().splitlines()
    assert lines[0].startswith("rules.toml:") and "compoundd" in lines[0]
    assert lines[-1] == "languages/am.toml:7: [concepts] unknown key 'scma'; did you mean scam?"


def test_a_rule_on_a_language_that_cannot_be_read_is_no_second_mistake(started: Operator) -> None:
    """The mistake is in am.toml; "unknown language am" would send the operator to the wrong file."""
    rules = started.folder / "rules.toml"
    rules.write_text(started.rules().replace('match = """', 'match = """ @scam.am OR ', 1), "utf-8")
    own(started, "am.toml", AMHARIC)
    assert started.watcher("check").status == 0
    own(started, "am.toml", AMHARIC.replace("[concepts]", "[concepts"))
    answer = started.watcher("check")
    assert [line.partition(" ")[0] for line in answer.err.strip().splitlines()] == ["languages/am.toml:6:"]


def test_new_writes_a_template_that_check_accepts_and_never_overwrites(started: Operator) -> None:
    """A volunteer's work of a week must not go by a second command."""
    answer = started.watcher("languages", "new", "am")
    path = started.folder / "languages" / "am.toml"
    assert answer.status == 0 and 'name = "Amharic"' in path.read_text("utf-8")
    assert "am.toml (Amharic) is a new language: spaces, prefix" in " ".join(started.watcher("check").out.split())
    path.write_text(AMHARIC, "utf-8")
    again = started.watcher("languages", "new", "am")
    assert again.status == 2 and "is not overwritten" in again.err
    assert path.read_text("utf-8") == AMHARIC


def test_a_template_for_a_shipped_language_adds_to_it(started: Operator) -> None:
    """The way for a speaker who knows a few words more."""
    started.watcher("languages", "new", "km")
    path = started.folder / "languages" / "km.toml"
    path.write_text(path.read_text("utf-8").replace('"",    # online scam*', '"ពាក្យថ្មី",    # online scam*'), "utf-8")
    assert "km.toml (Khmer) adds to the shipped file: scam +1" in " ".join(started.watcher("check").out.split())


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("kh", "write 'km'"),
        ("khmer", "write 'km'"),
        ("amh", "did you mean"),
        ("qq", "with --name"),
        ("fil", "watcher languages new tl"),
        ("zh-Hant", "its file is zh.toml"),
        ("../x", "is not the code of a language"),
    ],
)
def test_a_code_that_no_language_has_is_refused_with_what_to_do(started: Operator, code: str, told: str) -> None:
    """`kh` is Cambodia, not Khmer: a file under a wrong code would never be used."""
    answer = started.watcher("languages", "new", code)
    assert answer.status == 2 and told in answer.err, answer.err
    assert not (started.folder / "languages").exists()


def test_a_language_that_no_list_knows_can_be_named(started: Operator) -> None:
    """Small languages are the ones for which this was made."""
    assert started.watcher("languages", "new", "qq", "--name", "Our language").status == 0
    assert "Our language" in started.watcher("check").out


def test_a_spreadsheet_goes_out_and_comes_back(started: Operator) -> None:
    """The whole way of a volunteer who never sees TOML."""
    assert started.watcher("languages", "new", "am", "--csv").status == 0
    sheet = started.folder / "am.csv"
    rows = list(csv.reader(io.StringIO(sheet.read_bytes().decode("utf-8-sig"))))
    next(row for row in rows if row[:2] == ["places", "Cambodia"])[3] = "ካምቦዲያ"
    file = io.StringIO(newline="")
    csv.writer(file).writerows(rows)
    sheet.write_text(file.getvalue(), "utf-8-sig")
    assert started.watcher("languages", "new", "am", "--from-csv", "am.csv").status == 0
    assert "am.toml (Amharic) is a new language: spaces, prefix, Cambodia +1" in " ".join(started.watcher("check").out.split())
    sheet.write_text("nothing of ours", "utf-8")
    refused = started.watcher("languages", "new", "am", "--from-csv", "am.csv", "--output", "other.toml")
    assert refused.status == 2 and "am.csv:1: has not the columns" in refused.err
    assert not (started.folder / "other.toml").exists()


def test_check_shows_what_the_words_find_in_a_text(started: Operator) -> None:
    """A speaker sees at once which words are missing, and whether the rules take the article."""
    own(started, "am.toml", AMHARIC)
    (started.folder / "article.txt").write_text(ARTICLE, "utf-8")
    out = started.watcher("languages", "check", "am", "article.txt").out
    assert "Amharic (am), not checked by a speaker" in out
    assert "@scam: 1 place" in out and "[ማጭበርበር]" in out
    assert "No words yet: @compound" in " ".join(out.split())
    assert "25 people deported" in out
    assert "Verdict of the rules: match by scam-deportation" in out
    found = json.loads(started.watcher("languages", "check", "am", "article.txt", "--json").out)
    assert found["concepts"]["scam"][0]["text"] == "ማጭበርበር"
    assert (found["level"], found["claims"][0]["count"]) == ("match", 25)


def test_check_says_when_the_text_is_in_another_language(started: Operator) -> None:
    """Trying Khmer words on an English article finds nothing, for another reason than missing words."""
    (started.folder / "article.txt").write_text("Hotels are full this year.", "utf-8")
    own(started, "km.toml", 'code = "km"\n[concepts]\nscam = ["ពាក្យថ្មី"]')
    out = started.watcher("languages", "check", "km", "article.txt").out
    assert "Found nothing: " in out and "@scam" in out
    assert "no figure of people" in out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("xx", "article.txt"), "there is no language 'xx'"),
        (("Khmer", "article.txt"), "did you mean 'km'?"),
        (("km", "missing.txt"), "missing.txt: cannot be read"),
        (("km", "empty.txt"), "holds no text"),
    ],
)
def test_a_wrong_trial_says_what_to_do(started: Operator, arguments: tuple[str, ...], told: str) -> None:
    """A command that answers nothing is tried three times and given up."""
    (started.folder / "article.txt").write_text("text", "utf-8")
    (started.folder / "empty.txt").write_text(" \n", "utf-8")
    answer = started.watcher("languages", "check", *arguments)
    assert answer.status == 2 and told in answer.err


def test_a_speaker_needs_no_rules_file(operator: Operator) -> None:
    """Volunteers have the program and an article, nothing else."""
    (operator.folder / "article.txt").write_text(ARTICLE, "utf-8")
    own(operator, "am.toml", AMHARIC)
    answer = operator.watcher("languages", "check", "am", "article.txt")
    assert answer.status == 0 and "match by scam-deportation" in answer.out
    assert "the rules that `watcher init` writes are used" in answer.err


def test_the_page_shows_own_languages_too(started: Operator) -> None:
    """A speaker reads it as a page, not as a list of lists."""
    own(started, "am.toml", AMHARIC)
    out = started.watcher("languages", "page", "am").out
    assert out.startswith("## Amharic (am)\n") and "ማጭበርበር" in out
    assert started.watcher("languages", "page").out.startswith("# Languages\n")
