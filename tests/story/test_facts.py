"""What a story says: figures by readable rules, and the plain words over it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from story_archive import claim, report, story

from watcher.model import ArticleRole, Called, Confidence, PeopleRow, Qualifier, Stage, Status
from watcher.story import decide, people, peoples

WIRE = (
    "A chartered plane took the group home on Wednesday, an official of the interior ministry said. They were picked up in the capital "
    "in September after a hint from abroad. Officers at home put all of them under arrest once the doors of the aircraft were closed."
)


def facts(*reports, **more):
    return decide(story(*reports, **more))


def row(decided):
    assert len(decided.people) == 1, decided.people
    return decided.people[0]


def test_headline_says_who_how_many_and_what():
    """The line a reader sees on a locked phone."""
    assert facts(report(claim(25, "JP", on="2023-11-08"))).headline == "25 Japanese deported"
    assert facts(report(claim(1_440, "ID", "rescued"))).headline == "1,440 Indonesians rescued"
    assert facts(report(claim(1, "KR", "extradited"))).headline == "1 South Korean extradited"
    assert facts(report(claim(376, "CN TW", "arrested"))).headline == "376 Chinese and Taiwanese arrested"
    assert facts(report(claim(162, "BD CN IN KR NP PK", "arrested"))).headline == "162 people of 6 nationalities arrested"
    assert facts(report(claim(None, None, foreigners=True))).headline == "Foreigners deported"
    assert facts(report(claim(40, None, "arrested"))).headline == "40 people arrested"
    assert facts(report(claim(100, "CN", qualifier="at_least"))).headline == "At least 100 Chinese deported"
    assert facts(report(claim(29, "JP", status=Status.ANNOUNCED))).headline == "29 Japanese to be deported"
    assert facts(report(claim(1, "CN", "extradited", person="Boss Example"))).headline == "Boss Example extradited"


def test_article_without_people_lends_its_own_headline():
    """A story without a number still has a line; nothing is invented for it."""
    decided = facts(report(title="Raid on compound in Bavet"))
    assert (decided.headline, decided.total, decided.stage, decided.people) == ("Raid on compound in Bavet", None, None, ())


def test_total_given_by_an_official_is_called_one():
    """A running total must never look like 30,000 people on one plane."""
    decided = facts(report(claim(30_000, None, role="tally", qualifier="about")))
    assert (decided.headline, decided.total) == ("Total given: about 30,000 people deported", None)


def test_unknown_country_has_words_too():
    """A code without a demonym must not stop a mail."""
    assert (people("ZZ"), people("ZZ", 1), people("MM")) == ("people from ZZ", "person from ZZ", "Myanmar nationals")
    assert peoples(["ID", "MY", "PH"]) == "Indonesians, Malaysians and Filipinos"


def test_exact_figure_wins_over_rounded():
    """ "Nearly 400" in a headline, 376 in the text: the counted number is the one to print."""
    decided = facts(report(claim(400, "CN", "arrested", qualifier="about", field="title"), claim(376, "CN", "arrested")))
    assert (row(decided).count, row(decided).qualifier, row(decided).figures) == (376, Qualifier.EXACT, ())


def test_figures_that_differ_stand_side_by_side():
    """Sources disagree: both are shown with who says so, state media last, and nothing is averaged."""
    decided = facts(
        report(claim(112, "CN", on="2023-11-08"), source="Xinhua", state_media=True),
        report(claim(110, "CN", on="2023-11-08"), source="Khmer Times", on="2023-11-09"),
        report(claim(100, "CN", qualifier="at_least", printed="more than 100"), source="Post", on="2023-11-09"),
    )
    assert decided.headline == "110 to 112 Chinese deported"
    assert (decided.total, decided.total_max) == (110, 112)
    assert row(decided).figures == (("Khmer Times", "110"), ("Post", '"more than 100"'), ("Xinhua", "112"))


def test_rounded_figure_that_agrees_is_no_disagreement():
    """ "More than 20" and 25 say the same; a list of figures there would only unsettle."""
    decided = facts(report(claim(25, "JP"), source="AP"), report(claim(20, "JP", qualifier="at_least"), source="Post"))
    assert row(decided).figures == ()


def test_later_figure_of_one_outlet_replaces_its_earlier_one():
    """An outlet that corrects 34 to 26 no longer says 34."""
    decided = facts(report(claim(34, "MY"), source="Star", on="2024-03-01"), report(claim(26, "MY"), source="Star", on="2024-03-02"))
    assert (row(decided).count, row(decided).count_max) == (26, 26)


def test_copied_figure_does_not_stand_beside_the_original():
    """A copy with a typing mistake is no second source for another number."""
    decided = facts(
        report(claim(25, "JP"), source="AP", text=WIRE),
        report(claim(52, "JP"), source="Daily", text=WIRE, on="2023-11-09", role=ArticleRole.COPY),
    )
    assert (decided.total, decided.total_max) == (25, 25)


def test_rounded_bounds_alone_give_the_tightest():
    """Where no one has counted, "more than 110" says more than "more than 100"."""
    decided = facts(report(claim(100, "CN", qualifier="at_least")), report(claim(110, "CN", qualifier="at_least")))
    assert (row(decided).count, row(decided).qualifier) == (110, Qualifier.AT_LEAST)


def test_parts_add_up_and_are_no_rows_beside_the_whole():
    """376 arrested are not 376 and 225 and 151; "25 of them women" is nobody new."""
    decided = facts(
        report(
            claim(376, None, "arrested", field="title"),
            claim(225, "CN", "arrested", role="part"),
            claim(151, "CN", "arrested", role="part"),
            claim(3, "TW", "arrested", role="part"),
            claim(25, None, "arrested", role="part"),
        )
    )
    assert (row(decided).count, row(decided).nationality, decided.total) == (376, ("CN", "TW"), 376)


def test_exact_parts_make_a_rounded_whole_exact():
    """ "Nearly 400: 225 in the capital, another 151 in the provinces" is 376 people."""
    decided = facts(
        report(
            claim(400, "CN", "arrested", qualifier="about"),
            claim(225, "CN", "arrested", role="part"),
            claim(151, "CN", "arrested", role="part"),
        )
    )
    assert (row(decided).count, row(decided).count_max, row(decided).qualifier) == (376, 376, Qualifier.EXACT)


def test_whole_and_parts_all_told_as_main_count_nobody_twice():
    """A reader of claims may take each figure for a main one; 740 = 428 + 312 is still 740 people."""
    decided = facts(report(claim(740, "VN"), claim(428, "VN"), claim(312, "VN")))
    assert (row(decided).count, decided.total) == (740, 740)


def test_figure_of_a_part_in_another_article_is_not_a_smaller_whole():
    """One outlet tells only of the capital's 225; another shows that they are some of 376."""
    decided = facts(
        report(claim(225, "CN", "arrested"), source="Post"),
        report(
            claim(376, "CN", "arrested"),
            claim(225, "CN", "arrested", role="part"),
            claim(151, "CN", "arrested", role="part"),
            source="Reuters",
        ),
    )
    assert (decided.total, decided.total_max) == (376, 376)


def test_nationalities_with_figures_of_their_own_are_rows_of_their_own():
    """Each embassy looks for its own people; together they are the whole."""
    decided = facts(report(claim(73, "ID MY PH"), claim(36, "ID", role="part"), claim(29, "MY", role="part"), claim(8, "PH", role="part")))
    assert [(one.nationality, one.count) for one in decided.people] == [(("ID",), 36), (("MY",), 29), (("PH",), 8)]
    assert (decided.total, decided.headline) == (73, "73 Indonesians, Malaysians and Filipinos deported")


def test_some_deported_of_those_arrested_are_two_rows():
    """ "376 arrested, now 74 deported": the story's step is the furthest, its total those who reached it."""
    decided = facts(
        report(claim(376, "CN TW", "arrested", "2017-08-09"), on="2017-08-10"),
        report(claim(74, "CN", "deported", "2017-08-25"), claim(376, "CN TW", "arrested"), on="2017-08-25"),
    )
    assert [(one.stage, one.count) for one in decided.people] == [(Stage.ARRESTED, 376), (Stage.DEPORTED, 74)]
    assert (decided.stage, decided.total, decided.headline) == (Stage.DEPORTED, 74, "74 Chinese deported")


def test_two_flights_of_one_group_add_up():
    """Seventy-four on Friday and sixty a week later, of the same 376, are 134 people sent home."""
    flights = [report(claim(n, "CN", on=day), claim(376, "CN", "arrested"), on=day) for n, day in ((74, "2017-08-18"), (60, "2017-08-25"))]
    decided = facts(report(claim(376, "CN", "arrested", "2017-08-09"), on="2017-08-10"), *flights)
    assert [one.count for one in decided.people] == [376, 74, 60]
    assert (decided.total, decided.date) == (134, date(2017, 8, 25))


def test_running_count_beside_its_flights_counts_nobody_twice():
    """ "134 so far" after flights of 74 and 60 is not another 134."""
    days = ((74, "2017-08-18"), (60, "2017-08-25"), (134, "2017-09-01"))
    decided = facts(*(report(claim(n, "CN", on=day), on=day) for n, day in days))
    assert decided.total == 134


def test_moving_count_is_the_newest():
    """People at an embassy: the figure of today replaces that of last week, it is no disagreement."""
    decided = facts(*(report(claim(n, "ID", "rescued", day), on=day) for n, day in ((440, "2026-01-18"), (2_277, "2026-01-26"))))
    assert (row(decided).count, row(decided).count_max, row(decided).figures) == (2_277, 2_277, ())


def test_announced_is_never_told_as_done():
    """Twenty-nine "to be deported" are still in custody; the story's step stays there, and its headline says both."""
    decided = facts(
        report(claim(29, "JP", "arrested", "2025-08-01"), on="2025-08-01"),
        report(claim(29, "JP", "deported", "2025-08-20", status=Status.ANNOUNCED), on="2025-08-10"),
    )
    assert (decided.stage, decided.headline) == (Stage.ARRESTED, "29 Japanese arrested, to be deported")
    assert [one.status for one in decided.people] == [Status.DONE, Status.ANNOUNCED]


def test_what_an_article_announces_of_its_people_is_a_row():
    """ "27 rescued, to be repatriated": the announcement stands in the claim as a part, and a reader must see it."""
    ahead = claim(27, "IN", "repatriated", "2024-08-19", role="part", status=Status.ANNOUNCED)
    decided = facts(report(claim(27, "IN", "rescued", "2024-08-12"), ahead, on="2024-08-14"))
    assert (decided.stage, decided.headline) == (Stage.RESCUED, "27 Indians rescued, to be repatriated")
    assert [(one.count, one.status, one.date) for one in decided.people] == [
        (27, Status.DONE, date(2024, 8, 12)),
        (27, Status.ANNOUNCED, date(2024, 8, 19)),
    ]


def test_some_who_are_to_leave_are_a_row_of_their_own_number():
    """212 held, 38 of them to be deported; more than are held, or a step that was taken already, is no such row."""
    held, some = claim(212, "VN", "arrested"), claim(38, None, role="part", status=Status.ANNOUNCED)
    assert facts(report(held, some)).headline == "212 Vietnamese arrested, 38 to be deported"
    more = claim(500, "VN", role="part", status=Status.ANNOUNCED)
    assert [one.count for one in facts(report(held, more)).people] == [212]
    assert [one.count for one in facts(report(claim(212, "VN"), some)).people] == [212]


def test_announcement_alone_is_the_headline():
    """Nothing is done yet; the day is that of the flight to come."""
    decided = facts(report(claim(60, "CN", on="2024-08-19", status=Status.ANNOUNCED), on="2024-08-14"))
    assert (decided.headline, decided.date) == ("60 Chinese to be deported", date(2024, 8, 19))


def test_custody_on_landing_is_no_row():
    """Arrested in Tokyo by Tokyo: not a step of the people's way out of Cambodia."""
    decided = facts(report(claim(25, "JP", on="2023-11-08"), claim(25, "JP", "arrested", role="part")))
    assert [(one.stage, one.count) for one in decided.people] == [(Stage.DEPORTED, 25)]


def test_day_is_what_most_sources_say_and_else_the_earlier():
    """A late report takes its own day for the event's."""
    assert facts(report(claim(25, "JP", on="2023-11-09")), report(claim(25, "JP", on="2023-11-08"))).date == date(2023, 11, 8)
    assert facts(*(report(claim(25, "JP", on=f"2023-11-0{day}")) for day in (8, 9, 9))).date == date(2023, 11, 9)
    assert facts(report(claim(25, "JP"), on="2023-11-10")).date == date(2023, 11, 10)


@pytest.mark.parametrize(
    ("outlets", "label", "sources"),
    [
        ([("AP", {})], Confidence.ONE_SOURCE, ("AP",)),
        ([("AP", {}), ("Kyodo", {})], Confidence.INDEPENDENT, ("AP", "Kyodo")),
        ([("AP", {}), ("AP", {})], Confidence.ONE_SOURCE, ("AP",)),
        ([("Xinhua", {"state_media": True}), ("Police", {"official": True})], Confidence.STATE_ONLY, ("Xinhua", "Police")),
        ([("Xinhua", {"state_media": True}), ("AP", {})], Confidence.ONE_SOURCE, ("AP",)),
        ([("AP", {}), ("Star", {"via": "Google News"})], Confidence.ONE_SOURCE, ("AP",)),
        ([("AP", {"via": "Google News"}), ("Star", {"via": "Google News"})], Confidence.ONE_SOURCE, ("AP, via Google News",)),
    ],
)
def test_label_is_never_softer_than_the_facts(outlets, label, sources):
    """State media, one outlet twice, or what a search shows never make a story surer."""
    decided = facts(*(report(claim(25, "JP"), source=name, on=f"2023-11-{8 + n:02d}", **more) for n, (name, more) in enumerate(outlets)))
    assert (decided.confidence, decided.sources) == (label, sources)


def test_copies_are_named_with_whom_they_repeat():
    """ "1 source: AP. 2 more outlets repeat AP" instead of three sources."""
    wire = report(claim(25, "JP"), source="AP", text=WIRE, on="2023-11-08")
    others = [report(claim(25, "JP"), source=name, text=WIRE + " Read more on our site.", on="2023-11-09") for name in ("Daily", "Post")]
    for order in ([wire, *others], [*others, wire]):
        decided = facts(*order)
        assert (decided.sources, decided.copies) == (("AP",), (("Daily", "AP"), ("Post", "AP")))
        assert decided.confidence is Confidence.ONE_SOURCE


def test_headline_printed_twice_without_a_text_is_one_source():
    """Two feeds that carry only the same agency headline are not two reporters."""
    title = "Twenty-five sent home after raid on call centre in capital"
    decided = facts(
        *(report(claim(25, "JP"), source=name, title=title, on=f"2023-11-{day:02d}") for name, day in (("Daily", 8), ("Post", 9)))
    )
    assert (decided.confidence, decided.copies) == (Confidence.ONE_SOURCE, (("Post", "Daily"),))


def test_background_articles_and_looks_back_decide_nothing():
    """The figure of an older case must not enter this one by any door."""
    decided = facts(
        report(
            claim(25, "JP", on="2023-11-08"), claim(19, "JP", on="2023-04", role="background"), claim(600, "JP", role="tally"), source="AP"
        ),
        replace(report(claim(40, "JP", on="2023-11-08"), source="Blog"), role=ArticleRole.BACKGROUND),
    )
    assert (decided.total, decided.total_max, decided.sources) == (25, 25, ("AP",))


def test_confirmed_figure_stands_against_later_reports():
    """What staff have checked with the ministry is not undone by the next article."""
    checked = PeopleRow(Stage.DEPORTED, Status.DONE, ("CN",), 111, 111, Qualifier.EXACT, date(2023, 11, 8))
    decided = facts(report(claim(110, "CN")), report(claim(112, "CN")), confirmed=(checked,), checked_by="Dara, 10 Nov")
    (row,) = decided.people
    assert (replace(row, figures=()), decided.confidence, decided.checked_by) == (checked, Confidence.CHECKED, "Dara, 10 Nov")
    assert [figure for _, figure in row.figures] == ["110", "112"], "what sources say otherwise is shown, not hidden"


def test_people_called_suspects_by_one_and_victims_by_another_are_mixed():
    """The source's view is shown, never chosen by us."""
    assert facts(report(claim(25, "JP", called=Called.SUSPECTS)), report(claim(25, "JP", called=Called.VICTIMS))).called is Called.MIXED
    assert facts(report(claim(25, "JP", called=Called.SUSPECTS)), report(claim(25, "JP"))).called is Called.SUSPECTS


def test_way_and_places_come_from_the_claims():
    """ "Phnom Penh to Japan" is what the sources say, the most often named first."""
    decided = facts(
        report(claim(25, "JP", origin="KH", to=("JP",), places=("Phnom Penh",))),
        report(claim(25, "JP", origin="KH", to=("JP",), places=("Sihanoukville", "Phnom Penh"))),
    )
    assert (decided.origin, decided.to, decided.places) == ("KH", ("JP",), ("Phnom Penh", "Sihanoukville"))


def test_order_of_reports_decides_nothing():
    """The same coverage gives the same facts, however the feeds brought it."""
    reports = [
        report(claim(n, "CN", on="2023-11-08"), source=name, text=text, on=day)
        for n, name, text, day in ((110, "A", WIRE, "2023-11-08"), (112, "B", "", "2023-11-09"), (110, "C", WIRE, "2023-11-10"))
    ]
    assert facts(*reports) == facts(*reversed(reports))


def test_newest_exact_figure_of_a_moving_count_is_shown():
    """People gather at an embassy: 440, 1,000, 1,440 is one count that moves, and who repeats 440 a week later only comes late."""
    days = ((440, "2026-01-20", "Antara"), (1_000, "2026-01-23", "Kompas"), (1_440, "2026-01-26", "Antara"))
    gathered = [report(claim(n, "ID", "rescued", day), on=day, source=name) for n, day, name in days]
    late = report(claim(440, "ID", "rescued"), on="2026-01-27", source="Late Post")
    decided = facts(*gathered, late)
    assert (row(decided).count, row(decided).count_max, row(decided).figures) == (1_440, 1_440, ())


def test_lower_figure_of_another_outlet_outdates_nothing():
    """376 arrested; days later another outlet writes of 151. Those may be some of the 376: both stand, with who says so."""
    decided = facts(
        report(claim(376, "CN", "arrested", "2023-08-09"), on="2023-08-09", source="A"),
        report(claim(151, "CN", "arrested", "2023-08-12"), on="2023-08-12", source="B"),
    )
    assert (row(decided).count, row(decided).count_max, row(decided).figures) == (151, 376, (("A", "376"), ("B", "151")))


def test_count_that_passed_the_exact_figure_shows_the_later_bound():
    """1,440 on Monday, "more than 2,000" on Friday: the count has moved on, and 1,440 would be too low."""
    decided = facts(
        report(claim(1_440, "ID", "rescued", "2026-01-26"), on="2026-01-26", source="A"),
        report(claim(2_000, "ID", "rescued", "2026-01-30", qualifier=Qualifier.AT_LEAST), on="2026-01-30", source="B"),
    )
    assert (row(decided).count, row(decided).qualifier) == (2_000, Qualifier.AT_LEAST)


def test_nationalities_of_several_outlets_are_not_figures_that_differ():
    """ "73 foreigners", "36 Indonesians", "29 Malaysians" of three outlets must not become "29 to 73 Malaysians"."""
    named = [report(claim(36, "ID"), source="B"), report(claim(29, "MY"), source="C")]
    whole = facts(report(claim(73, None, foreigners=True), source="A"), *named)
    assert [(one.nationality, one.count) for one in whole.people] == [(None, 73)]
    rounded = facts(report(claim(60, None, foreigners=True, qualifier=Qualifier.AT_LEAST), source="A"), *named)
    assert [(one.nationality, one.count) for one in rounded.people] == [(("ID",), 36), (("MY",), 29)]
    other_day = facts(
        report(claim(73, None, foreigners=True, on="2023-11-20"), source="A"),
        *(report(claim(n, who, on="2023-11-08"), source=who) for n, who in ((36, "ID"), (29, "MY"))),
    )
    assert sorted((one.count or 0) for one in other_day.people) == [29, 36, 73]


def test_step_without_a_day_stands_under_the_day_it_was_first_reported():
    """ "74 deported" of an article of 25 August must not stand under the day of the arrest, 9 August."""
    decided = facts(
        report(claim(376, "CN", "arrested", "2017-08-09"), on="2017-08-09"), report(claim(74, "CN", "deported"), on="2017-08-25")
    )
    assert decided.date == date(2017, 8, 25)
