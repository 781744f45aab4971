"""read.numbers and read.dates: what is printed, as values."""

from __future__ import annotations

from datetime import date

import pytest
from number_words import COMPOUNDS, ONE_TO_TWENTY, one_to_twenty

from watcher.fold import folded
from watcher.model import Language
from watcher.read.dates import dates
from watcher.read.numbers import numbers


def of(languages: tuple[Language, ...], code: str) -> Language:
    return next(language for language in languages if language.code == code)


@pytest.mark.parametrize(
    ("code", "text", "wanted"),
    [
        ("en", "Twenty-five men and 1,440 others", [25, 1440]),
        ("en", "two hundred and ten people", [210]),
        ("en", "three thousand workers", [3000]),
        ("en", "dozens of Chinese", [24]),
        ("en", "$450 and 30% of a 50-member team in their 20s", []),
        ("en", "flight MH370 at 12:30 on 7/11", []),
        ("en", "11 May 2.5", [11]),
        ("id", "2.493 WNI dan 3 ribu orang", [2493, 3000]),
        ("km", "ជនបរទេស ១,៤៩៩នាក់", [1499]),
        ("zh", "十九名日本人和1.2万人", [19, 12000]),
        ("zh", "三百二十三名", [323]),
        ("hi", "११ हजार लोग", [11000]),
        ("hi", "पांच दोषी", [5]),
        ("bn", "১ হাজার ৫০০ জন", [1500]),
        ("bn", "১ হাজার ৫০০ ও ২ হাজার", [1500, 2000]),
        ("bn", "৬৪ জন", [64]),
        ("bn", "৫ হাজারের বেশি", [5000]),
        ("ar", "٢٠٤٤ شخصا", [2044]),
        ("th", "๒๗ คน", [27]),
        ("fr", "1 440 personnes", [1440]),
        ("vi", "hai mươi lăm người", [25]),
        ("vi", "hàng ngàn người", [2000]),
        ("id", "tiga puluh dua orang dan seratus WNI", [32, 100]),
        ("zh", "十余人, 几十名", [10, 20]),
        ("ko", "수백 명", [200]),
        ("th", "หลายร้อยคน", [200]),
        ("fr", "deux cents personnes", [200]),
    ],
)
def test_numbers_are_read_in_every_script(languages: tuple[Language, ...], code: str, text: str, wanted: list[int]) -> None:
    """A count read wrong is told to a ministry; money and ages are no counts."""
    assert [number.value for number in numbers(folded(text), of(languages, code))] == wanted


def test_every_language_has_its_small_numbers(languages: tuple[Language, ...]) -> None:
    """A new language file without them reads "nineteen" as nothing."""
    assert {language.code for language in languages} == set(ONE_TO_TWENTY) == set(COMPOUNDS)


@pytest.mark.parametrize("code", sorted(ONE_TO_TWENTY))
def test_one_to_twenty_and_compounds_are_read_in_every_language(languages: tuple[Language, ...], code: str) -> None:
    """Headlines write small numbers as words: "Nineteen Japanese", 열아홉 명, উনিশ জন."""
    language = of(languages, code)
    for word, value in [*one_to_twenty(code), *COMPOUNDS[code].items()]:
        assert [number.value for number in numbers(folded(word), language)] == [value], word


@pytest.mark.parametrize(
    ("code", "text", "published", "wanted"),
    [
        ("en", "on April 11", "2023-04-12", ("2023-04-11", "day")),
        ("en", "on Nov. 8", "2023-11-11", ("2023-11-08", "day")),
        ("en", "on 20 December", "2024-01-03", ("2023-12-20", "day")),
        ("en", "in April", "2023-11-11", ("2023-04-01", "month")),
        ("en", "November 9, 2023", None, ("2023-11-09", "day")),
        ("en", "they may leave", "2023-11-11", None),
        ("en", "on 31 June", "2023-11-11", None),
        ("zh", "2月27日", "2026-03-01", ("2026-02-27", "day")),
        ("zh", "7日晚", "2026-02-08", ("2026-02-07", "day")),
        ("ja", "28日", "2025-08-02", ("2025-07-28", "day")),
        ("ko", "2월 7일", "2026-02-08", ("2026-02-07", "day")),
        ("th", "16 ก.ย. 2568", "2025-09-17", ("2025-09-16", "day")),
        ("vi", "ngày 29 tháng 4 năm 2025", "2025-05-01", ("2025-04-29", "day")),
        ("id", "22 Januari 2026", "2026-01-23", ("2026-01-22", "day")),
        ("km", "នៅថ្ងៃទី៧ ខែវិច្ឆិកា ឆ្នាំ២០២៣", "2023-11-09", ("2023-11-07", "day")),
        ("km", "នៅថ្ងៃទី ០៧ ខែវិច្ឆិកា", "2023-11-09", ("2023-11-07", "day")),
        ("km", "ថ្ងៃទី៧ វិច្ឆិកា", "2023-11-09", ("2023-11-07", "day")),
        ("km", "ក្នុងខែវិច្ឆិកា ឆ្នាំ២០២៣", None, ("2023-11-01", "month")),
        ("ko", "지난 7일에", "2026-02-08", ("2026-02-07", "day")),
        ("id", "3 markas digerebek", "2026-02-08", None),
    ],
)
def test_dates_are_resolved_against_the_article(
    languages: tuple[Language, ...], code: str, text: str, published: str | None, wanted: tuple[str, str] | None
) -> None:
    """An event dated by the day of the run would join the wrong story."""
    day = date.fromisoformat(published) if published else None
    found = [(each.day.isoformat(), each.precision) for each in dates(folded(text), of(languages, code), day) if each.day]
    assert found == ([wanted] if wanted else [])
