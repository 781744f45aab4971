"""match.query: what may be written, what it means, and where a slip is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.errors import QueryError
from watcher.match.query import And, Concept, InField, Near, Node, Not, Or, Together, Word, parse, show


def word(text: str, position: int, prefix: bool = False) -> Word:
    return Word(text, prefix, position)


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("scam", word("scam", 0)),
        ("scam*", word("scam", 0, prefix=True)),
        ('"phone scam"*', word("phone scam", 0, prefix=True)),
        ("@scam.km", Concept("scam", "km", 0)),
        ("a OR b AND c", Or((word("a", 0), And((word("b", 5), word("c", 11)))))),
        ("(a OR b) AND NOT c", And((Or((word("a", 1), word("b", 6))), Not(word("c", 17))))),
        ("a NEAR/5 b AND c", And((Near(word("a", 0), word("b", 9), 5), word("c", 15)))),
        ("NOT a NEAR/5 b", Not(Near(word("a", 4), word("b", 13), 5))),
        ("title:a OR b", Or((InField("title", word("a", 6)), word("b", 11)))),
        ("SENTENCE(a, b OR c)", Together(word("a", 9), Or((word("b", 12), word("c", 17))))),
        ("ANDROID OR NOTE", Or((word("ANDROID", 0), word("NOTE", 11)))),
        ("遣返", word("遣返", 0)),
    ],
)
def test_operators_bind_as_the_grammar_says(query: str, wanted: Node) -> None:
    """An operator's rule must mean what it looks like."""
    assert parse(query) == wanted


@pytest.mark.parametrize(
    ("query", "position", "words"),
    [
        ("", 0, "the query ends here"),
        ("a b", 2, "expected AND, OR or NEAR/n"),
        ("a and b", 2, "write AND in capitals"),
        ("a AND", 5, "expected a word"),
        ("(a OR b", 7, "expected ')'"),
        ("a)", 1, "expected AND, OR"),
        ('"a', 0, "not closed"),
        ("@", 0, "expected a name after '@'"),
        ("a NEAR/5 (b AND c)", 9, "AND and NOT do not belong inside"),
        ("SENTENCE(a b)", 11, "expected ','"),
        ("sc*m", 0, "only at the end"),
        ("a NEAR/5000 b", 2, "NEAR/n takes 0 to 1000"),
        ("a AND /x+/", 6, "no part of a query"),
        ("a AND ,", 6, "expected a word"),
        ("(" * 60 + "a", 40, "too deep"),
    ],
)
def test_a_slip_is_shown_with_a_caret_and_what_was_expected(query: str, position: int, words: str) -> None:
    """ "Syntax error" sends an operator to a programmer."""
    with pytest.raises(QueryError) as caught:
        parse(query)
    assert caught.value.position == position
    assert words in str(caught.value)
    assert str(caught.value).splitlines()[-1] == " " * (4 + position) + "^"


LEAVES = st.sampled_from(["scam", "scam*", '"phone scam"', "@scam", "@cambodia.km", 'source:"AP News"', "language:en"])
PLACES = st.sampled_from(["scam", "@scam", '"phone scam"*', "(a OR @b)"])
QUERIES = st.recursive(
    LEAVES | st.builds("{} NEAR/{} {}".format, PLACES, st.integers(0, 99), PLACES) | st.builds("SENTENCE({}, {})".format, PLACES, PLACES),
    lambda inner: st.one_of(
        st.builds("({} AND {})".format, inner, inner),
        st.builds("({} OR {})".format, inner, inner),
        st.builds("NOT ({})".format, inner),
        st.builds("title:({})".format, inner),
    ),
    max_leaves=8,
)


@given(QUERIES)
def test_what_is_shown_means_the_same(query: str) -> None:
    """`explain` prints parts of queries; an operator copies them back."""
    shown = show(parse(query))
    assert show(parse(shown)) == shown


@given(st.text(max_size=40) | st.text('()"@*:/,ANDORTsentc ', max_size=40))
def test_any_text_is_a_query_or_a_query_error(text: str) -> None:
    """Whatever is typed into rules.toml, a running service must not fall over it."""
    try:
        parse(text)
    except QueryError as error:
        assert 0 <= error.position <= len(text)
