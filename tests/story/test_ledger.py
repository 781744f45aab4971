"""What outsiders read, and what a month adds up to."""

from __future__ import annotations

import json

from story_archive import claim, report, story

from watcher.model import LinkKind, Status
from watcher.story import facts_json, month_totals, story_json
from watcher.story.facts import decide


def test_story_has_exactly_the_agreed_keys():
    """Receivers of the webhook parse this; a missing or renamed key breaks them without a word."""
    given = report(
        claim(25, "JP", on="2023-11-08", printed="Twenty-five", origin="KH", to=("JP",), places=("Phnom Penh",), sentence="They flew."),
        source="AP",
        title="Flown home",
        url="https://ap.example/x?utm_source=rss",
        canonical_url="https://ap.example/x",
        rules=("scam-deportation",),
    )
    shown = json.loads(json.dumps(story_json(story(given, id=12, links=((7, LinkKind.BACKGROUND),)))))
    assert shown == {
        "id": 12,
        "headline": "25 Japanese deported",
        "stage": "deported",
        "date": "2023-11-08",
        "from": "KH",
        "to": ["JP"],
        "places": ["Phnom Penh"],
        "called": "not_said",
        "people": [
            {
                "nationality": ["JP"],
                "stage": "deported",
                "status": "done",
                "count": 25,
                "count_max": 25,
                "qualifier": "exact",
                "date": "2023-11-08",
            }
        ],
        "total": 25,
        "confidence": "one_source",
        "checked_by": None,
        "links": [{"story": 7, "kind": "background"}],
        "rules": ["scam-deportation"],
        "first_seen": "2023-11-08T12:00:00Z",
        "updated": "2023-11-08T12:00:00Z",
        "articles": [
            {
                "url": "https://ap.example/x?utm_source=rss",
                "canonical_url": "https://ap.example/x",
                "title": "Flown home",
                "source": "AP",
                "language": "en",
                "published": "2023-11-08T12:00:00Z",
                "role": "report",
                "claims": [
                    {
                        "role": "main",
                        "stage": "deported",
                        "status": "done",
                        "count": 25,
                        "qualifier": "exact",
                        "printed": "Twenty-five",
                        "nationality": ["JP"],
                        "from": "KH",
                        "to": ["JP"],
                        "date": "2023-11-08",
                        "date_from": "text",
                        "sentence": "They flew.",
                    }
                ],
            }
        ],
    }


def test_claim_date_is_as_precise_as_its_source():
    """ "In April" is no first of April."""
    shown = story_json(story(report(claim(19, "JP", on="2023-04", role="background"))))
    assert shown["articles"][0]["claims"][0]["date"] == "2023-04"


def test_facts_of_a_change_are_plain_values():
    """Before and after of a change go to a webhook as JSON."""
    shown = json.loads(json.dumps(facts_json(decide(story(report(claim(25, "JP", on="2023-11-08")))))))
    assert (shown["headline"], shown["people"][0]["count"], shown["date"]) == ("25 Japanese deported", 25, "2023-11-08")


def test_month_added_up_by_hand():
    """November: Japanese 25; Chinese 110 to 112 and 40, so 150 to 152; in three stories. Nothing else was out of the country in it."""
    stories = [
        story(report(claim(25, "JP", on="2023-11-08"), claim(19, "JP", on="2023-04", role="background")), id=1),
        story(report(claim(110, "CN", on="2023-11-08")), report(claim(112, "CN", on="2023-11-08")), id=2),
        story(report(claim(40, "CN", on="2023-11-30"), claim(3_455, "CN", role="tally")), report(claim(40, "CN", on="2023-11-30")), id=3),
        story(report(claim(376, "CN", "arrested", "2023-11-20")), id=4),  # not out of the country
        story(report(claim(60, "TH", on="2023-11-10", status=Status.ANNOUNCED)), id=5),  # not yet
        story(report(claim(80, "TH", on="2023-12-01")), id=6),  # another month
        story(report(claim(90, "VN", on="2023-11-02")), id=7, dismissed=True),
        story(report(claim(5_000, None, role="tally")), id=8),
    ]
    assert month_totals(stories, 2023, 11) == ((("CN", 150, 152), ("JP", 25, 25)), 3)


def test_mixed_group_without_a_figure_for_each_is_under_no_nationality():
    """Seventy-three Indonesians and Malaysians are neither 73 Indonesians nor 73 Malaysians."""
    mixed = story(report(claim(73, "ID MY", on="2026-01-30")), id=1)
    split = story(report(claim(73, "ID MY", on="2026-01-30"), claim(44, "ID", role="part"), claim(29, "MY", role="part")), id=2)
    assert month_totals([mixed], 2026, 1) == (((None, 73, 73),), 1)
    assert month_totals([split], 2026, 1) == ((("ID", 44, 44), ("MY", 29, 29)), 1)


def test_part_of_another_story_is_not_counted_again():
    """A province's share of a flight that is counted as a whole adds nobody."""
    whole_ = story(report(claim(740, "VN", on="2025-07-16")), id=1)
    part = story(report(claim(428, "VN", on="2025-07-16")), id=2, links=((1, LinkKind.PART_OF),))
    assert month_totals([whole_, part], 2025, 7) == ((("VN", 740, 740),), 1)


def test_two_flights_of_one_story_count_in_their_own_months():
    """People are counted when they left, not when their story began."""
    flights = [report(claim(n, "CN", on=day), claim(376, "CN", "arrested"), on=day) for n, day in ((74, "2017-08-28"), (60, "2017-09-04"))]
    file = story(*flights)
    assert month_totals([file], 2017, 8) == ((("CN", 74, 74),), 1)
    assert month_totals([file], 2017, 9) == ((("CN", 60, 60),), 1)


def test_empty_month_is_empty():
    """No row is not a zero."""
    assert month_totals([], 2023, 11) == ((), 0)
