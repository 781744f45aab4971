"""Laws for any query over the shipped languages and any text: people who write rules rely on them without knowing.

Small numbers of examples, so that all of it takes seconds; WATCHER_FULL=1 takes ten times as many.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from watcher.errors import ConfigError, QueryError
from watcher.fold import folded
from watcher.languages import load
from watcher.match import Part, Rules, compile, explain, judge, parse, show, to_json
from watcher.model import Entry, Evidence, Language, Level, RuleText, Vocabulary
from watcher.read import read

FULL = os.environ.get("WATCHER_FULL") == "1"
# One language a script and a way of writing: spaces or none, prefixes or none. Texts hold terms of all 27.
CODES = ("en", "km", "ko", "th", "vi", "zh", "ar", "hi")


@cache
def languages() -> tuple[Language, ...]:
    return tuple(language for language in load() if language.code in CODES)


def law(examples: int = 60) -> settings:
    return settings(max_examples=examples * 10 if FULL else examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _terms(language: Language) -> list[str]:
    """A few terms of every concept, as they are printed."""
    return [term.rstrip("*") for terms in language.concepts.values() for term in terms[:3]]


# ---------------------------------------------------------------- texts and queries that meet often enough to say something

WORDS = ["scam", "raid", "deported", "诈骗", "遣返", "ឆបោក", "ठगी", "사기"]
SHIPPED = sorted({term for language in load() for term in _terms(language)})
FILLERS = [
    "the",
    "and",
    "他们",
    "ពួកគេ",
    "ใน",
    "में",
    "9",
    "3.5",
    "Gen.",
    "U.N.",
    ".",
    "。",
    "។",
    "।",
    "!",
    ";",
    "\n",
    "scampi",
    "\u200b",
    "É",
    "ﬁ",
]
CONCEPTS = ["@scam", "@deported", "@arrested", "@scam.km", "@deported.zh"]

TERMS = st.integers(0, len(SHIPPED) - 1).map(lambda number: SHIPPED[number])
PIECES = st.sampled_from(WORDS) | st.sampled_from(WORDS * 2 + FILLERS) | TERMS | st.text(max_size=5)
SPACED = st.tuples(PIECES, st.sampled_from([" ", " ", " ", "", "\n"])).map("".join)
# Whole sentences, because claims are made of those.
REPORTS = [
    "Cambodia deported 31 Malaysians. ", "Cambodia arrested 31 Malaysians. ", "Laos deported 40 Chinese. ", "Cambodia is to deport twelve Thais. ",
    "In Cambodia police arrested 20 people. ", "柬埔寨遣返25名日本人。", "In 2019 Cambodia deported 40 Chinese. ", "The season is good. ",
]  # fmt: skip
TEXTS = (st.lists(SPACED, max_size=6) | st.lists(SPACED, min_size=8, max_size=20)).map("".join)
ENTRIES = st.builds(
    lambda title, text, language, source: Entry("k", "", "", title, text, language, source=source),
    TEXTS,
    TEXTS,
    st.sampled_from([None, "en", "km", "zh-Hant", "xx"]),
    st.sampled_from(["", "Khmer Times", "www.example.org"]),
)

ASKED = [f'"{word}"' for word in WORDS] + CONCEPTS + ["sca*", '"诈"*', '"រ"*', "the"]
LEAVES = st.sampled_from(ASKED) | st.sampled_from(ASKED + WORDS[:2]) | TERMS.map('"{}"'.format)
PLACES = LEAVES | st.builds("({} OR {})".format, LEAVES, LEAVES)
DISTANCES = st.integers(0, 12)
# For laws about places: few words and many ends of sentences, so that half of the examples hold.
CROWDED = st.lists(st.sampled_from(["scam", "raid", "诈骗", "the", "the", "Gen.", "U.N. ", ". ", "。", "\n"]), max_size=12).map(" ".join)
CROWDS = st.builds(lambda title, text: Entry("k", "", "", title, text), CROWDED, CROWDED)
PLACED = st.sampled_from(["scam", "raid", "诈骗", "@scam", "sca*", "(raid OR 诈骗)", "(the OR @arrested)"])
NEAR = st.builds("{} NEAR/{} {}".format, PLACES, DISTANCES, PLACES)
TOGETHER = st.builds("SENTENCE({}, {})".format, PLACES, PLACES)
ABOUT = st.sampled_from(['source:"khmer times"', "source:example", "language:km", "language:en", "language:unknown"])
PEOPLE = st.sampled_from(["has_people", "people(deported)", "people(arrested, rescued)", "people(deported, repatriated, arrested)"])
REPORTED = st.builds(
    lambda title, text: Entry("k", "", "", title, text, "en"),
    st.sampled_from(["", *REPORTS[:3]]),
    st.lists(st.sampled_from(REPORTS), max_size=4).map("".join),
)
QUERIES = st.recursive(
    PLACES | NEAR | TOGETHER | ABOUT | PEOPLE | st.builds("{} NEAR/{} {}".format, NEAR, DISTANCES, PLACES),
    lambda inner: st.one_of(
        st.builds("({} AND {})".format, inner, inner),
        st.builds("({} OR {})".format, inner, inner),
        st.builds("NOT ({})".format, inner),
        st.builds("{}:({})".format, st.sampled_from(["title", "text", "opening"]), inner),
    ),
    max_leaves=6,
)


def compiled(*queries: str) -> tuple[Rules, Vocabulary]:
    """The queries as rules of one set. An example is dropped where one of them is refused because it can never hold."""
    try:
        return compile([RuleText(str(number), match=query) for number, query in enumerate(queries)], [], languages())
    except ExceptionGroup as mistakes:
        assert all("can never hold" in str(mistake) for mistake in mistakes.exceptions), mistakes.exceptions
        assume(False)
        raise


def hold(entry: Entry, *queries: str) -> list[bool]:
    """Which of the queries hold for an entry."""
    rules, vocabulary = compiled(*queries)
    held = judge(read(entry, vocabulary), rules).rules
    return [str(number) in held for number in range(len(queries))]


# ---------------------------------------------------------------- logic


@given(QUERIES, ENTRIES | REPORTED)
@law(120)
def test_either_a_query_holds_or_its_negation(query: str, entry: Entry) -> None:
    """Both, and a story would be told and withheld; neither, and it would be lost."""
    one, other, twice = hold(entry, query, f"NOT ({query})", f"NOT NOT ({query})")
    assert one != other
    assert one == twice


@given(QUERIES, QUERIES, ENTRIES)
@law(100)
def test_rules_may_be_rewritten_by_the_laws_of_logic(one: str, other: str, entry: Entry) -> None:
    """Commuting, De Morgan, absorption: whoever tidies a rule must not change what it finds."""
    a, b = f"({one})", f"({other})"
    first, second, both, turned_both, either, turned_either, neither, not_both = hold(
        entry, a, b, f"{a} AND {b}", f"{b} AND {a}", f"{a} OR {b}", f"{b} OR {a}", f"NOT {a} AND NOT {b}", f"NOT {a} OR NOT {b}"
    )
    assert (both, either) == (first and second, first or second) == (turned_both, turned_either)
    assert (neither, not_both) == (not either, not both)


@given(PLACED, PLACED, PLACES, st.integers(0, 5), st.integers(0, 5), CROWDS | ENTRIES)
@law(100)
def test_near_has_no_direction_and_a_wider_one_holds_more(one: str, other: str, third: str, words: int, more: int, entry: Entry) -> None:
    """ "Deported scammers" and "scammers deported" are one story; and whoever widens a distance expects to lose nothing."""
    near, turned, wider, both, wide_or = hold(
        entry,
        f"{one} NEAR/{words} {other}",
        f"{other} NEAR/{words} {one}",
        f"{one} NEAR/{words + more} {other}",
        f"{one} AND {other}",
        f"{one} NEAR/{words} ({other} OR {third})",
    )
    assert near == turned
    assert wider or not near
    assert both or not wider
    assert wide_or or not near


@given(PLACED, PLACED, PLACES, CROWDS | ENTRIES)
@law(80)
def test_sentence_has_no_direction_and_asks_for_both(one: str, other: str, third: str, entry: Entry) -> None:
    """SENTENCE says that two things are one event, whichever is named first."""
    together, turned, both, each, apart = hold(
        entry,
        f"SENTENCE({one}, {other})",
        f"SENTENCE({other}, {one})",
        f"{one} AND {other}",
        f"SENTENCE({one}, ({other} OR {third}))",
        f"SENTENCE({one}, {other}) OR SENTENCE({one}, {third})",
    )
    assert together == turned
    assert both or not together
    assert each == apart


@given(PLACES | NEAR | TOGETHER, ENTRIES)
@law(80)
def test_what_holds_holds_in_the_title_or_in_the_text(query: str, entry: Entry) -> None:
    """And nowhere between them: the last word of the title is not near the first of the text."""
    anywhere, in_title, in_text = hold(entry, query, f"title:({query})", f"text:({query})")
    assert anywhere == (in_title or in_text)


@given(PLACES | NEAR | TOGETHER | PEOPLE, CROWDS | ENTRIES | REPORTED)
@law(100)
def test_what_stands_in_the_opening_stands_in_the_article(query: str, entry: Entry) -> None:
    """It is the title and the first part of the text: what the title has it has, and nothing that the article has not."""
    anywhere, opening, in_title = hold(entry, query, f"opening:({query})", f"title:({query})")
    assert anywhere or not opening
    assert opening or not in_title


@given(st.sampled_from(["deported", "raid", "repatriated"]), st.sampled_from(["arrested", "rescued", "deported"]), REPORTED)
@law(60)
def test_people_of_several_stages_are_people_of_one_of_them(one: str, other: str, entry: Entry) -> None:
    """A list of stages is short for OR; the order in which they are written says nothing."""
    both, turned, either, first = hold(
        entry, f"people({one}, {other})", f"people({other}, {one})", f"people({one}) OR people({other})", f"people({one})"
    )
    assert both == turned == either
    assert both or not first


@given(TERMS, st.sampled_from(FILLERS), st.sampled_from(["title", "text"]))
@law(100)
def test_every_shipped_term_is_found_by_its_own_words(term: str, filler: str, field: str) -> None:
    """A term that folding, boundaries or the automaton lose is a hole in a language, and no speaker would see why."""
    entry = Entry("k", "", "", **{"title": "", "text": "", field: f"{filler} {term} {filler}"})
    assert hold(entry, f'"{term}"', f'{field}:"{term}"*') == [True, True]


# ---------------------------------------------------------------- the gate


@given(QUERIES, ENTRIES | REPORTED)
@law(150)
def test_the_gate_never_hides_a_match(query: str, entry: Entry) -> None:
    """It is there for speed; one story lost to it would be the worst kind of silence."""
    rules, vocabulary = compiled(query)
    gated, ungated = read(entry, vocabulary), read(entry, replace(vocabulary, gate=((),)))
    assert not ungated.gated
    assert judge(gated, rules).rules == judge(ungated, rules).rules
    if not gated.gated:
        assert judge(gated, rules) == judge(ungated, rules)


@given(st.lists(QUERIES, min_size=3, max_size=3), ENTRIES)
@law(60)
def test_no_rule_changes_what_another_finds(queries: list[str], entry: Entry) -> None:
    """Rules share one automaton and one gate; adding one must not silence its neighbours, and the strongest level counts."""
    alone = [hold(entry, query)[0] for query in queries]
    assert hold(entry, *queries) == alone
    levels = ("match", "watch", "lead")
    rules = [RuleText("r", **dict(zip(levels, queries, strict=True)))]
    compiled_rules, vocabulary = compile(rules, [], languages())
    verdict = judge(read(entry, vocabulary), compiled_rules)
    assert verdict.level.value == next((level for level, held in zip(levels, alone, strict=True) if held), "no")


# ---------------------------------------------------------------- what is shown


@given(QUERIES, ENTRIES)
@law(120)
def test_a_query_that_was_printed_and_read_again_is_the_same(query: str, entry: Entry) -> None:
    """`rules` and `explain` print queries; a person copies them back into rules.toml."""
    node = parse(query)
    printed = show(node)
    assert shape(parse(printed)) == shape(node)
    first, second = hold(entry, query, printed)
    assert first == second


@given(QUERIES, ENTRIES | REPORTED)
@law(120)
def test_an_explanation_says_what_the_verdict_says(query: str, entry: Entry) -> None:
    """Two answers to "why did it not match" would cost all trust in both."""
    rules, vocabulary = compiled(query)
    reading = read(entry, vocabulary)
    verdict, explanation = judge(reading, rules), explain(reading, rules)
    assert explanation.verdict == verdict
    (part,) = explanation.rules
    assert part.held == part.tree.held == (verdict.level is Level.MATCH)
    assert (part.missing == ()) == part.held
    assert (verdict.missing == () and verdict.reason == "") == part.held or reading.gated
    assert verdict.reason or part.held
    check_evidence(entry, verdict.evidence)
    check_tree(entry, part.tree)
    json.dumps(to_json(explanation))


def check_tree(entry: Entry, part: Part) -> None:
    """A part holds as its own parts say, and shows evidence only if it does."""
    held = [each.held for each in part.parts]
    if part.query.startswith("NOT ") and len(held) == 1:
        assert part.held is not held[0]
    if part.query.startswith(("title:", "text:", "opening:")) and len(held) == 1:
        assert part.held == held[0]
    assert part.held or part.evidence == ()
    check_evidence(entry, part.evidence)
    for each in part.parts:
        check_tree(entry, each)


def check_evidence(entry: Entry, evidence: Sequence[Evidence]) -> None:
    """Every place lies on characters that fold to something with the term in it."""
    for each in evidence:
        source = entry.title if each.span.field == "title" else entry.text
        assert 0 <= each.span.start < each.span.end <= len(source)
        if each.term == "has_people":
            continue  # a figure, or a sentence: no term
        # A line break in a phrase is a space for the search; whether DA is TA depends on a sign that a span may leave out.
        printed = folded(source[each.span.start : each.span.end]).replace("\n", " ").replace("ដ", "ត")
        assert each.term.replace("ដ", "ត") in printed


# ---------------------------------------------------------------- anything at all

ANYTHING = st.text(max_size=40) | st.text(st.characters(), max_size=20) | TEXTS
RULE = "@cambodia AND (@scam NEAR/60 (@deported OR @arrested)) OR SENTENCE(@scam, @arrested) OR (NOT @scam AND language:km)"


@cache
def full() -> tuple[Rules, tuple[Vocabulary, Vocabulary]]:
    """A rule of every kind of part, with its Vocabulary and one without a gate."""
    rules, vocabulary = compile([RuleText("r", match=RULE, lead="@cambodia AND (@scam OR @deported)")], [], languages())
    return rules, (vocabulary, replace(vocabulary, gate=((),)))


def judged_without_error(entry: Entry) -> None:
    rules, vocabularies = full()
    for vocabulary in vocabularies:
        explanation = explain(read(entry, vocabulary), rules)
        check_evidence(entry, explanation.verdict.evidence)
        json.dumps(to_json(explanation))
        assert explanation.verdict.level is Level.MATCH or explanation.verdict.reason


@given(ANYTHING, st.sampled_from(["", "Cambodia scam: 9 Chinese deported ", "កម្ពុជា ឆបោក បណ្តេញ "]), ANYTHING, ANYTHING, ANYTHING)
@law(150)
def test_anything_is_judged(title: str, bait: str, text: str, language: str, source: str) -> None:
    """What comes from a feed may be anything, its language tag and its name too; no entry may stop the others."""
    judged_without_error(Entry("k", "", "", title, bait + text, language, source=source))


@pytest.mark.parametrize("broken", ["\ud800", "Cambodia \udfff scam", "\ud800\udc00", "កម្ពុជា\udc80"])
def test_half_a_character_is_judged(broken: str) -> None:
    """UTF-8 cannot hold one, but JSON can: "\\ud800" in a line of a backfill file, or in a page's data."""
    judged_without_error(Entry("k", "", "", broken, f"Cambodia scam: 9 Chinese deported {broken}", broken, source=broken))


TOKENS = [
    "AND", "OR", "NOT", "NEAR/3", "NEAR/", "NEAR/99999", "NEAR/٣", "SENTENCE(", "people(", "deported", "has_people", "opening:", "(", ")", ",", "title:", "text:", "source:", "language:",
    "@", "@scam", "@scam.km", "@scam.", "@.km", "@nosuch", "@has_people", "*", "sca*", '"', '"two words"', '"two"*', '""', '"*"', "/", "/a/",
    "/(/", "\\", "诈骗", "ឆបោក", "\u200b", "'", "a:b", "a/b", "-", "scam", ".", "\ud800", "\x00", "\n",
]  # fmt: skip
QUERY_TEXTS = st.lists(st.sampled_from(TOKENS) | st.text(max_size=3), max_size=12).map(" ".join) | ANYTHING | QUERIES


def refused_or_compiled(query: str) -> None:
    """A query is read, or refused with a position inside it; and what is read can be printed, compiled and asked."""
    try:
        node = parse(query)
    except QueryError as error:
        assert error.position is None or 0 <= error.position <= len(query)
        return
    assert shape(parse(show(node))) == shape(node)
    try:  # only a concept needs languages, and they are what compiling costs
        rules, vocabulary = compile([RuleText("r", match=query)], [], languages() if "@" in query else ())
    except ExceptionGroup as mistakes:
        assert all(isinstance(mistake, ConfigError) for mistake in mistakes.exceptions)
        return
    explain(read(Entry("k", "", "", "scam two words", "a/b 诈骗"), vocabulary), rules)


def shape(node: Any) -> tuple[Any, ...]:
    """A tree as a value, without its positions in the text, and with `(a AND b) AND c` as `a AND b AND c`."""
    kind = type(node)
    if hasattr(node, "parts"):
        inner = [part for each in node.parts for part in (each.parts if type(each) is kind else (each,))]
        return (kind, *(each for part in inner for each in (shape(part)[1:] if type(part) is kind else [shape(part)])))
    values = (getattr(node, field.name) for field in fields(node) if field.name != "position")
    return (kind, *(shape(value) if is_dataclass(value) else value for value in values))


@given(QUERY_TEXTS)
@law(300)
def test_any_query_is_read_or_refused(query: str) -> None:
    """rules.toml is written by people in a hurry; whatever they write, they get an answer and no traceback."""
    refused_or_compiled(query)


@pytest.mark.parametrize(
    "query",
    [
        "NOT " * 3000 + "scam",
        "(" * 3000 + "scam" + ")" * 3000,
        "title:" * 3000 + "scam",
        " NEAR/1 ".join(["scam"] * 3000),
        " OR ".join(["scam"] * 3000),
        " AND ".join(["scam"] * 3000),
        "scam NEAR/" + "9" * 5000 + " raid",
        'language:""',
        'source:"khmer"*',
        '"/scam/"',
        '"/scam"',
        '"(scam"',
        '"a AND b"',
        '"NEAR/3"',
        '"@scam"',
        '"title:"',
    ],
    ids=lambda query: f"{query[:14]}... {len(query)}",
)
def test_a_query_made_to_break_the_parser_is_read_or_refused(query: str) -> None:
    """A rule set may come from a neighbour organisation, or from a slip that repeats a line."""
    refused_or_compiled(query)


@pytest.mark.shared
def test_naughty_strings_are_judged_and_read_as_queries(shared_folder: Path) -> None:
    """A public list of texts that have broken other programs: as title, text, language, source and query."""
    strings = json.loads((shared_folder / "corpora" / "blns" / "blns.json").read_text(encoding="utf-8"))
    assert len(strings) > 400
    for text in strings:
        judged_without_error(Entry("k", "", "", text, text, text, source=text))
        judged_without_error(Entry("k", "", "", "Cambodia", f"scam: {text} 9 Chinese deported. {text}", None, source=text))
        for query in (text, f'"{text}"', f"title:{text}", f"scam NEAR/3 {text}", f"SENTENCE(scam, {text})", f"@{text}"):
            refused_or_compiled(query)
