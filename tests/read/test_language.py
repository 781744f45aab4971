"""read.language: the feed's word, corrected by the script, else unknown."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from watcher.model import Claim
from watcher.read.language import language_of


@pytest.mark.parametrize(
    ("said", "text", "wanted"),
    [
        ("en", "Cambodia deports 9", "en"),
        (None, "Cambodia deports 9", None),
        (None, "កម្ពុជាបណ្តេញ ៩នាក់ Phnom Penh", "km"),
        ("en", "កម្ពុជាបណ្តេញ ៩នាក់", "km"),
        ("en", "Khmer word បណ្តេញ in a long English sentence about many other things", "en"),
        (None, "カンボジアで9人を拘束", "ja"),
        (None, "柬埔寨遣返110名中国人", "zh"),
        ("zh-TW", "柬埔寨遣返110名中國人", "zh-TW"),
        ("zh", "캄보디아에서 송환", "ko"),
        ("ne", "कम्बोडिया", "ne"),
        (None, "कम्बोडिया", None),
        ("ur", "کمبوڈیا", "ur"),
        ("vi", "Campuchia trục xuất", "vi"),
        ("en", "", "en"),
    ],
)
def test_the_script_corrects_the_feed(said: str | None, text: str, wanted: str | None) -> None:
    """Feeds of Khmer papers say "en-US" for years; the account of what was read goes by language."""
    assert language_of(said, text, "") == wanted


def test_an_unknown_language_is_read_with_the_words_that_were_hit(claims_of: Callable[..., tuple[Claim, ...]]) -> None:
    """Search feeds say no language; their figures must be read all the same."""
    claims = claims_of("Kamboja mendeportasi 42 WNI pelaku penipuan daring", language=None)
    assert [(claim.count, claim.nationality) for claim in claims] == [(42, ("ID",))]
