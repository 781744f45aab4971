"""`watcher terms`: one more word for a concept, without opening the rules file."""

from __future__ import annotations

import json
import tomllib

import pytest
from cli_terminal import Operator


def concepts(operator: Operator) -> dict[str, object]:
    found: dict[str, object] = tomllib.loads(operator.rules()).get("concepts", {})
    return found


def test_a_word_is_added_and_found_and_all_else_stays(started: Operator) -> None:
    """The whole reason: a reporter's new word for the old crime, in a minute."""
    before = started.rules()
    answer = started.watcher("terms", "add", "scam", "en", "job lure")
    assert answer.status == 0 and "+ @scam.en: job lure" in answer.out
    assert concepts(started) == {"scam.en": {"add": ["job lure"]}}
    after = started.rules()
    assert [line for line in after.splitlines() if line not in before.splitlines()] == ["[concepts]", '"scam.en" = { add = ["job lure"] }']
    assert [line for line in before.splitlines() if line not in after.splitlines()] == []
    (started.folder / "a.txt").write_text("Cambodia deported 31 people after a job lure.", "utf-8")
    assert '"job lure"' in started.watcher("explain", "a.txt", "--json").out


def test_a_word_that_is_there_is_said_and_nothing_is_written(started: Operator) -> None:
    """Case and compatibility forms make no new word."""
    started.watcher("terms", "add", "scam", "en", "job lure")
    before = started.rules()
    answer = started.watcher("terms", "add", "@scam", "en", "JOB  LURE")
    assert answer.status == 0 and "'job lure' is there already; nothing was written" in answer.out
    assert started.rules() == before


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("scm", "en", "job lure"), "there is no concept 'scm'; did you mean 'scam'?"),
        (("scam", "eng", "job lure"), "there is no language 'eng'; did you mean 'en'?"),
        (("scam", "Khmer", "job lure"), "did you mean 'km'?"),
        (("scam", "am", "job lure"), "watcher languages new am"),
        (("scam", "en", "the"), "one of the commonest words of English"),
        (("scam", "en", "th*"), "begins too many words"),
        (("scam", "id", "den"), "begins 'dengan', one of the commonest words of Indonesian"),
        (("scam", "en", "x"), "is a single letter"),
        (("scam", "en", " "), "has no letters"),
        (("scam", "en", "sc*am"), "has a * inside"),
        (("scam", "en", "two\nlines"), "holds a line break"),
        (("scam", "en", "x" * 81), "over 80 characters"),
        (("compound", "zh", "国公"), "written without spaces, so it would be found there"),
    ],
)
def test_a_word_that_would_do_harm_is_refused_with_the_reason(started: Operator, arguments: tuple[str, ...], told: str) -> None:
    """One wrong word makes every story a scam story, at 7 in the morning, to everyone."""
    before = started.rules()
    answer = started.watcher("terms", "add", *arguments)
    assert answer.status == 2 and told in answer.err, answer.err
    assert started.rules() == before


@pytest.mark.parametrize("term", ['say "yes"', "back\\slash", "it's", "ថ្មី", "# no comment", "a ${HOME} b", "a ]} b"])
def test_any_character_is_written_safely(started: Operator, term: str) -> None:
    """A quote must not break the file that the service runs on."""
    assert started.watcher("terms", "add", "scam", "en", term).status == 0
    assert concepts(started) == {"scam.en": {"add": [term]}}
    assert started.watcher("terms", "remove", "scam", "en", term).status == 0
    assert concepts(started) == {}


def test_a_shipped_word_goes_and_comes_back(started: Operator) -> None:
    """A word that brings wrong stories is out in a minute, without a new version."""
    started.watcher("terms", "add", "scam", "en", "job lure")
    assert "- @scam.en: vishing" in started.watcher("terms", "remove", "scam", "en", "Vishing").out
    assert concepts(started) == {"scam.en": {"add": ["job lure"], "remove": ["Vishing"]}}
    assert "-Vishing" in started.watcher("terms", "list", "scam", "en").out
    assert "+ @scam.en: vishing" in started.watcher("terms", "add", "scam", "en", "vishing").out
    assert concepts(started) == {"scam.en": {"add": ["job lure"]}}
    refused = started.watcher("terms", "remove", "scam", "en", "job lures")
    assert refused.status == 2 and "did you mean 'job lure'?" in refused.err


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ('[concepts]   # ours\n"crossing.en" = { add = "one word" } # why', {"crossing.en": {"add": ["one word", "job lure"]}}),
        ('[concepts]\ncrossing.en.add = ["one word"]', {"crossing": {"en": {"add": ["one word", "job lure"]}}}),
        ('[concepts."crossing.en"]\nadd = [\n  "one word",  # why\n]', {"crossing.en": {"add": ["one word", "job lure"]}}),
        ('[concepts.crossing.en]\nreplace = ["one word"]', {"crossing": {"en": {"replace": ["one word"], "add": ["job lure"]}}}),
        ('[concepts]\n"crossing.km" = { add = ["ថ្មី"] }', {"crossing.km": {"add": ["ថ្មី"]}, "crossing.en": {"add": ["job lure"]}}),
    ],
)
def test_however_the_table_is_written_the_word_goes_into_it(started: Operator, written: str, wanted: dict[str, object]) -> None:
    """Operators write TOML in their own way, with comments that they need again."""
    rules = started.folder / "rules.toml"
    rules.write_text(started.rules() + "\n" + written + "\n", "utf-8")
    answer = started.watcher("terms", "add", "crossing", "en", "job lure")
    assert answer.status == 0, answer.err
    assert concepts(started) == wanted
    assert written.count("#") == sum(
        line.count("#") for line in started.rules().splitlines() if line.startswith(("[concepts", '"crossing', '  "'))
    )


def test_nothing_is_written_where_the_file_would_be_wrong(started: Operator) -> None:
    """The new word makes an example fail: the file stays as it was, and the example is named."""
    example = '[[rules.examples]]\ntext = "Cambodia deported 31 people after a hotel dispute."\nmatch = false\n'
    rules = started.folder / "rules.toml"
    head, _, tail = started.rules().partition("[[rules.examples]]")
    rules.write_text(f"{head}{example}\n[[rules.examples]]{tail}", "utf-8")
    assert started.watcher("check").status == 0
    before = started.rules()
    answer = started.watcher("terms", "add", "scam", "en", "hotel dispute")
    assert answer.status == 2 and "this example matches, but match = false" in answer.err
    assert started.rules() == before


def test_words_of_all_languages_and_concepts_of_ones_own(started: Operator) -> None:
    """A name is the same in every language; a concept that a rule uses needs no language file."""
    rules = started.folder / "rules.toml"
    rules.write_text(
        started.rules() + '\n[[rules]]\nname = "by-name"\nmatch = "@syndicate"\n\n[concepts]\n"syndicate.any" = { add = ["Group One"] }\n',
        "utf-8",
    )
    answer = started.watcher("terms", "add", "syndicate", "any", "Group Two")
    assert answer.status == 0, answer.err
    assert concepts(started) == {"syndicate.any": {"add": ["Group One", "Group Two"]}}


def test_the_list_says_where_each_word_comes_from(started: Operator) -> None:
    """By count for all, word by word for one concept; as JSON for a script."""
    started.watcher("terms", "add", "scam", "en", "job lure")
    assert "@scam" in started.watcher("terms").out
    out = started.watcher("terms", "list", "scam", "en").out
    assert out.startswith("@scam.en  ") and "+job lure" in out
    (found,) = json.loads(started.watcher("terms", "list", "scam", "en", "--json").out)
    assert found["added"] == ["job lure"] and "job lure" in found["terms"]
    assert len(json.loads(started.watcher("terms", "--json").out)) > 100
