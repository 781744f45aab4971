"""match.engine: what holds, where, and why not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from watcher.model import Level, Verdict

Judged = Callable[..., Verdict]


@pytest.mark.parametrize(
    ("query", "title", "text", "holds"),
    [
        ("scam AND raid", "Scam", "A raid", True),
        ("scam AND raid", "Scam", "", False),
        ("scam OR raid", "", "a raid", True),
        ("scam AND NOT golf", "scam", "and golf", False),
        ("scam AND NOT golf", "scam", "", True),
        ("title:scam", "", "scam", False),
        ("text:(scam OR raid)", "scam", "raid", True),
        ("title:(NOT golf) AND scam", "scam", "golf", True),
        ('"scam centre"', "", "a scam or centre", False),
        ("scam NEAR/2 raid", "", "scam one two raid", True),
        ("scam NEAR/2 raid", "", "scam one two three raid", False),
        ("scam NEAR/2 raid", "", "raid one two scam", True),
        ("scam NEAR/5 raid", "scam", "raid", False),
        ("scam NEAR/0 raid", "", "scam raid", True),
        ("(a OR scam) NEAR/1 (raid OR b)", "", "scam x raid", True),
        ("a NEAR/1 b NEAR/1 c", "", "a b c", True),
        ("a NEAR/1 b NEAR/1 c", "", "a b one two c", False),
        ("ठगी NEAR/2 गिरफ्तार", "", "ठगी में पांच गिरफ्तार", True),
        ("ठगी NEAR/1 गिरफ्तार", "", "ठगी में पांच गिरफ्तार", False),
        ("诈骗 NEAR/2 遣返", "", "诈骗嫌犯今遣返", True),  # three signs, a word and a half
        ("诈骗 NEAR/1 遣返", "", "诈骗嫌犯今天遣返", False),
        ("SENTENCE(scam, raid)", "", "The scam. A raid.", False),
        ("SENTENCE(scam, raid)", "", "The scam, a raid.", True),
        ("SENTENCE(诈骗, 遣返)", "", "诈骗案。遣返。", False),
        ("SENTENCE(โกง, จับ)", "", "โกง\nจับ", False),
        ("@scam AND @cambodia.km", "", "ឆបោកអនឡាញ នៅកម្ពុជា", True),
        ("@cambodia.km", "", "Cambodia", False),
        ("opening:raid", "a raid", "", True),
        ("opening:raid", "", "One. Two. Three. Four. A raid.", True),
        ("opening:raid", "", "One. Two. Three. Four. Five. A raid.", False),
        ("opening:(NOT raid) AND raid", "", "One. Two. Three. Four. Five. A raid.", True),
        ("people(deported)", "", "Cambodia deported 31 Malaysians.", True),
        ("people(deported)", "", "Cambodia arrested 31 Malaysians.", False),
        ("people(arrested, deported)", "", "Cambodia arrested 31 Malaysians.", True),
        ("people(deported)", "", "Laos deported 31 Malaysians.", False),
    ],
)
def test_a_query_holds_where_it_says(judged: Judged, query: str, title: str, text: str, holds: bool) -> None:
    """The meaning of each operator, in scripts with and without spaces."""
    assert (judged(query, title, text).level is Level.MATCH) is holds


def test_source_and_language_are_asked_of_the_entry(judged: Judged) -> None:
    """ "Not from this outlet" is what people ask for first when a feed is noisy."""
    assert judged('scam AND source:"khmer times"', "scam", source="Khmer Times (English)").level is Level.MATCH
    assert judged("scam AND NOT language:en", "scam", language="en-GB").level is Level.NO


def test_a_language_is_asked_for_by_its_code_and_includes_its_kinds(judged: Judged) -> None:
    """zh-Hant is Chinese; Filipino (fil) is not Finnish (fi), although its code begins so."""
    assert judged("scam AND language:zh", "scam", language="zh-Hant").level is Level.MATCH
    assert judged("scam AND language:fi", "scam", language="fil").level is Level.NO
    assert judged("scam AND language:unknown", "scam").level is Level.MATCH


def test_the_strongest_level_counts(judged: Judged) -> None:
    """A watch rule must not make a match look like a doubt, nor a lead hide a watch."""
    levels = {"watch": "raid", "lead": "scam"}
    assert judged("scam AND raid", "scam raid", **levels).level is Level.MATCH
    assert judged("scam AND raid", "raid", **levels).level is Level.WATCH
    assert judged("scam AND raid", "scam", **levels).level is Level.LEAD
    assert judged("scam AND raid", "golf", **levels).level is Level.NO


def test_evidence_lies_on_the_original_characters(judged: Judged) -> None:
    """Marked text in `explain` must mark what a reader sees, also behind characters that folding removed."""
    text = "Straße\u00ad in Kampot… “Scam\u200bming”"
    verdict = judged("@cambodia AND @scam", "", text)
    assert [(each.concept, text[each.span.start : each.span.end]) for each in verdict.evidence] == [
        ("cambodia", "Kampot"),
        ("scam", "Scam\u200bming"),
    ]


def test_evidence_of_near_is_the_pair_that_is_near(judged: Judged) -> None:
    """The far one proves nothing."""
    text = "scam " + "word " * 20 + "raid on a scam"
    verdict = judged("scam NEAR/3 raid", "", text)
    assert [text[each.span.start :] for each in verdict.evidence] == ["raid on a scam", "scam"]


@pytest.mark.parametrize(
    ("query", "text", "missing", "reason"),
    [
        ("@cambodia AND @scam", "golf", ("@cambodia", "@scam"), "no match: nothing of @cambodia; nothing of @scam"),
        ("@cambodia AND @scam", "Cambodia", ("@scam",), "no match: nothing of @scam"),
        ("@cambodia AND (@scam OR (a AND b))", "Cambodia", ("@scam",), "no match: nothing of @scam"),
        ("@cambodia AND (@scam OR @compound)", "Cambodia", ("@scam",), "no match: nothing of @scam or @compound"),
        ("@cambodia AND NOT golf", "Cambodia golf", ("NOT golf",), 'no match: excluded by golf ("golf")'),
        ("scam NEAR/1 raid", "scam a b c raid", ("scam NEAR/1 raid",), "no match: scam and raid are more than 1 word apart"),
        ("title:scam", "scam", ("title:scam",), "no match: nothing of scam in the title"),
        ("SENTENCE(scam, raid)", "A scam. A raid.", ("SENTENCE(scam, raid)",), "no match: scam and raid stand in no sentence together"),
        ("scam AND language:km", "scam", ("language:km",), "no match: the language is not km"),
    ],
)
def test_every_no_names_the_fewest_parts_that_were_missing(
    judged: Judged, query: str, text: str, missing: tuple[str, ...], reason: str
) -> None:
    """The list of near misses is read by a person who wants to know which word to add."""
    verdict = judged(query, "", text)
    assert (verdict.level, verdict.missing, verdict.reason) == (Level.NO, missing, reason)


def test_a_lead_says_what_it_lacks(judged: Judged) -> None:
    """A lead whose article cannot be read is listed with this reason."""
    verdict = judged("@cambodia AND @scam AND @deported", "Scam in Cambodia", lead="@cambodia AND @scam")
    assert (verdict.level, verdict.missing) == (Level.LEAD, ("@deported",))
    assert verdict.reason == "lead, no match: nothing of @deported"


@pytest.mark.parametrize(("level", "query"), [("watch", "golf"), ("lead", "golf OR raid")])
def test_where_nothing_of_a_match_was_hit_all_of_it_is_missing(judged: Judged, level: str, query: str) -> None:
    """`rules missed` lists possible stories, most nearly first: a text with no word of the rule belongs to the end of that list."""
    verdict = judged("@cambodia AND @scam", "golf", **{level: query})
    assert (verdict.level.value, verdict.missing) == (level, ("@cambodia", "@scam"))
    assert verdict.reason == f"{level}, no match: nothing of @cambodia; nothing of @scam"


def test_a_word_of_many_languages_is_shown_in_the_title_and_in_the_text(judged: Judged) -> None:
    """ "scam" is a term of fifteen languages, and all of them are found at the first place: the next one must be shown too."""
    verdict = judged("@scam", "Scam suspects deported", "A scam from Poipet.")
    assert [(each.concept, each.span.field, each.span.start) for each in verdict.evidence] == [("scam", "title", 0), ("scam", "text", 2)]
    near = judged("@scam NEAR/3 raid", "Raid on a scam", "A scam before the raid.")
    assert [(each.span.field, each.span.start) for each in near.evidence] == [("title", 0), ("title", 10), ("text", 2), ("text", 18)]
