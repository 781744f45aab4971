"""Stories that belong together without being one, and articles that wait for the story they look back at."""

from __future__ import annotations

from itertools import permutations

import pytest
from story_archive import Archive, claim, report

from watcher.model import ArticleRole, LinkKind, Qualifier


def batches():
    """A whole told of once, and its batches, each told of on its day."""
    whole = report(
        claim(741, "CN", on="2026-02-10"), *(claim(n, "CN", on=None, role="part") for n in (110, 312, 319)), on="2026-02-10"
    )  # fmt: skip
    return [whole, *(report(claim(n, "CN", on=f"2026-02-{day:02d}"), on=f"2026-02-{day:02d}") for n, day in ((110, 7), (312, 8), (319, 9)))]


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_batch_of_a_larger_whole_is_part_of_it_whichever_came_first(order):
    """Month totals count the whole and not its batches again; that needs the link from each batch."""
    told = batches()
    archive = Archive().add_all(told[at] for at in order)
    standing = archive.standing()
    whole, *parts = (standing[one.article] for one in told)
    assert len(archive.stories) == 4
    assert {link for link in archive.links if link[2] is LinkKind.PART_OF} == {(part, whole, LinkKind.PART_OF) for part in parts}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_whole_of_two_nations_and_the_press_of_each_are_one_story(order):
    """740 sent home were 428 Vietnamese and 312 Chinese; each country's press tells of its own."""
    whole = report(
        claim(740, None, on="2025-07-03", foreigners=True), claim(428, "VN", None, role="part"), claim(312, "CN", None, role="part"),
        on="2025-07-03",
    )  # fmt: skip
    told = [whole, report(claim(428, "VN", on="2025-07-03"), on="2025-07-03"), report(claim(312, "CN", on="2025-07-03"), on="2025-07-04")]
    archive = Archive().add_all(told[at] for at in order)
    assert archive.standing()[whole.article] == archive.standing()[told[1].article]


def test_article_that_only_looks_back_stands_in_its_story_once_that_comes():
    """Archives are filled backwards: the feature of January is read before the flight of April is found."""
    feature = report(claim(19, "JP", on="2023-04", role="background"), on="2024-01-10")
    archive = Archive().add_all([feature])
    assert archive.stories == {}
    archive.add(report(claim(19, "JP", on="2023-04-11"), on="2023-04-11"))
    assert [(one.article, one.role) for one in archive.stories[1].reports][1:] == [(feature.article, ArticleRole.BACKGROUND)]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_some_of_the_held_are_sent_home_in_every_order(order):
    """ "376 arrested in August, now 74 deported": one story, whichever of its articles is read first."""
    told = [
        report(claim(376, "CN TW", "arrested", "2017-08-09"), on="2017-08-10"),
        report(claim(74, "CN", "deported", "2017-09-25"), claim(376, "CN", "arrested", "2017-08", role="background"), on="2017-09-25"),
        report(claim(74, "CN", "deported", "2017-09-25"), on="2017-09-26"),
    ]
    archive = Archive().add_all(told[at] for at in order)
    assert len(archive.stories) == 1


def test_survey_of_many_countries_does_not_make_their_stories_one():
    """ "36 Indonesians flew home, Malaysia brought back 29" is no proof that the two groups were one."""
    archive = Archive()
    archive.add(report(claim(36, "ID", on="2026-01-30"), on="2026-01-30"))
    archive.add(report(claim(29, "MY", on="2026-01-28"), on="2026-01-28"))
    archive.add(report(claim(36, "ID", on="2026-01-30"), claim(29, "MY", on="2026-01-28", start=80), on="2026-01-31"))
    assert len(archive.stories) == 2


@pytest.mark.parametrize("order", list(permutations(range(2))))
def test_first_flight_of_the_held_joins_whichever_was_told_first(order):
    """A flight is often read before the raid, when an archive is filled; the same two articles must make the same story."""
    told = [
        report(claim(200, "CN", "arrested", "2024-06-01", places=("Bavet",)), on="2024-06-01"),
        report(claim(60, "CN", "deported", "2024-06-15", places=("Bavet",)), on="2024-06-15"),
    ]
    assert len(Archive().add_all(told[at] for at in order).stories) == 1


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_press_of_one_country_finds_the_whole_that_another_outlet_took_apart(order):
    """One outlet calls all 153 Japanese, a second names the 15 Japanese and 138 Taiwanese, a third tells of the 15 only."""
    told = [
        report(claim(153, "JP", on="2022-09-26"), claim(15, "JP", None, role="part"), on="2022-09-26"),
        report(claim(15, "JP"), on="2022-09-27"),
        report(claim(153, None, on="2022-09-26"), claim(15, "JP", None, role="part"), claim(138, "TW", None, role="part"), on="2022-09-27"),
    ]
    assert len(Archive().add_all(told[at] for at in order).stories) == 1


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_a_count_of_freed_people_told_as_gone_home_stays_in_the_moving_count(order):
    """ "401 on their way home" is one more count of the people before the embassy, not a flight of others."""
    told = [
        report(claim(202, "TH", "rescued", "2023-01-25"), on="2023-01-25"),
        report(claim(202, "TH", "repatriated", "2023-01-25"), on="2023-01-26"),
        report(claim(298, "TH", "rescued", "2023-01-27"), on="2023-01-27"),
        report(claim(298, "TH", "repatriated", "2023-01-27"), on="2023-01-28"),
    ]
    assert len(Archive().add_all(told[at] for at in order).stories) == 1


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_rounded_figures_of_arrest_and_flight_meet_in_every_order(order):
    """57 held in a town, "about 60" flown out, and one article on the flight that names the town."""
    told = [
        report(claim(57, "KR", "arrested", "2023-02-13", places=("Siem Reap",)), on="2023-02-13"),
        report(claim(60, "KR", "deported", "2023-03-06", qualifier=Qualifier.ABOUT), on="2023-03-06"),
        report(claim(60, "KR", "deported", "2023-03-06", qualifier=Qualifier.ABOUT, places=("Siem Reap",)), on="2023-03-07"),
    ]
    assert len(Archive().add_all(told[at] for at in order).stories) == 1


def test_rounded_figure_between_two_counted_flights_does_not_make_them_one():
    """ "About 200" fits both of two days' flights: it may stand with either, but the flights stay two."""
    archive = Archive()
    archive.add(report(claim(195, "CN", on="2025-05-18"), on="2025-05-18"))
    archive.add(report(claim(208, "CN", on="2025-05-19"), on="2025-05-19"))
    archive.add(report(claim(200, "CN", qualifier=Qualifier.ABOUT), on="2025-05-19"))
    assert len(archive.stories) == 2


def test_the_same_words_a_season_later_are_of_other_people():
    """An outlet fills its own pattern again for the next crowd; the text alone must not join the two."""
    words = (
        "Freed from compounds in the south, they had come to the embassy by the evening, an official said. Relatives still wait for "
        "news from the ministry. The owner of the building has not been found, and the rooms were full of beds and desks."
    )
    archive = Archive()
    archive.add(report(claim(401, "TH", "repatriated", "2023-01-30"), on="2023-01-31", text=words))
    assert archive.add(report(on="2023-06-23", text=words)).story is None
    assert archive.add(report(claim(542, "TH", "rescued", "2023-06-23"), on="2023-06-23", text=words)).story not in (1, None)
    assert archive.add(report(on="2023-02-02", text=words)).story == 1


def test_a_sentence_by_the_court_of_the_raids_town_is_of_those_who_were_held_there():
    """A trial takes a season: the same fourteen, sentenced where they were held, are one story; elsewhere they are not known to be."""
    held = report(claim(14, "ID", "arrested", "2022-11-27", places=("Kandal",)), on="2022-11-27")
    judged = [report(claim(14, "ID", "sentenced", "2023-02-28", places=(town,)), on="2023-02-28") for town in ("Kandal", "Kampot")]
    assert Archive().add_all([held]).add(judged[0]).story == 1
    assert Archive().add_all([judged[0]]).add(held).story == 1
    assert Archive().add_all([held]).add(judged[1]).story is None


@pytest.mark.parametrize("order", list(permutations(range(2))))
def test_of_two_stories_that_fit_equally_the_facts_choose_and_not_their_numbers(order):
    """Which story a rounded figure joins must not depend on which of them was read first."""
    flights = [report(claim(number, "CN", on="2025-05-18"), on="2025-05-18") for number in (150, 210)]
    archive = Archive().add_all(flights[at] for at in order)
    assert len(archive.stories) == 2
    loose = report(claim(185, "CN", on="2025-05-18", qualifier=Qualifier.ABOUT), on="2025-05-18")
    archive.add(loose)
    standing = archive.standing()
    assert standing[loose.article] == standing[flights[1].article]
