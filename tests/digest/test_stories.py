"""The lines of one story: label, links, quote, other cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import digest_samples as samples
import pytest
from digest_samples import SENTENCES, claim, facts, report, row, story

from watcher.digest.days import Days
from watcher.digest.figures import day_of, people, what_happened
from watcher.digest.persons import Named, named
from watcher.digest.quotes import QUOTE_LENGTH, choose_quote, shorten
from watcher.digest.render import text_item
from watcher.digest.stories import Reader, possible_item, story_item
from watcher.model import ArticleRole, Called, Confidence, LinkKind, Possible, Role, StoryFile

DAYS = Days(samples.ZONE, date(2023, 11, 9))
READER = Reader(DAYS, ("en",), samples.OPERATOR)
LABELS = ("One source only", "independent sources", "State media only", "Checked by")


def _label(said: object, **changes: object) -> str:
    return story_item(story(1, replace(said, **changes)), READER).notes[0]  # type: ignore[type-var]


@pytest.mark.parametrize(
    ("confidence", "sources", "expected"),
    [
        (Confidence.ONE_SOURCE, ("AP",), "One source only: AP."),
        (Confidence.INDEPENDENT, ("AP", "Kyodo"), "2 independent sources: AP, Kyodo."),
        (Confidence.INDEPENDENT, ("AP",), "One source only: AP."),
        (Confidence.STATE_ONLY, ("Xinhua",), "State media only: Xinhua."),
        (Confidence.CHECKED, ("AP",), "Checked by Dara, 10 Nov. Reported by AP."),
    ],
)
def test_each_story_has_exactly_one_label(confidence: Confidence, sources: tuple[str, ...], expected: str):
    """Staff decide by this label whether to call somebody; two labels would be none."""
    label = _label(facts(row(25, ("JP",)), sources=sources), confidence=confidence, checked_by="Dara, 10 Nov")
    assert label == expected
    assert sum(word in label for word in LABELS) == 1


def test_a_story_found_by_a_search_says_so():
    """The reader must know that the link leads to the search and not to the outlet."""
    one = story(1, facts(row(25, ("JP",))), report("AP", via="Google News"))
    item = story_item(one, READER)
    assert item.notes[0] == "One source only: AP, via Google News."
    assert item.links[0].label == "AP, via Google News"


def test_links_to_cases_that_are_not_this_one_say_so():
    """25 and 19 Japanese are different people; without the line they are added or taken for one."""
    one = replace(samples.japanese(), links=((7, LinkKind.BACKGROUND), (8, LinkKind.WAVE)))
    item = story_item(one, replace(READER, linked={7: samples.earlier().facts}))
    assert item.others == ("Earlier case, different people: #7, 19 Japanese, Apr 2023.", "Part of a wave, counted apart: #8.")


def test_links_lead_to_outlets_of_their_own_before_copies():
    """Five copies of AP are no five sources."""
    assert [link.label for link in story_item(samples.japanese(), READER).links] == ["AP", "Kyodo"]
    only_copy = story(1, facts(row(1, None)), report("Copy", role=ArticleRole.COPY))
    assert [link.label for link in story_item(only_copy, READER).links] == ["Copy"]


def test_who_calls_them_suspects_or_victims_is_said_and_not_decided():
    """The same people are suspects to one outlet and victims to another; the mail takes no side."""
    one = story(
        1,
        facts(row(25, ("JP",)), sources=("AP", "Kyodo")),
        report("AP", claims=(claim("x", called=Called.SUSPECTS),)),
        report("Kyodo", claims=(claim("y", called=Called.VICTIMS),)),
    )
    assert story_item(one, READER).called == "called suspects by AP, victims by Kyodo"


def test_a_date_is_never_more_exact_than_its_source():
    """ "In November" must not become 1 November."""
    vague = claim("x", date=date(2023, 11, 1), date_precision="month")
    one = story(1, facts(row(25, ("JP",)), date=date(2023, 11, 1)), report("AP", claims=(vague,)))
    assert day_of(one, DAYS) == "Nov 2023"
    assert day_of(story(2, facts(row(25, ("JP",)), date=None)), DAYS) == "Date not given"


def test_numbers_and_people_agree():
    """ "1 Indonesians" looks like a machine nobody checked."""
    assert people(row(1, ("ID",))) == "1 Indonesian"
    assert people(row(3455, ("ID",))) == "3,455 Indonesians"
    assert people(row(None, ("VN",))) == "Vietnamese (number not given)"
    assert people(row(60, None)) == "60 people"
    assert what_happened(facts(headline="Only a headline")) == "Only a headline"


def test_the_quote_is_in_a_language_the_reader_reads():
    """A quote in a language nobody there reads is a wasted line."""
    one = story(1, facts(row(25, ("JP",))), report("Kyodo", "ja"), report("Rasmei", "km"), report("AP", "en"))
    assert choose_quote(one, ("km", "en")).source == "Rasmei"
    assert choose_quote(one, ("en",)).source == "AP"
    assert choose_quote(one, ("fr",)).source == "Kyodo"


def test_a_sentence_without_a_name_is_quoted_before_one_with_an_officials():
    """Names are not needed to say what happened."""
    official = claim("The 25 were flown home, said Gen. Sok Example, a spokesman.")
    plain = claim("The 25 were flown home in the morning.", role=Role.PART)
    one = story(1, facts(row(25, ("JP",))), report("AP", claims=(official, plain)))
    assert choose_quote(one, ("en",)).text == "The 25 were flown home in the morning."
    alone = story(1, facts(row(25, ("JP",))), report("AP", claims=(official,)))
    assert choose_quote(alone, ("en",)).text.startswith("The 25 were flown home, said Gen.")


def test_a_private_persons_name_is_never_quoted():
    """A name in a mail can harm somebody for life; then there is no quote at all."""
    sentences = (
        "Among them was Taro Example, 34, from Osaka.",
        "逮捕されたのは山田容疑者(34)ら25人。",
        "ผู้ต้องหาคือ นายสมชาย ตัวอย่าง อายุ 34 ปี",
        "ជនសង្ស័យឈ្មោះ គំរូ អាយុ៣៤ឆ្នាំ",
        "ជនសង្ស័យ គំរូ អាយុ\u200b៣៤\u200bឆ្នាំ",
        "피의자 김모 씨 등 14명이 송환됐다.",
    )
    assert [named(sentence) for sentence in sentences] == [Named.PRIVATE] * len(sentences)
    one = story(1, facts(row(25, ("JP",))), *(report("AP", sentence=sentence) for sentence in sentences))
    assert choose_quote(one, ("en",)) is None


def test_a_title_that_names_a_private_person_is_not_listed():
    """The link leads there; the name does not travel by mail."""
    title = "Taro Example, 34, among those flown home"
    listed = possible_item(Possible(title, "AP", "https://ap.example/1", "en", "no people named"))
    assert listed.title == "(the title names a person)"
    assert listed.link is not None
    assert "Taro" not in what_happened(facts(headline=title))


def test_a_title_is_quoted_as_a_headline_where_no_sentence_was_read():
    """A headline is not what a source says in so many words."""
    one = story(1, facts(row(25, ("JP",))), report("AP", title="Cambodia deports 25", claims=()))
    quote = choose_quote(one, ("en",))
    assert (quote.text, quote.title) == ("Cambodia deports 25", True)
    assert 'AP, headline: "Cambodia deports 25"' in text_item(story_item(one, READER))


@pytest.mark.parametrize("language", SENTENCES)
def test_a_plain_sentence_names_nobody(language: str):
    """A finder of names that suspects every sentence would leave the mail without quotes."""
    assert named(SENTENCES[language]) is Named.NOBODY


def test_a_cut_is_marked_and_keeps_the_figure():
    """A quote whose number was cut off proves nothing."""
    long = "Long words stand before the figure, " * 12 + "and then 25 Japanese were deported from there, " + "and words follow " * 9
    short = shorten(long, "25 Japanese")
    assert len(short) <= QUOTE_LENGTH
    assert short.startswith("... ")
    assert short.endswith(" ...")
    assert "25 Japanese" in short
    assert shorten("Twenty-five left.") == "Twenty-five left."


def test_a_cut_never_tears_a_letter_from_its_marks():
    """A Khmer or Bengali half letter cannot be read."""
    for sentence in (SENTENCES["km"] * 4, SENTENCES["bn"].replace(" ", "") * 6):
        short = shorten(sentence)
        assert len(short) <= QUOTE_LENGTH
        assert sentence.startswith(short.removesuffix(" ..."))


def test_a_story_without_facts_or_reports_still_renders():
    """One broken story must not stop the mail."""
    item = story_item(StoryFile(5, ()), READER)
    assert (item.number, item.links, item.quote) == ("#5", (), None)
