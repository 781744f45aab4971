"""read.marks: words of one language found in a text, and what two of them mean side by side."""

from __future__ import annotations

import pytest

from watcher.fold import folded
from watcher.model import Language
from watcher.read.marks import marker


def found(languages: tuple[Language, ...], code: str, text: str, kind: str) -> list[object]:
    language = next(one for one in languages if one.code == code)
    text = folded(text)
    return [mark.value for mark in marker(language).marks(text).within(0, len(text), kind)]


@pytest.mark.parametrize(
    ("code", "text", "nationality"),
    [
        ("ru", "гражданами Казахстана", ["KZ"]),
        ("ru", "выходцев из Бангладеш", ["BD"]),
        ("hi", "उज़्बेकिस्तान के नागरिक", ["UZ"]),
        ("ta", "மலேசியாவைச் சேர்ந்த", ["MY"]),
        ("zh", "乌干达劳工", ["UG"]),
        ("th", "แรงงานเคนยา", ["KE"]),
        ("ru", "в Казахстане задержаны граждане", []),
        ("zh", "在越南抓获嫌犯", []),
        ("ta", "மலேசியாவில் இளைஞர்", []),
    ],
)
def test_a_country_beside_a_word_for_its_people_is_a_people(
    languages: tuple[Language, ...], code: str, text: str, nationality: list[str]
) -> None:
    """Nobody can write the people of 200 countries into each file, with all their endings."""
    assert found(languages, code, text, "demonym") == nationality


def test_a_ringleader_is_no_total(languages: tuple[Language, ...]) -> None:
    """The Korean 총책 begins with 총, in all; a report of one man would be read as a sum."""
    assert found(languages, "ko", "보이스피싱 총책 송환", "organiser") and not found(languages, "ko", "보이스피싱 총책 송환", "since")
