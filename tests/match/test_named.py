"""match.named: queries that have a name, used in rules and in each other."""

from __future__ import annotations

import pytest

from watcher.match import Rules, compile, explain, judge
from watcher.model import ConceptEdit, Entry, Language, Level, QueryText, RuleText, Vocabulary
from watcher.read import read

ELSEWHERE = QueryText("elsewhere", "title:@other_country AND NOT title:@cambodia", line=2)


def compiled(languages: tuple[Language, ...], match: str, *queries: QueryText) -> tuple[Rules, Vocabulary]:
    return compile([RuleText("r", match=match, line=9)], [], languages, queries=queries)


def mistakes(languages: tuple[Language, ...], rules: list[RuleText], *queries: QueryText, edits: tuple[ConceptEdit, ...] = ()) -> list[str]:
    with pytest.raises(ExceptionGroup) as caught:
        compile(rules, edits, languages, queries=queries)
    return [str(each) for each in caught.value.exceptions]


def level(rules: tuple[Rules, Vocabulary], title: str, text: str = "") -> Level:
    return judge(read(Entry("k", "", "", title, text), rules[1]), rules[0]).level


def test_a_name_means_what_its_query_says(languages: tuple[Language, ...]) -> None:
    """Five rules that leave out the news of other countries must not each spell it out."""
    rules = compiled(languages, "@scam AND NOT @elsewhere", ELSEWHERE)
    assert level(rules, "Scam raid in Laos") is Level.NO
    assert level(rules, "Scam raid near Laos", "Cambodia") is Level.NO
    assert level(rules, "Scam raid in Laos and Cambodia") is Level.MATCH
    assert level(rules, "Scam raid") is Level.MATCH


def test_a_name_can_be_used_before_it_is_given_in_others_and_near_something(languages: tuple[Language, ...]) -> None:
    """The order of a table in TOML means nothing."""
    queries = (QueryText("held", "@law OR detained"), QueryText("law", '"in custody" OR /jail(ed)?/'))
    rules = compiled(languages, "@scam NEAR/3 @held AND SENTENCE(@law, suspects)", *queries)
    assert level(rules, "", "Scam suspects jailed") is Level.MATCH
    assert level(rules, "", "Scam suspects detained") is Level.NO


def test_the_gate_looks_into_a_name(languages: tuple[Language, ...]) -> None:
    """A rule does not become slow by being written with names."""
    _, vocabulary = compiled(languages, "@both AND NOT @elsewhere", QueryText("both", "@scam AND @cambodia"), ELSEWHERE)
    assert len(vocabulary.gate[0]) == 2


def test_a_name_that_no_rule_uses_looks_for_nothing(languages: tuple[Language, ...]) -> None:
    """It may be meant for tomorrow; it costs nothing and is no mistake."""
    plain, with_unused = (compiled(languages, "scam", *queries)[1] for queries in ((), (ELSEWHERE,)))
    assert plain.terms == with_unused.terms


def test_an_explanation_shows_the_name_and_below_it_what_it_means(languages: tuple[Language, ...]) -> None:
    """Who reads "excluded by @elsewhere" must see which country it was."""
    rules, vocabulary = compiled(languages, "@scam AND NOT @elsewhere", ELSEWHERE)
    explanation = explain(read(Entry("k", "", "", "Scam raid in Laos"), vocabulary), rules)
    (rule,) = explanation.rules
    (named,) = rule.tree.parts[1].parts
    assert (rule.tree.query, named.query, named.held) == ("@scam AND NOT @elsewhere", "@elsewhere", True)
    (inner,) = named.parts
    assert [(part.query, part.held) for part in inner.parts] == [("title:@other_country", True), ("NOT title:@cambodia", True)]
    assert explanation.verdict.reason == 'no match: excluded by title:@other_country ("laos") (@elsewhere)'


def test_a_mistake_in_a_named_query_is_shown_there_and_only_there(languages: tuple[Language, ...]) -> None:
    """A rule that uses it is not to blame, and ten rules would say it ten times."""
    query = QueryText("elsewhere", "title:@other_country\n  AND NOT title:@cambodai", line=4)
    rules = [RuleText("one", match="@scam AND NOT @elsewhere", line=9), RuleText("two", match="@elsewhere AND @deportd", line=12)]
    assert mistakes(languages, rules, query) == [
        "rules.toml:5: query @elsewhere: unknown concept @cambodai; did you mean cambodia?\n"
        "      AND NOT title:@cambodai\n"
        "                    ^",
        "rules.toml:12: rule 'two', match: unknown concept @deportd; did you mean deported?\n"
        "    @elsewhere AND @deportd\n"
        "                   ^",
    ]  # fmt: skip
    assert mistakes(languages, rules[:1], QueryText("elsewhere", "x AND (y", line=4)) == [
        "rules.toml:4: query @elsewhere: expected ')'; the query ends here\n    x AND (y\n            ^"
    ]


@pytest.mark.parametrize(
    ("queries", "told"),
    [
        ((QueryText("a", "@a OR x", line=1),), ["rules.toml:1: query @a: named queries go round in a circle: @a uses @a"]),
        (
            (QueryText("a", "x AND @b", line=1), QueryText("b", "@c", line=2), QueryText("c", "NOT @a", line=3)),
            ["rules.toml:3: query @c: named queries go round in a circle: @a uses @b, @b uses @c, @c uses @a; write one"],
        ),
        (
            (*(QueryText(f"q{n}", f"NOT @q{n + 1}", line=n) for n in range(1, 30)), QueryText("q30", "x")),
            ["rules.toml:5: query @q5: over 50 levels deep, with the names that it uses; write it with fewer"],
        ),
        (
            (QueryText("q0", "x"), *(QueryText(f"q{n}", " OR ".join([f"@q{n - 1}"] * 12), line=n) for n in range(1, 4))),
            ["rules.toml:3: query @q3: uses over 1,000 named queries"],
        ),
        ((QueryText("scam", "x", line=1),), ["rules.toml:1: query @scam: @scam is a concept already; give this query another name"]),
        ((QueryText("kingpins", "x", line=1),), ["rules.toml:1: query @kingpins: @kingpins is a concept already"]),
        ((QueryText("never", "x AND NOT (x OR y)", line=1),), ["rules.toml:1: query @never can never hold: it asks for x and for its"]),
        ((QueryText("a", "x", line=1), QueryText("b", "scam NEAR/3 @a.km", line=2)), ["rules.toml:2: query @b: @a is a named query and"]),
    ],
)
def test_a_name_that_cannot_be_meant_is_a_mistake(languages: tuple[Language, ...], queries: tuple[QueryText, ...], told: list[str]) -> None:
    """A circle, or a name that hides a concept, would change what every rule means."""
    edits = (ConceptEdit("kingpins", "any", add=("Doe Example",)),)
    found = mistakes(languages, [RuleText("r", match="scam AND NOT @kingpins", line=20)], *queries, edits=edits)
    assert len(found) == len(told)
    assert all(one.startswith(start) for one, start in zip(found, told, strict=True)), found


def test_an_unknown_name_is_compared_with_names_of_queries_too(languages: tuple[Language, ...]) -> None:
    """Concepts and queries are written alike."""
    (told,) = mistakes(languages, [RuleText("r", match="@scam AND NOT @elsewere", line=3)], ELSEWHERE)
    assert told.startswith("rules.toml:3: rule 'r', match: unknown concept @elsewere; did you mean elsewhere?")
