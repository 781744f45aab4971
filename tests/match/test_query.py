"""match.query: what may be written, what it means, and where a slip is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.errors import QueryError
from watcher.match.query import And, Concept, HasPeople, InField, Named, Near, Node, Not, Or, Pattern, Together, Word, parse, show


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
        (r"/no\. \d+\/x/ OR a/b", Or((Pattern(r"no\. \d+\/x"), word("a/b", 15)))),
        ("title:/a b/ AND c", And((InField("title", Pattern("a b")), word("c", 16)))),
        ("SENTENCE(/a+/ OR b, c)", Together(Or((Pattern("a+"), word("b", 16))), word("c", 20))),
        ("NOT has_people", Not(HasPeople())),
        ("people(deported, arrested, deported)", HasPeople(("deported", "arrested"))),
        ("people OR people*", Or((word("people", 0), word("people", 10, prefix=True)))),
        ("opening:(a OR b)", InField("opening", Or((word("a", 9), word("b", 14))))),
        ('"has_people"', word("has_people", 0)),
    ],
)
def test_operators_bind_as_the_grammar_says(query: str, wanted: Node) -> None:
    """An operator's rule must mean what it looks like."""
    assert parse(query) == wanted


def test_a_named_query_stands_for_what_it_says_and_is_shown_by_its_name() -> None:
    """Inside NEAR and SENTENCE too, where it is a place; and two words that read the same are the same, wherever they stand."""
    node = parse("a NEAR/5 @bosses AND NOT @elsewhere", NAMED)
    assert node == And((Near(word("a", 0), Named("bosses", NAMED["bosses"]), 5), Not(Named("elsewhere", NAMED["elsewhere"]))))
    assert show(node) == "a NEAR/5 @bosses AND NOT @elsewhere"
    assert parse("@elsewhere.km OR @other") == Or((Concept("elsewhere", "km"), Concept("other", None)))


PART = "expected a word, a @concept, a \"phrase\" or '('"
JOINS = "joins words, concepts, patterns, or OR of them in parentheses"
STAGES = "expected one of raid, arrested, detained, rescued, charged, deported, repatriated, extradited, sentenced"
NAMED = {"elsewhere": parse("title:laos AND NOT cambodia"), "bosses": parse('"boss example" OR /boss [a-z]+/')}


@pytest.mark.parametrize(
    ("query", "position", "problem"),
    [
        ("", 0, f"{PART}; the query ends here"),
        ("a b", 2, "expected AND, OR or NEAR/n between two parts; found 'b'"),
        ("a and b", 2, "write AND in capitals; found 'and'"),
        ("a && b", 2, "write AND; found '&&'"),
        ("a | b", 2, "write OR; found '|'"),
        ("a not b", 2, "write NOT in capitals; found 'not'"),
        ("a AND", 5, f"{PART}; the query ends here"),
        ("a AND  \n ", 5, f"{PART}; the query ends here"),
        ("a AND AND b", 6, f"{PART}; found 'AND'"),
        ("a AND ,", 6, f"{PART}; found ','"),
        ("()", 1, f"{PART}; found ')'"),
        ("*", 0, f"{PART}; found '*'"),
        ("(a OR b", 7, "expected ')'; the query ends here"),
        ("(a b)", 3, "expected AND, OR, NEAR/n or ')'; found 'b'"),
        ("a)", 1, "expected AND, OR or NEAR/n between two parts; found ')'"),
        ('"a', 0, 'a "phrase" is not closed; write a " at its end'),
        ("“phone scam”", 0, 'several words stand in straight "quotes"; write them so'),
        ("'phone scam'", 0, 'several words stand in straight "quotes"; write them so'),
        ("sc*m", 0, "a * may stand only at the end of a word"),
        ("@", 0, "expected a name after '@', such as @scam"),
        ("a AND @elsewhere.km", 6, "@elsewhere is a named query and has no languages; write @elsewhere"),
        ("a NEAR b", 2, "write NEAR/10, with the number of words that may lie between; found 'NEAR'"),
        ("a near/5 b", 2, "write NEAR/5, with the number of words that may lie between; found 'near/5'"),
        ("a NEAR/5000 b", 2, "NEAR/n takes 0 to 1000 words; found 'NEAR/5000'"),
        ("a NEAR/5 (b AND c)", 9, f"NEAR {JOINS}; AND and NOT do not belong inside"),
        ("a NEAR/5 title:b", 9, f"NEAR {JOINS}; title: does not belong inside"),
        ("has_people NEAR/5 a", 0, f"NEAR {JOINS}; has_people does not belong inside"),
        ("a NEAR/5 @elsewhere", 9, f"NEAR {JOINS}; @elsewhere (title:laos AND NOT cambodia) does not belong inside"),
        ("SENTENCE(a, NOT b)", 12, f"SENTENCE {JOINS}; AND and NOT do not belong inside"),
        ("SENTENCE(a b)", 11, "expected ',' and the second part of SENTENCE(a, b); found 'b'"),
        ("SENTENCE(a, b", 13, "expected ')'; the query ends here"),
        ("people(foo)", 7, f"{STAGES}; found 'foo'"),
        ("people()", 7, f"{STAGES}; found ')'"),
        ("people(", 7, f"{STAGES}; the query ends here"),
        ("people(deported", 15, "expected ')'; the query ends here"),
        ("people(deported,)", 16, f"{STAGES}; found ')'"),
        ("people(deported arrested)", 16, "expected ')'; found 'arrested'"),
        ("people(Deported)", 7, f"{STAGES}; found 'Deported'"),
        ("a NEAR/5 people(deported)", 9, f"NEAR {JOINS}; people(deported) does not belong inside"),
        ("opening:", 8, f"{PART}; the query ends here"),
        ("opening: AND a", 9, f"{PART}; found 'AND'"),
        ("a NEAR/5 opening:b", 9, f"NEAR {JOINS}; opening: does not belong inside"),
        ("openning:scam", 0, "'openning:' is no part of a query; did you mean opening:?"),
        ("sentence(a, b)", 8, "write SENTENCE(a, b); found '('"),
        ("titel:scam", 0, "'titel:' is no part of a query; did you mean title:?"),
        ("source:", 7, 'expected a name behind source:, in "quotes" if it has spaces; the query ends here'),
        ('source:""', 7, 'expected a name behind source:, in "quotes" if it has spaces; found \'""\''),
        ("language:khmer", 9, "expected the code of a language, such as language:km, or language:unknown; found 'khmer'"),
        ("(" * 60 + "a", 40, "too deep; write it with fewer parentheses; found '('"),
        ("NOT " * 3000 + "a", 160, "too deep; write it with fewer parentheses; found 'NOT'"),
        (" NEAR/1 ".join("a" * 30), 182, "a chain of over 20 NEAR; write it with fewer; found 'NEAR/1'"),
        (r"/*\/", 0, "a /pattern/ is not closed in its line; write / at its end, and \\/ for a slash inside"),
        ("a AND /b", 6, "a /pattern/ is not closed in its line; write / at its end, and \\/ for a slash inside"),
        (
            "/a/i",
            3,
            "a /pattern/ takes no letters behind it (case never counts); put a space there, and write \\/ for a slash inside",
        ),
        ("a AND /(b|(c)/", 7, "a '(' is not closed; add ')', or write \\( for the character"),
        ("/[(]a)/", 5, "a ')' closes nothing; remove it, or write \\) for the character"),
        ("/a[bc/", 2, "a '[' is not closed; add ']', or write \\[ for the character"),
        ("/a(?=b)/", 2, "'(?=' looks around or back, which patterns here cannot; say what stands there as part of it"),
        ("/(?<!a)b/", 1, "'(?<!' looks around or back, which patterns here cannot; say what stands there as part of it"),
        (r"/(a)\1/", 4, "'\\1' refers back to a group, which patterns here cannot; write out what may stand there"),
        ("/*a/", 1, "'*' repeats nothing; put what is repeated before it, or write a backslash before it"),
        ("/a{2000}/", 2, "'{2000}' repeats too often, or its second number is the smaller; repeat 1000 times at most in all"),
        ("/[z-a]/", 2, "'z-a' is no range of characters; begin with the lower one, or use a class that exists"),
        (r"/a\n/", 2, "'\\n' is never there: a line break counts as a space; write a space or \\s"),
        ("/a*/", 1, "this pattern is content with nothing, so it would hold in every text; ask for one character at least"),
        (r"/\b/", 1, "this pattern is content with nothing, so it would hold in every text; ask for one character at least"),
        ("/" + "a" * 600 + "/", 501, "a pattern has at most 500 characters, and this one 600; name the words as a concept"),
        ("/.{0,1000}/", 1, "this pattern is too large to be looked for in every text; repeat less often, {0,250} at most"),
    ],
)
def test_a_slip_is_shown_with_a_caret_and_what_was_expected(query: str, position: int, problem: str) -> None:
    """ "Syntax error" sends an operator to a programmer."""
    with pytest.raises(QueryError) as caught:
        parse(query, NAMED)
    assert (caught.value.position, caught.value.problem) == (position, problem)
    assert str(caught.value).splitlines()[-1].endswith("^")


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("a b", ["    a b", "      ^"]),
        ("a AND\n  b c\nAND d", ["      b c", "        ^"]),
        ("诈骗 x", ["    诈骗 x", "         ^"]),
        ("ที่นี่ x", ["    ที่นี่ x", "       ^"]),
        ("a\tb", ["    a\tb", "     \t^"]),
        ("a OR " * 40 + "b c", ["    …" + ("a OR " * 40 + "b c")[142:], "    " + " " * 61 + "^"]),
        ("a b" + " OR c" * 40, ["    " + ("a b" + " OR c" * 40)[:100] + "…", "      ^"]),
    ],
)
def test_the_caret_stands_below_the_place(query: str, shown: list[str]) -> None:
    """In a query of several lines, in scripts of other widths, and in a line longer than the terminal."""
    with pytest.raises(QueryError) as caught:
        parse(query)
    assert str(caught.value).splitlines()[1:] == shown


LEAVES = st.sampled_from(
    [
        "scam",
        "scam*",
        '"phone scam"',
        "@scam",
        "@cambodia.km",
        'source:"AP News"',
        "language:en",
        "has_people",
        "people(deported, raid)",
        "people",
        "/a b/",
    ]
)
PLACES = st.sampled_from(["scam", "@scam", '"phone scam"*', "(a OR @b)", r"/a\/b+/", "@bosses", '"has_people"', '"AND"', '"NOT/x"'])
QUERIES = st.recursive(
    LEAVES | st.builds("{} NEAR/{} {}".format, PLACES, st.integers(0, 99), PLACES) | st.builds("SENTENCE({}, {})".format, PLACES, PLACES),
    lambda inner: st.one_of(
        st.builds("({} AND {})".format, inner, inner),
        st.builds("({} OR {})".format, inner, inner),
        st.builds("NOT ({})".format, inner),
        st.builds("{}:({})".format, st.sampled_from(["title", "text", "opening"]), inner),
    ),
    max_leaves=8,
)


@given(QUERIES)
def test_what_is_shown_means_the_same(query: str) -> None:
    """`explain` prints parts of queries; an operator copies them back."""
    node = parse(query, NAMED)
    shown = show(node)
    assert show(parse(shown, NAMED)) == shown


@given(st.text(max_size=40) | st.text('()"@*:/,ANDORTsentc\\\\[]{}?+|', max_size=40))
def test_any_text_is_a_query_or_a_query_error(text: str) -> None:
    """Whatever is typed into rules.toml, a running service must not fall over it."""
    try:
        parse(text)
    except QueryError as error:
        assert 0 <= error.position <= len(text)
