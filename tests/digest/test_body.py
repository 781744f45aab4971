"""The sentence of a text that says what its headline says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from digest_samples import claim, facts, report, row, story

from watcher.digest.body import in_body, sentences
from watcher.digest.quotes import choose_quote
from watcher.model import Claim, Report, Role


def _headline(title: str, text: str, count: int = 25, printed: str = "25", *others: Claim, **more: object) -> tuple[Report, Claim]:
    said = claim(title, printed, field="title", count=count, count_max=count, nationality=("JP",), **more)
    return report("AP", title=title, text=text, claims=(said, *others)), said


@pytest.mark.parametrize(
    ("title", "text", "sentence"),
    [
        (
            "Cambodia deports 25 Japanese",
            "Rain fell all day. Cambodia sent 25 Japanese home on Wednesday. They said nothing.",
            "Cambodia sent 25 Japanese home on Wednesday.",
        ),
        (
            "25 suspects sent home",
            "Gen. Example spoke. The 25 suspects left on Nov. 8 for Tokyo.",
            "The 25 suspects left on Nov. 8 for Tokyo.",
        ),
        ("日本人25人を移送", "カンボジアで拘束。日本人25人が8日、移送された。", "日本人25人が8日、移送された。"),
        ("ជនជាតិជប៉ុន ២៥នាក់", "ភ្លៀងធ្លាក់។ ជនជាតិជប៉ុន ២៥នាក់ ត្រូវបាននិរទេស។", "ជនជាតិជប៉ុន ២៥នាក់ ត្រូវបាននិរទេស។"),
    ],
)
def test_body_sentence_with_the_figure_of_the_headline_is_found(title: str, text: str, sentence: str):
    """A headline is an editor's summary; before a ministry the reporter's sentence is worth more."""
    of, said = _headline(title, text)
    place = in_body(of, said)
    assert place is not None
    assert text[slice(*place)] == sentence


@pytest.mark.parametrize(
    "text",
    [
        "They lived in a tower of 25 floors.",  # the number of something else
        "On 25 September police came.",
        "In April 19 Japanese were sent home.",  # the people, but another number
        "A tower of 25,000 Japanese flags stood there.",
        "",
    ],
)
def test_number_of_something_else_is_no_proof(text: str):
    """A quote that shows another 25 would be worse than the headline."""
    of, said = _headline("Cambodia deports 25 suspects", text)
    assert in_body(of, replace(said, nationality=None)) is None


def test_sentence_of_an_older_case_is_never_taken():
    """ "In April, 25 Japanese ..." is about other people with the same number."""
    older = "In April, 25 Japanese were deported from Sihanoukville."
    of, said = _headline("Cambodia deports 25 Japanese", older, 25, "25", claim(older, "25", role=Role.BACKGROUND))
    assert in_body(of, said) is None


def test_quote_is_the_sentence_and_not_the_headline():
    """The mail says what the source says in so many words."""
    of, _ = _headline("Cambodia deports 25 Japanese", "Cambodia sent 25 Japanese home on Wednesday. They said nothing.")
    quote = choose_quote(story(1, facts(row(25, ("JP",))), of), ("en",), (row(25, ("JP",)),))
    assert quote is not None
    assert (quote.text, quote.title) == ("Cambodia sent 25 Japanese home on Wednesday.", False)


def test_headline_is_quoted_where_the_sentence_names_a_private_person():
    """Between a headline and a name in everybody's mailbox, the headline."""
    of, _ = _headline("Cambodia deports 25 Japanese", "Taro Example, 34, and 24 more, 25 Japanese in all, were sent home.")
    quote = choose_quote(story(1, facts(row(25, ("JP",))), of), ("en",), (row(25, ("JP",)),))
    assert quote is not None
    assert quote.title


def test_sentences_cover_the_text_once():
    """What is cut too early would quote half a figure."""
    text = "First. Second one, said Gen. Example!\nThird without an end"
    assert [text[slice(*place)] for place in sentences(text)] == ["First.", "Second one, said Gen. Example!", "Third without an end"]
