"""An update shows the reports that say what is new, and says what is known of those who stayed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import digest_samples as samples
import pytest
from digest_samples import MORNING, claim, facts, report, row, story

from watcher.digest.behind import behind, called_by, told_rows
from watcher.digest.days import Days
from watcher.digest.paragraphs import story_paragraph
from watcher.digest.quotes import choose_quote
from watcher.digest.stories import Reader, item, possible_item, story_item
from watcher.model import (
    ArticleRole,
    Called,
    ChangeKind,
    Claim,
    Confidence,
    Possible,
    Qualifier,
    Report,
    Role,
    Stage,
    Status,
    StoryFile,
    Told,
)

DAYS = Days(samples.ZONE, samples.MORNING.date())
READER = Reader(DAYS, ("en",), samples.OPERATOR)
ARRESTED = row(68, ("KR",), Stage.ARRESTED)
DEPORTED = row(48, ("KR",))
RAID = claim("Police took 68 South Koreans from the building.", "68", stage=Stage.ARRESTED, count=68, nationality=("KR",))
FLIGHT = claim("Forty-eight of the South Koreans were put on a plane.", "Forty-eight", count=48, nationality=("KR",))
STAYED = claim("The remaining 20 are in custody.", "20", role=Role.PART, stage=Stage.DETAINED, count=20, date=None)


def _raid(source: str, **changes: object) -> Report:
    return report(source, claims=(RAID,), published=MORNING - timedelta(days=2), url=f"https://{source.lower()}.example/raid", **changes)


def _flight(source: str, *more: Claim, **changes: object) -> Report:
    return report(source, claims=(FLIGHT, *more), url=f"https://{source.lower()}.example/flight", **changes)


def _update(*reports: Report) -> StoryFile:
    outlets = tuple(dict.fromkeys(one.source for one in reports if not one.state_media))
    return story(1, facts(ARRESTED, DEPORTED, sources=outlets, to=("KR",)), *reports)


def _told(story_file: StoryFile) -> Told:
    return Told(story_file, ChangeKind.STAGE, "stage", facts(ARRESTED))


def test_an_update_quotes_and_links_the_reports_that_say_what_is_new():
    """Who opens the link to check "48 deported" must not land on an article about the raid."""
    said = item(_told(_update(_raid("Aye"), _raid("Bee"), _flight("Bee"), _flight("Cee"))), READER)
    assert said.quote is not None
    assert (said.quote.source, said.quote.text) == ("Bee", FLIGHT.sentence)
    assert [(link.label, link.url) for link in said.links] == [
        ("Bee", "https://bee.example/flight"),
        ("Cee", "https://cee.example/flight"),
        ("Aye, earlier report", "https://aye.example/raid"),
    ]


def test_slack_links_the_reports_that_say_what_is_new():
    """In Slack there is no quote: the link is all the evidence."""
    paragraph = story_paragraph(_told(_update(_raid("Aye"), _flight("Cee"))), DAYS)
    assert "<https://cee.example/flight|Cee>" in paragraph.split(" · ")[-1].split(", ")[0]


def test_of_two_groups_who_left_the_one_not_yet_told_is_quoted():
    """The second flight is the news; the first was in an earlier mail."""
    second = claim("Twenty more left a week later.", "Twenty", count=20, nationality=("KR",))
    said = facts(DEPORTED, row(20, ("KR",)), sources=("Aye",))
    assert told_rows(said, facts(DEPORTED)) == (said.people[1],)
    assert told_rows(said, said) == said.people
    late = report("Aye", claims=(second,))
    one = item(Told(story(1, said, _flight("Aye"), late), ChangeKind.FIGURE, "figure", facts(DEPORTED)), READER)
    assert one.quote is not None and one.quote.text == second.sentence


def test_an_older_case_in_the_same_article_is_never_quoted_as_this_one():
    """ "16 were deported earlier this year" below "27 deported" is a wrong quote, whatever is read of it."""
    headline = claim("Cambodia deports 27 Japanese", "27", count=27, field="title")
    older = claim("In an earlier case, 16 Japanese were deported.", "16", role=Role.PART, count=16)
    said = facts(row(27, ("JP",)))
    quote = choose_quote(story(1, said, report("AP", claims=(headline, older))), ("en",), told_rows(said))
    assert quote is not None and (quote.text, quote.title) == (headline.sentence, True)


@pytest.mark.parametrize(
    ("qualifier", "count", "fits"),
    [
        (Qualifier.AT_LEAST, 100, True),
        (Qualifier.AT_LEAST, 150, False),
        (Qualifier.AT_MOST, 120, True),
        (Qualifier.AT_MOST, 90, False),
        (Qualifier.ABOUT, 115, True),
        (Qualifier.ABOUT, 200, False),
        (Qualifier.EXACT, 111, True),
        (Qualifier.EXACT, 113, False),
    ],
)
def test_a_rounded_figure_may_be_quoted_for_the_one_it_stands_for(qualifier: Qualifier, count: int, fits: bool):
    """ "More than 100" is evidence for 110 to 112; "more than 150" is not."""
    rounded = claim("Rounded.", count=count, qualifier=qualifier)
    other = claim("Exact.", count=110)
    said = facts(row(110, ("CN",), count_max=112))
    quote = choose_quote(story(1, said, report("Khmer", "km", claims=(rounded,)), report("En", claims=(other,))), ("km", "en"), said.people)
    assert quote is not None and (quote.text == "Rounded.") is fits


def test_a_copy_and_a_search_are_quoted_after_the_outlet_itself():
    """The quote names who wrote it."""
    copy = _flight("Copy", role=ArticleRole.COPY)
    found = _flight("Bee", via="Google News")
    one = story(1, facts(DEPORTED, sources=("Bee", "Cee"), copies=(("Copy", "Cee"),)), copy, found, _flight("Cee"))
    quote = choose_quote(one, ("en",), (DEPORTED,))
    assert quote is not None and quote.source == "Cee"


def test_an_update_is_no_surer_than_the_outlets_that_report_it():
    """Three outlets told of the raid, one of the flight: "3 independent sources" for the flight would be false."""
    one = _update(_raid("Aye"), _raid("Bee"), _raid("Cee"), _flight("Cee"))
    assert story_item(one, READER).notes[0] == "One source only: Cee. Earlier reports: Aye, Bee."
    assert "Cee (one source only)" in story_paragraph(_told(one), DAYS)
    two = _update(_raid("Aye"), _flight("Bee"), _flight("Cee"))
    assert story_item(two, READER).notes[0] == "2 independent sources: Bee, Cee. Earlier reports: Aye."
    state = _update(_raid("Aye"), _raid("Bee"), _flight("Xinhua", state_media=True))
    assert story_item(state, READER).notes[0] == "State media only: Xinhua. Earlier reports: Aye, Bee."
    assert behind(replace(one, facts=replace(one.facts, confidence=Confidence.CHECKED))).confidence is Confidence.CHECKED


@pytest.mark.parametrize(
    ("stayed", "words"),
    [
        (STAYED, "The other 20 are still held."),
        (replace(STAYED, stage=Stage.ARRESTED), "The other 20 are still held."),
        (replace(STAYED, role=Role.BACKGROUND), "The other 20 are still held."),
        (replace(STAYED, count=19), "No report about the other 20."),
        (replace(STAYED, qualifier=Qualifier.AT_LEAST), "No report about the other 20."),
        (replace(STAYED, stage=Stage.RESCUED), "No report about the other 20."),
        (replace(STAYED, status=Status.ANNOUNCED), "No report about the other 20."),
        (replace(STAYED, nationality=("CN",)), "No report about the other 20."),
        (replace(STAYED, role=Role.BACKGROUND, date=samples.THE_DAY), "No report about the other 20."),
        (replace(STAYED, role=Role.TALLY), "No report about the other 20."),
    ],
)
def test_what_is_known_of_those_who_stayed_is_said(stayed: Claim, words: str):
    """Families ask about the other 20: "no report" is said only where no report counts them."""
    assert words in item(_told(_update(_raid("Aye"), _flight("Bee"), _flight("Cee", stayed))), READER).notes


def test_what_was_said_of_the_rest_before_the_others_left_is_no_news_of_them():
    """Twenty women among those arrested on the first day are not the twenty who are held today."""
    raid = replace(_raid("Aye"), claims=(RAID, replace(STAYED, stage=Stage.ARRESTED)))
    assert "No report about the other 20." in item(_told(_update(raid, _flight("Bee"))), READER).notes


def test_one_person_left_is_one():
    """ "The other 1 are" looks like a machine nobody checked."""
    said = facts(row(2, ("KR",), Stage.ARRESTED), row(1, ("KR",)))
    held = replace(STAYED, count=1)
    assert "The other one is still held." in story_item(story(1, said, report("AP", claims=(claim("x", count=1), held))), READER).notes


def test_a_copy_is_not_asked_what_the_people_are_called():
    """It prints another outlet's word."""
    word = claim("x", called=Called.SUSPECTS)
    one = story(1, facts(DEPORTED), report("AP", claims=(word,)), report("Copy", claims=(word,), role=ArticleRole.COPY))
    assert called_by(one) == "called suspects by AP"


def test_a_copy_that_came_before_its_original_is_still_the_copy():
    """Feeds are read in any order; the agency is quoted and linked, not the paper that printed its text."""
    word = claim("Twenty-seven left.", called=Called.SUSPECTS)
    paper = report("Paper", claims=(word,))
    found = report("Agency", claims=(word,), via="Google News", url="https://search.example/1")
    agency = report("Agency", claims=(word,), role=ArticleRole.COPY, url="https://agency.example/1")
    said = facts(row(27, ("JP",)), sources=("Agency",), copies=(("Paper", "Agency"),))
    one = story_item(story(1, said, paper, found, agency), READER)
    assert one.called == "called suspects by Agency"
    assert one.quote is not None and one.quote.source == "Agency"
    assert [link.url for link in one.links] == ["https://agency.example/1"]


def test_our_own_words_for_a_figure_are_not_put_into_quotation_marks():
    """A Khmer outlet did not print "at least 100" in English."""
    figures = (("Khmer Times", "110"), ("Rasmei", "at least 100"), ("Police", '"more than 100"'))
    one = story(1, facts(row(110, ("CN",), figures=figures)))
    assert 'Figures differ: Khmer Times 110. Rasmei: at least 100. Police: "more than 100".' in story_item(one, READER).notes


def test_a_possible_storys_reason_is_said_without_what_only_operators_understand():
    """ "403" means nothing to a reader; that the article could not be read does."""
    reason = "full article could not be read: 403, the article cannot be read from here"
    assert possible_item(Possible("Title", "AP", "https://ap.example/1", "en", reason)).reason == "full article could not be read"
