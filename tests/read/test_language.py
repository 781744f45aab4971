"""read.language: the feed's word, corrected by script and small words, else by detection, else unknown."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest

from watcher.model import Claim, Language, Reading, Vocabulary
from watcher.read.language import Detector, installed_detector, language_of, spoken


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


HINDI = ("कंबोडिया से 14 भारतीय लौटे", "साइबर ठगी के अड्डों से छुड़ाए गए युवक सोमवार को दिल्ली पहुंचे।")
NEPALI = ("कम्बोडियाबाट १४ नेपाली फर्किए", "अनलाइन ठगीमा लगाइएका युवाहरू सोमबार काठमाडौं आइपुगेका छन्। उनीहरूलाई पक्राउ गरिएको थियो।")
RUSSIAN = ("Камбоджа депортировала 14 человек", "Их задержали по подозрению в мошенничестве и вывезли из страны ночью.")
UKRAINIAN = ("Камбоджа депортувала 14 людей", "Їх затримали за підозрою в шахрайстві та вивезли з країни вночі. Мошенн.")
DUTCH = (
    "Cambodja zet 14 Japanners het land uit",
    "Volgens de politie werden de verdachten maandag op het vliegtuig gezet en zijn zij inmiddels thuis aangekomen.",
)
URDU = ("کمبوڈیا سے 14 پاکستانی ڈی پورٹ", "ملزمان کو فراڈ کے الزام میں گرفتار کیا گیا تھا اور وہ پیر کو واپس پہنچے۔")


@pytest.mark.parametrize(
    ("article", "with_it", "without_it"),
    [
        (HINDI, "hi", None),
        (NEPALI, "ne", None),
        (RUSSIAN, "ru", None),
        (URDU, "ur", None),
        (UKRAINIAN, None, None),  # none of ours; Russian would be wrong in the account of what was read
        (DUTCH, None, None),
        (("42 WNI dideportasi dari Kamboja terkait penipuan daring", INDONESIAN), "id", "id"),  # its small words say so already
        (("कंबोडिया: ठगी", ""), None, None),  # too short to be sure of
    ],
)
def test_detection_names_a_language_that_nothing_else_names(
    reading_of: Callable[..., Reading], vocabulary: Vocabulary, article: tuple[str, str], with_it: str | None, without_it: str | None
) -> None:
    """Hindi, Marathi and Nepali share a script: without the extra their articles stay "unknown" in the account of what was read."""
    pytest.importorskip("py3langid")
    reading = replace(reading_of(*article, language=None), language=language_of(None, *article))
    assert spoken(reading, vocabulary) == with_it
    assert spoken(reading, vocabulary, lambda: None) == without_it


@pytest.mark.parametrize(
    ("probable", "wanted"),
    [
        ({"hi": 0.8, "ne": 0.1, "mr": 0.1}, "hi"),
        ({"hi": 0.5, "ne": 0.4, "mr": 0.1}, None),  # not sure enough
        ({"hi": 0.3, "ne": 0.02, "gom": 0.3, "sa": 0.3}, "hi"),  # the others are none of ours, and none is likely
        ({"hi": 0.3, "ne": 0.02, "sa": 0.68}, None),  # it is Sanskrit
        ({"tl": 0.9, "hi": 0.1}, "tl"),
        ({"fil": 0.9, "hi": 0.1}, "tl"),  # another tag of the same file
        ({"sa": 1.0}, None),
        ({"hi": 0.0, "sa": 1.0}, None),
        ({}, None),
    ],
)
def test_a_detector_must_be_sure(
    reading_of: Callable[..., Reading], vocabulary: Vocabulary, probable: dict[str, float], wanted: str | None
) -> None:
    """A wrong language reads figures with the wrong words; an unknown one is read with the words that were hit."""
    reading = replace(reading_of(*HINDI, language=None), language=None)
    assert spoken(reading, vocabulary, lambda: lambda text: probable) == wanted


@pytest.mark.parametrize("said", ["hi", "en", "ne-NP"])
def test_a_detector_is_not_asked_where_the_language_is_known(reading_of: Callable[..., Reading], vocabulary: Vocabulary, said: str) -> None:
    """The feed's own word comes first, and loading a model for it would be waste."""

    def asked() -> Detector | None:
        raise AssertionError("the detector was asked for")

    reading = replace(reading_of(*HINDI, language=said), language=said)
    assert spoken(reading, vocabulary, asked) == said


def test_the_detector_is_not_loaded_for_entries_without_interest() -> None:
    """Nearly all entries are such, and the model costs a second and a hundred megabytes."""
    code = """
import sys
from watcher.languages import load
from watcher.match import compile
from watcher.model import Entry, RuleText
from watcher.read import read
vocabulary = compile([RuleText("r", match="@cambodia AND @scam")], [], load())[1]
texts = ["मौसम साफ रहेगा और कल बारिश होगी", "The weather is fine in Cambodia", "कंबोडिया में चावल की कीमतें बढ़ीं", "Погода в Камбодже"]
assert all(read(Entry("k", "", "", text * 3), vocabulary).gated for text in texts)
print(sorted({"py3langid", "numpy"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_the_detector_knows_every_shipped_language(languages: tuple[Language, ...]) -> None:
    """One it does not know would always be taken for another."""
    pytest.importorskip("py3langid")
    detect = installed_detector()
    assert detect is not None
    assert {language.code for language in languages} - set(detect("text")) == set()
