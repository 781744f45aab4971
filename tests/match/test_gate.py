"""Laws that hold for any query and any text: the gate hides nothing, NEAR has no direction, NOT is not."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.match import Rules, compile, judge
from watcher.model import Entry, Language, Level, RuleText, Vocabulary
from watcher.read import read

WORDS = ["scam", "raid", "golf", "kampot", "诈骗", "遣返", "ចាប់", "कैद"]
TEXTS = st.lists(st.sampled_from([*WORDS, "the", "and", ".", "\n", "我们", "scampi"]), max_size=25).map(" ".join)
PLACES = st.sampled_from([*WORDS, "(scam OR golf)", "sca*"])
QUERIES = st.recursive(
    PLACES | st.builds("{} NEAR/{} {}".format, PLACES, st.integers(0, 6), PLACES) | st.builds("SENTENCE({}, {})".format, PLACES, PLACES),
    lambda inner: st.one_of(
        st.builds("({} AND {})".format, inner, inner),
        st.builds("({} OR {})".format, inner, inner),
        st.builds("NOT ({})".format, inner),
        st.builds("{}:({})".format, st.sampled_from(["title", "text"]), inner),
    ),
    max_leaves=7,
)


def holds(query: str, title: str, text: str, *, gate: bool = True) -> bool | None:
    """Whether a query holds; None where it was refused because it never can."""
    try:
        rules, vocabulary = compile([RuleText("r", match=query)], [], ())
    except ExceptionGroup:
        return None
    if not gate:
        vocabulary = replace(vocabulary, gate=((),))
    return judge(read(Entry("k", "", "", title, text), vocabulary), rules).level is Level.MATCH


@given(QUERIES, TEXTS, TEXTS)
@settings(deadline=None)
def test_the_gate_never_hides_a_match(query: str, title: str, text: str) -> None:
    """It is there for speed; one story lost to it would be the worst kind of silence."""
    assert holds(query, title, text) == holds(query, title, text, gate=False)


@given(QUERIES, TEXTS, TEXTS)
@settings(deadline=None)
def test_a_query_and_its_negation_never_both_hold(query: str, title: str, text: str) -> None:
    """Nor may both fail: an entry is judged, always."""
    plain, negated = holds(query, title, text), holds(f"NOT ({query})", title, text)
    assert plain is None or negated is None or plain != negated


@given(QUERIES, QUERIES, TEXTS)
@settings(deadline=None)
def test_de_morgan(one: str, other: str, text: str) -> None:
    """Rules are rewritten by people who rely on it."""
    both = holds(f"NOT (({one}) AND ({other}))", text, text), holds(f"NOT ({one}) OR NOT ({other})", text, text)
    assert None in both or both[0] == both[1]


@given(PLACES, PLACES, st.integers(0, 8), TEXTS)
@settings(deadline=None)
def test_near_has_no_direction(one: str, other: str, words: int, text: str) -> None:
    """ "Deported over scams" and "scam suspects deported" are the same news."""
    assert holds(f"{one} NEAR/{words} {other}", "", text) == holds(f"{other} NEAR/{words} {one}", "", text)


RULE = RuleText(
    "scam",
    match="@cambodia AND (@scam OR @compound) AND (@deported OR @arrested) AND NOT title:@other_country",
    watch="@cambodia AND (@deported NEAR/30 @foreigners)",
    lead="@cambodia AND (@scam OR @deported)",
)


@pytest.fixture(scope="module")
def full(languages: tuple[Language, ...]) -> tuple[Rules, Vocabulary]:
    return compile([RULE], [], languages)


@given(st.text(max_size=80), st.sampled_from(["", "Cambodia scam: 9 Chinese deported ", "កម្ពុជា ឆបោក បណ្តេញ "]), st.text(max_size=80))
@settings(deadline=None)
def test_any_text_is_judged(full: tuple[Rules, Vocabulary], title: str, bait: str, text: str) -> None:
    """What comes from a feed may be anything; no entry may stop the others."""
    rules, vocabulary = full
    verdict = judge(read(Entry("k", "", "", title, bait + text), vocabulary), rules)
    assert verdict.level is not Level.NO or verdict.reason.startswith("no match: ")


@pytest.mark.parametrize(
    "text",
    [
        "9 Chinese deported over scam in Cambodia, foreigners, April 9 " * 3000,
        "9 " * 100_000 + "deported scam Cambodia",
        "Cambodia scam deported " + "九" * 100_000,
        "Cambodia scam deported " + "ក្ដ\u200b" * 50_000,
        "Cambodia scam deported. " * 8000,
        "Cambodia scam deported\n" + "e\u0301" * 100_000,
    ],
)
def test_a_text_made_to_be_slow_is_judged_in_time(full: tuple[Rules, Vocabulary], text: str) -> None:
    """One hostile item must not hold up the poll of all other feeds."""
    rules, vocabulary = full
    start = time.process_time()
    assert judge(read(Entry("k", "", "", "", text), vocabulary), rules).level is Level.MATCH
    assert time.process_time() - start < 5


@pytest.mark.shared
def test_naughty_strings_are_judged(full: tuple[Rules, Vocabulary], shared_folder: Path) -> None:
    """A public list of texts that have broken other programs, alone and behind words that open the gate."""
    rules, vocabulary = full
    strings = json.loads((shared_folder / "corpora" / "blns" / "blns.json").read_text(encoding="utf-8"))
    assert len(strings) > 400
    for text in strings:
        judge(read(Entry("k", "", "", text, text), vocabulary), rules)
        entry = Entry("k", "", "", text, f"Cambodia scam: 9 Chinese deported. {text} 12 {text}")
        assert judge(read(entry, vocabulary), rules).level is Level.MATCH or "Myanmar" in text


@pytest.mark.shared
@pytest.mark.parametrize("query", ["@cambodia AND @scam AND @arrested", "@cambodia AND (@scam NEAR/60 (@deported OR @arrested))"])
def test_the_five_first_articles_match(compiled: Callable[..., tuple[Rules, Vocabulary]], shared_folder: Path, query: str) -> None:
    """The service was asked for because of these; a rule of one line must find all of them."""
    rules, vocabulary = compiled(query)
    for path in sorted((shared_folder / "seeds").glob("*.txt")):
        title, _, text = path.read_text(encoding="utf-8").partition("\n")
        assert judge(read(Entry("k", "", "", title, text, "en"), vocabulary), rules).level is Level.MATCH, path.name
