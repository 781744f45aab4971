"""`watcher stories`: words and filters as typed, the ledger on a terminal, and what is said of wrong input."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from cli_terminal import Operator

from watcher.cli.show import width

CASES = (
    ("https://a.test/1", "Cambodia deports 25 Japanese over phone scam", "Cambodia deported 25 Japanese over a phone scam in Phnom Penh.", "en", "Alpha", "2023-11-08"),
    ("https://a.test/2", "柬埔寨遣返110名中國人", "柬埔寨警方在西港破獲電信詐騙，遣返110名中國人。", "zh", "中央社", "2023-11-07"),
    ("https://a.test/3", "Cambodia deports 31 Thais over online scam", "Cambodia deported 31 Thais over an online scam in Poipet.", "en", "Beta", "2023-10-02"),
    ("https://a.test/4", "Cambodia deports 40 Vietnamese over online scam", "Cambodia deported 40 Vietnamese over an online scam in Bavet.", "en", "Beta", "2021-03-02"),
)  # fmt: skip


@pytest.fixture
def archive(started: Operator) -> Operator:
    """Four stories of three years, from a file."""
    lines = [
        json.dumps({"url": url, "title": title, "text": text, "language": language, "source": source, "published": f"{day}T05:00:00Z"})
        for url, title, text, language, source, day in CASES
    ]
    (started.folder / "past.jsonl").write_text("\n".join(lines), "utf-8")
    assert started.watcher("backfill", "past.jsonl").status == 0
    return started


def listed(operator: Operator, *arguments: str) -> list[str]:
    """The headlines that a list shows."""
    answer = operator.watcher("stories", *arguments, "--json")
    assert answer.status == 0, answer.err
    return [story["headline"] for story in json.loads(answer.out)]


@pytest.mark.parametrize(
    ("arguments", "counts"),
    [
        ((), "25 110 31 40"),
        (("japanese",), "25"),
        (("中國",), "110"),
        (("中国",), "110"),
        (("Poipet", "THAIS"), "31"),
        (("poipet", "japanese"), ""),
        (('"phone scam"',), "25"),
        (("scam", "--until", "2022-12-31"), "40"),
        (("--since", "2023-11-07", "scam"), "25"),
        (("--search", "中央社"), "110"),
        (("alpha", "--search", "phone"), "25"),
        (("--nationality", "JP"), "25"),
        (("--nationality", "chinese"), "110"),
        (("--nationality", "Viet Nam"), None),
        (("--nationality", "vietnam"), "40"),
        (("--stage", "deported", "--nationality", "TH"), "31"),
        (("--stage", "arrested"), ""),
        (("--place", "poi"), "31"),
        (("--since", "2023-10-02", "--until", "2023-11-07"), "110 31"),
        (("--confidence", "independent"), ""),
        (("--checked",), ""),
        (("--unchecked", "--limit", "2"), "25 110"),
    ],
)
def test_words_and_filters_choose(archive: Operator, arguments: Sequence[str], counts: str | None):
    """What a person types finds what is meant, options before or behind the words."""
    if counts is None:
        assert archive.watcher("stories", *arguments).status == 2
        return
    assert [headline.split()[0] for headline in listed(archive, *arguments)] == counts.split()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--nationality", "Japanes"), "did you mean 'Japanese'?"),
        (("--stage", "deport"), "'deported'"),
        (("--since", "yesterday"), "neither a length of time"),
        (("--until", "2023-02-30"), "is no day; write it as 2023-11-08"),
        (("--since", "2023-11-08", "--until", "2023-11-01"), "is after --until"),
        (("--search", "…!"), "holds no word"),
        (("--limit", "0"), "x>=1"),
        (("--confidence", "sure"), "'one_source'"),
        (("--by", "month"), "--by goes with --ledger"),
        (("--as-of", "2023-11-08"), "--as-of goes with --ledger"),
        (("--ledger", "--by", "moon"), "did you mean 'month'?"),
        (("--ledger", "--by", "month,month"), "once at most"),
        (("--ledger", "--by", ","), "once at most"),
        (("--ledger", "--limit", "3"), "leave --limit"),
        (("--ledger", "--as-of", "2999-01-01"), "has not begun"),
        (("--ledger", "--as-of", "2023-11-08", "scam"), "archive of today only"),
    ],
)
def test_wrong_input_is_refused_with_what_to_do(archive: Operator, arguments: Sequence[str], said: str):
    """A list that silently ignored a slip would be believed."""
    answer = archive.watcher("stories", *arguments)
    assert (answer.status, answer.out) == (2, "")
    assert said in " ".join(answer.err.split())


def test_an_empty_answer_says_what_may_be_meant(archive: Operator):
    """A slip in a command's name is looked for as a word, and a place by another name is none."""
    assert "did you mean 'show'?" in archive.watcher("stories", "shw", "1").out
    assert "No story names the place 'Poipt'; did you mean 'poipet'?" in archive.watcher("stories", "--place", "Poipt").out
    assert archive.watcher("stories", "show", "1").out.startswith("#1")


def test_a_long_list_is_cut_and_says_so(archive: Operator):
    """Who sees a page must not take it for everything."""
    answer = archive.watcher("stories", "--limit", "2")
    assert len(answer.out.splitlines()) == 2
    assert "there are more" in answer.err
    assert "there are more" not in archive.watcher("stories", "--limit", "4").err


@pytest.mark.parametrize("columns", [60, 80, 100, 120])
def test_lists_and_ledger_fit_the_terminal(archive: Operator, monkeypatch: pytest.MonkeyPatch, columns: int):
    """A table whose lines break can not be read."""
    monkeypatch.setenv("COLUMNS", str(columns))
    for arguments in (
        (),
        ("--ledger",),
        ("--ledger", "--by", "month"),
        ("--ledger", "--by", "place,year"),
        ("--ledger", "--by", "nationality"),
    ):
        out = archive.watcher("stories", *arguments).out
        assert out.strip()
        assert max(map(width, out.splitlines())) <= columns, out


def test_the_ledger_on_a_terminal(archive: Operator, monkeypatch: pytest.MonkeyPatch):
    """Months with what was read of them, people by nationality, and nothing where nobody is."""
    monkeypatch.setenv("COLUMNS", "100")
    lines = archive.watcher("stories", "--ledger").out.splitlines()
    assert (
        lines[0].split() == ["raid", "arrested", "detained", "rescued", "charged", "deported", "repat-", "extra-", "sen-"]
        or "deported" in lines[0]
    )
    start = lines.index("Nov 2023  2 outlets in 2 languages read")
    assert [line.split() for line in lines[start + 1 : start + 4]] == [["Chinese", "110"], ["Japanese", "25"], ["all", "135"]]
    assert "Not official statistics" in archive.watcher("stories", "--ledger").out
    assert "Nothing was read in the last 30 days" in " ".join(archive.watcher("stories", "--ledger").out.split())


def test_the_ledger_as_json(archive: Operator):
    """For programs: every stage has its key, and an empty one is null."""
    rows = json.loads(archive.watcher("stories", "--ledger", "--nationality", "TH", "--json").out)
    (row,) = rows
    assert (row["month"], row["nationality"], row["outlets_read"], row["languages_read"], row["incomplete"]) == (
        "2023-10",
        "TH",
        1,
        1,
        None,
    )
    assert row["people"]["deported"]["count"] == 31
    assert [stage for stage, cell in row["people"].items() if cell is not None] == ["deported"]
    assert json.loads(archive.watcher("stories", "--ledger", "--json", "--as-of", "2023-11-01").out) == []  # nothing was stored by then


def test_a_list_needs_no_good_rules_file(archive: Operator):
    """A slip in rules.toml must hide no story; only days of the past need its zone, and then it is said which was taken."""
    (archive.folder / "rules.toml").write_text("this is = = no toml", "utf-8")
    assert listed(archive, "--since", "2023-11-08") == ["25 Japanese deported"]
    answer = archive.watcher("stories", "--ledger", "--as-of", "2023-11-08")
    assert answer.status == 0
    assert "days are those of UTC" in answer.err
