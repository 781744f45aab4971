"""has_people: whether an article tells of people, and the place that shows it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from watcher.match import compile, explain, judge
from watcher.model import Entry, Language, Level, RuleText, Verdict
from watcher.read import read

PUBLISHED = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def asked(languages: tuple[Language, ...]) -> Callable[..., tuple[Verdict, Entry]]:
    def ask(query: str, text: str, title: str = "", language: str = "en") -> tuple[Verdict, Entry]:
        rules, vocabulary = compile([RuleText("r", match=query)], [], languages, ("Boss Example",))
        entry = Entry("k", "", "", title, text, language, PUBLISHED)
        return judge(read(entry, vocabulary), rules), entry

    return ask


@pytest.mark.parametrize(
    ("text", "language", "place"),
    [
        ("Cambodia deported 31 Malaysians on Sunday.", "en", "31"),
        ("Cambodia is to deport twelve Thais.", "en", "twelve"),
        ("In Cambodia dozens of foreigners were arrested.", "en", "dozens"),
        ("Cambodia extradited Boss Example to China.", "en", "Boss Example"),
        ("Boss Example, held in Phnom Penh, was charged.", "en", "Boss Example"),
        ("Of 40 Chinese arrested in Cambodia, 12 were deported. Boss Example was arrested.", "en", "40"),
        ("柬埔寨遣返25名日本人。", "zh", "25"),
        ("កម្ពុជា បណ្តេញជនជាតិចិន ៣១នាក់ ចេញពីប្រទេស។", "km", "៣១"),
        # not people: no nationality, not now, not from here
        ("In Cambodia 300 computers were seized.", "en", None),
        ("In Cambodia police arrested 20 people.", "en", None),
        ("Cambodia will fight online scams harder, its minister says.", "en", None),
        ("In 2019 Cambodia deported 40 Chinese.", "en", None),
        ("Last year Boss Example was arrested in Cambodia.", "en", None),
        ("Since June Cambodia has deported 3,455 foreigners.", "en", None),
        ("Laos deported 40 Chinese. Cambodia watched.", "en", None),
        ("Thailand extradited Boss Example. Cambodia watched.", "en", None),
        ("Boss Example likes Cambodia.", "en", None),
    ],
)
def test_people_are_there_where_the_article_tells_of_them(
    asked: Callable[..., tuple[Verdict, Entry]], text: str, language: str, place: str | None
) -> None:
    """An editorial on scams, a look back and a neighbour's news name no people whom staff could help."""
    verdict, entry = asked("has_people", text, language=language)
    places = [entry.text[each.span.start : each.span.end] for each in verdict.evidence]
    assert (verdict.level is Level.MATCH, places[:1]) == (place is not None, [place] if place else [])


def test_people_can_be_asked_for_in_the_title(asked: Callable[..., tuple[Verdict, Entry]]) -> None:
    """A headline with a figure is a report; a figure far below may be anything."""
    assert asked("title:has_people", "", "Cambodia deports 31 Malaysians")[0].level is Level.MATCH
    assert asked("title:has_people", "Cambodia deported 31 Malaysians.", "Cambodia")[0].level is Level.NO


def test_a_no_says_that_no_people_are_named(asked: Callable[..., tuple[Verdict, Entry]]) -> None:
    """ "No match: no people named; never told" is what a person who asks for an address reads."""
    verdict, _ = asked("@cambodia AND has_people", "Cambodia fights scams.")
    assert (verdict.reason, verdict.missing) == ("no match: no people named", ("has_people",))
    verdict, _ = asked("@cambodia AND NOT has_people", "Cambodia deported 31 Malaysians.")
    assert verdict.reason == 'no match: excluded by has_people ("31")'


def test_what_was_not_looked_for_is_not_said_to_be_missing(languages: tuple[Language, ...]) -> None:
    """Behind a gate that stays shut nobody counts people, or looks for sentences."""
    rules, vocabulary = compile([RuleText("r", match="@cambodia AND has_people AND SENTENCE(raid, scam)")], [], languages)
    reading = read(Entry("k", "", "", "", "A raid on a scam: 31 Malaysians were arrested."), vocabulary)
    assert reading.gated
    (rule,) = explain(reading, rules).rules
    assert rule.missing == (("@cambodia", "nothing of @cambodia"),)


def test_people_alone_open_the_gate(asked: Callable[..., tuple[Verdict, Entry]]) -> None:
    """They are found behind it only; with a concept beside them it stays as narrow as that concept."""
    assert asked("has_people OR golf", "Cambodia deported 31 Malaysians.")[0].level is Level.MATCH
