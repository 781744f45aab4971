"""The five articles this service was asked for: three stories, in any order of arrival."""

from __future__ import annotations

import json
from itertools import permutations

import pytest
from story_archive import Archive, claim, report

from watcher.model import LinkKind
from watcher.story import decide

pytestmark = pytest.mark.shared

# What each article says, read by a person. Only facts: no sentence of an article is repeated here.
SAID = {
    "s000": [
        claim(19, "JP", "deported", "2023-04-11", origin="KH", to=("JP",), places=("Phnom Penh",), called="suspects", printed="Nineteen"),
        claim(19, "JP", "detained", "2023-01-24", places=("Sihanoukville", "Phnom Penh")),
    ],
    "s001": [claim(19, "JP", "deported", "2023-04-11", origin="KH", to=("JP",), called="suspects")],
    "s002": [
        claim(25, "JP", "deported", "2023-11-09", origin="KH", to=("JP",)),
        claim(25, "JP", "arrested", None, places=("Phnom Penh",)),
        claim(19, "JP", "deported", "2023-04", role="background"),
    ],
    "s003": [
        claim(25, "JP", "deported", "2023-11-08", origin="KH", to=("JP",), called="suspects", printed="Twenty-five"),
        claim(25, "JP", "arrested", "2023-09", places=("Phnom Penh",)),
        claim(19, "JP", "deported", "2023-04", role="background"),
    ],
    "s004": [
        claim(376, None, "arrested", None, field="title"),
        claim(400, "CN TW", "arrested", "2017-08", qualifier="about", printed="nearly 400", called="suspects"),
        claim(225, "CN", "arrested", "2017-08-09", role="part", places=("Phnom Penh",)),
        claim(25, None, "arrested", "2017-08-09", role="part"),
        claim(151, "CN", "arrested", "2017-08-02", role="part", places=("Siem Reap", "Banteay Meanchey")),
        claim(3, "TW", "arrested", "2017-08-02", role="part"),
        claim(600, "CN TW", "deported", None, role="tally", qualifier="at_least"),
        claim(105, "CN TW", "deported", "2017-07", role="background"),
        claim(150, "CN", "detained", "2017-07", role="background", qualifier="at_least", origin="ID"),
    ],
}


@pytest.fixture(scope="module")
def seeds(shared_folder):
    """The five articles with their own words, addresses and times, and the claims read by a person."""
    rows = [json.loads(line) for line in (shared_folder / "evaluation" / "seeds.jsonl").read_text(encoding="utf-8").splitlines()]
    return [
        report(
            *SAID[row["id"]], on=row["published"][:10], source=row["source"], title=row["title"], text=row["text"], canonical_url=row["url"]
        )
        for row in rows
    ]


def test_seeds_are_three_stories_in_every_order(seeds):
    """Two of April, two of November and one of 2017, however the feeds bring them; all 120 orders."""
    ids = [one.article for one in seeds]
    wanted = {frozenset(ids[:2]), frozenset(ids[2:4]), frozenset(ids[4:])}
    for order in permutations(seeds):
        archive = Archive().add_all(order)
        assert archive.parts() == wanted
        april, november = (
            next(n for n, file in archive.stories.items() if file.reports[0].article in ids[a:b]) for a, b in ((0, 2), (2, 4))
        )
        assert {link for link in archive.links if link[2] is LinkKind.BACKGROUND} == {(november, april, LinkKind.BACKGROUND)}


def test_seed_headlines_are_what_a_reader_gets(seeds):
    """The figures 19, 25 and 376; the 600, 105 and 150 of the fifth article count nowhere."""
    archive = Archive().add_all(seeds)
    facts = [decide(file) for file in archive.stories.values()]
    assert [one.headline for one in facts] == ["19 Japanese deported", "25 Japanese deported", "376 Chinese and Taiwanese arrested"]
    assert [str(one.date) for one in facts[:2]] == ["2023-04-11", "2023-11-08"]
    assert [one.total for one in facts] == [19, 25, 376]
    assert facts[2].people[-1].count == 376
    assert len(facts[2].people) == 1
