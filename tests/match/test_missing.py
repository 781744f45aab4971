"""match.missing: the smallest set of parts that would have made a rule hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.match import compile, explain
from watcher.match.missing import missing_parts
from watcher.match.sight import Sight
from watcher.model import Entry, QueryText, RuleText, Verdict
from watcher.read import read

Judged = Callable[..., Verdict]


@pytest.mark.parametrize(
    ("query", "title", "text", "missing", "reason"),
    [
        ("NOT (scam OR raid)", "scam raid", "", ("NOT scam", "NOT raid"), 'excluded by scam ("scam"); excluded by raid ("raid")'),
        ("NOT (scam AND raid)", "scam raid", "", ("NOT scam",), 'excluded by scam ("scam")'),
        ("golf AND NOT (scam AND NOT raid)", "golf scam", "", ("NOT scam",), 'excluded by scam ("scam")'),
        ("NOT (NOT scam OR NOT raid)", "", "raid", ("scam",), "nothing of scam"),
        ("(a AND b AND c) OR (d AND e)", "a b d", "", ("c",), "nothing of c"),
        ("(a AND b) OR (c AND NOT d)", "c d", "", ("NOT d",), 'excluded by d ("d")'),
        ("(a OR b) AND (c OR (d AND e))", "d", "", ("a", "c"), "nothing of a or b; nothing of c"),
        ("a OR (b OR c) OR d OR e", "", "", ("a",), "nothing of a or b or c or ..."),
        ("title:(a OR b OR b)", "", "a", ("title:a",), "nothing of a or b in the title"),
        ("opening:(a OR b)", "", "One. Two. Three. Four. Five. A.", ("opening:a",), "nothing of a or b in the opening"),
        ("c AND (a OR b) AND a", "c", "", ("a",), "nothing of a"),
        ("a AND (a OR b)", "c", "", ("a",), "nothing of a"),
        ("(a OR b) NEAR/3 (c OR d)", "x b", "", ("c",), "nothing of c or d"),
        ("a OR /b+/", "c", "", ("a",), "nothing of a or /b+/"),
        ("a OR title:b", "c", "", ("a",), "nothing of a"),
        ("people(deported)", "scam", "", ("people(deported)",), "no people counted in Cambodia (deported)"),
        (
            "people(deported, repatriated, extradited)",
            "Cambodia arrested 31 Malaysians",
            "",
            ("people(deported, repatriated, extradited)",),
            "no people counted in Cambodia (deported, repatriated, extradited)",
        ),
        ("NOT people(deported)", "", "Cambodia deported 31 Malaysians.", ("NOT people(deported)",), 'excluded by people(deported) ("31")'),
        ("title:(scam AND NOT golf)", "golf", "scam", ("title:scam", "NOT title:golf"), None),
        ("NOT (scam NEAR/3 raid)", "", "scam raid", ("NOT (scam NEAR/3 raid)",), 'excluded by scam NEAR/3 raid ("scam")'),
        ("title:(scam NEAR/3 raid)", "scam a b c d raid", "", ("title:(scam NEAR/3 raid)",), "scam and raid are more than 3 words apart"),
        ("scam NEAR/1 raid", "scam a b raid", "", ("scam NEAR/1 raid",), "scam and raid are more than 1 word apart"),
        ("scam NEAR/1 (raid OR (golf OR x))", "raid", "", ("scam",), "nothing of scam"),
        ("scam AND NOT source:post", "scam", "", ("NOT source:post",), "excluded by source:post"),
        ("a AND a", "", "", ("a",), "nothing of a"),
    ],
)
def test_a_no_names_what_would_have_to_change(
    judged: Judged, query: str, title: str, text: str, missing: tuple[str, ...], reason: str | None
) -> None:
    """Down to single words, through every NOT: who reads it wants to know which one to add or to drop."""
    verdict = judged(f"({query}) AND NOT never", title, text, source="Khmer Post")
    assert verdict.missing == missing
    assert reason is None or verdict.reason == f"no match: {reason}"


@pytest.mark.parametrize(
    ("query", "missing", "reason"),
    [
        ("raid AND (@scam OR @compound)", ("raid", "@scam"), "no match: nothing of raid; nothing of @scam or @compound"),
        ("raid AND (a OR b OR c OR d)", ("raid", "a"), "no match: nothing of raid; nothing of a or b or c or ..."),
        ("raid AND (a OR (b AND c))", ("raid", "a"), "no match: nothing of raid; nothing of a"),
        ("(a OR b) AND a", ("a",), "no match: nothing of a"),
    ],
)
def test_a_text_that_the_gate_stops_gets_the_same_answer(judged: Judged, query: str, missing: tuple[str, ...], reason: str) -> None:
    """Nearly every text is such a one, and "nothing of @scam" would be half the truth where @compound would do."""
    verdict = judged(query, "golf")
    assert (verdict.missing, verdict.reason) == (missing, reason)


TREES = st.recursive(
    st.just("*"),
    lambda inner: st.one_of(
        st.builds("({} AND {})".format, inner, inner),
        st.builds("({} OR {})".format, inner, inner),
        st.builds("({} AND {} AND {})".format, inner, inner, inner),
        st.builds("NOT ({})".format, inner),
        st.builds("@({})".format, inner),
    ),
    max_leaves=8,
)


def written(tree: str) -> tuple[str, list[str], tuple[QueryText, ...]]:
    """A tree with a word of its own at each leaf, `@(...)` as a named query; with the words."""
    words = [f"w{number}" for number in range(tree.count("*"))]
    for word in words:
        tree = tree.replace("*", word, 1)
    queries: list[QueryText] = []
    while (start := tree.rfind("@(")) >= 0:
        end = _closing(tree, start + 1)
        queries.append(QueryText(f"q{len(queries)}", tree[start + 2 : end]))
        tree = f"{tree[:start]}@q{len(queries) - 1}{tree[end + 1 :]}"
    return tree, words, tuple(queries)


def _closing(tree: str, opening: int) -> int:
    depth = 0
    for at in range(opening, len(tree)):
        depth += {"(": 1, ")": -1}.get(tree[at], 0)
        if depth == 0:
            return at
    raise AssertionError(tree)


def changes(words: list[str]) -> Iterator[frozenset[str]]:
    """Every set of words, the smallest first."""
    for size in range(len(words) + 1):
        yield from map(frozenset, combinations(words, size))


@given(TREES, st.data())
@settings(deadline=None, max_examples=150)
def test_no_smaller_change_would_have_made_it_hold(tree: str, data: st.DataObject) -> None:
    """Compared with all changes there are: which words to add to the text, and which to take out of it."""
    query, words, queries = written(tree)
    there = frozenset(data.draw(st.lists(st.sampled_from(words), unique=True)))
    rules, vocabulary = compile([RuleText("r", match=query)], [], (), queries=queries)

    def holds(present: frozenset[str]) -> bool:
        reading = read(Entry("k", "", "", "", " ".join(sorted(present))), vocabulary)
        return Sight(reading, rules).holds(rules.queries[0].node)

    sight = Sight(read(Entry("k", "", "", "", " ".join(sorted(there))), vocabulary), rules)
    missing = missing_parts(sight, rules.queries[0].node)
    changed = frozenset(part.removeprefix("NOT ") for part, _ in missing)
    assert len(changed) == len(missing)
    assert holds(there ^ changed)
    assert len(changed) == next(len(change) for change in changes(words) if holds(there ^ change))


def test_an_explanation_gives_it_for_every_rule() -> None:
    """The nearest rule is in the verdict; the others are asked for by whoever wrote them."""
    rules, vocabulary = compile([RuleText("one", match="a AND b"), RuleText("two", match="a AND c AND d", watch="c")], [], ())
    explanation = explain(read(Entry("k", "", "", "a", ""), vocabulary), rules)
    assert [(rule.rule, rule.level.value, [part for part, _ in rule.missing]) for rule in explanation.rules] == [
        ("one", "match", ["b"]),
        ("two", "match", ["c", "d"]),
        ("two", "watch", ["c"]),
    ]
    assert explanation.verdict.missing == ("b",)
