"""read.language: the feed's word, corrected by the script, else unknown."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from watcher.model import Claim, Language, Reading
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


INDONESIAN = (
    "Sebanyak 42 WNI yang diduga bekerja untuk sindikat penipuan daring dideportasi dari Kamboja pada Selasa. Mereka tiba di Jakarta."
)


@pytest.mark.parametrize(
    ("said", "title", "text", "wanted"),
    [
        ("en", "42 WNI dideportasi dari Kamboja terkait penipuan daring", INDONESIAN, "id"),
        ("en", "42 WNI dideportasi dari Kamboja terkait penipuan daring", "", "id"),
        (None, "42 WNI dideportasi dari Kamboja terkait penipuan daring", INDONESIAN, "id"),
        ("en-US", "Campuchia trục xuất 42 người Việt", "Những người này đã bị bắt tại một khu lừa đảo ở Bavet.", "vi"),
        ("id", "Le Cambodge expulse 42 Japonais", "Les suspects ont été arrêtés dans un complexe et sont rentrés au Japon.", "fr"),
        ("km", "Cambodia deports 42 Japanese over scams", "They were held in a raid and flown out of the country on Tuesday.", "en"),
        ("id", "42 warga Indonesia dideportasi dari Kamboja", INDONESIAN, "id"),
        ("ms", "42 warga Indonesia dideportasi dari Kamboja", INDONESIAN, "ms"),  # too near each other to overrule the feed
        ("en", "Cambodia deports 42 Japanese", "", "en"),
        ("en", "Cambodia deports 42 WNI over scams", "The Indonesians, WNI in the words of the embassy, left on Tuesday.", "en"),
        ("km", "កម្ពុជាបណ្ដេញ ៤២នាក់", "They were held in a raid and flown out. " + "កម្ពុជាបណ្ដេញជនជាតិចិន " * 9, "km"),
    ],
)
def test_a_text_is_read_in_the_language_it_is_plainly_in(
    reading_of: Callable[..., Reading], said: str | None, title: str, text: str, wanted: str
) -> None:
    """A search for English articles finds Indonesian ones; read with English words they would say nothing."""
    assert reading_of(title, text, language=said).language == wanted


def test_a_wrongly_declared_article_has_its_claims(claims_of: Callable[..., tuple[Claim, ...]]) -> None:
    """Its figures are what the reader wants to hear of."""
    claims = claims_of("42 WNI dideportasi dari Kamboja terkait penipuan daring", INDONESIAN, language="en")
    assert [(claim.count, claim.nationality) for claim in claims] == [(42, ("ID",))]


def test_two_languages_of_one_script_can_be_told_apart(languages: tuple[Language, ...]) -> None:
    """A language without its small words is never recognised; a word in most lists tells nothing."""
    latin = ["en", "vi", "id", "ms", "tl", "es", "pt", "fr", "it", "de", "tr"]
    small = {language.code: set(language.frequent) for language in languages}
    assert {code for code, words in small.items() if words} == set(latin)
    for code in latin:
        others = [small[other] for other in latin if other != code and {other, code} != {"id", "ms"}]
        assert len([word for word in small[code] if not any(word in words for words in others)]) >= 8, code
