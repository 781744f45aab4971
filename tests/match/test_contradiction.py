"""match.contradiction: rules that can never hold are refused, and no others."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.match import compile, judge
from watcher.model import Entry, Language, Level, QueryText, RuleText
from watcher.read import read


def refused(query: str, languages: tuple[Language, ...] = ()) -> str | None:
    """Why a query is refused; None where it is not."""
    try:
        compile([RuleText("r", match=query)], [], languages, queries=(QueryText("both", "scam AND raid"),))
    except ExceptionGroup as mistakes:
        (told,) = mistakes.exceptions
        prefix = "rules.toml: rule 'r', match can never hold: "
        assert str(told).startswith(prefix), told
        return str(told).removeprefix(prefix).rpartition("; correct ")[0]
    return None


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("a AND NOT a", "it asks for a and for its absence"),
        ("A AND NOT a", "it asks for A and for its absence"),
        ("a AND b AND NOT (a OR c)", "it asks for a and for its absence"),
        ("(a OR b) AND NOT a AND NOT b", "it asks for a and for its absence"),
        ("(a AND NOT a) OR (b AND NOT b)", "it asks for a and for its absence"),
        ("NOT (NOT a OR NOT b) AND NOT b", "it asks for b and for its absence"),
        ("title:a AND NOT a", "it asks for title:a and for its absence"),
        ("a AND NOT title:a AND NOT text:a", "it asks for a and for its absence"),
        ("title:(text:a)", "a would have to stand in title: and text: at once"),
        ("title:(a AND NOT (text:b)) AND text:(c AND title:d)", "d would have to stand in title: and text: at once"),
        ("scammer AND NOT scam*", "it asks for scammer and for its absence"),
        ('"phone scam" AND NOT scam', 'it asks for "phone scam" and for its absence'),
        ("scams* AND NOT scam*", "it asks for scams* and for its absence"),
        ("电信诈骗 AND NOT 诈骗", "it asks for 电信诈骗 and for its absence"),
        ("a NEAR/3 b AND NOT a", "it asks for a NEAR/3 b and for its absence"),
        ("a NEAR/3 b AND NOT (b NEAR/5 a)", "it asks for a NEAR/3 b and for its absence"),
        ("SENTENCE(a, b) AND NOT SENTENCE(b, a)", "it asks for SENTENCE(a, b) and for its absence"),
        ("a NEAR/3 b AND NOT title:a AND NOT text:b", "it asks for a NEAR/3 b and for its absence"),
        ("/x+/ AND NOT /x+/", "it asks for /x+/ and for its absence"),
        ("has_people AND NOT has_people", "it asks for has_people and for its absence"),
        ("title:has_people AND NOT has_people", "it asks for title:has_people and for its absence"),
        ("@both AND NOT raid", "it asks for raid and for its absence"),
        ("scam AND raid AND NOT @both", "it asks for scam and for its absence"),
        ("language:en AND language:km", "it asks for language:en and language:km at once"),
        ("a AND language:zh-Hant AND NOT language:zh", 'it asks for language:"zh-Hant" and for its absence'),
        ('source:"Khmer Times" AND NOT source:khmer', 'it asks for source:"Khmer Times" and for its absence'),
        # these can hold
        ("title:a AND NOT text:a", None),
        ("a AND NOT title:a", None),
        ("a AND NOT ab", None),
        ("a* AND NOT a", None),
        ("scam AND NOT scammer", None),
        ("scam* AND NOT scammer", None),
        ('scam AND NOT "phone scam"', None),
        ('"phone scam"* AND NOT scam', None),
        ("诈骗 AND NOT 电信诈骗", None),
        ("a AND b AND NOT (a NEAR/3 b)", None),
        ("a NEAR/5 b AND NOT (a NEAR/3 b)", None),
        ("SENTENCE(a, b) AND NOT (a NEAR/3 b)", None),
        ("(a OR b) AND NOT (a AND b)", None),
        ("(a OR b) AND NOT a", None),
        ("language:zh AND NOT language:zh-Hant", None),
        ("language:zh AND language:zh-Hant", None),
        ("source:khmer AND source:times AND NOT source:post", None),
        ("has_people AND NOT title:has_people", None),
        ("title:(NOT text:a)", None),
        ("/x+/ AND NOT /x/", None),
    ],
)
def test_what_is_asked_for_and_ruled_out_at_once_is_a_mistake(query: str, reason: str | None) -> None:
    """A rule that can never match looks like a quiet day."""
    assert refused(query) == reason


def test_a_word_of_a_concept_cannot_be_asked_for_without_it(languages: tuple[Language, ...]) -> None:
    """ "scammer AND NOT @scam" is written in good faith."""
    assert refused("scammers AND NOT @scam", languages) == "it asks for scammers and for its absence"
    assert refused("@scam.km AND NOT @scam", languages) == "it asks for @scam.km and for its absence"
    assert refused("@scam AND NOT @scam.km", languages) is None
    assert refused("@cambodia AND NOT @other_country", languages) is None


def test_a_query_with_very_many_alternatives_is_read_in_time() -> None:
    """Twenty ORs of three joined by AND are three billion alternatives; they are not all written out."""
    query = " AND ".join(f"(a{n} OR b{n} OR c{n})" for n in range(20))
    assert refused(query) is None
    assert refused(f"{query} AND z AND NOT z") == "it asks for z and for its absence"


WORDS = ["scam", "scams", "raid", "诈骗", "电信诈骗"]
PLACES = st.sampled_from([*WORDS, "scam*", "(scam OR raid)", '"scam raid"', "/sc?am/"])
LEAVES = (
    PLACES
    | st.builds("{} NEAR/{} {}".format, PLACES, st.integers(0, 2), PLACES)
    | st.builds("SENTENCE({}, {})".format, PLACES, PLACES)
    | st.sampled_from(["language:en", "language:zh", "language:zh-Hant", "source:khmer", "source:post"])
)
QUERIES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds("({} AND {})".format, inner, inner),
        st.builds("({} AND NOT ({}))".format, inner, inner),
        st.builds("({} OR {})".format, inner, inner),
        st.builds("NOT ({})".format, inner),
        st.builds("{}:({})".format, st.sampled_from(["title", "text"]), inner),
    ),
    max_leaves=6,
)
TEXTS = st.lists(st.sampled_from([*WORDS, "the", ".", "scammer", "phone"]), max_size=8).map(" ".join)


@given(QUERIES, TEXTS, TEXTS, st.sampled_from(["en", "zh", "zh-Hant", None]), st.sampled_from(["", "Khmer Post"]))
@settings(deadline=None, max_examples=300)
def test_no_query_that_can_hold_is_refused(query: str, title: str, text: str, language: str | None, source: str) -> None:
    """A rule refused by mistake could not be written at all. Asked with an alternative beside it, a refused one never holds."""
    if refused(query) is None:
        return
    rules, vocabulary = compile([RuleText("r", match=f"({query}) OR beside")], [], ())
    reading = read(Entry("k", "", "", title, text, language, source=source), vocabulary)
    assert judge(reading, rules).level is Level.NO
