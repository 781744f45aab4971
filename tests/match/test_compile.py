"""match.compile: every mistake at once, with its line and what to do."""

from __future__ import annotations

import pytest

from watcher.errors import ConfigError
from watcher.match import compile, judge
from watcher.model import ConceptEdit, Entry, Language, Level, QueryText, RuleText
from watcher.read import read


def mistakes(rules: list[RuleText], edits: list[ConceptEdit], languages: tuple[Language, ...]) -> list[str]:
    with pytest.raises(ExceptionGroup) as caught:
        compile(rules, edits, languages)
    assert all(isinstance(each, ConfigError) for each in caught.value.exceptions)
    return [str(each) for each in caught.value.exceptions]


def test_all_mistakes_are_told_at_once_each_with_its_line(languages: tuple[Language, ...]) -> None:
    """An operator mends a file in one go, or not at all."""
    rules = [
        RuleText("one", match="@scma", line=3, query_lines=(("match", 4),)),
        RuleText("two", match="a b", line=6, query_lines=(("match", 7),)),
        RuleText("three", match="a AND NOT a", line=9, query_lines=(("match", 10),)),
        RuleText("four", lead="a", line=12),
        RuleText("one", match="b", line=15),
        RuleText("six", match="@scam.xx", line=18),
        RuleText("seven", match="@immigration.de", line=21),
    ]
    edits = [
        ConceptEdit("scm", "en", add=("x",), line=30),
        ConceptEdit("scam", "eng", add=("x",), line=31),
        ConceptEdit("immigration", "de", replace=(), line=32),
    ]
    told = mistakes(rules, edits, languages)
    for start, words in {
        "rules.toml:4:": "unknown concept @scma; did you mean scam?\n    @scma\n    ^",
        "rules.toml:7:": "expected AND, OR or NEAR/n",
        "rules.toml:10:": "can never hold",
        "rules.toml:12:": "neither match nor watch",
        "rules.toml:15:": "is there twice",
        "rules.toml:18:": "unknown language in @scam.xx",
        "rules.toml:21:": "has no terms",
        "rules.toml:30:": "unknown concept 'scm'; did you mean scam?",
        "rules.toml:31:": "unknown language 'eng'; did you mean en?",
    }.items():
        assert any(line.startswith(start) and words in line for line in told), (start, told)
    assert len(told) == 9


def test_in_a_query_of_several_lines_the_line_of_the_slip_is_told(languages: tuple[Language, ...]) -> None:
    """Editors jump to the line that a message begins with."""
    rule = RuleText("r", match="@cambodia\n  AND (@scam\n  OR @scma)", line=3, query_lines=(("match", 5),))
    assert mistakes([rule], [], languages) == [
        "rules.toml:7: rule 'r', match: unknown concept @scma; did you mean scam?\n      OR @scma)\n         ^"
    ]
    rule = RuleText("r", match="@cambodia AND\n  (@scam OR", line=3, query_lines=(("match", 5),))
    assert mistakes([rule], [], languages)[0].startswith("rules.toml:6: rule 'r', match: expected a word")


@pytest.mark.parametrize(
    ("edit", "text", "level"),
    [
        (ConceptEdit("scam", "en", add=("sweetheart trick*",)), "A sweetheart tricksters' den", Level.MATCH),
        (ConceptEdit("scam", "en", remove=("scam*",)), "He is scammed", Level.NO),
        (ConceptEdit("scam", "en", replace=("ruse",)), "An online fraud", Level.NO),
        (ConceptEdit("scam", "en", replace=("ruse",)), "A ruse", Level.MATCH),
    ],
)
def test_rules_toml_changes_what_a_concept_means(edit: ConceptEdit, text: str, level: Level) -> None:
    """One more word must not need a new version."""
    english = Language("en", "English", ("en",), concepts={"scam": ("scam*", "online fraud")})
    rules, vocabulary = compile([RuleText("r", match="@scam.en")], [edit], [english])
    assert judge(read(Entry("k", "", "", text), vocabulary), rules).level is level


def test_a_concept_of_ones_own_is_one_that_a_rule_uses(languages: tuple[Language, ...]) -> None:
    """Kingpins differ from year to year; their names belong to no language."""
    edit = ConceptEdit("kingpins", "any", add=("Doe Example",))
    rules, vocabulary = compile([RuleText("r", match="@kingpins AND @arrested")], [edit], languages)
    assert judge(read(Entry("k", "", "", "Doe Example arrested"), vocabulary), rules).level is Level.MATCH


def test_named_people_are_a_concept(languages: tuple[Language, ...]) -> None:
    """The operator's list is looked for like any term."""
    rules, vocabulary = compile([RuleText("r", match="@people")], [], languages, people=("Doe Example",))
    assert judge(read(Entry("k", "", "", "DOE EXAMPLE extradited"), vocabulary), rules).level is Level.MATCH


def test_each_term_leads_to_all_its_queries_in_their_order() -> None:
    """A query left out here would never be asked, and its stories never told."""
    words = {"scam": ("scam",), "raid": ("raid",)}
    english, german = Language("en", "English", ("en",), concepts=words), Language("de", "German", ("de",), concepts={"scam": ("betrug",)})
    texts = ["@scam", "@scam.en", "@raid OR @scam.en", "@scam", "NOT @scam"]
    rules, vocabulary = compile([RuleText(text + str(at), match=text) for at, text in enumerate(texts)], [], [english, german])
    asked = {vocabulary.terms[number].text: queries for number, queries in rules.by_term.items()}
    assert asked == {"scam": (0, 1, 2, 3), "betrug": (0, 3), "raid": (2,)}
    assert rules.always == (4,)
    labels = {vocabulary.terms[number].text: shown for number, shown in rules.labels.items()}
    assert labels == {"scam": ("@scam", "@scam.en"), "betrug": ("@scam",), "raid": ("@raid",)}


def test_only_names_that_rules_use_are_looked_for() -> None:
    """A name kept for later must cost no scan, and its mistakes are told all the same."""
    english = Language("en", "English", ("en",), concepts={"scam": ("scam",), "raid": ("raid",)})
    later = QueryText("later", "@raid AND fraud")
    _, vocabulary = compile([RuleText("r", match="@scam OR ruse")], [], [english], queries=[later])
    assert {term.text for term in vocabulary.terms} == {"scam", "ruse"}
    with pytest.raises(ExceptionGroup, match="rules"):
        compile([RuleText("r", match="@scam")], [], [english], queries=[QueryText("later", "@rade")])
