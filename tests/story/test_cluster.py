"""Which reports become one story, and which never do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from story_archive import Archive, claim, report, story

from watcher.model import ArticleRole, LinkKind, Qualifier, Status
from watcher.story import index_keys, join, search_keys, window

LONG = (
    "Officers of the immigration department took the group to the airport before dawn. They had been held since a search of a "
    "guest house near the river, where phones and scripts for calls were found. A chartered plane was waiting on the tarmac. "
    "The embassy thanked the authorities and said that inquiries at home go on."
)


def test_same_people_from_two_outlets_in_two_languages_are_one_story():
    """The reader must see one event once, whatever language it was told in."""
    archive = Archive()
    archive.add(report(claim(25, "JP", on="2023-11-08"), source="AP"))
    answer = archive.add(report(claim(25, "JP", on="2023-11-09"), source="NHK", language="ja", on="2023-11-10"))
    assert (answer.story, answer.role) == (1, ArticleRole.REPORT)
    assert answer.reason == "same people: 25 Japanese, deported, 1 day apart"
    assert answer.score == 0.9


def test_same_count_and_nationality_months_apart_are_two_stories():
    """Seventy-four in July and seventy-four in October were different people; merging them would lose one flight."""
    archive = Archive().add_all(
        [report(claim(74, "CN", on="2017-07-06"), on="2017-07-06"), report(claim(74, "CN", on="2017-10-12"), on="2017-10-12")]
    )
    assert len(archive.stories) == 2


def test_other_nationality_is_another_story_even_in_the_same_words():
    """Ministries print one notice for each country; only the country differs, and it is the fact that counts."""
    archive = Archive()
    archive.add(
        report(claim(30, "TH", on="2024-05-02"), on="2024-05-02", text=LONG, title="Thirty sent home from the border province today")
    )
    answer = archive.add(
        report(claim(30, "VN", on="2024-05-02"), on="2024-05-02", text=LONG, title="Thirty sent home from the border province today")
    )
    assert answer.story is None


def test_notice_of_the_same_words_with_another_figure_and_day_is_another_story():
    """A weekly notice repeats its words; text alone must never join what the facts keep apart."""
    archive = Archive()
    archive.add(report(claim(26, "VN", on="2024-05-02"), on="2024-05-02", text=LONG))
    answer = archive.add(report(claim(61, "VN", on="2024-05-06"), on="2024-05-06", text=LONG))
    assert answer.story is None
    assert answer.links == ((1, LinkKind.WAVE),)


def test_copy_of_a_wire_text_joins_as_a_copy_and_says_whose():
    """Five outlets that print one agency's words are one source, and the reader is told so."""
    archive = Archive()
    archive.add(report(claim(25, "JP", on="2023-11-08"), source="AP", text=LONG))
    answer = archive.add(report(claim(25, "JP"), source="Daily", text="By our staff\n" + LONG + " Follow us for more."))
    assert (answer.story, answer.role) == (1, ArticleRole.COPY)
    assert "repeats the text of AP" in answer.reason


def test_article_that_names_no_people_joins_by_its_text():
    """A story without a number is still told once, not once an outlet."""
    archive = Archive()
    archive.add(report(source="AP", text=LONG))
    assert archive.add(report(source="Daily", text=LONG)).story == 1
    assert (
        archive.add(report(source="Post", text="Entirely other words about a meeting of two ministers on trade and roads. " * 4)).story
        is None
    )


def test_article_that_names_no_people_joins_by_a_near_equal_headline_within_days():
    """Search feeds give headlines only; the same headline three weeks later is other news."""
    title = "Police raid suspected online scam compound in Bavet, dozens held"
    archive = Archive()
    archive.add(report(title=title, on="2024-02-01"))
    near = archive.add(report(title=title + " today", on="2024-02-03"))
    later = archive.add(report(title=title + " again", on="2024-02-28"))
    assert (near.story, later.story) == (1, None)


def test_headline_with_another_number_is_not_the_same_headline():
    """ "Cambodia deports 25 ..." and "Cambodia deports 35 ..." differ in two letters and ten people."""
    archive = Archive()
    archive.add(report(title="Cambodia deports 25 foreign nationals over online scams"))
    assert archive.add(report(title="Cambodia deports 35 foreign nationals over online scams")).story is None


def test_same_address_is_the_same_story_though_the_article_was_corrected():
    """An outlet that corrects 34 to 26 under one address has not reported a second group."""
    archive = Archive()
    archive.add(report(claim(34, "MY", on="2024-03-01"), on="2024-03-01", canonical_url="https://post.example/a/1"))
    answer = archive.add(report(claim(60, "MY", on="2024-03-20"), on="2024-03-20", canonical_url="https://post.example/a/1"))
    assert (answer.story, answer.reason) == (1, "same address")


def test_article_read_again_stays_in_its_story():
    """A corrected text of an article, even one without an address, must not open a second story for it."""
    first = report(claim(34, "MY", on="2024-03-01"), on="2024-03-01", canonical_url="")
    again = replace(first, revision=9_999, claims=(claim(260, "TH", on="2024-01-01", role="background"),))
    answer = join(again, [story(first)])
    assert (answer.story, answer.role, answer.reason) == (1, ArticleRole.REPORT, "same article, read again")


def test_home_page_as_address_joins_nothing():
    """A feed that links every item to its home page must not turn all its news into one story."""
    archive = Archive()
    archive.add(report(claim(34, "MY"), canonical_url="https://post.example/"))
    assert archive.add(report(claim(90, "TH"), canonical_url="https://post.example/")).story is None


def test_arrest_and_deportation_of_the_same_people_weeks_later_are_one_story():
    """The reader follows people, not articles: held in January, sent home in April."""
    archive = Archive()
    archive.add(report(claim(19, "JP", "detained", "2023-01-24", places=("Sihanoukville",)), on="2023-01-26"))
    answer = archive.add(report(claim(19, "JP", "deported", "2023-04-11"), on="2023-04-11"))
    assert answer.story == 1
    assert "detained then deported, 77 days apart" in answer.reason


def test_deportation_before_the_arrest_is_of_other_people():
    """Time goes one way: nobody is arrested there a month after being flown out."""
    archive = Archive()
    archive.add(report(claim(40, "TH", "deported", "2024-01-05"), on="2024-01-05"))
    assert archive.add(report(claim(40, "TH", "arrested", "2024-02-09"), on="2024-02-09")).story is None


def test_some_of_the_arrested_deported_joins_where_the_article_says_of_whom():
    """ "376 arrested, now 74 deported" is an update of one story, not a second one."""
    archive = Archive()
    archive.add(report(claim(376, "CN TW", "arrested", "2017-08-09"), on="2017-08-10"))
    answer = archive.add(report(claim(74, "CN", "deported", "2017-08-25"), claim(376, "CN TW", "arrested"), on="2017-08-25"))
    assert answer.story == 1


def test_batch_without_a_known_parent_is_its_own_story():
    """Seventy-four Chinese deported are not taken for some of 376 only because both were Chinese."""
    archive = Archive()
    archive.add(report(claim(376, "CN TW", "arrested", "2017-08-09"), on="2017-08-10"))
    assert archive.add(report(claim(74, "CN", "deported", "2017-08-25"), on="2017-08-25")).story is None


def test_some_of_them_joins_by_a_shared_place_only_where_one_group_was_held_there():
    """Two groups from one town leave a doubt, and in doubt the story stays apart: people can merge it."""
    held = [
        report(claim(count, "CN", "arrested", f"2024-06-0{day}", places=("Bavet",)), on=f"2024-06-0{day}")
        for count, day in ((200, 1), (350, 4))
    ]
    flown = report(claim(60, "CN", "deported", "2024-06-15", places=("Bavet", "Phnom Penh")), on="2024-06-15")
    assert Archive().add_all(held[:1]).add(flown).story == 1
    assert Archive().add_all(held).add(flown).story is None


def test_second_flight_is_not_taken_for_the_first_because_the_arrest_fits_both():
    """In a busy month arrests and flights of near figures must not chain into one endless story."""
    archive = Archive()
    archive.add(report(claim(50, "CN", "arrested", "2026-02-01"), on="2026-02-01"))
    assert archive.add(report(claim(50, "CN", "deported", "2026-02-15"), on="2026-02-15")).story == 1
    assert archive.add(report(claim(50, "CN", "deported", "2026-03-01"), on="2026-03-01")).story is None
    assert archive.add(report(claim(52, "CN", "arrested", "2026-02-12"), on="2026-02-12")).story != 1


def test_queue_that_goes_on_for_months_is_not_one_story():
    """A count may move for three weeks; after that, whoever is counted are other people."""
    days = [date(2026, 1, 1) + timedelta(days=6 * n) for n in range(12)]
    archive = Archive().add_all(report(claim(400 + 30 * n, "ID", "rescued", str(day)), on=str(day)) for n, day in enumerate(days))
    assert len(archive.stories) == 3


def test_late_article_that_names_both_steps_merges_two_stories():
    """What was told as two is put together, and the lower id survives, as people may have quoted it."""
    archive = Archive()
    archive.add(report(claim(74, "CN", "deported", "2017-08-25"), on="2017-08-25"))
    archive.add(report(claim(376, "CN TW", "arrested", "2017-08-09"), on="2017-08-26", title="Long read"))
    answer = archive.add(report(claim(74, "CN", "deported", "2017-08-25"), claim(376, "CN TW", "arrested", "2017-08-09"), on="2017-08-28"))
    assert (answer.story, answer.merges) == (1, (2,))
    assert len(archive.stories) == 1


def test_merge_leaves_apart_what_a_person_has_split():
    """A correction outlives every later run."""
    one = report(claim(74, "CN", "deported", "2017-08-25"), on="2017-08-25")
    two = report(claim(376, "CN", "arrested", "2017-08-09"), on="2017-08-10")
    both = report(claim(74, "CN", "deported", "2017-08-25"), claim(376, "CN", "arrested", "2017-08-09"), on="2017-08-28")
    answer = join(both, [story(one, id=1), story(two, id=2, must_not=frozenset({one.article}))])
    assert answer.merges == ()


def test_days_of_one_wave_are_stories_of_their_own_linked_as_a_wave():
    """Daily flights carry different people; adding them up needs each one once."""
    archive = Archive().add_all(
        report(claim(n, "CN", on=f"2026-02-0{day}"), on=f"2026-02-0{day}") for n, day in ((110, 7), (121, 9), (104, 5))
    )
    assert len(archive.stories) == 3
    assert {(a, b, LinkKind.WAVE) for a, b in permutations((1, 2, 3), 2)} == archive.links


def test_count_that_moves_from_day_to_day_is_one_story():
    """People queuing at their embassy are counted anew every day; they are not new people every day."""
    counts = [(440, "18"), (1_440, "20"), (1_900, "23"), (2_277, "26")]
    reports = [report(claim(n, "ID", "rescued", f"2026-01-{day}"), on=f"2026-01-{day}") for n, day in counts]
    for order in permutations(reports):
        assert len(Archive().add_all(order).stories) == 1


def test_figures_that_differ_for_one_day_are_one_story():
    """Outlets differ by a few on the same flight; the figures belong side by side, not in two stories."""
    archive = Archive()
    archive.add(report(claim(110, "CN", on="2023-11-08"), source="Khmer Times"))
    assert archive.add(report(claim(112, "CN", on="2023-11-08"), source="Xinhua", state_media=True)).story == 1
    assert archive.add(report(claim(100, "CN", on="2023-11-08", qualifier="at_least"), source="Police")).story == 1


def test_rounded_figure_is_the_same_people_as_the_counted_one():
    """ "Nearly 400" in a headline and 376 in another article are one raid."""
    archive = Archive()
    archive.add(report(claim(376, "CN", "arrested", "2017-08-09"), on="2017-08-10"))
    assert archive.add(report(claim(400, "CN", "arrested", qualifier="about"), on="2017-08-11")).story == 1


def test_foreigners_of_the_same_figure_are_the_people_another_outlet_names():
    """One outlet counts foreigners, the next their countries; the figure and the day say it is one raid."""
    archive = Archive()
    archive.add(report(claim(162, None, "arrested", "2026-01-16", foreigners=True), on="2026-01-16"))
    assert archive.add(report(claim(162, "CN IN KR PK", "arrested", "2026-01-16"), on="2026-01-17")).story == 1


def test_people_out_of_another_country_are_another_story():
    """The same nationality and number out of Myanmar in the same week is not Cambodia's."""
    archive = Archive()
    archive.add(report(claim(50, "TH", on="2024-02-01", origin="KH"), on="2024-02-01"))
    assert archive.add(report(claim(50, "TH", on="2024-02-01", origin="MM"), on="2024-02-01")).story is None


def test_named_person_is_followed_from_arrest_to_sentence():
    """A kingpin's extradition comes a year after the arrest and is still his story."""
    archive = Archive()
    archive.add(report(claim(1, "CN", "arrested", "2024-01-05", person="Boss Example"), on="2024-01-05"))
    assert archive.add(report(claim(1, "CN", "extradited", "2025-01-20", person="Boss Example"), on="2025-01-20")).story == 1
    assert archive.add(report(claim(1, "CN", "extradited", "2025-01-20"), on="2025-01-20")).story is None


def test_look_back_links_to_the_older_story_and_never_joins_it():
    """ "In April, 19 were deported" in November's article must not revive April's story."""
    archive = Archive()
    archive.add(report(claim(19, "JP", on="2023-04-11"), on="2023-04-11"))
    answer = archive.add(report(claim(25, "JP", on="2023-11-08"), claim(19, "JP", on="2023-04", role="background")))
    assert answer.story is None
    assert answer.links == ((1, LinkKind.BACKGROUND),)


def test_look_back_finds_the_older_story_when_that_comes_later():
    """A backfill may bring April after November; the link must not depend on the order."""
    archive = Archive()
    archive.add(report(claim(25, "JP", on="2023-11-08"), claim(19, "JP", on="2023-04", role="background")))
    answer = archive.add(report(claim(19, "JP", on="2023-04-11"), on="2023-04-11"))
    assert (answer.story, answer.linked_from) == (None, ((1, LinkKind.BACKGROUND),))


def test_article_that_only_looks_back_opens_no_story():
    """A feature on last year's cases is no new case; it is kept with the old one where that is known."""
    only = report(claim(19, "JP", on="2023-04", role="background"), on="2024-01-10")
    assert (join(only, []).story, join(only, []).role) == (None, ArticleRole.BACKGROUND)
    archive = Archive()
    archive.add(report(claim(19, "JP", on="2023-04-11"), on="2023-04-11"))
    answer = archive.add(only)
    assert (answer.story, answer.role) == (1, ArticleRole.BACKGROUND)


def test_running_total_is_not_the_people_of_an_event():
    """ "Since June, 3,455" is nobody's flight; two articles that give it are about the same announcement."""
    archive = Archive()
    archive.add(report(claim(3_455, "CN", on="2025-08-01", role="tally"), on="2025-08-01"))
    assert archive.add(report(claim(3_455, "CN", on="2025-08-01", role="tally"), on="2025-08-02")).story == 1
    assert archive.add(report(claim(60, "CN", on="2025-08-01"), claim(3_455, "CN", role="tally"), on="2025-08-01")).story is None


def test_person_has_the_first_word_and_the_last():
    """What staff have split stays split and what they have put together stays together, against any score."""
    known = report(claim(25, "JP", on="2023-11-08"))
    same, other = report(claim(25, "JP", on="2023-11-08")), report(claim(90, "TH", on="2020-01-01"), on="2020-01-01")
    assert join(same, [story(known, must_not=frozenset({same.article}))]).story is None
    answer = join(other, [story(known, must=frozenset({other.article}))])
    assert (answer.story, answer.reason) == (1, "a person put it here")


def test_dismissed_story_takes_copies_and_the_same_facts_but_not_a_new_step():
    """A dismissed false alarm stays quiet; when those people are really deported it is news again."""
    file = story(report(claim(30, "TH", "arrested", "2024-05-02"), on="2024-05-02", source="AP", text=LONG), dismissed=True)
    assert join(report(claim(30, "TH", "arrested", "2024-05-02"), on="2024-05-03"), [file]).story == 1
    assert join(report(source="Daily", on="2024-05-03", text=LONG), [file]).story == 1
    assert join(report(claim(30, "TH", "deported", "2024-05-09"), on="2024-05-09"), [file]).story is None
    assert join(report(claim(40, "TH", "arrested", "2024-05-02"), on="2024-05-02"), [file]).story is None


def test_every_answer_has_a_reason():
    """A join that nobody can explain cannot be defended before a ministry."""
    archive = Archive().add_all(report(claim(n, "CN", on=f"2026-02-{n:02d}"), on=f"2026-02-{n:02d}") for n in (3, 9, 15))
    assert all(answer.reason for answer in archive.joins)


def test_candidates_come_by_key_and_not_by_reading_every_story():
    """The cost of one article must not grow with the archive: of 300 stories only those of the same people are compared."""
    nations = ("CN", "VN", "TH", "ID", "JP", "KR")
    days = [date(2020, 1, 1) + timedelta(days=7 * week) for week in range(300)]
    archive = Archive().add_all(report(claim(10 + n, nations[n % 6], on=str(day)), on=str(day)) for n, day in enumerate(days))
    known = archive.stories[150].reports[0]
    again = replace(known, article=10_000, source="Another", canonical_url="https://another.example/x")
    archive.largest = 0
    assert archive.add(again).story == 150
    assert archive.largest <= 8


def test_candidates_found_by_key_are_all_that_a_scan_would_find():
    """An index that misses the right story makes two stories of one without a word."""
    first = [
        report(claim(25, "JP", on="2023-11-08")),
        report(claim(19, "JP", "detained", "2023-01-24"), on="2023-01-26"),
        report(claim(376, "CN TW", "arrested", "2017-08-09"), on="2017-08-10"),
        report(claim(162, None, "arrested", "2026-01-16", foreigners=True), on="2026-01-16"),
        report(claim(440, "ID", "rescued", "2026-01-18"), on="2026-01-18"),
        report(claim(None, "KR", "arrested", "2025-10-10"), on="2025-10-10"),
        report(claim(200, "CN", "arrested", "2024-06-01", places=("Bavet",)), on="2024-06-01"),
    ]
    second = [
        report(claim(25, None, on="2023-11-09"), on="2023-11-10"),
        report(claim(19, "JP", "deported", "2023-04-11"), on="2023-04-12"),
        report(claim(400, "CN", "deported", "2017-09-20", qualifier="about"), on="2017-09-20"),
        report(claim(162, "CN IN", "arrested", "2026-01-17"), on="2026-01-18"),
        report(claim(1_440, "ID", "rescued", "2026-01-20"), on="2026-01-20"),
        report(claim(60, "KR", "deported", "2025-10-18"), on="2025-10-18"),
        report(claim(60, "CN", "deported", "2024-06-20", places=("Bavet",)), on="2024-06-20"),
    ]
    for old, new in zip(first, second, strict=True):
        assert join(new, [story(old)]).story == 1
        assert search_keys(new) & index_keys(story(old)), f"not found by key: {old.claims} and {new.claims}"
        assert window(new)[0] <= old.claims[0].date <= window(new)[1]


CLAIMS = st.builds(
    lambda number, who, stage, offset, rounded, place, role: claim(
        number,
        who,
        stage,
        str(date(2024, 1, 1) + timedelta(days=offset)) if offset % 5 else None,
        role,
        qualifier=rounded,
        places=(place,),
        foreigners=who is None,
    ),
    st.sampled_from([None, 1, 3, 25, 26, 30, 100, 110, 376, 400, 1_440]),
    st.sampled_from([None, "JP", "CN", "CN TW", "TH VN LA"]),
    st.sampled_from(["raid", "arrested", "rescued", "deported", "sentenced"]),
    st.integers(0, 200),
    st.sampled_from(list(Qualifier)),
    st.sampled_from(["Bavet", "Poipet", "Phnom Penh"]),
    st.sampled_from(["main", "main", "main", "background", "part"]),
)


@settings(max_examples=300, deadline=None)
@given(
    one=st.lists(CLAIMS, min_size=1, max_size=2),
    other=st.lists(CLAIMS, min_size=1, max_size=2),
    days=st.tuples(st.integers(0, 200), st.integers(0, 200)),
)
def test_no_join_or_link_is_missed_by_the_keys(one, other, days):
    """Whatever two articles say: where joining or linking them is right, the index finds the pair."""
    old, new = (report(*claims, on=str(date(2024, 1, 1) + timedelta(days=day))) for claims, day in zip((one, other), days, strict=True))
    answer = join(new, [story(old)])
    if answer.story or answer.links or answer.linked_from:
        assert search_keys(new) & index_keys(story(old))


def test_impossible_years_are_survived():
    """A feed may print the year 9999; one hostile date must not stop the join of others."""
    wild = report(claim(25, "JP", on="9999-12-31"), claim(19, "JP", on="9999-12", role="background"))
    assert join(wild, [story(report(claim(25, "JP", on="2023-11-08")))]).story == 1
    assert search_keys(wild) and index_keys(wild)
    assert window(wild)[0] < date(2023, 11, 8)


EVENTS = st.lists(
    st.tuples(st.sampled_from(["JP", "CN", "VN", "TH", "ID"]), st.integers(5, 900), st.integers(0, 3_000)),
    min_size=1,
    max_size=8,
    unique_by=lambda event: (event[0], event[2] // 400),
)


@settings(max_examples=60, deadline=None)
@given(events=EVENTS, copies=st.integers(1, 3), order=st.randoms(use_true_random=False))
def test_order_of_independent_events_does_not_matter(events, copies, order):
    """Feeds are read in any order; the ledger must be the same."""
    start = date(2015, 1, 1)
    # Events of one nationality start at least 250 days apart, so that nothing is a later step of another.
    days = [start + timedelta(days=(offset // 400) * 400 + offset % 150) for _, _, offset in events]
    reports = [
        report(claim(number, nation, on=str(day)), on=str(day + timedelta(days=late)))
        for (nation, number, _), day in zip(events, days, strict=True)
        for late in range(copies)
    ]
    in_order = Archive().add_all(reports)
    shuffled = list(reports)
    order.shuffle(shuffled)
    assert in_order.parts() == Archive().add_all(shuffled).parts()
    assert len(in_order.stories) == len(events)


@pytest.mark.parametrize("who", ["JP", None])
def test_report_without_a_date_is_placed_by_its_publication(who):
    """Search results often give no day; publication is the next best, never the clock of the run."""
    archive = Archive()
    archive.add(report(claim(25, who, foreigners=who is None), on="2023-11-08"))
    assert archive.add(report(claim(25, "JP"), on="2023-11-10")).story == 1
    assert archive.add(report(claim(25, "JP"), on="2024-03-10")).story is None


def test_a_place_that_one_report_leaves_out_is_no_difference():
    """A headline without the town opened a second story beside the first."""
    archive = Archive()
    archive.add(report(claim(48, "KR", "repatriated", on="2024-05-02"), on="2024-05-03", language="ko"))
    known = archive.add(report(claim(48, "KR", on="2024-05-03", places=("Poipet",)), on="2024-05-03"))
    few = Archive()
    few.add(report(claim(3, "KR", on="2024-05-02", places=("Poipet",)), on="2024-05-03"))
    assert (known.story, few.add(report(claim(3, "KR", on="2024-05-03"), on="2024-05-03")).story) == (1, 1)


def test_some_of_a_group_lead_to_the_story_of_the_group():
    """ "48 of 68 deported" is a step of the story of the 68, also where another report has told of the 48 alone."""
    archive = Archive()
    archive.add(report(claim(68, "KR", "arrested", on="2024-05-01", places=("Poipet",)), on="2024-05-01"))
    archive.add(report(claim(48, "KR", on="2024-05-03"), on="2024-05-03", language="ko"))
    answer = archive.add(report(claim(48, "KR", on="2024-05-03"), claim(68, "KR", "detained"), on="2024-05-03"))
    assert answer.story == 1
    assert len(archive.stories) == 1


@pytest.mark.parametrize("language", ["id", "en", None])
def test_identical_headlines_join_whatever_their_language_is_declared_as(language: str | None):
    """Search feeds declare the language they were asked in; the outlet's own feed says another."""
    title = "Puluhan WNI dideportasi dari Kamboja terkait penipuan daring"
    archive = Archive()
    archive.add(report(title=title, language="id", source="Warta", on="2024-02-01"))
    assert archive.add(report(title=title, language=language, source="Warta", on="2024-02-02")).story == 1


def test_a_few_words_are_no_headline_to_join_by_over_languages():
    """ "Breaking news" stands over everything."""
    archive = Archive()
    archive.add(report(title="Breaking news", language="id"))
    assert archive.add(report(title="Breaking news", language="en")).story is None


def test_people_who_are_only_to_be_sent_home_are_still_held():
    """An announcement weeks before the flight is a step before it, not another flight."""
    archive = Archive()
    archive.add(report(claim(26, "CN", on="2024-05-01", status=Status.ANNOUNCED), on="2024-05-01"))
    answer = archive.add(report(claim(26, "CN", on="2024-06-10"), on="2024-06-10"))
    assert answer.story == 1


def test_a_crowd_that_asks_to_be_sent_home_is_one_story_while_it_grows():
    """Every day has another figure for the people before an embassy."""
    archive = Archive()
    for day, number in ((17, 308), (18, 440), (20, 1440)):
        archive.add(report(claim(number, "ID", "repatriated", on=f"2024-05-{day}", status=Status.ANNOUNCED), on=f"2024-05-{day}"))
    assert len(archive.stories) == 1
