"""match.patterns: what a /pattern/ finds, where, and that no text makes one slow."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.errors import QueryError
from watcher.fold import fold
from watcher.match import Rules, compile, explain, judge
from watcher.match.patterns import PLACES, encode, search
from watcher.match.query import parse
from watcher.match.sight import Sight
from watcher.model import Entry, Language, Level, RuleText, Verdict, Vocabulary
from watcher.read import read

Judged = Callable[..., Verdict]


@pytest.mark.parametrize(
    ("query", "title", "text", "holds"),
    [
        (r"/case no\. \d+/", "", "In Case No. 17 the court", True),
        (r"/case no\. \d+/", "", "In case no 17", False),
        ("/Prince (Holding )?Group/", "PRINCE GROUP", "", True),
        ("/prince group/", "", "the Prince\nGroup", True),
        ("title:/scam/", "", "scam", False),
        ("text:/scam/", "scam", "", False),
        ("/[0-9]{3,} (chinese|thai)/", "", "៣៤៥ Thai", True),
        ("/[०-९]{3}/", "", "৪৫৬", True),
        ("/電信詐騙犯?/", "", "电信诈骗", True),
        ("/“kk”…/", "", '"KK"... park', True),
        ("/cafe\u0301s?/", "", "CAFÉS", True),
        (r"/k\.?k\.? *park/ NEAR/3 raid", "", "a raid on K.K. Park", True),
        (r"/k\.?k\.? *park/ NEAR/1 raid", "", "a raid on the K.K. Park", False),
        (r"raid NEAR/3 /k\.?k\.? *park/", "", "a raid on K.K. Park", True),
        ("SENTENCE(/boss [a-z]+/, arrested)", "", "Boss Example was arrested.", True),
        ("SENTENCE(/boss [a-z]+/, arrested)", "", "Boss Example spoke. Two were arrested.", False),
        ("SENTENCE(/boss [a-z]+/ OR kingpin, arrested)", "", "A kingpin was arrested.", True),
        ("NOT /scam/", "", "scampi", False),
        ("scam AND NOT /scamp/", "", "a scam with scampi", False),
    ],
)
def test_a_pattern_is_looked_for_in_the_folded_text(judged: Judged, query: str, title: str, text: str, holds: bool) -> None:
    """Wherever a word may stand; written with capitals, foreign digits or curly quotes it finds what a reader would."""
    assert (judged(query, title, text).level is Level.MATCH) is holds


def test_the_place_of_a_pattern_lies_on_the_original_characters(judged: Judged) -> None:
    """Marked text in `explain` must mark what a reader sees, behind Chinese and removed characters too."""
    text = "诈\u200b骗团伙，K\u00ad.K.园区，“Straße 9”"
    verdict = judged(r'/k\.k\.园区/ AND /"strasse \d"/', "", text)
    assert [(each.concept, each.term, text[each.span.start : each.span.end]) for each in verdict.evidence] == [
        (None, r"/k\.k\.园区/", "K\u00ad.K.园区"),
        (None, r'/"strasse \d"/', "“Straße 9”"),
    ]


def test_what_is_missing_of_a_pattern_is_said_as_it_is_written(judged: Judged) -> None:
    """And where one shuts an article out, what it found there."""
    assert judged(r"scam AND /case \d+/", "scam").reason == r"no match: nothing of /case \d+/"
    assert judged(r"scam AND NOT title:/case \d+/", "Scam Case 12").reason == r'no match: excluded by title:/case \d+/ ("Case 12")'


def test_each_part_with_a_pattern_is_explained(compiled: Callable[..., tuple[Rules, Vocabulary]]) -> None:
    """A pattern has a number behind all terms; a mix-up would mark other words."""
    rules, vocabulary = compiled(r"(/boss \w+/ NEAR/2 arrested) OR /case \d+/ OR @scam")
    (rule,) = explain(read(Entry("k", "", "", "Boss Example was arrested", "in case 7"), vocabulary), rules).rules
    near, case, scam = rule.tree.parts
    assert [part.query for part in near.parts] == [r"/boss \w+/", "arrested"]
    assert [part.held for part in (near, case, scam)] == [True, True, False]
    assert len(rules.terms) == len(vocabulary.terms) + 2
    assert all(number >= len(vocabulary.terms) for number in rules.patterns)


def test_a_pattern_opens_the_gate_only_where_no_term_is_certain(languages: tuple[Language, ...]) -> None:
    """One rule with a pattern must not make every entry of the world be read to the end."""
    shut, open_ = (compile([RuleText("r", match=query)], [], languages)[1] for query in ("@cambodia AND /x+/", "@cambodia OR /x+/"))
    entry = Entry("k", "", "", "xx", "")
    assert read(entry, shut).gated
    assert not read(entry, open_).gated


@dataclass
class Watched:
    """Stands where a pattern does and counts how often it was looked for."""

    real: object
    asked: list[str] = field(default_factory=list)

    def places(self, text: str, encoded: bytes) -> list[tuple[int, int]]:
        self.asked.append(text)
        return self.real.places(text, encoded)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("query", "title", "asked"),
    [
        ("/x+/ AND raid AND scam", "scam", 0),
        ("(/x+/ OR scam) AND raid", "scam raid", 0),
        ("(/x+/ NEAR/3 raid) AND scam", "scam", 0),
        ("/x+/ NEAR/3 raid AND scam", "scam raid", 2),
        ("title:/x+/ AND scam", "scam xx", 1),
        ("/x+/ AND (scam OR title:/x+/) AND NOT text:/x+/", "scam xx", 2),
    ],
)
def test_a_pattern_is_looked_for_once_and_only_if_the_rest_could_hold(
    languages: tuple[Language, ...], query: str, title: str, asked: int
) -> None:
    """Hundreds of patterns over a thousand entries would cost more than all words together."""
    rules, vocabulary = compile([RuleText("r", match=f"({query}) OR never")], [], languages)
    ((number, real),) = rules.patterns.items()
    watched = Watched(real)
    rules = replace(rules, patterns={number: watched})
    reading = read(Entry("k", "", "", title, "z"), replace(vocabulary, gate=((),)))
    Sight(reading, rules).holds(rules.queries[0].asked)
    assert len(watched.asked) == asked


@given(st.text(max_size=60), st.sampled_from(["a", "[^a]", r"\S+", r"\w\W", "..", "é|ក|诈", r"(?:x|\d)+", r"[[:punct:]]"]))
def test_places_lie_in_the_folded_text(text: str, pattern: str) -> None:
    """Places are counted in bytes by the engine; a slip by one would cut a character in two."""
    folded = fold(text).text
    places = search(pattern).places(folded, encode(folded))
    alone = search(f"(?:{pattern})$|^(?:{pattern})")
    for start, end in places:
        assert 0 <= start < end <= len(folded)
        assert alone.places(folded[start:end], encode(folded[start:end]))
    assert all(one[1] <= other[0] for one, other in pairwise(places))


def test_only_the_first_places_are_taken() -> None:
    """A pattern that fits every letter must not make a list as long as the text."""
    text = "x" * 10_000
    assert len(search("x").places(text, encode(text))) == PLACES


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|a)*b", "(a*)*b", ".*.*.*b", ".{0,250}b", "(x|a{1,100}){1,9}b"])
def test_no_text_makes_a_pattern_slow(pattern: str) -> None:
    """Each of these takes other engines longer than the world will last."""
    text = "a" * 50_000
    start = time.process_time()
    search(pattern).places(text, encode(text))
    assert time.process_time() - start < 3


@given(st.text(max_size=20) | st.text("()[]{}*+?|^$\\.-,:=!<>Pabzx019 ក诈", max_size=20))
def test_any_pattern_is_one_or_is_refused_with_a_place_inside_it(pattern: str) -> None:
    """What the engine says must reach a person in words, whatever was typed."""
    query = f"/{pattern}/"
    try:
        parse(query)
    except QueryError as error:
        assert 0 <= error.position <= len(query)
        assert ";" in error.problem


def test_rules_with_patterns_judge_any_half_character(compiled: Callable[..., tuple[Rules, Vocabulary]]) -> None:
    """JSON can hold half a character, which UTF-8 cannot."""
    rules, _ = compiled("/x+/ OR a")
    text = fold("x\ud800x").text
    assert next(iter(rules.patterns.values())).places(text, encode(text)) == [(0, 1), (2, 3)]
    assert judge(read(Entry("k", "", "", "xx"), compiled("/x+/ OR a")[1]), rules).level is Level.MATCH
